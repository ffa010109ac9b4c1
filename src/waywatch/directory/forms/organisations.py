"""The shape of an organisation, of what it serves, and of the list's filters."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from waywatch.directory import queries, rules
from waywatch.directory.facts import OrganisationFacts
from waywatch.directory.forms.fields import (
    COUNTY_LENGTH,
    CountyForm,
    DayField,
    LineField,
    WebField,
    offer,
    region_choices,
)
from waywatch.directory.models import Organisation
from waywatch.lib import clock


class OrganisationForm(CountyForm):
    """The facts of an organisation. `regions` are the homes that the actor may choose; None is every one, and none at all."""

    name = LineField(label=_("Name"), max_length=200)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    kind = LineField(
        label=_("Kind"), max_length=100, required=False, help_text=_("Such as carrier, sheriff's office, travel plaza.")
    )
    region = forms.ChoiceField(label=_("Home state or province"), required=False)
    county = LineField(
        label=_("Home county"),
        max_length=COUNTY_LENGTH,
        required=False,
        help_text=_("For a sheriff or another agency of one county, such as Reeves County. Choose its state too."),
    )
    city = LineField(label=_("City"), max_length=100, required=False)
    website = WebField(label=_("Website"), max_length=300, required=False)
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, regions: frozenset[str] | None, stored: Organisation | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        sectors = queries.sector_choices(clock.today(), keep=stored.sector_id if stored else None)
        offer(self, "sector", [("", _("Not known")), *sectors])
        national = _("No single state or province") if regions is None else None
        offer(self, "region", region_choices(regions, national))
        self.fields["region"].required = regions is not None

    def clean_name(self) -> str:
        """Refuse a name of marks alone."""
        name: str = self.cleaned_data["name"]
        if not rules.name_key(name):
            raise forms.ValidationError(gettext("Give a name with at least one letter or digit."), code="no_letters")
        return name

    def facts(self) -> OrganisationFacts:
        """Return what was typed."""
        data = self.cleaned_data
        return OrganisationFacts(
            name=data["name"],
            kind=data["kind"],
            sector_key=data["sector"] or None,
            region_code=data["region"] or None,
            county_code=self.found_county.code if self.found_county else None,
            city=data["city"],
            website=data["website"],
        )

    @staticmethod
    def initial_of(row: Organisation) -> dict[str, Any]:
        """Return what the form shows of a stored organisation."""
        names = ("name", "kind", "city", "website", "version")
        placed = {"region": row.region_id, "county": row.county.name if row.county else ""}
        return {name: getattr(row, name) for name in names} | {"sector": row.sector_id} | placed


class NewOrganisationForm(OrganisationForm):
    """A new organisation; `another` answers the question whether it is one that is already there."""

    another = forms.BooleanField(label=_("It is another one: add it"), required=False, widget=forms.HiddenInput)

    def ask(self) -> None:
        """Show the question."""
        self.fields["another"].widget = forms.CheckboxInput()


class ServedForm(CountyForm):
    """One more region that an organisation serves, or one county of it."""

    region = forms.ChoiceField(label=_("State or province"))
    county = LineField(
        label=_("County"),
        max_length=COUNTY_LENGTH,
        required=False,
        help_text=_("Leave it empty if the whole state or province is served."),
    )
    since = DayField(label=_("Since"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "region", region_choices(None, None))


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
        offer(self, "sector", [("", _("All")), *((row.key, row.name) for row in queries.sector_rows(None))])
        offer(self, "region", region_choices(None, _("All")))

    def filters(self) -> queries.Filters:
        """Return the filters that fit."""
        self.is_valid()
        kept = {name: value for name, value in self.cleaned_data.items() if value}
        return queries.Filters(**kept)
