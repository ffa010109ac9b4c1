"""How a session stays unlocked: the private key lies encrypted in the session's row, its key in a cookie of its own.

Neither half opens anything: a dump has no cookie, a stolen cookie has no row. Both end with the sign-out, with a press on “Lock”, and
after idle minutes. The pair is bound to the session and the account, so that it fits nowhere else.
"""

import base64
import datetime as dt
import os
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.remember import forget, remembered
from waywatch.vault import access, queries, rules, sealing
from waywatch.vault.errors import LockedError
from waywatch.vault.sealing import SealError
from waywatch.vault.unlocked import Unlocked

# The prefix makes the browser refuse it without HTTPS, from another host, or for a part of the site.
COOKIE = "__Host-waywatch_unlock" if settings.HTTPS else "waywatch_unlock"
SESSION_KEY = "vault"
KEY_LENGTH = 32
NOTED_EVERY = dt.timedelta(minutes=1)
View = Callable[..., HttpResponse]


def keep_unlocked(request: HttpRequest, response: HttpResponse, unlocked: Unlocked) -> None:
    """Keep an unlocked key for the next requests of this session."""
    forget()
    key = os.urandom(KEY_LENGTH)
    locked = sealing.lock(key, unlocked.private, bound_to=_binding(request))
    request.session[SESSION_KEY] = {
        "locked": base64.b64encode(locked).decode(),
        "member_key": str(unlocked.member_key_id),
        "last_used": clock.now().isoformat(),
        "minutes": queries.lock_after(unlocked.actor).total_seconds() // 60,
    }
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(key).decode(),
        httponly=True,
        secure=settings.HTTPS,
        samesite="Strict",
        path="/",
    )


def lock(request: HttpRequest) -> None:
    """Lock this session. The cookie goes with the answer (`LockedCookie`); without the row it opens nothing."""
    request.session.pop(SESSION_KEY, None)
    forget()


def unlocked(request: HttpRequest) -> Unlocked:
    """Return the unlocked key of this session. Raises LockedError where it is locked, was idle too long, or does not fit."""
    return remembered(("unlocked", request.session.session_key, request.user.pk), lambda: _unlocked(request))


def _unlocked(request: HttpRequest) -> Unlocked:
    kept, cookie = request.session.get(SESSION_KEY), request.COOKIES.get(COOKIE)
    actor = Actor.account(request.user.pk) if request.user.pk else None
    now = clock.now()
    if not kept or not cookie or actor is None:
        raise _locked()
    last_used = dt.datetime.fromisoformat(kept["last_used"])
    key = access.own_key(actor)
    if key is None or str(key.pk) != kept["member_key"] or rules.is_idle(last_used, now, int(kept["minutes"])):
        lock(request)
        raise _locked()
    try:
        secret = base64.urlsafe_b64decode(cookie)
        private = sealing.unlock(secret, base64.b64decode(kept["locked"]), bound_to=_binding(request))
    except (SealError, ValueError):
        lock(request)
        raise _locked() from None
    if now - last_used >= NOTED_EVERY:
        request.session[SESSION_KEY] = {**kept, "last_used": now.isoformat()}
    return Unlocked(actor, key.pk, private)


def is_unlocked(request: HttpRequest) -> bool:
    """Tell whether this session is unlocked now."""
    try:
        unlocked(request)
    except LockedError:
        return False
    return True


def needs_unlock(view: View) -> View:
    """Lead whoever is locked to the unlock page and back. Put it under `login_required`; inside, `unlocked(request)` answers."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_unlocked(request):
            return view(request, *args, **kwargs)
        access.enter_as_holder(Actor.account(request.user.pk) if request.user.pk else None)
        back = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
        return redirect(f"{reverse('vault_unlock')}?{urlencode({'next': back})}" if back else reverse("vault_unlock"))

    return guarded


def way_back(request: HttpRequest) -> str:
    """Return where the unlock page leads afterwards: a page of ours, never anything else."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return reverse("vault")


class LockedCookie:
    """Takes the cookie out of the browser once its session is locked or signed out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if COOKIE in request.COOKIES and COOKIE not in response.cookies and SESSION_KEY not in request.session:
            response.delete_cookie(COOKIE, path="/", samesite="Strict")
        return response


def _binding(request: HttpRequest) -> bytes:
    return f"waywatch unlock v1\0{request.session.session_key}\0{request.user.pk}".encode()


def _locked() -> LockedError:
    return LockedError(gettext("Your keys are locked. Unlock them, then try again."))
