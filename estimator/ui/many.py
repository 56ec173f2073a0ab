"""Settings for many pages that are open at the same time: what each keeps in memory, and how seldom all wait."""

from __future__ import annotations

import gc
from functools import partial

from nicegui import app
from uvicorn.protocols.websockets import wsproto_impl
from wsproto.extensions import PerMessageDeflate

# A full collection of garbage looks at every object of every open page: with 500 of them 0.4 s, which Python takes
# every 5 s when left to itself, and nobody gets a page meanwhile. What is young is collected often, which is cheap.
YOUNG, ROUNDS, NEVER = 2_000, 50, 1_000_000
FULL_COLLECTION_AFTER = 60.0  # seconds


def prepare_for_many() -> None:
    """Set the process that serves the pages up for them; before it starts to serve."""
    _compress_each_message_by_itself()
    app.on_startup(_collect_seldom)


def _collect_seldom() -> None:
    gc.collect()
    gc.freeze()  # what is there at the start stays
    gc.set_threshold(YOUNG, ROUNDS, NEVER)
    app.timer(FULL_COLLECTION_AFTER, gc.collect, immediate=False)


def _compress_each_message_by_itself() -> None:
    """A browser that may refer to earlier messages makes the server keep 260 kB for it. There is no setting for it."""
    each = partial(PerMessageDeflate, client_no_context_takeover=True, server_no_context_takeover=True)
    wsproto_impl.PerMessageDeflate = each  # type: ignore[attr-defined, assignment]


def in_single_bytes(page: str) -> str:
    """The same page with rare signs by their number: for one € Python would keep two bytes for every character."""
    compact = page.encode("latin-1", "xmlcharrefreplace").decode("latin-1")
    return compact if len(compact) < 2 * len(page) else page
