"""Staff log in at a real OpenID provider, as a browser would: from page to page, by links, forms and redirections."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from estimator.pages.staff import LOGIN, LOGOUT, START
from estimator.web.login import AT_PROVIDER, BACK
from estimator.web.provider import ProviderSettings
from estimator.web.sessions import COOKIE
from tests.web.oidc.running import CLIENT, SECRET, RunningProvider
from tests.web.staff import HOST, TO_LOOK_AT, access_for_tests, app_of, session_in


def told(request: Request) -> Response:
    return JSONResponse({"roles": sorted(request.state.staff.roles), "name": request.state.staff.name})


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    with RunningProvider(HOST + BACK) as running:
        yield running


@pytest.fixture
def settings(provider: RunningProvider) -> ProviderSettings:
    return ProviderSettings(provider.issuer, CLIENT, SECRET)


def app_at(settings: ProviderSettings) -> Starlette:
    access = access_for_tests(provider=settings)
    return app_of(access, access.route("/balie", told, "desk"), access.route("/beleid", told, "policy"))


class Browser:
    """Goes to the service and to the provider, follows redirections, and fills in forms."""

    def __init__(self, web: httpx.AsyncClient) -> None:
        self.web = web

    async def go(self, url: str) -> httpx.Response:
        self.at = await self.web.get(url, headers=TO_LOOK_AT)
        return self.at

    async def press(self, **filled: str) -> httpx.Response:
        """Send the form of the page with what is filled in."""
        action = unescape(re.search(r'<form[^>]* action="([^"]*)"', self.at.text)[1])
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', self.at.text))
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(str(self.at.url)))
        sent = {"data": {**hidden, **filled}, "headers": {**TO_LOOK_AT, "Origin": origin}}
        self.at = await self.web.post(self.at.url.join(action), **sent)
        return self.at

    async def log_in(self, name: str, after: str = START) -> httpx.Response:
        """From the login page, as somebody whom the provider knows under this name."""
        form = await self.go(f"{HOST}{LOGIN}?next={after}")
        link = unescape(re.search(r'<a class="button" href="([^"]*)">Inloggen met uw werkaccount</a>', form.text)[1])
        await self.go(HOST + link)
        await self.press(login=name, password="any")
        return await self.press()  # consent

    @property
    def heading(self) -> str:
        return unescape(re.search(r"<h1[^>]*>(.*?)</h1>", self.at.text)[1])


def surf(app: Starlette, what: Callable[[Browser], Coroutine[Any, Any, None]]) -> None:
    """Let somebody surf; the service is at its address, everything else where it is."""

    async def go() -> None:
        mounts = {HOST: httpx.ASGITransport(app)}
        async with httpx.AsyncClient(mounts=mounts, follow_redirects=True, trust_env=False) as web:
            await what(Browser(web))

    asyncio.run(go())


@pytest.mark.parametrize(
    ("name", "roles", "after"), [("desk", ["desk"], "/balie"), ("policy", ["policy"], "/beleid"),
                                 ("desk policy other", ["desk", "policy"], "/balie")],
)  # fmt: skip
def test_somebody_logs_in_with_the_roles_that_the_provider_tells(
    settings: ProviderSettings, name: str, roles: list[str], after: str
) -> None:
    async def deed(browser: Browser) -> None:
        page = await browser.log_in(name, after)
        assert str(page.url) == HOST + after
        assert page.json() == {"roles": roles, "name": f"Mw. {name}"}
        assert sorted(session_in(browser.web.cookies)) == ["began", "id", "name", "roles"]  # nothing of the way here

    surf(app_at(settings), deed)


def test_a_role_of_the_provider_opens_only_its_own_pages(settings: ProviderSettings) -> None:
    async def deed(browser: Browser) -> None:
        await browser.log_in("policy")
        assert "U bent ingelogd als Mw. policy." in browser.at.text
        assert (await browser.go(f"{HOST}/balie")).status_code == 403

    surf(app_at(settings), deed)


def test_roles_may_be_inside_a_claim_that_only_the_userinfo_tells(provider: RunningProvider) -> None:
    async def deed(browser: Browser) -> None:
        assert (await browser.log_in("nested desk", "/balie")).json()["roles"] == ["desk"]

    surf(app_at(ProviderSettings(provider.issuer, CLIENT, SECRET, "account.roles")), deed)


@pytest.mark.parametrize("name", ["other", "nested desk"])
def test_somebody_without_a_role_is_told_so_and_not_let_in(settings: ProviderSettings, name: str) -> None:
    async def deed(browser: Browser) -> None:
        page = await browser.log_in(name)
        assert (page.status_code, browser.heading) == (403, "U hebt nog geen rol")
        assert COOKIE not in browser.web.cookies
        assert str((await browser.go(f"{HOST}/balie")).url).startswith(HOST + LOGIN)

    surf(app_at(settings), deed)


def test_the_provider_is_asked_with_a_code_challenge_a_state_and_a_nonce(settings: ProviderSettings) -> None:
    async def deed(browser: Browser) -> None:
        away = await browser.web.get(HOST + AT_PROVIDER, headers=TO_LOOK_AT, follow_redirects=False)
        asked = parse_qs(urlsplit(away.headers["location"]).query)
        assert asked["response_type"] == ["code"]
        assert asked["code_challenge_method"] == ["S256"]
        assert {"code_challenge", "state", "nonce"} <= set(asked)
        assert asked["redirect_uri"] == [HOST + BACK]
        assert away.headers["cache-control"] == "no-store"

    surf(app_at(settings), deed)


@pytest.mark.parametrize("query", ["code=x&state=y", "code=x", "", "error=access_denied&state=y"])
def test_who_comes_back_without_having_gone_is_not_let_in(settings: ProviderSettings, query: str) -> None:
    async def deed(browser: Browser) -> None:
        page = await browser.go(f"{HOST}{BACK}?{query}")
        assert (page.status_code, browser.heading) == (400, "Het inloggen is niet afgemaakt")

    surf(app_at(settings), deed)


def test_a_code_of_somebody_else_is_worth_nothing_with_another_state(settings: ProviderSettings) -> None:
    async def deed(browser: Browser) -> None:
        await browser.go(HOST + AT_PROVIDER)
        await browser.press(login="desk", password="any")
        browser.web.follow_redirects = False
        back = await browser.press()
        while not back.headers["location"].startswith(HOST):
            back = await browser.go(str(back.url.join(back.headers["location"])))
        browser.web.follow_redirects = True
        await browser.go(re.sub(r"state=[^&]*", "state=another", back.headers["location"]))
        assert (browser.at.status_code, browser.heading) == (400, "Het inloggen is niet afgemaakt")
        browser.web.cookies.clear()  # the browser of somebody who was led here
        await browser.go(back.headers["location"])
        assert browser.at.status_code == 400

    surf(app_at(settings), deed)


def test_breaking_off_at_the_provider_leads_back_to_the_login(settings: ProviderSettings) -> None:
    async def deed(browser: Browser) -> None:
        form = await browser.go(HOST + AT_PROVIDER)
        abort = unescape(re.search(r'href="([^"]*/abort)"', form.text)[1])
        await browser.go(str(form.url.join(abort)))
        assert (browser.at.status_code, browser.heading) == (400, "Het inloggen is niet afgemaakt")
        assert f'href="{LOGIN}"' in browser.at.text

    surf(app_at(settings), deed)


@pytest.mark.parametrize("when", ["from the start", "on the way back"])
def test_a_provider_that_is_down_is_a_page_in_words(when: str, caplog: pytest.LogCaptureFixture) -> None:
    with RunningProvider(HOST + BACK) as running:
        app = app_at(ProviderSettings(running.issuer, CLIENT, SECRET))

        async def deed(browser: Browser) -> None:
            if when == "from the start":
                running.process.kill()
                running.process.wait()
                await browser.go(HOST + AT_PROVIDER)
            else:
                await browser.go(HOST + AT_PROVIDER)
                await browser.press(login="desk", password="any")
                browser.web.follow_redirects = False
                back = await browser.press()
                while not back.headers["location"].startswith(HOST):
                    back = await browser.go(str(back.url.join(back.headers["location"])))
                running.process.kill()
                running.process.wait()
                await browser.go(back.headers["location"])
            assert (browser.at.status_code, browser.heading) == (502, "Inloggen met uw werkaccount lukt nu niet")
            assert (await browser.go(HOST + LOGIN)).status_code == 200

        surf(app, deed)
    assert "no login at the provider: ConnectError" in caplog.text
    assert "code=" not in caplog.text


def test_a_provider_that_doesn_t_know_us_is_a_page_in_words(provider: RunningProvider) -> None:
    async def deed(browser: Browser) -> None:
        await browser.log_in("desk")
        assert (browser.at.status_code, browser.heading) == (502, "Inloggen met uw werkaccount lukt nu niet")

    surf(app_at(ProviderSettings(provider.issuer, CLIENT, "another secret")), deed)


def test_an_issuer_that_calls_itself_otherwise_is_not_believed(provider: RunningProvider) -> None:
    async def deed(browser: Browser) -> None:
        await browser.go(HOST + AT_PROVIDER)
        assert browser.at.status_code == 502

    surf(app_at(ProviderSettings(provider.issuer.replace("127.0.0.1", "localhost"), CLIENT, SECRET)), deed)


def test_after_logging_out_there_is_a_way_to_log_out_at_the_provider_too(settings: ProviderSettings) -> None:
    async def deed(browser: Browser) -> None:
        await browser.log_in("desk")
        copied = browser.web.cookies[COOKIE]
        await browser.press()  # the only form of the start
        assert str(browser.at.url) == HOST + LOGOUT
        assert browser.heading == "U bent uitgelogd"
        elsewhere = unescape(re.search(r'href="(http[^"]*)">Uitloggen bij uw werkaccount', browser.at.text)[1])
        assert (await browser.go(elsewhere)).status_code == 200
        browser.web.cookies.set(COOKIE, copied, "example.nl")
        assert browser.web.cookies[COOKIE] == copied
        assert str((await browser.go(f"{HOST}/balie")).url).startswith(HOST + LOGIN)

    surf(app_at(settings), deed)
