"""Pages of the desk: what the policy says of a tip, referring it, what became of it, what the reporter may read."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting
from waywatch.lib.text import made_visible
from waywatch.policy import api as policy
from waywatch.referrals import access, deciding, queries, waiting, wording
from waywatch.referrals.actions import feedback, referring, updating
from waywatch.referrals.disclosure import free_words, present, question_of, reduced
from waywatch.referrals.errors import NotAllowedError, NotPermittedError, UnreviewedError, UnsignedError
from waywatch.referrals.forms import UPDATE_FORMS, CallForm, FeedbackForm, Offer, ReferForm
from waywatch.referrals.vocabulary import Kind, UpdateKind
from waywatch.tips import api as tips
from waywatch.vault import api as vault

PAGE = 50
ISOLATED = "\u2068%s\u2069"  # a stranger's direction ends where the words do; a label holds no markup
FORM = ["GET", "HEAD", "POST"]
LEFT_OUT = ("words", "timeline", "reporter")  # they show who noticed it: ticked by hand, or not at all


def _the_tip(actor: Actor, named: dict[str, Any]) -> tips.Tip:
    return tips.tip_for(actor, named["tip_id"])


keeping = tips.keeping_what_was_typed(_the_tip, back="desk")
takes_a_form = tips.takes_a_form(_the_tip, "desk_refer")


@dataclass(frozen=True, slots=True)
class AtWork:
    """An opened tip with who opened it, for one request. `reason` is why, where it is not the reader's own."""

    actor: Actor
    opened: tips.Opened
    unlocked: vault.Unlocked
    reason: str = ""

    @property
    def tip(self) -> tips.Tip:
        """Return the tip's row."""
        return self.opened.tip


def _at_work(request: HttpRequest, tip_id: uuid.UUID) -> AtWork:
    """Open the tip again for this request. Raises ReasonNeededError where it is not the reader's own and no reason goes along."""
    actor, unlocked = acting(request), vault.unlocked(request)
    given = tips.ReasonForm(request.POST)
    reason = given.cleaned_data["reason"] if given.is_valid() else ""
    return AtWork(actor, tips.open_tip(actor, tip_id=tip_id, unlocked=unlocked, reason=reason), unlocked, reason)


