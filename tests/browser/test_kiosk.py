"""At a kiosk: two doors, big targets, no way out, and nothing left for whoever comes next."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from estimator.files import LOCALES
from estimator.pages.request import COUNTDOWN, IDLE_AFTER
from estimator.texts import Texts
from tests.browser.chromium import find_chromium
from tests.browser.visitor import Visitor

ROOT = Path(__file__).parents[2]
TOUCH = 64
OPEN = "all => all.forEach(each => { each.parentElement.open = true })"
ANSWERS = {
    "municipality": "unknown", "provisions": "other_aid", "age": "pension", "household": "single", "facts": "none",
    "income": "24500-30499", "savings": "unknown",
}  # fmt: skip


class Standing(Visitor):
    """Somebody who stands at the kiosk."""

    def arrive(self) -> "Standing":
        self.page.goto(f"/{self.texts.lang}/?kiosk")
        expect(self.stage).to_have_attribute("data-page", "doors")
        return self

    def answer(self, values: str | tuple[str, ...]) -> None:
        if self.on_page == "municipality":  # cards instead of a list that drops down
            self.stage.locator(f"input[type=radio][value={values}]").check()
        else:
            super().answer(values)

    def open(self, door: str) -> None:
        self._and_wait(lambda: self.stage.locator(f".door[value={door}]").click())


@pytest.fixture
def clocked(page: Page) -> Page:
    """A page of which the test turns the clock."""
    page.clock.install()
    return page


def kept(page: Page) -> list[str]:
    """What the browser keeps, but for the name that it gave to the tab."""
    names: list[str] = page.evaluate("[...Object.keys(sessionStorage), ...Object.keys(localStorage), document.cookie]")
    return [name for name in names if name and not name.startswith("__nicegui_tab")]


def test_the_first_screen_has_two_doors_and_the_interview_is_behind_one(page: Page) -> None:
    visitor = Standing(page).arrive()

    expect(visitor.heading).to_have_text(visitor.texts("doors.heading"))
    assert visitor.stage.locator(".door").all_inner_texts() == [
        f"{visitor.texts(f'doors.{door}.title')}\n{visitor.texts(f'doors.{door}.text')}"
        for door in ("interview", "answers")
    ]
    visitor.open("interview")
    expect(visitor.stage).to_have_attribute("data-page", "municipality")
    visitor.press("ui.back")
    expect(visitor.stage).to_have_attribute("data-page", "doors")


def test_the_other_door_shows_questions_and_answers_and_leads_back(page: Page) -> None:
    visitor = Standing(page).arrive()
    visitor.open("answers")
    expect(visitor.stage).to_have_attribute("data-page", "answers")

    visitor.press("ui.return")
    expect(visitor.stage).to_have_attribute("data-page", "doors")


def test_nothing_has_to_be_typed(page: Page) -> None:
    visitor = Standing(page).arrive()
    visitor.open("interview")
    asked = visitor.result(**ANSWERS)

    assert "cost" not in asked
    assert "income" in asked


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_is_big_and_nothing_leads_out(page: Page, locale: str) -> None:
    page.set_viewport_size({"width": 1080, "height": 1920})
    visitor = Standing(page, locale).arrive()

    def look() -> None:
        small = page.evaluate(
            """(least) => [...document.querySelectorAll('.stage :is(button, a, select, summary, .choice):not(.skip)')]
                 .filter(e => e.checkVisibility() && !e.closest('dialog'))
                 .map(e => [e.getBoundingClientRect(), e.textContent.trim()])
                 .filter(([r]) => r.height < least || r.width < least).map(([, text]) => text)""",
            TOUCH,
        )
        assert small == [], visitor.on_page
        links = page.locator(".stage a:not([href^='#'])").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert [link for link in links if not link.startswith("/") or "?kiosk" not in link] == [], visitor.on_page
        assert page.evaluate("document.documentElement.scrollWidth") <= 1080

    look()
    visitor.open("answers")
    page.locator(".stage summary").evaluate_all(OPEN)
    look()
    visitor.press("coverage.heading")
    page.locator(".stage summary").evaluate_all(OPEN)
    look()
    visitor.press("ui.return")
    visitor.press("ui.return")
    visitor.open("interview")
    while visitor.on_page != "result":
        look()
        if visitor.on_page == "overview":
            visitor.press("ui.show_result")
            continue
        visitor.answer(ANSWERS.get(visitor.on_page, "unknown"))
        visitor.next()
    page.locator(".stage summary").evaluate_all(OPEN)
    look()


def test_whoever_is_away_is_asked_and_one_touch_goes_on(clocked: Page) -> None:
    visitor = Standing(clocked).arrive()
    visitor.open("interview")
    visitor.answer("unknown")
    visitor.next()
    dialog = clocked.get_by_role("alertdialog", name=visitor.texts("idle.heading"))
    clocked.clock.run_for((IDLE_AFTER - 1) * 1000)
    expect(dialog).to_be_hidden()
    clocked.clock.run_for(1000)

    expect(dialog).to_be_visible()
    expect(dialog).to_have_accessible_description(visitor.texts.count("idle.text", COUNTDOWN))
    clocked.clock.run_for(10_000)
    expect(dialog.get_by_role("status")).to_have_text(visitor.texts.count("idle.left", 20))

    clocked.mouse.click(5, 5)
    expect(dialog).to_be_hidden()
    expect(visitor.stage).to_have_attribute("data-page", "provisions")
    clocked.clock.run_for((IDLE_AFTER - 1) * 1000)
    expect(dialog).to_be_hidden()


def test_after_the_countdown_all_is_wiped_and_the_first_page_is_there_in_the_first_language(clocked: Page) -> None:
    visitor = Standing(clocked, LOCALES[1]).arrive()
    visitor.open("interview")
    visitor.answer("unknown")
    visitor.next()
    visitor.answer("domestic_help")
    clocked.clock.run_for((IDLE_AFTER + COUNTDOWN) * 1000)

    clocked.wait_for_url(f"**/{LOCALES[0]}/?kiosk")
    expect(visitor.stage).to_have_attribute("data-page", "doors")
    assert kept(clocked) == []
    clocked.go_back()
    expect(visitor.stage).to_have_attribute("data-page", "doors")


@pytest.mark.parametrize("sign", ["tap on the button", "tap beside it", "Enter"])
def test_the_touch_that_answers_presses_nothing_below(browser: Browser, server: str, sign: str) -> None:
    context = browser.new_context(base_url=server, has_touch=True, viewport={"width": 1080, "height": 1920})
    page = context.new_page()
    page.clock.install()
    visitor = Standing(page).arrive()
    visitor.open("interview")
    visitor.answer("unknown")
    visitor.next()
    button = page.get_by_role("alertdialog").get_by_role("button")
    page.clock.run_for(IDLE_AFTER * 1000)
    expect(button).to_be_visible()
    if sign == "Enter":
        page.keyboard.press("Enter")
    elif sign == "tap on the button":
        button.tap()
    else:
        page.touchscreen.tap(540, 700)

    expect(button).to_be_hidden()
    expect(visitor.stage).to_have_attribute("data-page", "provisions")
    assert page.locator(".stage :checked").count() == 0
    context.close()


@pytest.mark.parametrize("door", ["interview", "answers"])
def test_whoever_only_opened_a_door_is_asked_too(clocked: Page, door: str) -> None:
    visitor = Standing(clocked).arrive()
    clocked.clock.run_for(IDLE_AFTER * 1000)
    expect(clocked.get_by_role("alertdialog")).to_be_hidden()
    visitor.open(door)
    clocked.clock.run_for(IDLE_AFTER * 1000)

    expect(clocked.get_by_role("alertdialog")).to_be_visible()
    clocked.clock.run_for(COUNTDOWN * 1000)
    expect(visitor.stage).to_have_attribute("data-page", "doors")


def test_an_answer_that_is_on_its_way_is_wiped_too(page: Page) -> None:
    visitor = Standing(page).arrive()
    visitor.open("interview")
    visitor.answer("unknown")
    page.evaluate(
        "document.querySelector('.stage .actions .primary').click(), document.querySelector('[data-wipe]').click()"
    )

    expect(visitor.stage).to_have_attribute("data-page", "doors")
    assert kept(page) == []


def test_start_again_wipes_at_once(page: Page) -> None:
    visitor = Standing(page).arrive()
    page.get_by_role("button", name=visitor.texts("ui.text_size.large"), exact=True).click()
    visitor.open("interview")
    visitor.answer("unknown")
    visitor.next()
    page.get_by_role("button", name=visitor.texts("ui.restart")).click()

    expect(visitor.stage).to_have_attribute("data-page", "doors")
    expect(page.get_by_role("button", name=visitor.texts("ui.text_size.normal"))).to_have_attribute(
        "aria-pressed", "true"
    )
    assert kept(page) == []


def test_a_tab_that_is_opened_again_has_nothing(page: Page) -> None:
    visitor = Standing(page).arrive()
    visitor.open("interview")
    visitor.answer("unknown")
    visitor.next()
    page.close()
    again = page.context.new_page()
    visitor = Standing(again).arrive()

    assert kept(again) == []
    visitor.open("interview")
    expect(visitor.stage).to_have_attribute("data-page", "municipality")


def test_the_first_screen_has_size_and_contrast_and_the_languages(page: Page) -> None:
    visitor = Standing(page).arrive()
    ink = "getComputedStyle(document.body).color"
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before, small = page.evaluate(ink), page.evaluate(size)
    contrast = page.get_by_role("button", name=visitor.texts("ui.contrast"))
    contrast.click()
    page.get_by_role("button", name=visitor.texts("ui.text_size.largest")).click()

    expect(contrast).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(ink) == "rgb(0, 0, 0)" != before
    assert page.evaluate(size) > 1.3 * small
    visitor.open("interview")
    assert page.evaluate(ink) == "rgb(0, 0, 0)"
    for locale in LOCALES:
        expect(page.locator(f".stage .languages [hreflang={locale}]")).to_be_visible()


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder with a short path: a browser's socket in it can't have a long one."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def said(tmp_path: Path) -> Path:
    """What the browser of the kiosk says."""
    return tmp_path / "said.txt"


@pytest.fixture
def kiosk(server: str, short_path: Path, said: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`deploy/kiosk.sh` with a screen that nobody sees."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    environment = {**os.environ, "TMPDIR": str(short_path), "CHROME": find_chromium() or ""}
    command = [str(ROOT / "deploy" / "kiosk.sh"), f"{server}/nl/?kiosk", *flags]
    # What it says goes into a file: a pipe that nobody reads any more would hold the browser up once it is full.
    with said.open("wb") as out, subprocess.Popen(command, env=environment, stderr=out) as process:
        yield process
        process.terminate()


def titles(said: Path) -> list[str]:
    """Of the pages that the kiosk shows; none as long as its browser doesn't say where it can be asked."""
    if not (found := re.search(r"DevTools listening on ws://(127\.0\.0\.1:\d+)/\S+\s", said.read_text())):
        return []
    with urllib.request.urlopen(f"http://{found[1]}/json/list", timeout=10) as answer:
        return [each["title"] for each in json.load(answer) if each["type"] == "page"]


