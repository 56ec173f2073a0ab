"""axe finds nothing, and what axe doesn't look for: names, order, focus, size.

`make test` looks at every page in Dutch and in every colour scheme, and at every template in every language.
`make audit`, which says AUDIT=full, looks at every page in every language.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from estimator.files import LOCALES
from estimator.pages.show import EVERY_PAGE
from tests.browser.conftest import AS_IT_IS, Check, watched
from tests.browser.pages import COMPLETE, FULL, SCHEMES, State, one_for_each_template, states
from tests.browser.visitor import Visitor

NOT_EMPTY = re.compile(r"\S")
ALL = list(states())
RTL = "ar"
WIDTHS, USUAL = (320, 360, 640), {"width": 1280, "height": 720}
TOO_SMALL = """() => [...document.querySelectorAll('.stage :is(button, .choice, select, summary, .amount, header a)')]
    .filter(e => e.checkVisibility() && !e.closest('.unseen') && !e.classList.contains('skip'))
    .map(e => [e.getBoundingClientRect(), e.textContent.trim()])
    .filter(([r]) => r.height < 44 || r.width < 44).map(([, text]) => text)"""


class Place(NamedTuple):
    """A page in a state and a language."""

    locale: str
    state: State

    def __str__(self) -> str:
        return f"{self.locale}, {self.state}"


IN_DUTCH = [Place(LOCALES[0], state) for state in ALL]
EVERYWHERE = IN_DUTCH + [
    Place(locale, state) for locale in LOCALES[1:] for state in (ALL if FULL else one_for_each_template())
]


@pytest.fixture(scope="module")
def tab(browser: Browser, base_url: str) -> Iterator[Page]:
    """One tab for all pages that are only looked at: it has loaded the scripts before."""
    with browser.new_context(base_url=base_url) as context, watched(context):
        yield context.new_page()


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest, tab: Page) -> Place:
    """The place that is open in the tab; what looks at the same one comes after each other."""
    place: Place = request.param
    place.state.open(tab, place.locale)
    return place


@pytest.fixture
def shown(tab: Page, opened: Place) -> Visitor:
    """The open page as it is at first, whatever was tried on it before."""
    tab.set_viewport_size(USUAL)  # type: ignore[arg-type]
    tab.emulate_media(**AS_IT_IS)  # type: ignore[arg-type]
    return Visitor(tab, opened.locale)


everywhere = pytest.mark.parametrize("opened", EVERYWHERE, ids=str, indirect=True)
in_dutch = pytest.mark.parametrize("opened", IN_DUTCH, ids=str, indirect=True)


def test_the_list_is_the_apps_own() -> None:
    assert {state.page for state in ALL} == set(EVERY_PAGE)


def test_words_that_can_be_read_in_the_light_only_are_found(page: Page, assert_accessible: Check) -> None:
    style = "main { color: #000; background: #fff } @media (prefers-color-scheme: dark) { main { background: #222 } }"
    page.set_content(f"<html lang=nl><title>x</title><style>{style}</style><main><h1>Een kop</h1></main>")
    assert_accessible(page)
    with pytest.raises(AssertionError, match="color-contrast"):
        assert_accessible(page, ["dark"])


@everywhere
def test_every_page_is_accessible(shown: Visitor, opened: Place, assert_accessible: Check) -> None:
    """In every scheme; where the page was seen in another language already in one, but in Arabic in the dark too."""
    every = FULL or opened in IN_DUTCH
    assert_accessible(shown.page, SCHEMES if every else ["dark"] if opened.locale == RTL else ())


@pytest.mark.parametrize("locale", LOCALES)
def test_a_page_that_is_not_there_is_accessible(page: Page, locale: str, assert_accessible: Check) -> None:
    page.goto(f"/{locale}/nowhere")
    assert_accessible(page, SCHEMES)


def test_the_page_about_the_api_is_accessible_and_fits_a_narrow_screen(page: Page, assert_accessible: Check) -> None:
    page.goto("/v1/docs")
    assert_accessible(page, SCHEMES)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@in_dutch
def test_every_part_of_a_form_has_a_name_and_headings_go_down_step_by_step(shown: Visitor) -> None:
    for part in shown.stage.locator("input:not([type=hidden]), select, textarea, button, summary, a").all():
        if part.is_visible():
            expect(part).to_have_accessible_name(NOT_EMPTY)
    for group in shown.stage.locator("fieldset, [role=group], table, nav, section, dialog").all():
        if group.is_visible():
            expect(group).to_have_accessible_name(NOT_EMPTY)
    levels = shown.page.locator(".stage :is(h1, h2, h3, h4):visible").evaluate_all(
        "all => all.map(h => +h.localName[1])"
    )
    assert levels.count(1) == 1
    after_the_first = levels[levels.index(1) :]
    assert all(later <= level + 1 for level, later in pairwise(after_the_first)), levels


@everywhere
def test_nothing_is_wider_than_a_narrow_screen_and_targets_are_large(shown: Visitor) -> None:
    for width in WIDTHS:
        shown.page.set_viewport_size({"width": width, "height": 640})
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.page.evaluate(TOO_SMALL) == [], width


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
