"""The same rules over a table of households, column by column (Polars); what comes out is ``estimate``'s, to the cent.

A table has one household a row. ``composition``, ``client_age`` or ``client_born``, and ``provision_1`` are needed; every
other column, and every cell that means "not stated", may be left out.

=====================================  ===============================================================================
column                                 what it holds
=====================================  ===============================================================================
``reference``                          anything; carried over to the result
``on``                                 date to compute for; where it is empty, the one that the function is given
``composition``                        single, couple
``client_age``, ``partner_age``        under_18, adult, pension
``client_born``, ``partner_born``      date of birth, instead of an age
``income``                             euro a year
``income_low``, ``income_high``        a band of it, whole euro, both included; without ``income_high``: and more
``no_income_data``                     true or false; empty is false
``assets``                             euro
``assets_low``, ``assets_high``        a band of it, as of income
``capital``                            euro above the exempt amount
``client_income``, ``partner_income``  own parts, euro; also ``client_capital`` and ``partner_capital``
``long_term_care``                     true or false; also ``sheltered_living``
``shelter_nights``                     0 to 31
``college_exemption``                  means, approach, child_safety
``provision_1``, ``provision_2``, ...  kind of provision, as many as the table has
``delivery_1``, ...                    in_kind, personal_budget
``cost_price_1``, ...                  euro; also ``paid_before_2020_1``
``start_1``, ...                       date
=====================================  ===============================================================================

They mean what the fields of ``Household`` and ``Provision`` mean. Euro amounts may be ``Decimal``, whole numbers, floats
or texts with at most two decimals; dates may be texts such as 2026-01-31.

The result (``RESULT``) has a row for each row, in the same order. ``low`` and ``high`` are cents, empty unless
``outcome`` is ``amount``. A row that can't be a household has outcome ``error``, and ``problem`` says which column holds
what, and what is allowed there; the others are computed all the same.

How: what doesn't depend on money is decided by ``regimes.ruling``, once for every situation that occurs. What does goes
through the functions of ``formula`` and ``cost_price``, which take columns as well as numbers. No rule is written twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import reduce
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import polars as pl

from estimator.rules import formula
from estimator.rules.columns import COMPOSITIONS, EXEMPTIONS, Columns, household_of, row, schema, table
from estimator.rules.cost_price import (
    UNLIMITED,
    Aid,
    Collectable,
    cap_of,
    collectable,
    first_due,
    month_number,
    not_counted_before,
)
from estimator.rules.estimate import Which, estimate
from estimator.rules.exemptions import Situation, parents_pay, provisions_ground
from estimator.rules.formula import REASONS, UNKNOWN, Money, Own, Terms
from estimator.rules.household import AGE_GROUPS, KINDS
from estimator.rules.law import Law, law
from estimator.rules.money import OPEN_ENDED_CENTS, Number
from estimator.rules.pension_age import adulthood, age_rank, pension_date
from estimator.rules.policy import NATIONAL, PolicyByDate
from estimator.rules.regimes import (
    NOTHING_UPCOMING,
    Regime,
    charges_of,
    current_regime,
    exempt_amount,
    outcome_of,
    pays_from,
    period_of,
    plan_month,
    ruling,
    stays_in_shelter,
    upcoming_regime,
)

__all__ = ["RESULT", "estimate_file", "estimate_table", "row", "schema", "table"]

RESULT = pl.Schema(
    {
        "outcome": pl.String(),
        "ground": pl.String(),
        "low": pl.Int64(),
        "high": pl.Int64(),
        "period": pl.String(),
        "problem": pl.String(),
    }
)
OUTCOMES = ("amount", "nothing", "other_rule", "not_known", "error")
SLICE_ROWS = 500_000  # done at once: more of them only takes more memory
NO_AGE, NO_PROVISION, NO_EXEMPTION = len(AGE_GROUPS), len(KINDS), len(EXEMPTIONS)


def estimate_table(
    households: pl.DataFrame,
    on: date | None = None,
    policy: PolicyByDate = NATIONAL,
    which: Which = "current",
    rules: Law | None = None,
) -> pl.DataFrame:
    """One regime for every household of a table: the columns of ``RESULT``, after ``reference`` where there is one.

    ``on`` holds for the rows that have no date of their own. Raises ``ValueError`` for a column that is unknown, missing
    or of the wrong type, naming it, and ``PolicyError`` for a policy that goes beyond the law.
    """
    columns = Columns.of(households.schema, on)
    question = _Question(rules or law(), on, policy, which)
    parts = (_estimates(part, columns, question) for part in households.iter_slices(SLICE_ROWS))
    result = pl.concat([RESULT.to_frame(), *parts])
    return households.select("reference").hstack(result) if "reference" in columns.cells else result


class _Question(NamedTuple):
    """What is asked about every row."""

    rules: Law
    on: date | None
    policy: PolicyByDate
    which: Which

    def regime(self, on: date) -> Regime | None:
        return (current_regime if self.which == "current" else upcoming_regime)(self.rules, on)


def _estimates(part: pl.DataFrame, columns: Columns, question: _Question) -> pl.DataFrame:
    """The result for some rows: all that can be read at once, the others one by one."""
    cells = part.lazy().select(columns.read(question.on))
    bad = pl.any_horizontal("unreadable", *columns.contradictions()).fill_null(value=False)
    read = cells.with_columns(bad.alias("unreadable")).collect()
    apart = read["unreadable"]
    if not apart.any():
        return _by_regime(read, columns, question)
    alone = [_alone(household, question) for household in part.filter(apart).iter_rows(named=True)]
    results = [_by_regime(read.filter(~apart), columns, question), pl.DataFrame(alone, schema=RESULT, orient="row")]
    return _in_order(results, [(~apart).arg_true(), apart.arg_true()])


def _alone(cells: dict[str, Any], question: _Question) -> tuple[Any, ...]:
    """The result for one row, read by the models: most often what is wrong with it.

    They also take notations that the columns don't, such as 1e3: such a row is computed like any other.
    """
    household, on, wrong = household_of(cells, question.on)
    if household is None or on is None:
        return "error", "", None, None, None, "; ".join(map(str, wrong))
    found = estimate(household, on, question.policy, question.which, question.rules)
    return found.outcome, found.ground, found.low, found.high, found.period, None


def _in_order(results: list[pl.DataFrame], places: list[pl.Series]) -> pl.DataFrame:
    """The rows of several results, put back in the places that they came from."""
    return pl.concat(results)[pl.concat(places).arg_sort()]


def _by_regime(cells: pl.DataFrame, columns: Columns, question: _Question) -> pl.DataFrame:
    """The result for readable rows, all of one regime together."""
    days: dict[Regime | None, list[date]] = {}
    for day in cells["on"].unique().sort():
        days.setdefault(question.regime(day), []).append(day)
    if len(days) == 1:
        ((regime, asked),) = days.items()
        return _of_regime(cells, columns, question, regime, asked)
    parts = [(regime, asked, cells["on"].is_in(asked)) for regime, asked in days.items()]
    results = [_of_regime(cells.filter(theirs), columns, question, regime, asked) for regime, asked, theirs in parts]
    return _in_order(results, [theirs.arg_true() for *_, theirs in parts]) if parts else RESULT.to_frame()


def _of_regime(
    cells: pl.DataFrame, columns: Columns, question: _Question, regime: Regime | None, asked: list[date]
) -> pl.DataFrame:
    """The result for the rows of one regime, whose dates are ``asked``."""
    if regime is None:
        known = dict(zip(("outcome", "ground", "period"), NOTHING_UPCOMING, strict=True))
        return cells.with_columns(pl.lit(known.get(n), t).alias(n) for n, t in RESULT.items()).select(*RESULT)
    return _Estimates(cells, columns, question, _Moments.of(regime, asked, cells["on"])).result()


class _Moments(NamedTuple):
    """The days that a regime is asked about and those whose rules hold then; for each row the place of both."""

    regime: Regime
    asked: list[date]
    as_at: list[date]
    asked_place: pl.Series
    place: pl.Series

    @classmethod
    def of(cls, regime: Regime, asked: list[date], on: pl.Series) -> _Moments:
        """The moments of rows whose dates are ``on``."""
        at = pl.Series([max(day, regime.first) for day in asked])
        as_at = at.unique().sort()
        days = pl.DataFrame({"on": asked, "asked": range(len(asked)), "place": as_at.search_sorted(at).cast(pl.Int64)})
        places = on.to_frame("on").join(days, on="on", how="left", maintain_order="left")
        return cls(regime, asked, as_at.to_list(), places["asked"], places["place"])


def _pick(values: list[int], place: pl.Series) -> Number:
    """``values[place]`` for each row; just that ``int`` where they are all the same."""
    return values[0] if len(set(values)) == 1 else pl.Series(values, dtype=pl.Int64).gather(place)


class _Estimates:
    """The rows of one regime in the making: first all that doesn't depend on money, then the money."""

    def __init__(self, cells: pl.DataFrame, columns: Columns, question: _Question, moments: _Moments) -> None:
        self.columns, self.rules, self.moments, self.regime = columns, question.rules, moments, moments.regime.name
        self.policies = [question.policy.on(day) for day in moments.as_at]
        self.cells = self._with_ages(cells)
        self.grounds, self.charges = self._charges()
        self.situations, self.place = self._situations()

    def result(self) -> pl.DataFrame:
        """The columns of ``RESULT``."""
        rulings = [
            ruling(self.rules, self.regime, self.moments.as_at[at], self.policies[at], s) for at, s in self.situations
        ]
        outcomes = [("amount", ""), *(outcome_of(self.regime, reason) for reason in REASONS)]
        # The place in ``outcomes`` of what is decided without money, 0 where money decides.
        decided = [0 if found.terms else place for place, found in enumerate(rulings, len(outcomes))]
        outcomes += [(found.outcome, found.ground) for found in rulings]
        found = {"decided": pl.Series(decided).gather(self.place), "low": None, "high": None}
        outcome = pl.when(pl.col("decided") > 0).then("decided")
        if not all(decided):
            due, flags = self._due(self._terms([found.terms for found in rulings]))
            found |= {"low": due.low, "high": due.high}
            for place, flag in enumerate(flags, start=1):
                outcome = outcome.when(pl.lit(flag)).then(place)
        kinds, grounds = (pl.lit(pl.Series(names)) for names in zip(*outcomes, strict=True))
        periods = pl.Series([period_of(self.rules, self.regime, day) for day in self.moments.as_at])
        place, amount = pl.col("place"), pl.col("place") == 0
        return (
            pl.DataFrame(found, schema_overrides={"low": pl.Int64, "high": pl.Int64})
            .with_columns(outcome.otherwise(0).alias("place"))
            .select(
                kinds.gather(place).alias("outcome"),
                grounds.gather(place).alias("ground"),
                pl.when(amount).then("low").alias("low"),
                pl.when(amount).then("high").alias("high"),
                pl.lit(periods.gather(self.moments.place)).alias("period"),
                pl.lit(None, pl.String).alias("problem"),
            )
        )

    # What doesn't depend on money

    def _with_ages(self, cells: pl.DataFrame) -> pl.DataFrame:
        """The cells with ages on the day (places in ``AGE_GROUPS``) and, of birth dates, the months from which they count."""
        born = [name for name in ("client_born", "partner_born") if name in self.columns.cells]
        births = self._births(pl.concat([cells[name] for name in born]).unique().drop_nulls()) if born else None
        as_at = pl.lit(pl.Series(self.moments.as_at).gather(self.moments.place))
        for who in ("client", "partner"):
            age = self.columns.value(f"{who}_age")
            months = [pl.lit(0).alias(f"{who}_{name}") for name in ("adult_month", "pension_month")]
            if births is not None and f"{who}_born" in born:
                theirs = births.rename(lambda name, who=who: f"{who}_{name}")
                cells = cells.join(theirs, on=f"{who}_born", how="left", maintain_order="left")
                rank = age_rank(as_at, pl.col(f"{who}_adult"), pl.col(f"{who}_pension"))
                age = pl.coalesce(age, rank.cast(pl.Int64))
                months = [pl.col(f"{who}_{name}").fill_null(0) for name in ("adult_month", "pension_month")]
            cells = cells.with_columns(*months, age.fill_null(NO_AGE).alias(who))
        return cells

    def _births(self, born: pl.Series) -> pl.DataFrame:
        """For each birth date the dates of adulthood and pension age, and the months from which they count."""
        days = born.to_list()
        adult = [adulthood(self.rules, day) for day in days]
        pension = [pension_date(self.rules, day) for day in days]
        dates = pl.DataFrame(
            {"born": born, "adult": adult, "pension": pension}, schema_overrides={"adult": pl.Date, "pension": pl.Date}
        )
        return dates.with_columns(_first_due(pl.col(name)).alias(f"{name}_month") for name in ("adult", "pension"))

    def _charges(self) -> tuple[list[str], dict[int, pl.Series]]:
        """The grounds on which provisions carry no contribution, and for each slot the place of its ground in each row.

        The first ground is "", for a provision that carries one; the place after the last stands for an empty slot.
        """
        found = [
            [*charges_of(self.rules, self.regime, day, policy, KINDS, age), None]
            for day, policy in zip(self.moments.as_at, self.policies, strict=True)
            for age in AGE_GROUPS
        ]
        grounds = ["", *sorted({ground for kinds in found for ground in kinds if ground})]
        place_of = {ground: place for place, ground in enumerate([*grounds, None])}
        places = pl.Series([place_of[ground] for kinds in found for ground in kinds])
        of_client = (self.moments.place * len(AGE_GROUPS) + self.cells["client"]) * (NO_PROVISION + 1)
        return grounds, {
            n: places.gather(of_client + self.cells[f"provision_{n}"].fill_null(NO_PROVISION))
            for n in self.columns.slots
        }

    def _provisions_ground(self) -> pl.Series:
        """For each row the place of the ground of all its provisions, taken together two by two."""
        empty = len(self.grounds)
        places = {ground: place for place, ground in enumerate(self.grounds)}
        both = pl.Series(
            min(a, b) if empty in (a, b) else places[provisions_ground((self.grounds[a], self.grounds[b]))]
            for a, b in product(range(empty + 1), repeat=2)
        )
        return reduce(lambda one, other: both.gather(one * (empty + 1) + other), self.charges.values())

    def _situations(self) -> tuple[list[tuple[int, Situation]], pl.Series]:
        """Every situation that occurs, with the place of its day, and for each row which of them is its own."""
        value = self.columns.value
        facts: dict[str, tuple[pl.Expr, int]] = {
            "composition": (pl.col("composition"), len(COMPOSITIONS)),
            "client": (pl.col("client"), NO_AGE),
            "partner": (pl.col("partner"), NO_AGE + 1),
            "long_term_care": (value("long_term_care", 0), 2),
            "sheltered_living": (value("sheltered_living", 0), 2),
            "in_shelter": (stays_in_shelter(self.rules, value("shelter_nights", 0)).cast(pl.Int64), 2),
            "college_exemption": (value("college_exemption", NO_EXEMPTION), NO_EXEMPTION + 1),
            "no_income_data": (value("no_income_data", 0), 2),
            "ground": (pl.lit(self._provisions_ground()), len(self.grounds)),
            "at": (pl.lit(self.moments.place), len(self.moments.as_at)),
        }
        # All facts of a row as one number, so that the distinct ones are found quickly.
        packed = reduce(lambda number, fact: number * fact[1] + fact[0], facts.values(), pl.lit(0))
        keys = self.cells.select(packed.alias("key"))
        distinct = keys.unique().with_row_index("place").cast(pl.Int64)
        situations: list[tuple[int, Situation]] = []
        for key in distinct["key"]:
            of: dict[str, int] = {}
            for name, (_, size) in reversed(facts.items()):
                key, of[name] = divmod(key, size)
            situations.append((of["at"], self._situation(of)))
        return situations, keys.join(distinct, on="key", how="left", maintain_order="left")["place"]

    def _situation(self, of: dict[str, int]) -> Situation:
        return Situation(
            composition=COMPOSITIONS[of["composition"]],
            client=AGE_GROUPS[of["client"]],
            partner=(*AGE_GROUPS, None)[of["partner"]],
            long_term_care=bool(of["long_term_care"]),
            sheltered_living=bool(of["sheltered_living"]),
            in_shelter=bool(of["in_shelter"]),
            college_exemption=(*EXEMPTIONS, None)[of["college_exemption"]],
            no_income_data=bool(of["no_income_data"]),
            charges=(self.grounds[of["ground"]],),
        )

    # What does

    def _terms(self, found: list[Terms | None]) -> Terms:
        """The terms of each row's situation: an ``int`` for what is the same in all of them."""
        anything = next(terms for terms in found if terms)  # where there are none the outcome is decided already
        by_field = zip(*(terms or anything for terms in found), strict=True)
        return Terms(*(_pick(list(values), self.place) for values in by_field))

    def _due(self, t: Terms) -> tuple[Range, tuple[Number, ...]]:
        """The contribution of each row, and of ``REASONS`` which hold."""
        counted = formula.counted(self._money(), t)
        found = formula.range_due(counted.lowest, counted.highest, *self._collectable(), t)
        return found, formula.reasons(counted, found, t)

    def _money(self) -> Money:
        """What is known of everybody's income and capital."""
        given, value = self.columns.given, self.columns.value
        own = {what: value(f"client_{what}") + value(f"partner_{what}", 0) for what in ("income", "capital")}
        income_end, assets_end = (
            pl.when(given(f"{what}_low")).then(value(f"{what}_high", OPEN_ENDED_CENTS)) for what in ("income", "assets")
        )
        capital = pl.coalesce(value("capital"), own["capital"], 0)
        amounts = [exempt_amount(self.rules, day) for day in self.moments.as_at]
        exempt = pl.Series([UNKNOWN if amount is None else amount.amount for amount in amounts])
        of_assets = given("assets") | given("assets_low")
        parts = [f"{who}_{what}" for who in ("client", "partner") for what in ("income", "capital")]
        m = self.cells.select(
            *(value(part, 0).alias(part) for part in parts),
            income_low=pl.coalesce(value("income"), value("income_low"), own["income"], 0),
            income_high=pl.coalesce(value("income"), income_end, own["income"], OPEN_ENDED_CENTS),
            no_income_data=value("no_income_data", 0),
            assets_low=pl.coalesce(value("assets"), value("assets_low"), capital),
            assets_high=pl.coalesce(value("assets"), assets_end, capital),
            exempt=pl.when(of_assets).then(pl.lit(exempt.gather(self.moments.place))).otherwise(0),
            persons=pl.col("composition") + 1,
            divided=pl.all_horizontal(*map(given, parts)).cast(pl.Int64),
        )
        client = Own(m["client_income"], m["client_capital"], self._of_pension_age("client"))
        partner = Own(m["partner_income"], m["partner_capital"], self._of_pension_age("partner"))
        return Money(**{name: m[name] for name in Money._fields if name in m.columns}, client=client, partner=partner)

    def _of_pension_age(self, who: str) -> Number:
        return _pick([int(getattr(s, who) == "pension") for _, s in self.situations], self.place)

    def _collectable(self) -> Collectable:
        """What can still be collected from each household, by the cost prices of its provisions."""
        month = _pick([month_number(day) for day in self.moments.as_at], self.moments.place)
        aids = [self._aid(n) for n in self.charges]
        if self.regime == "income_related":
            return UNLIMITED._replace(cap=cap_of(aids))
        if not any(f"cost_price_{n}" in self.columns.cells for n in self.charges):
            return UNLIMITED
        return collectable(self.rules, aids, month, plan_month(self.rules, self.regime))

    def _aid(self, n: int) -> Aid:
        """The provisions of one slot."""
        given, value, kind = self.columns.given, self.columns.value, pl.col(f"provision_{n}").fill_null(NO_PROVISION)
        parents = pl.Series([[*(parents_pay(kind, policy) for kind in KINDS), False] for policy in self.policies])
        pays = pl.Series([pays_from(self.rules, self.regime, s) for _, s in self.situations]).gather(self.place)
        asked = pl.Series([month_number(day) for day in self.moments.asked]).gather(self.moments.asked_place)
        ...
