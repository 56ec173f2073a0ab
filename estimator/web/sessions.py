"""The session of somebody of the staff: a signed cookie, on the routes for staff only, and for a short time.

It holds the roles, the name, when it began, and a number of its own; nothing that was asked or answered.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection, MutableMapping
from typing import Any, NamedTuple, cast

from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from estimator.pages.staff import ROLES, Role
from estimator.web.same_origin import is_encrypted

IDLE_SECONDS, MOST_SECONDS = 30 * 60, 10 * 3600
COOKIE = "bijdragewijzer_staff"
# A browser takes a cookie of such a name from us alone, and only by https.
COOKIE_BY_HTTPS = f"__Host-{COOKIE}"
SHORTEST_SECRET = 32  # characters

Session = MutableMapping[str, Any]


class Staff(NamedTuple):
    """Who is logged in: with which roles, and under which name, "" where none is known."""

    roles: frozenset[Role]
    name: str


class SessionCookie:
    """Reads and writes the cookie: ``Secure`` wherever the browser came by https."""

    def __init__(self, app: ASGIApp, secret: str, public_url: str) -> None:
        self._public_url = public_url
        self._by_http = SessionMiddleware(app, secret, COOKIE, IDLE_SECONDS)
        self._by_https = SessionMiddleware(app, secret, COOKIE_BY_HTTPS, IDLE_SECONDS, https_only=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        encrypted = scope["type"] == "http" and is_encrypted(Request(scope), self._public_url)
        await (self._by_https if encrypted else self._by_http)(scope, receive, send)


class Sessions:
    """Begins and ends sessions; a copy of the cookie of one that was ended in this process is worthless."""

    def __init__(self) -> None:
        self._ended: dict[str, float] = {}  # by number: when it would have ended of itself

    def begin(self, session: Session, roles: Collection[Role], name: str) -> None:
        """A new session for somebody who has just logged in; nothing of the one before stays."""
        self.end(session)
        session.update(id=secrets.token_urlsafe(16), roles=sorted(roles), name=name, began=time.time())

    def staff(self, session: Session) -> Staff | None:
        """Who is logged in; ``None`` for nobody, or nobody any more."""
        number, began = session.get("id"), session.get("began", 0)
        if number is None or number in self._ended or time.time() - began > MOST_SECONDS:
            return None
        roles = frozenset(cast(Role, role) for role in session["roles"] if role in ROLES)
        return Staff(roles, session["name"]) if roles else None

    def renew(self, session: Session) -> None:
        """Let the idle time begin again, unless the session was ended while an answer was made."""
        if self.staff(session):
            session["began"] = session["began"]  # to be written into a cookie with the time of now

    def end(self, session: Session) -> None:
        """End it everywhere in this process, and take it out of the browser."""
        now = time.time()
        self._ended = {number: until for number, until in self._ended.items() if until > now}
        if number := session.get("id"):
            self._ended[number] = now + MOST_SECONDS
        session.clear()
