"""Who may: the only way to a trusted contact, a referral, a handover. Unknown and forbidden give the same answer.

| | sees | may |
|---|---|---|
| desk's team | its trusted contacts, its tips' referrals | refer, write down a call, take back, write to the agency, release feedback |
| its supervisors | the same | the same; add, change and close trusted contacts, choose the policy, enter duties |
| agency's officers | handovers to it, once their turn has come | open, accept, decline, give to a colleague, write back |
| everybody else, administrators and other agencies included | nothing | nothing |

PostgreSQL holds the same rules (migration 0002).
"""

import uuid

from django.db.models import QuerySet

from waywatch.accounts.api import Role, roles_of
from waywatch.lib.actors import Actor
from waywatch.lib.errors import not_found
from waywatch.lib.remember import remembered
from waywatch.lib.rows import one
from waywatch.referrals.models import Handover, KnownDuty, Referral, TrustedContact
from waywatch.tips import api as tips
from waywatch.vault import api as vault


def contacts_of(actor: Actor | None) -> QuerySet[TrustedContact]:
    """Return the trusted contacts of the actor's desks that are not closed."""
    desks = [desk.id for desk in tips.desks_of(actor)]
    return TrustedContact.objects.filter(desk_id__in=desks, closed_at=None)


def contact_for(actor: Actor | None, contact_id: uuid.UUID) -> TrustedContact:
    """Return one trusted contact of the actor's desks."""
    return one(contacts_of(actor).filter(pk=contact_id))


def duty_for(actor: Actor | None, duty_id: uuid.UUID) -> KnownDuty:
    """Return one known duty of the actor's desks."""
    return one(KnownDuty.objects.filter(desk_id__in=[desk.id for desk in tips.desks_of(actor)], pk=duty_id))


def referrals_of(actor: Actor | None, tip: tips.Tip) -> QuerySet[Referral]:
    """Return the referrals of a tip that the actor may see."""
    found = Referral.objects.filter(tip=tip, desk_id__in=[desk.id for desk in tips.desks_of(actor)])
    return found.prefetch_related("handovers__contact", "handovers__updates")


def referral_for(actor: Actor | None, tip: tips.Tip, referral_id: uuid.UUID) -> Referral:
    """Return one referral of a tip that the actor may see."""
    return one(referrals_of(actor, tip).filter(pk=referral_id))


def desk_handover(actor: Actor | None, tip: tips.Tip, handover_id: uuid.UUID) -> Handover:
    """Return one handover of a tip of the actor's desk."""
    found = Handover.objects.filter(referral__tip=tip, desk_id__in=[desk.id for desk in tips.desks_of(actor)])
    return one(found.select_related("contact").filter(pk=handover_id))


def agencies_of(actor: Actor | None) -> list[vault.KeyringCard]:
    """Return the agencies whose team the actor belongs to and whose role the actor holds now."""
    return remembered(("agencies", actor), lambda: [ring for ring in vault.keyrings_of(actor) if ring.kind == "agency"])


def enter_as_officer(actor: Actor | None) -> list[vault.KeyringCard]:
    """Return the actor's agencies, or say that there is no such page."""
    found = agencies_of(actor)
    if not found and Role.OFFICER not in roles_of(actor):
        raise not_found()
    return found


def handovers_of(actor: Actor | None) -> QuerySet[Handover]:
    """Return the handovers to the actor's agencies whose turn has come."""
    agencies = [agency.id for agency in agencies_of(actor)]
    return Handover.objects.filter(agency_id__in=agencies, handed_at__isnull=False)


def handover_for(actor: Actor | None, handover_id: uuid.UUID) -> Handover:
    """Return one handover to the actor's agencies."""
    return one(handovers_of(actor).filter(pk=handover_id))
