"""Whether the process lives, and whether it may be sent people."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

HEALTH, READY = "/healthz", "/readyz"


def health_routes(is_stopping: Callable[[], bool]) -> list[Route]:
    """``/healthz`` answers as long as the process can; ``/readyz`` says 503 from when it was asked to stop."""

    def lives(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    def is_ready(request: Request) -> PlainTextResponse:
        return PlainTextResponse("stopping\n", 503) if is_stopping() else PlainTextResponse("ready\n")

    return [Route(HEALTH, lives), Route(READY, is_ready)]
