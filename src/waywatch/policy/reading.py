"""The packs, read once. One that does not fit stops the start: a policy is not guessed."""

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from waywatch.lib.errors import InvalidError
from waywatch.lib.jsonfile import MAX_SHOWN, Object, problems_of, read_object
from waywatch.lib.review import Review
from waywatch.lib.text import made_visible
from waywatch.policy.errors import PackRefusedError
from waywatch.policy.floors import REPORTER, may_name_reporter
from waywatch.policy.rules import first_fitting, floors_for, one_answer
from waywatch.policy.shape import PackShape, RuleShape
from waywatch.policy.values import INPUTS, OUTCOMES, Case, Floor, Pack, Publication, Rule

FOLDER = Path(__file__).parent / "data" / "packs"
Version = tuple[str, str]
"""The id and the version of a pack."""


@cache
def packs(folder: Path = FOLDER) -> Mapping[Version, Pack]:
    """Return every version of every pack in `folder`. Raises PackRefusedError where one does not fit, or its file has another name."""
    found: dict[Version, Pack] = {}
    for path in sorted(folder.glob("*.json")):
        pack = read_pack(path)
        if path.name != f"{pack.id}-{pack.version}.json":
            raise PackRefusedError(f"{path} holds the pack “{pack.id}” of {pack.version}: name the file after them.")
        found[pack.id, pack.version] = pack
    return found


def newest(found: Mapping[Version, Pack]) -> dict[str, Pack]:
    """Return the newest version of each pack, by its id."""
    return {pack.id: pack for _, pack in sorted(found.items())}


def read_pack(path: Path) -> Pack:
    """Return the pack in `path`. Raises PackRefusedError with a sentence for whatever is wrong with it."""
    try:
        return pack_of(read_object(path))
    except PackRefusedError as error:
        raise PackRefusedError(f"{path}: {error}") from error
    except InvalidError as error:
        raise PackRefusedError(str(error)) from error


def pack_of(data: dict[str, Any]) -> Pack:
    """Return the pack that `data` describes. Raises PackRefusedError with a sentence for whatever is wrong with it."""
    try:
        shape = PackShape.model_validate(data)
    except ValidationError as error:
        raise PackRefusedError(str(problems_of(error, "pack")[0])) from error
    _refuse_twice(data)
    pack = _pack(shape, digest_of(data))
    _check_names(pack)
    _check_answers(pack)
    return pack


def digest_of(data: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON: names in order, no spaces, ASCII."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def every_case() -> Iterator[Case]:
    """Return every combination of what rules can ask, with no duty by law."""
    for values in itertools.product(*INPUTS.values()):
        yield Case(**cast("Any", dict(zip(INPUTS, values, strict=True))))


def _refuse_twice(data: object) -> None:
    if isinstance(data, Object) and data.twice:
        raise PackRefusedError(f"the name “{made_visible(data.twice[0])[:MAX_SHOWN]}” stands twice in one object")
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for part in parts:
        _refuse_twice(part)


def _pack(shape: PackShape, digest: str) -> Pack:
    review = shape.review.model_dump() | {"date": dt.date.fromisoformat(shape.review.date)}
    return Pack(
        id=shape.id,
        version=shape.version,
        title=shape.title.model_dump(),
        review=Review(**review),
        sources=tuple(Publication(**source.model_dump()) for source in shape.sources),
        rules=tuple(_rule(rule) for rule in shape.rules),
        digest=digest,
    )


def _rule(shape: RuleShape) -> Rule:
    return Rule(
        id=shape.id,
        text=shape.text.model_dump(),
        when={name: frozenset(values) for name, values in shape.when.items()},
        outcome=shape.outcome,
        recipients=frozenset(shape.recipients),
        minimum=frozenset(shape.minimum),
        grounded=shape.grounded,
        sources=tuple(shape.sources),
    )


def _check_names(pack: Pack) -> None:
    _refuse_repeated([rule.id for rule in pack.rules], "rule")
    _refuse_repeated([source.key for source in pack.sources], "source")
    known = {source.key for source in pack.sources}
    for rule in pack.rules:
        if not known.issuperset(rule.sources):
            raise PackRefusedError(f"the rule “{rule.id}” names a source that the pack does not list")
    if pack.rules[-1].when:
        raise PackRefusedError("the last rule must have no condition, so that every case has an answer")


def _refuse_repeated(names: list[str], kind: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise PackRefusedError(f"the {kind} “{name}” stands twice")


def _check_answers(pack: Pack) -> None:
    """Go through every combination: each rule decides at least one, and none breaks a floor."""
    reached: set[str] = set()
    for case in map(one_answer, every_case()):
        rule, _ = first_fitting(case, pack.rules)
        reached.add(rule.id)
        _check_floors(rule, case)
    for rule in pack.rules:
        if rule.id not in reached:
            raise PackRefusedError(f"the rule “{rule.id}” never decides: rules before it take every case that it fits")


def _check_floors(rule: Rule, case: Case) -> None:
    if REPORTER in rule.minimum and not may_name_reporter(case):
        raise PackRefusedError(
            f"the rule “{rule.id}” lets the reporter be named where he or she may not be; it must ask that reporter_identity is "
            "may_be_named, and that consent_reporter is not refused"
        )
    for floor in floors_for(case):
        if _undercuts(rule, floor):
            raise PackRefusedError(
                f"the rule “{rule.id}” undercuts the floor “{floor.id}”, for example where {_told(case)}"
            )


def _undercuts(rule: Rule, floor: Floor) -> bool:
    lower = OUTCOMES.index(rule.outcome) < OUTCOMES.index(floor.outcome)
    return lower or not (rule.recipients >= floor.recipients and rule.minimum >= floor.minimum)


def _told(case: Case) -> str:
    return ", ".join(f"{name} is {getattr(case, name)}" for name in INPUTS)
