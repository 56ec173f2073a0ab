"""A real Chromium and a real server. `page.goto("/nl/")` and the like go to that server."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.pages import SCHEMES
from tests.browser.processes import Server

# A machine that does much else at once isn't a mistake; what is awaited comes at once where it comes at all.
expect.set_options(timeout=20_000)
HERE = Path(__file__).parent
HERE_ON_THIS_MACHINE = ("127.0.0.1", "localhost")
# Without the transitions from one colour to another.
AS_IT_IS = {"color_scheme": "light", "contrast": "no-preference", "forced_colors": "none", "reduced_motion": "reduce"}
# What is right comes back as a number: all of it would take longer than looking at the page.
LOOK = """options => axe.run(document, options).then(
    ({violations, passes}) => ({violations, passes: passes.length}))"""
OF_COLOUR = ["color-contrast", "link-in-text-block"]
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


@pytest.fixture(autouse=True)
def nothing_from_elsewhere(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """In whatever test: no browser asks anything of a third party, nor does a page do what its policy forbids.

    Gives what was forbidden so far, for a test that does so itself, and takes it out.
    """
    if "context" not in request.fixturenames:
        yield []
        return
    with watched(request.getfixturevalue("context")) as forbidden:
        yield forbidden


@contextmanager
def watched(context: BrowserContext) -> Iterator[list[str]]:
    """The same for what happens meanwhile in a context of a test's own."""
    elsewhere, forbidden = list[str](), list[str]()
    context.on("request", lambda request: elsewhere.append(request.url) if is_elsewhere(request.url) else None)
    context.on("console", lambda said: forbidden.append(said.text) if "Content Security Policy" in said.text else None)
    yield forbidden
    assert (elsewhere, forbidden) == ([], [])


def is_elsewhere(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).hostname not in HERE_ON_THIS_MACHINE


class Check(Protocol):
    def __call__(self, page: Page, schemes: Collection[str] = ()) -> None: ...


@pytest.fixture(scope="session")
def assert_accessible() -> Check:
    """`assert_accessible(page, schemes)`: axe finds nothing on the page as it is now, nor in the colours of others.

    Only colours are looked at in those: what a page consists of doesn't depend on them.
    """

    def run(page: Page, scheme: str, options: Mapping[str, Any]) -> None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        results = AxeResults(page.evaluate(LOOK, {"runOnly": options, "resultTypes": ["violations"]}))
        assert not results.response["violations"], f"{page.url}, {scheme}\n{results.generate_report()}"
        assert results.response["passes"], f"axe looked at nothing on {page.url}, {scheme}"

    def check(page: Page, schemes: Collection[str] = ()) -> None:
        run(page, "as it is", {"type": "tag", "values": STANDARDS})
        for scheme in schemes:
            page.emulate_media(**{**AS_IT_IS, **SCHEMES[scheme]})  # type: ignore[arg-type]
            run(page, scheme, {"type": "rule", "values": OF_COLOUR})
        if schemes:
            page.emulate_media(**AS_IT_IS)  # type: ignore[arg-type]

    return check
