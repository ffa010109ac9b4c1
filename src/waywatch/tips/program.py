"""The reporter's page as a program that works offline: its parts, and the version that its service worker caches them under."""

import hashlib
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext

from waywatch.advice import api as advice
from waywatch.geo import api as geo
from waywatch.tips.questions import STEPS

LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
STYLES = ("waywatch/tokens.css", "waywatch/waywatch.css", "tips/notice.css")
SCRIPTS = ("tips/notice.js", "tips/answers.js", "tips/card.js", "tips/draft.js", "tips/places.js", "advice/advice.js")
OTHERS = ("waywatch/icon.svg",)
ROADSIDE = (geo.PlaceKind.TRUCK_PARKING, geo.PlaceKind.TRUCK_STOP, geo.PlaceKind.TERMINAL)


@lru_cache(maxsize=len(LANGUAGES))
def page(language: str) -> str:
    """Return the page in a language. The same for everybody: it knows no reader."""
    with translation.override(language):
        return render_to_string("tips/notice.html", _context(language))


@lru_cache(maxsize=1)
def shell() -> tuple[str, ...]:
    """Return the addresses that the page needs without a network."""
    pages = [f"/notice/{language}/" for language in LANGUAGES]
    return (*pages, *(static(name) for name in (*STYLES, *SCRIPTS, *OTHERS)))


@lru_cache(maxsize=1)
def version() -> str:
    """Return what changes when any part of the program does: static addresses carry a digest of their content."""
    parts = [*(page(language) for language in LANGUAGES), *shell()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def service_worker() -> str:
    """Return the program that answers without a network."""
    return render_to_string("tips/worker.js", {"version": version(), "shell": list(shell())})


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


def _context(language: str) -> dict[str, Any]:
    book = advice.book()
    boxes = {code: f"{b.south:.1f} {b.west:.1f} {b.north:.1f} {b.east:.1f}" for code, b in geo.region_boxes().items()}
    return {
        "language": language,
        "languages": settings.LANGUAGES,
        "styles": STYLES,
        "scripts": SCRIPTS,
        "numbers": [_numbers(numbers, language) for numbers in book.numbers.values()],
        "checked_on": book.numbers_checked_on,
        "is_open": book.is_reviewed or settings.MODE != "production",
        "is_reviewed": book.is_reviewed,
        "steps": STEPS,
        "signs": [(sign, sign.text[language]) for sign in book.signs.values()],
        "book": advice.for_phone(),
        "countries": [
            (geo.country(code), [(r, boxes.get(r.code, "")) for r in geo.regions(code)]) for code in ("US", "CA")
        ],
    }


def _numbers(numbers: advice.Numbers, language: str) -> dict[str, Any]:
    country = geo.country(numbers.country)
    return {"it": numbers, "name": numbers.hotline_name[language], "country": country.name if country else "México"}
