"""How the amounts came about: a table that a person can recompute, and where its numbers come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache, lru_cache

from estimator.interview import UNKNOWN
from estimator.pages.exact import wording
from estimator.pages.panels import LIMITS, limit_differs, upcoming_heading
from estimator.pages.request import Context, Request
from estimator.pages.verdict import grounds
from estimator.rules.estimate import Comparison, Estimate
from estimator.rules.household import Household
from estimator.rules.law import Amount, Law
from estimator.rules.policy import DatedPolicies
from estimator.rules.regimes import exempt_amount
from estimator.rules.trace import Step, walk
from estimator.texts import CONTRIBUTIONS, Line, Texts

# Named in the calculation of the line that takes them: no line of their own.
INSIDE_OTHERS = ("exempt_amount", "capital_rate", "threshold", "rate", "discount", "share")
# What only a municipality's income limit looks at, where the amount itself doesn't depend on income.
ONLY_FOR_LIMIT = (
    *LIMITS, "income", "assets", "exempt_amount_couple", "capital", "capital_addition", "deduction",
    "contributory_income",
)  # fmt: skip
# What the last line does to "together": without it that line is the last one already.
AFTER_SUM = ("maximum", "discount", "share", "cost_price_left")
# Rules of today, which a plan is taken to leave as they are.
OF_NOW = ("Ub Wmo 2015", "Wmo 2015", "ordinance")
ADDRESS = re.compile(r"https?://[^\s;]+")


def receipts(request: Request, compared: Comparison, household: Household) -> list[Context]:
    """One for each regime: what is due now, and the plan; ``household`` is (one of) those that were compared."""
    texts, now = request.texts, compared.current
    found = [_receipt("now", texts("receipt.caption.now", year=now.as_at.year), now, request, household)]
    if compared.upcoming:
        heading = upcoming_heading(compared.upcoming, request)
        found.append(_receipt("plan", heading, compared.upcoming, request, household))
    return found


def _receipt(kind: str, name: str, result: Estimate, request: Request, household: Household) -> Context:
    texts = request.texts
    top = _top(result)
    shows_high = top is not None and top.key == "highest_contribution"
    return {
        "kind": kind,
        "caption": texts(wording("receipt.caption.high", request), name=name) if shows_high else name,
        "rows": _rows(top, result, request, household) if top else [],
        "text": list(_text(top, result, request, household)),
        "sources": list(_sources(result, request)),
    }


def _top(result: Estimate) -> Step | None:
    """The step of which the lines are shown: the contribution, at the upper end of a range."""
    with_lines = [step for step in result.steps if step.children]
    return with_lines[-1] if with_lines else None


def _rows(top: Step, result: Estimate, request: Request, household: Household) -> list[Context]:
    texts = request.texts
    made_up = ("income", "excess") if household.income_ends is None else ()
    differs = limit_differs(result)
    for_limit = ONLY_FOR_LIMIT if result.regime == "flat_rate" else tuple(LIMITS)
    left_out = (*INSIDE_OTHERS, *made_up, *(for_limit if differs else ()))
    lines = [(step, _told(line, request)) for step, line in texts.lines(top) if step.key not in left_out]
    keys = {step.key for step in walk([top])}
    *above, (_, last) = lines
    if result.regime != "bill" and above and above[-1][0].key == "sum" and not keys & set(AFTER_SUM):
        last = last._replace(detail=above.pop()[1].detail)
    if (differs and not keys & set(AFTER_SUM)) or _is_maximum(top):
        last = last._replace(detail="")
    return [_row(line, False) for _, line in above] + [_row(_total(top, last, result, request), True)]


def _told(line: Line, request: Request) -> Line:
    """In a letter an amount isn't one that somebody answered."""
    if not request.letter or line.detail != request.texts("origin.answer"):
        return line
    return line._replace(detail=request.texts(wording("origin.answer", request)))


def _row(line: Line, total: bool) -> Context:
    return {**line._asdict(), "total": total}


def _total(top: Step, line: Line, result: Estimate, request: Request) -> Line:
    """The last line: of a plan in whole euro, where it wasn't published to the cent."""
    texts = request.texts
    if top.key not in CONTRIBUTIONS or not isinstance(top.value, int):
        return line._replace(amount=texts("sum.nothing"))
    amount = texts.amount(result, top.value)
    rounded = result.regime == "bill" and top.value not in result.published
    return line._replace(amount=amount, detail=texts("receipt.about") if rounded else line.detail)


def _text(top: Step | None, result: Estimate, request: Request, household: Household) -> Iterator[str]:
    texts = request.texts
    yield from grounds(result, texts)
    if top is None:
        return
    if result.outcome == "amount":
        yield from _maximum_from(top, result, request, household)
        yield from _low_end(top, result, request, household)
    steps = list(walk([top]))
    if any(isinstance(step.value, Fraction) for step in steps):
        yield texts("receipt.rounding")
    if any(step.law and step.law.grade == "D" for step in steps):
        yield texts("receipt.derived")


def _is_maximum(top: Step) -> bool:
    """Whether the highest contribution of a plan is all that the lines say: without an upper end of the income."""
    keys = {step.key for step in walk([top])}
    return "maximum" in keys and not keys & {"fixed", "income", "share", "cost_price_left"}


