"""axe finds nothing, and what axe doesn't look for: names, order, focus, size.

`make test` looks at every page once, and at every template in every language and, from left to right and from right to
left, in every colour scheme. `make audit`, which says AUDIT=full, looks at every page in every language and scheme.
"""

import os
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from estimator.files import LOCALES
from estimator.pages.show import EVERY_PAGE
from tests.browser.pages import COMPLETE, SCHEMES, State, one_for_each_template, states
from tests.browser.visitor import Visitor

NOT_EMPTY = re.compile(r"\S")
FULL = os.environ.get("AUDIT") == "full"
ALL = list(states())
BOTH_WAYS = ("nl", "ar")  # from left to right and from right to left
Check = Callable[[Page], None]


def test_the_list_is_the_apps_own() -> None:
    assert {state.page for state in ALL} == set(EVERY_PAGE)


@pytest.mark.parametrize("state", ALL, ids=str)
def test_every_page_is_accessible(page: Page, state: State, assert_accessible: Check) -> None:
    state.open(page, LOCALES[0])
    assert_accessible(page)


@pytest.mark.parametrize(
    ("locale", "scheme"),
    [(locale, scheme) for locale in LOCALES for scheme in SCHEMES if FULL or scheme == "light" or locale in BOTH_WAYS],
)
def test_every_template_is_accessible_in_every_language_and_scheme(
    page: Page, locale: str, scheme: str, assert_accessible: Check
) -> None:
    page.emulate_media(**SCHEMES[scheme])  # type: ignore[arg-type]
    for state in ALL if FULL else one_for_each_template():
        state.open(page, locale)
        assert_accessible(page)
    page.goto(f"/{locale}/nowhere")
    assert_accessible(page)


@pytest.mark.parametrize("state", ALL, ids=str)
def test_every_part_of_a_form_has_a_name_and_headings_go_down_step_by_step(page: Page, state: State) -> None:
    visitor = state.open(page, LOCALES[0])
    for part in visitor.stage.locator("input:not([type=hidden]), select, textarea, button, summary, a").all():
        if part.is_visible():
            expect(part).to_have_accessible_name(NOT_EMPTY)
    for group in visitor.stage.locator("fieldset, [role=group], table, nav, section, dialog").all():
        if group.is_visible():
            expect(group).to_have_accessible_name(NOT_EMPTY)
    levels = page.locator(".stage :is(h1, h2, h3, h4):visible").evaluate_all("all => all.map(h => +h.localName[1])")
    assert levels.count(1) == 1
    after_the_first = levels[levels.index(1) :]
    assert all(later <= level + 1 for level, later in pairwise(after_the_first)), levels


@pytest.mark.parametrize(
    ("locale", "width"),
    [(locale, width) for locale in LOCALES for width in (320, 360, 640) if FULL or width == 320 or locale in BOTH_WAYS],
)
def test_nothing_is_wider_than_a_narrow_screen_and_targets_are_large(page: Page, locale: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    for state in ALL if FULL or locale == LOCALES[0] else one_for_each_template():
        state.open(page, locale)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state
        small = page.evaluate(
            """() => [...document.querySelectorAll('.stage :is(button, .choice, select, summary, .amount, header a)')]
                 .filter(e => e.checkVisibility() && !e.closest('.unseen') && !e.classList.contains('skip'))
                 .map(e => [e.getBoundingClientRect(), e.textContent.trim()])
                 .filter(([r]) => r.height < 44 || r.width < 44).map(([, text]) => text)"""
        )
        assert small == [], state


def test_the_result_is_read_in_its_order(page: Page) -> None:
    """As the accessibility tree gives it to a screen reader."""
    visitor = State("result", COMPLETE).open(page, LOCALES[0])
    t = visitor.texts
    heard = page.locator(".stage main").aria_snapshot()
    order = [
        t("step_text.result"), t("ui.estimate"), t("panel.now.heading", year=2026), t("ui.how"), t("ui.todo"),
        t("ui.different"), t("ui.answers"), t("ui.fine_print"),
    ]  # fmt: skip
    places = [heard.index(words) for words in order]
    assert places == sorted(places)


def test_focus_is_never_lost(page: Page) -> None:
    visitor = Visitor(page).arrive()
    while visitor.on_page != "result":
        if visitor.on_page == "overview":
            visitor.press("ui.show_result")
        else:
            visitor.answer(COMPLETE[visitor.on_page])
            visitor.next()
        expect(visitor.heading).to_be_focused()
    visitor.change("income")
    expect(visitor.heading).to_be_focused()
    visitor.next()
    expect(visitor.heading).to_be_focused()
