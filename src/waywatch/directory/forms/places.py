"""The shape of a search for places, and for agencies."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from waywatch.directory.forms.fields import COUNTY_LENGTH, CountyForm, LineField, offer, region_choices
from waywatch.geo import api as geo


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
        offer(self, "region", region_choices(None, _("All")))

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


class AgencySearchForm(CountyForm):
    """Which law enforcement agencies to list: there are some of the United States only."""

    words = LineField(label=_("Words of the name"), max_length=100, required=False)
    region = forms.ChoiceField(label=_("State"), required=False)
    county = LineField(
        label=_("County"), max_length=COUNTY_LENGTH, required=False, help_text=_("Such as Cook. Choose its state too.")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *geo.AgencyKind.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "region", region_choices(frozenset(each.code for each in geo.regions("US")), _("All")))
