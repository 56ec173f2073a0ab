"""The addresses of live pages: one for each language, and one more for each municipality with a site to show it in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from nicegui import app, ui
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from estimator.pages.render import render
from estimator.pages.show import plain_urls
from estimator.pages.site import EMBED, Site
from estimator.texts import Texts
from estimator.ui.resident import resident
from estimator.web.addresses import base, home_of

# NiceGUI's names of our languages, where they aren't the same.
NICEGUI_LANGUAGES = {"en": "en-GB"}
SCRIPTS = ("tools.js", "stage.js")
KIOSK_SCRIPT, EMBEDDED_SCRIPT = "kiosk.js", "embedded.js"


@dataclass(frozen=True)
class LivePages:
    """``assets`` is the address of our own files; ``refused`` answers a request for what isn't there."""

    site: Site
    assets: str
    stylesheets: Sequence[str]
    now: Callable[[], datetime]
    refused: Callable[[Request, Exception], Awaitable[Response]]

    def add(self, texts: Texts) -> None:
        """The addresses of a language."""
        language = NICEGUI_LANGUAGES.get(texts.lang, texts.lang)
        page = partial(ui.page, title=texts("product"), language=language)  # type: ignore[arg-type]

        @page(f"/{texts.lang}/")
        def alone(request: Request) -> None:
            kiosk = is_kiosk(self.site, request)
            self._show(self.site, texts, request, KIOSK_SCRIPT if kiosk else "", kiosk=kiosk)

        @page(f"/{texts.lang}/{EMBED}/{{code}}/")
        async def framed(request: Request, code: str) -> Response | None:
            site = self.site.embedded(code)
            if site is None:
                return await self.refused(request, HTTPException(404))
            self._show(site, texts, request, EMBEDDED_SCRIPT)
            return None

        app.add_route(f"/{texts.lang}/", _head, methods=["HEAD"])

    def _show(self, site: Site, texts: Texts, request: Request, script: str, *, kiosk: bool = False) -> None:
        """Build a live page; ``script`` is what it has besides those of all."""
        before = base(request)
        context = {
            "canonical": plain_urls(home_of(site, request))[texts.lang],
            "stylesheets": [f"{before}{self.assets}/{sheet}" for sheet in (*self.stylesheets, *site.themes)],
            "scripts": [f"{before}{self.assets}/{each}" for each in (*SCRIPTS, *([script] if script else ()))],
            "dir": texts.dir,
        }
        ui.add_head_html(render("live_head.html", context))
        resident(site, texts, before, self.now, kiosk)


def is_kiosk(site: Site, request: Request) -> bool:
    """Whether a request is for a page of a kiosk."""
    return site.kiosk or "kiosk" in request.query_params


def _head(request: Request) -> Response:
    """That a live page is there, without making one."""
    return HTMLResponse()
