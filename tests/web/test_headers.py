"""What is put on every answer, whatever the application behind it says and in how many pieces."""

import asyncio
import re
from collections.abc import Sequence

import pytest
from starlette.types import Message, Receive, Scope, Send

from estimator.web.headers import Headers, LivePage

HTML = b'<!doctype html><html lang="ar"><body>'
DIRECTIONS = {"nl": "ltr", "ar": "rtl"}
BY_NICEGUI = "x-nicegui-content: page"


class Answers:
    """An application that gives the same answer to everything."""

    def __init__(self, *pieces: bytes, kind: str = "text/html; charset=utf-8", headers: Sequence[str] = ()) -> None:
        self.pieces, self.headers = pieces, [("content-type", kind), *(line.split(": ") for line in headers)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = [(name.encode(), value.encode()) for name, value in self.headers]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        for number, piece in enumerate(self.pieces, start=1):
            await send({"type": "http.response.body", "body": piece, "more_body": number < len(self.pieces)})


def ask(app: Headers | LivePage, path: str, kind: str = "http", root: str = "") -> tuple[dict[str, str], bytes]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("nobody reads what was asked")

    scope = {"type": kind, "method": "GET", "path": path, "root_path": root, "headers": []}
    asyncio.run(app(scope, receive, send))
    assert [message["type"] for message in sent] == ["http.response.start", *["http.response.body"] * (len(sent) - 1)]
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return headers, b"".join(message["body"] for message in sent[1:])


def policy_of(headers: dict[str, str]) -> dict[str, list[str]]:
    kinds = (part.split() for part in headers["content-security-policy"].split("; "))
    return {kind: sources for kind, *sources in kinds}


def test_every_answer_tells_the_browser_not_to_guess_and_not_to_tell() -> None:
    headers, _ = ask(Headers(Answers(b"x", kind="image/png")), "/x.png")

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"] == "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    assert "strict-transport-security" not in headers


def test_browsers_are_told_to_come_by_https_only_where_that_is_set() -> None:
    headers, _ = ask(Headers(Answers(b"x"), hsts=31536000), "/nl/")

    assert headers["strict-transport-security"] == "max-age=31536000"


def test_a_page_stays_out_of_caches_and_a_header_of_the_application_stays() -> None:
    headers, _ = ask(Headers(Answers(HTML, headers=["cache-control: public", "referrer-policy: origin"])), "/nl/")

    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "origin")


@pytest.mark.parametrize(("path", "direction"), [("/ar/", b"rtl"), ("/nl/nowhere", b"ltr"), ("/ar", b"rtl")])
def test_a_page_tells_its_direction_beside_its_language(path: str, direction: bytes) -> None:
    _, body = ask(LivePage(Answers(HTML, headers=[BY_NICEGUI]), DIRECTIONS), path)

    assert body == HTML.replace(b"<html lang", b'<html dir="' + direction + b'" lang')


def test_the_length_is_that_of_the_page_with_its_direction() -> None:
    length = f"content-length: {len(HTML)}"
    headers, body = ask(LivePage(Answers(HTML, headers=[BY_NICEGUI, length]), DIRECTIONS), "/ar/")

    assert int(headers["content-length"]) == len(body) > len(HTML)


def test_of_a_page_in_pieces_the_others_are_left_alone() -> None:
    _, body = ask(LivePage(Answers(HTML, b"<html lang=2>", b"", headers=[BY_NICEGUI]), DIRECTIONS), "/ar/")

    assert body.count(b"dir=") == 1
    assert body.endswith(b"<html lang=2>")


def test_what_is_no_page_is_left_alone() -> None:
    other = Answers(HTML, kind="text/plain", headers=[BY_NICEGUI, "content-length: 3"])
    headers, body = ask(LivePage(other, DIRECTIONS), "/ar/x")

    assert (headers["content-length"], body) == ("3", HTML)


def test_a_page_of_our_own_that_tells_its_direction_is_left_alone() -> None:
    _, body = ask(LivePage(Answers(HTML), DIRECTIONS), "/ar/plain/")

    assert body == HTML


def test_style_sheets_of_other_elements_than_ours_are_left_out() -> None:
    imported = b'@import url("/wmo/_nicegui/3.18.0/static/fonts.css") layer(base);\n'
    page = HTML + b"<style>" + imported + b"@layer base;</style><link rel=stylesheet href=/assets/screen.css>"
    _, body = ask(LivePage(Answers(page, headers=[BY_NICEGUI]), DIRECTIONS), "/ar/")

    assert b"fonts.css" not in body
    assert body.endswith(b"@layer base;</style><link rel=stylesheet href=/assets/screen.css>")


def test_scripts_and_styles_of_a_live_page_have_the_nonce_of_its_policy_and_of_no_other() -> None:
    page = (
        HTML + b"<script>1</script><style>a{}</style><script type=module src=/x.js></script><p style='x'>&lt;script&gt;"
    )
    app = LivePage(Answers(page, headers=[BY_NICEGUI]), DIRECTIONS)
    (headers, body), (others, _) = ask(app, "/nl/"), ask(app, "/nl/")

    (nonce,) = set(re.findall(r'nonce="([^"]+)"', body.decode()))
    assert body.count(f'nonce="{nonce}"'.encode()) == 3
    script = policy_of(headers)["script-src"]
    assert script == ["'self'", f"'nonce-{nonce}'", "'unsafe-eval'"]
    assert policy_of(others)["script-src"] != script
    assert "'unsafe-inline'" not in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["*", "", "/", "//", "ar", "/arabic/", "/AR/"])
def test_an_odd_path_or_one_without_a_language_is_answered_as_it_is(path: str) -> None:
    _, body = ask(LivePage(Answers(HTML, headers=[BY_NICEGUI]), {"arabic2": "rtl"}), path)

    assert body == HTML


def test_the_prefix_of_the_server_is_no_language() -> None:
    _, body = ask(LivePage(Answers(HTML, headers=[BY_NICEGUI]), DIRECTIONS), "/wmo/ar/", root="/wmo")

    assert b'dir="rtl"' in body
