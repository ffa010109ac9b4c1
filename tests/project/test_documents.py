"""The documents say what the code does: every setting, command, dependency and test that they must name, and every file they point to."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.doclinks import LINK

from waywatch.project import cli
from waywatch.project.database import ADDRESSES

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "waywatch"
REFERENCE = ROOT / "docs" / "reference"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READERS = {"text", "choice", "integer", "boolean", "words", "public_key"}
NAME = re.compile(r"[A-Z][A-Z0-9_]+")


def trees(folder: Path) -> Iterator[ast.Module]:
    return (ast.parse(file.read_text(encoding="utf-8")) for file in sorted(folder.rglob("*.py")))


def name_read(node: ast.AST) -> str | None:
    """Return the variable that `node` reads: `env.text("X")`, `os.environ.get("X")`, `os.environ["X"]`, `"X" in os.environ`."""
    found: ast.expr | None = None
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="env"), attr=reader), args=[first, *_]) if reader in READERS:
            found = first
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="get" | "setdefault"), args=[first, *_]
        ):
            found = first
        case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr="getenv"), args=[first, *_]):
            found = first
        case ast.Subscript(value=ast.Attribute(attr="environ"), slice=index):
            found = index
        case ast.Compare(left=left, comparators=[ast.Attribute(attr="environ")]):
            found = left
    return found.value if isinstance(found, ast.Constant) and isinstance(found.value, str) else None


def variables_read() -> set[str]:
    names = {name for tree in trees(SOURCE) for node in ast.walk(tree) if (name := name_read(node))}
    return {name.removesuffix("_FILE") for name in names} | set(ADDRESSES.values())


def first_cells(document: Path) -> list[str]:
    """Return the first cell of each row of each table."""
    lines = document.read_text(encoding="utf-8").splitlines()
    return [line.split("|")[1].strip() for line in lines if line.startswith("| `")]


def defined_tests() -> set[str]:
    return {
        f"{file.relative_to(ROOT)}::{node.name}"
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def packages(file: Path) -> set[str]:
    lines = [line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines()]
    return {re.split(r"[\[=<>~! ]", line)[0] for line in lines if line and not line.startswith("-")}


def test_every_variable_that_the_source_reads_is_a_setting_in_the_table() -> None:
    documented = {cell.strip("`") for cell in first_cells(REFERENCE / "settings.md")}
    read = variables_read()
    assert {"SECRET_KEY", "PORT", "DATABASE_URL", "WAYWATCH_PG_BIN", "WAYWATCH_DB"} <= read  # the search itself works
    assert read - documented == set()


def test_every_setting_in_the_table_is_read_by_something() -> None:
    documented = {cell.strip("`") for cell in first_cells(REFERENCE / "settings.md") if NAME.fullmatch(cell.strip("`"))}
    makefile = {"PYTHON", "NAME"}
    assert documented - variables_read() - makefile == set()


def test_every_command_is_in_the_table_and_no_other() -> None:
    documented = {cell.strip("`") for cell in first_cells(REFERENCE / "commands.md")}
    assert documented == {"help", *cli.OWN, *cli.DJANGO}


def test_every_test_that_a_security_case_names_exists() -> None:
    named = re.findall(r"`(tests/[^`]+)`", (REFERENCE / "security-cases.md").read_text(encoding="utf-8"))
    assert len(named) > 50
    assert [name for name in named if name not in defined_tests()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_leads_to_a_file(document: Path) -> None:
    targets = LINK.findall(document.read_text(encoding="utf-8"))
    assert [target for target in targets if "://" not in target and not (document.parent / target).exists()] == []


def test_every_document_is_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / target).resolve() for target in LINK.findall(index.read_text(encoding="utf-8"))}
    assert [str(file) for file in (ROOT / "docs").rglob("*.md") if file != index and file not in linked] == []


def test_every_dependency_is_explained_and_no_other() -> None:
    documented = {cell.strip("`") for cell in first_cells(REFERENCE / "dependencies.md")}
    python = packages(ROOT / "requirements" / "base.in") | packages(ROOT / "requirements" / "dev.in")
    front_end = json.loads((ROOT / "package.json").read_text())
    assert documented == python | front_end["dependencies"].keys() | front_end["devDependencies"].keys()
