"""A real Chromium and a real server. `page.goto("/nl/")` and the like go to that server."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.chromium import find_chromium

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ON = "2026-11-22"
START_SECONDS = 30
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = find_chromium()
    if not path:
        pytest.fail("no Chromium or Chrome found: `make test` installs it or says how", pytrace=False)
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    return {**browser_type_launch_args, "executable_path": path, "args": flags}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`python main.py` on a free port, as a process of its own; its address, without a slash at the end."""
    with _serving(["main.py"], tmp_path_factory.mktemp("server") / "log.txt") as url:
        yield url


@pytest.fixture(scope="session")
def failing_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The same with a mistake of ours in it (`tests/browser/failing.py`): its address and its log."""
    log = tmp_path_factory.mktemp("failing") / "log.txt"
    with _serving(["-m", "tests.browser.failing"], log) as url:
        yield url, log


@contextmanager
def _serving(program: list[str], log: Path) -> Iterator[str]:
    port = _free_port()
    command = [sys.executable, *program, "--host", "127.0.0.1", "--port", str(port), "--on", ON]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=ROOT, env=_clean_environment(), stdout=out, stderr=out) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_it_answers(url, process, log)
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(scope="session")
def base_url(server: str) -> str:
    return server


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """`assert_accessible(page)`: axe finds nothing on the page as it is now."""
    axe = Axe()

    def check(page: Page) -> None:
        results = axe.run(page, options={"runOnly": STANDARDS})
        assert results.response["passes"], f"axe looked at nothing on {page.url}"
        assert not results.response["violations"], f"{page.url}\n{results.generate_report()}"

    return check


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _clean_environment() -> dict[str, str]:
    """Without the tester's own settings, and without pytest's marks: NiceGUI would take itself to be under test."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("BIJDRAGEWIJZER_", "PYTEST_"))}


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        if process.poll() is not None:
            pytest.fail(f"the server ended with status {process.returncode}:\n{log.read_text()}", pytrace=False)
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError as answer:
            with answer:
                if answer.code < 500:
                    return
        except OSError:
            pass
        time.sleep(0.05)
    pytest.fail(f"no answer from {url} within {START_SECONDS} seconds:\n{log.read_text()}", pytrace=False)
