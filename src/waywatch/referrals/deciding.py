"""By which policy a desk decides, and what it says of an opened tip."""

import datetime as dt
import uuid

from django.conf import settings
from django.utils.translation import gettext

from waywatch.geo import api as geo
from waywatch.policy import api as policy
from waywatch.referrals import rules
from waywatch.referrals.disclosure import case_of
from waywatch.referrals.errors import NotAllowedError, UnreviewedError
from waywatch.referrals.models import KnownDuty, Practice
from waywatch.tips import api as tips

NARROWEST = "consent-first"


def pack_of(desk_id: uuid.UUID) -> policy.Pack:
    """Return the pack in use at a desk, in its newest version."""
    packs = policy.newest(policy.packs())
    chosen = Practice.objects.filter(desk_id=desk_id).values_list("pack", flat=True).first()
    return packs.get(chosen or NARROWEST, packs[NARROWEST])


def decide(opened: tips.Opened) -> policy.Decision:
    """Return what the policy says of a tip as it was assessed.

    Raises NotAllowedError before an assessment; UnreviewedError in production where nobody has reviewed the pack.
    """
    assessment = tips.assessment(opened)
    if assessment is None:
        raise NotAllowedError(
            gettext("Assess the tip first: the policy looks at age, danger and consent as you found them.")
        )
    pack = pack_of(opened.tip.keyring_id)
    if settings.MODE == "production" and not pack.is_reviewed:
        raise UnreviewedError(
            gettext("Nobody has reviewed the policy “%(pack)s”. In production no tip is passed on by it.")
            % {"pack": pack.id}
        )
    return policy.decide(case_of(opened.content, assessment, law=duties(opened)), pack)


def duties(opened: tips.Opened) -> frozenset[policy.Duty]:
    """Return the duties that the desk knows for the place of a tip."""
    found = KnownDuty.objects.filter(desk_id=opened.tip.keyring_id, region=region_of(opened))
    return frozenset(duty for duty in policy.DUTIES if duty in set(found.values_list("duty", flat=True)))


def region_of(opened: tips.Opened) -> str:
    """Return the state or province that the content names, else the one that the phone claimed; "" where neither is one."""
    named = str(opened.content.observation.get("where", {}).get("region", ""))
    return named if geo.region(named) else opened.tip.region


def urgency_of(opened: tips.Opened, now: dt.datetime) -> int:
    """Return the class of a tip at the moment of its approval."""
    assessment = tips.assessment(opened) or {}
    tip = opened.tip
    danger, waited = assessment.get("danger") == "yes", now - tip.received_at
    return rules.urgency_now(tip.urgency or tip.claimed_urgency, danger=danger, waited=waited)
