"""Every journey through a running product that takes words, right and wrong, with a marker in each field."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from tests.post_office import Mailbox, text_of
from tests.project.guest import Guest, Page
from tests.project.installation import Service, until
from tests.project.phone import SEALED, phone_at
from tests.project.remains import COMMON
from tests.project.test_canaries import Marks, observation
from tests.tips.reporter import Reporter
from tests.tips.test_photos import Shot
from waywatch.vault import api as vault
from waywatch.vault import sealing
from waywatch.vault.demo import DEMO_PASSPHRASE

PARTS = ["where", "when", "people", "vehicles", "signs"]
ASSESSED = {
    "call_class": "crisis", "kind": "sex", "minor": "yes", "danger": "unknown", "reliability": "unknown",
    "consent_person": "not_asked", "consent_reporter": "given",
}  # fmt: skip
UNLIKE_A_NAME = "0123456789" * 5  # a password must not be like the name, and all markers are alike
UUID = r"[0-9a-f-]{36}"


@dataclass
class Run:
    """A running product, its mailbox, the markers that were typed, and the secrets that the product made itself."""

    service: Service
    admin: str
    mailbox: Mailbox
    marks: Marks = field(default_factory=Marks)
    secrets: dict[str, str] = field(default_factory=dict)

    def guest(self) -> Guest:
        """Return a browser whose own name is a marker."""
        return Guest(self.service.port, {"User-Agent": self.marks.of("browser")})

    def signed_in(self, who: str) -> Guest:
        """Return the browser of somebody of the demonstration."""
        guest = self.guest()
        guest.signs_in(f"{who}@demo.example")
        return guest

    def unlocked(self, who: str) -> Guest:
        """Return the browser of somebody whose keys are unlocked."""
        guest = self.signed_in(who)
        assert guest.post("/vault/unlock/", {"passphrase": DEMO_PASSPHRASE}).status == 302
        return guest


def is_given_back(page: Page) -> bool:
    """Tell whether something that was typed stands in a page."""
    return COMMON.decode() in page.text


def saved(page: Page) -> Page:
    """Return a page that says that something was saved."""
    assert page.status == 302, page.text
    return page


def a_reporter(run: Run) -> Reporter:
    """Send a tip with a photo as a phone does; the same words in the clear, and broken, are refused before."""
    marks, guest, phone = run.marks, run.guest(), phone_at(run.service.port)
    sending = phone.sealed(observation=observation(marks))
    sending.token = marks.of("receipt token").encode()[:32]
    reporter, shot = Reporter(sending, sealing.new_key_pair()), Shot(sending)
    shot.jpeg = b"\xff\xd8\xff" + marks.of("photo").encode() + bytes(70_000)
    reply_key, beside = vault.to_text(reporter.keys.public), marks.of("beside the observation")
    content = json.dumps(
        {
            "version": 1,
            "reply_key": reply_key,
            "photos": [shot.listed],
            "observation": sending.observation,
            "more": beside,
        }
    ).encode()
    address, raw = f"/notice/tips/{sending.tip_id}", sending.raw(content)
    refused_at_the_intake(run, guest, address, content, raw)
    assert guest.asks("PUT", address, raw, {"Content-Type": SEALED}).status == 201
    for number in range(shot.total):
        photo = f"/notice/photos/{sending.tip_id}/{shot.photo_id}/{number}"
        assert guest.asks("PUT", photo, shot.chunk(number), {"Content-Type": SEALED}).status == 201
    return reporter


def refused_at_the_intake(run: Run, guest: Guest, address: str, content: bytes, raw: bytes) -> None:
    """Send in the clear what has to be sealed, broken envelopes, and words in addresses and headers."""
    wrong = run.marks.of("in the clear").encode()
    assert guest.asks("PUT", address, content, {"Content-Type": "application/json"}).status == 422
    for broken in (wrong, content, raw[:60] + wrong, raw + wrong, b"WWT\x01" + wrong * 50):
        assert guest.asks("PUT", address, broken, {"Content-Type": SEALED}).status == 422
    for other in (f"/notice/answers/{uuid.uuid4()}", f"/notice/photos/{uuid.uuid4()}/{uuid.uuid4()}/0"):
        assert guest.asks("PUT", other, b"WWA\x01" + wrong * 30, {"Content-Type": SEALED}).status == 422
    assert guest.asks("POST", "/notice/state/", wrong, {"Content-Type": SEALED}).status == 422
    lost = run.marks.of("address")
    assert guest.get(f"/notice/en/?said={lost}").status == 200
    for path in (f"/nowhere/{lost}/?said={lost}", f"/notice/{lost}/", f"/desk/tips/{lost}/", f"/static/{lost}.js"):
        assert guest.get(path).status == 404
    said = run.marks.of("header")
    for name in ("Referer", "Accept-Language", "X-Forwarded-For", "Waywatch-Work", "If-None-Match", "X-Request-Id"):
        guest.get("/notice/en/", **{name: said})
    assert Guest(run.service.port).get("/", Host=run.marks.of("host")).status == 400


def at_the_desk(run: Run, tip_id: uuid.UUID, reporter: Reporter) -> Guest:
    """Type all that an advocate types: locked and unlocked, right and wrong."""
    marks, address, desk = run.marks, f"/desk/tips/{tip_id}", run.signed_in("advocate")
    assert desk.post("/vault/unlock/", {"passphrase": marks.of("wrong passphrase")}).status == 200
    assert is_given_back(desk.post(f"{address}/note/", {"note": marks.of("note while locked")}))
    assert desk.post("/vault/unlock/", {"passphrase": DEMO_PASSPHRASE}).status == 302
    saved(desk.post(f"{address}/claim/"))
    page = desk.get(f"{address}/read/").text
    assert [what for what, mark in marks.made.items() if ": " in what and mark not in page] == []
    assert desk.get(f"{address}/photos/").status == 200
    assert is_given_back(desk.post(f"{address}/assess/", {"words": marks.of("refused assessment")}))
    saved(desk.post(f"{address}/assess/", ASSESSED | {"words": marks.of("assessment")}))
    assert is_given_back(desk.post(f"{address}/note/", {"note": marks.of("too long note") * 400}))
    assert desk.post(f"{address}/note/", {"note": marks.of("forged form")}, **{"X-CSRFToken": "x" * 32}).status == 403
    saved(desk.post(f"{address}/note/", {"note": marks.of("note")}))
    saved(desk.post(f"{address}/ask/", {"text": marks.of("question")}))
    told = desk.asks("POST", "/notice/state/", reporter.sending.token, {"Content-Type": SEALED})
    question = reporter.reads(told.body)["id"]
    words = marks.of("answer")
    answer = reporter.envelope(question, words, version=reporter.sending.version)
    assert desk.asks("PUT", f"/notice/answers/{question}", answer, {"Content-Type": SEALED}).status == 201
    assert words in desk.get(f"{address}/read/").text
    return desk


def by_a_colleague(run: Run, tip_id: uuid.UUID) -> None:
    """Open what is a colleague's, with a reason that is none, and ask for a second person."""
    other = run.unlocked("advocate2")
    assert other.post(f"/desk/tips/{tip_id}/read/", {"reason": run.marks.of("reason that is none")}).status == 200
    saved(other.post(f"/desk/tips/{tip_id}/second/", {"why": run.marks.of("why a second person")}))


