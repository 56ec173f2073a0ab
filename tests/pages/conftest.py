from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from estimator import interview
from estimator.cases import Case, parse_case, read_tables
from estimator.files import LOCALES
from estimator.interview import QUESTIONS, Setting
from estimator.library.documents import read_library
from estimator.municipal_files import MunicipalFiles
from estimator.municipalities import read_municipalities
from estimator.pages import Context, Request
from estimator.pages.result import comparison_page
from estimator.pages.site import Site
from estimator.rules import NATIONAL, compare, law
from estimator.texts import Texts

ROOT = Path(__file__).parents[2]
ON = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 - what a clock on the wall shows
MUNICIPALITIES = read_municipalities(ROOT / "content" / "municipalities")
LIBRARY = read_library(ROOT / "content", law(), ON)
HOMES = {locale: f"/{locale}/" for locale in LOCALES}

Ask = Callable[..., Request]


class SolvedCase(NamedTuple):
    """A worked example of ours, ready to be shown."""

    file: str
    case: Case

    def page(self, locale: str) -> Context:
        policy = self.case.policy or NATIONAL
        setting = Setting(self.case.on, law(), {"GM0001": policy}, (), "GM0001")
        request = Request(Texts(locale), setting, {}, "1", NOW, HOMES)
        return comparison_page(request, compare(self.case.household, self.case.on, policy), self.case.household)


@pytest.fixture
def ask() -> Ask:
    """A request with answers, values parted by spaces, "lowest" for a first band; what isn't asked for is left out."""

    def made(locale: str = "nl", on: date = ON, fixed: str | None = None, **answers: str) -> Request:
        setting = Site(law(), MunicipalFiles(MUNICIPALITIES), fixed, on, date.today).setting
        given: dict[str, tuple[str, ...]] = {}
        for name in QUESTIONS:
            if name in answers:
                options = interview.question(name, given, setting).options
                given[name] = tuple(options[0].value if v == "lowest" else v for v in answers[name].split())
        counted = interview.clean(given, setting)
        made = Request(Texts(locale), setting, counted, "1", NOW, HOMES, MUNICIPALITIES, "{}", "/nl/")
        return made._replace(live_url=f"/{locale}/", library=LIBRARY)

    return made


@pytest.fixture(scope="session")
def solved_cases() -> tuple[SolvedCase, ...]:
    """Every worked example in tests/cases."""
    return tuple(_solved())


def _solved() -> Iterator[SolvedCase]:
    for path in sorted((ROOT / "tests" / "cases").glob("*.toml")):
        for number, table in enumerate(read_tables(path), start=1):
            yield SolvedCase(path.name, parse_case(table, path, number))
