"""What the server takes from a phone: sealed envelopes for a desk, each exactly once, and nothing else."""

import hashlib
import logging
import secrets
import uuid
from typing import Any

import pytest
from django.test import Client

from tests.cast import Member
from tests.tips.sealed import Sending, kept, sending_to
from tests.vault.world import Team, agency_facts, found, set_up
from waywatch.audit import api as audit
from waywatch.lib.actors import acting_as
from waywatch.tips.models import Sealed, Tip
from waywatch.vault import api as vault
from waywatch.vault import receipts
from waywatch.vault.actions import keyrings
from waywatch.vault.models import KeyVersion

pytestmark = pytest.mark.django_db
SEALED = "application/octet-stream"


def put(sending: Sending, raw: bytes | None = None, *, tip_id: uuid.UUID | None = None, kind: str = SEALED) -> Any:
    address = f"/notice/tips/{tip_id or sending.tip_id}"
    return Client().put(address, sending.raw() if raw is None else raw, content_type=kind)


def ask(token: bytes, kind: str = SEALED) -> Any:
    return Client().post("/notice/state/", token, content_type=kind)


def count(team: Team) -> int:
    with acting_as(team.first.actor):
        return Tip.objects.count()


def test_a_tip_is_kept_as_it_came_and_signed_for(team: Team) -> None:
    sending = sending_to(team.keyring)
    raw = sending.raw()
    answer = put(sending, raw)
    assert answer.status_code == 201
    assert set(answer.json()) == {"hour", "signature"}
    message = receipts.receipt_message(sending.tip_id, hashlib.sha256(raw).digest(), answer.json()["hour"])
    signature = vault.from_text(answer.json()["signature"])
    assert vault.is_signed_by(vault.receipt_public_key(), signature, message)
    with acting_as(team.first.actor):
        tip = Tip.objects.get()
        assert (tip.pk, tip.region, tip.claimed_urgency, tip.claimed_hour) == (sending.tip_id, "US-TX", 1, 490_000)
        assert (tip.size, tip.opened_at, tip.claimed_by) == (2048, None, None)
        assert bytes(Sealed.objects.get().body) == kept(raw)
        key = team.keyring.pk, 1
        assert (tip.keyring_id, tip.key_version) == key
    assert not answer.cookies


def test_the_same_bytes_again_are_the_same_tip_with_the_same_receipt(team: Team) -> None:
    sending = sending_to(team.keyring)
    raw = sending.raw()
    first, again = put(sending, raw), put(sending, raw)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["hour"] == again.json()["hour"]
    assert count(team) == 1


def test_other_bytes_of_the_same_id_are_refused_and_change_nothing(team: Team) -> None:
    sending = sending_to(team.keyring)
    raw = sending.raw()
    put(sending, raw)
    assert put(sending, sending.raw()).status_code == 409  # sealed anew: other bytes
    with acting_as(team.first.actor):
        assert bytes(Sealed.objects.get().body) == kept(raw)


def test_nobody_takes_over_the_receipt_words_of_another_tip(team: Team) -> None:
    first = sending_to(team.keyring)
    put(first)
    assert put(sending_to(team.keyring, token=first.token)).status_code == 409
    assert count(team) == 1


def test_what_is_no_envelope_is_refused(team: Team) -> None:
    sending = sending_to(team.keyring)
    raw = sending.raw()
    refused = [
        put(sending, b'{"words": "at the pumps"}'),
        put(sending, raw, kind="application/json"),
        put(sending, raw, kind="multipart/form-data; boundary=x"),
        put(sending, raw + b"\0"),
        put(sending, raw, tip_id=uuid.uuid4()),
        put(sending, b"\0" * 200_000),
        put(sending_to(team.keyring, version=2)),
        put(Sending(uuid.uuid4(), sending.public)),
        put(sending_to(team.keyring, region=b"US-ZZ\0")),
    ]
    assert [answer.status_code for answer in refused] == [422] * 9
    assert count(team) == 0


