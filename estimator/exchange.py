"""What the rules say, as data for other programs: in their own words, in camel case, amounts as euro strings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic.alias_generators import to_camel

from estimator.municipalities import Municipality
from estimator.rules.estimate import Comparison, Estimate
from estimator.rules.household import Household
from estimator.rules.law import FOREVER, Amount, Law, Series
from estimator.rules.money import euros
from estimator.rules.trace import Caveat, Step

Data = dict[str, Any]
TWO_DECIMALS = Decimal("0.01")


def comparison_data(
    compared: Comparison, household: Household, municipality: str | None, now: Household | None = None
) -> Data:
    """Both regimes for a household, with how each came about: everything that another program needs to check it.

    Amounts are euro strings such as "21.80", ``None`` where there is no amount; ``municipality`` is a code. ``now`` is
    the household with the income that counts now, where that is of another year.
    """
    upcoming = compared.upcoming
    return {
        "on": compared.current.on.isoformat(),
        "municipality": municipality,
        "household": _household(household),
        **({"householdNow": _household(now)} if now else {}),
        "current": estimate_data(compared.current),
        "upcoming": upcoming and estimate_data(upcoming),
        "differenceLow": _euros(compared.difference_low),
        "differenceHigh": _euros(compared.difference_high),
    }


def _household(household: Household) -> Data:
    stated: Data = _camel(household.model_dump(exclude_none=True, exclude_defaults=True))
    return stated


def estimate_data(result: Estimate) -> Data:
    """One regime: its outcome, how it came about, what could make it different, and with what it was made."""
    receipt = result.receipt
    return {
        "outcome": result.outcome,
        "ground": result.ground,
        "low": _euros(result.low),
        "high": _euros(result.high),
        "period": result.period,
        "regime": result.regime,
        "status": result.status,
        "asAt": result.as_at.isoformat(),
        "referenceYear": result.reference_year,
        "steps": _steps(result.steps),
        "caveats": [_caveat(caveat) for caveat in result.caveats],
        "lastKnown": result.last_known and _amount(result.last_known),
        "receipt": {
            "on": receipt.on.isoformat(),
            "version": receipt.version,
            "law": receipt.law,
            "policy": receipt.policy,
        },
    }


def _steps(steps: Iterable[Step]) -> list[Data]:
    return [
        {
            "key": step.key,
            "value": _value(step.value, step.unit),
            "unit": _unit(step.unit),
            "source": step.source,
            "origin": step.origin,
            **({"law": _amount(step.law)} if step.law else {}),
            **({"children": _steps(step.children)} if step.children else {}),
        }
        for step in steps
    ]


def _caveat(caveat: Caveat) -> Data:
    values = {name: value.isoformat() if isinstance(value, date) else value for name, value in caveat.values}
    return {"key": caveat.key, "kind": caveat.kind, "source": caveat.source, "values": values}


def _amount(amount: Amount) -> Data:
    return {
        "name": amount.name,
        "value": _value(amount.amount, amount.unit),
        "unit": _unit(amount.unit),
        "from": amount.first.isoformat(),
        "until": amount.last and amount.last.isoformat(),
        "legalBasis": amount.legal_basis,
        "source": amount.source,
        "checked": amount.checked.isoformat(),
        "grade": amount.grade,
    }


def law_data(rules: Law) -> Data:
    """Everything that is known of the law: every amount through time, and the bill."""
    plan = rules.plan
    return {
        "digest": rules.digest,
        "bill": {
            "number": plan.number,
            "title": plan.title,
            "status": plan.status,
            "plannedFrom": plan.planned_from.isoformat(),
            "seenUntil": plan.seen_until.isoformat(),
            "checked": plan.checked.isoformat(),
            "sources": list(plan.sources),
        },
        "amounts": [series_data(series) for series in rules.series.values()],
    }


def series_data(series: Series) -> Data:
    """One amount through time; a span whose value was looked for and not found has none."""
    spans = zip(series.starts, series.ends, series.values, strict=True)
    return {
        "name": series.name,
        "unit": _unit(series.unit),
        "legalBasis": series.legal_basis,
        "values": [_span(first, last, value) for first, last, value in spans],
    }


def _span(first: date, last: date, value: Amount | None) -> Data:
    span: Data = {"from": first.isoformat(), "until": None if last == FOREVER else last.isoformat(), "value": None}
    if value is None:
        return span
    return {
        **span,
        "value": _value(value.amount, value.unit),
        "status": value.status,
        "setBy": value.set_by,
        "source": value.source,
        "seenUntil": value.seen_until.isoformat(),
        "checked": value.checked.isoformat(),
        "grade": value.grade,
        **({"note": value.note} if value.note else {}),
    }


def municipality_data(municipality: Municipality) -> Data:
    """How to reach a municipality, and what it has decided, each period with where that was read."""
    decided = zip(municipality.policy.periods, municipality.decisions, strict=True)
    return {
        "languages": list(municipality.languages),
        "contact": _camel(municipality.contact.model_dump(exclude_defaults=True)),
        "policies": [
            {
                "from": period.first.isoformat(),
                "until": period.until and period.until.isoformat(),
                "source": decision.source,
                "checked": decision.checked.isoformat(),
                "note": decision.note,
                "policy": _camel(period.policy.model_dump(exclude_defaults=True)),
            }
            for period, decision in decided
        ],
    }


def _unit(unit: str) -> str:
    """As other programs get it: in euro what we have in cents."""
    return unit.replace("cent", "euro", 1) if unit.startswith("cent") else unit


def _value(value: int | Fraction | str | None, unit: str) -> int | str | None:
    """Money as a euro string, to six decimals where it isn't whole cents; per mille and counts as they are."""
    if isinstance(value, Fraction):
        return f"{Decimal(value.numerator) / value.denominator / 100:.6f}"
    return _euros(value) if isinstance(value, int) and unit.startswith("cent") else value


def _euros(cents: int | None) -> str | None:
    if cents is None:
        return None
    return f"-{euros(-cents)}" if cents < 0 else euros(cents)


def _camel(value: Any) -> Any:
    """As JSON has it: names in camel case, dates as text, amounts and shares too, with at least two decimals."""
    if isinstance(value, dict):
        return {to_camel(name): _camel(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_camel(each) for each in value]
    if isinstance(value, Decimal):
        return str(value.quantize(max(value, TWO_DECIMALS, key=_decimals)))
    return value.isoformat() if isinstance(value, date) else value


def _decimals(value: Decimal) -> int:
    return -int(value.as_tuple().exponent)
