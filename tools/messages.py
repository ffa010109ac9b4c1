"""The words of the pages: `collect` them from code and templates, `compile` them for the product, `check` that all are translated."""

import os
import re
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent / "src" / "waywatch"
LANGUAGES = ("fr", "es")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def catalogues() -> list[tuple[str, Path]]:
    return [(language, ROOT / "locale" / language / "LC_MESSAGES" / "django.po") for language in LANGUAGES]


def read(language: str, file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, locale=language)


def compile_all() -> int:
    for language, file in catalogues():
        with file.with_suffix(".mo").open("wb") as opened:
            write_mo(opened, read(language, file))
    return 0


def collect() -> int:
    """Needs Debian's gettext package: only who changes words runs this."""
    languages = [part for language in LANGUAGES for part in ("-l", language)]
    os.environ |= {"WAYWATCH_MODE": "test", "DJANGO_SETTINGS_MODULE": "waywatch.project.settings"}
    command = [sys.executable, "-m", "django", "makemessages", *languages, "--no-obsolete", "--add-location=file"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def check() -> int:
    wrong = 0
    for language, file in catalogues():
        for message in read(language, file):
            if message.id:
                wrong += _complain(language, message)
    print(f"translations: {wrong} missing or wrong")
    return 1 if wrong else 0


def _complain(language: str, message: object) -> int:
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    if message.fuzzy or not all(strings):
        print(f"{language}: not translated: {ids[0]!r}")
        return 1
    wanted = set(PLACEHOLDER.findall(ids[-1]))
    if (
        any(set(PLACEHOLDER.findall(string)) - wanted for string in strings)
        or set(PLACEHOLDER.findall(strings[-1])) != wanted
    ):
        print(f"{language}: placeholders differ: {ids[0]!r}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit({"compile": compile_all, "collect": collect, "check": check}[sys.argv[1]]())
