"""Keeps messages that no page of ours sends from the log: the one place that knows how NiceGUI's socket takes them."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable
from typing import Any

from nicegui import core

from estimator.web.mistakes import log_mistake

# What a page sends: something that a person did, what a script found, how far it has read; and its words for our log.
EVENTS = ("handshake", "event", "javascript_response", "ack")
OWN_WORDS = "log"


def guard_socket() -> None:
    """Drop a message of another form than a page sends, and log no more of it than that; take no words for the log."""
    handlers = core.sio.handlers["/"]
    handlers.update({event: _guarded(event, handlers[event]) for event in EVENTS})
    handlers[OWN_WORDS] = _ignore


def _guarded(event: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    async def handle(sid: str, *sent: Any) -> Any:
        try:
            result = handler(sid, *sent)
            return await result if isawaitable(result) else result
        except Exception as error:
            log_mistake(f"no answer to the message {event}", error)
            return None

    return handle


def _ignore(sid: str, *sent: Any) -> None:
    """Nothing: the words may hold what somebody answered."""
