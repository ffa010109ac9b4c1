"""The list of desks: from the database to the root and back, and what is refused on the way. Run as the owner, like the commands."""

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import Error, transaction
from hypothesis import given
from hypothesis import strategies as st

from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.errors import NotFoundError
from waywatch.vault import api, lists, receipts, root, sealing
from waywatch.vault.demo import DESK, create_demo_keyrings, demo_root
from waywatch.vault.errors import DemoKeyringError, ListRefusedError
from waywatch.vault.models import Keyring, KeyVersion, Membership, RootKey, Share, SignedList

SYSTEM = Actor.system("tests")
ROOT = sealing.new_key_pair()
OTHER = sealing.new_key_pair()


@pytest.fixture
def demo(owner_role: None, db: None) -> None:
    """The accounts and teams of the demonstration, as the owner makes them."""
    from waywatch.accounts import api as accounts

    accounts.create_demo_accounts()
    with acting_as(SYSTEM):
        create_demo_keyrings(SYSTEM)


@pytest.fixture
def desk(demo: None) -> Keyring:
    """The demo desk, in an installation where no root is pinned and no list installed."""
    with acting_as(SYSTEM):
        SignedList.objects.all().delete()
        RootKey.objects.all().delete()
        return Keyring.objects.get(kind="desk")


def prepared(**changes: Any) -> bytes:
    found = json.loads(lists.prepare_list(clock.now()))
    return json.dumps({**found, **changes}).encode()


def signed(text: bytes | None = None, by: sealing.KeyPair = ROOT) -> str:
    return root.sign_list(by.private, text or prepared())


def install(text: str, *, trust: bytes | None = None) -> SignedList:
    with acting_as(SYSTEM):
        return lists.install_list(SYSTEM, review=lists.review_list(text, clock.now(), trust=trust))


def test_the_list_has_the_shape_of_the_decision(desk: Keyring) -> None:
    found = json.loads(lists.prepare_list(dt.datetime(2026, 11, 1, tzinfo=dt.UTC)))
    assert list(found) == ["version", "issued", "expires", "receipt_key", "desks"]
    assert (found["version"], found["issued"], found["expires"]) == (1, "2026-11-01T00:00:00Z", "2027-01-30T00:00:00Z")
    assert root.from_text(found["receipt_key"]) == receipts.receipt_public_key()
    [entry] = found["desks"]
    assert list(entry) == ["keyring", "name", "key_version", "key", "regions"]
    assert (entry["keyring"], entry["name"], entry["key_version"]) == (str(desk.pk), DESK, 1)
    assert entry["regions"] == desk.regions


def test_a_first_list_pins_the_root_that_the_operator_trusts(desk: Keyring) -> None:
    assert (api.root_public_key(), api.signed_list()) == (None, None)
    with pytest.raises(ListRefusedError):
        install(signed())
    with pytest.raises(ListRefusedError):
        install(signed(), trust=OTHER.public)
    text = prepared()
    install(signed(text), trust=ROOT.public)
    assert api.root_public_key() == ROOT.public
    served = api.signed_list()
    assert served is not None
    assert served[0] == text
    assert sealing.is_signed_by(ROOT.public, served[1], b"waywatch list v1\0" + text)


def test_another_root_is_refused_for_ever(desk: Keyring) -> None:
    install(signed(), trust=ROOT.public)
    later = prepared(issued="2090-01-01T00:00:00Z", expires="2090-02-01T00:00:00Z")
    for trust in (None, OTHER.public):
        with pytest.raises(ListRefusedError, match="Another root"):
            install(signed(later, by=OTHER), trust=trust)


def test_the_setting_goes_before_the_database(desk: Keyring, settings: LazySettings) -> None:
    settings.ROOT_KEY = root.to_text(OTHER.public)
    with pytest.raises(ListRefusedError):
        install(signed(), trust=ROOT.public)
    install(signed(by=OTHER))
    assert api.root_public_key() == OTHER.public
    assert RootKey.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"expires": "2020-01-01T00:00:00Z", "issued": "2019-12-01T00:00:00Z"},
        {"expires": "2099-01-01T00:00:00Z"},
        {"issued": "2027-01-01T00:00:00"},
        {"receipt_key": "AAAA"},
        {"receipt_key": None},
        {"desks": [{}]},
        {"more": 1},
        {"desks": None},
    ],
)
def test_a_list_of_another_form_is_refused_though_it_is_signed(desk: Keyring, changes: dict[str, Any]) -> None:
    with pytest.raises(ListRefusedError):
        install(signed(prepared(**changes)), trust=ROOT.public)
    assert SignedList.objects.count() == 0


def test_a_region_stands_once(desk: Keyring) -> None:
    [entry] = json.loads(prepared())["desks"]
    with pytest.raises(ListRefusedError):
        install(signed(prepared(desks=[entry, entry])), trust=ROOT.public)


@given(st.binary(max_size=100))
def test_no_bytes_are_a_list(text: bytes) -> None:
    with pytest.raises(ListRefusedError):
        lists.read_list(text)


