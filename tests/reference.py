"""The published files that ship with the product, as the tests read them."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

FOLDER = Path(settings.BASE) / "project" / "demo_data"
BUILDS = FOLDER / "builds.json"
ANNUAL = FOLDER / "annual.json"


def builds_file() -> dict[str, Any]:
    """Return the published builds."""
    data: dict[str, Any] = json.loads(BUILDS.read_text())
    return data


def annual_file() -> dict[str, Any]:
    """Return the published yearly figures."""
    data: dict[str, Any] = json.loads(ANNUAL.read_text())
    return data


def build_row(**changes: Any) -> dict[str, Any]:
    """Return one plain row of a file of builds, with `changes`."""
    row = {
        "id": "tulsa-2019",
        "year": 2019,
        "city": "Tulsa",
        "region": "Oklahoma",
        "country": "US",
        "source": ["https://example.org/a"],
    }
    return row | changes
