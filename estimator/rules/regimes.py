"""Which rules hold on which date, and all that they say of a household before any money is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from estimator.rules import flat_rate, income_related
from estimator.rules.cost_price import month_number
from estimator.rules.exemptions import (
    DECIDING_KINDS,
    OTHER_RULE_GROUNDS,
    RegimeName,
    Situation,
    household_ground,
    no_charge_ground,
    provisions_ground,
)
from estimator.rules.formula import Terms
from estimator.rules.household import AgeGroup, Household, Kind
from estimator.rules.law import FOREVER, Amount, Law, NotKnown
from estimator.rules.money import Number
from estimator.rules.pension_age import age_group
from estimator.rules.policy import Policy, PolicyByDate, PolicyError

OutcomeKind = Literal["amount", "nothing", "other_rule", "not_known"]
Period = Literal["month", "four_weeks"]
FIRST_DAY = date(2007, 1, 1)
# Outcome, ground and period where no regime is to come.
NOTHING_UPCOMING: tuple[OutcomeKind, str, Period] = ("not_known", "parameters_unknown", "month")


class Regime(NamedTuple):
    """A set of rules with a name, a status and the days on which it holds or is planned to."""

    name: RegimeName
    status: str
    first: date
    last: date | None


def regimes(rules: Law) -> tuple[Regime, ...]:
    """All regimes in order of time, the bill last unless it was withdrawn."""
    plan, flat = rules.plan, flat_rate.begins(rules)
    flat_last = plan.planned_from - timedelta(days=1) if plan.is_law else None
    known = (
        Regime("income_related", "in_force", FIRST_DAY, flat - timedelta(days=1)),
        Regime("flat_rate", "in_force", flat, flat_last),
        Regime("bill", plan.status, plan.planned_from, None),
    )
    return known if plan.status != "withdrawn" else known[:2]


@lru_cache(maxsize=4096)
def current_regime(rules: Law, on: date) -> Regime:
    """The regime in force on a day: a plan never comes into force by the calendar.

    Raises ``ValueError`` for a date before 2007-01-01.
    """
    if on < FIRST_DAY:
        raise ValueError(f"on: found {on}; allowed: {FIRST_DAY} or later")
    in_force = [r for r in regimes(rules) if r.first <= on and (r.name != "bill" or rules.plan.is_law)]
    return in_force[-1]


@lru_cache(maxsize=4096)
def upcoming_regime(rules: Law, on: date) -> Regime | None:
    """The next regime after the one of ``on``, in force or planned; ``None`` where none is known."""
    current = current_regime(rules, on)
    return next((r for r in regimes(rules) if r.first > current.first), None)


def contribution_year(rules: Law, on: date) -> int:
    """The year that a day's contribution belongs to: period 1 of 2019 begins on 31 December 2018."""
    begins = flat_rate.begins(rules)
    return on.year + 1 if on >= begins and on.year == begins.year else on.year


@lru_cache(maxsize=4096)
def reference_year(rules: Law, on: date) -> int:
    """The reference year (peiljaar) of a day's contribution."""
    return contribution_year(rules, on) - rules.on("reference_year_offset", on).amount


def plan_month(rules: Law, regime: RegimeName) -> int:
    """From which month on the own contribution comes off a cost price: only under the bill."""
    return month_number(rules.plan.planned_from if regime == "bill" else date.max)


def pays_from(rules: Law, regime: RegimeName, s: Situation) -> int:
    """The month from which a couple with one under pension age pays, as it owes no flat rate; 0 for the others."""
    return plan_month(rules, regime) if s.composition == "couple" and s.under_pension_age else 0


@lru_cache(maxsize=16)
def exempt_nights(rules: Law) -> int:
    """This many consecutive nights in shelter, or more, and nothing is due."""
    return next(value.amount for value in rules.series["shelter_nights_exempt"].values if value is not None)


def stays_in_shelter(rules: Law, nights: Number) -> Number:
    """Whether so many consecutive nights in shelter are enough to owe nothing."""
    return (nights > 0) & (nights >= exempt_nights(rules))


@lru_cache(maxsize=4096)
def exempt_amount(rules: Law, on: date) -> Amount | None:
    """The exempt amount (heffingvrij vermogen) that counts for a day: that of its reference year, where it is known."""
    series, year = rules.series["exempt_amount"], date(reference_year(rules, on), 1, 1)
    return series.on(year) if series.covers(year) else None


def policy_errors(rules: Law, policy: Policy, first: date, until: date = FOREVER) -> tuple[PolicyError, ...]:
    """What goes beyond a national amount known on any of the days of a policy: each key once, for its first day."""
    checks: dict[str, Callable[[Law, date, Policy], object]] = {
        "four_weekly_amount": flat_rate.amount_due,
        "monthly_amount": flat_rate.amount_due,
        **dict.fromkeys(income_related.FIXED, income_related.own_fixed_amount),
        "rate": income_related.percentage,
    }
    found: dict[str, PolicyError] = {}
    for name, check in checks.items():
        for value in filter(None, rules.series[name].values):
            if value.first <= until and first <= (value.last or FOREVER):
                try:
                    check(rules, max(value.first, first), policy)
                except PolicyError as error:
                    found.setdefault(error.key, error)
                except NotKnown:
                    continue
    return tuple(found.values())


