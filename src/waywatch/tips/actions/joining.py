"""Tips that may tell of the same: finding them in an unlocked session, joining one to another, and parting them again."""

import json

from django.db import transaction
from django.utils.translation import gettext

from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.tips import access, matching
from waywatch.tips.actions import opening
from waywatch.tips.errors import JoinedError
from waywatch.tips.models import MatchKind, MatchToken, Tip
from waywatch.tips.vocabulary import OutcomeKind
from waywatch.vault import api as vault

MOST_IN_COMMON = 30  # things, not tips: what a flood of one plate brings must not make the page of each tip long


def alike(opened: opening.Opened, unlocked: vault.Unlocked) -> dict[Tip, set[MatchKind]]:
    """Return the newest other tips of the desk that may tell of the same, with what they have in common: the strongest first."""
    tip, answers = opened.tip, opened.content.observation
    if not matching.says_something(answers):
        return {}
    day = matching.day_of(answers, tip.received_at.date())
    wanted: set[bytes] = set()
    for version in unlocked.versions(tip.keyring_id):
        key = unlocked.index_key(tip.keyring_id, version)
        wanted |= set(matching.tokens(key, answers, day, around=1))
    rows = MatchToken.objects.filter(token__in=wanted, tip__keyring_id=tip.keyring_id, tip__erased_at=None)
    found: dict[Tip, set[MatchKind]] = {}
    shown = ("kind", "tip__region", "tip__received_at", "tip__closed_at")
    newest = rows.exclude(tip=tip).select_related("tip").only(*shown).order_by("-tip__received_at", "tip_id")
    for row in newest[:MOST_IN_COMMON]:
        found.setdefault(row.tip, set()).add(MatchKind(row.kind))
    return dict(sorted(found.items(), key=lambda item: (MatchKind.PLATE not in item[1], -len(item[1]))))


def join(actor: Actor, *, opened: opening.Opened, leading: Tip) -> Tip:
    """Join an opened tip to another one of the desk that tells of the same: it is finished, and both reporters read what is released next.

    What was released before is not for this one: whoever harms people can send a tip with the same plate, and wait for an answer.

    Raises JoinedError for a tip of another desk or itself, or where others are joined to this one; ClosedError where it is finished.
    """
    first = leading.same_as or leading
    if first.pk == opened.tip.pk or first.keyring_id != opened.tip.keyring_id or first.erased_at is not None:
        raise JoinedError(gettext("These two cannot be joined. Join this one to another tip of the same desk."))
    if opened.tip.joined.exists():
        raise JoinedError(gettext("Others are joined to this one. Join the other tip to it instead."))
    with transaction.atomic():
        access.tip_for(actor, first.pk)
        opening.finish(actor, opened=opened, text=json.dumps({"outcome": OutcomeKind.REPEATED.value}))
        Tip.objects.filter(pk=opened.tip.pk).update(same_as=first)
        detail: dict[str, audit.JSON] = {"leading": str(first.pk)}
        audit.record("tip.joined", subject_kind="tip", subject_id=opened.tip.pk, detail=detail)
    return first


def part(actor: Actor, *, tip: Tip) -> Tip:
    """Part a joined tip again: it is back in the queue, opened. Raises JoinedError where it is not joined, or its content is gone."""
    with transaction.atomic():
        current = Tip.objects.select_for_update(of=("self",)).get(pk=tip.pk)
        if current.same_as_id is None or current.erased_at is not None:
            raise JoinedError(gettext("This tip is not joined to another one."))
        current.same_as, current.closed_at, current.erase_at = None, None, None
        current.claimed_by_id, current.acted_at = actor.account_id, clock.now()
        current.save(update_fields=["same_as", "closed_at", "erase_at", "claimed_by", "acted_at"])
        audit.record("tip.parted", subject_kind="tip", subject_id=current.pk)
    return current
