"""An attack: every row of every table and the keys of the server are in the thief's hands. Without a passphrase no word comes out."""

import base64
from collections.abc import Callable

import pytest

from tests.referrals import world as referrals
from tests.referrals.world import World, arrive, by, opened
from tests.tips import theft
from tests.tips.sealed import SEED_STORY
from tests.vault.world import phrase_of
from waywatch.referrals import models
from waywatch.referrals.actions import answering, referring, updating
from waywatch.referrals.vocabulary import UpdateKind
from waywatch.tips.actions import opening
from waywatch.tips.models import EntryKind

WORDS = {name: f"zinnia {name} 4f1c" for name in ("unread", "read", "assessment", "note", "desk", "call", "update")}
ALL, OF_THE_AGENCY = set(WORDS), {"desk", "update"}
WEAK = ("password1234567", "look around the demo vault", "gravel lantern orchard seven", "Lone Star hotline", "")


@pytest.fixture
def stolen(world: World, monkeypatch: pytest.MonkeyPatch) -> theft.Rows:
    """A tip that nobody read; one that was assessed, referred, accepted and written about, and told by phone."""
    arrive(world, SEED_STORY | {"words": WORDS["unread"]})
    assessed = referrals.ASSESSED.replace("{", f'{{"why": "{WORDS["assessment"]}", ')
    tip = opened(world, arrive(world, SEED_STORY | {"words": WORDS["read"]}), assessed=assessed)
    desk, officer = world.advocate, world.officer
    with by(desk):
        opening.write_entry(desk.actor, opened=tip, kind=EntryKind.NOTE, text=WORDS["note"])
    sealed = _refer(world, tip, world.sheriff)
    referrals.as_worker(world, monkeypatch)
    with by(officer):
        turn = models.Handover.objects.get(referral=sealed)
        answering.accept(officer.actor, handover=turn)
        turn.refresh_from_db()
        said = {"text": WORDS["update"]}
        updating.write_update(officer.actor, handover=turn, kind=UpdateKind.WORDS, said=said, by_desk=False)
    called = _refer(world, tip, world.attorney)
    referrals.as_worker(world, monkeypatch)
    with by(desk):
        turn = called.handovers.get()
        referring.tell_by_phone(desk.actor, opened=tip, handover=turn, said={"name": WORDS["call"]})
    return theft.dump(world.urls["backup"])


def _refer(world: World, tip: opening.Opened, to: models.TrustedContact) -> models.Referral:
    approval = referring.Approval([to], referrals.PARTS, words=WORDS["desk"])
    with by(world.advocate):
        return referring.refer(world.advocate.actor, opened=tip, approval=approval)


def words_in(*texts: bytes) -> set[str]:
    return {name for name, words in WORDS.items() for form in theft.forms(words) for text in texts if form in text}


def test_without_a_passphrase_no_word_of_a_tip_comes_out(stolen: theft.Rows) -> None:
    assert len(stolen["tips_sealed"]) == len(stolen["referrals_referral"]) == len(stolen["tips_entry"]) == 2
    keys = theft.keys_at_hand(stolen)
    assert len(keys) > 1000
    assert list(theft.own_keys(stolen, WEAK)) == theft.attack(stolen, keys) == []
    text = theft.readable(stolen)
    assert b"Reeves County sheriff" in text  # what SECRET_KEY opens, the thief has
    assert words_in(text) == set()


@pytest.mark.parametrize(("who", "expected"), [("advocate", ALL), ("officer", OF_THE_AGENCY)])
def test_with_one_passphrase_the_same_attack_opens_what_its_owner_may_read(
    world: World, stolen: theft.Rows, who: str, expected: set[str]
) -> None:
    """So the attack above fails for want of a passphrase, and for nothing else."""
    person = getattr(world, who)
    assert words_in(*theft.attack(stolen, theft.own_keys(stolen, [phrase_of(person)]))) == expected


@pytest.mark.parametrize(
    "encode", [str.encode, lambda words: words.encode("utf-16-le"), lambda words: words.encode().hex().encode()]
)
def test_the_search_finds_words_in_every_form(encode: Callable[[str], bytes]) -> None:
    assert words_in(b"x" + encode(WORDS["note"])) == {"note"}
    for ahead in range(3):
        assert words_in(base64.b64encode(b"x" * ahead + WORDS["note"].encode() + b"y")) == {"note"}
