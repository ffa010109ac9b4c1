"""What the log never keeps: the address of a request may carry a one-time token, so only its route is written; and no value of a row."""

import logging
import re

from django.http import HttpRequest

DETAIL = re.compile(r"^DETAIL:.*?(?=^\n(?:The above exception|During handling)|\Z)", re.MULTILINE | re.DOTALL)


class RouteOnly(logging.Filter):
    """Replaces the path of a request by the pattern that it fits, such as `account/invitation/<uuid>/<token>/`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, with the path taken out of its words."""
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and record.args:
            route = getattr(request.resolver_match, "route", None) or "an address that leads nowhere"
            hidden = {request.path, request.get_full_path()}
            arguments = record.args if isinstance(record.args, tuple) else (record.args,)
            record.args = tuple(route if argument in hidden else argument for argument in arguments)
        return True


class WithoutValues(logging.Formatter):
    """Leaves out the detail of a database's error, where it names the values that it refused, such as a whole row."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the words of a record without it."""
        return DETAIL.sub("", super().format(record))
