"""Two or more policies over a table of households, under the current and the upcoming regime.

Every amount is ``rules.population``'s. A household whose income or capital is a range has a contribution that is one
too: so there are two figures of everything, ``low`` and ``high``. ``low`` takes everybody at the lowest end, ``high``
everybody at the highest; they are equal where all is certain. A policy is held against the first one end by end: the
same household with its lowest income, and with its highest.

A year is twelve months or thirteen periods of the contribution on the day: a cost price that ends it sooner isn't seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple, get_args

import polars as pl

from estimator.policies.client_file import Clients, Progress, WrongRow
from estimator.policies.examples import EXAMPLES
from estimator.policies.named import NamedPolicy, check_policies
from estimator.rules.estimate import PERIODS_A_YEAR, VERSION, Estimate, Which, estimate, regime_of
from estimator.rules.exemptions import RegimeName
from estimator.rules.household import KINDS, Household
from estimator.rules.law import Law, law
from estimator.rules.money import half_up
from estimator.rules.pension_age import age_group
from estimator.rules.population import estimate_table
from estimator.rules.regimes import OutcomeKind, Period, Regime, period_of

Dimension = Literal["household_type", "income_class", "provision"]
DIMENSIONS: tuple[Dimension, ...] = ("household_type", "income_class", "provision")
HOUSEHOLD_TYPES = ("under_18", "single_under", "single_pension", "couple_under", "couple_mixed", "couple_pension")
# Of the income that is stated, euro a year: the keys are the lower edges; the rest isn't in one class, or not stated.
INCOME_EDGES = (0, 20_000, 25_000, 30_000, 40_000, 50_000, 60_000)
INCOME_CLASSES = (*map(str, INCOME_EDGES), "several", "not_stated")
# Of the contribution for a period, cents: nothing, and from each edge on up to the next.
CONTRIBUTION_EDGES = (0, 1, 1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000)
GROUP_KEYS: dict[Dimension, tuple[str, ...]] = {
    "household_type": HOUSEHOLD_TYPES,
    "income_class": INCOME_CLASSES,
    "provision": KINDS,
}
ENDS = ("low", "high")
SLICE_ROWS = 50_000


class Ends(NamedTuple):
    """A figure with everybody at the lowest end, and at the highest."""

    low: int
    high: int


class Change(NamedTuple):
    """Who pays more and who less than under the first policy, at one end.

    ``more_sum`` and ``less_sum`` are what these pay more and less together, cents a year, both positive.
    """

    more: int = 0
    less: int = 0
    same: int = 0
    more_sum: int = 0
    less_sum: int = 0

    @property
    def net(self) -> int:
        """What all of them together pay more than under the first policy, cents a year."""
        return self.more_sum - self.less_sum

    @property
    def more_mean(self) -> int | None:
        """What somebody who pays more pays more, on average, cents a year rounded half up; ``None`` if nobody does."""
        return half_up(self.more_sum, self.more) if self.more else None

    @property
    def less_mean(self) -> int | None:
        """The same of those who pay less."""
        return half_up(self.less_sum, self.less) if self.less else None


class Changes(NamedTuple):
    """A policy beside the first one: the households of which both are known, and the change at either end."""

    compared: int
    low: Change
    high: Change


class Group(NamedTuple):
    """What a policy asks of some of the households.

    ``households`` are those of whom it is known what they pay, nothing included; ``charged`` of these pay something,
    ``year`` is what they pay together, cents a year. ``changes`` is ``None`` for the first policy.
    """

    key: str
    households: int
    charged: Ends
    year: Ends
    changes: Changes | None


class Ground(NamedTuple):
    """How many households have an outcome on a ground; an amount has the ground ""."""

    outcome: OutcomeKind
    ground: str
    households: int


class Bar(NamedTuple):
    """How many households pay an amount from ``first`` on, and less than ``below``: cents a period, nothing first."""

    first: int
    below: int | None
    households: Ends


class Result(NamedTuple):
    """What one policy does under one regime. ``policy`` is its place in the comparison.

    ``covered`` is false where the policy says nothing about that day, so that the national rule was used.
    ``ranges`` is how many households have two different ends. ``groups`` of a dimension that have nobody are left
    out; a household with several provisions is in the group of each of them.
    """

    policy: int
    which: Which
    regime: RegimeName
    status: str
    as_at: date
    period: Period
    covered: bool
    grounds: tuple[Ground, ...]
    ranges: int
    everybody: Group
    groups: dict[Dimension, tuple[Group, ...]]
    distribution: tuple[Bar, ...]

    @property
    def known(self) -> bool:
        """Whether anything is known of what is due: not where every amount that would matter isn't."""
        return not self.outcome("not_known") or self.outcome("amount") > 0

    def outcome(self, outcome: OutcomeKind) -> int:
        """How many households have an outcome."""
        return sum(ground.households for ground in self.grounds if ground.outcome == outcome)