def test_an_older_list_does_not_come_back(desk: Keyring) -> None:
    older, newer = prepared(issued="2026-01-01T00:00:00Z", expires="2027-01-01T00:00:00Z"), prepared()
    now = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    install(signed(newer), trust=ROOT.public)
    for text in (older, newer):
        with pytest.raises(ListRefusedError, match="not newer"):
            lists.review_list(signed(text), now)


def test_what_a_list_changes_is_shown_and_a_foreign_key_stands_out(desk: Keyring) -> None:
    first = lists.review_list(signed(), clock.now(), trust=ROOT.public)
    assert [line.split(",")[0] for line in first.changes] == [f"{DESK}: desk added", first.changes[1].split(",")[0]]
    install(signed(prepared(issued="2026-01-01T00:00:00Z", expires="2027-01-01T00:00:00Z")), trust=ROOT.public)
    assert lists.review_list(signed(), clock.now()).changes == ()
    [entry] = json.loads(prepared())["desks"]
    swapped = {
        **entry,
        "key": root.to_text(OTHER.public),
        "key_version": 2,
        "regions": entry["regions"][1:],
        "name": "X",
    }
    changes = lists.review_list(signed(prepared(desks=[swapped])), clock.now()).changes
    assert [line.split(",")[0].split(":", 1)[1] for line in changes] == [
        " key 1 becomes key 2",
        f" serves {entry['regions'][0]} no longer",
        " is named X",
        " MIND: this is not the key that this database has in use",
    ]
    assert lists.review_list(signed(prepared(desks=[])), clock.now()).changes == (f"{DESK}: desk removed",)


def test_only_whoever_runs_the_server_installs_a_list(desk: Keyring, db: None) -> None:
    review = lists.review_list(signed(), clock.now(), trust=ROOT.public)
    with pytest.raises(NotFoundError):
        lists.install_list(Actor.account(desk.pk), review=review)


def test_the_commands_lead_from_the_database_to_the_phones(
    desk: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("list", "prepare")
    text = capsys.readouterr().out.strip()
    signed_file, trusted = tmp_path / "signed.json", tmp_path / "root-public.txt"
    signed_file.write_text(signed(text.encode()))
    trusted.write_text(root.to_text(ROOT.public) + "\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    with pytest.raises(CommandError, match="Nothing is changed"):
        call_command("list", "install", str(signed_file), "--root", str(trusted))
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    call_command("list", "install", str(signed_file), "--root", str(trusted))
    said = capsys.readouterr().out
    assert "Demo desk: desk added, key 1" in said
    served = api.signed_list()
    assert served is not None
    assert served[0] == text.encode()


def test_the_web_role_reads_the_list_without_a_name_and_writes_nothing(db: None) -> None:
    assert (api.signed_list(), api.root_public_key()) == (None, None)
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        RootKey.objects.create(public_key=ROOT.public)
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        SignedList.objects.all().delete()


# The demonstration


def test_the_demonstration_has_its_teams_and_a_list_signed_by_its_root(demo: None) -> None:
    from waywatch.vault.actions import own_key

    with acting_as(SYSTEM):
        assert set(Membership.objects.values_list("keyring__name", "account__email")) == {
            ("Demo desk", "advocate@demo.example"),
            ("Demo desk", "advocate2@demo.example"),
            ("Demo desk", "supervisor@demo.example"),
            ("Demo sheriff, Reeves County", "officer@demo.example"),
        }
        [key] = api.desk_keys()
        assert {"US-TX", "US-AK", "CA-QC", "CA-AB"} <= set(key.regions)
        assert not any(region.startswith("MX") for region in key.regions)
        served = api.signed_list()
        assert served is not None
        assert root.is_signed(demo_root().public, *served)
        sealed = api.seal(key.public, b"at the pumps", info=b"x")
        for share in Share.objects.filter(version__keyring__kind="desk").select_related("member_key"):
            actor = Actor.account(share.member_key.account_id)
            private = own_key.unlock(actor, phrase=api.demo_passphrase()).private
            version = sealing.open_sealed(
                private,
                bytes(share.sealed or b""),
                info=b"waywatch share v1\0" + key.keyring_id.bytes + (1).to_bytes(4),
            )
            assert sealing.open_sealed(version, sealed, info=b"x") == b"at the pumps"


def test_preparing_the_demonstration_again_changes_nothing(demo: None) -> None:
    with acting_as(SYSTEM):
        before = (Keyring.objects.count(), KeyVersion.objects.count(), SignedList.objects.count())
        create_demo_keyrings(SYSTEM)
        assert (Keyring.objects.count(), KeyVersion.objects.count(), SignedList.objects.count()) == before == (2, 2, 1)


def test_production_refuses_demo_keyrings(demo: None, settings: LazySettings) -> None:
    with acting_as(SYSTEM):
        api.refuse_demo_keyrings_in_production(SYSTEM)
        settings.MODE = "production"
        with pytest.raises(DemoKeyringError):
            api.refuse_demo_keyrings_in_production(SYSTEM)
        with pytest.raises(DemoKeyringError):
            create_demo_keyrings(SYSTEM)
        assert api.demo_passphrase() == ""
