"""Staff log in and out with a keyboard, in a real browser, whose forms tell where they stood."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from estimator.texts import Texts
from estimator.ui.serve import STAFF_LINKS
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.conftest import Check
from tests.browser.pages import SCHEMES
from tests.browser.processes import Server
from tests.web.staff import HASH, PASSPHRASE

NL = Texts("nl")


@pytest.fixture(scope="module")
def staff_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service with a passphrase for staff."""
    with Server(tmp_path_factory.mktemp("staff") / "log.txt", flags=("--staff-passphrase", HASH)) as running:
        yield running


def log_in(page: Page, passphrase: str) -> None:
    page.get_by_label("Wachtzin").fill(passphrase)
    page.keyboard.press("Enter")


def expect_heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_the_way_in_and_out_is_accessible(browser: Browser, staff_server: Server, assert_accessible: Check) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"{staff_server.url}/medewerkers")
    expect_heading(page, "Inloggen voor medewerkers")
    assert_accessible(page, SCHEMES)

    log_in(page, "een korte wachtzin")
    expect(page.locator("#summary")).to_be_focused()
    problem = "Deze wachtzin klopt niet. Typ de wachtzin opnieuw."
    expect(page.get_by_label("Wachtzin")).to_have_accessible_description(problem)
    assert_accessible(page, SCHEMES)

    log_in(page, PASSPHRASE)
    expect_heading(page, "Voor medewerkers")
    assert_accessible(page, SCHEMES)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    page.get_by_role("button", name="Uitloggen").press("Enter")
    expect_heading(page, "U bent uitgelogd")
    assert_accessible(page, SCHEMES)
    assert context.cookies() == []

    page.go_back()
    expect_heading(page, "Inloggen voor medewerkers")
    context.close()


def test_every_page_of_the_app_s_own_list_is_accessible(
    browser: Browser, staff_server: Server, assert_accessible: Check
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"{staff_server.url}/medewerkers")
    log_in(page, PASSPHRASE)
    expect_heading(page, "Voor medewerkers")
    for link in STAFF_LINKS:
        page.goto(f"{staff_server.url}{link.path}")
        expect(page.locator("nav [aria-current=page]")).to_have_text(NL(link.title))
        assert_accessible(page, SCHEMES)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, link.path
    context.close()


def test_somebody_logs_in_where_the_browser_came_without_encryption(
    playwright: Playwright, staff_server: Server
) -> None:
    # Then it doesn't say Sec-Fetch-Site, only the origin of the form; and of localhost it would.
    flags = [*FLAGS, "--host-resolver-rules=MAP balie.example 127.0.0.1"]
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
    page = browser.new_page()
    page.goto(f"http://balie.example:{staff_server.port}/inloggen")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        log_in(page, PASSPHRASE)
    expect_heading(page, "Voor medewerkers")

    headers = sent.value.all_headers()
    assert "sec-fetch-site" not in headers
    assert headers["origin"] == f"http://balie.example:{staff_server.port}"
    browser.close()


def test_a_form_of_another_site_logs_nobody_in_or_out(page: Page, staff_server: Server) -> None:
    page.goto(f"{staff_server.url}/inloggen")
    log_in(page, PASSPHRASE)
    expect_heading(page, "Voor medewerkers")
    # For the browser this is another site.
    elsewhere = staff_server.url.replace("127.0.0.1", "localhost")
    form = f'<form method="post" action="{staff_server.url}/uitloggen"><button>x</button></form>'
    page.route("**/other", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto(f"{elsewhere}/other")
    page.get_by_role("button").click()

    expect_heading(page, "Dit verzoek kwam niet van ons")
    page.goto(f"{staff_server.url}/medewerkers")
    expect_heading(page, "Voor medewerkers")
