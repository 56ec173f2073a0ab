"""What is put on every answer, whatever the application behind it says and in how many pieces."""

import asyncio
from collections.abc import Sequence

import pytest
from starlette.types import Message, Receive, Scope, Send

from estimator.web.headers import Direction, Headers

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


def ask(app: Headers | Direction, path: str, kind: str = "http", root: str = "") -> tuple[dict[str, str], bytes]:
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


def test_every_answer_tells_the_browser_not_to_guess_and_not_to_tell() -> None:
    headers, _ = ask(Headers(Answers(b"x", kind="image/png")), "/x.png")

    assert headers == {
        "content-type": "image/png",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }


def test_a_page_stays_out_of_caches_and_a_header_of_the_application_stays() -> None:
    headers, _ = ask(Headers(Answers(HTML, headers=["cache-control: public", "referrer-policy: origin"])), "/nl/")

    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "origin")


@pytest.mark.parametrize(("path", "direction"), [("/ar/", b"rtl"), ("/nl/nowhere", b"ltr"), ("/ar", b"rtl")])
def test_a_page_tells_its_direction_beside_its_language(path: str, direction: bytes) -> None:
    _, body = ask(Direction(Answers(HTML, headers=[BY_NICEGUI]), DIRECTIONS), path)

    assert body == HTML.replace(b"<html lang", b'<html dir="' + direction + b'" lang')


def test_the_length_is_that_of_the_page_with_its_direction() -> None:
    length = f"content-length: {len(HTML)}"
    headers, body = ask(Direction(Answers(HTML, headers=[BY_NICEGUI, length]), DIRECTIONS), "/ar/")

    assert int(headers["content-length"]) == len(body) > len(HTML)


def test_of_a_page_in_pieces_the_others_are_left_alone() -> None:
    _, body = ask(Direction(Answers(HTML, b"<html lang=2>", b"", headers=[BY_NICEGUI]), DIRECTIONS), "/ar/")

    assert body.count(b"dir=") == 1
    assert body.endswith(b"<html lang=2>")


def test_what_is_no_page_is_left_alone() -> None:
    other = Answers(HTML, kind="text/plain", headers=[BY_NICEGUI, "content-length: 3"])
    headers, body = ask(Direction(other, DIRECTIONS), "/ar/x")

    assert (headers["content-length"], body) == ("3", HTML)


def test_a_page_of_our_own_that_tells_its_direction_is_left_alone() -> None:
    _, body = ask(Direction(Answers(HTML), DIRECTIONS), "/ar/plain/")

    assert body == HTML


def test_style_sheets_of_other_elements_than_ours_are_left_out() -> None:
    imported = b'@import url("/wmo/_nicegui/3.18.0/static/fonts.css") layer(base);\n'
    page = HTML + b"<style>" + imported + b"@layer base;</style><link rel=stylesheet href=/assets/screen.css>"
    _, body = ask(Direction(Answers(page, headers=[BY_NICEGUI]), DIRECTIONS), "/ar/")

    assert b"fonts.css" not in body
    assert body.endswith(b"<style>@layer base;</style><link rel=stylesheet href=/assets/screen.css>")


@pytest.mark.parametrize("path", ["*", "", "/", "//", "ar", "/arabic/", "/AR/"])
def test_an_odd_path_or_one_without_a_language_is_answered_as_it_is(path: str) -> None:
    _, body = ask(Direction(Answers(HTML, headers=[BY_NICEGUI]), {"arabic2": "rtl"}), path)

    assert body == HTML


def test_the_prefix_of_the_server_is_no_language() -> None:
    _, body = ask(Direction(Answers(HTML, headers=[BY_NICEGUI]), DIRECTIONS), "/wmo/ar/", root="/wmo")

    assert b'dir="rtl"' in body
