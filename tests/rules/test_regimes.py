"""Which rules hold when, and what an editor changes by editing the [bill] block and nothing else."""

from datetime import date

import pytest

from estimator.rules import NATIONAL, Household, Policy, compare, estimate, law, read_law
from estimator.rules.estimate import compare_among
from estimator.rules.regimes import (
    contribution_year,
    current_regime,
    reference_year,
    regimes,
    ruling,
    situation_of,
    upcoming_regime,
)

STATUS, START = 'status = "proposed"             #', "planned_from = 2027-01-01"
# At 29,500: 23.60 + 10 % of 5,000 / 12 = 65.27 a month under the plan.
SINGLE = Household(composition="single", client_age="pension", income=29_500, provisions=[{"kind": "domestic_help"}])


@pytest.fixture
def with_bill(edit_law):
    """The law with another status or start of the bill."""

    def make(status: str = "proposed", start: str = "2027-01-01"):
        edit_law("bill.toml", STATUS, STATUS.replace("proposed", status))
        return read_law(edit_law("bill.toml", START, START.replace("2027-01-01", start)))

    return make


@pytest.mark.parametrize(
    ("on", "name", "year"),
    [
        ("2007-01-01", "income_related", 2007),
        ("2018-12-30", "income_related", 2018),
        ("2018-12-31", "flat_rate", 2019),
        ("2019-12-31", "flat_rate", 2019),
        ("2026-12-31", "flat_rate", 2026),
        ("2027-01-01", "flat_rate", 2027),
        ("2040-01-01", "flat_rate", 2040),
    ],
)
def test_each_day_has_a_regime_and_a_contribution_year(on: str, name: str, year: int) -> None:
    day = date.fromisoformat(on)

    assert current_regime(law(), day).name == name
    assert contribution_year(law(), day) == year
    assert reference_year(law(), day) == year - 2


def test_a_date_before_2007_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(ValueError, match=r"^on: found 2006-12-31; allowed: 2007-01-01 or later$"):
        estimate(SINGLE, date(2006, 12, 31))


def test_the_regimes_follow_each_other_without_a_gap() -> None:
    past, flat, bill = regimes(law())

    assert (flat.first - past.last).days == 1
    assert flat.last is None  # as long as the bill is no more than a plan
    assert (bill.first, bill.status) == (date(2027, 1, 1), "proposed")


def test_a_plan_never_becomes_current_by_the_calendar() -> None:
    for on in (date(2027, 1, 1), date(2027, 6, 1), date(2035, 1, 1)):
        found = compare(SINGLE, on)

        assert (found.current.regime, found.current.outcome) == ("flat_rate", "not_known")
        assert found.current.ground == "parameters_unknown"
        assert found.current.last_known.amount == 2180
        assert found.upcoming.regime == "bill"
        assert found.upcoming.status == "proposed"
        assert (found.upcoming.low, found.upcoming.as_at) == (6527, on)
        assert "plan_not_started" in {caveat.key for caveat in found.upcoming.caveats}


def test_a_plan_is_computed_as_at_its_start_and_says_that_it_is_a_plan() -> None:
    found = compare(SINGLE, date(2026, 11, 22))

    assert (found.current.low, found.upcoming.low, found.difference_low) == (2180, 6527, 4347)
    assert (found.upcoming.as_at, found.upcoming.reference_year) == (date(2027, 1, 1), 2025)
    keys = {caveat.key for caveat in found.upcoming.caveats}
    assert "plan_not_law" in keys
    assert "plan_not_started" not in keys


@pytest.mark.parametrize("status", ["adopted", "in_force"])
def test_an_adopted_bill_becomes_current_on_its_day(with_bill, status: str) -> None:
    rules = with_bill(status)

    last = estimate(SINGLE, date(2026, 12, 31), rules=rules)
    first = estimate(SINGLE, date(2027, 1, 1), rules=rules)

    assert (last.regime, last.low) == ("flat_rate", 2180)
    assert (first.regime, first.low, first.status) == ("bill", 6527, status)
    assert regimes(rules)[1].last == date(2026, 12, 31)
    assert upcoming_regime(rules, date(2026, 12, 31)).name == "bill"
    assert upcoming_regime(rules, date(2027, 1, 1)) is None


@pytest.mark.parametrize("status", ["adopted", "in_force"])
def test_an_adopted_bill_is_no_longer_told_as_a_plan(with_bill, status: str) -> None:
    found = compare(SINGLE, date(2026, 11, 22), rules=with_bill(status))

    assert found.difference_low == 4347
    assert not {"plan_not_law", "plan_not_started"} & {caveat.key for caveat in found.upcoming.caveats}


