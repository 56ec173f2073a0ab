"""The estimate: ``estimate`` for one regime on one date, ``compare`` for the current one beside the upcoming."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import compress
from typing import Literal, NamedTuple, get_args

from estimator import __version__
from estimator.rules import flat_rate, formula
from estimator.rules.cost_price import (
    MONITORED_FROM_MONTH,
    UNLIMITED,
    Aid,
    Collectable,
    Course,
    OfAge,
    cap_of,
    collectable,
    counted_from,
    first_month_due,
    left_of,
    month_due,
    month_number,
    month_start,
    paid_before_irrelevant,
    payment_course,
    spent_of,
    taken_off,
)
from estimator.rules.exemptions import (
    RegimeName,
    ground_source,
    knows,
    parents_pay,
)
from estimator.rules.formula import Counted, Money, Range, Terms
from estimator.rules.frame import capital_lines, frame_of, plan_status
from estimator.rules.household import Household, Provision
from estimator.rules.law import Amount, Law, law
from estimator.rules.money import OPEN_ENDED_CENTS, above, cents
from estimator.rules.pension_age import adulthood, pension_date
from estimator.rules.policy import NATIONAL, DatedPolicies, PolicyByDate
from estimator.rules.regimes import (
    FIRST_DAY,
    NOTHING_UPCOMING,
    OutcomeKind,
    Period,
    Regime,
    age_of,
    charges_of,
    current_regime,
    outcome_of,
    reference_year,
    situation_of,
    upcoming_regime,
)
from estimator.rules.trace import Caveat, CaveatKind, Origin, Step, exact, from_law

VERSION = __version__
COST_PRICE_SOURCE = "Wmo 2015, art. 2.1.4a lid 6; Ub Wmo 2015, art. 3.10b"
PERIODS_A_YEAR: dict[Period, int] = {"month": 12, "four_weeks": 13}

OWNED = frozenset({"other_aid", "home_adaptation"})  # kinds that a municipality may give in ownership

Which = Literal["current", "upcoming"]
ComesTo = tuple[OutcomeKind, str, int | None, int | None]  # outcome, ground, lowest and highest contribution


class Receipt(NamedTuple):
    """With what an estimate was made: enough to make it again."""

    on: date
    version: str
    law: str
    policy: str


class Estimate(NamedTuple):
    """What one regime asks of one household.

    ``low`` and ``high`` are whole cents a ``period``, equal where the amount is certain, ``None`` unless ``outcome`` is
    ``amount``. ``ground`` says why it is nothing, another rule, or not known. ``as_at`` is the date whose rules were
    used: later than ``on`` for a regime that hasn't started. ``published`` holds the amounts that a plan states
    exactly; any other amount of a plan is shown in whole euro as "about". ``last_known`` is the last amount that is
    known where the one asked for isn't. ``carries`` says for each provision whether it carries a contribution; ``ends``
    that each of these has a cost price, after which nothing is due any more. ``alone``: there is no partner.
    """

    outcome: OutcomeKind
    ground: str
    low: int | None
    high: int | None
    period: Period
    regime: RegimeName
    status: str
    on: date
    as_at: date
    reference_year: int
    steps: tuple[Step, ...]
    caveats: tuple[Caveat, ...]
    receipt: Receipt
    published: tuple[int, ...] = ()
    last_known: Amount | None = None
    carries: tuple[bool, ...] = ()
    possibilities: tuple[Estimate, ...] = ()
    ends: bool = False
    alone: bool = False

    @property
    def comes_to(self) -> ComesTo:
        """What two estimates are compared by: outcome, ground, lowest and highest contribution."""
        return self.outcome, self.ground, self.low, self.high

    @property
    def a_year(self) -> tuple[int, int] | None:
        """Lowest and highest contribution of a year of such periods, in cents.

        ``None`` where it isn't an amount, or where a cost price may end it before the year is over.
        """
        if self.low is None or self.high is None or self.ends:
            return None
        return self.low * PERIODS_A_YEAR[self.period], self.high * PERIODS_A_YEAR[self.period]


ByIncome = Callable[[int, int], Estimate]


class Comparison(NamedTuple):
    """Current and upcoming regime side by side; ``upcoming`` is ``None`` when no other regime is known to come.

    The difference is upcoming less current in cents, lowest and highest, ``None`` where one of them isn't a number of
    the same period, or where both are ranges for one household.
    """

    current: Estimate
    upcoming: Estimate | None
    difference_low: int | None
    difference_high: int | None

    def with_current(self, current: Estimate) -> Comparison:
        """The same with another current estimate: that of an income which only counts now."""
        low, high = (self.upcoming and change(current, self.upcoming)) or (None, None)
        return Comparison(current, self.upcoming, low, high)


def estimate(
    household: Household, on: date, policy: PolicyByDate = NATIONAL, which: Which = "current", rules: Law | None = None
) -> Estimate:
    """The contribution of a household under one regime on one date.

    ``which`` "upcoming" takes the next regime, as at its start while that is still to come. Never raises for a
    household that may exist: what isn't known is an outcome. Raises ``ValueError`` for a date before 2007-01-01 or
    another ``which``, and ``PolicyError`` for a policy that goes beyond the law.
    """
    rules = rules or law()
    regime = regime_of(rules, on, which)
    if regime is None:
        regime = current_regime(rules, on)
        receipt = Receipt(on, VERSION, rules.digest, policy.key)
        outcome, ground, period = NOTHING_UPCOMING
        return Estimate(
            outcome, ground, None, None, period, regime.name, regime.status, on, on, reference_year(rules, on), (), (),
            receipt,
        )  # fmt: skip
    return _Estimation(rules, regime, household, on, max(on, regime.first), policy).result()


def regime_of(rules: Law, on: date, which: Which) -> Regime | None:
    """The current or the upcoming regime of a day; raises ``ValueError`` for anything else that is asked."""
    if which == "current":
        return current_regime(rules, on)
    if which == "upcoming":
        return upcoming_regime(rules, on)
    raise ValueError(f"which: found {which!r}; allowed: {' or '.join(map(repr, get_args(Which)))}")


def by_income(
    households: Sequence[Household],
    on: date,
    policy: PolicyByDate = NATIONAL,
    which: Which = "current",
    rules: Law | None = None,
) -> ByIncome:
    """An estimate with other incomes, without how it came about, for a curve: of a household, or of all it may be.

    The income is that of both partners together, in cents a year from lowest to highest; how it would be divided isn't
    known. Raises as ``estimate`` does, and ``ValueError`` where no regime is to come.
    """
    rules = rules or law()
    regime = regime_of(rules, on, which)
    if regime is None:
        raise ValueError(f"which: found {which}; allowed: current, nothing is to come on {on}")
    as_at = max(on, regime.first)
    each = [_Estimation(rules, regime, household, on, as_at, policy).by_income() for household in households]
    return each[0] if len(each) == 1 else lambda low, high: among(tuple(one(low, high) for one in each))


class LimitDistance(NamedTuple):
    """A municipality's income limit and the contributory income beside it, cents a year.

    Nothing is due strictly below the limit. The income is a ``Fraction`` where it isn't whole; ``highest`` is ``None``
    where a band ends in "and more". Capital that isn't stated counts as nil, as in the estimate.
    """

    limit: int
    lowest: int | Fraction
    highest: int | Fraction | None

    @property
    def above_lowest(self) -> int | Fraction:
        """How far the lowest income is above the limit; negative below it."""
        return self.lowest - self.limit

    @property
    def above_highest(self) -> int | Fraction | None:
        """The same of the highest income."""
        return None if self.highest is None else self.highest - self.limit


def low_income_distance(
    household: Household, on: date, policy: PolicyByDate = NATIONAL, which: Which = "current", rules: Law | None = None
) -> LimitDistance | None:
    """How far a household is from the limit of its municipality's low-income policy (Ub Wmo 2015 art. 3.8 lid 2).

    Under the bill from the income below which its group is exempt. ``None`` where no limit is known for its category,
    where the income isn't stated or an exempt amount not known, and where something else than money decides: another
    ground, or an amount that isn't known. Raises as ``estimate`` does.
    """
    rules = rules or law()
    regime = regime_of(rules, on, which)
    return regime and _Estimation(rules, regime, household, on, max(on, regime.first), policy).limit_distance()


def compare(household: Household, on: date, policy: PolicyByDate = NATIONAL, rules: Law | None = None) -> Comparison:
    """The current and the upcoming regime for one household, with the difference."""
    return compare_among((household,), on, policy, rules)


def compare_among(
    households: Iterable[Household], on: date, policy: PolicyByDate = NATIONAL, rules: Law | None = None
) -> Comparison:
    """The same for a household of which not everything is known: one household for each thing it may be."""
    rules = rules or law()
    possible = tuple(households)
    now = tuple(estimate(household, on, policy, "current", rules) for household in possible)
    if upcoming_regime(rules, on) is None:
        return Comparison(among(now), None, None, None)
    then = tuple(estimate(household, on, policy, "upcoming", rules) for household in possible)
    changes = [change(before, after) for before, after in zip(now, then, strict=True)]
    known = [change for change in changes if change is not None]
    if len(known) < len(changes):
        return Comparison(among(now), among(then), None, None)
    return Comparison(among(now), among(then), min(low for low, _ in known), max(high for _, high in known))


def change(before: Estimate, after: Estimate) -> tuple[int, int] | None:
    """After less before, of one household: lowest and highest; ``None`` where one of them isn't a number.

    Also where both are ranges: the same income leads to one end of the one and somewhere within the other, so that the
    ends taken crosswise are differences that nobody has.
    """
    now, then = _span(before), _span(after)
    if now is None or then is None or (before.period != after.period and any(now + then)):
        return None
    if now[0] < now[1] and then[0] < then[1]:
        return None
    return then[0] - now[1], then[1] - now[0]


def _span(result: Estimate) -> tuple[int, int] | None:
    if result.outcome == "nothing":
        return 0, 0
    return None if result.low is None or result.high is None else (result.low, result.high)


def among(possible: tuple[Estimate, ...]) -> Estimate:
    """One estimate that holds whichever of the possible ones is true: the range from the lowest to the highest.

    What isn't known in one of them isn't known; another rule in one of them is said before an amount.
    """
    first = possible[0]
    if all(result.comes_to == first.comes_to for result in possible):
        return first
    caveats = tuple(dict.fromkeys(caveat for result in possible for caveat in result.caveats))
    for outcome in ("not_known", "other_rule"):
        chosen = next((result for result in possible if result.outcome == outcome), None)
        if chosen:
            return chosen._replace(caveats=caveats, possibilities=possible)
    paying = [result for result in possible if result.outcome == "amount"]
    if not paying:
        return first._replace(caveats=caveats, possibilities=possible)
    highest = max(paying, key=lambda result: result.high or 0)
    low = min(0 if result.low is None else result.low for result in possible)
    return highest._replace(low=low, caveats=caveats, possibilities=possible)


class _Estimation:
    """One estimate in the making: what has been read from the household, and the lines of its calculation."""

    def __init__(
        self, rules: Law, regime: Regime, household: Household, on: date, as_at: date, dated: PolicyByDate
    ) -> None:
        self.rules, self.regime, self.household, self.on, self.as_at = rules, regime, household, on, as_at
        self.policy, self.dated = dated.on(as_at), dated
        self.situation = situation_of(rules, regime.name, household, as_at, self.policy)
        self.frame = frame_of(rules, regime.name, as_at, self.policy, self.situation)
        self.charged = list(compress(household.provisions, self.frame.carries))
        self.kinds = list(compress(household.kinds, self.frame.carries))
        self.priced = [provision for provision in self.charged if provision.cost_price is not None]
        self.aids: list[Aid] = []
        self.caveats: list[Caveat] = []

    def result(self) -> Estimate:
        decided = self.frame.decided
        if decided.terms is None:
            return self._without_amount(decided.outcome, decided.ground, decided.last_known)
        t = decided.terms
        self.aids = self._aids()
        left = self._collectable()
        c, found, reason = self._due(self.household.money, left, t)
        if reason == "income_unknown":
            return self._income_unknown(t, c.income_low)
        if reason == "capital_unknown":
            last = self.rules.series["exempt_amount"].last_known(self.as_at)
            return self._without_amount(*outcome_of(self.regime.name, reason), last)
        self._money_caveats(t, c, found, left, reason)
        incomes, capital = (c.income_low, c.income_high), (c.capital_low, c.capital_high)
        if reason:
            end = 0 if reason == "cost_price_reached" else 1  # even the lowest contribution is more than what remains
            lines = self._lines(t, incomes[end], capital, (c.lowest, c.highest)[end], end)
            if reason == "cost_price_reached":
                lines = (*lines, *self._cost_price_lines())
            return self._without_amount(*outcome_of(self.regime.name, reason), None, lines)
        self._amount_caveats(t, found)
        return self._estimate(
            "amount", "", found.low, found.high, self._steps(t, found, incomes, capital, c.lowest, c.highest), None
        )

    def by_income(self) -> ByIncome:
        bare = self.result()._replace(steps=(), caveats=(), possibilities=())
        if (t := self.frame.decided.terms) is None:
            return lambda low, high: bare
        money, left = self.household.money._replace(divided=0), self._collectable()

        def estimated(low: int, high: int) -> Estimate:
            _, found, reason = self._due(money._replace(income_low=low, income_high=high), left, t)
            if not reason:
                return bare._replace(outcome="amount", ground="", low=found.low, high=found.high)
            outcome, ground = outcome_of(self.regime.name, reason)
            return bare._replace(outcome=outcome, ground=ground, low=None, high=None)

        return estimated

    def limit_distance(self) -> LimitDistance | None:
        t = self.frame.decided.terms
        if t is None or not t.nil_below or not self._income_stated:
            return None
        c = formula.counted(self.household.money, self.frame.exempt_cents, t)
        if c.capital_unknown:
            return None
        open_ended = c.income_high >= OPEN_ENDED_CENTS or self._assets_open_ended
        highest = None if open_ended else exact(c.highest, t.scale)
        return LimitDistance(t.nil_below // t.scale, exact(c.lowest, t.scale), highest)

    def _due(self, money: Money, left: Collectable, t: Terms) -> tuple[Counted, Range, str]:
        """What counts, what is due of it, and why there is no amount; "" where there is one."""
        c = formula.counted(money, self.frame.exempt_cents, t)
        found = formula.range_due(c.lowest, c.highest, *left, t)
        flags = formula.reasons(c, found, t)
        return c, found, formula.REASONS[flags.index(True)] if True in flags else ""

    def _income_unknown(self, t: Terms, income: int) -> Estimate:
        due = formula.contribution_due(income * t.scale, t)
        lowest = Step("lowest_contribution", due, self.frame.unit, self.frame.basis, "computed")
        return self._estimate("not_known", "income_unknown", None, None, (lowest,), None)

    def _without_amount(
        self, outcome: OutcomeKind, ground: str, last: Amount | None, lines: tuple[Step, ...] = ()
    ) -> Estimate:
        if self.regime.name == "bill" and outcome == "nothing":
            self._caveat("plan_exemptions_assumed", "assumption", "bill 36 713")
        source = ground_source(self.rules, ground, self.as_at)
        step = Step(ground, None, "", source, "municipality" if "exempt" in ground else "law", lines)
        steps = (step,) if last is None else (step, from_law("last_known_amount", last))
        return self._estimate(outcome, ground, None, None, steps, last)

    def _estimate(
        self,
        outcome: OutcomeKind,
        ground: str,
        low: int | None,
        high: int | None,
        steps: tuple[Step, ...],
        last: Amount | None,
    ) -> Estimate:
        frame = self.frame
        if self.regime.name == "bill":
            self.caveats += plan_status(self.rules, self.on)
            if self.priced:
                self._caveat("plan_cost_price_assumed", "assumption", f"bill {self.rules.plan.number}")
            if outcome == "amount":
                self.caveats += frame.plan
                if "domestic_help" in self.kinds:
                    self._caveat("plan_domestic_help", "plan", "VNG, reaction to the coalition agreement, 2026")
        self._household_caveats(outcome)
        receipt = Receipt(self.on, VERSION, self.rules.digest, self.dated.key)
        return Estimate(
            outcome, ground, low, high, frame.period, self.regime.name, self.regime.status, self.on, self.as_at,
            frame.reference_year, steps, tuple(dict.fromkeys(self.caveats)), receipt, frame.published, last,
            frame.carries, ends=bool(self.priced) and len(self.priced) == len(self.charged),
            alone=self.household.composition == "single",
        )  # fmt: skip

    # What is known of income, capital and cost price

    @property
    def _without_data(self) -> bool:
        """CAK has no income: then, until 2018, only the fixed amount is due."""
        return self.household.no_income_data and self.regime.name == "income_related"

    @property
    def _income_stated(self) -> bool:
        return self.household.income_ends is not None and not self.household.no_income_data

    def _collectable(self) -> Collectable:
        if not self.aids:
            return UNLIMITED
        if self.regime.name == "income_related":
            return UNLIMITED._replace(cap=cap_of(self.aids))
        return collectable(self.rules, self.aids, month_number(self.as_at), self.frame.plan_month)

    def _aids(self) -> list[Aid]:
        """What is charged, as aids; none where one of them has no cost price, since that one always runs."""
        if len(self.priced) < len(self.charged):
            return []
        ages = ages_of(self.rules, self.household)
        return [self._aid(provision, ages) for provision in self.priced]

    def _aid(self, provision: Provision, ages: OfAge) -> Aid:
        frame, first = self.frame, first_due_of(provision, self.on)
        pay = parents_pay(provision.kind, self.policy)
        taken_from, own_from = counted_from(first, ages, pay, frame.pays, frame.plan_month)
        return Aid(
            charged=1,
            price=provision.price_cents,
            paid_before=0 if provision.paid_before_2020 is None else cents(provision.paid_before_2020),
            told=int(paid_before_told(provision)),
            first=first,
            taken_from=taken_from,
            own_from=own_from,
        )

    # The lines of the calculation

    def _steps(
        self, t: Terms, found: Range, incomes: tuple[int, int], capital: tuple[int, int], lowest: int, highest: int
    ) -> tuple[Step, ...]:
        unit, basis = self.frame.unit, self.frame.basis
        high_lines = self._capped(self._lines(t, incomes[1], capital, highest, 1), found.high, highest, t)
        if found.low == found.high:
            return (Step("contribution", found.high, unit, basis, "computed", high_lines),)
        low_lines = self._capped(self._lines(t, incomes[0], capital, lowest, 0), found.low, lowest, t)
        return (
            Step("lowest_contribution", found.low, unit, basis, "computed", low_lines if found.low else ()),
            Step("highest_contribution", found.high, unit, basis, "computed", high_lines),
        )

    def _capped(self, lines: tuple[Step, ...], due: int, contributory: int, t: Terms) -> tuple[Step, ...]:
        """The lines, and what is left of the cost price where that is less."""
        if not self.aids or due >= formula.contribution_due(contributory, t):
            return lines
        unit = self.frame.unit
        if self.regime.name == "income_related":
            return (*lines, Step("cost_price_left", due, unit, "Ub Wmo 2015 (2015-2018), art. 3.8", "computed"))
        return (*lines, *self._cost_price_lines(), Step("cost_price_left", due, unit, COST_PRICE_SOURCE, "computed"))

    def _cost_price_lines(self) -> tuple[Step, ...]:
        """What remains of the cost price of the aid that runs longest, and how that came about."""
        month, plan = month_number(self.as_at), self.frame.plan_month
        provision, aid = max(
            zip(self.priced, self.aids, strict=True), key=lambda pair: left_of(self.rules, pair[1], month, plan)
        )
        spent = spent_of(self.rules, aid, month, plan)
        before = max(0, aid.price - spent.paid)
        remaining = before - spent.taken if spent.taken <= before else self._left_over(aid, before)
        lines = [Step("longest_paid", provision.kind, "kind", COST_PRICE_SOURCE, "computed")] * (
            len(set(self.aids)) > 1
        )
        lines.append(Step("cost_price", aid.price, "cent", COST_PRICE_SOURCE, "answer"))
        if spent.paid:
            lines.append(Step("paid_before_2020", spent.paid, "cent", COST_PRICE_SOURCE, "answer"))
        if before > remaining:
            origin: Origin = "computed" if provision.start else "assumption"
            lines.append(Step("cost_price_taken", before - remaining, "cent", COST_PRICE_SOURCE, origin))
        lines.append(Step("cost_price_remaining", remaining, "cent", COST_PRICE_SOURCE, "computed"))
        if spent.own_months:
            lines.append(Step("own_months", spent.own_months, "count", COST_PRICE_SOURCE, "computed"))
        return tuple(lines)

    def _left_over(self, aid: Aid, price: int) -> int:
        """What is left of a price once a month isn't collected any more: nothing comes off after that."""
        first = month_start(aid.taken_from)
        return payment_course(self.rules, price, first, lambda day: _due_in(self.rules, day, self.dated)).left_over

    def _lines(self, t: Terms, income: int, capital: tuple[int, int], contributory: int, end: int) -> tuple[Step, ...]:
        """The lines of one end of the range, from the answers on: what a person would type into a calculator."""
        name = self.regime.name
        open_ended = income >= OPEN_ENDED_CENTS or (end == 1 and self._assets_open_ended)
        if name == "flat_rate":
            income = OPEN_ENDED_CENTS if open_ended else income
            return (*self.frame.flat, *self.frame.share, *self._limit_lines(t, income, capital[end], contributory))
        if name == "bill" and open_ended:
            return (from_law("maximum", self.rules.on("bill_maximum", self.as_at)), *self.frame.share)
        if not t.slope:  # a municipality may take no percentage at all: then only its limit looks at the income
            return (*self._slope_lines(t, contributory), *self._limit_lines(t, income, capital[end], contributory))
        lines = [*self._income_lines(t, income, capital[end], contributory), *self._slope_lines(t, contributory)]
        return (*lines, self.frame.limit) if self.frame.limit else tuple(lines)

    @property
    def _assets_open_ended(self) -> bool:
        ends = self.household.assets_ends
        return ends is not None and ends[1] >= OPEN_ENDED_CENTS

    def _limit_lines(self, t: Terms, income: int, capital: int, contributory: int) -> tuple[Step, ...]:
        limit = self.frame.limit
        if limit is None:
            return ()
        return (*self._income_lines(t, income, capital, contributory), limit) if income < OPEN_ENDED_CENTS else (limit,)

    def _income_lines(self, t: Terms, income: int, capital: int, contributory: int) -> tuple[Step, ...]:
        source = self.frame.income_source
        if self._without_data or not (self._income_stated or capital):
            return ()
        lines = [Step("income", income, "cent/year", source, "answer")] if self._income_stated else []
        if capital:
            frame, exempt = self.frame, None if self.household.assets_ends is None else self.frame.exempt
            persons = self.household.money.persons
            lines += capital_lines(capital, exempt, persons, frame.capital_rate, frame.capital_source)
            addition = exact(capital * t.capital_part, t.scale)
            lines.append(Step("capital_addition", addition, "cent/year", self.frame.capital_source, "computed"))
        deducted = income * t.scale + capital * t.capital_part - contributory
        if deducted:
            lines.append(
                Step("deduction", exact(deducted, t.scale), "cent/year", "Ub Wmo 2015 (2018), art. 3.9a", "computed")
            )
        if len(lines) > 1:
            lines.append(Step("contributory_income", exact(contributory, t.scale), "cent/year", source, "computed"))
        return tuple(lines)

    def _slope_lines(self, t: Terms, contributory: int) -> tuple[Step, ...]:
        """Threshold, excess, rate, the part of a period, fixed amount, discount, maximum and share."""
        law_of, basis, unit = self.frame.slope, self.frame.basis, self.frame.unit
        if law_of is None:
            return ()
        excess = above(contributory, t.threshold) if t.slope else 0
        part, whole = excess * law_of.per_mille, t.scale * 1000 * law_of.periods
        due = law_of.fixed_amount * whole + part
        lines: list[Step] = []
        if t.slope and law_of.threshold and (self._income_stated or excess):
            lines += (law_of.threshold, Step("excess", exact(excess, t.scale), "cent/year", basis, "computed"))
        if excess:
            lines += (
                law_of.rate,
                Step("year_part", exact(part, t.scale * 1000), "cent/year", basis, "computed"),
                Step("period_part", exact(part, whole), unit, basis, "computed"),
                law_of.fixed,
                Step("sum", exact(due, whole), unit, basis, "computed"),
            )
        else:
            lines.append(law_of.fixed)
        if law_of.discount:
            lines.append(law_of.discount)
        if law_of.maximum and due > law_of.maximum_amount * whole:
            lines.append(law_of.maximum)
        return (*lines, *self.frame.share)

    # What could make it different

    def _money_caveats(self, t: Terms, c: Counted, found: Range, left: Collectable, reason: str) -> None:
        h = self.household
        history = self.regime.name == "income_related"
        if h.no_income_data and history:
            self._caveat("no_income_data_fixed_amount", "assumption", "Ub Wmo 2015, art. 3.10")
        elif t.capital_part and h.assets_ends is None and h.capital_cents is None:
            if reason == "nil_below" or found.high < _highest(t, left):
                self._caveat("capital_not_stated", "assumption", self.frame.capital_source)
        elif t.capital_part and h.assets_ends is not None and h.assets_ends[1] and (exempt := self.frame.exempt):
            if h.money.persons == 2:
                self._caveat("assets_divided_equally", "assumption", exempt.legal_basis)
            if exempt.note:
                self._caveat("exempt_amount_unverified", "assumption", exempt.source, ("amount", exempt.amount))
        if t.deduction_part and c.capital_high and h.composition == "couple" and not h.money.divided:
            self._caveat("deduction_division_unknown", "unknown", "Ub Wmo 2015 (2018), art. 3.9a")
        if history and self.priced:
            self._caveat("cost_price_not_counted", "assumption", "Ub Wmo 2015 (2015-2018), art. 3.8")
        if not history and reason != "cost_price_reached":
            month = month_number(self.as_at)
            if any(not (aid.told or paid_before_irrelevant(aid.first, month)) for aid in self.aids):
                self._caveat("paid_before_2020_unknown", "unknown", "Ub Wmo 2015, art. 3.10b")

    def _caveat(
        self,
        key: str,
        kind: CaveatKind,
        source: str,
        *values: tuple[str, int | str | date],
    ) -> None:
        self.caveats.append(Caveat(key, kind, source, values))

    def _household_caveats(self, outcome: OutcomeKind) -> None:
        h, s = self.household, self.situation
        if (
            h.college_exemption
            and outcome == "amount"
            and not knows(self.rules, f"college_exemption_{h.college_exemption}", self.as_at)
        ):
            self._caveat("exemption_not_yet", "assumption", "Ub Wmo 2015 (2015-2018), art. 3.8 lid 4")
        if self.regime.name == "income_related" and self.as_at.year == FIRST_DAY.year:
            self._caveat("grounds_incomplete", "unknown", "council proposal Ridderkerk 2006-60")
        if isinstance(self.dated, DatedPolicies) and not self.dated.covers(self.as_at):
            self._caveat("policy_unknown_on_date", "unknown", "ordinance", ("on", self.as_at))
        if s.client == "under_18" and outcome == "amount":
            self._caveat("parents_pay", "assumption", "Wmo 2015, art. 2.1.5")
        adaptation = "under_18" in s.charges and "home_adaptation" in h.kinds
        may_pay = adaptation and knows(self.rules, "parents_may_pay", self.as_at)
        if may_pay and not self.policy.parents_pay_home_adaptation:
            self._caveat("parents_may_pay", "discretion", "Wmo 2015, art. 2.1.5")

    def _amount_caveats(self, t: Terms, found: Range) -> None:
        self.caveats += self.frame.college
        if "sports_wheelchair" in self.kinds:
            self._caveat("sports_wheelchair_local", "discretion", ground_source(self.rules, "wheelchair", self.as_at))
        self.caveats += self.frame.limits
        if (t.slope or t.nil_below) and self.household.income_ends is None and not self._without_data:
            self._caveat("income_not_stated", "unknown", "Ub Wmo 2015, art. 3.9")
        if t.slope and self.regime.name == "bill" and not {found.low, found.high} <= self.frame.exact_ends:
            self._caveat("plan_thresholds_rounded", "plan", self.frame.basis)
        self._provision_caveats()

    def _holds_on(self, later: date) -> bool:
        """Whether the amount of the day that was asked about is known to be that of a later day too."""
        return self.regime.name != "flat_rate" or _of_same_amount(self.rules, "monthly_amount", self.as_at, later)

    def _provision_caveats(self) -> None:
        frame, month = self.frame, month_number(self.as_at)
        starts = [provision.start for provision in self.charged if provision.start is not None]
        if len(starts) == len(self.charged) and month_due(min(starts)) > month:
            first = first_month_due(min(starts))
            source, value = "Ub Wmo 2015, art. 3.5 lid 4", ("first", first)
            if self._holds_on(first):
                self._caveat("not_due_yet", "assumption", source, value)
            else:
                self._caveat("not_due_yet_other_amount", "assumption", source, value)
        for provision in self.charged:
            if provision.start is not None:
                self.caveats += frame.started
            if provision.cost_price is not None:
                self.caveats += frame.priced_without_start if provision.start is None else frame.priced
        if frame.owned and not OWNED.isdisjoint(self.kinds):
            self.caveats += frame.owned


