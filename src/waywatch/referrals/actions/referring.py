"""Referring a tip: one approval seals a minimum to each contact of a chain. What is handed over, and when, the clocks decide (turns.py)."""

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext
from procrastinate.contrib.django import app

from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.policy import api as policy
from waywatch.referrals import deciding
from waywatch.referrals.disclosure import (
    LANGUAGES,
    Document,
    free_words,
    present,
    reduced,
    when_reported,
    when_sealed,
    write_document,
    write_incident,
)
from waywatch.referrals.errors import NotAllowedError, TooLateError, UnreadableError
from waywatch.referrals.models import Handover, Referral, TrustedContact
from waywatch.referrals.rules import Incident
from waywatch.referrals.vocabulary import SETTLED, Ending
from waywatch.tips import api as tips
from waywatch.vault import api as vault

MOVE_ON, CLOCKS = "referrals.move_on", "clocks"  # the job of tasks.py, and its queue
HANDOVER = b"waywatch handover v1\0"
APPROVAL = b"waywatch approval v1\0"
CALL = b"waywatch call v1\0"


@dataclass(frozen=True, slots=True)
class Approval:
    """What an advocate approves: these parts of the tip, of their free words those of these keys, words of the desk, contacts in order."""

    contacts: Sequence[TrustedContact]
    parts: Collection[str]
    free: Collection[str] = ()
    words: str = ""
    incident: Incident | None = None


def refer(actor: Actor, *, opened: tips.Opened, approval: Approval) -> Referral:
    """Seal the minimum to each contact and start the chain.

    Raises NotAllowedError where the policy does not let it go, where another referral of the tip is under way, or where it is too long.
    """
    decision = deciding.decide(opened)
    _require_allowed(opened, approval, decision)
    with transaction.atomic():
        tip = tips.at_work(actor, opened.tip)
        _require_none(Handover.objects.filter(referral__tip=tip, ended_at=None))
        row = Referral(id=uuid.uuid4(), tip=tip, desk_id=tip.keyring_id, approved_by_id=tips.who(actor))
        row.locked = vault.lock(opened.key, _approved(approval, decision), bound_to=APPROVAL + row.pk.bytes)
        row.save(force_insert=True)
        document = padded(write_document(_document(opened, approval, decision)))
        for position, contact in enumerate(approval.contacts, start=1):
            _add(row, contact, document, position, opened)
        detail: dict[str, audit.JSON] = {"contacts": len(approval.contacts), "pack": decision.pack}
        audit.record("tip.referred", subject_kind="tip", subject_id=tip.pk, detail=detail)
        move_on_soon(row.pk)
    return row


def _require_allowed(opened: tips.Opened, approval: Approval, decision: policy.Decision) -> None:
    if decision.outcome == "must_not" or not {each.kind for each in approval.contacts} <= set(decision.recipients):
        raise NotAllowedError(gettext("The policy does not let this tip go to these contacts."))
    free = {key for key, _ in free_words(opened.content, approval.parts)}
    within = set(approval.parts) <= set(present(opened.content, decision.minimum)) and set(approval.free) <= free
    if not approval.contacts or not within or not (approval.parts or approval.words):
        raise NotAllowedError(gettext("Choose at least one contact, and no part that the policy keeps back."))


def refuse_while_under_way(fact: tips.TipFinishing) -> None:
    """Refuse to finish a tip that nobody has taken yet and somebody may still get. Raises NotAllowedError."""
    waiting = Handover.objects.filter(referral__tip_id=fact.tip_id, ended_at=None)
    _require_none(
        waiting.exclude(referral__handovers__ending__in=SETTLED)
    )  # of a settled chain the rest ends by itself


def _require_none(under_way: QuerySet[Handover]) -> None:
    if under_way.exists():
        raise NotAllowedError(gettext("A referral of this tip is under way. Take it back first, or wait for its end."))


