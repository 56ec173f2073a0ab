"""The same rules over a table of households, column by column (Polars); the result is ``estimate``'s, to the cent.

A table has one household a row. ``composition``, ``client_age`` or ``client_born``, and ``provision_1`` are needed;
every other column, and every cell that means "not stated", may be left out.

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

They mean what the fields of ``Household`` and ``Provision`` mean. Euro amounts may be ``Decimal``, whole numbers,
floats or texts with at most two decimals; dates may be texts such as 2026-01-31.

The result (``RESULT``) has a row for each row, in the same order. ``low`` and ``high`` are cents, empty unless
``outcome`` is ``amount``. A row that can't be a household has outcome ``error``, and ``problem`` says which column
holds what and what is allowed there; the others are computed all the same.

How: what doesn't depend on money is decided by ``regimes.ruling``, once for every situation that occurs. What does goes
through the functions of ``formula`` and ``cost_price``, which take columns as well as numbers. No rule is here again.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from datetime import date
from functools import reduce
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import polars as pl

from estimator.rules import formula
from estimator.rules.columns import COMPOSITIONS, EXEMPTIONS, Columns, household_of, month_due, row, schema, table
from estimator.rules.cost_price import (
    UNLIMITED,
    Aid,
    Collectable,
    OfAge,
    cap_of,
    collectable,
    counted_from,
    month_number,
)
from estimator.rules.estimate import Which, estimate, regime_of
from estimator.rules.exemptions import Situation, parents_pay, provisions_ground
from estimator.rules.formula import REASONS, UNKNOWN, Money, Own, Range, Terms
from estimator.rules.household import AGE_GROUPS, KINDS
from estimator.rules.law import Law, law
from estimator.rules.money import OPEN_ENDED_CENTS, Number, at_least
from estimator.rules.pension_age import adulthood, age_rank, pension_date
from estimator.rules.policy import NATIONAL, PolicyByDate
from estimator.rules.regimes import (
    NOTHING_UPCOMING,
    Regime,
    charges_of,
    exempt_amount,
    outcome_of,
    pays_from,
    period_of,
    plan_month,
    ruling,
    stays_in_shelter,
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

    ``on`` holds for the rows that have no date of their own. Raises ``ValueError`` for a column that is unknown,
    missing or of the wrong type, naming it, and ``PolicyError`` for a policy that goes beyond the law.
    """
    columns = Columns.of(households.schema, on)
    question = _Question(rules or law(), on, policy, which, {})
    parts = (_estimates(part, columns, question) for part in households.iter_slices(SLICE_ROWS))
    result = pl.concat([RESULT.to_frame(), *parts])
    return households.select("reference").hstack(result) if "reference" in columns.cells else result


class _Question(NamedTuple):
    """What is asked about every row, and of each birth date that was seen when adulthood and pension age come."""

    rules: Law
    on: date | None
    policy: PolicyByDate
    which: Which
    ages: dict[date, tuple[date, date]]

    def regime(self, on: date) -> Regime | None:
        return regime_of(self.rules, on, self.which)


def _estimates(part: pl.DataFrame, columns: Columns, question: _Question) -> pl.DataFrame:
    """The result for some rows: those that are read all at once, the wrong ones one by one."""
    cells, wrong = columns.read(part)
    if not wrong.any():
        return _by_regime(cells, columns, question)
    alone = [_alone(household, question) for household in part.filter(wrong).iter_rows(named=True)]
    results = [_by_regime(cells.filter(~wrong), columns, question), pl.DataFrame(alone, schema=RESULT, orient="row")]
    return _in_order(results, [(~wrong).arg_true(), wrong.arg_true()])


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
    if cells.is_empty():
        return RESULT.to_frame()
    on = cells["on"] if "on" in cells.columns else pl.Series([question.on], dtype=pl.Date)
    days: dict[Regime | None, list[date]] = {}
    for day in on.unique().sort():
        days.setdefault(question.regime(day), []).append(day)
    if len(days) == 1:
        ((regime, asked),) = days.items()
        return _of_regime(cells, columns, question, regime, asked)
    parts = [(regime, asked, on.is_in(asked)) for regime, asked in days.items()]
    results = [_of_regime(cells.filter(theirs), columns, question, regime, asked) for regime, asked, theirs in parts]
    return _in_order(results, [theirs.arg_true() for *_, theirs in parts])


