"""A role that sees people's data gives nothing until a second factor is set up: lead there, and nowhere else."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from waywatch.accounts.queries import lacks_second_factor

OPEN_NAMES = frozenset({"set_language", "live", "ready", "my_account"})
OPEN_PREFIXES = ("account_", "mfa_", "usersessions_", "help")


class SecondFactorRequired:
    """Leads a signed-in account that lacks a second factor it needs to the set-up; sign-out and language stay open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],  # noqa: ARG002 - Django's signature
        args: tuple[Any, ...],  # noqa: ARG002
        kwargs: dict[str, Any],  # noqa: ARG002
    ) -> HttpResponse | None:
        """Answer with the way to the set-up where one is needed."""
        name = (request.resolver_match.url_name if request.resolver_match else None) or ""
        if not request.user.is_authenticated or name in OPEN_NAMES or name.startswith(OPEN_PREFIXES):
            return None
        return redirect("mfa_index") if lacks_second_factor(request.user.pk) else None