def _of_same_amount(rules: Law, name: str, one: date, other: date) -> bool:
    series = rules.series[name]
    return series.covers(one) and series.covers(other) and series.on(one) == series.on(other)


def paid_before_told(provision: Provision) -> bool:
    """Whether what was charged before 2020 is known; without a start nothing was."""
    return provision.start is None or provision.paid_before_2020 is not None


def first_due_of(provision: Provision, on: date) -> int:
    """The numbered month from which a provision is due; without a start date that of the day asked about."""
    return month_number(on) if provision.start is None else month_due(provision.start)


def ages_of(rules: Law, household: Household) -> OfAge:
    """The months within which the client comes of age and both spouses have reached pension age."""
    client, partner = household.client_born, household.partner_born
    adult = 0 if client is None else month_number(adulthood(rules, client))
    if household.composition == "single":
        return OfAge(adult, 0)
    pension = [month_number(pension_date(rules, born)) for born in (client, partner) if born is not None]
    return OfAge(adult, max(pension, default=0))


def payment_courses(
    household: Household, on: date, policy: PolicyByDate = NATIONAL, rules: Law | None = None
) -> tuple[Course | None, ...]:
    """For each provision how long it is paid for at the flat rate: number of months and virtual end date.

    ``None`` for a provision without a cost price or a contribution, and for one that began before 2020 of which the
    contributions before aren't given. The amounts of each year where they are known, the last known one after that.
    """
    rules = rules or law()
    return tuple(
        found and payment_course(rules, *found, lambda day: _due_in(rules, day, policy))
        for found in _monitored(household, on, policy, rules)
    )