def _maximum_from(top: Step, result: Estimate, request: Request, household: Household) -> Iterator[str]:
    """From which income the highest contribution of the plan holds, where no line says so."""
    texts, rules = request.texts, request.setting.rules
    keys = {step.key for step in walk([top])}
    if result.regime != "bill" or "maximum" not in keys or keys & {"fixed", "income"}:
        return
    series = {kind: rules.series[f"bill_maximum_from_{kind}"] for kind in ("single", "couple")}
    if not all(each.covers(result.as_at) for each in series.values()):
        return
    incomes = {kind: texts.plain_money(each.on(result.as_at).amount) for kind, each in series.items()}
    if request.answers.get("household") == (UNKNOWN,):
        yield texts("receipt.maximum_from.unknown", **incomes)
    else:
        yield texts("receipt.maximum_from", income=incomes[household.composition])


def _low_end(top: Step, result: Estimate, request: Request, household: Household) -> Iterator[str]:
    """The other end of a range, in a sentence: with the income where income alone makes the range."""
    texts = request.texts
    if result.low is None or result.low == result.high:
        return
    if result.low == 0:
        yield texts(wording("receipt.low.nothing", request))
        return
    if texts.amount(result, result.low) == texts.amount(result, result.high or 0):
        return
    low = texts.amount(result, result.low)
    values = {"sum": texts.range(low, low, result.regime == "bill"), "per": texts.period(result.period)}
    lowest = next((step for step in result.steps if step.key == "lowest_contribution"), None)
    income = next((step for step in lowest.children if step.key == "income"), None) if lowest else None
    stated = not any(caveat.key == "income_not_stated" for caveat in result.caveats)
    shown = any(step.key == "income" for step in walk([top])) and household.income_ends is not None
    alone = stated and shown and not _capital_varies(result, request, household)
    if lowest and income and alone and lowest.value == result.low:
        yield texts("receipt.low.income", income=texts.plain_value(income), **values)
    else:
        yield texts(wording("receipt.low", request), **values)


def _capital_varies(result: Estimate, request: Request, household: Household) -> bool:
    """Whether savings are a band of which a part counts: then the income isn't all that makes the range."""
    if household.assets_ends is None:
        return False
    low, high = household.assets_ends
    exempt = exempt_amount(request.setting.rules, result.as_at)
    persons = 1 if household.composition == "single" else 2
    return low != high and (exempt is None or high > exempt.amount * persons)


def _sources(result: Estimate, request: Request) -> Iterator[Context]:
    """Every article once, with the dated amount that was read from it, and the rules of the municipality."""
    texts = request.texts
    found: dict[str, dict[tuple[str, str], None]] = {}
    for step in walk(result.steps):
        if step.source:
            amount = step.law or _amount_of(step.source, result, request)
            notes = found.setdefault(step.source, {})
            if amount:
                notes[provenance(amount, texts.lang)] = None
    for source, notes in found.items():
        for url, note in notes or {("", ""): None}:
            address = url or _act_addresses(request.setting.rules).get(_act(source), "")
            yield {"text": texts.source(source), "url": address, "note": note}
    of_municipality = list(_policy_source(result, request))
    yield from of_municipality
    if result.regime == "bill" and (of_municipality or any(source.startswith(OF_NOW) for source in found)):
        yield {"text": texts("receipt.as_now"), "url": "", "note": ""}


def _act(source: str) -> str:
    """The act or decree of an article; "" where a source names more than one."""
    return "" if ";" in source else re.split(r",| art\.", source)[0]


@cache
def _act_addresses(rules: Law) -> dict[str, str]:
    """The newest text of each act of which the law files know an address."""
    found: dict[str, str] = {}
    for series in rules.series.values():
        for value in series.values:
            address = ADDRESS.search(value.source) if value else None
            act = _act(series.legal_basis)
            if address and act and address[0] > found.get(act, ""):
                found[act] = address[0]
    return found


def _amount_of(source: str, result: Estimate, request: Request) -> Amount | None:
    """An amount that has an article for its legal basis, on the date of an estimate."""
    for series in request.setting.rules.series.values():
        if series.legal_basis == source and series.covers(result.as_at):
            return series.on(result.as_at)
    return None


@lru_cache(maxsize=1024)
def provenance(amount: Amount, locale: str) -> tuple[str, str]:
    """The address of an amount, and in words who set it, where it was read and when it was checked."""
    texts = Texts(locale)
    address = ADDRESS.search(amount.source)
    url = address[0] if address else ""
    values = {
        "set_by": texts.source(amount.set_by),
        "source": texts.source(amount.source),
        "checked": texts.date(amount.checked),
        "month": texts.month(amount.seen_until),
    }
    if amount.status == "proposed":
        return url, texts("source.note.derived" if amount.grade == "D" else "source.note.plan", **values)
    own = amount.set_by != amount.legal_basis
    kinds = {(True, True): ".linked", (True, False): "", (False, True): ".checked", (False, False): ".read"}
    return url, texts(f"source.note{kinds[own, bool(url)]}", **values)


def _policy_source(result: Estimate, request: Request) -> Iterator[Context]:
    texts, municipality = request.texts, request.municipality
    policy = municipality.policy if municipality else None
    if municipality is None or not isinstance(policy, DatedPolicies) or policy.on(result.as_at).key == "{}":
        return
    for period, decision in zip(policy.periods, municipality.decisions, strict=True):
        if period.first <= result.as_at and (period.until is None or result.as_at <= period.until):
            address = ADDRESS.search(decision.source)
            values = {"source": texts.source(decision.source), "checked": texts.date(decision.checked)}
            note = texts("source.note.checked" if address else "source.note.read", **values)
            url = address[0] if address else ""
            yield {"text": texts("source.policy", name=municipality.name), "url": url, "note": note}
