"""Whole cents in, whole cents out: the only place that rounds.

Every function here takes plain integers or column expressions (anything with integer ``+ - * //`` and comparisons), so
that one household and a table of a million go through the same arithmetic.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

# An ``int``, or a column expression of 64-bit integers.
Number = Any

MAXIMUM_CENTS = 999_999_999  # just under ten million euro: keeps every product inside 64 bits
LONGEST_AMOUNT = 15  # digits before or after the point of anything that can be an amount
NO_MAXIMUM = 2**61  # larger than any numerator of a contribution
OPEN_ENDED_CENTS = 10**10  # stands for "and more": above every input that is accepted


def half_up(numerator: Number, denominator: Number) -> Number:
    """``numerator / denominator`` rounded to a whole number, halves upwards; the numerator is not negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def above(amount: Number, threshold: Number) -> Number:
    """As far as ``amount`` is above ``threshold``, and nothing below it."""
    return (amount - threshold) * (amount > threshold)


def at_most(amount: Number, maximum: Number) -> Number:
    """The smaller of the two."""
    return amount - (amount - maximum) * (amount > maximum)


def at_least(amount: Number, minimum: Number) -> Number:
    """The larger of the two."""
    return amount + (minimum - amount) * (minimum > amount)


def cents(euro: Decimal | int | str) -> int:
    """A euro amount with at most two decimals as whole cents.

    Raises ``ValueError`` for anything else: an amount is never rounded on the way in.
    """
    try:
        amount = Decimal(euro)
    except InvalidOperation:
        raise ValueError(f"{euro!r} is not an amount in euro") from None
    # Looked at before it is computed with: a number of a million digits would keep a processor busy for minutes.
    if not amount.is_finite() or not -LONGEST_AMOUNT < amount.adjusted() < LONGEST_AMOUNT:
        raise ValueError(f"{euro!r} is not an amount in euro")
    exact = amount * 100
    whole = int(exact)
    if whole != exact:
        raise ValueError(f"{euro} has more than two decimals")
    return whole


def euros(amount: int) -> str:
    """Whole cents as the plain euro string of case files and of the API: ``2180`` gives ``"21.80"``."""
    return f"{amount // 100}.{amount % 100:02d}"
