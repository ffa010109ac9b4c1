"""Terms of keeping: what is over is destroyed, with all that was passed on; a hold stops it; a restore tells what had been destroyed."""

import uuid
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from tests.conftest import use_database
from tests.referrals.test_pages import text, unlocked_browser
from tests.referrals.world import World, arrive, as_worker, by, opened, referred, turn_of
from tests.vault.world import unlocked
from waywatch.lib.actors import Actor, acting_as
from waywatch.tips.actions import opening, retention
from waywatch.tips.errors import ErasedError, SupervisorOnlyError
from waywatch.tips.models import ContentKey, Entry, Sealed, Tip
from waywatch.vault import api as vault

Patch = pytest.MonkeyPatch
SEALED = (
    "SELECT body FROM tips_sealed UNION ALL SELECT sealed FROM tips_contentkey UNION ALL SELECT locked FROM tips_entry"
    " UNION ALL SELECT sealed || locked || coalesce(answer, '') FROM tips_question"
    " UNION ALL SELECT locked FROM referrals_referral UNION ALL SELECT sealed FROM referrals_handover"
    " UNION ALL SELECT call FROM referrals_handover UNION ALL SELECT to_desk FROM referrals_update"
    " UNION ALL SELECT to_agency FROM referrals_update"
)


@pytest.fixture(autouse=True)
def tombstones(tmp_path: Path, settings: Any) -> Path:
    """The file of this test's tombstones."""
    settings.TOMBSTONES = str(tmp_path / "tombstones")
    return tmp_path / "tombstones"


def run(world: World, monkeypatch: Patch, **after: float) -> int:
    """Destroy what is due as the worker does, so much later."""
    return as_worker(world, monkeypatch, retention.erase_due, **after)


def finish(world: World, tip_id: uuid.UUID, *, unfounded: bool = False) -> None:
    again = opened(world, tip_id)
    with by(world.advocate):
        opening.finish(world.advocate.actor, opened=again, text='{"outcome": "passed_on"}', unfounded=unfounded)


def erased(world: World, tip_id: uuid.UUID) -> bool:
    with by(world.advocate):
        return Tip.objects.get(pk=tip_id).erased_at is not None


def sealed_bytes(world: World) -> int:
    with psycopg.connect(world.urls["backup"]) as backup:
        return sum(len(row[0] or b"") for row in backup.execute(SEALED.encode()).fetchall())


def test_each_has_its_term(world: World, monkeypatch: Patch) -> None:
    unopened, unfounded, finished, working = (arrive(world) for _ in range(4))
    finish(world, unfounded, unfounded=True)
    finish(world, finished)
    opened(world, working)
    assert run(world, monkeypatch, days=29) == 0
    assert run(world, monkeypatch, days=31) == 1
    assert erased(world, unfounded)
    assert run(world, monkeypatch, days=179) == 0
    assert run(world, monkeypatch, days=181) == 1
    assert erased(world, unopened)
    assert run(world, monkeypatch, days=364) == 0
    assert run(world, monkeypatch, days=366) == 1
    assert erased(world, finished)
    assert run(world, monkeypatch, days=9000) == 0  # what somebody works on is destroyed by nobody
    assert not erased(world, working)


def test_all_that_was_sealed_goes_with_it_and_that_it_was_there_stays(
    world: World, monkeypatch: Patch, tombstones: Path
) -> None:
    row = referred(world, [world.sheriff, world.attorney])
    as_worker(world, monkeypatch)
    task = turn_of(world.officer, row)
    assert task is not None
    officer, desk = unlocked_browser(world.officer), unlocked_browser(world.advocate)
    officer.post(f"/officer/{task.pk}/accept/")
    officer.post(f"/officer/{task.pk}/message/", {"words": "On my way."})
    as_worker(world, monkeypatch)
    finish(world, row.tip_id)
    assert sealed_bytes(world) > 0
    assert run(world, monkeypatch, days=366) == 1
    assert sealed_bytes(world) == 0
    assert tombstones.read_text().split() == [str(row.tip_id)]
    with by(world.advocate):
        assert (ContentKey.objects.count(), Entry.objects.count(), Sealed.objects.count()) == (0, 0, 1)
        with pytest.raises(ErasedError):
            opening.open_tip(world.advocate.actor, tip_id=row.tip_id, unlocked=unlocked(world.advocate))
    assert "was destroyed" in text(desk, f"/desk/tips/{row.tip_id}/")
    assert desk.get(f"/desk/tips/{row.tip_id}/refer/").status_code == 409
    assert "was destroyed when its time was over" in text(officer, f"/officer/{task.pk}/")


