"""The shape of what an advocate types. What is saved of it is sealed."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waywatch.lib.text import validate_plain_text
from waywatch.tips.actions.asking import LONGEST as QUESTION_LONGEST
from waywatch.tips.content import LONGEST, first_hand
from waywatch.tips.vocabulary import (
    Answer,
    CallClass,
    Consent,
    OutcomeKind,
    Reason,
    Reliability,
    TraffickingType,
)


def sealed_text(label: Any, *, required: bool = False, help_text: Any = "", longest: int = LONGEST) -> forms.CharField:
    """Return a field for free words, which no browser should keep or send away to be checked."""
    area = forms.Textarea(
        attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false", "writingsuggestions": "false"}
    )
    return forms.CharField(
        label=label,
        required=required,
        max_length=longest,
        widget=area,
        help_text=help_text,
        validators=[validate_plain_text],
    )


class SealedForm(forms.Form):
    """What is kept as sealed JSON, under the names of its fields."""

    def said(self) -> dict[str, Any]:
        """Return what was answered."""
        return {key: value for key, value in self.cleaned_data.items() if value not in (None, "")}

    def as_text(self) -> str:
        """Return what was answered as JSON."""
        return json.dumps(self.said())


CHOOSE = [("", _("Choose"))]


class AssessmentForm(SealedForm):
    """What an advocate makes of a tip. "Potential" victims: nobody here finds that it was a crime."""

    call_class = forms.ChoiceField(label=_("Class"), choices=[*CHOOSE, *CallClass.choices])
    kind = forms.ChoiceField(
        label=_("What it may be"), choices=TraffickingType.choices, initial=TraffickingType.UNKNOWN
    )
    victims = forms.IntegerField(
        label=_("Potential victims"),
        required=False,
        min_value=0,
        max_value=1000,
        help_text=_("Leave empty if nobody knows."),
    )
    minor = forms.ChoiceField(label=_("Somebody looks under 18"), choices=Answer.choices, initial=Answer.UNKNOWN)
    danger = forms.ChoiceField(label=_("Danger now"), choices=Answer.choices, initial=Answer.UNKNOWN)
    reliability = forms.ChoiceField(
        label=_("How the reporter knows"), choices=Reliability.choices, initial=Reliability.UNKNOWN
    )
    consent_person = forms.ChoiceField(
        label=_("The potential victim's consent to passing it on"), choices=Consent.choices, initial=Consent.NOT_ASKED
    )
    consent_reporter = forms.ChoiceField(
        label=_("The reporter's consent to passing it on"), choices=Consent.choices, initial=Consent.NOT_ASKED
    )
    words = sealed_text(_("In your own words"))

    @staticmethod
    def first_guess(answers: Mapping[str, Any]) -> dict[str, str]:
        """Return what the reporter's answers say already; the advocate looks at each and changes it."""
        people = [row.get("age") for row in answers.get("people", ()) if row.get("part") != "controls"]
        agreed = {"yes": Consent.GIVEN, "no": Consent.REFUSED}.get(answers.get("reach", {}).get("pass_on"))
        guess = {
            "minor": Answer.YES if "minor" in people else None,
            "danger": answers.get("danger_now"),
            "reliability": _reliability(set(first_hand(answers))),
            "consent_reporter": agreed,
        }
        return {name: str(value) for name, value in guess.items() if value}


def _reliability(seen: set[bool]) -> Reliability | None:
    if len(seen) != 1:
        return Reliability.MIXED if seen else None
    return Reliability.FIRST_HAND if True in seen else Reliability.HEARSAY


class NoteForm(forms.Form):
    """A note for colleagues."""

    note = sealed_text(_("Note"), required=True)

    def as_text(self) -> str:
        """Return the note."""
        return str(self.cleaned_data["note"])


class AskForm(forms.Form):
    """A question to the reporter."""

    text = sealed_text(
        _("Question to the reporter"),
        required=True,
        longest=QUESTION_LONGEST,
        help_text=_(
            "Only who has the receipt words reads it. Ask nothing that shows who told you what, or what the police do."
        ),
    )


class FinishForm(SealedForm):
    """How it ends at this desk."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[*CHOOSE, *OutcomeKind.choices],
        help_text=_(
            "If another tip tells the same and stands under “May tell of the same”, join this one to it there: both reporters read what"
            " becomes of it."
        ),
    )
    words = sealed_text(_("In your own words"))


class JoinForm(forms.Form):
    """Which tip leads."""

    leading = forms.UUIDField()


class SecondForm(forms.Form):
    """Why a second person should allow it. The team reads it: it is not sealed."""

    why = forms.CharField(
        label=_("Why does it have to be you?"),
        max_length=200,
        help_text=_("The whole team reads this, and it is not sealed: write nothing of what a tip says."),
        validators=[validate_plain_text],
    )


class ReasonForm(forms.Form):
    """Why somebody opens what a colleague works on. One reason is for who supervises the desk: the action holds that."""

    reason = forms.ChoiceField(label=_("Why do you open it?"), choices=[*CHOOSE, *Reason.choices])

    def __init__(self, *args: Any, supervises: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not supervises:
            found = [choice for choice in Reason.choices if choice[0] != Reason.SUPERVISION]
            self.fields["reason"].choices = [*CHOOSE, *found]  # type: ignore[attr-defined]  # a choice field
