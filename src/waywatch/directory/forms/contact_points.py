"""The shape of a contact point."""

from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from waywatch.directory import contacts, rules
from waywatch.directory.facts import ContactFacts
from waywatch.directory.forms.fields import DayField, LineField
from waywatch.directory.models import ContactKind, ContactPoint


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


class EditPointForm(ContactPointForm):
    """What is kept of a contact point, but for its kind: another kind is another contact point."""

    verified_on = DayField(
        label=_("Verified on"),
        required=False,
        help_text=_("Another address or number counts as unverified, unless you change this day too."),
    )
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, stored: ContactPoint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored
        del self.fields["kind"]

    def kind_meant(self) -> str | None:
        """Return the kind that the contact point has."""
        return self.stored.kind

    @staticmethod
    def initial_of(row: ContactPoint) -> dict[str, Any]:
        """Return what the form shows of a stored contact point, its value in the clear; empty where the key is gone."""
        names = ("label", "source", "verified_on", "version")
        return {name: getattr(row, name) for name in names} | {"value": contacts.readable(row) or ""}
