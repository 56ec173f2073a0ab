"""The invented population: the same for the same seed, all of it households, as its docstring says."""

import pytest

from estimator.policies.client_file import read_clients
from estimator.policies.demo import demo_population
from tests.policies.clients import ON

DRAWN = demo_population(5_000)


def test_the_same_seed_gives_the_same_households() -> None:
    assert demo_population(50, 7).equals(demo_population(50, 7))
    assert not demo_population(50, 7).equals(demo_population(50, 8))


def test_everybody_in_it_can_be_a_household() -> None:
    clients = read_clients(DRAWN.write_csv().encode(), "demo.csv", ON)

    assert (clients.rows, clients.wrong_rows) == (5_000, 0)


@pytest.mark.parametrize(
    ("expected", "column", "value"),
    [
        (0.3, "composition", "couple"),
        (0.7, "client_age", "pension"),
        (0.02, "client_age", "under_18"),
        (0.03, "long_term_care", True),
    ],
)
def test_parts_are_as_documented(expected: float, column: str, value: object) -> None:
    assert (DRAWN[column] == value).mean() == pytest.approx(expected, abs=0.02)


def test_income_and_savings_are_as_documented() -> None:
    single = DRAWN.filter(DRAWN["composition"] == "single")

    assert float(single["income"].median()) == pytest.approx(23_000, rel=0.05)
    assert DRAWN["income"].is_not_null().mean() == pytest.approx(0.8, abs=0.02)
    assert DRAWN["income_low"].is_not_null().mean() == pytest.approx(0.15, abs=0.02)
    assert DRAWN["assets"].is_not_null().mean() == pytest.approx(0.5, abs=0.02)


def test_everybody_in_it_is_called_invented() -> None:
    assert DRAWN["reference"].str.starts_with("demo-").all()
