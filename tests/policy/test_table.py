"""The page with the whole decision table is the one that the packs give, and it says of every case what is decided."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.policy import PACKS, decided
from waywatch.policy import api as policy
from waywatch.policy.reading import every_case
from waywatch.policy.rules import one_answer

PAGE = Path(settings.BASE).parents[1] / "docs" / "reference" / "policy-table.md"
SHORT = {"all": sorted(policy.PARTS), "at once": ["people", "signs", "vehicles", "when", "where"], "": []}


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == policy.as_markdown(PACKS.values()), "run tools/policy_table.py"


def rows(pack: str) -> list[list[str]]:
    section = PAGE.read_text(encoding="utf-8").split(f"(`{pack}`, ")[1]
    table = section.split("\n\n")[1].splitlines()[2:]
    return [[field.strip() for field in line.split("|")[1:-1]] for line in table]


@pytest.mark.parametrize("pack", PACKS)
def test_whoever_reads_the_first_row_that_fits_reads_the_answer(pack: str) -> None:
    table = rows(pack)
    used = set()
    for told in every_case():
        if one_answer(told) != told:
            continue
        values = [getattr(told, name).replace("_", " ") for name in policy.INPUTS]
        place = next(place for place, row in enumerate(table) if fits(row, values))
        used.add(place)
        decision = decided(pack)[told]
        outcome, recipients, parts = table[place][len(values) :]
        assert outcome == decision.outcome.replace("_", " ")
        assert recipients == ", ".join(decision.recipients).replace("_", " ")
        assert SHORT[parts] == list(decision.minimum)
    assert used == set(range(len(table)))


def fits(row: list[str], values: list[str]) -> bool:
    return all(not field or value in field.split(", ") for field, value in zip(row, values, strict=False))