def test_an_agency_takes_no_tips(team: Team, trooper: Member, second_trooper: Member) -> None:
    set_up(trooper, second_trooper)
    agency = found(team.administrator, agency_facts(), trooper, second_trooper)
    sending = sending_to(agency, sending_to(team.keyring).public)
    assert put(sending).status_code == 422


def test_a_tip_is_never_refused_for_the_age_of_its_key(team: Team) -> None:
    old = sending_to(team.keyring)
    with acting_as(team.first.actor):
        keyrings.rotate(team.first.actor, keyring=team.keyring)
        assert KeyVersion.objects.filter(keyring=team.keyring).count() == 2
    assert put(old).status_code == 201


def test_only_put_is_answered_and_no_list_exists(team: Team) -> None:
    sending = sending_to(team.keyring)
    put(sending)
    for method in ("get", "post", "patch", "delete", "head", "options"):
        assert getattr(Client(), method)(f"/notice/tips/{sending.tip_id}").status_code == 405
    assert Client().get("/notice/tips/").status_code == 404


def test_what_nobody_can_open_is_not_signed_for(team: Team) -> None:
    sending = sending_to(team.keyring)
    with acting_as(team.first.actor):
        keyrings.rotate(team.first.actor, keyring=team.keyring)
        old = KeyVersion.objects.get(keyring=team.keyring, number=1)
        keyrings.destroy_version(team.first.actor, version=old)
    assert put(sending).status_code == 422


def test_a_changed_secret_key_cuts_off_nobody_who_has_receipt_words(team: Team, settings: Any) -> None:
    sending = sending_to(team.keyring)
    put(sending)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret " * 4
    assert ask(sending.token).content[:8] == b"waiting\0"
    settings.SECRET_KEY_FALLBACKS = []
    assert ask(sending.token).content[:8] == b"unknown\0"


def test_who_asks_learns_one_word(team: Team) -> None:
    sending = sending_to(team.keyring)
    assert ask(sending.token).content[:8] == b"unknown\0"
    put(sending)
    assert ask(sending.token).content[:8] == b"waiting\0"


def test_every_token_gets_an_answer_of_the_same_length_by_the_same_queries(
    team: Team, django_assert_num_queries: Any
) -> None:
    sending = sending_to(team.keyring)
    put(sending)
    lengths = []
    for token in (sending.token, secrets.token_bytes(32), bytes(32)):
        with django_assert_num_queries(3):  # a transaction, the question, its end
            lengths.append(len(ask(token).content))
    assert len(set(lengths)) == 1


@pytest.mark.parametrize(("token", "kind"), [(b"x" * 31, SEALED), (b"x" * 33, SEALED), (b"x" * 32, "text/plain")])
def test_what_is_no_token_is_refused(token: bytes, kind: str) -> None:
    assert ask(token, kind).status_code == 422


def test_the_token_is_not_in_the_database(team: Team) -> None:
    sending = sending_to(team.keyring)
    put(sending)
    with acting_as(team.first.actor):
        tip, body = Tip.objects.get(), bytes(Sealed.objects.get().body)
    assert bytes(tip.token_hash) not in {sending.token, hashlib.sha256(sending.token).digest()}
    assert sending.token not in body


def test_the_log_names_the_tip_and_no_word_of_it(team: Team, caplog: pytest.LogCaptureFixture) -> None:
    sending = sending_to(team.keyring)
    with caplog.at_level(logging.DEBUG):
        put(sending)
        ask(sending.token)
    assert sending.token.hex() not in caplog.text
    [act] = audit.history("tip", sending.tip_id)
    assert (act.action, act.actor) == ("tip.received", "system:intake")
    assert act.detail == {"region": "US-TX", "claimed_urgency": 1}


def test_the_list_of_desks_is_handed_out_as_the_root_signed_it() -> None:
    answer = Client().get("/notice/desks/")
    assert (answer.status_code, answer.json()) == (200, {"list": "", "signature": ""})
    assert answer.headers["Cache-Control"] == "no-cache"
