"""The plain pages as a browser without a script gets them, from the first page to the result."""

import gzip
import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from estimator.files import LOCALES
from estimator.texts import Texts
from tests.browser.conftest import Check
from tests.browser.pages import SCHEMES
from tests.browser.visitor import Visitor

FIRST_PAGE_BYTES = 30_000
SINGLE = {
    "municipality": "unknown", "provisions": "domestic_help", "age": "pension", "household": "single", "facts": "none",
    "income": "24500-30499", "savings": "0-37394",
}  # fmt: skip
TOO_SMALL = """() => [...document.querySelectorAll('button, .choice, select, summary, header a, footer a, .amount')]
    .map(e => [e.getBoundingClientRect(), e.textContent.trim()])
    .filter(([r]) => r.height < 44 || r.width < 44).map(([, text]) => text)"""
EVERYTHING = {**SINGLE, "provisions": "other_aid", "cost": "2500", "savings": "unknown"}


class Reader:
    """One person with one tab, without a script."""

    def __init__(self, page: Page, locale: str = "nl") -> None:
        self.page, self.texts = page, Texts(locale)
        self.shown = page.locator(".page")

    @property
    def on_page(self) -> str:
        return self.shown.get_attribute("data-page") or ""

    def button(self, key: str) -> Locator:
        return self.shown.get_by_role("button", name=self.texts(key), exact=True)

    def answer(self, value: str) -> None:
        name = self.on_page
        if name == "municipality":
            self.shown.get_by_role("combobox").select_option(value)
        elif name == "cost":
            self.shown.get_by_role("textbox").fill(value)
        else:
            self.shown.locator(f"input[name={name}][value='{value}']").check()

    def pages(self, answers: dict[str, str]) -> Iterator[str]:
        """Each page of the interview as it comes, up to the result."""
        while self.on_page != "result":
            yield self.on_page
            if self.on_page == "overview":
                self.button("ui.show_result").click()
            else:
                self.answer(answers[self.on_page])
                self.button("ui.next").click()
        yield "result"


@pytest.fixture
def without_script(browser: Browser, base_url: str) -> Iterator[Page]:
    with browser.new_context(java_script_enabled=False, base_url=base_url) as context:
        yield context.new_page()


@pytest.fixture
def with_axe(browser: Browser, base_url: str) -> Iterator[Page]:
    """A plain page into which the tester may bring a script of her own."""
    with browser.new_context(bypass_csp=True, base_url=base_url) as context:
        yield context.new_page()


@pytest.mark.parametrize("locale", LOCALES)
def test_without_a_script_the_start_page_leads_to_the_result(without_script: Page, locale: str) -> None:
    page, addresses = without_script, list[str]()
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(f"/{locale}/")
    reader = Reader(page, locale)

    expect(page.get_by_text("ES modules")).to_be_hidden()
    expect(page.locator(".tools")).to_be_hidden()
    assert list(reader.pages(SINGLE)) == [*SINGLE, "overview", "result"]
    assert page.url.endswith(f"/{locale}/plain/")
    sentence = reader.shown.get_by_role("heading", level=1).inner_text().replace("\u00a0", " ")
    assert re.search(r"21[.,]80.*23[.,]60.*74", sentence)
    expect(page).to_have_title(re.compile(re.escape(reader.texts("step_text.result"))))
    assert not [address for address in addresses if "domestic_help" in address or "24500" in address]
    assert page.context.cookies() == []


