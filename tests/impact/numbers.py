"""Reads a page as a reader who asks of each number: where does it come from?"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "br", "circle", "hr", "img", "input", "link", "meta", "path", "rect", "source", "wbr"}


@dataclass
class Number:
    """A number as shown, and where the links in it lead. `sourced`: its row names where it was printed."""

    text: str = ""
    hrefs: list[str] = field(default_factory=list)
    sourced: bool = False


class Page(HTMLParser):
    """Collects the numbers of a page (headline figures, cells and counts) and the ids that a link on it can lead to."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.numbers: list[Number] = []
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self._open: list[tuple[str, Number | None]] = []
        self._row: list[Number] = []
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        classes = found.get("class", "").split()
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "tr":
            self._row = []
        if tag == "a":
            self._follow(found.get("href", ""), is_source="source" in classes)
        number = Number() if self._is_number(tag, classes) else None
        if number:
            self.numbers.append(number)
            self._row.append(number)
        if tag not in VOID:
            self._open.append((tag, number))

    def _is_number(self, tag: str, classes: list[str]) -> bool:
        in_figures = tag == "dd" and any(open_tag == "dl" for open_tag, _ in self._open)
        return in_figures or (tag == "td" and "number" in classes) or (tag == "li" and "tag" in classes)

    def _follow(self, href: str, *, is_source: bool) -> None:
        self.hrefs.append(href)
        for _, number in self._open:
            if number:
                number.hrefs.append(href)
        for number in self._row if is_source else []:
            number.sourced = True

    def handle_data(self, data: str) -> None:
        for _, number in self._open:
            if number:
                number.text += re.sub(r"\s+", " ", data)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that closes itself holds no number."""

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
