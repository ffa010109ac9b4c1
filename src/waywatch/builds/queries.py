"""Reads. Nothing here grows with the number of attendances: they are counted as they are recorded."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Lower, RowNumber

from waywatch.builds.models import (
    Attendance,
    AttendanceCount,
    AttendanceFigure,
    Build,
    CoHost,
    FollowUp,
    YearFigures,
    YearSectorFigure,
)
from waywatch.builds.rules import own_id, sum_qualifier
from waywatch.builds.vocabulary import Provenance


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of builds is narrowed to; an empty value narrows nothing.

    `held_only` leaves out the builds held elsewhere for `region`, `listed_only` those that not every account may see: with them the list
    holds what a map or a report counts.
    """

    words: str = ""
    year: int | None = None
    region: str = ""
    country: str = ""
    held_only: bool = False
    listed_only: bool = False


def narrowed(builds: QuerySet[Build], filters: Filters) -> QuerySet[Build]:
    """Return `builds` narrowed, with what a row of the list shows."""
    if filters.words:
        vector = SearchVector("city", "venue", "region__name_en", "region__name_fr", "region__name_es", config="simple")
        builds = builds.annotate(words=vector).filter(
            Q(words=SearchQuery(filters.words, config="simple")) | Q(city__icontains=filters.words)
        )
    if filters.year:
        builds = builds.filter(year=filters.year)
    if filters.listed_only:
        builds = builds.filter(listed=True)
    if filters.held_only:
        builds = builds.filter(region_id=filters.region)
    elif filters.region:
        builds = builds.filter(Q(region_id=filters.region) | Q(also_covers=filters.region)).distinct()
    if filters.country:
        builds = builds.filter(region__country_id=filters.country)
    return with_totals(builds).select_related("region")


def with_totals(builds: QuerySet[Build]) -> QuerySet[Build]:
    """Annotate `total`, `total_qualifier` and `total_provenance`.

    A total that was published or reported stands as it was said. The people recorded one by one stand only where nobody said a total: a
    half-kept list at the door must not take a printed number's place.
    """
    said = AttendanceFigure.objects.filter(build=OuterRef("pk"), sector=None).order_by("provenance")
    counts = AttendanceCount.objects.filter(build=OuterRef("pk"), count__gt=0).order_by()
    counted = counts.values("build").annotate(n=Sum("count")).values("n")
    builds = builds.annotate(counted=Subquery(counted), said=Subquery(said.values("value")[:1]))
    return builds.annotate(
        total=Coalesce(F("said"), F("counted")),
        total_qualifier=Coalesce(Subquery(said.values("qualifier")[:1]), Value("")),
        total_provenance=Coalesce(Subquery(said.values("provenance")[:1]), Value(Provenance.RECORDED.value)),
    )


def with_sectors(builds: QuerySet[Build]) -> QuerySet[Build]:
    """Return builds with their totals and, as `attendancefigures`, what was said of single sectors."""
    figures = AttendanceFigure.objects.exclude(sector=None).select_related("sector")
    return with_totals(builds).select_related("region").prefetch_related(Prefetch("attendancefigures", figures))


def with_known_total(builds: QuerySet[Build]) -> QuerySet[Build]:
    """Return those builds of which somebody said how many came."""
    return with_totals(builds).filter(total__isnull=False).select_related("region")  # type: ignore[misc]  # annotated above


def with_parts(builds: QuerySet[Build]) -> QuerySet[Build]:
    """Fetch what the page of a build shows, in a fixed number of queries."""
    return (
        with_totals(builds)
        .select_related("region__country")
        .prefetch_related(
            "also_covers",
            "cohosts__sector",
            "invitedsectors__sector",
            Prefetch("attendancefigures", AttendanceFigure.objects.select_related("sector")),
            "surveyfigures",
            Prefetch("followups", FollowUp.objects.select_related("sector")),
            "quotes",
            Prefetch("attendance_counts", AttendanceCount.objects.select_related("sector").filter(count__gt=0)),
        )
    )


def years_of(builds: QuerySet[Build]) -> list[int]:
    """Return the years of these builds, newest first."""
    return list(builds.order_by("-year").values_list("year", flat=True).distinct())


def report_years() -> list[int]:
    """Return the years that have listed builds or printed figures, newest first."""
    found = set(years_of(listed()))
    found |= set(YearFigures.objects.order_by().values_list("year", flat=True).distinct())
    return sorted(found, reverse=True)


def attendances(build: Build, sector: str = "") -> QuerySet[Attendance]:
    """Return the people who came to a build, of one sector where given, newest first."""
    rows = Attendance.objects.filter(build=build).select_related("sector")
    return rows.filter(sector_id=sector) if sector else rows


def listed() -> QuerySet[Build]:
    """Return the builds that every account may see: reports count these, so that they say the same to every reader."""
    return Build.objects.filter(listed=True)


def in_region(region: str) -> QuerySet[Build]:
    """Return the builds held in a state or province, or held elsewhere for it too."""
    return Build.objects.filter(
        Q(region_id=region) | Q(pk__in=Build.also_covers.through.objects.filter(region_id=region).values("build_id"))
    )


def in_year(year: int) -> QuerySet[Build]:
    """Return the listed builds of a year."""
    return listed().filter(year=year)


def count_by_region(builds: QuerySet[Build]) -> dict[str, int]:
    """Return how many of these builds each state or province had, by its code."""
    rows = builds.order_by().values_list("region_id").annotate(n=Count("pk"))
    return dict(rows.values_list("region_id", "n"))


