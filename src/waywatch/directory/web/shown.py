"""How stored values, histories and contact points are put before a reader."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from waywatch.accounts import api as accounts
from waywatch.audit import api as audit
from waywatch.directory import contacts, queries, rules
from waywatch.directory.models import ContactPoint
from waywatch.geo import api as geo
from waywatch.lib import clock

FIELDS: dict[str, Promise] = {
    "name": _("Name"),
    "kind": _("Kind"),
    "sector": _("Sector"),
    "region": _("Home state or province"),
    "county": _("County"),
    "city": _("City"),
    "website": _("Website"),
    "language": _("Language"),
    "title": _("Job title"),
    "is_decision_maker": _("Can decide for the organisation"),
    "since": _("Since"),
    "until": _("Last day"),
    "value": _("Address or number"),
    "label": _("Label"),
    "source": _("Where this is from"),
    "verified_on": _("Verified on"),
    "address": _("Address"),
    "highway": _("Highway"),
    "direction": _("Direction"),
    "lat": _("Latitude"),
    "lon": _("Longitude"),
    "spaces": _("Parking spaces for trucks"),
}
ACTIONS: dict[str, Promise] = {
    "organisation.added": _("Added"),
    "organisation.changed": _("Changed"),
    "organisation.closed": _("Closed"),
    "organisation.reopened": _("Reopened"),
    "organisation.serves": _("Serves one more jurisdiction"),
    "organisation.serves_no_more": _("Serves a jurisdiction no more"),
    "person.added": _("Added"),
    "person.changed": _("Changed"),
    "post.added": _("A post was added"),
    "post.changed": _("A post was changed"),
    "post.ended": _("A post was ended"),
    "contact_point.added": _("A contact point was added"),
    "contact_point.changed": _("A contact point was changed"),
    "contact_point.verified": _("A contact point was verified"),
    "contact_point.closed": _("A contact point was closed"),
    "place.added": _("Added"),
    "place.changed": _("Changed"),
    "place.closed": _("Closed"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field with two values; `new` stands alone where there was nothing before."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One act, in words. `fields` are those that changed from what is not written down to what is not written down either."""

    at: dt.datetime
    who: str
    what: str
    differences: list[Difference]
    fields: list[str]


@dataclass(frozen=True, slots=True)
class PointRow:
    """A contact point as a page shows it. `value` is None where it can no longer be read."""

    point: ContactPoint
    value: str | None
    days: int | None
    is_stale: bool
    verifier: str


def point_rows(points: Iterable[ContactPoint]) -> list[PointRow]:
    """Return open contact points with their values in the clear, with one query for the names of those who verified them."""
    rows, today = list(points), clock.today()
    names = accounts.account_names({point.verified_by for point in rows if point.verified_by})
    return [
        PointRow(
            point=point,
            value=contacts.readable(point),
            days=rules.days_since(point.verified_on, today),
            is_stale=rules.is_stale(point.verified_on, today),
            verifier=names.get(point.verified_by, "") if point.verified_by else "",
        )
        for point in rows
    ]


def history(kind: str, subject_id: uuid.UUID) -> list[HistoryRow]:
    """Return what was done to a thing that the reader may see, newest first."""
    lines = audit.history(kind, subject_id)
    names = accounts.account_names({line.account_id for line in lines if line.account_id})
    values = _Values([line.detail for line in lines])
    return [
        HistoryRow(
            at=line.at,
            who=names.get(line.account_id, "") if line.account_id else gettext("The system"),
            what=str(ACTIONS.get(line.action, line.action)),
            differences=values.differences(line.detail),
            fields=_labels(line.detail.get("fields")),
        )
        for line in lines
    ]


def _labels(names: Any) -> list[str]:
    return [str(label) for name, label in FIELDS.items() if name in (names or ())]


def differences(changes: Mapping[str, Sequence[Any]]) -> list[Difference]:
    """Return {field: [old, new]} in words."""
    detail = {name.removesuffix("_id"): list(pair) for name, pair in changes.items()}
    return _Values([detail]).differences(detail)


class _Values:
    """Codes as names, for these details of the audit log; the sectors are read once, and the counties."""

    def __init__(self, details: Sequence[Mapping[str, Any]]) -> None:
        self.sectors: dict[str, str] | None = None
        codes = {str(code) for detail in details for code in _pair(detail.get("county")) if code}
        self.counties = geo.counties_named(sorted(codes)) if codes else {}

    def differences(self, detail: Mapping[str, Any]) -> list[Difference]:
        found = []
        for name, label in FIELDS.items():
            if name in detail:
                old, new = (self.shown(name, value) for value in _pair(detail[name]))
                found.append(Difference(str(label), old, new))
        return found

    def shown(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        text = str(value or "")
        if name == "sector":
            if self.sectors is None:
                self.sectors = {row.key: row.name for row in queries.sector_rows(None)}
            return self.sectors.get(text, text)
        if name == "county" and text in self.counties:
            return self.counties[text].name
        region = geo.region(text) if name == "region" else None
        return region.name if region else text


def _pair(value: Any) -> list[Any]:
    return value if isinstance(value, list) else ["", value]
