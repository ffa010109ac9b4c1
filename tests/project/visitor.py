"""Signing in to a running service without a browser."""

import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from tests.project.installation import Answer, Service

PASSWORD = "look-around-the-demo"
TYPED = "typed-by-mistake-4711"


def cookie_header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


@dataclass
class Visitor:
    """Somebody at a running service: keeps cookies, and sends each form with the token of its page.

    `headers` are what a proxy adds; `origin` is the address that a browser would show.
    """

    service: Service
    headers: dict[str, str] = field(default_factory=dict)
    origin: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask(path)

    def post(self, path: str, form: dict[str, str], page: Answer | None = None) -> Answer:
        """Open the page of a form, unless it is given, fill the form and send it."""
        page = page or self._ask(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
        assert token, page.body
        return self._ask(path, {"csrfmiddlewaretoken": token[1], **form})

    def _ask(self, path: str, form: dict[str, str] | None = None) -> Answer:
        headers = {**self.headers, "Cookie": cookie_header(self.cookies)}
        if form is not None:
            headers["Origin"] = self.origin or f"http://localhost:{self.service.port}"
        answer = self.service.ask(path, headers, form=form)
        for line in answer.cookies:
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items() if morsel.value})
        return answer


def sign_in(service: Service) -> dict[str, str]:
    """Type a wrong password, then the right one and the code; the cookies of the session."""
    visitor = Visitor(service)
    email = "coordinator@demo.example"
    for password in (TYPED, PASSWORD):
        answer = visitor.post("/account/login/", {"login": email, "password": password})
    assert (answer.status, answer.headers["location"]) == (302, "/account/2fa/authenticate/")
    row = re.search(rf"{email}.*?(\d{{6}})", service.ask("/demo/").body, re.DOTALL)
    assert row
    answer = visitor.post("/account/2fa/authenticate/", {"code": row[1]})
    assert answer.status == 302, answer.body
    assert visitor.get("/directory/").status == 200
    return {name: value for name, value in visitor.cookies.items() if name in {"sessionid", "csrftoken"}}
