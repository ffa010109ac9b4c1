"""The words of the pages: `collect` them from code and templates, `compile` them for the product, `check` that all are translated."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent / "src" / "waywatch"
LANGUAGES = ("fr", "es")
KEYWORDS = dict.fromkeys(("gettext", "gettext_lazy", "_")) | dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2))
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
    wrong, used = 0, words_in_use()
    for language, file in catalogues():
        known = [message for message in read(language, file) if message.id]
        wrong += sum(_complain(language, message) for message in known)
        for missing in sorted(used - {_ids(message)[0] for message in known}):
            print(f"{language}: not collected: {missing!r}")
            wrong += 1
    print(f"translations: {wrong} missing or wrong")
    return 1 if wrong else 0


def words_in_use() -> set[str]:
    """Return the first form of every message in code and templates, found without gettext: what nobody collected is missing, too."""
    settings.configure()
    files = [*ROOT.rglob("*.py"), *ROOT.rglob("*.html"), *ROOT.rglob("*.txt")]
    return {word for file in files for word in _words_of(file)}


def _words_of(file: Path) -> Iterator[str]:
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":  # a template becomes what Django hands to gettext: calls, and letters that mean nothing
        text = "\n".join(line.strip() for line in templatize(text, origin=str(file)).split("\n"))
    for _, words, _, _ in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
        yield words[0] if isinstance(words, tuple) else words


def _ids(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def _complain(language: str, message: Message) -> int:
    ids = _ids(message)
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
