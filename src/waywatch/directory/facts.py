"""What a form or a loader says of a thing, before it is one: plain values that the actions take."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """The facts of an organisation. No region is a national one, no sector is an unknown one."""

    name: str
    kind: str = ""
    sector_key: str | None = None
    region_code: str | None = None
    county_code: str | None = None
    city: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class PostFacts:
    """What a person does in an organisation."""

    title: str
    is_decision_maker: bool = False
    since: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A way to reach somebody, in the clear: lives in memory only, until the action encrypts `value`."""

    kind: str
    value: str
    label: str = ""
    source: str = ""

    def __repr__(self) -> str:
        return f"ContactFacts(kind={self.kind!r})"
