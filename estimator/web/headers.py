"""What is put on every answer of the server: headers, and what a live page needs in its first bytes.

Every kind of answer has the strictest policy under which it works; all of them stand here. `docs/headers.md` tells why.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from estimator.web.addresses import first_part

# Fonts, Quasar and NiceGUI itself: 46 kB that no native element needs, and nothing is painted before they are there.
STYLE_SHEETS = re.compile(rb'@import url\("[^"]*/_nicegui/[^"]*\.css"\) layer\(\w+\);\s*')
INLINE = re.compile(rb"<(script|style)(?=[\s>])")
UNSEEN = rb' style="display: none"'  # in an attribute, where no nonce can stand
BY_NICEGUI = "x-nicegui-content"


def content_policy(**sources: str) -> str:
    """A ``Content-Security-Policy`` that allows these kinds of content from these sources, and no other.

    A kind is written with ``_`` for ``-``. Nobody may give its addresses another base, and nobody else show the answer
    in a frame.
    """
    framed_by = sources.pop("frame_ancestors", "'none'")
    allowed = {"default_src": "'none'", **sources, "base_uri": "'none'", "frame_ancestors": framed_by}
    return "; ".join(f"{kind.replace('_', '-')} {source}" for kind, source in allowed.items())


# What is no page: files, data, redirections.
BARE_POLICY = content_policy()
# Pages without a script.
PLAIN_POLICY = content_policy(style_src="'self'", img_src="'self'", font_src="'self'", form_action="'self'")
# Our own script may ask our own server; nothing else runs, and no style stands in an attribute.
STAFF_POLICY = content_policy(
    script_src="'self'", connect_src="'self'", style_src="'self'", img_src="'self' data:", font_src="'self'",
    form_action="'self'",
)  # fmt: skip


def live_policy(nonce: str, framed_by: Sequence[str] = ()) -> str:
    """Of a live page: NiceGUI compiles templates in it; the scripts and styles that it writes carry ``nonce``.

    Pages of the origins ``framed_by`` may show it in a frame.
    """
    return content_policy(
        script_src=f"'self' 'nonce-{nonce}' 'unsafe-eval'", style_src=f"'self' 'nonce-{nonce}'",
        img_src="'self' data:", font_src="'self'", connect_src="'self'", form_action="'self'",
        frame_ancestors=" ".join(framed_by) or "'none'",
    )  # fmt: skip


# What no page of ours asks a browser for; copying and printing aren't among them.
UNUSED = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get",
    "screen-wake-lock", "usb", "xr-spatial-tracking",
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": BARE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Headers:
    """Adds the headers to every answer that doesn't have its own, and keeps pages out of every cache.

    ``hsts``: seconds for which browsers come by https only, 0 where that isn't for us to say.
    """

    def __init__(self, app: ASGIApp, hsts: int = 0) -> None:
        self.app = app
        self.headers = {**HEADERS, **({"Strict-Transport-Security": f"max-age={hsts}"} if hsts else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if is_page(headers):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class LivePage:
    """Mends what NiceGUI delivers, where all is native elements with styles of our own.

    Gives its scripts and styles the nonce of its policy, and leaves NiceGUI's style sheets out. At the address of a
    language it writes ``dir`` beside ``lang`` into the html tag. ``framed_by`` tells whose pages may show it in a
    frame.
    """

    def __init__(
        self,
        app: ASGIApp,
        directions: Mapping[str, str],
        framed_by: Callable[[Scope], Sequence[str]] = lambda scope: (),
    ) -> None:
        self.app, self.directions, self.framed_by = app, directions, framed_by

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; only the first piece of an HTML page is touched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        direction = self.directions.get(first_part(scope), "")
        started: Message | None = None

        async def mended(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if BY_NICEGUI in headers and is_page(headers):
                    started = message
                    return
            elif started is not None:
                headers = MutableHeaders(scope=started)
                sent, nonce = message.get("body", b""), secrets.token_urlsafe(16)
                body = _mended(sent, nonce, direction)
                if "content-length" in headers:
                    headers["content-length"] = str(int(headers["content-length"]) + len(body) - len(sent))
                headers.setdefault("Content-Security-Policy", live_policy(nonce, self.framed_by(scope)))
                await send(started)
                started, message = None, {**message, "body": body}
            await send(message)

        await self.app(scope, receive, mended)


def is_page(headers: Mapping[str, str]) -> bool:
    """Whether an answer with these headers is a page."""
    return headers.get("content-type", "").startswith("text/html")


def _mended(page: bytes, nonce: str, direction: str) -> bytes:
    page = INLINE.sub(rb'<\1 nonce="%b"' % nonce.encode(), STYLE_SHEETS.sub(b"", page)).replace(UNSEEN, b" hidden")
    return page.replace(b"<html lang=", f'<html dir="{direction}" lang='.encode(), 1) if direction else page
