"""What other rooms may use of builds: reads of the figures, the vocabularies, and who may see a build."""

from waywatch.builds.access import grant_place, visible_builds
from waywatch.builds.queries import (
    Recorded,
    Trained,
    adoptions,
    cohosts_of,
    count_by_region,
    covered_regions,
    follow_up_counts,
    in_region,
    in_year,
    quotes_of,
    recorded,
    sector_figures,
    trained_after,
    trainings,
    with_known_total,
    with_totals,
    year_figures,
    years,
)
from waywatch.builds.rules import trained_sentence, worded
from waywatch.builds.vocabulary import FollowUpKind, Provenance, Qualifier

__all__ = [
    "FollowUpKind",
    "Provenance",
    "Qualifier",
    "Recorded",
    "Trained",
    "adoptions",
    "cohosts_of",
    "count_by_region",
    "covered_regions",
    "follow_up_counts",
    "grant_place",
    "in_region",
    "in_year",
    "quotes_of",
    "recorded",
    "sector_figures",
    "trained_after",
    "trained_sentence",
    "trainings",
    "visible_builds",
    "with_known_total",
    "with_totals",
    "worded",
    "year_figures",
    "years",
]
