"""The outcome on paper, in a real browser: printing, saving, choosing language and letters."""

from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from estimator.municipalities import HOUSE_ACCENT
from estimator.texts import Texts
from tests.browser.pages import RESULTS, State
from tests.browser.visitor import Visitor
from tests.printing.reading import check_accessible, plain, words_of

PRINTED = "window.printed = 0; window.print = () => { window.printed += 1; }"


def at_result(page: Page, locale: str = "nl", kiosk: bool = False, what: str = "an amount") -> Visitor:
    page.add_init_script(PRINTED)
    return State("result", RESULTS[what]).open(page, locale, kiosk)


@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_the_result_is_saved_as_pdf_with_one_press(page: Page, locale: str, tmp_path: Path) -> None:
    visitor = at_result(page, locale)
    verdict = visitor.heading.inner_text()

    with page.expect_download() as download:
        visitor.stage.get_by_role("button", name=visitor.texts("ui.save_pdf")).click()

    expect(page.locator("#status")).to_have_text(visitor.texts("ui.save_pdf.said"))
    download.value.save_as(tmp_path / "saved.pdf")
    made = (tmp_path / "saved.pdf").read_bytes()
    assert download.value.suggested_filename.endswith(f"-{locale}.pdf")
    check_accessible(made)
    expect(visitor.heading).to_have_text(verdict)  # the page is still there
    if locale == "nl":
        assert plain(verdict) in words_of(made)


def test_print_prints_the_sheet_and_not_the_page(page: Page) -> None:
    visitor = at_result(page)
    visitor.stage.get_by_role("button", name=visitor.texts("ui.print"), exact=True).click()
    assert page.evaluate("window.printed") == 1
    expect(page.locator("#status")).to_have_text(visitor.texts("ui.print.said"))

    page.emulate_media(media="print")

    sheet = visitor.stage.locator(".sheet")
    expect(sheet.locator(".verdict")).to_be_visible()
    expect(visitor.stage.locator("article.result")).to_be_hidden()
    expect(visitor.stage.get_by_role("banner")).to_be_hidden()
    page.emulate_media(media="screen")
    expect(sheet).to_be_hidden()


@pytest.mark.parametrize(
    ("locale", "what"), [*(("nl", what) for what in RESULTS), ("tr", "a range"), ("uk", "a range")]
)
def test_printed_by_the_browser_each_page_says_that_it_is_an_estimate(page: Page, locale: str, what: str) -> None:
    at_result(page, locale, what=what)

    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, format="A4")) as printed:
        pages = [each.get_textpage().get_text_bounded() for each in printed]

    assert 1 <= len(pages) <= 3
    for number, words in enumerate(pages, start=1):
        assert Texts(locale)("ui.estimate") in words
        assert f"{number} / {len(pages)}" in words


def test_pages_are_numbered_from_left_to_right_in_arabic_too(page: Page) -> None:
    at_result(page, "ar")

    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, format="A4")) as printed:
        pages = [each.get_textpage().get_text_bounded() for each in printed]

    assert len(pages) > 1
    assert [f"{number} / {len(pages)}" in words for number, words in enumerate(pages, start=1)] == [True] * len(pages)


def test_at_a_kiosk_one_press_prints_and_nothing_can_be_saved(page: Page) -> None:
    visitor = at_result(page, kiosk=True)
    printing = visitor.stage.get_by_role("button", name=visitor.texts("ui.print"), exact=True)
    expect(printing.first).to_be_in_viewport()
    expect(visitor.stage.get_by_role("link", name=visitor.texts("ui.print_or_save"))).to_have_count(0)
    printing.first.click()

    assert page.evaluate("window.printed") == 1
    expect(visitor.stage.get_by_role("button", name=visitor.texts("ui.save_pdf"))).to_have_count(0)


