"""How long `cost-prices` takes over 100,000 aids: read, computed and written as CSV, from files of every kind.

Timed: `remaining_of_file` and the writing, as the command does them, in a process that has them imported; and
`remaining_table` alone. The rows are drawn at random, the same at every run: 60,000 references, starts from 2015 to
2027, amounts and dates in the CSV as Dutch offices write them.
"""

from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import polars as pl
from machine import machine, table

from estimator.cost_prices import remaining_of_file
from estimator.rules.household import COST_PRICE_KINDS, MONITORED_FROM
from estimator.rules.remaining import remaining_table
from estimator.sheets import write_sheet

ROWS, RUNS = 100_000, 7
ON = date(2027, 1, 1)
TARGET = 1.0  # seconds


def aids(rows: int) -> pl.DataFrame:
    """A table as a municipality might have it, of which what was paid before 2020 is known of nine in ten."""
    random = np.random.default_rng(363)
    start = pl.Series(random.integers(16_500, 20_900, rows).astype("int32")).cast(pl.Date)
    paid = pl.Series(random.integers(0, 60_000, rows)).cast(pl.Decimal(14, 2)) / 100
    told = (start < MONITORED_FROM) & pl.Series(random.random(rows) < 0.9)
    return pl.DataFrame(
        {
            "reference": pl.Series(random.integers(0, 60_000, rows)).cast(pl.String),
            "kind": random.choice(COST_PRICE_KINDS, rows, p=(0.15, 0.05, 0.5, 0.3)),
            "cost_price": pl.Series(random.integers(20_000, 900_000, rows)).cast(pl.Decimal(14, 2)) / 100,
            "start": start,
            "paid_before_2020": pl.select(pl.when(told).then(paid)).to_series(),
        }
    )


def main() -> None:
    print(machine(("polars", "fastexcel")))
    made = aids(ROWS)
    rows, slowest = [], 0.0
    with TemporaryDirectory() as place:
        folder = Path(place)
        dutch = made.with_columns(pl.col("start").dt.to_string("%d-%m-%Y"))
        dutch.write_csv(folder / "aids.csv", separator=";", decimal_comma=True)
        for ending in ("xlsx", "parquet"):
            write_sheet(folder / f"aids.{ending}", made)
        for ending in ("csv", "xlsx", "parquet"):
            seconds = []
            for _ in range(RUNS):
                began = perf_counter()
                found = remaining_of_file(folder / f"aids.{ending}", ON)
                found.write(folder / "found.csv")
                seconds.append(perf_counter() - began)
            assert not found.wrong
            slowest = max(slowest, max(seconds))
            rows.append((ending, f"{median(seconds):.2f}", f"{max(seconds):.2f}"))
    seconds = []
    for _ in range(RUNS):
        began = perf_counter()
        remaining_table(made, ON)
        seconds.append(perf_counter() - began)
    rows.append(("in memory", f"{median(seconds):.2f}", f"{max(seconds):.2f}"))
    print(table(("from", "seconds (median)", "slowest"), rows))
    print(f"Target: {ROWS:,} rows in at most {TARGET} s: {'met' if slowest <= TARGET else 'NOT met'}")


if __name__ == "__main__":
    main()
