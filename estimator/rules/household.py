"""What is asked: a household and its provisions, as frozen models whose errors name the field and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from estimator.rules.formula import Money, Own
from estimator.rules.money import MAXIMUM_CENTS, OPEN_ENDED_CENTS, cents, euros

Composition = Literal["single", "couple"]
AgeGroup = Literal["under_18", "adult", "pension"]
CollegeExemption = Literal["means", "approach", "child_safety"]
Delivery = Literal["in_kind", "personal_budget"]
Kind = Literal[
    "domestic_help", "individual_support", "light_support", "day_activities", "short_stay", "transport", "wheelchair",
    "sports_wheelchair", "other_aid", "home_adaptation", "repair", "general_provision", "sheltered_living", "shelter",
    "client_support",
]  # fmt: skip

AGE_GROUPS: tuple[AgeGroup, ...] = get_args(AgeGroup)
KINDS: tuple[Kind, ...] = get_args(Kind)
# Aids and home adaptations: the kinds that have a cost price (kostprijs), Ub Wmo 2015 art. 3.10b.
COST_PRICE_KINDS: tuple[Kind, ...] = ("wheelchair", "sports_wheelchair", "other_aid", "home_adaptation")
# From this day on what comes off a cost price is counted by months; before it, by what was charged.
MONITORED_FROM = date(2020, 1, 1)


ALLOWED_EURO = f"an amount in euro from 0.00 to {euros(MAXIMUM_CENTS)}, at most two decimals"


def _amount(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise PydanticCustomError("euro", "allowed: {allowed}", {"allowed": ALLOWED_EURO})
    try:
        whole = cents(str(value) if isinstance(value, float) else value)
    except (ValueError, OverflowError):
        raise PydanticCustomError("euro", "allowed: {allowed}", {"allowed": ALLOWED_EURO}) from None
    if not 0 <= whole <= MAXIMUM_CENTS:
        raise PydanticCustomError("euro", "allowed: {allowed}", {"allowed": ALLOWED_EURO})
    return Decimal(whole) / 100


def _band(value: Any) -> Any:
    allowed = "[from, to] in whole euro, to not below from, or [from] for this much and more"
    edges = tuple(value) if isinstance(value, list | tuple) else ()
    whole = all(type(edge) is int and 0 <= edge <= MAXIMUM_CENTS // 100 for edge in edges)
    if len(edges) not in (1, 2) or not whole or edges[0] > edges[-1]:
        raise PydanticCustomError("band", "allowed: {allowed}", {"allowed": allowed})
    return edges


def _day(value: Any) -> Any:
    # Pydantic would take a number for seconds since 1970, and a text of digits too.
    if type(value) is date or (isinstance(value, str) and DAY_TEXT.fullmatch(value)):
        return value
    raise PydanticCustomError("day", "allowed: {allowed}", {"allowed": "a date such as 2026-01-31"})


DAY_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Euro = Annotated[Decimal, BeforeValidator(_amount)]
Band = Annotated[tuple[int, ...], BeforeValidator(_band)]
Day = Annotated[date, BeforeValidator(_day)]


def band_ends(band: tuple[int, ...]) -> tuple[int, int]:
    """Both ends of a band of whole euro, in cents; "and more" ends at ``money.OPEN_ENDED_CENTS``."""
    return band[0] * 100, band[1] * 100 if len(band) == 2 else OPEN_ENDED_CENTS


def refuse(field: str, found: object, allowed: str) -> PydanticCustomError:
    """An error about one field of a model, for its validators to raise."""
    return PydanticCustomError(
        "combination", "allowed: {allowed}", {"field": field, "found": str(found), "allowed": allowed}
    )


class Frozen(BaseModel):
    """A value: never changed, unknown keys refused, compared by content."""

    # Built on first use: half of the time that the import of the rules would take.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Provision(Frozen):
    """One provision (voorziening) of a household.

    ``cost_price`` (kostprijs, euro) and ``paid_before_2020`` (contributions actually charged, euro) are for aids and
    home adaptations only; ``start`` is the start date that the municipality reports.
    """

    kind: Kind
    delivery: Delivery = "in_kind"
    cost_price: Euro | None = None
    start: Day | None = None
    paid_before_2020: Euro | None = None

    @cached_property
    def price_cents(self) -> int:
        """The cost price in cents; ``money.OPEN_ENDED_CENTS`` where there is none: it never ends."""
        return OPEN_ENDED_CENTS if self.cost_price is None else cents(self.cost_price)

    @model_validator(mode="after")
    def _consistent(self) -> Provision:
        if self.kind not in COST_PRICE_KINDS:
            for field in ("cost_price", "paid_before_2020"):
                if getattr(self, field) is not None:
                    raise refuse(field, getattr(self, field), f"only with kind {', '.join(COST_PRICE_KINDS)}")
        if self.paid_before_2020 and (self.start is None or self.start >= MONITORED_FROM):
            raise refuse("paid_before_2020", self.paid_before_2020, f"only with a start before {MONITORED_FROM}")
        return self


class Household(Frozen):
    """A household as the law sees it (Wmo 2015 art. 1.1.2), with what is known of its income and capital.

    Money is euro with at most two decimals. ``income`` is the contributory part of a year's income in the reference
    year, both partners together; ``income_band`` a range of it in whole euro, ends included, one number meaning
    "and more". ``assets`` is the total on 1 January of the reference year, ``assets_band`` a range of it; ``capital``
    is what lies above the exempt amount already. What is left out is not stated, which is not the same as nil.
    ``no_income_data`` says that CAK has none (Ub Wmo 2015 art. 3.10).

    Raises ``pydantic.ValidationError``; ``problems`` turns it into fields, found and allowed.
    """

    composition: Composition
    client_age: AgeGroup | None = None
    client_born: Day | None = None
    partner_age: AgeGroup | None = None
    partner_born: Day | None = None
    income: Euro | None = None
    income_band: Band | None = None
    no_income_data: StrictBool = False
    assets: Euro | None = None
    assets_band: Band | None = None
    capital: Euro | None = None
    client_income: Euro | None = None
    partner_income: Euro | None = None
    client_capital: Euro | None = None
    partner_capital: Euro | None = None
    long_term_care: StrictBool = False
    sheltered_living: StrictBool = False
    shelter_nights: Annotated[StrictInt, Field(ge=0, le=31)] = 0
    college_exemption: CollegeExemption | None = None
    provisions: Annotated[tuple[Provision, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Household:
        self._one_age("client")
        if self.composition == "couple":
            self._one_age("partner")
        else:
            for field in ("partner_age", "partner_born", "partner_income", "partner_capital"):
                if getattr(self, field) is not None:
                    raise refuse(field, getattr(self, field), "nothing for a single; composition couple has a partner")
        self._at_most_one("income", "income_band")
        self._at_most_one("assets", "assets_band", "capital")
        self._own_parts("income", self.income_band is not None)
        self._own_parts("capital", self.assets is not None or self.assets_band is not None)
        return self

    def _one_age(self, who: str) -> None:
        age, born = f"{who}_age", f"{who}_born"
        if getattr(self, age) is None and getattr(self, born) is None:
            raise refuse(age, "nothing", f"{', '.join(AGE_GROUPS)}, or a date in {born}")
        self._at_most_one(age, born)

    def _at_most_one(self, *fields: str) -> None:
        given = [field for field in fields if getattr(self, field) is not None]
        if len(given) > 1:
            raise refuse(given[1], f"{' and '.join(given)} together", f"one of {', '.join(fields)}")

    def _own_parts(self, what: str, otherwise_stated: bool) -> None:
        client, partner = getattr(self, f"client_{what}"), getattr(self, f"partner_{what}")
        if client is None and partner is None:
            return
        together = (client or Decimal(0)) + (partner or Decimal(0))
        if self.composition == "couple" and (client is None or partner is None):
            raise refuse(
                f"{'partner' if partner is None else 'client'}_{what}", "nothing", "the own part of both, or of neither"
            )
        if otherwise_stated:
            raise refuse(f"client_{what}", client, f"own parts only with {what}, or without a total")
        total = getattr(self, what)
        if total is not None and total != together:
            raise refuse(what, total, f"{together}, the sum of both own parts")

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of the provisions, in their order."""
        return tuple(provision.kind for provision in self.provisions)

    @cached_property
    def income_ends(self) -> tuple[int, int] | None:
        """Lowest and highest income in cents a year, or ``None`` where it isn't stated."""
        if self.income_band is not None:
            return band_ends(self.income_band)
        total = self.income if self.income is not None else _sum(self.client_income, self.partner_income)
        return None if total is None else (cents(total), cents(total))

    @cached_property
    def assets_ends(self) -> tuple[int, int] | None:
        """Lowest and highest total assets in cents, or ``None`` where only capital or nothing is stated."""
        if self.assets_band is not None:
            return band_ends(self.assets_band)
        return None if self.assets is None else (cents(self.assets), cents(self.assets))

    @cached_property
    def capital_cents(self) -> int | None:
        """Capital above the exempt amount in cents, or ``None`` where it isn't stated."""
        total = self.capital if self.capital is not None else _sum(self.client_capital, self.partner_capital)
        return None if total is None else cents(total)

    @cached_property
    def money(self) -> Money:
        """Income and capital as the formula takes them."""
        income_low, income_high = self.income_ends or (0, OPEN_ENDED_CENTS)
        capital = self.capital_cents or 0
        assets_low, assets_high = self.assets_ends or (capital, capital)
        persons = 1 if self.composition == "single" else 2
        own = (self.client_income, self.client_capital, self.partner_income, self.partner_capital)
        client_income, client_capital, partner_income, partner_capital = (
            0 if part is None else cents(part) for part in own
        )
        return Money(
            income_low, income_high, int(self.no_income_data), assets_low, assets_high,
            0 if self.assets_ends is None else persons, persons,
            Own(client_income, client_capital), Own(partner_income, partner_capital),
            int(persons == 2 and None not in own),
        )  # fmt: skip