def test_the_paper_is_chosen_looked_at_and_saved(page: Page, tmp_path: Path) -> None:
    visitor = at_result(page, "uk")
    visitor.press("paper.link")
    expect(visitor.heading).to_be_focused()
    stage, texts = visitor.stage, visitor.texts
    visitor.choose("second", "nl")

    expect(stage.locator(".sheet")).to_have_count(2)
    expect(stage.locator(".sheet[lang=nl]")).to_contain_text(Texts("nl")("ui.how"))
    expect(stage.locator(".sheet").first).to_have_css("--accent", HOUSE_ACCENT)
    with page.expect_download() as download:
        stage.get_by_role("button", name=texts("ui.save_pdf")).click()
    assert download.value.suggested_filename.endswith("-uk-nl.pdf")
    visitor.back_button_of_the_browser()
    expect(stage).to_have_attribute("data-page", "result")


def test_a_reload_keeps_the_choice(page: Page) -> None:
    visitor = at_result(page)
    visitor.press("paper.link")
    visitor.choose("letters", "large")

    page.reload()

    expect(visitor.stage.locator(".sheet.large")).to_be_visible()
    expect(visitor.stage.get_by_label(visitor.texts("paper.letters"), exact=True)).to_have_value("large")


@pytest.mark.parametrize("locale", ["nl", "pl"])
def test_on_a_phone_paper_is_one_press_below_the_verdict(page: Page, locale: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    visitor = at_result(page, locale)
    link = visitor.stage.get_by_role("link", name=visitor.texts("ui.print_or_save"))
    expect(link).to_be_in_viewport()

    link.click()

    expect(visitor.stage.get_by_role("button", name=visitor.texts("ui.save_pdf"))).to_be_in_viewport()


def test_what_is_on_paper_follows_each_choice_and_one_stays_there(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    visitor = at_result(page)
    visitor.press("paper.link")
    visitor.choose("letters", "large")

    expect(visitor.stage.locator("#paper-letters")).to_be_focused()
    expect(visitor.stage.locator("#paper-letters")).to_be_in_viewport()
    expect(visitor.stage.get_by_role("heading", name=visitor.texts("paper.shown"))).to_be_in_viewport()
    expect(page.locator("#spoken")).to_have_text(visitor.texts("paper.shown"))
    expect(visitor.stage.locator(".sheet.large")).to_have_count(1)


def test_what_was_chosen_just_now_is_saved_and_printed(page: Page) -> None:
    visitor = at_result(page)
    visitor.press("paper.link")
    stage, texts = visitor.stage, visitor.texts
    page.evaluate("window.print = () => { window.printed = document.querySelectorAll('.stage .sheet.large').length; }")
    press = """(value) => {
        const letters = document.querySelector("#paper-letters");
        letters.value = "large";
        letters.dispatchEvent(new Event("change", { bubbles: true }));
        letters.form.querySelector(value).click();
    }"""

    page.evaluate(press, "[data-print]")
    expect(page.locator("#status")).to_have_text(texts("ui.print.said"))
    assert page.evaluate("window.printed") == 1
    visitor.choose("letters", "normal")
    with page.expect_download() as download:
        page.evaluate(press, "[data-save]")

    assert download.value.suggested_filename.endswith(f"-nl-{texts('paper.file.large')}.pdf")
    expect(stage.locator(".sheet.large")).to_have_count(1)


def test_a_file_that_does_not_come_is_said(page: Page) -> None:
    visitor = at_result(page)
    page.route("**/plain/", lambda route: route.abort())
    visitor.stage.get_by_role("button", name=visitor.texts("ui.save_pdf")).click()

    expect(page.locator("#status")).to_have_text(visitor.texts("connection_lost"))


def test_another_answer_than_a_file_is_shown(page: Page) -> None:
    visitor = at_result(page)
    answer = {"status": 500, "content_type": "text/html", "body": "<h1>Later</h1>"}
    page.route("**/plain/", lambda route: route.fulfill(**answer))
    visitor.stage.get_by_role("button", name=visitor.texts("ui.save_pdf")).click()

    expect(page.get_by_role("heading", name="Later")).to_be_visible()
