"""A running service whose municipal files are changed under it."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.processes import Server, project_of_its_own
from tests.browser.visitor import Visitor

SEEN_WITHIN = 20  # seconds: the watch gathers changes for a while


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with municipal files of its own."""
    project_of_its_own(tmp_path)
    return tmp_path


@pytest.fixture
def running(project: Path) -> Iterator[Server]:
    with Server(project / "log.txt", str(project / "main.py"), folder=project) as server:
        yield server


def offered(page: Page, server: Server) -> list[str]:
    html = page.request.get(f"{server.url}/nl/plain/").text()
    return re.findall(r'<option value="GM[0-9]{4}"[^>]*>([^<]*)</option>', html)


def test_an_interview_goes_on_while_its_municipality_goes_and_another_breaks(
    page: Page, project: Path, running: Server
) -> None:
    folder = project / "content" / "municipalities"
    amsterdam, leiden = folder / "GM0363.toml", folder / "GM0546.toml"
    visitor = Visitor(page)
    page.goto(f"{running.url}/nl/")
    expect(visitor.stage).to_be_visible()
    for chosen in ("GM0228", "domestic_help"):
        visitor.answer(chosen)
        visitor.next()

    (folder / "GM0228.toml").unlink()
    amsterdam.write_text(amsterdam.read_text("utf-8").replace("14.10", "99.00"), "utf-8")
    leiden.write_text(leiden.read_text("utf-8").replace('"Leiden"', '"Leiden aan Zee"'), "utf-8")
    give_up = time.monotonic() + SEEN_WITHIN
    while "Leiden aan Zee" not in (names := offered(page, running)) and time.monotonic() < give_up:
        continue

    assert "Leiden aan Zee" in names
    assert "Amsterdam" in names
    assert "Ede" not in names
    assert "the last good version stays: GM0363.toml: policy[1].lower_amount: found 99" in running.log.read_text()
    expect(visitor.stage).to_have_attribute("data-page", "age")
    assert visitor.interview(age="pension")[0] == "age"
    given = visitor.stage.locator("dd:not(.change)").all_inner_texts()
    assert given[:2] == [visitor.texts("option.municipality.unknown"), visitor.texts("option.provisions.domestic_help")]