@login_required
@require_http_methods(FORM)
@vault.needs_unlock
def page(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Show what the policy says of a tip and what became of it. Where it is not the reader's own, ask for a reason first."""
    try:
        work = _at_work(request, tip_id)
    except tips.ReasonNeededError:
        return tips.ask_for_reason(request, tips.tip_for(acting(request), tip_id))
    return _show(request, work)


@login_required
@takes_a_form
@keeping
def refer(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Approve a chain of contacts and what goes to them."""
    work = _at_work(request, tip_id)
    form = _refer_form(work, deciding.decide(work.opened), request)
    if not form.is_valid():
        return _show(request, work, refused=form)
    referring.refer(work.actor, opened=work.opened, approval=form.approval())
    return _done(request, work, gettext("It is on its way to the first contact who can take it."))


@login_required
@takes_a_form
@keeping
def take_back(request: HttpRequest, tip_id: uuid.UUID, referral_id: uuid.UUID) -> HttpResponse:
    """Take back what nobody has accepted yet."""
    work = _at_work(request, tip_id)
    row = access.referral_for(work.actor, work.tip, referral_id)
    referring.take_back(work.actor, referral=row, tip=work.tip)
    return _done(request, work, gettext("What nobody had accepted is taken back."))


@login_required
@takes_a_form
@keeping
def call(request: HttpRequest, tip_id: uuid.UUID, handover_id: uuid.UUID) -> HttpResponse:
    """Write down a call to a contact without a key."""
    work = _at_work(request, tip_id)
    handover = access.desk_handover(work.actor, work.tip, handover_id)
    form = CallForm(request.POST, auto_id=f"call_{handover_id}_%s")
    if not form.is_valid():
        return _show(request, work, refused=form, at=handover_id)
    referring.tell_by_phone(work.actor, opened=work.opened, handover=handover, said=form.said())
    return _done(request, work, gettext("The call is written down, sealed."))


@login_required
@takes_a_form
@keeping
def unanswered(request: HttpRequest, tip_id: uuid.UUID, handover_id: uuid.UUID) -> HttpResponse:
    """Go on to the next contact where nobody answers the phone."""
    work = _at_work(request, tip_id)
    referring.nobody_answered(work.actor, handover=access.desk_handover(work.actor, work.tip, handover_id))
    return _done(request, work, gettext("Written down. The next contact is asked; if nobody is left, you are told."))


@login_required
@takes_a_form
@keeping
def update(request: HttpRequest, tip_id: uuid.UUID, handover_id: uuid.UUID, kind: str) -> HttpResponse:
    """Write to an agency: a 911 incident, an outcome told by phone, a message."""
    work = _at_work(request, tip_id)
    handover = access.desk_handover(work.actor, work.tip, handover_id)
    form = UPDATE_FORMS[UpdateKind(kind)](request.POST, auto_id=f"{kind}_{handover_id}_%s")
    if not form.is_valid():
        return _show(request, work, refused=form, at=handover_id)
    said = form.said()
    row = updating.write_update(work.actor, handover=handover, kind=UpdateKind(kind), said=said, by_desk=True)
    if handover.agency_id and row.to_agency is None:
        unread = gettext("It is saved, sealed, for the desk only: the key of %(name)s is not signed. Call them.")
        return _done(request, work, unread % {"name": handover.contact.name})
    return _done(request, work, gettext("It is saved, sealed."))


@login_required
@takes_a_form
@keeping
def release(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Release a sentence to the reporter."""
    work = _at_work(request, tip_id)
    form = FeedbackForm(request.POST, auto_id="feedback_%s")
    if not form.is_valid():
        return _show(request, work, refused=form)
    found = queries.referrals(work.actor, work.opened, work.unlocked)
    try:
        sentence = tips.Feedback(form.cleaned_data["sentence"])
        outcomes = feedback.newest_outcomes(found.handovers, found.updates)
        at = feedback.release(work.actor, tip=work.tip, sentence=sentence, outcomes=outcomes)
    except NotPermittedError as error:
        form.add_error("sentence", str(error))
        return _show(request, work, refused=form)
    moment = date_format(at, "DATETIME_FORMAT")
    return _done(request, work, gettext("The reporter reads it from %(moment)s on.") % {"moment": moment})


@login_required
@takes_a_form
@keeping
def withdraw(request: HttpRequest, tip_id: uuid.UUID) -> HttpResponse:
    """Take back a sentence that the reporter cannot read yet."""
    work = _at_work(request, tip_id)
    tips.withdraw_feedback(work.actor, tip=work.tip)
    return _done(request, work, gettext("The sentence is taken back."))


@login_required
@require_safe
def waiting_list(request: HttpRequest) -> HttpResponse:
    """Show the referrals of the actor's desks: whom to call, where nobody is left, what an agency wrote."""
    actor = acting(request)
    tips.enter(actor)
    found = waiting.waiting(actor).prefetch_related("handovers__contact")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"rows": waiting.waiting_rows(page), "page_obj": page, "query": ""}
    return render(request, "referrals/waiting.html", context)


def _done(request: HttpRequest, work: AtWork, said: str) -> HttpResponse:
    """Say what was done. A reader with a reason sees the page at once: to lead there again would ask for the reason again."""
    messages.success(request, said)
    if work.reason:
        return _show(request, work)
    return redirect("desk_refer", work.tip.pk)


def _refer_form(work: AtWork, decision: policy.Decision, request: HttpRequest | None = None) -> ReferForm:
    content = work.opened.content
    parts = present(content, decision.minimum)
    rows = queries.contact_rows(queries.contacts_for(work.actor, work.opened, decision), clock.now())
    offer = Offer(
        parts=parts,
        says=[tips.answers(tips.Content(reduced(content, [part]))) for part in parts],
        free=[
            (key, f"{question_of(key)}: {ISOLATED % made_visible(text)}") for key, text in free_words(content, parts)
        ],
        contacts=[(row.contact, row.words, row.on_duty) for row in rows],
    )
    initial = {
        "parts": [part for part in parts if part not in LEFT_OUT],
        "incident_number": content.observation.get("incident", "") if "reporter" in parts else "",
        "contacts": [str(row.contact.pk) for row in rows if row.on_duty and not row.contact.county_code],
    }
    return ReferForm(request.POST if request else None, offer=offer, initial=initial, auto_id="refer_%s")


def _show(
    request: HttpRequest, work: AtWork, *, refused: Form | None = None, at: uuid.UUID | None = None
) -> HttpResponse:
    """Render the page; a form that was `refused` stands there with all that was typed, `at` the handover it is about."""
    found = queries.referrals(work.actor, work.opened, work.unlocked)
    context: dict[str, Any] = {
        "tip": work.tip,
        "reason": work.reason,
        "referrals": [_with_forms(row, refused, at) for row in found.rows],
        "is_under_way": any(row.is_open for row in found.rows),
        "feedback": refused if isinstance(refused, FeedbackForm) else FeedbackForm(auto_id="feedback_%s"),
        "sentences": dict(tips.Feedback.choices),
        "is_pending": work.tip.feedback_at is not None and work.tip.feedback_at > clock.now(),
    }
    try:
        decision = deciding.decide(work.opened)
    except (NotAllowedError, UnreviewedError, UnsignedError) as error:
        context["undecided"] = str(error)
    else:
        context["decision"] = wording.decision_words(decision)
        context["may_refer"] = not set(Kind.values).isdisjoint(decision.recipients) and work.tip.closed_at is None
        context["form"] = refused if isinstance(refused, ReferForm) else _refer_form(work, decision)
    return render(request, "referrals/refer.html", context)


def _with_forms(
    row: queries.ReferralRow, refused: Form | None, at: uuid.UUID | None
) -> tuple[queries.ReferralRow, list[tuple[queries.HandoverRow, dict[str, Form]]]]:
    """Return a referral's handovers with their forms: empty, or the one that was refused as it was typed."""
    found = []
    for handover in row.handovers:
        here = handover.handover.pk
        kinds: dict[str, type[Form]] = {"call": CallForm, **{kind.value: form for kind, form in UPDATE_FORMS.items()}}
        known = {
            "call": {"agency": handover.name, "number": handover.phone}
        }  # of whom is called, as the desk wrote it down
        forms: dict[str, Form] = {
            name: form(auto_id=f"{name}_{here}_%s", initial=known.get(name)) for name, form in kinds.items()
        }
        for name, form in forms.items():
            if refused and at == here and type(refused) is type(form):
                forms[name] = refused
        found.append((handover, forms))
    return row, found
