"""Teams and their keys: who comes, who goes, what each can open afterwards, and what is written down."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from tests.cast import Member, grant_to
from tests.vault.world import Team, agency_facts, desk_facts, found, key_in_use, phrase_of, set_up, unlocked
from waywatch.accounts.models import Grant
from waywatch.accounts.roles import Role
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import acting_as
from waywatch.lib.errors import InvalidError, NotFoundError, RefusedError
from waywatch.vault import access, queries, sealing
from waywatch.vault.actions import keyrings, members, own_key, requests
from waywatch.vault.errors import (
    KeeperOnlyError,
    KeyMissingError,
    NotReadyError,
    TooManyTriesError,
    WeakPassphraseError,
    WrongPassphraseError,
)
from waywatch.vault.models import Keyring, KeyVersion, MemberKey, Membership, Request, Share, Wrap
from waywatch.vault.unlocked import Unlocked

INFO = b"waywatch test v1"


def seal_to_newest(team: Team, words: bytes = b"at the pumps") -> tuple[int, bytes]:
    key = key_in_use(team.keyring.pk)
    assert key is not None
    return key.version, sealing.seal(key.public, words, info=INFO)


def opens(person: Member, team: Team, sealed: tuple[int, bytes], key: Unlocked | None = None) -> bool:
    with acting_as(person.actor):
        try:
            fresh = Unlocked(person.actor, key.member_key_id, key.private) if key else unlocked(person)
            return fresh.open(team.keyring.pk, sealed[0], sealed[1], INFO) == b"at the pumps"
        except KeyMissingError:
            return False


def history(keyring: Keyring) -> list[str]:
    return [line.action for line in reversed(audit.history("keyring", keyring.pk))]


def test_each_member_opens_what_is_sealed_to_the_team_and_nobody_else_does(team: Team, ohio_advocate: Member) -> None:
    set_up(ohio_advocate)
    sealed = seal_to_newest(team)
    assert [opens(person, team, sealed) for person in team.people] == [True, True, True]
    assert not opens(ohio_advocate, team, sealed)
    assert history(team.keyring) == ["keyring.created", "keyring.key_made", "keyring.member_joined"]


def test_a_changed_header_does_not_open(team: Team) -> None:
    version, sealed = seal_to_newest(team)
    key = unlocked(team.first)
    with acting_as(team.first.actor), pytest.raises(sealing.SealError):
        key.open(team.keyring.pk, version, sealed, INFO + b"x")


def test_only_an_administrator_creates_a_keyring(team: Team, coordinator: Member, trooper: Member) -> None:
    facts, founders = desk_facts("Other", "US-OH"), [team.first.account.pk, team.second.account.pk]
    for person in (coordinator, trooper, team.first):
        with acting_as(person.actor), pytest.raises(NotFoundError):
            keyrings.create_keyring(person.actor, facts=facts, founders=founders)


def test_founders_are_two_with_a_fitting_role_and_never_the_administrator(
    administrator: Member, advocate: Member, trooper: Member, ohio_advocate: Member
) -> None:
    grant_to(administrator.account, Role.ADVOCATE)
    pairs = [
        [advocate],
        [advocate, advocate],
        [advocate, trooper],
        [advocate, ohio_advocate],
        [advocate, administrator],
    ]
    for founders in pairs:
        with acting_as(administrator.actor), pytest.raises(InvalidError):
            keyrings.create_keyring(
                administrator.actor, facts=desk_facts(), founders=[each.account.pk for each in founders]
            )
    with acting_as(administrator.actor):
        assert Keyring.objects.count() == 0


def test_an_administrator_cannot_make_the_first_key(
    administrator: Member, advocate: Member, second_advocate: Member
) -> None:
    set_up(advocate, second_advocate)
    with acting_as(administrator.actor):
        keyring = keyrings.create_keyring(
            administrator.actor, facts=desk_facts(), founders=[advocate.account.pk, second_advocate.account.pk]
        )
        with pytest.raises(NotFoundError):
            keyrings.make_first_key(administrator.actor, keyring=keyring)


def test_the_first_key_waits_for_two_founders_with_a_key_of_their_own(
    administrator: Member, advocate: Member, second_advocate: Member
) -> None:
    set_up(advocate)
    with pytest.raises(NotReadyError):
        found(administrator, desk_facts(), advocate, second_advocate)
    set_up(second_advocate)
    with acting_as(advocate.actor):
        keyring = access.keyrings_of(advocate.actor).get()
        keyrings.make_first_key(advocate.actor, keyring=keyring)
        with pytest.raises(NotReadyError):
            keyrings.make_first_key(advocate.actor, keyring=keyring)


def test_a_region_is_served_by_one_desk(team: Team) -> None:
    founders = [team.first.account.pk, team.second.account.pk]
    with acting_as(team.administrator.actor):
        with pytest.raises(InvalidError, match="Lone Star hotline"):
            keyrings.create_keyring(
                team.administrator.actor, facts=desk_facts("Other", "US-OH", "US-TX"), founders=founders
            )
        with pytest.raises(InvalidError):
            keyrings.create_keyring(team.administrator.actor, facts=desk_facts("Other", "US-XX"), founders=founders)
        other = keyrings.create_keyring(team.administrator.actor, facts=desk_facts("Other", "US-OH"), founders=founders)
        keyrings.change_keyring(team.administrator.actor, keyring=team.keyring, facts=desk_facts("Lone Star", "US-TX"))
        keyrings.change_keyring(team.administrator.actor, keyring=other, facts=desk_facts("Other", "US-OH", "US-NM"))
    assert {key.name: key.regions for key in queries.desk_keys()} == {"Lone Star": ("US-TX",)}


def test_whoever_joins_opens_older_things_too(team: Team, ohio_advocate: Member) -> None:
    old = seal_to_newest(team)
    with acting_as(team.first.actor):
        keyrings.rotate(team.first.actor, keyring=team.keyring)
    new = seal_to_newest(team)
    grant_to(ohio_advocate.account, Role.ADVOCATE, region_id="US-NM")
    set_up(ohio_advocate)
    key = unlocked(team.first)
    with acting_as(team.first.actor):
        newcomer = members.find_newcomer(team.first.actor, keyring=team.keyring, email="PIET.okoro@example.org ")
        members.add_member(team.first.actor, keyring=team.keyring, newcomer=newcomer, unlocked=key, is_keeper=False)
        with pytest.raises(NotReadyError):
            members.add_member(team.first.actor, keyring=team.keyring, newcomer=newcomer, unlocked=key, is_keeper=False)
    assert (old[0], new[0]) == (1, 2)
    assert opens(ohio_advocate, team, old)
    assert opens(ohio_advocate, team, new)


def test_who_cannot_join_reads_the_same_answer(
    team: Team, ohio_advocate: Member, trooper: Member, outsider: Member
) -> None:
    set_up(ohio_advocate, trooper)
    answers = set()
    for email in ("nobody@example.org", ohio_advocate.account.email, trooper.account.email, outsider.account.email):
        with acting_as(team.first.actor), pytest.raises(InvalidError) as refusal:
            members.find_newcomer(team.first.actor, keyring=team.keyring, email=email)
        answers.add(str(refusal.value))
    assert len(answers) == 1


def test_only_a_keeper_lets_in_and_out_and_makes_keys(team: Team, ohio_advocate: Member) -> None:
    version = KeyVersion.objects.none()
    third, key = team.third, unlocked(team.third)
    with acting_as(third.actor):
        member = access.membership_for(third.actor, team.keyring.pk, team.first.account.pk)
        version = KeyVersion.objects.get()
        own = access.own_key(third.actor)
        assert own is not None
        tries = [
            lambda: keyrings.rotate(third.actor, keyring=team.keyring),
            lambda: keyrings.destroy_version(third.actor, version=version),
            lambda: members.find_newcomer(third.actor, keyring=team.keyring, email="x@example.org"),
            lambda: members.add_member(third.actor, keyring=team.keyring, newcomer=own, unlocked=key, is_keeper=True),
            lambda: members.remove_member(third.actor, member=member),
            lambda: members.name_keeper(third.actor, member=member, is_keeper=False),
        ]
        for attempt in tries:
            with pytest.raises(KeeperOnlyError):
                attempt()
    for stranger in (ohio_advocate, team.administrator):
        with acting_as(stranger.actor):
            with pytest.raises(NotFoundError):
                keyrings.rotate(stranger.actor, keyring=team.keyring)
            with pytest.raises(NotFoundError):
                members.remove_member(stranger.actor, member=member)


def test_whoever_leaves_opens_nothing_any_more_and_a_new_key_is_made_at_once(team: Team) -> None:
    old, key = seal_to_newest(team), unlocked(team.third)
    with acting_as(team.third.actor):
        members.leave(team.third.actor, keyring=team.keyring)
    new = seal_to_newest(team)
    assert new[0] == 2
    assert not opens(team.third, team, old, key)
    assert not opens(team.third, team, new, key)
    assert [opens(person, team, sealed) for person in (team.first, team.second) for sealed in (old, new)] == [True] * 4
    with acting_as(team.first.actor):
        emptied = Share.objects.exclude(revoked_at=None).get()
        assert (emptied.sealed, emptied.version.number) == (None, 1)
        assert KeyVersion.objects.get(number=1).retired_at is not None
    assert history(team.keyring)[-2:] == ["keyring.rotated", "keyring.member_left"]


def test_whoever_is_removed_opens_nothing_any_more(team: Team) -> None:
    old = seal_to_newest(team)
    with acting_as(team.second.actor):
        member = access.membership_for(team.second.actor, team.keyring.pk, team.first.account.pk)
        members.remove_member(team.second.actor, member=member)
    assert not opens(team.first, team, old)
    assert not opens(team.first, team, seal_to_newest(team))
    assert opens(team.third, team, seal_to_newest(team))
    with acting_as(team.first.actor), pytest.raises(NotFoundError):
        access.own_keyring(team.first.actor, team.keyring.pk)


def test_the_last_keeper_stays_until_another_is_named(team: Team) -> None:
    with acting_as(team.first.actor):
        own = access.membership_for(team.first.actor, team.keyring.pk, team.first.account.pk)
        with pytest.raises(InvalidError):
            members.remove_member(team.first.actor, member=own)
        members.leave(team.first.actor, keyring=team.keyring)
    with acting_as(team.second.actor):
        with pytest.raises(NotReadyError):
            members.leave(team.second.actor, keyring=team.keyring)
        own = access.membership_for(team.second.actor, team.keyring.pk, team.second.account.pk)
        with pytest.raises(NotReadyError):
            members.name_keeper(team.second.actor, member=own, is_keeper=False)
        other = access.membership_for(team.second.actor, team.keyring.pk, team.third.account.pk)
        members.name_keeper(team.second.actor, member=other, is_keeper=True)
        members.leave(team.second.actor, keyring=team.keyring)
    assert opens(team.third, team, seal_to_newest(team))


def test_a_role_that_ended_opens_nothing_from_the_next_question_on(team: Team) -> None:
    sealed, key = seal_to_newest(team), unlocked(team.second)
    assert opens(team.second, team, sealed, key)
    Grant.objects.filter(account=team.second.account).update(revoked_at=clock.now())
    assert not opens(team.second, team, sealed, key)
    with acting_as(team.first.actor):
        keyrings.rotate(team.first.actor, keyring=team.keyring)
        keys = Share.objects.filter(version__retired_at=None).values_list("member_key__account_id", flat=True)
        assert set(keys) == {team.first.account.pk, team.third.account.pk}


def test_a_destroyed_version_opens_for_nobody_and_stays_written_down(team: Team) -> None:
    sealed = seal_to_newest(team)
    with acting_as(team.first.actor):
        version = access.version_for(team.first.actor, team.keyring.pk, 1)
        with pytest.raises(NotReadyError):
            keyrings.destroy_version(team.first.actor, version=version)
        keyrings.rotate(team.first.actor, keyring=team.keyring)
        assert queries.is_held(team.keyring.pk, 1)
        keyrings.destroy_version(team.first.actor, version=version)
        assert Share.objects.filter(version=version).count() == 0
        assert not queries.is_held(team.keyring.pk, 1)
    assert [opens(person, team, sealed) for person in team.people] == [False, False, False]
    assert history(team.keyring)[-1] == "keyring.version_destroyed"


def test_nobody_leaves_with_the_last_share_of_an_older_key(team: Team) -> None:
    with acting_as(team.first.actor):
        keyrings.rotate(team.first.actor, keyring=team.keyring)
    for person in team.people[1:]:
        with acting_as(person.actor):
            own_key.replace_key(person.actor, phrase=phrase_of(person))
    with acting_as(team.first.actor), pytest.raises(NotReadyError, match="Nobody else holds key 1"):
        members.leave(team.first.actor, keyring=team.keyring)


# One's own key


def test_a_wrong_passphrase_is_counted_and_five_of_them_have_to_wait(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, now = team.first, clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    with acting_as(person.actor):
        for _ in range(5):
            with pytest.raises(WrongPassphraseError):
                own_key.unlock(person.actor, phrase="another four words entirely")
        with pytest.raises(TooManyTriesError):
            own_key.unlock(person.actor, phrase=phrase_of(person))
        with pytest.raises(TooManyTriesError):
            own_key.recover_key(person.actor, recovery_key="A" * 32, phrase="entirely other words here")
        monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(minutes=5))
        assert own_key.unlock(person.actor, phrase=phrase_of(person)).private
        assert Wrap.objects.get().tries == 0
    lines = audit.history("account", person.account.pk)
    assert [line.action for line in lines].count("vault.unlock_failed") == 5
    assert "entirely" not in str(lines)


def test_a_new_passphrase_takes_the_place_of_the_old_one(team: Team) -> None:
    person, key = team.first, unlocked(team.first)
    with acting_as(person.actor):
        with pytest.raises(WeakPassphraseError):
            own_key.change_passphrase(person.actor, current=phrase_of(person), phrase="short")
        with pytest.raises(WrongPassphraseError):
            own_key.change_passphrase(
                person.actor, current="wrong words typed here", phrase="entirely other words here"
            )
        own_key.change_passphrase(person.actor, current=phrase_of(person), phrase="entirely other words here")
        with pytest.raises(WrongPassphraseError):
            own_key.unlock(person.actor, phrase=phrase_of(person))
        assert own_key.unlock(person.actor, phrase="entirely other words here").private == key.private


def test_the_recovery_key_opens_it_once_and_is_replaced(administrator: Member, advocate: Member) -> None:
    with acting_as(advocate.actor):
        made = own_key.set_up_key(advocate.actor, phrase=phrase_of(advocate))
        private = unlocked(advocate).private
        again = own_key.recover_key(
            advocate.actor, recovery_key=made.recovery_key.lower(), phrase="entirely other words here"
        )
        assert own_key.unlock(advocate.actor, phrase="entirely other words here").private == private
        with pytest.raises(WrongPassphraseError):
            own_key.recover_key(advocate.actor, recovery_key=made.recovery_key, phrase="yet more other words")
        own_key.recover_key(advocate.actor, recovery_key=again.recovery_key, phrase="yet more other words")
        assert own_key.unlock(advocate.actor, phrase="yet more other words").private == private


def test_one_has_one_key_and_needs_a_role_for_it(advocate: Member, coordinator: Member, administrator: Member) -> None:
    set_up(advocate)
    with acting_as(advocate.actor), pytest.raises(NotReadyError):
        own_key.set_up_key(advocate.actor, phrase=phrase_of(advocate))
    for person in (coordinator, administrator):
        with acting_as(person.actor), pytest.raises(NotFoundError):
            own_key.set_up_key(person.actor, phrase=phrase_of(person))
    with acting_as(administrator.actor):
        assert MemberKey.objects.count() == 1


def test_a_recovery_key_and_a_private_key_stand_in_no_representation(advocate: Member) -> None:
    with acting_as(advocate.actor):
        made = own_key.set_up_key(advocate.actor, phrase=phrase_of(advocate))
    assert made.recovery_key not in repr(made)
    key = unlocked(advocate)
    assert repr(key.private) not in repr(key)


# Two people


@pytest.fixture
def asked(team: Team) -> Request:
    """The supervisor lost passphrase and recovery key, made a new key, and asks."""
    with acting_as(team.third.actor):
        own_key.replace_key(team.third.actor, phrase=phrase_of(team.third))
        return requests.ask_reseal(team.third.actor, keyring=team.keyring)


def test_a_replaced_key_opens_nothing_until_two_colleagues_have_allowed_it(team: Team, asked: Request) -> None:
    sealed = seal_to_newest(team)
    assert not opens(team.third, team, sealed)
    with acting_as(team.first.actor):
        requests.confirm_reseal(team.first.actor, request=asked)
        assert Share.objects.filter(member_key=asked.member_key).count() == 0
    assert not opens(team.third, team, sealed)
    key = unlocked(team.second)
    with acting_as(team.second.actor):
        requests.approve_reseal(team.second.actor, request=asked, unlocked=key)
    assert opens(team.third, team, sealed)
    assert history(team.keyring)[-3:] == [
        "keyring.reseal_asked",
        "keyring.reseal_confirmed",
        "keyring.reseal_approved",
    ]


def test_nobody_allows_their_own_request_and_nobody_allows_twice(team: Team, asked: Request) -> None:
    for person in (team.third, team.first):
        key = unlocked(person)
        with acting_as(person.actor), pytest.raises(RefusedError):
            requests.approve_reseal(person.actor, request=asked, unlocked=key)
    with acting_as(team.third.actor), pytest.raises(RefusedError):
        requests.confirm_reseal(team.third.actor, request=asked)
    key = unlocked(team.first)
    with acting_as(team.first.actor):
        requests.confirm_reseal(team.first.actor, request=asked)
        with pytest.raises(RefusedError):
            requests.confirm_reseal(team.first.actor, request=asked)
        with pytest.raises(RefusedError):
            requests.approve_reseal(team.first.actor, request=asked, unlocked=key)
    with acting_as(team.second.actor), pytest.raises(RefusedError):
        requests.confirm_reseal(team.second.actor, request=asked)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"confirmed_by": "third"}, "vault_request_not_confirmed_by_asker"),
        ({"approved_by": "third", "confirmed_by": "first"}, "vault_request_not_approved_by_asker"),
        ({"approved_by": "first", "confirmed_by": "first"}, "vault_request_allowed_by_two"),
        ({"approved_by": "first"}, "vault_request_says_what_it_is_about"),
    ],
)
def test_the_database_holds_the_rule_of_two(
    team: Team, asked: Request, change: dict[str, str], constraint: str
) -> None:
    values: dict[str, object] = {name: getattr(team, who).account for name, who in change.items()}
    if "approved_by" in change:
        values["approved_at"] = clock.now()
    with acting_as(team.first.actor), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Request.objects.update(**values)


def test_a_request_runs_out_is_withdrawn_and_is_answered_once(
    team: Team, asked: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    with acting_as(team.first.actor):
        monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(days=8))
        with pytest.raises(NotReadyError):
            requests.confirm_reseal(team.first.actor, request=asked)
        monkeypatch.undo()
        requests.withdraw_request(team.first.actor, request=asked)
        with pytest.raises(NotReadyError):
            requests.confirm_reseal(team.first.actor, request=asked)
    with acting_as(team.third.actor):
        again = requests.ask_reseal(team.third.actor, keyring=team.keyring)
    with acting_as(team.first.actor):
        requests.confirm_reseal(team.first.actor, request=again)


def test_asking_again_takes_the_older_request_back(team: Team, asked: Request) -> None:
    with acting_as(team.third.actor):
        own_key.replace_key(team.third.actor, phrase=phrase_of(team.third))
        requests.ask_reseal(team.third.actor, keyring=team.keyring)
        assert Request.objects.filter(withdrawn_at=None).count() == 1
    with acting_as(team.first.actor), pytest.raises(NotReadyError):
        requests.confirm_reseal(team.first.actor, request=asked)


def test_whose_key_opens_already_does_not_ask(team: Team) -> None:
    with acting_as(team.third.actor), pytest.raises(NotReadyError):
        requests.ask_reseal(team.third.actor, keyring=team.keyring)


def test_break_glass_needs_a_second_person_and_lasts_an_hour(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    thing, asker, now = uuid.uuid4(), team.third, clock.now()
    with acting_as(asker.actor):
        with pytest.raises(InvalidError):
            requests.ask_break_glass(asker.actor, keyring=team.keyring, subject_id=thing, reason="  ")
        request = requests.ask_break_glass(
            asker.actor, keyring=team.keyring, subject_id=thing, reason="Ruth is on a plane"
        )
        with pytest.raises(RefusedError):
            requests.approve_break_glass(asker.actor, request=request)
        assert not queries.break_glass_allows(asker.actor, team.keyring.pk, thing, now)
    with acting_as(team.first.actor):
        requests.approve_break_glass(team.first.actor, request=request)
        assert not queries.break_glass_allows(team.first.actor, team.keyring.pk, thing, clock.now())
    with acting_as(asker.actor):
        assert queries.break_glass_allows(asker.actor, team.keyring.pk, thing, clock.now())
        assert not queries.break_glass_allows(asker.actor, team.keyring.pk, uuid.uuid4(), clock.now())
        later = clock.now() + dt.timedelta(hours=1)
        assert not queries.break_glass_allows(asker.actor, team.keyring.pk, thing, later)
    assert history(team.keyring)[-2:] == ["keyring.break_glass_asked", "keyring.break_glass_approved"]


def test_an_agency_is_sealed_to_by_the_hotline_and_opened_by_its_officers(
    administrator: Member, trooper: Member, second_trooper: Member, advocate: Member, outsider: Member
) -> None:
    set_up(trooper, second_trooper)
    agency = found(administrator, agency_facts(), trooper, second_trooper)
    with acting_as(advocate.actor):
        [key] = queries.agency_keys()
        assert (key.keyring_id, key.name, key.regions) == (agency.pk, "Reeves County sheriff", ())
        assert key_in_use(agency.pk) == key
        sealed = sealing.seal(key.public, b"the minimum", info=INFO)
        with pytest.raises(NotFoundError):
            access.keyring_for(advocate.actor, agency.pk)
    for person in (outsider, administrator):
        with acting_as(person.actor):
            assert key_in_use(uuid.uuid4()) is None
    opened = unlocked(second_trooper)
    with acting_as(second_trooper.actor):
        assert opened.open(agency.pk, 1, sealed, INFO) == b"the minimum"
    assert queries.agency_keys() == []


def test_constraints_hold_what_can_never_be_otherwise(team: Team) -> None:
    key = Share.objects.none()
    with acting_as(team.first.actor):
        version = KeyVersion.objects.get()
        key = MemberKey.objects.get(account=team.first.account)
        cases = [
            ("vault_key_version_one_current", lambda: _version(team, 2)),
            ("vault_key_version_once", lambda: _version(team, 1, retired_at=clock.now())),
            ("vault_key_version_is_a_point", lambda: _version(team, 2, public_key=b"x", retired_at=clock.now())),
            (
                "vault_key_version_retired_before_destroyed",
                lambda: KeyVersion.objects.filter(pk=version.pk).update(destroyed_at=clock.now()),
            ),
            ("vault_share_revoked_is_empty", lambda: Share.objects.update(sealed=None)),
            ("vault_share_revoked_is_empty", lambda: Share.objects.update(revoked_at=clock.now())),
            ("vault_share_once", lambda: Share.objects.create(version=version, member_key=key, sealed=b"x")),
            (
                "vault_membership_once",
                lambda: Membership.objects.create(keyring=team.keyring, account=team.first.account),
            ),
        ]
        for constraint, write in cases:
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                write()


def _version(team: Team, number: int, **other: object) -> KeyVersion:
    values: dict[str, object] = {"public_key": sealing.new_key_pair().public, **other}
    return KeyVersion.objects.create(keyring=team.keyring, number=number, **values)