def _of_regime(
    cells: pl.DataFrame, columns: Columns, question: _Question, regime: Regime | None, asked: list[date]
) -> pl.DataFrame:
    """The result for the rows of one regime, whose dates are ``asked``."""
    if regime is None:
        known = dict(zip(("outcome", "ground", "period"), NOTHING_UPCOMING, strict=True))
        return cells.with_columns(pl.lit(known.get(n), t).alias(n) for n, t in RESULT.items()).select(*RESULT)
    return _Estimates(cells, columns, question, _Moments.of(regime, asked, cells)).result()


class _Moments(NamedTuple):
    """The days that a regime is asked about and those whose rules hold then; for each row the place of both."""

    regime: Regime
    asked: list[date]
    as_at: list[date]
    asked_place: pl.Series
    place: pl.Series

    @classmethod
    def of(cls, regime: Regime, asked: list[date], cells: pl.DataFrame) -> _Moments:
        """The moments of rows for which ``asked`` are the days that occur."""
        if len(asked) == 1:
            nowhere_else = pl.zeros(cells.height, dtype=pl.Int64, eager=True)
            return cls(regime, asked, [max(asked[0], regime.first)], nowhere_else, nowhere_else)
        at = pl.Series([max(day, regime.first) for day in asked])
        as_at = at.unique().sort()
        days = pl.DataFrame({"on": asked, "asked": range(len(asked)), "place": as_at.search_sorted(at).cast(pl.Int64)})
        places = cells.select("on").join(days, on="on", how="left", maintain_order="left")
        return cls(regime, asked, as_at.to_list(), places["asked"], places["place"])


def _pick(values: list[int], place: pl.Series) -> Number:
    """``values[place]`` for each row; just that ``int`` where they are all the same."""
    return values[0] if len(set(values)) == 1 else pl.Series(values, dtype=pl.Int64).gather(place)


