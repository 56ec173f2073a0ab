"""Somebody without a script, and the application as a server would ask it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp

from estimator.files import project_folder
from estimator.municipal_files import MunicipalFiles
from estimator.municipalities import read_municipalities
from estimator.pages.site import Site
from estimator.rules import law
from estimator.texts import Texts
from estimator.web.headers import Headers
from estimator.web.plain import PlainPages

NOW = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 - what a clock on the wall shows
MUNICIPALITIES = MunicipalFiles(read_municipalities(project_folder("content") / "municipalities"))
SITE = Site(law(), MUNICIPALITIES, None, NOW.date(), date.today)
NL = Texts("nl")
SINGLE = {
    "municipality": "unknown", "provisions": "domestic_help", "age": "pension", "household": "single", "facts": "none",
    "income": "24500-30499", "savings": "0-37394",
}  # fmt: skip
COUPLE = {
    **SINGLE, "household": "couple", "partner_age": "adult", "income": "34000-39999", "savings": "0-74789",
}  # fmt: skip
KEPT = '{"answers":{"municipality":["unknown"],"provisions":["other_aid"],"age":["pension"]},"page":"household"}'

URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
IN_PARTS = {"Content-Type": "multipart/form-data; boundary=b"}

Sent = Mapping[str, str | list[str]]


class Client:
    """Sends requests to the application as a server would."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def request(self, method: str, path: str, **sent: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://example.nl") as web:
                return await web.request(method, path, **sent)

        return asyncio.run(ask())

    def get(self, path: str, **sent: Any) -> httpx.Response:
        return self.request("GET", path, **sent)

    def post(self, path: str, **sent: Any) -> httpx.Response:
        return self.request("POST", path, **sent)


class Form(HTMLParser):
    """The forms of a page as a browser would send them, and what can be read on it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action, self.hidden, self.elsewhere, self.buttons = "", {}, {}, set()
        self.text, self._form, self._quiet = "", "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = "elsewhere" if named.get("id") == "elsewhere" else "main"
            if self._form == "main":
                self.action = named["action"]
        if tag == "input" and named["type"] == "hidden" and self._form:
            fields = self.hidden if self._form == "main" else self.elsewhere
            fields[named["name"]] = named["value"]
        if tag == "button":
            where = named.get("formaction") or named.get("form", self._form)
            self.buttons.add((where, named.get("name"), named.get("value")))
        if tag in ("style", "script"):
            self._quiet = tag

    def handle_endtag(self, tag: str) -> None:
        self._quiet = "" if tag == self._quiet else self._quiet

    def handle_data(self, data: str) -> None:
        self.text += "" if self._quiet else data


class Reader:
    """Somebody without a script: sends what a page's form has, and reads what comes."""

    def __init__(self, client: Client, locale: str = "nl") -> None:
        self.client = client
        self.arrived(client.get(f"/{locale}/plain/"))

    def arrived(self, answer) -> None:
        self.answer, self.html = answer, answer.text
        self.form = Form(self.html)

    @property
    def on_page(self) -> str:
        return re.search(r'data-page="(\w+)"', self.html)[1]

    @property
    def heading(self) -> str:
        words = re.sub(r"<[^>]+>", "", re.search(r"<h1.*?</h1>", self.html, re.DOTALL)[0])
        return words.replace("\u00a0", " ")

    def press(self, value: str, name: str = "go", **filled: str) -> None:
        """Press a button of the page's own form, which has to be there."""
        assert ("main", name, value) in self.form.buttons
        self.arrived(self.client.post(self.form.action, data={**self.form.hidden, **filled, name: value}))

    def press_elsewhere(self, value: str, action: str = "elsewhere") -> None:
        """Press a button in the header or the footer."""
        assert (action, "go", value) in self.form.buttons
        address = self.form.action if action == "elsewhere" else action
        self.arrived(self.client.post(address, data={**self.form.elsewhere, "go": value}))

    def interview(self, answers: Mapping[str, str]) -> list[str]:
        asked = []
        while self.on_page != "overview":
            asked.append(self.on_page)
            value = answers.get(self.on_page, "" if self.on_page == "cost" else "unknown")
            self.press("next", **{self.on_page: value})
        return asked

    def result(self, answers: Mapping[str, str]) -> list[str]:
        asked = self.interview(answers)
        self.press("result")
        assert self.on_page == "result"
        return asked


def client_of(site: Site) -> Client:
    pages = PlainPages(site, "/assets/1", ("tokens.css", "screen.css"), lambda: NOW)
    app = Starlette(routes=pages.routes(), exception_handlers=pages.handlers())
    app.add_middleware(Headers)
    return Client(app)
