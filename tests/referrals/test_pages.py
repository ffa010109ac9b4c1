"""The way of a referral through the pages, from the policy to what the reporter reads, and what stands in the way."""

import json
import re
import uuid

import pytest
from django.test import Client, override_settings

from tests.cast import Member
from tests.queries import queries_of
from tests.referrals.world import ASSESSED, PARTS, World, arrive, as_worker, by, chain_of, opened, referred, turn_of
from tests.vault.world import phrase_of
from waywatch.lib import clock
from waywatch.referrals.models import Handover, KnownDuty, Referral, TrustedContact
from waywatch.referrals.rules import FEEDBACK_AFTER
from waywatch.tips.actions import opening
from waywatch.tips.models import Tip

Patch = pytest.MonkeyPatch


def unlocked_browser(person: Member) -> Client:
    assert person.client.post("/vault/unlock/", {"passphrase": phrase_of(person)}).status_code == 302
    return person.client


def text(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.headers
    return answer.content.decode()


@pytest.fixture
def tip(world: World) -> uuid.UUID:
    """The seed story, opened and assessed by the advocate."""
    tip_id = arrive(world)
    opened(world, tip_id)
    return tip_id


def approve(world: World, tip_id: uuid.UUID, **changed: object) -> dict[str, object]:
    contacts = [str(contact.pk) for contact in world.chain()]
    return {"parts": list(PARTS), "words": "Blue van at the pumps.", "contacts": contacts} | changed


def the_only_referral(world: World) -> Referral:
    with by(world.advocate):
        return Referral.objects.get()


def test_before_an_assessment_the_policy_says_nothing(world: World) -> None:
    tip_id = arrive(world)
    opened(world, tip_id, assessed="")
    page = text(unlocked_browser(world.advocate), f"/desk/tips/{tip_id}/refer/")
    assert "Assess the tip first" in page
    assert "Approve and hand over" not in page


def test_the_way_from_the_policy_to_what_the_reporter_reads(world: World, tip: uuid.UUID, monkeypatch: Patch) -> None:
    desk, officer = unlocked_browser(world.advocate), unlocked_browser(world.officer)
    page = text(desk, f"/desk/tips/{tip}/refer/")
    assert "It must be passed on." in page
    assert "Call 911 of the place now" in page
    assert desk.post(f"/desk/tips/{tip}/refer/approve/", approve(world, tip)).status_code == 302
    row = the_only_referral(world)
    assert "Nothing waits for you." in text(officer, "/officer/")
    as_worker(world, monkeypatch)
    task = turn_of(world.officer, row)
    assert task is not None
    address = f"/officer/{task.pk}/"
    assert "to be answered" in text(officer, "/officer/")
    page = text(officer, address)
    for words in ("Blue van at the pumps.", "Texas", "Under 18", "consent-first"):
        assert words in page
    assert "circles the gas station" not in page  # the policy kept it back
    assert officer.post(f"{address}accept/").status_code == 302
    incident = {"number": "2026-00451", "agency": "Pecos PD", "holds": "yes"}
    assert officer.post(f"{address}incident/", incident).status_code == 302
    assert "2026-00451" in text(officer, address)
    outcome = {"result": "helped", "may_tell": "yes", "words": "Two were met."}
    assert officer.post(f"{address}outcome/", outcome).status_code == 302

    page = text(desk, f"/desk/tips/{tip}/refer/")
    for words in ("accepted", "2026-00451", "Somebody was met and offered help", "Two were met."):
        assert words in page
    before = clock.now()
    assert desk.post(f"/desk/tips/{tip}/refer/feedback/", {"sentence": "acted"}).status_code == 302
    with by(world.advocate):
        stored = Tip.objects.get(pk=tip)
    assert stored.feedback == "acted"
    assert stored.feedback_at is not None
    assert stored.feedback_at - before >= FEEDBACK_AFTER


def test_nothing_readable_lies_in_the_tables(world: World, tip: uuid.UUID, monkeypatch: Patch) -> None:
    import psycopg

    marks = [f"canary{uuid.uuid4().hex}" for _ in range(8)]
    desk, officer = unlocked_browser(world.advocate), unlocked_browser(world.officer)
    sent = approve(world, tip, words=marks[0], incident_number=marks[1], incident_agency=marks[2])
    desk.post(f"/desk/tips/{tip}/refer/approve/", sent)
    as_worker(world, monkeypatch)
    task = turn_of(world.officer, the_only_referral(world))
    assert task is not None
    assert marks[0] in text(officer, f"/officer/{task.pk}/")
    officer.post(f"/officer/{task.pk}/accept/")
    officer.post(f"/officer/{task.pk}/incident/", {"number": marks[3], "agency": marks[4], "holds": "yes"})
    officer.post(f"/officer/{task.pk}/outcome/", {"result": "helped", "may_tell": "no", "words": marks[5]})
    desk.post(f"/desk/tips/{tip}/refer/handovers/{task.pk}/message/", {"words": marks[6]})
    page = text(desk, f"/desk/tips/{tip}/refer/")
    assert [mark for mark in marks[:7] if mark not in page] == []
    with psycopg.connect(world.urls["backup"]) as backup:
        tables = backup.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        dump = "".join(str(backup.execute(f"SELECT * FROM {table}".encode()).fetchall()) for (table,) in tables)
    hexed = [mark.encode().hex() for mark in marks]
    assert [mark for mark in [*marks, *hexed] if mark in dump] == []
    for plain in ("Reeves County sheriff", "512-555-0199"):
        assert plain not in dump


def test_what_goes_is_read_before_it_is_approved_and_in_the_record(world: World) -> None:
    story = {
        "where": {"region": "US-TX", "words": "Behind pump nine."},
        "people": [{"age": "minor", "doing": "Walks from truck to truck."}],
        "signs": [{"key": "commercial_sex_offered", "first_hand": "yes"}],
    }
    tip_id = arrive(world, story)
    opened(world, tip_id)
    desk, address = unlocked_browser(world.advocate), f"/desk/tips/{tip_id}/refer/"
    form = text(desk, address).partition("What goes of “People”")[2].partition("</details>")[0]
    assert "Under 18" in form
    assert "Walks from truck to truck." not in form  # free words stand below, each by itself
    sent = approve(world, tip_id, parts=["where", "people"], free=["people.0.doing"])
    assert desk.post(f"{address}approve/", sent).status_code == 302
    record = text(desk, address).partition("All that goes, word for word")[2].partition("</details>")[0]
    for words in ("Under 18", "Walks from truck to truck.", "Blue van at the pumps."):
        assert words in record
    assert "Behind pump nine." not in record  # nobody ticked it
    assert "When it was told" not in record  # "when" does not go


def test_what_would_turn_the_text_around_is_shown_by_its_name_to_whom_it_goes(world: World, monkeypatch: Patch) -> None:
    told = {"where": {"region": "US-TX"}, "people": [{"age": "minor", "doing": "\u202eWalks"}]}
    tip_id = arrive(world, told | {"signs": [{"key": "commercial_sex_offered", "first_hand": "yes"}]})
    opened(world, tip_id)
    desk, address = unlocked_browser(world.advocate), f"/desk/tips/{tip_id}/refer/"
    pages = [text(desk, address)]
    assert "\u2068[U+202E]Walks\u2069" in pages[0]
    desk.post(f"{address}approve/", approve(world, tip_id, parts=["people"], free=["people.0.doing"]))
    as_worker(world, monkeypatch)
    task = turn_of(world.officer, the_only_referral(world))
    assert task is not None
    pages += [text(desk, address), text(unlocked_browser(world.officer), f"/officer/{task.pk}/")]
    assert all("[U+202E]Walks" in page and "\u202e" not in page for page in pages)


def test_an_agency_with_a_bad_character_is_not_called_missing(world: World, tip: uuid.UUID) -> None:
    desk = unlocked_browser(world.advocate)
    sent = approve(world, tip, incident_number="2026-1", incident_agency="Pecos\u202e PD")
    page = desk.post(f"/desk/tips/{tip}/refer/approve/", sent).content.decode()
    assert "U+202E" in page
    assert "fill in both" not in page


def test_what_the_policy_keeps_back_cannot_be_ticked(world: World, tip: uuid.UUID) -> None:
    desk = unlocked_browser(world.advocate)
    answer = desk.post(f"/desk/tips/{tip}/refer/approve/", approve(world, tip, parts=["where", "timeline"]))
    assert answer.status_code == 200
    assert "timeline" in answer.content.decode()
    assert "Blue van at the pumps." in answer.content.decode()  # what was typed stands there
    with by(world.advocate):
        assert Referral.objects.count() == 0


def test_a_refusal_of_the_policy_leaves_nothing_to_click(world: World) -> None:
    tip_id = arrive(world, {"where": {"region": "US-TX"}, "people": [{"age": "adult"}]})
    opened(world, tip_id, assessed='{"call_class": "tip", "minor": "no", "danger": "no", "consent_person": "refused"}')
    desk = unlocked_browser(world.advocate)
    page = text(desk, f"/desk/tips/{tip_id}/refer/")
    assert "It must not be passed on." in page
    assert "Approve and hand over" not in page
    answer = desk.post(f"/desk/tips/{tip_id}/refer/approve/", approve(world, tip_id, parts=["where"]))
    with by(world.advocate):
        assert Referral.objects.count() == 0
    assert answer.status_code in {200, 409}


def test_the_desk_decides_by_the_pack_and_the_duties_that_its_supervisor_chose(world: World) -> None:
    adult = {"where": {"region": "US-TX"}, "signs": [{"key": "commercial_sex_offered", "first_hand": "yes"}]}
    tip_id = arrive(world, adult)
    opened(world, tip_id, assessed='{"call_class": "tip", "minor": "no", "danger": "no"}')
    desk, boss = unlocked_browser(world.advocate), world.supervisor.client
    assert "It must not be passed on." in text(desk, f"/desk/tips/{tip_id}/refer/")
    assert boss.post(f"/desk/contacts/of/{world.desk.pk}/policy/", {"pack": "forward-third-party"}).status_code == 302
    assert "It must be passed on." in text(desk, f"/desk/tips/{tip_id}/refer/")
    duty = {"region": "US-TX", "duty": "report_minor", "source": "Family Code 261.101"}
    assert boss.post(f"/desk/contacts/of/{world.desk.pk}/duty/", duty).status_code == 302
    assert "Family Code 261.101" in text(world.advocate.client, f"/desk/contacts/of/{world.desk.pk}/")
    minor = arrive(world, {"where": {"region": "US-TX"}})
    opened(
        world, minor, assessed='{"call_class": "tip", "minor": "yes", "danger": "no", "consent_reporter": "refused"}'
    )
    assert "child protection" in text(desk, f"/desk/tips/{minor}/refer/")
    with by(world.supervisor):
        known = KnownDuty.objects.get()
    assert boss.post(f"/desk/contacts/duties/{known.pk}/remove/").status_code == 302
    with by(world.supervisor):
        assert KnownDuty.objects.count() == 0


def test_production_passes_nothing_on_by_a_policy_that_nobody_reviewed(world: World, tip: uuid.UUID) -> None:
    desk = unlocked_browser(world.advocate)
    with override_settings(MODE="production"):
        assert "Nobody has reviewed the policy" in text(desk, f"/desk/tips/{tip}/refer/")
        answer = desk.post(f"/desk/tips/{tip}/refer/approve/", approve(world, tip))
    assert answer.status_code == 409
    assert "Blue van at the pumps." in answer.content.decode()
    with by(world.advocate):
        assert Referral.objects.count() == 0


def test_only_a_permitted_outcome_lets_the_reporter_read_that_somebody_acted(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.sheriff])
    desk, officer = unlocked_browser(world.advocate), unlocked_browser(world.officer)
    release = f"/desk/tips/{row.tip_id}/refer/feedback/"
    assert "each permits to say so" in desk.post(release, {"sentence": "acted"}).content.decode()
    as_worker(world, monkeypatch)
    task = turn_of(world.officer, row)
    assert task is not None
    officer.post(f"/officer/{task.pk}/accept/")
    for result, may_tell, status in (
        ("checked", "no", 200), ("not_checked", "yes", 200), ("checked", "yes", 302), ("checked", "no", 200),
    ):  # fmt: skip
        outcome = {"result": result, "may_tell": may_tell}
        assert officer.post(f"/officer/{task.pk}/outcome/", outcome).status_code == 302
        assert desk.post(release, {"sentence": "acted"}).status_code == status
    assert desk.post(release, {"sentence": "thanks"}).status_code == 302
    of_desk = {"result": "helped", "may_tell": "yes", "words": "a desk's own word"}
    answer = desk.post(f"/desk/tips/{row.tip_id}/refer/handovers/{task.pk}/outcome/", of_desk)
    assert answer.status_code == 409  # the agency writes it itself
    assert "a desk&#x27;s own word" in answer.content.decode()


