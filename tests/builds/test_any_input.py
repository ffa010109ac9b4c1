"""Whatever is typed into a form of the room, the answer is a page: saved, or refused in words. Never a failure of ours."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Member
from waywatch.builds.forms import LinesField, PagesField
from waywatch.builds.models import Attendance, AttendanceCount, Build, Quote
from waywatch.builds.web import organiser, reader
from waywatch.builds.web.urls import urlpatterns

ROW = uuid.UUID("0b000000-0000-4000-8000-0000000000a1")
BUILD = "/builds/waco-2024/"
FORMS = {
    "build_add": "/builds/new/",
    "build_edit": f"{BUILD}edit/",
    "build_attendance": f"{BUILD}attendance/",
    "build_attendance_remove": f"{BUILD}attendance/{ROW}/remove/",
    "build_part_remove": f"{BUILD}quote/{ROW}/remove/",
    **{f"build_part_add {kind}": f"{BUILD}{kind}/add/" for kind in organiser.KINDS},
}
ODD = st.sampled_from([
    "", " ", "\x00", "\u202e", "-1", "0", "1.005", "1e999", "NaN", "9" * 40, "a" * 5000, "\r\n\r\n", "2024-13-01", "24:60",
    "٣", "on", "1990", "US-ZZ", "https://example.org/a\nhttp://[", "https://example.org/" + "a/" * 3000,
])  # fmt: skip
# What a free text may be: it is saved, and every page must be able to show it.
PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40)
FREE = (
    st.sampled_from(["A carrier", "http://[", "https://", "=1+1", "{{ 7 }}", "<b>", "javascript:alert(1)", "🚚" * 60])
    | PLAIN
)


def test_every_form_of_the_room_is_tried() -> None:
    read_only = {reader.build_list, reader.build_page}
    changing = {pattern.name for pattern in urlpatterns if pattern.callback not in read_only}
    assert {name.split()[0] for name in FORMS} == changing


def fitting(field: forms.Field) -> st.SearchStrategy[Any]:
    """Return what fits a field, the plainest first: so that a form gets as far as being saved."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return st.lists(st.sampled_from(["US-TX", "US-OK", "CA-AB"]), max_size=2)
    if isinstance(field, forms.ChoiceField):
        keys = [str(key) for key, _ in field.choices]  # type: ignore[misc, union-attr]  # pairs of key and label
        return st.sampled_from([key for key in keys if key or not field.required])
    for kind, values in FITTING:
        if isinstance(field, kind):
            return values
    return FREE


FITTING: list[tuple[type[forms.Field], st.SearchStrategy[str]]] = [
    (PagesField, st.sampled_from(["https://example.org/a", "https://example.org/a\r\nhttps://example.org/b", ""])),
    (LinesField, st.lists(FREE, max_size=3).map("\r\n".join)),
    (forms.UUIDField, st.uuids().map(str)),
    (forms.IntegerField, st.integers(1, 3).map(str) | st.just("2024")),
    (forms.DecimalField, st.integers(0, 101).map(str)),
    (forms.DateField, st.sampled_from(["", "2024-05-03"])),
    (forms.TimeField, st.sampled_from(["", "10:00", "12:00"])),
    (forms.BooleanField, st.sampled_from(["", "on"])),
]


def bodies(form: forms.Form | None) -> st.SearchStrategy[dict[str, Any]]:
    """Return what may be sent to a form: what fits each field, and anything at all in up to two of them, or nothing in any.

    Where the page carries what a field was when it was opened, that may be anything too.
    """
    fields: dict[str, st.SearchStrategy[Any]] = {"entry": st.just("1")}
    for field in form or ():
        fields[field.html_name] = st.just("2024") if field.name == "year" else fitting(field.field)
        if field.field.show_hidden_initial:
            fields[field.html_initial_name] = fitting(field.field) | ODD
    odd = st.dictionaries(st.sampled_from(sorted(fields)), ODD | st.lists(ODD, max_size=3), max_size=2)
    return st.builds(lambda fit, odd: fit | odd, st.fixed_dictionaries(fields), odd) | st.just({})


def begin(make_build: Callable[..., Build]) -> None:
    """Make a build with a row of each kind that can be taken away."""
    build = make_build("waco-2024")
    Quote.objects.create(pk=ROW, build=build, text="It mattered.", provenance="recorded")
    Attendance.objects.create(pk=ROW, build=build, sector_id="energy")
    AttendanceCount.objects.create(build=build, sector_id="energy", count=1)


def form_at(client: Client, address: str) -> forms.Form | None:
    """Return the form that a browser is shown at an address, where one is."""
    answer = client.get(address)
    return answer.context.get("form") if answer.status_code == 200 else None


@pytest.mark.parametrize("address", FORMS.values(), ids=list(FORMS))
def test_no_form_breaks_whatever_is_typed(coordinator: Member, make_build: Callable[..., Build], address: str) -> None:
    client = coordinator.client
    answers = set()
    with transaction.atomic():
        begin(make_build)
        any_body = bodies(form_at(client, address))
        transaction.set_rollback(True)

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(body=any_body)
    def send(body: dict[str, Any]) -> None:
        with transaction.atomic():
            begin(make_build)
            answer = client.post(address, body)
            answers.add(answer.status_code)
            assert answer.status_code in {302, 422}
            if answer.status_code == 302:
                assert client.get(answer.headers["Location"]).status_code == 200
            transaction.set_rollback(True)

    send()
    assert 302 in answers, "no body was saved: the test tries refusals only"
