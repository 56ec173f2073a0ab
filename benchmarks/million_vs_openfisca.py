"""A million single persons under the bill: our table beside one formula of OpenFisca-Core, in the same run.

- **OpenFisca**: two variables, an income that is set and the contribution as one line of numpy over it, with the
  amounts of our law file. Nothing else of the rules: no grounds, no couples, no savings, no range, no reason.
- **ours, the same households**: `estimate_table` with composition, age, income and a provision: outcome, ground, range.
- **ours, everything**: the table of `population.py`, with birth dates, bands, cost prices, exemptions and a policy.

Each is timed with building what it computes on from arrays in memory; they take turns.
"""

from __future__ import annotations

from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
from machine import machine, table
from openfisca_core import periods
from openfisca_core.entities import build_entity
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from population import POLICY, households

from estimator.rules import NATIONAL, law
from estimator.rules.population import estimate_table

ROWS, RUNS = 1_000_000, 5
ON = date(2027, 3, 1)
PER_MILLE = 1000
AMOUNTS = {name: law().on(f"bill_{name}", ON).amount for name in ("minimum", "maximum", "threshold_single", "rate")}
MONTHS = law().on("months_a_year", ON).amount

person = build_entity(key="person", plural="persons", label="a person", is_person=True)
system = TaxBenefitSystem([person])
YEAR, MONTH = periods.period("2025"), periods.period("2027-03")


class income(Variable):  # noqa: N801 - the name of the variable
    value_type = float
    entity = person
    definition_period = periods.YEAR
    label = "income of the reference year, in cents"


class contribution(Variable):  # noqa: N801
    value_type = float
    entity = person
    definition_period = periods.MONTH
    label = "cents a month"

    def formula(persons: Any, period: Any, parameters: Any) -> Any:  # noqa: N805
        above = np.maximum(persons("income", YEAR) - AMOUNTS["threshold_single"], 0)
        due = AMOUNTS["minimum"] + above * AMOUNTS["rate"] / PER_MILLE / MONTHS
        return np.minimum(np.floor(due + 0.5), AMOUNTS["maximum"])


system.add_variables(income, contribution)
CENTS = np.random.default_rng(363).integers(800_000, 9_000_000, ROWS)
EVERYTHING = households(ROWS)


def openfisca() -> np.ndarray:
    """The contribution of each, in cents."""
    simulation = SimulationBuilder().build_default_simulation(system, count=ROWS)
    simulation.set_input("income", YEAR, CENTS.astype(float))
    return simulation.calculate("contribution", MONTH)


def ours() -> np.ndarray:
    """The same from a table."""
    frame = pl.DataFrame({"income": pl.Series(CENTS).cast(pl.Decimal(12, 2)) / 100}).with_columns(
        pl.col("income").cast(pl.Decimal(12, 2)), composition=pl.lit("single"), client_age=pl.lit("adult"),
        provision_1=pl.lit("domestic_help"),
    )  # fmt: skip
    found = estimate_table(frame, ON, NATIONAL, "upcoming")
    return found["low"].to_numpy()


def everything() -> None:
    """The whole table."""
    estimate_table(EVERYTHING, ON, POLICY, "upcoming")


def main() -> None:
    print(machine(("openfisca-core", "polars", "numpy")))
    differ = int((openfisca() != ours()).sum())
    took: dict[str, list[float]] = {}
    for _ in range(RUNS):
        for name, work in (("OpenFisca, one formula", openfisca), ("ours, the same households", ours),
                           ("ours, everything", everything)):  # fmt: skip
            began = perf_counter()
            work()
            took.setdefault(name, []).append(perf_counter() - began)
    rows = [
        (name, f"{median(each):.2f}", f"{min(each):.2f}", f"{max(each):.2f}", f"{ROWS / median(each):,.0f}")
        for name, each in took.items()
    ]
    print(table(("a million", "seconds (median)", "fastest", "slowest", "rows/s"), rows))
    print(f"Contributions that differ between the first two: {differ:,}")


if __name__ == "__main__":
    main()
