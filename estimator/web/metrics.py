"""What the service counts, for Prometheus: how much is asked of it and how fast it answers, never what somebody said.

A label is a route, a language, the name of a page, the kind of an outcome: of each there are few, and none is typed by
anybody. Nothing is counted of one person: who was shown what can't be told apart.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import perf_counter

from fastapi.routing import APIRoute
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from estimator.pages.site import Shown

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
OTHER = "other"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
access = logging.getLogger("estimator.access")


class Metrics:
    """The counts of one process, from its start on.

    ``open_pages`` gives how many live pages are connected now, ``kept_pages`` how many are in memory: also those that
    aren't connected yet, or for a while no longer.
    """

    def __init__(self, open_pages: Callable[[], int], kept_pages: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        for collect in (ProcessCollector, PlatformCollector, GCCollector):
            collect(registry=self.registry)
        self.requests = Counter(
            "bijdragewijzer_requests", "Requests that were answered.", ("route", "method", "status"),
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "bijdragewijzer_request_seconds", "From a request to the end of its answer.", ("route",),
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        self.pages = Counter(
            "bijdragewijzer_pages", "Pages for residents that were shown; outcome is that of a result, now.",
            ("carried", "page", "language", "outcome"), registry=self.registry,
        )  # fmt: skip
        open_now = Gauge("bijdragewijzer_open_pages", "Live pages that are connected.", registry=self.registry)
        open_now.set_function(open_pages)
        kept = Gauge("bijdragewijzer_kept_pages", "Live pages that are in memory.", registry=self.registry)
        kept.set_function(kept_pages)

    def saw(self, shown: Shown) -> None:
        """Count a page that was shown."""
        self.pages.labels("live" if shown.live else "plain", shown.page, shown.language, shown.outcome).inc()

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self.requests.labels(route, method, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def serve(self, host: str, port: int) -> None:
        """Give the counts at a port of their own; raises ``OSError`` where that can't be opened."""
        start_http_server(port, host, self.registry)


class Measured:
    """Counts every request, and writes it into the log of ``access`` by its route, without what was asked there."""

    def __init__(self, app: ASGIApp, answered: Callable[[str, str, int, float], None], log: bool) -> None:
        self.app, self.answered, self.log = app, answered, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, began = 500, perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            took = perf_counter() - began
            route, method = route_of(scope), scope["method"] if scope["method"] in METHODS else OTHER
            self.answered(route, method, status, took)
            if self.log:
                said = {"route": route, "method": method, "status": status, "ms": round(took * 1000, 1)}
                access.info("%s %s %d %.1f ms", method, route, status, took * 1000, extra=said)


def route_of(scope: Scope) -> str:
    """The route by which a request was answered, with the names of what may differ in it: never the address itself."""
    if "endpoint" not in scope:
        return OTHER
    before: str = scope.get("root_path", "")
    if isinstance(route := scope.get("route"), APIRoute):
        return before + route.path
    if before:
        return before
    path: str = scope["path"]
    for name, value in scope.get("path_params", {}).items():
        if value != "":
            head, _, tail = path.rpartition(str(value))
            path = f"{head}{{{name}}}{tail}"
    return path
