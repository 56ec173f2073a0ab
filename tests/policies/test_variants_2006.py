"""The four variants of the council proposal Ridderkerk 2006-60: its table adds up, and ours do what it says they do."""

from datetime import date

import pytest

from estimator.policies.client_file import Clients
from estimator.policies.comparison import PolicyComparison, compare_policies
from estimator.policies.demo import demo_population
from estimator.policies.named import ready_policies
from estimator.rules.household import KINDS
from estimator.rules.money import half_up
from tests.policies.clients import ON

VARIANTS = ("2006-i", "2006-ii", "2006-iii", "2006-iv")
ALL, NONE, STATUS_QUO, HALF = range(4)

# The proposal's budget for 2007, euro, by variant: I, II, III, IV.
DOMESTIC_HELP = (482_289, 0, 482_289, 241_145)
OTHER_PROVISIONS = (650_000, 0, 42_000, 325_000)
TRANSITION = (-124_552, 0, -57_672, -62_276)
TOTAL_INCOME = (4_324_444, 3_316_707, 3_783_324, 3_820_576)
TOTAL_EXPENSES = 3_741_645
OTHER_INCOME = (1_608_689, 1_433_028, 274_990)
EXPENSES = (2_033_627, 1_433_028, 274_990)


@pytest.mark.parametrize("variant", range(4))
def test_the_income_of_the_proposal_adds_up(variant: int) -> None:
    contributions = DOMESTIC_HELP[variant] + OTHER_PROVISIONS[variant]

    assert sum(OTHER_INCOME) + contributions + TRANSITION[variant] == TOTAL_INCOME[variant]


def test_the_expenses_of_the_proposal_add_up() -> None:
    assert sum(EXPENSES) == TOTAL_EXPENSES


def test_in_the_proposal_half_of_the_maximum_gives_half() -> None:
    for amounts in (DOMESTIC_HELP, OTHER_PROVISIONS):
        assert amounts[HALF] == half_up(amounts[ALL], 2)
    assert DOMESTIC_HELP[STATUS_QUO] == DOMESTIC_HELP[ALL]


def population(*kinds: str) -> Clients:
    """Invented households that have a provision of these kinds first, without cost prices, or all of them."""
    table = demo_population(2_000, seed=2006).select(
        "composition", "client_age", "partner_age", "income", "provision_1"
    )
    chosen = table.filter(table["provision_1"].is_in(kinds or KINDS))
    return Clients("demo", chosen, chosen.height, 0, ())


def compared(clients: Clients, on: date) -> PolicyComparison:
    ready = ready_policies()
    return compare_policies(clients, [ready[name] for name in VARIANTS], on)


DAYS = (date(2007, 6, 1), date(2018, 6, 1), ON)


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_none_gives_none(on: date) -> None:
    found = compared(population(), on)

    for which in found.regimes:
        everybody = found.of(NONE, which).everybody
        assert (everybody.charged, everybody.year) == ((0, 0), (0, 0))
        assert found.of(ALL, which).everybody.year.high > 0


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_half_of_the_maximum_gives_half_of_the_income_but_for_half_cents(on: date) -> None:
    found = compared(population(), on)

    for which in found.regimes:
        full, half = found.of(ALL, which), found.of(HALF, which)
        assert half.everybody.charged == full.everybody.charged
        for end in ("low", "high"):
            whole, part = getattr(full.everybody.year, end), getattr(half.everybody.year, end)
            # Every contribution is rounded half up to a cent, thirteen times a year at most.
            assert 0 <= 2 * part - whole <= 13 * full.everybody.charged.high


def test_half_of_the_flat_rate_is_half_to_the_cent() -> None:
    found = compared(population(), ON)

    assert 2 * found.of(HALF, "current").everybody.year.low == found.of(ALL, "current").everybody.year.low


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_the_status_quo_charges_domestic_help_in_full(on: date) -> None:
    for clients in (population("domestic_help"), population("home_adaptation")):
        found = compared(clients, on)

        for which in found.regimes:
            assert found.of(STATUS_QUO, which).everybody.year == found.of(ALL, which).everybody.year


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_the_status_quo_charges_nothing_else(on: date) -> None:
    found = compared(population("individual_support", "day_activities", "transport", "other_aid"), on)

    for which in found.regimes:
        assert found.of(STATUS_QUO, which).everybody.year == (0, 0)
        assert found.of(ALL, which).everybody.year.high > 0
