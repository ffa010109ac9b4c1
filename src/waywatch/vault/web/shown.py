"""How key changes are put before the team, in words."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from waywatch.accounts import api as accounts
from waywatch.audit import api as audit
from waywatch.geo import api as geo
from waywatch.vault.models import Keyring

MOST_NAMES, FIRST_NAMES = 4, 2
ACTIONS: dict[str, Promise] = {
    "keyring.created": _("The keyring was created and its founders named"),
    "keyring.changed": _("Name, regions or lock were changed"),
    "keyring.key_made": _("The first key was made"),
    "keyring.rotated": _("A new key was made"),
    "keyring.escrow_exported": _("The copies in escrow were handed out to the holders of the escrow key"),
    "keyring.escrow_released": _("The holders of the escrow key gave somebody the keys"),
    "keyring.version_destroyed": _("An old key was destroyed"),
    "keyring.member_joined": _("Somebody joined"),
    "keyring.member_left": _("Somebody left"),
    "keyring.member_removed": _("Somebody was removed"),
    "keyring.keeper_named": _("Somebody became a keeper"),
    "keyring.keeper_unnamed": _("Somebody is no longer a keeper"),
    "keyring.reseal_asked": _("A new key was asked for"),
    "keyring.reseal_confirmed": _("A new key was confirmed by a first colleague"),
    "keyring.reseal_approved": _("A new key was approved by a second colleague and given"),
    "keyring.request_withdrawn": _("A request was withdrawn"),
    "keyring.break_glass_asked": _("Somebody asked to open what is not their own"),
    "keyring.break_glass_approved": _("A second person allowed it, for one hour"),
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One act: who did what, to whom, with which words and versions."""

    at: dt.datetime
    who: str
    what: str
    whom: str
    words: str
    versions: str


@dataclass(frozen=True, slots=True)
class Served:
    """The states and provinces of a desk by name: the `first` ones, and how many `more` there are among all `names`."""

    first: str
    more: int
    names: list[str]


def served(keyring: Keyring) -> Served:
    """Return what a desk serves, by name: all of it where that is short, else the first ones to stand for it."""
    names = [region.name for region in geo.regions() if region.code in keyring.regions]
    names += [code for code in keyring.regions if geo.region(code) is None]
    first = names if len(names) <= MOST_NAMES else names[:FIRST_NAMES]
    return Served(", ".join(first), len(names) - len(first), names)


def changes(keyring: Keyring) -> list[ChangeRow]:
    """Return what was done to a keyring that the reader may see, newest first, with one query for the names."""
    lines = audit.history("keyring", keyring.pk)
    people = {uuid.UUID(str(line.detail["account"])) for line in lines if "account" in line.detail}
    names = accounts.account_names(people | {line.account_id for line in lines if line.account_id})
    return [_row(line, names) for line in lines]


def _row(line: audit.HistoryLine, names: dict[uuid.UUID, str]) -> ChangeRow:
    whom = line.detail.get("account")
    return ChangeRow(
        at=line.at,
        who=names.get(line.account_id, "") if line.account_id else gettext("The system"),
        what=str(ACTIONS.get(line.action, line.action)),
        whom=names.get(uuid.UUID(str(whom)), "") if whom else "",
        words=str(line.detail.get("fingerprint", "")),
        versions=_numbers(line.detail),
    )


def _numbers(detail: dict[str, audit.JSON]) -> str:
    if "number" in detail:
        return str(detail["number"])
    versions = detail.get("versions")
    return ", ".join(str(each) for each in versions) if isinstance(versions, Iterable) else ""
