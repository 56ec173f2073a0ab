"""The result: the verdict first, then both regimes side by side, why, what could make it different, what to do."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from estimator import interview
from estimator.interview import UNKNOWN
from estimator.library.documents import Document
from estimator.pages.advice import differences, left_to_municipality, notices, reasons, todo
from estimator.pages.articles import explaining, links
from estimator.pages.chart import by_income
from estimator.pages.overview import answer_lines, answer_rows
from estimator.pages.panels import depends_on_income, panels
from estimator.pages.receipts import receipts
from estimator.pages.request import Context, Request, frame
from estimator.pages.verdict import lead, verdict
from estimator.pages.what_if import RESULT_ID, what_if
from estimator.rules.estimate import Comparison, Estimate, Which, estimate
from estimator.rules.household import Household
from estimator.rules.policy import NATIONAL
from estimator.rules.trace import walk

MOST_ARTICLES = 6


class Outcome(NamedTuple):
    """What the rules say of somebody's answers, and one of the households that these may describe."""

    compared: Comparison
    household: Household


def result_page(request: Request) -> Context:
    """The context of ``result.html`` for the answers of an interview."""
    return comparison_page(request, *found(request))


def found(request: Request) -> Outcome:
    """What the rules say of the answers of an interview."""
    possible = interview.households(request.answers, request.setting)
    compared = interview.comparison(request.answers, request.setting)
    if len(possible) > 1:
        compared = compared._replace(
            current=_with_possibilities(compared.current, possible, "current", request),
            upcoming=compared.upcoming and _with_possibilities(compared.upcoming, possible, "upcoming", request),
        )
    return Outcome(compared, possible[0])


def _with_possibilities(result: Estimate, possible: tuple[Household, ...], which: Which, request: Request) -> Estimate:
    """An estimate with those of every household that it may be: also where they come to the same amount."""
    if result.possibilities:
        return result
    setting = request.setting
    policy = interview.policy_of(request.answers, setting)
    each = tuple(estimate(household, setting.on, policy, which, setting.rules) for household in possible)
    return result._replace(possibilities=each)


def comparison_page(request: Request, compared: Comparison, household: Household) -> Context:
    """The same for any comparison; ``household`` is (one of) those that were compared.

    The title names no amount: a browser keeps titles.
    """
    texts = request.texts
    step_text = texts("step_text.result")
    return {
        **frame(request, "result", texts("title.page", heading=step_text, app=texts("product"))),
        **said(request, compared, household),
        "announce": RESULT_ID if request.what_if else "",
        "step_text": step_text,
        "what_if": what_if(request, compared),
        "articles": links(_articles(request, compared), request),
        "private": texts("fine_print.private.kiosk" if request.kiosk else "fine_print.private"),
    }


def said(request: Request, compared: Comparison, household: Household) -> Context:
    """What is said of an outcome, wherever that is: on a screen and on paper."""
    texts = request.texts
    return {
        "verdict": verdict(compared, texts),
        "lead": lead(compared, texts),
        "reference": _reference(request, compared),
        "notices": list(notices(request, compared)),
        "panels": panels(request, compared, household),
        "receipts": receipts(request, compared, household),
        "chart": by_income(request, compared),
        "differences": differences(request, compared),
        "reasons": reasons(request, compared),
        "todo": todo(request, compared),
        "answers": answer_rows(request),
        "fine_print": _fine_print(request, compared),
        "receipt": _made_with(request, compared),
    }


def _articles(request: Request, compared: Comparison) -> list[Document]:
    """The articles that matter most to this outcome: to its grounds, the plan, its caveats, its steps, its kind."""
    both = [result for result in (compared.current, compared.upcoming) if result]
    keys = [
        *(result.ground for result in both if result.ground),
        *("plan" for result in both if result.status == "proposed"),
        *(f"caveat.{caveat.key}" for result in both for caveat in result.caveats),
        *(step.key for result in both for step in walk(result.steps)),
        *(result.outcome for result in both),
    ]
    return explaining(list(dict.fromkeys(keys)), request)[:MOST_ARTICLES]


def _reference(request: Request, compared: Comparison) -> list[Context]:
    """As at the head of a letter."""
    texts, municipality = request.texts, request.municipality
    known = municipality.name if municipality else texts("reference.municipality.unknown")
    rows = [("reference.date", texts.date(request.setting.on)), ("reference.municipality", known)]
    if request.answers.get("provisions", (UNKNOWN,)) != (UNKNOWN,):
        rows.append(("reference.support", _support(request)))
    if year := _reference_year(request, compared):
        rows.append(("reference.year", year))
    return [{"label": texts(key), "value": value} for key, value in rows]


def _support(request: Request) -> str:
    first, *others = answer_lines("provisions", request)
    return request.texts.listed([first, *map(request.texts.inside, others)])


def _reference_year(request: Request, compared: Comparison) -> str:
    """Of which year income and capital count, where they do."""
    texts, now, upcoming = request.texts, compared.current, compared.upcoming
    years = {result: result.reference_year for result in (now, upcoming) if result and depends_on_income(result)}
    if len(set(years.values())) > 1 and upcoming:
        return texts("reference.year.both", current=now.reference_year, upcoming=upcoming.reference_year)
    return texts("reference.year.current", year=next(iter(years.values()))) if years else ""


def _fine_print(request: Request, compared: Comparison) -> list[str]:
    texts, upcoming = request.texts, compared.upcoming
    lines = [texts("fine_print.municipality" if left_to_municipality(compared) else "fine_print.estimate")]
    if upcoming and upcoming.status == "proposed":
        lines.append(texts("fine_print.plan"))
    return lines


def _made_with(request: Request, compared: Comparison) -> list[Context]:
    """With what the result was made: enough to make it again."""
    texts, receipt = request.texts, compared.current.receipt
    rows = [("made.on", texts.moment(request.now)), ("made.version", receipt.version), ("made.law", receipt.law)]
    if receipt.policy != NATIONAL.key:
        rows.append(("made.policy", hashlib.sha256(receipt.policy.encode()).hexdigest()[: len(receipt.law)]))
    return [{"label": texts(key), "value": value} for key, value in rows]
