"""The shape of a contact point."""

from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from waywatch.directory import rules
from waywatch.directory.facts import ContactFacts
from waywatch.directory.forms.fields import LineField
from waywatch.directory.models import ContactKind


class ContactPointForm(forms.Form):
    """A way to reach somebody, and where it is from."""

    kind = forms.ChoiceField(label=_("How"), choices=ContactKind.choices)
    value = LineField(
        label=_("Address or number"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    label = LineField(
        label=_("Label"), max_length=100, required=False, help_text=_("Such as dispatch, front desk, duty phone.")
    )
    source = LineField(
        label=_("Where this is from"), max_length=300, help_text=_("Such as a business card, or the agency's website.")
    )

    def clean(self) -> dict[str, Any]:
        """Check the value by its kind."""
        data: dict[str, Any] = super().clean() or {}
        kind, value = self.kind_meant(), data.get("value")
        if value and kind == ContactKind.MAIL:
            self._check_mail(value)
        elif value and kind in {ContactKind.PHONE, ContactKind.SMS}:
            number = rules.phone_digits(value)
            if number is None:
                self.add_error("value", gettext("Give a telephone number with its area code, such as +1 512 555 0100."))
            data["value"] = number
        return data

    def kind_meant(self) -> str | None:
        """Return the kind that was chosen."""
        return self.cleaned_data.get("kind")

    def _check_mail(self, value: str) -> None:
        try:
            validate_email(value)
        except forms.ValidationError as error:
            self.add_error("value", error)

    def facts(self) -> ContactFacts:
        """Return what was typed."""
        data = self.cleaned_data
        return ContactFacts(
            kind=self.kind_meant() or "", value=data["value"], label=data["label"], source=data["source"]
        )
