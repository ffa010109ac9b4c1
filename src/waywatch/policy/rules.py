"""From a case and a pack to a decision. Pure: no clock, no settings, no database.

1. Somebody who speaks for himself or herself has one answer, not two (`one_answer`).
2. The first rule of the pack that fits decides.
3. Each floor that holds widens what the rule said where it must, and the reporter is taken out where he or she may not be named.
"""

from dataclasses import dataclass, replace

from waywatch.policy.floors import CURRENT, FLOORS, REPORTER, REPORTER_UNNAMED, may_name_reporter
from waywatch.policy.values import (
    INPUTS,
    OUTCOMES,
    Applied,
    Case,
    Conditions,
    Consent,
    Decision,
    Floor,
    Outcome,
    Pack,
    Part,
    Recipient,
    Rule,
    Step,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is allowed so far."""

    outcome: Outcome
    recipients: frozenset[Recipient]
    minimum: frozenset[Part]

    def raised_to(self, floor: Floor) -> "Answer":
        """Return the answer, widened so that it does not undercut `floor`."""
        return Answer(
            outcome=max(self.outcome, floor.outcome, key=OUTCOMES.index),
            recipients=self.recipients | floor.recipients,
            minimum=self.minimum | floor.minimum,
        )


def one_answer(case: Case) -> Case:
    """Return the case with one consent where the reporter is the potential victim: a refusal counts before an agreement."""
    if case.source != "self":
        return case
    answers = {case.consent_person, case.consent_reporter}
    consents: tuple[Consent, ...] = ("refused", "given", "not_asked")
    answer = next(consent for consent in consents if consent in answers)
    return replace(case, consent_person=answer, consent_reporter=answer)


def stopped_by(when: Conditions, case: Case) -> tuple[str, ...]:
    """Return the inputs whose value is not among those that `when` asks for; none where it fits."""
    return tuple(name for name in INPUTS if name in when and getattr(case, name) not in when[name])


def first_fitting(case: Case, rules: tuple[Rule, ...]) -> tuple[Rule, tuple[Step, ...]]:
    """Return the rule that decides, and every rule looked at until then. There is one: a pack ends with a rule that always fits."""
    steps: list[Step] = []
    for rule in rules:
        stops = stopped_by(rule.when, case)
        steps.append(Step(rule.id, not stops, stops))
        if not stops:
            return rule, tuple(steps)
    raise AssertionError("a pack without a rule for every case was not refused on reading")


def floors_for(case: Case, version: str = CURRENT) -> tuple[Floor, ...]:
    """Return the floors of that version which hold for the case."""
    return tuple(
        floor
        for floor in FLOORS[version]
        if not stopped_by(floor.when, case) and (floor.duty is None or floor.duty in case.law)
    )


def decide(case: Case, pack: Pack, *, floors_version: str = CURRENT) -> Decision:
    """Return what `pack` says of `case`. Only `replay` names other floors than the current ones."""
    heard = one_answer(case)
    rule, trace = first_fitting(heard, pack.rules)
    floors = floors_for(heard, floors_version)
    answer, applied = _limited(Answer(rule.outcome, rule.recipients, rule.minimum), floors, heard)
    obliging: tuple[Rule | Floor, ...] = (rule, *floors)
    owed = [part.recipients for part in obliging if part.outcome == "must"]
    return Decision(
        case=case,
        outcome=answer.outcome,
        recipients=tuple(sorted(answer.recipients)),
        minimum=tuple(sorted(answer.minimum)),
        owed=tuple(sorted({tuple(sorted(group)) for group in owed})),
        rule=rule.id,
        trace=trace,
        floors=applied,
        floors_version=floors_version,
        pack=pack.id,
        version=pack.version,
        digest=pack.digest,
    )


def _limited(answer: Answer, floors: tuple[Floor, ...], case: Case) -> tuple[Answer, tuple[Applied, ...]]:
    applied: list[Applied] = []
    for floor in floors:
        raised = answer.raised_to(floor)
        applied.append(Applied(floor.id, raised != answer))
        answer = raised
    if not may_name_reporter(case):
        applied.append(Applied(REPORTER_UNNAMED, REPORTER in answer.minimum))
        answer = replace(answer, minimum=answer.minimum - {REPORTER})
    return answer, tuple(applied)