def replaced(household: Household, instead_of: AbstractSet[str], **values: Any) -> Household:
    """The same household with other values, in the place of some of its fields. Raises as ``Household`` does."""
    return Household.model_validate({**household.model_dump(exclude=set(instead_of)), **values})


def _sum(client: Decimal | None, partner: Decimal | None) -> Decimal | None:
    return None if client is None and partner is None else (client or Decimal(0)) + (partner or Decimal(0))


class Problem(NamedTuple):
    """One thing that is wrong with an input: the field, what was found, what is allowed."""

    field: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.field}: found {self.found}; allowed: {self.allowed}"


def problems(error: ValidationError) -> tuple[Problem, ...]:
    """What a validation error means, one ``Problem`` a field, in the order of the fields."""
    details = error.errors(include_url=False)
    # A list whose items are wrong is reported as too short as well: the items say it better.
    inside = {detail["loc"][: len(detail["loc"]) - n] for detail in details for n in range(1, len(detail["loc"]))}
    told = (detail for detail in details if not (detail["type"] == "too_short" and detail["loc"] in inside))
    return tuple(_problem(detail) for detail in told)


# What is allowed, where pydantic only says what is wrong.
ALLOWED = {
    "missing": "a value, it can't be left out",
    "int_parsing": "a whole number", "int_type": "a whole number", "int_from_float": "a whole number",
    "bool_parsing": "true or false", "bool_type": "true or false", "string_type": "a text",
    "date_parsing": "a date such as 2026-01-31", "date_type": "a date such as 2026-01-31",
    "date_from_datetime_parsing": "a date such as 2026-01-31",
    "date_from_datetime_inexact": "a date such as 2026-01-31",
    "less_than_equal": "at most {le}", "greater_than_equal": "at least {ge}", "too_short": "at least {min_length}",
    "decimal_parsing": "a number", "decimal_type": "a number",
    "decimal_max_places": "at most {decimal_places} decimals",
    "model_type": "a table", "tuple_type": "a list", "string_too_short": "a text that isn't empty",
    "string_pattern_mismatch": "a text of the form {pattern}",
}  # fmt: skip


# How pydantic names the ways in which a value may be given: no part of a field's name.
EITHER = ("<table>", "<text>")


def _problem(detail: Any) -> Problem:
    context = detail.get("ctx", {})
    path = [str(part) for part in detail["loc"] if part not in EITHER]
    if "field" in context:
        path.append(context["field"])
    given = detail["input"]
    found = context["found"] if "found" in context else str(given) if isinstance(given, Decimal) else repr(given)
    pattern = ALLOWED.get(detail["type"])
    allowed = (
        context.get("allowed") or context.get("expected") or (pattern and pattern.format(**context)) or detail["msg"]
    )
    if detail["type"] == "missing":
        found = "nothing"
    elif detail["type"] == "extra_forbidden":
        found, allowed = "an unknown key", "only the keys of the file format"
    return Problem(".".join(path), found, str(allowed))
