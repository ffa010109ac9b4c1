"""Days that people type: how far ahead one can be meant."""

import datetime as dt

FARTHEST = dt.timedelta(days=36_525)  # a hundred years: a later day is a slip of the keyboard, or means "without end"


def is_too_far(day: dt.date, today: dt.date) -> bool:
    """Tell whether a day lies more than a hundred years ahead."""
    return day - today > FARTHEST
