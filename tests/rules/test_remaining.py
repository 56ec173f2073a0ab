"""What remains of cost prices on a date (law/implementation.md, remaining cost price; law/flat-rate.md, cost price).

Of the national amount in the sums: 19.00 to the end of 2023, 20.60 in 2024, 21.00 in 2025, 21.80 in 2026 and after.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from estimator.rules import (
    NATIONAL,
    DatedPolicies,
    Household,
    Left,
    Policy,
    Provision,
    aids_left,
    law,
    longest,
    payment_course,
    payment_courses,
    remaining_cost_price,
)
from estimator.rules.cost_price import LAST_MONTH, MONITORED_FROM_MONTH, month_due, month_number, month_start, remains
from estimator.rules.household import ALLOWED_EURO, COST_PRICE_KINDS, MONITORED_FROM
from estimator.rules.policy import PolicyPeriod
from estimator.rules.remaining import COLUMNS, STATUSES, problems_of, remaining_table
from tests.rules.strategies import euros

ON = date(2027, 1, 1)
STARTS = st.dates(date(2012, 1, 1), date(2040, 12, 31))
DAYS = st.dates(MONITORED_FROM, date(2060, 12, 31))
PRICES = euros(300) | euros(9_000) | euros(9_999_999)


def aid(**cells: Any) -> dict[str, Any]:
    return {"reference": "A", "kind": "other_aid", "cost_price": "2500", "start": "2024-03-12", **cells}


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in COLUMNS} for row in rows], infer_schema_length=None)


def remaining(*rows: dict[str, Any], on: date = ON) -> list[dict[str, Any]]:
    return remaining_table(table(*rows), on).to_dicts()


def national(day: date) -> int:
    """What is due in a month for somebody who pays the national amount, in cents."""
    if day in (date(2020, 4, 1), date(2020, 5, 1)):
        return 0
    known = law().series["monthly_amount"].last_known(day)
    assert known
    return known.amount


@pytest.mark.parametrize(
    ("cells", "on", "status", "left", "months", "end", "left_over"),
    [
        pytest.param(
            {}, "2027-01-01", "running", 1801_00, 82, "2033-10-31", 13_40,
            id="due from April 2024: 2500 - 9 x 20.60 - 12 x 21 - 12 x 21.80 = 1801 = 82 x 21.80 + 13.40",
        ),
        pytest.param(
            {}, "2026-05-31", "running", 1975_40, 90, "2033-10-31", 13_40,
            id="2500 - 9 x 20.60 - 12 x 21 - 4 x 21.80 = 1975.40 = 90 x 21.80 + 13.40",
        ),
        pytest.param(
            {"start": "2024-04-01"}, "2027-01-01", "running", 1801_00, 82, "2033-10-31", 13_40,
            id="a start on the first of the month is due from that month",
        ),
        pytest.param(
            {"start": "2024-04-02"}, "2027-01-01", "running", 1821_60, 83, "2033-11-30", 12_20,
            id="a day later it is a month of 20.60 less: 1821.60 = 83 x 21.80 + 12.20",
        ),
        pytest.param(
            {"cost_price": "57", "start": "2020-03-01"}, "2020-06-15", "running", 38_00, 2, "2020-07-31", 0,
            id="April and May 2020 take nothing off: 57 - 19 = 38 = 2 x 19, of June and July",
        ),
        pytest.param(
            {"cost_price": "500", "start": "2017-05-01", "paid_before_2020": "300"},
            "2020-06-15", "running", 143_00, 7, "2020-12-31", 10_00,
            id="500 - 300 - 3 x 19 = 143 = 7 x 19 + 10, from June to December",
        ),
        pytest.param(
            {"cost_price": "500", "start": "2019-12-15"}, "2020-03-01", "running", 462_00, 24, "2022-04-30", 6_00,
            id="first due in 2020, so nothing from before lacks: 500 - 2 x 19 = 462 = 24 x 19 + 6",
        ),
        pytest.param(
            {"cost_price": "102.20", "start": "2026-01-01"}, "2026-05-10", "reached", 15_00, 0, "2026-04-30", 15_00,
            id="102.20 - 4 x 21.80 = 15, less than is due for May",
        ),
        pytest.param(
            {"cost_price": "102.20", "start": "2026-01-01"}, "2026-06-01", "reached", 0, 0, "2026-04-30", 15_00,
            id="the national amount of May came off what was left, never below nil",
        ),
        pytest.param(
            {"cost_price": "1000", "start": "2027-05-05"}, "2027-01-01", "not_begun", 1000_00, 45, "2031-02-28", 19_00,
            id="due from June 2027, all of it remains: 45 x 21.80 + 19",
        ),
        pytest.param(
            {"cost_price": "1000", "start": "2027-01-05"}, "2027-01-20", "not_begun", 1000_00, 45, "2030-10-31", 19_00,
            id="begun, but first due next month",
        ),
        pytest.param(
            {"cost_price": "0", "start": "2026-01-01"}, "2027-01-01", "reached", 0, 0, None, 0, id="a price of nothing",
        ),
        pytest.param(
            {"cost_price": "21.79", "start": "2026-01-01"}, "2026-01-01", "reached", 21_79, 0, None, 21_79,
            id="a cent less than one amount",
        ),
        pytest.param(
            {"cost_price": "500", "start": "2017-05-01", "paid_before_2020": "600"}, "2027-01-01", "reached", 0, 0,
            None, 0, id="more was charged before 2020 than it cost",
        ),
    ],
)  # fmt: skip
def test_what_remains_for_how_many_months_and_until_when(cells, on, status, left, months, end, left_over) -> None:
    (found,) = remaining(aid(**cells), on=date.fromisoformat(on))

    assert (found["status"], found["remaining"], found["months_left"]) == (status, left, months)
    assert (found["virtual_end"], found["left_over"]) == (end and date.fromisoformat(end), left_over)


def test_after_the_last_known_amount_the_last_one_is_used_and_that_is_said() -> None:
    # 10 x 21.80 to the end of 2026; a cent more doesn't make a month
    in_2026, after = remaining(
        aid(cost_price="218", start="2026-03-01"), aid(cost_price="239.80", start="2026-03-01"), on=date(2026, 4, 1)
    )

    assert (in_2026["virtual_end"], in_2026["last_amount_used"]) == (date(2026, 12, 31), False)
    assert (after["virtual_end"], after["last_amount_used"]) == (date(2027, 1, 31), True)


def test_an_older_aid_without_what_was_paid_is_not_known_and_says_why() -> None:
    unknown, told = remaining(aid(start="2019-05-01"), aid(start="2019-05-01", paid_before_2020="0"))

    assert (unknown["status"], unknown["remaining"], unknown["months_left"], unknown["virtual_end"]) == (
        "not_known", None, None, None,
    )  # fmt: skip
    assert unknown["remark"] == (
        "paid_before_2020: found nothing; allowed: what was charged before 2020-01-01; 0 for nothing"
    )
    assert (told["status"], told["remark"]) == ("running", None)


def test_a_wheelchair_is_told_to_carry_no_contribution() -> None:
    wheelchair, sports = remaining(aid(kind="wheelchair"), aid(kind="sports_wheelchair"))

    assert (wheelchair["status"], wheelchair["remaining"], wheelchair["virtual_end"], wheelchair["longest"]) == (
        "no_contribution", None, None, False,
    )  # fmt: skip
    assert (sports["status"], sports["remaining"], sports["longest"]) == ("running", 1801_00, True)


def longest_of(*rows: dict[str, Any]) -> list[bool | None]:
    return [found["longest"] for found in remaining(*rows)]


def test_of_each_reference_the_aid_that_ends_last_is_the_longest() -> None:
    found = longest_of(
        aid(reference="A", cost_price="1000"),
        aid(reference="B", cost_price="1000"),
        aid(reference="A", cost_price="1500"),
        aid(reference="A", cost_price="1500"),
        aid(reference="C", kind="wheelchair", cost_price="9000"),
        aid(reference="A", cost_price="500", start="2026-12-05"),
    )

    assert found == [False, True, True, False, False, False]  # of two that end together the first


def test_an_aid_that_ended_is_never_the_longest() -> None:
    assert longest_of(aid(cost_price="100"), aid(reference="B", cost_price="100"), aid()) == [False, False, True]


def test_which_is_the_longest_is_not_told_where_another_one_may_be() -> None:
    # 5000 of 2018, of which at most all remained on 1 January 2020, ends after 2500 of 2024; 2700 of 2018 doesn't:
    # 2700 - 46 x 19 - 12 x 20.60 - 12 x 21 - 12 x 21.80 = 1065.20 on the day, 48 months
    older, old = aid(cost_price="5000", start="2018-03-01"), aid(cost_price="2700", start="2018-03-01")

    assert longest_of(aid(), older) == [None, None]
    assert longest_of(aid(), old) == [True, False]
    assert longest_of(older) == [None]
    assert longest_of(aid(), aid(cost_price="x"), aid(cost_price="2000"), aid(reference="B")) == [
        None, None, False, True,
    ]  # fmt: skip


@given(PRICES, STARTS, DAYS, st.none() | euros(2_000))
@example(Decimal("9999999.99"), date(2024, 3, 12), date(2027, 1, 1), None)  # nobody pays it off
@example(Decimal(2500), date(9999, 12, 31), date(2027, 1, 1), None)
def test_a_column_agrees_with_walking_the_months_to_the_cent_and_the_day(
    price: Decimal, start: date, on: date, paid: Decimal | None
) -> None:
    given_paid = paid if start < MONITORED_FROM else None
    provision = Provision(kind="other_aid", cost_price=price, start=start, paid_before_2020=given_paid)
    left = max(0, provision.price_cents - int((given_paid or 0) * 100))
    first = max(month_due(start), MONITORED_FROM_MONTH)
    course = payment_course(law(), left, month_start(first), national)
    later = max(first, month_number(on))
    still = remaining_cost_price(law(), provision, on)

    (found,) = remaining(aid(cost_price=price, start=start, paid_before_2020=given_paid), on=on)

    assert found["remaining"] == still
    assert STATUSES.index(found["status"]) < STATUSES.index("no_contribution") or still is None
    if still is not None:
        ended = course.virtual_end is None or course.virtual_end < month_start(later)
        assert (found["virtual_end"], found["left_over"]) == (course.virtual_end, course.left_over)
        assert found["last_amount_used"] == course.last_amount_used
        if course.months < 5_000:  # not cut off
            after = 0 if ended else payment_course(law(), still, month_start(later), national).months
            assert found["months_left"] == after


@given(st.integers(0, 10**9), st.integers(MONITORED_FROM_MONTH, LAST_MONTH), st.integers(12 * 2020, 12 * 2600))
def test_one_aid_goes_through_the_same_function_as_a_column(left: int, first: int, month: int) -> None:
    course = payment_course(law(), left, month_start(first), national)
    alone = remains(law(), left, first, month)
    in_a_column = remains(law(), pl.Series([left]), pl.Series([first]), month)

    assert (alone.months, alone.left_over) == (course.months, course.left_over)
    assert [int(value) for value in alone] == [int(column[0]) for column in in_a_column]


@given(st.lists(st.tuples(PRICES, st.dates(date(2020, 1, 1), date(2040, 1, 1))), min_size=1, max_size=5), DAYS)
def test_the_longest_is_the_one_that_a_municipality_would_designate(aids: list[tuple[Decimal, date]], on: date) -> None:
    household = Household(
        composition="single",
        client_age="adult",
        provisions=[{"kind": "other_aid", "cost_price": price, "start": start} for price, start in aids],
    )
    courses = payment_courses(household, on)
    running = [course for course in courses if course and course.virtual_end and course.virtual_end >= on]
    designated = longest([course for course in courses if course]) if running else None

    found = longest_of_all(aids, on)

    assert found == [place == designated for place in range(len(aids))]


def longest_of_all(aids: list[tuple[Decimal, date]], on: date) -> list[bool | None]:
    rows = (aid(cost_price=price, start=start) for price, start in aids)
    return [found["longest"] for found in remaining(*rows, on=on)]


# What a row can't be


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"reference": None}, "reference: found nothing; allowed: whose it is"),
        ({"kind": "domestic_help"}, f"kind: found 'domestic_help'; allowed: {', '.join(COST_PRICE_KINDS)}"),
        ({"kind": None}, f"kind: found nothing; allowed: {', '.join(COST_PRICE_KINDS)}"),
        ({"start": None}, "start: found nothing; allowed: a date such as 2026-01-31"),
        ({"start": "2024-02-30"}, "start: found '2024-02-30'; allowed: a date such as 2026-01-31"),
        *(
            (
                {"cost_price": price},
                f"cost_price: found {price!r}; allowed: {ALLOWED_EURO}",
            )
            for price in ("-1", "12.345", "1e3", "12,50", "10000000", "a lot")
        ),
        (
            {"paid_before_2020": "10"},
            "paid_before_2020: found 10; allowed: only with a start before 2020-01-01",
        ),
    ],
)
def test_a_wrong_row_says_which_column_holds_what_and_what_is_allowed(cells: dict[str, Any], problem: str) -> None:
    wrong, other = remaining(aid(**cells), aid(reference="B"))

    assert (wrong["status"], wrong["remark"], wrong["remaining"]) == ("wrong", problem, None)
    assert (other["status"], other["remaining"]) == ("running", 1801_00)


def test_everything_that_is_wrong_with_a_row_is_said_at_once() -> None:
    found = problems_of({"reference": "A", "kind": "shelter", "cost_price": "-", "start": "soon"})

    assert [problem.field for problem in found] == ["kind", "cost_price", "start"]


CELLS = {
    "reference": st.sampled_from(["A", None]),
    "kind": st.sampled_from([*COST_PRICE_KINDS, "domestic_help", "x", None]),
    "cost_price": st.sampled_from(["100", "0", "12.5", "12.555", "1e3", "-1", "9999999.99", "10000000", "x", None]),
    "start": st.sampled_from(["2019-12-31", "2020-01-01", "2024-02-30", "24-01-01", "9999-12-31", "0001-01-01", None]),
    "paid_before_2020": st.sampled_from(["0", "10", "1,5", "x", None]),
}


@given(st.fixed_dictionaries(CELLS))
def test_the_columns_find_a_row_wrong_when_the_models_do(cells: dict[str, Any]) -> None:
    types = dict.fromkeys(CELLS, pl.String)
    found = remaining_table(pl.DataFrame([cells], schema=types), ON).row(0, named=True)

    assert (found["status"] == "wrong") == bool(problems_of(cells))


# What a table can't be


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"name": ["x"]}, "name: found an unknown column; allowed: reference, kind, cost_price, start, paid_before_20"),
        ({"start": [1]}, "start: found a column of Int64; allowed: dates, or texts such as 2026-01-31"),
        ({"reference": [["A"]]}, r"reference: found a column of List\(String\); allowed: anything"),
    ],
)
def test_a_column_that_cannot_be_used_is_named(columns: dict[str, list[Any]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        remaining_table(table(aid()).with_columns(**{name: pl.Series(cells) for name, cells in columns.items()}), ON)


@pytest.mark.parametrize("name", ["reference", "kind", "cost_price", "start"])
def test_a_column_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: found no such column"):
        remaining_table(table(aid()).drop(name), ON)


def test_what_was_paid_before_2020_may_be_left_out() -> None:
    assert remaining_table(table(aid()).drop("paid_before_2020"), ON)["remaining"].to_list() == [1801_00]


def test_before_cost_prices_were_counted_nothing_is_told() -> None:
    with pytest.raises(ValueError, match="on: found 2019-12-31; allowed: 2020-01-01 or later"):
        remaining(aid(), on=date(2019, 12, 31))


def test_a_table_without_rows_gives_one_without_rows() -> None:
    assert remaining_table(table(aid()).clear(), ON).height == 0


# Of a household of which more is known


def left_of(*provisions: dict[str, Any], on: date = ON, policy: Any = NATIONAL, **who: Any) -> tuple[Left | None, ...]:
    household = Household(**{"composition": "single", "client_age": "adult", **who, "provisions": provisions})
    return aids_left(household, on, policy)


PRICED = {"kind": "other_aid", "cost_price": 2500, "start": date(2024, 3, 12)}


def test_of_a_household_the_same_remains_as_in_a_file() -> None:
    (found,) = left_of(PRICED)

    assert found is not None
    assert (found.remaining, found.months_left, found.course.virtual_end) == (1801_00, 82, date(2033, 10, 31))


def test_with_a_lower_amount_a_month_more_may_be_collected_of_the_same_remainder() -> None:
    # The example of the sheet: 102.20 - 4 x 21.80 = 15.00, at least 14.10
    provision = {"kind": "other_aid", "cost_price": "102.20", "start": date(2026, 1, 1)}
    (lower,) = left_of(provision, on=date(2026, 5, 1), policy=Policy(lower_amount="14.10"))
    (full,) = left_of(provision, on=date(2026, 5, 1))

    assert lower is not None
    assert full is not None
    assert (lower.remaining, lower.months_left, lower.course.virtual_end) == (15_00, 1, date(2026, 5, 31))
    assert (full.remaining, full.months_left, full.course.virtual_end) == (15_00, 0, date(2026, 4, 30))


def test_an_aid_that_ended_does_not_begin_again_when_the_amount_falls() -> None:
    full = PolicyPeriod(first=date(2020, 1, 1), until=date(2026, 5, 31), policy=Policy())
    lower = PolicyPeriod(first=date(2026, 6, 1), policy=Policy(lower_amount="5"))
    policy = DatedPolicies(periods=(full, lower))
    going_on, ended = left_of(  # after five months 6.00 remains; after four 19.80, too little for May
        {"kind": "other_aid", "cost_price": "115", "start": date(2026, 1, 1)},
        {"kind": "other_aid", "cost_price": "107", "start": date(2026, 1, 1)},
        on=date(2026, 6, 1),
        policy=policy,
    )

    assert going_on is not None
    assert ended is not None
    assert (going_on.remaining, going_on.months_left) == (6_00, 1)
    assert (ended.remaining, ended.months_left, ended.course.virtual_end) == (0, 0, date(2026, 4, 30))


def test_months_before_both_partners_had_pension_age_are_not_counted() -> None:
    (found,) = left_of(
        {"kind": "other_aid", "cost_price": "100", "start": date(2026, 1, 1)},
        on=date(2026, 4, 15),
        composition="couple", client_age=None, client_born=date(1950, 1, 1), partner_born=date(1959, 3, 15),
    )  # fmt: skip

    assert found is not None
    assert (found.remaining, found.months_left) == (100_00 - 21_80, 3)  # March came off; 78.20 = 3 x 21.80 + 12.80


def test_what_has_no_course_has_nothing_left_and_keeps_its_place() -> None:
    found = left_of({"kind": "domestic_help"}, {**PRICED, "kind": "wheelchair"}, {**PRICED, "start": date(2019, 5, 1)},
                    {"kind": "other_aid"}, PRICED)  # fmt: skip

    assert [left is None for left in found] == [True, True, True, True, False]
