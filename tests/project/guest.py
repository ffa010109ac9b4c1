"""Somebody with a browser at a running service, as far as forms and cookies go: signs in with a second factor, sends what was typed."""

import http.client
import re
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from waywatch.accounts.demo import PASSWORD, totp_code

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Page:
    """What was answered, and where it leads."""

    status: int
    body: bytes
    leads_to: str

    @property
    def text(self) -> str:
        """Return the words of it."""
        return self.body.decode(errors="replace")


@dataclass
class Guest:
    """Keeps cookies, and proves with each form that it comes from a page of the service."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Page:
        """Open a page."""
        return self.asks("GET", path, None, headers)

    def post(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> Page:
        """Send a form."""
        if "csrftoken" not in self.cookies:
            self.get("/account/login/")
        proof = {"X-CSRFToken": self.cookies["csrftoken"], "Origin": f"http://localhost:{self.port}"}
        return self.asks(
            "POST", path, urlencode(form or {}, doseq=True).encode(), {"Content-Type": FORM} | proof | headers
        )

    def asks(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Page:
        """One request on a connection of its own, no redirect followed."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {"Host": f"localhost:{self.port}", "Cookie": cookie} | self.headers | headers
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            return Page(answer.status, answer.read(), answer.headers.get("Location") or "")
        finally:
            connection.close()

    def signs_in(self, email: str, password: str = PASSWORD) -> Page:
        """Give address and password, then the code that the page of the demonstration shows."""
        answer = self.post("/account/login/", {"login": email, "password": password})
        assert answer.leads_to == "/account/2fa/authenticate/", answer.text
        [code] = re.findall(rf"{email}.*?(\d{{6}})", Guest(self.port).get("/demo/").text, re.DOTALL)
        answer = self.post("/account/2fa/authenticate/", {"code": code})
        assert answer.status == 302, answer.text
        return answer

    def sets_up_second_factor(self) -> tuple[str, list[str]]:
        """Set up an authenticator app; return its secret and the recovery codes."""
        [secret] = re.findall(r'<code class="mono">(\w+)</code>', self.get("/account/2fa/totp/activate/").text)
        answer = self.post("/account/2fa/totp/activate/", {"code": totp_code(secret, int(time.time()))})
        assert answer.status == 302, answer.text
        codes = re.findall(r"<li>([\w-]{8,})</li>", self.get("/account/2fa/recovery-codes/").text)
        assert len(codes) > 1
        return secret, codes
