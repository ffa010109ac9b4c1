"""The whole decision table of the shipped packs as a page that a reviewer can read (docs/reference/policy-table.md)."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from waywatch.policy.reading import every_case
from waywatch.policy.rules import decide, one_answer
from waywatch.policy.values import DUTIES, INPUTS, Case, Decision, Pack

Box = tuple[frozenset[str], ...]
"""For each input the values it takes: all the cases that lie in the box have the same answer."""
Values = tuple[str, ...]
"""One case: the value of each input."""
Answer = tuple[str, str, str]
SITUATION = list(INPUTS).index("consent_person")
"""So many inputs, from the first, say what happened; the others say who agreed."""

HEAD = """# What each policy says of every case

Worked out by `tools/policy_table.py` from all {cases} combinations; a test compares. **The first row that fits is the answer**; an empty
field means any value. *Self* is somebody who asks for help for himself or herself: one person with one consent, in the column *person*.
[How the policy works](../explanation/consent-policy.md).

*At once* is where, when, people, vehicles, signs. *All* is these and timeline, words, reporter.
"""
NAMES = {
    "exploitation_sign": "sign",
    "consent_person": "person",
    "consent_reporter": "reporter",
    "reporter_identity": "identity",
}
PARTS = {
    (): "",
    ("people", "signs", "vehicles", "when", "where"): "at once",
    ("people", "reporter", "signs", "timeline", "vehicles", "when", "where", "words"): "all",
}
ORDER = ("must", "may", "must_not")


def as_markdown(packs: Iterable[Pack]) -> str:
    """Return the page."""
    parts = [HEAD.format(cases=len(list(every_case())))]
    parts += [_section(pack) for pack in packs]
    return "\n".join(parts)


def boxes(wanted: set[Values], free: set[Values]) -> list[Box]:
    """Return boxes that together hold all of `wanted`, and besides them only what is in `free`."""
    found: list[Box] = []
    left = dict.fromkeys(sorted(wanted))
    while left:
        box = _grown(next(iter(left)), wanted, free)
        found.append(box)
        for values in itertools.product(*box):
            left.pop(values, None)
    return found


def _grown(values: Values, wanted: set[Values], free: set[Values]) -> Box:
    """Return a box around one case that cannot take in one more value.

    Nothing but `wanted` and `free` may be in it, and each situation in it has something wanted.
    """
    box = tuple(frozenset({value}) for value in values)
    for place, known in reversed(list(enumerate(INPUTS.values()))):
        for value in known:
            slab = (*box[:place], frozenset({value}), *box[place + 1 :])
            inside = set(itertools.product(*slab))
            useful = {case[:SITUATION] for case in inside & wanted} == {case[:SITUATION] for case in inside}
            if inside <= wanted | free and (useful or place >= SITUATION):
                box = (*box[:place], box[place] | {value}, *box[place + 1 :])
    return box


def _section(pack: Pack) -> str:
    lines = [
        f"## {pack.title['en']} (`{pack.id}`, {pack.version})",
        "",
        *_table({case: decide(case, pack) for case in every_case()}),
    ]
    for duty in DUTIES:
        lines += ["", f"Where the law has the duty `{duty}`, these change:", "", *_table(_changed(pack, duty))]
    return "\n".join([*lines, ""])


def _changed(pack: Pack, duty: str) -> dict[Case, Decision]:
    """Return the decisions that the duty changes."""
    changed: dict[Case, Decision] = {}
    for case in every_case():
        under = decide(replace(case, law=frozenset(known for known in DUTIES if known == duty)), pack)
        if _answer(under) != _answer(decide(case, pack)):
            changed[case] = under
    return changed


def _answer(decision: Decision) -> Answer:
    parts = PARTS.get(decision.minimum, ", ".join(decision.minimum))
    return decision.outcome, ", ".join(decision.recipients), parts


def _table(decisions: Mapping[Case, Decision]) -> list[str]:
    if not decisions:
        return ["(none)"]
    groups: dict[Answer, set[Values]] = defaultdict(set)
    for case, decision in decisions.items():
        if one_answer(case) == case:
            groups[_answer(decision)].add(_values(case))
    free = {_values(case) for case in every_case() if one_answer(case) != case}
    rows: list[list[str]] = []
    for answer, cases in sorted(groups.items(), key=lambda group: (ORDER.index(group[0][0]), group[0])):
        rows += [[*_fields(box), *answer] for box in boxes(cases, free)]
        free |= cases
    head = [*(NAMES.get(name, name) for name in INPUTS), "answer", "to", "with"]
    return [_row(head), _row(["---"] * len(head)), *(_row([field.replace("_", " ") for field in row]) for row in rows)]


def _values(case: Case) -> Values:
    return tuple(getattr(case, name) for name in INPUTS)


def _fields(box: Box) -> list[str]:
    return [_field(name, values) for name, values in zip(INPUTS, box, strict=True)]


def _field(name: str, values: frozenset[str]) -> str:
    return "" if len(values) == len(INPUTS[name]) else ", ".join(value for value in INPUTS[name] if value in values)


def _row(fields: list[str]) -> str:
    return f"| {' | '.join(fields)} |"
