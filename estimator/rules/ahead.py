"""What lies ahead: the days on which something about a household's contribution changes, as far as that is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from estimator.rules.cost_price import month_number, month_start
from estimator.rules.estimate import ComesTo, Estimate, Which, estimate, first_due_of, payment_courses
from estimator.rules.household import MONITORED_FROM, Household, Provision, replaced
from estimator.rules.law import FOREVER, Law, Series, law
from estimator.rules.pension_age import age_group, household_changes, months_later
from estimator.rules.policy import NATIONAL, DatedPolicies, Policy, PolicyByDate, PolicyError
from estimator.rules.regimes import current_regime, regimes, upcoming_regime

ChangeKind = Literal[
    "first_month_due", "adulthood", "pension_age", "cost_price_reached", "policy_begins", "policy_ends",
    "national_amount", "national_amount_unknown", "new_regime",
]  # fmt: skip
ChangeStatus = Literal["known", "assumption", "plan"]
Who = Literal["client", "partner"]

CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
ONE_DAY = timedelta(days=1)


class Change(NamedTuple):
    """One thing that changes the contribution, and the estimate from then on.

    ``day`` is the first day for which the rules give another outcome. A contribution is for a whole month, also where
    only a part of it counts (Ub Wmo 2015 art. 3.10a): who reaches pension age on the 15th owes for all of that month.
    ``who`` is said of an age, ``places`` (from 0, in the order of the provisions) of a first month and a cost price.

    ``status`` is ``plan`` for what changes only if a plan becomes law; ``assumption`` for the end of a cost price that
    was counted with the last known amount after its year, or from the day asked about for want of a start date.
    ``after`` counts the provisions that are due by then; ``national_amount_unknown`` says that none can be given.
    """

    day: date
    kind: ChangeKind
    status: ChangeStatus
    after: Estimate
    who: Who | None = None
    places: tuple[int, ...] = ()


def changes_ahead(
    household: Household, on: date, policy: PolicyByDate = NATIONAL, rules: Law | None = None
) -> tuple[Change, ...]:
    """The days after ``on`` on which the contribution is known to change, in order; several on one day stay separate.

    - ``first_month_due``: nothing was due before (Ub Wmo 2015 art. 3.5 lid 4);
    - ``adulthood``, ``pension_age``: by the birth dates (art. 3.8 lid 3 e and f, lid 2; AOW art. 7a);
    - ``cost_price_reached``: the day after the virtual end date at the flat rate (art. 3.10b), where nothing else runs;
    - ``policy_begins``, ``policy_ends``: of the municipality; after an end the national rule is taken;
    - ``national_amount``, ``national_amount_unknown``: another rule or amount of the law, or the last known one ends;
    - ``new_regime``: begins, or is planned to.

    A day counts only if the outcome, its ground or the amount would be another without it, under the current regime or
    a planned one that should have started; after the last known amount that one is taken to find out. Pension ages that
    aren't known yet are left out, as are ends of a cost price under the bill, and of one that began before 2020 where
    the contributions before aren't given. Raises as ``estimate`` does.
    """
    return _Ahead(household, on, policy, rules or law()).changes()


class _Ahead:
    """One look ahead: the household with the start dates that are assumed, and the rules as they may go on."""

    def __init__(self, household: Household, on: date, policy: PolicyByDate, rules: Law) -> None:
        self.on, self.policy, self.rules, self.lasting = on, policy, rules, _lasting(rules)
        self.undated = [provision.start is None for provision in household.provisions]
        self.household = _with_starts(household, on)
        self.first_due = [first_due_of(provision, on) for provision in household.provisions]

    def changes(self) -> tuple[Change, ...]:
        found = [*self._first_months(), *self._ages(), *self._policies()]
        # What carries a contribution may change on any of these days, and with it which cost prices are counted.
        found += self._cost_prices({self.on, *(change.day for change in found)})
        found += [*self._national_amounts(), *self._new_regimes()]
        return tuple(sorted(found, key=lambda change: (change.day, CHANGE_KINDS.index(change.kind), change.who or "")))

    def _first_months(self) -> Iterator[Change]:
        for month in sorted(set(self.first_due)):
            if month <= month_number(self.on):
                continue
            day = month_start(month)
            before = self._due_by(day - ONE_DAY)
            for change in self._changed(day, "first_month_due", before):
                starting = tuple(place for place, first in enumerate(self.first_due) if first == month)
                carries = dict(zip(self._places(day), change.after.carries, strict=True))
                yield change._replace(places=tuple(place for place in starting if carries[place]) or starting)

    def _ages(self) -> Iterator[Change]:
        for day, who, group in household_changes(self.rules, self.household, self.on):
            born = getattr(self.household, f"{who}_born")
            before = {f"{who}_age": age_group(self.rules, born, day - ONE_DAY)}
            without = replaced(self._at(day), {f"{who}_born"}, **before)
            for change in self._changed(day, "pension_age" if group == "pension" else "adulthood", without):
                yield change._replace(who="client" if who == "client" else "partner")

    def _policies(self) -> Iterator[Change]:
        if not isinstance(self.policy, DatedPolicies):
            return
        periods = self.policy.periods
        ends = (period.until + ONE_DAY for period in periods if period.until and period.until < FOREVER)
        days: dict[date, ChangeKind] = dict.fromkeys(ends, "policy_ends")
        days |= {period.first: "policy_begins" for period in periods}
        for day, kind in days.items():
            if day > self.on:
                yield from self._changed(day, kind, self._at(day), self.policy.on(day - ONE_DAY))

    def _cost_prices(self, days: set[date]) -> Iterator[Change]:
        ends: defaultdict[date, dict[int, ChangeStatus]] = defaultdict(dict)
        for on in days:
            for place, course in enumerate(payment_courses(self.household, on, self.policy, self.rules)):
                if course and course.virtual_end and course.virtual_end >= self.on:
                    assumed = course.last_amount_used or self.undated[place]
                    ends[course.virtual_end + ONE_DAY][place] = "assumption" if assumed else "known"
        for day, ended in ends.items():
            if current_regime(self.rules, day).name != "flat_rate":
                continue
            here = self._comes_to(day, "current", self._at(day))
            places = [place for place in ended if here != self._comes_to(day, "current", self._unpriced(day, place))]
            if places:
                status: ChangeStatus = "assumption" if "assumption" in ended.values() else "known"
                # A price that is reached leaves nothing to pay, also where the amount of that day isn't known yet.
                after = self._estimate(day, "current", self._at(day))
                after = after if after.outcome == "nothing" else self._after(day, "current")
                yield Change(day, "cost_price_reached", status, after, places=tuple(places))

    def _national_amounts(self) -> Iterator[Change]:
        begin = {regime.first for regime in regimes(self.rules) if regime.status != "proposed"}
        for day in sorted(_days_of_law(self.rules) - begin):
            if day <= self.on:
                continue
            household, policy = self._at(day), self.policy.on(day)
            before = self._comes_to(day - ONE_DAY, "current", household, policy, self.rules)
            here = self._comes_to(day, "current", household, policy, self.rules)
            if here == before or self._comes_to(day, "current", household)[1] == "cost_price_reached":
                continue
            kind: ChangeKind = "national_amount_unknown" if here[0] == "not_known" else "national_amount"
            yield Change(day, kind, "known", self._after(day, "current"))

    def _new_regimes(self) -> Iterator[Change]:
        for regime in regimes(self.rules):
            day = regime.first
            if day <= self.on:
                continue
            household, policy = self._at(day), self.policy.on(day)
            planned = current_regime(self.rules, day) != regime
            which: Which = "upcoming" if planned else "current"
            before = self._comes_to(day - ONE_DAY, "current", household, policy, self.rules)
            if before != self._comes_to(day, which, household, policy, self.rules):
                yield Change(day, "new_regime", "plan" if planned else "known", self._after(day, which))

    def _changed(
        self, day: date, kind: ChangeKind, without: Household | None, instead: Policy | None = None
    ) -> Iterator[Change]:
        """The change, if it matters: what would be due on its day without it, by household or policy, is another.

        Without any household nothing is due. Looks at the current regime first, then at a plan that should have begun.
        """
        for which in self._regimes_of(day):
            here = self._comes_to(day, which, self._at(day))
            otherwise = None if without is None else self._comes_to(day, which, without, instead)
            if (here[0] != "nothing") if otherwise is None else (here != otherwise):
                yield Change(day, kind, "known" if which == "current" else "plan", self._after(day, which))
                return

    def _regimes_of(self, day: date) -> tuple[Which, ...]:
        upcoming = upcoming_regime(self.rules, day)
        return ("current", "upcoming") if upcoming and upcoming.first <= day else ("current",)

    def _comes_to(
        self, day: date, which: Which, household: Household, policy: Policy | None = None, rules: Law | None = None
    ) -> ComesTo:
        return self._estimate(day, which, household, policy, rules).comes_to

    def _estimate(
        self, day: date, which: Which, household: Household, policy: Policy | None = None, rules: Law | None = None
    ) -> Estimate:
        """What is due by these or by the lasting rules, also where a policy of another year goes with the amount."""
        own, rules = policy or self.policy, rules or self.lasting
        try:
            return estimate(household, day, own, which, rules)
        except PolicyError:  # a lower amount that is above the national one of the day: that is the most there is
            national = Policy.model_validate(own.on(day).model_dump(exclude={"lower_amount"}))
            return estimate(household, day, national, which, rules)

    def _after(self, day: date, which: Which) -> Estimate:
        return estimate(self._at(day), day, self.policy, which, self.rules)

    def _places(self, day: date) -> tuple[int, ...]:
        """The provisions that are due by a day; all of them where none is."""
        due = tuple(place for place, first in enumerate(self.first_due) if first <= month_number(day))
        return due or tuple(range(len(self.first_due)))

    def _at(self, day: date) -> Household:
        return _only(self.household, self._places(day))

    def _due_by(self, day: date) -> Household | None:
        return self._at(day) if min(self.first_due) <= month_number(day) else None

    def _unpriced(self, day: date, place: int) -> Household:
        """The household of a day as if one aid were never paid off."""
        provisions = list(self.household.provisions)
        kept = provisions[place].model_dump(exclude={"cost_price", "paid_before_2020"})
        provisions[place] = Provision.model_validate(kept)
        return _only(replaced(self.household, {"provisions"}, provisions=provisions), self._places(day))


def _only(household: Household, places: tuple[int, ...]) -> Household:
    if len(places) == len(household.provisions):
        return household
    return replaced(household, {"provisions"}, provisions=[household.provisions[place] for place in places])


def _with_starts(household: Household, on: date) -> Household:
    """The household whose aids without a start date are due from ``on``: later days count from there."""
    if on < MONITORED_FROM:
        return household
    provisions = [
        Provision.model_validate({**provision.model_dump(), "start": on.replace(day=1)})
        if provision.start is None and provision.cost_price is not None
        else provision
        for provision in household.provisions
    ]
    return replaced(household, {"provisions"}, provisions=provisions)


@lru_cache(maxsize=16)
def _lasting(rules: Law) -> Law:
    """The same rules as if the last known amounts went on: to find out which days matter, never what is due."""
    series = {**rules.series, **{name: _going_on(rules.series[name]) for name in ("monthly_amount", "exempt_amount")}}
    return Law(series, rules.plan, rules.pension_ages, rules.pension_source, rules.digest)


def _going_on(series: Series) -> Series:
    known = [value for value in series.values if value is not None]
    until = series.values.index(known[-1])
    values = (*series.values[:until], known[-1]._replace(last=None))
    return series._replace(starts=series.starts[: until + 1], ends=(*series.ends[:until], FOREVER), values=values)


@lru_cache(maxsize=16)
def _days_of_law(rules: Law) -> frozenset[date]:
    """The days on which anything in the law files begins, or is no longer known; exempt amounts two years later."""
    days = {day for series in rules.series.values() for day in _days_of(series)}
    offset = rules.series["reference_year_offset"].values[-1]
    years = 0 if offset is None else offset.amount
    return frozenset(days | {months_later(day, 12 * years) for day in _days_of(rules.series["exempt_amount"])})


def _days_of(series: Series) -> set[date]:
    return {*series.starts, *(end + ONE_DAY for end in series.ends if end < FOREVER)}
