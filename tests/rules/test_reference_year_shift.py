"""Reference-year shift (peiljaarverlegging): whether this year's income may count, and what that gives."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from estimator.rules import Household, Policy, reference_year_shift

ON = date(2026, 5, 1)
LIMITS = Policy(
    low_income_limits={"single_under": 21_000, "single_pension": 23_000, "couple_pension": 31_000},
)


def single(**money) -> Household:
    return Household(composition="single", client_age="pension", provisions=[{"kind": "domestic_help"}], **money)


def couple(**money) -> Household:
    return Household(
        composition="couple",
        client_age="pension",
        partner_age="pension",
        provisions=[{"kind": "domestic_help"}],
        **money,
    )


def test_a_drop_to_below_the_limit_makes_it_nothing() -> None:
    shift = reference_year_shift(single(income=24_000), single(income=20_000), ON, LIMITS)

    assert (shift.applies, shift.ground, shift.year) == (True, "", 2026)
    assert (shift.drop_low, shift.drop_high, shift.minimum_drop) == (400_000, 400_000, 329_360)
    assert (shift.before.low, shift.before.reference_year) == (2180, 2024)
    assert (shift.after.ground, shift.after.reference_year) == ("low_income_policy", 2026)
    assert (shift.difference_low, shift.difference_high) == (-2180, -2180)


@pytest.mark.parametrize(("expected", "applies"), [("20706.40", True), ("20706.41", False)])
def test_a_drop_of_exactly_the_minimum_is_enough(expected: str, applies: bool) -> None:
    shift = reference_year_shift(single(income=24_000), Decimal(expected), ON, LIMITS)

    assert shift.applies is applies
    assert (shift.after is None) is not applies
    assert shift.difference_low == (-2180 if applies else None)


def test_where_the_amount_does_not_follow_the_income_the_shift_changes_nothing() -> None:
    shift = reference_year_shift(single(income=40_000), 20_000, ON)

    assert shift.applies is True
    assert (shift.before.low, shift.after.low, shift.difference_low, shift.difference_high) == (2180, 2180, 0, 0)


def test_the_2018_amount_follows_the_income_to_the_cent() -> None:
    shift = reference_year_shift(single(income=25_000, capital=0), 20_000, date(2018, 5, 1))

    assert (shift.applies, shift.minimum_drop, shift.year) == (True, 259_300, 2018)
    assert (shift.before.low, shift.after.low, shift.difference_low) == (8997, 4189, -4808)


def test_the_income_of_both_partners_counts() -> None:
    before, after = (
        couple(client_income=20_000, partner_income=14_000),
        couple(client_income=20_000, partner_income=9_000),
    )
    shift = reference_year_shift(before, after, ON, LIMITS)

    assert (shift.applies, shift.drop_low) == (True, 500_000)
    assert (shift.before.low, shift.after.ground) == (2180, "low_income_policy")


def test_a_higher_income_never_moves_the_year() -> None:
    for on in (ON, date(2023, 5, 1)):  # also where the minimum isn't known
        shift = reference_year_shift(single(income=20_000), 24_000, on, LIMITS)

        assert (shift.applies, shift.ground, shift.drop_low, shift.after) == (False, "", -400_000, None)
        assert shift.difference_low is None


def test_contributory_incomes_are_compared_not_incomes() -> None:
    """3,000.00 less income and 4 % of 10,000.00 less capital: 3,400.00, which is more than 3,293.60."""
    before, after = single(income=24_000, capital=60_000), single(income=21_000, capital=50_000)

    assert reference_year_shift(before, after, ON, LIMITS).drop_low == 340_000
    assert reference_year_shift(before, after, ON, LIMITS).applies is True
    assert reference_year_shift(before, Decimal(21_000), ON, LIMITS).applies is False


def test_four_per_cent_of_a_cent_is_kept_exactly() -> None:
    shift = reference_year_shift(single(income=24_000, capital="0.01"), single(income=20_000, capital=0), ON, LIMITS)

    assert shift.drop_low == 400_000 + Fraction(4, 100)


def test_assets_are_what_is_above_the_exempt_amount_of_their_own_year() -> None:
    """2022: 131,747 less 31,747. 2024: 136,952 less 36,952. The capital is the same, so the income alone decides."""
    on = date(2024, 7, 1)
    before = single(income="23105.80", assets=131_747)

    shift = reference_year_shift(before, single(income=20_000, assets=136_952), on, LIMITS)

    assert (shift.applies, shift.drop_low, shift.minimum_drop) == (True, 310_580, 310_580)
    capital = {step.key: step.value for step in shift.steps[0].walk()}
    assert (capital["capital"], capital["exempt_amount"]) == (10_000_000, 3_695_200)
    assert (shift.before.low, shift.after.low) == (2060, 2060)  # 24,000.00 is still above the limit


def test_assets_of_a_couple_are_divided_equally_and_that_is_said() -> None:
    on = date(2025, 7, 1)
    shift = reference_year_shift(couple(income=40_000, assets=0), couple(income=27_000, assets=94_790), on, LIMITS)

    # 94,790 less twice 37,395 is 20,000: an addition of 800.00.
    assert shift.drop_low == 1_300_000 - 80_000
    assert shift.after.ground == "low_income_policy"
    assert "assets_divided_equally" in {caveat.key for caveat in shift.caveats}


def test_an_income_alone_leaves_the_capital_as_it_was_and_that_is_said() -> None:
    shift = reference_year_shift(single(income=24_000, assets=46_952), 18_000, ON, LIMITS)

    assert shift.drop_low == 600_000
    assert shift.after.ground == "low_income_policy"  # 18,000.00 and 4 % of 10,000.00
    assert "shift_capital_unchanged" in {caveat.key for caveat in shift.caveats}


def test_assets_in_a_year_without_a_known_exempt_amount_are_not_guessed() -> None:
    shift = reference_year_shift(single(income=24_000, assets=46_952), single(income=10_000, assets=46_952), ON, LIMITS)

    assert (shift.applies, shift.ground, shift.after) == (None, "parameters_unknown", None)
    assert (shift.drop_low, shift.drop_high, shift.difference_low) == (None, None, None)
    assert shift.before.low == 2180


@pytest.mark.parametrize("money", [{}, {"capital": 10_000}, {"assets": 46_952}], ids=str)
def test_in_a_year_whose_rules_are_not_known_nothing_is_said_of_a_shift(money: dict) -> None:
    shift = reference_year_shift(single(income=24_000, **money), 20_000, date(2009, 5, 1))

    assert (shift.applies, shift.ground, shift.after) == (None, "parameters_unknown", None)
    assert (shift.drop_low, shift.difference_low) == (None, None)
    assert shift.before.outcome == "not_known"


def test_a_year_of_which_the_minimum_is_not_known_says_which_are() -> None:
    shift = reference_year_shift(single(income=24_000), 20_000, date(2023, 5, 1), LIMITS)

    assert (shift.applies, shift.ground, shift.minimum_drop) == (None, "parameters_unknown", None)
    assert [value.first.year for value in shift.known] == [
        2011,
        2014,
        2015,
        2017,
        2018,
        2019,
        2021,
        2022,
        2024,
        2025,
        2026,
    ]
    assert (shift.drop_low, shift.difference_low) == (400_000, -1900)  # what it would give


@pytest.mark.parametrize(
    ("on", "minimum"),
    [("2011-06-01", 181_600), ("2012-06-01", None), ("2014-06-01", 250_000), ("2018-12-30", 259_300),
     ("2018-12-31", 260_000), ("2020-06-01", None), ("2026-12-31", 329_360), ("2027-01-01", None)],
)  # fmt: skip
def test_each_contribution_year_has_its_own_minimum(on: str, minimum: int | None) -> None:
    assert reference_year_shift(single(income=24_000), 9_000, date.fromisoformat(on)).minimum_drop == minimum


@pytest.mark.parametrize(
    ("on", "until"),
    [("2026-05-01", date(2027, 4, 30)), ("2018-12-31", date(2020, 4, 30)), ("2015-01-01", date(2016, 4, 30)),
     ("2014-06-01", None)],
)  # fmt: skip
def test_it_can_be_asked_for_until_four_months_after_the_year(on: str, until: date | None) -> None:
    assert reference_year_shift(single(income=24_000), 9_000, date.fromisoformat(on)).request_until == until


@pytest.mark.parametrize(
    ("expected", "applies", "ground"),
    [(21_000, True, ""), (22_000, None, "drop_uncertain"), (28_000, False, "")],
)
def test_a_band_that_lies_across_the_minimum_can_not_be_decided(expected: int, applies, ground: str) -> None:
    shift = reference_year_shift(single(income_band=[24_500, 30_499]), expected, ON, LIMITS)

    assert (shift.applies, shift.ground) == (applies, ground)
    assert (shift.drop_low, shift.drop_high) == (2_450_000 - expected * 100, 3_049_900 - expected * 100)


def test_and_more_has_no_highest_drop() -> None:
    shift = reference_year_shift(single(income_band=[61_000]), 50_000, ON, LIMITS)

    assert (shift.applies, shift.drop_low, shift.drop_high) == (True, 1_100_000, None)
    assert [step.key for step in shift.steps][:1] == ["shift_drop_lowest"]


def test_a_band_of_this_years_assets_gives_a_range() -> None:
    before = single(income=30_000, capital=0)
    after = single(income=22_700, assets_band=[40_000, 60_000])

    shift = reference_year_shift(before, after, date(2025, 7, 1), LIMITS)

    # 2025: 40,000 and 60,000 less 37,395: additions of 104.20 and 904.20, below and above the limit of 23,000.
    assert (shift.drop_low, shift.drop_high) == (730_000 - 90_420, 730_000 - 10_420)
    assert (shift.after.low, shift.after.high) == (0, 2100)
    assert (shift.difference_low, shift.difference_high) == (-2100, 0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (single(), single(income=20_000)),
        (single(income=20_000), single()),
        (single(income=20_000, no_income_data=True), single(income=10_000)),
    ],
    ids=["of the reference year", "of this year", "that CAK doesn't have"],
)
def test_an_income_that_is_not_stated_is_not_compared(before: Household, after: Household) -> None:
    shift = reference_year_shift(before, after, ON, LIMITS)

    assert (shift.applies, shift.ground, shift.drop_low) == (None, "income_unknown", None)
    assert [step.key for step in shift.steps] == ["shift_minimum_drop", "shift_request_months"]


def test_the_deduction_of_2018_is_part_of_contributory_income() -> None:
    """22,500 + 850 and no deduction; 20,000 + 850 - 1,275: 3,775.00 less instead of 2,500.00, which is too little."""
    shift = reference_year_shift(single(income=22_500, capital=10_625), Decimal(20_000), date(2018, 5, 1))

    assert (shift.applies, shift.drop_low) == (True, 377_500)
    assert shift.after.low == 3780  # (19,575 - 17,474) x 12.5 % / 13 = 20.20, from 17.60


def test_the_deduction_of_2018_for_a_couple_needs_the_own_parts() -> None:
    on = date(2018, 5, 1)
    own = {"client_income": 15_000, "partner_income": 15_000, "client_capital": 10_000, "partner_capital": 0}
    known = reference_year_shift(couple(**own), couple(**{**own, "partner_income": 5_000}), on)
    unknown = reference_year_shift(couple(income=30_000, capital=10_000), 20_000, on)

    assert (known.drop_low, known.drop_high) == (1_000_000, 1_000_000)
    assert (unknown.drop_low, unknown.drop_high) == (1_000_000 - 120_000, 1_000_000 + 120_000)


def test_under_the_plan_it_is_assumed_and_the_minimum_is_not_known_yet() -> None:
    shift = reference_year_shift(single(income=30_000), 24_500, ON, which="upcoming")

    assert (shift.applies, shift.year, shift.minimum_drop) == (None, 2027, None)
    assert (shift.before.low, shift.after.low) == (2360 + 4583, 2360)
    assert shift.difference_low == -4583
    assert "plan_shift_assumed" in {caveat.key for caveat in shift.caveats}


def test_the_drop_can_be_recomputed_from_the_steps() -> None:
    shift = reference_year_shift(
        single(income=24_000, capital=60_000), single(income=19_000, capital=50_000), ON, LIMITS
    )
    drop, minimum, months = shift.steps
    then, now = drop.children

    assert (then.key, now.key) == ("contributory_income_reference_year", "contributory_income_this_year")
    assert drop.value == then.value - now.value == shift.drop_low
    for contributory in (then, now):
        value = {step.key: step.value for step in contributory.children}
        assert value["capital_addition"] == Fraction(value["capital"] * value["capital_rate"], 1000)
        assert contributory.value == value["income"] + value["capital_addition"]
    assert (minimum.key, minimum.value, months.value) == ("shift_minimum_drop", 329_360, 4)
    assert all(step.source for step in drop.walk())


def test_another_household_is_refused() -> None:
    with pytest.raises(ValueError, match="expected: found another household; allowed: the same one with other income"):
        reference_year_shift(single(income=24_000), couple(income=20_000), ON)


def test_a_negative_income_is_refused() -> None:
    with pytest.raises(ValueError, match=r"allowed: an amount in euro from 0\.00"):
        reference_year_shift(single(income=24_000), -1, ON)
