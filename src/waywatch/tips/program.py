"""The reporter's page as a program that works offline: its parts, and the version that its service worker caches them under."""

import hashlib
from contextlib import suppress
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import Error
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext

from waywatch.advice import api as advice
from waywatch.geo import api as geo
from waywatch.tips.questions import STEPS
from waywatch.vault import api as vault

LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
STYLES = ("waywatch/tokens.css", "waywatch/waywatch.css", "tips/questions.css", "tips/notice.css")
SCRIPTS = (
    "tips/notice.js",
    "tips/answers.js",
    "tips/card.js",
    "tips/draft.js",
    "tips/places.js",
    "tips/outbox.js",
    "tips/bytes.js",
    "tips/composing.js",
    "tips/desks.js",
    "tips/envelope.js",
    "tips/photos.js",
    "tips/queue.js",
    "tips/sealing.js",
    "tips/signs.js",
    "tips/store.js",
    "tips/words.js",
    "tips/work.js",
    "tips/hpke.js",
    "advice/advice.js",
)
OTHERS = ("waywatch/icon.svg", "vault/words.txt", "tips/receipt.js")
ROADSIDE = (geo.PlaceKind.TRUCK_PARKING, geo.PlaceKind.TRUCK_STOP, geo.PlaceKind.TERMINAL)


def page(language: str) -> str:
    """Return the page in a language. The same for everybody: it knows no reader."""
    return _page(language, root_key())


def receipt_page(language: str) -> str:
    """Return the page that asks for receipt words, in a language."""
    return _receipt_page(language, root_key())


@lru_cache(maxsize=2 * len(LANGUAGES))
def _receipt_page(language: str, root: str) -> str:
    with translation.override(language):
        return render_to_string("tips/receipt.html", _frame(language) | {"route": "notice_receipt", "root": root})


def service_worker() -> str:
    """Return the program that answers without a network."""
    return _service_worker(root_key())


def root_key() -> str:
    """Return the public key of the offline root, as the page carries it; "" before a ceremony, or while the database is away.

    It is looked up until there is one, and then kept: a page must not change because the database has gone.
    """
    if not _found_root:
        with suppress(Error):
            _found_root.extend(vault.to_text(key) for key in [vault.root_public_key()] if key)
    return _found_root[0] if _found_root else ""


_found_root: list[str] = []


@lru_cache(maxsize=1)
def shell() -> tuple[str, ...]:
    """Return the addresses that the page needs without a network."""
    pages = [f"/notice/{language}/{part}" for language in LANGUAGES for part in ("", "receipt/")]
    return (*pages, *(static(name) for name in (*STYLES, *SCRIPTS, *OTHERS)))


def version(root: str) -> str:
    """Return what changes when any part of the program does: static addresses carry a digest of their content."""
    pages = [text for code in LANGUAGES for text in (_page(code, root), _receipt_page(code, root))]
    return hashlib.sha256("\0".join([*pages, *shell()]).encode()).hexdigest()[:16]


@lru_cache(maxsize=2)
def _service_worker(root: str) -> str:
    return render_to_string("tips/worker.js", {"version": version(root), "shell": list(shell())})


@lru_cache(maxsize=2 * len(LANGUAGES))
def _page(language: str, root: str) -> str:
    with translation.override(language):
        return render_to_string("tips/notice.html", _context(language) | {"root": root})


def manifest(language: str) -> dict[str, Any]:
    """Return how the page looks as an installed program. It bears a plain name: a phone may be in other hands."""
    with translation.override(language):
        name = gettext("Road notes")
    return {
        "name": name,
        "short_name": name,
        "lang": language,
        "start_url": f"/notice/{language}/",
        "scope": "/notice/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b4f6c",
        "icons": [{"src": static("waywatch/icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }


def places(region_code: str) -> list[list[Any]]:
    """Return the known places of a state or province as short rows: id, title, highway, mile, latitude, longitude."""
    return [
        [str(place.id), place.title, place.highway, str(place.milepost or ""), round(place.lat, 4), round(place.lon, 4)]
        for place in geo.places_in(region_code, kinds=ROADSIDE)
    ]


def _frame(language: str) -> dict[str, Any]:
    """Return what every page of a reporter shows."""
    book = advice.book()
    return {
        "route": "notice",
        "language": language,
        "languages": settings.LANGUAGES,
        "styles": STYLES,
        "numbers": [_numbers(numbers, language) for numbers in book.numbers.values()],
        "checked_on": book.numbers_checked_on,
    }


def questions(language: str) -> dict[str, Any]:
    """Return what the templates of the questions need, in a language. In production nobody is asked what nobody has reviewed."""
    book = advice.book()
    boxes = {code: f"{b.south:.1f} {b.west:.1f} {b.north:.1f} {b.east:.1f}" for code, b in geo.region_boxes().items()}
    return {
        "is_open": book.is_reviewed or settings.MODE != "production",
        "is_reviewed": book.is_reviewed,
        "steps": STEPS,
        "signs": [(sign, sign.text[language]) for sign in book.signs.values()],
        "book": advice.for_phone(),
        "countries": [
            (geo.country(code), [(r, boxes.get(r.code, "")) for r in geo.regions(code)]) for code in ("US", "CA")
        ],
    }


def _context(language: str) -> dict[str, Any]:
    return _frame(language) | questions(language) | {"scripts": SCRIPTS}


def _numbers(numbers: advice.Numbers, language: str) -> dict[str, Any]:
    country = geo.country(numbers.country)
    return {"it": numbers, "name": numbers.hotline_name[language], "country": country.name if country else "México"}
