"""What axe finds wrong on the page that stands in a browser, and whether it is cut off."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.e2e.conftest import ROOT

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _program() -> str:
    """Read when a page is looked at, not when tests are collected: `make test-postgres` needs no front-end packages."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()


def assert_readable(page: Page) -> None:
    """Nothing stands in a reader's way, and the page is no wider than its window."""
    found: dict[str, Any] = page.evaluate(_program() + f"; axe.run(document, {{runOnly: {RULES}}})")
    wrong = [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found["violations"]]
    assert wrong == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url
