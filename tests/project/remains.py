"""What is left of a marker: where it stands in all that an installation keeps, however it is written or pressed together."""

import base64
import binascii
import gzip
import re
import subprocess
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg

from tests.project.installation import Installation, admin_address
from tests.project.test_canaries import Marks
from waywatch.postgres.binaries import clean_environment, find_tools

COMMON = b"zzcanary"
NEAR = 400
WRITE_AHEAD = "write-ahead log"
WAL_PAGE, HEADER, FIRST_HEADER = 8192, 24, 40  # bytes, as PostgreSQL is built everywhere
PRESSED = re.compile(rb"\.?(eJ[\w-]{20,})")  # how Django writes a session: zlib, then base64url


def ways_of(text: bytes) -> set[bytes]:
    """Return each way in which these bytes may be written: as they are, in capitals, in UTF-16, in hex, in base64 at each offset."""
    coded: set[bytes] = set()
    for shift in range(3):
        first, last = -(-shift * 8 // 6), (shift + len(text)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded.add(encode(b"\0" * shift + text)[first:last])
    wide = b"\0".join(text[at : at + 1] for at in range(len(text)))
    hexed = binascii.hexlify(text)
    return {text, text.upper(), wide, hexed, hexed.upper(), *coded}


COMMON_WAYS = ways_of(COMMON)


def unpressed(content: bytes) -> Iterator[bytes]:
    """Yield what a session in these bytes says, where one stands in them."""
    for found in PRESSED.findall(content):
        try:
            yield zlib.decompressobj().decompress(base64.urlsafe_b64decode(found + b"=" * (-len(found) % 4)))
        except (zlib.error, binascii.Error):
            continue


def standing_in(content: bytes, marks: Marks, secrets: dict[str, str]) -> set[str]:
    """Return what of the markers, and of the secrets that the product itself made, stands in these bytes."""
    found: set[str] = set()
    for each in [content, *unpressed(content)]:
        found |= {what for near in _neighbourhoods(each) for what in _named(near, marks)}
        found |= {what for what, secret in secrets.items() if any(way in each for way in ways_of(secret.encode()))}
    return found


def _neighbourhoods(content: bytes) -> Iterator[bytes]:
    for way in COMMON_WAYS:
        at = content.find(way)
        while at >= 0:
            yield content[max(0, at - 8) : at + NEAR]
            at = content.find(way, at + 1)


def _named(near: bytes, marks: Marks) -> set[str]:
    named = {what for what, mark in marks.made.items() if any(way in near for way in ways_of(mark.encode()))}
    return named or {"a piece of a marker"}


def files_of(installation: Installation) -> Iterator[tuple[str, bytes]]:
    """Yield the kind and the content of each file that an installation at rest has left, its own streams included."""
    for path in sorted(installation.folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        content = path.read_bytes()
        kind = kind_of(path.relative_to(installation.folder))
        if kind == WRITE_AHEAD:
            content = without_headers(content)
        yield kind, gzip.decompress(content) if path.suffix == ".gz" else content


def without_headers(segment: bytes) -> bytes:
    """Return a segment of the write-ahead log without the headers of its pages, which may stand in the middle of a word."""
    bodies = [segment[at + HEADER : at + WAL_PAGE] for at in range(WAL_PAGE, len(segment), WAL_PAGE)]
    return b"".join([segment[FIRST_HEADER:WAL_PAGE], *bodies])


def kind_of(path: Path) -> str:
    """Return what a file of an installation is."""
    name, folders = path.name, path.parts
    if "pg_wal" in folders:
        return WRITE_AHEAD
    if "base" in folders or "global" in folders:
        return "tables"
    if name == "pg.log":
        return "log of the database"
    if folders[0].startswith(("out-", "err-")):
        return "log"
    return "temporary files" if folders[0] == "tmp" else "other files"


def texts_of(installation: Installation, backup: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the text of a backup, of what lies beside it, and of a dump that the administrator takes of a running server."""
    address = admin_address(installation.data)
    with psycopg.connect(address) as admin:
        tools = find_tools(admin.info.server_version // 10000)
    for file in (backup, backup.with_name(f"{backup.name}.keys")):
        yield "backup", _said_by([tools.program("pg_restore"), "--file=-", file])
    yield "dump", _said_by([tools.program("pg_dump"), f"--dbname={address}"])


def _said_by(words: Iterable[str | Path]) -> bytes:
    done = subprocess.run([*map(str, words)], env=clean_environment(), capture_output=True, check=True, timeout=60)
    return done.stdout


def remains(places: Iterable[tuple[str, bytes]], marks: Marks, secrets: dict[str, str]) -> dict[str, set[str]]:
    """Return for each marker that stands anywhere the kinds of places where it stands."""
    found: dict[str, set[str]] = defaultdict(set)
    for kind, content in places:
        for what in standing_in(content, marks, secrets):
            found[what].add(kind)
    return dict(found)
