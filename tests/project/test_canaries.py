"""A marker in every free field, all journeys and the ways that fail: nothing of them stands in the database, its files and log, a dump, the
application's log at DEBUG, or a mail. What stands on a phone is tests/e2e/test_sending.py's to search."""

import base64
import itertools
import json
import logging
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from tests.cast import member
from tests.referrals.conftest import world
from tests.referrals.test_pages import unlocked_browser
from tests.referrals.world import PARTS, World, as_worker, by, turn_of
from tests.tips.reporter import Reporter
from tests.tips.sealed import SEED_STORY, sending_to
from tests.tips.test_photos import Shot
from waywatch.accounts.roles import Role
from waywatch.delivery import smtp
from waywatch.lib import fieldcrypt
from waywatch.referrals.models import Referral, TrustedContact
from waywatch.tips.models import Tip
from waywatch.tips.questions import STEPS
from waywatch.vault import api as vault
from waywatch.vault import sealing

__all__ = ["world"]
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
SEALED = "application/octet-stream"


@dataclass
class Marks:
    """Markers, each for one field: letters alone, so that nothing splits them."""

    made: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def of(self, what: str) -> str:
        """Return a new marker for a field."""
        number = next(self._numbers)
        letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}")
        return self.made.setdefault(f"{what} {number}", f"zzcanary{letters}{uuid.uuid4().hex.translate(LETTERS)}")


LETTERS = str.maketrans("0123456789", "ghijklmnop")


def forms_of(mark: str) -> set[bytes]:
    """Return the bytes by which a marker could stand somewhere: as text, as UTF-16, in hex, in base64 at each of three offsets."""
    raw = mark.encode()
    coded = {base64.b64encode(b"x" * shift + raw)[4 if shift else 0 : -4] for shift in range(3)}
    return {raw, mark.encode("utf-16-le"), raw.hex().encode(), mark.upper().encode(), *coded}


def found_in(haystack: bytes, marks: Marks) -> list[str]:
    """Return the fields whose markers stand in these bytes."""
    return [what for what, mark in marks.made.items() if any(form in haystack for form in forms_of(mark))]


def observation(marks: Marks) -> dict[str, Any]:
    """The seed story with a marker in each field that takes words, and one in a field that nobody asks for."""
    said: dict[str, Any] = json.loads(json.dumps(SEED_STORY)) | {"strange": marks.of("what fits no question")}
    for step in STEPS:
        row: dict[str, Any] = said
        if step.repeat:
            said.setdefault(step.repeat, [{}])
            row = said[step.repeat][0]
        for each in step.fields:
            if each.kind in {"line", "text", "place"}:
                *folders, name = each.path.split(".")
                place = row
                for folder in folders:
                    place = place.setdefault(folder, {})
                place[name] = marks.of(f"{step.key}: {each.path}")
    return said


def a_reporter(world: World, marks: Marks) -> Reporter:
    """A tip with a photo, sent over HTTP as a phone sends it; before it come attempts that fail, with the same words in the clear."""
    sending = sending_to(world.desk, observation=observation(marks))
    reporter, shot = Reporter(sending, sealing.new_key_pair()), Shot(sending)
    shot.jpeg = b"\xff\xd8\xff" + marks.of("photo").encode() + bytes(70_000)
    content = {
        "version": 1,
        "reply_key": vault.to_text(reporter.keys.public),
        "photos": [shot.listed],
        "observation": sending.observation,
        "extra": marks.of("beside the observation"),
    }
    raw, address = sending.raw(json.dumps(content).encode()), f"/notice/tips/{sending.tip_id}"
    wrong = marks.of("sent to the intake in the clear").encode()
    assert Client().put(address, json.dumps(content), content_type="application/json").status_code == 422
    for broken in (wrong, raw[:60] + wrong, raw + wrong, b"WWT\x01" + wrong * 50):
        assert Client().put(address, broken, content_type=SEALED).status_code == 422
    assert Client().post("/notice/state/", wrong, content_type=SEALED).status_code == 422
    assert Client().get(f"/notice/en/?said={wrong.decode()}").status_code == 200
    assert Client().get(f"/nowhere/{wrong.decode()}/").status_code == 404
    assert Client().put(address, raw, content_type=SEALED).status_code == 201
    for number in range(2):
        assert shot.put(number).status_code == 201
    return reporter


