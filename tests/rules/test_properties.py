"""What must hold for any household under any policy on any day: the rules as a whole, not case by case."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from estimator.rules import Estimate, Household, Policy, compare, estimate, law, walk
from estimator.rules.estimate import PERIODS_A_YEAR
from estimator.rules.money import OPEN_ENDED_CENTS, cents
from estimator.rules.pension_age import adulthood
from estimator.rules.population import estimate_table, table
from estimator.rules.trace import Step
from tests.rules.strategies import (
    CAPITALS,
    CENT,
    DAYS,
    INCOMES,
    KNOWN_DAYS,
    REGIMES,
    bands,
    euros,
    households,
    policies,
    provisions,
)

OUTCOMES = {"amount", "nothing", "other_rule", "not_known"}
ANY = households() | households(paying=True)
UNPRICED = households(priced=False) | households(priced=False, paying=True)
ANY_DAY = DAYS | KNOWN_DAYS
often = settings(max_examples=max(200, settings().max_examples))


def with_(household: Household, **fields: Any) -> Household:
    """The same household with something else about it; what is given takes the place of other ways to say it."""
    instead = {"income": ("income_band", "client_income", "partner_income"), "income_band": ("income",)}
    capital = ("assets", "assets_band", "capital", "client_capital", "partner_capital")
    kept = household.model_dump(exclude={*fields, *(name for field in fields for name in instead.get(field, ()))})
    if set(fields) & set(capital):
        kept = {name: value for name, value in kept.items() if name not in capital}
    return Household.model_validate(kept | fields)


def due(found: Estimate) -> tuple[int, int] | None:
    """What is due at least and at most, in cents; nothing is nil, and what isn't known is ``None``."""
    if found.outcome == "amount":
        assert found.low is not None
        assert found.high is not None
        return found.low, found.high
    return (0, 0) if found.outcome == "nothing" else None


def deducts(found: Estimate) -> bool:
    """Whether art. 3.9a of 2018 may apply: a deduction that grows with the capital and ends at an income."""
    return found.regime == "income_related" and found.as_at.year == 2018


# Never an exception, never a nonsensical amount


@often
@given(households(), DAYS, policies(), REGIMES)
@example(
    Household.model_validate(
        {"composition": "single", "client_born": date.max, "provisions": [{"kind": "other_aid", "start": date.max}]}
    ),
    date(2026, 11, 22),
    Policy(),
    "current",
)
def test_an_estimate_is_always_given_and_is_an_amount_only_where_something_is_due(
    household: Household, on: date, policy: Policy, which: Any
) -> None:
    found = estimate(household, on, policy, which)

    assert found.outcome in OUTCOMES
    if found.outcome == "amount":
        assert found.ground == ""
        assert 0 <= found.low <= found.high
        assert found.high > 0
    else:
        assert found.ground
        assert (found.low, found.high) == (None, None)


@given(households(), DAYS, policies())
def test_both_regimes_are_always_compared(household: Household, on: date, policy: Policy) -> None:
    found = compare(household, on, policy)

    assert found.upcoming is not None
    assert found.current.as_at <= found.upcoming.as_at
    if found.difference_low is not None:
        assert found.difference_low <= found.difference_high


@often
@given(ANY, ANY_DAY, policies(), bands(70_000, closed=True), bands(200_000, closed=True), st.data())
def test_a_difference_holds_every_difference_inside_the_bands(
    household: Household,
    on: date,
    policy: Policy,
    income: tuple[int, int],
    assets: tuple[int, int],
    data: st.DataObject,
) -> None:
    exact = {"income": income[0] + data.draw(euros(income[1] - income[0]))}
    exact["assets"] = assets[0] + data.draw(euros(assets[1] - assets[0]))
    of_bands = compare(with_(household, income_band=income, assets_band=assets, **NO_OWN), on, policy)
    found = compare(with_(household, **NO_OWN, **exact), on, policy)

    if of_bands.difference_low is not None and found.difference_low is not None:
        assert of_bands.difference_low <= found.difference_low <= found.difference_high <= of_bands.difference_high


# Never more than the highest amount


