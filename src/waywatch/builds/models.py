"""A build and everything counted or said about it. Figures name their provenance; NULL is "not known", never zero."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from waywatch.builds.vocabulary import FollowUpKind, Mode, Provenance, Qualifier, Wave


def text_list() -> list[str]:
    """Return the empty list that a new row starts with."""
    return []


class Entity(models.Model):
    """What every row here has: an id that gives nothing away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class Build(Entity):
    """One Coalition Build: a meeting, in a place, on a day that may not be known."""

    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    year = models.PositiveSmallIntegerField(_("year"))
    date = models.DateField(_("date"), null=True, blank=True)
    date_printed = models.CharField(_("date as printed"), max_length=120, blank=True)
    starts_at = models.TimeField(_("begins"), null=True, blank=True)
    ends_at = models.TimeField(_("ends"), null=True, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.ForeignKey(
        "geo.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("state or province")
    )
    also_covers = models.ManyToManyField("geo.Region", related_name="+", blank=True, verbose_name=_("also covers"))
    mode = models.CharField(_("how people met"), max_length=20, choices=Mode.choices, blank=True)
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    invite_only = models.BooleanField(_("by invitation only"), null=True, blank=True)
    called_build = models.BooleanField(_("called a Coalition Build in print"), null=True, blank=True)
    presenters = ArrayField(models.TextField(), default=text_list, blank=True)
    notes = ArrayField(models.TextField(), default=text_list, blank=True)
    sources = ArrayField(models.TextField(), default=text_list, blank=True)
    provenance = models.CharField(max_length=12, choices=Provenance.choices, default=Provenance.RECORDED)
    listed = models.BooleanField(
        _("may be seen by every account"), default=False, help_text=_("Only then is it counted in the annual reports.")
    )
    loaded_digest = models.CharField(max_length=64, blank=True)
    edited_here = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-year", F("date").desc(nulls_last=True), "slug"]
        indexes = [models.Index(fields=["year", "region"]), models.Index(fields=["region", "-year"])]
        constraints = [
            models.CheckConstraint(name="build_year_sane", condition=Q(year__gte=1990, year__lte=2100)),
            models.CheckConstraint(name="build_date_in_year", condition=Q(date__isnull=True) | Q(date__year=F("year"))),
            models.CheckConstraint(
                name="build_ends_after_start",
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Part(Entity):
    """Something under a build, in the order in which it was printed or entered."""

    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="%(class)ss")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "id"]


class CoHost(Part):
    """Who held the build together with us: the name as printed, and the organisation where we know it."""

    name = models.CharField(_("name"), max_length=200)
    sector = models.ForeignKey("directory.Sector", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "directory.Organisation", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(Part.Meta):
        constraints = [models.UniqueConstraint(name="cohost_once", fields=["build", "name"])]

    def __str__(self) -> str:
        return self.name


class InvitedSector(Part):
    """Whom the invitation addressed: printed words, and the sector where they name one."""

    printed = models.CharField(_("as printed"), max_length=200)
    sector = models.ForeignKey("directory.Sector", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.printed


class Said(models.Model):
    """How we know what somebody stands for, and where it may be read.

    `sources` are candidates, because a file of published builds names its pages for a whole build: a single page is the page, of several
    at least one prints it, and none means that nobody knows the page.
    """

    provenance = models.CharField(_("provenance"), max_length=12, choices=Provenance.choices)
    sources = ArrayField(models.TextField(), verbose_name=_("sources"), default=text_list, blank=True)

    class Meta:
        abstract = True


class AttendanceFigure(Part, Said):
    """How many came: of a sector, or in all where `sector` is NULL."""

    value = models.PositiveIntegerField(_("number"), null=True, blank=True)
    qualifier = models.CharField(_("word before the number"), max_length=12, choices=Qualifier.choices, blank=True)
    sector = models.ForeignKey("directory.Sector", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                name="attendance_figure_once", fields=["build", "sector", "provenance"], nulls_distinct=False
            ),
            models.CheckConstraint(name="attendance_figure_has_value", condition=Q(value__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.value)


class SurveyFigure(Part, Said):
    """One figure of a survey. Per cent of the respondents, whose number is often not printed. An empty `wave` is not known."""

    wave = models.CharField(_("survey"), max_length=12, choices=Wave.choices, blank=True)
    when_printed = models.CharField(_("when, as printed"), max_length=120, blank=True)
    metric = models.CharField(_("what was asked"), max_length=200)
    value = models.DecimalField(_("value"), max_digits=9, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    respondents = models.PositiveIntegerField(_("respondents"), null=True, blank=True)
    printed = models.TextField(_("as printed"), blank=True)

    class Meta(Part.Meta):
        constraints = [
            models.CheckConstraint(
                name="survey_percent_in_range",
                condition=~Q(unit="percent_of_respondents") | Q(value__isnull=True) | Q(value__gte=0, value__lte=100),
            )
        ]

    def __str__(self) -> str:
        return self.metric


class FollowUp(Part, Said):
    """What somebody did after the build. `count` NULL: done, but no number was given."""

    when_printed = models.CharField(_("when, as printed"), max_length=120, blank=True)
    actor_name = models.CharField(_("who"), max_length=200)
    kind = models.CharField(_("what"), max_length=40, choices=FollowUpKind.choices)
    kind_printed = models.CharField(max_length=80, blank=True)
    sector = models.ForeignKey(
        "directory.Sector", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("sector")
    )
    count = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    qualifier = models.CharField(_("word before the number"), max_length=12, choices=Qualifier.choices, blank=True)
    printed = models.TextField(_("in their words"), blank=True)

    class Meta(Part.Meta):
        indexes = [models.Index(fields=["kind", "build"])]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.get_kind_display()}"


class Quote(Part, Said):
    """What somebody said. A paraphrase is never printed in quotation marks."""

    text = models.TextField(_("words"))
    is_paraphrase = models.BooleanField(_("paraphrased"), default=True)

    def __str__(self) -> str:
        return self.text


class Attendance(Entity):
    """One person who came to a build. The person and the organisation may be unknown; the sector is always said."""

    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="+")
    sector = models.ForeignKey("directory.Sector", on_delete=models.PROTECT, related_name="+", verbose_name=_("sector"))
    organisation = models.ForeignKey(
        "directory.Organisation", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    batch = models.UUIDField(default=uuid.uuid4, editable=False)
    recorded_by = models.UUIDField(null=True, editable=False)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-recorded_at", "id"]
        indexes = [models.Index(fields=["build", "sector", "-recorded_at"])]


class AttendanceCount(models.Model):
    """How many attendances a build has of a sector: kept by the action that adds them, so that no page counts rows."""

    pk = models.CompositePrimaryKey("build_id", "sector_id")
    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="attendance_counts")
    sector = models.ForeignKey("directory.Sector", on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(default=0)


class YearFigures(Entity):
    """What a partner printed of a whole year, or of a part of its programme (`scope`, such as "bus-casino")."""

    slug = models.SlugField(max_length=80, unique=True)
    year = models.PositiveSmallIntegerField()
    scope = models.CharField(max_length=80, blank=True)
    builds = models.PositiveIntegerField(null=True)
    us_states = models.PositiveIntegerField(null=True)
    ca_provinces = models.PositiveIntegerField(null=True)
    sessions = models.PositiveIntegerField(null=True)
    registered = models.PositiveIntegerField(null=True)
    total = models.PositiveIntegerField(null=True)
    total_qualifier = models.CharField(max_length=12, choices=Qualifier.choices, blank=True)
    sectors_printed = ArrayField(models.TextField(), default=text_list)
    notes = ArrayField(models.TextField(), default=text_list)
    sources = ArrayField(models.TextField(), default=text_list)
    loaded_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["year", "scope", "slug"]


class YearSectorFigure(Entity):
    """How many of a sector a year's printed figures name. NULL: the sector is named, but without a number."""

    year_figures = models.ForeignKey(YearFigures, on_delete=models.CASCADE, related_name="by_sector")
    sector = models.ForeignKey("directory.Sector", on_delete=models.PROTECT, related_name="+")
    value = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="year_sector_once", fields=["year_figures", "sector"])]