def at_the_desk(world: World, marks: Marks, tip_id: uuid.UUID, reporter: Reporter) -> None:
    """Everything that an advocate types, right and wrong, unlocked and locked."""
    address, person = f"/desk/tips/{tip_id}", world.advocate
    wrong = marks.of("a wrong passphrase")
    assert wrong not in person.client.post("/vault/unlock/", {"passphrase": wrong}).content.decode()
    locked = person.client.post(f"{address}/note/", {"note": marks.of("a note while the keys are locked")})
    assert "zzcanary" in locked.content.decode()  # it is given back, and kept nowhere
    desk = unlocked_browser(person)
    desk.post(f"{address}/claim/")
    page = desk.get(f"{address}/read/").content.decode()
    assert page.count("zzcanary") >= 19
    assert desk.get(f"{address}/photos/").status_code == 200
    desk.post(f"{address}/assess/", {"words": marks.of("an assessment that is refused")})
    assessed = {"call_class": "crisis", "kind": "sex", "minor": "yes", "danger": "unknown", "reliability": "unknown"}
    consents = {"consent_person": "not_asked", "consent_reporter": "given"}
    said = assessed | consents | {"words": marks.of("assessment")}
    assert desk.post(f"{address}/assess/", said).status_code == 302
    desk.post(f"{address}/note/", {"note": marks.of("a note that is too long") * 80})
    assert desk.post(f"{address}/note/", {"note": marks.of("note")}).status_code == 302
    assert desk.post(f"{address}/ask/", {"text": marks.of("question")}).status_code == 302
    question = reporter.looks()["id"]
    answer = reporter.envelope(question, marks.of("answer"))
    assert Client().put(f"/notice/answers/{question}", answer, content_type=SEALED).status_code == 201
    assert "zzcanary" in desk.get(f"{address}/read/").content.decode()


def referred_on(world: World, marks: Marks, tip_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the trusted contact that is entered to what an officer and the desk write to each other."""
    supervisor, desk, officer = (unlocked_browser(who) for who in (world.supervisor, world.advocate, world.officer))
    entered = {
        "kind": "sheriff", "name": marks.of("contact's name"), "phone": "", "county": marks.of("contact's county"),
        "region": "US-TX", "order": "9", "days": ["0", "1"], "verified_on": "2026-11-01", "agency": str(world.agency.pk),
    }  # fmt: skip
    supervisor.post(f"/desk/contacts/of/{world.desk.pk}/new/", entered)
    with by(world.supervisor):
        sheriff = TrustedContact.objects.get(pk=world.sheriff.pk)
        sheriff.name, sheriff.phone = marks.of("contact's other name"), marks.of("contact's phone")
        sheriff.save(update_fields=["name_encrypted", "phone_encrypted"])
    sent = {
        "parts": list(PARTS), "words": marks.of("words to the agency"), "contacts": [str(c.pk) for c in world.chain()],
        "incident_number": marks.of("incident"), "incident_agency": marks.of("incident's agency"),
    }  # fmt: skip
    refused = sent | {"words": marks.of("words that were refused"), "contacts": []}
    assert desk.post(f"/desk/tips/{tip_id}/refer/approve/", refused).status_code == 200
    assert desk.post(f"/desk/tips/{tip_id}/refer/approve/", sent).status_code == 302
    as_worker(world, monkeypatch)
    with by(world.advocate):
        task = turn_of(world.officer, Referral.objects.get())
    assert task is not None
    address = f"/officer/{task.pk}"
    assert "zzcanary" in officer.get(f"{address}/").content.decode()
    assert officer.post(f"{address}/accept/").status_code == 302
    as_worker(world, monkeypatch)  # nobody else is asked any more: only now can it be finished
    for part, typed in (
        (
            "incident",
            {"number": marks.of("officer's incident"), "agency": marks.of("officer's agency"), "holds": "yes"},
        ),
        ("message", {"words": marks.of("officer's message")}),
        ("outcome", {"result": "helped", "may_tell": "no", "words": marks.of("outcome")}),
    ):
        assert officer.post(f"{address}/{part}/", typed).status_code == 302, part
    for file in ("handover.pdf", "handover.eido.json"):
        assert officer.get(f"{address}/{file}").status_code == 200
    desk.post(f"/desk/tips/{tip_id}/refer/handovers/{task.pk}/message/", {"words": marks.of("desk's message")})
    finished = {"outcome": "passed_on", "words": marks.of("words of the outcome")}
    assert desk.post(f"/desk/tips/{tip_id}/finish/", finished).status_code == 302


def places(world: World, log: str) -> dict[str, bytes]:
    """Return all that is kept or said, by where it is: the rows of all tables, mails in the clear, our log, and the server's own files."""
    with psycopg.connect(world.urls["backup"], row_factory=dict_row) as backup:
        names = [row["tablename"] for row in backup.execute(TABLES).fetchall()]
        rows = {
            name: backup.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).fetchall() for name in names
        }
    mails = [text for row in rows["delivery_message"] for cell in row.values() for text in opened_mail(cell)]
    found = {"the rows": str(rows).encode(), "mails": "".join(mails).encode(), "our log": log.encode()}
    folder = server_folder(world.urls["owner"])
    if folder is not None:
        files = [each for each in [*(folder / "pg").resolve().rglob("*"), folder / "pg.log"] if each.is_file()]
        found |= {"/".join(each.parts[-3:]): each.read_bytes() for each in files}
    return found


