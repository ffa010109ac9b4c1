"""What a careful reader would find in the figures of a year: each word before a number is taken at its word."""

import pytest

from tests.impact.test_rules import codes, numbers, printed
from waywatch.impact.rules import annual
from waywatch.impact.values import Annual, BuildSector, Printed, Records, YearFacts

UNDER = {"bus": "bus_transit", "transit": "bus_transit"}
NAMES = {"bus_transit": "Bus and transit", "bus": "Bus", "transit": "Transit"}


def report(**facts: object) -> Annual:
    """Return the report of a year whose number of builds raises no question."""
    return annual(YearFacts(year=2018, **{"builds": printed(0), **facts}))  # type: ignore[arg-type]  # the names of its fields


BUILDS = [
    ("at_least", 2, 1, ["builds_not_all_listed"]),
    ("at_least", 2, 2, []),
    ("over", 2, 2, ["builds_not_all_listed"]),
    ("over", 2, 3, []),
    ("up_to", 2, 1, []),
    ("up_to", 2, 3, ["more_builds_than_printed"]),
    ("about", 20, 22, []),
    ("about", 20, 18, []),
    ("about", 20, 17, ["builds_not_all_listed"]),
    ("about", 20, 23, ["more_builds_than_printed"]),
    ("exact", 2, 3, ["more_builds_than_printed"]),
]


@pytest.mark.parametrize(("qualifier", "said", "listed", "expected"), BUILDS)
def test_the_word_before_the_number_of_builds_is_taken_at_its_word(
    qualifier: str, said: int, listed: int, expected: list[str]
) -> None:
    found = report(records=Records(listed=listed), builds=printed(said, qualifier))
    assert (found.builds, found.builds_qualifier, codes(found)) == (said, qualifier, expected)


@pytest.mark.parametrize(
    ("qualifier", "complete"), [("", True), ("exact", True), ("at_least", False), ("up_to", False)]
)
def test_a_list_is_whole_only_where_an_exact_number_was_printed(qualifier: str, *, complete: bool) -> None:
    records = Records(listed=2, with_total=2, total=30, us_states=2, ca_provinces=0)
    found = report(records=records, builds=printed(2, qualifier))
    assert (found.total, found.us_states, found.ca_provinces) == ((30, 2, 0) if complete else (None, None, None))


def test_the_words_of_states_and_provinces_stay() -> None:
    found = report(us_states=printed(9, "over"), ca_provinces=printed(2, "at_least"))
    assert (found.us_states_qualifier, found.ca_provinces_qualifier) == ("over", "at_least")


REGIONS = [("", 1, 3, True), ("", 0, 1, True), ("", 3, 3, False), ("over", 1, 3, False), ("up_to", 2, 3, True)]


@pytest.mark.parametrize(("qualifier", "said", "listed", "flagged"), REGIONS)
def test_more_states_than_were_printed_are_said(qualifier: str, said: int, listed: int, *, flagged: bool) -> None:
    found = report(records=Records(us_states=listed), us_states=printed(said, qualifier))
    assert ("more_regions_than_printed" in codes(found)) == flagged
    provinces = report(records=Records(ca_provinces=listed), ca_provinces=printed(said, qualifier))
    assert ("more_regions_than_printed" in codes(provinces)) == flagged


def test_a_flag_of_states_names_both_numbers() -> None:
    found = report(records=Records(us_states=3), us_states=printed(1))
    assert found.flags[-1].text == "US states: “1” was printed for the year, but builds are known in 3."


TOTALS = [
    ("", 100, 600, "", True),
    ("over", 100, 600, "", False),
    ("", 100, 90, "over", False),
    ("", 100, 600, "up_to", False),
]


@pytest.mark.parametrize(("said_with", "said", "known", "known_with", "flagged"), TOTALS)
def test_builds_that_had_more_people_than_the_year_are_said(
    said_with: str, said: int, known: int, known_with: str, *, flagged: bool
) -> None:
    records = Records(with_total=1, total=known, total_qualifier=known_with)
    found = report(records=records, total=printed(said, said_with))
    assert ("builds_exceed_total" in codes(found), found.total) == (flagged, said)


UNKNOWN = (Printed(None, "", ("a",)),)


@pytest.mark.parametrize(("qualifier", "said"), [("over", 40), ("", 100), ("more_than", 40)])
def test_a_sector_without_a_number_is_not_zero(qualifier: str, said: int) -> None:
    found = report(total=printed(said, qualifier), by_sector={"trucking": printed(40), "ngo": UNKNOWN})
    assert (codes(found), numbers(found)) == ([], {"trucking": 40, "ngo": None})


def test_sectors_that_exceed_the_total_do_so_whatever_is_not_known() -> None:
    found = report(total=printed(30), by_sector={"trucking": printed(40), "ngo": UNKNOWN})
    assert codes(found) == ["sectors_exceed_total"]


