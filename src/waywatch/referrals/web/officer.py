"""Pages of an agency's officers: what waits for them, one task opened, and what they write back."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from waywatch.accounts import api as accounts
from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting
from waywatch.lib.errors import InvalidError
from waywatch.referrals import access, officers, wording
from waywatch.referrals import export as exports
from waywatch.referrals.actions import answering, updating
from waywatch.referrals.errors import TooLateError, UnreadableError
from waywatch.referrals.forms import UPDATE_FORMS, ColleagueForm, DeclineForm
from waywatch.referrals.models import Handover
from waywatch.referrals.vocabulary import Ending, UpdateKind
from waywatch.tips import api as tips
from waywatch.vault import api as vault

PAGE = 50


def _the_handover(actor: Actor, named: dict[str, Any]) -> Handover:
    return access.handover_for(actor, named["handover_id"])


keeping = tips.keeping_what_was_typed(_the_handover, back="officer")
takes_a_form = tips.takes_a_form(_the_handover, "officer_task")


@login_required
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Show what was handed to the officer's agency, what must be answered soonest first; nothing of its content."""
    actor, now = acting(request), clock.now()
    agencies = access.enter_as_officer(actor)
    shown = request.GET.get("show", "open")
    shown = shown if shown in officers.SHOWN else "open"
    page = Paginator(officers.tasks(actor, shown), PAGE).get_page(request.GET.get("page"))
    context = {
        "agencies": agencies,
        "shown": shown,
        "tabs": [
            ("open", gettext("To answer")),
            ("accepted", gettext("Accepted")),
            ("gone", gettext("Went elsewhere")),
        ],
        "page_obj": page,
        "rows": officers.task_rows(actor, page, now),
        "query": f"show={shown}",
        "is_unlocked": vault.is_unlocked(request),
    }
    return render(request, "referrals/tasks.html", context)


@login_required
@require_safe
def task(request: HttpRequest, handover_id: uuid.UUID) -> HttpResponse:
    """Show a handover: from outside while the keys are locked or the copy is gone, else what the desk let go."""
    handover = access.handover_for(acting(request), handover_id)
    if handover.sealed is None and handover.ending == Ending.ACCEPTED:
        return _outside(request, handover, sentence=gettext("It was destroyed when its time was over."))
    if handover.sealed is None or not vault.is_unlocked(request):
        return _outside(request, handover)
    try:
        return _show(request, handover)
    except (vault.KeyMissingError, UnreadableError) as error:
        return _outside(request, handover, sentence=str(error))


def _outside(request: HttpRequest, handover: Handover, sentence: str = "") -> HttpResponse:
    """Show what can be known without a key that opens it; it can still be declined."""
    [row] = officers.task_rows(acting(request), [handover], clock.now())
    context = {"row": row, "sentence": sentence, "decline": _decline_form()}
    return render(request, "referrals/task.html", context)


def _show(request: HttpRequest, handover: Handover, *, refused: Form | None = None) -> HttpResponse:
    """Render an opened handover; a form that was `refused` stands there with all that was typed."""
    actor, unlocked = acting(request), vault.unlocked(request)
    document = answering.open_handover(actor, handover=handover, unlocked=unlocked)
    updates = updating.open_updates(handover, unlocked, as_desk=False)
    names = accounts.account_names(each.row.written_by_id for each in updates)
    [row] = officers.task_rows(actor, [handover], clock.now())
    forms: dict[str, Form] = {kind.value: form(auto_id=f"{kind.value}_%s") for kind, form in UPDATE_FORMS.items()}
    forms |= {name: refused for name in forms if type(refused) is type(forms[name]) and refused}
    context = {
        "row": row,
        "document": document,
        "answers": wording.parts_of(document),
        "incidents": wording.incidents(document.incident, updates),
        "updates": wording.update_rows(updates, names, other=row.desk, as_desk=False),
        "forms": forms,
        "decline": _decline_form(),
        "colleague": refused if isinstance(refused, ColleagueForm) else _colleague_form(actor, handover),
    }
    return render(request, "referrals/task.html", context)


