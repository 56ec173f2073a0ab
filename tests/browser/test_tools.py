"""Larger text, more contrast, reading aloud: chosen once, kept from page to page, at every width."""

import pytest
from playwright.sync_api import Page, expect

from estimator.files import LOCALES
from tests.browser.visitor import Visitor

INK = "getComputedStyle(document.body).color"
SIZE = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
# This browser has no voice of its own: a stand-in that writes down what it is given to say.
VOICE = """
    const spoken = [];
    const voices = [{ lang: "%(lang)s", localService: %(local)s, name: "stand-in" }];
    Object.defineProperty(window, "speechSynthesis", { value: {
        spoken, getVoices: () => voices, cancel() { spoken.push("stopped"); }, addEventListener() {},
        speak(words) { spoken.push(words.text); },
    } });
    window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


def choose(page: Page, visitor: Visitor, *keys: str) -> None:
    page.locator(".stage .display > summary").click()
    for key in keys:
        page.get_by_role("button", name=visitor.texts(key), exact=True).click()


def test_size_and_contrast_hold_on_the_next_page_and_after_a_reload(page: Page) -> None:
    visitor = Visitor(page).arrive()
    small = page.evaluate(SIZE)
    assert page.evaluate(INK) != "rgb(0, 0, 0)"
    choose(page, visitor, "ui.text_size.large", "ui.contrast")

    for _ in range(2):
        assert page.evaluate(SIZE) > 1.2 * small
        assert page.evaluate(INK) == "rgb(0, 0, 0)"
        visitor.answer("unknown")
        visitor.next()
    page.reload()
    expect(visitor.stage).to_have_attribute("data-page", "age")
    assert page.evaluate(SIZE) > 1.2 * small
    assert page.evaluate(INK) == "rgb(0, 0, 0)"

    choose(page, visitor, "ui.text_size.normal", "ui.contrast")
    assert page.evaluate(SIZE) == small
    assert page.evaluate(INK) != "rgb(0, 0, 0)"


def test_the_buttons_say_what_holds(page: Page) -> None:
    page.emulate_media(contrast="more")
    visitor = Visitor(page).arrive()
    choose(page, visitor, "ui.text_size.largest")

    pressed = page.locator(".stage .display [aria-pressed=true]")
    assert pressed.all_inner_texts() == [visitor.texts("ui.text_size.largest"), visitor.texts("ui.contrast")]
    page.get_by_role("button", name=visitor.texts("ui.contrast"), exact=True).click()
    assert page.evaluate(INK) != "rgb(0, 0, 0)"


@pytest.mark.parametrize("locale", LOCALES)
def test_with_the_largest_text_nothing_is_wider_than_a_narrow_screen(page: Page, locale: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    visitor = Visitor(page, locale).arrive()
    choose(page, visitor, "ui.text_size.largest")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator(".stage .display > summary").click()
    while visitor.on_page != "result":
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, visitor.on_page
        if visitor.on_page == "overview":
            visitor.press("ui.show_result")
            continue
        visitor.answer({"provisions": "other_aid", "age": "pension", "facts": "none"}.get(visitor.on_page, "unknown"))
        visitor.next()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, "result"


def test_a_voice_of_this_device_reads_the_page_and_stops(page: Page) -> None:
    page.add_init_script(VOICE % {"lang": "nl-NL", "local": "true"})
    visitor = Visitor(page).arrive()
    page.get_by_role("button", name=visitor.texts("ui.read"), exact=True).click()

    spoken = page.evaluate("speechSynthesis.spoken")
    assert spoken.index(visitor.texts("question.municipality.heading")) < spoken.index(visitor.texts("ui.next"))
    page.get_by_role("button", name=visitor.texts("ui.read_stop"), exact=True).click()
    assert page.evaluate("speechSynthesis.spoken.at(-1)") == "stopped"
    expect(page.get_by_role("button", name=visitor.texts("ui.read"), exact=True)).to_be_visible()


def test_another_page_stops_the_reading(page: Page) -> None:
    page.add_init_script(VOICE % {"lang": "nl_NL", "local": "true"})
    visitor = Visitor(page).arrive()
    page.get_by_role("button", name=visitor.texts("ui.read"), exact=True).click()
    visitor.answer("unknown")
    visitor.next()

    assert page.evaluate("speechSynthesis.spoken.at(-1)") == "stopped"
    expect(page.get_by_role("button", name=visitor.texts("ui.read"), exact=True)).to_be_visible()


@pytest.mark.parametrize(("lang", "local"), [("de-DE", "true"), ("nl-NL", "false")])
def test_without_a_voice_for_the_language_on_this_device_there_is_no_button(page: Page, lang: str, local: str) -> None:
    page.add_init_script(VOICE % {"lang": lang, "local": local})
    visitor = Visitor(page).arrive()

    expect(page.get_by_role("button", name=visitor.texts("ui.read"), exact=True)).to_be_hidden()
