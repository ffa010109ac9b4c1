"""The clocks: a tip that nobody opens is told to the people on duty, then to the supervisors. Run by the worker, which can open nothing."""

import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from waywatch.accounts.api import Role
from waywatch.audit import api as audit
from waywatch.delivery import api as delivery
from waywatch.lib import clock
from waywatch.tips import rules
from waywatch.tips.models import Tip
from waywatch.vault import api as vault

MOST = 500
ROLES: dict[rules.Page, tuple[Role, ...]] = {
    "staff": (Role.ADVOCATE, Role.SUPERVISOR),
    "supervisor": (Role.SUPERVISOR,),
}
WATCHED = ("id", "keyring_id", "claimed_urgency", "received_at", "paged_staff_at", "paged_supervisor_at")


def page_for_waiting() -> int:
    """Tell whoever must know by now that a tip waits unopened, once each; return how many pages went out.

    After a time without a worker only the last page that is due goes out: nobody is told twice at once.
    """
    with transaction.atomic():  # PostgreSQL is told in each transaction who acts, and shows nothing outside of one
        waiting = Tip.objects.filter(opened_at=None, closed_at=None, paged_supervisor_at=None)
        late = waiting.filter(Q(paged_staff_at=None) | Q(received_at__lt=clock.now() - rules.SOONEST_SUPERVISOR))
        ids = list(late.order_by("claimed_urgency", "received_at").values_list("id", flat=True)[:MOST])
    return sum(_page(tip_id) for tip_id in ids)


def _page(tip_id: uuid.UUID) -> bool:
    with transaction.atomic():
        tip = Tip.objects.select_for_update(skip_locked=True).only(*WATCHED).filter(pk=tip_id, opened_at=None).first()
        whom = rules.due_page(tip.claimed_urgency, tip.received_at, clock.now()) if tip else None
        if tip is None or whom is None or getattr(tip, f"paged_{whom}_at"):
            return False
        setattr(tip, f"paged_{whom}_at", clock.now())
        tip.save(update_fields=[f"paged_{whom}_at"])
        _tell(tip.keyring_id, ROLES[whom])
        audit.record(f"tip.{whom}_paged", subject_kind="tip", subject_id=tip.pk)
    return True


def _tell(keyring_id: uuid.UUID, roles: tuple[Role, ...]) -> None:
    """Write to the team. The mail says that a task waits and nothing else: no place, no urgency, no id."""
    body = gettext("A task waits for you at the desk. Sign in to see it: %(address)s") % {
        "address": settings.BASE_URL + reverse("desk")
    }
    for email in vault.team_emails(keyring_id, [role.value for role in roles]):
        delivery.enqueue_mail(to=email, subject=gettext("You have a task"), body=body, kind="task")
