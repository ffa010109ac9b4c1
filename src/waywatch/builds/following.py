"""Reads of what followed builds and what was said of them: what was heard twice is counted once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum, Value

from waywatch.builds.models import Build, FollowUp, Quote
from waywatch.builds.rules import sum_qualifier
from waywatch.builds.vocabulary import FollowUpKind


@dataclass(frozen=True, slots=True)
class Trained:
    """People trained after builds: `counted` sums the counts that were given (None: none was), and who gave none."""

    counted: int | None
    actors_without_count: int
    qualifier: str = ""


def _heard_once(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Leave out what was heard twice, once published and once reported, of the same act of the same partner: it is counted once.

    The one with a number stands, and of two with a number, or without one, the published one.
    """
    again = FollowUp.objects.filter(
        build=OuterRef("build"), kind=OuterRef("kind"), actor_name__iexact=OuterRef("actor_name")
    ).exclude(provenance=OuterRef("provenance"))
    counted, uncounted = Q(count__isnull=False), Q(count__isnull=True)
    better = again.filter(counted | Q(provenance__lt=OuterRef("provenance")))
    first = again.filter(counted, provenance__lt=OuterRef("provenance"))
    return rows.exclude(uncounted & Exists(better)).exclude(counted & Exists(first))


def trained_after(builds: QuerySet[Build]) -> Trained:
    """Sum the people whom partners trained after these builds. Actors without a count are counted apart, never as zero.

    The word of the sum is of the numbers: a word without a number says nothing about them.
    """
    rows = _heard_once(FollowUp.objects.filter(build__in=builds, kind=FollowUpKind.PEOPLE_TRAINED))
    found = rows.aggregate(
        counted=Sum("count"),
        without=Count("id", filter=Q(count=None)),
        words=ArrayAgg("qualifier", distinct=True, filter=Q(count__isnull=False), default=Value([])),
    )
    return Trained(found["counted"], found["without"], sum_qualifier(found["words"]))


def follow_ups(builds: QuerySet[Build], kinds: Iterable[str] | None = None) -> QuerySet[FollowUp]:
    """Return what partners did after these builds, each heard once, newest build first: the rows under every count of follow-ups."""
    rows = _heard_once(FollowUp.objects.filter(build__in=builds))
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return rows.select_related("build__region").order_by("-build__year", "build__slug", "position", "id")


def follow_up_counts(builds: QuerySet[Build]) -> dict[str, int]:
    """Return how many follow-ups of each kind these builds had, each heard once."""
    rows = _heard_once(FollowUp.objects.filter(build__in=builds)).order_by().values("kind").annotate(n=Count("id"))
    return {row["kind"]: row["n"] for row in rows}


def quotes_of(builds: QuerySet[Build]) -> QuerySet[Quote]:
    """Return what was said about these builds."""
    rows = Quote.objects.filter(build__in=builds).select_related("build__region")
    return rows.order_by("build__slug", "position", "id")
