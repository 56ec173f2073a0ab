"""How long an aid or adaptation is paid for (law/flat-rate.md, cost price)."""

from datetime import date

import pytest

from estimator.rules import NATIONAL, DatedPolicies, Household, Policy, Provision, estimate, law, payment_courses
from estimator.rules.cost_price import (
    Course,
    earliest_month_due,
    first_month_due,
    last_month_due,
    longest,
    month_number,
    month_start,
    payment_course,
    remaining_cost_price,
    taken_off,
)
from estimator.rules.estimate import COST_PRICE_SOURCE
from estimator.rules.policy import PolicyPeriod
from estimator.rules.population import estimate_table, table
from estimator.rules.trace import walk


def aid(**values) -> dict:
    return {"kind": "other_aid", **values}


def courses(*provisions: dict, on: date = date(2026, 5, 1), policy=NATIONAL, **who) -> tuple[Course | None, ...]:
    household = Household(**{"composition": "single", "client_age": "adult", **who, "provisions": provisions})
    return payment_courses(household, on, policy)


@pytest.mark.parametrize(
    ("provision", "policy", "months", "first", "end", "left"),
    [
        pytest.param(
            aid(cost_price="102.20", start=date(2026, 1, 1)), {}, 4, date(2026, 1, 1), date(2026, 4, 30), 1500,
            id="the example of the sheet at the national amount",
        ),
        pytest.param(
            aid(cost_price="102.20", start=date(2026, 1, 1)), {"lower_amount": "14.10"},
            5, date(2026, 1, 1), date(2026, 5, 31), 0, id="the example of the sheet at a lower amount",
        ),
        pytest.param(
            aid(cost_price="102.20", start=date(2025, 12, 15)), {"lower_amount": "14.10"},
            5, date(2026, 1, 1), date(2026, 5, 31), 0, id="delivered in the middle of the month before",
        ),
        pytest.param(
            aid(cost_price="102.20", start=date(2026, 1, 1)), {"share": "0.5"},
            5, date(2026, 1, 1), date(2026, 5, 31), 0, id="half of the amount",
        ),
        pytest.param(
            aid(cost_price="21.80", start=date(2026, 1, 1)), {}, 1, date(2026, 1, 1), date(2026, 1, 31), 0,
            id="exactly one amount",
        ),
        pytest.param(
            aid(cost_price="21.79", start=date(2026, 1, 1)), {}, 0, date(2026, 1, 1), None, 2179,
            id="a cent less than one amount",
        ),
        pytest.param(
            aid(cost_price="315", start=date(2024, 10, 20)), {}, 15, date(2024, 11, 1), date(2026, 1, 31), 0,
            id="the amounts of three years",
        ),
        pytest.param(
            aid(cost_price="57", start=date(2020, 3, 1)), {}, 3, date(2020, 3, 1), date(2020, 7, 31), 0,
            id="April and May 2020 take nothing off",
        ),
        pytest.param(
            aid(cost_price="500", start=date(2017, 5, 1), paid_before_2020="300"), {},
            10, date(2020, 1, 1), date(2020, 12, 31), 1000, id="what was paid before 2020 comes off first",
        ),
        pytest.param(
            aid(cost_price="102.20", start=date(2026, 1, 1)), {"lower_amount": 0}, 0, date(2026, 1, 1), None, 0,
            id="who pays nothing still uses the cost price up",
        ),
    ],
)  # fmt: skip
def test_how_many_months_are_paid_and_until_when(provision, policy, months, first, end, left) -> None:
    (course,) = courses(provision, policy=Policy(**policy))

    assert course is not None
    assert course == Course(months, first, end, left, last_amount_used=False)


def test_after_the_last_known_amount_the_last_one_is_used_and_that_is_said() -> None:
    (course,) = courses(aid(cost_price=300, start=date(2026, 1, 1)))

    assert course == Course(13, date(2026, 1, 1), date(2027, 1, 31), 1660, last_amount_used=True)


def test_without_a_start_it_begins_in_the_month_that_is_asked_about() -> None:
    (course,) = courses(aid(cost_price="43.60"), on=date(2026, 8, 20))

    assert course is not None
    assert (course.first_month, course.virtual_end) == (date(2026, 8, 1), date(2026, 9, 30))