def test_a_withdrawn_bill_is_not_to_come(with_bill) -> None:
    rules = with_bill("withdrawn")

    for on in (date(2026, 11, 22), date(2027, 6, 1)):
        found = compare(SINGLE, on, rules=rules)
        assert (found.current.regime, found.upcoming, found.difference_low) == ("flat_rate", None, None)
    assert [regime.name for regime in regimes(rules)] == ["income_related", "flat_rate"]
    assert estimate(SINGLE, date(2026, 11, 22), which="upcoming", rules=rules).outcome == "not_known"
    assert estimate(SINGLE, date(2026, 11, 22), rules=rules).low == 2180


def test_a_plan_that_is_moved_is_computed_as_at_its_new_start(with_bill) -> None:
    found = estimate(SINGLE, date(2026, 11, 22), which="upcoming", rules=with_bill(start="2028-07-01"))

    assert (found.as_at, found.reference_year, found.low) == (date(2028, 7, 1), 2026, 6527)
    plan = next(caveat for caveat in found.caveats if caveat.key == "plan_not_law")
    assert dict(plan.values)["planned_from"] == date(2028, 7, 1)


def test_an_adopted_bill_that_is_moved_leaves_the_flat_rate_until_then(with_bill) -> None:
    rules = with_bill("adopted", "2028-07-01")

    before, after = (estimate(SINGLE, on, rules=rules) for on in (date(2028, 6, 30), date(2028, 7, 1)))

    assert (before.regime, before.ground) == ("flat_rate", "parameters_unknown")
    assert (after.regime, after.low) == ("bill", 6527)


def test_the_cost_price_counts_own_contributions_from_the_new_start_on(with_bill) -> None:
    household = Household(
        composition="single", client_age="pension", income=29_500,
        provisions=[{"kind": "other_aid", "cost_price": 500, "start": date(2026, 1, 1)}],
    )  # fmt: skip
    moved = with_bill(start="2027-07-01")

    # 500.00 less 12 x 21.80 leaves 238.40: three months of 65.27; less 18 x 21.80 leaves 107.60: one.
    on_time = [estimate(household, date(2027, month, 1), which="upcoming").outcome for month in (3, 4)]
    later = [estimate(household, date(2027, month, 1), which="upcoming", rules=moved).outcome for month in (7, 8)]

    assert on_time == ["amount", "nothing"]
    assert later == ["amount", "nothing"]


def test_the_receipt_tells_one_law_from_another(with_bill) -> None:
    on = date(2026, 11, 22)

    assert estimate(SINGLE, on).receipt.law == law().digest
    assert estimate(SINGLE, on, rules=with_bill("adopted")).receipt.law != law().digest


def test_the_first_matching_ground_decides_before_any_money_is_known() -> None:
    household = SINGLE.model_copy(update={"long_term_care": True, "college_exemption": "means"})
    on = date(2026, 11, 22)

    found = ruling(law(), "flat_rate", on, NATIONAL, situation_of(law(), "flat_rate", household, on, NATIONAL))

    assert (found.outcome, found.ground, found.terms) == ("nothing", "long_term_care", None)


# The difference between the regimes


def difference(policy: Policy, **money: object) -> tuple[int | None, int | None]:
    household = Household(
        composition="couple",
        client_age="pension",
        partner_age="pension",
        provisions=[{"kind": "domestic_help"}],
        **money,
    )
    found = compare(household, date(2026, 11, 22), policy)
    return found.difference_low, found.difference_high


LIMITED = Policy(low_income_limits={"couple_pension": 31_000})


def test_a_difference_to_one_amount_is_exact_at_both_ends() -> None:
    assert difference(NATIONAL, income_band=(34_000, 39_999)) == (180, 5179)
    assert difference(LIMITED, income_band=(20_000, 33_999)) == (180, 2360)


def test_between_two_ranges_no_difference_is_given() -> None:
    # With the least that it may be nothing is due now; with the most of the plan 21.80 is: 73.65 more is nobody's.
    money = {"income_band": (0, 30_999), "assets_band": (200_000, 299_999)}

    assert difference(LIMITED, **money) == (None, None)
    assert difference(NATIONAL, **money) == (180, 5186)


def test_among_several_households_the_difference_of_each_is_within() -> None:
    provisions = [{"kind": "domestic_help"}]
    single = Household(composition="single", client_age="pension", income=40_000, provisions=provisions)
    couple = Household(
        composition="couple", client_age="pension", partner_age="adult", income=40_000, provisions=provisions
    )
    found = compare_among([single, couple], date(2026, 11, 22))
    alone = [compare(each, date(2026, 11, 22)).difference_low for each in (single, couple)]

    assert (found.difference_low, found.difference_high) == (min(alone), max(alone))
