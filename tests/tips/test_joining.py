"""Two tips of one observation: found by keyed hashes, joined by a person, parted again; and what a thief learns of it."""

import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Member
from tests.tips.sealed import SEED_STORY, Sending, sending_to
from tests.tips.test_desk import arrive, at_the_desk, opened_by, the
from tests.vault.world import Team, desk_facts, found, unlocked
from waywatch.lib.actors import acting_as
from waywatch.tips import access, matching, telling
from waywatch.tips.actions import claims, joining, opening
from waywatch.tips.actions.feedback import release_feedback
from waywatch.tips.errors import ClosedError, JoinedError
from waywatch.tips.models import MatchKind, MatchToken, Tip
from waywatch.tips.vocabulary import Feedback

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 26)
PLATE = {"type": "van", "plate": "BVX 042"}
VAN = {"type": "van", "colour": "white", "make": "Ford"}


def story(**more: Any) -> dict[str, Any]:
    return {**SEED_STORY, "vehicles": [], **more}


def tip_of(team: Team, observation: dict[str, Any]) -> Sending:
    """A tip that has arrived and was opened once."""
    sending = sending_to(team.keyring, observation=observation)
    arrive(sending)
    opened_by(team.first, sending.tip_id)
    return sending


def like(team: Team, tip_id: uuid.UUID, person: Member | None = None) -> dict[uuid.UUID, set[MatchKind]]:
    who = person or team.first
    key = unlocked(who)
    again = opened_by(who, tip_id, reason="" if who is team.first else "repeated")
    with acting_as(who.actor):
        return {tip.pk: kinds for tip, kinds in joining.alike(again, key).items()}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (story(vehicles=[PLATE]), story(vehicles=[{"type": "car", "plate": "bvx-042"}]), {MatchKind.PLATE}),
        (story(vehicles=[VAN]), story(vehicles=[{**VAN, "colour": "WHITE "}]), {MatchKind.VEHICLE}),
        (
            story(where={"region": "US-TX", "road": "I-20", "mile": "42"}),
            story(where={"region": "US-TX", "road": "I 20", "mile": "42"}),
            {MatchKind.PLACE},
        ),
        (story(vehicles=[{"plate": "042"}]), story(vehicles=[{"plate": "042"}]), set()),  # too short to say anything
        (story(vehicles=[{"type": "van"}]), story(vehicles=[{"type": "van"}]), set()),
        (
            story(where={"region": "US-TX", "place": "Loop 20 stop"}),
            story(where={"region": "US-NM", "place": "Loop 20 stop"}),
            set(),
        ),
    ],
)
def test_what_two_tips_have_in_common(
    team: Team, one: dict[str, Any], other: dict[str, Any], expected: set[MatchKind]
) -> None:
    first, second = tip_of(team, one), tip_of(team, other)
    assert like(team, second.tip_id) == ({first.tip_id: expected} if expected else {})


def test_an_unopened_tip_is_found_from_its_opening_on(team: Team) -> None:
    first = tip_of(team, story(vehicles=[PLATE]))
    second = sending_to(team.keyring, observation=story(vehicles=[PLATE]))
    arrive(second)
    assert like(team, first.tip_id) == {}
    opened_by(team.first, second.tip_id)
    assert list(like(team, first.tip_id)) == [second.tip_id]


