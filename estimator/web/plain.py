"""The pages without a script: the same as the live ones, with the answers in the body of each form and nowhere else.

Each answer of the server is a whole document under a policy that lets no script run. What can't be read ends in a page
that says so, with nothing in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive

from estimator.files import LOCALES
from estimator.pages import document
from estimator.pages import visit as visits
from estimator.pages.articles import ANSWERS
from estimator.pages.message import MessageKind
from estimator.pages.render import render
from estimator.pages.request import Context
from estimator.pages.show import page_urls, plain_urls, request_of, show_plain, show_plain_message, text_context
from estimator.pages.site import Site
from estimator.pages.toolkit import PAPER_SIZES, PaperSize
from estimator.pages.visit import ASIDE, PAPER, TOOLKIT, WITH_PAGES_BELOW, Fields, Visit, fields_of
from estimator.printing.press import printed
from estimator.printing.summary import summary_pdf
from estimator.printing.toolkit import sheet_of
from estimator.texts import Texts
from estimator.web.addresses import base, first_part, home_of, locale_of
from estimator.web.mistakes import log_mistake

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY}
NOT_INDEXED = "noindex"
PDF = "pdf"
TEXT, DOWNLOAD = "text", "download"  # what there is of a page besides the page
# More than the longest interview takes.
MOST_BYTES, MOST_FIELDS = 64 * 1024, 128
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
MESSAGES: Mapping[int, MessageKind] = {
    400: "not_understood", 404: "not_found", 405: "not_understood", 413: "too_large", 415: "not_understood",
}  # fmt: skip

# The parser of forms warns with what it found in a body.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class PlainPages:
    """Answers requests with whole pages. ``assets`` is the address of our own files; ``now`` gives the time."""

    site: Site
    assets: str
    stylesheets: Sequence[str]
    now: Callable[[], datetime]

    def routes(self) -> list[Route]:
        """The addresses in every language."""
        steps = [Route(url, self.page, methods=["GET", "POST"]) for url in plain_urls("").values()]
        aside = [url for name in ASIDE for url in page_urls(name, "").values()]
        below = [f"{url}{{name}}/" for name in WITH_PAGES_BELOW for url in page_urls(name, "").values()]
        parts = [f"{url}{{name}}/{TEXT}/" for url in page_urls(ANSWERS, "").values()]
        toolkit = [] if self.site.kiosk else [f"{url}{{name}}" for url in page_urls(TOOLKIT, "").values()]
        sheets = {size: partial(self.toolkit_sheet, size=size) for size in PAPER_SIZES}
        return [
            *steps,
            *(Route(url, self.aside) for url in (*aside, *below)),
            *(Route(url, self.text) for url in parts),
            *(Route(f"{url}/{DOWNLOAD}/", self.download) for url in toolkit),
            *(Route(f"{url}/{size}/", make) for url in toolkit for size, make in sheets.items()),
        ]

    async def page(self, request: Request) -> Response:
        """The first question, or the page after a form."""
        if request.method != "POST":
            return self._first(request, visits.begun(self.site.setting))
        try:
            fields = await _fields(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        if PDF not in fields.get("go", ()):
            return self._after(request, fields)
        if self.site.kiosk:
            raise HTTPException(404)  # as the other files, which have no address there
        return await self._sheet(request, fields)

    async def refused(self, request: Request, problem: Exception) -> Response:
        """A page of ours for a request that can't be answered, in the language of its address or its reader."""
        status = problem.status_code if isinstance(problem, HTTPException) else 400
        headers = problem.headers if isinstance(problem, HTTPException) else None
        visit = Visit("") if request.url.path.endswith("/plain/") else None
        return self._message(request, MESSAGES[status], status, visit, headers)

    def _after(self, request: Request, fields: Fields) -> Response:
        texts, setting = _texts(request), self.site.setting
        visit = visits.begun(setting)
        try:
            visit = visits.restored(next(iter(fields.get("state", ())), None), setting)
            after = visits.submitted(visit, fields_of(fields), setting, texts)
            context, fragment = show_plain(self.site, texts, after, self.now(), base(request))
        except Exception as error:
            log_mistake("no plain page", error)
            return self._message(request, "error", 500, visit)
        return self._document(request, context, fragment, NOT_INDEXED)

    async def _sheet(self, request: Request, fields: Fields) -> Response:
        """The outcome as PDF, for the answers in the body of the form; without all of them the page that is next."""
        texts, setting = _texts(request), self.site.setting
        visit = visits.went_to(visits.restored(next(iter(fields.get("state", ())), None), setting), PAPER, setting)
        if visit.page != PAPER:
            return self._after(request, {**fields, "go": ()})
        asked, paper = request_of(self.site, texts, visit, "pdf", self.now()), visits.paper_of(fields, texts.lang)
        try:
            made = await printed(summary_pdf, asked, paper, self.site.public_url)
        except Exception as error:
            log_mistake("no sheet", error)
            return self._message(request, "error", 500, visit)
        words = [str(setting.on), *paper.locales, *([texts("paper.file.large")] if paper.large else [])]
        name = quote(f"bijdragewijzer-{'-'.join(words)}.pdf")
        more = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "no-store"}
        return Response(made, media_type="application/pdf", headers={**HEADERS, **more})

    async def aside(self, request: Request) -> Response:
        """A page beside the interview, by its address. Raises ``HTTPException`` where there is none."""
        setting = self.site.setting
        return self._first(request, visits.went_to(visits.begun(setting), _page_of(request), setting))

    async def text(self, request: Request) -> Response:
        """An article without what stands around it, for a script to put into a page."""
        context = self._below(request, TEXT)
        headers = {**HEADERS, "X-Robots-Tag": NOT_INDEXED}
        return HTMLResponse(f"{context['text'].answer}{context['text'].rest}", headers=headers)

    async def download(self, request: Request) -> Response:
        """A piece of the toolkit as one file, to print or to change."""
        context = self._below(request, DOWNLOAD)
        name = f"{request.path_params['name']}-{context['locale']}.html"
        more = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HTMLResponse(render("download.html", context), headers={**HEADERS, **more})

    async def toolkit_sheet(self, request: Request, size: PaperSize) -> Response:
        """A piece of the toolkit, or the blank form, as PDF. Raises ``HTTPException`` where it isn't offered."""
        name, texts = request.path_params["name"], _texts(request)
        asked = request_of(self.site, texts, Visit(TOOLKIT), PDF, self.now())
        make = sheet_of(name, size, asked)
        if make is None:
            raise HTTPException(404)
        try:
            made = await printed(make)
        except Exception as error:
            log_mistake("no sheet of the toolkit", error)
            return self._message(request, "error", 500)
        more = {"Content-Disposition": f'attachment; filename="{name}-{texts.lang}-{size}.pdf"'}
        return Response(made, media_type="application/pdf", headers={**HEADERS, **more})

    def _below(self, request: Request, part: str) -> Context:
        """What a page below another is filled with. Raises ``HTTPException`` where there is none."""
        page = _page_of(request).removesuffix(f"/{part}")
        context = text_context(self.site, _texts(request), page, self.now(), base(request))
        if context is None:
            raise HTTPException(404)
        return context

    def _first(self, request: Request, visit: Visit) -> Response:
        """A page that anybody may be given: without answers."""
        before = base(request)
        context, fragment = show_plain(self.site, _texts(request), visit, self.now(), before)
        if visits.is_aside(visit.page) and context["page"] != visit.page:
            raise HTTPException(404)
        return self._document(request, context, fragment, alternates=page_urls(visit.page, home_of(self.site, request)))

    def _message(
        self,
        request: Request,
        kind: MessageKind,
        status: int,
        visit: Visit | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        shown = show_plain_message(self.site, _texts(request), kind, self.now(), base(request), visit)
        return self._document(request, *shown, NOT_INDEXED, status, headers)

    def _document(
        self,
        request: Request,
        context: Context,
        fragment: str,
        robots: str = "",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        alternates: Mapping[str, str] = MappingProxyType({}),
    ) -> Response:
        folder = base(request) + self.assets
        sheets, icon = [f"{folder}/{sheet}" for sheet in self.stylesheets], f"{folder}/favicon.svg"
        html = document(context, fragment, sheets, icon, robots, alternates)
        more = {"X-Robots-Tag": robots} if robots else {}
        return HTMLResponse(html, status, {**HEADERS, **more, **(headers or {})})


def _page_of(request: Request) -> str:
    """The name of a page beside the interview: its address without the language."""
    language = first_part(request.scope)
    return request.url.path.removeprefix(request.scope.get("root_path", "")).strip("/").removeprefix(f"{language}/")


async def _fields(request: Request) -> dict[str, list[str]]:
    """The fields of a form. Raises ``HTTPException`` for what is none, or is larger than any of ours."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FORM_TYPES:
        raise HTTPException(415)
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise HTTPException(413)
    limited = Request(request.scope, _limited(request.receive))
    form = await limited.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES)
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields.setdefault(name, []).append(value)
    return fields


def _limited(read: Receive) -> Receive:
    """The same, stopping at a body that is larger than any of ours, whatever it said of its length."""
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await read()
        taken += len(message.get("body", b""))
        if taken > MOST_BYTES:
            raise HTTPException(413)
        return message

    return receive


def _texts(request: Request) -> Texts:
    return Texts(locale_of(request, LOCALES))