def test_a_permission_that_is_taken_back_within_the_day_holds_the_sentence_back(
    world: World, monkeypatch: Patch
) -> None:
    from waywatch.tips.actions import joining

    repeated = arrive(world)
    row = referred(world, [world.sheriff])
    desk, officer = unlocked_browser(world.advocate), unlocked_browser(world.officer)
    as_worker(world, monkeypatch)
    task = turn_of(world.officer, row)
    assert task is not None
    officer.post(f"/officer/{task.pk}/accept/")
    with by(world.advocate):
        leading = opened(world, row.tip_id).tip
        joining.join(world.advocate.actor, opened=opened(world, repeated), leading=leading)

    def sentences() -> set[str]:
        with by(world.advocate):
            return set(Tip.objects.values_list("feedback", flat=True))

    outcome = {"result": "checked", "may_tell": "yes"}
    officer.post(f"/officer/{task.pk}/outcome/", outcome)
    desk.post(f"/desk/tips/{row.tip_id}/refer/feedback/", {"sentence": "acted"})
    assert sentences() == {"acted"}
    officer.post(f"/officer/{task.pk}/outcome/", outcome | {"may_tell": "no"})
    assert sentences() == {""}
    officer.post(f"/officer/{task.pk}/outcome/", outcome)
    desk.post(f"/desk/tips/{row.tip_id}/refer/feedback/", {"sentence": "acted"})
    with by(world.advocate):
        Tip.objects.update(feedback_at=clock.now())
    officer.post(f"/officer/{task.pk}/outcome/", outcome | {"may_tell": "no"})
    assert sentences() == {"acted"}  # it was read already: taking it away would say more


