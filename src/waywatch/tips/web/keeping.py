"""What was typed is never lost: where it cannot be saved, it stands in the page that says why."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from waywatch.lib.actors import Actor, acting
from waywatch.lib.errors import NotFoundError, WaywatchError
from waywatch.vault import api as vault

View = Callable[..., HttpResponse]
UNSAID = {"csrfmiddlewaretoken", "reason"}


def keeping_what_was_typed(seen: Callable[[Actor, dict[str, Any]], object], back: str) -> Callable[[View], View]:
    """Give back in a page of its own what was typed and could not be saved: the keys were locked, or somebody was quicker.

    `seen` obtains what the address is about, so that for everybody else there is no such page; `back` names the page to go back to.
    """

    def decorator(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            seen(acting(request), kwargs)
            if not vault.is_unlocked(request):
                return render(request, "desk/locked.html", {"typed": _typed(request, {"csrfmiddlewaretoken"})})
            try:
                return view(request, *args, **kwargs)
            except NotFoundError:
                raise
            except WaywatchError as error:
                context = {"typed": _typed(request, UNSAID), "sentence": str(error), "back": back}
                return render(request, "desk/kept.html", context, status=409)

        return kept

    return decorator


def _typed(request: HttpRequest, unsaid: set[str]) -> list[tuple[str, str]]:
    return [(name, str(value)) for name in request.POST for value in request.POST.getlist(name) if name not in unsaid]