def test_the_result_of_the_plain_pages_is_that_of_the_live_ones(page: Page, without_script: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.result(**SINGLE)
    without_script.goto("/nl/plain/")
    reader = Reader(without_script)
    assert list(reader.pages(SINGLE))[-1] == "result"

    for part in ("h1", ".pair", "#how + div", ".todo", ".answers"):
        assert reader.shown.locator(part).all_inner_texts() == visitor.stage.locator(part).all_inner_texts(), part


def test_an_error_is_what_a_keyboard_and_a_screen_reader_are_at(with_axe: Page) -> None:
    reader = Reader(with_axe)
    with_axe.goto("/nl/plain/")
    reader.button("ui.next").click()

    expect(reader.shown.get_by_role("group", name=reader.texts("ui.error"))).to_be_focused()
    expect(with_axe).to_have_title(re.compile("^Fout: "))


def test_enter_in_a_field_goes_on_and_nowhere_else(without_script: Page) -> None:
    reader = Reader(without_script)
    without_script.goto("/nl/plain/")
    for name in reader.pages(EVERYTHING):
        if name == "cost":
            break
    reader.answer("2500")
    reader.shown.get_by_role("textbox").press("Enter")

    expect(reader.shown).to_have_attribute("data-page", "income")


def test_another_language_keeps_the_answers_and_their_page(without_script: Page) -> None:
    reader = Reader(without_script)
    without_script.goto("/nl/")
    for name in reader.pages(SINGLE):
        if name == "age":
            break
    reader.shown.get_by_role("button", name="English").click()

    expect(without_script).to_have_url(re.compile("/en/plain/$"))
    expect(reader.shown).to_have_attribute("lang", "en")
    expect(reader.shown).to_have_attribute("data-page", "age")


def test_from_a_live_page_to_the_plain_ones_no_answer_is_lost(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.result(**SINGLE)
    visitor.stage.get_by_role("button", name=visitor.texts("ui.plain_pages")).click()

    expect(page).to_have_url(re.compile("/nl/plain/$"))
    reader = Reader(page)
    expect(reader.shown).to_have_attribute("data-page", "result")
    reader.shown.locator("button[name=change][value=income]").click()
    expect(reader.shown.locator(f"input[value='{SINGLE['income']}']")).to_be_checked()
    page.goto("/nl/")
    expect(visitor.stage).to_have_attribute("data-page", "result")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_plain_page_is_accessible(with_axe: Page, locale: str, assert_accessible: Check) -> None:
    with_axe.goto(f"/{locale}/plain/")
    for _ in Reader(with_axe, locale).pages(EVERYTHING):
        assert_accessible(with_axe, SCHEMES if locale == LOCALES[0] else ())


@pytest.mark.parametrize("path", ["coverage/", "answers/", "nowhere"])
@pytest.mark.parametrize("locale", LOCALES)
def test_pages_with_an_address_of_their_own_are_accessible(
    with_axe: Page, locale: str, path: str, assert_accessible: Check
) -> None:
    with_axe.goto(f"/{locale}/{path}")
    assert_accessible(with_axe)


def test_nothing_is_wider_than_a_narrow_screen_and_targets_are_large(with_axe: Page) -> None:
    with_axe.goto("/nl/plain/")
    for name in Reader(with_axe).pages(EVERYTHING):
        for width in (320, 640):
            with_axe.set_viewport_size({"width": width, "height": 640})
            assert with_axe.evaluate("document.documentElement.scrollWidth") <= width, name
            assert with_axe.evaluate(TOO_SMALL) == [], (name, width)


def test_the_policy_of_a_plain_page_keeps_out_every_script_and_none_of_our_own_style(
    page: Page, nothing_from_elsewhere: list[str]
) -> None:
    page.goto("/nl/plain/")

    assert page.evaluate("getComputedStyle(document.querySelector('.primary')).minHeight") == "58.5px"
    assert nothing_from_elsewhere == []
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert page.evaluate("window.ran") is None
    assert nothing_from_elsewhere.pop()


def test_ten_megabytes_end_in_a_page_that_says_so(with_axe: Page) -> None:
    reader = Reader(with_axe)
    with_axe.goto("/nl/plain/")
    reader.answer("unknown")
    reader.button("ui.next").click()
    with_axe.locator("form.question [name=state]").evaluate("input => { input.value = 'x'.repeat(10_000_000); }")
    reader.button("ui.next").click()

    expect(reader.shown.get_by_role("heading", level=1)).to_have_text(reader.texts("message.too_large.heading"))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_first_page_weighs_little_with_its_style(server: str, locale: str) -> None:
    address = f"{server}/{locale}/plain/"
    sent = [compressed(address)]
    page = gzip.decompress(sent[0]).decode()
    parts = re.findall(r'<link rel="(?:stylesheet|icon)" href="([^"]+)"|<(?:img|script)[^>]+src="([^"]+)"', page)
    sent += [compressed(urljoin(address, link or source)) for link, source in parts]

    assert len(sent) == 4
    assert sum(map(len, sent)) <= FIRST_PAGE_BYTES, [len(body) for body in sent]


def compressed(address: str) -> bytes:
    """What goes over the line."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


WRONG = [
    "null", "5", "'GEHEIM'", "['GEHEIM']", "{fields: 5}", "{fields: {go: 'GEHEIM'}}", "{fields: {age: ['GEHEIM']}}",
    "{page: 5}", "{page: {a: 'GEHEIM'}}", "{state: []}", "{state: {answers: 'GEHEIM'}}", "{state: '[[[['}",
]  # fmt: skip


@pytest.mark.parametrize("event", ["bw-answer", "bw-goto", "bw-restore"])
def test_a_message_of_a_wrong_type_leaves_a_clear_page_with_the_answers(page: Page, event: str) -> None:
    visitor = Visitor(page).arrive()
    visitor.answer("unknown")
    visitor.next()
    for detail in WRONG:
        serial = visitor.stage.get_attribute("data-serial") or ""
        page.evaluate(
            f"document.querySelector('.stage').dispatchEvent(new CustomEvent('{event}', {{ detail: {detail} }}))"
        )
        expect(visitor.stage).not_to_have_attribute("data-serial", serial)
        assert visitor.on_page in ("municipality", "provisions"), detail
        expect(visitor.heading).to_be_visible()
        if event == "bw-answer":
            assert json.loads(visitor.stage.get_attribute("data-state") or "{}")["answers"] == {
                "municipality": ["unknown"]
            }


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("event", "5"),
        ("event", "{ client_id: window.clientId, id: STAGE, listener_id: 'GEHEIM', args: [] }"),
        ("event", "{ client_id: window.clientId, id: STAGE, listener_id: 'x', args: ['GEHEIM'] }"),
        ("javascript_response", "'GEHEIM'"),
        ("ack", "{ client_id: window.clientId, next_message_id: 'GEHEIM' }"),
        ("log", "{ client_id: window.clientId, level: 'error', message: 'GEHEIM' }"),
        ("log", "{ client_id: window.clientId, level: 'GEHEIM' }"),
        ("GEHEIM", "'GEHEIM'"),
    ],
)
def test_a_forged_message_leaves_nothing_in_the_log_but_the_fact(
    page: Page, server: str, server_log: Path, event: str, message: str
) -> None:
    visitor = Visitor(page).arrive()
    stage = "Number(document.querySelector('.stage').id.slice(1))"
    page.evaluate(f"window.socket.emit('{event}', {message.replace('STAGE', stage)})")
    visitor.answer("unknown")
    visitor.next()

    assert visitor.on_page == "provisions"
    assert "GEHEIM" not in server_log.read_text()
