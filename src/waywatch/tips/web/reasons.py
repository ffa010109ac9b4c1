"""The page that asks why somebody opens what is not theirs, with what is true of that tip: who has it, and how it becomes one's own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from waywatch.lib.actors import Actor, acting
from waywatch.tips import access
from waywatch.tips.actions import claims
from waywatch.tips.forms import ReasonForm
from waywatch.tips.models import Tip


def ask_for_reason(request: HttpRequest, tip: Tip) -> HttpResponse:
    """Ask for the reason; what was sent and is none stands there as refused."""
    actor = acting(request)
    supervises = access.supervises(actor, access.desk_for(actor, tip.keyring_id))
    form = ReasonForm(request.POST or None, supervises=supervises)
    return render(request, "desk/reason.html", {"tip_id": tip.pk, "form": form, "whose": _whose(tip, actor)})


def _whose(tip: Tip, actor: Actor) -> str:
    if tip.closed_at is not None:
        return "finished"
    if tip.claimed_by_id == actor.account_id:
        return "taken"
    return "colleague" if claims.is_others(tip, actor) else "nobody"
