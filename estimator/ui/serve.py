"""Serving: addresses, static files, headers, and NiceGUI's settings."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from markupsafe import Markup
from nicegui import app, ui
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from estimator.files import project_folder
from estimator.pages import document
from estimator.pages.render import render
from estimator.pages.show import show_message
from estimator.pages.site import Site
from estimator.texts import LOCALES, Texts
from estimator.ui.resident import resident
from estimator.web.addresses import base, locale_of
from estimator.web.headers import Direction, Headers

# NiceGUI's names of our languages.
NICEGUI_LANGUAGES = {"nl": "nl", "en": "en-GB"}
ASSETS = "/assets"
STYLESHEETS = ("tokens.css", "screen.css")
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
    app.get("/")(_start)
    _add_messages(site, f"{ASSETS}/{version}")
    ui.run(
        host=host, port=port, title=Texts(LOCALES[0])("product"), favicon=assets / "favicon.svg", dark=None,
        language="nl", reconnect_timeout=KEPT_WITHOUT_CONNECTION, reload=False, show=False, show_welcome_message=False,
        tailwind=False,
    )  # fmt: skip


def _add_language(site: Site, texts: Texts, assets: str) -> None:
    @ui.page(f"/{texts.lang}/", title=texts("product"), language=NICEGUI_LANGUAGES[texts.lang])  # type: ignore[arg-type]
    def page(request: Request) -> None:
        before = base(request)
        ui.add_head_html(
            render(
                "live_head.html",
                {
                    "stylesheets": _stylesheets(before + assets),
                    "script": f"{before}{assets}/stage.js",
                    "on_every_sheet": _css_string(texts("ui.estimate")),
                },
            )
        )
        resident(site, texts, before, _now)


def _add_messages(site: Site, assets: str) -> None:
    """Pages of our own for an address that there isn't and for a mistake of ours."""

    @app.exception_handler(404)
    async def not_found(request: Request, exception: Exception) -> Response:
        before = base(request)
        context, fragment = show_message(site, _texts(request), "not_found", _now(), before)
        icon = f"{before}{assets}/favicon.svg"
        return HTMLResponse(document(context, fragment, _stylesheets(before + assets), icon, "noindex"), 404)

    @app.on_page_exception
    def failed(exception: Exception) -> None:
        request = ui.context.client.request
        ui.html(show_message(site, _texts(request), "error", _now(), base(request))[1], sanitize=False)


def _start(request: Request) -> Response:
    """The language that the browser asks for, the source language otherwise."""
    # Without the prefix of a proxy: NiceGUI puts that before every redirection.
    address = f"{request.scope.get('root_path', '')}/{_texts(request).lang}/"
    return RedirectResponse(address, headers={"Vary": "Accept-Language"})


def _texts(request: Request) -> Texts:
    return Texts(locale_of(request, LOCALES))


def _stylesheets(folder: str) -> list[str]:
    return [f"{folder}/{sheet}" for sheet in STYLESHEETS]


def _css_string(words: str) -> Markup:
    """Words inside the quotes of a style sheet: whatever isn't a letter, a figure or a space by its number."""
    return Markup("".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in words))


def _now() -> datetime:
    return datetime.now().astimezone()


def _digest(folder: Path) -> str:
    """A name for the assets as they are: another one as soon as a file changes, so that browsers keep them for long."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
