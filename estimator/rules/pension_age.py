"""Pension age (pensioengerechtigde leeftijd) and adulthood from a birth date."""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from datetime import date
from operator import attrgetter
from typing import Any

from estimator.rules.household import AGE_GROUPS, AgeGroup, Household
from estimator.rules.law import FOREVER, Law


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day where it has no such day.

    ``law.FOREVER`` where the calendar has no such year.
    """
    index = day.year * 12 + day.month - 1 + months
    if index >= 12 * (FOREVER.year + 1):
        return FOREVER
    year, month = index // 12, index % 12 + 1
    return date(year, month, day.day if day.day <= 28 else min(day.day, monthrange(year, month)[1]))


def pension_date(law: Law, born: date) -> date:
    """The date on which somebody born on ``born`` reaches pension age (AOW art. 7a).

    Births after the last row of the table aren't known: they are under pension age for as long as the table reaches,
    and ``law.FOREVER`` is given.
    """
    place = bisect_left(law.pension_ages, born, key=attrgetter("born_until"))
    return months_later(born, law.pension_ages[place].months) if place < len(law.pension_ages) else FOREVER


def pension_age_on(law: Law, on: date) -> int | None:
    """Pension age on a day, in months; ``None`` after the last age that is known."""
    ages = (row.months for row in law.pension_ages if months_later(row.born_until, row.months) >= on)
    return next(ages, None)


def adulthood(law: Law, born: date) -> date:
    """The eighteenth birthday."""
    return months_later(born, law.series["adult_age"].values[0].amount * 12)  # type: ignore[union-attr]


def age_rank(on: Any, adult_from: Any, pension_from: Any) -> Any:
    """Place in ``AGE_GROUPS`` on a day: dates, or columns of dates."""
    return (on >= adult_from) * 1 + (on >= pension_from) * 1


def age_group(law: Law, born: date, on: date) -> AgeGroup:
    """The age group of somebody on a day."""
    rank: int = age_rank(on, adulthood(law, born), pension_date(law, born))
    return AGE_GROUPS[rank]


def household_changes(law: Law, household: Household, on: date) -> tuple[tuple[date, str, AgeGroup], ...]:
    """When an age will change the type of the household after ``on``: date, ``client`` or ``partner``, new group.

    In the order of the dates; empty where no birth dates are given or nothing is known to come.
    """
    changes: list[tuple[date, str, AgeGroup]] = []
    for who, born in (("client", household.client_born), ("partner", household.partner_born)):
        if born is not None:
            steps: tuple[tuple[date, AgeGroup], ...] = (
                (adulthood(law, born), "adult"),
                (pension_date(law, born), "pension"),
            )
            changes += [(day, who, group) for day, group in steps if on < day < FOREVER]
    return tuple(sorted(changes))
