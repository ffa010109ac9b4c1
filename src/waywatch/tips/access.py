"""Who may: the only way to a tip. Unknown and forbidden give the same answer.

| | sees | may |
|---|---|---|
| advocate, supervisor in the desk's team | that desk's tips: state, place, urgency, clocks | claim, write down a call |
| the same, with an unlocked key that opens it | the content | assess, note, finish |
| everybody else, administrators included | nothing | nothing |

PostgreSQL holds the same rules (migration 0002).
"""

import uuid

from django.db.models import QuerySet

from waywatch.accounts.api import Role, roles_of
from waywatch.lib.actors import Actor
from waywatch.lib.errors import not_found
from waywatch.lib.remember import remembered
from waywatch.tips.models import Tip
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
    tip = tips_of(actor).select_related("keyring", "claimed_by", "opened_by").filter(pk=tip_id).first()
    if tip is None:
        raise not_found()
    return tip
