"""What goes into the API and comes out of it: the models of the rules, in camel case, with what each field means."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from estimator.rules import household
from estimator.rules.household import ALLOWED_EURO, Day
from estimator.rules.money import MAXIMUM_CENTS

EURO = "Euro with two decimals, such as 21.80."


def _tell(schema: dict[str, Any]) -> None:
    """Say of each field what it means, and of each amount how it is written."""
    for name, field in schema["properties"].items():
        about = MEANING.get(name, "")
        if {kind.get("type") for kind in field.get("anyOf", ())} >= AMOUNT:
            about, field["anyOf"] = f"{about} {WRITTEN}", [NUMBER, TEXT, {"type": "null"}]
        if about:
            field["description"] = about.strip()


AMOUNT = {"number", "string"}
NUMBER = {"type": "number", "minimum": 0, "maximum": MAXIMUM_CENTS / 100}
WRITTEN_AS = r"^[0-9]{1,7}(\.[0-9]{1,2})?$"
TEXT = {"type": "string", "pattern": WRITTEN_AS}
WRITTEN = "Euro with at most two decimals, as a number or a string."
MEANING = {
    "clientAge": "Age group of the client; or clientBorn.",
    "clientBorn": "Date of birth of the client; or clientAge.",
    "partnerAge": "Age group of the spouse; only of a couple, or partnerBorn.",
    "partnerBorn": "Date of birth of the spouse; only of a couple, or partnerAge.",
    "income": "Income of the reference year, of both together; or incomeBand.",
    "incomeBand": "A range of it in whole euro, both ends included; one number means that much and more.",
    "noIncomeData": "CAK has no income data, which is not the same as not stated.",
    "assets": "Total on 1 January of the reference year; or assetsBand, or capital.",
    "assetsBand": "A range of the assets, as incomeBand.",
    "capital": "What lies above the exempt amount already.",
    "clientIncome": "Own part of the client, for 2018.",
    "partnerIncome": "Own part of the spouse, for 2018.",
    "clientCapital": "Own part of the client, for 2018.",
    "partnerCapital": "Own part of the spouse, for 2018.",
    "longTermCare": "The client or the spouse owes a contribution for long-term care.",
    "shelteredLiving": "The client or the spouse owes a contribution for sheltered living.",
    "shelterNights": "Consecutive nights in a shelter, in the month.",
    "collegeExemption": "The ground on which the municipality exempts.",
    "costPrice": "Of aids and home adaptations only.",
    "start": "The start date that the municipality reports.",
    "paidBefore2020": "Contributions that were charged before 2020, of what started before.",
}


def _plain(value: Any) -> Any:
    """Text as the description has it: not "1e3", nor " 1", which a computer would take for a number."""
    if isinstance(value, str) and not re.fullmatch(WRITTEN_AS, value):
        raise PydanticCustomError("euro", "allowed: {allowed}", {"allowed": ALLOWED_EURO})
    return value


class Provision(household.Provision):
    """Something that the municipality provides."""

    model_config = ConfigDict(alias_generator=to_camel, json_schema_extra=_tell)

    _amounts = field_validator("cost_price", "paid_before_2020", mode="before")(_plain)


class Household(household.Household):
    """Who lives there, with what is known of income and assets; what is left out isn't stated, and isn't nil."""

    model_config = ConfigDict(alias_generator=to_camel, json_schema_extra=_tell)

    _amounts = field_validator(
        "income", "assets", "capital", "client_income", "partner_income", "client_capital", "partner_capital",
        mode="before",
    )(_plain)  # fmt: skip
    provisions: Annotated[tuple[Provision, ...], Field(min_length=1)]


class EstimateRequest(BaseModel):
    """A household, on a date, in a municipality."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: Day | None = Field(None, description="The date to compute for, from 2007-01-01 on; today if it is left out.")
    municipality: str | None = Field(
        None, description="Code of the municipality whose policy counts, such as GM0363; the national rule if left out."
    )
    household: Household


