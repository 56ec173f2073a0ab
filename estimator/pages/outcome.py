"""What is said of an outcome, wherever that is: on a screen and on paper."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from estimator import interview
from estimator.interview import UNKNOWN
from estimator.pages.advice import differences, left_to_municipality, notices, reasons, todo
from estimator.pages.chart import by_income
from estimator.pages.overview import answer_lines, answer_rows
from estimator.pages.panels import depends_on_income, panels
from estimator.pages.receipts import receipts
from estimator.pages.request import Context, Request
from estimator.pages.stated import stated_rows
from estimator.pages.verdict import lead, verdict
from estimator.rules.estimate import Comparison, Estimate, Which, compare, estimate
from estimator.rules.household import Household
from estimator.rules.policy import NATIONAL


class Outcome(NamedTuple):
    """What the rules say of somebody's answers, and one of the households that these may describe."""

    compared: Comparison
    household: Household


def found(request: Request) -> Outcome:
    """What the rules say of the answers of an interview, or of the household that they describe."""
    if request.exact:
        setting, policy = request.setting, interview.policy_of(request.answers, request.setting)
        compared = compare(request.exact, setting.on, policy, setting.rules)
        if request.exact_now:
            compared = compared.with_current(estimate(request.exact_now, setting.on, policy, "current", setting.rules))
        return Outcome(compared, request.exact)
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
        "answers": _answers(request),
        "fine_print": _fine_print(request, compared),
        "receipt": _made_with(request, compared),
    }


def _answers(request: Request) -> list[Context]:
    """The answers as they were given; nobody answered a letter."""
    if request.letter:
        return []
    return stated_rows(request, request.exact) if request.exact else answer_rows(request)


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
    made = texts.date(request.now.date()) if request.letter else texts.moment(request.now)
    rows = [("made.on", made), ("made.version", receipt.version), ("made.law", receipt.law)]
    if receipt.policy != NATIONAL.key:
        rows.append(("made.policy", hashlib.sha256(receipt.policy.encode()).hexdigest()[: len(receipt.law)]))
    return [{"label": texts(key), "value": value} for key, value in rows]
