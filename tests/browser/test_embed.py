"""The interview in a frame on a page of another origin, which has a strict policy of its own."""

import json
import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from estimator.municipalities import themes
from estimator.texts import Texts
from tests.browser.conftest import Check
from tests.browser.pages import COMPLETE, KEEP, SCHEMES
from tests.browser.processes import ROOT, Server, project_of_its_own

DEMO = ROOT / "deploy" / "demo-host"
NL, AR = Texts("nl"), Texts("ar")
# What a browser says that refuses to show a frame, of which there is one here on purpose.
REFUSED = "frame-ancestors"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


class Host:
    """A site that shows the interview: the demo page, at an origin of its own."""

    def __init__(self, folder: Path, service: str) -> None:
        shutil.copytree(DEMO, folder)
        page = folder / "index.html"
        page.write_text(page.read_text("utf-8").replace("http://localhost:8080", service), "utf-8")
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The addresses of two sites with the same page: one that the municipality's file names, and another."""
    folder = tmp_path_factory.mktemp("embed")
    server = Server(folder / "log.txt", str(project_of_its_own(folder)), folder=folder)
    hosts = [Host(folder / name, f"http://localhost:{server.port}") for name in ("allowed", "refused")]
    file = folder / "content" / "municipalities" / "GM0000.toml"
    file.write_text(file.read_text("utf-8").replace(":8090", f":{hosts[0].port}"), "utf-8")
    with server:
        yield f"http://localhost:{hosts[0].port}", f"http://localhost:{hosts[1].port}"
    for host in hosts:
        host.close()


def framed(page: Page, site: str) -> FrameLocator:
    page.goto(site)
    frame = page.frame_locator("iframe")
    expect(frame.locator(".stage .page")).to_be_visible()
    return frame


def service_of(page: Page, site: str) -> str:
    """The address of the service, as the page of a site names it."""
    return str(re.search(r'src="(http://[^/]+)/embed', page.request.get(site).text())[1])  # type: ignore[index]


def next_question(frame: FrameLocator, texts: Texts = NL) -> None:
    frame.get_by_role("button", name=texts("ui.next"), exact=True).click()


def tall_as_its_content(page: Page, frame: FrameLocator) -> None:
    """Nothing in the frame has to be scrolled to, and nothing is empty below it."""
    page.wait_for_function(
        "([tall, page]) => Math.abs(document.querySelector('bijdragewijzer-wmo').shadowRoot"
        ".querySelector('iframe').offsetHeight - page) < 2 || tall",
        arg=[False, frame.locator(".stage .page").evaluate("page => Math.ceil(page.getBoundingClientRect().bottom)")],
    )


def test_the_interview_of_the_municipality_stands_on_its_site_as_tall_as_it_is(
    page: Page, sites: tuple[str, str], assert_accessible: Check
) -> None:
    frame = framed(page, sites[0])
    expect(frame.locator(".stage .page")).to_have_attribute("data-page", "provisions")  # which municipality isn't asked
    expect(page.get_by_role("link", name="Naar de Bijdragewijzer Wmo")).to_be_hidden()
    tall_as_its_content(page, frame)
    frame.get_by_label(NL("option.provisions.domestic_help")).check()
    next_question(frame)
    expect(frame.locator(".stage .page")).to_have_attribute("data-page", "age")
    tall_as_its_content(page, frame)
    assert page.context.cookies() == []


def test_another_step_begins_where_the_reader_looks(page: Page, sites: tuple[str, str]) -> None:
    frame = framed(page, sites[0])
    frame.get_by_label(NL("option.provisions.domestic_help")).check()
    next_question(frame)
    expect(frame.get_by_role("heading", level=1)).to_be_focused()
    expect(frame.get_by_role("heading", level=1)).to_be_in_viewport()


def test_language_and_theme_follow_the_element_and_the_answers_stay(page: Page, sites: tuple[str, str]) -> None:
    frame = framed(page, sites[0])
    frame.get_by_label(NL("option.provisions.domestic_help")).check()
    next_question(frame)
    expect(frame.locator(".stage .page")).to_have_attribute("data-page", "age")
    page.locator("bijdragewijzer-wmo").evaluate("element => { element.lang = 'ar'; }")

    expect(frame.locator(".stage .page")).to_have_attribute("lang", "ar")
    expect(frame.locator(".stage .page")).to_have_attribute("data-page", "age")
    light = frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    page.emulate_media(color_scheme="null")  # of the browser itself
    page.locator("bijdragewijzer-wmo").evaluate("element => element.setAttribute('theme', 'dark')")
    expect(frame.locator("body")).not_to_have_css("background-color", light)


def test_the_reader_changes_the_language_within_the_frame(page: Page, sites: tuple[str, str]) -> None:
    frame = framed(page, sites[0])
    frame.get_by_role("link", name=AR.own_name).click()
    expect(frame.locator(".stage .page")).to_have_attribute("lang", "ar")


def test_what_is_not_meant_for_a_frame_opens_beside_it(page: Page, sites: tuple[str, str]) -> None:
    frame = framed(page, sites[0])
    with page.expect_popup() as beside:
        frame.get_by_text(NL("ui.plain_pages"), exact=True).last.click()
    expect(beside.value.locator(".page")).to_have_attribute("data-page", "municipality")
    expect(frame.locator(".stage .page")).to_have_attribute("data-page", "provisions")


def test_a_site_that_is_not_named_shows_the_link(
    page: Page, sites: tuple[str, str], nothing_from_elsewhere: list[str]
) -> None:
    with page.expect_console_message(lambda said: REFUSED in said.text):
        page.goto(sites[1])
    expect(page.get_by_role("link", name="Naar de Bijdragewijzer Wmo")).to_be_visible()
    assert all(REFUSED in said for said in nothing_from_elsewhere)
    nothing_from_elsewhere.clear()


@pytest.mark.parametrize("code", ["GM9999", "GM0363", "..%2f"])
def test_there_is_no_page_to_embed_for_a_municipality_without_such_a_site(
    page: Page, sites: tuple[str, str], code: str
) -> None:
    answer = page.request.get(f"{service_of(page, sites[0])}/nl/embed/{code}/")
    assert answer.status == 404
    assert answer.headers["content-security-policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize("theme", themes())
def test_every_theme_is_readable_in_every_scheme(
    page: Page, sites: tuple[str, str], theme: str, assert_accessible: Check
) -> None:
    """On a question, and on a result with all that it may have."""
    file = ROOT / "assets" / "themes" / f"{theme}.css"
    page.route("**/themes/*.css", lambda route: route.fulfill(path=file, content_type="text/css"))
    page.goto(f"{service_of(page, sites[0])}/nl/embed/GM0000/")
    expect(page.locator(".stage .page")).to_be_visible()
    assert_accessible(page, SCHEMES)
    answers = {name: [value] for name, value in COMPLETE.items() if name != "municipality"}
    page.evaluate(KEEP, json.dumps({"answers": answers, "page": "result"}))
    page.reload()
    expect(page.locator(".stage .page")).to_have_attribute("data-page", "result")
    assert_accessible(page, SCHEMES)
