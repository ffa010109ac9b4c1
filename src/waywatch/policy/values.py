"""The policy as values: what is asked, what a pack says, and what was decided."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from django.utils.functional import Promise
from django.utils.translation import gettext

from waywatch.lib.review import Review
from waywatch.policy.errors import UnknownValueError

Age = Literal["adult", "minor", "unknown"]
Source = Literal["self", "third_party"]
Danger = Literal["yes", "no", "unknown"]
ExploitationSign = Literal["yes", "no"]
Consent = Literal["given", "refused", "not_asked"]
ReporterIdentity = Literal["may_be_named", "anonymous"]
Duty = Literal["report_minor", "report_imminent_harm"]
Outcome = Literal["must_not", "may", "must"]
Recipient = Literal["emergency", "law_enforcement", "child_protection", "services"]
Part = Literal["where", "when", "people", "vehicles", "timeline", "signs", "words", "reporter"]
Grounded = Literal["published", "ours"]

INPUTS: Mapping[str, tuple[str, ...]] = {
    "age": get_args(Age),
    "source": get_args(Source),
    "danger": get_args(Danger),
    "exploitation_sign": get_args(ExploitationSign),
    "consent_person": get_args(Consent),
    "consent_reporter": get_args(Consent),
    "reporter_identity": get_args(ReporterIdentity),
}
"""What a rule can ask, with every value. Duties by law are not here: they stand above every pack, as floors."""

DUTIES: tuple[Duty, ...] = get_args(Duty)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""From the narrowest to the widest."""
RECIPIENTS: tuple[Recipient, ...] = get_args(Recipient)
PARTS: tuple[Part, ...] = get_args(Part)

Words = Mapping[str, str]
"""One text by language: en, fr, es."""
Conditions = Mapping[str, frozenset[str]]
"""By input, the values of which one must be there. An input that is not named may be anything."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision looks at. Raises UnknownValueError for any other value.

    `age` is the apparent age of the youngest potential victim. `exploitation_sign`: one was seen first-hand. `consent_person` is the
    potential victim's, to passing on the information; `consent_reporter` the reporter's, to passing on what he or she said. With `source`
    "self" the two are one person with one answer: refused if either is refused, else given if either is given. `law` holds the duties
    known for the jurisdiction.
    """

    age: Age
    source: Source
    danger: Danger
    exploitation_sign: ExploitationSign
    consent_person: Consent
    consent_reporter: Consent
    reporter_identity: ReporterIdentity
    law: frozenset[Duty] = frozenset()

    def __post_init__(self) -> None:
        given = {name: (getattr(self, name),) for name in INPUTS} | {"law": tuple(self.law)}
        known = {**INPUTS, "law": DUTIES}
        for name, values in given.items():
            if any(value not in known[name] for value in values):
                raise UnknownValueError(gettext("The case has an unknown value at “%(name)s”.") % {"name": name})

    def as_json(self) -> dict[str, Any]:
        """Return the case as it is stored: the duties in order."""
        return {name: getattr(self, name) for name in INPUTS} | {"law": sorted(self.law)}


@dataclass(frozen=True, slots=True)
class Publication:
    """An address, and in short what it says."""

    key: str
    address: str
    says: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Where every condition fits, the outcome. `grounded`: whether somebody published it so, or it is our reading."""

    id: str
    text: Words
    when: Conditions
    outcome: Outcome
    recipients: frozenset[Recipient]
    minimum: frozenset[Part]
    grounded: Grounded
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """One version of one policy: the first rule that fits decides. `digest` is the SHA-256 of its canonical JSON."""

    id: str
    version: str
    title: Words
    review: Review
    sources: tuple[Publication, ...]
    rules: tuple[Rule, ...]
    digest: str

    @property
    def is_reviewed(self) -> bool:
        """Tell whether the pack has been reviewed, so that a production instance may work by it."""
        return self.review.is_done


@dataclass(frozen=True, slots=True)
class Floor:
    """What no pack may undercut. With a `duty` it holds only where that duty is known."""

    id: str
    text: Promise | str
    when: Conditions
    outcome: Outcome
    recipients: frozenset[Recipient]
    minimum: frozenset[Part]
    duty: Duty | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was looked at, and the inputs that stopped it: none where it fitted."""

    rule: str
    fitted: bool
    stopped_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """One floor that holds for the case, and whether it changed what the rule had said."""

    floor: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says of one case, and why. A person decides within it.

    `recipients` may get it, and of the content no more than `minimum`. `owed`, where the outcome is "must": for each rule or floor that
    says so, its recipients; at least one of each must get it.
    """

    case: Case
    outcome: Outcome
    recipients: tuple[Recipient, ...]
    minimum: tuple[Part, ...]
    owed: tuple[tuple[Recipient, ...], ...]
    rule: str
    trace: tuple[Step, ...]
    floors: tuple[Applied, ...]
    floors_version: str
    pack: str
    version: str
    digest: str

    def as_json(self) -> dict[str, Any]:
        """Return the decision as it is stored: plain values of JSON, from which `replay` works it out again."""
        answer = {
            name: getattr(self, name) for name in ("outcome", "rule", "floors_version", "pack", "version", "digest")
        }
        return answer | {
            "case": self.case.as_json(),
            "recipients": list(self.recipients),
            "minimum": list(self.minimum),
            "owed": [list(group) for group in self.owed],
            "trace": [{"rule": s.rule, "fitted": s.fitted, "stopped_by": list(s.stopped_by)} for s in self.trace],
            "floors": [asdict(applied) for applied in self.floors],
        }
