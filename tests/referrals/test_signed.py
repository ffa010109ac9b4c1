"""What the root has signed, and nothing else, is sealed to and decided by; where it has not, people call, and nothing typed is lost."""

import datetime as dt
import json
import shutil
import uuid
from pathlib import Path

import pytest

from tests.referrals.test_pages import approve, text, the_only_referral, unlocked_browser
from tests.referrals.world import (
    PARTS,
    World,
    arrive,
    as_worker,
    by,
    chain_of,
    contact,
    copies,
    mails_to,
    opened,
    referred,
    sign,
    turn_of,
)
from waywatch.lib import clock
from waywatch.policy import api as policy
from waywatch.policy import reading
from waywatch.referrals import deciding
from waywatch.referrals.actions import answering, referring
from waywatch.referrals.errors import UnsignedError
from waywatch.referrals.models import Handover, Referral
from waywatch.vault import api as vault
from waywatch.vault import lists, sealing
from waywatch.vault.actions import keyrings
from waywatch.vault.root import to_text

Patch = pytest.MonkeyPatch
NOBODY: dict[str, object] = {"agencies": []}
NEWER = "2031-01-01"
NOTHING: dict[str, object] = {"policies": []}


def with_a_newer_version(old: policy.Pack, tmp_path: Path) -> tuple[Path, Path]:
    """Return a folder of packs to which an update brought a newer version of one, and the file of the old one."""
    folder = tmp_path / "packs"
    shutil.copytree(reading.FOLDER, folder)
    file = folder / f"{old.id}-{old.version}.json"
    newer = file.read_text(encoding="utf-8").replace(f'"version": "{old.version}"', f'"version": "{NEWER}"')
    (folder / f"{old.id}-{NEWER}.json").write_text(newer, encoding="utf-8")
    return folder, file


@pytest.fixture
def tip(world: World) -> uuid.UUID:
    """The seed story, opened and assessed by the advocate."""
    tip_id = arrive(world)
    opened(world, tip_id)
    return tip_id


def test_an_agency_whose_key_the_root_has_not_signed_is_called(world: World, monkeypatch: Patch) -> None:
    named = contact(world.supervisor, world.desk, "Sheriff, day line", 4, agency=world.agency, phone="432-555-0101")
    page = text(unlocked_browser(world.supervisor), f"/desk/contacts/{named.pk}/")
    assert "key not signed yet" not in page
    sign(world.urls, referrals=NOBODY)
    page = text(world.supervisor.client, f"/desk/contacts/{named.pk}/")
    assert page.count("key not signed yet: they are called until then") == 2
    assert "cannot be reached: no number" in text(world.supervisor.client, f"/desk/contacts/of/{world.desk.pk}/")
    assert "is called: 432-555-0101" in text(world.supervisor.client, f"/desk/contacts/of/{world.desk.pk}/")
    row = referred(world, [named])
    assert copies(world, row) == [False]
    as_worker(world, monkeypatch)
    assert turn_of(world.officer, row) is None
    assert chain_of(world, row) == ["turn"]


