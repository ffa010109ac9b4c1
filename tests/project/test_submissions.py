"""Submissions at the running product while it is killed and comes back: what a phone calls sent is there, once, and nothing else is."""

import hashlib
import os
import random
import signal
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import psycopg
import pytest

from tests.project.installation import Installation, Service, address_of, port_of_its_own, until
from tests.project.phone import Phone, Reply, phone_at
from tests.tips.sealed import kept as as_kept

pytestmark = pytest.mark.slow
SUBMISSIONS, SENDERS, AT_ONCE = 1000, 20, 100
VICTIMS = ("web", "web", "worker", "server", "server", "server")
LONGEST_SECONDS = 240.0  # a stop for a machine that is busy with other things
MODE = {"WAYWATCH_MODE": "demo"}


@dataclass
class Sent:
    """What the phones hold receipts for: the digest of what a server keeps of what was sent, by id."""

    digests: dict[uuid.UUID, bytes] = field(default_factory=dict)
    tries: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, tip_id: uuid.UUID, raw: bytes, tries: int) -> None:
        with self._lock:
            assert tip_id not in self.digests
            self.digests[tip_id] = hashlib.sha256(as_kept(raw)).digest()
            self.tries += tries


def kept(installation: Installation) -> dict[uuid.UUID, bytes]:
    """Return the digest of each envelope in the database, by the id of its tip."""
    with psycopg.connect(address_of("backup", installation.data)) as reader:
        rows = reader.execute("SELECT t.id, sha256(s.body) FROM tips_tip t LEFT JOIN tips_sealed s ON s.tip_id = t.id")
        return dict(rows.fetchall())


def written_down(installation: Installation) -> list[str]:
    """Return the tips whose arrival the audit log has, each as often as it stands there."""
    with psycopg.connect(address_of("backup", installation.data)) as reader:
        rows = reader.execute("SELECT subject_id::text FROM audit_entry WHERE action = 'tip.received'").fetchall()
    return sorted(row[0] for row in rows)


@dataclass
class Chaos:
    """Kills parts of a running product with kill -9, one after the other, and starts it again as a service manager does."""

    installation: Installation
    service: Service
    dice: random.Random

    def kill(self, role: str) -> None:
        """Kill one process of this kind, and come back when the product answers again."""
        self.service.wait_until_ready()
        if role == "server":
            os.kill(self.installation.server_pid(), signal.SIGKILL)
        else:
            os.kill(self.dice.choice(until(lambda: self.installation.pids(role), 20)), signal.SIGKILL)
            assert self.service.process.wait(60) == 1, self.service.said()
            self.service = self.installation.start("run", PORT=str(self.service.port), **MODE)
        self.service.wait_until_ready()


def send_a_share(phone: Phone, sent: Sent, deadline: float) -> None:
    for _ in range(SUBMISSIONS // SENDERS):
        sending = phone.sealed()
        raw = sending.raw()
        sent.add(sending.tip_id, raw, phone.deliver(sending.tip_id, raw, deadline=deadline))


def kill_at_random_moments(chaos: Chaos, sent: Sent, senders: list[Future[None]], deadline: float) -> None:
    """Kill each victim when so many tips are sent as the dice say, and a moment more."""
    dice = chaos.dice
    moments = sorted(dice.sample(range(20, SUBMISSIONS - 50), len(VICTIMS)))
    for moment, role in zip(moments, dice.sample(VICTIMS, len(VICTIMS)), strict=True):
        until(partial(has_come, moment, sent, senders), deadline - time.monotonic())
        time.sleep(dice.uniform(0, 0.1))
        chaos.kill(role)


def has_come(moment: int, sent: Sent, senders: list[Future[None]]) -> bool:
    """Tell whether so many tips are sent; a sender that failed ends the waiting, too."""
    return len(sent.digests) >= moment or any(sender.done() and sender.exception() for sender in senders)


def test_a_thousand_submissions_under_kills_are_all_there_once(
    demo: Installation, record_property: Callable[[str, object], None]
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    service = demo.start("run", PORT=str(port_of_its_own()), **MODE).wait_until_ready()
    chaos = Chaos(demo, service, random.Random(seed))  # noqa: S311 - a dice that can be thrown again
    before, logged, phone, sent = kept(demo), written_down(demo), phone_at(service.port), Sent()
    began = time.monotonic()
    deadline = began + LONGEST_SECONDS
    with ThreadPoolExecutor(SENDERS + 1) as pool:
        senders = [pool.submit(send_a_share, phone, sent, deadline) for _ in range(SENDERS)]
        killer = pool.submit(kill_at_random_moments, chaos, sent, senders, deadline)
    record_property("a thousand submissions under kills", round(time.monotonic() - began, 2))
    for future in [*senders, killer]:
        assert future.exception() is None, f"seed {seed}: {future.exception()!r}"
    assert len(sent.digests) == SUBMISSIONS
    assert sent.tries > SUBMISSIONS, f"seed {seed}: no kill was felt"
    assert kept(demo) == before | sent.digests, f"seed {seed}"
    assert written_down(demo) == sorted([*logged, *map(str, sent.digests)]), f"seed {seed}"
    assert chaos.service.stop() == 0


def test_a_hundred_at_once_of_one_id_are_one_tip_with_one_receipt(demo: Installation) -> None:
    service = demo.start("run", **MODE).wait_until_ready()
    before, phone = kept(demo), phone_at(service.port)
    sending = phone.sealed()
    raw, together = sending.raw(), threading.Barrier(AT_ONCE)

    def send() -> Reply:
        together.wait(30)
        return phone.send(sending.tip_id, raw)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        replies = [future.result() for future in [pool.submit(send) for _ in range(AT_ONCE)]]
    assert sorted(reply.status for reply in replies) == [200] * (AT_ONCE - 1) + [201]
    assert all(phone.is_receipt(reply, sending.tip_id, raw) for reply in replies)
    assert len({reply.body["hour"] for reply in replies}) == 1
    assert phone.send(sending.tip_id, sending.raw()) == Reply(409, {"error": "There is another one of this id."})
    assert kept(demo) == before | {sending.tip_id: hashlib.sha256(as_kept(raw)).digest()}
    assert service.stop() == 0
