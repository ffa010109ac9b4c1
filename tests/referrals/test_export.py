"""A handover as a file: what EIDO asks for stands there, nothing else does, and a download is written down."""

import datetime as dt
import json
from typing import Any

import pytest
import typst

from tests.referrals.test_pages import unlocked_browser
from tests.referrals.world import World, as_worker, by, referred, turn_of
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.referrals.models import Handover
from waywatch.tips.models import Tip

Patch = pytest.MonkeyPatch
# What the standard's schema requires of each component, and of the whole.
COMMON = {"$id", "lastUpdateTimeStamp", "updatedByAgencyReference"}
REQUIRED = {
    "incidentComponent": {"incidentTypeCommonRegistryText"},
    "notesComponent": {"notesActionComments"},
    "agencyComponent": {"agencyRoleDescriptionRegistryText", "agencyType"},
    "linkComponent": {"incidentTrackingIdentifier", "linkDirectionCode"},
}


@pytest.fixture
def task(world: World, monkeypatch: Patch) -> Handover:
    row = referred(world, words="<b>Blue</b> van & trailer")
    as_worker(world, monkeypatch)
    found = turn_of(world.officer, row)
    assert found is not None
    return found


def references(said: Any) -> set[str]:
    if isinstance(said, dict):
        return {said["$ref"]} if set(said) == {"$ref"} else set().union(*map(references, said.values()))
    return set().union(*map(references, said)) if isinstance(said, list) else set()


def test_an_eido_has_what_the_standard_requires_and_links_the_incident(world: World, task: Handover) -> None:
    browser = unlocked_browser(world.officer)
    browser.post(f"/officer/{task.pk}/accept/")
    browser.post(f"/officer/{task.pk}/incident/", {"number": "2026-451", "agency": "Pecos PD", "holds": "yes"})
    browser.post(f"/officer/{task.pk}/incident/", {"number": "2026-7", "agency": "Pecos PD", "holds": "no"})
    answer = browser.get(f"/officer/{task.pk}/handover.eido.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    said = json.loads(answer.content)
    assert said["eidoVersion"] == "1.0"
    assert said.keys() >= COMMON | {"issuingElementIdentification", "agencyComponent"}
    known = {said["$id"], said["incidentComponent"]["$id"]}
    for name, required in REQUIRED.items():
        parts = said[name] if isinstance(said[name], list) else [said[name]]
        for part in parts:
            assert part.keys() >= COMMON | required
            known.add(part["$id"])
    assert references(said) <= known
    assert [link["incidentTrackingIdentifier"] for link in said["linkComponent"]] == ["2026-451"]
    notes = " ".join(note["notesActionComments"] for note in said["notesComponent"])
    assert "&lt;b&gt;Blue&lt;/b&gt; van &amp; trailer" in notes
    assert "Under 18" in notes
    assert "circles the gas station" not in notes  # the policy kept it back


def test_a_file_says_when_it_was_reported_and_each_part_when_it_was_said(
    world: World, task: Handover, monkeypatch: Patch
) -> None:
    """Whoever downloads it later must not read “now” as of the download."""
    browser = unlocked_browser(world.officer)
    browser.post(f"/officer/{task.pk}/accept/")
    browser.post(f"/officer/{task.pk}/incident/", {"number": "2026-451", "agency": "Pecos PD", "holds": "yes"})
    with by(world.officer):
        written = task.updates.get().written_at
    with by(world.advocate):
        reported = f"{Tip.objects.get().received_at:%Y-%m-%d %H:%M} UTC. What goes on “now” went on then."
    later = clock.now() + dt.timedelta(minutes=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = browser.get(f"/officer/{task.pk}/handover.eido.json")
    assert f'filename="handover-{task.pk.hex[:8]}.eido.json"' in answer.headers["Content-Disposition"]
    said = json.loads(answer.content)
    assert task.handed_at is not None
    assert [each["lastUpdateTimeStamp"] for each in said["linkComponent"]] == [written.isoformat()]
    assert {each["lastUpdateTimeStamp"] for each in said["notesComponent"]} == {task.handed_at.isoformat()}
    assert said["incidentComponent"]["lastUpdateTimeStamp"] == task.handed_at.isoformat()
    assert said["lastUpdateTimeStamp"] == written.isoformat()
    names = [json.loads(each["agencyJcard"])[1][1][3] for each in said["agencyComponent"]]
    assert names == ["Lone Star hotline", "Night shift of the sheriff", "Pecos PD"]
    assert reported in " ".join(each["notesActionComments"] for each in said["notesComponent"])
    drawn: list[str] = []
    monkeypatch.setattr(typst, "compile", lambda *_, **options: drawn.append(options["sys_inputs"]["data"]) or b"")
    browser.get(f"/officer/{task.pk}/handover.pdf")
    assert reported in drawn[0]
    assert reported in browser.get(f"/officer/{task.pk}/").content.decode()


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_page_of_paper_is_one_tagged_page(world: World, task: Handover, language: str, monkeypatch: Patch) -> None:
    drawn: list[bytes | list[bytes]] = []
    compiled = typst.compile

    def drawing(template: str, **options: Any) -> bytes:
        drawn.append(compiled(template, format="png", sys_inputs=options["sys_inputs"], ignore_system_fonts=True))
        content: bytes = compiled(template, **options)
        return content

    monkeypatch.setattr(typst, "compile", drawing)
    browser = unlocked_browser(world.officer)
    browser.post(f"/officer/{task.pk}/accept/")
    answer = browser.get(f"/officer/{task.pk}/handover.pdf", headers={"Accept-Language": language})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    [pages] = drawn
    assert isinstance(pages, bytes)  # a second page would make it a list
    assert b"/StructTreeRoot" in answer.content


def test_a_download_is_written_down_and_nobody_else_has_one(world: World, task: Handover) -> None:
    browser = unlocked_browser(world.officer)
    assert browser.get(f"/officer/{task.pk}/handover.pdf").status_code == 409  # not before it is accepted
    browser.post(f"/officer/{task.pk}/accept/")
    browser.get(f"/officer/{task.pk}/handover.pdf")
    with by(world.officer):
        assert audit.history("handover", task.pk)[0].action == "handover.exported"
    assert world.second_officer.client.get(f"/officer/{task.pk}/handover.pdf").status_code == 302  # locked
    for person in (world.trooper, world.administrator, world.advocate):
        assert person.client.get(f"/officer/{task.pk}/handover.pdf").status_code in {302, 404}
    trooper = unlocked_browser(world.trooper)
    assert trooper.get(f"/officer/{task.pk}/handover.pdf").status_code == 404