def test_a_key_that_only_the_database_names_is_not_sealed_to(world: World, monkeypatch: Patch) -> None:
    """Whoever writes to the database puts in a key of their own: what is sealed opens with the signed key, and not with theirs."""
    import psycopg

    theirs = sealing.new_key_pair()
    with psycopg.connect(world.urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:thief', true)")
        found = owner.execute(
            "UPDATE vault_keyversion SET public_key = %s WHERE keyring_id = %s", [theirs.public, world.agency.pk]
        )
        assert found.rowcount == 1
    row = referred(world, [world.sheriff])
    with by(world.advocate):
        handover = Handover.objects.get(referral=row)
    with pytest.raises(sealing.SealError):
        sealing.open_sealed(theirs.private, bytes(handover.sealed or b""), info=referring.HANDOVER + handover.pk.bytes)
    as_worker(world, monkeypatch)
    page = text(unlocked_browser(world.officer), f"/officer/{handover.pk}/")
    assert "Two people in a blue van." in page


def test_after_a_new_key_the_signed_one_is_used_until_the_next_ceremony(world: World, monkeypatch: Patch) -> None:
    with by(world.officer):
        keyrings.rotate(world.officer.actor, keyring=world.agency)
    address = f"/vault/keyrings/{world.agency.pk}/"
    assert "have not signed the key in use" in text(world.officer.client, address)
    first = referred(world, [world.sheriff])
    sign(world.urls)
    page = text(world.officer.client, address)
    assert "have not signed the key in use" not in page
    assert ("The signed keys hold until" in page, "Have the holders of the offline root sign" in page) == (True, False)
    with monkeypatch.context() as patch:
        moment = clock.now() + dt.timedelta(days=70)
        patch.setattr(clock, "now", lambda: moment)
        text(unlocked_browser(world.officer), "/account/")
        assert "Have the holders of the offline root sign" in text(world.officer.client, address)
    second = referred(world, [world.sheriff])
    with by(world.advocate):
        versions = [Handover.objects.get(referral=row).agency_version for row in (first, second)]
    assert versions == [1, 2]
    as_worker(world, monkeypatch)
    browser = unlocked_browser(world.officer)
    for row in (first, second):
        turn = turn_of(world.officer, row)
        assert turn is not None
        assert "Two people in a blue van." in text(browser, f"/officer/{turn.pk}/")


def test_an_agency_that_is_no_longer_signed_gets_no_turn_and_the_desk_calls(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.sheriff])
    sign(world.urls, referrals=NOBODY)
    as_worker(world, monkeypatch)
    assert turn_of(world.officer, row) is None
    assert copies(world, row) == [False]
    assert chain_of(world, row) == ["turn"]


def test_when_the_list_has_run_out_the_desk_calls(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.sheriff])
    as_worker(world, monkeypatch, days=91)
    assert copies(world, row) == [False]


def test_an_outcome_reaches_the_desk_though_the_agency_is_no_longer_signed(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.sheriff])
    as_worker(world, monkeypatch)
    turn = turn_of(world.officer, row)
    assert turn is not None
    with by(world.officer):
        answering.accept(world.officer.actor, handover=turn)
    sign(world.urls, referrals=NOBODY)
    officer = unlocked_browser(world.officer)
    said = {"result": "helped", "may_tell": "yes", "words": "She is safe."}
    assert officer.post(f"/officer/{turn.pk}/outcome/", said).status_code == 302
    text(officer, f"/officer/{turn.pk}/")
    with by(world.advocate):
        tip_id = Referral.objects.get().tip_id
    desk = unlocked_browser(world.advocate)
    assert "She is safe." in text(desk, f"/desk/tips/{tip_id}/refer/")
    before = mails_to(world, world.officer)
    answer = desk.post(
        f"/desk/tips/{tip_id}/refer/handovers/{turn.pk}/message/", {"words": "Are you there?"}, follow=True
    )
    assert "for the desk only: the key of Reeves County sheriff is not signed. Call them." in answer.content.decode()
    assert "Are you there?" in text(desk, f"/desk/tips/{tip_id}/refer/")
    assert mails_to(world, world.officer) == before
    assert "Are you there?" not in text(officer, f"/officer/{turn.pk}/")


def test_by_a_policy_that_the_root_has_not_signed_nothing_is_passed_on(world: World, tip: uuid.UUID) -> None:
    sign(world.urls, referrals=NOTHING)
    desk, address = unlocked_browser(world.advocate), f"/desk/tips/{tip}/refer/"
    page = text(desk, address)
    assert "have not signed the policy “consent-first”" in page
    assert "Approve and hand over" not in page
    refused = desk.post(f"{address}approve/", approve(world, tip, words="Blue van, kept."))
    assert refused.status_code >= 400
    assert "Blue van, kept." in refused.content.decode()
    work = opened(world, tip)
    with by(world.advocate), pytest.raises(UnsignedError):
        referring.refer(world.advocate.actor, opened=work, approval=referring.Approval(world.chain(), PARTS))
    with by(world.advocate):
        assert Referral.objects.count() == 0
    supervisor = unlocked_browser(world.supervisor)
    page = text(supervisor, f"/desk/contacts/of/{world.desk.pk}/")
    assert "have not signed the policy “consent-first”" in page
    assert "Decide by this policy" not in page
    sign(world.urls)
    assert desk.post(f"{address}approve/", approve(world, tip)).status_code == 302
    the_only_referral(world)


