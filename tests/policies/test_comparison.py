"""A comparison adds up what `estimate` says of each household, and nothing else."""

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise, product

import pytest

from estimator.policies import comparison
from estimator.policies.client_file import Clients, read_clients
from estimator.policies.comparison import (
    CONTRIBUTION_EDGES,
    DIMENSIONS,
    HOUSEHOLD_TYPES,
    INCOME_CLASSES,
    Change,
    Changes,
    Ends,
    Group,
    PolicyComparison,
    compare_policies,
)
from estimator.policies.demo import demo_population
from estimator.policies.examples import EXAMPLES
from estimator.policies.named import municipal_policy, policy_of, ready_policies
from estimator.rules import Estimate, Household, estimate
from estimator.rules.columns import household_of
from estimator.rules.estimate import PERIODS_A_YEAR
from tests.policies.clients import ON, clients_of

READY = ready_policies()
LIMITS = {
    "source": "proef",
    "low_income_limits": {"single_under": 21_000, "single_pension": 24_000, "couple_pension": 33_000},
    "bill_exempt_below": {"single_pension": 20_000},
    "lower_amount": Decimal("12.40"),
}
POLICIES = (
    READY["national"],
    READY["2006-iii"],
    READY["2006-iv"],
    policy_of(LIMITS, "limits.toml"),
    municipal_policy("GM0000"),
)
ENDS = ("low", "high")


def demo(rows: int, seed: int = 3) -> Clients:
    return read_clients(demo_population(rows, seed).write_csv().encode(), "demo.csv", ON)


CLIENTS = demo(400)


def households() -> list[Household]:
    found = []
    for cells in CLIENTS.table.iter_rows(named=True):
        household, _, _ = household_of(cells, ON)
        assert household is not None
        found.append(household)
    return found


HOUSEHOLDS = households()
FOUND = compare_policies(CLIENTS, POLICIES, ON)


def ends_of(found: Estimate) -> tuple[int, int] | None:
    if found.outcome == "nothing":
        return 0, 0
    return None if found.low is None or found.high is None else (found.low, found.high)


def expected_group(key: str, ends: list[tuple], base: list[tuple] | None, periods: int) -> Group:
    known = [each for each in ends if each]
    charged = Ends(*(sum(each[end] > 0 for each in known) for end in (0, 1)))
    year = Ends(*(periods * sum(each[end] for each in known) for end in (0, 1)))
    if base is None:
        return Group(key, len(known), charged, year, None)
    both = [(after, before) for after, before in zip(ends, base, strict=True) if after and before]
    changes = []
    for end in (0, 1):
        differences = [after[end] - before[end] for after, before in both]
        more, less = [d for d in differences if d > 0], [-d for d in differences if d < 0]
        same = differences.count(0)
        changes.append(Change(len(more), len(less), same, periods * sum(more), periods * sum(less)))
    return Group(key, len(known), charged, year, Changes(len(both), *changes))


EACH_RESULT = list(product(range(len(POLICIES)), ("current", "upcoming")))


def estimates(policy: int, which: str) -> list[Estimate]:
    return [estimate(household, ON, POLICIES[policy].policy, which) for household in HOUSEHOLDS]


@pytest.mark.parametrize(("policy", "which"), EACH_RESULT)
def test_the_sums_are_those_of_the_estimates_one_by_one(policy: int, which: str) -> None:
    found, single = FOUND.of(policy, which), estimates(policy, which)
    ends = [ends_of(each) for each in single]
    base = [ends_of(each) for each in estimates(0, which)] if policy else None

    assert found.everybody == expected_group("", ends, base, PERIODS_A_YEAR[found.period])
    assert {(ground.outcome, ground.ground): ground.households for ground in found.grounds} == Counter(
        (each.outcome, each.ground) for each in single
    )
    assert found.ranges == sum(1 for each in ends if each and each[0] != each[1])
    assert {(each.regime, each.status, each.as_at, each.period) for each in single} == {
        (found.regime, found.status, found.as_at, found.period)
    }