def test_nothing_is_written_about_what_was_destroyed(world: World, monkeypatch: Patch) -> None:
    """The form of an officer who left it open for a year is refused: its words would outlive the tip."""
    row = referred(world, [world.sheriff])
    as_worker(world, monkeypatch)
    task = turn_of(world.officer, row)
    assert task is not None
    officer = unlocked_browser(world.officer)
    officer.post(f"/officer/{task.pk}/accept/")
    finish(world, row.tip_id)
    run(world, monkeypatch, days=366)
    answer = officer.post(f"/officer/{task.pk}/outcome/", {"result": "helped", "may_tell": "no", "words": "too late"})
    assert answer.status_code == 409
    assert "was destroyed" in answer.content.decode()
    assert sealed_bytes(world) == 0


def test_an_old_backup_opens_with_the_destroyed_key_and_not_without_it(world: World, monkeypatch: Patch) -> None:
    """The rows of a backup from before, in the hands of a member of the desk with an unlocked key."""
    tip_id = arrive(world)
    finish(world, tip_id)
    with by(world.advocate):
        body, kept = bytes(Sealed.objects.get().body), ContentKey.objects.get()
    run(world, monkeypatch, days=366)
    key = unlocked(world.advocate)
    with by(world.advocate):
        old = key.open(kept.keyring_id, kept.key_version, bytes(kept.sealed), opening.KEY_INFO + tip_id.bytes)
        assert b"circles the gas station" in vault.unlock(old, body, bound_to=opening.CONTENT + tip_id.bytes)
        for other in (bytes(32), key.version_key(kept.keyring_id, kept.key_version)):
            with pytest.raises((vault.SealError, ValueError)):
                vault.unlock(other, body, bound_to=opening.CONTENT + tip_id.bytes)
        with pytest.raises(vault.SealError):
            key.open(kept.keyring_id, kept.key_version, body, opening.KEY_INFO + tip_id.bytes)


def test_a_hold_is_a_supervisors_and_stops_the_term(world: World, monkeypatch: Patch) -> None:
    tip_id = arrive(world)
    finish(world, tip_id)
    with by(world.advocate), pytest.raises(SupervisorOnlyError):
        retention.hold(world.advocate.actor, tip=Tip.objects.get())
    boss = world.supervisor.client
    assert "destroyed on" in text(boss, f"/desk/tips/{tip_id}/")
    assert boss.post(f"/desk/tips/{tip_id}/hold/").status_code == 302
    assert "It is held since" in text(boss, f"/desk/tips/{tip_id}/")
    assert run(world, monkeypatch, days=900) == 0
    assert boss.post(f"/desk/tips/{tip_id}/hold/lift/").status_code == 302
    assert run(world, monkeypatch, days=900) == 1
    assert boss.post(f"/desk/tips/{tip_id}/hold/").status_code == 409
    assert world.officer.client.post(f"/desk/tips/{tip_id}/hold/").status_code == 404


def test_a_restore_destroys_again_what_had_been_destroyed(world: World, tombstones: Path) -> None:
    gone, kept = arrive(world), arrive(world)
    for tip_id in (gone, kept):
        finish(world, tip_id)
    tombstones.write_text(f"{gone}\n{uuid.uuid4()}\n\n")
    use_database(world.urls["owner"])
    call_command("erase_tips", tombstones)
    use_database(world.urls["web"])
    assert (erased(world, gone), erased(world, kept)) == (True, False)


def test_the_worker_destroys_and_reads_no_sealed_byte(world: World) -> None:
    arrive(world)
    use_database(world.urls["worker"])
    try:
        with acting_as(Actor.system("clocks")):
            for column in (
                "tips_sealed.body",
                "tips_contentkey.sealed",
                "tips_entry.locked",
                "referrals_referral.locked",
            ):
                table, _, name = column.partition(".")
                with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f"SELECT {name} FROM {table}")
    finally:
        use_database(world.urls["web"])