def padded(text: bytes) -> bytes:
    """Return a text filled up to one of the sizes. Raises NotAllowedError where it is longer than the longest."""
    try:
        return vault.pad(text)
    except vault.SealError:
        raise NotAllowedError(gettext("This is too long to be sealed. Take something out.")) from None


def _approved(approval: Approval, decision: policy.Decision) -> bytes:
    kept = {
        "decision": decision.as_json(),
        "parts": sorted(approval.parts),
        "free": sorted(approval.free),
        "words": approval.words,
        "incident": write_incident(approval.incident) if approval.incident else None,
        "contacts": [str(contact.pk) for contact in approval.contacts],
    }
    return json.dumps(kept).encode()


def approved(opened: tips.Opened, referral: Referral) -> dict[str, Any]:
    """Return what was approved, with the policy's decision and its trace. Raises UnreadableError."""
    return dict(json.loads(_unlocked(opened, bytes(referral.locked), APPROVAL + referral.pk.bytes)))


def _unlocked(opened: tips.Opened, locked: bytes, bound_to: bytes) -> bytes:
    try:
        return vault.unlock(opened.key, locked, bound_to=bound_to)
    except vault.SealError:
        raise UnreadableError(gettext("This does not open: it was changed.")) from None


def _document(opened: tips.Opened, approval: Approval, decision: policy.Decision) -> Document:
    content = opened.content
    return Document(
        observation=reduced(content, approval.parts, approval.free),
        language=content.language if content.language in LANGUAGES else "",
        sealed_at=when_sealed(content, approval.parts),
        reported_at=when_reported(opened.tip, approval.parts),
        words=approval.words,
        policy=f"{decision.pack} {decision.version}",
        incident=approval.incident,
    )


def _add(referral: Referral, contact: TrustedContact, document: bytes, position: int, opened: tips.Opened) -> None:
    row = Handover(
        id=uuid.uuid4(),
        referral=referral,
        contact=contact,
        desk_id=referral.desk_id,
        position=position,
        urgency=deciding.urgency_of(opened, clock.now()),
        region=deciding.region_of(opened),
    )
    try:
        if contact.agency_id:
            sealed = vault.seal_to_agency(contact.agency_id, document, HANDOVER + row.pk.bytes)
            row.agency_id, row.agency_version, row.sealed = contact.agency_id, sealed.version, sealed.sealed
    except vault.NotReadyError:
        _require_number(contact)  # without a key they are called
    row.save(force_insert=True)


def _require_number(contact: TrustedContact) -> None:
    if not contact.phone:
        words = gettext(
            "%(name)s has neither a key nor a phone number. Leave them out, or ask a supervisor to enter the number."
        )
        raise NotAllowedError(words % {"name": contact.name})


def move_on_soon(referral_id: uuid.UUID) -> None:
    """Let the worker hand it to whoever is next, once this transaction holds."""
    app.configure_task(MOVE_ON, queue=CLOCKS).defer(referral_id=str(referral_id))


def stop_for_consent(fact: tips.ConsentRefused) -> None:
    """Stop what nobody has accepted yet of a tip for which a consent was refused. Whoever assessed it looks at the policy again."""
    if _withdraw(Handover.objects.filter(referral__tip_id=fact.tip_id)):
        audit.record("tip.taken_back", subject_kind="tip", subject_id=fact.tip_id, detail={"reason": "consent"})


def take_back_after_restore() -> int:
    """Take back, everywhere, what nobody has accepted yet; return how many handovers that were. The desks are told, and decide anew.

    A backup holds turns and consents of its own day: what was taken back or refused since must not go on by itself.
    """
    with transaction.atomic():
        rows = _withdraw(Handover.objects.all())
        for desk in {row.desk_id for row in rows}:
            tips.tell_team(desk, tips.STAFF, "desk_referrals")
    return len(rows)


