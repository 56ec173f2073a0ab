"""What changes a contribution after a day, and how far off the low-income limit is (law/flat-rate.md)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from estimator.files import project_folder
from estimator.municipalities import read_municipality
from estimator.rules import (
    NATIONAL,
    Change,
    DatedPolicies,
    Household,
    LimitDistance,
    Policy,
    changes_ahead,
    estimate,
    low_income_distance,
    read_law,
)
from estimator.rules.ahead import CHANGE_KINDS
from estimator.rules.policy import PolicyByDate, PolicyPeriod
from tests.rules.strategies import DAYS, KNOWN_DAYS, households, policies

ON = date(2026, 11, 22)
NEW_YEAR = date(2027, 1, 1)
# What every household that pays sees at the end of 2026: the amount isn't known, and the bill is planned.
TURN = [(NEW_YEAR, "national_amount_unknown"), (NEW_YEAR, "new_regime")]
# Where nothing is due under the flat rate anyway, the end of its last known amount makes no difference.
NEW_REGIME = TURN[1]
VOORBEELD = read_municipality(project_folder("content") / "municipalities" / "GM0000.toml").policy


def help_(**values: Any) -> dict[str, Any]:
    return {"kind": "domestic_help", **values}


def aid(**values: Any) -> dict[str, Any]:
    return {"kind": "other_aid", **values}


def single(*provisions: dict[str, Any], **who: Any) -> Household:
    return Household.model_validate({"composition": "single", "client_age": "adult", "provisions": provisions} | who)


def couple(**who: Any) -> Household:
    return Household.model_validate({"composition": "couple", "provisions": [help_()], "income": 30_000} | who)


def ahead(household: Household, on: date = ON, policy: PolicyByDate = NATIONAL) -> tuple[Change, ...]:
    return changes_ahead(household, on, policy)


def told(changes: tuple[Change, ...]) -> list[tuple[date, str]]:
    return [(change.day, change.kind) for change in changes]


def dated(*periods: tuple[date, date | None, Policy]) -> DatedPolicies:
    return DatedPolicies(periods=tuple(PolicyPeriod(first=a, until=b, policy=own) for a, b, own in periods))


def test_a_partner_who_turns_67_next_month_makes_a_couple_pay() -> None:
    changes = ahead(couple(client_age="pension", partner_born=date(1959, 12, 15)))

    assert told(changes) == [(date(2026, 12, 15), "pension_age"), *TURN]
    assert (changes[0].who, changes[0].status) == ("partner", "known")
    assert (changes[0].after.on, changes[0].after.low) == (date(2026, 12, 15), 2180)


def test_of_a_couple_only_the_last_one_to_reach_pension_age_makes_a_difference() -> None:
    changes = ahead(couple(client_born=date(1959, 2, 3), partner_born=date(1958, 6, 20)), on=date(2025, 3, 1))

    assert told(changes) == [(date(2026, 2, 3), "pension_age"), *TURN]
    assert changes[0].who == "client"


def test_both_partners_may_reach_it_on_one_day() -> None:
    changes = ahead(couple(client_born=date(1959, 12, 15), partner_born=date(1959, 12, 15)))

    assert told(changes)[:2] == [(date(2026, 12, 15), "pension_age")] * 2
    assert [change.who for change in changes[:2]] == ["client", "partner"]


def test_pension_age_of_a_single_changes_nothing_without_income_limits() -> None:
    assert told(ahead(single(help_(), client_age=None, client_born=date(1959, 12, 15)))) == TURN


@pytest.mark.parametrize(
    ("income", "expected"),
    [
        pytest.param(20_999, [], id="below both limits"),
        pytest.param(22_000, [(date(2026, 12, 15), "pension_age")], id="between 21 000 and 23 000"),
        pytest.param(23_000, [], id="at the higher limit: it is a strict test"),
    ],
)
def test_pension_age_brings_another_limit_in_voorbeeldgemeente(income: int, expected: list) -> None:
    household = single(help_(), client_age=None, client_born=date(1959, 12, 15), income=income)

    changes = [change for change in ahead(household, policy=VOORBEELD) if change.day < NEW_YEAR]

    assert told(tuple(changes)) == expected
    assert [change.after.ground for change in changes] == ["low_income_policy"] * len(expected)


def test_pension_age_after_the_last_known_amount_counts_as_by_that_amount() -> None:
    changes = ahead(couple(client_age="pension", partner_born=date(1961, 5, 1)))

    assert told(changes) == [NEW_REGIME, (date(2028, 8, 1), "pension_age")]
    assert (changes[-1].who, changes[-1].after.outcome) == ("partner", "not_known")


def test_a_pension_age_that_is_not_known_yet_is_left_out() -> None:
    assert told(ahead(couple(client_age="pension", partner_born=date(1970, 1, 1)))) == [NEW_REGIME]


def test_an_eighteenth_birthday_makes_the_client_pay() -> None:
    changes = ahead(single(help_(), client_age=None, client_born=date(2008, 12, 1)))

    assert told(changes) == [(date(2026, 12, 1), "adulthood"), *TURN]
    assert (changes[0].who, changes[0].after.low) == ("client", 2180)


def test_an_aid_that_ends_in_seven_months() -> None:
    """157.00 from March on: 7 x 21.80 = 152.60, and 4.40 is less than a month."""
    changes = ahead(single(aid(cost_price=157, start=date(2026, 2, 10))), on=date(2026, 3, 5))

    assert told(changes) == [(date(2026, 10, 1), "cost_price_reached")]
    assert (changes[0].status, changes[0].places, changes[0].after.ground) == ("known", (0,), "cost_price_reached")


def test_an_aid_without_a_start_date_is_counted_from_the_day_asked_about() -> None:
    changes = ahead(single(aid(cost_price=157)), on=date(2026, 2, 10))

    assert told(changes) == [(date(2026, 9, 1), "cost_price_reached")]
    assert (changes[0].status, changes[0].after.ground) == ("assumption", "cost_price_reached")


def test_an_aid_that_ends_after_the_last_known_amount_is_counted_with_it() -> None:
    """December 2026 to June 2027 at 21.80, seen in December."""
    changes = ahead(single(aid(cost_price=157, start=ON)), on=date(2026, 12, 10))

    assert told(changes) == [*TURN, (date(2027, 7, 1), "cost_price_reached")]
    assert (changes[-1].status, changes[-1].after.outcome) == ("assumption", "nothing")


def test_an_end_changes_nothing_while_something_else_runs() -> None:
    household = single(aid(cost_price=100, start=date(2026, 1, 1)), help_(), aid(cost_price=150))

    assert told(ahead(household, on=date(2026, 2, 10))) == TURN


def test_of_twelve_aids_the_one_that_runs_longest_ends_the_contribution() -> None:
    """21.80, 43.60 ... 261.60 from January on: the twelfth takes all of the year."""
    prices = [Decimal("21.80") * months for months in range(1, 13)]
    household = single(*(aid(cost_price=price, start=date(2025, 12, 3)) for price in prices))

    changes = ahead(household, on=date(2026, 1, 5))

    assert ("cost_price_reached", (11,)) in [(change.kind, change.places) for change in changes]
    assert [day for day, kind in told(changes) if kind == "cost_price_reached"] == [NEW_YEAR]


def test_two_aids_that_end_on_one_day_are_named_together() -> None:
    changes = ahead(single(*[aid(cost_price=157, start=date(2026, 2, 10))] * 2), on=date(2026, 3, 5))

    assert [(change.kind, change.places) for change in changes] == [("cost_price_reached", (0, 1))]


def test_a_start_next_month() -> None:
    changes = ahead(single(help_(start=date(2026, 6, 10)), aid(start=date(2026, 6, 10))), on=date(2026, 5, 20))

    assert told(changes) == [(date(2026, 7, 1), "first_month_due"), *TURN]
    assert (changes[0].places, changes[0].after.low) == ((0, 1), 2180)


def test_a_start_changes_nothing_where_something_is_due_already() -> None:
    assert told(ahead(single(help_(), aid(start=date(2026, 6, 10))), on=date(2026, 5, 20))) == TURN


def test_a_start_of_what_carries_no_contribution_is_not_named() -> None:
    free = {"kind": "wheelchair", "start": date(2026, 6, 10)}

    assert ahead(single(free), on=date(2026, 5, 20)) == ()
    assert ahead(single(free, help_(start=date(2026, 6, 20))), on=date(2026, 5, 20))[0].places == (1,)


def test_between_an_aid_that_ends_and_a_later_start_nothing_is_due() -> None:
    household = single(aid(cost_price=50, start=date(2026, 1, 1)), help_(start=date(2026, 7, 15)))

    changes = ahead(household, on=date(2026, 1, 20))

    assert told(changes)[:2] == [(date(2026, 3, 1), "cost_price_reached"), (date(2026, 8, 1), "first_month_due")]
    assert [change.after.outcome for change in changes[:2]] == ["nothing", "amount"]
    assert changes[1].places == (1,)


def test_a_policy_that_begins_and_ends() -> None:
    """A lower amount in the second half of the year; a policy that changes nothing for this household is left out."""
    policy = dated(
        (date(2026, 1, 1), date(2026, 3, 31), Policy(transport_fare=True)),
        (date(2026, 7, 1), date(2026, 9, 30), Policy(lower_amount=Decimal(15))),
    )

    changes = ahead(single(help_()), on=date(2025, 12, 10), policy=policy)

    assert told(changes) == [
        (date(2026, 1, 1), "national_amount"),
        (date(2026, 7, 1), "policy_begins"),
        (date(2026, 10, 1), "policy_ends"),
        *TURN,
    ]
    assert [change.after.low for change in changes[:3]] == [2180, 1500, 2180]


def test_a_later_policy_above_the_last_known_amount_is_no_error() -> None:
    policy = dated((NEW_YEAR, None, Policy(lower_amount=Decimal("22.00"))))

    assert told(ahead(single(help_()), policy=policy)) == TURN
    assert told(ahead(single(help_()), on=date(2025, 5, 1), policy=dated((date(2026, 1, 1), None, Policy(
        lower_amount=Decimal("21.50"))))))[0] == (date(2026, 1, 1), "policy_begins")  # fmt: skip


def test_the_plan_stays_a_plan() -> None:
    change = ahead(single(help_(), income=29_500))[-1]

    assert (change.kind, change.status, change.day) == ("new_regime", "plan", NEW_YEAR)
    assert (change.after.regime, change.after.low) == ("bill", 6527)  # 23.60 + 10 % of 5,000 / 12


def test_what_only_the_plan_changes_is_a_plan_too() -> None:
    """Exempt under 25 000 from pension age on: the flat rate has no limits here."""
    exempt = Policy.model_validate({"bill_exempt_below": {"single_pension": 25_000}})
    household = single(help_(), client_age=None, client_born=date(1960, 5, 4), income=24_000)

    change = ahead(household, policy=exempt)[-1]

    assert (change.day, change.kind, change.status) == (date(2027, 5, 4), "pension_age", "plan")
    assert (change.after.regime, change.after.ground) == ("bill", "group_exempt")


def test_an_adopted_bill_is_known_and_a_withdrawn_one_is_gone(edit_law) -> None:
    adopted = read_law(edit_law("bill.toml", 'status = "proposed"             #', 'status = "adopted"  #'))
    found = changes_ahead(single(help_(), income=29_500), ON, rules=adopted)

    assert [(change.kind, change.status, change.after.regime) for change in found] == [("new_regime", "known", "bill")]

    withdrawn = read_law(edit_law("bill.toml", 'status = "adopted"  #', 'status = "withdrawn"  #'))
    assert told(changes_ahead(single(help_()), ON, rules=withdrawn)) == TURN[:1]


def test_a_household_that_never_pays_sees_no_changes() -> None:
    assert ahead(single(help_(), long_term_care=True)) == ()


ANY = households() | households(paying=True)


def settled(household: Household, on: date) -> Household:
    """The household with everything due already; cost prices only once every month counts, from June 2020."""
    provisions = []
    for provision in household.model_dump()["provisions"]:
        start = provision["start"] and min(provision["start"], on.replace(day=1))
        price = provision["cost_price"] if on >= date(2020, 6, 1) else None
        before = price is not None and start is not None and start.year < 2020
        paid = (provision["paid_before_2020"] or Decimal(0)) if before else None
        provisions.append(provision | {"start": start, "cost_price": price, "paid_before_2020": paid})
    return Household.model_validate(household.model_dump() | {"provisions": provisions})


@given(ANY, DAYS | KNOWN_DAYS, policies() | st.just(VOORBEELD), st.data())
@example(couple(client_age="pension", partner_born=date(1959, 12, 15)), ON, NATIONAL, None)
def test_until_the_first_change_the_estimate_stays_the_same(
    household: Household, on: date, policy: PolicyByDate, data: st.DataObject | None
) -> None:
    household = settled(household, on)
    changes = changes_ahead(household, on, policy)
    until = min((change.day for change in changes), default=date(2036, 1, 1)) - timedelta(days=1)
    if estimate(household, on, policy).ground == "cost_price_reached":
        until = min(until, date(2026, 12, 31))  # whatever the amount of 2027 is, it isn't asked
    days = {until, *(data.draw(st.lists(st.dates(on, max(on, until)), max_size=4)) if data else ())}

    for day in (day for day in days if day > on):
        assert estimate(household, day, policy).comes_to == estimate(household, on, policy).comes_to


@given(households() | households(paying=True), DAYS | KNOWN_DAYS, policies() | st.just(VOORBEELD))
def test_changes_come_in_order_and_each_has_its_own_estimate(
    household: Household, on: date, policy: PolicyByDate
) -> None:
    changes = changes_ahead(household, on, policy)

    assert [change.day for change in changes] == sorted(change.day for change in changes)
    for change in changes:
        assert change.day > on
        assert change.after.on == change.day
        assert change.after.receipt.policy == policy.key
        assert (change.who is not None) == (change.kind in ("adulthood", "pension_age"))
        assert bool(change.places) == (change.kind in ("first_month_due", "cost_price_reached"))
        assert all(place < len(household.provisions) for place in change.places)
        assert (change.after.outcome == "not_known") >= (change.kind == "national_amount_unknown")
    assert {change.kind for change in changes} <= set(CHANGE_KINDS)


# How far off the limits of Voorbeeldgemeente an income is: 21 000 and 23 000 single, 31 000 couple.


def distance(household: Household, policy: PolicyByDate = VOORBEELD, **how: Any) -> LimitDistance | None:
    return low_income_distance(household, how.pop("on", ON), policy, **how)


@pytest.mark.parametrize(
    ("household", "limit", "above"),
    [
        pytest.param(single(help_(), income=20_000), 2_100_000, (-100_000, -100_000), id="below"),
        pytest.param(single(help_(), income=21_000), 2_100_000, (0, 0), id="at it: a contribution is due"),
        pytest.param(single(help_(), income="20999.99"), 2_100_000, (-1, -1), id="a cent below"),
        pytest.param(single(help_(), client_age="pension", income=20_000), 2_300_000, (-300_000, -300_000), id="aged"),
        pytest.param(couple(client_age="pension", partner_age="pension"), 3_100_000, (-100_000, -100_000), id="couple"),
        pytest.param(single(help_(), income_band=(20_000, 24_000)), 2_100_000, (-100_000, 300_000), id="a band"),
        pytest.param(single(help_(), income_band=(61_000,)), 2_100_000, (4_000_000, None), id="and more"),
        pytest.param(single(help_(), income=20_000, assets_band=(50_000,)), 2_100_000, (-47_808, None), id="assets"),
        # 4 % of 10,000 above the exempt amount of 36,952.
        pytest.param(single(help_(), income=20_500, assets=46_952), 2_100_000, (-10_000, -10_000), id="with capital"),
        pytest.param(single(help_(), income=21_000, capital="0.10"), 2_100_000, (Fraction(2, 5),) * 2, id="not whole"),
    ],
)
def test_how_far_the_contributory_income_is_above_the_limit(
    household: Household, limit: int, above: tuple[int | Fraction, int | Fraction | None]
) -> None:
    found = distance(household)

    assert found is not None
    assert (found.limit, found.above_lowest, found.above_highest) == (limit, *above)
    assert found.lowest == limit + above[0]


@pytest.mark.parametrize(
    ("household", "how"),
    [
        pytest.param(single(help_(), income=20_000), {"policy": NATIONAL}, id="no limit"),
        pytest.param(single(help_(), income=20_000), {"policy": Policy(low_income_limits="unknown")}, id="not known"),
        pytest.param(single(help_()), {}, id="income not stated"),
        pytest.param(single(help_(), no_income_data=True), {}, id="CAK has no income"),
        pytest.param(couple(client_age="pension", partner_age="adult"), {}, id="nothing is due anyway"),
        pytest.param(single({"kind": "wheelchair"}, income=20_000), {}, id="no contribution at all"),
        pytest.param(single(help_(), income=20_000), {"which": "upcoming"}, id="no groups are exempt under the bill"),
        pytest.param(single(help_(), income=20_000), {"on": NEW_YEAR}, id="no amount is known"),
    ],
)
def test_there_is_no_distance_without_a_limit_or_an_income(household: Household, how: dict[str, Any]) -> None:
    assert distance(household, **how) is None


def test_under_the_bill_the_distance_is_to_the_income_that_its_group_is_exempt_below() -> None:
    exempt = Policy.model_validate({"bill_exempt_below": {"couple_under": 25_000}})
    household = couple(client_age="pension", partner_age="adult")

    assert distance(household, exempt, which="upcoming") == LimitDistance(2_500_000, 3_000_000, 3_000_000)


@given(ANY, KNOWN_DAYS, policies(), st.sampled_from(["current", "upcoming"]))
def test_the_distance_agrees_with_the_estimate(household: Household, on: date, policy: Policy, which: Any) -> None:
    found, result = low_income_distance(household, on, policy, which), estimate(household, on, policy, which)

    if found is None:
        assert result.ground not in ("low_income_policy", "group_exempt") or household.income_ends is None
    elif result.ground in ("low_income_policy", "group_exempt"):
        assert found.above_highest is not None
        assert found.above_highest < 0
    elif found.above_highest is not None and found.above_highest < 0:
        assert (result.outcome, result.ground) == ("nothing", "cost_price_reached")
