"""How long a summary as PDF takes in a process that is warm: results that nobody asked for before, in every language.

From the answers to the file, on one thread: the estimate, the chart, the words, the letters in which it fits, and the
setting. The first three of a row don't count: in a language that wasn't asked for before, one is cold.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import date, datetime
from itertools import product
from statistics import median, quantiles
from time import perf_counter

from machine import machine, table

from estimator import interview
from estimator.files import LOCALES, project_folder
from estimator.library.documents import SOURCE
from estimator.municipal_files import MunicipalFiles
from estimator.municipalities import read_municipalities
from estimator.pages.request import Paper
from estimator.pages.show import request_of
from estimator.pages.site import Site
from estimator.pages.visit import RESULT, Visit
from estimator.printing.summary import summary_pdf
from estimator.rules import law
from estimator.texts import Texts

NOW = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 - what a clock on the wall shows
TARGET, COLD = 30, 3  # milliseconds, results
SAME = {"municipality": ("unknown",), "age": ("pension",), "facts": ("none",)}
HOUSEHOLDS = ({"household": ("single",)}, {"household": ("couple",), "partner_age": ("pension",)})
HELP = ({"provisions": ("domestic_help",)}, {"provisions": ("other_aid",), "cost": ("2500.00",)})
SAVINGS = ("unknown", "50000-74999")


def results(site: Site) -> Iterator[interview.Answers]:
    """Answers of which no two come to the same words: those of a household in turns, from band to band."""
    for savings, found, household in product(SAVINGS, HELP, HOUSEHOLDS):
        given = {**SAME, **found, **household, "savings": (savings,)}
        bands = interview.question("income", given, site.setting).options
        for band in bands:
            yield {**given, "income": (band.value,)}


def papers() -> Iterator[tuple[str, Paper]]:
    """Every form of a summary by its name."""
    for locale in LOCALES:
        yield locale, Paper((locale,))
    yield f"{SOURCE}, large print", Paper((SOURCE,), large=True)
    yield "ar, large print", Paper(("ar",), large=True)
    for locale in LOCALES:
        if locale != SOURCE:
            yield f"{locale} beside {SOURCE}", Paper((locale, SOURCE))


def main() -> None:
    print(machine(("typst",)))
    known = MunicipalFiles(read_municipalities(project_folder("content") / "municipalities"))
    site = Site(law(), known, None, NOW.date(), date.today)
    answers = list(results(site))
    rows, slower = [], []
    gc.freeze()  # as the service does
    for name, paper in papers():
        took = []
        for each in answers:
            visit, texts = Visit(RESULT, each), Texts(paper.locales[0])
            began = perf_counter()
            summary_pdf(request_of(site, texts, visit, "", NOW), paper)
            took.append((perf_counter() - began) * 1000)
        took = took[COLD:]
        if median(took) > TARGET:
            slower.append(name)
        rows.append((name, f"{median(took):.0f}", f"{quantiles(took, n=20)[-1]:.0f}", f"{max(took):.0f}"))
    print(table((f"{len(answers) - COLD} summaries each", "ms (median)", "p95", "slowest"), rows))
    print(f"Target: {TARGET} ms: {f'NOT met: {slower}' if slower else 'met'}")


if __name__ == "__main__":
    main()
