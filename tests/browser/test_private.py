"""What a browser gets beside the words: nothing from a third party, no cookie, on any public address of the service.

That no page asks a third party, or does what its policy forbids, is looked at in every test here (`conftest.py`); this
goes by the addresses that no other test comes to.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from estimator.files import LOCALES

ROOT = Path(__file__).parents[2]
ONE_OF_MANY = {"name": "wat-is-de-wmo", "path": "x"}
# NiceGUI's own files and its socket: what its pages ask for is seen where those are opened.
BY_NICEGUI = re.compile(r"/_nicegui")


@pytest.fixture(scope="session")
def addresses() -> list[str]:
    """Every address that can be opened, as the service lists them."""
    listed = subprocess.run(
        [sys.executable, "-m", "tests.web.routes"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return list(_opened(listed.stdout.splitlines()))


def _opened(lines: list[str]) -> Iterator[str]:
    for line in lines:
        kind, path, *methods = line.split()
        if kind != "Mount" and "GET" in methods and not BY_NICEGUI.match(path):
            yield re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: ONE_OF_MANY.get(found[1], "x"), path)


def test_no_address_gives_a_cookie_or_lets_a_browser_ask_a_third_party(page: Page, addresses: list[str]) -> None:
    assert {f"/{locale}/" for locale in LOCALES} < set(addresses)
    for path in addresses:
        answer = page.request.get(path)
        assert "set-cookie" not in answer.headers, path
        assert {"content-security-policy", "x-content-type-options", "referrer-policy"} < set(answer.headers), path
        if answer.headers.get("content-type", "").startswith("text/html"):
            page.goto(path)
    assert page.context.cookies() == []