def test_a_flood_of_one_plate_shows_the_newest(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = [tip_of(team, story(vehicles=[PLATE])).tip_id for _ in range(4)]
    monkeypatch.setattr(joining, "MOST_IN_COMMON", 2)
    assert list(like(team, sent[0])) == [sent[3], sent[2]]


@pytest.mark.parametrize(("days", "is_alike"), [(0, True), (1, True), (2, False)])
def test_a_place_says_something_for_a_day_or_so(team: Team, days: int, is_alike: bool) -> None:
    where = {"region": "US-TX", "place": "Loop 20 stop"}
    tip_of(team, story(where=where, when={"at": "2026-11-03T02:00"}))
    later = tip_of(team, story(where=where, when={"at": f"2026-11-{3 + days:02}T02:00"}))
    assert bool(like(team, later.tip_id)) is is_alike


def test_after_a_new_key_older_tips_are_still_found(team: Team) -> None:
    from waywatch.vault.actions import keyrings

    first = tip_of(team, story(vehicles=[PLATE]))
    with acting_as(team.first.actor):
        keyrings.rotate(team.first.actor, keyring=team.keyring)
    newest = sending_to(team.keyring, observation=story(vehicles=[PLATE]), version=2)
    arrive(newest)
    opened_by(team.first, newest.tip_id)
    with acting_as(team.first.actor):
        assert set(MatchToken.objects.values_list("key_version", flat=True)) == {1, 2}
    assert list(like(team, newest.tip_id)) == [first.tip_id]


def test_another_desk_has_other_tokens_and_finds_nothing(team: Team, ohio_advocate: Member) -> None:
    from tests.vault.world import set_up

    tip_of(team, story(vehicles=[PLATE]))
    set_up(ohio_advocate)
    ohio = found(team.administrator, desk_facts("Ohio line", "US-OH"), ohio_advocate, team.first)
    sending = sending_to(ohio, observation=story(vehicles=[PLATE]))
    arrive(sending)
    opened_by(team.first, sending.tip_id)
    assert like(team, sending.tip_id) == {}
    with acting_as(team.first.actor):
        assert (
            len({bytes(each) for each in MatchToken.objects.filter(kind="plate").values_list("token", flat=True)}) == 2
        )


def test_without_the_key_a_token_says_nothing_of_the_plate(team: Team) -> None:
    """Every plate of the form that this state gives out, tried with all that a thief of the database and of SECRET_KEY has."""
    import hashlib
    import hmac

    from django.conf import settings

    tip_of(team, story(vehicles=[PLATE]))
    with acting_as(team.first.actor):
        [kept] = [bytes(each.token) for each in MatchToken.objects.filter(kind="plate")]
    known = [settings.SECRET_KEY.encode(), team.keyring.pk.bytes, b""]
    guesses = [f"plate\0{text}".encode() for text in ("BVX042", "BVX 042", "bvx042")]
    tried = [hashlib.sha256(guess).digest()[:16] for guess in guesses]
    tried += [hmac.digest(key, guess, "sha256")[:16] for key in known for guess in guesses]
    assert kept not in tried


def joined(team: Team) -> tuple[Sending, Sending]:
    """The second of two tips, joined to the first."""
    first, second = tip_of(team, story(vehicles=[PLATE])), tip_of(team, story(vehicles=[PLATE]))
    again = opened_by(team.first, second.tip_id)
    with acting_as(team.first.actor):
        joining.join(team.first.actor, opened=again, leading=the(team.first, first.tip_id))
    return first, second


def test_a_joined_tip_is_finished_and_its_reporter_reads_what_the_other_does(team: Team) -> None:
    first, second = joined(team)
    assert telling.look_up(second.token).word == "closed"
    with acting_as(team.first.actor):
        release_feedback(
            team.first.actor,
            tip=the(team.first, first.tip_id),
            sentence=Feedback.ACTED,
            at=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1),
        )
    assert (telling.look_up(first.token).word, telling.look_up(second.token).word) == ("acted", "acted")


def test_who_joins_later_does_not_read_what_was_released_before(team: Team) -> None:
    """Whoever harms people can send a tip with the same plate, and wait for an answer."""
    first, second = tip_of(team, story(vehicles=[PLATE])), tip_of(team, story(vehicles=[PLATE]))
    moment = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    with acting_as(team.first.actor):
        release_feedback(team.first.actor, tip=the(team.first, first.tip_id), sentence=Feedback.ACTED, at=moment)
        again = opened_by(team.first, second.tip_id)
    with acting_as(team.first.actor):
        joining.join(team.first.actor, opened=again, leading=the(team.first, first.tip_id))
    assert (telling.look_up(first.token).word, telling.look_up(second.token).word) == ("acted", "closed")
    with acting_as(team.first.actor):
        release_feedback(team.first.actor, tip=the(team.first, first.tip_id), sentence=Feedback.THANKS, at=moment)
    assert telling.look_up(second.token).word == "thanks"


def test_what_leads_is_joined_to_nothing_and_what_is_joined_leads_nothing(team: Team) -> None:
    first, second = joined(team)
    third = tip_of(team, story(vehicles=[PLATE]))
    with acting_as(team.first.actor):
        leading = joining.join(
            team.first.actor, opened=opened_by(team.first, third.tip_id), leading=the(team.first, second.tip_id)
        )
    assert leading.pk == first.tip_id
    fourth = tip_of(team, story(vehicles=[PLATE]))
    for tip_id, other in ((first.tip_id, fourth.tip_id), (fourth.tip_id, fourth.tip_id)):
        again = opened_by(team.first, tip_id)
        with acting_as(team.first.actor), pytest.raises(JoinedError):
            joining.join(team.first.actor, opened=again, leading=the(team.first, other))