@pytest.mark.parametrize(("policy", "which"), EACH_RESULT)
def test_the_groups_hold_the_same_households(policy: int, which: str) -> None:
    found = FOUND.of(policy, which)
    ends = [ends_of(each) for each in estimates(policy, which)]
    base = [ends_of(each) for each in estimates(0, which)]

    for dimension in DIMENSIONS:
        for group in found.groups[dimension]:
            inside = [place for place, household in enumerate(HOUSEHOLDS) if group.key in KEYS[dimension](household)]
            theirs, before = [ends[place] for place in inside], [base[place] for place in inside]
            periods = PERIODS_A_YEAR[found.period]
            assert group == expected_group(group.key, theirs, before if policy else None, periods)


def household_type(household: Household) -> set[str]:
    if household.client_age == "under_18":
        return {"under_18"}
    ages = [household.client_age, household.partner_age].count("pension")
    return {("single_" if household.composition == "single" else "couple_") + AGES[household.composition][ages]}


AGES = {"single": ("under", "pension"), "couple": ("under", "mixed", "pension")}


def income_class(household: Household) -> set[str]:
    if household.income_ends is None:
        return {"not_stated"}
    low, high = household.income_ends
    edges = [int(key) for key in INCOME_CLASSES if key.isdigit()]
    inside = [first for first, below in pairwise([*edges, 10**9]) if first * 100 <= low and high < below * 100]
    return {str(inside[0])} if inside else {"several"}


KEYS = {
    "household_type": household_type,
    "income_class": income_class,
    "provision": lambda household: set(household.kinds),
}


def test_households_with_one_provision_each_are_in_the_groups_of_these() -> None:
    kinds = ("wheelchair", "domestic_help", "transport", "client_support")
    rows = [f"a;single;pension;{20_000 + 5_000 * place};{kinds[place % 4]}" for place in range(40)]
    found = compare_policies(clients_of(*rows), POLICIES[:2], ON)

    groups = {group.key: group for group in found.of(0, "upcoming").groups["provision"]}
    assert {key: group.charged for key, group in groups.items()} == {
        "wheelchair": (0, 0), "domestic_help": (10, 10), "transport": (10, 10), "client_support": (0, 0)
    }  # fmt: skip


def test_everybody_is_in_one_type_and_one_income_class() -> None:
    for result in FOUND.results:
        for dimension in ("household_type", "income_class"):
            assert sum(group.households for group in result.groups[dimension]) == result.everybody.households
            assert sum(group.year.low for group in result.groups[dimension]) == result.everybody.year.low


@pytest.mark.parametrize(("policy", "which"), EACH_RESULT)
def test_the_distribution_holds_everybody_at_either_end(policy: int, which: str) -> None:
    ends = [each for each in map(ends_of, estimates(policy, which)) if each]
    edges = [*CONTRIBUTION_EDGES, 10**9]

    for bar, (first, below) in zip(FOUND.of(policy, which).distribution, pairwise(edges), strict=True):
        assert bar.first == first
        assert bar.households == tuple(sum(first <= each[end] < below for each in ends) for end in (0, 1))


def test_the_net_change_is_the_difference_of_the_income() -> None:
    for result in FOUND.results:
        base = FOUND.of(0, result.which).everybody
        if result.everybody.households == base.households and result.everybody.changes:
            for end in ENDS:
                change = getattr(result.everybody.changes, end)
                assert change.net == getattr(result.everybody.year, end) - getattr(base.year, end)


def test_slices_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "SLICE_ROWS", 17)

    assert compare_policies(CLIENTS, POLICIES, ON).results == FOUND.results


def test_ages_by_birth_date_are_those_of_the_day() -> None:
    head = "composition;client_born;partner_born;income;provision_1"
    found = compare_policies(
        clients_of(
            "single;23-11-2008;;;domestic_help",
            "single;22-11-2008;;;domestic_help",
            "single;1-1-1950;;;domestic_help",
            "couple;1-1-1950;1-1-1990;;domestic_help",
            "couple;1-1-1990;1-1-1991;;domestic_help",
            "couple;1-1-1950;1-1-1951;;domestic_help",
            head=head,
        ),
        POLICIES[:2],
        ON,
    )

    groups = found.of(0, "current").groups["household_type"]
    assert [(group.key, group.households) for group in groups] == [(key, 1) for key in HOUSEHOLD_TYPES]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("19999,99;;;", "0"),
        ("20000;;;", "20000"),
        (";20000;24999;", "20000"),
        (";20000;25000;", "20000"),
        (";20000;25001;", "several"),
        (";60000;;", "60000"),
        (";50000;;", "several"),
        (";;;", "not_stated"),
        ("30000;;;ja", "not_stated"),
    ],
)
def test_an_income_is_in_a_class(cells: str, expected: str) -> None:
    head = "composition;client_age;income;income_low;income_high;no_income_data;provision_1"
    found = compare_policies(clients_of(f"single;pension;{cells};domestic_help", head=head), POLICIES[:2], ON)

    assert [group.key for group in found.of(0, "upcoming").groups["income_class"]] == [expected]


