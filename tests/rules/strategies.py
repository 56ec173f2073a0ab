"""Hypothesis strategies for households of every kind, the policies of municipalities, and the days of the law files."""

from datetime import date
from decimal import Decimal
from typing import Any, get_args

from hypothesis import strategies as st

from estimator.rules import Household, Policy
from estimator.rules.household import AGE_GROUPS, COST_PRICE_KINDS, KINDS, CollegeExemption, Delivery
from estimator.rules.policy import BillExemptBelow, LowIncomeLimits

CENT = Decimal("0.01")
# Every year of the law files, and some that nobody knows yet.
DAYS = st.dates(date(2007, 1, 1), date(2035, 12, 31)) | st.sampled_from(
    [date(2018, 5, 1), date(2018, 12, 31), date(2019, 12, 30), date(2020, 4, 1), date(2026, 11, 22), date(2027, 1, 1)]
)
# Days on which most of the amounts are known.
KNOWN_DAYS = (
    st.sampled_from(range(2011, 2027))
    .filter(lambda year: year not in (2013, 2017))
    .flatmap(lambda year: st.dates(date(year, 1, 1), date(year, 12, 29)))
)
REGIMES = st.sampled_from(["current", "upcoming"])


def euros(most: int) -> st.SearchStrategy[Decimal]:
    """Amounts from nothing to so many euro, to the cent."""
    return st.integers(0, most * 100).map(lambda cents: cents * CENT)


INCOMES = euros(90_000)
CAPITALS = euros(250_000)


@st.composite
def bands(draw: st.DrawFn, most: int, *, closed: bool = False) -> tuple[int, ...]:
    """A range of whole euro, both ends included; without an upper end "and more", unless it must be closed."""
    low = draw(st.integers(0, most))
    width = draw(st.integers(0, most) if closed else st.none() | st.integers(0, most))
    return (low,) if width is None else (low, low + width)


@st.composite
def provisions(draw: st.DrawFn, *, priced: bool = True, charged: bool = False) -> dict[str, Any]:
    """One provision, with or without a cost price and a start; ``charged``: of a kind that is mostly paid for."""
    mostly = st.sampled_from(["domestic_help", "individual_support", "other_aid", "home_adaptation"])
    kind = draw(mostly if charged else st.sampled_from(KINDS) | mostly)
    found = {"kind": kind, "delivery": draw(st.sampled_from(get_args(Delivery)))}
    start = draw(st.none() | st.dates(date(2014, 1, 1), date(2036, 1, 1)))
    if start is not None:
        found["start"] = start
    if priced and kind in COST_PRICE_KINDS and draw(st.booleans()):
        found["cost_price"] = draw(euros(6_000))
        if start is not None and start.year < 2020 and draw(st.booleans()):
            found["paid_before_2020"] = draw(euros(1_000))
    return found


@st.composite
def aids(draw: st.DrawFn) -> dict[str, Any]:
    """An aid of which the cost price may be about to be paid off."""
    start = draw(st.none() | st.dates(date(2019, 1, 1), date(2027, 6, 1)))
    if start is None:
        return {"kind": "other_aid", "cost_price": draw(euros(400))}
    found = {"kind": "other_aid", "cost_price": draw(euros(3_000)), "start": start}
    if start.year < 2020 and draw(st.booleans()):
        found["paid_before_2020"] = draw(euros(500))
    return found


@st.composite
def households(draw: st.DrawFn, *, priced: bool = True, money: bool = True, paying: bool = False) -> Household:
    """A household; without ``money`` nothing is stated of its income and capital.

    ``paying``: of pension age, with provisions that are mostly paid for, and nothing that makes it exempt.
    """
    couple = draw(st.booleans())
    fields: dict[str, Any] = {"composition": "couple" if couple else "single"}
    for who in ("client", "partner") if couple else ("client",):
        if paying or draw(st.booleans()):
            fields[f"{who}_age"] = "pension" if paying else draw(st.sampled_from(AGE_GROUPS))
        else:
            fields[f"{who}_born"] = draw(st.dates(date(1915, 1, 1), date(2015, 1, 1)))
    if money:
        fields |= draw(incomes(couple)) | draw(capitals(couple))
    if not paying:
        fields |= draw(facts())
    any_provision = provisions(priced=priced, charged=paying)
    fields["provisions"] = draw(
        st.lists(any_provision, min_size=1, max_size=4)
        | (st.lists(aids(), min_size=1, max_size=2) if priced and paying else st.nothing())
    )
    return Household.model_validate(fields)


@st.composite
def incomes(draw: st.DrawFn, couple: bool) -> dict[str, Any]:
    """The income of a household, in one of the ways to state it, or not at all."""
    way = draw(st.sampled_from(["", "exact", "exact", "band", "own"]))
    if way == "band":
        return {"income_band": draw(bands(70_000))}
    if way == "own":
        return {f"{who}_income": draw(INCOMES) for who in (("client", "partner") if couple else ("client",))}
    return {"income": draw(INCOMES)} if way else {}


@st.composite
def capitals(draw: st.DrawFn, couple: bool) -> dict[str, Any]:
    """The capital of a household, in one of the ways to state it, or not at all."""
    way = draw(st.sampled_from(["", "assets", "band", "capital", "own"]))
    if way == "band":
        return {"assets_band": draw(bands(200_000))}
    if way == "own":
        return {f"{who}_capital": draw(CAPITALS) for who in (("client", "partner") if couple else ("client",))}
    return {way: draw(CAPITALS)} if way else {}


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """What makes that nothing is due; mostly none of it."""
    if draw(st.integers(0, 3)):
        return {}
    return {
        "long_term_care": draw(st.booleans()),
        "sheltered_living": draw(st.booleans()),
        "shelter_nights": draw(st.integers(0, 31)),
        "college_exemption": draw(st.none() | st.sampled_from(get_args(CollegeExemption))),
        "no_income_data": draw(st.booleans()),
    }


@st.composite
def policies(draw: st.DrawFn, *, limits: bool = True) -> Policy:
    """A policy within the national amounts of every year; without ``limits`` no income is too low to pay."""
    optional = lambda strategy: draw(st.none() | strategy)  # noqa: E731 - the same word before every key
    fields = {
        "lower_amount": optional(euros(17)),
        "share": draw(st.just(Decimal(1)) | st.integers(0, 1_000).map(lambda per_mille: Decimal(per_mille) / 1_000)),
        "fixed": optional(euros(16)),
        "percentage": optional(st.integers(0, 125).map(lambda per_mille: Decimal(per_mille) / 10)),
        "exempt_provisions": draw(st.just(()) | st.sets(st.sampled_from(KINDS), max_size=4).map(sorted)),
        "transport_fare": draw(st.booleans()),
        "general_provision_charged": draw(st.booleans()),
        "parents_pay_home_adaptation": draw(st.booleans()),
    }
    if limits:
        fields["low_income_limits"] = optional(st.just("unknown") | _limits(LowIncomeLimits))
        fields["bill_exempt_below"] = optional(_limits(BillExemptBelow))
    return Policy.model_validate(fields)


def _limits(model: type[LowIncomeLimits] | type[BillExemptBelow]) -> st.SearchStrategy[dict[str, Decimal | None]]:
    return st.fixed_dictionaries({key: st.none() | euros(60_000) for key in model.model_fields})
