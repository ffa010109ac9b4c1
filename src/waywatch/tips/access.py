"""Who may: the only way to a tip. Unknown and forbidden give the same answer.

| | sees | may |
|---|---|---|
| advocate, supervisor in the desk's team | that desk's tips: state, place, urgency, clocks | claim, write down a call |
| the same, with an unlocked key that opens it | the content | assess, note, finish |
| a supervisor whose reach covers the desk | who opened what was not theirs, and why | hold a tip, look through what was opened |
| everybody else, administrators included | nothing | nothing |

PostgreSQL holds the same rules (migration 0002).
"""

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext

from waywatch.accounts.api import Role, reach_of, roles_of
from waywatch.lib.actors import Actor
from waywatch.lib.errors import not_found
from waywatch.lib.remember import remembered
from waywatch.lib.rows import one
from waywatch.tips.errors import SupervisorOnlyError
from waywatch.tips.models import Reading, Tip
from waywatch.vault import api as vault

STAFF = frozenset({Role.ADVOCATE, Role.SUPERVISOR})


def enter(actor: Actor | None) -> list[vault.KeyringCard]:
    """Return the desks whose team the actor belongs to, or say that there is no such page."""
    desks = desks_of(actor)
    if not desks and not roles_of(actor) & STAFF:
        raise not_found()
    return desks


def desks_of(actor: Actor | None) -> list[vault.KeyringCard]:
    """Return the desks whose team the actor belongs to and whose role the actor holds now."""
    return remembered(("desks", actor), lambda: [ring for ring in vault.keyrings_of(actor) if ring.kind == "desk"])


def tips_of(actor: Actor | None) -> QuerySet[Tip]:
    """Return the tips that the actor may see."""
    return Tip.objects.filter(keyring_id__in=[desk.id for desk in desks_of(actor)])


def tip_for(actor: Actor | None, tip_id: uuid.UUID) -> Tip:
    """Return one tip that the actor may see."""
    return one(tips_of(actor).select_related("claimed_by").filter(pk=tip_id))


def tip_to_open(actor: Actor | None, tip_id: uuid.UUID) -> Tip:
    """Return one tip that the actor may see with its sealed content, locked until the transaction ends."""
    whole = tips_of(actor).select_related("sealed", "content_key", "claimed_by").select_for_update(of=("self",))
    tip = one(whole.filter(pk=tip_id))
    # Whoever waited for the lock has the tip of after the wait, and the content of before it.
    return one(whole.filter(pk=tip_id)) if tip.opened_at and tip.sealed.is_envelope else tip


def desk_for(actor: Actor | None, desk_id: uuid.UUID) -> vault.KeyringCard:
    """Return one desk whose team the actor belongs to."""
    found = next((desk for desk in desks_of(actor) if desk.id == desk_id), None)
    if found is None:
        raise not_found()
    return found


def supervises(actor: Actor | None, desk: vault.KeyringCard) -> bool:
    """Tell whether the actor decides for a desk of their own: as a supervisor whose reach covers it."""
    reach = reach_of(actor, Role.SUPERVISOR)
    return reach.everywhere or desk.home in reach.regions or not reach.regions.isdisjoint(desk.regions)


def must_supervise(actor: Actor | None, desk_id: uuid.UUID) -> None:
    """Refuse whoever is in the desk's team and does not supervise it; for everybody else it is not there."""
    if not supervises(actor, desk_for(actor, desk_id)):
        raise SupervisorOnlyError(gettext("Only a supervisor of the desk can do this. Ask one."))


def readings_of(actor: Actor | None) -> QuerySet[Reading]:
    """Return what was opened, at the desks that the actor supervises, by people whose it was not."""
    desks = [desk.id for desk in enter(actor) if supervises(actor, desk)]
    if not desks:
        raise not_found()
    return Reading.objects.filter(tip__keyring_id__in=desks)


def reading_for(actor: Actor | None, reading_id: uuid.UUID) -> Reading:
    """Return one of them."""
    return one(readings_of(actor).filter(pk=reading_id))
