"""What an estimate says that is the same for every household in a situation: looked up once, not for each of them.

The lines of the law behind a contribution, its unit and source, and the caveats that the regime and the policy bring.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from estimator.rules import flat_rate, income_related
from estimator.rules.cost_price import MONITORED_FROM
from estimator.rules.exemptions import SOURCES, RegimeName, Situation, ground_source, knows
from estimator.rules.formula import UNKNOWN, Terms
from estimator.rules.law import Amount, Law
from estimator.rules.money import cents
from estimator.rules.policy import Policy
from estimator.rules.regimes import (
    Period,
    Ruling,
    exempt_amount,
    pays_from,
    period_of,
    plan_month,
    reference_year,
    ruling,
)
from estimator.rules.trace import Caveat, CaveatKind, Step, from_law

COST_PRICE_SOURCE = "Ub Wmo 2015, art. 3.10b"
CAPITAL_SOURCE = "Ub Wmo 2015, art. 3.2 and 3.2a"


class Slope(NamedTuple):
    """The lines of the law behind a contribution that follows the income, and the numbers in them."""

    threshold: Step | None  # none without income data: only the fixed amount is due
    rate: Step
    per_mille: int
    periods: int  # a year
    fixed: Step
    fixed_amount: int
    discount: Step | None
    maximum: Step | None
    maximum_amount: int


class Frame(NamedTuple):
    """All of an estimate that is the same for every household in a situation on a day."""

    decided: Ruling
    period: Period
    unit: str
    basis: str
    reference_year: int
    exempt: Amount | None
    exempt_cents: int  # ``formula.UNKNOWN`` where the amount isn't known
    published: tuple[int, ...]
    plan_month: int
    pays: int  # ``pays_from``
    carries: tuple[bool, ...]
    flat: tuple[Step, ...]
    slope: Slope | None
    capital_rate: Step | None
    limit: Step | None
    share: tuple[Step, ...]
    college: tuple[Caveat, ...]
    limits: tuple[Caveat, ...]
    plan: tuple[Caveat, ...]
    exact_ends: frozenset[int]  # the amounts of a plan that don't follow from a rounded threshold
    started: tuple[Caveat, ...]  # of a provision with a start
    priced: tuple[Caveat, ...]  # of one with a cost price and a start
    priced_without_start: tuple[Caveat, ...]
    owned: tuple[Caveat, ...]  # of a kind that may be given in ownership
    income_source: str
    capital_source: str


@lru_cache(maxsize=4096)
def frame_of(rules: Law, regime: RegimeName, as_at: date, policy: Policy, s: Situation) -> Frame:
    """The frame of a situation. Raises ``PolicyError``."""
    decided = ruling(rules, regime, as_at, policy, s)
    t, period = decided.terms, period_of(rules, regime, as_at)
    unit, basis = f"cent/{period}", _basis(rules, regime, as_at)
    published: tuple[int, ...] = ()
    if regime == "bill" and policy.share == 1:
        published = tuple(rules.on(name, as_at).amount for name in ("bill_minimum", "bill_maximum"))
    share = Step("share", int(policy.share * 1000), "per_mille", "ordinance", "municipality")
    rate = "capital_rate_history" if regime == "income_related" else "capital_rate"
    exempt = exempt_amount(rules, as_at)
    return Frame(
        decided=decided,
        period=period,
        unit=unit,
        basis=basis,
        reference_year=reference_year(rules, as_at),
        exempt=exempt,
        exempt_cents=UNKNOWN if exempt is None else exempt.amount,
        published=published,
        plan_month=plan_month(rules, regime),
        pays=pays_from(rules, regime, s),
        carries=tuple(not charge for charge in s.charges),
        flat=_flat_lines(rules, as_at, policy, unit) if t and regime == "flat_rate" else (),
        slope=_slope(rules, regime, as_at, policy, s, unit) if t and regime != "flat_rate" else None,
        capital_rate=from_law("capital_rate", rules.on(rate, as_at)) if t and t.capital_part else None,
        limit=_limit(rules, regime, as_at, t) if t and t.nil_below else None,
        share=() if policy.share == 1 else (share,),
        college=_college_caveat(rules, regime, as_at),
        limits=_limit_caveats(rules, regime, as_at, t) if t else (),
        plan=_plan_caveats(rules, policy, s) if regime == "bill" else (),
        exact_ends=frozenset((0, t.base // t.denominator, t.maximum // t.denominator)) if t else frozenset(),
        started=_started(policy),
        priced=_priced(rules, regime, as_at),
        priced_without_start=_priced_without_start(regime, as_at),
        owned=_owned(rules, as_at),
        income_source=_income_source(rules, regime, as_at),
        capital_source=_capital_source(rules, regime, as_at),
    )


def one(key: str, kind: CaveatKind, source: str, *values: tuple[str, int | str | date]) -> tuple[Caveat, ...]:
    """A single caveat, to be added to others."""
    return (Caveat(key, kind, source, values),)


def _college_caveat(rules: Law, regime: RegimeName, as_at: date) -> tuple[Caveat, ...]:
    """That the college may exempt, and for which reasons; under the bill an assumption."""
    if not knows(rules, "college_exemption_child_safety", as_at):
        return ()
    reasons = "all" if knows(rules, "college_exemption_means", as_at) else "child_safety"
    source = ground_source(rules, "college_exemption_child_safety", as_at)
    if reasons == "all":
        source = SOURCES["college_exemption"]
    return one("college_may_exempt", "assumption" if regime == "bill" else "discretion", source, ("reasons", reasons))


def _income_source(rules: Law, regime: RegimeName, as_at: date) -> str:
    if regime == "bill":
        return "as in the decree in force"
    rate = rules.series["rate"]
    return (
        rate.on(as_at).set_by if regime == "income_related" and rate.covers(as_at) else "Ub Wmo 2015, art. 3.2 and 3.9"
    )


def _capital_source(rules: Law, regime: RegimeName, as_at: date) -> str:
    rate = rules.series["capital_rate_history"]
    return rate.on(as_at).set_by if regime == "income_related" and rate.covers(as_at) else CAPITAL_SOURCE


def _basis(rules: Law, regime: RegimeName, as_at: date) -> str:
    if regime == "bill":
        return rules.series["bill_rate"].legal_basis
    four_weeks = rules.series["four_weekly_amount"].covers(as_at)
    flat = "four_weekly_amount" if four_weeks else "monthly_amount"
    return rules.series[flat if regime == "flat_rate" else "rate"].legal_basis


def _flat_lines(rules: Law, as_at: date, policy: Policy, unit: str) -> tuple[Step, ...]:
    national = from_law("national_amount", flat_rate.national_amount(rules, as_at))
    if policy.lower_amount is None:
        return (national,)
    source = "Wmo 2015, art. 2.1.4a lid 5"
    return national, Step("lower_amount", cents(policy.lower_amount), unit, source, "municipality")


def capital_lines(
    capital: int, exempt: Amount | None, persons: int, rate: Step | None, source: str
) -> tuple[Step, ...]:
    """From the answer to capital and its rate; ``exempt`` where the answer was total assets."""
    of_rate = (rate,) if rate else ()
    if exempt is None:
        return Step("capital", capital, "cent", source, "answer"), *of_rate
    basis = exempt.legal_basis
    couple = Step("exempt_amount_couple", exempt.amount * 2, "cent", basis, "computed")
    return (
        Step("assets", capital + exempt.amount * persons, "cent", basis, "answer"),
        from_law("exempt_amount", exempt),
        *((couple,) if persons == 2 else ()),
        Step("capital", capital, "cent", source, "computed"),
        *of_rate,
    )


def _slope(rules: Law, regime: RegimeName, as_at: date, policy: Policy, s: Situation, unit: str) -> Slope:
    if regime == "bill":
        rate, fixed = rules.on("bill_rate", as_at), rules.on("bill_minimum", as_at)
        maximum = rules.on("bill_maximum", as_at)
        return Slope(
            threshold=from_law("threshold", rules.on(f"bill_threshold_{s.composition}", as_at)),
            rate=from_law("rate", rate),
            per_mille=rate.amount,
            periods=rules.on("months_a_year", as_at).amount,
            fixed=from_law("fixed", fixed),
            fixed_amount=fixed.amount,
            discount=None,
            maximum=from_law("maximum", maximum),
            maximum_amount=maximum.amount,
        )
    rate, fixed = rules.on("rate", as_at), rules.on(income_related.fixed_series(s), as_at)
    per_mille = rate.amount if policy.percentage is None else int(policy.percentage * 10)
    own_rate = Step("rate", per_mille, "per_mille", "ordinance", "municipality")
    fixed_amount = income_related.fixed_amount(rules, s, as_at, policy)
    own_fixed = Step("fixed", fixed_amount, unit, "ordinance", "municipality")
    discount = rules.on("discount", as_at)
    return Slope(
        threshold=None
        if s.no_income_data
        else from_law("threshold", rules.on(income_related.threshold_series(s), as_at)),
        rate=from_law("rate", rate) if policy.percentage is None else own_rate,
        per_mille=per_mille,
        periods=rules.on("periods_a_year", as_at).amount,
        fixed=from_law("fixed", fixed) if fixed_amount == fixed.amount else own_fixed,
        fixed_amount=fixed_amount,
        discount=from_law("discount", discount) if discount.amount else None,
        maximum=None,
        maximum_amount=0,
    )


def _started(policy: Policy) -> tuple[Caveat, ...]:
    if policy.start_counts_from == "decision":
        return one("start_counts_from_decision", "assumption", "ordinance")
    if policy.start_counts_from == "delivery":
        return one("start_counts_from_delivery", "assumption", "ordinance")
    return ()


def _priced(rules: Law, regime: RegimeName, as_at: date) -> tuple[Caveat, ...]:
    """That the months of a cost price are counted as the decree has it, and after the last amount by that amount."""
    if regime == "income_related":
        return ()
    found = _not_counted(as_at) + one("cost_price_months_assumed", "assumption", COST_PRICE_SOURCE)
    known = rules.series["monthly_amount"].ends[-1]
    if as_at - timedelta(days=1) > known:
        found += one("cost_price_last_amount", "assumption", COST_PRICE_SOURCE, ("until", known))
    return found


def _priced_without_start(regime: RegimeName, as_at: date) -> tuple[Caveat, ...]:
    if regime == "income_related":
        return ()
    return _not_counted(as_at) + one("cost_price_start_unknown", "assumption", COST_PRICE_SOURCE)


def _not_counted(as_at: date) -> tuple[Caveat, ...]:
    return one("cost_price_not_counted", "assumption", COST_PRICE_SOURCE) if as_at < MONITORED_FROM else ()


def _owned(rules: Law, as_at: date) -> tuple[Caveat, ...]:
    """That what was given in ownership may be paid in a number of periods."""
    series = rules.series["ownership_periods"]
    if not series.covers(as_at):
        return ()
    return one("ownership_periods", "unknown", "Bmo art. 4.1 lid 5", ("periods", series.on(as_at).amount))


def _limit(rules: Law, regime: RegimeName, as_at: date, t: Terms) -> Step:
    bill = regime == "bill"
    key, ground = ("exempt_below", "group_exempt") if bill else ("low_income_limit", "low_income_policy")
    return Step(key, t.nil_below // t.scale, "cent/year", ground_source(rules, ground, as_at), "municipality")


def _limit_caveats(rules: Law, regime: RegimeName, as_at: date, t: Terms) -> tuple[Caveat, ...]:
    found: tuple[Caveat, ...] = ()
    if t.nil_unknown:
        found += one("low_income_limit_unknown", "unknown", ground_source(rules, "low_income_policy", as_at))
    if t.nil_below and regime == "flat_rate" and as_at.year < 2026:
        found += one("older_people_compensation", "assumption", "Ub Wmo 2015 (2019), art. 3.9a")
    return found


def _plan_caveats(rules: Law, policy: Policy, s: Situation) -> tuple[Caveat, ...]:
    bill = f"bill {rules.plan.number}"
    found = one("plan_base_assumed", "assumption", bill)
    if s.composition == "couple" and s.under_pension_age:
        found += one("plan_partner_age", "plan", "Nibud, May 2025")
    return found if policy.bill_exempt_below else found + one("plan_groups_open", "plan", bill)


@lru_cache(maxsize=4096)
def plan_status(rules: Law, on: date) -> tuple[Caveat, ...]:
    """That the plan is no law, and that it hasn't started where the day is past its planned start."""
    plan = rules.plan
    if plan.status != "proposed":
        return ()
    bill, seen = f"bill {plan.number}", ("seen_until", plan.seen_until)
    found = one("plan_not_law", "plan", bill, seen, ("planned_from", plan.planned_from))
    if on < plan.planned_from:
        return found
    return found + one("plan_not_started", "plan", bill, seen, ("planned_from", plan.planned_from))
