"""One at a time, one winner, nobody forgotten: the clocks of a referral, as the worker itself runs them."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.cast import Member
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
    turn_of,
)
from tests.tips.sealed import SEED_STORY
from tests.vault.world import agency_facts
from waywatch.lib import clock
from waywatch.referrals.actions import answering, contacts, referring
from waywatch.referrals.errors import NotAllowedError, TooLateError
from waywatch.referrals.models import Handover, Referral, TrustedContact
from waywatch.tips.actions import opening
from waywatch.vault.actions import keyrings

Patch = pytest.MonkeyPatch


def accept(who: Member, turn: Handover | None) -> None:
    assert turn is not None
    with by(who):
        answering.accept(who.actor, handover=turn)


def decline(who: Member, turn: Handover | None) -> None:
    assert turn is not None
    with by(who):
        answering.decline(who.actor, handover=turn)


def test_whoever_is_late_loses_the_turn_to_the_next_and_the_desk_is_told(world: World, monkeypatch: Patch) -> None:
    row = referred(world)
    assert chain_of(world, row) == ["waits", "waits", "waits"]
    assert as_worker(world, monkeypatch) == 1
    assert chain_of(world, row) == ["turn", "waits", "waits"]
    assert (mails_to(world, world.officer), mails_to(world, world.second_officer)) == (1, 1)
    assert (mails_to(world, world.trooper), mails_to(world, world.advocate)) == (0, 0)
    assert as_worker(world, monkeypatch, minutes=14) == 0
    assert as_worker(world, monkeypatch, minutes=15.1) == 1
    assert chain_of(world, row) == ["late", "turn", "waits"]
    assert copies(world, row) == [False, True, False]  # the third is called
    assert (mails_to(world, world.trooper), mails_to(world, world.advocate)) == (1, 1)
    with pytest.raises(TooLateError):
        accept_late(world, row)


def accept_late(world: World, referral: Referral) -> None:
    with by(world.officer):
        late = Handover.objects.get(referral=referral)
        answering.accept(world.officer.actor, handover=late)


def test_after_hours_without_a_worker_each_turn_is_late_once_and_the_next_has_its_whole_time(
    world: World, monkeypatch: Patch
) -> None:
    row = referred(world)
    as_worker(world, monkeypatch)
    assert as_worker(world, monkeypatch, hours=3) == 1
    assert chain_of(world, row) == ["late", "turn", "waits"]
    assert as_worker(world, monkeypatch, hours=3, minutes=14) == 0
    assert as_worker(world, monkeypatch, hours=3, minutes=16) == 1
    assert chain_of(world, row) == ["late", "late", "turn"]


def test_an_acceptance_ends_the_chain_and_empties_the_other_copies(world: World, monkeypatch: Patch) -> None:
    row = referred(world)
    assert copies(world, row) == [True, True, False]
    as_worker(world, monkeypatch)
    accept(world.officer, turn_of(world.officer, row))
    as_worker(world, monkeypatch)
    assert chain_of(world, row) == ["accepted", "withdrawn", "withdrawn"]
    assert copies(world, row) == [True, False, False]
    assert as_worker(world, monkeypatch, hours=9) == 0


def test_a_refusal_goes_to_the_next_at_once(world: World, monkeypatch: Patch) -> None:
    row = referred(world)
    as_worker(world, monkeypatch)
    decline(world.officer, turn_of(world.officer, row))
    assert copies(world, row)[0] is False
    as_worker(world, monkeypatch)
    assert chain_of(world, row) == ["declined", "turn", "waits"]


def test_whoever_has_no_key_is_called_by_the_desk_and_that_ends_the_chain(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.attorney, world.sheriff])
    as_worker(world, monkeypatch)
    assert chain_of(world, row) == ["turn", "waits"]
    assert (mails_to(world, world.advocate), mails_to(world, world.officer)) == (1, 0)
    told(world, row, turn_of(world.advocate, row))
    as_worker(world, monkeypatch)
    assert chain_of(world, row) == ["called", "withdrawn"]


def told(world: World, referral: Referral, turn: Handover | None) -> None:
    assert turn is not None
    again = opened(world, referral.tip_id)
    with by(world.advocate):
        referring.tell_by_phone(world.advocate.actor, opened=again, handover=turn, said={"name": "Night desk"})


def test_a_call_that_was_made_is_written_down_also_when_its_time_is_over(world: World, monkeypatch: Patch) -> None:
    """The minimum was read out: that must stand somewhere, and the next contact is not needed any more."""
    row = referred(world, [world.attorney, world.sheriff])
    as_worker(world, monkeypatch)
    called = turn_of(world.advocate, row)
    as_worker(world, monkeypatch, minutes=16)
    assert chain_of(world, row) == ["late", "turn"]
    told(world, row, called)
    assert chain_of(world, row) == ["called", "withdrawn"]
    assert not any(copies(world, row))


def test_a_call_is_not_written_down_where_somebody_has_accepted_or_has_a_key(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.attorney, world.sheriff])
    as_worker(world, monkeypatch)
    called = turn_of(world.advocate, row)
    as_worker(world, monkeypatch, minutes=16)
    sealed = turn_of(world.officer, row)
    with pytest.raises(TooLateError):
        told(world, row, sealed)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: sealed.handed_at)  # type: ignore[union-attr]  # it has one
        accept(world.officer, sealed)
    with pytest.raises(TooLateError):
        told(world, row, called)


def test_a_refusal_of_consent_stops_what_nobody_has_accepted(world: World, monkeypatch: Patch) -> None:
    from waywatch.tips.actions import assessing

    row, kept = referred(world), referred(world, [world.troopers, world.attorney])
    as_worker(world, monkeypatch)
    accept(world.trooper, turn_of(world.trooper, kept))
    for consent, chain in (("given", ["turn", "waits", "waits"]), ("refused", ["withdrawn"] * 3)):
        for referral in (row, kept):
            again = opened(world, referral.tip_id)
            with by(world.advocate):
                said = {"call_class": "crisis", "minor": "yes", "consent_reporter": consent}
                assessing.assess(world.advocate.actor, opened=again, said=said)
        assert chain_of(world, row) == chain
    assert chain_of(world, kept) == ["accepted", "withdrawn"]


def test_a_tip_is_not_finished_while_somebody_may_still_get_it(world: World, monkeypatch: Patch) -> None:
    row = referred(world)
    as_worker(world, monkeypatch)
    for text in ('{"outcome": "unfounded"}', '{"outcome": "passed_on"}'):
        with pytest.raises(NotAllowedError, match="Take it back first"), by(world.advocate):
            opening.finish(world.advocate.actor, opened=opened(world, row.tip_id), text=text)
    accept(world.officer, turn_of(world.officer, row))
    with by(world.advocate):
        opening.finish(world.advocate.actor, opened=opened(world, row.tip_id), text='{"outcome": "passed_on"}')


def test_an_agency_whose_key_is_not_made_yet_is_called(world: World, monkeypatch: Patch) -> None:
    with by(world.administrator):
        people = [world.officer.account.pk, world.second_officer.account.pk]
        new = keyrings.create_keyring(world.administrator.actor, facts=agency_facts("New agency"), founders=people)
    called = contact(world.supervisor, world.desk, "New agency, day line", 4, agency=new, phone="432-555-0101")
    row = referred(world, [called, world.sheriff])
    assert as_worker(world, monkeypatch) == 1
    assert chain_of(world, row) == ["turn", "waits"]
    assert copies(world, row) == [False, True]
    assert mails_to(world, world.advocate) == 1  # somebody at the desk calls


def test_who_has_neither_key_nor_number_is_named(world: World) -> None:
    with by(world.administrator):
        people = [world.officer.account.pk, world.second_officer.account.pk]
        new = keyrings.create_keyring(world.administrator.actor, facts=agency_facts("New agency"), founders=people)
    unreachable = contact(world.supervisor, world.desk, "New agency, day line", 4, agency=new)
    with pytest.raises(NotAllowedError, match="neither a key nor a phone number"):
        referred(world, [unreachable])


def test_a_second_referral_waits_for_the_end_of_the_first(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.sheriff])
    again = opened(world, row.tip_id)
    approval = referring.Approval([world.troopers], PARTS)
    with pytest.raises(NotAllowedError, match="under way"), by(world.advocate):
        referring.refer(world.advocate.actor, opened=again, approval=approval)
    as_worker(world, monkeypatch)
    decline(world.officer, turn_of(world.officer, row))
    with by(world.advocate):
        second = referring.refer(world.advocate.actor, opened=again, approval=approval)
    assert chain_of(world, second) == ["waits"]


def test_what_was_referred_is_told_of_as_left_only_when_nobody_has_it(world: World, monkeypatch: Patch) -> None:
    from waywatch.tips.actions.watching import page_for_waiting

    given, lost = referred(world, [world.sheriff]), referred(world, [world.troopers])
    as_worker(world, monkeypatch)
    assert as_worker(world, monkeypatch, page_for_waiting, minutes=16) == 0  # both have a turn
    accept(world.officer, turn_of(world.officer, given))
    decline(world.trooper, turn_of(world.trooper, lost))
    as_worker(world, monkeypatch)
    assert as_worker(world, monkeypatch, page_for_waiting, minutes=16) == 1
    assert as_worker(world, monkeypatch, page_for_waiting, hours=3) == 0


def test_one_broken_referral_keeps_no_other_waiting(
    world: World, monkeypatch: Patch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = referred(world, [world.attorney]), referred(world, [world.sheriff])
    with psycopg.connect(world.urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:tests', true)")
        owner.execute("UPDATE referrals_trustedcontact SET timezone = 'Nowhere' WHERE id = %s", [world.attorney.pk])
    as_worker(world, monkeypatch)
    assert (chain_of(world, broken), chain_of(world, sound)) == (["waits"], ["turn"])
    assert "cannot be moved on" in caplog.text


def test_a_corrected_keyring_gets_nothing_that_was_sealed_to_the_wrong_one(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.sheriff, world.troopers])
    with by(world.supervisor):
        facts = contacts.ContactFacts(
            "Sheriff", "432-555-0100", "", world.sheriff.verified_on, {"agency_id": world.other_agency.pk}
        )
        contacts.change_contact(world.supervisor.actor, contact=world.sheriff, facts=facts)
    as_worker(world, monkeypatch)
    assert chain_of(world, row) == ["skipped", "turn"]
    assert mails_to(world, world.advocate) == 1  # somebody was passed over


def test_where_nobody_has_a_role_and_a_key_in_one_person_the_desk_calls(world: World, monkeypatch: Patch) -> None:
    """The one with the key has lost the role; the one with the role has lost the key."""
    row = referred(world, [world.sheriff, world.troopers])
    with psycopg.connect(world.urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:tests', true)")
        owner.execute("UPDATE accounts_grant SET revoked_at = now() WHERE id = %s", [world.officer.grants[0].pk])
        owner.execute(
            "UPDATE vault_share SET sealed = NULL, revoked_at = now() WHERE member_key_id IN"
            " (SELECT id FROM vault_memberkey WHERE account_id = %s)",
            [world.second_officer.account.pk],
        )
    as_worker(world, monkeypatch)
    assert chain_of(world, row) == ["turn", "waits"]
    with by(world.advocate):
        first = Handover.objects.filter(referral=row).order_by("position")[0]
    assert (first.agency_id, first.agency_version, first.sealed) == (None, None, None)
    assert mails_to(world, world.advocate) == 1  # the desk calls them
    assert mails_to(world, world.officer) == 0


def test_officers_without_a_second_factor_cannot_read_it_and_the_desk_calls(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.sheriff])
    with psycopg.connect(world.urls["owner"]) as owner:
        people = [world.officer.account.pk, world.second_officer.account.pk]
        owner.execute("DELETE FROM mfa_authenticator WHERE user_id = ANY (%s)", [people])
    as_worker(world, monkeypatch)
    assert chain_of(world, row) == ["turn"]
    assert copies(world, row) == [False]
    assert mails_to(world, world.advocate) == 1


def test_when_nobody_is_left_the_desk_is_told(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.sheriff])
    as_worker(world, monkeypatch)
    decline(world.officer, turn_of(world.officer, row))
    as_worker(world, monkeypatch)
    with by(world.advocate):
        referring.move_on_soon(row.pk)
    run_jobs(world, monkeypatch, row)
    assert chain_of(world, row) == ["declined"]
    assert mails_to(world, world.advocate) == 1


def run_jobs(world: World, monkeypatch: Patch, referral: Referral) -> None:
    from tests.conftest import use_database
    from waywatch.lib.actors import Actor, acting_as
    from waywatch.referrals.actions import turns

    use_database(world.urls["worker"])
    with acting_as(Actor.system("clocks")):
        turns.move_on(referral.pk)
    use_database(world.urls["web"])


def test_a_contact_that_cannot_take_it_is_passed_over(world: World, monkeypatch: Patch) -> None:
    """Closed meanwhile, or off duty. Where nobody could open it the desk calls."""
    asleep = contact(world.supervisor, world.desk, "Nobody's hours", 9, agency=world.agency, days=[])
    row = referred(world, [world.sheriff, asleep, world.troopers, world.attorney])
    with by(world.supervisor):
        contacts.close_contact(world.supervisor.actor, contact=world.sheriff)
    with psycopg.connect(world.urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:tests', true)")
        owner.execute("UPDATE vault_membership SET left_at = now() WHERE keyring_id = %s", [world.other_agency.pk])
    as_worker(world, monkeypatch)
    assert chain_of(world, row) == ["skipped", "skipped", "turn", "waits"]
    assert not any(copies(world, row))


def test_what_the_desk_takes_back_is_gone_and_what_was_accepted_stays(world: World, monkeypatch: Patch) -> None:
    from waywatch.tips import api as tips

    row, kept = referred(world), referred(world, [world.sheriff, world.troopers])
    as_worker(world, monkeypatch)
    accept(world.officer, turn_of(world.officer, kept))
    for referral in (row, kept):
        with by(world.advocate):
            tip = tips.tip_for(world.advocate.actor, referral.tip_id)
            referring.take_back(world.advocate.actor, referral=referral, tip=tip)
    as_worker(world, monkeypatch)
    assert chain_of(world, row) == ["withdrawn"] * 3
    assert chain_of(world, kept) == ["accepted", "withdrawn"]
    assert not any(copies(world, row))


def at_once(*acts: Callable[[], None]) -> list[str]:
    """Run each in a thread of its own, all at the same moment, and return what came of them."""
    barrier, said = threading.Barrier(len(acts)), []

    def run(act: Callable[[], None]) -> None:
        try:
            barrier.wait()
            act()
            said.append("done")
        except TooLateError:
            said.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_of_two_officers_who_answer_at_once_exactly_one_does(world: World, monkeypatch: Patch) -> None:
    for first, second in ((accept, accept), (accept, decline), (decline, accept)):
        row = referred(world, [world.sheriff])
        as_worker(world, monkeypatch)
        turn = turn_of(world.officer, row)
        said = at_once(
            lambda turn=turn, first=first: first(world.officer, turn),  # type: ignore[misc]
            lambda turn=turn, second=second: second(world.second_officer, turn),  # type: ignore[misc]
        )
        assert said == ["done", "too late"]


def test_whoever_answers_when_the_time_is_over_is_too_late_though_no_worker_ran(
    world: World, monkeypatch: Patch
) -> None:
    row = referred(world)
    as_worker(world, monkeypatch)
    turn = turn_of(world.officer, row)
    assert turn is not None
    assert turn.due_at is not None
    due = turn.due_at
    with monkeypatch.context() as patch, by(world.officer):
        patch.setattr(clock, "now", lambda: due)
        with pytest.raises(TooLateError):
            answering.accept(world.officer.actor, handover=turn)


def test_a_colleague_takes_it_over_inside_the_agency_only(world: World, monkeypatch: Patch) -> None:
    from waywatch.lib.errors import InvalidError

    row = referred(world)
    as_worker(world, monkeypatch)
    accept(world.officer, turn_of(world.officer, row))
    with by(world.officer):
        mine = Handover.objects.get(referral=row)
        with pytest.raises(InvalidError):
            answering.give_on(world.officer.actor, handover=mine, to=world.trooper.account.pk)
        answering.give_on(world.officer.actor, handover=mine, to=world.second_officer.account.pk)
        assert Handover.objects.get(referral=row).held_by_id == world.second_officer.account.pk
    assert mails_to(world, world.second_officer) == 2  # the task, and that it was given on


@pytest.mark.parametrize(
    "wrong",
    [
        {"parts": ("where", "timeline")},
        {"parts": ("where", "words")},
        {"parts": ("where",), "free": ("people.0.recognise",)},
        {"parts": (), "words": ""},
        {"contacts": []},
        {"contacts": "services"},
    ],
    ids=[
        "the timeline",
        "the reporter's words",
        "free words of a part that stays",
        "nothing",
        "nobody",
        "another kind",
    ],
)
def test_the_action_itself_lets_nothing_go_that_the_policy_keeps_back(world: World, wrong: dict[str, Any]) -> None:
    tip = opened(
        world, arrive(world, SEED_STORY | {"words": "mine", "people": [{"age": "minor", "recognise": "red jacket"}]})
    )
    other = TrustedContact(pk=world.sheriff.pk, desk_id=world.desk.pk, kind="services")
    facts: dict[str, Any] = {"contacts": [world.sheriff], "parts": ("where",), "words": "x"} | wrong
    if wrong.get("contacts") == "services":
        facts["contacts"] = [other]
    with pytest.raises(NotAllowedError), by(world.advocate):
        referring.refer(world.advocate.actor, opened=tip, approval=referring.Approval(**facts))
    with by(world.advocate):
        assert Referral.objects.count() == 0
