"""Settings for many pages that are open at the same time: what each keeps in memory, and how seldom all wait."""

from __future__ import annotations

import ctypes
import gc
import sys
from functools import partial
from itertools import count

from engineio import async_server, async_socket
from engineio.packet import Packet
from nicegui import Client, app
from starlette.requests import Request, empty_receive, empty_send
from uvicorn.protocols.websockets import wsproto_impl
from wsproto.extensions import PerMessageDeflate

# A full collection of garbage looks at every object of every open page: with 500 of them 0.3 s, which Python takes
# every 5 s when left to itself, and nobody gets a page meanwhile. What is young is collected often, which is cheap;
# what is old becomes garbage when its page closes, so that the number of those calls for a full collection.
YOUNG, ROUNDS, NEVER = 2_000, 50, 1_000_000
FULL_COLLECTION_AFTER = 1_000  # pages that were closed

# Between the pages that are held the C library keeps what was freed: a fifth of all. To give it back takes 1 ms.
GIVEN_BACK_EVERY = 10.0  # seconds

# What NiceGUI looks at in the request of a page that is open; the rest leads to all that took part in its delivery.
KEPT_OF_A_REQUEST = {"type", "method", "path", "query_string", "headers", "client", "route", "root_path", "scheme"}


def prepare_for_many() -> None:
    """Set the process that serves the pages up for them; before it starts to serve."""
    _compress_each_message_by_itself()
    async_server.async_socket.AsyncSocket = ForgettingSocket
    app.on_startup(_collect_seldom)
    app.on_startup(_give_back_memory)


def _collect_seldom() -> None:
    gc.collect()
    gc.freeze()  # what is there at the start stays
    gc.set_threshold(YOUNG, ROUNDS, NEVER)
    closed = count(1)

    def was_closed() -> None:
        if next(closed) % FULL_COLLECTION_AFTER == 0:
            gc.collect()

    app.on_delete(was_closed)


def _give_back_memory() -> None:
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None  # glibc has it
    if trim is not None:
        app.timer(GIVEN_BACK_EVERY, partial(trim, 0), immediate=False)


def _compress_each_message_by_itself() -> None:
    """A browser that may refer to earlier messages makes the server keep 260 kB for it. There is no setting for it."""
    each = partial(PerMessageDeflate, client_no_context_takeover=True, server_no_context_takeover=True)
    wsproto_impl.PerMessageDeflate = each  # type: ignore[attr-defined, assignment]


class ForgettingSocket(async_socket.AsyncSocket):  # type: ignore[misc] # engineio has no types
    """engineio's socket, whose loop would hold what it sent last until it sends again: a page, twice."""

    async def poll(self) -> list[Sent]:
        """What is to be sent now."""
        return [Sent(packet) for packet in await super().poll()]


class Sent:
    """A packet that is gone once it was sent."""

    def __init__(self, packet: Packet) -> None:
        self.packet: Packet | None = packet

    def encode(self, **options: bool) -> str | bytes:
        """The packet as it goes over the line; raises ``AttributeError`` the second time."""
        packet, self.packet = self.packet, None
        encoded: str | bytes = packet.encode(**options)  # type: ignore[union-attr]
        return encoded


def forget_delivery(client: Client) -> None:
    """The page is in the browser: what was only needed to send it there isn't kept for as long as it is open."""
    forget_request(client.request)
    client._head_html = client._body_html = ""


def forget_request(request: Request) -> None:
    """Of an answered request, keep what is looked at while its page is open."""
    for name in set(request.scope) - KEPT_OF_A_REQUEST:
        del request.scope[name]
    request._receive, request._send = empty_receive, empty_send


def in_single_bytes(page: str) -> str:
    """The same page with rare signs by their number: for one € Python would keep two bytes for every character."""
    compact = page.encode("latin-1", "xmlcharrefreplace").decode("latin-1")
    return compact if len(compact) < 2 * len(page) else page
