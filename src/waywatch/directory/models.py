"""Sectors, organisations, people, posts and contact points."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from waywatch.lib import clock


class Source(models.TextChoices):
    """Where a row came from."""

    PUBLISHED = "published", _("A published page")
    ORGANISER = "organiser", _("Typed in by an organiser")
    IMPORT = "import", _("Imported from a file")


class ContactKind(models.TextChoices):
    """The way a contact point is used."""

    MAIL = "mail", _("E-mail")
    PHONE = "phone", _("Telephone")
    SMS = "sms", _("Text message")
    POST = "post", _("Postal address")


class Language(models.TextChoices):
    """The language a person is written to in."""

    EN = "en", "English"
    FR = "fr", "Français"
    ES = "es", "Español"


class Sector(models.Model):
    """One node of the dated tree of sectors. Its key never changes, because printed counts keep the key they were printed under."""

    key = models.SlugField(primary_key=True, max_length=40, allow_unicode=False)
    name_en = models.CharField(max_length=100)
    name_fr = models.CharField(max_length=100)
    name_es = models.CharField(max_length=100)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gt=models.F("valid_from")),
                name="directory_sector_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("key")), name="directory_sector_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        language = (get_language() or "en")[:2]
        return {"fr": self.name_fr, "es": self.name_es}.get(language, self.name_en)


class Organisation(models.Model):
    """A company, agency or association. Without a region it is national."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    kind = models.CharField(max_length=100, blank=True)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    region = models.ForeignKey("geo.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    county = models.ForeignKey("geo.County", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    city = models.CharField(max_length=100, blank=True)
    website = models.CharField(max_length=300, blank=True)
    # The home region and every served one: what row-level security compares with a person's grants. Kept by the actions.
    reach_regions = ArrayField(models.TextField(), default=list, editable=False)
    source = models.CharField(max_length=10, choices=Source.choices)
    source_url = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key", "region"], name="directory_organisation_once_a_region", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(name_key=""), name="directory_organisation_has_a_name"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="directory_organisation_source_known"),
            models.CheckConstraint(
                condition=Q(county=None) | Q(region__isnull=False), name="directory_organisation_county_in_a_region"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServedJurisdiction(models.Model):
    """A region, or one county of it, that an organisation serves besides or within its home."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="served")
    region = models.ForeignKey("geo.Region", on_delete=models.PROTECT, related_name="+")
    county = models.ForeignKey("geo.County", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["region", "county", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "region", "county"], name="directory_served_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.county_id or ''}".strip()


class Person(models.Model):
    """Somebody who holds posts. There is no field for notes, on purpose."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, editable=False)  # what a search compares: without case and accents
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.EN)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="directory_person_has_a_name"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="directory_person_language_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """What a person does in an organisation, from when until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(max_length=200)
    is_decision_maker = models.BooleanField(default=False)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=models.F("since")),
                name="directory_post_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "title"], condition=Q(until=None), name="directory_post_held_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ContactPoint(models.Model):
    """One way to reach an organisation or the holder of a post. `value` is a field ciphertext and never leaves the row readable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="contact_points"
    )
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="contact_points")
    kind = models.CharField(max_length=5, choices=ContactKind.choices)
    value = models.BinaryField()
    label = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=300)
    verified_on = models.DateField(null=True, blank=True)
    verified_by = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["kind", "created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation=None, post__isnull=False) | Q(organisation__isnull=False, post=None),
                name="directory_contact_point_has_one_holder",
            ),
            models.CheckConstraint(condition=Q(kind__in=ContactKind.values), name="directory_contact_point_kind_known"),
            models.CheckConstraint(
                condition=Q(verified_by=None) | Q(verified_on__isnull=False),
                name="directory_contact_point_verified_by_on",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
