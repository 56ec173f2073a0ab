"""Reference-year shift (peiljaarverlegging): this year's income and capital instead of those of two years ago.

Ub Wmo 2015 art. 3.9 lid 2 to 4: on request, when the contributory income of the calendar year itself is at least so
much below that of the reference year. Settled when the year is over: whatever comes out before that is provisional.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from estimator.rules import formula, income_related
from estimator.rules.estimate import Estimate, Which, among, change, estimate
from estimator.rules.exemptions import Situation
from estimator.rules.formula import Terms
from estimator.rules.frame import CAPITAL_SOURCE, capital_lines
from estimator.rules.household import Household, replaced
from estimator.rules.law import FOREVER, Amount, Law, law
from estimator.rules.money import MAXIMUM_CENTS, OPEN_ENDED_CENTS
from estimator.rules.pension_age import months_later
from estimator.rules.policy import NATIONAL, PolicyByDate
from estimator.rules.regimes import contribution_year, situation_of
from estimator.rules.trace import Caveat, Step, exact, from_law

INCOME_FIELDS = frozenset({"income", "income_band", "no_income_data", "client_income", "partner_income"})
CAPITAL_FIELDS = frozenset({"assets", "assets_band", "capital", "client_capital", "partner_capital"})
INCOME_BASIS = "Ub Wmo 2015, art. 3.2 and 3.9"
DEDUCTION_BASIS = "Ub Wmo 2015 (2018), art. 3.9a"

ShiftGround = Literal["", "parameters_unknown", "income_unknown", "drop_uncertain"]


class Shift(NamedTuple):
    """Whether the reference year can be moved to ``year``, and what that gives.

    ``applies`` is ``None`` where it can't be said, and ``ground`` why not: the minimum drop or an exempt amount of the
    year isn't known (``known``: the minimum drops that are), an income isn't stated, or a band lies across the minimum.
    The drop in contributory income is cents a year, a ``Fraction`` where it isn't whole, ``None`` where unbounded.
    ``before`` is the estimate as it is, ``after`` the one with the figures of ``year``: ``None`` where the shift surely
    doesn't apply or those figures aren't known. The difference is after less before, in cents a period, "nothing"
    counting as nil. ``request_until`` is the last day for a request, unless the decision itself comes later.
    """

    applies: bool | None
    ground: ShiftGround
    year: int
    drop_low: int | Fraction | None
    drop_high: int | Fraction | None
    minimum_drop: int | None
    known: tuple[Amount, ...]
    before: Estimate
    after: Estimate | None
    difference_low: int | None
    difference_high: int | None
    request_until: date | None
    steps: tuple[Step, ...]
    caveats: tuple[Caveat, ...]


def reference_year_shift(
    household: Household,
    expected: Household | Decimal | int,
    on: date,
    policy: PolicyByDate = NATIONAL,
    which: Which = "current",
    rules: Law | None = None,
) -> Shift:
    """Whether the contribution of a day may follow this year's income, and what it becomes (Ub Wmo 2015 art. 3.9).

    ``household`` has the income and capital of the reference year, ``expected`` those of the calendar year: the same
    household with other money, or only its income in euro; capital is then taken as unchanged. Raises ``ValueError``
    for a date before 2007-01-01, for ``expected`` that differs in more than money, and as ``estimate`` does.
    """
    rules = rules or law()
    before = estimate(household, on, policy, which, rules)
    year = contribution_year(rules, before.as_at)
    s = situation_of(rules, before.regime, household, before.as_at, policy.on(before.as_at))
    rate = _capital_rate(rules, before.as_at)
    read = _Reading(rules, s, rate and from_law("capital_rate", rate), rate and _terms(rules, s, before.as_at, rate))
    then = read.known(household, before.reference_year)
    if isinstance(expected, Household):
        now = read.known(_same_but_for_money(household, expected), year)
    else:
        now = read.known(replaced(household, INCOME_FIELDS, income=expected), before.reference_year)
    minimum, months = _of_year(rules, "shift_minimum_drop", year), _of_year(rules, "shift_request_months", year)
    low, high = _drops(then, now)
    applies, ground = _applies(then, now, low, high, minimum)
    after = None if applies is False else _estimate_of(now, year, on, policy, which, rules)
    difference = (None if after is None else change(before, after)) or (None, None)
    return Shift(
        applies=applies,
        ground=ground,
        year=year,
        drop_low=low,
        drop_high=high,
        minimum_drop=minimum.amount if minimum else None,
        known=tuple(value for value in rules.series["shift_minimum_drop"].values if value is not None),
        before=before,
        after=after,
        difference_low=difference[0],
        difference_high=difference[1],
        request_until=months_later(date(year, 12, 31), months.amount) if months and year < FOREVER.year else None,
        steps=(*_drop_steps(then, now, low, high), *(from_law(a.name, a) for a in (minimum, months) if a)),
        caveats=tuple(_caveats(now, before, capital_unchanged=not isinstance(expected, Household))),
    )


def _same_but_for_money(household: Household, expected: Household) -> Household:
    money = set(INCOME_FIELDS | CAPITAL_FIELDS)
    if expected.model_dump(exclude=money) != household.model_dump(exclude=money):
        raise ValueError("expected: found another household; allowed: the same one with other income and capital")
    return expected


def _of_year(rules: Law, name: str, year: int) -> Amount | None:
    series, day = rules.series[name], date(year, 1, 1)
    return series.on(day) if series.covers(day) else None


def _terms(rules: Law, s: Situation, as_at: date, rate: Amount) -> Terms:
    """Only what makes contributory income: the capital addition and the deduction of 2018."""
    deduction = income_related.deduction_terms(rules, s, as_at)
    return formula.terms(fixed=0, capital_rate=Fraction(rate.amount, 1000), deduction=deduction)


def _capital_rate(rules: Law, as_at: date) -> Amount | None:
    """The part of capital that is added to the income: until 2018 a series of its own, with years that aren't known."""
    names = ("capital_rate", "capital_rate_history")
    return next((rules.on(name, as_at) for name in names if rules.series[name].covers(as_at)), None)


