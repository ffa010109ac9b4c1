"""The shape of input: a place that an organiser adds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from waywatch.geo import regions
from waywatch.geo.models import PlaceKind
from waywatch.geo.values import PlaceDraft, PlaceInfo
from waywatch.lib.text import validate_plain_text

DIRECTIONS = ("NB", "SB", "EB", "WB", "NB / SB", "EB / WB")


def _region_choices() -> list[tuple[str, str]]:
    return [("", str(_("Work it out from the point"))), *((each.code, each.name) for each in regions.regions())]


def _direction_choices() -> list[tuple[str, str]]:
    return [("", str(_("Not known"))), *((each, each) for each in DIRECTIONS)]


class PlaceForm(forms.Form):
    """A place on the road. `draft()` turns the clean form into what the action takes."""

    kind = forms.ChoiceField(label=_("Kind of place"), choices=PlaceKind.choices)
    name = forms.CharField(label=_("Name"), max_length=120, validators=[validate_plain_text])
    region = forms.ChoiceField(label=_("State or province"), choices=_region_choices, required=False)
    city = forms.CharField(label=_("City"), max_length=80, required=False, validators=[validate_plain_text])
    address = forms.CharField(label=_("Address"), max_length=200, required=False, validators=[validate_plain_text])
    lat = forms.FloatField(
        label=_("Latitude"), min_value=-90, max_value=90, help_text=_("In degrees, such as 31.4229.")
    )
    lon = forms.FloatField(
        label=_("Longitude"), min_value=-180, max_value=180, help_text=_("In degrees, west is negative: -103.4932.")
    )
    highway = forms.CharField(
        label=_("Highway"),
        max_length=40,
        required=False,
        validators=[validate_plain_text],
        help_text=_("Such as I-10 or US-231."),
    )
    direction = forms.ChoiceField(label=_("Direction"), choices=_direction_choices, required=False)
    milepost = forms.DecimalField(label=_("Milepost"), min_value=0, max_digits=7, decimal_places=3, required=False)
    spaces = forms.IntegerField(
        label=_("Parking spaces for trucks"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=_("Leave it empty if you do not know."),
    )

    def draft(self) -> PlaceDraft:
        """Return the clean input. Call it after `is_valid()`."""
        clean = self.cleaned_data
        words = {name: clean[name] for name in ("kind", "name", "region", "city", "address", "highway", "direction")}
        numbers = {name: clean[name] for name in ("lat", "lon", "milepost", "spaces")}
        return PlaceDraft(**words, **numbers)

    @staticmethod
    def initial_of(place: PlaceInfo) -> dict[str, object]:
        """Return what the form shows of a place that is being edited."""
        names = ("kind", "name", "region", "city", "address", "lat", "lon", "direction", "milepost", "spaces")
        road = " / ".join((place.highway, *place.concurrent))
        return {"highway": road, **{name: getattr(place, name) for name in names}}
