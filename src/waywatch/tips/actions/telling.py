"""The one mail of this room: that a task waits, and nothing else. No place, no urgency, no id, no name."""

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from waywatch.accounts.api import Role
from waywatch.delivery import api as delivery
from waywatch.vault import api as vault

STAFF = (Role.ADVOCATE, Role.SUPERVISOR)


def tell_team(keyring_id: uuid.UUID, roles: Iterable[Role], page: str) -> int:
    """Write to the members of a team who hold one of these roles that something waits at `page` (the name of its address).

    Return how many they are.
    """
    emails = vault.team_emails(keyring_id, [role.value for role in roles])
    for email in emails:
        tell(email, page)
    return len(emails)


def tell(email: str, page: str) -> None:
    """Write to one person that something waits at `page`."""
    body = gettext("A task waits for you. Sign in to see it: %(address)s") % {
        "address": settings.BASE_URL + reverse(page)
    }
    delivery.enqueue_mail(to=email, subject=gettext("You have a task"), body=body, kind="task")
