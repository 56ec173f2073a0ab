"""How an amount came about: data without words, from which a person can recompute it with a pocket calculator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

from estimator.rules.law import Amount

Origin = Literal["answer", "law", "municipality", "assumption", "computed"]
CaveatKind = Literal["discretion", "assumption", "plan", "unknown"]


class Step(NamedTuple):
    """One line of a calculation.

    ``value`` is whole cents, per mille or a count (see ``unit``); a ``Fraction`` where it isn't whole, since only the
    last line is rounded. ``source`` is the article, ``law`` the dated amount it was read from, if any.
    """

    key: str
    value: int | Fraction | str | None
    unit: str
    source: str
    origin: Origin
    children: tuple[Step, ...] = ()
    law: Amount | None = None

    def walk(self) -> Iterator[Step]:
        """The step and everything under it, the children first: the order of a pocket calculator."""
        yield from walk(self.children)
        yield self


def walk(steps: Iterable[Step]) -> Iterator[Step]:
    """Steps and everything under them, each after what it was computed from."""
    for step in steps:
        yield from step.walk()


class Caveat(NamedTuple):
    """Something that could make the outcome different: a discretion, an assumption, a plan, or what isn't known."""

    key: str
    kind: CaveatKind
    source: str
    values: tuple[tuple[str, int | str | date], ...] = ()


def from_law(key: str, amount: Amount) -> Step:
    """A step whose value was read from a law file."""
    return Step(key, amount.amount, amount.unit, amount.legal_basis, "law", (), amount)


def exact(numerator: int, denominator: int) -> int | Fraction:
    """A quotient without rounding: an ``int`` where it is whole."""
    return numerator // denominator if numerator % denominator == 0 else Fraction(numerator, denominator)
