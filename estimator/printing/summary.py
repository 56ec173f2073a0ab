"""The summary of a result on paper: in one language or in two beside each other, in normal or in large print.

It says what the page of the result says, filled by the same functions from the same estimate. No names are on it.
"""

from __future__ import annotations

import re
from io import BytesIO

import segno

from estimator.municipalities import accent_of
from estimator.pages.outcome import Outcome, found
from estimator.pages.paper import sheet as words_of
from estimator.pages.render import render
from estimator.pages.request import Context, Paper, Request
from estimator.printing.press import pdf
from estimator.texts import Texts

TEMPLATE = "summary.typ"
# Of the letters, in points: the first in which all has room on both sides of one sheet.
SIZES = (10, 9.5, 9, 8.5, 8, 7.5, 7)
LARGE = (18,)  # on as many sheets as it takes
# Choosing the best of the eight masks takes longer than all the rest of the sheet.
MASK = 2
BREAKABLE, ZERO_WIDTH_SPACE = re.compile("(?<=[./@])(?=.{4})"), "\u200b"  # long addresses go on in the next line


def summary_pdf(request: Request, paper: Paper, public_url: str = "") -> bytes:
    """The summary of the answers of an interview, as PDF.

    ``public_url`` is the address of the service: where it is known the sheet has a code that leads there.
    """
    return pdf(TEMPLATE, summary(request, found(request), paper, public_url), request.now)


def summary(request: Request, outcome: Outcome, paper: Paper, public_url: str = "") -> Context:
    """What ``summary.typ`` is filled with."""
    texts = Texts(paper.locales[0])
    return {
        "title": texts("title.page", heading=texts("step_text.result"), app=texts("product")),
        "product": texts("product"),
        "lang": texts.lang,
        "dir": texts.dir,
        "accent": accent_of(request.municipality),
        "sizes": LARGE if paper.large else SIZES,
        "large": paper.large,
        "counted": counted(texts),
        "languages": [sheet(request._replace(texts=Texts(each)), outcome, public_url) for each in paper.locales],
    }


def counted(texts: Texts) -> str:
    """The words below each page, with room for its number and for how many there are."""
    return texts("print.page", page="{page}", pages="{pages}")


def sheet(request: Request, outcome: Outcome, public_url: str = "") -> Context:
    """The words of one language with their pictures: what ``sheet.typ`` calls ``s``."""
    texts, words, accent = request.texts, words_of(request, outcome), accent_of(request.municipality)
    chart = words["chart"]
    return {
        **words,
        "accent": accent,
        "reference": _apart(words["reference"], "value"),
        "made": _apart(words["made"], "value"),
        "todo": [{**each, "lines": _apart(each["lines"], "text")} for each in words["todo"]],
        "chart": chart and {**chart, "svg": drawing(chart, accent), "alt": texts("print.chart")},
        "left_out": texts("print.left_out"),
        "qr": code(f"{public_url}/{texts.lang}/", texts) if public_url else None,
    }


def drawing(chart: Context, accent: str) -> str:
    """The drawing of a chart as SVG by itself."""
    return render("chart_on_paper.svg", {"drawing": chart["drawing"], "accent": accent})


def code(url: str, texts: Texts) -> Context:
    """A QR code that opens an address, with its words."""
    svg = BytesIO()
    made = segno.make(url, error="m", micro=False, mask=MASK)
    made.save(svg, kind="svg", border=4, xmldecl=False, omitsize=True)
    return {
        "svg": svg.getvalue().decode(),
        "url": url,
        "text": texts("print.code"),
        "alt": texts("print.code.alt", url=url),
    }


def apart(words: str) -> str:
    """A name or an address in its own order, whatever the direction of the words around it: ``bdi`` in HTML."""
    return f"\u2068{BREAKABLE.sub(ZERO_WIDTH_SPACE, words)}\u2069"


def _apart(rows: list[Context], key: str) -> list[Context]:
    return [{**row, key: apart(row[key])} for row in rows]
