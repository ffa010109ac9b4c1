"""What other rooms may use of builds: reads of the figures, the vocabularies, and who may see a build."""

from waywatch.builds.access import grant_place, visible_builds
from waywatch.builds.following import Trained, follow_up_counts, follow_ups, quotes_of, trained_after
from waywatch.builds.queries import (
    Recorded,
    cohost_count,
    cohost_rows,
    cohosts_of,
    count_by_region,
    covered_regions,
    has_unlisted,
    in_region,
    in_year,
    recorded,
    report_years,
    sector_figures,
    with_known_total,
    with_sectors,
    with_totals,
    year_figures,
)
from waywatch.builds.rules import trained_sentence, worded
from waywatch.builds.vocabulary import ADOPTIONS, OTHER_ACTS, TRAININGS, FollowUpKind, Provenance, Qualifier

__all__ = [
    "ADOPTIONS",
    "OTHER_ACTS",
    "TRAININGS",
    "FollowUpKind",
    "Provenance",
    "Qualifier",
    "Recorded",
    "Trained",
    "cohost_count",
    "cohost_rows",
    "cohosts_of",
    "count_by_region",
    "covered_regions",
    "follow_up_counts",
    "follow_ups",
    "grant_place",
    "has_unlisted",
    "in_region",
    "in_year",
    "quotes_of",
    "recorded",
    "report_years",
    "sector_figures",
    "trained_after",
    "trained_sentence",
    "visible_builds",
    "with_known_total",
    "with_sectors",
    "with_totals",
    "worded",
    "year_figures",
]
