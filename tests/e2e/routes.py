"""Every page of the site, derived from the URLconf: who opens it, with which things, and the few addresses that are no page.

A new page is visited without a word here: `test_every_page.py` opens each route of the URLconf as the coordinator. Say here only
what it cannot know: where a parameter of the address comes from, who else opens the page, why it is no page at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.urls import URLPattern, URLResolver, get_resolver, reverse

HELP = """
Each route of the URLconf is opened in a browser by tests/e2e/test_every_page.py; tests/e2e/routes.py says what cannot be derived:
* A parameter of its address without a value: put it into FIXED if the value is known beforehand, else into MADE, and make or find
  the thing through the pages in tests/e2e/things.py. `route.parameter` gives one route a value of its own.
* Somebody else than the coordinator opens it: GUESTS or ADMINISTRATORS.
* One gets there only in the middle of something: JOURNEYS, with the name of the browser test that calls look() there.
* It is no page (takes a form only, leads on, gives a file): EXCEPTIONS, with the reason.
* Another state of it is worth a look: MORE.
"""


@dataclass(frozen=True)
class Route:
    """One address of the site."""

    name: str
    parameters: frozenset[str]


class Reason(StrEnum):
    """Why an address has no page to look at. `test_every_page.py` proves it of each."""

    POST_ONLY = "takes a form or a sealed tip: GET is refused"
    LEADS_ON = "has nothing of its own to show: leads to another page"
    FILE = "gives a file, or data to a program"
    SEALED = "takes a form or gives a file, for whom the tip or the task is there: for everybody else it is not"


EXCEPTIONS = {
    "account_confirm_login_code": Reason.LEADS_ON,
    "account_set_password": Reason.LEADS_ON,
    "build_attendance_remove": Reason.POST_ONLY,
    "desk_ask": Reason.SEALED,
    "desk_assess": Reason.SEALED,
    "desk_call": Reason.SEALED,
    "desk_claim": Reason.SEALED,
    "desk_contact_close": Reason.SEALED,
    "desk_duty": Reason.SEALED,
    "desk_duty_remove": Reason.SEALED,
    "desk_feedback": Reason.SEALED,
    "desk_feedback_withdraw": Reason.SEALED,
    "desk_finish": Reason.SEALED,
    "desk_hold": Reason.SEALED,
    "desk_hold_lift": Reason.SEALED,
    "desk_incident": Reason.SEALED,
    "desk_join": Reason.SEALED,
    "desk_message": Reason.SEALED,
    "desk_note": Reason.SEALED,
    "desk_outcome": Reason.SEALED,
    "desk_pack": Reason.SEALED,
    "desk_noticed_release": Reason.SEALED,
    "desk_part": Reason.SEALED,
    "desk_reading_review": Reason.SEALED,
    "desk_refer_approve": Reason.SEALED,
    "desk_release": Reason.SEALED,
    "desk_second": Reason.SEALED,  # its form is looked at where it is asked for
    "desk_take_back": Reason.SEALED,
    "desk_unanswered": Reason.SEALED,
    "desk_unreadable": Reason.SEALED,
    "impact_json": Reason.FILE,
    "impact_pdf": Reason.FILE,
    "mfa_download_recovery_codes": Reason.FILE,
    "mfa_login_webauthn": Reason.LEADS_ON,
    "notice_choose": Reason.LEADS_ON,
    "notice_answer": Reason.POST_ONLY,
    "notice_desks": Reason.FILE,
    "notice_photo": Reason.POST_ONLY,
    "notice_manifest": Reason.FILE,
    "notice_places": Reason.FILE,
    "notice_send": Reason.POST_ONLY,
    "notice_state": Reason.POST_ONLY,
    "notice_worker": Reason.FILE,
    "officer_accept": Reason.SEALED,
    "officer_decline": Reason.SEALED,
    "officer_eido": Reason.SEALED,
    "officer_give": Reason.SEALED,
    "officer_incident": Reason.SEALED,
    "officer_message": Reason.SEALED,
    "officer_outcome": Reason.SEALED,
    "officer_pdf": Reason.SEALED,
    "organisation_export": Reason.FILE,
    "organisation_reopen": Reason.POST_ONLY,
    "organisation_suggest": Reason.FILE,
    "people_withdraw": Reason.POST_ONLY,
    "point_verify": Reason.POST_ONLY,
    "served_add": Reason.POST_ONLY,  # its form with errors is looked at from the page of the organisation
    "served_remove": Reason.POST_ONLY,
    "set_language": Reason.LEADS_ON,
    "vault_approve": Reason.POST_ONLY,
    "vault_ask_reseal": Reason.POST_ONLY,
    "vault_confirm": Reason.POST_ONLY,
    "vault_first_key": Reason.POST_ONLY,
    "vault_keeper": Reason.POST_ONLY,
    "vault_lock": Reason.POST_ONLY,
    "vault_withdraw": Reason.POST_ONLY,
}
"""The closed list of routes that nobody looks at."""

JOURNEYS = {
    "account_reauthenticate": "test_a_passkey_is_set_up_and_signs_in_alone",
    "account_reset_password_from_key": "test_a_forgotten_password_is_chosen_again_by_mail",
    "desk": "test_the_seed_story_from_the_phone_to_the_desk_and_back",
    "desk_caller": "test_a_call_is_taken_down_and_opened_as_the_same_facts",
    "desk_contact_edit": "test_a_supervisor_says_whom_the_desk_trusts_and_how_it_decides",
    "desk_contact_new": "test_a_supervisor_says_whom_the_desk_trusts_and_how_it_decides",
    "desk_contacts": "test_a_supervisor_says_whom_the_desk_trusts_and_how_it_decides",
    "desk_contacts_overview": "test_a_supervisor_says_whom_the_desk_trusts_and_how_it_decides",
    "desk_referrals": "test_an_officer_who_is_late_finds_it_gone_and_the_desk_calls_the_next",
    "desk_noticed": "test_a_supervisor_sees_what_was_noticed_eleven_times",
    "desk_photos": "test_a_photo_is_drawn_anew_sealed_and_seen_at_the_desk",
    "desk_readings": "test_who_opens_many_that_are_not_theirs_needs_a_second_person",
    "desk_refer": "test_the_seed_story_to_the_trusted_officer_and_back_to_the_driver",
    "desk_read": "test_the_seed_story_from_the_phone_to_the_desk_and_back",
    "desk_tip": "test_the_seed_story_from_the_phone_to_the_desk_and_back",
    "invitation": "test_the_way_of_a_colleague_from_the_invitation_to_the_end",
    "mfa_activate_totp": "test_the_way_of_a_colleague_from_the_invitation_to_the_end",
    "mfa_add_webauthn": "test_a_passkey_is_set_up_and_signs_in_alone",
    "mfa_authenticate": "test_by_keyboard_alone_with_a_wrong_code_first",
    "mfa_deactivate_totp": "test_a_recovery_code_works_once_and_the_other_browser_is_signed_out",
    "mfa_edit_webauthn": "test_a_passkey_is_set_up_and_signs_in_alone",
    "mfa_generate_recovery_codes": "test_a_recovery_code_works_once_and_the_other_browser_is_signed_out",
    "mfa_reauthenticate": "test_a_passkey_is_set_up_and_signs_in_alone",
    "mfa_reauthenticate_webauthn": "test_a_passkey_is_set_up_and_signs_in_alone",
    "mfa_remove_webauthn": "test_a_passkey_is_set_up_and_signs_in_alone",
    "mfa_view_recovery_codes": "test_a_recovery_code_works_once_and_the_other_browser_is_signed_out",
    "notice": "test_every_step_is_readable",
    "notice_receipt": "test_the_seed_story_from_the_phone_to_the_desk_and_back",
    "officer": "test_the_seed_story_to_the_trusted_officer_and_back_to_the_driver",
    "officer_task": "test_the_seed_story_to_the_trusted_officer_and_back_to_the_driver",
    "vault": "test_every_page_of_keys_is_readable_on_a_phone_and_wide",
    "vault_add_member": "test_every_page_of_keys_is_readable_on_a_phone_and_wide",
    "vault_destroy": "test_every_page_of_keys_is_readable_on_a_phone_and_wide",
    "vault_keyring": "test_every_page_of_keys_is_readable_on_a_phone_and_wide",
    "vault_keyring_edit": "test_an_administrator_sees_keyrings_and_holds_none",
    "vault_leave": "test_every_page_of_keys_is_readable_on_a_phone_and_wide",
    "vault_passphrase": "test_every_page_of_keys_is_readable_on_a_phone_and_wide",
    "vault_recover": "test_every_page_of_keys_is_readable_on_a_phone_and_wide",
    "vault_remove_member": "test_every_page_of_keys_is_readable_on_a_phone_and_wide",
    "vault_replace": "test_every_page_of_keys_is_readable_on_a_phone_and_wide",
    "vault_request": "test_a_lost_passphrase_becomes_a_request_to_the_team",
    "vault_rotate": "test_every_page_of_keys_is_readable_on_a_phone_and_wide",
    "vault_set_up": "test_every_page_of_keys_is_readable_on_a_phone_and_wide",
    "vault_unlock": "test_every_page_of_keys_is_readable_on_a_phone_and_wide",
}
"""Routes that stand in the middle of something, and the test that looks at each on its way. It fails if it does not."""

GUESTS = {  # all others are opened by the coordinator
    "account_confirm_email",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_signup",
    "home",
    "mfa_login_webauthn",
}
ADMINISTRATORS = {"operations", "vault_keyring_new"}

NOTHING = "5c1f0c0a-8e0e-4d0c-9d5a-3f1f0a7b1c2d"
"""The number of nothing: for addresses that take a form only."""

FIXED = {
    "account_confirm_email.key": "not-a-key",
    "code": "us-tx",
    "kind": "followup",
    "notice_manifest.language": "en",
    "notice_photo.number": "0",
    "notice_places.region": "US-TX",
    "slug": "boise-2021",
    "desk_id": NOTHING,
    "contact_id": NOTHING,
    "duty_id": NOTHING,
    "handover_id": NOTHING,
    "referral_id": NOTHING,
    "tip_id": NOTHING,
    "year": "2018",
}
"""Parameters of addresses that are known beforehand. `route.parameter` goes before `parameter`."""

MADE = frozenset(
    {"account_id", "grant_id", "organisation_id", "part_id", "person_id", "place_id", "point_id", "post_id"}
)
"""Parameters that the fixture `things` (things.py) makes or finds through the pages."""

MORE = (
    "/account/people/?q=nobody-of-this-name",
    "/builds/?year=2018&country=CA",
    "/builds/boise-2021/cohost/add/",
    "/builds/boise-2021/figure/add/",
    "/builds/boise-2021/invited/add/",
    "/builds/boise-2021/quote/add/",
    "/builds/boise-2021/survey/add/",
    "/builds/?region=US-TX&held=1&listed=1",
    "/builds/fort-mcmurray-2022/",
    "/builds/hanover-md-2019/",
    "/directory/agencies/?region=US-IL&county=Cook&page=2",
    "/directory/agencies/?region=US-TX&county=Reves",
    "/directory/?words=no-organisation-of-this-name",
    "/directory/?state=closed",
    "/directory/organisations/{closed_organisation_id}/",
    "/directory/people/{former_person_id}/",
    "/directory/places/?region=&highway=I-10",
    "/directory/places/?zip_code=79772&km=120",
    "/directory/places/{reference_place_id}/",
    "/glance/ca-qc/",
    "/glance/us-dc/",
    "/glance/us-id/",
    "/glance/us-id/followed/?what=trained",
    "/glance/us-pr/",
    "/glance/us-wa/said/",
    "/impact/2017/",
    "/impact/2020/",
    "/impact/2022/",
)
"""More states of pages that are visited anyway, for the coordinator. `{name}` is filled from `things`."""


def routes() -> list[Route]:
    """Return every route of the URLconf. One without a name, or with the name of another, cannot be told apart: it is an error."""
    found = list(_walk(get_resolver().url_patterns))
    names = [route.name for route in found]
    assert "" not in names, "give each path() a name"
    assert len(names) == len(set(names)), "give each path() a name of its own"
    return found


def visited() -> list[Route]:
    """Return the routes that are simply opened: all but the exceptions and those in the middle of a journey."""
    return [route for route in routes() if route.name not in EXCEPTIONS and route.name not in JOURNEYS]


def lacking(route: Route) -> set[str]:
    """Return the parameters of a route that nobody says a value for."""
    return {name for name in route.parameters if not {name, f"{route.name}.{name}"} & (FIXED.keys() | MADE)}


def address_of(route: Route, things: dict[str, str]) -> str:
    """Return the address of a route, filled with `things`."""
    values = {name: things.get(f"{route.name}.{name}") or things[name] for name in route.parameters}
    return reverse(route.name, kwargs=values)


def _walk(patterns: Sequence[URLPattern | URLResolver], above: frozenset[str] = frozenset()) -> Iterator[Route]:
    for each in patterns:
        parameters = above | frozenset(each.pattern.regex.groupindex)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, parameters)
        else:
            yield Route(each.name or "", parameters)
