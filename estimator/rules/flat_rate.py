"""The flat rate (abonnementstarief), in force since 2018-12-31: one pure function per article."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from estimator.rules.exemptions import Situation
from estimator.rules.formula import Terms, terms
from estimator.rules.law import Amount, Law
from estimator.rules.money import cents, euros
from estimator.rules.policy import Policy, PolicyError


def begins(law: Law) -> date:
    """The first day of the flat rate."""
    return law.series["four_weekly_amount"].starts[0]


def national_amount(law: Law, on: date) -> Amount:
    """The flat rate of a day (Wmo 2015 art. 2.1.4a lid 4).

    Raises ``NotKnown`` after the last known amount and on days that belong to no period.
    """
    weekly = law.series["four_weekly_amount"]
    return weekly.on(on) if weekly.covers(on) else law.on("monthly_amount", on)


def belongs_to_no_period(law: Law, on: date) -> bool:
    """30 and 31 December 2019, between the last period of four weeks and the first month."""
    return law.series["no_period"].covers(on)


def is_waived(law: Law, on: date) -> bool:
    """April and May 2020 (Ub art. 3.8 lid 3 i)."""
    return law.series["month_waived"].covers(on)


def amount_due(law: Law, on: date, policy: Policy) -> int:
    """The national amount or the municipality's lower one, in cents (Wmo 2015 art. 2.1.4a lid 5 a).

    Raises ``NotKnown`` as ``national_amount`` does and ``PolicyError`` for an amount above the national one.
    """
    national = national_amount(law, on).amount
    if policy.lower_amount is None:
        return national
    lower = cents(policy.lower_amount)
    if lower > national:
        raise PolicyError("lower_amount", policy.lower_amount, f"0.00 to {euros(national)}, the national amount")
    return lower


def flat_rate_terms(law: Law, s: Situation, on: date, policy: Policy) -> Terms:
    """The formula of the flat rate: a fixed amount, and nil below a limit. Raises ``NotKnown`` and ``PolicyError``."""
    limit = policy.low_income_limit(s.category)
    capital_rate = Fraction(law.on("capital_rate", on).amount, 1000) if limit is not None else 0
    return terms(
        fixed=amount_due(law, on, policy),
        factor=Fraction(policy.share),
        capital_rate=capital_rate,
        nil_below=limit or 0,
        nil_unknown=policy.low_income_limit_unknown(s.category),
    )
