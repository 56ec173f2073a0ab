"""Staff make letters from a file in a real browser, by keyboard, from the file to what is saved; and what ends it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from estimator.printing.post import IN_MEMORY, PREFIX
from tests.browser.conftest import Check
from tests.browser.pages import SCHEMES
from tests.browser.processes import Server
from tests.web.reader import NL
from tests.web.staff import HASH, PASSPHRASE
from tests.web.test_letters_page import rows

FLAGS = ("--staff-passphrase", HASH, "--municipality", "GM0000")


@pytest.fixture(scope="module")
def letters_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("letters") / "log.txt", flags=FLAGS) as running:
        yield running


def households(content: bytes, name: str = "huishoudens.csv") -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def folders() -> set[Path]:
    """Of all servers on this machine."""
    return {path for place in (IN_MEMORY, Path(tempfile.gettempdir())) for path in place.glob(f"{PREFIX}*")}


def at_letters(page: Page, server: Server) -> Page:
    page.goto(f"{server.url}/brieven")
    page.get_by_label("Wachtzin").fill(PASSPHRASE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Brieven maken")
    return page


def tab_to(page: Page, name: str) -> None:
    """Press Tab until it is there."""
    wanted = page.locator(f"#{name}")
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"no way to #{name} by keyboard")


def test_from_a_file_to_letters_by_keyboard(page: Page, letters_server: Server, tmp_path: Path) -> None:
    page.on("filechooser", lambda _: None)  # the browser is told to hand choosers over before the key is pressed
    at_letters(page, letters_server)
    tab_to(page, "file")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(households(rows(8, 3)))
    tab_to(page, "output")
    page.keyboard.type("Allebei")
    tab_to(page, "make")
    page.keyboard.press("Enter")

    expect(page.locator("#result-heading")).to_be_focused(timeout=60_000)
    expect(page.get_by_role("row", name="A-3 income veel")).to_be_visible()
    with page.expect_download() as download:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    with ZipFile(download.value.path()) as packed:
        assert packed.namelist() == [*(f"A-{n}.pdf" for n in (1, 2, 4, 5, 6, 7, 8)), "letters-001.pdf"]


def test_a_page_that_is_closed_or_left_leaves_nothing(page: Page, letters_server: Server) -> None:
    before = folders()
    at_letters(page, letters_server)
    page.get_by_label("Bestand met huishoudens").set_input_files(households(rows(1)))
    page.get_by_role("button", name="Brieven maken").click()
    expect(page.locator("#result-heading")).to_be_visible(timeout=60_000)
    own = folders() - before  # and perhaps that of another test of now
    assert own
    url = page.get_by_role("link", name="Brieven, als ZIP-bestand").get_attribute("href")

    page.get_by_role("link", name="Materiaal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Materiaal om uit te delen")
    for folder in own:
        expect_gone(page, folder)
    assert page.request.get(f"{letters_server.url}{url}").status == 404


def expect_gone(page: Page, folder: Path) -> None:
    """A moment after the connection is closed."""
    for _ in range(100):
        if not folder.exists():
            return
        page.reload()
    pytest.fail(f"{folder} is still there")


def test_letters_are_stopped_and_begun_again(page: Page, letters_server: Server) -> None:
    at_letters(page, letters_server)
    page.get_by_label("Bestand met huishoudens").set_input_files(households(rows(400)))
    page.get_by_role("button", name="Brieven maken").click()
    expect(page.get_by_role("button", name="Stoppen")).to_be_focused()
    expect(page.get_by_text("van 400 huishoudens gedaan")).to_be_visible(timeout=60_000)
    page.keyboard.press("Enter")
    expect(page.get_by_text(NL("post.cancelled"))).to_be_visible()
    expect(page.get_by_role("button", name="Brieven maken")).to_be_focused()

    page.get_by_label("Bestand met huishoudens").set_input_files(households(rows(1)))
    page.get_by_role("button", name="Brieven maken").click()
    expect(page.locator("#result-heading")).to_be_focused(timeout=60_000)


def test_what_is_wrong_is_said_beside_its_field(page: Page, letters_server: Server) -> None:
    at_letters(page, letters_server)
    file = page.get_by_label("Bestand met huishoudens")
    page.get_by_role("button", name="Brieven maken").click()
    expect(file).to_be_focused()
    expect(file).to_have_accessible_description(f"{page.locator('#file-hint').inner_text()} Kies een bestand.")

    file.set_input_files(households(b"reference;bsn\n"))
    page.get_by_role("button", name="Brieven maken").click()
    expect(page.get_by_text("burgerservicenummers te staan")).to_be_visible(timeout=60_000)
    expect(file).to_be_focused()

    file.set_input_files(households(b"x" * 20_000_001))
    page.get_by_role("button", name="Brieven maken").click()
    expect(page.get_by_text("Het bestand is te groot.")).to_be_visible()


def test_who_is_not_logged_in_any_more_is_told_so_and_keeps_the_choices(page: Page, letters_server: Server) -> None:
    at_letters(page, letters_server)
    page.get_by_label("Bestand met huishoudens").set_input_files(households(rows(1)))
    page.get_by_label("Kolom met de taal").fill("taal")
    page.context.clear_cookies()
    page.get_by_role("button", name="Brieven maken").click()

    expect(page.get_by_role("link", name="Opnieuw inloggen")).to_have_attribute("href", "/inloggen?next=/brieven")
    expect(page.get_by_label("Kolom met de taal")).to_have_value("taal")


def test_nothing_of_a_file_is_in_the_log(page: Page, letters_server: Server) -> None:
    at_letters(page, letters_server)
    page.get_by_label("Bestand met huishoudens").set_input_files(households(rows(2, 2), "geheim.csv"))
    page.get_by_role("button", name="Brieven maken").click()
    expect(page.locator("#result-heading")).to_be_visible(timeout=60_000)
    page.goto("about:blank")

    log = letters_server.log.read_text("utf-8")
    assert [word for word in ("geheim", "Naam", "A-1", "veel", "Traceback") if word in log] == []


def test_a_killed_server_leaves_nothing_to_the_next(page: Page, tmp_path: Path) -> None:
    with Server(tmp_path / "log.txt", flags=FLAGS) as server:
        before = folders()
        at_letters(page, server)
        page.get_by_label("Bestand met huishoudens").set_input_files(households(rows(1)))
        page.get_by_role("button", name="Brieven maken").click()
        expect(page.locator("#result-heading")).to_be_visible(timeout=60_000)
        own = folders() - before
        server.kill()
        expect(page.get_by_text(NL("post.lost"))).to_be_visible()
        assert any(folder.exists() for folder in own)

        server.start()
        for folder in own:
            expect_gone(page, folder)


def test_the_pages_are_accessible(browser: Browser, letters_server: Server, assert_accessible: Check) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = at_letters(context.new_page(), letters_server)
    page.locator("summary").click()
    assert_accessible(page, SCHEMES)
    page.get_by_role("button", name="Brieven maken").click()
    assert_accessible(page, SCHEMES)
    page.get_by_label("Bestand met huishoudens").set_input_files(households(rows(2, 2)))
    page.get_by_role("button", name="Brieven maken").click()
    expect(page.locator("#result-heading")).to_be_visible(timeout=60_000)
    assert_accessible(page, SCHEMES)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    page.goto(f"{letters_server.url}/materiaal")
    assert_accessible(page, SCHEMES)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_without_a_script_the_page_says_that_it_needs_one(browser: Browser, letters_server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = at_letters(context.new_page(), letters_server)

    expect(page.get_by_text(NL("post.letters.no_script"))).to_be_visible()
    expect(page.get_by_role("button", name="Brieven maken")).to_be_hidden()
    context.close()
