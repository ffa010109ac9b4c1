"""The list of desks: from the database to the root and back, and what is refused on the way. Run as the owner, like the commands."""

import datetime as dt
import io
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import Error, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.vault.world import ROOT
from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.errors import NotFoundError
from waywatch.policy import api as policy
from waywatch.vault import api, documents, lists, receipts, root, sealing
from waywatch.vault.demo import AGENCY, DESK, create_demo_keyrings, demo_root
from waywatch.vault.errors import DemoKeyringError, ListRefusedError, NotReadyError
from waywatch.vault.models import Keyring, KeyVersion, Membership, RootKey, Share, SignedList

SYSTEM = Actor.system("tests")
OTHER = sealing.new_key_pair()
EARLIER, LATER = (f"{clock.now() + dt.timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (-30, 30))


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


def prepared(now: dt.datetime | None = None) -> dict[str, Any]:
    with acting_as(SYSTEM):
        return dict(json.loads(lists.prepare_lists(now or clock.now())))


def signed(by: sealing.KeyPair = ROOT, **changes: dict[str, object]) -> str:
    """Sign whatever stands there: a root's holders can be tricked, so the server looks at it again."""
    changed = {part: {**found, **changes.get(part, {})} for part, found in prepared().items()}
    return root.sign_lists(by.private, {part: documents.as_text(found) for part, found in changed.items()})


def entry(**changes: object) -> dict[str, object]:
    """Return a desk of a list, with changes: what stands there is what the holders would read."""
    usual = {"keyring": str(uuid.uuid4()), "name": "Other line", "key_version": 1, "regions": ["US-OH"]}
    return {**usual, "key": root.to_text(OTHER.public), **changes}


def both(**changes: object) -> dict[str, dict[str, object]]:
    return {part: dict(changes) for part in root.MESSAGES}


def review(text: str, now: dt.datetime | None = None, *, trust: bytes | None = None) -> lists.Review:
    with acting_as(SYSTEM):
        return lists.review_lists(text, now or clock.now(), trust=trust)


def install(text: str, *, trust: bytes | None = None) -> SignedList:
    with acting_as(SYSTEM):
        return lists.install_lists(SYSTEM, review=review(text, trust=trust))


def test_the_list_has_the_shape_of_the_decision(desk: Keyring) -> None:
    both_lists = prepared(dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    found = both_lists["desks"]
    assert list(found) == ["version", "issued", "expires", "receipt_key", "desks"]
    assert (found["version"], found["issued"], found["expires"]) == (1, "2026-11-01T00:00:00Z", "2027-01-30T00:00:00Z")
    assert root.from_text(found["receipt_key"]) == receipts.receipt_public_key()
    [entry] = found["desks"]
    assert list(entry) == ["keyring", "name", "key_version", "key", "regions"]
    assert (entry["keyring"], entry["name"], entry["key_version"]) == (str(desk.pk), DESK, 1)
    assert entry["regions"] == desk.regions
    referrals = both_lists["referrals"]
    assert list(referrals) == ["version", "issued", "expires", "agencies", "policies"]
    assert [referrals[name] for name in ("version", "issued", "expires")] == [
        found[name] for name in ("version", "issued", "expires")
    ]
    [agency] = referrals["agencies"]
    assert list(agency) == ["keyring", "name", "key_version", "key", "home"]
    assert (agency["name"], agency["key_version"], agency["home"]) == (AGENCY, 1, "US-TX")
    assert {(each["pack"], each["version"], each["digest"]) for each in referrals["policies"]} == {
        (pack.id, pack.version, pack.digest) for pack in policy.newest(policy.packs()).values()
    }


def test_a_first_list_pins_the_root_that_the_operator_trusts(desk: Keyring) -> None:
    assert (api.root_public_key(), api.signed_list()) == (None, None)
    with pytest.raises(ListRefusedError):
        install(signed())
    with pytest.raises(ListRefusedError):
        install(signed(), trust=OTHER.public)
    text = signed()
    install(text, trust=ROOT.public)
    assert api.root_public_key() == ROOT.public
    served = api.signed_list()
    assert served is not None
    assert served[0].decode() == json.loads(text)["desks"]["list"]
    assert sealing.is_signed_by(ROOT.public, served[1], b"waywatch list v1\0" + served[0])


def test_another_root_is_refused_for_ever(desk: Keyring) -> None:
    install(signed(), trust=ROOT.public)
    later = both(issued="2090-01-01T00:00:00Z", expires="2090-02-01T00:00:00Z")
    for trust in (None, OTHER.public):
        with pytest.raises(ListRefusedError, match="Another root"):
            install(signed(by=OTHER, **later), trust=trust)


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
        both(version=2),
        both(expires="2020-01-01T00:00:00Z", issued="2019-12-01T00:00:00Z"),
        both(expires="2099-01-01T00:00:00Z"),
        both(issued="2027-01-01T00:00:00"),
        {"desks": {"desks": [entry(name="Sheriff\x1b[8m")]}},
        {"desks": {"desks": [entry(name="Sheriff\nother words")]}},
        {"desks": {"desks": [entry(name="")]}},
        {"desks": {"desks": [entry(regions=["US-TX\x1b"])]}},
        {"referrals": {"expires": "2020-01-01T00:00:00Z", "issued": "2019-12-01T00:00:00Z"}},
        {"desks": {"receipt_key": "AAAA"}},
        {"desks": {"receipt_key": None}},
        {"desks": {"desks": [{}]}},
        {"desks": {"more": 1}},
        {"desks": {"desks": None}},
        {"referrals": {"version": 2}},
        {"referrals": {"more": 1}},
        {"referrals": {"agencies": None}},
        {"referrals": {"agencies": [{}]}},
        {"referrals": {"policies": [{"pack": "consent-first", "version": "2026-11-25", "digest": "A" * 64}]}},
        {"referrals": {"policies": [{"pack": "x", "version": "2026-01-01", "digest": "a" * 64}] * 2}},
    ],
)
def test_a_list_of_another_form_is_refused_though_it_is_signed(desk: Keyring, changes: dict[str, Any]) -> None:
    with pytest.raises(ListRefusedError):
        install(signed(**changes), trust=ROOT.public)
    with acting_as(SYSTEM):
        changed = {part: {**found, **changes.get(part, {})} for part, found in prepared().items()}
    if "2019-12-01T00:00:00Z" not in str(changes):
        with pytest.raises(ListRefusedError):
            documents.texts_of(json.dumps(changed).encode())
    assert SignedList.objects.count() == 0


