"""What the offline root signs, as values: the list of desks that phones trust, and the list for referrals that desks trust. Pure."""

import json
import uuid
from collections.abc import Mapping
from typing import Annotated, TypeVar

from django.utils.translation import gettext
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from waywatch.lib.text import unsafe_character
from waywatch.vault import root, sealing
from waywatch.vault.errors import ListRefusedError
from waywatch.vault.rules import LONGEST_LIST


def _point(text: str) -> str:
    if not sealing.is_public_key(root.from_text(text)):
        raise ValueError("not a public key")
    return text


def _one_line(text: str) -> str:
    """Refuse a name that could hide in a terminal the words which the holders compare."""
    if unsafe_character(text) or any(char in text for char in "\n\t"):
        raise ValueError("not one plain line")
    return text


PublicKey = Annotated[str, AfterValidator(_point)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_one_line)]
RegionCode = Annotated[str, StringConstraints(pattern="^[A-Z]{2}-[A-Z0-9]{1,3}$")]
PackId = Annotated[str, StringConstraints(pattern="^[a-z0-9-]{1,60}$")]
Day = Annotated[str, StringConstraints(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Entry(_Strict):
    keyring: uuid.UUID
    name: Name
    key_version: int
    key: PublicKey


class DeskEntry(_Entry):
    """One desk of the list of desks."""

    regions: tuple[RegionCode, ...]
    escrow: bool = False


class AgencyEntry(_Entry):
    """One agency of the list for referrals."""

    home: RegionCode


class PolicyEntry(_Strict):
    """One version of a policy that desks may decide by: its id, its day, and the SHA-256 of its content."""

    pack: PackId
    version: Day
    digest: Digest


class _Dated(_Strict):
    version: int
    issued: AwareDatetime
    expires: AwareDatetime


L = TypeVar("L", bound=_Dated)


class DeskList(_Dated):
    """The list of desks as decision 0008 shapes it. Anything else in it is refused."""

    receipt_key: PublicKey
    escrow_key: PublicKey | None = None
    desks: tuple[DeskEntry, ...]


class ReferralList(_Dated):
    """The list for referrals as decision 0013 shapes it: to whose keys a desk seals, and by which policies it decides."""

    agencies: tuple[AgencyEntry, ...]
    policies: tuple[PolicyEntry, ...]


def read_desks(text: bytes) -> DeskList:
    """Return a list of desks, checked in itself. Raises ListRefusedError."""
    found = _read(DeskList, text)
    _refuse_twice([region for desk in found.desks for region in desk.regions])
    return found


def read_referrals(text: bytes) -> ReferralList:
    """Return a list for referrals, checked in itself. Raises ListRefusedError."""
    found = _read(ReferralList, text)
    _refuse_twice([f"{policy.pack} {policy.version}" for policy in found.policies])
    return found


def texts_of(prepared: bytes) -> Mapping[str, bytes]:
    """Return the text of each list in a prepared file, by its part: the very bytes to sign. Raises ListRefusedError."""
    try:
        found = json.loads(prepared)
        texts = {part: as_text(found.pop(part)) for part in root.MESSAGES}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ListRefusedError(gettext("This is no file of “waywatch list prepare”.")) from None
    if found:
        raise ListRefusedError(gettext("This is no file of “waywatch list prepare”."))
    refuse_unlike(read_desks(texts[root.DESKS]), read_referrals(texts[root.REFERRALS]))
    return texts


def refuse_unlike(desks: DeskList, referrals: ReferralList) -> None:
    """Refuse two lists of different times, and a keyring that stands twice, in one or in both. Raises ListRefusedError."""
    if not of_one_time(desks, referrals):
        raise ListRefusedError(gettext("The two lists of this file are of different times."))
    _refuse_twice([str(each.keyring) for each in (*desks.desks, *referrals.agencies)])


def of_one_time(desks: DeskList, referrals: ReferralList) -> bool:
    """Tell whether two lists belong to one ceremony: issued and running out at the same moments."""
    return (desks.issued, desks.expires) == (referrals.issued, referrals.expires)


def as_text(part: object) -> bytes:
    """Return one list as the text that is signed."""
    return json.dumps(part, ensure_ascii=False, indent=1).encode()


def _read(shape: type[L], text: bytes) -> L:
    try:
        found = shape.model_validate_json(text)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "list"
        raise ListRefusedError(
            gettext("This is not a list that can be signed: look at “%(place)s”.") % {"place": place}
        ) from None
    if found.version != 1:
        raise ListRefusedError(gettext("This list has another version than this program knows."))
    if not found.issued < found.expires <= found.issued + LONGEST_LIST:
        raise ListRefusedError(gettext("This list expires before it was issued, or lasts longer than 400 days."))
    return found


def _refuse_twice(names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ListRefusedError(gettext("This list names “%(name)s” twice.") % {"name": twice})
