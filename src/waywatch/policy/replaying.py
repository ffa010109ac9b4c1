"""A stored decision, worked out again from its case, the very pack and the very floors."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from waywatch.policy.errors import ReplayError, UnknownValueError
from waywatch.policy.floors import FLOORS
from waywatch.policy.reading import Version
from waywatch.policy.rules import decide
from waywatch.policy.values import INPUTS, Case, Decision, Pack


def case_of(stored: object) -> Case:
    """Return the case that `Case.as_json` stored. Raises ReplayError where it is none."""
    if not isinstance(stored, dict) or set(stored) != {*INPUTS, "law"}:
        raise ReplayError(gettext("The stored decision has no case that can be read."))
    try:
        return Case(**{**stored, "law": frozenset(stored["law"])})
    except (UnknownValueError, TypeError) as error:
        raise ReplayError(gettext("The stored decision has no case that can be read.")) from error


def replay(stored: Mapping[str, Any], packs: Mapping[Version, Pack]) -> Decision:
    """Return the decision that `Decision.as_json` stored, worked out again.

    Raises ReplayError where the case cannot be read, that version of the pack or of the floors is not at hand, the pack at hand has another
    content, or something else comes out than what was stored.
    """
    case = case_of(stored.get("case"))
    pack = _very_pack(stored, packs)
    floors_version = stored.get("floors_version")
    if not isinstance(floors_version, str) or floors_version not in FLOORS:
        raise ReplayError(gettext("The decision was made under floors that this program does not know."))
    decision = decide(case, pack, floors_version=floors_version)
    if decision.as_json() != dict(stored):
        raise ReplayError(gettext("The stored decision is not the one that its case and its policy give."))
    return decision


def _very_pack(stored: Mapping[str, Any], packs: Mapping[Version, Pack]) -> Pack:
    name, version = stored.get("pack"), stored.get("version")
    pack = packs.get((name, version)) if isinstance(name, str) and isinstance(version, str) else None
    if pack is None:
        raise ReplayError(gettext("The version of the policy by which this was decided is not at hand."))
    if pack.digest != stored.get("digest"):
        raise ReplayError(
            gettext("The policy by which this was decided has been changed since, under the same version.")
        )
    return pack