@often
@given(households(paying=True), KNOWN_DAYS, policies(), REGIMES)
@example(
    Household.model_validate(
        {"composition": "single", "client_age": "pension", "provisions": [{"kind": "other_aid", "cost_price": 100}]}
    ),
    date(2026, 11, 22),
    Policy(),
    "upcoming",
)
def test_nobody_pays_more_than_the_highest_amount_or_the_cost_price(
    household: Household, on: date, policy: Policy, which: Any
) -> None:
    found = estimate(household, on, policy, which)
    assume(found.outcome == "amount")

    charged = [one for one, carries in zip(household.provisions, found.carries, strict=True) if carries]
    prices = [cents(one.cost_price) for one in charged if one.cost_price is not None]
    if found.regime != "income_related":
        flat = "monthly_amount" if found.period == "month" else "four_weekly_amount"
        highest = law().on("bill_maximum" if found.regime == "bill" else flat, found.as_at).amount
        if found.regime == "flat_rate" and policy.lower_amount is not None:
            highest = min(highest, cents(policy.lower_amount))
        assert found.high <= highest * policy.share + Decimal("0.5")
    if len(prices) == len(charged):
        # Until 2018 all cost prices together are the cap; since then each runs by itself.
        assert found.high <= (sum(prices) if found.regime == "income_related" else max(prices))


# Not falling as income or capital rises
#
# Two exceptions. In 2018 art. 3.9a takes off a part of the capital for as long as the own income is below a limit:
# the contribution jumps up where the income passes it, and may fall as capital grows. And of an aid with a cost price a
# month of which less remains than is due isn't collected at all: who owes more pays nothing sooner.


@often
@given(UNPRICED, ANY_DAY, policies(), REGIMES, INCOMES, INCOMES)
def test_the_contribution_does_not_fall_as_the_income_rises(
    household: Household, on: date, policy: Policy, which: Any, one: Decimal, other: Decimal
) -> None:
    less = estimate(with_(household, income=min(one, other)), on, policy, which)
    more = estimate(with_(household, income=max(one, other)), on, policy, which)
    assume(not deducts(less))

    assert (due(less) is None) == (due(more) is None)
    if due(less) is not None:
        assert due(less)[0] <= due(more)[0]
        assert due(less)[1] <= due(more)[1]


@often
@given(UNPRICED, ANY_DAY, policies(), REGIMES, st.sampled_from(["assets", "capital"]), CAPITALS, CAPITALS)
def test_the_contribution_does_not_fall_as_the_capital_rises(
    household: Household, on: date, policy: Policy, which: Any, what: str, one: Decimal, other: Decimal
) -> None:
    assume(household.client_capital is None)
    less = estimate(with_(household, **{what: min(one, other)}), on, policy, which)
    more = estimate(with_(household, **{what: max(one, other)}), on, policy, which)
    assume(not deducts(less))

    if due(less) is not None and due(more) is not None:
        assert due(less)[0] <= due(more)[0]
        assert due(less)[1] <= due(more)[1]


# A range holds every amount inside it


@often
@given(ANY, ANY_DAY, policies(), REGIMES, bands(70_000, closed=True), st.data())
def test_a_band_of_income_holds_every_amount_inside_it(
    household: Household, on: date, policy: Policy, which: Any, band: tuple[int, int], data: st.DataObject
) -> None:
    inside = band[0] + data.draw(euros(band[1] - band[0]))
    of_band = due(estimate(with_(household, income_band=band, **NO_OWN), on, policy, which))
    exact = due(estimate(with_(household, income=inside), on, policy, which))

    if of_band is None:
        assert exact is None
    elif exact is not None:
        assert of_band[0] <= exact[0] <= exact[1] <= of_band[1]


NO_OWN = {"client_income": None, "partner_income": None}


@often
@given(ANY, ANY_DAY, policies(), REGIMES, bands(200_000, closed=True), st.data())
def test_a_band_of_assets_holds_every_amount_inside_it(
    household: Household, on: date, policy: Policy, which: Any, band: tuple[int, int], data: st.DataObject
) -> None:
    inside = band[0] + data.draw(euros(band[1] - band[0]))
    of_band = due(estimate(with_(household, assets_band=band), on, policy, which))
    exact = due(estimate(with_(household, assets=inside), on, policy, which))

    if of_band is not None and exact is not None:
        assert of_band[0] <= exact[0] <= exact[1] <= of_band[1]
    if of_band is None and band[0] > 0:
        assert exact is None


