"""The offline root: two holders, one file, one signature over the very bytes of a list; and receipts."""

import hashlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from waywatch.vault import receipts, root, sealing, words
from waywatch.vault.errors import ListRefusedError, WrongPassphraseError
from waywatch.vault.management.commands.root import Command

FIRST, SECOND = "gravel lantern orchard seven", "marble curtain falcon river"
DESKS = {
    "version": 1,
    "issued": "2026-11-01T00:00:00Z",
    "expires": "2027-01-30T00:00:00Z",
    "receipt_key": root.to_text(sealing.new_key_pair().public),
    "desks": [
        {
            "keyring": "0c000000-0000-4000-8000-00000000ca01",
            "name": "Lone Star hotline",
            "key_version": 1,
            "key": root.to_text(sealing.new_key_pair().public),
            "regions": ["US-TX"],
        }
    ],
}
REFERRALS = {
    **{name: DESKS[name] for name in ("version", "issued", "expires")},
    "agencies": [
        {
            "keyring": "0c000000-0000-4000-8000-00000000ca02",
            "name": "Reeves County sheriff",
            "key_version": 3,
            "key": root.to_text(sealing.new_key_pair().public),
            "home": "US-TX",
        }
    ],
    "policies": [{"pack": "consent-first", "version": "1999-01-01", "digest": "0" * 64}],
}
LISTS = {"desks": DESKS, "referrals": REFERRALS}


@pytest.fixture(scope="module")
def made() -> tuple[str, bytes]:
    return root.new_root_file(FIRST, SECOND)


def test_both_passphrases_together_open_it_and_neither_alone(made: tuple[str, bytes]) -> None:
    file, public = made
    assert sealing.public_of(root.open_root_file(file, FIRST, SECOND)) == public == root.public_of_file(file)
    for first, second in ((SECOND, FIRST), (FIRST, FIRST), (SECOND, SECOND), (FIRST, ""), ("", SECOND)):
        with pytest.raises(WrongPassphraseError):
            root.open_root_file(file, first, second)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_changed_file_does_not_open(made: tuple[str, bytes], data: st.DataObject) -> None:
    """Any other value at any place: another public key, cost, salt or ciphertext."""
    found: dict[str, Any] = json.loads(made[0])
    name = data.draw(st.sampled_from(sorted(found)))
    found[name] = data.draw(st.sampled_from(["", "AAAA", 0, 2, -1, 10**9, None, [], ["AAAA"], made[0][:40], {}]))
    if found != json.loads(made[0]):
        with pytest.raises(WrongPassphraseError):
            root.open_root_file(json.dumps(found), FIRST, SECOND)


@pytest.mark.parametrize("salts", [["AAAA", "AAAA"], ["AAAA"], [], "AAAA", [1, 2], None])
def test_a_file_with_other_salts_does_not_open(made: tuple[str, bytes], salts: object) -> None:
    changed = json.dumps({**json.loads(made[0]), "salts": salts})
    with pytest.raises(WrongPassphraseError):
        root.open_root_file(changed, FIRST, SECOND)


@given(st.text(max_size=80))
def test_no_text_is_a_root_file(text: str) -> None:
    with pytest.raises(WrongPassphraseError):
        root.open_root_file(text, FIRST, SECOND)


def test_a_signed_list_is_its_very_bytes(made: tuple[str, bytes]) -> None:
    private = root.open_root_file(made[0], FIRST, SECOND)
    texts = {part: json.dumps(found, indent=3).encode() for part, found in LISTS.items()}
    signed = root.sign_lists(private, texts)
    found = root.read_signed(signed)
    assert (found.desks.text, found.referrals.text, found.root) == (texts["desks"], texts["referrals"], made[1])
    for part, message in ((found.desks, b"waywatch list v1\0"), (found.referrals, b"waywatch referral list v1\0")):
        assert sealing.is_signed_by(made[1], part.signature, message + part.text)
    swapped = json.loads(signed)
    swapped["desks"], swapped["referrals"] = swapped["referrals"], swapped["desks"]
    for change in (
        signed.replace("US-TX", "US-OH"),
        signed.replace("Reeves County", "Ector County"),
        signed.replace("Lone Star", "Evening Star"),
        json.dumps(swapped),
        signed.replace("\\n", " "),
        signed.replace(root.to_text(made[1]), "AA"),
    ):
        with pytest.raises(ListRefusedError):
            root.read_signed(change)


