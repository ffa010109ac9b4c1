"""The rules of the house (CONTRIBUTING.md) as tests."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

SOURCE = Path(settings.BASE)
ROOMS = [
    "lib",
    "postgres",
    "delivery",
    "audit",
    "geo",
    "advice",
    "policy",
    "accounts",
    "vault",
    "directory",
    "tips",
    "referrals",
    "builds",
    "impact",
    "project",
]
FILES = sorted(file for file in SOURCE.rglob("*.py") if "migrations" not in file.parts)
TEMPLATES = sorted(SOURCE.rglob("*.html"))
INLINE_IMPORT_REASONS = (
    "settings are read here",
    "models are loaded only now",
    "models are not ready any earlier",
    "as above",
)


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{name.name}", node) for name in node.names)
        elif isinstance(node, ast.Import):
            yield from ((name.name, node) for name in node.names)


def test_another_room_is_imported_through_its_api_only() -> None:
    wrong = []
    for file in FILES:
        room = file.relative_to(SOURCE).parts[0]
        for name, _ in imports(ast.parse(file.read_text())):
            parts = name.split(".")
            if parts[0] != "waywatch" or len(parts) < 3 or parts[1] in {room, "lib"} or room == "project":
                continue
            if parts[2] != "api":
                wrong.append(f"{file.relative_to(SOURCE)}: {name}")
    assert wrong == []


def test_project_imports_rooms_through_api_urls_or_privileges_only() -> None:
    wrong = [
        f"{file.relative_to(SOURCE)}: {name}"
        for file in FILES
        if file.relative_to(SOURCE).parts[0] == "project"
        for name, _ in imports(ast.parse(file.read_text()))
        if (parts := name.split("."))[0] == "waywatch" and parts[1] not in {"project", "lib"} and parts[2] != "api"
    ]
    assert wrong == []


def test_foreign_keys_between_rooms_point_down_and_have_no_way_back() -> None:
    height = {room: place for place, room in enumerate(ROOMS)}
    wrong = []
    for model in apps.get_models():
        here = model._meta.app_label
        if here not in height:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey | models.ManyToManyField):
                continue
            there = field.related_model._meta.app_label
            if there in height and there != here:
                if height[there] >= height[here]:
                    wrong.append(f"{model.__name__}.{field.name} points up")
                if not str(field.remote_field.related_name).endswith("+"):
                    wrong.append(f"{model.__name__}.{field.name} has a way back")
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_owns(room: str) -> None:
    assert importlib.import_module(f"waywatch.{room}").__doc__


@pytest.mark.django_db
def test_every_table_has_declared_privileges() -> None:
    from waywatch.project.privileges import all_tables

    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {row[0] for row in cursor.fetchall()}
    assert tables == set(all_tables())


@pytest.mark.django_db
def test_the_guarded_tables_force_row_level_security() -> None:
    from waywatch.project.upkeep import GUARDED_TABLES

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relnamespace = 'public'::regnamespace"
        )
        guarded = {row[0] for row in cursor.fetchall()}
    assert guarded == set(GUARDED_TABLES)


def test_an_inline_import_gives_a_reason_from_the_closed_list() -> None:
    wrong = []
    for file in FILES:
        lines = file.read_text().splitlines()
        for number, line in enumerate(lines, start=1):
            if "noqa: PLC0415" in line and not any(reason in line for reason in INLINE_IMPORT_REASONS):
                wrong.append(f"{file.relative_to(SOURCE)}:{number}")
    assert wrong == []


def test_an_action_takes_the_actor_first_and_at_most_five_others() -> None:
    wrong = []
    for file in [*SOURCE.rglob("actions.py"), *SOURCE.rglob("actions/*.py")]:
        for function in ast.parse(file.read_text()).body:
            if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
                names = [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]
                others = [name for name in names if name != "actor"]
                if len(others) > 5:
                    wrong.append(f"{file.relative_to(SOURCE)}: {function.name} takes {len(others)}")
    assert wrong == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_a_template_has_no_inline_script_or_style(template: Path) -> None:
    text = template.read_text()
    inline = [
        script for script in re.findall(r"<script\b[^>]*>", text) if "src=" not in script and "json" not in script
    ]
    handlers = re.findall(r"\son[a-z]+\s*=\s*[\"']", text)
    styles = re.findall(r"<style\b|\sstyle\s*=", text)
    assert (inline, handlers, styles) == ([], [], [])


def test_a_page_extends_the_frame() -> None:
    pages = [
        file
        for file in TEMPLATES
        if "{% block content %}" in file.read_text() and file.name not in {"base.html", "bare.html", "frame.html"}
    ]
    lost = [
        str(file)
        for file in pages
        if not re.search(r"{% extends \"[\w/]*(base|bare|layout|frame)[\w/.]*\" %}", file.read_text())
    ]
    assert lost == []


def test_nothing_installs_the_admin() -> None:
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
