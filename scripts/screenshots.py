"""Every page in every language, as it looks on each kind of screen: into `screenshots/`, with an index page.

For looking, and for whoever reviews a change. The server is one of its own.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from estimator.files import LOCALES
from estimator.interview import KINDS_OF_QUESTION
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.pages import State, states
from tests.browser.processes import ROOT, Server

FOLDER = ROOT / "screenshots"
SCREENS: Mapping[str, Mapping[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "contrast": {"viewport": {"width": 1280, "height": 900}, "contrast": "more"},
    "kiosk": {"viewport": {"width": 1080, "height": 1920}},
}


def main(arguments: Sequence[str]) -> int:
    """Take them, of the languages that are named or of all."""
    locales = [*arguments] or [*LOCALES]
    if wrong := [locale for locale in locales if locale not in LOCALES]:
        print(f"screenshots: found {', '.join(wrong)}; allowed: {', '.join(LOCALES)}", file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as logs,
        Server(Path(logs) / "log.txt") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for locale in locales:
            for screen in SCREENS:
                print(f"{locale}, {screen}")
                take(browser, server.url, locale, screen)
        browser.close()
    (FOLDER / "index.html").write_text(index(locales), "utf-8")
    print(f"Look at {FOLDER.relative_to(ROOT)}/index.html")
    return 0


def take(browser: Browser, url: str, locale: str, screen: str) -> None:
    """Every page in one language on one kind of screen, from top to bottom."""
    page = browser.new_context(base_url=url, **SCREENS[screen]).new_page()
    for state in on(screen):
        state.open(page, locale, kiosk=screen == "kiosk")
        page.screenshot(path=FOLDER / name(locale, screen, state), full_page=True)
    page.context.close()


def on(screen: str) -> list[State]:
    """The pages that are shown on a kind of screen: at a kiosk nothing is typed."""
    return [state for state in states() if screen != "kiosk" or KINDS_OF_QUESTION.get(state.page) != "amount"]  # type: ignore[call-overload]


def name(locale: str, screen: str, state: State) -> str:
    """The name of a picture."""
    return f"{locale}-{screen}-{re.sub(r'[, /]+', '-', str(state))}.png"


def index(locales: Sequence[str]) -> str:
    """A page with all of them, one row for each page of the app in each language."""
    rows = []
    for state in states():
        for locale in locales:
            cells = "".join(
                f'<td><a href="{escape(name(locale, screen, state))}">'
                f'<img src="{escape(name(locale, screen, state))}" alt="{screen}" loading="lazy"></a></td>'
                for screen in SCREENS
                if state in on(screen)
            )
            rows.append(f"<tr><th>{escape(str(state))}<br>{locale}</th>{cells}</tr>")
    head = "".join(f"<th>{screen}</th>" for screen in SCREENS)
    style = "img { inline-size: 16rem; border: 1px solid #999 } th, td { vertical-align: top; text-align: start }"
    return (
        f"<!doctype html><meta charset=utf-8><title>Screenshots</title><style>{style}</style>"
        f"<table><tr><th></th>{head}</tr>{''.join(rows)}</table>"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
