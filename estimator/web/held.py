"""Answers of lines of JSON that come while there is work, for as long as somebody listens."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

# Between us and the browser nobody keeps a line until there are more.
AT_ONCE = {"Content-Encoding": "identity", "X-Accel-Buffering": "no"}


class Held(StreamingResponse):
    """Lines for as long as somebody listens; ``ended`` is called afterwards, whatever came between."""

    media_type = "application/x-ndjson"

    def __init__(self, lines: AsyncIterator[str], ended: Callable[[], None]) -> None:
        super().__init__(lines, headers=AT_ONCE)
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ended()


def json_line(**fields: Any) -> str:
    """One line of such an answer."""
    return json.dumps(fields, ensure_ascii=False) + "\n"
