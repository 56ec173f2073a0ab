"""Nothing is lost: reloads, dropped networks, killed servers, other processes. And nothing stays where it shouldn't."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.processes import ROOT, Network, Server
from tests.browser.visitor import Visitor

PRICE = "4321.09"  # the one answer that is typed: nobody else's figure
ANSWERS = {
    "municipality": "unknown", "provisions": "other_aid", "age": "pension", "household": "single", "facts": "none",
    "cost": PRICE, "income": "30500-36499", "savings": "unknown",
}  # fmt: skip
# What a person is never told.
TECHNOLOGY = re.compile(r"socket|websocket|server|client|reload|reconnect|exception|error \d|timeout|javascript", re.I)


@pytest.fixture
def a_server(tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own, to be killed."""
    with Server(tmp_path / "log.txt") as running:
        yield running


def answered(page: Page, url: str, up_to: str) -> Visitor:
    """Somebody who has answered all questions before one of them."""
    visitor = Visitor(page)
    page.goto(f"{url}/nl/")
    expect(visitor.stage).to_be_visible()
    while visitor.on_page != up_to:
        visitor.answer(ANSWERS[visitor.on_page])
        visitor.next()
    return visitor


def says_nothing_technical(page: Page) -> None:
    for part in page.locator(".stage main, #status").all_inner_texts():
        assert not TECHNOLOGY.search(part)


def goes_on(visitor: Visitor, at: str) -> None:
    """At the same step with the same answers: the rest of the interview, and what was answered before."""
    expect(visitor.stage).to_have_attribute("data-page", at)
    says_nothing_technical(visitor.page)
    while visitor.on_page != "overview":
        visitor.answer(ANSWERS[visitor.on_page])
        visitor.next()
    given = visitor.stage.locator("dd:not(.change)").all_inner_texts()
    assert visitor.texts("option.provisions.other_aid") in given
    assert visitor.texts.plain_money(432109) in given


def test_a_reload_comes_back_to_the_same_step(page: Page, server: str) -> None:
    visitor = answered(page, server, "income")
    page.reload()

    goes_on(visitor, "income")


def test_a_server_killed_and_started_again_is_hardly_noticed(page: Page, a_server: Server) -> None:
    visitor = answered(page, a_server.url, "income")
    a_server.kill()
    visitor.answer(ANSWERS["income"])
    visitor.stage.get_by_role("button", name=visitor.texts("ui.next"), exact=True).click()
    expect(page.locator("#status")).to_have_text(visitor.texts("connection_lost"), timeout=30_000)
    says_nothing_technical(page)
    a_server.start()

    expect(visitor.stage).to_have_attribute("data-page", "savings", timeout=30_000)
    goes_on(visitor, "savings")


def test_a_server_that_is_stopped_and_started_again_is_told_of_and_changes_nothing(
    page: Page, a_server: Server
) -> None:
    visitor = answered(page, a_server.url, "income")
    a_server.stop()
    expect(page.locator("#status")).to_have_text(visitor.texts("connection_lost"))
    a_server.start()

    expect(page.locator("#status")).to_be_empty(timeout=30_000)
    goes_on(visitor, "income")


def test_a_network_that_is_away_for_a_while_is_waited_for(page: Page, server: str) -> None:
    with Network(server) as network:
        visitor = answered(page, network.url, "income")
        network.cut()
        visitor.answer(ANSWERS["income"])
        visitor.stage.get_by_role("button", name=visitor.texts("ui.next"), exact=True).click()
        expect(page.locator("#status")).to_have_text(visitor.texts("connection_lost"), timeout=30_000)
        network.mend()

        expect(visitor.stage).to_have_attribute("data-page", "savings", timeout=30_000)
        goes_on(visitor, "savings")


def test_a_second_process_takes_over_from_one_that_is_killed(page: Page, tmp_path: Path) -> None:
    with (
        Server(tmp_path / "one.txt") as one,
        Server(tmp_path / "two.txt") as two,
        Network(one.url, two.url, prefixes=True) as network,
    ):
        visitor = answered(page, network.url, "income")
        [mine] = {path[:3] for path in network.requested if "/_nicegui_ws/" in path}
        {"/w0": one, "/w1": two}[mine].kill()
        visitor.answer(ANSWERS["income"])
        visitor.stage.get_by_role("button", name=visitor.texts("ui.next"), exact=True).click()

        expect(visitor.stage).to_have_attribute("data-page", "savings", timeout=30_000)
        goes_on(visitor, "savings")
        assert page.context.cookies() == []


def test_two_tabs_do_not_disturb_each_other(context: BrowserContext, server: str) -> None:
    one = answered(context.new_page(), server, "income")
    other = Visitor(context.new_page())
    other.page.goto(f"{server}/nl/")
    expect(other.stage).to_have_attribute("data-page", "municipality")
    other.answer("unknown")
    other.next()
    one.page.reload()
    other.page.reload()

    goes_on(one, "income")
    expect(other.stage).to_have_attribute("data-page", "provisions")


def test_closing_the_tab_forgets(context: BrowserContext, server: str) -> None:
    answered(context.new_page(), server, "income").page.close()
    again = Visitor(context.new_page())
    again.page.goto(f"{server}/nl/")

    expect(again.stage).to_have_attribute("data-page", "municipality")


def test_nothing_of_an_answer_is_left_in_the_folder_the_log_or_an_address(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "working"
    folder.mkdir()
    for name in ("assets", "content", "locales"):
        shutil.copytree(ROOT / name, folder / name)
    log = tmp_path / "log.txt"
    with Server(log, folder=folder) as running, Network(running.url) as network:
        visitor = answered(page, network.url, "savings")
        page.reload()
        goes_on(visitor, "savings")
        visitor.press("ui.show_result")
        expect(visitor.stage).to_have_attribute("data-page", "result")
        addresses = "\n".join(network.requested)

    values = (PRICE, "432109", "30500", "36499", "other_aid", "pension", "single")
    written = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and not _is_ours(path, folder)}
    for value in values:
        assert value not in addresses
        assert value not in log.read_text()
        assert [path for path, content in written.items() if value.encode() in content] == []


def _is_ours(path: Path, folder: Path) -> bool:
    """Whether a file was there before, and is as it was."""
    origin = ROOT / path.relative_to(folder)
    return origin.is_file() and origin.read_bytes() == path.read_bytes()
