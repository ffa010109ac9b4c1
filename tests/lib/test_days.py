"""How far ahead a day can be meant."""

import datetime as dt

import pytest

from waywatch.lib.days import is_too_far

TODAY = dt.date(2026, 11, 25)


@pytest.mark.parametrize(
    ("day", "too_far"),
    [
        (dt.date.min, False),
        (TODAY, False),
        (dt.date(2126, 11, 26), False),
        (dt.date(2126, 11, 27), True),
        (dt.date.max, True),
    ],
)
def test_a_day_is_too_far_when_it_is_more_than_a_hundred_years_ahead(day: dt.date, too_far: bool) -> None:
    assert is_too_far(day, TODAY) is too_far
