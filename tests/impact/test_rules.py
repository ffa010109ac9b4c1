"""The annual report as a pure function."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywatch.impact.rules import annual
from waywatch.impact.values import Annual, BuildSector, Printed, Records, YearFacts


def codes(report: Annual) -> list[str]:
    return [flag.code for flag in report.flags]


def numbers(report: Annual) -> dict[str, int | None]:
    return {key: row.value for key, row in report.by_sector.items()}


def printed(value: int, qualifier: str = "", source: str = "a") -> tuple[Printed, ...]:
    return (Printed(value, qualifier, (source,)),)


def test_what_nobody_printed_is_unknown() -> None:
    report = annual(YearFacts(year=2022, records=Records(listed=3, us_states=2, ca_provinces=1), us_states=printed(9)))
    assert (report.builds, report.us_states, report.ca_provinces, report.total, report.trained) == (
        None,
        9,
        None,
        None,
        None,
    )
    assert codes(report) == ["builds_not_printed"]


def test_a_complete_list_of_builds_gives_the_states() -> None:
    report = annual(YearFacts(year=2018, records=Records(listed=9, us_states=9, ca_provinces=0), builds=printed(9)))
    assert (report.builds, report.us_states, report.ca_provinces) == (9, 9, 0)


@pytest.mark.parametrize(("listed", "code"), [(8, "builds_not_all_listed"), (10, "more_builds_than_printed")])
def test_an_incomplete_list_gives_no_states_and_says_so(listed: int, code: str) -> None:
    report = annual(YearFacts(year=2018, records=Records(listed=listed, us_states=7), builds=printed(9)))
    assert (report.us_states, codes(report)) == (None, [code])


SUMS = [
    ("over", 557, {"a": 500, "b": 57}, ["qualifier_contradicts_sum"]),
    ("more_than", 557, {"a": 557}, ["qualifier_contradicts_sum"]),
    ("", 557, {"a": 557}, []),
    ("at_least", 557, {"a": 557}, []),
    ("", 557, {"a": 600}, ["sectors_exceed_total"]),
    ("over", 557, {"a": 600}, []),
    ("", 557, {"a": 500}, ["sectors_fall_short"]),
    ("over", 557, {"a": 500}, ["sectors_fall_short"]),
]


@pytest.mark.parametrize(("qualifier", "said", "parts", "expected"), SUMS)
def test_the_sum_of_the_sectors_is_held_against_the_printed_total(
    qualifier: str, said: int, parts: dict[str, int], expected: list[str]
) -> None:
    sectors = {key: printed(value) for key, value in parts.items()}
    report = annual(YearFacts(year=2018, builds=printed(0), total=printed(said, qualifier), by_sector=sectors))
    assert codes(report) == expected
    assert (report.total, report.total_qualifier, numbers(report)) == (said, qualifier, parts)


def test_sectors_without_a_total_are_not_summed() -> None:
    report = annual(YearFacts(year=2017, builds=printed(0), by_sector={"trucking": printed(46), "energy": printed(1)}))
    assert (report.total, codes(report)) == (None, ["total_not_printed"])


def build(value: int, name: str = "Pecos") -> BuildSector:
    return BuildSector(build=name.lower(), place=name, sector="energy", value=value)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((build(28),), ["build_equals_year"]),
        ((build(20), build(9, "Waco")), ["builds_exceed_year"]),
        ((build(20),), []),
        ((), []),
    ],
)
def test_builds_are_held_against_the_year_and_never_added(rows: tuple[BuildSector, ...], expected: list[str]) -> None:
    facts = YearFacts(
        year=2018, builds=printed(0), total=printed(28), by_sector={"energy": printed(28)}, build_sectors=rows
    )
    report = annual(facts)
    assert (report.total, numbers(report), codes(report)) == (28, {"energy": 28}, expected)


def test_two_prints_that_differ_are_said_and_the_first_stands() -> None:
    both = (Printed(9, "", ("a",)), Printed(10, "", ("b",)))
    report = annual(YearFacts(year=2018, records=Records(listed=9), builds=both))
    assert (report.builds, codes(report)) == (9, ["publications_disagree"])
    assert "9, 10" in report.flags[0].text


def test_records_of_our_own_are_a_count_without_any_print() -> None:
    records = Records(
        listed=2,
        made_here=2,
        with_total=2,
        total=30,
        by_sector={"energy": 30},
        with_whole_lists=2,
        us_states=1,
        ca_provinces=1,
    )
    report = annual(YearFacts(year=2026, records=records))
    assert (report.builds, report.us_states, report.ca_provinces, report.total, numbers(report), codes(report)) == (
        2, 1, 1, 30, {"energy": 30}, [],
    )  # fmt: skip


def test_a_build_that_not_everybody_may_see_leaves_the_year_unknown() -> None:
    records = Records(
        listed=1, made_here=1, with_total=1, total=3, by_sector={"energy": 3}, with_whole_lists=1, unlisted=True
    )
    report = annual(YearFacts(year=2026, records=records))
    assert (report.builds, report.total, numbers(report)) == (None, None, {})
    assert codes(report) == ["not_all_builds_listed", "builds_not_printed"]


def test_the_word_of_a_sum_stays() -> None:
    records = Records(listed=2, made_here=2, with_total=2, total=150, total_qualifier="at_least")
    report = annual(YearFacts(year=2026, records=records))
    assert (report.total, report.total_qualifier) == (150, "at_least")


def test_a_sector_with_a_word_is_not_held_exactly_against_the_total() -> None:
    sectors = {"a": printed(400, "over"), "b": printed(100)}
    report = annual(YearFacts(year=2018, builds=printed(0), total=printed(557), by_sector=sectors))
    assert (codes(report), report.by_sector["a"].qualifier) == ([], "over")


def test_one_build_without_a_number_leaves_the_total_unknown() -> None:
    records = Records(listed=2, made_here=2, with_total=1, total=30, by_sector={"energy": 30}, with_whole_lists=1)
    report = annual(YearFacts(year=2026, records=records))
    assert (report.builds, report.total, numbers(report)) == (2, None, {})


COUNTS = st.integers(0, 5000)


@given(
    sectors=st.dictionaries(st.sampled_from("abcdefg"), COUNTS),
    total=st.none() | COUNTS,
    rows=st.lists(st.tuples(st.sampled_from("abcdefg"), COUNTS), max_size=6),
    listed=st.integers(0, 12),
    said=st.none() | st.integers(0, 12),
)
def test_a_printed_figure_is_never_changed_by_the_builds_under_it(
    sectors: dict[str, int], total: int | None, rows: list[tuple[str, int]], listed: int, said: int | None
) -> None:
    facts = YearFacts(
        year=2018,
        records=Records(listed=listed),
        builds=() if said is None else printed(said),
        total=() if total is None else printed(total),
        by_sector={key: printed(value) for key, value in sectors.items()},
        build_sectors=tuple(BuildSector(f"b{n}", f"B{n}", key, value) for n, (key, value) in enumerate(rows)),
    )
    report = annual(facts)
    assert (report.builds, report.total, numbers(report)) == (said, total, sectors)
    assert all(flag.text and "%(" not in flag.text for flag in report.flags)
