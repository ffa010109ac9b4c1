"""Pages of a hotline's desk: the queue, a tip from outside, an opened tip, and what an advocate does with it."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting
from waywatch.tips import access, elsewhere, queries
from waywatch.tips.actions import asking, assessing, claims, joining, opening, retention
from waywatch.tips.errors import JoinedError, ReasonNeededError, SecondNeededError, UnreadableError
from waywatch.tips.forms import AskForm, AssessmentForm, FinishForm, JoinForm, NoteForm, ReasonForm, SecondForm
from waywatch.tips.models import EntryKind, Tip
from waywatch.tips.photos import opened_photos
from waywatch.tips.vocabulary import OutcomeKind
from waywatch.tips.web.keeping import keeping_what_was_typed
from waywatch.tips.web.opened import show
from waywatch.tips.web.posting import takes_a_form
from waywatch.tips.web.reasons import ask_for_reason
from waywatch.vault import api as vault

PAGE = 20  # a page of the queue costs what its rows cost (make bench NAME=intake)
FORM = ["GET", "HEAD", "POST"]


def _the_tip(actor: Actor, named: dict[str, Any]) -> Tip:
    return access.tip_for(actor, named["tip_id"])


keeping = keeping_what_was_typed(_the_tip, back="desk")


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show the tips that wait, most urgent and oldest first, with their clocks; nothing of their content."""
    actor, now = acting(request), clock.now()
    desks = access.enter(actor)
    shown = request.GET.get("show", "waiting")
    shown = shown if shown in queries.SHOWN else "waiting"
    counts = queries.waiting_counts(actor, now)
    paginator = Paginator(queries.queue(actor, shown), PAGE)
    if shown == "waiting":
        paginator.count = sum(each.waiting for each in counts)  # counted already
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "desks": desks,
        "shown": shown,
        "tabs": [("waiting", gettext("Waiting")), ("mine", gettext("Mine")), ("finished", gettext("Finished"))],
        "counts": counts,
        "page_obj": page,
        "rows": queries.queue_rows(actor, page, now),
        "query": f"show={shown}",
        "is_unlocked": vault.is_unlocked(request),
        "wanting": elsewhere.wanting(actor),
        "supervised": [desk for desk in desks if access.supervises(actor, desk)],
    }
    return render(request, "desk/queue.html", context)


