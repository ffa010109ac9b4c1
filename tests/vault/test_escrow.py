"""Escrow: a copy of each key for two holders offline, nothing of it opens on the server, and it comes back to one person alone."""

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from tests.vault.test_lists import ROOT, SYSTEM, demo, desk, install, signed
from tests.vault.test_root import FIRST, SECOND
from tests.vault.world import Team
from waywatch.accounts import api as accounts
from waywatch.lib import clock
from waywatch.lib.actors import acting_as
from waywatch.lib.errors import NotFoundError
from waywatch.vault import documents, escrow, lists, queries, root, sealing, trusted
from waywatch.vault.actions import escrow as actions
from waywatch.vault.actions import keyrings
from waywatch.vault.actions.keyrings import KeyringFacts
from waywatch.vault.errors import EscrowRefusedError, NotReadyError, WrongPassphraseError
from waywatch.vault.management.commands.root import Command
from waywatch.vault.models import EscrowCopy, Keyring, KeyringKind, MemberKey, Membership, Share
from waywatch.vault.unlocked import share_info

ESCROW = sealing.new_key_pair()
NEWCOMER = "advocate@demo.example"
__all__ = ["demo", "desk"]


@pytest.fixture
def escrowed(desk: Keyring) -> Keyring:
    """A desk with a key in escrow, made after the root had signed the escrow key. As the owner, like the commands."""
    with acting_as(SYSTEM):
        escrowed = {"escrow_key": root.to_text(ESCROW.public)}
        install(signed(desks=escrowed), trust=ROOT.public)
    with acting_as(SYSTEM):
        Keyring.objects.filter(pk=desk.pk).update(escrow=True)
        desk.refresh_from_db()
        keyrings.new_version(SYSTEM, desk, queries.holders(desk), action="keyring.rotated")
    return desk


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a minute go by: a list has to be newer than the one before."""
    moment = clock.now() + dt.timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: moment)


def everybody_lost_theirs(keyring: Keyring) -> sealing.KeyPair:
    """Take away every share and membership, and give one person a new own key."""
    pair = sealing.new_key_pair()
    card = accounts.account_with_email(NEWCOMER)
    assert card is not None
    with acting_as(SYSTEM):
        Share.objects.filter(version__keyring=keyring).delete()
        Membership.objects.filter(keyring=keyring).delete()
        MemberKey.objects.filter(account_id=card.id).update(retired_at=clock.now())
        MemberKey.objects.create(account_id=card.id, public_key=pair.public)
    return pair


def test_what_was_lost_comes_back_to_one_person(escrowed: Keyring) -> None:
    pair = everybody_lost_theirs(escrowed)
    with acting_as(SYSTEM):
        copies = escrow.read_copies(actions.export(SYSTEM, keyring_id=escrowed.pk, email=NEWCOMER))
        assert [each.number for each in copies.copies] == [2]  # version 1 was made before there was an escrow
        released = escrow.read_released(escrow.release(copies, ESCROW.private))
        member = actions.install(SYSTEM, released=released)
        assert member.is_keeper
        [share] = Share.objects.filter(version__keyring=escrowed)
        private = sealing.open_sealed(pair.private, bytes(share.sealed or b""), info=share_info(escrowed.pk, 2))
        assert sealing.public_of(private) == bytes(share.version.public_key)
        again = actions.install(SYSTEM, released=released)
        assert (again.pk, Share.objects.filter(version__keyring=escrowed).count()) == (member.pk, 1)


def test_a_copy_opens_with_the_escrow_key_alone(escrowed: Keyring) -> None:
    with acting_as(SYSTEM):
        [copy] = EscrowCopy.objects.all()
    info = escrow.copy_info(escrowed.pk, 2)
    private = sealing.open_sealed(ESCROW.private, bytes(copy.sealed), info=info)
    assert private not in bytes(copy.sealed)
    for other, bound in ((ROOT.private, info), (ESCROW.private, escrow.copy_info(escrowed.pk, 1))):
        with pytest.raises(sealing.SealError):
            sealing.open_sealed(other, bytes(copy.sealed), info=bound)


def test_a_copy_of_another_key_is_not_released(escrowed: Keyring) -> None:
    everybody_lost_theirs(escrowed)
    with acting_as(SYSTEM):
        found = json.loads(actions.export(SYSTEM, keyring_id=escrowed.pk, email=NEWCOMER))
    wrong = sealing.new_key_pair()
    sealed = sealing.seal(ESCROW.public, wrong.private, info=escrow.copy_info(escrowed.pk, 2))
    found["copies"][0]["sealed"] = root.to_text(sealed)
    with pytest.raises(EscrowRefusedError, match="Nothing is released"):
        escrow.release(escrow.read_copies(json.dumps(found)), ESCROW.private)


def test_only_somebody_of_the_team_to_be_is_given_it(escrowed: Keyring) -> None:
    with acting_as(SYSTEM):
        for email in ("coordinator@demo.example", "nobody@demo.example"):
            with pytest.raises(EscrowRefusedError):
                actions.export(SYSTEM, keyring_id=escrowed.pk, email=email)
        released = escrow.Released(
            version=1, keyring=escrowed.pk, member_key=root.to_text(sealing.new_key_pair().public), shares=()
        )
        with pytest.raises(EscrowRefusedError):
            actions.install(SYSTEM, released=released)


def test_phones_read_that_there_is_a_copy_once_the_root_has_signed_it(
    escrowed: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)
    with acting_as(SYSTEM):
        found = json.loads(lists.prepare_lists(clock.now()))[root.DESKS]
        assert found["escrow_key"] == root.to_text(ESCROW.public)  # the key stays from list to list
        assert [entry["escrow"] for entry in found["desks"]] == [True]
        review = lists.review_lists(signed(), clock.now())
    assert any("kept in escrow, and phones say so" in line for line in review.changes)


def test_the_commands_of_both_machines(escrowed: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way, as the guide leads through it."""
    answers = iter([FIRST, FIRST, SECOND, SECOND, FIRST, SECOND])
    later(monkeypatch)
    monkeypatch.setattr(Command, "_ask", lambda _self, _prompt: next(answers))
    call_command("root", "escrow", out=tmp_path / "safe", stdout=io.StringIO())
    public = (tmp_path / "safe" / "escrow-public.txt").read_text().strip()
    out = io.StringIO()
    call_command("list", "prepare", escrow=tmp_path / "safe" / "escrow-public.txt", stdout=out)
    assert json.loads(out.getvalue())[root.DESKS]["escrow_key"] == public
    install(root.sign_lists(ROOT.private, documents.texts_of(out.getvalue().encode())))
    with acting_as(SYSTEM):
        keyrings.new_version(SYSTEM, escrowed, queries.holders(escrowed), action="keyring.rotated")
        EscrowCopy.objects.exclude(version__number=3).delete()
    everybody_lost_theirs(escrowed)
    out = io.StringIO()
    call_command("escrow", "export", str(escrowed.pk), email=NEWCOMER, stdout=out)
    (tmp_path / "copies.json").write_text(out.getvalue())
    said = io.StringIO()
    call_command(
        "root", "release", str(tmp_path / "copies.json"), escrow=tmp_path / "safe", out=tmp_path / "released.json", stdout=said
    )  # fmt: skip
    assert "let them read these eight words" in said.getvalue()
    call_command("escrow", "install", str(tmp_path / "released.json"), stdout=io.StringIO())
    with acting_as(SYSTEM):
        assert [share.version.number for share in Share.objects.filter(version__keyring=escrowed)] == [3]
    with pytest.raises(CommandError):
        call_command("escrow", "install", str(tmp_path / "copies.json"), stdout=io.StringIO())