def trusted(run: Run) -> None:
    """Enter whom the desk trusts, and a duty."""
    marks, boss = run.marks, run.signed_in("supervisor")
    shown = boss.get("/desk/contacts/").text
    [desk] = set(re.findall(rf"/desk/contacts/of/({UUID})/new/", shown))
    for contact in dict.fromkeys(re.findall(rf"/desk/contacts/({UUID})/", shown)):
        form = filled(boss.get(f"/desk/contacts/{contact}/"))
        typed = form | {"name": marks.of("contact's name"), "phone": marks.of("contact's phone")}
        saved(boss.post(f"/desk/contacts/{contact}/", typed))
        assert is_given_back(
            boss.post(f"/desk/contacts/{contact}/", typed | {"county": marks.of("county that is none")})
        )
    duty = {"region": "US-OH", "duty": "report_minor", "source": marks.of("duty's source")}
    saved(boss.post(f"/desk/contacts/of/{desk}/duty/", duty))


def filled(page: Page) -> dict[str, Any]:
    """Return what the fields of a page's last form hold."""
    form = page.text.rsplit("<form", 1)[-1] if page.text.count("<form") == 1 else page.text
    found: dict[str, Any] = {}
    for field_tag in re.findall(r"<input[^>]*>", form):
        at = dict(re.findall(r'([\w-]+)="([^"]*)"', field_tag))
        if at.get("type") in {"checkbox", "radio"} and not re.search(r"\bchecked\b", field_tag):
            continue
        if "name" in at and at["name"] != "csrfmiddlewaretoken":
            found.setdefault(at["name"], []).append(at.get("value", ""))
    for name, inner in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = re.findall(r'<option value="([^"]*)"[^>]*\bselected', inner)
    return found


