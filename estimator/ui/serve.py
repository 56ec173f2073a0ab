"""Serving: addresses, static files, headers, and NiceGUI's settings."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from nicegui import Client, app, ui
from nicegui.server import Server
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp
from watchfiles import awatch

from estimator.files import LOCALES, project_folder
from estimator.municipal_files import read_again
from estimator.pages.show import show_message, show_plain_message
from estimator.pages.site import Site
from estimator.pages.staff import StaffLink, file_notices
from estimator.printing.post import wipe_left_overs
from estimator.texts import Texts
from estimator.ui.guard import guard_socket
from estimator.ui.live import LivePages, is_kiosk
from estimator.ui.many import prepare_for_many
from estimator.ui.resident import rehearse
from estimator.web import desk, policy
from estimator.web.access import Access
from estimator.web.addresses import base, locale_of
from estimator.web.api.app import PATH as API
from estimator.web.api.app import make_api
from estimator.web.embed import embed_routes, framed_by
from estimator.web.forwarded import Forwarded
from estimator.web.headers import Headers, LivePage
from estimator.web.health import health_routes
from estimator.web.letters import LINK as LETTERS_LINK
from estimator.web.letters import LetterPages
from estimator.web.login import LoginPages
from estimator.web.logins import Logins
from estimator.web.logs import set_up_log
from estimator.web.materials import LINK as MATERIALS_LINK
from estimator.web.materials import MaterialPages
from estimator.web.metrics import Measured, Metrics
from estimator.web.mistakes import log_mistake
from estimator.web.plain import PlainPages
from estimator.web.service import Service
from estimator.web.signposts import Signposts

ASSETS = "/assets"
STYLESHEETS = ("tokens.css", "screen.css")
STAFF_LINKS: tuple[StaffLink, ...] = (desk.LINK, LETTERS_LINK, policy.LINK, MATERIALS_LINK)
A_YEAR = 365 * 24 * 3600
LEFT_TO_FINISH = 20  # seconds, for what is being answered when the service is told to stop
KEPT_WITHOUT_CONNECTION = 150.0  # seconds: a network that is away for two minutes finds its page again


def serve(site: Site, service: Service) -> None:
    """Wire the pages and serve until stopped."""
    set_up_log(service.log_format)
    wire(site, service)
    ui.run(
        host=service.host, port=service.port, title=Texts(LOCALES[0])("product"),
        favicon=project_folder("assets") / "favicon.svg", dark=None, language="nl",
        reconnect_timeout=KEPT_WITHOUT_CONNECTION, reload=False, show=False, show_welcome_message=False, tailwind=False,
        log_config=None, proxy_headers=False, timeout_graceful_shutdown=LEFT_TO_FINISH, server_header=False,
    )  # fmt: skip


def wire(site: Site, service: Service) -> None:
    """Every address of the service."""
    metrics = Metrics(_connected, lambda: len(Client.instances))
    silent, site = site, replace(site, seen=metrics.saw)
    assets = project_folder("assets")
    version = _digest(assets)
    app.add_static_files(f"{ASSETS}/{version}", assets, max_cache_age=A_YEAR)
    directions = {locale: Texts(locale).dir for locale in LOCALES}
    app.add_middleware(LivePage, directions=directions, framed_by=partial(framed_by, site))
    app.add_middleware(Headers, hsts=service.hsts)
    _surround(lambda inner: Forwarded(inner, service.proxies))
    _surround(lambda inner: Measured(inner, metrics.answered, service.access_log))
    plain = PlainPages(site, f"{ASSETS}/{version}", STYLESHEETS, _now)
    live = LivePages(site, f"{ASSETS}/{version}", STYLESHEETS, _now, plain.refused)
    for locale in LOCALES:
        live.add(Texts(locale))
    app.add_route("/", _start)
    app.routes.extend(embed_routes())
    app.routes.extend(plain.routes())
    app.mount(API, make_api(site, _now, service.api_rate, service.api_origins, f"{ASSETS}/{version}"))
    app.routes.extend(Signposts(site, service.security).routes())
    app.routes.extend(health_routes(_is_stopping))
    if service.logins:
        _add_staff(site, service.logins, f"{ASSETS}/{version}")
    for problem, handler in plain.handlers().items():
        app.exception_handler(problem)(handler)
    _show_mistakes(site)
    guard_socket()
    if shelf := site.shelf:
        app.on_startup(partial(keep_up, shelf.folder, partial(asyncio.to_thread, shelf.read_again), "texts"))
    if folder := site.municipal_files.folder:
        app.on_startup(partial(keep_up, folder, partial(read_municipalities_again, site, folder), "municipal files"))
    if service.metrics_port:
        app.on_startup(partial(metrics.serve, service.host, service.metrics_port))
    rehearse(silent, _now)
    prepare_for_many()


def _connected() -> int:
    return sum(client.has_socket_connection for client in list(Client.instances.values()))


def _surround(outer: Callable[[ASGIApp], ASGIApp]) -> None:
    """Put something around everything, also around what NiceGUI adds to the application when it starts."""
    build = app.build_middleware_stack
    app.build_middleware_stack = lambda: outer(build())  # type: ignore[method-assign]


def _add_staff(site: Site, logins: Logins, assets: str) -> None:
    """The pages for staff: every route of them is one of ``access``."""
    access = Access(logins, site, assets, STAFF_LINKS, lambda: file_notices(site.municipal_files.errors, Texts("nl")))
    app.routes.extend(LoginPages(access).routes())
    app.routes.extend(desk.DeskPages(site, access, _now).routes())
    app.routes.extend(policy.PolicyPages(site, access, _now).routes())
    app.routes.extend(MaterialPages(site, access, _now).routes())
    _add_letters(LetterPages(site, access, _now, _is_stopping))


def _add_letters(letters: LetterPages) -> None:
    """Letters from a file; nothing of them is left by a server that stops, nor by one that was killed."""
    app.routes.extend(letters.routes())
    app.on_startup(partial(asyncio.to_thread, wipe_left_overs))
    app.on_shutdown(letters.close)


def _is_stopping() -> bool:
    """Whether the server waits for the answers that are still open, to stop after them."""
    return Server.instance.should_exit


async def keep_up(folder: Path, read: Callable[[], Awaitable[None]], what: str) -> None:
    """Read the files of a folder again whenever one changes."""
    try:
        async for _ in awatch(folder):
            try:
                await read()
            except Exception as error:
                log_mistake(f"{what} not read again", error)
    except Exception as error:  # the system has no more watches, or the folder is gone
        log_mistake(f"changes of {what} are no longer followed", error)


async def read_municipalities_again(site: Site, folder: Path) -> None:
    """Take the municipal files as they are now; a page that a thread is making has taken its own (``Site.as_now``)."""
    files = site.municipal_files
    files.take(await asyncio.to_thread(read_again, folder, files.known, site.rules, site.fixed, _now()))


def _show_mistakes(site: Site) -> None:
    """A page of our own for a live page that can't be made."""

    @app.on_page_exception
    def failed(exception: Exception) -> None:
        request = ui.context.client.request
        texts, before = _texts(request), base(request)
        if is_kiosk(site, request):
            _, page = show_message(site, texts, "error", _now(), before, kiosk=True)
        else:
            _, page = show_plain_message(site, texts, "error", _now(), before)
        ui.html(page, sanitize=False)


def _start(request: Request) -> Response:
    """The language that the browser asks for, the source language otherwise."""
    # Without the prefix of a proxy: NiceGUI puts that before every redirection.
    query = "?kiosk" if "kiosk" in request.query_params else ""
    address = f"{request.scope.get('root_path', '')}/{_texts(request).lang}/{query}"
    return RedirectResponse(address, headers={"Vary": "Accept-Language"})


def _texts(request: Request) -> Texts:
    return Texts(locale_of(request, LOCALES))


def _now() -> datetime:
    return datetime.now().astimezone()


def _digest(folder: Path) -> str:
    """A name for the assets as they are: another one as soon as a file changes, so that browsers keep them for long."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
