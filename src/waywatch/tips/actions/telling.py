"""The one mail of this room: that a task waits, and nothing else. No place, no urgency, no id, no name."""

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from waywatch.accounts.api import Role
from waywatch.delivery import api as delivery
from waywatch.vault import api as vault


def tell(keyring_id: uuid.UUID, roles: Sequence[Role], page: str) -> None:
    """Write to the members of a team who hold one of these roles that something waits at `page` (the name of its address)."""
    body = gettext("A task waits for you. Sign in to see it: %(address)s") % {
        "address": settings.BASE_URL + reverse(page)
    }
    for email in vault.team_emails(keyring_id, [role.value for role in roles]):
        delivery.enqueue_mail(to=email, subject=gettext("You have a task"), body=body, kind="task")