def test_who_pays_more_or_less_is_told_with_how_much() -> None:
    cheap = policy_of({"lower_amount": 10}, "cheap.toml")
    found = compare_policies(clients_of(*["a;single;pension;20000;domestic_help"] * 3), (READY["national"], cheap), ON)

    change = found.of(1, "current").everybody.changes
    assert change is not None
    assert change.low == change.high == Change(more=0, less=3, same=0, more_sum=0, less_sum=3 * 12 * 1_180)
    assert (change.low.less_mean, change.low.more_mean, change.low.net) == (12 * 1_180, None, -3 * 12 * 1_180)


def test_a_year_of_four_week_periods_has_thirteen() -> None:
    clients = clients_of("a;single;pension;15000;domestic_help")
    found = compare_policies(clients, POLICIES[:2], date(2018, 6, 1))

    past, flat = (found.of(0, which) for which in ("current", "upcoming"))
    assert (past.period, flat.period) == ("four_weeks", "four_weeks")
    assert flat.everybody.year == (13 * 1_750, 13 * 1_750)


def test_of_a_date_whose_amounts_are_not_known_nothing_is_added_up() -> None:
    found = compare_policies(CLIENTS, POLICIES[:2], date(2027, 3, 1)).of(0, "current")

    assert found.outcome("amount") == 0
    assert found.outcome("not_known") > 0
    assert found.everybody.year == (0, 0)
    assert found.everybody.households == found.outcome("nothing")


def test_a_policy_that_says_nothing_of_the_date_is_marked() -> None:
    found = compare_policies(CLIENTS, (READY["national"], municipal_policy("GM0233")), ON)

    assert [result.covered for result in found.results] == [True, True, False, False]


def test_the_examples_are_worked_out_under_every_policy_and_regime() -> None:
    assert [example.key for example in FOUND.examples] == list(EXAMPLES)
    for example in FOUND.examples:
        for policy, of_policy in zip(POLICIES, example.estimates, strict=True):
            for which, found in zip(FOUND.regimes, of_policy, strict=True):
                assert found == estimate(example.household, ON, policy.policy, which)


def test_what_was_left_out_is_counted() -> None:
    rows = ("a;single;pension;20000;domestic_help", "b;single;oud;20000;domestic_help")
    found = compare_policies(clients_of(*rows), POLICIES, ON)

    assert (found.households, found.wrong_rows, [wrong.row for wrong in found.wrong]) == (1, 1, [3])


def test_a_file_of_wrong_rows_only_gives_a_comparison_of_nobody() -> None:
    found = compare_policies(clients_of("b;single;oud;20000;domestic_help"), POLICIES, ON)

    assert (found.households, found.wrong_rows) == (0, 1)
    assert all(result.everybody.households == 0 for result in found.results)


def test_a_comparison_can_be_followed_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    class StoppedError(Exception):
        pass

    seen: list[tuple[int, int]] = []

    def follow(done: int, of: int) -> None:
        seen.append((done, of))
        if len(seen) == 5:
            raise StoppedError

    monkeypatch.setattr(comparison, "SLICE_ROWS", 100)
    with pytest.raises(StoppedError):
        compare_policies(CLIENTS, POLICIES, ON, follow)

    everything = 400 * len(POLICIES) * 2
    assert seen == [(100 * step, everything) for step in range(1, 6)]


def test_a_date_before_the_law_is_refused() -> None:
    with pytest.raises(ValueError, match="on: found 2006-12-31; allowed: 2007-01-01 or later"):
        compare_policies(CLIENTS, POLICIES[:2], date(2006, 12, 31))


def test_the_same_file_and_policies_give_the_same_comparison() -> None:
    again: PolicyComparison = compare_policies(demo(400), POLICIES, ON)

    assert again == FOUND