def covered_regions(builds: QuerySet[Build]) -> frozenset[str]:
    """Return the states and provinces that one of these builds, held elsewhere, covered too."""
    rows = Build.also_covers.through.objects.filter(build__in=builds.order_by())
    return frozenset(rows.values_list("region_id", flat=True).distinct())


def year_figures(year: int) -> list[YearFigures]:
    """Return what partners printed of a year, the whole programme first: the row with the year's own id, then the others by id."""
    rows = YearFigures.objects.filter(year=year).prefetch_related(
        Prefetch("by_sector", YearSectorFigure.objects.select_related("sector").order_by("sector__order"))
    )
    return sorted(rows, key=lambda row: (row.scope, row.slug != own_id(year), row.slug))


def sector_figures(builds: QuerySet[Build]) -> list[AttendanceFigure]:
    """Return the figures by sector that single builds have, largest first; at most a thousand, for reconciling with a year's."""
    better = AttendanceFigure.objects.filter(
        build=OuterRef("build"), sector=OuterRef("sector"), provenance__lt=OuterRef("provenance")
    )
    rows = AttendanceFigure.objects.filter(build__in=builds).exclude(sector=None).exclude(Exists(better))
    return list(rows.select_related("build").order_by("-value")[:1000])


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the records themselves say of a set of builds. `total` sums the known totals; `total_qualifier` is the word of that sum.

    `with_whole_lists` counts the builds whose people were all recorded: those of which nobody said another number. A half-kept list at the
    door says nothing about sectors.
    """

    builds: int
    made_here: int
    with_total: int
    total: int
    total_qualifier: str
    by_sector: dict[str, int]
    with_whole_lists: int


def recorded(builds: QuerySet[Build]) -> Recorded:
    """Count the builds of a set, those made here (not loaded from print), those with a known total, and the people recorded."""
    of_sectors = AttendanceFigure.objects.filter(build=OuterRef("pk"), sector__isnull=False)
    nobody_said_another = Q(said__isnull=True, said_of_sectors=False) | Q(said=F("counted"))
    totals = (
        with_totals(builds)
        .annotate(said_of_sectors=Exists(of_sectors))
        .order_by()
        .aggregate(
            builds=Count("pk"),
            made_here=Count("pk", filter=Q(provenance=Provenance.RECORDED)),
            with_total=Count("pk", filter=Q(total__isnull=False)),
            sum=Sum("total"),
            words=ArrayAgg("total_qualifier", distinct=True, filter=Q(total__isnull=False), default=Value([])),
            with_whole_lists=Count("pk", filter=Q(counted__isnull=False) & nobody_said_another),
        )
    )
    rows = AttendanceCount.objects.filter(build__in=builds, count__gt=0).order_by().values("sector_id")
    return Recorded(
        builds=totals["builds"],
        made_here=totals["made_here"],
        with_total=totals["with_total"],
        total=totals["sum"] or 0,
        total_qualifier=sum_qualifier(totals["words"]),
        by_sector={row["sector_id"]: row["n"] for row in rows.annotate(n=Sum("count"))},
        with_whole_lists=totals["with_whole_lists"],
    )


def has_unlisted(year: int) -> bool:
    """Tell whether the year has builds that not every account may see."""
    return Build.objects.filter(year=year, listed=False).exists()


@dataclass(frozen=True, slots=True)
class CoHosting:
    """Somebody who held builds with us: a name as printed, how many builds, and the newest of them."""

    name: str
    builds: int
    newest: tuple[Build, ...]

    @property
    def more(self) -> int:
        """Return how many builds are not among the newest."""
        return self.builds - len(self.newest)


NEWEST = 3


def _with_who(builds: QuerySet[Build]) -> QuerySet[Any]:
    """Return the co-hosts of these builds with `who`: an organisation is one, and a name without an organisation is one."""
    who = Coalesce(Cast("organisation_id", CharField()), Lower("name"))
    return CoHost.objects.filter(build__in=builds).annotate(who=who).order_by()


def cohost_count(builds: QuerySet[Build]) -> int:
    """Count who held these builds with us, each once."""
    return _with_who(builds).aggregate(n=Count("who", distinct=True))["n"] or 0


def cohosts_of(builds: QuerySet[Build], limit: int) -> list[CoHosting]:
    """Return who held these builds with us, each once as `cohost_count` counts them, the latest first."""
    rows = _with_who(builds)
    each = rows.values("who").annotate(shown=Min("name"), times=Count("build", distinct=True), last=Max("build__year"))
    found = list(each.order_by("-last", "shown")[:limit])
    order = [F("build__year").desc(), F("build__slug").asc()]
    place = Window(RowNumber(), partition_by=F("who"), order_by=order)
    newest: dict[str, dict[Build, None]] = {}
    of_these = rows.filter(who__in=[row["who"] for row in found]).annotate(place=place).filter(place__lte=NEWEST)
    for row in of_these.select_related("build").order_by(*order):
        newest.setdefault(row.who, {})[row.build] = None
    return [CoHosting(row["shown"], row["times"], tuple(newest[row["who"]])) for row in found]


def cohost_rows(builds: QuerySet[Build]) -> QuerySet[CoHost]:
    """Return the co-hosts build by build, by name: the rows under `cohost_count`."""
    rows = CoHost.objects.filter(build__in=builds).select_related("build__region", "sector")
    return rows.order_by(Lower("name"), "-build__year", "build__slug", "id")