def referred(run: Run, tip_id: uuid.UUID, desk: Guest) -> None:
    """Refer the tip to an officer and write to each other, until the tip is finished."""
    marks, address = run.marks, f"/desk/tips/{tip_id}/refer"
    contacts = re.findall(rf'name="contacts" value="({UUID})"', desk.get(f"{address}/").text)
    sent = {
        "parts": PARTS, "words": marks.of("words to the agency"), "contacts": contacts,
        "incident_number": marks.of("incident"), "incident_agency": marks.of("incident's agency"),
    }  # fmt: skip
    refused = sent | {"words": marks.of("refused words"), "contacts": []}
    assert is_given_back(desk.post(f"{address}/approve/", refused))
    saved(desk.post(f"{address}/approve/", sent))
    officer = run.signed_in("officer")
    [task] = until(lambda: set(re.findall(rf"/officer/({UUID})/", officer.get("/officer/").text)), 30)
    address = f"/officer/{task}"
    assert is_given_back(officer.post(f"{address}/message/", {"words": marks.of("message while locked")}))
    assert officer.post("/vault/unlock/", {"passphrase": DEMO_PASSPHRASE}).status == 302
    assert is_given_back(officer.get(f"{address}/"))
    saved(officer.post(f"{address}/accept/"))
    incident = {"number": marks.of("officer's incident"), "agency": marks.of("officer's agency"), "holds": "yes"}
    saved(officer.post(f"{address}/incident/", incident))
    assert is_given_back(officer.post(f"{address}/outcome/", {"words": marks.of("refused outcome")}))
    saved(officer.post(f"{address}/message/", {"words": marks.of("officer's message")}))
    saved(officer.post(f"{address}/outcome/", {"result": "helped", "may_tell": "yes", "words": marks.of("outcome")}))
    for file in ("handover.pdf", "handover.eido.json"):
        assert officer.get(f"{address}/{file}").status == 200
    assert officer.post(f"{address}/decline/", {"reason": marks.of("reason to decline")}).status == 409
    at_desk = f"/desk/tips/{tip_id}/refer"
    saved(desk.post(f"{at_desk}/handovers/{task}/message/", {"words": marks.of("desk's message")}))
    by_phone(run, desk)
    assert desk.post(f"{at_desk}/feedback/", {"sentence": marks.of("sentence that is none")}).status == 200
    saved(desk.post(f"{at_desk}/feedback/", {"sentence": "acted"}))
    with a_fault(run, "tips_entry"):
        assert desk.post(f"/desk/tips/{tip_id}/note/", {"note": marks.of("note at a fault")}).status == 500
    saved(desk.post(f"/desk/tips/{tip_id}/finish/", {"outcome": "passed_on", "words": marks.of("words of the end")}))


def by_phone(run: Run, desk: Guest) -> None:
    """Refer a second tip to a contact without a key, and write down what was said to them."""
    sending = phone_at(run.service.port).sealed()
    assert desk.asks("PUT", f"/notice/tips/{sending.tip_id}", sending.raw(), {"Content-Type": SEALED}).status == 201
    tip, address = f"/desk/tips/{sending.tip_id}", f"/desk/tips/{sending.tip_id}/refer"
    saved(desk.post(f"{tip}/claim/"))
    assert desk.get(f"{tip}/read/").status == 200
    saved(desk.post(f"{tip}/assess/", ASSESSED))
    [*_, last] = re.findall(rf'name="contacts" value="({UUID})"', desk.get(f"{address}/").text)
    words = run.marks.of("words to read out")
    saved(desk.post(f"{address}/approve/", {"parts": PARTS, "words": words, "contacts": [last]}))
    [call] = until(lambda: set(re.findall(rf"{address}/handovers/{UUID}/call/", desk.get(f"{address}/").text)), 30)
    assert words in desk.get(f"{address}/").text
    said = {name: run.marks.of(f"call, {name}") for name in ("name", "agency", "number", "call_back", "words")}
    assert is_given_back(desk.post(call, said | {"name": ""}))
    saved(desk.post(call, said))


