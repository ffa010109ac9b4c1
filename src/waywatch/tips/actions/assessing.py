"""Assessing a tip. A consent that is refused from now on is told to whoever passes tips on; a potential case, to the supervisors."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from waywatch.accounts.api import Role
from waywatch.audit import api as audit
from waywatch.lib import facts
from waywatch.lib.actors import Actor
from waywatch.tips.actions import opening
from waywatch.tips.actions.telling import tell_team
from waywatch.tips.models import Entry, EntryKind
from waywatch.tips.vocabulary import CallClass, Consent

CONSENTS = ("consent_person", "consent_reporter")
# Published practice: a supervisor is alerted to any potential case (docs/explanation/desk.md). More than a case is a crisis.
ALERTS = {CallClass.TIP: 1, CallClass.HIGH_RISK: 1, CallClass.CRISIS: 2}


@dataclass(frozen=True, slots=True)
class ConsentRefused:
    """Somebody whose consent counts has refused it, and had not before."""

    tip_id: uuid.UUID


def assessment(opened: opening.Opened) -> dict[str, Any] | None:
    """Return the newest assessment under the names of its fields (tips/forms.py), or None where there is none."""
    texts = [entry.text for entry in opened.entries if entry.row.kind == EntryKind.ASSESSMENT]
    return dict(json.loads(texts[-1])) if texts else None


def assess(actor: Actor, *, opened: opening.Opened, said: Mapping[str, Any]) -> Entry:
    """Add an assessment to an opened tip, sealed under the key of its content."""
    before = assessment(opened) or {}
    with transaction.atomic():
        row = opening.write_entry(actor, opened=opened, kind=EntryKind.ASSESSMENT, text=json.dumps(dict(said)))
        if any(said.get(name) == Consent.REFUSED != before.get(name) for name in CONSENTS):
            facts.publish(ConsentRefused(opened.tip.pk))
        if _alert(said) > _alert(before):
            audit.record("tip.supervisor_alerted", subject_kind="tip", subject_id=opened.tip.pk)
            tell_team(opened.tip.keyring_id, (Role.SUPERVISOR,), "desk")
    return row


def _alert(said: Mapping[str, Any]) -> int:
    return ALERTS.get(said.get("call_class", ""), 0)
