"""What axe finds wrong on the page that stands in a browser, whether it is cut off, and which pages were looked at."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page, ViewportSize

ROOT = Path(__file__).resolve().parents[2]
WIDTHS: dict[str, ViewportSize] = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKED_AT: set[tuple[str, int]] = set()
"""The route and the width of each page that the running test has looked at."""


@cache
def _program() -> str:
    """Read when a page is looked at, not when tests are collected: the tests without a browser need no front-end packages."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()


def assert_readable(page: Page) -> None:
    """Nothing stands in a reader's way, and the page is no wider than its window."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_program())
    found: list[dict[str, Any]] = page.evaluate(f"axe.run({{runOnly: {RULES}}}).then(found => found.violations)")
    wrong = [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]
    assert wrong == [], f"{page.url}: {wrong}"
    cut = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert cut <= 0, f"{page.url} is {cut} px wider than its window"
    LOOKED_AT.add((_route_of(page), page.evaluate("window.innerWidth")))


TYPEWRITER = "document.documentElement.style.setProperty('--sans', '\"Liberation Mono\", \"DejaVu Sans Mono\"')"
"""Sets a page in the wide letters that a machine without our fonts falls back to."""
TARGETS_SCROLLED = """async end => {
  const crowded = [];
  for (let top = 0; top <= end; top += 2) {
    scrollTo(0, top);
    const found = await axe.run({ runOnly: { type: "rule", values: ["target-size"] } });
    if (found.violations.length) crowded.push(top);
  }
  return crowded;
}"""


def crowded_when_scrolled(page: Page, end: int) -> list[int]:
    """Return how far the page is scrolled, up to `end`, where a target is smaller than 24 px and too near to another."""
    page.evaluate(_program())
    crowded: list[int] = page.evaluate(TARGETS_SCROLLED, end)
    return crowded


def look(page: Page) -> None:
    """Look at the page as it stands, wide and as a phone."""
    for size in WIDTHS.values():
        page.set_viewport_size(size)
        assert_readable(page)


def _route_of(page: Page) -> str:
    try:
        return resolve(urlsplit(page.url).path).url_name or ""
    except Resolver404:
        return ""
