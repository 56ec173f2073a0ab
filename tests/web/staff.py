"""Somebody of the staff, and the pages for staff as a server would be asked for them."""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx
from argon2 import PasswordHasher
from itsdangerous import TimestampSigner
from starlette.applications import Starlette
from starlette.routing import Route

from estimator.pages.staff import LOGIN, Role, StaffLink
from estimator.web.access import Access
from estimator.web.headers import Headers
from estimator.web.login import LoginPages
from estimator.web.logins import Logins
from estimator.web.plain import MESSAGES, PlainPages
from estimator.web.provider import ProviderSettings
from estimator.web.sessions import COOKIE
from tests.web.reader import NOW, SITE

HOST = "http://example.nl"
PASSPHRASE = "een lange wachtzin"
# Quicker to make than a real one, the same in every process, and held against what is typed in the same way.
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSPHRASE, salt=b"the same for all")
SECRET = "what signs the sessions of these tests"
FROM_US = {"Origin": HOST}
TO_LOOK_AT = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Mode": "navigate"}


def access_for_tests(
    links: Sequence[StaffLink] = (),
    notices: Callable[[], Sequence[str]] = tuple,
    *,
    public_url: str = "",
    provider: ProviderSettings | None = None,
) -> Access:
    """Guards pages for whoever knows the passphrase, or is known at the provider where there is one."""
    return Access(Logins(HASH, provider, SECRET), replace(SITE, public_url=public_url), "/assets/x", links, notices)


def app_of(access: Access, *routes: Route) -> Starlette:
    """The pages of an access, others that it guards, and the plain pages for everybody."""
    plain = PlainPages(SITE, "/assets/x", ("tokens.css", "screen.css"), lambda: NOW)
    app = Starlette(routes=[*LoginPages(access).routes(), *routes, *plain.routes()])
    app.add_middleware(Headers)
    for status in MESSAGES:
        app.add_exception_handler(status, plain.refused)
    return app


class StaffClient:
    """A browser with one tab: keeps cookies, doesn't follow redirections by itself, and says where its forms stood."""

    def __init__(self, app: Starlette, host: str = HOST, address: str = "192.0.2.1") -> None:
        self.app, self.host, self.address = app, host, address
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []  # by the last answer

    def request(self, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self.address, 1))
            async with httpx.AsyncClient(transport=transport, base_url=self.host, cookies=self.cookies) as web:
                return await web.request(method, path, headers=headers, **sent)

        answer = asyncio.run(ask())
        self.set_cookies = answer.headers.get_list("set-cookie")
        for line in self.set_cookies:
            name, value = re.match(r"([^=]+)=([^;]*)", line).groups()
            self.cookies[name] = value
            if "1970" in line:
                del self.cookies[name]
        return answer

    def go(self, path: str, **sent: Any) -> httpx.Response:
        """Go to a page, as by an address or a link."""
        return self.request("GET", path, TO_LOOK_AT, **sent)

    def post(self, path: str, **sent: Any) -> httpx.Response:
        """Send a form of a page of ours."""
        return self.request("POST", path, {**TO_LOOK_AT, "Origin": self.host}, **sent)

    def fetch(self, path: str, method: str = "GET", **sent: Any) -> httpx.Response:
        """As the script of a page of ours."""
        headers = {"Accept": "application/json", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
        return self.request(method, path, headers, **sent)

    def log_in(self, passphrase: str = PASSPHRASE, after: str = "") -> httpx.Response:
        """Fill in the login form and send it."""
        return self.post(LOGIN, data={"passphrase": passphrase, "next": after})


def logged_in(
    access: Access, app: Starlette, roles: Sequence[Role] = ("desk", "policy"), name: str = ""
) -> StaffClient:
    """A browser of somebody with these roles, as if they had just logged in."""
    session: dict[str, Any] = {}
    access.sessions.begin(session, roles, name)
    client = StaffClient(app)
    client.cookies.update(cookie_of(session))
    return client


class SignerOfEarlier(TimestampSigner):
    """Signs as it would have been signed some seconds ago."""

    seconds = 0

    def get_timestamp(self) -> int:
        return super().get_timestamp() - self.seconds


def cookie_of(session: Mapping[str, Any], seconds_ago: int = 0, secret: str = SECRET) -> dict[str, str]:
    signer = SignerOfEarlier(secret)
    signer.seconds = seconds_ago
    return {COOKIE: signer.sign(b64encode(json.dumps(session).encode())).decode()}


def session_in(cookies: Mapping[str, str]) -> dict[str, Any]:
    """What anybody can read in a cookie."""
    return dict(json.loads(b64decode(cookies[COOKIE].rsplit(".", 2)[0])))
