"""The outcome on paper: what a sheet says in one language, and the page to choose its language and letters on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO

import segno

from estimator.files import LOCALES
from estimator.municipalities import accent_of
from estimator.pages.outcome import Outcome, found, said
from estimator.pages.request import Context, Paper, Request, headed
from estimator.pages.visit import LARGE, LETTERS, NO_SECOND, NORMAL, PAPER
from estimator.texts import Texts

SHOWN_ID = "paper-shown"
# Choosing the best of the eight masks takes longer than all the rest of the sheet.
MASK = 2


def paper_page(request: Request) -> Context:
    """The context of ``paper.html``: the choices, and what will be on the paper."""
    texts, paper = request.texts, request.paper or Paper((request.texts.lang,))
    outcome, requests = found(request), [request._replace(texts=Texts(each)) for each in paper.locales]
    second = paper.locales[1] if len(paper.locales) > 1 else NO_SECOND
    languages = [_option(each, Texts(each).own_name, paper.locales[0], each) for each in request.locales]
    seconds = [_option(each, Texts(each).own_name, second, each) for each in request.locales]
    letters = [_option(each, texts(f"paper.letters.{each}"), LARGE if paper.large else NORMAL) for each in LETTERS]
    return {
        **headed(request, PAPER, texts("paper.heading")),
        "lead": texts("paper.lead"),
        "choices": [
            {"name": "language", "label": texts("paper.language"), "hint": "", "options": languages},
            {
                "name": "second",
                "label": texts("paper.second"),
                "hint": texts("paper.second.hint"),
                "options": [_option(NO_SECOND, texts("paper.second.none"), second), *seconds],
            },
            {"name": "letters", "label": texts("paper.letters"), "hint": "", "options": letters},
        ],
        "announce": SHOWN_ID if request.paper else "",
        "sheets": [shown(each, words_of(each, outcome)) for each in requests],
        "large": paper.large,
    }


def words_of(request: Request, outcome: Outcome) -> Context:
    """All that a sheet says in the language of the request."""
    return on_paper(request, said(request, *outcome))


def on_paper(request: Request, words: Context) -> Context:
    """The same where what is said of the outcome has been put into words already."""
    texts = request.texts
    return {
        **words,
        "lang": texts.lang,
        "dir": texts.dir,
        "estimate": texts("ui.estimate"),
        "translated": texts("translation_note") if texts.lang != LOCALES[0] else "",
        "how": texts("ui.how"),
        "line": texts("ui.line"),
        "amount": texts("ui.amount"),
        "receipts": [{**receipt, "sources": _sources(receipt["sources"], texts)} for receipt in words["receipts"]],
        "todo_heading": texts("ui.todo"),
        "different": texts("ui.different"),
        "answers_heading": texts("ui.answers"),
        "answers": [{"question": row["question"], "answer": _listed(row["answer"], texts)} for row in words["answers"]],
        "fine_heading": texts("ui.fine_print"),
    }


def shown(request: Request, words: Context) -> Context:
    """What a sheet says as it is shown: in the municipality's colour, with a code that leads to the service."""
    texts, public_url = request.texts, request.public_url
    qr = _code(f"{public_url}/{texts.lang}/", texts) if public_url else None
    return {**words, "accent": accent_of(request.municipality), "qr": qr}


def _code(url: str, texts: Texts) -> Context:
    """A QR code that opens an address, with its words."""
    return {"svg": _drawn(url), "url": url, "text": texts("print.code"), "alt": texts("print.code.alt", url=url)}


@cache
def _drawn(url: str) -> str:
    """There is one for each language: drawn once, and not at every result."""
    svg = BytesIO()
    made = segno.make(url, error="m", micro=False, mask=MASK)
    made.save(svg, kind="svg", border=4, xmldecl=False, omitsize=True)
    return svg.getvalue().decode()


def _option(value: str, label: str, given: str, lang: str = "") -> Context:
    return {"value": value, "label": label, "selected": value == given, "lang": lang}


def _sources(sources: Sequence[Context], texts: Texts) -> str:
    """The articles and documents of a calculation in a line."""
    named = "; ".join(dict.fromkeys(source["text"] for source in sources))
    return f"{texts('ui.sources')}: {named}" if named else ""


def _listed(lines: Sequence[str], texts: Texts) -> str:
    first, *others = lines
    return texts.listed([first, *map(texts.inside, others)])