def test_a_region_and_an_agency_stand_once(desk: Keyring) -> None:
    [desk_entry], [agency] = prepared()["desks"]["desks"], prepared()["referrals"]["agencies"]
    both_lists = {**agency, "keyring": desk_entry["keyring"]}
    for twice in (
        {"desks": {"desks": [desk_entry, desk_entry]}},
        {"desks": {"desks": [desk_entry, {**desk_entry, "regions": []}]}},
        {"referrals": {"agencies": [agency, agency]}},
        {"referrals": {"agencies": [both_lists]}},
    ):
        with pytest.raises(ListRefusedError, match="twice"):
            install(signed(**twice), trust=ROOT.public)


@given(st.binary(max_size=100))
def test_no_bytes_are_a_list(text: bytes) -> None:
    for read in (documents.read_desks, documents.read_referrals, documents.texts_of):
        with pytest.raises(ListRefusedError):
            read(text)


def test_an_older_list_does_not_come_back(desk: Keyring) -> None:
    older, newer = signed(**both(issued="2026-01-01T00:00:00Z", expires="2027-01-01T00:00:00Z")), signed()
    install(newer, trust=ROOT.public)
    for text in (older, newer):
        with pytest.raises(ListRefusedError, match="not newer"):
            review(text, dt.datetime(2026, 6, 1, tzinfo=dt.UTC))


def test_what_a_list_changes_is_shown_and_a_foreign_key_stands_out(desk: Keyring) -> None:
    first = review(signed(), trust=ROOT.public)
    assert [line.split(",")[0].split(" of ")[0].rsplit(": ", 1)[0] for line in first.changes] == [
        DESK,
        "receipt key",
        AGENCY.split(",")[0],
        "policy consent-first",
        "policy forward-third-party",
    ]
    install(signed(**both(issued=EARLIER, expires=LATER)), trust=ROOT.public)
    assert review(signed()).changes == ()
    [entry] = prepared()["desks"]["desks"]
    swapped = {
        **entry,
        "key": root.to_text(OTHER.public),
        "key_version": 2,
        "regions": entry["regions"][1:],
        "name": "X",
    }
    changes = review(signed(desks={"desks": [swapped]})).changes
    assert [line.split(",")[0].split(":", 1)[1] for line in changes] == [
        " key 1 becomes key 2",
        f" serves {entry['regions'][0]} no longer",
        " is named X",
        " MIND: this is not the key that this database has in use",
    ]
    assert review(signed(desks={"desks": []})).changes == (f"{DESK}: desk removed",)