def test_the_profile_of_the_kiosk_is_thrown_away(kiosk: subprocess.Popen[bytes], said: Path, short_path: Path) -> None:
    give_up = time.monotonic() + 60
    doors = Texts(LOCALES[0])("doors.heading")
    while not any(title.startswith(doors) for title in titles(said)):
        assert kiosk.poll() is None, said.read_text()
        assert time.monotonic() < give_up, (titles(said), said.read_text())
        time.sleep(0.05)
    assert [path.name[:6] for path in short_path.iterdir()] == ["kiosk."]

    kiosk.send_signal(signal.SIGTERM)
    kiosk.wait(timeout=20)
    assert list(short_path.iterdir()) == []


def test_behind_the_other_door_are_articles_without_a_way_out(page: Page) -> None:
    visitor = Standing(page).arrive()
    visitor.open("answers")
    assert visitor.stage.get_by_role("searchbox").count() == 0
    visitor._and_wait(lambda: visitor.stage.get_by_role("button", name="Telt mijn spaargeld mee?").click())
    assert visitor.on_page == "answers/telt-mijn-spaargeld-mee"
    visitor._and_wait(lambda: visitor.stage.get_by_role("button", name="een tweede huis", exact=True).click())
    assert visitor.on_page == "answers/tweede-huis"
    links = visitor.stage.locator("main a").evaluate_all("all => all.map(each => each.getAttribute('href'))")

    assert links == []
    assert page.url.endswith("/nl/?kiosk")
    for before in ("answers/telt-mijn-spaargeld-mee", "answers", "doors"):
        visitor.press("ui.return")
        assert visitor.on_page == before
