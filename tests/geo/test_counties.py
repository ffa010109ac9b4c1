"""Which county a person means by a name."""

from collections import Counter, defaultdict

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from waywatch.geo import api as geo
from waywatch.geo import counties, sources

NAMES = {
    "fairfax": ("Fairfax County", "Fairfax County"),
    "fairfax city": ("Fairfax city", "Fairfax city"),
    "charles": ("Charles City County", "Charles City County"),
    "charles city": ("Charles city", "Charles city"),
    "st louis": ("St. Louis County", "St. Louis County"),
    "dekalb": ("DeKalb County", "DeKalb County"),
    "orleans": ("Orleans Parish", "Orleans Parish"),
    "anasco": ("Añasco Municipio", "Añasco Municipio"),
    "sudbury": ("Greater Sudbury", "Grand Sudbury"),
    "one": ("Division No. 1", "Division No. 1"),
    "ten": ("Division No. 10", "Division No. 10"),
}


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("Fairfax County", ("fairfax",)),
        ("fairfax  CO.", ("fairfax",)),
        ("Fairfax City", ("fairfax city",)),
        ("Fairfax", ("fairfax", "fairfax city")),
        ("Charles City", ("charles city",)),
        ("Charles City County", ("charles",)),
        ("Saint Louis", ("st louis",)),
        ("st louis co", ("st louis",)),
        ("De Kalb", ("dekalb",)),
        ("orleans", ("orleans",)),
        ("Anasco", ("anasco",)),
        ("grand sudbury", ("sudbury",)),
        ("Division 1", ()),
        ("division no 1", ("one",)),
        ("Orleans County", ()),
        ("County", ()),
        ("", ()),
    ],
)
def test_what_a_name_fits(typed: str, fits: tuple[str, ...]) -> None:
    assert counties.meant(typed, NAMES).fits == fits


@pytest.mark.parametrize(
    ("typed", "alike"),
    [
        ("Orleans County", ("orleans",)),
        ("Fair", ("fairfax", "fairfax city")),
        ("Farfax County", ("fairfax", "fairfax city")),
        ("Division 1", ("one", "ten")),
        ("Zanzibar", ()),
        ("", ()),
    ],
)
def test_what_a_name_that_fits_nothing_is_like(typed: str, alike: tuple[str, ...]) -> None:
    assert counties.meant(typed, NAMES) == counties.Meant(alike=alike)


def test_the_nearest_is_named_first_and_at_most_five() -> None:
    names = {str(number): (f"Harris{letter} County",) for number, letter in enumerate("abcdefgh")} | {
        "x": ("Harr County",)
    }
    assert counties.meant("Har", names).alike[0] == "x"
    assert len(counties.meant("Har", names).alike) == 5


@given(st.text(max_size=80))
def test_any_text_is_answered(text: str) -> None:
    found = counties.meant(text, NAMES)
    assert not (found.fits and found.alike)


def test_the_name_that_a_page_shows_always_means_that_county() -> None:
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for row in sources.counties(Counter()):
        seen[row.region_id].update({counties._closed(counties._spelled(name)) for name in (row.name_en, row.name_fr)})
    assert [(region, name) for region, found in seen.items() for name, rows in found.items() if rows > 1] == []


@pytest.mark.django_db
def test_only_the_counties_of_the_region_are_looked_at() -> None:
    assert [county.code for county in geo.counties_meant("US-TX", "reeves").fits] == ["US-48389"]
    elsewhere = geo.counties_meant("US-OH", "reeves")
    assert (elsewhere.fits, [county.name for county in elsewhere.alike]) == ([], [])
    assert [county.name for county in geo.counties_meant("US-VA", "Richmond").fits] == [
        "Richmond County",
        "Richmond city",
    ]
    with override("fr"):
        assert [county.name for county in geo.counties_meant("CA-ON", "greater sudbury").fits] == ["Grand Sudbury"]
