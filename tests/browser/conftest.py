"""A real Chromium and a real server. `page.goto("/nl/")` and the like go to that server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.processes import Server

HERE = Path(__file__).parent
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
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def server_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the server says."""
    return tmp_path_factory.mktemp("server") / "log.txt"


@pytest.fixture(scope="session")
def server(server_log: Path) -> Iterator[str]:
    """`python main.py` on a free port, as a process of its own; its address, without a slash at the end."""
    with Server(server_log) as running:
        yield running.url


@pytest.fixture(scope="session")
def failing_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The same with a mistake of ours in it (`tests/browser/failing.py`): its address and its log."""
    log = tmp_path_factory.mktemp("failing") / "log.txt"
    with Server(log, "-m", "tests.browser.failing") as running:
        yield running.url, log


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