@often
@given(ANY, ANY_DAY, policies(), REGIMES, INCOMES)
def test_an_income_that_is_not_stated_may_be_any(
    household: Household, on: date, policy: Policy, which: Any, income: Decimal
) -> None:
    unknown = due(estimate(with_(household, income=None), on, policy, which))
    exact = due(estimate(with_(household, income=income), on, policy, which))

    if unknown is not None and exact is not None:
        assert unknown[0] <= exact[0] <= exact[1] <= unknown[1]


@often
@given(
    households(paying=True),
    st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    policies(),
    REGIMES,
    st.dates(date(2014, 1, 1), date(2019, 12, 31)),
    euros(4_000),
    st.integers(0, 100),
)
def test_what_was_charged_before_2020_may_be_any_amount_where_it_is_not_known(
    household: Household, on: date, policy: Policy, which: Any, start: date, price: Decimal, part: int
) -> None:
    aid = {"kind": "other_aid", "cost_price": price, "start": start}
    paid = (price * part / 100).quantize(CENT)
    unknown = due(estimate(with_(household, provisions=[aid]), on, policy, which))
    known = due(estimate(with_(household, provisions=[aid | {"paid_before_2020": paid}]), on, policy, which))

    assert (unknown is None) == (known is None)
    if unknown is not None:
        assert unknown[0] <= known[0] <= known[1] <= unknown[1]


@often
@given(
    st.dates(date(2005, 1, 1), date(2012, 12, 31)),
    st.dates(date(2020, 1, 2), date(2032, 1, 1)),
    st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    euros(3_000),
    policies(),
    REGIMES,
)
def test_months_before_that_in_which_the_client_comes_of_age_never_come_off_a_cost_price(
    born: date, start: date, on: date, price: Decimal, policy: Policy, which: Any
) -> None:
    of_age = adulthood(law(), born)
    assume(on >= of_age)

    def found(start: date) -> pl.DataFrame:
        aid = {"kind": "other_aid", "cost_price": price, "start": start}
        household = Household.model_validate(
            {"composition": "single", "client_born": born, "income": 20_000, "provisions": [aid]}
        )
        alone = estimate(household, on, policy, which)
        in_a_table = estimate_table(table([household]), on, policy, which)
        assert in_a_table.select("outcome", "low", "high").row(0) == (alone.outcome, alone.low, alone.high)
        return in_a_table

    assert found(start).equals(found(max(start, of_age.replace(day=1))))


# The order of the provisions


@often
@given(ANY, ANY_DAY, policies(), REGIMES, st.randoms(use_true_random=False))
def test_the_order_of_the_provisions_makes_no_difference(
    household: Household, on: date, policy: Policy, which: Any, random: Any
) -> None:
    shuffled = list(household.provisions)
    random.shuffle(shuffled)

    one = estimate(household, on, policy, which)
    other = estimate(with_(household, provisions=shuffled), on, policy, which)

    assert (one.outcome, one.low, one.high, one.period) == (other.outcome, other.low, other.high, other.period)


@given(households(paying=True), provisions(), KNOWN_DAYS, policies(), REGIMES)
def test_another_provision_without_a_contribution_makes_no_difference_to_an_amount(
    household: Household, another: dict[str, Any], on: date, policy: Policy, which: Any
) -> None:
    one = estimate(household, on, policy, which)
    both = estimate(with_(household, provisions=[*household.provisions, another]), on, policy, which)
    assume(one.outcome == both.outcome == "amount")

    if not both.carries[-1]:
        assert (one.low, one.high) == (both.low, both.high)


# A cent of income is a cent of contribution at most
#
# Except where the law itself makes a step: a limit below which nothing is due, the test of art. 3.9a in 2018, and the
# last month of a cost price.


