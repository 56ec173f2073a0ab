"""Contributions that follow income and capital: 2007 to 2018, and the bill. One formula, two sets of amounts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from estimator.rules.exemptions import Situation
from estimator.rules.formula import NO_DEDUCTION, Deduction, Terms, terms
from estimator.rules.law import Law
from estimator.rules.money import cents, euros
from estimator.rules.policy import Policy, PolicyError

PER_MILLE = 1000
FIXED = ("fixed_single", "fixed_couple_under", "fixed_couple_pension")


def fixed_series(s: Situation) -> str:
    """Name of the series of the fixed amount: one for singles, two for couples."""
    return "fixed_single" if s.composition == "single" else f"fixed_{s.category}"


def threshold_series(s: Situation) -> str:
    """Name of the series of the threshold, one for each of the four categories."""
    return f"threshold_{s.category}"


def fixed_amount(law: Law, s: Situation, on: date, policy: Policy) -> int:
    """The fixed amount of a period in cents, the municipality's where it is lower (Ub 2015 art. 3.8).

    Raises ``NotKnown`` for a year without one and ``PolicyError`` as ``own_fixed_amount`` does.
    """
    national, own = law.on(fixed_series(s), on).amount, own_fixed_amount(law, on, policy)
    return national if own is None else min(own, national)


def own_fixed_amount(law: Law, on: date, policy: Policy) -> int | None:
    """The municipality's own fixed amount in cents, if any; ``PolicyError`` for one above every national one."""
    if policy.fixed is None:
        return None
    own, highest = cents(policy.fixed), max(law.on(name, on).amount for name in FIXED)
    if own > highest:
        raise PolicyError("fixed", policy.fixed, f"0.00 to {euros(highest)}, the national amount")
    return own


def percentage(law: Law, on: date, policy: Policy) -> Fraction:
    """The part of the income above the threshold that is due in a year, the municipality's where it has a lower one."""
    national = Fraction(law.on("rate", on).amount, PER_MILLE)
    if policy.percentage is None:
        return national
    own = Fraction(policy.percentage) / 100
    if own > national:
        raise PolicyError("percentage", policy.percentage, f"0 to {float(national * 100):g}, the national percentage")
    return own


def deduction_terms(law: Law, s: Situation, on: date) -> Deduction:
    """The deduction of art. 3.9a, where the household and year know it."""
    client, partner = s.client == "pension", s.partner == "pension"
    if not (client or partner) or not law.series["deduction_rate"].covers(on):
        return NO_DEDUCTION
    rate, test = law.on("deduction_rate", on).amount, law.on("deduction_test_rate", on).amount
    return Deduction(
        Fraction(rate, PER_MILLE), law.on("deduction_maximum", on).amount,
        Fraction(test, PER_MILLE), law.on("deduction_test_limit", on).amount, client, partner,
    )  # fmt: skip


def history_terms(law: Law, s: Situation, on: date, policy: Policy) -> Terms:
    """The formula of 2007 to 2018, per period of four weeks. Raises ``NotKnown`` where a parameter wasn't found."""
    kept = 1 - Fraction(law.on("discount", on).amount, PER_MILLE)
    # Earlier decrees knew no income limit; and without income data the fixed amount is due, whatever the limits.
    may_limit = law.series["ground_low_income_policy"].covers(on) and not s.no_income_data
    return terms(
        fixed=fixed_amount(law, s, on, policy),
        rate=percentage(law, on, policy) / law.on("periods_a_year", on).amount,
        factor=kept * Fraction(policy.share),
        threshold=0 if s.no_income_data else law.on(threshold_series(s), on).amount,
        capital_rate=Fraction(law.on("capital_rate_history", on).amount, PER_MILLE),
        nil_below=(policy.low_income_limit(s.category) or 0) * may_limit,
        nil_unknown=may_limit and policy.low_income_limit_unknown(s.category),
        deduction=deduction_terms(law, s, on),
    )


def bill_terms(law: Law, s: Situation, on: date, policy: Policy) -> Terms:
    """The formula derived from what was published of the bill, per month: a plan, not law."""
    months = law.on("months_a_year", on).amount
    return terms(
        fixed=law.on("bill_minimum", on).amount,
        rate=Fraction(law.on("bill_rate", on).amount, PER_MILLE * months),
        maximum=law.on("bill_maximum", on).amount,
        factor=Fraction(policy.share),
        threshold=law.on(f"bill_threshold_{s.composition}", on).amount,
        capital_rate=Fraction(law.on("capital_rate", on).amount, PER_MILLE),
        nil_below=policy.exempt_below(s.category) or 0,
    )
