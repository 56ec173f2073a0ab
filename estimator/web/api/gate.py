"""Who may come to the API how often, and what stands on every answer of it."""

from __future__ import annotations

import math
import time
from collections.abc import Collection

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from estimator.web.api.problems import RefusedError, refusal
from estimator.web.mistakes import log_mistake
from estimator.web.same_origin import is_from_us
from estimator.web.subscribers import subscriber_of

VERSION_HEADER = "API-Version"
WRITES = ("POST", "OPTIONS")  # what a page of another site may send, and what its browser asks before


class Versioned:
    """Says on every answer which version gave it, and answers for a mistake of ours, of which nothing else is told."""

    def __init__(self, app: ASGIApp, version: str) -> None:
        self.app, self.version = app, version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def with_version(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message)[VERSION_HEADER] = self.version
            await send(message)

        try:
            await self.app(scope, receive, with_version)
        except Exception as error:
            log_mistake("no answer of the API", error)
            if not begun:
                answer = refusal(RefusedError(500, "The mistake is ours. Nothing of what you sent was kept."))
                await answer(scope, receive, with_version)


class Origins:
    """Refuses pages of other sites than those that are named, before their browser is told what it may send.

    ``origins`` are those of the sites whose pages may ask for estimates, besides our own at ``public_url``. A program
    that is no browser says none.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str], public_url: str) -> None:
        self.app, self.origins, self.public_url = app, origins, public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and not self._may_ask(Request(scope)):
            refused = RefusedError(
                403, "Pages of that origin may not ask here. Whoever runs this service can allow it."
            )
            await refusal(refused)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _may_ask(self, request: Request) -> bool:
        origin = request.headers.get("Origin")
        if origin is None or request.method not in WRITES or origin in self.origins:
            return True
        return request.method == "POST" and is_from_us(request, self.public_url)


class Pace:
    """Refuses who comes too often; ``rate`` is how often one subscriber may come, ``None`` for as often as it likes."""

    def __init__(self, app: ASGIApp, rate: RateLimitItem | None) -> None:
        self.app, self.rate = app, rate
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and self.rate is not None:
            who = subscriber_of(client[0] if (client := scope.get("client")) else "")
            if not self._limiter.hit(self.rate, who):
                await refusal(self._too_often(self.rate, who))(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _too_often(self, rate: RateLimitItem, who: str) -> RefusedError:
        wait = max(1, math.ceil(self._limiter.get_window_stats(rate, who).reset_time - time.time()))
        detail = f"From your address {rate.amount} requests are answered in {rate.get_expiry()} seconds."
        return RefusedError(429, detail, headers={"Retry-After": str(wait)})