def at(build: str, sector: str, value: int, qualifier: str = "") -> BuildSector:
    return BuildSector(build, build.title(), sector, value, qualifier)


UNDER_A_ROOT = [
    ("more together", (at("a", "bus", 15), at("b", "transit", 10)), ["builds_exceed_year"]),
    ("as many together", (at("a", "bus", 12), at("a", "transit", 8)), ["build_equals_year"]),
    ("a part beside its whole", (at("a", "bus_transit", 15), at("a", "bus", 15)), []),
    ("less", (at("a", "bus", 5), at("b", "transit", 10)), []),
    ("up to more", (at("a", "bus", 15, "up_to"), at("a", "transit", 10)), []),
]


@pytest.mark.parametrize(
    ("rows", "expected"), [case[1:] for case in UNDER_A_ROOT], ids=[case[0] for case in UNDER_A_ROOT]
)
def test_sectors_of_builds_meet_in_the_sector_that_they_are_counted_under(
    rows: tuple[BuildSector, ...], expected: list[str]
) -> None:
    by_sector = {"bus_transit": printed(20)}
    found = report(total=printed(20), by_sector=by_sector, build_sectors=rows, sector_roots=UNDER)
    assert codes(found) == expected


@pytest.mark.parametrize(
    ("qualifier", "expected"), [("", ["builds_exceed_year"]), ("at_least", []), ("up_to", ["builds_exceed_year"])]
)
def test_builds_are_held_against_the_word_of_a_sector(qualifier: str, expected: list[str]) -> None:
    by_sector = {"trucking": printed(40, qualifier)}
    found = report(total=printed(40, "about"), by_sector=by_sector, build_sectors=(at("a", "trucking", 45),))
    assert codes(found) == expected


def test_what_is_printed_beside_its_parts_is_summed_once_and_said() -> None:
    by_sector = {"bus_transit": printed(20), "bus": printed(12), "transit": printed(8), "trucking": printed(60)}
    found = report(total=printed(80), by_sector=by_sector, sector_roots=UNDER, sector_names=NAMES)
    assert codes(found) == ["sectors_overlap"]
    assert found.flags[0].text == (
        "“Bus and transit” was printed beside what is counted under it (Bus, Transit): it is summed once."
    )


def test_parts_are_summed_where_their_whole_has_no_number() -> None:
    by_sector = {"bus_transit": UNKNOWN, "bus": printed(12), "transit": printed(8)}
    assert codes(report(total=printed(19), by_sector=by_sector, sector_roots=UNDER)) == ["sectors_exceed_total"]


WORDS = [
    ("", "over", "40, over 40"),
    ("", "at_least", "40, at least 40"),
    ("", "exact", None),
    ("over", "more_than", None),
    ("about", "about", None),
]


@pytest.mark.parametrize(("one", "other", "said"), WORDS)
def test_two_words_before_one_number_disagree_if_they_mean_something_else(
    one: str, other: str, said: str | None
) -> None:
    found = report(total=(*printed(40, one, "a"), *printed(40, other, "b")))
    expected = [f"Publications disagree on attendance: {said}."] if said else []
    assert [flag.text for flag in found.flags] == expected


def test_a_sector_that_only_another_print_names_is_held_against_its_own() -> None:
    casino = (*printed(11, "", "a"), *printed(12, "", "b"))
    found = report(total=printed(40), by_sector={"trucking": printed(40)}, other_sectors={"casino": casino})
    assert (codes(found), numbers(found)) == (["publications_disagree"], {"trucking": 40})


ONE_SECTOR = [
    ("over", 40, "“over 40” was printed, while the 1 sector has exactly 40."),
    ("", 30, "“30” was printed as the total, but the 1 sector has 40."),
    ("", 50, "“50” was printed as the total; the 1 sector has 40 only."),
]


@pytest.mark.parametrize(("qualifier", "said", "text"), ONE_SECTOR)
def test_one_sector_is_one(qualifier: str, said: int, text: str) -> None:
    found = report(total=printed(said, qualifier), by_sector={"trucking": printed(40)})
    assert [flag.text for flag in found.flags] == [text]


def test_one_person_is_no_people() -> None:
    records = Records(with_total=1, total=1)
    found = report(records=records, total=printed(0), by_sector={"ngo": printed(0)}, build_sectors=(at("a", "ngo", 1),))
    assert [flag.text for flag in found.flags] == [
        "Single builds had 1 person in all, more than the “0” printed for the year.",
        "Single builds name 1 person of “ngo”, more than the 0 printed for the year.",
    ]
    equal = report(total=printed(1), by_sector={"ngo": printed(1)}, build_sectors=(at("waco", "ngo", 1),))
    assert [flag.text for flag in equal.flags] == [
        "Waco alone had 1 person of “ngo”, as many as were printed for the whole year: it is the same person, counted once."
    ]