@login_required
@require_safe
@vault.needs_unlock
def export(request: HttpRequest, handover_id: uuid.UUID, form: str) -> HttpResponse:
    """Give an opened handover as a file: "eido" or "pdf". It is written down who took it."""
    actor, unlocked, now = acting(request), vault.unlocked(request), clock.now()
    handover = access.handover_for(actor, handover_id)
    if handover.ending != Ending.ACCEPTED:
        raise TooLateError(gettext("Accept it first; then it can be taken as a file."))
    document = answering.open_handover(actor, handover=handover, unlocked=unlocked, act="exported")
    [row] = officers.task_rows(actor, [handover], now)
    updates = updating.open_updates(handover, unlocked, as_desk=False)
    [agency] = [each.name for each in access.agencies_of(actor) if each.id == handover.agency_id]
    handed = exports.HandedOver(row, document, wording.incidents(document.incident, updates), agency, now)
    ending, kind, make = FILES[form]
    name = f"handover-{handover.pk.hex[:8]}.{ending}"  # two tasks in one folder must not take each other's place
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(make(handed), content_type=kind, headers=headers)


FILES: dict[str, tuple[str, str, Callable[[exports.HandedOver], str | bytes]]] = {
    "eido": ("eido.json", "application/json", exports.as_eido),
    "pdf": ("pdf", "application/pdf", exports.as_pdf),
}


def _decline_form(typed: Any = None) -> DeclineForm:
    return DeclineForm(typed, auto_id="decline_%s")


def _colleague_form(actor: Actor, handover: Handover, typed: Any = None) -> ColleagueForm:
    assert handover.agency_id is not None
    others = vault.colleagues(actor, handover.agency_id)
    others.pop(tips.who(actor), None)
    return ColleagueForm(typed, colleagues=others)


@login_required
@takes_a_form
@keeping
def accept(request: HttpRequest, handover_id: uuid.UUID) -> HttpResponse:
    """Accept a handover."""
    actor = acting(request)
    answering.accept(actor, handover=access.handover_for(actor, handover_id))
    messages.success(request, gettext("It is yours. The desk sees that you have accepted it."))
    return redirect("officer_task", handover_id)


@login_required
@takes_a_form
def decline(request: HttpRequest, handover_id: uuid.UUID) -> HttpResponse:
    """Decline a handover. Whoever holds no key can do this, too."""
    actor = acting(request)
    handover, form = access.handover_for(actor, handover_id), _decline_form(request.POST)
    if not form.is_valid():
        raise InvalidError(gettext("Choose one of the reasons, or none."), field="reason")
    answering.decline(actor, handover=handover, reason=form.cleaned_data["reason"])
    messages.success(request, gettext("It goes to the next contact. Your copy is gone."))
    return redirect("officer")


@login_required
@takes_a_form
@keeping
def give(request: HttpRequest, handover_id: uuid.UUID) -> HttpResponse:
    """Give an accepted handover to a colleague."""
    actor = acting(request)
    handover = access.handover_for(actor, handover_id)
    form = _colleague_form(actor, handover, request.POST)
    if not form.is_valid():
        return _show(request, handover, refused=form)
    try:
        answering.give_on(actor, handover=handover, to=uuid.UUID(form.cleaned_data["colleague"]))
    except InvalidError as error:
        form.add_error("colleague", str(error))
        return _show(request, handover, refused=form)
    messages.success(request, gettext("It is given to your colleague, who is told."))
    return redirect("officer_task", handover_id)


@login_required
@takes_a_form
@keeping
def update(request: HttpRequest, handover_id: uuid.UUID, kind: str) -> HttpResponse:
    """Write to the desk: a 911 incident, an outcome, a message."""
    actor = acting(request)
    handover = access.handover_for(actor, handover_id)
    form = UPDATE_FORMS[UpdateKind(kind)](request.POST, auto_id=f"{kind}_%s")
    if not form.is_valid():
        return _show(request, handover, refused=form)
    updating.write_update(actor, handover=handover, kind=UpdateKind(kind), said=form.said(), by_desk=False)
    messages.success(request, gettext("It is saved, sealed, and the desk is told that something waits."))
    return redirect("officer_task", handover_id)
