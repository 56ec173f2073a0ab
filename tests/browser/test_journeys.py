"""Journeys of people through the interview, in a real browser, against a real server."""

import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from estimator.files import LOCALES
from tests.browser.visitor import Visitor

SINGLE = {
    "provisions": "domestic_help", "age": "pension", "household": "single", "facts": "none",
    "income": "24500-30499", "savings": "0-37394",
}  # fmt: skip


def test_a_single_pensioner_reads_both_amounts_in_one_sentence(page: Page) -> None:
    visitor = Visitor(page).arrive()
    asked = visitor.result(**SINGLE)

    assert asked == ["municipality", "provisions", "age", "household", "facts", "income", "savings"]
    sentence = visitor.heading.inner_text().replace("\u00a0", " ")
    assert "€ 21,80" in sentence
    assert "€ 23,60 tot € 74" in sentence
    expect(visitor.stage.locator(".receipt.plan").get_by_role("row").last).to_contain_text("74")


def test_a_couple_with_one_partner_under_pension_age_pays_nothing_now(page: Page) -> None:
    visitor = Visitor(page, "en").arrive()
    asked = visitor.result(
        provisions="domestic_help", age="pension", household="couple", partner_age="adult", facts="none",
        income="34000-39999", savings="0-74789",
    )  # fmt: skip

    assert "partner_age" in asked
    sentence = visitor.heading.inner_text()
    assert "nothing" in sentence
    assert "€23.60 to €74" in sentence


@pytest.mark.parametrize(("locale", "word"), [("nl", "niets"), ("en", "nothing")])
def test_a_wheelchair_user_hears_at_once_that_nothing_is_due(page: Page, locale: str, word: str) -> None:
    visitor = Visitor(page, locale).arrive()

    assert visitor.result(provisions="wheelchair") == ["municipality", "provisions"]
    expect(visitor.heading).to_contain_text(word)


def test_a_minor_pays_nothing_and_is_asked_nothing_more(page: Page) -> None:
    visitor = Visitor(page).arrive()

    assert visitor.result(provisions="individual_support", age="under_18")[-1] == "age"
    expect(visitor.heading).to_contain_text("niets")