def test_the_reporter_reads_the_sentence_only_when_its_time_has_come(world: World) -> None:
    import secrets

    from tests.tips.sealed import sending_to
    from waywatch.tips import intake, telling
    from waywatch.tips.envelope import read_envelope

    sending = sending_to(world.desk, token=secrets.token_bytes(32))
    raw = sending.raw()
    intake.receive(read_envelope(raw), raw)
    opened(world, sending.tip_id)
    assert telling.look_up(sending.token).word == "read"
    desk = unlocked_browser(world.advocate)
    desk.post(f"/desk/tips/{sending.tip_id}/refer/feedback/", {"sentence": "thanks"})
    assert telling.look_up(sending.token).word == "read"
    with by(world.advocate):
        Tip.objects.filter(pk=sending.tip_id).update(feedback_at=clock.now())
    assert telling.look_up(sending.token).word == "thanks"
    desk.post(f"/desk/tips/{sending.tip_id}/refer/feedback/", {"sentence": "thanks"})
    assert telling.look_up(sending.token).word == "thanks"  # a new release does not show by taking the old one away
    desk.post(f"/desk/tips/{sending.tip_id}/refer/feedback/withdraw/")
    assert telling.look_up(sending.token).word == "thanks"
    with by(world.advocate):
        assert Tip.objects.get(pk=sending.tip_id).feedback == ""


