"""An intake at the desk in a real browser, as an employee does it: by keyboard, with the outcome beside the form."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Check
from tests.browser.pages import SCHEMES
from tests.browser.processes import Server
from tests.web.staff import HASH, PASSPHRASE


@pytest.fixture(scope="module")
def desk_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service of the municipality that doesn't exist, with a passphrase for staff."""
    log = tmp_path_factory.mktemp("desk") / "log.txt"
    with Server(log, flags=("--staff-passphrase", HASH, "--municipality", "GM0000")) as running:
        yield running


def log_in(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/balie")
    page.get_by_label("Wachtzin").fill(PASSPHRASE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gesprek aan de balie")


@pytest.fixture
def desk(page: Page, desk_server: Server) -> Page:
    log_in(page, desk_server)
    return page


def press_access_key(page: Page, key: str) -> None:
    """Alt with a key, told to Chromium as a keyboard does: Playwright leaves out what access keys are known by."""
    session = page.context.new_cdp_session(page)
    for kind in ("rawKeyDown", "char", "keyUp"):
        told = {"type": kind, "modifiers": 1, "key": key, "code": f"Digit{key}", "text": key, "unmodifiedText": key}
        session.send("Input.dispatchKeyEvent", {**told, "windowsVirtualKeyCode": ord(key)})


def keys(page: Page, *typed: str) -> None:
    for key in typed:
        if key in ("Tab", "Shift+Tab", "Enter", "ArrowDown", "ArrowRight", "Space"):
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)


def expect_verdict(page: Page, words: str) -> None:
    expect(page.locator("#outcome .verdict").first).to_contain_text(words)


def test_an_intake_with_the_keyboard_only(desk: Page) -> None:
    """A couple of which one reaches pension age next month, with help at home and a scooter; printed at the end."""
    desk.get_by_label("Geboortedatum van de cliënt").press("Shift+Tab")  # to the composition
    keys(desk, "ArrowDown")
    expect(desk.get_by_role("radio", name="Samen met een partner")).to_be_checked()
    keys(desk, "Tab", "01031950", "Tab", "Tab", "12121959", "Tab", "Tab", "38.341,50", "Tab", "Tab", "Tab", "60000")
    desk.get_by_label("Voorziening", exact=True).press("Shift+Tab")
    keys(desk, "Tab", "Hulp bij het h")
    expect_verdict(desk, "Nu betaalt u niets")
    expect(desk.get_by_role("table").filter(has_text="De partner heeft de AOW-leeftijd")).to_contain_text("€ 21,80")

    press_access_key(desk, "3")
    expect(desk.locator("[id='kind.2']")).to_be_focused()
    keys(desk, "Ander hulp", "Tab", "Tab", "12-3-2024", "Tab", "2500")
    expect(desk.locator("#outcome")).to_contain_text("Over van de kostprijs: € 2.500,00.")


def test_the_outcome_follows_what_is_typed_and_a_mistake_waits_until_its_field_is_left(desk: Page) -> None:
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    income = desk.get_by_label(re.compile("Inkomen in heel 2025"))
    income.fill("20.000")
    expect_verdict(desk, "Nu betaalt u niets")
    income.fill("24.500")
    expect_verdict(desk, "€ 21,80")

    income.press("End")
    income.press_sequentially("x")
    expect(desk.locator("#said")).to_have_text("De uitkomst wacht op het veld dat u invult.")
    expect(income).not_to_have_attribute("aria-invalid", "true")
    income.press("Tab")
    expect(income).to_have_attribute("aria-invalid", "true")
    expect(income).to_have_accessible_description(re.compile("‘24.500x’ is geen bedrag"))
    desk.get_by_role("link", name=re.compile("‘24.500x’")).press("Enter")
    expect(income).to_be_focused()
    expect(desk.get_by_label("Geboortedatum van de cliënt")).to_have_value("1-3-1950")


def test_what_was_typed_survives_a_reload_and_a_new_conversation_wipes_it(desk: Page) -> None:
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    expect_verdict(desk, "€ 21,80")
    desk.reload()
    expect(desk.get_by_label("Geboortedatum van de cliënt")).to_have_value("1-3-1950")
    expect_verdict(desk, "€ 21,80")

    press_access_key(desk, "0")
    expect(desk.get_by_label("Geboortedatum van de cliënt")).to_have_value("")
    expect(desk.get_by_label("Geboortedatum van de cliënt")).to_be_focused()
    assert desk.evaluate("sessionStorage.length + localStorage.length") == 0
    desk.reload()
    expect(desk.get_by_label("Geboortedatum van de cliënt")).to_have_value("")


def test_nothing_of_a_conversation_is_left_after_logging_out(desk: Page) -> None:
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    expect_verdict(desk, "€ 21,80")
    desk.get_by_role("button", name="Uitloggen").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("U bent uitgelogd")

    assert desk.evaluate("sessionStorage.length") == 0


def test_another_municipality_gives_its_own_rules_at_once(desk: Page) -> None:
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.get_by_label(re.compile("Inkomen in heel 2025")).fill("20.000")
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    expect_verdict(desk, "Nu betaalt u niets")
    desk.get_by_label("Gemeente").select_option("GM1719")
    expect_verdict(desk, "Nu betaalt u € 21,80")


def test_a_second_household_says_what_is_different(desk: Page) -> None:
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.get_by_label(re.compile("Inkomen in heel 2025")).fill("30.000")
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    expect_verdict(desk, "€ 21,80")
    press_access_key(desk, "5")
    expect(desk.locator("[id='other.client_born']")).to_be_focused()
    other = desk.get_by_role("region", name="Stel dat").first
    other.get_by_role("radio", name="Samen met een partner").check()
    other.get_by_label("Geboortedatum van de partner").fill("30-12-1965")

    expect(desk.locator(".changes")).to_contain_text("Nu: niets.")
    expect(desk.locator("#outcome .verdict")).to_have_count(2)


def test_a_sheet_in_arabic_while_the_page_is_dutch(desk: Page) -> None:
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    expect_verdict(desk, "€ 21,80")
    desk.get_by_label("Taal van het blad").select_option("ar")
    with desk.context.expect_event("request", lambda request: request.url.endswith("/balie/pdf")) as asked:
        desk.get_by_role("button", name="Blad voor de inwoner").click()

    response = asked.value.response()
    assert response is not None
    assert response.header_value("content-type") == "application/pdf"
    assert "language=ar" in (asked.value.post_data or "")
    expect(desk.locator("html")).to_have_attribute("lang", "nl")


def test_what_was_typed_waits_for_whoever_has_to_log_in_again(desk: Page) -> None:
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.context.clear_cookies()
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")

    with desk.expect_popup() as opened:
        desk.get_by_role("link", name="Opnieuw inloggen").click()
    opened.value.get_by_label("Wachtzin").fill(PASSPHRASE)
    opened.value.keyboard.press("Enter")
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Gesprek aan de balie")
    expect(opened.value.get_by_label("Geboortedatum van de cliënt")).to_have_value("")
    desk.get_by_label("Hoe geleverd").select_option("personal_budget")
    expect_verdict(desk, "€ 21,80")
    desk.reload()
    expect(desk.get_by_label("Geboortedatum van de cliënt")).to_have_value("1-3-1950")


def test_whoever_logs_in_next_finds_nothing_in_the_tab(desk: Page) -> None:
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    expect_verdict(desk, "€ 21,80")
    desk.context.clear_cookies()
    desk.reload()
    desk.get_by_label("Wachtzin").fill(PASSPHRASE)
    desk.keyboard.press("Enter")

    expect(desk.get_by_label("Geboortedatum van de cliënt")).to_have_value("")
    assert desk.evaluate("Object.keys(sessionStorage).length") == 0


def test_a_new_conversation_wipes_also_where_the_server_is_away(desk: Page) -> None:
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    expect_verdict(desk, "€ 21,80")
    desk.context.set_offline(True)
    desk.get_by_role("button", name="Nieuw gesprek").click()

    expect(desk.get_by_label("Geboortedatum van de cliënt")).to_have_value("")
    expect(desk.locator("#outcome")).not_to_contain_text("€ 21,80")
    assert desk.evaluate("Object.keys(sessionStorage).length") == 0


def test_the_language_of_the_sheet_is_chosen_by_keyboard(desk: Page) -> None:
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    expect_verdict(desk, "€ 21,80")
    language = desk.get_by_label("Taal van het blad")
    language.focus()
    keys(desk, "ArrowDown", "ArrowDown", "ArrowDown")

    expect(language).to_have_value("ar")
    expect(language).to_be_focused()


def test_what_is_typed_while_an_answer_is_under_way_stays(desk: Page) -> None:
    held: list[Route] = []
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    expect_verdict(desk, "€ 21,80")
    desk.route("**/balie", lambda route: held.append(route))
    with desk.expect_request("**/balie"):
        press_access_key(desk, "3")
    press_access_key(desk, "3")
    desk.get_by_label("Inkomen in heel 2025").press_sequentially("24500")
    held.pop(0).continue_()
    desk.unroute("**/balie")
    for route in held:
        route.continue_()

    expect(desk.locator("[id='kind.3']")).to_be_visible()
    expect(desk.get_by_label("Inkomen in heel 2025")).to_have_value("24500")
    expect(desk.locator("#outcome")).to_contain_text("€ 24.500")


def test_what_the_tab_kept_is_not_lost_by_typing_before_it_is_back(desk: Page) -> None:
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    expect_verdict(desk, "€ 21,80")
    held: list[Route] = []
    desk.route("**/balie", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    with desk.expect_request(lambda request: request.method == "POST"):
        desk.reload()
    desk.get_by_label("Inkomen in heel 2025").press_sequentially("7")
    held.pop(0).continue_()

    expect(desk.get_by_label("Geboortedatum van de cliënt")).to_have_value("1-3-1950")
    expect(desk.get_by_label("Inkomen in heel 2025")).to_have_value("7")
    desk.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize("kept", [False, True])
def test_what_is_typed_before_the_script_is_there_counts(desk: Page, kept: bool) -> None:
    """On a slow line the page can be seen, and filled in, before its script has come."""
    if kept:
        with desk.expect_request(lambda request: request.method == "POST"):  # what is asked was kept before
            desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    held: list[Route] = []
    desk.route("**/desk.js*", lambda route: held.append(route))
    with desk.expect_request("**/desk.js*"):
        desk.reload(wait_until="commit")
    born = desk.get_by_label("Geboortedatum van de cliënt")
    born.press_sequentially("1-3-1950")
    if not kept:
        desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    held.pop().continue_()

    expect_verdict(desk, "€ 21,80")
    expect(born).to_have_value("1-3-1950")
    if kept:
        expect(born).to_be_focused()
        born.press("9")
        expect(born).to_have_value("1-3-19509")


def test_logging_out_in_one_tab_wipes_the_conversation_in_another(desk: Page, desk_server: Server) -> None:
    desk.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    desk.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    expect_verdict(desk, "€ 21,80")
    other = desk.context.new_page()
    other.goto(f"{desk_server.url}/medewerkers")
    other.get_by_role("button", name="Uitloggen").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("U bent uitgelogd")

    expect(desk.get_by_label("Geboortedatum van de cliënt")).to_have_value("")
    expect(desk.locator("#outcome")).not_to_contain_text("€ 21,80")
    expect(desk.get_by_role("status")).to_contain_text("U bent niet meer ingelogd")


def test_it_works_without_a_script(browser: Browser, desk_server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, desk_server)
    page.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    page.get_by_label("Voorziening", exact=True).select_option("domestic_help")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Bereken").click()

    expect_verdict(page, "€ 21,80")
    page.get_by_role("button", name="Voorziening toevoegen").click()
    expect(page.get_by_label("Voorziening", exact=True)).to_have_count(2)
    expect(page.get_by_label("Geboortedatum van de cliënt")).to_have_value("1-3-1950")
    context.close()


def test_the_desk_is_accessible_as_narrow_as_can_be(
    browser: Browser, desk_server: Server, assert_accessible: Check
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    log_in(page, desk_server)
    assert_accessible(page, SCHEMES)

    page.get_by_label("Geboortedatum van de cliënt").fill("1-3-1950")
    page.get_by_label(re.compile("Inkomen in heel 2025")).fill("veel")
    page.get_by_label("Voorziening", exact=True).select_option("other_aid")
    page.get_by_label("Kostprijs").fill("2500")
    page.get_by_role("button", name="Bereken").click()
    expect(page.locator("#mistakes")).to_be_visible()
    assert_accessible(page, SCHEMES)

    page.get_by_label(re.compile("Inkomen in heel 2025")).fill("30.000")
    page.get_by_role("button", name="Stel dat").click()
    expect(page.locator("#outcome .verdict")).to_have_count(2)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert_accessible(page, SCHEMES)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
