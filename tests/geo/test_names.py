"""Regions by name, in three languages."""

import pytest
from django.utils.translation import override

from waywatch.geo import api as geo


def test_every_region_is_there_once() -> None:
    us, canada = geo.regions("US"), geo.regions("CA")
    kinds = [region.kind for region in us]
    assert (len(us), len(canada), len(geo.regions())) == (57, 13, 70)
    assert (kinds.count("state"), kinds.count("district"), kinds.count("outlying")) == (50, 1, 6)
    assert [region.code for region in canada if region.kind == "territory"] == ["CA-NT", "CA-NU", "CA-YT"]


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["California", "New Mexico", "North Carolina", "Quebec", "Prince Edward Island"]),
        ("fr", ["Californie", "Nouveau-Mexique", "Caroline du Nord", "Québec", "Île-du-Prince-Édouard"]),
        ("es", ["California", "Nuevo México", "Carolina del Norte", "Quebec", "Isla del Príncipe Eduardo"]),
    ],
)
def test_a_name_follows_the_reader(language: str, names: list[str]) -> None:
    with override(language):
        found = [geo.region(code) for code in ("US-CA", "US-NM", "US-NC", "CA-QC", "CA-PE")]
        assert [region and region.name for region in found] == names


def test_countries_have_names_in_three_languages() -> None:
    names = [(each.name_en, each.name_fr, each.name_es) for each in map(geo.country, ("US", "CA", "MX")) if each]
    assert names == [
        ("United States", "États-Unis", "Estados Unidos"),
        ("Canada", "Canada", "Canadá"),
        ("Mexico", "Mexique", "México"),
    ]


def test_regions_are_sorted_as_they_are_read() -> None:
    with override("fr"):
        names = [region.name for region in geo.regions("CA")]
    assert names[:4] == ["Alberta", "Colombie-Britannique", "Île-du-Prince-Édouard", "Manitoba"]


@pytest.mark.parametrize(
    ("name", "country", "code"),
    [
        ("Texas", None, "US-TX"),
        ("  texas ", "US", "US-TX"),
        ("TX", None, "US-TX"),
        ("us-tx", None, "US-TX"),
        ("Ontario", None, "CA-ON"),
        ("Québec", None, "CA-QC"),
        ("Quebec", "CA", "CA-QC"),
        ("QUÉBEC", None, "CA-QC"),
        ("District of Columbia", "US", "US-DC"),
        ("Washington, D.C.", None, "US-DC"),
        ("Washington", None, "US-WA"),
        ("Nouveau Mexique", None, "US-NM"),
        ("nuevo mexico", None, "US-NM"),
        ("Île-du-Prince-Édouard", None, "CA-PE"),
        ("Columbia Británica", None, "CA-BC"),
        ("Ontario", "US", None),
        ("Texas", "CA", None),
        ("Jalisco", None, None),
        ("", None, None),
    ],
)
def test_a_region_is_found_by_what_people_write(name: str, country: str | None, code: str | None) -> None:
    found = geo.region_named(name, country)
    assert (found.code if found else None) == code


def test_every_name_in_every_language_finds_its_region() -> None:
    for region in geo.regions():
        for name in (region.code, region.postal, region.name_en, region.name_fr, region.name_es):
            assert geo.region_named(name, region.country) == region
