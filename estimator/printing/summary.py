"""The summary of a result on paper: in one language or in two beside each other, in normal or in large print.

It says what the page of the result says, filled by the same functions from the same estimate. No names are on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

import segno

from estimator.pages.render import render
from estimator.pages.request import Context, Request
from estimator.pages.result import Outcome, found, said
from estimator.printing.press import pdf
from estimator.texts import Texts

TEMPLATE = "summary.typ"
ACCENT = "#0a4f4a"
NORMAL, BESIDE_EACH_OTHER, LARGE = 9.5, 8.5, 18  # points
# Choosing the best of the eight masks takes longer than all the rest of the sheet.
MASK = 2


class Paper(NamedTuple):
    """How a summary is wanted: in which languages, two at the most, and in which size of letters.

    ``public_url`` is the address of the service: where it is known the sheet has a code that leads there.
    """

    locales: tuple[str, ...]
    large: bool = False
    public_url: str = ""

    @property
    def size(self) -> float:
        """Of the letters, in points."""
        if self.large:
            return LARGE
        return NORMAL if len(self.locales) == 1 else BESIDE_EACH_OTHER


def summary_pdf(request: Request, paper: Paper) -> bytes:
    """The summary of the answers of an interview, as PDF."""
    return pdf(TEMPLATE, summary(request, found(request), paper), request.now)


def summary(request: Request, outcome: Outcome, paper: Paper) -> Context:
    """What ``summary.typ`` is filled with."""
    texts = Texts(paper.locales[0])
    return {
        "title": texts("title.page", heading=texts("step_text.result"), app=texts("product")),
        "product": texts("product"),
        "lang": texts.lang,
        "dir": texts.dir,
        "size": paper.size,
        "large": paper.large,
        "counted": counted(texts),
        "languages": [sheet(request._replace(texts=Texts(each)), outcome, paper.public_url) for each in paper.locales],
    }


def counted(texts: Texts) -> str:
    """The words below each page, with room for its number."""
    return texts("print.page", page="{page}", pages="{pages}")


def sheet(request: Request, outcome: Outcome, public_url: str = "") -> Context:
    """The words of one language: what ``sheet.typ`` calls ``s``."""
    texts = request.texts
    words = said(request, *outcome)
    chart = words["chart"]
    return {
        **words,
        "lang": texts.lang,
        "dir": texts.dir,
        "accent": ACCENT,
        "estimate": texts("ui.estimate"),
        "how": texts("ui.how"),
        "line": texts("ui.line"),
        "amount": texts("ui.amount"),
        "receipts": [{**receipt, "sources": _sources(receipt["sources"], texts)} for receipt in words["receipts"]],
        "todo_heading": texts("ui.todo"),
        "different": texts("ui.different"),
        "answers_heading": texts("ui.answers"),
        "answers": [{"question": row["question"], "answer": _listed(row["answer"], texts)} for row in words["answers"]],
        "chart": chart and {**chart, "svg": drawing(chart), "alt": texts("print.chart")},
        "fine_heading": texts("ui.fine_print"),
        "fine": words["fine_print"],
        "made": words["receipt"],
        "qr": code(f"{public_url}/{texts.lang}/", texts) if public_url else None,
    }


def drawing(chart: Context, accent: str = ACCENT) -> str:
    """The drawing of a chart as SVG by itself."""
    return render("chart_on_paper.svg", {"drawing": chart["drawing"], "accent": accent})


def code(url: str, texts: Texts) -> Context:
    """A QR code that opens an address, with its words."""
    svg = BytesIO()
    made = segno.make(url, error="m", micro=False, mask=MASK)
    made.save(svg, kind="svg", border=4, xmldecl=False, omitsize=True)
    return {"svg": svg.getvalue().decode(), "url": url, "text": texts("print.code"), "alt": texts("print.code.alt", url=url)}


def _sources(sources: Sequence[Context], texts: Texts) -> str:
    """The articles and documents of a calculation in a line."""
    named = "; ".join(dict.fromkeys(source["text"] for source in sources))
    return f"{texts('ui.sources')}: {named}" if named else ""


def _listed(lines: Sequence[str], texts: Texts) -> str:
    first, *others = lines
    return texts.listed([first, *map(texts.inside, others)])
