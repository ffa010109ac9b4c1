"""The tables of reference data, and the places that organisers add to them."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waywatch.geo.names import name_of

AGENCIES_AS_OF = 2018
DIRECTION_LENGTH = 20


def on_earth(name: str) -> models.CheckConstraint:
    """Return the constraint that `lat` and `lon` are degrees on the globe, or both unknown (NaN sorts above 90)."""
    known = Q(lat__isnull=False, lon__isnull=False, lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180)
    return models.CheckConstraint(condition=known | Q(lat=None, lon=None), name=name)


class Country(models.Model):
    """United States, Canada, Mexico: ISO 3166-1 alpha-2."""

    code = models.CharField(max_length=2, primary_key=True)
    name_en = models.CharField(max_length=60)
    name_fr = models.CharField(max_length=60)
    name_es = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return name_of(self)


class RegionKind(models.TextChoices):
    """What a region is called in its country."""

    STATE = "state", _("State")
    PROVINCE = "province", _("Province")
    TERRITORY = "territory", _("Territory")
    DISTRICT = "district", _("District")
    OUTLYING = "outlying", _("Outlying area")


class Region(models.Model):
    """A state, province, territory, district or outlying area: ISO 3166-2, such as "US-TX" or "CA-AB"."""

    code = models.CharField(max_length=5, primary_key=True)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+")
    postal = models.CharField(max_length=2)
    kind = models.CharField(max_length=10, choices=RegionKind)
    name_en = models.CharField(max_length=60)
    name_fr = models.CharField(max_length=60)
    name_es = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "postal"], name="geo_region_postal_once"),
            models.CheckConstraint(condition=Q(kind__in=RegionKind.values), name="geo_region_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return name_of(self)


class CountyKind(models.TextChoices):
    """County or equivalent in the United States, census division in Canada."""

    COUNTY = "county", _("County")
    CENSUS_DIVISION = "census_division", _("Census division")


class County(models.Model):
    """A county by its FIPS code of 2020 ("US-48389") or a census division by its SGC code ("CA-1001")."""

    code = models.CharField(max_length=8, primary_key=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=CountyKind)
    name_en = models.CharField(max_length=80)
    name_fr = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=CountyKind.values), name="geo_county_kind_known"),
            # Only so that another table's county can be held to its region by a foreign key of both columns.
            models.UniqueConstraint(fields=["code", "region"], name="geo_county_code_in_region"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name_es(self) -> str:
        """Counties keep their English name in Spanish."""
        return self.name_en

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return name_of(self)


class ZipCode(models.Model):
    """A ZIP code, its post office and the one county GeoNames gives for it. Military post offices have none."""

    code = models.CharField(max_length=5, primary_key=True)
    place = models.CharField(max_length=40)
    county = models.ForeignKey(County, null=True, on_delete=models.PROTECT, related_name="+")
    lat = models.FloatField()
    lon = models.FloatField()

    class Meta:
        constraints: ClassVar = [on_earth("geo_zipcode_on_earth")]

    def __str__(self) -> str:
        return f"{self.code} {self.place}"


class AgencyKind(models.TextChoices):
    """The FBI's kinds of agencies."""

    CITY = "city", _("City police")
    COUNTY = "county", _("County sheriff or police")
    STATE_POLICE = "state_police", _("State police or highway patrol")
    OTHER_STATE = "other_state", _("Other state agency")
    UNIVERSITY = "university", _("University or college police")
    TRIBAL = "tribal", _("Tribal police")
    OTHER = "other", _("Other agency")


