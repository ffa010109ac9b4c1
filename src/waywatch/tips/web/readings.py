"""Pages about opening what is not one's own: asking for a second person, and a supervisor's look through what was opened."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from waywatch.lib.actors import acting
from waywatch.tips import access, queries
from waywatch.tips.actions import readings
from waywatch.tips.forms import SecondForm
from waywatch.tips.web.posting import takes_a_form

PAGE = 50


@login_required
@takes_a_form(lambda actor, named: access.tip_for(actor, named["tip_id"]), "desk_read")
def ask_second(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Ask the team to allow opening one more tip that is not one's own."""
    actor = acting(request)
    tip = access.tip_for(actor, tip_id)
    form = SecondForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/second.html", {"tip_id": tip.pk, "form": form})
    readings.ask_for_second(actor, tip=tip, reason=form.cleaned_data["why"])
    messages.success(
        request, gettext("Your team was told. When somebody has allowed it, open the tip again within the hour.")
    )
    return redirect("desk_tip", tip_id)


@login_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show who opened what was not theirs, and why, newest first; what nobody has looked at stands first."""
    actor = acting(request)
    page = Paginator(queries.readings(actor), PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/readings.html", {"page_obj": page, "rows": queries.reading_rows(actor, page)})


@login_required
@takes_a_form(lambda actor, named: access.reading_for(actor, named["reading_id"]), "desk_readings", by="")
def review(request: HttpRequest, reading_id: uuid.UUID) -> HttpResponse:
    """Mark one as looked at."""
    actor = acting(request)
    readings.review(actor, reading=access.reading_for(actor, reading_id))
    messages.success(request, gettext("Marked as looked at."))
    return redirect("desk_readings")