def test_a_lower_amount_counts_in_the_months_in_which_it_held() -> None:
    lower = Policy(lower_amount="14.10")
    until_2023 = DatedPolicies(periods=(PolicyPeriod(first=date(2020, 1, 1), until=date(2023, 12, 31), policy=lower),))
    provision = aid(cost_price=54, start=date(2023, 11, 1))  # 16.00 remains on 1 January 2024

    assert courses(provision, on=date(2023, 11, 1), policy=until_2023)[0].virtual_end == date(2023, 12, 31)
    assert courses(provision, on=date(2023, 11, 1), policy=lower)[0].virtual_end == date(2024, 1, 31)


def test_months_before_both_partners_had_pension_age_are_not_counted() -> None:
    (course,) = courses(
        aid(cost_price="43.60", start=date(2026, 1, 1)),
        composition="couple", client_age=None, client_born=date(1950, 1, 1), partner_born=date(1959, 3, 15),
    )  # fmt: skip

    assert course is not None
    assert (course.first_month, course.virtual_end) == (date(2026, 3, 1), date(2026, 4, 30))


@pytest.mark.parametrize("day", [1, 2, 15, 31])
@pytest.mark.parametrize(
    ("who", "which", "first", "price"),
    [
        ({"composition": "single", "client_born": (2008, 3)}, "current", (2026, 3), "65.40"),
        ({"composition": "couple", "client_born": (1948, 2), "partner_born": (1959, 5)}, "current", (2026, 5), "65.40"),
        ({"composition": "single", "client_born": (2010, 3)}, "upcoming", (2028, 3), "70.80"),
    ],
)  # fmt: skip
def test_from_the_month_of_the_birthday_on_no_more_is_due_than_the_cost_price(who, which, first, price, day) -> None:
    born = {
        name: date(*value, min(day, 28 if value[1] == 2 else 31))
        for name, value in who.items()
        if name != "composition"
    }
    provision = aid(cost_price=price, start=date(2025, 1, 1) if which == "current" else date(2027, 1, 1))
    household = Household(composition=who["composition"], income=20_000, provisions=[provision], **born)
    months = [month_start(month_number(date(*first, 1)) + number) for number in range(-1, 6)]
    ends = [date.fromordinal(month_start(month_number(month) + 1).toordinal() - 1) for month in months]

    collected = [estimate(household, end, which=which).low or 0 for end in ends]
    in_a_table = [estimate_table(table([household]), end, which=which)["low"][0] or 0 for end in ends]

    assert collected == in_a_table
    assert collected[0] == 0
    assert collected[1] > 0
    assert sum(collected) == round(float(price) * 100)


def test_what_has_no_course_is_left_out_and_keeps_its_place() -> None:
    found = courses(
        {"kind": "domestic_help"},
        {"kind": "wheelchair", "cost_price": 5000},
        aid(),
        aid(cost_price=500, start=date(2019, 5, 1)),
        aid(cost_price="21.80", start=date(2026, 1, 1)),
    )

    assert [course is None for course in found] == [True, True, True, True, False]


def test_the_aid_that_runs_longest_is_the_one_to_designate() -> None:
    found = courses(
        aid(cost_price="43.60", start=date(2026, 1, 1)),
        aid(cost_price="43.60", start=date(2026, 3, 1)),
        aid(cost_price="87.20", start=date(2026, 1, 1)),
    )

    assert [course.virtual_end for course in found] == [date(2026, 2, 28), date(2026, 4, 30), date(2026, 4, 30)]
    assert longest(list(found)) == 1  # of two that end together the first
    assert longest([found[0]]) == 0


def test_of_aids_that_are_never_paid_for_none_is_the_longest() -> None:
    assert longest(list(courses(aid(cost_price=1), aid(cost_price=2)))) is None
    assert longest([]) is None


def test_a_course_can_take_off_something_else_than_the_national_amount() -> None:
    course = payment_course(law(), 10_000, date(2027, 1, 1), lambda _: 3_000, lambda _: 3_000)

    assert (course.months, course.virtual_end, course.left_over) == (3, date(2027, 3, 31), 1_000)


