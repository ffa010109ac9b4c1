"""Whom a desk trusts, and how it decides. Supervisors of the desk only."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.policy import api as policy
from waywatch.referrals.models import KnownDuty, Practice, TrustedContact
from waywatch.tips import api as tips
from waywatch.vault import api as vault

SECRETS = ("name_encrypted", "phone_encrypted", "county_encrypted", "verified_on")


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What is known of a trusted contact; `fields` by the names of the model, `verified_on` when somebody made sure of it."""

    name: str
    phone: str
    county: str
    verified_on: dt.date
    fields: dict[str, Any]


def add_contact(actor: Actor, *, desk: vault.KeyringCard, facts: ContactFacts) -> TrustedContact:
    """Add a trusted contact to a desk."""
    tips.must_supervise(actor, desk.id)
    contact = TrustedContact(desk_id=desk.id)
    _fill(contact, facts)
    with transaction.atomic():
        contact.save(force_insert=True)
        audit.record("trusted_contact.added", subject_kind="trusted_contact", subject_id=contact.pk)
    return contact


def change_contact(actor: Actor, *, contact: TrustedContact, facts: ContactFacts) -> TrustedContact:
    """Change a trusted contact. Referrals that are under way keep the agency they were sealed to."""
    tips.must_supervise(actor, contact.desk_id)
    _fill(contact, facts)
    with transaction.atomic():
        contact.save(update_fields=[*SECRETS, *facts.fields])
        audit.record("trusted_contact.changed", subject_kind="trusted_contact", subject_id=contact.pk)
    return contact


def _fill(contact: TrustedContact, facts: ContactFacts) -> None:
    contact.name, contact.phone, contact.county_code = facts.name, facts.phone, facts.county
    contact.verified_on = facts.verified_on
    for name, value in facts.fields.items():
        setattr(contact, name, value)


def close_contact(actor: Actor, *, contact: TrustedContact) -> None:
    """Refer nothing to this contact any more; a referral under way passes it over."""
    tips.must_supervise(actor, contact.desk_id)
    with transaction.atomic():
        contact.closed_at = clock.now()
        contact.save(update_fields=["closed_at"])
        audit.record("trusted_contact.closed", subject_kind="trusted_contact", subject_id=contact.pk)


def choose_pack(actor: Actor, *, desk: vault.KeyringCard, pack: policy.Pack) -> None:
    """Let a desk decide by another policy pack from now on. What was decided stays as it was."""
    tips.must_supervise(actor, desk.id)
    with transaction.atomic():
        facts = {"pack": pack.id, "chosen_by_id": tips.who(actor), "chosen_at": clock.now()}
        Practice.objects.update_or_create(desk_id=desk.id, defaults=facts)
        audit.record("desk.pack_chosen", subject_kind="keyring", subject_id=desk.id, detail={"pack": pack.id})


def enter_duty(actor: Actor, *, desk: vault.KeyringCard, region: str, duty: policy.Duty, source: str) -> KnownDuty:
    """Enter a duty by law of a state or province; entered twice, the newer source stands."""
    tips.must_supervise(actor, desk.id)
    with transaction.atomic():
        facts = {"source": source, "entered_by_id": tips.who(actor), "entered_at": clock.now()}
        row, _ = KnownDuty.objects.update_or_create(desk_id=desk.id, region_id=region, duty=duty, defaults=facts)
        detail: dict[str, audit.JSON] = {"region": region, "duty": duty}
        audit.record("desk.duty_entered", subject_kind="keyring", subject_id=desk.id, detail=detail)
    return row


def remove_duty(actor: Actor, *, duty: KnownDuty) -> None:
    """Take a duty out again."""
    tips.must_supervise(actor, duty.desk_id)
    with transaction.atomic():
        detail: dict[str, audit.JSON] = {"region": duty.region_id, "duty": duty.duty}
        audit.record("desk.duty_removed", subject_kind="keyring", subject_id=duty.desk_id, detail=detail)
        duty.delete()