@login_required
@require_safe
def tip(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Show a tip from outside: what can be known of it without a key, and what was done with it."""
    actor = acting(request)
    row = access.tip_for(actor, tip_id)
    context = {
        "tip": row,
        "row": queries.outside(row, actor, clock.now(), has_answer=queries.has_unread(row)),
        "history": queries.history(row),
        "is_others": claims.is_others(row, actor),
        "supervises": access.supervises(actor, access.desk_for(actor, row.keyring_id)),
    }
    return render(request, "desk/tip.html", context)


@login_required
@takes_a_form(_the_tip, "desk_tip")
def claim(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Take a tip and go on to open it."""
    actor = acting(request)
    claims.claim(actor, tip=access.tip_for(actor, tip_id))
    return redirect("desk_read", tip_id)


@login_required
@takes_a_form(_the_tip, "desk_tip")
def release(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Put a tip back into the queue."""
    actor = acting(request)
    claims.release(actor, tip=access.tip_for(actor, tip_id))
    messages.success(request, gettext("It is back in the queue."))
    return redirect("desk")


@login_required
@require_http_methods(FORM)
@vault.needs_unlock
def read(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Open a tip and show its content. Where it is not the reader's own, ask for a reason first."""
    opened = _opened_or_asked(request, tip_id)
    return opened if isinstance(opened, HttpResponse) else show(request, opened)


@login_required
@require_http_methods(FORM)
@vault.needs_unlock
def photos(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Open a tip and show the photos that came with it, and nothing else: they are looked at on purpose."""
    opened = _opened_or_asked(request, tip_id)
    if isinstance(opened, HttpResponse):
        return opened
    shown = opened_photos(opened.tip, opened.content.photos)
    return render(request, "desk/photos.html", {"tip": opened.tip, "photos": shown})


def _opened_or_asked(request: HttpRequest, tip_id: uuid.UUID) -> opening.Opened | HttpResponse:
    """Open a tip, or return the page that says what has to be done first."""
    form = ReasonForm(request.POST or None)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        return opening.open_tip(acting(request), tip_id=tip_id, unlocked=vault.unlocked(request), reason=reason)
    except ReasonNeededError:
        return ask_for_reason(request, access.tip_for(acting(request), tip_id))
    except SecondNeededError as error:
        return render(request, "desk/second.html", {"tip_id": tip_id, "form": SecondForm(), "sentence": str(error)})
    except UnreadableError as error:
        return render(request, "desk/unreadable.html", {"tip_id": tip_id, "sentence": str(error)})


@login_required
@takes_a_form(_the_tip, "desk_read")
@keeping
def assess(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Save an assessment."""
    form = AssessmentForm(request.POST, auto_id="assess_%s")
    return _write(request, tip_id, EntryKind.ASSESSMENT, form, gettext("The assessment is saved, sealed."))


@login_required
@takes_a_form(_the_tip, "desk_read")
@keeping
def note(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Save a note."""
    form = NoteForm(request.POST, auto_id="note_%s")
    return _write(request, tip_id, EntryKind.NOTE, form, gettext("The note is saved, sealed."))


@login_required
@takes_a_form(_the_tip, "desk_read")
@keeping
def ask(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Ask the reporter something."""
    actor = acting(request)
    opened = opening.open_tip(actor, tip_id=tip_id, unlocked=vault.unlocked(request))
    form = AskForm(request.POST, auto_id="ask_%s")
    if not form.is_valid():
        return show(request, opened, refused=form)
    asking.ask(actor, tip=opened.tip, key=opened.key, text=form.cleaned_data["text"])
    messages.success(
        request, gettext("Asked. The reporter finds it with the receipt words; you are told of an answer.")
    )
    return redirect("desk_read", tip_id)


@login_required
@takes_a_form(_the_tip, "desk_read")
@keeping
def join(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Join a tip to another one that tells of the same, and go on with that one."""
    actor = acting(request)
    opened = opening.open_tip(actor, tip_id=tip_id, unlocked=vault.unlocked(request))
    form = JoinForm(request.POST)
    if not form.is_valid():
        raise JoinedError(gettext("These two cannot be joined. Join this one to another tip of the same desk."))
    leading = joining.join(actor, opened=opened, leading=access.tip_for(actor, form.cleaned_data["leading"]))
    messages.success(request, gettext("Joined. What is released from now on, both reporters read."))
    return redirect("desk_tip", leading.pk)


@login_required
@takes_a_form(_the_tip, "desk_tip")
def part(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Part a joined tip again."""
    actor = acting(request)
    joining.part(actor, tip=access.tip_for(actor, tip_id))
    messages.success(request, gettext("Parted. It is back in the queue, and yours."))
    return redirect("desk_tip", tip_id)


@login_required
@takes_a_form(_the_tip, "desk_read")
@keeping
def finish(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Finish a tip with its outcome."""
    form = FinishForm(request.POST, auto_id="finish_%s")
    return _write(request, tip_id, EntryKind.OUTCOME, form, gettext("The tip is finished."))


def _write(
    request: HttpRequest, tip_id: uuid.UUID, kind: EntryKind, form: AssessmentForm | NoteForm | FinishForm, said: str
) -> HttpResponse:
    """Seal what a form holds; show the opened tip with the form where it was refused. An outcome finishes the tip."""
    actor = acting(request)
    opened = opening.open_tip(actor, tip_id=tip_id, unlocked=vault.unlocked(request))
    if not form.is_valid():
        return show(request, opened, refused=form)
    if kind == EntryKind.OUTCOME:
        unfounded = form.cleaned_data["outcome"] == OutcomeKind.UNFOUNDED
        opening.finish(actor, opened=opened, text=form.as_text(), unfounded=unfounded)
    elif isinstance(form, AssessmentForm):
        assessing.assess(actor, opened=opened, said=form.said())
    else:
        opening.write_entry(actor, opened=opened, kind=kind, text=form.as_text())
    messages.success(request, said)
    return redirect("desk") if kind == EntryKind.OUTCOME else redirect("desk_read", tip_id)


@login_required
@takes_a_form(_the_tip, "desk_read")
@vault.needs_unlock
def unreadable(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Finish a tip whose seal does not open."""
    actor = acting(request)
    opening.finish_unreadable(actor, tip=access.tip_for(actor, tip_id), unlocked=vault.unlocked(request))
    messages.success(request, gettext("The tip is finished as unreadable."))
    return redirect("desk")


@login_required
@takes_a_form(_the_tip, "desk_tip")
def hold(request: HttpRequest, tip_id: uuid.UUID, *, holds: bool) -> HttpResponse:
    """Keep a tip beyond its term, or let the term count again."""
    actor = acting(request)
    row = access.tip_for(actor, tip_id)
    if holds:
        retention.hold(actor, tip=row)
        messages.success(request, gettext("It is kept until somebody lifts the hold."))
    else:
        retention.lift_hold(actor, tip=row)
        messages.success(request, gettext("Its term counts again."))
    return redirect("desk_tip", tip_id)
