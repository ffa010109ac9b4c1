"""`waywatch audit`: what it prints and how it exits. It runs as the owner."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.audit.conftest import Log
from tests.conftest import use_database


@pytest.fixture
def owner(log: Log) -> Iterator[Log]:
    """Give five sealed entries, and Django's connection to the owner."""
    log.record(5)
    log.seal()
    use_database(log.urls["owner"])
    yield log
    use_database(log.urls["web"])


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("audit", *arguments, stdout=out)
    return out.getvalue()


def test_a_sound_log_says_so(owner: Log, tmp_path: Path) -> None:
    run("checkpoint", "--out", str(tmp_path / "anchors"))
    printed = run("verify", "--checkpoint", str(tmp_path / "anchors")).splitlines()
    assert printed[0].startswith("5 links over 5 entries; head ")
    assert printed[1:] == ["Unsealed: 0, the oldest for 0.0 s", "The audit log is sound."]


def test_checkpoints_are_added_line_by_line(owner: Log, tmp_path: Path) -> None:
    for _ in range(2):
        run("checkpoint", "--out", str(tmp_path / "anchors"))
    assert len((tmp_path / "anchors").read_text(encoding="utf-8").splitlines()) == 2


def test_without_a_checkpoint_it_says_what_it_cannot_see(owner: Log) -> None:
    assert "No checkpoint was given" in run("verify")


def test_a_broken_log_is_named_and_exits_with_one(owner: Log, capsys: pytest.CaptureFixture[str]) -> None:
    owner.tamper("UPDATE audit_entry SET action = 'x' WHERE position = 2")
    with pytest.raises(CommandError) as broken:
        call_command("audit", "verify")
    assert broken.value.returncode == 1
    assert capsys.readouterr().out.splitlines()[2].startswith("entry_altered link=2 entry=")


def test_a_missing_checkpoint_file_exits_with_two(owner: Log, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as unchecked:
        run("verify", "--checkpoint", str(tmp_path / "nothing"))
    assert unchecked.value.returncode == 2
