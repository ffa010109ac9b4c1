"""The dated tree of sectors, and names that meet."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywatch.directory import api, rules
from waywatch.directory.rules import SectorDates


def day(year: int) -> dt.date:
    return dt.date(year, 6, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2015, ["trucking", "truck_stop", "law_enforcement", "prosecutors"]),
        (2017, ["trucking", "truck_stop", "energy", "law_enforcement", "prosecutors"]),
        (
            2018,
            ["trucking", "truck_stop", "bus_transit", "energy", "law_enforcement", "government", "prosecutors", "ngo"],
        ),
        (
            2022,
            [
                "trucking",
                "truck_stop",
                "bus_transit",
                "bus",
                "transit",
                "energy",
                "association",
                "law_enforcement",
                "government",
                "prosecutors",
                "ngo",
                "casino",
                "indigenous_community",
            ],
        ),
    ],
)
def test_each_year_has_the_sectors_it_printed(year: int, expected: list[str]) -> None:
    assert [node.key for node in api.sectors(on=day(year))] == expected


@pytest.mark.django_db
def test_bus_and_transit_are_counted_under_the_key_that_older_pages_print() -> None:
    roots = {node.key: node.root for node in api.sectors(on=None)}
    assert roots["bus"] == roots["transit"] == roots["bus_transit"] == "bus_transit"
    assert {key for key, root in roots.items() if key != root} == {"bus", "transit"}


@pytest.mark.django_db
@pytest.mark.parametrize(("year", "offered"), [(2019, {"bus_transit"}), (2023, {"bus", "transit"})])
def test_a_form_offers_the_narrowest_sectors_of_its_day(year: int, offered: set[str]) -> None:
    keys = {key for key, _name in api.sectors_to_choose(day(year))}
    assert keys & {"bus_transit", "bus", "transit"} == offered


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "Trucking companies"), ("fr", "Entreprises de camionnage"), ("de", "Trucking companies")],
)
def test_a_sector_is_named_in_the_language_of_the_page(language: str, name: str) -> None:
    from django.utils import translation

    with translation.override(language):
        assert api.sector_name("trucking") == name


@pytest.mark.django_db
def test_an_unknown_key_names_itself() -> None:
    assert api.sector_name("zeppelin") == "zeppelin"
    assert api.rolls_up_to("zeppelin") == "zeppelin"
    assert api.rolls_up_to("bus") == "bus_transit"


@pytest.mark.parametrize(
    ("since", "until", "on", "used"),
    [
        (None, None, day(1990), True),
        (day(2018), None, day(2018), True),
        (day(2018), None, day(2017), False),
        (None, day(2018), day(2018), False),
        (None, day(2018), dt.date(2018, 5, 31), True),
    ],
)
def test_a_sector_is_used_from_its_first_day_to_the_day_before_its_end(
    since: dt.date | None, until: dt.date | None, on: dt.date, used: bool
) -> None:
    node = SectorDates("x", None, since, until)
    assert rules.valid_on(node, on) is used
    assert rules.sectors_on([node], on) == ([node] if used else [])
    assert rules.sectors_on([node], None) == [node]


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([None, *"abcdef"])), st.sampled_from("abcdef"))
def test_rolling_up_always_ends_even_in_a_circle(tree: dict[str, str | None], key: str) -> None:
    root = rules.rolls_up_to(key, tree)
    assert root == key or root in set(tree.values())
    if tree.get(root) is None:
        assert rules.rolls_up_to(root, tree) == root


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([None, *"abcdef"])))
def test_what_lies_below_rolls_up_through(tree: dict[str, str | None]) -> None:
    for key in "abcdef":
        below = rules.and_below(key, tree)
        assert key in below
        assert {child for child, parent in tree.items() if parent == key} <= below


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Texas Trucking Association", "TEXAS  TRUCKING ASSOCIATION"),
        ("Sheriff's Office, Ward County", "Sheriff\u2019s Office Ward County"),
        ("Montréal Transport", "Montreal Transport"),
        ("A.B.C. Lines", "A B C Lines"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert rules.name_key(one) == rules.name_key(other) != ""


@pytest.mark.parametrize("name", ["", "   ", "--", "¿?!", "́"])
def test_a_name_of_marks_alone_has_no_key(name: str) -> None:
    assert rules.name_key(name) == ""


@given(st.text(max_size=300))
def test_a_name_key_is_its_own_key_and_fits_the_column(name: str) -> None:
    key = rules.name_key(name)
    assert len(key) <= 200
    assert key == " ".join(key.split())
    assert rules.name_key(key) == key


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("texas trucking association", "texas trucking association", True),
        ("texas trucking association", "texas trucking assoc", True),
        ("trucking association texas", "texas trucking association", True),
        ("texas trucking association", "oklahoma sheriff", False),
        ("alpha lines", "omega lines", False),
    ],
)
def test_alike_names_are_asked_about(one: str, other: str, alike: bool) -> None:
    assert rules.similar(one, other) is alike
    assert rules.similar(other, one) is alike


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+1 (512) 555-0100", "+15125550100"),
        ("512.555.0100 ext. 12", "5125550100 x12"),
        ("555-0100", "5550100"),
        ("555-010", None),
        ("1" * 16, None),
        ("call me", None),
        ("512 555 0100 x", None),
        ("٥١٢٥٥٥٠١٠٠", None),
        ("", None),
    ],
)
def test_a_telephone_number_is_kept_as_digits(typed: str, kept: str | None) -> None:
    assert rules.phone_digits(typed) == kept


@given(st.text(max_size=40))
def test_a_kept_number_is_kept_as_it_is(text: str) -> None:
    kept = rules.phone_digits(text)
    assert kept is None or rules.phone_digits(kept) == kept


@pytest.mark.parametrize(
    ("verified", "days", "stale"),
    [
        (None, None, True),
        (dt.date(2026, 6, 1), 0, False),
        (dt.date(2026, 6, 2), 0, False),
        (dt.date(2025, 6, 1), 365, False),
        (dt.date(2025, 5, 31), 366, True),
    ],
)
def test_a_verification_grows_old_after_a_year(verified: dt.date | None, days: int | None, stale: bool) -> None:
    assert rules.days_since(verified, day(2026)) == days
    assert rules.is_stale(verified, day(2026)) is stale


def test_changes_hold_only_what_differs() -> None:
    assert rules.changes({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == {"b": [2, 3], "c": [None, 4]}