def test_a_call_is_written_down_in_words_and_its_form_forgets_nothing(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.attorney])
    as_worker(world, monkeypatch)
    with by(world.advocate):
        turn = Handover.objects.get(referral=row)
    desk = unlocked_browser(world.advocate)
    page = text(desk, f"/desk/tips/{row.tip_id}/refer/")
    assert '<a href="tel:5125550199">512-555-0199</a>' in page
    for known in ("Attorney general, night line", "512-555-0199"):
        assert f'value="{known}"' in page
    assert "Two people in a blue van." in page
    address = f"/desk/tips/{row.tip_id}/refer/handovers/{turn.pk}/call/"
    refused = desk.post(address, {"name": "Sgt. Okafor", "agency": "", "number": "512-555-0199"})
    assert refused.status_code == 200
    assert "Sgt. Okafor" in refused.content.decode()
    said = {
        "name": "Sgt. Okafor",
        "agency": "Attorney general",
        "number": "512-555-0199",
        "call_back": "02:40, same line",
    }
    assert desk.post(address, said).status_code == 302
    page = text(desk, f"/desk/tips/{row.tip_id}/refer/")
    for words in ("told by phone", "Sgt. Okafor", "02:40, same line"):
        assert words in page
    late = desk.post(address, said | {"words": "a second time"})
    assert late.status_code == 409
    assert "a second time" in late.content.decode()