def test_an_aid_that_nobody_pays_off_comes_to_an_end() -> None:
    assert payment_course(law(), 999_999_999, date(2026, 1, 1), lambda _: 1, lambda _: 1).months == 12 * 500


@pytest.mark.parametrize(
    ("start", "first"),
    [("2026-01-01", "2026-01-01"), ("2026-01-02", "2026-02-01"), ("2025-12-31", "2026-01-01"),
     ("2024-02-29", "2024-03-01"), ("9999-12-31", "9999-12-31")],
)  # fmt: skip
def test_the_first_month_due_is_the_one_after_the_start_unless_that_is_the_first(start: str, first: str) -> None:
    assert first_month_due(date.fromisoformat(start)) == date.fromisoformat(first)


@pytest.mark.parametrize("stop", [date(2026, 3, 1), date(2026, 3, 15), date(2026, 3, 31)])
def test_the_month_in_which_it_stops_is_due_in_full(stop: date) -> None:
    assert last_month_due(stop) == date(2026, 3, 1)


def test_a_decision_reaches_back_twelve_months_at_most() -> None:
    assert earliest_month_due(law(), date(2026, 5, 20)) == date(2025, 5, 1)
    assert earliest_month_due(law(), date(2026, 12, 31)) == date(2025, 12, 1)


def test_months_are_numbered_one_after_the_other() -> None:
    assert month_number(date(2026, 1, 31)) - month_number(date(2025, 12, 1)) == 1
    assert month_start(month_number(date(2026, 12, 31))) == date(2026, 12, 1)


def test_what_is_taken_off_is_the_sum_of_the_months() -> None:
    first, past = month_number(date(2023, 11, 1)), month_number(date(2024, 3, 1))

    assert taken_off(law(), first, past) == 2 * 1900 + 2 * 2060
    assert taken_off(law(), past, past) == 0
    assert taken_off(law(), past + 1, past) == 0


@pytest.mark.parametrize(
    ("on", "remaining"),
    [("2026-01-01", 10220), ("2026-01-31", 10220), ("2026-02-01", 8040), ("2026-05-10", 1500), ("2026-06-01", 0),
     ("2030-01-01", 0)],
)  # fmt: skip
def test_what_remains_of_a_cost_price_falls_each_month_and_never_below_nil(on: str, remaining: int) -> None:
    provision = Provision(kind="other_aid", cost_price="102.20", start=date(2026, 1, 1))

    assert remaining_cost_price(law(), provision, date.fromisoformat(on)) == remaining


def test_what_remains_of_an_older_aid_needs_what_was_paid_before_2020() -> None:
    older = {"kind": "home_adaptation", "cost_price": 500, "start": date(2017, 5, 1)}
    on = date(2020, 6, 15)

    assert remaining_cost_price(law(), Provision(**older), on) is None
    assert remaining_cost_price(law(), Provision(**older, paid_before_2020=300), on) == 20_000 - 3 * 1_900
    assert remaining_cost_price(law(), Provision(**older, paid_before_2020=0), on) == 50_000 - 3 * 1_900
    assert remaining_cost_price(law(), Provision(**older, paid_before_2020=600), on) == 0


def test_a_start_in_december_2019_is_first_due_in_2020_and_needs_nothing_from_before() -> None:
    provision = Provision(kind="other_aid", cost_price=500, start=date(2019, 12, 15))

    assert remaining_cost_price(law(), provision, date(2020, 3, 1)) == 50_000 - 2 * 1_900


def test_without_a_cost_price_nothing_can_remain() -> None:
    with pytest.raises(ValueError, match="cost_price: found nothing; allowed: an amount in euro"):
        remaining_cost_price(law(), Provision(kind="other_aid"), date(2026, 1, 1))


def lines_of(*provisions: dict, on: date = date(2026, 11, 22), policy=NATIONAL, which="current") -> dict:
    """The lines about the cost price, by their key."""
    household = Household(composition="single", client_age="pension", income=28_000, assets=0, provisions=provisions)
    steps = walk(estimate(household, on, policy, which).steps)
    return {step.key: step for step in steps if step.source == COST_PRICE_SOURCE}


