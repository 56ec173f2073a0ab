"""How long an aid or adaptation is paid for (kostprijsbewaking; Wmo 2015 art. 2.1.4a lid 6, Ub Wmo 2015 art. 3.10b).

Months are numbered ``12 x year + month - 1``. Each month the full national amount comes off the cost price, also for a
household that pays less; a month of which less remains than is due isn't collected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from estimator.rules.formula import left_of_cost_price
from estimator.rules.household import MONITORED_FROM as MONITORED_FROM
from estimator.rules.household import Provision
from estimator.rules.law import Law
from estimator.rules.money import OPEN_ENDED_CENTS, Number, above, at_least, at_most, cents
from estimator.rules.pension_age import months_later

MONITORED_FROM_MONTH = 12 * MONITORED_FROM.year
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
    return start if start >= LAST_DAY else month_start(first_due(start.year, start.month, start.day))


@lru_cache(maxsize=4096)
def month_due(start: date) -> int:
    """``first_month_due`` of a start as a numbered month, at most ``LAST_MONTH``."""
    month: int = first_due(start.year, start.month, start.day)
    return min(month, LAST_MONTH)


def first_due(year: Number, month: Number, day: Number) -> Number:
    """The same as a numbered month, from the parts of a date."""
    return year * 12 + month - (day == 1)


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
    return _taken(law, month) - _taken(law, at_most(first, month))


def _taken(law: Law, month: Number) -> Number:
    return _taken_once(law, month) if isinstance(month, int) else _taken_before(law, month)


def _taken_before(law: Law, month: Number) -> Number:
    """National amounts of all months before one, in cents."""
    total = month * 0
    for first, length, amount in _segments(law):
        total += at_most(above(month, first), length) * amount
    return total


_taken_once = lru_cache(maxsize=4096)(_taken_before)


def remaining_cost_price(law: Law, provision: Provision, on: date) -> int | None:
    """What remains of the cost price on a date, in cents, never below nil.

    ``None`` where it began before 2020 and what was charged then isn't given: it is asked for, not guessed. Without a
    cost price a ``ValueError``.
    """
    if provision.cost_price is None:
        raise ValueError("cost_price: found nothing; allowed: an amount in euro")
    first = month_due(provision.start or on)
    if first < MONITORED_FROM_MONTH and provision.paid_before_2020 is None:
        return None
    taken = taken_off(law, max(first, MONITORED_FROM_MONTH), month_number(on))
    left: int = above(provision.price_cents - cents(provision.paid_before_2020 or 0), taken)
    return left


class Aid(NamedTuple):
    """A provision as far as its cost price goes: cents, numbered months, flags of 0 or 1.

    ``price`` is ``OPEN_ENDED_CENTS`` where there is none: such a provision always runs. ``told`` says that what was
    charged before 2020 is known, or that no start is given. ``taken_from`` is the first month that comes off at the
    flat rate, ``own_from`` under the bill (``counted_from``).
    """

    charged: Number
    price: Number
    paid_before: Number
    told: Number
    first: Number
    taken_from: Number
    own_from: Number


class Collectable(NamedTuple):
    """What can still be collected in a month, in cents, and the cap of the years in which nobody counted."""

    surely: Number
    possibly: Number
    cap: Number


UNLIMITED = Collectable(OPEN_ENDED_CENTS, OPEN_ENDED_CENTS, OPEN_ENDED_CENTS)


def collectable(law: Law, aids: Iterable[Aid], month: Number, plan: int) -> Collectable:
    """What can be collected in a month for the aid that runs longest; -1 where nothing is charged.

    From month ``plan`` on the household's own contribution comes off, before that the national amount. "Surely" leaves
    out the aids of which the contributions before 2020 aren't known.
    """
    surely, possibly = -1, -1
    for aid in aids:
        left = left_of(law, aid, month, plan)
        told = (aid.told > 0) & (month >= MONITORED_FROM_MONTH)  # in 2019 the sum up to its end doesn't help
        known = told | paid_before_irrelevant(aid.first, month) | (aid.price >= OPEN_ENDED_CENTS)
        more = aid.charged * (left + 1)
        possibly = at_least(more - 1, possibly)
        surely = at_least(more * known - 1, surely)
    return Collectable(surely, possibly, OPEN_ENDED_CENTS)


class Spent(NamedTuple):
    """What came off a cost price before a month: paid before 2020 and taken since, in cents; own months of the bill."""

    paid: Number
    taken: Number
    own_months: Number


def spent_of(law: Law, aid: Aid, month: Number, plan: int) -> Spent:
    """What came off the cost price of one aid before a month."""
    paid = aid.paid_before * (month >= MONITORED_FROM_MONTH)
    return Spent(paid, taken_off(law, aid.taken_from, at_most(month, plan)), above(month, aid.own_from))


def left_of(law: Law, aid: Aid, month: Number, plan: int) -> Number:
    """The largest contribution that can still be collected for one aid in a month, in cents."""
    spent = spent_of(law, aid, month, plan)
    left = left_of_cost_price(aid.price, spent.paid + spent.taken, spent.own_months)
    return left + (aid.price - left) * (aid.price >= OPEN_ENDED_CENTS)


def cap_of(aids: Iterable[Aid]) -> Number:
    """The cost price of all provisions together, where each of them has one: the cap of 2007 to 2018."""
    return sum(aid.charged * aid.price for aid in aids)


def paid_before_irrelevant(first: Number, month: Number) -> Number:
    """Whether what was charged before 2020, when nobody counted, makes no difference to a month."""
    return (first >= MONITORED_FROM_MONTH) | (month <= first)


class OfAge(NamedTuple):
    """The numbered months within which the client comes of age and a couple both have pension age; 0 if not known."""

    adult: Number
    pension: Number


def counted_from(first: Number, ages: OfAge, parents_pay: Number, pays: Number, plan: int) -> tuple[Number, Number]:
    """The first month that comes off a cost price at the flat rate, and the first under the bill.

    ``first`` is the month from which the provision is due, ``pays`` the one from which a couple with one under pension
    age pays, 0 for another household. Months before all had the age from which a contribution is due don't count: an
    assumption, the decree doesn't say what happens to months in which nothing was due at all. The month within which
    that age is reached does: a contribution is due for it, and together they never exceed the cost price.
    """
    charged = at_least(at_least(first, MONITORED_FROM_MONTH), ages.adult * (1 - parents_pay))
    return at_least(at_least(charged, ages.pension), pays), at_least(charged, plan)


class Remains(NamedTuple):
    """What remains of a cost price on a date, for somebody who pays the full national amount each month.

    ``remaining`` and ``left_over`` in cents; ``months`` are collected in all, ``months_left`` of them from the month of
    the date on, the last one in ``last_month``, numbered, 0 where none is. ``left_over`` is never collected.
    """

    remaining: Number
    months: Number
    months_left: Number
    last_month: Number
    left_over: Number


def remains(law: Law, left: Number, first: Number, month: Number) -> Remains:
    """What remains in a month of the cents that were ``left`` before the ``first`` month that comes off.

    What ``payment_course`` finds month by month, for a column as well as for one aid: the amounts of all months before
    ``first`` are added to what was left, and together they pay for so many months of each amount, one after the other.
    """
    affordable, until = left + _taken(law, first), at_most(first + LONGEST, LAST_MONTH)
    months = months_left = last_month = first * 0
    going_on = months + 1
    for begin, length, amount in _segments(law):
        paid = at_most(affordable // amount, length) * going_on
        going_on, affordable = going_on * (paid == length), affordable - paid * amount
        end = at_most(paid + begin, until)
        months = months + above(end, at_least(first, begin))
        months_left = months_left + above(end, at_least(at_least(first, month), begin))
        last_month = at_least(last_month, (end - 1) * (paid > 0))
    last_month = last_month * (months > 0)
    left_over = left - taken_off(law, first, at_least(last_month + 1, first))
    return Remains(above(left, taken_off(law, first, month)), months, months_left, last_month, left_over)


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
    begin = max(month_number(first), MONITORED_FROM_MONTH)
    known_until = law.series["monthly_amount"].ends[-1]
    for month in range(begin, min(begin + LONGEST, LAST_MONTH)):
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