def test_who_does_not_answer_the_phone_loses_the_turn_at_once(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.attorney, world.sheriff])
    as_worker(world, monkeypatch)
    with by(world.advocate):
        turn, sealed = Handover.objects.filter(referral=row).order_by("position")
    desk, address = unlocked_browser(world.advocate), f"/desk/tips/{row.tip_id}/refer/"
    assert "Nobody answered: ask the next one now" in text(desk, address)
    assert desk.post(f"{address}handovers/{sealed.pk}/unanswered/").status_code == 409  # nobody calls them
    assert desk.post(f"{address}handovers/{turn.pk}/unanswered/").status_code == 302
    assert chain_of(world, row) == ["late", "waits"]
    as_worker(world, monkeypatch)
    assert chain_of(world, row) == ["late", "turn"]
    page = text(desk, address)
    assert "did not answer the phone" in page
    assert "Nobody answered: ask the next one now" not in page
    assert "Write down the call" in page  # they may call back
    assert desk.post(f"{address}handovers/{turn.pk}/unanswered/").status_code == 409


def test_while_the_keys_are_locked_an_officer_sees_the_outside_and_loses_nothing(
    world: World, monkeypatch: Patch
) -> None:
    row = referred(world)
    as_worker(world, monkeypatch)
    task = turn_of(world.officer, row)
    assert task is not None
    page = text(world.officer.client, f"/officer/{task.pk}/")
    assert "Your keys are locked" in page
    assert "blue van" not in page
    typed = world.officer.client.post(f"/officer/{task.pk}/message/", {"words": "I am on my way."})
    assert "I am on my way." in typed.content.decode()
    assert world.officer.client.post(f"/officer/{task.pk}/decline/").status_code == 302
    assert chain_of(world, row)[0] == "declined"


def test_declining_takes_a_second_step_and_its_reason_is_read_at_the_desk(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.sheriff, world.troopers])
    as_worker(world, monkeypatch)
    task = turn_of(world.officer, row)
    assert task is not None
    officer, address = unlocked_browser(world.officer), f"/officer/{task.pk}/"
    folded = text(officer, address).partition("Decline it…")[0].rpartition("<details")
    assert folded[2].startswith(' class="card stack"')  # closed, and by itself
    refused = officer.post(f"{address}decline/", {"reason": "words of an officer"})
    assert refused.status_code == 409
    assert chain_of(world, row)[0] == "turn"
    assert officer.post(f"{address}decline/", {"reason": "not_ours"}).status_code == 302
    assert "declined: not ours" in text(unlocked_browser(world.advocate), f"/desk/tips/{row.tip_id}/refer/")