def test_dont_know_everywhere_ends_in_a_range(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.result()

    expect(visitor.heading).to_contain_text("21,80")
    expect(visitor.heading).to_contain_text("328")


def test_changing_one_answer_comes_back_to_the_result_with_the_others_kept(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.result(**SINGLE)
    visitor.change("income")
    expect(visitor.stage.locator("input[value='24500-30499']")).to_be_checked()
    visitor.answer("0-24499")
    visitor.next()

    assert visitor.on_page == "result"
    answers = visitor.stage.get_by_role("definition").all_inner_texts()
    assert any("24.499" in answer for answer in answers)
    assert any("37.394" in answer for answer in answers)


def test_the_browsers_back_button_goes_back_one_question_and_forward_again(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.answer("unknown")
    visitor.next()
    visitor.answer("domestic_help")
    visitor.next()
    assert visitor.on_page == "age"

    visitor.back_button_of_the_browser()

    assert visitor.on_page == "provisions"
    expect(visitor.option("provisions", "domestic_help")).to_be_checked()
    visitor.next()
    assert visitor.on_page == "age"


def test_the_pages_own_back_button_is_the_same_step(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.answer("unknown")
    visitor.next()
    visitor.press("ui.back")

    assert visitor.on_page == "municipality"


def test_next_without_an_answer_says_what_is_missing_and_goes_nowhere(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.answer("unknown")
    visitor.next()
    visitor.next()

    assert visitor.on_page == "provisions"
    summary = visitor.stage.get_by_role("group", name=visitor.texts("ui.error"))
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(visitor.texts("error.many.missing"))
    expect(page).to_have_title(re.compile("^Fout: "))


@pytest.mark.parametrize("typed", ["veel", "-5", "0"])
def test_a_price_that_is_none_is_refused_beside_the_field_and_stays_there(page: Page, typed: str) -> None:
    visitor = Visitor(page).arrive()
    for name in ("municipality", "provisions", "age", "household", "facts"):
        assert visitor.on_page == name
        visitor.answer({**SINGLE, "municipality": "unknown", "provisions": "other_aid"}[name])
        visitor.next()
    field = visitor.stage.get_by_role("textbox")
    field.fill(typed)
    visitor.next()

    assert visitor.on_page == "cost"
    expect(field).to_have_value(typed)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(re.escape(typed)))
    field.fill("2.500,00")
    visitor.next()
    assert visitor.on_page == "income"


def test_dont_know_and_another_choice_exclude_each_other(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.answer("unknown")
    visitor.next()
    visitor.answer(("domestic_help", "transport"))
    visitor.answer("unknown")

    expect(visitor.option("provisions", "domestic_help")).not_to_be_checked()
    visitor.answer("wheelchair")
    expect(visitor.option("provisions", "unknown")).not_to_be_checked()


@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_with_the_keyboard_alone_from_the_first_question_to_the_result(page: Page, locale: str) -> None:
    visitor = Visitor(page, locale).arrive()

    def tab_to(selector: str) -> None:
        for _ in range(60):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reached {selector}")

    tab_to("select")
    page.keyboard.press("End")
    tab_to(".primary")  # Enter in a list of options opens it
    for name in ("municipality", "provisions", "age", "household", "facts", "income"):
        expect(visitor.stage).to_have_attribute("data-page", name)
        if name != "municipality":
            tab_to(f"input[name={name}]")
            if name in ("provisions", "facts"):
                tab_to(f"input[name={name}][value={'domestic_help' if name == 'provisions' else 'none'}]")
                page.keyboard.press("Space")
            else:
                page.keyboard.press("Space")
                page.keyboard.press("ArrowUp")  # the last one: I don't know
        page.keyboard.press("Enter")
        expect(visitor.stage).not_to_have_attribute("data-page", name)
        expect(visitor.heading).to_be_focused()
    tab_to(".primary")
    page.keyboard.press("Enter")

    expect(visitor.stage).to_have_attribute("data-page", "result")
    expect(visitor.heading).to_be_focused()


def test_the_title_tells_the_step(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.answer("unknown")
    visitor.next()

    expect(page).to_have_title(re.compile(r"vraag 2 van \d", re.IGNORECASE))


def test_a_reload_and_another_language_keep_step_and_answers(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.answer("unknown")
    visitor.next()
    visitor.answer("domestic_help")
    visitor.next()

    page.reload()
    expect(visitor.stage).to_have_attribute("data-page", "age")
    visitor.stage.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile("/en/$"))
    expect(visitor.stage).to_have_attribute("lang", "en")
    expect(visitor.stage).to_have_attribute("data-page", "age")


def test_start_again_forgets_everything(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.result(provisions="wheelchair")
    visitor.press("ui.restart")

    assert visitor.on_page == "municipality"
    kept = page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('bijdragewijzer'))")
    assert kept == []


def test_two_tabs_do_not_disturb_each_other(page: Page) -> None:
    one, other = Visitor(page).arrive(), Visitor(page.context.new_page()).arrive()
    one.answer("unknown")
    one.next()

    assert (one.on_page, other.on_page) == ("provisions", "municipality")


def test_no_answer_is_in_any_address_or_cookie(page: Page) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    visitor = Visitor(page).arrive()
    visitor.result(**SINGLE)

    assert addresses
    assert not [address for address in addresses if "domestic_help" in address or "24500" in address]
    assert page.url.endswith("/nl/")
    assert page.context.cookies() == []


@pytest.mark.parametrize("address", ["", "plain/", "coverage/", "answers/", "nowhere"])
@pytest.mark.parametrize("locale", LOCALES)
def test_language_and_direction_are_in_the_delivered_page(page: Page, locale: str, address: str) -> None:
    html = page.request.get(f"/{locale}/{address}").text()
    tag = re.search(r"<html[^>]*>", html)

    assert tag
    assert f'dir="{"rtl" if locale == "ar" else "ltr"}"' in tag[0]
    assert f'lang="{locale}' in tag[0]


def test_the_first_question_is_in_the_delivered_page(page: Page) -> None:
    html = page.request.get("/nl/").text()

    assert '<div id="prerender"><div class="page"' in html


@pytest.mark.parametrize(
    ("asked", "given"),
    [("en-US,en;q=0.9", "/en/"), ("nl", "/nl/"), ("xx", "/nl/"), ("ar-SY", "/ar/"), ("uk-UA,ru;q=0.8", "/uk/")],
)
def test_the_browsers_preference_chooses_the_language(page: Page, asked: str, given: str) -> None:
    answer = page.request.get("/", headers={"Accept-Language": asked}, max_redirects=0)

    assert answer.headers["location"] == given


def test_an_address_that_does_not_exist_says_so_in_words(page: Page) -> None:
    answer = page.goto("/nl/bestaat-niet")

    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text(Visitor(page).texts("message.not_found.heading"))


def test_the_language_that_is_liked_best_wins_from_the_one_that_is_named_first(page: Page) -> None:
    answer = page.request.get("/", headers={"Accept-Language": "en;q=0.1, nl"}, max_redirects=0)

    assert answer.headers["location"] == "/nl/"


def test_an_address_without_a_path_is_answered(page: Page, server: str) -> None:
    host = urlsplit(server)
    with socket.create_connection((host.hostname, host.port), timeout=10) as connection:
        connection.sendall(f"OPTIONS * HTTP/1.1\r\nHost: {host.netloc}\r\nConnection: close\r\n\r\n".encode())
        status = connection.makefile("rb").readline().decode()

    assert " 500 " not in status
    assert status.startswith("HTTP/1.1 ")


def test_the_prefix_of_a_proxy_goes_before_every_address_once(page: Page) -> None:
    behind = {"X-Forwarded-Prefix": "/wmo"}
    html = page.request.get("/nl/", headers=behind).text()
    addresses = re.findall(r'(?:href|src|action)="(/[^"]*)"', html)

    assert addresses
    assert [address for address in addresses if not address.startswith("/wmo/")] == []
    assert [address for address in addresses if "/wmo/wmo" in address] == []
    moved = page.request.get("/", headers={**behind, "Accept-Language": "nl"}, max_redirects=0)
    assert moved.headers["location"] == "/wmo/nl/"
    assert 'href="/wmo/assets/' in page.request.get("/nl/nowhere", headers=behind).text()


def test_a_forged_prefix_puts_nothing_into_the_page(page: Page) -> None:
    for path in ("/nl/", "/nl/nowhere"):
        html = page.request.get(path, headers={"X-Forwarded-Prefix": '/"><b id=forged>'}).text()
        assert "<b id=forged>" not in html


def held_back(page: Page, what: str) -> list[Route]:
    """Nothing answers these requests until somebody continues them."""
    held: list[Route] = []
    page.route(what, lambda route: held.append(route))
    return held


def test_an_answer_before_the_stage_takes_over_has_its_place_in_the_history(page: Page) -> None:
    held = held_back(page, "**/socket.io.min.js")
    visitor = Visitor(page)
    page.goto("/nl/", wait_until="commit")
    early = page.locator("#prerender")
    early.get_by_role("combobox").select_option("unknown")
    early.get_by_role("button", name=visitor.texts("ui.next")).click()
    expect(page.get_by_role("status")).to_have_text(visitor.texts("busy"))
    held[0].continue_()
    expect(visitor.stage).to_have_attribute("data-page", "provisions")

    visitor.back_button_of_the_browser()

    assert visitor.on_page == "municipality"
    assert page.url.endswith("/nl/")


def test_focus_in_the_header_stays_when_the_stage_takes_over(page: Page) -> None:
    held = held_back(page, "**/socket.io.min.js")
    visitor = Visitor(page)
    page.goto("/nl/", wait_until="commit")
    page.locator("#prerender").get_by_role("link", name="English").focus()
    held[0].continue_()
    expect(visitor.stage).to_be_visible()

    expect(visitor.stage.get_by_role("link", name="English")).to_be_focused()
    visitor.answer("unknown")
    visitor.next()
    expect(visitor.stage.get_by_role("link", name="English")).to_be_visible()


def test_a_reload_without_a_connection_says_so_and_hides_nothing(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.answer("unknown")
    visitor.next()
    held = held_back(page, "**/socket.io.min.js")
    page.reload(wait_until="commit")

    expect(page.get_by_role("status")).to_have_text(visitor.texts("busy"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("ES modules")).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text(visitor.texts("connection_lost"), timeout=30_000)

    held[0].continue_()
    expect(visitor.stage).to_have_attribute("data-page", "provisions")
    expect(page.get_by_role("status")).to_have_text("")


def test_an_answer_given_while_a_reload_waits_is_added_to_what_was_kept(page: Page) -> None:
    visitor = Visitor(page).arrive()
    for answer in ("unknown", "domestic_help", "pension"):
        visitor.answer(answer)
        visitor.next()
    held = held_back(page, "**/socket.io.min.js")
    page.reload(wait_until="commit")
    early = page.locator("#prerender")
    early.get_by_role("combobox").select_option("GM0363")
    early.get_by_role("button", name=visitor.texts("ui.next")).click()
    held[0].continue_()
    expect(visitor.stage).to_have_attribute("data-page", "provisions")

    expect(visitor.option("provisions", "domestic_help")).to_be_checked()


def test_after_a_mistake_of_ours_no_answer_is_lost_or_logged(page: Page, failing_server: tuple[str, Path]) -> None:
    url, log = failing_server
    visitor = Visitor(page)
    page.goto(f"{url}/nl/")
    expect(visitor.stage).to_be_visible()
    for name in ("municipality", *SINGLE):
        assert visitor.on_page == name
        visitor.answer({**SINGLE, "municipality": "unknown"}[name])
        visitor.next()
    expect(visitor.heading).to_have_text(visitor.texts("message.error.heading"))

    page.reload()
    expect(visitor.stage).to_have_attribute("data-page", "savings")
    for _ in range(2):
        visitor.answer(SINGLE["savings"])
        visitor.next()
        assert visitor.on_page == "message"
        visitor.back_button_of_the_browser()
        assert visitor.on_page == "savings"
    visitor.press("ui.back")  # to the page before the reload, which is the same
    visitor.press("ui.back")
    expect(visitor.stage.locator(f"input[value='{SINGLE['income']}']")).to_be_checked()
    written = log.read_text()
    assert "no page after bw-answer: ValueError" in written
    assert SINGLE["income"] not in written


def test_more_than_one_answer_is_heard_with_the_question(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.answer("unknown")
    visitor.next()

    heard = re.compile(re.escape(visitor.texts("ui.more_than_one")))
    group = visitor.stage.get_by_role("group", name=visitor.texts("question.provisions.heading"))
    expect(group).to_have_accessible_description(heard)


def test_no_two_disclosures_of_a_result_have_the_same_name(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.result(**SINGLE)

    names = visitor.stage.locator("summary").all_text_contents()
    assert len(names) == len(set(names)) > 2


def test_below_the_verdict_it_says_what_it_is_and_what_to_do_comes_before_what_could_differ(page: Page) -> None:
    visitor = Visitor(page).arrive()
    visitor.result(**SINGLE)

    expect(visitor.stage.locator("h1 + div > p")).to_have_text(visitor.texts("ui.estimate"))
    headings = visitor.stage.get_by_role("heading", level=2).all_inner_texts()
    assert headings.index(visitor.texts("ui.todo")) < headings.index(visitor.texts("ui.different"))


@pytest.mark.parametrize("width", [320, 360])
def test_no_word_of_a_receipt_is_broken_on_a_phone(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    visitor = Visitor(page, "en").arrive()
    visitor.result(**SINGLE)

    broken = page.evaluate(
        """() => [...document.querySelectorAll('.receipt th, .receipt td, .receipt caption')].flatMap((cell) => {
            const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = [];
            while (walker.nextNode()) for (const match of walker.currentNode.data.matchAll(/[\\p{L}]+/gu)) {
                const range = document.createRange();
                range.setStart(walker.currentNode, match.index);
                range.setEnd(walker.currentNode, match.index + match[0].length);
                if (new Set([...range.getClientRects()].map(r => r.top)).size > 1) found.push(match[0]);
            }
            return found;
        })"""
    )
    assert broken == []


@pytest.mark.parametrize("done", [0, 1])
def test_on_a_phone_on_its_side_the_first_answer_is_in_sight(page: Page, done: int) -> None:
    page.set_viewport_size({"width": 740, "height": 360})
    visitor = Visitor(page).arrive()
    for answer in ("unknown",)[:done]:
        visitor.answer(answer)
        visitor.next()

    box = visitor.stage.locator("select, .choice").first.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 360
