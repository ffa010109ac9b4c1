"""Every route of the site is looked at in a browser, or stands on the closed list that says why not. Needs no browser itself."""

import ast

from tests.e2e.axe import ROOT
from tests.e2e.routes import ADMINISTRATORS, EXCEPTIONS, FIXED, GUESTS, HELP, JOURNEYS, MADE, lacking, routes, visited


def test_every_route_is_visited_or_says_why_not() -> None:
    unknown = {route.name: sorted(lacking(route)) for route in visited() if lacking(route)}
    assert unknown == {}, HELP


def test_no_list_names_a_route_or_a_parameter_that_is_gone() -> None:
    named = {*EXCEPTIONS, *JOURNEYS, *GUESTS, *ADMINISTRATORS, *(key.split(".")[0] for key in FIXED if "." in key)}
    assert sorted(named - {route.name for route in routes()}) == []
    given = FIXED.keys() | MADE
    used = {
        name for route in routes() for name in route.parameters | {f"{route.name}.{each}" for each in route.parameters}
    }
    assert sorted(given - used) == []


def test_a_route_stands_in_one_list_only() -> None:
    assert sorted(EXCEPTIONS.keys() & JOURNEYS.keys()) == []
    assert sorted((GUESTS | ADMINISTRATORS) & JOURNEYS.keys()) == []
    assert sorted(GUESTS & ADMINISTRATORS) == []


def test_every_journey_is_a_browser_test() -> None:
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in (ROOT / "tests" / "e2e").glob("test_*.py")]
    tests = {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert sorted(set(JOURNEYS.values()) - tests) == []
