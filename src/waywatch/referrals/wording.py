"""What the policy decided and what was written, in the reader's words."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.forms import Form
from django.utils.translation import get_language, gettext

from waywatch.policy import api as policy
from waywatch.referrals.actions.updating import OpenedUpdate
from waywatch.referrals.disclosure import Document, read_incident
from waywatch.referrals.forms import UPDATE_FORMS, CallForm
from waywatch.referrals.rules import Incident, living_incidents
from waywatch.referrals.vocabulary import OUTCOMES, PARTS, RECIPIENTS, UpdateKind
from waywatch.tips import api as tips

Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """What the policy says of a tip, for the person who decides within it."""

    outcome: str
    words: str
    recipients: tuple[str, ...]
    kept_back: tuple[str, ...]
    rule: str
    pack: str
    is_reviewed: bool
    steps: tuple[tuple[str, str], ...]
    floors: tuple[str, ...]
    sources: tuple[policy.Publication, ...]
    calls_911: bool


def replayed(stored: Mapping[str, Any]) -> DecisionWords:
    """Return a stored decision in words, worked out again. Raises policy.ReplayError where something else comes out."""
    return decision_words(policy.replay(stored, policy.packs()))


def decision_words(decision: policy.Decision) -> DecisionWords:
    """Return a decision in words, by the very version of the pack that made it."""
    language = (get_language() or "en")[:2]
    pack = policy.packs()[decision.pack, decision.version]
    rules_by_id = {rule.id: rule for rule in pack.rules}
    floors = {floor.id: str(floor.text) for floor in policy.FLOORS[decision.floors_version]}
    floors[policy.REPORTER_UNNAMED] = gettext("The reporter is not named: he or she did not agree to it.")
    return DecisionWords(
        outcome=decision.outcome,
        words=str(OUTCOMES[decision.outcome]),
        recipients=tuple(str(RECIPIENTS[each]) for each in policy.RECIPIENTS if each in decision.recipients),
        kept_back=tuple(str(PARTS[part]) for part in policy.PARTS if part not in decision.minimum),
        rule=rules_by_id[decision.rule].text[language],
        pack=f"{pack.title[language]} ({pack.version})",
        is_reviewed=pack.is_reviewed,
        steps=tuple((rules_by_id[step.rule].text[language], _fit(step)) for step in decision.trace),
        floors=tuple(floors[applied.floor] for applied in decision.floors),
        calls_911="emergency" in decision.recipients,
        sources=tuple(each for each in pack.sources if each.key in rules_by_id[decision.rule].sources),
    )


def _fit(step: policy.Step) -> str:
    if step.fitted:
        return gettext("fits, and decides")
    return gettext("does not fit: %(inputs)s") % {"inputs": ", ".join(step.stopped_by)}


@dataclass(frozen=True, slots=True)
class UpdateRow:
    """What one side wrote, in words."""

    at: dt.datetime
    who: str
    kind: str
    rows: Rows
    is_open: bool


def update_rows(
    updates: Iterable[OpenedUpdate], names: Mapping[Any, str], *, other: str, as_desk: bool
) -> tuple[UpdateRow, ...]:
    """Return what was written, in words. Of the other side no person is named: `other` says which agency or desk."""
    return tuple(
        UpdateRow(
            at=each.row.written_at,
            who=names.get(each.row.written_by_id, "") if each.row.by_desk == as_desk else other,
            kind=each.row.get_kind_display(),
            rows=answered(UPDATE_FORMS[UpdateKind(each.row.kind)], each.said),
            is_open=each.is_open,
        )
        for each in updates
    )


def parts_of(document: Document) -> tuple[tips.Answered, ...]:
    """Return what goes to an agency in words: when it was told, before what was told, for its "now" is that moment."""
    reported = gettext("%(moment)s. What goes on “now” went on then.") % {"moment": document.reported_at}
    rows = [
        (gettext("Reported to the desk"), reported if document.reported_at else ""),
        (gettext("Sealed on the phone, by its clock"), document.sealed_at),
    ]
    told = tips.Answered(gettext("When it was told"), tuple(row for row in rows if row[1]))
    return tuple(part for part in (told, *tips.answers(document.content)) if part.rows)


def call_rows(said: Mapping[str, Any]) -> Rows:
    """Return what was written down of a call."""
    return answered(CallForm, said)


def answered(form: type[Form], said: Mapping[str, Any]) -> Rows:
    """Return the questions of a form and what was answered, a choice in its words."""
    rows = []
    for name, field in form.base_fields.items():
        if name in said:
            choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
            rows.append((str(field.label), choices.get(str(said[name]), str(said[name]))))
    return tuple(rows)


def incidents(first: Incident | None, updates: Iterable[OpenedUpdate]) -> tuple[Incident, ...]:
    """Return the 911 incidents that hold: the one that went along, and those written since; each once, none that was withdrawn."""
    said = [(first, True)] if first else []
    for each in updates:
        found = read_incident(each.said) if each.row.kind == UpdateKind.INCIDENT else None
        if found:
            said.append((replace(found, at=each.row.written_at), each.said.get("holds") != "no"))
    return tuple(living_incidents(said))
