"""What a first visit costs: how many bytes come over the line until the stage has taken over, and for what."""

from typing import NamedTuple

import pytest
from playwright.sync_api import Page

from tests.browser.visitor import Visitor

AT_MOST = 310_000  # bytes, with headers, as compressed as they came
TEXTS = ("text/html", "text/css", "text/javascript")
SMALL = 500  # bytes: not worth compressing


class Loaded(NamedTuple):
    """One answer that came over the line."""

    url: str
    kind: str
    type: str
    headers: dict[str, str]
    size: int


@pytest.fixture
def first_visit(page: Page) -> list[Loaded]:
    """All that was loaded for the first question."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    answers, loaded = {}, []
    devtools.on("Network.responseReceived", lambda event: answers.update({event["requestId"]: event}))

    def finished(event: dict[str, object]) -> None:
        answer = answers.get(event["requestId"])
        if answer:
            response = answer["response"]
            headers = {name.lower(): value for name, value in response["headers"].items()}
            size = int(str(event["encodedDataLength"]))
            loaded.append(Loaded(response["url"], answer["type"], response["mimeType"], headers, size))

    devtools.on("Network.loadingFinished", finished)
    Visitor(page).arrive()
    page.wait_for_load_state("networkidle")
    return loaded


def test_the_first_question_is_light(first_visit: list[Loaded]) -> None:
    sizes = {one.url: one.size for one in first_visit}

    assert any(url.endswith("/nl/") for url in sizes)
    assert sum(sizes.values()) <= AT_MOST, sizes


def test_no_font_and_no_style_sheet_of_another_is_loaded(first_visit: list[Loaded]) -> None:
    assert [one.url for one in first_visit if one.kind == "Font" or "font" in one.url] == []
    assert [one.url for one in first_visit if one.kind == "Stylesheet" and "/assets/" not in one.url] == []


def test_every_text_comes_compressed_and_all_but_the_page_may_be_kept(first_visit: list[Loaded]) -> None:
    texts = [one for one in first_visit if one.type in TEXTS and one.size > SMALL]

    assert {one.type for one in texts} == set(TEXTS)
    assert [one.url for one in texts if one.headers.get("content-encoding") not in ("gzip", "br", "zstd")] == []
    kept = [one for one in texts if "max-age=31536000" in one.headers["cache-control"]]
    assert [one.kind for one in texts if one not in kept] == ["Document"]