class Left(NamedTuple):
    """What remains of one cost price of a household on a date, in cents, and how many months are still collected.

    ``months_left`` counts from the month of the date on; the virtual end date is that of the ``course``.
    """

    remaining: int
    months_left: int
    course: Course


def aids_left(
    household: Household, on: date, policy: PolicyByDate = NATIONAL, rules: Law | None = None
) -> tuple[Left | None, ...]:
    """For each provision what remains of its cost price on a date, and for how long it is still paid for.

    ``None`` where ``payment_courses`` has it.
    """
    rules = rules or law()
    return tuple(
        found and _left(rules, *found, on, lambda day: _due_in(rules, day, policy))
        for found in _monitored(household, on, policy, rules)
    )


def _left(rules: Law, price: int, first: date, on: date, due: Callable[[date], int]) -> Left:
    course = payment_course(rules, price, first, due)
    begin = month_number(course.first_month)
    month = max(begin, month_number(on))
    remaining: int = above(price, taken_off(rules, begin, month))
    return Left(remaining, payment_course(rules, remaining, month_start(month), due).months, course)


def _monitored(household: Household, on: date, policy: PolicyByDate, rules: Law) -> Iterator[tuple[int, date] | None]:
    """For each provision what was left of its cost price before the first month that comes off, and that month."""
    client, ages = age_of(rules, household.client_age, household.client_born, on), ages_of(rules, household)
    charges = charges_of(rules, "flat_rate", on, policy.on(on), household.kinds, client)
    for provision, charge in zip(household.provisions, charges, strict=True):
        first = first_due_of(provision, on)
        known = paid_before_told(provision) or paid_before_irrelevant(first, MONITORED_FROM_MONTH)
        if charge or provision.cost_price is None or not known:
            yield None
            continue
        begin, _ = counted_from(first, ages, parents_pay(provision.kind, policy.on(on)), 0, 0)
        yield provision.price_cents - cents(provision.paid_before_2020 or 0), month_start(begin)


def _highest(t: Terms, left: Collectable) -> int:
    """The contribution at the highest income that there is."""
    contributory = OPEN_ENDED_CENTS * t.scale
    highest: int = formula.range_due(contributory, contributory, *left, t).high
    return highest


def _due_in(rules: Law, day: date, policy: PolicyByDate) -> int:
    """The flat rate for the month of a day, in cents, as if nobody were exempt for a low income."""
    if flat_rate.is_waived(rules, day):
        return 0
    known, own = rules.series["monthly_amount"].last_known(day), policy.on(day)
    national = known.amount if known else 0
    return _share_of(national if own.lower_amount is None else min(national, cents(own.lower_amount)), own.share)


@lru_cache(maxsize=256)
def _share_of(amount: int, share: Decimal) -> int:
    due: int = formula.contribution_due(0, formula.terms(fixed=amount, factor=Fraction(share)))
    return due
