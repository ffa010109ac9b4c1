"""The report on paper: there is one whatever characters stand in it, and what cannot be printed is marked and said."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from tests.cast import Member
from tests.reference import build_row
from waywatch.impact import typesetting

Loader = Callable[[dict[str, Any]], None]
FAMILY = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
STRANGE = [
    ("syllabics", "Sudbury ᐊᓂᔑᓈᐯ", "Sudbury �����"),
    ("ideographs", "東京", "��"),
    ("emoji", f"Tulsa {FAMILY}", "Tulsa �"),
    ("private use", "Tulsa \U000f0000", "Tulsa �"),
]


def pdf_text(file: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(file).pages)


@pytest.mark.parametrize(("city", "shown"), [case[1:] for case in STRANGE], ids=[case[0] for case in STRANGE])
def test_a_character_that_no_font_has_is_marked_and_said(
    builds_only: Loader, tmp_path: Path, city: str, shown: str
) -> None:
    builds_only({"builds": [build_row(city=city, attendance_total=40)]})
    call_command("annual_report", 2019, pdf=tmp_path / "report.pdf")
    text = pdf_text(tmp_path / "report.pdf")
    assert shown in text
    assert "Some characters cannot be printed and stand as “�”. They can be read here:" in text
    assert "/impact/2019/" in text


def test_a_page_of_ideographs_takes_one_round_and_the_web_serves_it(builds_only: Loader, coordinator: Member) -> None:
    builds_only({"builds": [build_row(quotes_paraphrase=["".join(map(chr, range(0x4E00, 0x4E00 + 3000)))])]})
    answer = coordinator.client.get("/impact/2019/report-a4.pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")


def test_what_every_font_has_is_printed_without_a_remark(builds_only: Loader, tmp_path: Path) -> None:
    builds_only({"builds": [build_row(city="Québec ñ Ω Ж", attendance_total=40)]})
    call_command("annual_report", 2019, pdf=tmp_path / "report.pdf")
    text = pdf_text(tmp_path / "report.pdf")
    assert ("Québec ñ Ω Ж: 40" in text, "cannot be printed" in text) == (True, False)


def test_the_address_of_a_source_stays_whole(builds_only: Loader, tmp_path: Path) -> None:
    builds_only({"builds": [build_row(source=["https://example.org/東"])]})
    call_command("annual_report", 2019, pdf=tmp_path / "report.pdf")
    actions = [
        note.get_object().get("/A", {})
        for page in PdfReader(tmp_path / "report.pdf").pages
        for note in page.get("/Annots", [])
    ]
    assert "https://example.org/%E6%9D%B1" in [action.get("/URI") for action in actions]


@pytest.fixture
def broken_template(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand in for whatever typst may refuse."""
    template = tmp_path / "broken.typ"
    template.write_text("#panic()")
    monkeypatch.setattr("waywatch.impact.pdf.TEMPLATE", template)


def test_what_typst_refuses_is_said_on_the_page_and_by_the_command(
    builds_only: Loader,
    coordinator: Member,
    broken_template: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    builds_only({"builds": [build_row()]})
    sentence = "This report cannot be set on paper. Its page and its JSON hold the same figures."
    answer = coordinator.client.get("/impact/2019/report-a4.pdf")
    assert (answer.status_code, sentence in answer.content.decode()) == (409, True)
    with pytest.raises(CommandError) as caught:
        call_command("annual_report", 2019, pdf=tmp_path / "report.pdf", json=True)
    assert (str(caught.value), caught.value.returncode) == (sentence, 1)
    assert json.loads(capsys.readouterr().out)["year"] == 2019


def test_the_json_is_printed_even_where_the_pdf_cannot_be_written(
    builds_only: Loader, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builds_only({"builds": [build_row()]})
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("annual_report", 2019, pdf=tmp_path / "no" / "report.pdf", json=True)
    assert json.loads(capsys.readouterr().out)["year"] == 2019


def test_ascii_is_never_marked() -> None:
    diagnostic = 'the text `"a\\u{22}{東"` could not be displayed with font'
    assert typesetting._lacking_in(diagnostic) == {"東"}
