"""What if something changes, and the pages aside: with a script and without one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_plain import SINGLE, Reader
from tests.browser.visitor import Visitor


@pytest.fixture
def without_script(browser: Browser, base_url: str) -> Iterator[Page]:
    with browser.new_context(java_script_enabled=False, base_url=base_url) as context:
        yield context.new_page()


def readable(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_both_amounts_move_in_place_and_the_answers_stay(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.result(**SINGLE)
    sentence = visitor.heading.inner_text()
    visitor.stage.get_by_label("Inkomen in heel 2025", exact=True).select_option("42500-48999")
    visitor.stage.get_by_label("Huishouden", exact=True).select_option("couple_adult")
    visitor.press("what_if.button")
    outcome = visitor.stage.locator("output")

    expect(outcome).to_be_in_viewport()
    expect(visitor.stage.get_by_role("button", name="Bereken")).to_be_focused()
    assert "Nu: niets." in readable(outcome.inner_text())
    assert "Het plan: ongeveer € 94 tot € 149 per maand." in readable(outcome.inner_text())
    assert visitor.heading.inner_text() == sentence
    expect(visitor.stage.get_by_label("Inkomen in heel 2025", exact=True)).to_have_value("42500-48999")

    page.reload()
    expect(visitor.stage).to_have_attribute("data-page", "result")
    expect(outcome).to_have_count(0)


def test_without_a_script_the_page_comes_back_at_the_outcome(without_script: Page) -> None:
    without_script.goto("/nl/plain/")
    reader = Reader(without_script)
    assert list(reader.pages(SINGLE))[-1] == "result"
    reader.shown.get_by_label("Inkomen in heel 2025", exact=True).select_option("42500-48999")
    reader.button("what_if.button").click()

    expect(reader.shown.locator("output")).to_be_in_viewport()
    expect(reader.shown.locator("output")).to_contain_text("Dat blijft gelijk.")
    expect(without_script).to_have_url(re.compile(r"/nl/plain/#what-if-result$"))
    expect(reader.shown.locator("article svg.drawing")).to_be_visible()


def test_from_what_this_estimator_knows_one_returns_to_the_question(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.answer("unknown")
    visitor.next()
    visitor.stage.get_by_role("link", name="Wat deze rekenhulp weet").click()
    expect(visitor.stage).to_have_attribute("data-page", "coverage")
    visitor.press("ui.return")

    expect(visitor.stage).to_have_attribute("data-page", "provisions")