class _Known(NamedTuple):
    """What is known of a household's money in one year, as ranges in cents; ``None`` where something of it isn't."""

    household: Household
    incomes: tuple[int, int] | None
    capital: tuple[int, int] | None
    contributory: tuple[Fraction, Fraction] | None
    exempt: Amount | None
    lines: tuple[tuple[Step, ...], tuple[Step, ...]]

    @property
    def open_ended(self) -> bool:
        """Income or capital ends in "and more"."""
        return max(*(self.incomes or (0,)), *(self.household.assets_ends or (0,))) >= OPEN_ENDED_CENTS


class _Reading(NamedTuple):
    """The rules by which money becomes contributory income, for one type of household on one date."""

    rules: Law
    situation: Situation
    capital_rate: Step | None
    terms: Terms | None  # none in a year whose rules aren't known

    def known(self, h: Household, exempt_year: int) -> _Known:
        """Income and capital of one year, with the exempt amount of that year or of another."""
        exempt = None if h.assets_ends is None else _of_year(self.rules, "exempt_amount", exempt_year)
        incomes = None if h.no_income_data else h.income_ends
        if self.terms is None:
            return _Known(h, incomes, None, None, exempt, ((), ()))
        scale = self.terms.scale
        low, high = incomes or (0, 0)  # of any income: what counts of the capital is asked all the same
        money = h.money._replace(no_income_data=0, income_low=low, income_high=high)
        c = formula.counted(money, exempt.amount if exempt else formula.UNKNOWN, self.terms)
        capital = None if c.capital_unknown else (c.capital_low, c.capital_high)
        if incomes is None or capital is None:
            return _Known(h, incomes, capital, None, exempt, ((), ()))
        lowest, highest = Fraction(c.lowest, scale), Fraction(c.highest, scale)
        lines = [
            tuple(self._lines(income, part, Fraction(part * self.terms.capital_part, scale), contributory, exempt))
            for income, part, contributory in zip(incomes, capital, (lowest, highest), strict=True)
        ]
        return _Known(h, incomes, capital, (lowest, highest), exempt, (lines[0], lines[1]))

    def _lines(
        self, income: int, capital: int, addition: Fraction, contributory: Fraction, exempt: Amount | None
    ) -> Iterator[Step]:
        """From the answers to the contributory income."""
        yield Step("income", income, "cent/year", INCOME_BASIS, "answer")
        if capital:
            persons = 1 if self.situation.composition == "single" else 2
            yield from capital_lines(capital, exempt, persons, self.capital_rate, CAPITAL_SOURCE)
            yield Step("capital_addition", _exact(addition), "cent/year", CAPITAL_SOURCE, "computed")
        if deducted := income + addition - contributory:
            yield Step("deduction", _exact(deducted), "cent/year", DEDUCTION_BASIS, "computed")


