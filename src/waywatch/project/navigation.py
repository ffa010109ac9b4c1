"""What the top of a page offers, by role. Showing a link gives nothing: each page asks its own access.py."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from waywatch.accounts.api import Role, roles_of
from waywatch.lib.actors import Actor

EVERY_ROLE = frozenset(Role)
DIRECTORY_ROLES = frozenset({Role.COORDINATOR, Role.CO_HOST, Role.TRAINING_MANAGER})
DESK_ROLES = frozenset({Role.ADVOCATE, Role.SUPERVISOR})
KEY_ROLES = frozenset({Role.ADVOCATE, Role.SUPERVISOR, Role.OFFICER, Role.ADMINISTRATOR})
PEOPLE_ROLES = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})
ENTRIES: tuple[tuple[Promise | str, str, frozenset[Role]], ...] = (
    (_("Desk"), "desk", DESK_ROLES),
    (_("Trusted contacts"), "desk_contacts_overview", DESK_ROLES),
    (_("Tasks"), "officer", frozenset({Role.OFFICER})),
    (_("Map"), "map", EVERY_ROLE),
    (_("Builds"), "build_list", EVERY_ROLE),
    (_("Impact"), "impact_years", EVERY_ROLE),
    (_("Directory"), "organisation_list", DIRECTORY_ROLES),
    (_("Places"), "place_list", DIRECTORY_ROLES),
    (_("Keys"), "vault", KEY_ROLES),
    (_("Accounts"), "people", PEOPLE_ROLES),
    (_("Operations"), "operations", frozenset({Role.ADMINISTRATOR})),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the main navigation."""

    label: Promise | str
    address: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, object]:
    """Give templates `navigation` (a tuple of Entry) and `demo_mode`."""
    entries: tuple[Entry, ...] = ()
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        roles = roles_of(Actor.account(user.pk))
        offered = [(label, reverse(name)) for label, name, allowed in ENTRIES if roles & allowed]
        here = max((address for _, address in offered if request.path.startswith(address)), key=len, default="")
        entries = tuple(Entry(label, address, address == here) for label, address in offered)
    return {"navigation": entries, "demo_mode": settings.DEMO}
