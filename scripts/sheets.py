"""Every kind of sheet in every language and size, as PDF and as pictures: into `sheets/`, with an index page.

For looking, and for whoever reviews a change. The municipality is the fictitious one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import NamedTuple

import pypdfium2

from estimator import interview
from estimator.files import LOCALES, project_folder
from estimator.library.documents import SOURCE, Shelf
from estimator.municipal_files import MunicipalFiles
from estimator.municipalities import read_municipalities
from estimator.pages.request import Paper, Request
from estimator.pages.show import request_of
from estimator.pages.site import Site
from estimator.pages.toolkit import BLANK_FORM
from estimator.pages.visit import RESULT, Visit
from estimator.printing.addressees import Addressee
from estimator.printing.letters import Stationery, letter_pdf, read_templates
from estimator.printing.summary import summary_pdf
from estimator.printing.toolkit import sheet_of
from estimator.rules import Household, law
from estimator.texts import Texts
from tests.browser.pages import RESULTS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "sheets"
ON, CODE = date(2026, 11, 22), "GM0000"
PUBLIC_URL = "https://bijdrage.voorbeeldgemeente.example"
SIZES = ("a4", "a5")
DPI = 70


HOUSEHOLD = {
    "composition": "couple", "client_age": "pension", "partner_age": "pension", "income": 41_250, "assets": 92_000,
    "provisions": [{"kind": "domestic_help"}, {"kind": "other_aid", "cost_price": 2_500, "start": "2025-03-15"}],
}  # fmt: skip


class Sheet(NamedTuple):
    """One file: what it is, in which language and of which kind."""

    what: str
    locale: str
    kind: str

    @property
    def name(self) -> str:
        """Of its files, without what they end in."""
        return re.sub(r"\W+", "-", f"{self.what} {self.locale} {self.kind}")


def main(arguments: Sequence[str]) -> int:
    """Make them, in the languages that are named or in all."""
    locales = [*arguments] or [*LOCALES]
    if wrong := [locale for locale in locales if locale not in LOCALES]:
        print(f"sheets: found {', '.join(wrong)}; allowed: {', '.join(LOCALES)}", file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    with ProcessPoolExecutor() as workers:
        made = [each for found in workers.map(make, locales) for each in found]
    (FOLDER / "index.html").write_text(index(made), "utf-8")
    print(f"Look at {FOLDER.relative_to(ROOT)}/index.html: {len(made)} sheets")
    return 0


def make(locale: str) -> list[tuple[Sheet, int]]:
    """All sheets in one language, each with how many pages it has."""
    return [(sheet, write(sheet, pdf)) for sheet, pdf in (*summaries(locale), *pieces(locale), *letters(locale))]


def write(sheet: Sheet, pdf: bytes) -> int:
    """A sheet and a picture of each of its pages."""
    (FOLDER / f"{sheet.name}.pdf").write_bytes(pdf)
    with pypdfium2.PdfDocument(pdf) as opened:
        for number, page in enumerate(opened, start=1):
            page.render(scale=DPI / 72).to_pil().save(FOLDER / f"{sheet.name}-{number}.png")
        return len(opened)


def site() -> Site:
    """The service of the fictitious municipality."""
    shelf = Shelf(project_folder("content"), law(), lambda: ON)
    known = read_municipalities(project_folder("content") / "municipalities")
    return Site(law(), MunicipalFiles(known), CODE, ON, lambda: ON, shelf=shelf, public_url=PUBLIC_URL)


def request(locale: str, answers: dict[str, tuple[str, ...]]) -> Request:
    """A result in a language."""
    served = site()
    visit = Visit(RESULT, interview.clean(answers, served.setting))
    return request_of(served, Texts(locale), visit, "sheet", datetime(ON.year, ON.month, ON.day, 14, 5).astimezone())


def summaries(locale: str) -> Iterator[tuple[Sheet, bytes]]:
    """Each kind of outcome, alone, in large print, and beside Dutch."""
    papers = {"": Paper((locale,)), "large print": Paper((locale,), large=True)}
    if locale != SOURCE:
        papers["with Dutch"] = Paper((locale, SOURCE))
    for what, given in RESULTS.items():
        asked = request(locale, {name: (value,) for name, value in given.items()})
        for kind, paper in papers.items():
            yield Sheet(f"summary, {what}", locale, kind), summary_pdf(asked, paper)


def pieces(locale: str) -> Iterator[tuple[Sheet, bytes]]:
    """The toolkit and the blank form."""
    asked = request(locale, {})
    for name in (*asked.library.toolkit[locale], BLANK_FORM):
        for size in SIZES:
            if made := sheet_of(name, size, asked):
                yield Sheet(name, locale, size), made()


def letters(locale: str) -> Iterator[tuple[Sheet, bytes]]:
    """A letter to a household with its own estimate."""
    served = site()
    for template in ("letter", "letter-large-print"):
        stationery = Stationery(
            served.rules, ON, served.municipalities[CODE], read_templates(template, served.rules, ON)
        )
        household = Household.model_validate(HOUSEHOLD)
        address = ("Mevrouw A. Voorbeeld", "Voorbeeldstraat 12", "0000 AA Voorbeeldstad")
        addressee = Addressee(2, "voorbeeld-1", locale, household, address=address)
        yield Sheet(f"personal {template}", locale, ""), letter_pdf(addressee, stationery)


def index(made: Sequence[tuple[Sheet, int]]) -> str:
    """A page with all of them: a row for each sheet in each language."""
    rows = []
    for sheet, pages in sorted(made):
        pictures = "".join(
            f'<img src="{sheet.name}-{number}.png" alt="{number}" loading="lazy">' for number in range(1, pages + 1)
        )
        name = escape(f"{sheet.what} {sheet.kind}")
        rows.append(f'<tr><th><a href="{sheet.name}.pdf">{name}</a><br>{sheet.locale}</th><td>{pictures}</td></tr>')
    style = "img { inline-size: 18rem; border: 1px solid #999 } th { vertical-align: top; text-align: start }"
    head = f"<!doctype html><meta charset=utf-8><title>Sheets</title><style>{style}</style>"
    return f"{head}<table>{''.join(rows)}</table>"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
