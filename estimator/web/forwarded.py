"""What a proxy says of whom it speaks for: believed of the proxies that are named, taken away from everybody else.

uvicorn's own middleware reads the address and the scheme that people came by. The prefix, which goes before every
address of ours, is NiceGUI's to read: here only one that can do no harm in an address gets through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

PREFIX = b"x-forwarded-prefix"
# Not "//": a browser would take what follows for the name of another site.
HARMLESS = re.compile(rb"(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+")


class Forwarded:
    """``proxies``: addresses and networks of proxies, ``*`` for whoever asks."""

    def __init__(self, app: ASGIApp, proxies: Sequence[str]) -> None:
        self.believing = ProxyHeadersMiddleware(app, list(proxies))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "lifespan":
            client = scope.get("client")
            is_proxy = (client[0] if client else None) in self.believing.trusted_hosts
            scope["headers"] = [
                (name, value)
                for name, value in scope["headers"]
                if name != PREFIX or (is_proxy and HARMLESS.fullmatch(value))
            ]
        await self.believing(scope, receive, send)  # type: ignore[arg-type]
