"""Assessing a tip. A consent that is refused from now on is told to whoever passes tips on."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from waywatch.lib import facts
from waywatch.lib.actors import Actor
from waywatch.tips.actions import opening
from waywatch.tips.models import Entry, EntryKind
from waywatch.tips.vocabulary import Consent

CONSENTS = ("consent_person", "consent_reporter")


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
    return row
