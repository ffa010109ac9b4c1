"""The fields that the forms of the directory are made of."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

from waywatch.geo import api as geo
from waywatch.lib import clock
from waywatch.lib.days import is_too_far
from waywatch.lib.text import clean_line, validate_plain_text

Choices = list[tuple[str, str | Promise]]
EARLIEST = dt.date(1900, 1, 1)
COUNTY_LENGTH = 80


class LineField(forms.CharField):
    """One line of plain text: white space folded, characters that hide or reorder words refused."""

    default_validators = [*forms.CharField.default_validators, validate_plain_text]

    def to_python(self, value: Any) -> str:
        """Return the cleaned line."""
        return clean_line(super().to_python(value) or "")


class WebField(LineField):
    """An address on the web. Without a scheme it is taken as https."""

    widget = forms.TextInput
    default_validators = [*LineField.default_validators, URLValidator(schemes=["http", "https"])]

    def to_python(self, value: Any) -> str:
        """Return the address with its scheme."""
        text = super().to_python(value)
        return text if not text or "://" in text else f"https://{text}"

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask phones for the keyboard of addresses."""
        return {**super().widget_attrs(widget), "inputmode": "url", "autocomplete": "off"}


class DayField(forms.DateField):
    """A day, with the browser's calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def clean(self, value: Any) -> dt.date | None:
        """Refuse days that are slips of the keyboard."""
        day: dt.date | None = super().clean(value)
        if day is not None and day < EARLIEST:
            raise forms.ValidationError(gettext("This year is too long ago. Check it."), code="too_early")
        if day is not None and is_too_far(day, clock.today()):
            raise forms.ValidationError(
                gettext("This day is more than a hundred years away. Check the year."), code="too_far"
            )
        return day


def region_choices(codes: frozenset[str] | None, empty: str | Promise | None) -> Choices:
    """Return the regions to choose from (None: all), by country; `empty` is what no choice reads as."""
    groups: list[Any] = [("", empty)] if empty is not None else []
    for country in ("US", "CA"):
        found = [(each.code, each.name) for each in geo.regions(country) if codes is None or each.code in codes]
        info = geo.country(country)
        if found and info is not None:
            groups.append((info.name, found))
    return groups


def offer(form: forms.Form, name: str, choices: Choices) -> None:
    """Give one field of a form its choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class CountyForm(forms.Form):
    """A form with the fields `region` and `county`, where the county is typed by its name."""

    found_county: geo.CountyInfo | None = None

    def clean(self) -> dict[str, Any]:
        """Find the county that was typed; where it is none, or not one, say so at the field."""
        data: dict[str, Any] = super().clean() or {}
        typed, region = data.get("county"), data.get("region")
        if typed and region:
            self._find_county(region, typed)
        elif typed and "region" in data:
            self.add_error("region", gettext("Choose the state or province of the county."))
        return data

    def _find_county(self, region: str, typed: str) -> None:
        found = geo.counties_meant(region, typed)
        if len(found.fits) == 1:
            self.found_county = found.fits[0]
        else:
            self.add_error("county", _which_county(region, typed, found))


def _which_county(region: str, typed: str, found: geo.CountiesMeant) -> str:
    info = geo.region(region)
    words = {
        "typed": typed,
        "region": info.name if info else region,
        "names": ", ".join(each.name for each in found.fits or found.alike),
    }
    if found.fits:
        return gettext("“%(typed)s” can mean more than one county of %(region)s. Type one of these: %(names)s.") % words
    if found.alike:
        asked = ngettext(
            "No county of %(region)s is called “%(typed)s”. Do you mean %(names)s?",
            "No county of %(region)s is called “%(typed)s”. Do you mean one of these: %(names)s?",
            len(found.alike),
        )
        return asked % words
    return gettext("No county of %(region)s is called “%(typed)s”. Check the name, and the state or province.") % words
