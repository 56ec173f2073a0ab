"""axe finds nothing: every page of the interview, with its error, in every language and colour scheme."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from estimator.interview import QUESTIONS
from estimator.texts import LOCALES
from tests.browser.visitor import Visitor

EVERYTHING = {
    "provisions": "other_aid", "age": "pension", "household": "couple", "partner_age": "pension", "facts": "none",
    "cost": "2500", "income": "40000-45999", "savings": "unknown",
}  # fmt: skip


def every_page(visitor: Visitor) -> Iterator[str]:
    """Each page of the interview as it comes, with its error where it has one."""
    visitor.arrive()
    while visitor.on_page != "result":
        yield visitor.on_page
        if visitor.on_page == "overview":
            visitor.press("ui.show_result")
            continue
        if visitor.on_page == "cost":
            visitor.answer("-1")
        visitor.next()
        yield f"{visitor.on_page} with an error"
        visitor.answer(EVERYTHING.get(visitor.on_page, "unknown"))
        visitor.next()
    yield "result"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_is_accessible(
    page: Page, locale: str, scheme: str, assert_accessible: Callable[[Page], None]
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    seen = []
    for name in every_page(Visitor(page, locale)):
        assert_accessible(page)
        seen.append(name)

    assert set(QUESTIONS) | {"overview", "result"} <= set(seen)


@pytest.mark.parametrize("locale", LOCALES)
def test_high_contrast_and_the_not_found_page_are_accessible(
    page: Page, locale: str, assert_accessible: Callable[[Page], None]
) -> None:
    page.emulate_media(contrast="more")
    visitor = Visitor(page, locale).arrive()
    assert_accessible(page)
    visitor.result(provisions="wheelchair")
    assert_accessible(page)
    page.goto(f"/{locale}/nowhere")
    assert_accessible(page)


@pytest.mark.parametrize("width", [320, 360, 640])
@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_wider_than_a_narrow_screen_and_targets_are_large(page: Page, locale: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    for name in every_page(Visitor(page, locale)):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        small = page.evaluate(
            """() => [...document.querySelectorAll('.stage button, .stage .choice, .stage select, .stage summary,'
                 + ' .stage header a, .stage .amount')]
                 .filter(e => e.checkVisibility() && !e.closest('.unseen') && !e.classList.contains('unseen'))
                 .map(e => [e.getBoundingClientRect(), e.textContent.trim()])
                 .filter(([r]) => r.height < 44 || r.width < 44).map(([, text]) => text)"""
        )
        assert small == [], name