def test_what_a_list_changes_for_desks_is_shown(desk: Keyring) -> None:
    install(signed(**both(issued=EARLIER, expires=LATER)), trust=ROOT.public)
    found = prepared()["referrals"]
    [agency], [narrow, wide] = found["agencies"], found["policies"]
    swapped = {**agency, "key": root.to_text(OTHER.public), "key_version": 2, "home": "US-NM", "name": "X"}
    other = {**narrow, "digest": "0" * 64}
    changes = review(signed(referrals={"agencies": [swapped], "policies": [other]})).changes
    assert [line.split(", ")[0] for line in changes[:4]] == [
        "X: key 1 becomes key 2",
        "X: is in US-NM from now on",
        AGENCY.split(",")[0],
        "X: MIND: this is not the key that this database has in use",
    ]
    assert changes[4:6] == tuple(f"policy {each['pack']} of {each['version']}: removed" for each in (narrow, wide))
    assert changes[6].endswith("MIND: this machine has no such policy, or one with another content")
    assert review(signed(referrals={"agencies": []})).changes == (f"{AGENCY}: agency removed; it is called",)


def test_what_desks_trust_holds_as_long_as_it_is_signed_and_lasts(
    desk: Keyring, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as(SYSTEM):
        agency = Keyring.objects.get(kind="agency")
        assert (api.signed_agencies(), api.signed_policies()) == (frozenset(), frozenset())
        with pytest.raises(NotReadyError):
            api.seal_to_agency(agency.pk, b"the minimum", b"x")
        row = install(signed(), trust=ROOT.public)
        packs = {(pack.id, pack.version, pack.digest) for pack in policy.packs().values()}
        assert (api.signed_agencies(), api.signed_policies()) == ({agency.pk}, packs)
        assert api.seal_to_agency(agency.pk, b"the minimum", b"x").version == 1
        assert api.seal_to_desk(desk.pk, b"the minimum", b"x").version == 1
        for swapped in (lambda: api.seal_to_agency(desk.pk, b"", b"x"), lambda: api.seal_to_desk(agency.pk, b"", b"x")):
            with pytest.raises(NotReadyError):
                swapped()
        with monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda: row.expires_at)
            assert (api.signed_agencies(), api.signed_policies()) == (frozenset(), packs)
            with pytest.raises(NotReadyError):
                api.seal_to_agency(agency.pk, b"the minimum", b"x")
            with pytest.raises(NotReadyError):
                api.seal_to_desk(desk.pk, b"the minimum", b"x")
        settings.ROOT_KEY = root.to_text(OTHER.public)
        assert (api.signed_agencies(), api.signed_policies()) == (frozenset(), frozenset())
        with pytest.raises(NotReadyError):
            api.seal_to_agency(agency.pk, b"the minimum", b"x")
        with pytest.raises(NotReadyError):
            api.seal_to_desk(desk.pk, b"the minimum", b"x")


@pytest.mark.parametrize(
    "what",
    [
        "key in the database",
        "list",
        "list and signature",
        "signature of the other list",
        "no list",
        "later than it was signed",
    ],
)
def test_whoever_writes_to_the_database_gets_nothing_sealed_to_a_key_of_their_own(desk: Keyring, what: str) -> None:
    with acting_as(SYSTEM):
        agency = Keyring.objects.get(kind="agency")
        row = install(signed(), trust=ROOT.public)
        if what == "key in the database":
            KeyVersion.objects.filter(keyring=agency).update(public_key=OTHER.public)
            true = root.from_text(prepared()["referrals"]["agencies"][0]["key"])
            assert true == OTHER.public
        listed = json.loads(bytes(row.referrals))
        listed["agencies"][0]["key"] = root.to_text(OTHER.public)
        false = documents.as_text(listed)
        changed: dict[str, dict[str, Any]] = {
            "list": {"referrals": false},
            "list and signature": {
                "referrals": false,
                "referrals_signature": sealing.sign(OTHER.private, root.MESSAGES["referrals"] + false),
            },
            "signature of the other list": {"referrals": bytes(row.text), "referrals_signature": bytes(row.signature)},
            "no list": {"referrals": b"\xff", "text": b""},
            "later than it was signed": {"issued_at": row.issued_at + dt.timedelta(seconds=1)},
        }
        SignedList.objects.filter(pk=row.pk).update(**changed.get(what, {"text": bytes(row.text)}))
        if what == "key in the database":  # the signed key still stands, and is used
            sealed = api.seal_to_agency(agency.pk, b"the minimum", b"x").sealed
            with pytest.raises(sealing.SealError):
                sealing.open_sealed(OTHER.private, sealed, info=b"x")
        else:
            with pytest.raises(NotReadyError):
                api.seal_to_agency(agency.pk, b"the minimum", b"x")


