"""Reads. Nothing here grows with the number of attendances: they are counted as they are recorded."""

from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import CharField, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Lower

from waywatch.builds.models import (
    Attendance,
    AttendanceCount,
    AttendanceFigure,
    Build,
    CoHost,
    FollowUp,
    Quote,
    YearFigures,
)
from waywatch.builds.rules import sum_qualifier
from waywatch.builds.vocabulary import ADOPTIONS, FollowUpKind, Provenance


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of builds is narrowed to; an empty value narrows nothing."""

    words: str = ""
    year: int | None = None
    region: str = ""
    country: str = ""


def narrowed(builds: QuerySet[Build], filters: Filters) -> QuerySet[Build]:
    """Return `builds` narrowed, with what a row of the list shows."""
    if filters.words:
        vector = SearchVector("city", "venue", "region__name_en", "region__name_fr", "region__name_es", config="simple")
        builds = builds.annotate(words=vector).filter(
            Q(words=SearchQuery(filters.words, config="simple")) | Q(city__icontains=filters.words)
        )
    if filters.year:
        builds = builds.filter(year=filters.year)
    if filters.region:
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


@dataclass(frozen=True, slots=True)
class Trained:
    """People trained after builds: `counted` sums the counts that were given (None: none was), and who gave none."""

    counted: int | None
    actors_without_count: int
    qualifier: str = ""


def _heard_once(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Leave out what was reported where the same act of the same partner was published too: it is counted once."""
    published = FollowUp.objects.filter(
        build=OuterRef("build"), kind=OuterRef("kind"), actor_name__iexact=OuterRef("actor_name"),
        provenance__lt=OuterRef("provenance"),
    )  # fmt: skip
    return rows.exclude(Exists(published))


def trained_after(builds: QuerySet[Build]) -> Trained:
    """Sum the people whom partners trained after these builds. Actors without a count are counted apart, never as zero."""
    rows = _heard_once(FollowUp.objects.filter(build__in=builds, kind=FollowUpKind.PEOPLE_TRAINED))
    found = rows.aggregate(counted=Sum("count"), without=Count("id", filter=Q(count=None)), words=_words("qualifier"))
    return Trained(found["counted"], found["without"], sum_qualifier(found["words"] or []))


def _words(field: str) -> ArrayAgg:
    return ArrayAgg(field, distinct=True, default=Value([]))


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


def adoptions(builds: QuerySet[Build], limit: int) -> list[FollowUp]:
    """Return what partners took up since these builds, newest build first."""
    rows = FollowUp.objects.filter(build__in=builds, kind__in=ADOPTIONS).select_related("build", "sector")
    return list(rows.order_by("-build__year", "build__slug", "position")[:limit])


def trainings(builds: QuerySet[Build], limit: int) -> list[FollowUp]:
    """Return who trained people after these builds, newest build first: the rows under `trained_after`."""
    rows = FollowUp.objects.filter(build__in=builds, kind=FollowUpKind.PEOPLE_TRAINED).select_related("build", "sector")
    return list(rows.order_by("-build__year", "build__slug", "position")[:limit])


def cohosts_of(builds: QuerySet[Build], limit: int) -> dict[str, list[Build]]:
    """Return who held these builds with us, each once under the name as printed, with the builds, newest first."""
    rows = CoHost.objects.filter(build__in=builds).select_related("build")
    found: dict[str, list[Build]] = {}
    for row in rows.order_by("-build__year", "build__slug", "position")[:limit]:
        found.setdefault(row.name, []).append(row.build)
    return found


def follow_up_counts(builds: QuerySet[Build]) -> dict[str, int]:
    """Return how many follow-ups of each kind these builds had."""
    rows = FollowUp.objects.filter(build__in=builds).order_by().values("kind").annotate(n=Count("id"))
    return {row["kind"]: row["n"] for row in rows}


def quotes_of(builds: QuerySet[Build], limit: int) -> list[Quote]:
    """Return what was said about these builds."""
    return list(
        Quote.objects.filter(build__in=builds)
        .select_related("build__region")
        .order_by("build__slug", "position")[:limit]
    )


def year_figures(year: int) -> list[YearFigures]:
    """Return what partners printed of a year, the whole programme first."""
    return list(YearFigures.objects.filter(year=year).prefetch_related("by_sector__sector"))


def sector_figures(builds: QuerySet[Build]) -> list[AttendanceFigure]:
    """Return the figures by sector that single builds have, largest first; at most a thousand, for reconciling with a year's."""
    better = AttendanceFigure.objects.filter(
        build=OuterRef("build"), sector=OuterRef("sector"), provenance__lt=OuterRef("provenance")
    )
    rows = AttendanceFigure.objects.filter(build__in=builds).exclude(sector=None).exclude(Exists(better))
    return list(rows.select_related("build").order_by("-value")[:1000])


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the records themselves say of a set of builds. `total` sums the known totals; `total_qualifier` is the word of that sum."""

    builds: int
    made_here: int
    with_total: int
    total: int
    total_qualifier: str
    by_sector: dict[str, int]
    builds_with_people: int


def recorded(builds: QuerySet[Build]) -> Recorded:
    """Count the builds of a set, those made here (not loaded from print), those with a known total, and the people recorded."""
    totals = (
        with_totals(builds)
        .order_by()
        .aggregate(
            builds=Count("pk"),
            made_here=Count("pk", filter=Q(provenance=Provenance.RECORDED)),
            with_total=Count("pk", filter=Q(total__isnull=False)),
            sum=Sum("total"),
            words=ArrayAgg("total_qualifier", distinct=True, filter=Q(total__isnull=False), default=Value([])),
            with_people=Count("pk", filter=Q(counted__isnull=False)),
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
        builds_with_people=totals["with_people"],
    )


def has_unlisted(year: int) -> bool:
    """Tell whether the year has builds that not every account may see."""
    return Build.objects.filter(year=year, listed=False).exists()


def cohost_count(builds: QuerySet[Build]) -> int:
    """Count who held these builds with us: an organisation once, and a name without an organisation once."""
    who = Coalesce(Cast("organisation_id", CharField()), Lower("name"))
    return CoHost.objects.filter(build__in=builds).aggregate(n=Count(who, distinct=True))["n"] or 0
