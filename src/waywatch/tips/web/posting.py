"""An address that takes a form only: whoever comes there by GET is led to the page that the form stands on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from waywatch.lib.actors import Actor, acting

View = Callable[..., HttpResponse]


def takes_a_form(seen: Callable[[Actor, dict[str, Any]], object], page: str, by: str = "pk") -> Callable[[View], View]:
    """Take a form. Who switched the language below a refused one, or loaded the page again, is led on instead of refused.

    `seen` obtains what the address is about, so that for everybody else there is no such page; `page` names where the form stands, and
    `by` which attribute of what was obtained stands in its address ("" for none).
    """

    def decorator(view: View) -> View:
        @wraps(view)
        @require_http_methods(["GET", "HEAD", "POST"])
        def taking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            found = seen(acting(request), kwargs)
            return redirect(page, *([getattr(found, by)] if by else []))

        return taking

    return decorator
