"""The desk: who sees which tip, who may open it, what stands there afterwards, and what does not."""

import datetime as dt
import json
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.cast import Member
from tests.tips.sealed import SEED_STORY, Sending, sending_to
from tests.vault.world import Team, phrase_of, signed_once, unlocked
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import acting_as
from waywatch.lib.errors import NotFoundError
from waywatch.tips import access, intake
from waywatch.tips.actions import claims, opening
from waywatch.tips.envelope import read_envelope
from waywatch.tips.errors import ClaimedError, ClosedError, ReasonNeededError, UnreadableError
from waywatch.tips.models import ContentKey, Entry, EntryKind, Sealed, Tip
from waywatch.vault import access as vault_access
from waywatch.vault import api as vault
from waywatch.vault import sealing

pytestmark = pytest.mark.django_db
STRANGERS = ("administrator", "coordinator", "analyst", "outsider", "trooper", "ohio_advocate")


def arrive(sending: Sending, raw: bytes | None = None) -> uuid.UUID:
    raw = sending.raw() if raw is None else raw
    intake.receive(read_envelope(raw), raw)
    return sending.tip_id


@pytest.fixture
def waiting(team: Team) -> uuid.UUID:
    """The seed story, unopened, at the desk of three."""
    return arrive(sending_to(team.keyring))


def the(person: Member, tip_id: uuid.UUID) -> Tip:
    with acting_as(person.actor):
        return access.tip_for(person.actor, tip_id)


def opened_by(person: Member, tip_id: uuid.UUID, reason: str = "") -> opening.Opened:
    key = unlocked(person)
    with acting_as(person.actor):
        return opening.open_tip(person.actor, tip_id=tip_id, unlocked=key, reason=reason)


def at_the_desk(person: Member) -> Client:
    """A browser whose keys are unlocked."""
    answer = person.client.post("/vault/unlock/", {"passphrase": phrase_of(person)})
    assert answer.status_code == 302
    return person.client


def same(page: bytes) -> bytes:
    """A page without what differs in every answer: a form's token, and its own address."""
    return re.sub(rb'csrfmiddlewaretoken" value="\w+"|[0-9a-f]{8}-[0-9a-f-]{27}', b"", page)


def later(monkeypatch: pytest.MonkeyPatch, **much: int) -> None:
    moment = clock.now() + dt.timedelta(**much)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_the_seed_story_comes_out_as_it_went_in(team: Team, waiting: uuid.UUID) -> None:
    opened = opened_by(team.first, waiting)
    assert opened.content.observation == SEED_STORY
    assert opened.content.odd == ""
    assert (opened.tip.urgency, opened.tip.opened_by_id) == (1, team.first.account.pk)


def test_at_the_first_opening_the_content_moves_under_a_key_of_its_own(team: Team, waiting: uuid.UUID) -> None:
    first = opened_by(team.first, waiting)
    with acting_as(team.first.actor):
        kept = Sealed.objects.get()
        assert kept.is_envelope is False
        assert b"gas station" not in bytes(kept.body)
        assert ContentKey.objects.get().key_version == 1
    again = opened_by(team.third, waiting, reason="covering")
    assert (again.content, again.key) == (first.content, first.key)
    assert the(team.first, waiting).opened_by_id == team.first.account.pk


def test_what_is_opened_once_stays_open_to_the_team_after_a_new_key(team: Team, waiting: uuid.UUID) -> None:
    from waywatch.vault.actions import keyrings

    with acting_as(team.first.actor):
        keyrings.rotate(team.first.actor, keyring=team.keyring)
    assert opened_by(team.second, waiting).content.observation == SEED_STORY


