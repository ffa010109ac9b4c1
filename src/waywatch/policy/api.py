"""What other rooms may use of the policy: the packs, a decision about a case, and a stored decision worked out again."""

from waywatch.policy.errors import PackRefusedError, ReplayError, UnknownValueError
from waywatch.policy.floors import CURRENT, FLOORS, REPORTER_UNNAMED
from waywatch.policy.reading import newest, packs, read_pack
from waywatch.policy.replaying import replay
from waywatch.policy.rules import decide
from waywatch.policy.table import as_markdown
from waywatch.policy.values import (
    DUTIES,
    INPUTS,
    OUTCOMES,
    PARTS,
    RECIPIENTS,
    Applied,
    Case,
    Decision,
    Duty,
    Floor,
    Outcome,
    Pack,
    Part,
    Publication,
    Recipient,
    Rule,
    Step,
)

__all__ = [
    "CURRENT",
    "DUTIES",
    "FLOORS",
    "INPUTS",
    "OUTCOMES",
    "PARTS",
    "RECIPIENTS",
    "REPORTER_UNNAMED",
    "Applied",
    "Case",
    "Decision",
    "Duty",
    "Floor",
    "Outcome",
    "Pack",
    "PackRefusedError",
    "Part",
    "Publication",
    "Recipient",
    "ReplayError",
    "Rule",
    "Step",
    "UnknownValueError",
    "as_markdown",
    "decide",
    "newest",
    "packs",
    "read_pack",
    "replay",
]