def _drops(then: _Known, now: _Known) -> tuple[int | Fraction | None, int | Fraction | None]:
    """By how much contributory income is lower now, at least and at most, in cents a year."""
    if then.contributory is None or now.contributory is None:
        return None, None
    low, high = then.contributory[0] - now.contributory[1], then.contributory[1] - now.contributory[0]
    return None if now.open_ended else _exact(low), None if then.open_ended else _exact(high)


def _exact(value: Fraction) -> int | Fraction:
    return exact(value.numerator, value.denominator)


def _applies(
    then: _Known, now: _Known, low: int | Fraction | None, high: int | Fraction | None, minimum: Amount | None
) -> tuple[bool | None, ShiftGround]:
    """The drop is at least the minimum (art. 3.9 lid 2): exactly as much is enough."""
    if then.incomes is None or now.incomes is None:
        return None, "income_unknown"
    if high is not None and high <= 0:
        return False, ""  # whatever the minimum is
    if minimum is None or then.capital is None or now.capital is None:
        return None, "parameters_unknown"
    if low is not None and low >= minimum.amount:
        return True, ""
    return (False, "") if high is not None and high < minimum.amount else (None, "drop_uncertain")


def _estimate_of(now: _Known, year: int, on: date, policy: PolicyByDate, which: Which, rules: Law) -> Estimate | None:
    """The contribution on the figures of another year; ``None`` where the exempt amount of that year isn't known."""
    if now.capital is None:
        return None
    households = [now.household]
    if now.household.assets_ends is not None:
        ends = sorted({min(end, MAXIMUM_CENTS) for end in now.capital})
        households = [replaced(now.household, CAPITAL_FIELDS, capital=Decimal(end) / 100) for end in ends]
    found = among(tuple(estimate(household, on, policy, which, rules) for household in households))
    return found._replace(reference_year=year)


def _drop_steps(then: _Known, now: _Known, low: int | Fraction | None, high: int | Fraction | None) -> Iterator[Step]:
    """The drop with both contributory incomes; at both ends where it is a range."""
    if then.contributory is None or now.contributory is None:
        return
    one = low == high
    for key, drop, end in (("shift_drop" if one else "shift_drop_lowest", low, 0), ("shift_drop_highest", high, 1)):
        if drop is None or (one and end):
            continue
        incomes = (
            ("contributory_income_reference_year", then.contributory[end], then.lines[end]),
            ("contributory_income_this_year", now.contributory[1 - end], now.lines[1 - end]),
        )
        children = tuple(
            Step(name, _exact(value), "cent/year", INCOME_BASIS, "computed", lines) for name, value, lines in incomes
        )
        yield Step(key, drop, "cent/year", "Ub Wmo 2015, art. 3.9 lid 2", "computed", children)


def _caveats(now: _Known, before: Estimate, capital_unchanged: bool) -> Iterator[Caveat]:
    yield Caveat("shift_settled_afterwards", "assumption", "Ub Wmo 2015, art. 3.9 lid 3")
    if before.regime == "bill":
        yield Caveat("plan_shift_assumed", "assumption", "bill 36 713")
    if capital_unchanged and now.capital != (0, 0):
        yield Caveat("shift_capital_unchanged", "assumption", CAPITAL_SOURCE)
    if now.exempt is not None and now.capital != (0, 0):
        if now.household.composition == "couple":
            yield Caveat("assets_divided_equally", "assumption", now.exempt.legal_basis)
        if now.exempt.note:
            yield Caveat("exempt_amount_unverified", "assumption", now.exempt.source, (("amount", now.exempt.amount),))
