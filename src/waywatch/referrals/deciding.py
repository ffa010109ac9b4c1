"""By which policy a desk decides, and what it says of an opened tip."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext

from waywatch.geo import api as geo
from waywatch.policy import api as policy
from waywatch.referrals import rules
from waywatch.referrals.disclosure import case_of
from waywatch.referrals.errors import NotAllowedError, UnreviewedError, UnsignedError
from waywatch.referrals.models import KnownDuty, Practice
from waywatch.tips import api as tips
from waywatch.vault import api as vault

NARROWEST = "consent-first"


def signed_packs() -> Mapping[str, policy.Pack]:
    """Return the policies that the root has signed, each in its newest signed version, by id.

    A newer version that came with an update waits for the next ceremony; until then the desk decides as before.
    """
    signed = vault.signed_policies()
    return policy.newest(
        {each: pack for each, pack in policy.packs().items() if (pack.id, pack.version, pack.digest) in signed}
    )


def chosen_pack(desk_id: uuid.UUID) -> str:
    """Return the id of the policy that a desk has chosen; the narrowest where it has not."""
    return Practice.objects.filter(desk_id=desk_id).values_list("pack", flat=True).first() or NARROWEST


def pack_of(desk_id: uuid.UUID) -> policy.Pack:
    """Return the policy in use at a desk. Raises UnsignedError where the root has not signed it: no other one takes its place."""
    chosen = chosen_pack(desk_id)
    pack = signed_packs().get(chosen)
    if pack is None:
        raise UnsignedError(
            gettext(
                "The two holders of the offline root have not signed the policy “%(pack)s”. No tip is passed on by it before."
            )
            % {"pack": chosen}
        )
    return pack


def decide(opened: tips.Opened) -> policy.Decision:
    """Return what the policy says of a tip as it was assessed.

    Raises NotAllowedError before an assessment; UnsignedError where the root has not signed the pack; UnreviewedError in production where
    nobody has reviewed it.
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
