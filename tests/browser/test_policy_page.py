"""Policies compared in a real browser, as a policy officer does it: by keyboard, from the form to the workbook."""

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Check
from tests.browser.pages import SCHEMES
from tests.browser.processes import Server
from tests.policies.clients import csv_of
from tests.web.staff import HASH, PASSPHRASE

CLIENTS = csv_of("a;single;pension;24500;domestic_help", "b;single;pension;veel;domestic_help")


@pytest.fixture(scope="module")
def policy_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service with a passphrase for staff."""
    with Server(tmp_path_factory.mktemp("policy") / "log.txt", flags=("--staff-passphrase", HASH)) as running:
        yield running


def log_in(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/beleid")
    page.get_by_label("Wachtzin").fill(PASSPHRASE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Beleid vergelijken")
    expect(page.get_by_role("button", name="Vergelijken")).to_be_visible()


@pytest.fixture
def policy(page: Page, policy_server: Server) -> Page:
    log_in(page, policy_server)
    return page


def keys(page: Page, *typed: str) -> None:
    for key in typed:
        if key in ("Tab", "Enter", "Space", "ArrowDown", "Control+A"):
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)


def expect_result(page: Page) -> None:
    expect(page.get_by_role("heading", name="Uitkomst")).to_be_focused()


def choose(page: Page, clients: bytes = CLIENTS, name: str = "clients.csv") -> None:
    page.get_by_label("Bestand met huishoudens").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": clients}
    )
    page.get_by_label("Beleid 2").select_option("ready.2006-iv")


def test_invented_households_are_compared_by_keyboard(policy: Page, tmp_path: Path) -> None:
    policy.get_by_role("radio", name="Een bestand van uw gemeente").focus()
    keys(policy, "ArrowDown", "Tab", "Control+A", "500", "Tab", "Control+A", "3")
    policy.get_by_label("Beleid 2").focus()
    keys(policy, "Variant IV", "Tab", "Tab", "Enter")
    expect_result(policy)

    income = policy.get_by_role("table", name="Opbrengst in een jaar, en hoeveel huishoudens betalen")
    expect(income.get_by_role("rowheader", name="Variant IV")).to_have_count(2)
    expect(income).to_contain_text("Plan, nog geen wet")
    expect(policy.locator("#result")).to_contain_text("500 huishoudens uit verzonnen-500-3")

    policy.get_by_role("button", name="Downloaden als Excel-bestand").focus()
    with policy.expect_download() as download:
        keys(policy, "Enter")
    download.value.save_as(tmp_path / "found.xlsx")
    assert openpyxl.load_workbook(tmp_path / "found.xlsx").sheetnames[0] == "Uitgangspunten"
    assert policy.url.endswith("/beleid")


def test_a_file_that_is_sent_with_a_wrong_row_in_it(policy: Page) -> None:
    choose(policy)
    policy.get_by_role("button", name="Vergelijken").press("Enter")
    expect_result(policy)

    policy.get_by_role("link", name="Bekijk de fouten").press("Enter")
    expect(policy.locator("#wrong")).to_be_focused()
    expect(policy.get_by_role("table", name="Rijen die niet zijn berekend")).to_contain_text("veel")


def test_a_mistake_is_told_at_its_field_and_nothing_else_is_lost(policy: Page) -> None:
    choose(policy, csv_of("123456782;single", head="bsn;composition"), "met-bsn.csv")
    policy.get_by_role("button", name="Nog een beleid erbij").press("Enter")
    expect(policy.get_by_label("Beleid 3")).to_be_focused()
    keys(policy, "Hier zelf")
    half = policy.get_by_role("group", name="Beleid 3")
    half.get_by_label("Naam", exact=True).fill("De helft")
    half.get_by_label("Deel, in procenten").fill("50")
    policy.get_by_role("button", name="Vergelijken").press("Enter")

    expect(policy.locator("#mistakes")).to_be_focused()
    policy.get_by_role("link", name="Bestand met huishoudens: In de kolom bsn").press("Enter")
    file = policy.get_by_label("Bestand met huishoudens")
    expect(file).to_be_focused()
    expect(policy.locator("#file-error")).to_contain_text("In de kolom bsn staan burgerservicenummers.")
    expect(half.get_by_label("Naam", exact=True)).to_have_value("De helft")

    choose(policy)
    policy.get_by_role("button", name="Vergelijken").press("Enter")
    expect_result(policy)
    expect(policy.locator("#file-error")).to_be_hidden()
    expect(policy.get_by_role("rowheader", name="De helft").first).to_be_visible()


def test_a_comparison_is_stopped(policy: Page) -> None:
    policy.get_by_role("radio", name="Een verzonnen bestand").check()
    policy.get_by_label("Aantal huishoudens").fill("100000")
    policy.get_by_label("Beleid 2").select_option("ready.2006-i")
    policy.get_by_role("button", name="Vergelijken").press("Enter")
    stop = policy.get_by_role("button", name="Stoppen")
    expect(stop).to_be_focused()
    stop.press("Enter")

    expect(policy.get_by_text("De vergelijking is gestopt.").first).to_be_visible()
    expect(policy.get_by_role("button", name="Vergelijken")).to_be_focused()
    expect(policy.locator("#result")).to_be_empty()
    expect(policy.get_by_label("Aantal huishoudens")).to_have_value("100000")


def test_whoever_was_logged_out_keeps_what_was_filled_in(policy: Page) -> None:
    policy.context.clear_cookies()
    choose(policy)
    policy.get_by_role("button", name="Vergelijken").press("Enter")

    expect(policy.get_by_role("link", name="Log opnieuw in")).to_be_visible()
    expect(policy.get_by_label("Beleid 2")).to_have_value("ready.2006-iv")


def test_a_policy_that_is_taken_away_isn_t_compared(policy: Page) -> None:
    choose(policy)
    policy.get_by_role("button", name="Nog een beleid erbij").press("Enter")
    policy.get_by_label("Beleid 3").select_option("own")
    policy.get_by_role("button", name="Weghalen Beleid 3").press("Enter")
    expect(policy.get_by_role("button", name="Nog een beleid erbij")).to_be_focused()
    policy.get_by_role("button", name="Vergelijken").press("Enter")

    expect_result(policy)
    expect(policy.locator(".chosen li")).to_have_count(2)


def test_the_page_is_accessible_on_a_narrow_screen(
    browser: Browser, policy_server: Server, assert_accessible: Check
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    log_in(page, policy_server)
    choose(page)
    page.get_by_label("Beleid 2").select_option("own")
    page.get_by_role("radio", name="Alleen voor deze").check()
    page.get_by_role("textbox", name="Deel, in procenten").fill("veel")
    page.get_by_role("button", name="Vergelijken").click()
    expect(page.locator("#mistakes")).to_be_focused()
    assert_accessible(page, SCHEMES)

    page.get_by_role("textbox", name="Deel, in procenten").fill("50")
    page.get_by_role("button", name="Vergelijken").click()
    expect_result(page)
    assert_accessible(page, SCHEMES)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