class Example(NamedTuple):
    """A household worked out in full: for each policy its estimates, in the order of ``PolicyComparison.regimes``."""

    key: str
    household: Household
    estimates: tuple[tuple[Estimate, ...], ...]


class PolicyComparison(NamedTuple):
    """What came of a comparison; the first of ``policies`` is the one that the others are held against.

    ``results`` has each policy with its regimes. ``households`` were computed, ``wrong_rows`` of the file weren't;
    ``priced`` have a provision with a cost price, which may end the contribution within the year.
    """

    on: date
    file: str
    policies: tuple[NamedPolicy, ...]
    regimes: tuple[Which, ...]
    results: tuple[Result, ...]
    examples: tuple[Example, ...]
    households: int
    wrong_rows: int
    wrong: tuple[WrongRow, ...]
    priced: int
    version: str
    law: str

    def of(self, policy: int, which: Which) -> Result:
        """The result of a policy, by its place, under a regime."""
        return next(result for result in self.results if (result.policy, result.which) == (policy, which))


def compare_policies(
    clients: Clients,
    policies: Sequence[NamedPolicy],
    on: date,
    progress: Progress | None = None,
    rules: Law | None = None,
) -> PolicyComparison:
    """The policies over all households of a file, slice by slice.

    ``progress`` is called after each slice with how many of the estimates are made, and of how many; what it raises
    ends the work. Raises ``PolicyFileError`` (see ``check_policies``), and ``ValueError`` for a date before
    2007-01-01.
    """
    rules = rules or law()
    policies = tuple(policies)
    check_policies(policies, on, rules)
    regimes = {which: regime for which in get_args(Which) if (regime := regime_of(rules, on, which)) is not None}
    asked = [(place, which) for which in regimes for place in range(len(policies))]
    tallies = {each: _Tally(is_base=each[0] == 0) for each in asked}
    table = clients.table.with_columns(_household_type(clients.table, on, rules), _income_class(clients.table))
    done, everything = 0, table.height * len(asked)
    for part in table.iter_slices(SLICE_ROWS) if table.height else [table]:
        households, members, base = part.drop("household_type", "income_class"), _members(part), pl.DataFrame()
        for place, which in asked:
            found = estimate_table(households, on, policies[place].policy, which, rules)
            ends = _ends(found)
            base = ends if place == 0 else base
            tallies[place, which].add(found, ends, base, members)
            done += part.height
            if progress:
                progress(done, everything)
    return PolicyComparison(
        on=on,
        file=clients.name,
        policies=policies,
        regimes=tuple(regimes),
        results=tuple(
            tallies[place, which].result(place, which, regime, policies[place], on, rules)
            for place in range(len(policies))
            for which, regime in regimes.items()
        ),
        examples=tuple(_examples(policies, on, tuple(regimes), rules)),
        households=table.height,
        wrong_rows=clients.wrong_rows,
        wrong=clients.wrong,
        priced=_priced(table),
        version=VERSION,
        law=rules.digest,
    )


def _examples(policies: Sequence[NamedPolicy], on: date, regimes: Sequence[Which], rules: Law) -> Iterator[Example]:
    for key, household in EXAMPLES.items():
        found = (tuple(estimate(household, on, each.policy, which, rules) for which in regimes) for each in policies)
        yield Example(key, household, tuple(found))


def _priced(table: pl.DataFrame) -> int:
    prices = [name for name in table.columns if name.startswith("cost_price_")]
    return table.filter(pl.any_horizontal(pl.col(prices).is_not_null())).height if prices else 0


# Which household is in which group


def _household_type(table: pl.DataFrame, on: date, rules: Law) -> pl.Expr:
    """Which of ``HOUSEHOLD_TYPES`` each household is on the day."""
    client, partner = (_age(table, who, on, rules) for who in ("client", "partner"))
    couple, old, partner_old = pl.col("composition") == "couple", client == "pension", partner == "pension"
    types = (
        pl.when(client == "under_18").then(pl.lit("under_18"))
        .when(~couple & old).then(pl.lit("single_pension"))
        .when(~couple).then(pl.lit("single_under"))
        .when(old & partner_old).then(pl.lit("couple_pension"))
        .when(old | partner_old).then(pl.lit("couple_mixed"))
        .otherwise(pl.lit("couple_under"))
    )  # fmt: skip
    return types.cast(pl.Enum(HOUSEHOLD_TYPES)).alias("household_type")


