"""The pages without a script: the same as the live ones, with the answers in the body of each form and nowhere else.

Each answer of the server is a whole document under a policy that lets no script run. What can't be read ends in a page
that says so, with nothing in the log.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from estimator.files import LOCALES
from estimator.pages import document
from estimator.pages import visit as visits
from estimator.pages.articles import ANSWERS
from estimator.pages.message import MessageKind
from estimator.pages.render import render
from estimator.pages.request import Context
from estimator.pages.show import page_urls, plain_urls, request_of, show_plain, show_plain_message, text_context
from estimator.pages.site import Site
from estimator.pages.visit import ASIDE, PAPER, WITH_PAGES_BELOW, Fields, Visit, fields_of
from estimator.printing.press import BusyError, printed
from estimator.printing.summary import summary_pdf
from estimator.texts import Texts
from estimator.web.addresses import base, first_part, home_of, locale_of
from estimator.web.forms import read_form
from estimator.web.headers import PLAIN_POLICY
from estimator.web.mistakes import log_mistake

HEADERS = {"Content-Security-Policy": PLAIN_POLICY}
NOT_INDEXED = "noindex"
SOON = "10"  # seconds
PDF = "pdf"
TEXT = "text"  # what there is of an article besides its page
Handler = Callable[[Request, Exception], Awaitable[Response]]
MESSAGES: Mapping[int, MessageKind] = {
    400: "not_understood", 404: "not_found", 405: "not_understood", 413: "too_large", 415: "not_understood",
    429: "busy", 503: "busy",
}  # fmt: skip


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
        return [
            *steps,
            *(Route(url, self.aside) for url in (*aside, *below)),
            *(Route(url, self.text) for url in parts),
        ]

    def handlers(self) -> dict[int | type[Exception], Handler]:
        """What answers a request that can't be answered as asked, by its status or error."""
        return {**dict.fromkeys(MESSAGES, self.refused), BusyError: self.busy}

    async def page(self, request: Request) -> Response:
        """The first question, or the page after a form."""
        if request.method != "POST":
            return self._first(request, visits.begun(self.site.setting))
        try:
            fields = await read_form(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        if PDF not in fields.get("go", ()):
            return self._after(request, fields)
        if self.site.kiosk:
            raise HTTPException(404)  # nothing is saved there
        return await self._sheet(request, fields)

    async def refused(self, request: Request, problem: Exception) -> Response:
        """A page of ours for a request that can't be answered, in the language of its address or its reader."""
        status = problem.status_code if isinstance(problem, HTTPException) else 400
        headers = problem.headers if isinstance(problem, HTTPException) else None
        visit = Visit("") if request.url.path.endswith("/plain/") else None
        return self._message(request, MESSAGES[status], status, visit, headers)

    async def busy(self, request: Request, problem: Exception) -> Response:
        """A page that asks to wait: more sheets are asked for than can be made soon."""
        return self._busy(request)

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
            made = await printed(summary_pdf, asked, paper)
        except BusyError:
            return self._busy(request, visit)
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
        return HTMLResponse(render("text.html", context), headers=headers)

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

    def _busy(self, request: Request, visit: Visit | None = None) -> Response:
        return self._message(request, "busy", 503, visit, {"Retry-After": SOON})

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
        sheets = [f"{folder}/{sheet}" for sheet in (*self.stylesheets, *self.site.themes)]
        html = document(context, fragment, sheets, f"{folder}/favicon.svg", robots, alternates)
        more = {"X-Robots-Tag": robots} if robots else {}
        return HTMLResponse(html, status, {**HEADERS, **more, **(headers or {})})


def _page_of(request: Request) -> str:
    """The name of a page beside the interview: its address without the language."""
    language = first_part(request.scope)
    return request.url.path.removeprefix(request.scope.get("root_path", "")).strip("/").removeprefix(f"{language}/")


def _texts(request: Request) -> Texts:
    return Texts(locale_of(request, LOCALES))
