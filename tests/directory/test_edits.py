"""Changing posts and contact points: what is kept, what is told, what a clash shows, and what the audit log never learns."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import Member
from tests.directory.conftest import CANARY, Cast, World
from waywatch.audit import api as audit
from waywatch.directory import contacts
from waywatch.directory.actions import contact_points, organisations, people
from waywatch.directory.facts import ContactFacts, PostFacts
from waywatch.directory.models import ContactPoint, Organisation, Post
from waywatch.lib import clock
from waywatch.lib.actors import acting_as
from waywatch.lib.errors import InvalidError, RefusedError

NEW_VALUE = "canary-new-51d0@example.org"


def form_of(who: Member, address: str) -> dict[str, str]:
    """Return what a form shows, as a browser would send it back."""
    form = who.client.get(address).context["form"]
    shown = {field.name: field.value() for field in form}
    return {name: "on" if value is True else str(value) for name, value in shown.items() if value not in {None, False}}


def post_of(world: World, who: Member) -> Post:
    with acting_as(who.actor):
        return Post.objects.get(pk=world.post.pk)


def point_of(pk: object, who: Member) -> ContactPoint:
    with acting_as(who.actor):
        return ContactPoint.objects.get(pk=pk)


def end(world: World, who: Member, until: dt.date) -> None:
    with acting_as(who.actor):
        people.end_post(who.actor, post=world.post, until=until)


# Posts


def test_a_post_is_changed_and_the_history_says_in_what(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("post_edit", args=[world.post.pk])
    typed = form_of(texan, address)
    assert typed == {"title": "Safety director", "is_decision_maker": "on", "version": "1"}
    del typed["is_decision_maker"]
    answer = texan.client.post(address, typed | {"title": "Safety manager", "since": "2024-02-01"})
    assert answer.headers["Location"] == reverse("person", args=[world.person.pk])
    row = post_of(world, texan)
    assert (row.title, row.is_decision_maker, row.since, row.until, row.version) == (
        "Safety manager", False, dt.date(2024, 2, 1), None, 2,
    )  # fmt: skip
    line = texan.client.get(answer.headers["Location"]).context["history"][0]
    assert (line.what, line.who, line.fields) == ("A post was changed", texan.account.name, ["Job title"])
    assert [(each.label, each.old, each.new) for each in line.differences] == [
        ("Can decide for the organisation", "yes", "no"),
        ("Since", "", "2024-02-01"),
    ]


def test_the_page_of_a_person_leads_to_changing_and_a_reader_is_not_offered_it(
    cast: Cast, manager: Member, world: World
) -> None:
    person = reverse("person", args=[world.person.pk])
    links = [reverse("post_edit", args=[world.post.pk]), reverse("point_edit", args=[world.point.pk])]
    for who, offered in ((cast["texan"], True), (manager, False)):
        text = who.client.get(person).content.decode()
        assert [f'href="{link}"' in text for link in links] == [offered, offered]
    own = reverse("point_edit", args=[world.own_point.pk])
    assert f'href="{own}"' in cast["texan"].client.get(reverse("organisation", args=[world.texan.pk])).content.decode()


def test_a_held_post_is_not_ended_by_changing_it(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("post_edit", args=[world.post.pk])
    assert "until" not in texan.client.get(address).context["form"].fields
    texan.client.post(address, form_of(texan, address) | {"title": "Chief", "until": "2026-01-31"})
    assert (post_of(world, texan).title, post_of(world, texan).until) == ("Chief", None)
    assert point_of(world.point.pk, texan).closed_at is None


def test_the_last_day_of_an_ended_post_is_corrected_or_taken_away(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("post_edit", args=[world.post.pk])
    end(world, texan, dt.date(2026, 1, 31))
    typed = form_of(texan, address)
    assert typed["until"] == "2026-01-31"
    assert texan.client.post(address, typed | {"until": "2026-01-30"}).status_code == 302
    assert post_of(world, texan).until == dt.date(2026, 1, 30)
    early = texan.client.post(address, typed | {"since": "2026-02-01", "version": "3"})
    assert list(early.context["form"].errors) == ["until"]
    assert 'value="2026-02-01"' in early.content.decode()
    assert texan.client.post(address, typed | {"until": "", "version": "3"}).status_code == 302
    assert post_of(world, texan).until is None
    assert point_of(world.point.pk, texan).closed_at is not None
    history = texan.client.get(reverse("person", args=[world.person.pk])).context["history"]
    assert [(line.what, [(each.old, each.new) for each in line.differences]) for line in history[:2]] == [
        ("A post was changed", [("2026-01-30", "")]),
        ("A post was changed", [("2026-01-31", "2026-01-30")]),
    ]


def test_a_post_in_a_closed_organisation_is_not_held_again(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    end(world, texan, dt.date(2026, 1, 31))
    with acting_as(texan.actor):
        organisations.close_organisation(texan.actor, organisation=Organisation.objects.get(pk=world.texan.pk))
    address = reverse("post_edit", args=[world.post.pk])
    answer = texan.client.post(address, form_of(texan, address) | {"until": ""})
    assert "This organisation is closed." in answer.content.decode()
    assert post_of(world, texan).until == dt.date(2026, 1, 31)


def test_a_post_that_is_held_already_is_refused_at_its_title(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    with acting_as(texan.actor):
        people.add_post(texan.actor, person=world.person, organisation=world.texan, post=PostFacts("Clerk"))
    address = reverse("post_edit", args=[world.post.pk])
    answer = texan.client.post(address, form_of(texan, address) | {"title": "Clerk"})
    assert list(answer.context["form"].errors) == ["title"]
    assert post_of(world, texan).title == "Safety director"


def test_a_clash_over_a_post_keeps_what_was_typed_and_shows_both(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("post_edit", args=[world.post.pk])
    typed = form_of(texan, address)
    del typed["is_decision_maker"]
    assert cast["co_host"].client.post(address, form_of(texan, address) | {"title": "Chief"}).status_code == 302
    answer = texan.client.post(address, typed | {"title": "Head"})
    assert [(each.label, each.old, each.new) for each in answer.context["clash"]] == [
        ("Job title", "Chief", "Head"),
        ("Can decide for the organisation", "yes", "no"),
    ]
    text = answer.content.decode()
    assert 'value="Head"' in text
    assert 'name="version" value="2"' in text
    assert post_of(world, texan).title == "Chief"
    assert texan.client.post(address, typed | {"title": "Head", "version": "2"}).status_code == 302
    assert post_of(world, texan).title == "Head"


def test_a_form_opened_before_the_post_ended_does_not_take_the_end_away(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("post_edit", args=[world.post.pk])
    typed = form_of(texan, address) | {"title": "Chief"}
    end(world, cast["co_host"], dt.date(2026, 1, 31))
    assert "Somebody else saved a change" in texan.client.post(address, typed).content.decode()
    assert texan.client.post(address, typed | {"version": "2"}).status_code == 302
    assert (post_of(world, texan).title, post_of(world, texan).until) == ("Chief", dt.date(2026, 1, 31))


@pytest.mark.parametrize("version", ["", "0", "nonsense"])
def test_a_form_of_a_post_without_its_version_never_overwrites(version: str, cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("post_edit", args=[world.post.pk])
    answer = texan.client.post(address, form_of(texan, address) | {"title": "Chief", "version": version})
    assert answer.status_code == 200
    assert post_of(world, texan).title == "Safety director"


def test_saving_a_post_as_it_is_changes_and_tells_nothing(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("post_edit", args=[world.post.pk])
    before = len(texan.client.get(reverse("person", args=[world.person.pk])).context["history"])
    assert texan.client.post(address, form_of(texan, address)).status_code == 302
    assert post_of(world, texan).version == 1
    assert len(texan.client.get(reverse("person", args=[world.person.pk])).context["history"]) == before


def test_nothing_of_a_post_is_moved_by_fields_that_no_form_asks(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("post_edit", args=[world.post.pk])
    sly = {"organisation": str(world.ohioan.pk), "person": str(world.ohioan.pk), "id": str(world.ohioan.pk)}
    assert texan.client.post(address, form_of(texan, address) | sly | {"title": "Chief"}).status_code == 302
    row = post_of(world, texan)
    assert (row.organisation_id, row.person_id, row.title) == (world.texan.pk, world.person.pk, "Chief")


# Contact points


def test_a_contact_point_is_changed_and_a_new_value_counts_as_unverified(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    with acting_as(texan.actor):
        contact_points.verify_contact_point(texan.actor, point=world.point)
    address = reverse("point_edit", args=[world.point.pk])
    typed = form_of(texan, address)
    assert typed == {
        "value": CANARY,
        "source": "A card",
        "verified_on": str(clock.today()),
        "version": "2",
        "label": "",
    }
    answer = texan.client.post(address, typed | {"value": f" {NEW_VALUE} ", "label": "desk"}, follow=True)
    assert answer.redirect_chain == [(reverse("person", args=[world.person.pk]), 302)]
    assert "counts as unverified" in answer.content.decode()
    assert NEW_VALUE in answer.content.decode()
    row = point_of(world.point.pk, texan)
    assert (contacts.readable(row), row.label, row.source) == (NEW_VALUE, "desk", "A card")
    assert (row.kind, row.verified_on, row.verified_by) == ("mail", None, None)
    line = answer.context["history"][0]
    assert (line.what, line.fields) == ("A contact point was changed", ["Address or number", "Label"])
    assert ("Verified on", str(clock.today()), "") in [(each.label, each.old, each.new) for each in line.differences]


def test_a_new_value_with_a_new_day_is_verified_on_it(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("point_edit", args=[world.point.pk])
    typed = form_of(texan, address) | {"value": NEW_VALUE, "verified_on": "2026-01-31"}
    assert "unverified" not in texan.client.post(address, typed, follow=True).content.decode().split("<main")[1][:600]
    row = point_of(world.point.pk, texan)
    assert (row.verified_on, row.verified_by) == (dt.date(2026, 1, 31), texan.account.pk)


def test_another_label_leaves_the_verification_and_whose_it_was(cast: Cast, world: World) -> None:
    texan, co_host = cast["texan"], cast["co_host"]
    with acting_as(co_host.actor):
        contact_points.verify_contact_point(co_host.actor, point=world.own_point)
    address = reverse("point_edit", args=[world.own_point.pk])
    typed = form_of(texan, address) | {"label": "night desk"}
    assert texan.client.post(address, typed).headers["Location"] == reverse("organisation", args=[world.texan.pk])
    row = point_of(world.own_point.pk, texan)
    assert (row.label, row.verified_on, row.verified_by) == ("night desk", clock.today(), co_host.account.pk)
    assert texan.client.post(address, typed | {"verified_on": "", "version": "3"}).status_code == 302
    row = point_of(world.own_point.pk, texan)
    assert (row.verified_on, row.verified_by) == (None, None)


@pytest.mark.parametrize(
    ("which", "typed", "field"),
    [
        ("point", {"value": "not a mail"}, "value"),
        ("own_point", {"value": "call me"}, "value"),
        ("point", {"value": ""}, "value"),
        ("point", {"source": ""}, "source"),
        ("point", {"verified_on": str(clock.today() + dt.timedelta(days=2))}, "verified_on"),
        ("point", {"verified_on": "0001-01-01"}, "verified_on"),
        ("point", {"value": "taken@example.org"}, "value"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_kept(
    which: str, typed: dict[str, str], field: str, cast: Cast, world: World
) -> None:
    texan, point = cast["texan"], getattr(world, which)
    with acting_as(texan.actor):
        taken = ContactFacts("mail", "taken@example.org", source="x")
        contact_points.add_contact_point(texan.actor, holder=world.post, facts=taken)
    address = reverse("point_edit", args=[point.pk])
    answer = texan.client.post(address, form_of(texan, address) | {"label": "kept label"} | typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert 'value="kept label"' in answer.content.decode()
    row = point_of(point.pk, texan)
    assert (contacts.readable(row), row.version) == (contacts.readable(point), 1)


def test_a_number_is_kept_in_its_one_form_and_the_kind_stays(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("point_edit", args=[world.own_point.pk])
    typed = form_of(texan, address) | {"value": "+1 (512) 555-0199", "kind": "mail"}
    assert texan.client.post(address, typed).status_code == 302
    row = point_of(world.own_point.pk, texan)
    assert (row.kind, contacts.readable(row)) == ("phone", "+15125550199")


def test_a_clash_over_a_contact_point_keeps_what_was_typed_and_shows_both(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("point_edit", args=[world.point.pk])
    typed = form_of(texan, address)
    assert cast["co_host"].client.post(address, typed | {"label": "front desk"}).status_code == 302
    answer = texan.client.post(address, typed | {"label": "desk", "value": NEW_VALUE})
    assert [(each.label, each.old, each.new) for each in answer.context["clash"]] == [
        ("Address or number", CANARY, NEW_VALUE),
        ("Label", "front desk", "desk"),
    ]
    assert f'value="{NEW_VALUE}"' in answer.content.decode()
    assert contacts.readable(point_of(world.point.pk, texan)) == CANARY
    assert texan.client.post(address, typed | {"label": "desk", "version": "2"}).status_code == 302
    assert point_of(world.point.pk, texan).label == "desk"


def test_a_form_opened_before_a_verification_does_not_take_it_away(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("point_edit", args=[world.point.pk])
    typed = form_of(texan, address) | {"label": "desk"}
    assert cast["co_host"].client.post(reverse("point_verify", args=[world.point.pk])).status_code == 302
    answer = texan.client.post(address, typed)
    assert ("Verified on", str(clock.today()), "") in [
        (each.label, each.old, each.new) for each in answer.context["clash"]
    ]
    assert point_of(world.point.pk, texan).verified_on == clock.today()


def test_a_closed_contact_point_is_not_changed(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("point_edit", args=[world.point.pk])
    typed = form_of(texan, address) | {"label": "desk"}
    texan.client.post(reverse("point_close", args=[world.point.pk]))
    for answer in (texan.client.get(address), texan.client.post(address, typed)):
        assert answer.status_code == 409
        assert CANARY not in answer.content.decode()
    facts = ContactFacts("mail", CANARY, label="desk", source="x")
    with acting_as(texan.actor), pytest.raises(InvalidError):
        contact_points.edit_contact_point(texan.actor, point=world.point, version=2, facts=facts, verified_on=None)
    assert point_of(world.point.pk, texan).label == ""


def test_a_value_under_a_lost_key_is_typed_again(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    with acting_as(texan.actor):
        ContactPoint.objects.filter(pk=world.point.pk).update(value=b"nothing that opens")
    address = reverse("point_edit", args=[world.point.pk])
    typed = form_of(texan, address)
    assert "value" not in typed or typed["value"] == ""
    assert texan.client.post(address, typed | {"value": NEW_VALUE}).status_code == 302
    assert contacts.readable(point_of(world.point.pk, texan)) == NEW_VALUE


# What must never be


def test_who_may_not_keep_people_changes_neither(cast: Cast, manager: Member, world: World) -> None:
    facts, post = ContactFacts("mail", NEW_VALUE, source="x"), PostFacts("Spy")
    for who in (cast["ohioan"], manager):
        with acting_as(who.actor):
            with pytest.raises(RefusedError):
                people.edit_post(who.actor, post=world.post, version=1, facts=post, until=None)
            with pytest.raises(RefusedError):
                contact_points.edit_contact_point(
                    who.actor, point=world.point, version=1, facts=facts, verified_on=None
                )
    assert post_of(world, cast["texan"]).title == "Safety director"
    assert contacts.readable(point_of(world.point.pk, cast["texan"])) == CANARY


def test_the_audit_log_never_learns_a_value_a_title_or_a_name(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    secrets = {"value": NEW_VALUE, "label": "Dana's canary phone", "source": "Dana's canary card"}
    for point in (world.point, world.own_point):
        address = reverse("point_edit", args=[point.pk])
        typed: dict[str, Any] = form_of(texan, address) | secrets
        if point == world.own_point:
            typed["value"] = "+15125550177"
        assert texan.client.post(address, typed).status_code == 302
    address = reverse("post_edit", args=[world.post.pk])
    typed = form_of(texan, address) | {"title": "Assistant of canary Reyes"}
    assert texan.client.post(address, typed).status_code == 302
    with acting_as(texan.actor):
        lines = [*audit.history("person", world.person.pk), *audit.history("organisation", world.texan.pk)]
    assert [line.action for line in lines].count("contact_point.changed") == 2
    assert [line.action for line in lines].count("post.changed") == 1
    for secret in (CANARY, NEW_VALUE, "canary", "5550100", "5550177", "Dana", "Reyes", "Safety director", "dispatch"):
        assert secret not in repr(lines)
