"""Who may open the pages for staff: routes that ask for a login and a role, and the frame of what they answer.

These pages are plain answers to plain requests, with a script of our own at most. No socket knows of them, so that
whoever may come through a route is all that there is to decide.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from estimator.pages.render import render
from estimator.pages.request import Context
from estimator.pages.site import Site
from estimator.pages.staff import LOGIN, MessageKind, Role, StaffFiles, StaffLink, message_context, staff_frame
from estimator.printing.press import BusyError
from estimator.texts import Texts
from estimator.web.addresses import base
from estimator.web.headers import STAFF_POLICY
from estimator.web.logins import Logins
from estimator.web.mistakes import log_mistake
from estimator.web.same_origin import SAFE_METHODS, is_from_us
from estimator.web.sessions import SessionCookie, Sessions, Staff

HEADERS = {
    "Content-Security-Policy": STAFF_POLICY,
    # With none at all a browser calls the origin of its forms "null", and we couldn't know that they are ours.
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
STYLESHEETS = ("tokens.css", "screen.css", "staff.css")
TEXTS = Texts("nl")
# Errors of an endpoint that have an answer already: who asked is told, or is gone.
ANSWERED = (HTTPException, ClientDisconnect, BusyError)

Endpoint = Callable[[Request], Response | Awaitable[Response]]
Refusal = Literal["cross_site", "no_login", "no_role"]


class Access:
    """Guards the pages for staff.

    ``assets`` is the address of our own files; ``links`` is every page for staff; ``notices`` gives what staff should
    know of the service now, such as a file that can't be read.
    """

    def __init__(
        self,
        logins: Logins,
        site: Site,
        assets: str,
        links: Sequence[StaffLink] = (),
        notices: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self.logins, self.site, self.links, self.notices = logins, site, links, notices
        self.sessions = Sessions()
        self._assets = assets
        self._pages: list[Route] = []  # that a browser may be sent to after a login

    def route(
        self,
        path: str,
        endpoint: Endpoint,
        role: Role | None,
        methods: Sequence[str] = ("GET",),
        most_bytes: int | None = None,
    ) -> Route:
        """A route that only somebody with this role comes through; ``None`` for every role.

        The endpoint, a coroutine or a function that runs in a thread, finds a ``Staff`` in ``request.state.staff``.
        A body of more than ``most_bytes`` is answered with 413.
        """

        async def guarded(request: Request) -> Response:
            staff = self.sessions.staff(request.session)
            if staff is None:
                return self._to_login(request) if _is_visit(request) else self._refused(request, "no_login", 401)
            request.state.staff = staff
            if role is not None and role not in staff.roles:
                return self._refused(request, "no_role", 403)
            answer = await self._answer(endpoint, request)
            self.sessions.renew(request.session)
            return answer

        route = self.open_route(path, guarded, methods, most_bytes)
        if "GET" in methods:
            self._pages.append(route)
        return route

    def open_route(
        self, path: str, endpoint: Endpoint, methods: Sequence[str] = ("GET",), most_bytes: int | None = None
    ) -> Route:
        """A route with a session that asks for no login: what leads to one, and away from one."""

        async def answered(request: Request) -> Response:
            if not is_from_us(request, self.site.public_url):
                answer = self._refused(request, "cross_site", 403)
            else:
                answer = await self._answer(endpoint, request)
            answer.headers["Cache-Control"] = "no-store"
            for name, value in HEADERS.items():
                answer.headers.setdefault(name, value)
            return answer

        cookie = Middleware(SessionCookie, secret=self.logins.secret, public_url=self.site.public_url)
        return Route(path, answered, methods=list(methods), middleware=[cookie], max_body_size=most_bytes)

    def page(
        self,
        request: Request,
        template: str,
        context: Context,
        *,
        here: str,
        heading: str,
        scripts: Sequence[str] = (),
        stylesheets: Sequence[str] = (),
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """A template that extends ``staff.html``, filled with its context and the frame.

        ``scripts`` and ``stylesheets`` are names of files in ``assets/``, besides those that every page has.
        """
        staff: Staff | None = getattr(request.state, "staff", None)
        before = base(request)
        folder = before + self._assets
        files = StaffFiles(
            [f"{folder}/{name}" for name in (*STYLESHEETS, *stylesheets)],
            [f"{folder}/{name}" for name in scripts],
            f"{folder}/favicon.svg",
        )
        frame = staff_frame(
            TEXTS, here, staff.roles if staff else (), heading=heading, files=files,
            name=staff.name if staff else "", links=self.links, before=before,
        )  # fmt: skip
        return HTMLResponse(render(template, {**frame, **context}), status, {**HEADERS, **(headers or {})})

    def message(
        self,
        request: Request,
        kind: MessageKind,
        status: int,
        more: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """A page that only says something, with sentences of its own after those of its kind."""
        heading = TEXTS(f"staff.message.{kind}.heading")
        context = message_context(TEXTS, kind, base(request), more)
        return self.page(
            request, "staff_message.html", context, here="", heading=heading, status=status, headers=headers
        )

    def is_page(self, path: str) -> bool:
        """Whether this is the path of a page for staff, where a browser may be sent to after a login."""
        return any(route.path_regex.match(path) for route in self._pages)

    def _to_login(self, request: Request) -> Response:
        root = request.scope.get("root_path", "")
        query = urlencode({"next": request.url.path.removeprefix(root)}, safe="/")
        return redirected(request, f"{LOGIN}?{query}")

    def _refused(self, request: Request, kind: Refusal, status: int) -> Response:
        """A page for somebody who looks at one, a sentence for a script."""
        if _is_for_reading(request):
            return self.message(request, kind, status)
        return JSONResponse({"detail": TEXTS(f"staff.refused.{kind}")}, status)

    async def _answer(self, endpoint: Endpoint, request: Request) -> Response:
        try:
            return await _called(endpoint, request)
        except ANSWERED:
            raise
        except Exception as error:
            log_mistake("no page for staff", error)
            return self.message(request, "error", 500)


def redirected(request: Request, path: str) -> Response:
    """To another page of ours; NiceGUI puts the prefix of a proxy before it."""
    return RedirectResponse(request.scope.get("root_path", "") + path, 303)


def _is_visit(request: Request) -> bool:
    """Whether somebody goes to a page, and sends nothing."""
    return request.method in SAFE_METHODS and _is_for_reading(request)


def _is_for_reading(request: Request) -> bool:
    """Whether a browser shows the answer, not a script of ours."""
    mode = request.headers.get("Sec-Fetch-Mode")
    return mode == "navigate" if mode else "text/html" in request.headers.get("Accept", "")


async def _called(endpoint: Endpoint, request: Request) -> Response:
    inner: Any = endpoint.func if isinstance(endpoint, partial) else endpoint
    if not inspect.iscoroutinefunction(inner):
        return await run_in_threadpool(endpoint, request)  # type: ignore[arg-type]
    answer: Response = await endpoint(request)  # type: ignore[misc]
    return answer