def _age(table: pl.DataFrame, who: str, on: date, rules: Law) -> pl.Expr:
    """The age group on the day, stated or by the birth date."""
    found = pl.lit(None, pl.String)
    if f"{who}_age" in table.columns:
        found = pl.col(f"{who}_age")
    if (born := f"{who}_born") in table.columns:
        days = table[born].unique().drop_nulls().to_list()
        ages = [age_group(rules, day, on) for day in days]
        found = pl.coalesce(found, pl.col(born).replace_strict(days, ages, default=None, return_dtype=pl.String))
    return found


def _income_class(table: pl.DataFrame) -> pl.Series:
    """The class of the income that is stated; a band is in a class whose upper edge it may touch."""
    names = ("income", "client_income", "partner_income", "income_low", "income_high")
    nothing = pl.repeat(None, table.height, dtype=pl.Float64, eager=True)
    euro = pl.DataFrame({name: table[name].cast(pl.Float64) if name in table.columns else nothing for name in names})
    flag = "no_income_data"
    without = table[flag].fill_null(value=False) if flag in table.columns else nothing.is_not_null()

    def place(amount: pl.Expr) -> pl.Expr:
        return pl.sum_horizontal(amount >= edge for edge in INCOME_EDGES) - 1

    exact = pl.coalesce("income", pl.col("client_income") + pl.col("partner_income").fill_null(0))
    low, high = pl.coalesce(exact, "income_low"), pl.col("income_high").fill_null(float("inf")) - 1
    first, last = place(low), place(pl.coalesce(exact, pl.max_horizontal(low, high)))
    several, not_stated = len(INCOME_EDGES), len(INCOME_EDGES) + 1
    unknown = low.is_null() | pl.lit(without)
    found = euro.select(pl.when(unknown).then(not_stated).when(first != last).then(several).otherwise(first))
    return pl.Series("income_class", INCOME_CLASSES, pl.Enum(INCOME_CLASSES)).gather(found.to_series())


def _members(part: pl.DataFrame) -> dict[Dimension, pl.DataFrame]:
    """The key of the group of each household, by its place: of every provision once."""
    places = pl.int_range(part.height, dtype=pl.UInt32, eager=True).alias("place")
    slots = [name for name in part.columns if name.startswith("provision_")]
    provisions = [pl.DataFrame([places, part[name].cast(pl.Enum(KINDS)).alias("key")]) for name in slots]
    return {
        "household_type": pl.DataFrame([places, part["household_type"].alias("key")]),
        "income_class": pl.DataFrame([places, part["income_class"].alias("key")]),
        "provision": pl.concat(provisions).drop_nulls().unique(),
    }


# Adding up


def _ends(found: pl.DataFrame) -> pl.DataFrame:
    """What each household pays at either end, cents a period: nothing is 0, what isn't known is empty."""
    nothing = pl.col("outcome") == "nothing"
    return found.select(pl.when(nothing).then(0).otherwise(end).alias(end) for end in ENDS)


def _of_everybody() -> list[pl.Expr]:
    """The sums of a group."""
    sums = [pl.col("low").count().alias("households")]
    for end in ENDS:
        sums += [(pl.col(end) > 0).sum().alias(f"charged_{end}"), pl.col(end).sum().alias(f"sum_{end}")]
    return [*sums, (pl.col("low") != pl.col("high")).sum().alias("ranges")]


def _of_changes() -> list[pl.Expr]:
    """The sums of the changes in a group."""
    sums = [pl.col("change_low").count().alias("compared")]
    for end in ENDS:
        change = pl.col(f"change_{end}")
        sums += [
            (change > 0).sum().alias(f"more_{end}"),
            (change < 0).sum().alias(f"less_{end}"),
            (change == 0).sum().alias(f"same_{end}"),
            change.filter(change > 0).sum().alias(f"more_sum_{end}"),
            -change.filter(change < 0).sum().alias(f"less_sum_{end}"),
        ]
    return sums


