"""Referring a tip: one approval seals a minimum to each contact of a chain. What is handed over, and when, the clocks decide (turns.py)."""

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from procrastinate.contrib.django import app

from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.policy import api as policy
from waywatch.tips.actions import claims, opening
from waywatch.tips.content import write_content
from waywatch.tips.disclosure import present, reduced
from waywatch.tips.errors import NotAllowedError, TooLateError
from waywatch.tips.models import Contact, Ending, EntryKind, Handover, Referral
from waywatch.vault import api as vault

MOVE_ON, CLOCKS = "tips.move_on", "clocks"  # the job of tasks.py, and its queue
INFO = b"waywatch handover v1\0"
ANSWER_INFO = b"waywatch answer v1\0"


@dataclass(frozen=True, slots=True)
class Approval:
    """What an advocate approves: these parts of the tip, with these words of the desk, to these contacts in this order."""

    contacts: Sequence[Contact]
    parts: Collection[str]
    words: str
    decision: policy.Decision


def refer(actor: Actor, *, opened: opening.Opened, approval: Approval) -> Referral:
    """Seal the minimum to each contact and start the chain. Raises NotAllowedError where the policy does not let it go."""
    _require_allowed(opened, approval)
    with transaction.atomic():
        tip = claims.locked(opened.tip)
        row = Referral(tip=tip, desk_id=tip.keyring_id, approved_by_id=claims.who(actor))
        row.save(force_insert=True)
        document = _document(opened, approval)
        for position, contact in enumerate(approval.contacts, start=1):
            _add(row, contact, document, position, tip.urgency or tip.claimed_urgency)
        kept = approval.decision.as_json() | {
            "parts": sorted(approval.parts),
            "words": approval.words,
            "contacts": [contact.name for contact in approval.contacts],
        }
        opening.write_entry(actor, opened=opened, kind=EntryKind.REFERRAL, text=json.dumps(kept))
        detail: dict[str, audit.JSON] = {"contacts": len(approval.contacts), "pack": approval.decision.pack}
        audit.record("tip.referred", subject_kind="tip", subject_id=tip.pk, detail=detail)
        _move_on(row.pk)
    return row


def _require_allowed(opened: opening.Opened, approval: Approval) -> None:
    decision = approval.decision
    if decision.outcome == "must_not" or "law_enforcement" not in decision.recipients:
        raise NotAllowedError(gettext("The policy does not let this tip go to a trusted contact."))
    if not approval.contacts or not set(approval.parts) <= set(present(opened.content, decision.minimum)):
        raise NotAllowedError(gettext("Choose at least one contact, and no part that the policy keeps back."))


def _document(opened: opening.Opened, approval: Approval) -> bytes:
    decision = approval.decision
    facts = {"language": opened.content.language, "sealed_at": opened.content.sealed_at, "source": approval.words}
    return write_content(reduced(opened.content, approval.parts), policy=f"{decision.pack} {decision.version}", **facts)


def _add(referral: Referral, contact: Contact, document: bytes, position: int, urgency: int) -> None:
    row = Handover(referral=referral, contact=contact, desk_id=referral.desk_id, position=position, urgency=urgency)
    if contact.agency_id:
        sealed = vault.seal_to(contact.agency_id, vault.pad(document), INFO + row.pk.bytes)
        row.agency_id, row.agency_version, row.sealed = contact.agency_id, sealed.version, sealed.sealed
    row.save(force_insert=True)


def _move_on(referral_id: uuid.UUID) -> None:
    """Let the worker hand it to whoever is next, once this transaction holds."""
    app.configure_task(MOVE_ON, queue=CLOCKS).defer(referral_id=str(referral_id))


def tell_by_phone(actor: Actor, *, opened: opening.Opened, handover: Handover, said: dict[str, Any]) -> Handover:
    """Write down that a contact without a key was told by phone: it ends the chain as an acceptance does. Raises TooLateError."""
    with transaction.atomic():
        _end(handover, Ending.CALLED, actor, by_desk=True)
        text = json.dumps(said | {"contact": handover.contact.name})
        opening.write_entry(actor, opened=opened, kind=EntryKind.CALL, text=text)
        _record("called", handover)
        _move_on(handover.referral_id)
    return handover


def answer(actor: Actor, *, handover: Handover, accepts: bool) -> Handover:
    """Accept or decline a handover for the own agency: of several who answer exactly one does. Raises TooLateError."""
    with transaction.atomic():
        _end(handover, Ending.ACCEPTED if accepts else Ending.DECLINED, actor, by_desk=False)
        _record("accepted" if accepts else "declined", handover)
        _move_on(handover.referral_id)
    return handover


def _end(handover: Handover, ending: Ending, actor: Actor, *, by_desk: bool) -> None:
    now = clock.now()
    found = Handover.objects.filter(pk=handover.pk, handed_at__isnull=False, ended_at=None, due_at__gt=now)
    found = found.filter(agency=None) if by_desk else found.exclude(agency=None)
    if not found.update(ended_at=now, ending=ending, answered_by_id=claims.who(actor)):
        raise TooLateError(
            gettext("This was answered already, or its time has run out and it went to the next contact.")
        )
    handover.ended_at, handover.ending, handover.answered_by_id = now, ending, actor.account_id


def open_handover(*, handover: Handover, unlocked: vault.Unlocked) -> bytes:
    """Return the minimum that was sealed to the actor's agency, and write down that it was opened."""
    assert handover.agency_id is not None
    assert handover.agency_version is not None
    padded = unlocked.open(
        handover.agency_id, handover.agency_version, bytes(handover.sealed or b""), INFO + handover.pk.bytes
    )
    with transaction.atomic():
        _record("opened", handover)
    return vault.unpad(padded)


def _record(act: str, handover: Handover) -> None:
    audit.record(f"handover.{act}", subject_kind="handover", subject_id=handover.pk)
