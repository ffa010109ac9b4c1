"""The shape of what people type about accounts."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from waywatch.accounts import rules
from waywatch.accounts.models import Account, Invitation, Language
from waywatch.accounts.offers import Offer
from waywatch.accounts.roles import Role
from waywatch.accounts.rules import Held, Scope
from waywatch.accounts.scopes import Place
from waywatch.geo import api as geo
from waywatch.lib.days import is_too_far
from waywatch.lib.text import clean_line, validate_plain_text

EVERYWHERE = ""


class OfferForm(forms.Form):
    """A role, where, and until when. `held` is what the giver holds: the form offers no more than he may give."""

    role = forms.ChoiceField(label=_("Role"))
    region = forms.ChoiceField(label=_("State or province"), required=False)
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty means without end."),
    )

    def __init__(
        self,
        *args: Any,
        held: Iterable[Held],
        now: dt.datetime,
        place: tuple[str, Any, Place] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.place, self.today = place, now.date()
        held = list(held)
        role, region = self.fields["role"], self.fields["region"]
        assert isinstance(role, forms.ChoiceField)
        assert isinstance(region, forms.ChoiceField)
        role.choices = [(found.value, found.label) for found in _roles(held, now, place)]
        region.choices = _regions(held)
        if place:
            del self.fields["region"]

    def clean_last_day(self) -> dt.date | None:
        """Refuse a day that is over, and one so far ahead that no end is meant."""
        day: dt.date | None = self.cleaned_data["last_day"]
        if day and rules.is_over(day, self.today):
            raise ValidationError(gettext("This day is over. Choose today or a later day."), code="over")
        if day and is_too_far(day, self.today):
            raise ValidationError(
                gettext(
                    "This day is more than a hundred years away. Choose an earlier day, or leave the field empty: then the"
                    " role has no end."
                ),
                code="too_far",
            )
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse a role at a place where it cannot hold."""
        cleaned = super().clean() or {}
        if not self.errors and not rules.scope_fits(self.offer().role, self.offer().scope):
            field = "region" if "region" in self.fields else "role"
            self.add_error(
                field,
                gettext(
                    "This role cannot be given there. An administrator has no state or province; a co-host must have one."
                ),
            )
        return cleaned

    def offer(self) -> Offer:
        """Return what was chosen."""
        last_day = self.cleaned_data.get("last_day")
        until = rules.end_of(last_day) if last_day else None
        return Offer(Role(self.cleaned_data["role"]), self._scope(), until)

    def _scope(self) -> Scope:
        if self.place is None:
            return Scope(region=self.cleaned_data.get("region") or None)
        kind, place_id, place = self.place
        if kind == "build":
            return Scope(region=place.region_code, build=place_id)
        return Scope(region=place.region_code, organisation=place_id)


class InviteForm(OfferForm):
    """Whom to invite, to which role."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=150, validators=[validate_plain_text])
    language = forms.ChoiceField(label=_("Language of the mail"), choices=Language.choices)
    field_order = ("email", "name", "language", "role", "region", "last_day")


class RevokeForm(forms.Form):
    """Why a role is taken away."""

    reason = forms.CharField(label=_("Reason"), max_length=300, validators=[validate_plain_text])


class SearchForm(forms.Form):
    """What a list of people is narrowed by."""

    q = forms.CharField(label=_("Name or e-mail address"), required=False, max_length=150)


class OwnAccountForm(forms.ModelForm[Account]):
    """What one changes of one's own account."""

    class Meta:
        model = Account
        fields = ("name", "language")

    def clean_name(self) -> str:
        """Return the name as one line."""
        return clean_line(self.cleaned_data["name"])


class AcceptForm(forms.Form):
    """A name and a password, typed twice."""

    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        validators=[validate_plain_text],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A few unrelated words are easy to remember and hard to guess."),
    )
    password2 = forms.CharField(
        label=_("Password (again)"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["name"].initial = invitation.name

    def clean(self) -> dict[str, Any]:
        """Refuse two different passwords, and a weak one."""
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", gettext("The two passwords differ. Type the same one twice."))
        if first:
            stranger = Account(email=self.invitation.email, name=cleaned.get("name", ""))
            try:
                password_validation.validate_password(first, stranger)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned


def _roles(held: list[Held], now: dt.datetime, place: tuple[str, Any, Place] | None) -> list[Role]:
    allowed = rules.roles_to_give(held, now)
    fitting = {"build": {Role.CO_HOST}, "organisation": {Role.TRAINING_MANAGER}}
    wanted = fitting[place[0]] if place else set(Role) - {Role.TRAINING_MANAGER}
    return [role for role in Role if role in allowed and role in wanted]


def _regions(held: list[Held]) -> list[tuple[str, str]]:
    everywhere = any(own.scope.is_everywhere for own in held)
    reached = {own.scope.region for own in held}
    regions = [(region.code, region.name) for region in geo.regions() if everywhere or region.code in reached]
    return [(EVERYWHERE, gettext("Everywhere")), *regions] if everywhere else regions
