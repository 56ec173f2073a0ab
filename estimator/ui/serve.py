"""Serving: addresses, static files, headers, and NiceGUI's settings."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from functools import partial
from pathlib import Path

from nicegui import app, ui
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from watchfiles import awatch

from estimator.files import LOCALES, project_folder
from estimator.library.documents import Shelf
from estimator.pages.render import render
from estimator.pages.show import plain_urls, show_message, show_plain_message
from estimator.pages.site import Site
from estimator.texts import Texts
from estimator.ui.guard import guard_socket
from estimator.ui.many import prepare_for_many
from estimator.ui.resident import rehearse, resident
from estimator.web.addresses import base, home_of, locale_of
from estimator.web.headers import Direction, Headers
from estimator.web.mistakes import log_mistake
from estimator.web.plain import MESSAGES, PlainPages

# NiceGUI's names of our languages, where they aren't the same.
NICEGUI_LANGUAGES = {"en": "en-GB"}
ASSETS = "/assets"
STYLESHEETS = ("tokens.css", "screen.css")
SCRIPTS, KIOSK_SCRIPT = ("tools.js", "stage.js"), "kiosk.js"
A_YEAR = 365 * 24 * 3600
KEPT_WITHOUT_CONNECTION = 150.0  # seconds: a network that is away for two minutes finds its page again


def serve(site: Site, host: str, port: int) -> None:
    """Wire the pages and serve until stopped."""
    assets = project_folder("assets")
    version = _digest(assets)
    app.add_static_files(f"{ASSETS}/{version}", assets, max_cache_age=A_YEAR)
    app.add_middleware(Direction, directions={locale: Texts(locale).dir for locale in LOCALES})
    app.add_middleware(Headers)
    for locale in LOCALES:
        _add_language(site, Texts(locale), f"{ASSETS}/{version}")
    app.add_route("/", _start)
    plain = PlainPages(site, f"{ASSETS}/{version}", STYLESHEETS, _now)
    app.routes.extend(plain.routes())
    for status in MESSAGES:
        app.exception_handler(status)(plain.refused)
    _show_mistakes(site)
    guard_socket()
    if site.shelf:
        app.on_startup(partial(_keep_up, site.shelf))
    rehearse(site, _now)
    prepare_for_many()
    ui.run(
        host=host, port=port, title=Texts(LOCALES[0])("product"), favicon=assets / "favicon.svg", dark=None,
        language="nl", reconnect_timeout=KEPT_WITHOUT_CONNECTION, reload=False, show=False, show_welcome_message=False,
        tailwind=False,
    )  # fmt: skip


async def _keep_up(shelf: Shelf) -> None:
    """Read the texts again whenever their files change."""
    try:
        async for _ in awatch(shelf.folder):
            try:
                await asyncio.to_thread(shelf.read_again)
            except Exception as error:
                log_mistake("texts not read again", error)
    except Exception as error:  # the system has no more watches, or the folder is gone
        log_mistake("changes of texts are no longer followed", error)


def _add_language(site: Site, texts: Texts, assets: str) -> None:
    @ui.page(f"/{texts.lang}/", title=texts("product"), language=NICEGUI_LANGUAGES.get(texts.lang, texts.lang))  # type: ignore[arg-type]
    def page(request: Request) -> None:
        before = base(request)
        kiosk = _is_kiosk(site, request)
        scripts = [*SCRIPTS, KIOSK_SCRIPT] if kiosk else SCRIPTS
        ui.add_head_html(
            render(
                "live_head.html",
                {
                    "canonical": plain_urls(home_of(site, request))[texts.lang],
                    "stylesheets": [f"{before}{assets}/{sheet}" for sheet in STYLESHEETS],
                    "scripts": [f"{before}{assets}/{script}" for script in scripts],
                    "dir": texts.dir,
                },
            )
        )
        resident(site, texts, before, _now, kiosk)

    app.add_route(f"/{texts.lang}/", _head, methods=["HEAD"])


def _show_mistakes(site: Site) -> None:
    """A page of our own for a live page that can't be made."""

    @app.on_page_exception
    def failed(exception: Exception) -> None:
        request = ui.context.client.request
        texts, before = _texts(request), base(request)
        if _is_kiosk(site, request):
            _, page = show_message(site, texts, "error", _now(), before, kiosk=True)
        else:
            _, page = show_plain_message(site, texts, "error", _now(), before)
        ui.html(page, sanitize=False)


def _is_kiosk(site: Site, request: Request) -> bool:
    return site.kiosk or "kiosk" in request.query_params


def _start(request: Request) -> Response:
    """The language that the browser asks for, the source language otherwise."""
    # Without the prefix of a proxy: NiceGUI puts that before every redirection.
    query = "?kiosk" if "kiosk" in request.query_params else ""
    address = f"{request.scope.get('root_path', '')}/{_texts(request).lang}/{query}"
    return RedirectResponse(address, headers={"Vary": "Accept-Language"})


def _texts(request: Request) -> Texts:
    return Texts(locale_of(request, LOCALES))


def _head(request: Request) -> Response:
    """That a live page is there, without making one."""
    return HTMLResponse()


def _now() -> datetime:
    return datetime.now().astimezone()


def _digest(folder: Path) -> str:
    """A name for the assets as they are: another one as soon as a file changes, so that browsers keep them for long."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
