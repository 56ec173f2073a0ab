"""The outcome on paper: what a sheet says in one language, and the page to choose its language and letters on."""

from __future__ import annotations

from collections.abc import Sequence

from estimator.files import LOCALES
from estimator.pages.outcome import Outcome, found, said
from estimator.pages.request import Context, Paper, Request, headed
from estimator.pages.visit import LARGE, LETTERS, NO_SECOND, NORMAL, PAPER
from estimator.texts import Texts


def paper_page(request: Request) -> Context:
    """The context of ``paper.html``: the choices, and what will be on the paper."""
    texts, paper = request.texts, request.paper or Paper((request.texts.lang,))
    outcome = found(request)
    second = paper.locales[1] if len(paper.locales) > 1 else NO_SECOND
    languages = [_option(each, Texts(each).own_name, paper.locales[0], each) for each in LOCALES]
    seconds = [_option(each, Texts(each).own_name, second, each) for each in LOCALES]
    letters = [_option(each, texts(f"paper.letters.{each}"), LARGE if paper.large else NORMAL) for each in LETTERS]
    return {
        **headed(request, PAPER, texts("paper.heading")),
        "lead": texts("paper.lead"),
        "fields": [
            {"name": "language", "label": texts("paper.language"), "options": languages},
            {
                "name": "second",
                "label": texts("paper.second"),
                "options": [_option(NO_SECOND, texts("paper.second.none"), second), *seconds],
            },
            {"name": "letters", "label": texts("paper.letters"), "options": letters},
        ],
        "sheets": [sheet(request._replace(texts=Texts(each)), outcome) for each in paper.locales],
        "large": paper.large,
        "paper": {"language": paper.locales[0], "second": second, "letters": LARGE if paper.large else NORMAL},
    }


def sheet(request: Request, outcome: Outcome) -> Context:
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
        "fine": words["fine_print"],
        "made": words["receipt"],
    }


def _option(value: str, label: str, given: str, lang: str = "") -> Context:
    return {"value": value, "label": label, "selected": value == given, "lang": lang}


def _sources(sources: Sequence[Context], texts: Texts) -> str:
    """The articles and documents of a calculation in a line."""
    named = "; ".join(dict.fromkeys(source["text"] for source in sources))
    return f"{texts('ui.sources')}: {named}" if named else ""


def _listed(lines: Sequence[str], texts: Texts) -> str:
    first, *others = lines
    return texts.listed([first, *map(texts.inside, others)])
