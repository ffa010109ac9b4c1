"""Pages of the desk about whom it trusts and how it decides. The team reads them; a supervisor changes them."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting
from waywatch.referrals import access, deciding, queries
from waywatch.referrals.actions import contacts
from waywatch.referrals.forms import ContactForm, DutyForm, PackForm
from waywatch.referrals.models import KnownDuty, TrustedContact
from waywatch.tips import api as tips
from waywatch.vault import api as vault

FORM = ["GET", "HEAD", "POST"]


def _the_desk(actor: Actor, named: dict[str, Any]) -> vault.KeyringCard:
    return tips.desk_for(actor, named["desk_id"])


def _the_contact(actor: Actor, named: dict[str, Any]) -> TrustedContact:
    return access.contact_for(actor, named["contact_id"])


def _the_duty(actor: Actor, named: dict[str, Any]) -> KnownDuty:
    return access.duty_for(actor, named["duty_id"])


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show the trusted contacts of the actor's only desk, or let choose a desk."""
    actor = acting(request)
    desks = tips.enter(actor)
    if len(desks) == 1:
        return _show(request, actor, desks[0])
    return render(request, "referrals/desks.html", {"desks": desks})


@login_required
@require_safe
def desk(request: HttpRequest, desk_id: uuid.UUID) -> HttpResponse:
    """Show the trusted contacts of a desk, the policy in use and the known duties."""
    actor = acting(request)
    return _show(request, actor, tips.desk_for(actor, desk_id))


def _show(request: HttpRequest, actor: Actor, row: vault.KeyringCard, refused: Form | None = None) -> HttpResponse:
    packs, chosen = deciding.signed_packs(), deciding.chosen_pack(row.id)
    listed = access.contacts_of(actor).filter(desk_id=row.id)
    context = {
        "desk": row,
        "rows": queries.contact_rows(listed, clock.now()),
        "supervises": tips.supervises(actor, row),
        "duties": queries.duty_rows(actor, row.id),
        "pack": refused if isinstance(refused, PackForm) else PackForm(packs=packs, initial={"pack": chosen}),
        "unsigned": "" if chosen in packs else chosen,
        "is_reviewed": chosen not in packs or packs[chosen].is_reviewed,
        "duty": refused if isinstance(refused, DutyForm) else DutyForm(regions=row.regions, auto_id="duty_%s"),
    }
    return render(request, "referrals/contacts.html", context)


@login_required
@require_http_methods(FORM)
def new(request: HttpRequest, desk_id: uuid.UUID) -> HttpResponse:
    """Add a trusted contact."""
    actor = acting(request)
    row = tips.desk_for(actor, desk_id)
    tips.must_supervise(actor, desk_id)
    form = _form(request, row)
    if request.method == "POST" and form.is_valid():
        contacts.add_contact(actor, desk=row, facts=form.facts())
        messages.success(request, gettext("The trusted contact is added."))
        return redirect("desk_contacts", row.id)
    return render(request, "referrals/contact_form.html", {"form": form, "desk": row, "contact": None})


@login_required
@require_http_methods(FORM)
def edit(request: HttpRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Change a trusted contact."""
    actor = acting(request)
    contact = access.contact_for(actor, contact_id)
    tips.must_supervise(actor, contact.desk_id)
    row = tips.desk_for(actor, contact.desk_id)
    form = _form(request, row, contact)
    if request.method == "POST" and form.is_valid():
        contacts.change_contact(actor, contact=contact, facts=form.facts())
        messages.success(request, gettext("The trusted contact is changed."))
        return redirect("desk_contacts", row.id)
    return render(request, "referrals/contact_form.html", {"form": form, "desk": row, "contact": contact})


def _form(request: HttpRequest, desk: vault.KeyringCard, contact: TrustedContact | None = None) -> ContactForm:
    initial: dict[str, Any] = ContactForm.initial_of(contact) if contact else {}
    return ContactForm(request.POST or None, regions=desk.regions, agencies=vault.agency_keys(), initial=initial)


@login_required
@tips.takes_a_form(_the_contact, "desk_contact_edit")
def close(request: HttpRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Refer nothing to a contact any more."""
    actor = acting(request)
    contact = access.contact_for(actor, contact_id)
    contacts.close_contact(actor, contact=contact)
    messages.success(request, gettext("Nothing is referred to this contact any more."))
    return redirect("desk_contacts", contact.desk_id)


@login_required
@tips.takes_a_form(_the_desk, "desk_contacts", by="id")
def pack(request: HttpRequest, desk_id: uuid.UUID) -> HttpResponse:
    """Choose the policy pack of a desk."""
    actor = acting(request)
    row = tips.desk_for(actor, desk_id)
    tips.must_supervise(actor, desk_id)
    form = PackForm(request.POST, packs=deciding.signed_packs())
    if not form.is_valid():
        return _show(request, actor, row, form)
    contacts.choose_pack(actor, desk=row, pack=form.packs[form.cleaned_data["pack"]])
    messages.success(request, gettext("From now on the desk decides by this policy."))
    return redirect("desk_contacts", row.id)


@login_required
@tips.takes_a_form(_the_desk, "desk_contacts", by="id")
def duty(request: HttpRequest, desk_id: uuid.UUID) -> HttpResponse:
    """Enter a duty by law."""
    actor = acting(request)
    row = tips.desk_for(actor, desk_id)
    tips.must_supervise(actor, desk_id)
    form = DutyForm(request.POST, regions=row.regions, auto_id="duty_%s")
    if not form.is_valid():
        return _show(request, actor, row, form)
    contacts.enter_duty(actor, desk=row, **form.cleaned_data)
    messages.success(request, gettext("The duty is entered."))
    return redirect("desk_contacts", row.id)


@login_required
@tips.takes_a_form(_the_duty, "desk_contacts", by="desk_id")
def duty_remove(request: HttpRequest, duty_id: uuid.UUID) -> HttpResponse:
    """Take a duty out again."""
    actor = acting(request)
    row = access.duty_for(actor, duty_id)
    contacts.remove_duty(actor, duty=row)
    messages.success(request, gettext("The duty is taken out."))
    return redirect("desk_contacts", row.desk_id)
