"""An account's sessions: list, end one, end the others. Each end is recorded.

The library has a row for each sign-in, Django one for each session; an account is signed in where both are there and the second has not
run out. What is left of ended ones, the worker throws away.
"""

import datetime as dt
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from waywatch.accounts.models import Account
from waywatch.audit import api as audit
from waywatch.lib import clock


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session: since when, from where, with which browser, and whether it is the one that asks."""

    id: int
    since: dt.datetime
    ip: str
    browser: str
    is_current: bool


def list_sessions(account: Account, *, current_key: str | None) -> list[SignedIn]:
    """Return the sessions that are still open, newest first, with one query."""
    return [
        SignedIn(row.pk, row.created_at, row.ip, row.user_agent, is_current=row.session_key == current_key)
        for row in _open(account).order_by("-created_at", "-pk")
    ]


def end_session(account: Account, *, session_id: int) -> bool:
    """End one session of the account; return whether there was one."""
    return _end(account, _open(account).filter(pk=session_id)) == 1


def end_other_sessions(account: Account, *, current_key: str | None) -> int:
    """End every session but the current one; return how many."""
    return _end(account, _open(account).exclude(session_key=current_key or ""))


def _open(account: Account) -> QuerySet[UserSession]:
    lasting = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=clock.now())
    found: QuerySet[UserSession] = UserSession.objects.filter(Exists(lasting), user_id=account.pk)
    return found


def _end(account: Account, rows: QuerySet[UserSession]) -> int:
    with transaction.atomic():
        keys = list(rows.values_list("session_key", flat=True))
        ended, _ = Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()
        if ended:
            detail = {"sessions": ended}
            audit.record("account.sessions_ended", subject_kind="account", subject_id=account.pk, detail=detail)
    return ended
