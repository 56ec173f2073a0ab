"""How the amounts came about: a table that a person can recompute, and where its numbers come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache, lru_cache

from estimator.pages.panels import upcoming_heading
from estimator.pages.request import Context, Request
from estimator.pages.verdict import grounds
from estimator.rules.estimate import Comparison, Estimate
from estimator.rules.law import Amount, Law
from estimator.rules.policy import DatedPolicies
from estimator.rules.trace import Step
from estimator.texts import CONTRIBUTIONS, Line, Texts, walk

# Named in the calculation of the line that takes them: no line of their own.
INSIDE_OTHERS = ("exempt_amount", "capital_rate", "threshold", "rate", "discount", "share")
# What the last line does to "together": without it that line is the last one already.
AFTER_SUM = ("maximum", "discount", "share", "cost_price_left")
ADDRESS = re.compile(r"https?://[^\s;]+")


def receipts(request: Request, compared: Comparison) -> list[Context]:
    """One for each regime: what is due now, and the plan."""
    texts, now = request.texts, compared.current
    found = [_receipt("now", texts("receipt.caption.now", year=now.as_at.year), now, request)]
    if compared.upcoming:
        found.append(_receipt("plan", upcoming_heading(compared.upcoming, request), compared.upcoming, request))
    return found


def _receipt(kind: str, name: str, result: Estimate, request: Request) -> Context:
    texts = request.texts
    top = _top(result)
    shows_high = top is not None and top.key == "highest_contribution"
    return {
        "kind": kind,
        "caption": texts("receipt.caption.high", name=name) if shows_high else name,
        "rows": _rows(top, result, request) if top else [],
        "text": list(_text(top, result, request)),
        "sources": list(_sources(result, request)),
    }


def _top(result: Estimate) -> Step | None:
    """The step of which the lines are shown: the contribution, at the upper end of a range."""
    with_lines = [step for step in result.steps if step.children]
    return with_lines[-1] if with_lines else None


def _rows(top: Step, result: Estimate, request: Request) -> list[Context]:
    texts = request.texts
    lines = [(step, line) for step, line in texts.lines(top) if step.key not in INSIDE_OTHERS]
    keys = {step.key for step in walk([top])}
    *above, (_, last) = lines
    if result.regime != "bill" and above and above[-1][0].key == "sum" and not keys & set(AFTER_SUM):
        last = last._replace(detail=above.pop()[1].detail)
    return [_row(line, False) for _, line in above] + [_row(_total(top, last, result, request), True)]


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


def _text(top: Step | None, result: Estimate, request: Request) -> Iterator[str]:
    texts = request.texts
    yield from grounds(result, texts)
    if top is None:
        return
    if result.outcome == "amount":
        yield from _low_end(result, request)
    steps = list(walk([top]))
    if any(isinstance(step.value, Fraction) for step in steps):
        yield texts("receipt.rounding")
    if any(step.law and step.law.grade == "D" for step in steps):
        yield texts("receipt.derived")


def _low_end(result: Estimate, request: Request) -> Iterator[str]:
    """The other end of a range, in a sentence."""
    texts = request.texts
    if result.low is None or result.low == result.high:
        return
    if result.low == 0:
        yield texts("receipt.low.nothing")
        return
    if texts.amount(result, result.low) == texts.amount(result, result.high or 0):
        return
    low = texts.amount(result, result.low)
    values = {"sum": texts.range(low, low, result.regime == "bill"), "per": texts.period(result.period)}
    lowest = next((step for step in result.steps if step.key == "lowest_contribution"), None)
    income = next((step for step in lowest.children if step.key == "income"), None) if lowest else None
    stated = not any(caveat.key == "income_not_stated" for caveat in result.caveats)
    if lowest and income and stated and lowest.value == result.low:
        yield texts("receipt.low.income", income=texts.plain_value(income), **values)
    else:
        yield texts("receipt.low", **values)


def _sources(result: Estimate, request: Request) -> Iterator[Context]:
    """Every article once, with the dated amount that was read from it, and the rules of the municipality."""
    texts = request.texts
    found: dict[str, dict[tuple[str, str], None]] = {}
    for step in walk(result.steps):
        if step.source:
            amount = step.law or _amount_of(step.source, result, request)
            notes = found.setdefault(step.source, {})
            if amount:
                notes[_provenance(amount, texts.lang)] = None
    for source, notes in found.items():
        for url, note in notes or {("", ""): None}:
            address = url or _act_addresses(request.setting.rules).get(_act(source), "")
            yield {"text": texts.source(source), "url": address, "note": note}
    yield from _policy_source(result, request)


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
def _provenance(amount: Amount, locale: str) -> tuple[str, str]:
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
