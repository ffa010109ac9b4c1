"""What every request passes: the policy headers, who acts, and plain answers to our own errors."""

from collections.abc import Callable

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.errors import NotFoundError, RefusedError, WaywatchError
from waywatch.lib.remember import remembering

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(self), payment=(), usb=(), browsing-topics=()"


class Health:
    """Answers the questions of a machine that watches this one, before any host, session or language is looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/health/live":
            return HttpResponse("live\n", content_type="text/plain")
        if request.path == "/health/ready":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return HttpResponse("ready\n", content_type="text/plain")
        return self.get_response(request)


class PolicyHeaders:
    """Sets a strict content policy on every answer; a signed-in page is never stored by a cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class ActingAccount:
    """Names the signed-in account as the actor for the length of the request; a guest names nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with acting_as(Actor.account(request.user.pk)), remembering():
            return self.get_response(request)


class PlainErrors:
    """Turns our own errors into pages: not found and forbidden give one 404; a refusal says what to do. The transaction rolls back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a `WaywatchError`; leave all else to Django."""
        if isinstance(error, NotFoundError | Http404):
            return render(request, "404.html", status=404)
        if isinstance(error, RefusedError | WaywatchError):
            return render(request, "refused.html", {"sentence": str(error), "code": error.code}, status=409)
        return None