class Answer(BaseModel):
    """Something that comes out."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class DatedAmount(Answer):
    """An amount of the law in a span of time, and where it comes from."""

    name: str
    value: int | str = Field(description="A euro string where the unit is euro, a whole number otherwise.")
    unit: str
    from_: date = Field(alias="from")
    until: date | None = Field(description="The last day, or null while it has no end.")
    legal_basis: str
    source: str
    checked: date = Field(description="The day on which somebody compared the value with its source.")
    grade: str = Field(description="How good the source is: A for an official one, down to D.")


class CalculationStep(Answer):
    """One line of a calculation."""

    key: str
    value: int | str | None = Field(
        description="A euro string where the unit is euro (with six decimals where it isn't rounded yet)."
    )
    unit: str
    source: str = Field(description="The article of law, or what else the line follows from.")
    origin: str = Field(description="answer, law, municipality, assumption or computed.")
    law: DatedAmount | None = Field(None, description="The amount of the law that was used.")
    children: list[CalculationStep] | None = Field(None, description="What the line was computed from.")


class CaveatTold(Answer):
    """What could make the outcome different."""

    key: str
    kind: str = Field(description="discretion, assumption, plan or unknown.")
    source: str
    values: dict[str, int | str]


class ReceiptTold(Answer):
    """With what an estimate was made."""

    on: date
    version: str
    law: str = Field(description="Digest of the law files.")
    policy: str = Field(description="The municipality's policy, as JSON.")


class RegimeEstimate(Answer):
    """What one regime asks."""

    outcome: str = Field(description="amount, nothing, other_rule or not_known.")
    ground: str = Field(description="Why it is nothing, another rule, or not known; empty for an amount.")
    low: str | None = Field(description=f"The lowest contribution of a period. {EURO}")
    high: str | None = Field(description=f"The highest; equal to low where it is certain. {EURO}")
    period: str = Field(description="month or four_weeks.")
    regime: str
    status: str = Field(description="in_force, adopted, proposed or withdrawn: proposed is only a plan.")
    as_at: date = Field(description="The date whose rules were used; later than on for what is still to start.")
    reference_year: int = Field(description="The year whose income and assets count.")
    steps: list[CalculationStep]
    caveats: list[CaveatTold]
    last_known: DatedAmount | None = Field(description="The last amount known where the one asked for isn't.")
    receipt: ReceiptTold


class ComparedEstimates(Answer):
    """What the household pays now, and under the next regime: an estimate, not a decision."""

    on: date
    municipality: str | None
    household: dict[str, Any] = Field(description="The household that was asked for, as it was understood.")
    current: RegimeEstimate
    upcoming: RegimeEstimate | None = Field(description="null where no other regime is known to come.")
    difference_low: str | None = Field(description=f"Upcoming less current, lowest. {EURO} May be negative.")
    difference_high: str | None = Field(description=f"Upcoming less current, highest. {EURO}")


class LawValue(Answer):
    """A value of an amount through time."""

    value: int | str | None = Field(description="null where it was looked for and not found.")
    from_: date = Field(alias="from")
    until: date | None
    status: str | None = None
    set_by: str | None = Field(None, description="What fixed this value.")
    source: str | None = None
    seen_until: date | None = Field(None, description="Date of the newest source that was read.")
    checked: date | None = None
    grade: str | None = None
    note: str | None = None


class LawAmount(Answer):
    """A named amount of the law, through time."""

    name: str
    unit: str
    legal_basis: str
    values: list[LawValue]


class BillTold(Answer):
    """The bill that would change the contribution."""

    number: str
    title: str
    status: str
    planned_from: date
    seen_until: date
    checked: date
    sources: list[str]


class LawTold(Answer):
    """Everything that the rules know of the law."""

    digest: str = Field(description="Changes as soon as a value does.")
    bill: BillTold
    amounts: list[LawAmount]


class MunicipalityListed(Answer):
    """A municipality that has a file."""

    code: str
    name: str
    fictitious: bool = Field(description="Made up, for demonstrations.")


class PolicyTold(Answer):
    """What a municipality has decided for a span of time."""

    from_: date = Field(alias="from")
    until: date | None
    source: str
    checked: date
    note: str
    policy: dict[str, Any] = Field(description="What isn't the national rule.")


class MunicipalityTold(MunicipalityListed):
    """A municipality, with how to reach it and what it has decided."""

    languages: list[str]
    contact: dict[str, Any]
    policies: list[PolicyTold]


class ArticleListed(Answer):
    """A question with an answer."""

    name: str
    title: str
    topic: str
    language: str = Field(description="The language that it is in: Dutch where there is no translation.")
    checked: date


class ArticleTold(ArticleListed):
    """An answer, with what it rests on."""

    html: str = Field(description="The text as HTML; links in it lead to pages of this service.")
    notices: list[str] = Field(description="What a reader should know first, such as that it is about a plan.")
    sources: list[str]
    reviewed: bool = Field(description="Whether a person has read the translation; true for a source text.")