@contextmanager
def a_fault(run: Run, table: str) -> Iterator[None]:
    """Have the database refuse each new row of a table, as a fault of ours would make it do."""
    name = sql.Identifier(table)
    with psycopg.connect(run.admin, autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER TABLE {} ADD CONSTRAINT refused CHECK (false) NOT VALID").format(name))
        try:
            yield
        finally:
            admin.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT refused").format(name))


def in_the_directory(run: Run) -> None:
    """Enter an organisation, somebody who works there and how to reach it; look for words; meet a fault with a name."""
    marks, guest = run.marks, run.signed_in("coordinator")
    typed = {"name": marks.of("organisation"), "sector": "trucking", "region": "US-TX", "city": "Pecos"}
    place = saved(guest.post("/directory/organisations/new/", typed)).leads_to
    point = {"kind": "mail", "value": f"{marks.of('contact point')}@example.org"}
    point |= {"label": marks.of("point's label"), "source": marks.of("point's source")}
    saved(guest.post(f"{place}contact-points/new/", point))
    person = {"name": marks.of("person"), "language": "en", "title": marks.of("job title")}
    saved(guest.post(f"{place}people/new/", person))
    assert guest.get(f"/directory/?words={marks.of('search')}").status == 200
    with a_fault(run, "directory_organisation"):
        answer = guest.post("/directory/organisations/new/", typed | {"name": marks.of("name at a fault")})
    assert answer.status == 500


def with_an_account(run: Run) -> None:
    """Sign in wrongly, be invited, set up a second factor and a key, ask for a new password."""
    marks, guest = run.marks, run.guest()
    stranger = {"login": f"{marks.of('unknown address')}@example.org", "password": marks.of("unknown's password")}
    assert guest.post("/account/login/", stranger).status == 200
    wrong = {"login": "texas@demo.example", "password": marks.of("wrong password")}
    assert guest.post("/account/login/", wrong).status == 200
    assert guest.post("/account/login/", wrong | {"password": "look-around-the-demo"}).status == 302
    assert guest.post("/account/2fa/authenticate/", {"code": marks.of("wrong code")}).status == 200
    invited(run)


def invited(run: Run) -> None:
    """Invite somebody, who comes with the mail's address, sets all up, and forgets the password."""
    marks, admin, email = run.marks, run.signed_in("administrator"), f"{run.marks.of('invited address')}@example.org"
    offer = {"email": email, "name": marks.of("invited name"), "language": "en", "role": "advocate", "region": ""}
    assert is_given_back(admin.post("/account/people/invite/", offer | {"email": marks.of("address that is none")}))
    with a_fault(run, "accounts_invitation"):
        failing = offer | {
            "email": f"{marks.of('address at a fault')}@example.org",
            "name": marks.of("name at a fault"),
        }
        assert admin.post("/account/people/invite/", failing).status == 500
    saved(admin.post("/account/people/invite/", offer))
    [path, token] = re.findall(r"(/account/invitation/[\w-]+/([\w-]+)/)", text_of(run.mailbox.wait_for(email)))[0]
    run.secrets["token of an invitation"] = token
    guest, password = run.guest(), f"{marks.of('password')}{UNLIKE_A_NAME}"
    typed = {"name": marks.of("own name"), "password1": password, "password2": marks.of("other password")}
    assert guest.post(path, typed).status == 200
    assert guest.get(path.replace(token, marks.of("token that is none"))).status == 404
    saved(guest.post(path, typed | {"password2": password}))
    run.secrets["secret of an app"], codes = guest.sets_up_second_factor()
    run.secrets |= {f"recovery code {number}": code for number, code in enumerate(codes)}
    phrase = {"passphrase": marks.of("passphrase"), "again": marks.of("other passphrase")}
    assert guest.post("/vault/set-up/", phrase).status == 200
    shown = guest.post("/vault/set-up/", phrase | {"again": phrase["passphrase"]})
    [run.secrets["recovery key"]] = re.findall(r'class="mono"><strong>([^<]+)<', shown.text)
    lost = {"recovery_key": marks.of("wrong recovery key"), "passphrase": phrase["passphrase"], "again": "x"}
    assert guest.post("/vault/recover/", lost).status == 200
    assert guest.post("/vault/unlock/", {"passphrase": phrase["passphrase"]}).status == 302
    forgotten(run, email)


def forgotten(run: Run, email: str) -> None:
    """Ask for a new password, and set it with the address of the mail."""
    guest = run.guest()
    saved(guest.post("/account/password/reset/", {"email": email}))
    mail = text_of(run.mailbox.wait_for(email, "assword"))
    [[path, key]] = re.findall(r"(/account/password/reset/key/\w+?-([\w-]+)/)", mail)
    run.secrets["key of a password reset"] = key
    form = saved(guest.get(path)).leads_to
    password = f"{run.marks.of('new password')}{UNLIKE_A_NAME}"
    guest.post(form, {"password1": password, "password2": run.marks.of("other new password")})
    saved(guest.post(form, {"password1": password, "password2": password}))
