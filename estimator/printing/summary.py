"""The summary of a result on paper: in one language or in two beside each other, in normal or in large print.

It says what the page of the result says, filled by the same functions from the same estimate. No names are on it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from estimator.municipalities import accent_of
from estimator.pages.outcome import Outcome, found
from estimator.pages.paper import code, words_of
from estimator.pages.render import render
from estimator.pages.request import Context, Paper, Request
from estimator.printing.head import counted, head
from estimator.printing.press import pages_of, pdf
from estimator.texts import Texts

TEMPLATE = "summary.typ"
SIDES = 2  # of the one sheet that all has room on, except in large print
LARGE = 18  # points
LARGEST, STEP, LEAST, LEAST_IN_FULL = 10.5, 0.5, 7, 8.5
# How much has room: so many characters in letters of one point, with so many more for each line that is begun. It only
# makes the first guess of a size a good one: the pages that come out are counted.
ROOM = {1: 800_000, 2: 960_000}  # by the number of languages
A_LINE = 35
# What is said on a screen, and isn't set: without it Typst has less to compare with what it knows.
NOT_SET = ("drawing", "caption", "reasons", "line", "amount")
NOT_IN_WORDS = ("svg", "url", "alt", "kind", "pictogram", "accent")
ADDRESSES = ("website", "email")  # that go on in the next line where they are long
BREAKABLE, ZERO_WIDTH_SPACE = re.compile("(?<=[./@])(?=.{4})"), "\u200b"


class Layout(NamedTuple):
    """How a sheet is set: the ``size`` of its letters in points, and whether a calculation is kept ``together``.

    Where it isn't ``full``, it is without what matters least beside a second language.
    """

    size: float
    full: bool = True
    together: bool = True


def summary_pdf(request: Request, paper: Paper, public_url: str = "") -> bytes:
    """The summary of the answers of an interview, as PDF: on one sheet, in large print on as many as it takes.

    ``public_url`` is the address of the service: where it is known the sheet has a code that leads there.
    """
    content = summary(request, found(request), paper, public_url)
    made = b""
    for layout in layouts(content):
        made = pdf(TEMPLATE, content | layout._asdict(), request.now)
        if paper.large or pages_of(made) <= SIDES:
            break
    return made


def layouts(content: Context) -> Iterator[Layout]:
    """Ways to set a summary, the one that is most likely to be the largest that has room first."""
    if content["large"]:
        yield Layout(LARGE, together=False)
        return
    languages = content["languages"]
    sizes = [size for size in _sizes() if size <= math.sqrt(ROOM[len(languages)] / _length(languages))] or [LEAST]
    if len(languages) == 1:
        yield from (Layout(size) for size in sizes[:2])
        yield from (Layout(size, together=False) for size in sizes[1:])
    else:
        yield from (Layout(size, together=False) for size in sizes if size >= LEAST_IN_FULL)
        yield from (Layout(size, full=False, together=False) for size in _sizes() if size <= LEAST_IN_FULL)


def _sizes() -> list[float]:
    return [LARGEST - STEP * step for step in range(int((LARGEST - LEAST) / STEP) + 1)]


def _length(value: Any) -> int:
    """How much there is to set, in characters."""
    if isinstance(value, str):
        return len(value) + A_LINE
    if isinstance(value, Mapping):
        return sum(_length(each) for key, each in value.items() if key not in NOT_IN_WORDS)
    return sum(map(_length, value)) if isinstance(value, list | tuple) else 0


def summary(request: Request, outcome: Outcome, paper: Paper, public_url: str = "") -> Context:
    """What ``summary.typ`` is filled with, together with a ``Layout``."""
    texts = Texts(paper.locales[0])
    title = texts("title.page", heading=texts("step_text.result"), app=texts("product"))
    return {
        **head(texts, request.municipality, title),
        "large": paper.large,
        "languages": [
            sheet(request._replace(texts=Texts(each)), outcome, paper.large, public_url) for each in paper.locales
        ],
    }


def sheet(request: Request, outcome: Outcome, large: bool, public_url: str = "") -> Context:
    """The words of one language with their pictures: what ``sheet.typ`` calls ``s``."""
    texts, words, accent = request.texts, words_of(request, outcome), accent_of(request.municipality)
    chart = words["chart"]
    return {
        **{key: value for key, value in words.items() if key not in NOT_SET},
        "accent": accent,
        "large": large,
        "counted": counted(texts),
        "reference": _isolated(words["reference"], "value"),
        "receipt": _isolated(words["receipt"], "value"),
        "todo": [{**each, "lines": _isolated(_broken(each["lines"]), "text")} for each in words["todo"]],
        "chart": chart and _with_picture(chart, accent, texts),
        "left_out": texts("print.left_out"),
        "qr": code(f"{public_url}/{texts.lang}/", texts) if public_url else None,
    }


def _with_picture(chart: Context, accent: str, texts: Texts) -> Context:
    set_in_words = {key: value for key, value in chart.items() if key not in NOT_SET}
    return {**set_in_words, "svg": drawings(chart, accent), "alt": texts("print.chart")}


def drawings(chart: Context, accent: str) -> tuple[str, str]:
    """The drawing of a chart as SVG by itself: its axes, and what is drawn over them."""
    given = {"drawing": chart["drawing"], "accent": accent}
    return render("chart_on_paper.svg", given | {"axes": True}), render("chart_on_paper.svg", given | {"axes": False})


def isolated(words: str) -> str:
    """A name or a reference in its own order, whatever the direction of the words around it: ``bdi`` in HTML."""
    return f"\u2068{words}\u2069"


def breakable(address: str) -> str:
    """A web or mail address with places where a line may end."""
    return BREAKABLE.sub(ZERO_WIDTH_SPACE, address)


def _isolated(rows: list[Context], key: str) -> list[Context]:
    return [{**row, key: isolated(row[key])} for row in rows]


def _broken(lines: list[Context]) -> list[Context]:
    return [{**line, "text": breakable(line["text"])} if line["pictogram"] in ADDRESSES else line for line in lines]
