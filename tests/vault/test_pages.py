"""The pages of keys: who opens which, the whole way of a team through them, and what stands on them."""

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Member
from tests.vault.test_unlocking import unlock
from tests.vault.world import Team, agency_facts, desk_facts, found, key_in_use, phrase_of, set_up, unlocked
from waywatch.lib.actors import acting_as
from waywatch.vault import words
from waywatch.vault.actions import keyrings, members, own_key, requests
from waywatch.vault.models import Keyring, KeyVersion, MemberKey, Membership, Request


def text(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def words_of(person: Member) -> str:
    with acting_as(person.actor):
        return words.fingerprint(bytes(MemberKey.objects.get(account=person.account, retired_at=None).public_key))


def pages(team: Team) -> dict[str, str]:
    base, other = f"/vault/keyrings/{team.keyring.pk}/", team.second.account.pk
    return {
        "keyring": base,
        "edit": f"{base}edit/",
        "new key": f"{base}new-key/",
        "add": f"{base}members/add/",
        "remove": f"{base}members/{other}/remove/",
        "leave": f"{base}leave/",
        "destroy": f"{base}versions/1/destroy/",
        "new": "/vault/keyrings/new/",
        "keys": "/vault/",
        "unlock": "/vault/unlock/",
    }


KEEPER = {"keyring", "new key", "add", "remove", "leave", "destroy", "keys", "unlock"}
OPENS = {
    "first": KEEPER,
    "third": {"keyring", "leave", "keys", "unlock"},  # the rest is answered with a refusal in words
    "administrator": {"keyring", "edit", "new", "keys"},
}
REFUSED = {"third": {"new key", "add", "remove", "destroy"}}


@pytest.mark.parametrize("who", OPENS)
def test_who_opens_which_page(who: str, team: Team) -> None:
    person: Member = getattr(team, who)
    if who != "administrator":
        unlock(person)
    found_codes = {name: person.client.get(page).status_code for name, page in pages(team).items()}
    expected = {name: 200 if name in OPENS[who] else 404 for name in found_codes}
    assert found_codes == {**expected, **dict.fromkeys(REFUSED.get(who, set()), 409)}


@pytest.mark.parametrize("who", ["ohio_advocate", "trooper", "coordinator", "analyst", "outsider"])
def test_unknown_and_forbidden_read_the_same(who: str, team: Team, request: pytest.FixtureRequest) -> None:
    person: Member = request.getfixturevalue(who)
    if who in {"ohio_advocate", "trooper"}:
        set_up(person)
        unlock(person)
    for name, page in pages(team).items():
        if name in {"keys", "unlock"} and who in {"ohio_advocate", "trooper"}:
            continue
        unknown = page.replace(str(team.keyring.pk), "0e9bb1a6-0000-4000-8000-000000000000")
        answers = {plain(person.client.get(each)) for each in (page, unknown)}
        assert len(answers) == 1, name
        assert person.client.get(page).status_code == 404


def plain(response: HttpResponse) -> str:
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    return f"{response.status_code} " + re.sub(r'name="next" value="[^"]+"', "", body)


def test_a_guest_is_led_to_sign_in(team: Team, guest: Client) -> None:
    for page in pages(team).values():
        response = guest.get(page)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/account/login/")


def test_changes_are_asked_for_by_post_only(team: Team) -> None:
    client = unlock(team.first)
    base = f"/vault/keyrings/{team.keyring.pk}/"
    for page in (f"{base}first-key/", f"{base}ask/", f"{base}members/{team.third.account.pk}/keeper/", "/vault/lock/"):
        assert client.get(page).status_code == 405


def test_lists_leave_out_what_is_not_theirs(team: Team, ohio_advocate: Member) -> None:
    assert "Lone Star hotline" in text(team.first.client.get("/vault/"))
    assert "Lone Star hotline" in text(team.administrator.client.get("/vault/"))
    page = text(ohio_advocate.client.get("/vault/"))
    assert "Lone Star hotline" not in page
    assert "You are in no team yet" in page


def test_a_team_finds_its_way_from_nothing_to_an_open_tip(
    administrator: Member, advocate: Member, second_advocate: Member, supervisor: Member
) -> None:
    """Everything through the pages: own keys, a keyring, the first key, a third member whose words are compared."""
    for person in (advocate, second_advocate, supervisor):
        assert person.client.get("/vault/unlock/")["Location"] == "/vault/set-up/"
        typed = {"passphrase": phrase_of(person), "again": phrase_of(person)}
        page = text(person.client.post("/vault/set-up/", typed))
        assert re.search(r"<strong>([A-Z2-7]{4}-){7}[A-Z2-7]{4}</strong>", page)
        assert words_of(person) in page
        unlock(person)
    facts = {
        "kind": "desk",
        "name": "Lone Star hotline",
        "regions": ["US-TX", "US-NM"],
        "lock_after_minutes": 15,
        "first_founder": advocate.account.email,
        "second_founder": second_advocate.account.email,
    }
    base = administrator.client.post("/vault/keyrings/new/", facts)["Location"]
    assert "This keyring has no key yet" in text(advocate.client.get(base))
    assert advocate.client.post(f"{base}first-key/")["Location"] == base
    added = advocate.client.post(f"{base}members/add/", {"email": supervisor.account.email})
    assert words_of(supervisor) in text(added)
    compared = {"email": supervisor.account.email, "fingerprint": words_of(supervisor), "compared": "on"}
    without = {key: value for key, value in compared.items() if key != "compared"}
    assert advocate.client.post(f"{base}members/add/", without).status_code == 200
    assert advocate.client.post(f"{base}members/add/", {**compared, "fingerprint": "other words"}).status_code == 200
    with acting_as(advocate.actor):
        assert Membership.objects.count() == 2
    assert advocate.client.post(f"{base}members/add/", compared)["Location"] == base
    keyring = Keyring(pk=base.split("/")[3])
    with acting_as(supervisor.actor):
        assert key_in_use(uuid.UUID(str(keyring.pk))) is not None
        key = unlocked(supervisor)
        assert key.version_key(Keyring.objects.get().pk, 1)
    page = text(supervisor.client.get(base))
    assert "Amara Diallo" in page
    assert "Somebody joined" in page
    assert "Fewer than three" not in page


def test_a_lost_passphrase_is_healed_by_two_colleagues_through_the_pages(team: Team) -> None:
    typed = {"passphrase": phrase_of(team.third), "again": phrase_of(team.third)}
    assert team.third.client.post("/vault/replace/", typed).status_code == 200
    assert "Erase the old key" in text(team.third.client.post("/vault/replace/", typed))
    page = text(team.third.client.post("/vault/replace/", {**typed, "sure": "on"}))
    assert "This page is shown once" in page
    assert "Ask my colleagues" in text(team.third.client.get("/vault/"))
    base = f"/vault/keyrings/{team.keyring.pk}/"
    assert team.third.client.post(f"{base}ask/")["Location"] == base
    with acting_as(team.third.actor):
        asked = f"/vault/requests/{Request.objects.get().pk}/"
    for person in (team.first, team.second):
        unlock(person)
        page = text(person.client.get(asked))
        assert words_of(team.third) in page
    assert team.first.client.post(f"{asked}approve/").status_code == 409
    assert team.first.client.post(f"{asked}confirm/")["Location"] == base
    assert team.first.client.post(f"{asked}approve/").status_code == 409
    assert team.third.client.post(f"{asked}approve/")["Location"] == "/vault/unlock/"
    unlock(team.third)
    assert team.third.client.post(f"{asked}approve/").status_code == 409
    assert team.second.client.post(f"{asked}approve/")["Location"] == base
    assert "Ask my colleagues" not in text(team.third.client.get("/vault/"))


def test_a_recovery_key_opens_the_way_back_through_the_pages(advocate: Member) -> None:
    with acting_as(advocate.actor):
        made = own_key.set_up_key(advocate.actor, phrase=phrase_of(advocate))
    typed = {
        "recovery_key": made.recovery_key,
        "passphrase": "gravel lantern orchard eight",
        "again": "gravel lantern orchard eight",
    }
    wrong = advocate.client.post("/vault/recover/", {**typed, "recovery_key": "AAAA"})
    assert "That did not open it" in text(wrong)
    page = text(advocate.client.post("/vault/recover/", typed))
    assert "This page is shown once" in page
    assert made.recovery_key not in page
    with acting_as(advocate.actor):
        assert own_key.unlock(advocate.actor, phrase="gravel lantern orchard eight").private


def test_an_open_session_alone_does_not_change_the_passphrase(team: Team) -> None:
    client = unlock(team.first)
    typed = {"passphrase": "gravel lantern orchard eight", "again": "gravel lantern orchard eight"}
    assert client.post("/vault/passphrase/", typed).status_code == 200
    wrong = client.post("/vault/passphrase/", {**typed, "current": "wrong words typed here"})
    assert "That did not open it" in text(wrong)
    right = {**typed, "current": phrase_of(team.first)}
    assert client.post("/vault/passphrase/", right)["Location"] == "/vault/"
    with acting_as(team.first.actor):
        assert own_key.unlock(team.first.actor, phrase=typed["passphrase"]).private


def test_a_keeper_removes_rotates_and_destroys_through_the_pages(team: Team) -> None:
    client = unlock(team.first)
    base = f"/vault/keyrings/{team.keyring.pk}/"
    assert client.post(f"{base}members/{team.third.account.pk}/keeper/", {"keeper": "yes"})["Location"] == base
    assert client.post(f"{base}members/{team.second.account.pk}/remove/")["Location"] == base
    assert client.post(f"{base}new-key/")["Location"] == base
    assert client.post(f"{base}versions/1/destroy/").status_code == 200
    assert client.post(f"{base}versions/1/destroy/", {"sure": "on"})["Location"] == base
    assert client.post(f"{base}versions/9/destroy/", {"sure": "on"}).status_code == 404
    with acting_as(team.first.actor):
        states = [(row.number, bool(row.retired_at), bool(row.destroyed_at)) for row in KeyVersion.objects.all()]
    assert states == [(3, False, False), (2, True, False), (1, True, True)]
    page = text(client.get(base))
    assert "Lena Frost" in page  # in the history
    assert "Fewer than three" in page
    assert client.post(f"{base}leave/")["Location"] == "/vault/"
    assert client.get(base).status_code == 404


def test_an_administrator_changes_what_a_desk_serves_and_nothing_else(team: Team) -> None:
    page = f"/vault/keyrings/{team.keyring.pk}/edit/"
    facts: dict[str, Any] = {
        "name": "Lone Star",
        "regions": ["US-TX"],
        "lock_after_minutes": 10,
        "kind": "agency",
        "home": "US-OH",
    }
    assert team.administrator.client.post(page, {**facts, "regions": []}).status_code == 200
    assert team.administrator.client.post(page, facts).status_code == 302
    with acting_as(team.administrator.actor):
        row = Keyring.objects.get()
    assert (row.kind, row.name, row.home_id, row.regions, row.lock_after_minutes) == (
        "desk",
        "Lone Star",
        None,
        ["US-TX"],
        10,
    )


SERVED = [
    (["US-TX"], "Texas", []),
    (["US-TX", "CA-QC", "US-NM", "US-OK"], "New Mexico, Oklahoma, Quebec, Texas", []),
    (
        ["US-TX", "CA-QC", "US-NM", "US-OK", "CA-AB"],
        "Alberta, New Mexico and 3 more",
        ["Alberta", "New Mexico", "Oklahoma", "Quebec", "Texas"],
    ),
    (["US-TX", "US-ZZ"], "Texas, US-ZZ", []),
]


@pytest.mark.parametrize(("codes", "said", "listed"), SERVED)
def test_what_a_desk_serves_is_said_by_name_and_shortened(
    team: Team, codes: list[str], said: str, listed: list[str]
) -> None:
    with acting_as(team.administrator.actor):
        Keyring.objects.update(regions=codes)
    page = text(team.administrator.client.get(f"/vault/keyrings/{team.keyring.pk}/"))
    served = page.split("<dt>Serves</dt>")[1].split("</dd>")[0]
    names = re.findall("<li>(.*?)</li>", served)
    line = served.split("<summary>")[1].split("</summary>")[0] if names else served.replace("<dd>", "")
    assert (line.strip(), names) == (said, listed)


def test_an_agency_is_at_home_in_a_state_by_name(
    administrator: Member, trooper: Member, second_trooper: Member
) -> None:
    set_up(trooper, second_trooper)
    keyring = found(administrator, agency_facts(), trooper, second_trooper)
    page = text(administrator.client.get(f"/vault/keyrings/{keyring.pk}/"))
    assert "<dt>Home</dt><dd>Texas</dd>" in page
    assert "<dt>Serves</dt>" not in page


def test_names_with_script_stay_text(team: Team) -> None:
    with acting_as(team.administrator.actor):
        Keyring.objects.update(name="<script>alert(1)</script>")
    for person in (team.first, team.administrator):
        for page in ("/vault/", f"/vault/keyrings/{team.keyring.pk}/"):
            assert "<script>alert" not in text(person.client.get(page))


def queries_of(client: Client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


def test_lists_take_the_same_queries_for_one_and_for_three(
    administrator: Member, advocate: Member, second_advocate: Member, supervisor: Member
) -> None:
    set_up(advocate, second_advocate, supervisor)
    keyring = found(administrator, desk_facts(), advocate, second_advocate)
    page = f"/vault/keyrings/{keyring.pk}/"
    pages_of = [(advocate, "/vault/"), (administrator, "/vault/"), (advocate, page), (administrator, page)]
    one = [queries_of(person.client, address) for person, address in pages_of]
    for name, region in (("B", "US-OH"), ("C", "US-CA")):
        found(administrator, desk_facts(name, region), advocate, second_advocate)
    key = unlocked(advocate)
    with acting_as(advocate.actor):
        newcomer = members.find_newcomer(advocate.actor, keyring=keyring, email=supervisor.account.email)
        members.add_member(advocate.actor, keyring=keyring, newcomer=newcomer, unlocked=key, is_keeper=False)
        for _ in range(2):
            keyrings.rotate(advocate.actor, keyring=keyring)
        for number in range(3):
            requests.ask_break_glass(advocate.actor, keyring=keyring, subject_id=keyring.pk, reason=f"Reason {number}")
    assert [queries_of(person.client, address) for person, address in pages_of] == one


def test_before_a_new_key_is_made_the_words_of_everybody_who_gets_it_are_compared(team: Team) -> None:
    client = team.first.client
    assert client.post("/vault/unlock/", {"passphrase": phrase_of(team.first)}).status_code == 302
    page = text(client.get(f"/vault/keyrings/{team.keyring.pk}/new-key/"))
    assert [words_of(person) in page for person in team.people] == [True, True, True]
