"""The shape of input. Every text field is one clean line, or is refused with a sentence that says why."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import URLValidator, validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from waywatch.directory import queries, rules
from waywatch.directory.facts import ContactFacts, OrganisationFacts, PostFacts
from waywatch.directory.models import ContactKind, Language, Organisation
from waywatch.geo import api as geo
from waywatch.lib import clock
from waywatch.lib.text import clean_line, validate_plain_text

Choices = list[tuple[str, str | Promise]]
EARLIEST = dt.date(1900, 1, 1)


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


class OrganisationForm(forms.Form):
    """The facts of an organisation. `regions` are the homes that the actor may choose; None is every one, and none at all."""

    name = LineField(label=_("Name"), max_length=200)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    kind = LineField(
        label=_("Kind"), max_length=100, required=False, help_text=_("Such as carrier, sheriff's office, travel plaza.")
    )
    region = forms.ChoiceField(label=_("Home state or province"), required=False)
    city = LineField(label=_("City"), max_length=100, required=False)
    website = WebField(label=_("Website"), max_length=300, required=False)
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, regions: frozenset[str] | None, stored: Organisation | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored
        sectors = queries.sector_choices(clock.today(), keep=stored.sector_id if stored else None)
        self._choices("sector", [("", _("Not known")), *sectors])
        national = _("No single state or province") if regions is None else None
        self._choices("region", region_choices(regions, national))
        self.fields["region"].required = regions is not None

    def _choices(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_name(self) -> str:
        """Refuse a name of marks alone."""
        name: str = self.cleaned_data["name"]
        if not rules.name_key(name):
            raise forms.ValidationError(gettext("Give a name with at least one letter or digit."), code="no_letters")
        return name

    def facts(self) -> OrganisationFacts:
        """Return what was typed. The county, which the form does not ask, stays while the region stays."""
        data = self.cleaned_data
        region = data["region"] or None
        stays = self.stored is not None and self.stored.region_id == region
        return OrganisationFacts(
            name=data["name"],
            kind=data["kind"],
            sector_key=data["sector"] or None,
            region_code=region,
            county_code=self.stored.county_id if self.stored and stays else None,
            city=data["city"],
            website=data["website"],
        )

    @staticmethod
    def initial_of(row: Organisation) -> dict[str, Any]:
        """Return what the form shows of a stored organisation."""
        names = ("name", "kind", "city", "website", "version")
        return {name: getattr(row, name) for name in names} | {"sector": row.sector_id, "region": row.region_id}


class NewOrganisationForm(OrganisationForm):
    """A new organisation; `another` answers the question whether it is one that is already there."""

    another = forms.BooleanField(label=_("It is another one: add it"), required=False, widget=forms.HiddenInput)

    def ask(self) -> None:
        """Show the question."""
        self.fields["another"].widget = forms.CheckboxInput()


class ServedForm(forms.Form):
    """One more region that an organisation serves."""

    region = forms.ChoiceField(label=_("State or province"))
    since = DayField(label=_("Since"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = region_choices(None, None)


class PersonForm(forms.Form):
    """A person's name and language. Nothing else is kept about people."""

    name = LineField(label=_("Name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial=Language.EN)
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class PostForm(forms.Form):
    """What a person does in an organisation."""

    title = LineField(label=_("Job title"), max_length=200, help_text=_("Such as safety director, or lieutenant."))
    is_decision_maker = forms.BooleanField(label=_("Can decide for the organisation"), required=False)
    since = DayField(label=_("In this post since"), required=False)

    def facts(self) -> PostFacts:
        """Return what was typed."""
        data = self.cleaned_data
        return PostFacts(data["title"], is_decision_maker=data["is_decision_maker"], since=data["since"])


class NewPersonForm(PostForm, PersonForm):
    """A person with a first post."""

    field_order = ["name", "language", "title", "is_decision_maker", "since"]


class NewPostForm(PostForm):
    """One more post for a person, in an organisation whose people the actor looks after."""

    organisation = forms.ChoiceField(label=_("Organisation"))
    field_order = ["organisation", "title", "is_decision_maker", "since"]

    def __init__(self, *args: Any, organisations: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = organisations


class EndPostForm(forms.Form):
    """The last day of a post."""

    until = DayField(label=_("Last day"))


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
        kind, value = data.get("kind"), data.get("value")
        if value and kind == ContactKind.MAIL:
            self._check_mail(value)
        elif value and kind in {ContactKind.PHONE, ContactKind.SMS}:
            number = rules.phone_digits(value)
            if number is None:
                self.add_error("value", gettext("Give a telephone number with its area code, such as +1 512 555 0100."))
            data["value"] = number
        return data

    def _check_mail(self, value: str) -> None:
        try:
            validate_email(value)
        except forms.ValidationError as error:
            self.add_error("value", error)

    def facts(self) -> ContactFacts:
        """Return what was typed."""
        data = self.cleaned_data
        return ContactFacts(kind=data["kind"], value=data["value"], label=data["label"], source=data["source"])


class FilterForm(forms.Form):
    """What the list is narrowed to. Whatever does not fit is left out, never an error page."""

    words = LineField(label=_("Name or city"), max_length=200, required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    region = forms.ChoiceField(label=_("State or province"), required=False)
    verified = forms.ChoiceField(
        label=_("Contact points"),
        required=False,
        choices=[
            ("", _("Any")),
            (queries.VERIFIED, _("Verified within a year")),
            (queries.UNVERIFIED, _("Needs to be verified")),
        ],
    )
    state = forms.ChoiceField(
        label=_("In use or closed"), required=False, choices=[("", _("In use")), (queries.CLOSED, _("Closed"))]
    )
    sort = forms.ChoiceField(
        label=_("Order"), required=False, choices=[(key, label) for key, (label, _order) in queries.SORTS.items()]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sectors, regions = self.fields["sector"], self.fields["region"]
        assert isinstance(sectors, forms.ChoiceField)
        assert isinstance(regions, forms.ChoiceField)
        sectors.choices = [("", _("All")), *((row.key, row.name) for row in queries.sector_rows(None))]
        regions.choices = region_choices(None, _("All"))

    def filters(self) -> queries.Filters:
        """Return the filters that fit."""
        self.is_valid()
        kept = {name: value for name, value in self.cleaned_data.items() if value}
        return queries.Filters(**kept)


class PlaceSearchForm(forms.Form):
    """Which places to list: near a point where one is given, else along a highway of a region, else by words."""

    words = LineField(label=_("Name, city or road"), max_length=100, required=False)
    region = forms.ChoiceField(label=_("State or province"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *geo.PlaceKind.choices])
    highway = LineField(
        label=_("Along the highway"), max_length=40, required=False, help_text=_("Such as I-10. Choose its state too.")
    )
    from_milepost = forms.DecimalField(
        label=_("From milepost"), required=False, min_value=0, max_digits=7, decimal_places=3
    )
    to_milepost = forms.DecimalField(
        label=_("To milepost"), required=False, min_value=0, max_digits=7, decimal_places=3
    )
    zip_code = LineField(
        label=_("Near a ZIP code"), max_length=10, required=False, help_text=_("ZIP codes: GeoNames, CC BY 4.0.")
    )
    lat = forms.FloatField(label=_("Near latitude"), required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(label=_("Near longitude"), required=False, min_value=-180, max_value=180)
    km = forms.IntegerField(label=_("Within kilometres"), required=False, min_value=1, max_value=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = region_choices(None, _("All"))

    def clean(self) -> dict[str, Any]:
        """Ask for the other half of a point, and for the state of a highway."""
        data: dict[str, Any] = super().clean() or {}
        if "lat" in data and "lon" in data and (data["lat"] is None) != (data["lon"] is None):
            self.add_error("lat", gettext("Give both the latitude and the longitude."))
        if data.get("highway") and not data.get("region") and "region" in data:
            self.add_error("region", gettext("Choose the state or province of the highway."))
        if data.get("zip_code"):
            self._go_to_zip(data)
        return data

    def _go_to_zip(self, data: dict[str, Any]) -> None:
        found = geo.zip_code(data["zip_code"])
        if found is None:
            self.add_error("zip_code", gettext("This ZIP code is not known. Check it, or give a point."))
        else:
            data["lat"], data["lon"] = found.lat, found.lon