def test_the_file_of_the_escrow_key_is_not_a_roots() -> None:
    text, _ = root.new_root_file(FIRST, SECOND, purpose=escrow.PURPOSE)
    assert root.open_root_file(text, FIRST, SECOND, purpose=escrow.PURPOSE)
    with pytest.raises(WrongPassphraseError):
        root.open_root_file(text, FIRST, SECOND)


@given(st.text(max_size=200))
def test_no_text_is_an_export_or_a_release(text: str) -> None:
    for read in (escrow.read_copies, escrow.read_released):
        with pytest.raises(EscrowRefusedError):
            read(text)


@pytest.mark.django_db
class TestOfATeam:
    """In a web process, with the rights of its role."""

    def with_escrow(self, team: Team) -> Keyring:
        facts = KeyringFacts(KeyringKind.DESK, "Lone Star hotline", regions=("US-TX", "US-NM"), escrow=True)
        with acting_as(team.administrator.actor):
            return keyrings.change_keyring(team.administrator.actor, keyring=team.keyring, facts=facts)

    def test_without_an_escrow_key_no_new_key_is_made(self, team: Team) -> None:
        keyring = self.with_escrow(team)
        with acting_as(team.first.actor), pytest.raises(NotReadyError, match="escrow"):
            keyrings.rotate(team.first.actor, keyring=keyring)

    def test_a_new_key_leaves_a_copy_that_goes_with_it(self, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(trusted, "escrow_public_key", lambda: ESCROW.public)
        keyring = self.with_escrow(team)
        with acting_as(team.first.actor):
            version = keyrings.rotate(team.first.actor, keyring=keyring)
            assert EscrowCopy.objects.get().version_id == version.pk
            page = team.first.client.get(f"/vault/keyrings/{keyring.pk}/").content.decode()
        assert "and in escrow" in page
        with acting_as(team.first.actor):
            keyrings.rotate(team.first.actor, keyring=keyring)
            keyrings.destroy_version(team.first.actor, version=version)
            assert [copy.version.number for copy in EscrowCopy.objects.all()] == [3]

    def test_nobody_else_sees_a_copy(self, team: Team, outsider: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(trusted, "escrow_public_key", lambda: ESCROW.public)
        with acting_as(team.first.actor):
            keyrings.rotate(team.first.actor, keyring=self.with_escrow(team))
        for person in (outsider, team.administrator):
            with acting_as(person.actor):
                assert EscrowCopy.objects.count() == 0
                with pytest.raises(NotFoundError):
                    actions.export(person.actor, keyring_id=team.keyring.pk, email=NEWCOMER)