def take_back(actor: Actor, *, referral: Referral, tip: tips.Tip) -> None:
    """Take back every handover that nobody has accepted yet, the copies with it."""
    with transaction.atomic():
        tips.who(actor)
        if _withdraw(Handover.objects.filter(referral=referral)):
            audit.record("tip.taken_back", subject_kind="tip", subject_id=tip.pk)


def _withdraw(handovers: QuerySet[Handover]) -> list[Handover]:
    """Take back those that nobody has answered, and return them."""
    rows = list(handovers.select_for_update(of=("self",)).filter(ended_at=None))
    for row in rows:
        end(row, Ending.WITHDRAWN)
    return rows


def tell_by_phone(actor: Actor, *, opened: tips.Opened, handover: Handover, said: Mapping[str, str]) -> None:
    """Write down that a contact without a key was told by phone: it ends the chain as an acceptance does, also when its time is over.

    Raises TooLateError where somebody else has accepted.
    """
    with transaction.atomic():
        now, who = clock.now(), tips.who(actor)
        chain = list(Handover.objects.select_for_update(of=("self",)).filter(referral_id=handover.referral_id))
        current = next(row for row in chain if row.pk == handover.pk)
        callable_still = current.ended_at is None or current.ending == Ending.LATE
        if (
            any(row.ending in SETTLED for row in chain)
            or current.handed_at is None
            or current.agency_id
            or not callable_still
        ):
            raise TooLateError(gettext("Somebody else has taken it, or it is not theirs to be called about."))
        for row in chain:
            if row.ended_at is None and row.pk != current.pk:
                end(row, Ending.WITHDRAWN)
        call = vault.lock(opened.key, json.dumps(dict(said)).encode(), bound_to=CALL + current.pk.bytes)
        current.ended_at, current.ending, current.answered_by_id, current.call = now, Ending.CALLED, who, call
        current.save(update_fields=["ended_at", "ending", "answered_by", "call"])
        record(Ending.CALLED.value, current)


def nobody_answered(actor: Actor, *, handover: Handover) -> None:
    """End the turn of a contact that is called and does not answer: the next one is asked at once. Raises TooLateError.

    A call that they take after all can still be written down, as after a turn that was late.
    """
    with transaction.atomic():
        waiting = Handover.objects.filter(pk=handover.pk, agency=None, handed_at__isnull=False, ended_at=None)
        if not waiting.update(ended_at=clock.now(), ending=Ending.LATE, answered_by_id=tips.who(actor)):
            raise TooLateError(gettext("This turn is over already, or it is not theirs to be called."))
        record("unanswered", handover)
        move_on_soon(handover.referral_id)


def told(opened: tips.Opened, handover: Handover) -> dict[str, str]:
    """Return what was written down of a call, or nothing where there was none. Raises UnreadableError."""
    if handover.call is None:
        return {}
    return dict(json.loads(_unlocked(opened, bytes(handover.call), CALL + handover.pk.bytes)))


def settle(handover: Handover, ending: Ending, account_id: uuid.UUID, **changed: Any) -> None:
    """End a handover by an answer: of several who answer exactly one does. Raises TooLateError."""
    now = clock.now()
    waiting = Handover.objects.filter(pk=handover.pk, handed_at__isnull=False, ended_at=None, due_at__gt=now)
    if not waiting.update(ended_at=now, ending=ending, answered_by_id=account_id, **changed):
        raise TooLateError(
            gettext("This was answered already, or its time has run out and it went to the next contact.")
        )
    record(ending.value, handover)


def end(handover: Handover, ending: Ending) -> None:
    """End a turn that nobody answered. The copy goes with it."""
    handover.ended_at, handover.ending, handover.sealed = clock.now(), ending, None
    handover.save(update_fields=["ended_at", "ending", "sealed"])
    record(ending.value, handover)


def record(act: str, handover: Handover) -> None:
    """Write down what was done with a handover."""
    audit.record(f"handover.{act}", subject_kind="handover", subject_id=handover.pk)
