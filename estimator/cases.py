"""Worked examples as TOML: the one format for cases, ours and anybody's."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from estimator.rules.estimate import Estimate, Which, estimate
from estimator.rules.household import Frozen, Household, problems
from estimator.rules.money import euros
from estimator.rules.policy import NATIONAL, Policy, PolicyByDate, PolicyError
from estimator.rules.regimes import OutcomeKind, Period

EuroText = Annotated[str, Field(pattern=r"^\d+\.\d{2}$")]


def _day(value: Any) -> Any:
    if type(value) is not date:
        raise PydanticCustomError("day", "{allowed}", {"allowed": "a date such as 2026-01-31, without quotes"})
    return value


class Expected(Frozen):
    """What a case must give; what is left out isn't compared, but ``amount`` stands for both ends."""

    outcome: OutcomeKind
    amount: EuroText | None = None
    low: EuroText | None = None
    high: EuroText | None = None
    period: Period | None = None
    ground: str | None = None

    def differences(self, found: Estimate) -> list[str]:
        """What of the estimate isn't as expected, each as key, expected and found."""
        pairs: list[tuple[str, object, object]] = [("outcome", self.outcome, found.outcome)]
        for key, value in (("low", found.low), ("high", found.high)):
            wanted = self.amount if self.amount is not None else getattr(self, key)
            if wanted is not None:
                pairs.append((key, wanted, None if value is None else euros(value)))
        if self.ground is not None:
            pairs.append(("ground", self.ground, found.ground))
        if self.period is not None:
            pairs.append(("period", self.period, found.period))
        return [f"{key}: expected {wanted}, found {value}" for key, wanted, value in pairs if wanted != value]


class Case(Frozen):
    """One worked example."""

    name: str
    source: str | None = None
    on: Annotated[date, BeforeValidator(_day)]
    municipality: str | None = None
    regime: Which = "current"
    household: Household
    policy: Policy | None = None
    expect: Expected | None = None


class CaseError(ValueError):
    """A case file is wrong; the message names the file, the case and key, what was found and what is allowed."""


class Checked(NamedTuple):
    """A case with what is wrong with it: nothing when it passed."""

    name: str
    differences: list[str]


# Gives the policy of a municipality by its code; raises ``LookupError`` for a code that isn't known.
Policies = Callable[[str], PolicyByDate]


def no_municipalities(code: str) -> PolicyByDate:
    """For whoever has no municipal files: every code is unknown."""
    raise LookupError(f"municipality: found {code}; allowed: none, no municipal files are known here")


def read_tables(path: Path) -> list[dict[str, Any]]:
    """The ``[[case]]`` tables of a file; raises ``CaseError`` with the place of what TOML refuses."""
    try:
        content = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except OSError as error:
        raise CaseError(f"{path}: found {error.strerror}; allowed: a file that can be read") from None
    except UnicodeDecodeError:
        raise CaseError(f"{path}: found other bytes; allowed: text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise CaseError(
            f"{path}: found {error}; allowed: TOML with each key once, dates as 2026-01-31, codes between quotes"
        ) from None
    for key in content:
        if key != "case":
            raise CaseError(f"{path}: {key}: found an unknown key; allowed: [[case]] blocks")
    tables = content.get("case", [])
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise CaseError(f"{path}: case: found no [[case]] block; allowed: at least one")
    return tables


def parse_case(table: dict[str, Any], path: Path, number: int) -> Case:
    """One case of a file; raises ``CaseError`` naming every field that is wrong."""
    try:
        return Case.model_validate(table)
    except ValidationError as error:
        name = table.get("name")
        where = f"{path}: case {number}" + (f" ({name})" if name else "")
        raise CaseError("\n".join(f"{where}: {problem}" for problem in problems(error))) from None


def solve(case: Case, policies: Policies = no_municipalities) -> Estimate:
    """The estimate of a case; raises ``ValueError`` or ``LookupError`` in words for a person."""
    policy: PolicyByDate = case.policy or NATIONAL
    if case.municipality is not None:
        if case.policy is not None:
            raise ValueError("policy: found municipality and policy together; allowed: one of them")
        policy = policies(case.municipality)
    try:
        return estimate(case.household, case.on, policy, case.regime)
    except PolicyError as error:
        raise ValueError(f"policy.{error}") from None


def check_file(path: Path, policies: Policies = no_municipalities) -> Iterator[Checked]:
    """Every case of a file, wrong ones included; raises ``CaseError`` only for a file that can't be read at all."""
    for number, table in enumerate(read_tables(path), start=1):
        try:
            case = parse_case(table, path, number)
            if case.expect is None:
                yield Checked(case.name, ["expect: found nothing; allowed: a [case.expect] block"])
            else:
                yield Checked(case.name, case.expect.differences(solve(case, policies)))
        except (ValueError, LookupError) as error:
            yield Checked(str(table.get("name", f"case {number}")), [str(error)])
