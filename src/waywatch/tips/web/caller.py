"""A caller on the line: what an advocate types is sealed in the browser like a phone's tip. No address here takes it in the clear."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from waywatch.lib.actors import acting
from waywatch.tips import access, program

NOBODY = uuid.UUID(
    "00000000-0000-4000-8000-000000000000"
)  # its place in an address is taken by the tip's id, in the browser


@login_required
@require_safe
def caller(request: HttpRequest) -> HttpResponse:
    """Show the questions of the phone page on one page, with what to say."""
    desks = access.enter(acting(request))
    context = {"desks": desks, "nobody": NOBODY, "root": program.root_key(), "at_desk": True}
    return render(request, "desk/caller.html", context | program.questions((get_language() or "en")[:2]))
