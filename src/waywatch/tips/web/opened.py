"""The page of an opened tip: what the reporter says, what was written about it, and the forms to go on with."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from waywatch.lib import clock
from waywatch.lib.actors import acting
from waywatch.tips import queries
from waywatch.tips.actions import assessing, joining, opening
from waywatch.tips.forms import AskForm, AssessmentForm, FinishForm, NoteForm
from waywatch.tips.models import EntryKind
from waywatch.vault import api as vault

FORMS: Mapping[str, tuple[type[Form], Promise, Promise]] = {
    "assess": (AssessmentForm, _("Assess"), _("Save the assessment")),
    "ask": (AskForm, _("Ask the reporter"), _("Seal and ask")),
    "note": (NoteForm, _("Write a note"), _("Save the note")),
    "finish": (FinishForm, _("Finish"), _("Finish this tip")),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """A form of the page. `fill` names what is filled in beforehand, codes only; where it is "", what was typed or sealed stands in it."""

    name: str
    address: str
    title: Promise
    button: Promise
    form: Form
    fill: str
    is_open: bool


def show(request: HttpRequest, opened: opening.Opened, *, refused: Form | None = None) -> HttpResponse:
    """Render an opened tip; a form that was `refused` stands there with all that was typed."""
    row = opened.tip
    context = {
        "tip": row,
        "row": queries.outside(
            row, acting(request), clock.now(), has_answer=False, may_be_referred=bool(opened.entries)
        ),
        "alike": queries.alike_rows(joining.alike(opened, vault.unlocked(request))),
        "joined": list(row.joined.only("received_at")),
        "answers": queries.answers(opened.content),
        "content": opened.content,
        "language": queries.language_name(opened.content.language),
        "rules": queries.deciding_rules(opened.content),
        "disagreements": queries.disagreements(row, opened.content),
        "entries": [_entry(entry) for entry in opened.entries],
        "questions": opened.questions,
        "forms": [] if row.closed_at else list(_offered(opened, refused)),
    }
    return render(request, "desk/read.html", context)


def _offered(opened: opening.Opened, refused: Form | None) -> Iterator[Offered]:
    kept = assessing.assessment(opened)
    for name, (kind, title, button) in FORMS.items():
        if kind is AskForm and opened.tip.reply_key is None:
            continue
        is_refused, is_assessment = isinstance(refused, kind), kind is AssessmentForm
        guess = AssessmentForm.first_guess(opened.content.observation) if is_assessment else {}
        # One that is empty, or filled in with a guess, is made only where no drawn one is at hand.
        made = partial(kind, initial=kept if is_assessment and kept else guess, auto_id=f"{name}_%s")
        yield Offered(
            name=name,
            address=f"desk_{name}",
            title=title,
            button=button,
            form=refused if is_refused and refused else cast("Form", SimpleLazyObject(made)),
            fill="" if is_refused or (is_assessment and kept) else " ".join(["guess", *guess.values()]),
            is_open=is_refused or (is_assessment and not opened.entries),
        )


def _entry(entry: opening.OpenedEntry) -> dict[str, Any]:
    """Return an entry for its page: a note's text, or an answered form's questions and answers."""
    forms: dict[str, type[Form]] = {EntryKind.ASSESSMENT: AssessmentForm, EntryKind.OUTCOME: FinishForm}
    rows = []
    if entry.row.kind in forms:
        said = json.loads(entry.text)
        for name, field in forms[entry.row.kind].base_fields.items():
            if name in said:
                choices = {str(key): label for key, label in getattr(field, "choices", ())}
                rows.append((field.label, choices.get(str(said[name]), said[name])))
    return {"row": entry.row, "text": "" if rows else entry.text, "rows": rows}