def opened_mail(cell: object) -> Iterator[str]:
    """Yield what an encrypted cell of a mail says, as whoever has the secret key reads it."""
    for purpose in (smtp.RECIPIENT, smtp.CONTENT):
        if isinstance(cell, bytes):
            with suppress(fieldcrypt.UnreadableError):
                yield str(fieldcrypt.decrypt(cell, purpose=purpose))


def server_folder(address: str) -> Path | None:
    """Return the data directory of the server of these tests, where it is ours."""
    known = conninfo_to_dict(address)
    for status in Path(tempfile.gettempdir()).glob("waywatch-test-*/server.json"):
        said = json.loads(status.read_text())
        if (said["host"], str(said["port"])) == (known["host"], str(known["port"])):
            return status.parent
    return None


def test_no_marker_stands_where_it_may_not(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    marks = Marks()
    with caplog.at_level(logging.DEBUG):
        reporter = a_reporter(world, marks)
        with by(world.advocate):
            tip_id = Tip.objects.get().pk
        at_the_desk(world, marks, tip_id, reporter)
        referred_on(world, marks, tip_id, monkeypatch)
    assert len(marks.made) > 40
    found = places(world, caplog.text)
    leaks = {place: here for place, content in found.items() if (here := found_in(content, marks))}
    assert leaks == {}
    token = reporter.sending.token
    forms = (token, token.hex().encode(), repr(token)[2:-1].encode())
    assert [place for place, content in found.items() if any(form in content for form in forms)] == []


def test_the_search_finds_what_is_there(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A marker in a public name, in a log line and in a mail is found in each place: rows, files of the server, log."""
    marks = Marks()
    public = marks.of("an account's name")
    with caplog.at_level(logging.DEBUG):
        with by(world.administrator):
            person = member("planted@example.org", public, Role.ADVOCATE)
        logging.getLogger("waywatch").debug("said %s", public)
    assert person.account.name == public
    found = places(world, caplog.text)
    here = {place.split("/", maxsplit=1)[0] for place, content in found.items() if found_in(content, marks)}
    assert {"the rows", "our log"} <= here
    if server_folder(world.urls["owner"]) is not None:
        assert any("pg_wal" in place for place, content in found.items() if found_in(content, marks))