@often
@given(UNPRICED, ANY_DAY, policies(limits=False), REGIMES, INCOMES)
@example(
    Household.model_validate(
        {"composition": "single", "client_age": "pension", "provisions": [{"kind": "domestic_help"}]}
    ),
    date(2027, 1, 1),
    Policy(),
    "upcoming",
    Decimal("61027.99"),
)
def test_one_cent_more_of_income_is_at_most_one_cent_more_of_contribution(
    household: Household, on: date, policy: Policy, which: Any, income: Decimal
) -> None:
    less = estimate(with_(household, income=income), on, policy, which)
    more = estimate(with_(household, income=income + CENT), on, policy, which)
    assume(not deducts(less))

    if due(less) is not None:
        assert 0 <= due(more)[0] - due(less)[0] <= 1
        assert 0 <= due(more)[1] - due(less)[1] <= 1


# The trace


def by_calculator(lines: Sequence[Step], periods: int) -> Fraction:
    """Compute a contribution from the lines of its trace alone, and check what they say on the way."""
    line = {step.key: step.value for step in lines}
    assert len(line) == len(lines), "two lines of one name"
    if "national_amount" in line:
        found = Fraction(min(line["national_amount"], line.get("lower_amount", line["national_amount"])))
    elif "fixed" in line:
        found = Fraction(line["fixed"]) + income_part(line, periods)
        assert line.get("sum", found) == found
        found = min(found, line.get("maximum", found))
    else:
        found = Fraction(line["maximum"])
    found = found * (1000 - line.get("discount", 0)) / 1000 * line.get("share", 1000) / 1000
    found = Fraction((found + Fraction(1, 2)).__floor__())
    return min(found, Fraction(line.get("cost_price_left", found)))


def income_part(line: dict[str, Any], periods: int) -> Fraction:
    """What a year's income adds to one period."""
    if "excess" not in line:
        return Fraction(0)
    contributory = Fraction(line["income"]) + capital_addition(line) - line.get("deduction", 0)
    assert line.get("contributory_income", contributory) == contributory
    assert line["excess"] == max(contributory - line["threshold"], 0)
    of_year = Fraction(line["excess"]) * line.get("rate", 0) / 1000
    assert line.get("year_part", of_year) == of_year
    assert line.get("period_part", of_year / periods) == of_year / periods
    return of_year / periods


def capital_addition(line: dict[str, Any]) -> Fraction:
    if "capital" not in line:
        return Fraction(0)
    if "assets" in line:
        assert line["capital"] == line["assets"] - line.get("exempt_amount_couple", line["exempt_amount"])
    addition = Fraction(line["capital"]) * line["capital_rate"] / 1000
    assert line["capital_addition"] == addition
    return addition


@often
@given(households(paying=True), KNOWN_DAYS, policies(), REGIMES)
def test_the_steps_end_in_the_contribution_and_can_be_recomputed(
    household: Household, on: date, policy: Policy, which: Any
) -> None:
    found = estimate(household, on, policy, which)
    assume(found.outcome == "amount")

    assert [step.value for step in found.steps] == [*dict.fromkeys((found.low, found.high))]
    for step in found.steps:
        if step.value:
            assert by_calculator(step.children, PERIODS_A_YEAR[found.period]) == step.value


@often
@given(households(), DAYS, policies(), REGIMES)
def test_every_step_has_a_source_and_only_what_is_known_has_a_value(
    household: Household, on: date, policy: Policy, which: Any
) -> None:
    for step in walk(estimate(household, on, policy, which).steps):
        assert step.source or step.key in ("parameters_unknown", "income_unknown")
        assert not isinstance(step.value, int | Fraction) or -OPEN_ENDED_CENTS < step.value < OPEN_ENDED_CENTS
        assert step.law is None or step.value == step.law.amount


@given(households(paying=True, priced=False, money=False), KNOWN_DAYS, INCOMES)
def test_the_income_that_was_answered_is_a_line_where_it_counts(
    household: Household, on: date, income: Decimal
) -> None:
    found = estimate(with_(household, income=income), on, which="upcoming")
    assume(found.outcome == "amount" and found.regime == "bill")

    (answered,) = (step.value for step in walk(found.steps) if step.key == "income")
    assert answered == cents(income)