def test_a_finished_tip_is_not_joined(team: Team) -> None:
    first, second = tip_of(team, story(vehicles=[PLATE])), tip_of(team, story(vehicles=[PLATE]))
    again = opened_by(team.first, second.tip_id)
    with acting_as(team.first.actor):
        opening.finish(team.first.actor, opened=again, text="{}")
        with pytest.raises(ClosedError):
            joining.join(team.first.actor, opened=again, leading=the(team.first, first.tip_id))


def test_parted_again_it_is_back_in_the_queue(team: Team) -> None:
    first, second = joined(team)
    with acting_as(team.second.actor):
        joining.part(team.second.actor, tip=the(team.second, second.tip_id))
        with pytest.raises(JoinedError):
            joining.part(team.second.actor, tip=the(team.second, first.tip_id))
    row = the(team.second, second.tip_id)
    assert (row.closed_at, row.erase_at, row.same_as_id) == (None, None, None)
    assert row.claimed_by_id == team.second.account.pk
    assert not claims.is_own(row, team.second.actor)  # a colleague had opened it: going on asks for a reason once
    opened_by(team.second, second.tip_id, reason="repeated")
    with acting_as(team.second.actor):
        assert claims.is_own(access.tip_for(team.second.actor, second.tip_id), team.second.actor)


def test_the_page_shows_joins_and_parts(team: Team) -> None:
    first, second = tip_of(team, story(vehicles=[PLATE])), tip_of(team, story(vehicles=[PLATE]))
    browser = at_the_desk(team.first)
    page = browser.get(f"/desk/tips/{second.tip_id}/read/").content.decode()
    assert "May tell of the same" in page
    assert "same: the plate" in page
    answer = browser.post(f"/desk/tips/{second.tip_id}/join/", {"leading": first.tip_id})
    assert answer.headers["Location"] == f"/desk/tips/{first.tip_id}/"
    assert "Told by others as well" in browser.get(f"/desk/tips/{first.tip_id}/read/").content.decode()
    assert "The leading tip" in browser.get(f"/desk/tips/{second.tip_id}/").content.decode()
    for wrong, status in (({"leading": uuid.uuid4()}, 404), ({"leading": "x"}, 409), ({}, 409)):
        assert browser.post(f"/desk/tips/{first.tip_id}/join/", wrong).status_code == status
    assert browser.post(f"/desk/tips/{second.tip_id}/part/").status_code == 302
    with acting_as(team.first.actor):
        assert Tip.objects.filter(same_as__isnull=False).count() == 0


def test_strangers_see_no_token(team: Team, outsider: Member, administrator: Member) -> None:
    tip_of(team, story(vehicles=[PLATE]))
    for person in (outsider, administrator):
        with acting_as(person.actor):
            assert MatchToken.objects.count() == 0
            assert list(access.tips_of(person.actor)) == []


WORD = st.text("ABCdef 0-9._", min_size=4, max_size=12)


@given(st.binary(min_size=32, max_size=32), WORD)
def test_how_a_plate_is_written_does_not_matter(key: bytes, plate: str) -> None:
    spaced = " ".join(plate.lower())
    one = matching.tokens(key, {"vehicles": [{"plate": plate}]}, TODAY)
    other = matching.tokens(key, {"vehicles": [{"plate": spaced}]}, TODAY)
    assert one == other
    assert all(len(token) == 16 for token in one)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_two_keys_never_give_one_token(key: bytes, other: bytes) -> None:
    answers = {"vehicles": [PLATE, VAN], "where": {"region": "US-TX", "road": "I-20", "mile": "42"}}
    one, two = matching.tokens(key, answers, TODAY), matching.tokens(other, answers, TODAY)
    assert len(one) == 3
    assert (set(one) & set(two) != set()) is (key == other)


@given(st.dictionaries(st.sampled_from(["where", "when", "vehicles"]), st.just({})))
def test_what_says_nothing_has_no_token(answers: dict[str, Any]) -> None:
    answers.pop("vehicles", None)
    assert matching.tokens(bytes(32), answers, TODAY, around=1) == {}