def test_no_other_policy_takes_the_place_of_the_chosen_one(world: World, tip: uuid.UUID) -> None:
    packs = policy.newest(policy.packs())
    wide = packs["forward-third-party"]
    only: dict[str, object] = {
        "policies": [{"pack": wide.id, "version": wide.version, "digest": wide.digest}],
    }
    sign(world.urls, referrals=only)
    assert "have not signed the policy “consent-first”" in text(
        unlocked_browser(world.advocate), f"/desk/tips/{tip}/refer/"
    )
    supervisor = unlocked_browser(world.supervisor)
    page = text(supervisor, f"/desk/contacts/of/{world.desk.pk}/")
    assert wide.title["en"] in page
    assert packs["consent-first"].title["en"] not in page
    for pack, said in (("consent-first", 200), (wide.id, 302)):
        answer = supervisor.post(f"/desk/contacts/of/{world.desk.pk}/policy/", {"pack": pack})
        assert answer.status_code == said
    assert "have not signed" not in text(world.advocate.client, f"/desk/tips/{tip}/refer/")


def test_a_newer_version_of_an_update_waits_for_the_root(world: World, tmp_path: Path, monkeypatch: Patch) -> None:
    """Both files lie there; the desk goes on by the one that was signed, and by a changed file of that version it does not."""
    old = policy.newest(policy.packs())["consent-first"]
    folder, file = with_a_newer_version(old, tmp_path)
    read = reading.packs(folder)
    assert policy.newest(read)["consent-first"].version == NEWER
    monkeypatch.setattr(policy, "packs", lambda: read)
    with by(world.advocate):
        assert deciding.pack_of(world.desk.pk).version == old.version
    file.write_text(file.read_text(encoding="utf-8").replace("Consent first", "Consent last", 1), encoding="utf-8")
    reading.packs.cache_clear()
    changed = reading.packs(folder)
    assert changed["consent-first", old.version].digest != old.digest
    monkeypatch.setattr(policy, "packs", lambda: changed)
    with by(world.advocate), pytest.raises(UnsignedError):
        deciding.pack_of(world.desk.pk)
    sign(world.urls)
    with by(world.advocate):
        assert deciding.pack_of(world.desk.pk).version == NEWER


def test_holders_who_strike_out_a_new_version_keep_the_old_one(
    world: World, tmp_path: Path, monkeypatch: Patch
) -> None:
    old = policy.newest(policy.packs())["consent-first"]
    folder, _ = with_a_newer_version(old, tmp_path)
    read = reading.packs(folder)
    monkeypatch.setattr(policy, "packs", lambda: read)
    prepared = json.loads(lists.prepare_lists(clock.now()))["referrals"]["policies"]
    assert [each["version"] for each in prepared if each["pack"] == "consent-first"] == [old.version, NEWER]
    kept: dict[str, object] = {"policies": [each for each in prepared if each["version"] != NEWER]}
    sign(world.urls, referrals=kept)
    with by(world.advocate):
        assert deciding.pack_of(world.desk.pk).version == old.version


def test_a_false_root_in_the_database_is_not_believed(world: World, monkeypatch: Patch) -> None:
    """With the setting, whoever writes to the database cannot change the root either."""
    from django.conf import settings

    monkeypatch.setattr(settings, "ROOT_KEY", to_text(sealing.new_key_pair().public))
    with by(world.advocate), pytest.raises(UnsignedError):
        deciding.pack_of(world.desk.pk)
    with pytest.raises(vault.NotReadyError):
        vault.seal_to_agency(world.agency.pk, b"the minimum", b"x")