def test_a_forms_address_leads_to_the_page_it_stands_on(world: World, monkeypatch: Patch) -> None:
    row = referred(world, [world.sheriff])
    as_worker(world, monkeypatch)
    task = turn_of(world.officer, row)
    assert task is not None
    tip, contacts = f"/desk/tips/{row.tip_id}/refer/", f"/desk/contacts/of/{world.desk.pk}/"
    for browser, address, page in (
        (world.advocate.client, f"{tip}approve/", tip),
        (world.advocate.client, f"{tip}handovers/{task.pk}/call/", tip),
        (world.supervisor.client, f"{contacts}policy/", contacts),
        (world.supervisor.client, f"/desk/contacts/{world.sheriff.pk}/close/", f"/desk/contacts/{world.sheriff.pk}/"),
        (world.officer.client, f"/officer/{task.pk}/decline/", f"/officer/{task.pk}/"),
        (world.officer.client, f"/officer/{task.pk}/outcome/", f"/officer/{task.pk}/"),
    ):
        answer = browser.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, page)


def test_who_has_no_colleague_with_a_key_reads_why_nobody_stands_there(world: World, monkeypatch: Patch) -> None:
    import psycopg

    row = referred(world, [world.sheriff])
    as_worker(world, monkeypatch)
    task = turn_of(world.officer, row)
    assert task is not None
    officer, address = unlocked_browser(world.officer), f"/officer/{task.pk}/"
    assert "came just now" in text(officer, address)
    officer.post(f"{address}accept/")
    assert "Give it to a colleague" in text(officer, address)
    with psycopg.connect(world.urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:tests', true)")
        second = world.second_officer.account.pk
        owner.execute("UPDATE vault_membership SET left_at = now() WHERE account_id = %s", [second])
    page = text(officer, address)
    assert "Nobody else of your agency can open it" in page
    assert "Give it to a colleague" not in page


def test_a_colleague_reads_what_became_of_it_with_a_reason_and_goes_on_with_it(world: World) -> None:
    row = referred(world)
    boss = unlocked_browser(world.supervisor)
    address = f"/desk/tips/{row.tip_id}/refer/"
    assert "This tip is not yours" in text(boss, address)
    page = boss.post(address, {"reason": "covering"}).content.decode()
    assert "Two people in a blue van." in page
    answer = boss.post(f"{address}feedback/", {"sentence": "thanks", "reason": "covering"})
    assert answer.status_code == 200
    assert "The reporter reads it from" in answer.content.decode()


def test_a_contact_is_added_changed_and_closed_and_mistakes_are_named(world: World) -> None:
    boss = world.supervisor.client
    address = f"/desk/contacts/of/{world.desk.pk}/new/"
    facts = {
        "region": "US-TX", "kind": "law_enforcement", "county": "Reeves", "name": "Night desk", "agency": "",
        "phone": "432-555-0100", "order": "4",
        "days": ["0", "4"], "start": "22:00", "end": "06:00", "timezone": "America/Chicago", "verified_on": "2026-11-01",
    }  # fmt: skip
    wrong = {
        "phone": ("", "Enter the number: whoever has no signed key is called."),
        "county": ("Nowhere", "this name"),
        "end": ("", "Enter both times"),
        "verified_on": ("2999-01-01", "still to come"),
        "name": ("\u202eevil", "Night desk"),
    }
    for field, (value, words) in wrong.items():
        answer = boss.post(address, facts | {field: value})
        assert answer.status_code == 200
        assert words in answer.content.decode() or field == "name"
        assert "America/Chicago" in answer.content.decode()
    assert boss.post(address, facts).status_code == 302
    with by(world.supervisor):
        made = TrustedContact.objects.get(order=4)
    assert (made.name, made.phone, made.county_code) == ("Night desk", "432-555-0100", "US-48389")
    assert boss.post(f"/desk/contacts/{made.pk}/", facts | {"name": "Day desk"}).status_code == 302
    assert "Day desk" in text(boss, f"/desk/contacts/of/{world.desk.pk}/")
    assert boss.post(f"/desk/contacts/{made.pk}/close/").status_code == 302
    assert "Day desk" not in text(boss, f"/desk/contacts/of/{world.desk.pk}/")


def lost_and_taken(world: World, monkeypatch: Patch) -> tuple[Referral, Referral]:
    """A referral that was declined and has nobody left, and one that was accepted."""
    lost, taken = referred(world, [world.troopers]), referred(world, [world.sheriff])
    as_worker(world, monkeypatch)
    decline, accept = turn_of(world.trooper, lost), turn_of(world.officer, taken)
    assert decline is not None
    assert accept is not None
    world.trooper.client.post(f"/officer/{decline.pk}/decline/")
    unlocked_browser(world.officer).post(f"/officer/{accept.pk}/accept/")
    as_worker(world, monkeypatch)
    return lost, taken


def test_the_desk_sees_what_waits_with_its_referrals(world: World, monkeypatch: Patch) -> None:
    browser = world.supervisor.client  # another one than who referred, and with locked keys
    assert "Nothing was referred yet." in text(browser, "/desk/referrals/")
    called = referred(world, [world.attorney])
    as_worker(world, monkeypatch)
    one = queries_of(browser, "/desk/referrals/")
    lost, taken = lost_and_taken(world, monkeypatch)
    page = text(browser, "/desk/referrals/")
    places = [page.index(str(row.tip_id)) for row in (called, lost, taken)]
    assert places == sorted(places)
    for words in ("Call Attorney general, night line now", "nobody is left: decide", "Reeves County sheriff: accepted"):
        assert words in page
    assert queries_of(browser, "/desk/referrals/") == one
    assert world.officer.client.get("/desk/referrals/").status_code == 404


def test_the_first_page_of_the_desk_says_what_referrals_want(world: World, monkeypatch: Patch) -> None:
    desk = world.supervisor.client
    called = referred(world, [world.attorney])
    as_worker(world, monkeypatch)
    one = queries_of(desk, "/desk/")
    lost, taken = lost_and_taken(world, monkeypatch)
    page = text(desk, "/desk/")
    assert "Referrals: 2 want something of you" in page
    rows = {row.tip_id: part for part in page.split("<li") for row in (called, lost, taken) if str(row.tip_id) in part}
    assert "Call Attorney general, night line now" in rows[called.tip_id]
    assert "Nobody has taken it and nobody is left: decide" in rows[lost.tip_id]
    assert "Reeves County sheriff: accepted" in rows[taken.tip_id]
    assert queries_of(desk, "/desk/") == one
    with by(world.advocate):  # decided: finished, or referred again
        opening.finish(world.advocate.actor, opened=opened(world, lost.tip_id), text="{}")
    assert "Referrals: 1 wants something of you" in text(desk, "/desk/")
    assert "nobody is left: decide" not in text(desk, "/desk/referrals/")


def test_what_cannot_be_opened_shuts_nothing_else(world: World, monkeypatch: Patch) -> None:
    import psycopg

    row = referred(world, [world.sheriff])
    as_worker(world, monkeypatch)
    task = turn_of(world.officer, row)
    assert task is not None
    desk, officer = unlocked_browser(world.advocate), unlocked_browser(world.officer)
    officer.post(f"/officer/{task.pk}/accept/")
    officer.post(f"/officer/{task.pk}/message/", {"words": "first"})
    officer.post(f"/officer/{task.pk}/message/", {"words": "second"})
    with psycopg.connect(world.urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:tests', true)")
        owner.execute(
            "UPDATE referrals_update SET to_desk = 'x' WHERE written_at = (SELECT min(written_at) FROM referrals_update)"
        )
    page = text(desk, f"/desk/tips/{row.tip_id}/refer/")
    assert "second" in page
    assert "You hold no key that opens this, or it was changed." in page
    with psycopg.connect(world.urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:tests', true)")
        owner.execute("ALTER TABLE referrals_handover DISABLE TRIGGER USER")
        owner.execute("UPDATE referrals_handover SET sealed = 'x'")
        owner.execute("ALTER TABLE referrals_handover ENABLE TRIGGER USER")
    assert "This does not open" in text(officer, f"/officer/{task.pk}/")


def test_what_is_too_long_is_said_and_stays(world: World, tip: uuid.UUID) -> None:
    """The words of the desk are bounded; a long tip with them may still be longer than the longest seal."""
    from waywatch.referrals.actions import referring
    from waywatch.referrals.errors import NotAllowedError

    with pytest.raises(NotAllowedError, match="too long"):
        referring.padded(b"x" * 70_000)


def test_nobody_on_duty_and_nothing_to_say_are_named(world: World, tip: uuid.UUID) -> None:
    with by(world.supervisor):
        TrustedContact.objects.exclude(pk=world.sheriff.pk).update(days=[])
    desk, address = unlocked_browser(world.advocate), f"/desk/tips/{tip}/refer/approve/"
    asleep = desk.post(address, approve(world, tip, contacts=[str(world.attorney.pk)]))
    assert "None of them is on duty now." in asleep.content.decode()
    assert "refer_parts_error" in desk.post(address, approve(world, tip, parts=[], words="")).content.decode()
    with by(world.advocate):
        assert Referral.objects.count() == 0


def test_contacts_of_a_county_are_for_the_advocate_to_tick(world: World, tip: uuid.UUID) -> None:
    with by(world.supervisor):
        world.sheriff.county_code = "US-48389"
        world.sheriff.save(update_fields=["county_encrypted"])
    page = text(unlocked_browser(world.advocate), f"/desk/tips/{tip}/refer/")
    ticked = re.findall(r'name="contacts" value="([0-9a-f-]+)"[^>]*checked', page)
    assert str(world.sheriff.pk) not in ticked
    assert str(world.troopers.pk) in ticked
    assert "Reeves County, Texas" in page


def test_child_protection_gets_only_what_is_for_child_protection(world: World) -> None:
    """An apparent minor without a sign: the pack names child protection and nobody else."""
    with by(world.supervisor):
        TrustedContact.objects.filter(pk=world.attorney.pk).update(kind="child_protection")
    tip_id = arrive(world, {"where": {"region": "US-TX"}, "people": [{"age": "minor"}]})
    opened(world, tip_id, assessed='{"call_class": "tip", "minor": "yes", "danger": "no"}')
    page = text(unlocked_browser(world.advocate), f"/desk/tips/{tip_id}/refer/")
    assert "Attorney general, night line" in page
    assert "Reeves County sheriff" not in page


def test_lists_cost_the_same_with_one_row_and_with_three(world: World, monkeypatch: Patch) -> None:
    officer = unlocked_browser(world.officer)
    referred(world, [world.sheriff])
    as_worker(world, monkeypatch)
    one = queries_of(officer, "/officer/")
    for _ in range(2):
        referred(world, [world.sheriff])
    as_worker(world, monkeypatch)
    assert text(officer, "/officer/").count("queue-row") == 3
    assert queries_of(officer, "/officer/") == one
    boss, address = world.supervisor.client, f"/desk/contacts/of/{world.desk.pk}/"
    three = queries_of(boss, address)
    with by(world.supervisor):
        TrustedContact.objects.exclude(pk=world.sheriff.pk).update(closed_at=clock.now())
    assert queries_of(boss, address) == three


def test_the_stored_decision_is_replayed_and_says_so_if_it_is_another(world: World) -> None:
    from waywatch.policy import api as policy
    from waywatch.referrals.actions import referring

    row = referred(world)
    again = opened(world, row.tip_id)
    approved = referring.approved(again, row)
    assert policy.replay(approved["decision"], policy.packs()).outcome == "must"
    assert json.loads(ASSESSED)["minor"] == "yes"
    assert approved["parts"] == sorted(PARTS)