class Ruling(NamedTuple):
    """What can be said before any money is known: an outcome, or the terms of the formula."""

    outcome: OutcomeKind
    ground: str
    terms: Terms | None
    last_known: Amount | None = None


@lru_cache(maxsize=4096)
def period_of(rules: Law, regime: RegimeName, as_at: date) -> Period:
    """For how long a contribution is, on a day."""
    four_weeks = regime == "income_related" or rules.series["four_weekly_amount"].covers(as_at)
    return "four_weeks" if four_weeks else "month"


@lru_cache(maxsize=65536)
def ruling(rules: Law, regime: RegimeName, as_at: date, policy: Policy, s: Situation) -> Ruling:
    """Decide all that doesn't depend on money, in the order in which it becomes certain.

    The one place that does so: an estimate calls it for its household, ``population`` once for each situation that
    occurs. Raises ``PolicyError``.
    """
    ground = provisions_ground(s.charges)
    if ground in DECIDING_KINDS:
        return Ruling("other_rule", ground, None)
    if not _anything_known(rules, regime, as_at):
        return Ruling("not_known", "parameters_unknown", None, rules.series["rate"].last_known(as_at))
    if ground:
        return Ruling("other_rule" if ground in OTHER_RULE_GROUNDS else "nothing", ground, None)
    ground = household_ground(rules, s, regime, as_at)
    if not ground and regime == "flat_rate":
        if flat_rate.belongs_to_no_period(rules, as_at):
            ground = "no_period"
        elif flat_rate.is_waived(rules, as_at):
            ground = "month_waived"
        elif s.no_income_data and policy.low_income_limits is not None:
            ground = "no_income_data_low_income_policy"
    if ground:
        return Ruling("nothing", ground, None)
    make = {
        "income_related": income_related.history_terms,
        "flat_rate": flat_rate.flat_rate_terms,
        "bill": income_related.bill_terms,
    }[regime]
    try:
        return Ruling("amount", "", make(rules, s, as_at, policy))
    except NotKnown as missing:
        return Ruling("not_known", "parameters_unknown", None, missing.last)


def outcome_of(regime: RegimeName, reason: str) -> tuple[OutcomeKind, str]:
    """Outcome and ground where money decides: one of ``formula.REASONS``."""
    nil_below = "group_exempt" if regime == "bill" else "low_income_policy"
    grounds = {"capital_unknown": "parameters_unknown", "nil_below": nil_below, "nil": "provision_exempt"}
    return "not_known" if reason.endswith("_unknown") else "nothing", grounds.get(reason, reason)


def _anything_known(rules: Law, regime: RegimeName, as_at: date) -> bool:
    return regime != "income_related" or rules.series["rate"].covers(as_at)


@lru_cache(maxsize=4096)
def charges_of(
    rules: Law, regime: RegimeName, as_at: date, policy: Policy, kinds: tuple[Kind, ...], client: AgeGroup
) -> tuple[str, ...]:
    """For each provision the ground on which it carries no contribution, "" where it carries one."""
    minor = client == "under_18"
    return tuple(no_charge_ground(rules, kind, minor, regime, as_at, policy) for kind in kinds)


def age_of(rules: Law, group: AgeGroup | None, born: date | None, on: date) -> AgeGroup:
    """The age group on a day, stated or from a birth date."""
    if born is not None:
        return age_group(rules, born, on)
    if group is None:
        raise ValueError("a household without an age can't exist")
    return group


def situation_of(rules: Law, regime: RegimeName, household: Household, as_at: date, policy: Policy) -> Situation:
    """What a household is on a day, without its money."""
    client = age_of(rules, household.client_age, household.client_born, as_at)
    couple = household.composition == "couple"
    return Situation(
        composition=household.composition,
        client=client,
        partner=age_of(rules, household.partner_age, household.partner_born, as_at) if couple else None,
        long_term_care=household.long_term_care,
        sheltered_living=household.sheltered_living,
        in_shelter=stays_in_shelter(rules, household.shelter_nights),
        college_exemption=household.college_exemption,
        no_income_data=household.no_income_data,
        charges=charges_of(rules, regime, as_at, policy, household.kinds, client),
    )


def rulings(household: Household, on: date, policy: PolicyByDate, rules: Law) -> tuple[Ruling, ...]:
    """All that is said of a household without its money, by the current and the upcoming regime.

    Where two households have the same, only income, capital and cost price can make a difference between them.
    """
    both = (current_regime(rules, on), upcoming_regime(rules, on))
    found: list[Ruling] = []
    for regime in filter(None, both):
        as_at = max(on, regime.first)
        at_the_time = policy.on(as_at)
        situation = situation_of(rules, regime.name, household, as_at, at_the_time)
        found.append(ruling(rules, regime.name, as_at, at_the_time, situation))
    return tuple(found)
