"""Questions and answers in a browser: explained in place, searched, read, and nothing lost on the way."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.processes import Server
from tests.browser.visitor import Visitor

SAVINGS = "Telt mijn spaargeld mee?"
UP_TO_SAVINGS = ("unknown", "domestic_help", "pension", "single", "none", "30500-36499")
PLAIN = {
    "municipality": "unknown", "provisions": "domestic_help", "age": "pension", "household": "single", "facts": "none",
    "income": "30500-36499",
}  # fmt: skip


def at_savings(page: Page, locale: str = "nl") -> Visitor:
    visitor = Visitor(page, locale).arrive()
    for answer in UP_TO_SAVINGS:
        visitor.answer(answer)
        visitor.next()
    return visitor


def read_more(visitor: Visitor, title: str) -> str:
    return visitor.texts("article.more", title=title)


def test_a_question_is_explained_in_place_without_leaving(page: Page) -> None:
    visitor = at_savings(page)
    visitor.stage.locator("input[value=unknown]").check()
    visitor.stage.locator("summary", has_text=read_more(visitor, SAVINGS)).click()

    expect(visitor.stage.locator("details.prose")).to_contain_text("€ 36.952")
    assert visitor.on_page == "savings"
    expect(visitor.stage.locator("input[value=unknown]")).to_be_checked()
    visitor.next()
    assert visitor.on_page == "overview"


def test_what_explains_a_question_comes_later_where_the_line_fails(page: Page) -> None:
    visitor = at_savings(page)
    page.route("**/text/", lambda route: route.abort())
    summary = visitor.stage.locator("summary", has_text=read_more(visitor, SAVINGS))
    summary.click()
    expect(visitor.stage.locator("details.prose").get_by_role("link", name=SAVINGS)).to_be_visible()

    page.unroute("**/text/")
    summary.click()
    summary.click()
    expect(visitor.stage.locator("details.prose")).to_contain_text("€ 36.952")


def test_reading_an_article_and_the_next_leads_back_to_the_same_question(page: Page) -> None:
    visitor = at_savings(page)
    visitor.stage.locator("summary", has_text=read_more(visitor, SAVINGS)).click()
    visitor._and_wait(lambda: visitor.stage.get_by_role("link", name="een tweede huis").click())
    expect(visitor.heading).to_be_focused()
    expect(visitor.heading).to_have_text("Telt een tweede huis mee?")
    assert page.url.endswith("/nl/")

    visitor.press("ui.return")
    assert visitor.on_page == "savings"
    visitor.answer("unknown")
    visitor.next()
    assert visitor.on_page == "overview"


def test_a_search_says_how_many_it_found_and_nothing_of_it_is_in_an_address(page: Page) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    visitor = Visitor(page).arrive()
    visitor._and_wait(lambda: visitor.stage.locator("footer a[data-goto=answers]").click())
    visitor.stage.get_by_role("searchbox").fill("spaargelt")
    visitor.press("answers.search.button")

    expect(visitor.stage.locator("#found")).to_contain_text(SAVINGS)
    expect(visitor.stage.get_by_role("searchbox")).to_have_value("spaargelt")
    expect(page.locator("#spoken")).to_contain_text(re.compile(r"\d+ antwoord"))
    assert not [address for address in addresses if "spaargelt" in address]


def test_a_search_that_finds_nothing_helps_on(page: Page) -> None:
    visitor = Visitor(page, "ar").arrive()
    visitor._and_wait(lambda: visitor.stage.locator("footer a[data-goto=answers]").click())
    visitor.stage.get_by_role("searchbox").fill("xqzwv")
    visitor.press("answers.search.button")

    expect(visitor.stage.locator("#found")).to_contain_text(visitor.texts("answers.not_found.help"))


def test_without_a_script_the_answers_go_along_from_article_to_article(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    page.goto("/nl/plain/")
    texts = Visitor(page).texts
    for name, answer in PLAIN.items():
        if name == "municipality":
            page.locator("select").select_option(answer)
        else:
            page.locator(f"input[name={name}][value='{answer}']").check()
        page.get_by_role("button", name=texts("ui.next"), exact=True).click()
    page.locator("summary", has_text=texts("article.more", title=SAVINGS)).click()
    page.get_by_role("button", name="een tweede huis").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Telt een tweede huis mee?")

    page.get_by_role("button", name=texts("ui.return"), exact=True).click()
    expect(page.locator(".page")).to_have_attribute("data-page", "savings")
    context.close()


def test_an_article_has_an_address_of_its_own_in_each_language(page: Page) -> None:
    page.goto("/nl/answers/telt-mijn-spaargeld-mee/")
    expect(page.get_by_role("heading", level=1)).to_have_text(SAVINGS)
    assert page.locator("script").count() == 0
    assert page.locator("link[rel=alternate]").count() == 6

    page.get_by_role("link", name="Türkçe").click()
    assert page.url.endswith("/tr/answers/telt-mijn-spaargeld-mee/")
    assert page.locator("html").get_attribute("lang") == "tr"


@pytest.mark.parametrize("path", ["answers/bestaat-niet/", "toolkit/bestaat-niet/", "answers/bestaat-niet/text/"])
def test_an_article_that_is_not_there_is_not_found_in_words(page: Page, path: str) -> None:
    answer = page.goto(f"/en/{path}")

    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text(Visitor(page, "en").texts("message.not_found.heading"))


def test_what_was_searched_is_in_no_log(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    log = tmp_path_factory.mktemp("log") / "log.txt"
    with Server(log) as running:
        page = browser.new_page()
        page.goto(f"{running.url}/nl/answers/")
        page.get_by_role("searchbox").fill("spaargelt")
        page.get_by_role("button", name="Zoeken").click()
        expect(page.locator("#found")).to_be_visible()
        page.close()
    assert "spaargelt" not in log.read_text("utf-8")


def test_what_was_ticked_is_still_there_after_reading(page: Page) -> None:
    visitor = at_savings(page)
    visitor.stage.locator("input[value=unknown]").check()
    visitor._and_wait(lambda: visitor.stage.locator("footer a[data-goto=answers]").click())
    visitor.press("ui.return")

    expect(visitor.stage.locator("input[value=unknown]")).to_be_checked()


def test_an_article_is_still_there_after_a_reload_and_in_another_language(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor._and_wait(lambda: visitor.stage.locator("footer a[data-goto=answers]").click())
    visitor._and_wait(lambda: visitor.stage.get_by_role("link", name=SAVINGS).click())
    page.reload()
    expect(visitor.heading).to_have_text(SAVINGS)

    visitor.stage.get_by_role("link", name="English").click()
    expect(visitor.stage).to_have_attribute("lang", "en")
    expect(visitor.heading).to_have_text("Do my savings count?")


def test_going_back_leads_to_the_results_of_the_search_and_to_the_place_on_the_page(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor._and_wait(lambda: visitor.stage.locator("footer a[data-goto=answers]").click())
    visitor.stage.get_by_role("searchbox").fill("bezwaar")
    visitor.press("answers.search.button")
    link = visitor.stage.locator("#found").get_by_role("link").first
    visitor._and_wait(lambda: link.click())
    visitor.back_button_of_the_browser()
    expect(visitor.stage.get_by_role("searchbox")).to_have_value("bezwaar")
    expect(visitor.stage.locator("#found")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('bijdragewijzer.draft')") is None

    last = visitor.stage.locator(".topic a").last
    last.scroll_into_view_if_needed()
    down = page.evaluate("scrollY")
    visitor._and_wait(lambda: last.click())
    visitor.back_button_of_the_browser()
    expect(last).to_be_focused()
    assert abs(page.evaluate("scrollY") - down) < 50
