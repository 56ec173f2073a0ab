"""How long an aid or adaptation is paid for (kostprijsbewaking; Wmo 2015 art. 2.1.4a lid 6, Ub Wmo 2015 art. 3.10b).

Months are numbered ``12 x year + month - 1``. Each month the full national amount comes off the cost price, also for a
household that pays less; a month of which less remains than is due isn't collected.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from estimator.rules.household import Provision
from estimator.rules.law import Law
from estimator.rules.money import Number, above, at_most, cents
from estimator.rules.pension_age import months_later

MONITORED_FROM = date(2020, 1, 1)
LAST_MONTH = 12 * 9999
LAST_DAY = date(9999, 12, 1)
LONGEST = 12 * 500  # months after which a course is cut off: an aid that nobody pays off


def month_number(day: date) -> int:
    """The month of a day, numbered."""
    return day.year * 12 + day.month - 1


def month_start(number: int) -> date:
    """The first day of a numbered month."""
    return date(number // 12, number % 12 + 1, 1)


def first_month_due(start: date) -> date:
    """First day of the first month due: the one after ``start``, or its own if it is the first (Ub 3.5 lid 4)."""
    if start >= LAST_DAY:
        return start
    return start if start.day == 1 else months_later(start.replace(day=1), 1)


def last_month_due(stop: date) -> date:
    """First day of the last month that is due: the month of ``stop`` is charged in full (Ub 3.10a)."""
    return stop.replace(day=1)


def earliest_month_due(law: Law, decided: date) -> date:
    """First day of the earliest month for which a contribution may be set by a decision (Ub 3.5 lid 4)."""
    return months_later(decided.replace(day=1), -law.on("start_back_months", decided).amount)


@lru_cache(maxsize=16)
def _segments(law: Law) -> tuple[tuple[int, int, int], ...]:
    """Spans of months with the national amount that each takes off: first month, number of months, cents."""
    waived = {
        month
        for value in law.series["month_waived"].values
        if value is not None and value.last is not None
        for month in range(month_number(value.first), month_number(value.last) + 1)
    }
    spans: list[tuple[int, int, int]] = []
    known = [value for value in law.series["monthly_amount"].values if value is not None]
    for value in known:
        first = month_number(value.first)
        # After the last known amount the last known one is used.
        last = LAST_MONTH if value is known[-1] or value.last is None else month_number(value.last)
        for month in sorted(month for month in waived if first <= month <= last):
            spans.append((first, month - first, value.amount))
            first = month + 1
        spans.append((first, last - first + 1, value.amount))
    return tuple(span for span in spans if span[1] > 0)


def taken_off(law: Law, first: Number, month: Number) -> Number:
    """National amounts, in cents, of the months from ``first`` up to but not including ``month``."""
    return _taken_before(law, month) - _taken_before(law, at_most(first, month))


def _taken_before(law: Law, month: Number) -> Number:
    total = month * 0
    for first, length, amount in _segments(law):
        total += at_most(above(month, first), length) * amount
    return total


def remaining_cost_price(law: Law, provision: Provision, on: date) -> int | None:
    """What remains of the cost price on a date, in cents, never below nil.

    ``None`` where it began before 2020 and what was charged then isn't given: it is asked for, not guessed. Without a
    cost price a ``ValueError``.
    """
    if provision.cost_price is None:
        raise ValueError("cost_price: found nothing; allowed: an amount in euro")
    start = provision.start or on
    if first_month_due(start) < MONITORED_FROM and provision.paid_before_2020 is None:
        return None
    taken = taken_off(law, counted_from(provision, month_number(on), 0), month_number(on))
    left: int = above(cents(provision.cost_price) - cents(provision.paid_before_2020 or 0), taken)
    return left


def counted_from(provision: Provision, month: int, not_before: int) -> int:
    """The first month that comes off the cost price; without a start date the month asked about."""
    first = month if provision.start is None else month_number(first_month_due(provision.start))
    return max(first, month_number(MONITORED_FROM), not_before)


class Course(NamedTuple):
    """How long an aid is paid for: months collected, the first of them, the virtual end, and what is left over."""

    months: int
    first_month: date
    virtual_end: date | None  # last day of the last month that is collected; None where none is
    left_over: int
    last_amount_used: bool  # part of it lies after the last known amount


def payment_course(
    law: Law, cost_price: int, first: date, due: Callable[[date], int], taken: Callable[[date], int] | None = None
) -> Course:
    """Walk the months from ``first`` on: a month is collected while what remains is at least what is due.

    ``cost_price`` in cents; ``due`` gives the contribution of a month in cents (0: nothing is collected, but the month
    counts), ``taken`` what comes off: the national amount unless something else is given.
    """
    left, months, last = cost_price, 0, None
    begin = max(month_number(first), month_number(MONITORED_FROM))
    known_until = law.series["monthly_amount"].ends[-1]
    for month in range(begin, begin + LONGEST):
        day = month_start(month)
        off = taken(day) if taken else taken_off(law, month, month + 1)
        if off and left < max(due(day), 1):
            break
        if off and due(day):
            months, last = months + 1, month
        left = max(0, left - off)
    end = None if last is None else date.fromordinal(month_start(last + 1).toordinal() - 1)
    return Course(months, month_start(begin), end, left, end is not None and end > known_until)


def longest(courses: list[Course]) -> int | None:
    """Place of the aid that the municipality would designate: the one whose virtual end is latest."""
    ends = [(course.virtual_end, -place) for place, course in enumerate(courses) if course.virtual_end]
    return -max(ends)[1] if ends else None