def test_only_whoever_runs_the_server_installs_a_list(desk: Keyring, db: None) -> None:
    found = review(signed(), trust=ROOT.public)
    with pytest.raises(NotFoundError):
        lists.install_lists(Actor.account(desk.pk), review=found)


def test_the_commands_lead_from_the_database_to_the_phones(
    desk: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("list", "prepare")
    text = capsys.readouterr().out.strip()
    signed_file, trusted = tmp_path / "signed.json", tmp_path / "root-public.txt"
    signed_file.write_text(root.sign_lists(ROOT.private, documents.texts_of(text.encode())))
    trusted.write_text(root.to_text(ROOT.public) + "\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    with pytest.raises(CommandError, match="Nothing is changed"):
        call_command("list", "install", str(signed_file), "--root", str(trusted))
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    call_command("list", "install", str(signed_file), "--root", str(trusted))
    said = capsys.readouterr().out
    assert "Demo desk: desk added, key 1" in said
    assert "Demo sheriff, Reeves County: agency added, key 1" in said
    assert "policy consent-first of " in said
    served = api.signed_list()
    assert served is not None
    assert json.loads(served[0]) == json.loads(text)["desks"]


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
        assert root.is_signed(demo_root().public, root.DESKS, root.SignedText(*served))
        assert len(api.signed_agencies()) == 1
        assert len(api.signed_policies()) == len(policy.newest(policy.packs()))
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


@pytest.mark.parametrize("which", ["issued", "expires"])
def test_two_lists_of_different_times_are_refused(desk: Keyring, which: str) -> None:
    changes: dict[str, dict[str, object]] = {"referrals": {which: EARLIER if which == "issued" else LATER}}
    with pytest.raises(ListRefusedError, match="different times"):
        install(signed(**changes), trust=ROOT.public)
    changed = {part: {**found, **changes.get(part, {})} for part, found in prepared().items()}
    with pytest.raises(ListRefusedError, match="different times"):
        documents.texts_of(json.dumps(changed).encode())


def test_lists_of_two_ceremonies_do_not_make_one(desk: Keyring) -> None:
    """Both are signed: of an older and a newer ceremony. Put together they are worth nothing."""
    old = install(signed(**both(issued=EARLIER, expires=LATER)), trust=ROOT.public)
    new = install(signed())
    with acting_as(SYSTEM):
        assert len(api.signed_agencies()) == 1
        SignedList.objects.filter(pk=new.pk).update(
            referrals=bytes(old.referrals), referrals_signature=bytes(old.referrals_signature)
        )
        assert (api.signed_agencies(), api.signed_policies()) == (frozenset(), frozenset())


def test_what_a_list_changes_is_compared_with_what_was_signed_and_not_with_what_lies_there(desk: Keyring) -> None:
    """A thief who writes a false key into the stored list as well does not make it look as if nothing had changed."""
    row = install(signed(**both(issued=EARLIER, expires=LATER)), trust=ROOT.public)
    with acting_as(SYSTEM):
        KeyVersion.objects.filter(keyring__kind="agency").update(public_key=OTHER.public)
        listed = json.loads(bytes(row.referrals))
        listed["agencies"][0]["key"] = root.to_text(OTHER.public)
        SignedList.objects.filter(pk=row.pk).update(referrals=documents.as_text(listed))
    assert any(line.startswith(f"{AGENCY}: agency added") for line in review(signed()).changes)
    with acting_as(SYSTEM):
        SignedList.objects.filter(pk=row.pk).update(referrals=b"\xff", text=b"{")
    assert any(line.startswith(f"{AGENCY}: agency added") for line in review(signed()).changes)
