"""`estimate` with its full trace beside OpenFisca-Core computing one bare variable of one person, in the same run.

The contenders take turns, so that whatever else the machine does falls on all of them alike; the figure is the median
of the rounds. What is timed:

- **OpenFisca, calculate**: `simulation.calculate("bare", period)` on a simulation made beforehand, a new one for each
  call since a second call would only read the cache. One person entity, one variable whose formula gives a constant.
- **OpenFisca, build and calculate**: the same with the making of a simulation for one person without any input.
- **OpenFisca, from a situation**: the same for a person described by a dictionary with one input (an income), as a
  request to its web API is: `SimulationBuilder.build_from_dict`.
- **estimate**: `estimate(household, on, policy, which)` on a household made beforehand: outcome, every step with its
  article, every caveat, the receipt.
- **household and estimate**: the same with the making and checking of the household from a dictionary.

An OpenFisca simulation belongs to its persons, so that no person can be computed without building one: "from a
situation" is what one person costs there, and what the target is about. The other two are shown to be complete.
"""

from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

from machine import machine, table
from openfisca_core import periods
from openfisca_core.entities import build_entity
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from estimator.rules import NATIONAL, Household, Policy, estimate

ROUNDS, CALLS = 41, 200
ON = date(2026, 11, 22)
AT_MOST = 1 / 3

# OpenFisca

person = build_entity(key="person", plural="persons", label="a person", is_person=True)
system = TaxBenefitSystem([person])
MONTH = periods.period("2026-11")


class income(Variable):  # noqa: N801 - the name of the variable
    value_type = float
    entity = person
    definition_period = periods.YEAR
    label = "an input"


class bare(Variable):  # noqa: N801
    value_type = float
    entity = person
    definition_period = periods.MONTH
    label = "one bare variable"

    def formula(persons: Any, period: Any, parameters: Any) -> Any:  # noqa: N805
        return persons.filled_array(21.80)


system.add_variables(income, bare)
SITUATION = {"persons": {"Ada": {"income": {"2026": 35_000}}}}


def one_person() -> Any:
    return SimulationBuilder().build_default_simulation(system, count=1)


def calculate(simulations: list[Any]) -> float:
    began = perf_counter()
    for simulation in simulations:
        simulation.calculate("bare", MONTH)
    return perf_counter() - began


def build_and_calculate() -> Any:
    return one_person().calculate("bare", MONTH)


def from_a_situation() -> Any:
    return SimulationBuilder().build_from_dict(system, SITUATION).calculate("bare", MONTH)


# Ours

LIMITS = Policy.model_validate({"low_income_limits": {"single_pension": 24_000}})
HELP: dict[str, Any] = {
    "composition": "single", "client_age": "pension", "income": 35_000, "provisions": [{"kind": "domestic_help"}],
}  # fmt: skip
AIDS = HELP | {
    "provisions": [
        {"kind": "other_aid", "cost_price": 2_000, "start": date(2023, 3, 4)},
        {"kind": "home_adaptation", "cost_price": 4_000, "start": date(2022, 6, 1)},
    ]
}
CASES: list[tuple[str, dict[str, Any], date, Policy, Any]] = [
    ("flat rate", HELP, ON, NATIONAL, "current"),
    ("flat rate, low-income limit and savings", HELP | {"assets": 50_000}, ON, LIMITS, "current"),
    ("bill", HELP, ON, NATIONAL, "upcoming"),
    ("bill, with savings", HELP | {"assets": 60_000}, ON, NATIONAL, "upcoming"),
    ("2018, with capital", HELP | {"capital": 10_000}, date(2018, 5, 1), NATIONAL, "current"),
    ("cost price of two aids", AIDS, ON, NATIONAL, "current"),
]


def timed(work: Callable[[], Any]) -> float:
    began = perf_counter()
    for _ in range(CALLS):
        work()
    return perf_counter() - began


def contenders() -> dict[str, Callable[[], float]]:
    """What takes turns: each gives the seconds that ``CALLS`` calls took."""
    found: dict[str, Callable[[], float]] = {
        "OpenFisca, calculate": lambda: calculate([one_person() for _ in range(CALLS)]),
        "OpenFisca, build and calculate": lambda: timed(build_and_calculate),
        "OpenFisca, from a situation": lambda: timed(from_a_situation),
    }
    for name, fields, on, policy, which in CASES:
        household = Household.model_validate(fields)
        found[f"estimate, {name}"] = lambda h=household, d=on, p=policy, w=which: timed(lambda: estimate(h, d, p, w))
    # A household works out its cents once: here they are worked out in every call.
    for name, fields, on, policy, which in (CASES[3], CASES[5]):
        found[f"household and estimate, {name}"] = lambda f=fields, d=on, p=policy, w=which: timed(
            lambda: estimate(Household.model_validate(f), d, p, w)
        )
    return found


def main() -> None:
    print(machine())
    each = contenders()
    for work in each.values():
        work()
    seconds = {name: [] for name in each}
    for _ in range(ROUNDS):
        for name, work in each.items():
            seconds[name].append(work())
    micro = {name: median(taken) / CALLS * 1e6 for name, taken in seconds.items()}
    theirs = [name for name in micro if name.startswith("OpenFisca")]
    rows = [
        (name, f"{found:.1f}", *(f"{found / micro[other]:.2f}" for other in theirs)) for name, found in micro.items()
    ]
    print(table(("", "µs (median)", *(f"to {name.removeprefix('OpenFisca, ')}" for name in theirs)), rows))
    one_person = micro["OpenFisca, from a situation"]
    for name, found in micro.items():
        if name.startswith("estimate"):
            met = "met" if found <= one_person * AT_MOST else "NOT met"
            print(f"Target: at most {AT_MOST:.2f} of what one person takes with OpenFisca: {name}: {met}")


if __name__ == "__main__":
    main()
