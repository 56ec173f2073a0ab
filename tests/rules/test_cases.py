"""Every worked example of `tests/cases`, and that together they leave nothing out."""

from pathlib import Path
from typing import get_args

import pytest

from estimator.cases import Case, check_file, parse_case, read_tables, solve
from estimator.files import project_folder
from estimator.municipalities import read_municipalities
from estimator.rules import Estimate, law
from estimator.rules.exemptions import SOURCES, RegimeName
from estimator.rules.household import AGE_GROUPS, KINDS, CollegeExemption, Composition, Household
from estimator.rules.policy import BillExemptBelow, LowIncomeLimits, Policy
from estimator.rules.regimes import OutcomeKind

FILES = sorted((Path(__file__).parents[1] / "cases").glob("*.toml"))
NOT_FOUND = {2008, 2009, 2010}
# Grounds that no series and no article of its own stands behind.
UNKNOWN = {"parameters_unknown", "income_unknown"}
# Flags of the law files that are a condition, not an outcome.
CONDITIONS = {"parents_may_pay"} | {f"college_exemption_{name}" for name in get_args(CollegeExemption)}


def policy_of(code: str):
    return read_municipalities(project_folder("content") / "municipalities")[code].policy


def cases() -> list[Case]:
    return [parse_case(table, path, n) for path in FILES for n, table in enumerate(read_tables(path), start=1)]


@pytest.fixture(scope="module")
def solved() -> list[tuple[Case, Estimate]]:
    return [(case, solve(case, policy_of)) for case in cases()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_case_of_a_file_comes_out_to_the_cent(path: Path) -> None:
    checked = list(check_file(path, policy_of))

    assert checked
    assert [case for case in checked if case.differences] == []


def test_there_are_many_cases_and_each_has_a_source_and_a_name_of_its_own() -> None:
    found = cases()

    assert len(found) >= 120
    assert [case.name for case in found if not case.source] == []
    names = [case.name for case in found]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_every_regime_occurs_as_the_current_one_or_as_the_upcoming_one(solved) -> None:
    assert {(case.regime, found.regime) for case, found in solved} == {
        ("current", "income_related"), ("current", "flat_rate"), ("upcoming", "flat_rate"), ("upcoming", "bill"),
    }  # fmt: skip
    assert {found.regime for _, found in solved} == set(get_args(RegimeName))


def test_every_year_since_2007_occurs(solved) -> None:
    years = {found.as_at.year for _, found in solved if found.outcome == "amount"}

    assert set(range(2007, 2028)) - NOT_FOUND <= years
    assert not NOT_FOUND & years


def test_every_outcome_and_every_ground_occurs(solved) -> None:
    flags = {name.removeprefix("ground_") for name in law().series if name.startswith("ground_")}
    grounds = set(SOURCES) | (flags - CONDITIONS) | UNKNOWN | {"month_waived", "no_period"}

    assert {found.outcome for _, found in solved} == set(get_args(OutcomeKind))
    assert {found.ground for _, found in solved} == grounds | {""}
    assert {case.expect.ground for case, _ in solved if case.expect.ground} == grounds


def test_every_key_of_a_policy_occurs(solved) -> None:
    policies = [case.policy for case, _ in solved if case.policy]

    for model, found in (
        (Policy, policies),
        (LowIncomeLimits, [policy.low_income_limits for policy in policies]),
        (BillExemptBelow, [policy.bill_exempt_below for policy in policies]),
    ):
        filled_in = {key for one in found if isinstance(one, model) for key in one.model_fields_set}
        assert filled_in == set(model.model_fields)
    assert any(policy.low_income_limits == "unknown" for policy in policies)


def test_every_answer_about_a_household_occurs(solved) -> None:
    households = [case.household for case, _ in solved]

    assert {key for household in households for key in household.model_fields_set} == set(Household.model_fields)
    assert {household.composition for household in households} == set(get_args(Composition))
    assert {household.client_age for household in households} >= set(AGE_GROUPS)
    assert {household.college_exemption for household in households} >= set(get_args(CollegeExemption))
    assert {provision.kind for household in households for provision in household.provisions} == set(KINDS)


def test_a_case_that_is_wrong_says_what_was_expected_and_what_was_found() -> None:
    case = next(case for case in cases() if case.expect.amount)
    wrong = case.expect.model_copy(update={"amount": "1.23"})
    found = solve(case, policy_of)

    assert case.expect.differences(found) == []
    assert wrong.differences(found) == [f"{end}: expected 1.23, found {case.expect.amount}" for end in ("low", "high")]