class Agency(models.Model):
    """A law enforcement agency as the FBI listed it in 2018. Shown with its age; nothing is ever routed by it."""

    ori = models.CharField(max_length=9, primary_key=True, help_text=_("The FBI's number of the agency."))
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=AgencyKind)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    county = models.ForeignKey(County, null=True, on_delete=models.PROTECT, related_name="+")
    lat = models.FloatField(null=True, help_text=_("Mostly the middle of the county, not the station."))
    lon = models.FloatField(null=True)
    as_of = models.PositiveSmallIntegerField(
        default=AGENCIES_AS_OF,
        help_text=_("The year of this fact: show it with its age and never route anything by it."),
    )

    class Meta:
        verbose_name_plural = "agencies"
        indexes: ClassVar = [models.Index(fields=["region", "name"], name="geo_agency_by_name")]
        constraints: ClassVar = [
            on_earth("geo_agency_on_earth"),
            models.CheckConstraint(condition=Q(kind__in=AgencyKind.values), name="geo_agency_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceKind(models.TextChoices):
    """What is found at a place on the road."""

    TRUCK_PARKING = "truck_parking", _("Truck parking or rest area")
    WEIGH_IN_MOTION = "weigh_in_motion", _("Weigh-in-motion sensor")
    TRUCK_STOP = "truck_stop", _("Truck stop")
    TERMINAL = "terminal", _("Terminal or station")
    OTHER = "other", _("Other place")


class PlaceSource(models.TextChoices):
    """Where a place is from."""

    JASONS_LAW = "ntad-jasons-law", _("U.S. Department of Transportation, truck parking (about 2019)")
    WEIGH_IN_MOTION = "ntad-weigh-in-motion", _("U.S. Department of Transportation, weigh-in-motion sensors")
    ORGANISER = "organiser", _("Added by an organiser")


class Place(models.Model):
    """Published truck parking and sensors, which are never edited, and the places that organisers add."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=PlaceKind)
    name = models.CharField(
        max_length=120, blank=True, help_text=_("Empty where the source does not know it; a sensor's number.")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    county = models.ForeignKey(
        County, null=True, on_delete=models.PROTECT, related_name="+", help_text=_("Worked out from the point.")
    )
    city = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=200, blank=True)
    lat = models.FloatField()
    lon = models.FloatField()
    highway = models.CharField(max_length=40, blank=True, help_text=_("Such as I-10 or US-231."))
    concurrent = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, help_text=_("Other routes on the same road.")
    )
    direction = models.CharField(max_length=DIRECTION_LENGTH, blank=True, help_text=_("Such as EB, or NB / SB."))
    milepost = models.DecimalField(max_digits=7, decimal_places=3, null=True, blank=True)
    milepost_note = models.CharField(
        max_length=20,
        blank=True,
        help_text=_("The source's own words where they are no mile of this route, such as an exit."),
    )
    spaces = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Parking spaces for trucks; empty is unknown.")
    )
    source = models.CharField(max_length=24, choices=PlaceSource)
    external_key = models.CharField(max_length=200, null=True)  # noqa: DJ001 - NULL for organisers' places keeps the key unique
    added_by = models.UUIDField(
        null=True, help_text=_("The account that added it; empty for published rows and the system.")
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["lat", "lon"], name="geo_place_by_point"),
            models.Index(fields=["region", "highway", "milepost"], name="geo_place_by_route"),
        ]
        constraints: ClassVar = [
            on_earth("geo_place_on_earth"),
            models.UniqueConstraint(fields=["source", "kind", "external_key"], name="geo_place_external_key_once"),
            models.CheckConstraint(condition=Q(kind__in=PlaceKind.values), name="geo_place_kind_known"),
            models.CheckConstraint(condition=Q(source__in=PlaceSource.values), name="geo_place_source_known"),
            models.CheckConstraint(condition=Q(milepost=None) | Q(milepost__gte=0), name="geo_place_milepost_positive"),
            models.CheckConstraint(
                condition=Q(source=PlaceSource.ORGANISER, external_key=None)
                | Q(~Q(source=PlaceSource.ORGANISER), external_key__isnull=False, added_by=None, closed_at=None),
                name="geo_place_published_has_key",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)


class ReferenceVersion(models.Model):
    """The one row that says which data files are loaded, so that loading the same again costs nothing."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    digest = models.CharField(max_length=64)
    summary = models.JSONField()
    loaded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="geo_referenceversion_one_row")]

    def __str__(self) -> str:
        return self.digest
