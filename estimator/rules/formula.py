"""The one formula behind every regime, for one household or for a column of them.

    contribution = min(maximum, fixed + rate x max(0, contributory income - threshold)) x discount x share

The flat rate is the formula without a rate, 2007 to 2018 the one without a maximum, the bill has both. All amounts are
exact integers over one denominator, so that there is a single rounding, at the very end. Nothing here branches on its
input: every function takes integers or columns of 64-bit integers alike (``population`` gives columns for what differs
between households, and integers where ``Terms`` are the same for all of them).
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import NamedTuple

from estimator.rules.money import NO_MAXIMUM, OPEN_ENDED_CENTS, Number, above, at_most, half_up


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
    client_deducts: Number = 0  # 1 at pension age, 0 under it
    partner_deducts: Number = 0


class Deduction(NamedTuple):
    """The parameters of art. 3.9a: rates, cents, and who of a household has pension age."""

    rate: Fraction
    maximum: int
    test_rate: Fraction
    test_limit: int
    client: bool
    partner: bool


NO_DEDUCTION = Deduction(Fraction(0), 0, Fraction(0), 0, client=False, partner=False)


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
    deduction: Deduction = NO_DEDUCTION,
) -> Terms:
    """Bring the parameters of a regime over one denominator.

    ``fixed`` and ``maximum`` in cents a period, ``rate`` in cents a period for each cent of contributory income,
    ``factor`` what is kept after discount and share, ``threshold`` and ``nil_below`` in cents a year.
    """
    capital_rate = Fraction(capital_rate)
    scale = lcm(capital_rate.denominator, deduction.rate.denominator, deduction.test_rate.denominator)
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
        deduction_part=int(deduction.rate * scale),
        deduction_maximum=deduction.maximum * scale,
        deduction_test_part=int(deduction.test_rate * scale),
        deduction_test_limit=deduction.test_limit * scale,
        client_deducts=int(deduction.client),
        partner_deducts=int(deduction.partner),
    )


def capital_of(assets: Number, exempt: Number, exemptions: Number) -> Number:
    """Capital (vermogen): the assets as far as above the exempt amount, counted once for each spouse."""
    return above(assets, exempt * exemptions)


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


class Own(NamedTuple):
    """One spouse's own income and capital in cents."""

    income: Number
    capital: Number


class Money(NamedTuple):
    """What is known of a household's income and capital in cents, each as a range; flags are 0 or 1.

    Income that isn't stated runs from 0 to ``OPEN_ENDED_CENTS``. ``assets`` count as far as they are above the exempt
    amount, taken ``exemptions`` times: once for each spouse, never for capital that is stated as such. ``client`` and
    ``partner`` are the own parts of a couple where they are ``divided``.
    """

    income_low: Number
    income_high: Number
    no_income_data: Number
    assets_low: Number
    assets_high: Number
    exemptions: Number
    persons: Number
    client: Own
    partner: Own
    divided: Number


class Counted(NamedTuple):
    """Income and capital as they count, in cents; ``lowest`` and ``highest`` are contributory income times ``scale``.

    ``income_unknown`` and ``capital_unknown``: an end that is needed isn't known, and then nothing else means anything.
    """

    income_low: Number
    income_high: Number
    capital_low: Number
    capital_high: Number
    lowest: Number
    highest: Number
    income_unknown: Number
    capital_unknown: Number


UNKNOWN = -1


def counted(m: Money, exempt: Number, t: Terms) -> Counted:
    """What of the income and capital of a household counts under the terms of a regime.

    ``exempt`` is the exempt amount in cents, ``UNKNOWN`` where the law's amount isn't known. Without income data the
    lowest contribution is due where nothing limits the highest (Ub Wmo 2015 art. 3.10); else it may be any.
    """
    limited = t.maximum < NO_MAXIMUM
    income_low = m.income_low * (1 - m.no_income_data)
    income_high = m.income_high * (1 - m.no_income_data) + m.no_income_data * OPEN_ENDED_CENTS * limited
    counts = (t.capital_part > 0) & ((m.no_income_data == 0) | limited)
    known, unknown = (exempt > UNKNOWN) | (m.exemptions == 0), (exempt <= UNKNOWN) & (m.exemptions > 0)
    capital_low = capital_of(m.assets_low, exempt, m.exemptions) * known * counts
    capital_high = capital_of(m.assets_high, exempt, m.exemptions) * known * counts
    largest, smallest = deductions(m, income_low, income_high, capital_low, capital_high, t)
    # Where the income may be any, capital makes no difference.
    matters = (income_low > 0) | (income_high < OPEN_ENDED_CENTS)
    return Counted(
        income_low=income_low,
        income_high=income_high,
        capital_low=capital_low,
        capital_high=capital_high,
        # A deduction larger than the income leaves nothing, not less.
        lowest=above(contributory_income(income_low, capital_low, t), largest),
        highest=above(contributory_income(income_high, capital_high, t), smallest),
        income_unknown=(t.slope > 0) & (t.maximum >= NO_MAXIMUM) & (income_high >= OPEN_ENDED_CENTS),
        capital_unknown=counts & (m.assets_high > 0) & unknown & matters,
    )


def deductions(
    m: Money, income_low: Number, income_high: Number, capital_low: Number, capital_high: Number, t: Terms
) -> tuple[Number, Number]:
    """Largest and smallest deduction of a household, times ``scale`` (Ub Wmo 2015 (2018) art. 3.9a).

    Each spouse deducts by his own income and capital. Of a couple whose own parts aren't known the largest is what any
    division could give, the smallest nil.
    """
    if isinstance(t.deduction_part, int) and not t.deduction_part:
        return 0, 0  # nobody here can deduct
    alone, together = (2 - m.persons) * t.client_deducts, (m.persons - 1) * (1 - m.divided)
    divided = m.divided * (
        deduction(m.client.income, m.client.capital, t) * t.client_deducts
        + deduction(m.partner.income, m.partner.capital, t) * t.partner_deducts
    )
    undivided = together * largest_deduction(capital_high, t.client_deducts + t.partner_deducts, t)
    largest = alone * deduction(income_low, capital_high, t) + divided + undivided
    smallest = alone * deduction(income_high, capital_low, t) + divided
    return largest * (capital_high > 0), smallest * (capital_high > 0)


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


# Why there is no amount, in the order in which it decides.
REASONS = ("income_unknown", "capital_unknown", "cost_price_reached", "nil_below", "below_threshold", "nil")


def reasons(c: Counted, found: Range, t: Terms) -> tuple[Number, ...]:
    """For each of ``REASONS`` whether it holds; the first that does decides, and where none does there is an amount."""
    nil = found.high == 0
    return c.income_unknown, c.capital_unknown, found.reached, found.nil, nil & (t.base == 0) & (t.slope > 0), nil