class _Estimates:
    """The rows of one regime in the making: first all that doesn't depend on money, then the money."""

    def __init__(self, cells: pl.DataFrame, columns: Columns, question: _Question, moments: _Moments) -> None:
        self.columns, self.rules, self.moments, self.regime = columns, question.rules, moments, moments.regime.name
        self.ages = question.ages
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
        outcome: Any = pl.when(pl.col("decided") > 0).then("decided")
        if not all(decided):
            due, flags = self._due(self._terms([found.terms for found in rulings]))
            found |= {"low": due.low, "high": due.high}
            for number, flag in enumerate(flags, start=1):
                outcome = outcome.when(pl.lit(flag)).then(number)
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
        """The cells with ages on the day, as places in ``AGE_GROUPS``, and the months of adulthood and pension age."""
        born = [name for name in ("client_born", "partner_born") if name in self.columns.cells]
        births = self._births(pl.concat([cells[name] for name in born]).unique().drop_nulls()) if born else None
        as_at = pl.lit(pl.Series(self.moments.as_at).gather(self.moments.place))
        for who in ("client", "partner"):
            age = self.columns.value(f"{who}_age")
            months: list[Any] = [pl.lit(0).alias(f"{who}_{name}") for name in ("adult_month", "pension_month")]
            if births is not None and f"{who}_born" in born:
                theirs = cells.select(born=f"{who}_born").join(births, on="born", how="left", maintain_order="left")
                rank = age_rank(as_at, pl.lit(theirs["adult"]), pl.lit(theirs["pension"]))
                age = pl.coalesce(age, rank.cast(pl.Int64))
                months = [theirs[name].fill_null(0).alias(f"{who}_{name}") for name in ("adult_month", "pension_month")]
            cells = cells.with_columns(*months, age.fill_null(NO_AGE).alias(who))
        return cells

    def _births(self, born: pl.Series) -> pl.DataFrame:
        """For each birth date the dates of adulthood and pension age, and the months within which they fall."""
        ages, days = self.ages, born.to_list()
        ages |= {day: (adulthood(self.rules, day), pension_date(self.rules, day)) for day in days if day not in ages}
        dates = pl.DataFrame([ages[day] for day in days], {"adult": pl.Date, "pension": pl.Date}, orient="row")
        months = (month_due(pl.col(name).dt.month_start()).alias(f"{name}_month") for name in ("adult", "pension"))
        return dates.with_columns(born.alias("born"), *months)

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
        counted = formula.counted(self._money(), self._exempt(), t)
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
        of_assets = given("assets") | given("assets_low")
        parts = [f"{who}_{what}" for who in ("client", "partner") for what in ("income", "capital")]
        m = self.cells.select(
            *(value(part, 0).alias(part) for part in parts),
            income_low=pl.coalesce(value("income"), value("income_low"), own["income"], 0),
            income_high=pl.coalesce(value("income"), income_end, own["income"], OPEN_ENDED_CENTS),
            no_income_data=value("no_income_data", 0),
            assets_low=pl.coalesce(value("assets"), value("assets_low"), capital),
            assets_high=pl.coalesce(value("assets"), assets_end, capital),
            exemptions=(pl.col("composition") + 1) * of_assets.cast(pl.Int64),
            persons=pl.col("composition") + 1,
            divided=pl.all_horizontal(*map(given, parts)).cast(pl.Int64),
        )
        client = Own(m["client_income"], m["client_capital"])
        partner = Own(m["partner_income"], m["partner_capital"])
        return Money(**{name: m[name] for name in Money._fields if name in m.columns}, client=client, partner=partner)

    def _exempt(self) -> Number:
        """The exempt amount of each row's day, ``UNKNOWN`` where the law files don't have it."""
        amounts = [exempt_amount(self.rules, day) for day in self.moments.as_at]
        return _pick([UNKNOWN if amount is None else amount.amount for amount in amounts], self.moments.place)

    def _collectable(self) -> Collectable:
        """What can still be collected from each household, by the cost prices of its provisions."""
        if not any(f"cost_price_{n}" in self.columns.cells for n in self.charges):
            return UNLIMITED
        if self.regime == "income_related":
            return UNLIMITED._replace(cap=cap_of(map(self._aid, self.charges)))
        # A provision without a cost price always runs: it is only for the other households that anything is counted.
        charged = self.charges.items()
        count = pl.all_horizontal(pl.lit(place != 0) | self.columns.given(f"cost_price_{n}") for n, place in charged)
        counted = self.cells.select(count).to_series()
        some = self._only(counted)
        month = _pick([month_number(day) for day in self.moments.as_at], some.moments.place)
        left = collectable(self.rules, map(some._aid, self.charges), month, plan_month(self.rules, self.regime))
        everybody = pl.repeat(OPEN_ENDED_CENTS, counted.len(), dtype=pl.Int64, eager=True)
        surely, possibly = (everybody.clone().scatter(counted.arg_true(), left[end]) for end in (0, 1))
        return UNLIMITED._replace(surely=surely, possibly=possibly)

    def _only(self, rows: pl.Series) -> _Estimates:
        """The same for some of the rows."""
        some = copy(self)
        some.cells = self.cells.filter(rows)
        some.charges = {n: places.filter(rows) for n, places in self.charges.items()}
        some.place = self.place.filter(rows)
        places = {name: getattr(self.moments, name).filter(rows) for name in ("asked_place", "place")}
        some.moments = self.moments._replace(**places)
        return some

    def _aid(self, n: int) -> Aid:
        """The provisions of one slot."""
        charged = (self.charges[n] == 0).cast(pl.Int64)
        if f"cost_price_{n}" not in self.columns.cells:
            return Aid(charged, price=OPEN_ENDED_CENTS, paid_before=0, told=1, first=0, taken_from=0, own_from=0)
        start = pl.col(f"start_{n}") if f"start_{n}" in self.columns.cells else pl.lit(None, pl.Date)
        asked = pl.Series([month_number(day) for day in self.moments.asked]).gather(self.moments.asked_place)
        of_slot = self.cells.select(
            price=self.columns.value(f"cost_price_{n}", OPEN_ENDED_CENTS),
            paid_before=self.columns.value(f"paid_before_2020_{n}", 0),
            told=(start.is_null() | self.columns.given(f"paid_before_2020_{n}")).cast(pl.Int64),
            first=pl.coalesce(month_due(start), pl.lit(asked)),
        )
        taken_from, own_from = self._counted_from(n, of_slot["first"])
        return Aid(charged, **of_slot.to_dict(), taken_from=taken_from, own_from=own_from)

    def _counted_from(self, n: int, first: pl.Series) -> tuple[Number, Number]:
        """The first months that come off the cost price in a slot."""
        kind = self.cells[f"provision_{n}"].fill_null(NO_PROVISION)
        pay = [int(pays) for policy in self.policies for pays in (*(parents_pay(k, policy) for k in KINDS), False)]
        pension = at_least(self.cells["client_pension_month"], self.cells["partner_pension_month"])
        return counted_from(
            first,
            OfAge(self.cells["client_adult_month"], pension * self.cells["composition"]),
            parents_pay=_pick(pay, self.moments.place * (NO_PROVISION + 1) + kind),
            pays=_pick([pays_from(self.rules, self.regime, s) for _, s in self.situations], self.place),
            plan=plan_month(self.rules, self.regime),
        )