def test_a_key_that_only_the_database_names_opens_nothing(team: Team, waiting: uuid.UUID) -> None:
    """Whoever writes to the database puts in a key of their own, with shares for the team: what is opened next is not sealed to it."""
    from waywatch.vault.models import KeyVersion, MemberKey, Share
    from waywatch.vault.unlocked import share_info

    false = sealing.new_key_pair()
    with acting_as(team.first.actor):
        KeyVersion.objects.filter(keyring=team.keyring).update(retired_at=clock.now())
        version = KeyVersion.objects.create(keyring=team.keyring, number=2, public_key=false.public)
        for key in MemberKey.objects.filter(account_id=team.first.account.pk):
            share = sealing.seal(bytes(key.public_key), false.private, info=share_info(team.keyring.pk, 2))
            Share.objects.create(version=version, member_key=key, sealed=share, given_by_id=team.first.account.pk)
    for _ in range(2):
        assert opened_by(team.first, waiting).content.observation == SEED_STORY
        with acting_as(team.first.actor):
            kept = ContentKey.objects.get()
            assert kept.key_version == 1
            with pytest.raises(vault.SealError):
                sealing.open_sealed(false.private, bytes(kept.sealed), info=opening.KEY_INFO + waiting.bytes)


def test_a_key_that_the_root_has_signed_takes_over_and_the_old_one_is_not_needed_any_more(
    team: Team, waiting: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    from waywatch.tips.actions.needing import KeyNeededError
    from waywatch.vault.actions import keyrings

    late = arrive(sending_to(team.keyring))
    opened_by(team.first, waiting)
    with acting_as(team.first.actor):
        keyrings.rotate(team.first.actor, keyring=team.keyring)
        old = vault_access.version_for(team.first.actor, team.keyring.pk, 1)
        with pytest.raises(KeyNeededError, match="2 tips"):
            keyrings.destroy_version(team.first.actor, version=old)
    signed_once(monkeypatch)
    for tip_id in (waiting, late):
        opened_by(team.first, tip_id)
        with acting_as(team.first.actor):
            assert ContentKey.objects.get(tip_id=tip_id).key_version == 2
    with acting_as(team.first.actor):
        keyrings.destroy_version(team.first.actor, version=old)
    assert opened_by(team.first, waiting).content.observation == SEED_STORY


def test_no_key_is_destroyed_that_phones_still_seal_to(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    from waywatch.vault.actions import keyrings
    from waywatch.vault.errors import NotReadyError

    signed_once(monkeypatch)
    with acting_as(team.first.actor):
        old = vault_access.version_for(team.first.actor, team.keyring.pk, 1)
        keyrings.rotate(team.first.actor, keyring=team.keyring)
        with pytest.raises(NotReadyError, match="Phones and desks still seal to this key"):
            keyrings.destroy_version(team.first.actor, version=old)


def test_a_list_that_another_root_signed_is_not_believed(
    team: Team, waiting: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    from waywatch.vault.actions import keyrings

    with acting_as(team.first.actor):
        keyrings.rotate(team.first.actor, keyring=team.keyring)
    signed_once(monkeypatch, by=sealing.new_key_pair())
    opened_by(team.first, waiting)
    with acting_as(team.first.actor):
        assert ContentKey.objects.get().key_version == 1


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_sees_no_tip_by_any_address(who: str, team: Team, waiting: uuid.UUID, request: Any) -> None:
    person: Member = request.getfixturevalue(who)
    with acting_as(person.actor):
        assert [model.objects.count() for model in (Tip, Sealed, ContentKey, Entry)] == [0, 0, 0, 0]
        with pytest.raises(NotFoundError):
            access.tip_for(person.actor, waiting)
    for method, part in [("get", ""), ("get", "read/"), *(("post", each) for each in POSTS)]:
        there = getattr(person.client, method)(f"/desk/tips/{waiting}/{part}")
        nowhere = getattr(person.client, method)(f"/desk/tips/{uuid.uuid4()}/{part}")
        assert (there.status_code, same(there.content)) == (nowhere.status_code, same(nowhere.content))
        assert there.status_code in {302, 404}


POSTS = (
    "claim/",
    "release/",
    "read/",
    "assess/",
    "note/",
    "ask/",
    "join/",
    "part/",
    "second/",
    "finish/",
    "unreadable/",
)


@pytest.mark.parametrize("who", STRANGERS)
def test_the_code_itself_holds_back_what_is_not_theirs(
    who: str, team: Team, waiting: uuid.UUID, request: pytest.FixtureRequest
) -> None:
    """PostgreSQL is told that a member acts, so that only the code can hold the row back."""
    stranger: Member = request.getfixturevalue(who)
    with acting_as(team.first.actor):
        assert list(access.tips_of(team.first.actor).values_list("pk", flat=True)) == [waiting]
        assert list(access.tips_of(stranger.actor)) == list(access.tips_of(None)) == []


def test_nobody_signed_in_is_led_to_the_sign_in(client: Client, waiting: uuid.UUID) -> None:
    for address in ("/desk/", f"/desk/tips/{waiting}/", f"/desk/tips/{waiting}/read/"):
        assert client.get(address).headers["Location"].startswith("/account/login/")


def test_without_an_unlocked_key_the_page_shows_the_outside_only(team: Team, waiting: uuid.UUID) -> None:
    page = team.first.client.get(f"/desk/tips/{waiting}/")
    assert page.status_code == 200
    assert "Texas" in page.content.decode()
    assert "gas station" not in page.content.decode()
    answer = team.first.client.get(f"/desk/tips/{waiting}/read/")
    assert answer.headers["Location"].startswith("/vault/unlock/")


def test_an_advocate_takes_reads_assesses_and_finishes(team: Team, waiting: uuid.UUID) -> None:
    browser = at_the_desk(team.first)
    assert browser.post(f"/desk/tips/{waiting}/claim/").headers["Location"] == f"/desk/tips/{waiting}/read/"
    page = browser.get(f"/desk/tips/{waiting}/read/").content.decode()
    for words in (
        "leaves the lot, circles the gas station, parks again",
        "several times an hour",
        "Under 18",
        "An apparent minor with an observed sign of exploitation, going on or within a day.",
        "Language: English.",
    ):
        assert words in page
    typed = {
        "call_class": "crisis",
        "kind": "sex",
        "victims": "4",
        "minor": "yes",
        "danger": "unknown",
        "reliability": "first_hand",
        "consent_person": "not_asked",
        "consent_reporter": "given",
        "words": "Two look very young.",
    }
    assert browser.post(f"/desk/tips/{waiting}/assess/", typed).status_code == 302
    assert browser.post(f"/desk/tips/{waiting}/note/", {"note": "Called the sheriff."}).status_code == 302
    page = browser.get(f"/desk/tips/{waiting}/read/").content.decode()
    assert "Two look very young." in page
    assert "Called the sheriff." in page
    assert browser.post(f"/desk/tips/{waiting}/finish/", {"outcome": "passed_on", "words": ""}).status_code == 302
    with acting_as(team.first.actor):
        assert Tip.objects.get().closed_at is not None
        assert [row.kind for row in Entry.objects.all()] == ["assessment", "note", "outcome"]
        bodies = b"".join(bytes(row.locked) for row in Entry.objects.all())
        assert b"sheriff" not in bodies
        assert b"crisis" not in bodies
    late = browser.post(f"/desk/tips/{waiting}/note/", {"note": "One more <b>."})
    assert late.status_code == 409
    assert "One more &lt;b&gt;." in late.content.decode()


def test_a_refused_form_keeps_every_word(team: Team, waiting: uuid.UUID) -> None:
    browser = at_the_desk(team.first)
    browser.post(f"/desk/tips/{waiting}/claim/")
    page = browser.post(
        f"/desk/tips/{waiting}/assess/", {"call_class": "", "victims": "-3", "words": "Two look young."}
    )
    assert page.status_code == 200
    for words in ("Two look young.", 'value="-3"', "aria-invalid"):
        assert words in page.content.decode()


@pytest.mark.parametrize(
    ("part", "page"),
    [
        ("assess/", "read/"), ("note/", "read/"), ("ask/", "read/"), ("finish/", "read/"), ("join/", "read/"),
        ("second/", "read/"), ("unreadable/", "read/"), ("claim/", ""), ("hold/", ""), ("part/", ""),
    ],
)  # fmt: skip
def test_a_forms_address_leads_to_the_page_it_stands_on(team: Team, waiting: uuid.UUID, part: str, page: str) -> None:
    """The language was switched below a refused form, or the page loaded again."""
    answer = team.first.client.get(f"/desk/tips/{waiting}/{part}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/desk/tips/{waiting}/{page}")
    assert team.first.client.put(f"/desk/tips/{waiting}/{part}").status_code == 405
    assert team.first.client.get(f"/desk/tips/{uuid.uuid4()}/{part}").status_code == 404


def test_what_was_typed_outlives_the_lock(team: Team, waiting: uuid.UUID) -> None:
    """The keys lock themselves while somebody writes: the words come back in a page, and go nowhere else."""
    page = team.first.client.post(f"/desk/tips/{waiting}/note/", {"note": 'A "quoted" <word>'})
    assert page.status_code == 200
    assert 'value="A &quot;quoted&quot; &lt;word&gt;"' in page.content.decode()
    with acting_as(team.first.actor):
        assert Entry.objects.count() == 0


def test_words_of_a_stranger_are_shown_as_text(team: Team) -> None:
    hostile = '<script>alert(1)</script>"><img src=x>'
    tip_id = arrive(
        sending_to(team.keyring, observation={"words": hostile, "odd": hostile, "where": {"words": hostile}})
    )
    page = at_the_desk(team.first).get(f"/desk/tips/{tip_id}/read/").content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3


def test_what_would_turn_the_text_around_is_shown_by_its_name(team: Team) -> None:
    turned = "\u202eBackwards\u2066"
    said = {"words": turned, "odd": turned, "where": {"words": turned}, "signs": [{"key": turned}]}
    tip_id = arrive(sending_to(team.keyring, observation=said))
    page = at_the_desk(team.first).get(f"/desk/tips/{tip_id}/read/").content.decode()
    assert page.count("[U+202E]Backwards[U+2066]") == 4
    assert not {"\u202e", "\u2066"} & set(page)


def test_a_colleague_gives_a_reason(team: Team, waiting: uuid.UUID) -> None:
    opened_by(team.first, waiting)
    with pytest.raises(ReasonNeededError):
        opened_by(team.second, waiting)
    opened_by(team.second, waiting, reason="covering")
    reasons = [line.detail for line in audit.history("tip", waiting) if line.action == "tip.opened"]
    assert reasons == [{"reason": "covering"}, {}]
    assert the(team.first, waiting).claimed_by_id == team.first.account.pk
    browser = at_the_desk(team.third)
    page = browser.get(f"/desk/tips/{waiting}/read/").content.decode()
    assert "This tip is not yours" in page
    assert "A colleague works on it." in page
    assert "take it from the queue" not in page
    assert "gas station" in browser.post(f"/desk/tips/{waiting}/read/", {"reason": "asked"}).content.decode()
    assert "gas station" not in browser.post(f"/desk/tips/{waiting}/read/", {"reason": "curious"}).content.decode()


def test_a_claim_without_an_act_returns_to_the_queue(
    team: Team, waiting: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as(team.first.actor):
        claims.claim(team.first.actor, tip=the(team.first, waiting))
    with acting_as(team.second.actor), pytest.raises(ClaimedError):
        claims.claim(team.second.actor, tip=the(team.second, waiting))
    later(monkeypatch, minutes=15, seconds=1)
    with acting_as(team.second.actor):
        claims.claim(team.second.actor, tip=the(team.second, waiting))
    assert the(team.first, waiting).claimed_by_id == team.second.account.pk


def test_the_page_that_asks_for_a_reason_says_what_is_true(team: Team, waiting: uuid.UUID) -> None:
    opened = opened_by(team.first, waiting)
    address, browser = f"/desk/tips/{waiting}/read/", at_the_desk(team.second)
    with acting_as(team.first.actor):
        claims.release(team.first.actor, tip=the(team.first, waiting))
    assert "take it from the queue instead" in browser.get(address).content.decode()
    with acting_as(team.first.actor):
        opening.finish(team.first.actor, opened=opened, text="{}")
    page = browser.get(address).content.decode()
    assert "It is finished: it can be read" in page
    assert "take it from the queue" not in page


def test_only_who_supervises_the_desk_opens_a_tip_to_supervise(team: Team, waiting: uuid.UUID) -> None:
    opened_by(team.first, waiting)
    with pytest.raises(ReasonNeededError):
        opened_by(team.second, waiting, reason="supervision")
    pages = [at_the_desk(who).get(f"/desk/tips/{waiting}/read/").content for who in (team.second, team.third)]
    assert [b"I supervise the desk" in page for page in pages] == [False, True]
    assert opened_by(team.third, waiting, reason="supervision").content.observation == SEED_STORY


def test_only_the_own_claim_is_put_back(team: Team, waiting: uuid.UUID) -> None:
    with acting_as(team.first.actor):
        claims.claim(team.first.actor, tip=the(team.first, waiting))
    with acting_as(team.second.actor), pytest.raises(ClaimedError):
        claims.release(team.second.actor, tip=the(team.second, waiting))
    with acting_as(team.first.actor):
        assert claims.release(team.first.actor, tip=the(team.first, waiting)).claimed_by_id is None


def test_a_finished_tip_is_read_and_not_changed(team: Team, waiting: uuid.UUID) -> None:
    opened = opened_by(team.first, waiting)
    with acting_as(team.first.actor):
        opening.finish(team.first.actor, opened=opened, text='{"outcome": "passed_on"}')
        with pytest.raises(ClosedError):
            opening.write_entry(team.first.actor, opened=opened, kind=EntryKind.NOTE, text="More")
        with pytest.raises(ClosedError):
            claims.claim(team.first.actor, tip=the(team.first, waiting))
    with pytest.raises(ReasonNeededError):
        opened_by(team.second, waiting)
    assert opened_by(team.second, waiting, reason="repeated").content.observation == SEED_STORY


def test_a_seal_that_does_not_open_can_be_put_away_and_no_other(team: Team, waiting: uuid.UUID) -> None:
    broken = sending_to(team.keyring)
    raw = bytearray(broken.raw())
    raw[-1] ^= 1
    tip_id = arrive(broken, bytes(raw))
    with pytest.raises(UnreadableError):
        opened_by(team.first, tip_id)
    key = unlocked(team.first)
    with acting_as(team.first.actor):
        assert opening.finish_unreadable(team.first.actor, tip=the(team.first, tip_id), unlocked=key).closed_at
        with pytest.raises(ClaimedError):
            opening.finish_unreadable(team.first.actor, tip=the(team.first, waiting), unlocked=key)
        assert Tip.objects.get(pk=waiting).closed_at is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 1900, json.dumps({"observation": [1]}).encode()],
    ids=["nothing", "half", "list", "text", "not utf-8", "deep", "no object"],
)
def test_no_content_keeps_a_tip_from_being_opened(team: Team, content: bytes) -> None:
    tip_id = arrive(sending := sending_to(team.keyring), sending.raw(content))
    page = at_the_desk(team.first).get(f"/desk/tips/{tip_id}/read/")
    assert page.status_code == 200
    assert "No question was answered." in page.content.decode()


def test_a_lie_on_the_outside_is_shown(team: Team) -> None:
    tip_id = arrive(sending_to(team.keyring, region=b"US-NM\0", urgency=3))
    page = at_the_desk(team.first).get(f"/desk/tips/{tip_id}/read/").content.decode()
    assert "Outside of the seal stands New Mexico, inside Texas." in page
    assert "The phone called it “Older or not known”; by the rules it is “Urgent: now”." in page


def test_the_queue_is_by_urgency_then_age_and_says_what_is_late(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    older = arrive(sending_to(team.keyring, urgency=3))
    first, second = arrive(sending_to(team.keyring)), arrive(sending_to(team.keyring))
    day = arrive(sending_to(team.keyring, urgency=2))
    later(monkeypatch, minutes=3, seconds=5)
    page = team.second.client.get("/desk/").content.decode()
    order = [page.index(str(tip_id)) for tip_id in (first, second, day, older)]
    assert order == sorted(order)
    assert page.count("is-late") == 2
    assert "should have been opened just now" in page


def test_the_queue_says_of_each_tip_who_has_it(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    left, mine, others, done = (arrive(sending_to(team.keyring)) for _ in range(4))
    arrive(sending_to(team.keyring))
    opened_by(team.first, left)
    finished = opened_by(team.first, done)
    with acting_as(team.first.actor):
        opening.finish(team.first.actor, opened=finished, text="{}")
    later(monkeypatch, minutes=16)
    opened_by(team.first, mine)
    opened_by(team.second, others)
    page = team.first.client.get("/desk/").content.decode()
    rows = {tip_id: row for row in page.split("<li")[1:] for tip_id in (left, mine, others) if str(tip_id) in row}
    for tip_id, words in (
        (left, "nobody works on it, for 16\xa0minutes"),
        (mine, "you work on it"),
        (others, f"{team.second.account.name} works on it"),
    ):
        assert words in rows[tip_id]
    assert [tip_id for tip_id, row in rows.items() if "is-late" in row] == [left]
    assert "1 that nobody works on" in page
    assert page.count("nobody has taken it") == 1
    assert "it went back to the queue" in team.second.client.get(f"/desk/tips/{left}/").content.decode()
    assert "it went back to the queue" not in team.second.client.get(f"/desk/tips/{mine}/").content.decode()
    for address in ("/desk/?show=finished", f"/desk/tips/{done}/"):
        ended = team.first.client.get(address).content.decode()
        assert "finished</span>" in ended
        assert "you work on it" not in ended


@pytest.mark.parametrize("shown", ["waiting", "mine", "finished"])
def test_the_queue_costs_the_same_with_one_and_with_three(
    shown: str, team: Team, django_assert_num_queries: Any
) -> None:
    from django.test.utils import CaptureQueriesContext

    def fill() -> None:
        tip_id = arrive(sending_to(team.keyring))
        opened = opened_by(team.first, tip_id)
        if shown == "finished":
            with acting_as(team.first.actor):
                opening.finish(team.first.actor, opened=opened, text="{}")

    fill()
    browser = team.first.client
    browser.get(f"/desk/?show={shown}")
    with CaptureQueriesContext(connection) as one:
        browser.get(f"/desk/?show={shown}")
    fill()
    fill()
    with CaptureQueriesContext(connection) as three:
        page = browser.get(f"/desk/?show={shown}")
    assert page.content.decode().count("queue-row") == 3
    assert len(one) == len(three)


def test_what_is_drawn_once_for_everybody_holds_nobodys_words(team: Team, waiting: uuid.UUID) -> None:
    """Empty forms are kept in memory; what was typed, opened or assessed is not, in no language."""
    from django.core.cache import caches

    kept = caches["template_fragments"]
    kept.clear()
    browser = at_the_desk(team.first)
    address = f"/desk/tips/{waiting}"
    browser.post(f"{address}/claim/")
    first = browser.get(f"{address}/read/").content.decode()
    assert '<option value="yes" selected>' in first  # the first guess: somebody looks under 18
    browser.post(f"{address}/note/", {"note": "x" * 4001})
    said = {"call_class": "crisis", "kind": "sex", "words": "Canary words of an assessment"}
    same_for_all = {"minor": "yes", "danger": "unknown", "reliability": "unknown"}
    consents = {"consent_person": "not_asked", "consent_reporter": "given"}
    assert browser.post(f"{address}/assess/", said | same_for_all | consents).status_code == 302
    again = browser.get(f"{address}/read/").content.decode()
    assert "Canary words of an assessment" in again
    texts = [str(kept._cache[key]) for key in kept._cache]
    assert len(texts) == 3  # this reporter cannot be asked
    assert not any(word in text for text in texts for word in ("Canary", "xxxx", "gas station", str(waiting)))
    assert browser.get(f"{address}/read/", headers={"Accept-Language": "fr"}).status_code == 200
