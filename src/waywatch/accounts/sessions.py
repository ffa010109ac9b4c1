"""An account's sessions, as the library keeps them: list, end one, end the others. Each end is recorded."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.db import transaction

from waywatch.accounts.models import Account
from waywatch.audit import api as audit


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session: since when, from where, with which browser, and whether it is the one that asks."""

    id: int
    since: dt.datetime
    ip: str
    browser: str
    is_current: bool


def list_sessions(account: Account, *, current_key: str | None) -> list[SignedIn]:
    """Return the sessions that are still open, newest first."""
    rows = UserSession.objects.purge_and_list(account)
    found = [
        SignedIn(row.pk, row.created_at, row.ip, row.user_agent, is_current=row.session_key == current_key)
        for row in rows
    ]
    return sorted(found, key=lambda session: session.since, reverse=True)


def end_session(account: Account, *, session_id: int) -> bool:
    """End one session of the account; return whether there was one."""
    return _end(account, UserSession.objects.filter(user_id=account.pk, pk=session_id)) == 1


def end_other_sessions(account: Account, *, current_key: str | None) -> int:
    """End every session but the current one; return how many."""
    return _end(account, UserSession.objects.filter(user_id=account.pk).exclude(session_key=current_key or ""))


def _end(account: Account, rows: Iterable[UserSession]) -> int:
    ended = 0
    with transaction.atomic():
        for row in rows:
            row.end()
            ended += 1
        if ended:
            detail = {"sessions": ended}
            audit.record("account.sessions_ended", subject_kind="account", subject_id=account.pk, detail=detail)
    return ended