@pytest.mark.parametrize(
    ("cost_price", "policy", "on", "which", "paid", "left"),
    [
        pytest.param(
            "200", NATIONAL, "2026-11-22", "current", 19_620, 380, id="nine months, the tenth isn't collected"
        ),
        pytest.param("200", NATIONAL, "2031-11-22", "upcoming", 19_620, 380, id="years later nothing more came off"),
        pytest.param("200", NATIONAL, "2026-11-22", "upcoming", 19_620, 380, id="reached before the plan begins"),
        pytest.param("260", NATIONAL, "2026-11-22", "upcoming", 23_980, 2_020, id="less left than the plan asks"),
        pytest.param("102.20", Policy(lower_amount="14.10"), "2026-06-01", "current", 10_220, 0, id="all of it counts"),
    ],
)
def test_the_lines_of_a_cost_price_add_up_once_it_is_reached(cost_price, policy, on, which, paid, left) -> None:
    provision = aid(cost_price=cost_price, start=date(2025, 12, 15))
    found = lines_of(provision, on=date.fromisoformat(on), policy=policy, which=which)

    assert (found["cost_price_taken"].value, found["cost_price_remaining"].value) == (paid, left)
    assert found["cost_price"].value == paid + left


def test_without_a_start_the_months_that_count_are_assumed() -> None:
    known = lines_of(aid(cost_price=60, start=date(2026, 10, 15)), which="upcoming")
    unknown = lines_of(aid(cost_price=60), which="upcoming")

    assert known["cost_price_taken"].origin == "computed"
    assert unknown["cost_price_taken"].origin == "assumption"


def test_of_several_aids_the_lines_say_of_which_one_they_are() -> None:
    home = aid(kind="home_adaptation", cost_price=230, start=date(2026, 1, 1))
    several = lines_of(aid(cost_price=200, start=date(2026, 1, 1)), home, on=date(2026, 12, 1))

    assert (several["longest_paid"].value, several["cost_price"].value) == ("home_adaptation", 23_000)
    assert "longest_paid" not in lines_of(home, on=date(2026, 12, 1))


def caveats_of(on: date = date(2026, 11, 22), which="current", policy=NATIONAL, **household) -> dict[str, dict]:
    made = Household(**{"composition": "single", "client_age": "pension", **household})
    return {caveat.key: dict(caveat.values) for caveat in estimate(made, on, policy, which).caveats}


def test_nothing_is_due_yet_only_while_no_provision_has_begun() -> None:
    begun, later = aid(start=date(2026, 3, 1)), {"kind": "domestic_help", "start": date(2026, 11, 15)}

    assert caveats_of(provisions=[later])["not_due_yet"] == {"first": date(2026, 12, 1)}
    assert "not_due_yet" not in caveats_of(provisions=[later, begun])
    assert "not_due_yet" not in caveats_of(provisions=[later, aid()])


@pytest.mark.parametrize(
    ("income", "told"),
    [
        pytest.param({"income": 28_000}, True, id="more is possible"),
        pytest.param({"income": 10_000}, True, id="the lowest contribution"),
        pytest.param({"income": 80_000}, False, id="the highest contribution"),
        pytest.param({}, False, id="a range up to the highest contribution"),
        pytest.param({"income_band": (50_000, 70_000)}, False, id="a band up to the highest contribution"),
    ],
)
def test_capital_that_is_not_stated_is_told_only_where_it_could_make_it_more(income: dict, told: bool) -> None:
    provisions = [{"kind": "domestic_help"}]

    assert ("capital_not_stated" in caveats_of(which="upcoming", provisions=provisions, **income)) is told


def test_capital_that_is_not_stated_is_told_below_the_limit_of_a_municipality() -> None:
    limited = Policy(low_income_limits={"single_pension": 20_000})
    help_at_home = [{"kind": "domestic_help"}]

    assert "capital_not_stated" in caveats_of(policy=limited, provisions=help_at_home, income=10_000)
    assert "capital_not_stated" not in caveats_of(policy=limited, provisions=help_at_home, income=30_000)
    assert "capital_not_stated" not in caveats_of(
        which="upcoming", provisions=[aid(cost_price=20, start=date(2026, 1, 1))], income=28_000
    )
