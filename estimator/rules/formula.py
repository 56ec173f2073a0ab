"""The one formula behind every regime, for one household or for a column of them.

    contribution = min(maximum, fixed + rate x max(0, contributory income - threshold)) x discount x share

The flat rate is the formula without a rate, 2007 to 2018 the one without a maximum, the bill has both. All amounts are
exact integers over one denominator, so that there is a single rounding, at the very end. Nothing here branches on its
input: every function takes integers or column expressions of integers alike.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import NamedTuple

from estimator.rules.money import NO_MAXIMUM, Number, above, at_most, half_up


class Terms(NamedTuple):
    """The formula's parameters for one type of household on one date, as integers.

    Contributory income is counted in cents times ``scale``, so that a percentage of capital stays exact; numerators
    are cents times ``denominator``.
    """

    base: Number
    slope: Number
    maximum: Number
    denominator: Number
    threshold: Number
    scale: Number
    capital_part: Number
    nil_below: Number
    nil_unknown: Number
    deduction_part: Number = 0
    deduction_maximum: Number = 0
    deduction_test_part: Number = 0
    deduction_test_limit: Number = 0


def terms(
    *,
    fixed: Fraction | int,
    rate: Fraction | int = 0,
    maximum: Fraction | int | None = None,
    factor: Fraction | int = 1,
    threshold: int = 0,
    capital_rate: Fraction | int = 0,
    nil_below: int = 0,
    nil_unknown: bool = False,
    deduction: tuple[Fraction, int, Fraction, int] | None = None,
) -> Terms:
    """Bring the parameters of a regime over one denominator.

    ``fixed`` and ``maximum`` in cents a period, ``rate`` in cents a period for each cent of contributory income,
    ``factor`` what is kept after discount and share, ``threshold`` and ``nil_below`` in cents a year, ``deduction`` the
    rate, maximum, test rate and test limit of art. 3.9a.
    """
    capital_rate = Fraction(capital_rate)
    part, cap, test, limit = deduction or (Fraction(0), 0, Fraction(0), 0)
    scale = lcm(capital_rate.denominator, part.denominator, test.denominator)
    base = Fraction(fixed) * factor
    slope = Fraction(rate) * factor / scale
    highest = None if maximum is None else Fraction(maximum) * factor
    denominator = lcm(base.denominator, slope.denominator, highest.denominator if highest is not None else 1)
    return Terms(
        base=int(base * denominator),
        slope=int(slope * denominator),
        maximum=NO_MAXIMUM if highest is None else int(highest * denominator),
        denominator=denominator,
        threshold=threshold * scale,
        scale=scale,
        capital_part=int(capital_rate * scale),
        nil_below=nil_below * scale,
        nil_unknown=int(nil_unknown),
        deduction_part=int(part * scale),
        deduction_maximum=cap * scale,
        deduction_test_part=int(test * scale),
        deduction_test_limit=limit * scale,
    )


def capital_of(assets: Number, exempt: Number, persons: Number) -> Number:
    """Capital (vermogen): the assets as far as above the exempt amount, counted once for each spouse."""
    return above(assets, exempt * persons)


def contributory_income(income: Number, capital: Number, t: Terms) -> Number:
    """Contributory income (bijdrageplichtig inkomen) times ``scale``: income and the capital addition."""
    return income * t.scale + capital * t.capital_part


def deduction(own_income: Number, own_capital: Number, t: Terms) -> Number:
    """What one spouse at pension age takes off, times ``scale`` (Ub Wmo 2015 (2018) art. 3.9a); nil in other years.

    Falls as the income rises. Of a range of capital the largest deduction comes from its upper end; the smallest that
    is certain comes from its lower end.
    """
    tested = own_income * t.scale - own_capital * t.deduction_test_part
    return largest_deduction(own_capital, 1, t) * (tested < t.deduction_test_limit)


def largest_deduction(capital: Number, spouses: Number, t: Terms) -> Number:
    """The most that so many spouses can take off together, however capital and income are divided between them."""
    return at_most(capital * t.deduction_part, t.deduction_maximum * spouses)


def contribution_due(contributory: Number, t: Terms) -> Number:
    """The contribution of a period in whole cents, rounded half up once."""
    return half_up(at_most(t.base + t.slope * above(contributory, t.threshold), t.maximum), t.denominator)


class Range(NamedTuple):
    """Lowest and highest contribution in cents, and which of the limits decided."""

    low: Number
    high: Number
    reached: Number  # true: what remains of every cost price is below the contribution
    nil: Number  # true: contributory income is certainly below the municipality's limit


def left_of_cost_price(cost_price: Number, taken: Number, own_months: Number) -> Number:
    """The largest contribution that can still be collected this month, in cents.

    ``taken`` came off already; ``own_months`` is the number of earlier months from which the household's own
    contribution came off (the bill). A month of which less remains than is due isn't collected at all (Ub art. 3.10b).
    """
    return (cost_price - taken) // (own_months + 1)


def range_due(
    lowest: Number, highest: Number, surely_left: Number, possibly_left: Number, cap: Number, t: Terms
) -> Range:
    """The contribution between two contributory incomes (times ``scale``), after cost price and limits.

    ``surely_left`` and ``possibly_left`` are ``left_of_cost_price`` of the aid that runs longest, without and with the
    aids of which the contributions before 2020 aren't known. ``cap`` is what 2007 to 2018 can't go above. Where
    ``reached`` or ``nil`` holds, nothing is due.
    """
    low = at_most(contribution_due(lowest, t), cap)
    high = at_most(contribution_due(highest, t), cap)
    return Range(
        low=low * (surely_left >= high) * (lowest >= t.nil_below) * (t.nil_unknown == 0),
        high=at_most(high, possibly_left),
        reached=possibly_left < low,
        nil=highest < t.nil_below,
    )
