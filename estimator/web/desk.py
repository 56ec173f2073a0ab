"""The desk over HTTP: the form comes in the body, a whole page goes out; nothing of it is kept.

The page's script sends the form as it changes and takes the outcome out of the page that comes back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from estimator.exchange import comparison_data
from estimator.pages.conversation import FIRST, SECOND, alone, beside, read_conversation, with_row, without_row
from estimator.pages.desk import TEXTS, Desk, codes_of, desk_page
from estimator.pages.outcome import found
from estimator.pages.request import Context
from estimator.pages.site import Site
from estimator.pages.staff import LOGIN, StaffLink
from estimator.pages.visit import LONGEST_VALUE, Fields, paper_of
from estimator.printing.press import printed
from estimator.printing.summary import summary_pdf
from estimator.printing.toolkit import sheet_of
from estimator.texts import Texts
from estimator.web.access import Access
from estimator.web.addresses import base
from estimator.web.forms import read_form
from estimator.web.mistakes import log_mistake

PATH = "/balie"
LINK = StaffLink(PATH, "desk.title", "desk")
MOST_FIELDS = 512  # two households with all the provisions that there is room for
BRING = "conversation-checklist"  # the piece of the toolkit with what to bring
PDF, DATA = "application/pdf", "application/json"


@dataclass(frozen=True)
class DeskPages:
    """Answers the requests of the desk; ``now`` gives the time."""

    site: Site
    access: Access
    now: Callable[[], datetime]

    def routes(self) -> list[Route]:
        """The desk, and what it gives to take along."""
        return [
            self.access.route(PATH, self.page, LINK.role, methods=("GET", "POST")),
            self.access.route(f"{PATH}/pdf", self.sheet, LINK.role, methods=("POST",)),
            self.access.route(f"{PATH}/meenemen", self.bring, LINK.role, methods=("POST",)),
            self.access.route(f"{PATH}/json", self.data, LINK.role, methods=("POST",)),
        ]

    async def page(self, request: Request) -> Response:
        """The desk as it is after a button."""
        return await self._shown(request, await _fields(request) if request.method == "POST" else {})

    async def _shown(self, request: Request, sent: Fields) -> Response:
        return await run_in_threadpool(self._made, request, sent)

    def _made(self, request: Request, sent: Fields) -> Response:
        pressed = next(iter(sent.get("go", ())), "")
        fields, focus = _after(pressed, {name: values for name, values in sent.items() if name != "go"})
        desk = self._desk(request, fields)
        before = base(request)
        address = {"here_url": f"{before}{PATH}", "login_url": f"{before}{LOGIN}?next={quote(PATH)}"}
        context: Context = {**desk_page(desk), **address, "focus": focus, "owner": _owner(request)}
        heading = Texts(TEXTS)("desk.heading")
        return self.access.page(
            request, "desk.html", context, here=PATH, heading=heading, scripts=("desk.js",), stylesheets=("desk.css",)
        )

    async def sheet(self, request: Request) -> Response:
        """The summary of the first household, in the languages and letters that were asked for."""
        fields = await _fields(request)
        desk, paper = self._desk(request, fields), paper_of(fields, TEXTS)
        asked = desk.request(desk.conversation.first, paper.locales[0])
        if asked is None:
            return await self._shown(request, fields)
        return _file(await _made(summary_pdf, asked, paper), PDF, f"bijdrage-{desk.conversation.on}.pdf", inline=True)

    async def bring(self, request: Request) -> Response:
        """The list of what to bring to the conversation, in the language of the sheet."""
        fields = await _fields(request)
        desk, paper = self._desk(request, fields), paper_of(fields, TEXTS)
        asked = desk.request(desk.conversation.first, paper.locales[0])
        make = asked and sheet_of(BRING, "a4", asked)
        if make is None:
            raise HTTPException(404)
        return _file(await _made(make), PDF, f"{BRING}-{paper.locales[0]}.pdf", inline=True)

    async def data(self, request: Request) -> Response:
        """The estimate of the first household as data."""
        fields = await _fields(request)
        desk = self._desk(request, fields)
        asked = desk.request(desk.conversation.first)
        if asked is None:
            return await self._shown(request, fields)
        outcome = found(asked)
        data = comparison_data(outcome.compared, outcome.household, desk.conversation.code or None, asked.exact_now)
        made = json.dumps(data, ensure_ascii=False, indent=2).encode()
        return _file(made, DATA, f"bijdrage-{desk.conversation.on}.json", inline=False)

    def _desk(self, request: Request, fields: Fields) -> Desk:
        site = self.site.as_now()
        talk = read_conversation(fields, codes_of(site), site.fixed or "", site.setting.on, Texts(TEXTS))
        return Desk(site, talk, self.now(), base(request))


def _owner(request: Request) -> str:
    """Whose conversation a tab keeps: nothing in it leads back to the session."""
    return hashlib.sha256(str(request.session.get("id", "")).encode()).hexdigest()[:16]


async def _fields(request: Request) -> dict[str, tuple[str, ...]]:
    """The fields of the form."""
    sent = await read_form(request, MOST_FIELDS)
    return {name: tuple(value[:LONGEST_VALUE] for value in values) for name, values in sent.items()}


def _after(pressed: str, fields: Fields) -> tuple[Fields, str]:
    """The form after a button, and the field that the focus goes to."""
    if pressed == "new":
        return {}, "client_born"
    if pressed == "beside":
        return beside(fields), f"{SECOND}client_born"
    if pressed == "alone":
        return alone(fields), ""
    for prefix in (SECOND, FIRST):
        button = pressed.removeprefix(prefix) if pressed.startswith(prefix) else ""
        if button == "add":
            more, number = with_row(fields, prefix)
            return more, f"{prefix}kind.{number}"
        action, _, number_of = button.partition(".")
        if action == "remove" and number_of.isdecimal():
            return without_row(fields, prefix, int(number_of)), f"{prefix}kind.1"
    return fields, ""


async def _made(make: Callable[..., bytes], *given: object) -> bytes:
    try:
        return await printed(make, *given)
    except Exception as error:
        log_mistake("no sheet at the desk", error)
        raise HTTPException(500) from None


def _file(made: bytes, kind: str, name: str, inline: bool) -> Response:
    shown = "inline" if inline else "attachment"
    return Response(made, media_type=kind, headers={"Content-Disposition": f'{shown}; filename="{name}"'})
