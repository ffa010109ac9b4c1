"""Opening what is not one's own: written down with its reason, looked through by supervisors, and beyond a few an hour not alone."""

from django.db import transaction
from django.utils.translation import gettext

from waywatch.accounts.api import Role
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.errors import RefusedError
from waywatch.tips import rules
from waywatch.tips.actions import claims
from waywatch.tips.actions.telling import STAFF, tell_team
from waywatch.tips.errors import SecondNeededError
from waywatch.tips.models import Reading, Tip
from waywatch.vault import api as vault


def require_second_where_many(actor: Actor, *, tip: Tip) -> None:
    """Raise SecondNeededError where the actor has opened many tips of others lately and nobody has allowed this one."""
    lately = Reading.objects.filter(account_id=claims.who(actor), at__gt=clock.now() - rules.HOUR)
    others = lately.exclude(tip=tip).order_by().values("tip_id").distinct().count()
    if others >= rules.ALONE_IN_AN_HOUR and not _allowed(actor, tip):
        words = gettext("You have opened %(n)s tips of others within an hour. A second person has to allow this one.")
        raise SecondNeededError(words % {"n": others})


def _allowed(actor: Actor, tip: Tip) -> bool:
    return vault.break_glass_allows(actor, keyring_id=tip.keyring_id, subject_id=tip.pk)


def write_down(actor: Actor, *, tip: Tip, reason: str) -> Reading:
    """Write down that the actor has opened a tip which is not theirs."""
    return Reading.objects.create(
        tip=tip, account_id=claims.who(actor), reason=reason, with_second=_allowed(actor, tip)
    )


def ask_for_second(actor: Actor, *, tip: Tip, reason: str) -> None:
    """Ask the team to allow this one. Everybody in it reads the reason, and is told that something waits."""
    with transaction.atomic():
        vault.ask_break_glass(actor, keyring_id=tip.keyring_id, subject_id=tip.pk, reason=reason)
        audit.record("tip.second_asked", subject_kind="tip", subject_id=tip.pk)
        tell_team(tip.keyring_id, STAFF, "vault")
        tell_team(tip.keyring_id, (Role.SUPERVISOR,), "desk_readings")


def review(actor: Actor, *, reading: Reading) -> Reading:
    """Mark a reading as looked at. Raises RefusedError for one's own."""
    if reading.account_id == actor.account_id:
        raise RefusedError(gettext("This was you. Another supervisor has to look at it."))
    with transaction.atomic():
        current = Reading.objects.select_for_update().get(pk=reading.pk)
        if current.reviewed_at is None:
            current.reviewed_by_id, current.reviewed_at = claims.who(actor), clock.now()
            current.save(update_fields=["reviewed_by", "reviewed_at"])
            audit.record("tip.reading_reviewed", subject_kind="tip", subject_id=current.tip_id)
    return current
