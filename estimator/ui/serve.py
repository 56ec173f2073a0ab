"""Serving: addresses, static files, headers, and NiceGUI's settings."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from babel import negotiate_locale
from nicegui import app, ui
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from estimator.files import project_folder
from estimator.pages import document
from estimator.pages.show import show_message
from estimator.pages.site import Site
from estimator.texts import LOCALES, Texts
from estimator.ui.resident import resident
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
        base = _base(request)
        links = "".join(f'<link rel="stylesheet" href="{base}{assets}/{sheet}">' for sheet in STYLESHEETS)
        ui.add_head_html(f'{links}<script src="{base}{assets}/stage.js"></script>')
        resident(site, texts, base, _now)


def _add_messages(site: Site, assets: str) -> None:
    """Pages of our own for an address that there isn't and for a mistake of ours."""

    @app.exception_handler(404)
    async def not_found(request: Request, exception: Exception) -> Response:
        base = _base(request)
        context, fragment = show_message(site, _texts(request), "not_found", _now(), base)
        page = document(
            context,
            fragment,
            [f"{base}{assets}/{sheet}" for sheet in STYLESHEETS],
            f"{base}{assets}/favicon.svg",
            "noindex",
        )
        return HTMLResponse(page, 404)

    @app.on_page_exception
    def failed(exception: Exception) -> None:
        request = ui.context.client.request
        ui.html(show_message(site, _texts(request), "error", _now(), _base(request))[1], sanitize=False)


def _start(request: Request) -> Response:
    """The language that the browser asks for, the source language otherwise."""
    return RedirectResponse(f"{_base(request)}/{_texts(request).lang}/", headers={"Vary": "Accept-Language"})


def _texts(request: Request) -> Texts:
    """The words of a request: by its address, by what the browser asks for, or those of the source language."""
    locale = request.url.path.removeprefix(_base(request)).split("/")[1]
    asked = [part.split(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")]
    preferred = negotiate_locale([tag.replace("-", "_") for tag in asked if tag], LOCALES)
    return Texts(locale if locale in LOCALES else preferred or LOCALES[0])


def _base(request: Request) -> str:
    """What a proxy puts before every address of ours."""
    return str(request.scope.get("root_path", ""))


def _now() -> datetime:
    return datetime.now().astimezone()


def _digest(folder: Path) -> str:
    """A name for the assets as they are: another one as soon as a file changes, so that browsers keep them for long."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
