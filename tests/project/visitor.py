"""Signing in to a running service without a browser."""

import re
from http.cookies import SimpleCookie

from tests.project.installation import Answer, Service

PASSWORD = "look-around-the-demo"
TYPED = "typed-by-mistake-4711"


def cookie_header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _keep(cookies: dict[str, str], answer: Answer) -> None:
    for line in answer.cookies:
        cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items() if morsel.value})


def sign_in(service: Service) -> dict[str, str]:
    """Type a wrong password, then the right one and the code; the cookies of the session."""
    cookies: dict[str, str] = {}
    email = "coordinator@demo.example"
    for path, field in (("/account/login/", {"password": TYPED}), ("/account/login/", {"password": PASSWORD})):
        answer = _post(service, path, cookies, {"login": email, **field})
    assert (answer.status, answer.headers["location"]) == (302, "/account/2fa/authenticate/")
    row = re.search(rf"{email}.*?(\d{{6}})", service.ask("/demo/").body, re.DOTALL)
    assert row
    answer = _post(service, "/account/2fa/authenticate/", cookies, {"code": row[1]})
    assert answer.status == 302, answer.body
    assert service.ask("/directory/", {"Cookie": cookie_header(cookies)}).status == 200
    return {name: value for name, value in cookies.items() if name in {"sessionid", "csrftoken"}}


def _post(service: Service, path: str, cookies: dict[str, str], form: dict[str, str]) -> Answer:
    page = service.ask(path, {"Cookie": cookie_header(cookies)})
    _keep(cookies, page)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
    assert token, page.body
    headers = {"Cookie": cookie_header(cookies), "Origin": f"http://localhost:{service.port}"}
    answer = service.ask(path, headers, form={"csrfmiddlewaretoken": token[1], **form})
    _keep(cookies, answer)
    return answer
