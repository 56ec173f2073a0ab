"""The result: the verdict first, then both regimes side by side, why, what could make it different, what to do."""

from __future__ import annotations

from estimator.pages.articles import explaining, links
from estimator.pages.outcome import found, said
from estimator.pages.paper import on_paper, shown
from estimator.pages.request import Context, Request, frame
from estimator.pages.what_if import RESULT_ID, what_if
from estimator.rules.estimate import Comparison
from estimator.rules.household import Household
from estimator.rules.trace import walk

MOST_ARTICLES = 6


def result_page(request: Request) -> Context:
    """The context of ``result.html`` for the answers of an interview."""
    return comparison_page(request, *found(request))


def comparison_page(request: Request, compared: Comparison, household: Household) -> Context:
    """The same for any comparison; ``household`` is (one of) those that were compared.

    The title names no amount: a browser keeps titles.
    """
    texts = request.texts
    step_text = texts("step_text.result")
    words = said(request, compared, household)
    return {
        **frame(request, "result", texts("title.page", heading=step_text, app=texts("product"))),
        **words,
        "outcome": compared.current.outcome,
        "sheets": [shown(request, on_paper(request, words))],
        "choices": [],
        "announce": RESULT_ID if request.what_if else "",
        "step_text": step_text,
        "what_if": what_if(request, compared),
        "articles": articles_for(request, compared),
        "private": texts("fine_print.private.kiosk" if request.kiosk else "fine_print.private"),
    }


def articles_for(request: Request, compared: Comparison) -> list[Context]:
    """Links to the articles that matter most: to its grounds, the plan, its caveats, its steps, its kind."""
    both = [result for result in (compared.current, compared.upcoming) if result]
    keys = [
        *(result.ground for result in both if result.ground),
        *("plan" for result in both if result.status == "proposed"),
        *(f"caveat.{caveat.key}" for result in both for caveat in result.caveats),
        *(step.key for result in both for step in walk(result.steps)),
        *(result.outcome for result in both),
    ]
    return links(explaining(list(dict.fromkeys(keys)), request)[:MOST_ARTICLES], request)
