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
from estimator.pages.site import Site
from estimator.texts import LOCALES, Texts
from estimator.ui.resident import resident
from estimator.web.headers import Direction, Headers

# NiceGUI's names of our languages.
NICEGUI_LANGUAGES = {"nl": "nl", "en": "en-GB"}
ASSETS = "/assets"
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
    ui.run(
        host=host, port=port, title=Texts(LOCALES[0])("product"), favicon=assets / "favicon.svg", dark=None,
        language="nl", reconnect_timeout=KEPT_WITHOUT_CONNECTION, reload=False, show=False, show_welcome_message=False,
        tailwind=False,
    )  # fmt: skip


def _add_language(site: Site, texts: Texts, assets: str) -> None:
    @ui.page(f"/{texts.lang}/", title=texts("product"), language=NICEGUI_LANGUAGES[texts.lang])  # type: ignore[arg-type]
    def page(request: Request) -> None:
        base = request.scope.get("root_path", "")
        ui.add_head_html(
            f'<link rel="stylesheet" href="{base}{assets}/screen.css"><script src="{base}{assets}/stage.js"></script>'
        )
        resident(site, texts, base, _now)


def _start(request: Request) -> Response:
    """The language that the browser asks for, the source language otherwise."""
    asked = [part.split(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")]
    locale = negotiate_locale([tag.replace("-", "_") for tag in asked if tag], LOCALES) or LOCALES[0]
    return RedirectResponse(f"{request.scope.get('root_path', '')}/{locale}/", headers={"Vary": "Accept-Language"})


def _now() -> datetime:
    return datetime.now().astimezone()


def _digest(folder: Path) -> str:
    """A name for the assets as they are: another one as soon as a file changes, so that browsers keep them for long."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
