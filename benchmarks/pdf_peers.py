"""The summary as PDF beside WeasyPrint making a PDF of the same result from its print view, in turns in the same run.

WeasyPrint gets the plain page of the result with our style sheets for print, ready in memory, as somebody would who
makes PDF from HTML; ours begins from the answers, and computes the estimate too. Both warm, one thread, one language a
row.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import pypdfium2
from machine import machine, table
from weasyprint import CSS, HTML

from estimator.files import project_folder
from estimator.municipal_files import MunicipalFiles
from estimator.municipalities import read_municipalities
from estimator.pages import document
from estimator.pages.request import Paper
from estimator.pages.show import request_of, show_plain
from estimator.pages.site import Site
from estimator.pages.visit import RESULT, Visit
from estimator.printing.summary import summary_pdf
from estimator.rules import law
from estimator.texts import Texts

NOW = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 - what a clock on the wall shows
RUNS = 5
ANSWERS = {
    "municipality": ("unknown",), "provisions": ("domestic_help",), "age": ("pension",), "household": ("single",),
    "facts": ("none",), "savings": ("unknown",),
}  # fmt: skip
ASSETS = project_folder("assets")


def ours(site: Site, texts: Texts, visit: Visit, page: str) -> bytes:
    """From the answers to the file."""
    return summary_pdf(request_of(site, texts, visit, "", NOW), Paper((texts.lang,)))


def theirs(site: Site, texts: Texts, visit: Visit, page: str) -> bytes:
    """From the page to the file."""
    styles = [CSS(filename=str(ASSETS / name)) for name in ("tokens.css", "screen.css")]
    made = HTML(string=page, base_url=str(Path.cwd())).write_pdf(stylesheets=styles, pdf_variant="pdf/ua-1")
    assert made
    return bytes(made)


def main() -> None:
    print(machine(("typst", "weasyprint")))
    site = Site(law(), MunicipalFiles(read_municipalities(project_folder("content") / "municipalities")), None,
                NOW.date(), date.today)  # fmt: skip
    rows = []
    for locale in ("nl", "ar"):
        texts = Texts(locale)
        # Another band in every run, so that nobody remembers the sheet before.
        bands = re.findall(r'value="(\d+-\d+)"', show_plain(site, texts, Visit("income", ANSWERS), NOW)[1])  # type: ignore[arg-type]
        took: dict[str, list[float]] = {"ours (Typst)": [], "WeasyPrint": []}
        made: dict[str, bytes] = {}
        for run in range(RUNS + 1):
            visit = Visit(RESULT, {**ANSWERS, "income": (bands[run],)})  # type: ignore[arg-type]
            page = document(*show_plain(site, texts, visit, NOW), [], "")
            for name, make in (("ours (Typst)", ours), ("WeasyPrint", theirs)):
                began = perf_counter()
                made[name] = make(site, texts, visit, page)
                if run:  # the first one is cold for both
                    took[name].append((perf_counter() - began) * 1000)
        for name, each in took.items():
            pages = len(pypdfium2.PdfDocument(made[name]))
            rows.append((
                f"{name}, {locale}", f"{median(each):.0f}", f"{min(each):.0f}", f"{max(each):.0f}", str(pages),
                f"{len(made[name]) / 1000:.0f}",
            ))  # fmt: skip
    print(table(("a result as PDF", "ms (median)", "fastest", "slowest", "pages", "kB"), rows))


if __name__ == "__main__":
    main()