@given(st.text(max_size=80) | st.just("{}") | st.just('{"desks": {"list": 1, "signature": 2}, "root": 3}'))
def test_no_text_is_a_signed_list(text: str) -> None:
    with pytest.raises(ListRefusedError):
        root.read_signed(text)


@given(st.binary(max_size=80))
def test_base64url_is_written_in_one_way_only(raw: bytes) -> None:
    text = root.to_text(raw)
    assert root.from_text(text) == raw
    for other in (text + "=", text + "\n", " " + text):
        with pytest.raises(ValueError, match=r"base64|padding|only"):
            root.from_text(other)


# The ceremony as two people hold it


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the two holders type, in order."""
    answers: list[str] = []
    monkeypatch.setattr(Command, "_ask", lambda _self, _prompt: answers.pop(0))
    yield answers
    assert answers == []


def test_two_people_make_a_root_and_sign_a_list(
    tmp_path: Path, typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, listed, signed = tmp_path / "root", tmp_path / "list.json", tmp_path / "signed.json"
    typed += [FIRST, FIRST, SECOND, SECOND]
    call_command("root", "create", "--out", str(folder))
    public = root.from_text((folder / "root-public.txt").read_text().strip())
    said = capsys.readouterr().out
    assert words.fingerprint(public) in said
    assert FIRST not in said + (folder / "root-key.json").read_text()
    assert (folder / "root-key.json").stat().st_mode & 0o777 == 0o600
    listed.write_text(json.dumps(LISTS))
    typed += [FIRST, SECOND]
    call_command("root", "sign", str(listed), "--root", str(folder), "--out", str(signed))
    said = capsys.readouterr().out
    assert "Lone Star hotline: key 1" in said
    assert "Reeves County sheriff: key 3" in said
    assert "policy consent-first of 1999-01-01" in said
    assert "MIND: this machine has no such policy" in said
    assert root.read_signed(signed.read_text()).root == public
    call_command("root", "show", "--root", str(folder))
    assert capsys.readouterr().out.strip() == words.fingerprint(public)


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (["short"], "too short"),
        ([FIRST, SECOND], "differ"),
        ([FIRST, FIRST, FIRST, FIRST], "same passphrase"),
    ],
)
def test_a_careless_ceremony_is_refused(tmp_path: Path, typed: list[str], answers: list[str], why: str) -> None:
    typed += answers
    with pytest.raises(CommandError, match=why):
        call_command("root", "create", "--out", str(tmp_path / "root"))
    assert list((tmp_path / "root").iterdir()) == []


def test_nothing_is_written_over_and_a_wrong_passphrase_signs_nothing(tmp_path: Path, typed: list[str]) -> None:
    folder, listed = tmp_path / "root", tmp_path / "list.json"
    typed += [FIRST, FIRST, SECOND, SECOND]
    call_command("root", "create", "--out", str(folder))
    before = (folder / "root-key.json").read_text()
    typed += [FIRST, FIRST, SECOND, SECOND]
    with pytest.raises(CommandError):
        call_command("root", "create", "--out", str(folder))
    assert (folder / "root-key.json").read_text() == before
    listed.write_text(json.dumps(LISTS))
    typed += [FIRST, FIRST]
    with pytest.raises(CommandError, match="did not open"):
        call_command("root", "sign", str(listed), "--root", str(folder), "--out", str(tmp_path / "signed.json"))
    assert not (tmp_path / "signed.json").exists()


# Receipts


def test_a_receipt_is_checked_with_the_public_key_of_the_list() -> None:
    tip, digest = uuid.uuid4(), hashlib.sha256(b"envelope").digest()
    signature = receipts.sign_receipt(tip_id=tip, envelope_digest=digest, hour=498_000)
    message = b"waywatch receipt v1\0" + tip.bytes + digest + (498_000).to_bytes(4)
    assert len(signature) == 64
    assert sealing.is_signed_by(receipts.receipt_public_key(), signature, message)
    assert not sealing.is_signed_by(receipts.receipt_public_key(), signature, message[:-1] + b"\0")
    with pytest.raises(ValueError, match="SHA-256"):
        receipts.sign_receipt(tip_id=tip, envelope_digest=b"short", hour=1)


def test_the_receipt_key_is_that_of_the_secret_key(settings: LazySettings) -> None:
    first = receipts.receipt_public_key()
    assert receipts.receipt_public_key() == first
    settings.SECRET_KEY = "another-key-" + "1" * 40
    assert receipts.receipt_public_key() != first
