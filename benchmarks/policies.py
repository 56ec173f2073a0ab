"""How long a comparison of policies takes: 100,000 invented households, four policies, two regimes, on two cores.

Timed, in a process that has them imported: `read_clients` from the bytes of a file of every kind, `compare_policies`
over the table, and `workbook` of what came of it. With `--million` also a million households, CSV.
"""

import resource
import sys
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeVar

import polars as pl
from machine import machine, table

from estimator.policies.client_file import read_clients
from estimator.policies.comparison import compare_policies
from estimator.policies.demo import demo_population
from estimator.policies.named import municipal_policy, ready_policies
from estimator.policies.workbook import workbook
from estimator.sheets import write_sheet
from estimator.texts import Texts

ROWS, MILLION, RUNS = 100_000, 1_000_000, 5
ON = date(2026, 11, 22)
TARGET = 3.0  # seconds
Made = TypeVar("Made")


def timed(deed: Callable[[], Made], runs: int = RUNS) -> tuple[Made, list[float]]:
    seconds = []
    for _ in range(runs):
        began = perf_counter()
        made = deed()
        seconds.append(perf_counter() - began)
    return made, seconds


def csv_of(households: pl.DataFrame) -> bytes:
    """As a Dutch office writes it."""
    return households.write_csv(separator=";", decimal_comma=True, date_format="%d-%m-%Y").encode()


def files(households: pl.DataFrame) -> dict[str, bytes]:
    parquet = BytesIO()
    households.write_parquet(parquet)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "clients.xlsx"
        write_sheet(path, households)
        return {"csv": csv_of(households), "xlsx": path.read_bytes(), "parquet": parquet.getvalue()}


def main() -> None:
    print(machine(("polars", "fastexcel", "openpyxl")))
    ready = ready_policies()
    policies = [ready["national"], ready["2006-iii"], ready["2006-iv"], municipal_policy("GM0000")]
    rows: list[tuple[str, ...]] = []

    def told(what: str, seconds: list[float]) -> None:
        rows.append((what, f"{median(seconds):.2f}", f"{max(seconds):.2f}"))

    for kind, content in files(demo_population(ROWS)).items():
        clients, seconds = timed(lambda kind=kind, content=content: read_clients(content, f"clients.{kind}", ON))
        assert (clients.rows, clients.wrong_rows) == (ROWS, 0)
        told(f"read {kind}", seconds)
    found, compared = timed(lambda: compare_policies(clients, policies, ON))
    told("compare", compared)
    told("workbook", timed(lambda: workbook(found, Texts("nl")))[1])
    if "--million" in sys.argv:
        content = csv_of(demo_population(MILLION))
        many, seconds = timed(lambda: read_clients(content, "clients.csv", ON), 1)
        told("a million: read csv", seconds)
        told("a million: compare", timed(lambda: compare_policies(many, policies, ON), 1)[1])
    print(table(("100,000 households", "seconds (median)", "slowest"), rows))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    met = "met" if median(compared) <= TARGET else "NOT met"
    print(f"Target: compare in at most {TARGET:.0f} s: {met}; peak memory {peak / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
