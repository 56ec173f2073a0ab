"""How many households a second `estimate_table` does: a million of them in memory, with a policy and every column.

Timed: `estimate_table(households, on, policy, which)`, from a table with texts, dates and `Decimal` amounts to the
result; not the making of the table. The rows are drawn at random in the proportions below, the same at every run.
"""

import resource
import sys
from collections.abc import Iterator
from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
from machine import cores, machine, table

from estimator.rules import Policy
from estimator.rules.household import AGE_GROUPS, COST_PRICE_KINDS, KINDS, CollegeExemption
from estimator.rules.population import estimate_table, schema

ROWS, RUNS, SLOTS = 1_000_000, 9, 3
ON = date(2026, 11, 22)
TARGET = 1_000_000
POLICY = Policy.model_validate(
    {
        "lower_amount": "15.00",
        "low_income_limits": {"single_under": 24_000, "single_pension": 25_000, "couple_pension": 34_000},
        "bill_exempt_below": {"single_under": 20_000, "single_pension": 21_000},
        "exempt_provisions": ["light_support"],
    }
)
# Domestic help most often, then day activities, aids and individual support; of everything some.
OFTEN = np.array([30, 12, 3, 10, 3, 8, 6, 1, 14, 7, 2, 2, 0.7, 0.3, 1.0])


def households(rows: int) -> pl.DataFrame:
    """A table as a municipality might have it.

    35 % couples; 70 % pension age; half with birth dates instead of an age; income exact 60 %, a band 30 %, not stated
    10 %; 1 to 3 provisions of all kinds; 20 % with a cost price and a start.
    """
    random = np.random.default_rng(363)
    return pl.DataFrame(dict(_columns(random, rows)), schema=schema(SLOTS)).drop("reference", "on")


def _columns(random: np.random.Generator, rows: int) -> Iterator[tuple[str, pl.Series]]:
    couple, by_birth = random.random(rows) < 0.35, random.random(rows) < 0.5
    yield "reference", pl.repeat(None, rows, dtype=pl.String, eager=True)
    yield "on", pl.repeat(None, rows, dtype=pl.Date, eager=True)
    yield "composition", _words(random, rows, ("single", "couple"), where=None, places=couple.astype(int))
    for who, there in (("client", np.ones(rows, bool)), ("partner", couple)):
        yield f"{who}_age", _words(random, rows, AGE_GROUPS, there & ~by_birth, (0.02, 0.28, 0.7))
        days = np.where(
            random.random(rows) < 0.7, random.integers(-16_000, -3_700, rows), random.integers(-3_700, 12_000, rows)
        )
        yield f"{who}_born", _where(pl.Series(days.astype("int32")).cast(pl.Date), there & by_birth)
    way = random.random(rows)
    yield "income", _where(_euros(random, rows, 8_000, 70_000), way < 0.6)
    yield from _band(random, "income", rows, 8_000, 70_000, (way >= 0.6) & (way < 0.9))
    yield "no_income_data", pl.Series(random.random(rows) < 0.02)
    way = random.random(rows)
    yield "assets", _where(_euros(random, rows, 0, 200_000), way < 0.5)
    yield from _band(random, "assets", rows, 0, 200_000, (way >= 0.5) & (way < 0.8))
    yield "capital", _where(_euros(random, rows, 0, 100_000), (way >= 0.8) & (way < 0.9))
    for name in ("client_income", "partner_income", "client_capital", "partner_capital"):
        yield name, pl.repeat(None, rows, dtype=pl.Decimal(12, 2), eager=True)
    yield "long_term_care", pl.Series(random.random(rows) < 0.03)
    yield "sheltered_living", pl.Series(random.random(rows) < 0.01)
    yield "shelter_nights", pl.Series(np.where(random.random(rows) < 0.01, 3, 0))
    exempt = random.random(rows) < 0.02
    yield "college_exemption", _words(random, rows, CollegeExemption.__args__, exempt)
    yield from _provisions(random, rows)


def _provisions(random: np.random.Generator, rows: int) -> Iterator[tuple[str, pl.Series]]:
    count = random.choice(range(1, SLOTS + 1), rows, p=(0.6, 0.3, 0.1))
    priced_kinds = [KINDS.index(kind) for kind in COST_PRICE_KINDS]
    for n in range(1, SLOTS + 1):
        kinds = random.choice(len(KINDS), rows, p=OFTEN / OFTEN.sum())
        there = count >= n
        priced = there & np.isin(kinds, priced_kinds) & (random.random(rows) < 0.5)
        start = random.integers(16_500, 20_700, rows)
        before = priced & (start < 18_262) & (random.random(rows) < 0.7)
        yield f"provision_{n}", _words(random, rows, KINDS, there, places=kinds)
        yield f"delivery_{n}", _words(random, rows, ("in_kind", "personal_budget"), there, (0.85, 0.15))
        yield f"cost_price_{n}", _where(_euros(random, rows, 200, 8_000), priced)
        yield f"start_{n}", _where(pl.Series(start.astype("int32")).cast(pl.Date), there)
        yield f"paid_before_2020_{n}", _where(_euros(random, rows, 0, 900), before)


def _words(
    random: np.random.Generator,
    rows: int,
    words: tuple[str, ...],
    where: Any,
    often: tuple[float, ...] | None = None,
    places: Any = None,
) -> pl.Series:
    drawn = pl.Series(random.choice(len(words), rows, p=often) if places is None else places)
    found = pl.Series(words).gather(drawn)
    return found if where is None else _where(found, where)


def _euros(random: np.random.Generator, rows: int, low: int, high: int) -> pl.Series:
    cents = pl.Series(random.integers(low * 100, high * 100, rows))
    return (cents.cast(pl.Decimal(14, 2)) / 100).cast(pl.Decimal(12, 2))


def _band(
    random: np.random.Generator, name: str, rows: int, low: int, high: int, where: Any
) -> Iterator[tuple[str, pl.Series]]:
    edges = pl.Series(random.integers(low // 5_000, high // 5_000, rows) * 5_000)
    yield f"{name}_low", _where(edges, where)
    yield f"{name}_high", _where(edges + 4_999, where & (random.random(rows) < 0.9))


def _where(values: pl.Series, there: Any) -> pl.Series:
    return pl.select(pl.when(pl.Series(there)).then(values)).to_series()


def main() -> None:
    print(machine())
    made = households(ROWS)
    priced = made.select(pl.any_horizontal(pl.col("^cost_price_.*$").is_not_null())).to_series().mean()
    size = made.estimated_size() / 1e6
    print(f"{made.height:,} rows, {made.width} columns, {size:.0f} MB, {priced:.0%} with a cost price")
    rows, slowest = [], 0.0
    for which in ("current", "upcoming"):
        seconds = []
        for _ in range(RUNS):
            began = perf_counter()
            result = estimate_table(made, ON, POLICY, which)
            seconds.append(perf_counter() - began)
        assert "error" not in result["outcome"]
        amounts = (result["outcome"] == "amount").mean()
        slowest = max(slowest, median(seconds))
        rows.append(
            (
                which, f"{ROWS / median(seconds):,.0f}", f"{ROWS / max(seconds):,.0f}", f"{ROWS / min(seconds):,.0f}",
                f"{median(seconds):.2f}", f"{amounts:.0%}",
            )
        )  # fmt: skip
    print(table(("regime", "rows/s (median)", "slowest", "fastest", "seconds", "with an amount"), rows))
    met = "met" if ROWS / slowest >= TARGET else "NOT met"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"Target: {TARGET:,} rows/s on 2 cores: {met} on {cores()}; peak memory {peak / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
