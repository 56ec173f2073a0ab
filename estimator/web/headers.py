"""What is put on every answer of the server: headers, and the direction of the text in the first bytes of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from estimator.web.addresses import first_part

# Fonts, Quasar and NiceGUI itself: 46 kB that no native element needs, and nothing is painted before they are there.
STYLE_SHEETS = re.compile(rb'@import url\("[^"]*/_nicegui/[^"]*\.css"\) layer\(\w+\);\s*')
BY_NICEGUI = "x-nicegui-content"
# NiceGUI writes its script into the page and compiles templates in it; everything else is our own and stays here.
LIVE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Headers:
    """Adds the headers to every answer, and keeps pages out of every cache."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Cache-Control"] = "no-store"
                    headers.setdefault("Content-Security-Policy", LIVE_POLICY)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class Direction:
    """Mends what NiceGUI delivers at the address of a language, where all is native elements with styles of our own.

    Writes ``dir`` beside ``lang`` into the html tag, and leaves NiceGUI's style sheets out.
    """

    def __init__(self, app: ASGIApp, directions: Mapping[str, str]) -> None:
        self.app, self.directions = app, directions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; only the first piece of an HTML page is touched."""
        locale = first_part(scope) if scope["type"] == "http" else ""
        if locale not in self.directions:
            await self.app(scope, receive, send)
            return
        tag = f'<html dir="{self.directions[locale]}" lang='.encode()
        started: Message | None = None

        async def with_direction(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = message
                return
            if started is not None:
                headers = MutableHeaders(scope=started)
                if BY_NICEGUI in headers and headers.get("content-type", "").startswith("text/html"):
                    sent = message.get("body", b"")
                    body = STYLE_SHEETS.sub(b"", sent).replace(b"<html lang=", tag, 1)
                    if "content-length" in headers:
                        headers["content-length"] = str(int(headers["content-length"]) + len(body) - len(sent))
                    message = {**message, "body": body}
                await send(started)
                started = None
            await send(message)

        await self.app(scope, receive, with_direction)
