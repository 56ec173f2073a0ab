"""The summary of a result on paper: in one language or in two beside each other, in normal or in large print.

It says what the page of the result says, filled by the same functions from the same estimate. No names are on it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from estimator.pages.outcome import Outcome, found
from estimator.pages.paper import shown, words_of
from estimator.pages.render import render
from estimator.pages.request import Context, Paper, Request
from estimator.printing.head import counted, head
from estimator.printing.press import pages_of, pdf
from estimator.texts import Texts

TEMPLATE = "summary.typ"
SIDES = 2  # of the one sheet that all has room on, except in large print
LARGE = 18  # points
LARGEST, STEP, LEAST = 10.5, 0.25, 7
LEAST_ON_ONE_SIDE = 9  # for less than that the back of the sheet is there
LEAST_IN_FULL = 8.5  # beside a second language: in smaller letters what matters least is left out
# How much has room: so many characters in letters of one point, with so many more for each line that is begun. It only
# makes the first guess of a size a good one: the pages that come out are counted.
ROOM, ROOM_ON_ONE_SIDE, ROOM_ON_THE_BACK = 760_000, 336_000, 404_000
ROOM_FOR_TWO, ROOM_FOR_LESS = 850_000, 800_000  # of two languages all, or all but what matters least
A_LINE = 20
WIDTH = {"nl": 0.98, "ar": 0.94, "en": 1.04, "pl": 1.04, "uk": 1.06}  # of letters, where it is another
BESIDE = {"ar": 1.1}  # the same in half the width, where fewer of its words have room on a line
ABREAST = ("panels", "receipts")  # each as high as the highest of them
ON_THE_BACK = ("how", "receipts", "chart", "different", "differences")
WORTH_TEARING = 0.75  # points: for letters so much larger a calculation may go on on the back
# What is said on a screen, and isn't set: without it Typst has less to compare with what it knows.
NOT_SET = ("drawing", "caption", "reasons", "line", "amount")
NOT_IN_WORDS = ("svg", "url", "alt", "kind", "pictogram", "accent", "picture")
ADDRESSES = ("website", "mail")  # that go on in the next line where they are long
BREAKABLE, ZERO_WIDTH_SPACE = re.compile("(?<=[./@])(?=.{4})"), "\u200b"


class Layout(NamedTuple):
    """What ``summary.typ`` is filled with in one try, and on how many sides it must have room."""

    content: Context
    sides: float = SIDES


def summary_pdf(request: Request, paper: Paper) -> bytes:
    """The summary of the answers of an interview, as PDF: on one sheet, in large print on as many as it takes."""
    made = b""
    for layout in layouts(summary(request, found(request), paper)):
        made = pdf(TEMPLATE, layout.content, request.now)
        if pages_of(made) <= layout.sides:
            break
    return made


def layouts(content: Context) -> Iterator[Layout]:
    """Ways to lay out a summary, the best first: in letters that are likely to have room, and then in smaller ones."""
    languages = content["languages"]
    if content["large"]:
        yield Layout(content | {"size": LARGE, "together": False}, math.inf)
    elif len(languages) == 1:
        yield from _alone(content)
    else:
        shorter = content | {"languages": [*map(_shortened, languages)]}
        for each, room, least in ((content, ROOM_FOR_TWO, LEAST_IN_FULL), (shorter, ROOM_FOR_LESS, LEAST)):
            length = sum(sum(_lengths(words).values()) * BESIDE.get(words["lang"], 1) for words in each["languages"])
            for size in _sizes(_size(room, length), least):
                yield Layout(each | {"size": size, "together": False})


def _alone(content: Context) -> Iterator[Layout]:
    lengths = _lengths(content["languages"][0], ABREAST)
    length = sum(lengths.values())
    for size in _sizes(_size(ROOM_ON_ONE_SIDE, length), LEAST_ON_ONE_SIDE):
        yield Layout(content | {"size": size, "together": False}, 1)
    torn = _size(ROOM, length)
    whole = min(torn, _size(ROOM_ON_THE_BACK, sum(lengths[key] for key in ON_THE_BACK)))
    together = torn - whole < WORTH_TEARING
    for size in _sizes(whole if together else torn, LEAST):
        yield Layout(content | {"size": size, "together": together})


def _shortened(words: Context) -> Context:
    """Without what matters least beside a second language, which is named instead."""
    receipts = [{**each, "text": [], "sources": ""} if each["rows"] else each for each in words["receipts"]]
    left_out = Texts(words["lang"])("print.left_out")
    return {**words, "receipts": receipts, "chart": None, "differences": [], "left_out": left_out}


def _size(room: float, length: float) -> float:
    """In which something is likely to have room."""
    return min(LARGEST, round(math.sqrt(room / length) / STEP) * STEP)


def _sizes(largest: float, least: float) -> Iterator[float]:
    """From one size of letters down to another."""
    return (largest - STEP * step for step in range(int((largest - least) / STEP) + 1))


def _lengths(words: Context, abreast: Sequence[str] = ()) -> dict[str, float]:
    """How much there is to set in each part of the words of a language, in characters."""
    lengths = {key: _length(each) for key, each in words.items() if key not in NOT_IN_WORDS}
    lengths |= {key: len(words[key]) * max(map(_length, words[key]), default=0) for key in abreast}
    return {key: length * WIDTH.get(words["lang"], 1) for key, length in lengths.items()}


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value) + A_LINE
    if isinstance(value, Mapping):
        return sum(_length(each) for key, each in value.items() if key not in NOT_IN_WORDS)
    return sum(map(_length, value)) if isinstance(value, list | tuple) else 0


def summary(request: Request, outcome: Outcome, paper: Paper) -> Context:
    """What ``summary.typ`` is filled with, but for the ``size`` of its letters and what it keeps ``together``."""
    texts = Texts(paper.locales[0])
    title = texts("title.page", heading=texts("step_text.result"), app=texts("product"))
    return {
        **head(texts, request.municipality, title),
        "large": paper.large,
        "languages": [sheet(request._replace(texts=Texts(each)), outcome, paper.large) for each in paper.locales],
    }


def sheet(request: Request, outcome: Outcome, large: bool) -> Context:
    """The words of one language with their pictures: what ``sheet.typ`` calls ``s``."""
    texts, words = request.texts, shown(request, words_of(request, outcome))
    chart, qr = words["chart"], words["qr"]
    return {
        **{key: value for key, value in words.items() if key not in NOT_SET},
        "large": large,
        "counted": counted(texts),
        "reference": _isolated(words["reference"], "value"),
        "receipt": _isolated(words["receipt"], "value"),
        "todo": [{**each, "lines": _isolated(_broken(each["lines"]), "text")} for each in words["todo"]],
        "chart": chart and _with_picture(chart, words["accent"], texts),
        "left_out": "",
        "qr": qr and {**qr, "shown": breakable(qr["url"])},
    }


def _with_picture(chart: Context, accent: str, texts: Texts) -> Context:
    set_in_words = {key: value for key, value in chart.items() if key not in NOT_SET}
    drawing = chart["drawing"]
    picture = {
        "svg": render("chart_on_paper.svg", {"drawing": drawing, "accent": accent}),
        "alt": texts("print.chart"),
        "wide": drawing["size"][0],
        "words": drawing["words"],
    }
    return {**set_in_words, "picture": picture}


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
