"""What a municipality may fill in, and nothing else (Wmo 2015 art. 2.1.4, 2.1.4a, 2.1.5; Ub Wmo 2015 art. 3.8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Protocol

from pydantic import Discriminator, Field, Tag, model_validator

from estimator.rules.household import EITHER, Euro, Frozen, Kind, Problem, refuse
from estimator.rules.money import cents

Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=3)]
Percentage = Annotated[Decimal, Field(ge=0, le=100, decimal_places=1)]


class LowIncomeLimits(Frozen):
    """Contributory income, euro a year, below which nothing is due; one limit for each category (Ub art. 3.8 lid 2)."""

    single_under: Euro | None = None
    single_pension: Euro | None = None
    couple_pension: Euro | None = None


class BillExemptBelow(Frozen):
    """The same under the bill, which knows four categories; a switch of its own."""

    single_under: Euro | None = None
    single_pension: Euro | None = None
    couple_under: Euro | None = None
    couple_pension: Euro | None = None


def _kind_of_limits(value: Any) -> str:
    return EITHER[isinstance(value, str)]


Limits = Annotated[
    Annotated[LowIncomeLimits, Tag(EITHER[0])] | Annotated[Literal["unknown"], Tag(EITHER[1])],
    Discriminator(_kind_of_limits),
]


# The regimes in which a choice is looked at at all, where that isn't every one.
ONLY_UNDER: dict[str, tuple[str, ...]] = {
    "lower_amount": ("flat_rate",),
    "low_income_limits": ("flat_rate", "income_related"),
    "general_provision_charged": ("flat_rate",),
    "bill_exempt_below": ("bill",),
    "fixed": ("income_related",),
    "percentage": ("income_related",),
}


class Policy(Frozen):
    """The choices of one municipality.

    ``lower_amount`` (euro a period) instead of the national flat rate; ``share`` of what would be due (0 to 1, at most
    three decimals); ``fixed`` (euro) and ``percentage`` for 2007 to 2018. ``charged_provisions``: where given, all
    other kinds carry no contribution. What isn't filled in is the national rule.
    """

    lower_amount: Euro | None = None
    low_income_limits: Limits | None = None
    exempt_provisions: tuple[Kind, ...] = ()
    charged_provisions: tuple[Kind, ...] | None = None
    transport_fare: bool = False
    general_provision_charged: bool = False
    parents_pay_home_adaptation: bool = False
    share: Share = Decimal(1)
    start_counts_from: Literal["decision", "delivery"] | None = None
    fixed: Euro | None = None
    percentage: Percentage | None = None
    bill_exempt_below: BillExemptBelow | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Policy:
        both = sorted(set(self.exempt_provisions) & set(self.charged_provisions or ()))
        if both:
            raise refuse("exempt_provisions", both, "kinds that aren't in charged_provisions")
        return self

    def chosen(self, regime: str) -> dict[str, Any]:
        """What isn't the national rule, by key, as far as the regime looks at it."""
        own = self.model_dump(exclude_defaults=True)
        return {key: value for key, value in own.items() if regime in ONLY_UNDER.get(key, (regime,))}

    def low_income_limit(self, category: str) -> int | None:
        """The limit of a category in cents a year, where there is one that is known."""
        limits = self.low_income_limits
        limit = getattr(limits, category, None) if isinstance(limits, LowIncomeLimits) else None
        return None if limit is None else cents(limit)

    def low_income_limit_unknown(self, category: str) -> bool:
        """There is a limit for the category, but its figure isn't known."""
        return self.low_income_limits == "unknown" and category in LowIncomeLimits.model_fields

    def exempt_below(self, category: str) -> int | None:
        """The income below which the category is exempt under the bill, in cents a year."""
        limit = getattr(self.bill_exempt_below, category, None)
        return None if limit is None else cents(limit)

    @cached_property
    def key(self) -> str:
        """The whole content as one text: equal policies, equal keys."""
        return self.model_dump_json(exclude_defaults=True)

    def __hash__(self) -> int:
        return hash(self.key)

    def on(self, day: date) -> Policy:
        """Itself: a policy without dates is the same on every day."""
        return self


class PolicyPeriod(Frozen):
    """A policy with the days on which it holds, both included; without ``until`` it is open."""

    first: date
    until: date | None = None
    policy: Policy

    @model_validator(mode="after")
    def _in_order(self) -> PolicyPeriod:
        if self.until is not None and self.until < self.first:
            raise refuse("until", self.until, f"a date from {self.first} on")
        return self

    def covers(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.first <= day and (self.until is None or day <= self.until)


def overlaps(periods: Sequence[PolicyPeriod]) -> Iterator[tuple[int, Problem]]:
    """Each period that begins before an earlier one has ended: its place, counted from 0, and what is wrong."""
    last = date.min
    for place, period in sorted(enumerate(periods), key=lambda each: each[1].first):
        if last >= period.first:
            allowed = f"a date after {last}" if last < date.max else "nothing after a period that has no until"
            yield place, Problem("from", str(period.first), allowed)
        last = max(last, period.until or date.max)


class DatedPolicies(Frozen):
    """A municipality's policies through time; on a day without one, the national rule holds."""

    periods: tuple[PolicyPeriod, ...]

    @model_validator(mode="after")
    def _no_overlap(self) -> DatedPolicies:
        for _, problem in overlaps(self.periods):
            raise refuse(*problem)
        return self

    @cached_property
    def key(self) -> str:
        """The whole content as one text."""
        return self.model_dump_json(exclude_defaults=True)

    def covers(self, day: date) -> bool:
        """Whether the municipality has said what holds on this day."""
        return any(period.covers(day) for period in self.periods)

    def on(self, day: date) -> Policy:
        """The policy that holds on a day."""
        return next((period.policy for period in self.periods if period.covers(day)), NATIONAL)


class PolicyByDate(Protocol):
    """A municipality's policy, dated or not: ``Policy`` and ``DatedPolicies`` both are."""

    @property
    def key(self) -> str:
        """The whole content as one text."""

    def on(self, day: date, /) -> Policy:
        """The policy that holds on a day."""


class PolicyError(ValueError):
    """A policy goes beyond what the law leaves open; the message names key, found and allowed."""

    def __init__(self, key: str, found: object, allowed: str) -> None:
        self.key, self.found, self.allowed = key, str(found), allowed
        super().__init__(f"{key}: found {found}; allowed: {allowed}")


NATIONAL = Policy.model_construct()  # without building the model, see ``Frozen``