# Files


def estimate_file(
    source: Path,
    target: Path,
    on: date | None = None,
    policy: PolicyByDate = NATIONAL,
    which: Which = "current",
    batch_rows: int = 200_000,
    rules: Law | None = None,
) -> dict[str, int]:
    """``estimate_table`` from file to file, CSV or Parquet by their names; gives how many rows came to which outcome.

    Works on some ``batch_rows`` at a time, so that files may be larger than memory. In CSV ``low`` and ``high`` are
    euro such as 21.80. ``target`` appears when it is complete. Raises ``ValueError``, naming the file, for one of
    another kind, an empty one, one that can't be read, and for its columns; also ``OSError`` and ``PolicyError``.
    """
    if _kind_of(source) and _kind_of(target) and source.resolve() == target.resolve():
        raise ValueError(f"{target}: found source and target together; allowed: another file")
    if not target.parent.is_dir():
        raise ValueError(f"{target}: found no folder {target.parent}; allowed: a folder that exists")
    counts = dict.fromkeys(("rows", *OUTCOMES), 0)
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        parts = Path(folder)
        for number, households in enumerate(_batches(source, on, batch_rows)):
            result = estimate_table(households, on, policy, which, rules)
            result.write_parquet(parts / f"{number:09}.parquet")
            counts["rows"] += result.height
            for outcome, count in result["outcome"].value_counts().iter_rows():
                counts[outcome] += count
        whole = parts / "whole"
        results = pl.scan_parquet(sorted(parts.glob("*.parquet")), glob=False)
        if _kind_of(target) == ".csv":
            in_euro = results.with_columns(_euros(name) for name in ("low", "high"))
            in_euro.sink_csv(whole, check_extension=False)
        else:
            results.sink_parquet(whole)
        whole.replace(target)
    return counts


def _kind_of(path: Path) -> str:
    kind = path.suffix.lower()
    if kind not in (".csv", ".parquet"):
        raise ValueError(f"{path}: found a name that ends in {kind or 'nothing'}; allowed: .csv or .parquet")
    return kind


def _batches(source: Path, on: date | None, batch_rows: int) -> Iterator[pl.DataFrame]:
    """The rows of a file, first none at all, so that there is something to write in any case."""
    with source.open("rb") as file:
        if not file.read(1):
            raise ValueError(f"{source}: found an empty file; allowed: a line of columns, and one for each household")
    # Texts stay texts until the columns are read: a float between would not be the amount that was written.
    csv = _kind_of(source) == ".csv"
    scan = pl.scan_csv(source, infer_schema=False, glob=False) if csv else pl.scan_parquet(source, glob=False)
    try:
        columns = scan.collect_schema()
        Columns.of(columns, on)
        yield columns.to_frame()
        yield from scan.collect_batches(chunk_size=batch_rows, maintain_order=True)
    except pl.exceptions.PolarsError as error:
        found, _, _ = str(error).partition("\n")
        allowed = "CSV in UTF-8" if csv else "Parquet"
        raise ValueError(f"{source}: found {found.removeprefix('found ')}; allowed: {allowed}") from None
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from None


def _euros(name: str) -> pl.Expr:
    """A column of cents as ``money.euros`` writes them."""
    cents = pl.col(name)
    return pl.format("{}.{}", cents // 100, (cents % 100).cast(pl.String).str.zfill(2)).alias(name)