class _Tally:
    """What is added up of one policy under one regime, slice after slice."""

    def __init__(self, *, is_base: bool) -> None:
        self.is_base = is_base
        self.grounds: list[pl.DataFrame] = []
        self.bars: list[pl.DataFrame] = []
        self.groups: dict[str, list[pl.DataFrame]] = {name: [] for name in ("everybody", *DIMENSIONS)}

    def add(
        self, found: pl.DataFrame, ends: pl.DataFrame, base: pl.DataFrame, members: Mapping[Dimension, pl.DataFrame]
    ) -> None:
        """Add a slice: its estimates, the ends of them and of those of the first policy, and who is in which group."""
        self.grounds.append(found.group_by("outcome", "ground").len())
        edges = pl.Series(CONTRIBUTION_EDGES, dtype=pl.Int64)
        for end in ENDS:
            place = edges.search_sorted(ends[end].drop_nulls(), side="right")
            self.bars.append(pl.DataFrame({"place": place}).group_by("place").len().with_columns(end=pl.lit(end)))
        sums = _of_everybody() if self.is_base else [*_of_everybody(), *_of_changes()]
        facts = (
            ends if self.is_base else ends.with_columns((ends[end] - base[end]).alias(f"change_{end}") for end in ENDS)
        )
        self.groups["everybody"].append(facts.select(*sums).with_columns(key=pl.lit("")))
        for dimension, of in members.items():
            counted = facts[of["place"]].with_columns(of["key"]).group_by("key").agg(sums)
            self.groups[dimension].append(counted.with_columns(pl.col("key").cast(pl.String)))

    def result(self, place: int, which: Which, regime: Regime, policy: NamedPolicy, on: date, rules: Law) -> Result:
        """The sums of all slices."""
        as_at = max(on, regime.first)
        period = period_of(rules, regime.name, as_at)
        (everybody,), ranges = self._groups("everybody", ("",), PERIODS_A_YEAR[period]), self._ranges()
        return Result(
            policy=place,
            which=which,
            regime=regime.name,
            status=regime.status,
            as_at=as_at,
            period=period,
            covered=policy.covers(as_at),
            grounds=tuple(self._grounds()),
            ranges=ranges,
            everybody=everybody,
            groups={
                dimension: tuple(self._groups(dimension, GROUP_KEYS[dimension], PERIODS_A_YEAR[period]))
                for dimension in DIMENSIONS
            },
            distribution=tuple(self._bars()),
        )

    def _grounds(self) -> Iterator[Ground]:
        """The grounds, of each outcome those with most households first."""
        found = pl.concat(self.grounds).group_by("outcome", "ground").agg(pl.col("len").sum())
        order = {outcome: place for place, outcome in enumerate(get_args(OutcomeKind))}
        for outcome, ground, count in sorted(found.iter_rows(), key=lambda row: (order[row[0]], -row[2], row[1])):
            yield Ground(outcome, ground, count)

    def _bars(self) -> Iterator[Bar]:
        counted = pl.concat(self.bars).group_by("place", "end").agg(pl.col("len").sum())
        of = {(place, end): count for place, end, count in counted.iter_rows()}
        for place, (first, below) in enumerate(
            zip(CONTRIBUTION_EDGES, (*CONTRIBUTION_EDGES[1:], None), strict=True), start=1
        ):
            yield Bar(first, below, Ends(*(of.get((place, end), 0) for end in ENDS)))

    def _ranges(self) -> int:
        return int(pl.concat(self.groups["everybody"])["ranges"].sum())

    def _groups(self, name: str, keys: tuple[str, ...], periods: int) -> Iterator[Group]:
        """The groups that have anybody, in the order of their keys."""
        summed = pl.concat(self.groups[name]).group_by("key").agg(pl.all().sum())
        rows = {row["key"]: row for row in summed.iter_rows(named=True)}
        for key in keys:
            if key in rows:
                yield self._group(rows[key], periods)

    def _group(self, of: Mapping[str, Any], periods: int) -> Group:
        charged, year = (
            Ends(of["charged_low"], of["charged_high"]),
            Ends(of["sum_low"] * periods, of["sum_high"] * periods),
        )
        changes = None if self.is_base else Changes(of["compared"], *(_change(of, end, periods) for end in ENDS))
        return Group(of["key"], of["households"], charged, year, changes)


def _change(of: Mapping[str, Any], end: str, periods: int) -> Change:
    more, less, same, more_sum, less_sum = (
        of[f"{name}_{end}"] for name in ("more", "less", "same", "more_sum", "less_sum")
    )
    return Change(more, less, same, more_sum * periods, less_sum * periods)
