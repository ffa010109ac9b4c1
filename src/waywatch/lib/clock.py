"""The one place where the time of day comes from, so that a test can set it."""

import datetime as dt


def now() -> dt.datetime:
    """Return the present moment, in UTC. A rule never calls this: it receives the time."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Return today's date in UTC."""
    return now().date()
