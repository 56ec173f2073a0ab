"""What a municipality hands out, as files for staff: each piece of the toolkit on paper and to change, a blank form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from estimator.files import LOCALES
from estimator.pages.materials import CHOSEN, PATH, TEXT, materials_context, pdf_name
from estimator.pages.render import render
from estimator.pages.show import request_of, text_context
from estimator.pages.site import Site
from estimator.pages.staff import StaffLink
from estimator.pages.toolkit import PAPER_SIZES, PaperSize
from estimator.pages.visit import TOOLKIT, Visit
from estimator.printing.press import printed
from estimator.printing.toolkit import sheet_of
from estimator.texts import Texts
from estimator.web.access import TEXTS, Access
from estimator.web.addresses import base

LINK = StaffLink(PATH, "post.materials.title", None)


@dataclass(frozen=True)
class MaterialPages:
    """The list, and the files. ``now`` gives the time."""

    site: Site
    access: Access
    now: Callable[[], datetime]

    def routes(self) -> list[Route]:
        """The addresses: those of a file have the language, the piece and the size."""
        below = f"{PATH}/{{locale}}/{{name}}"
        sheets = {size: partial(self.sheet, size=size) for size in PAPER_SIZES}
        return [
            self.access.route(PATH, self.page, None),
            *(self.access.route(f"{below}/{pdf_name(size)}", make, None) for size, make in sheets.items()),
            self.access.route(f"{below}/{TEXT}", self.text, None),
        ]

    def page(self, request: Request) -> Response:
        """Every piece, with its files."""
        site, before = self._site(request), base(request)
        asked = request_of(site, TEXTS, Visit(TOOLKIT), "staff", self.now(), before)
        offered = {} if self.site.fixed else self.site.municipalities
        context = materials_context(asked, before, offered, "" if self.site.fixed else site.fixed or "")
        return self.access.page(
            request, "materials.html", context, here=PATH, heading=TEXTS("post.materials.heading"),
            stylesheets=("post.css",),
        )  # fmt: skip

    async def sheet(self, request: Request, size: PaperSize) -> Response:
        """A piece, or the blank form, as PDF. Raises ``HTTPException`` where it isn't there."""
        texts, name = _texts(request), request.path_params["name"]
        asked = request_of(self._site(request), texts, Visit(TOOLKIT), "pdf", self.now())
        make = sheet_of(name, size, asked)
        if make is None:
            raise HTTPException(404)
        more = {"Content-Disposition": f'attachment; filename="{name}-{texts.lang}-{size}.pdf"'}
        return Response(await printed(make), media_type="application/pdf", headers=more)

    def text(self, request: Request) -> Response:
        """A piece as a file to change. Raises ``HTTPException`` where it isn't there."""
        site, texts, name = self._site(request), _texts(request), request.path_params["name"]
        if name not in site.library.toolkit.get(texts.lang, {}):
            raise HTTPException(404)
        context = text_context(site, texts, f"{TOOLKIT}/{name}", self.now(), base(request))
        more = {"Content-Disposition": f'attachment; filename="{name}-{texts.lang}.html"'}
        return HTMLResponse(render("download.html", context or {}), headers=more)

    def _site(self, request: Request) -> Site:
        """As of the municipality that was chosen, where none is fixed. Raises ``HTTPException`` for an unknown one."""
        code = request.query_params.get(CHOSEN, "")
        site = self.site.as_now()
        if site.fixed or not code:
            return site
        if code not in site.municipalities:
            raise HTTPException(404)
        return replace(site, fixed=code)


def _texts(request: Request) -> Texts:
    if request.path_params["locale"] not in LOCALES:
        raise HTTPException(404)
    return Texts(request.path_params["locale"])
