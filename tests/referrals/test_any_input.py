"""Whatever is sent to a page of referrals: never an error of the server."""

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts.test_any_input import TEXT
from tests.referrals.test_pages import unlocked_browser
from tests.referrals.world import World, as_worker, referred, turn_of
from waywatch.referrals.forms import CallForm, ContactForm, DutyForm, IncidentForm, OutcomeForm, PackForm, ReferForm

FUZZ = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = sorted(
    {
        name
        for form in (CallForm, ContactForm, DutyForm, IncidentForm, OutcomeForm, PackForm, ReferForm)
        for name in form.base_fields
    }
    | {"reason", "sentence", "colleague"}
)
TYPED = st.fixed_dictionaries({name: st.lists(TEXT, max_size=2) for name in NAMES})
TAKEN = {200, 302, 404, 409}


@pytest.fixture
def addresses(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Every address that takes a form, by who sends it: about an accepted handover, and about one that waits to be called about."""
    accepted, called = referred(world, [world.sheriff]), referred(world, [world.attorney])
    as_worker(world, monkeypatch)
    task, turn = turn_of(world.officer, accepted), turn_of(world.advocate, called)
    assert task is not None
    assert turn is not None
    unlocked_browser(world.officer).post(f"/officer/{task.pk}/accept/")
    unlocked_browser(world.advocate)
    refer = f"/desk/tips/{accepted.tip_id}/refer/"
    desk = [
        *(refer + part for part in ("", "approve/", "feedback/")),
        *(f"{refer}handovers/{task.pk}/{part}/" for part in ("incident", "outcome", "message", "call")),
        f"/desk/tips/{called.tip_id}/refer/handovers/{turn.pk}/call/",
    ]
    contacts = [f"/desk/contacts/of/{world.desk.pk}/{part}/" for part in ("new", "policy", "duty")]
    officer = [f"/officer/{task.pk}/{part}/" for part in ("incident", "outcome", "message", "give")]
    return {"advocate": desk, "supervisor": [*contacts, f"/desk/contacts/{world.sheriff.pk}/"], "officer": officer}


@pytest.mark.parametrize("who", ["advocate", "supervisor", "officer"])
@FUZZ
@given(typed=TYPED)
def test_no_input_breaks_a_page(
    world: World, addresses: dict[str, list[str]], who: str, typed: dict[str, list[str]]
) -> None:
    cache.clear()
    browser = getattr(world, who).client
    for address in addresses[who]:
        assert browser.post(address, typed).status_code in TAKEN, address


@pytest.mark.parametrize("page", ["/officer/", "/desk/referrals/"])
@pytest.mark.parametrize("asked", ["page=-1", "page=99999999999999999999", "page=a%00", "show=%00", "show=gone&page=2"])
def test_no_question_breaks_a_list(world: World, page: str, asked: str) -> None:
    person = world.officer if page == "/officer/" else world.advocate
    assert person.client.get(f"{page}?{asked}").status_code == 200
