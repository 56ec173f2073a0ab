"""Pension age and adulthood from a birth date, to the day."""

from datetime import date, timedelta

import pytest

from estimator.rules import Household, law
from estimator.rules.law import FOREVER
from estimator.rules.pension_age import adulthood, age_group, household_changes, months_later, pension_date

# Of each row of the table: the first and the last birth date, and the day on which each reaches pension age.
ROWS = [
    ("1900-01-01", "1947-12-31", "1965-01-01", "2012-12-31"),
    ("1948-01-01", "1948-11-30", "2013-02-01", "2013-12-30"),
    ("1948-12-01", "1949-10-31", "2014-02-01", "2014-12-31"),
    ("1949-11-01", "1950-09-30", "2015-02-01", "2015-12-30"),
    ("1950-10-01", "1951-06-30", "2016-04-01", "2016-12-30"),
    ("1951-07-01", "1952-03-31", "2017-04-01", "2017-12-31"),
    ("1952-04-01", "1952-12-31", "2018-04-01", "2018-12-31"),
    ("1953-01-01", "1955-08-31", "2019-05-01", "2021-12-31"),
    ("1955-09-01", "1956-05-31", "2022-04-01", "2022-12-31"),
    ("1956-06-01", "1957-02-28", "2023-04-01", "2023-12-28"),
    ("1957-03-01", "1960-12-31", "2024-03-01", "2027-12-31"),
    ("1961-01-01", "1964-09-30", "2028-04-01", "2031-12-30"),
]
ENDS = [(born, reached) for first, last, *days in ROWS for born, reached in zip((first, last), days, strict=True)]


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(("born", "reached"), ENDS)
def test_the_first_and_last_birth_date_of_a_row_reach_pension_age_on_their_day(born: str, reached: str) -> None:
    assert pension_date(law(), day(born)) == day(reached)
    assert age_group(law(), day(born), day(reached)) == "pension"
    assert age_group(law(), day(born), day(reached) - timedelta(days=1)) == "adult"


def test_there_is_a_test_for_every_row() -> None:
    assert [row.born_until for row in law().pension_ages] == [day(last) for _, last, *_ in ROWS]
    assert [row.born_from for row in law().pension_ages][1:] == [day(first) for first, *_ in ROWS][1:]


@pytest.mark.parametrize(
    ("born", "reached", "why"),
    [
        ("1956-02-29", "2022-09-29", "66 and 7 months after 29 February there is a 29th"),
        ("1944-02-29", "2009-02-28", "65 years after 29 February there is none: the last of the month"),
        ("1953-10-31", "2020-02-29", "66 and 4 months later is February of a leap year"),
        ("1954-10-31", "2021-02-28", "and of another year"),
        ("1955-10-31", "2022-05-31", "a month of 31 days"),
        ("1956-08-31", "2023-06-30", "a month of 30 days"),
    ],
)
def test_a_day_that_the_month_does_not_have_is_its_last_day(born: str, reached: str, why: str) -> None:
    assert pension_date(law(), day(born)) == day(reached), why


def test_nobody_who_is_younger_reaches_pension_age_earlier() -> None:
    births = [date(1946, 1, 1) + timedelta(days=n) for n in range((date(1964, 9, 30) - date(1946, 1, 1)).days + 1)]
    reached = [pension_date(law(), born) for born in births]

    assert reached == sorted(reached)


@pytest.mark.parametrize("born", ["1964-10-01", "1990-01-01", "2024-02-29"])
def test_after_the_last_row_pension_age_is_not_known(born: str) -> None:
    assert pension_date(law(), day(born)) == FOREVER
    assert age_group(law(), day(born), date(2060, 1, 1)) == "adult"


@pytest.mark.parametrize(
    ("born", "adult"), [("2008-03-01", "2026-03-01"), ("2008-02-29", "2026-02-28"), ("2006-12-31", "2024-12-31")]
)
def test_somebody_is_adult_from_the_eighteenth_birthday_on(born: str, adult: str) -> None:
    assert adulthood(law(), day(born)) == day(adult)
    assert age_group(law(), day(born), day(adult) - timedelta(days=1)) == "under_18"
    assert age_group(law(), day(born), day(adult)) == "adult"


def test_months_later_goes_over_the_year_and_back() -> None:
    assert months_later(date(2025, 12, 31), 2) == date(2026, 2, 28)
    assert months_later(date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert months_later(date(2026, 1, 31), 12) == date(2027, 1, 31)


def couple(client: str, partner: str) -> Household:
    return Household(
        composition="couple", client_born=client, partner_born=partner, provisions=[{"kind": "domestic_help"}]
    )


def test_the_changes_of_a_couple_come_in_the_order_of_the_dates() -> None:
    household = couple(client="1961-01-01", partner="1960-12-31")

    assert household_changes(law(), household, date(2026, 11, 22)) == (
        (date(2027, 12, 31), "partner", "pension"),
        (date(2028, 4, 1), "client", "pension"),
    )


def test_a_change_is_no_longer_to_come_on_its_own_day() -> None:
    household = couple(client="1961-01-01", partner="1960-12-31")

    assert household_changes(law(), household, date(2027, 12, 30))[0] == (date(2027, 12, 31), "partner", "pension")
    assert household_changes(law(), household, date(2027, 12, 31)) == ((date(2028, 4, 1), "client", "pension"),)
    assert household_changes(law(), household, date(2028, 4, 1)) == ()


def test_a_minor_becomes_adult_and_a_pension_age_that_is_not_known_is_left_out() -> None:
    household = Household(composition="single", client_born="2010-02-28", provisions=[{"kind": "domestic_help"}])

    assert household_changes(law(), household, date(2026, 11, 22)) == ((date(2028, 2, 28), "client", "adult"),)


def test_an_age_group_without_a_birth_date_says_nothing_of_later() -> None:
    household = Household(composition="single", client_age="adult", provisions=[{"kind": "domestic_help"}])

    assert household_changes(law(), household, date(2026, 11, 22)) == ()
