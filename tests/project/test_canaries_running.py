"""The running product with a marker in every free field, over HTTP, right and wrong: what it leaves on disk, in its log at DEBUG, in mails,
in a backup and in a dump holds the markers that may stand there and no other. The same within one process: test_canaries.py."""

import base64
import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.post_office import Mailbox, running_mailbox, text_of
from tests.project import journeys
from tests.project.installation import Installation, admin_address
from tests.project.journeys import Run
from tests.project.remains import HEADER, WAL_PAGE, WRITE_AHEAD, files_of, remains, texts_of
from tests.project.test_canaries import Marks

STORED, MAILS = {"tables", "backup", "dump"}, "mails"
# What may stand somewhere, and where: docs/explanation/threat-model.md, "What a dump or a backup reveals". All else stands nowhere.
ALLOWED = {
    "organisation": STORED,
    "person": STORED,
    "job title": STORED,
    "point's label": STORED,
    "point's source": STORED,
    "why a second person": STORED,  # its form says that it is not sealed
    "duty's source": STORED,
    "invited name": STORED | {MAILS},
    "invited address": STORED | {MAILS},
    "own name": STORED | {MAILS},  # mails greet by it
    "browser": STORED
    | {MAILS},  # of an open sign-in; who signed in is told of it when a password or a second factor changes
    "host": {"log"},  # that is none of ours: who runs the server has to see it
    "token of an invitation": {MAILS},
    "key of a password reset": {MAILS},
}


def mails_in(mailbox: Mailbox) -> Iterator[tuple[str, bytes]]:
    """Yield each mail as it came, and as its reader reads it."""
    for mail in mailbox.received:
        yield MAILS, mail.as_bytes()
        yield MAILS, text_of(mail).encode()


def everything(run: Run) -> None:
    """Go through all journeys."""
    reporter = journeys.a_reporter(run)
    tip_id = reporter.sending.tip_id
    journeys.trusted(run)
    desk = journeys.at_the_desk(run, tip_id, reporter)
    journeys.by_a_colleague(run, tip_id)
    journeys.referred(run, tip_id, desk)
    journeys.in_the_directory(run)
    journeys.with_an_account(run)


def by_field(found: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return where the markers of each field stand: a field that was filled more than once has a number behind its name."""
    together: dict[str, set[str]] = defaultdict(set)
    for what, places in found.items():
        together[what.rstrip(" 0123456789")] |= places
    return dict(together)


@pytest.mark.slow
def test_the_running_product_keeps_the_markers_that_it_may_and_no_other(demo: Installation) -> None:
    temporary = demo.folder / "tmp"
    temporary.mkdir()
    with running_mailbox() as mailbox:
        settings = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mailbox.port), "LOG_LEVEL": "DEBUG"}
        service = demo.start("demo", TMPDIR=str(temporary), **settings).wait_until_ready()
        run = Run(service, admin_address(demo.data), mailbox)
        everything(run)
        backup = demo.folder / "kept.backup"
        demo.good("backup", str(backup), WAYWATCH_MODE="demo")
        texts = list(texts_of(demo, backup))
        assert service.stop() == 0, service.said()[-4000:]
        demo.wait_until_still()
    log = service.said()
    assert [word for word in (" DEBUG ", "Traceback", "tips_entry", "accounts_invitation") if word not in log] == []
    assert len(run.marks.made) > 90
    found = by_field(remains([*files_of(demo), *texts, *mails_in(mailbox)], run.marks, run.secrets))
    assert WRITE_AHEAD in found["organisation"]
    written = {what for what, places in found.items() if WRITE_AHEAD in places}
    assert {what: places - {WRITE_AHEAD} for what, places in found.items()} == ALLOWED
    assert sorted(what for what in written if not ALLOWED[what] >= STORED) == []


def test_a_marker_is_found_however_it_is_written() -> None:
    marks, secret = Marks(), "S3cret-of-the-product"
    mark = marks.of("word")
    raw = mark.encode()
    coded = [base64.b64encode(b"x" * shift + raw + b"xx") for shift in range(3)]
    session = b"k\t." + base64.urlsafe_b64encode(zlib.compress(b'{"word": "' + raw + b'"}')).rstrip(b"=") + b":1x:sig"
    ways = [raw, raw.upper(), mark.encode("utf-16-le"), mark.encode("utf-16-be"), raw.hex().encode(), *coded, session]
    for way in ways:
        assert remains([("here", b"\0before" + way + b"after\0")], marks, {}) == {"word 0": {"here"}}
    assert remains([("here", base64.b64encode(secret.encode()))], marks, {"made": secret}) == {"made": {"here"}}
    assert remains([("here", raw[:20])], marks, {}) == {"a piece of a marker": {"here"}}
    assert remains([("here", b"nothing of it")], marks, {"made": secret}) == {}


def test_each_file_that_is_left_is_read(tmp_path: Path) -> None:
    raw = b"what was typed"
    log = bytes(WAL_PAGE - 5) + raw[:5] + bytes(HEADER) + raw[5:] + bytes(WAL_PAGE - HEADER - len(raw) + 5)
    files = dict.fromkeys(("base/5/1", "pg.log", "err-0", "tmp/upload", "var/run/state"), raw)
    for name, content in (files | {"pg/pg_wal/1": log, "var/static.gz": gzip.compress(raw)}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    kinds = [kind for kind, content in files_of(Installation(tmp_path)) if raw in content]
    named = ["log", "log of the database", "other files", "other files", "tables", "temporary files", WRITE_AHEAD]
    assert sorted(kinds) == named
