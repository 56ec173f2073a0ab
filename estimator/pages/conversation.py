"""What an employee typed at the desk, as households: exact amounts or bands, birth dates or ages, several provisions.

A field that can't be read is told in words, with its name; everything else stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import ValidationError

from estimator.pages.visit import Fields
from estimator.rules.household import (
    AGE_GROUPS,
    COST_PRICE_KINDS,
    KINDS,
    MONITORED_FROM,
    CollegeExemption,
    Composition,
    Delivery,
    Household,
    Provision,
    problems,
)
from estimator.rules.money import MAXIMUM_CENTS, cents
from estimator.rules.regimes import FIRST_DAY
from estimator.texts import Texts

FIRST, SECOND = "", "other."  # what stands before the fields of a household
OLDEST = 125  # years
AHEAD = 10  # years: further in the future nobody decides on support
MOST_PROVISIONS = 24
MOST_NIGHTS = 31
PROVISION_FIELDS = ("kind", "delivery", "cost_price", "start", "paid_before")
COMPOSITIONS: tuple[Composition, ...] = get_args(Composition)
DELIVERIES: tuple[Delivery, ...] = get_args(Delivery)
EXEMPTIONS: tuple[CollegeExemption, ...] = get_args(CollegeExemption)
BAND = re.compile(r"(.*?\d.*?)(?:\s*[-–—]\s*|\s+tot(?:\s+en\s+met)?\s+|\s*t/m\s*)(.*\d.*)")
AND_MORE = re.compile(r"(.*\d)\s*(?:\+|en meer|of meer)", re.IGNORECASE)
Read = TypeVar("Read")


class Mistake(NamedTuple):
    """A field that can't be taken, and why, in words; ``missing``: nothing was typed there yet."""

    field: str
    text: str
    missing: bool = False


class Case(NamedTuple):
    """One household as it was typed: ``household`` is ``None`` where a mistake or something missing is in the way.

    ``now`` is the same with the income of the reference year that counts now, where that was typed too. ``income_now``
    is the income of the calendar year itself, in euro, for the reference-year shift.
    """

    household: Household | None
    mistakes: tuple[Mistake, ...]
    income_now: Decimal | None = None
    now: Household | None = None


class Conversation(NamedTuple):
    """The whole form: a date, a municipality, a household, and a second one beside it where it is asked for."""

    fields: Fields
    on: date
    code: str
    mistakes: tuple[Mistake, ...]
    first: Case
    second: Case | None


def read_conversation(fields: Fields, codes: Sequence[str], code: str, today: date, texts: Texts) -> Conversation:
    """The form as it was sent; what isn't in it is as at the start: ``today``, and the municipality with this code.

    ``codes`` are those that can be chosen; "" is none of them: the national rules.
    """
    reader = _Reader(fields, texts, today)
    on = reader.day("on", FIRST_DAY, date(today.year + AHEAD, 12, 31)) or today
    if "municipality" in fields:
        code = reader.choice("municipality", codes) or ""
    second = _case(fields, SECOND, texts, on) if value_of(fields, "beside") else None
    return Conversation(fields, on, code, tuple(reader.mistakes), _case(fields, FIRST, texts, on), second)


def value_of(fields: Fields, name: str) -> str:
    """The first value of a field, without the spaces around it; "" where there is none."""
    return next(iter(fields.get(name, ())), "").strip()


def rows_of(fields: Fields, prefix: str) -> list[int]:
    """The numbers of the rows of provisions that are on the form, in order; one at least."""
    pattern = re.compile(rf"{re.escape(prefix)}kind\.([1-9][0-9]?)")
    numbers = sorted(int(found[1]) for name in fields if (found := pattern.fullmatch(name)))
    return [number for number in numbers if number <= MOST_PROVISIONS] or [1]


def with_row(fields: Fields, prefix: str) -> tuple[Fields, int]:
    """The form with one more row for a provision, and the number of that."""
    rows = rows_of(fields, prefix)
    number = next((number for number in range(1, MOST_PROVISIONS + 1) if number > rows[-1]), rows[-1])
    return {**fields, f"{prefix}kind.{number}": fields.get(f"{prefix}kind.{number}", ("",))}, number


def without_row(fields: Fields, prefix: str, number: int) -> Fields:
    """The form without a row, the rows after it moved up."""
    kept: dict[str, Sequence[str]] = {name: values for name, values in fields.items() if not _is_of_rows(name, prefix)}
    for place, row in enumerate((row for row in rows_of(fields, prefix) if row != number), start=1):
        for name in PROVISION_FIELDS:
            if f"{prefix}{name}.{row}" in fields:
                kept[f"{prefix}{name}.{place}"] = fields[f"{prefix}{name}.{row}"]
    return kept


def beside(fields: Fields) -> Fields:
    """The form with a second household: at first the same as the first."""
    own = {name: values for name, values in fields.items() if not name.startswith(SECOND)}
    first = {f"{SECOND}{name}": values for name, values in own.items() if _is_of_household(name)}
    return {**own, **first, "beside": ("yes",)}


def alone(fields: Fields) -> Fields:
    """The form without the second household."""
    return {name: values for name, values in fields.items() if name != "beside" and not name.startswith(SECOND)}


HOUSEHOLD_FIELDS = (
    "composition", "client_born", "client_age", "partner_born", "partner_age", "income", "no_income_data",
    "income_then", "income_now", "assets", "capital", "long_term_care", "sheltered_living", "shelter_nights",
    "college_exemption",
)  # fmt: skip


def _is_of_household(name: str) -> bool:
    return name in HOUSEHOLD_FIELDS or _is_of_rows(name, FIRST)


def _is_of_rows(name: str, prefix: str) -> bool:
    field, _, number = name.removeprefix(prefix).partition(".")
    return name.startswith(prefix) and field in PROVISION_FIELDS and number.isdecimal()


class _Reader:
    """Reads the fields of a form one by one, and keeps the mistakes."""

    def __init__(self, fields: Fields, texts: Texts, on: date, prefix: str = "") -> None:
        self.fields, self.texts, self.on, self.prefix = fields, texts, on, prefix
        self.mistakes: list[Mistake] = []

    def given(self, name: str) -> str:
        return value_of(self.fields, f"{self.prefix}{name}")

    def wrong(self, name: str, key: str, **values: object) -> None:
        self.mistakes.append(Mistake(f"{self.prefix}{name}", self.texts(f"desk.error.{key}", **values)))

    def missing(self, name: str, key: str) -> None:
        self.mistakes.append(Mistake(f"{self.prefix}{name}", self.texts(f"desk.missing.{key}"), missing=True))

    def choice(self, name: str, allowed: Sequence[str]) -> str | None:
        found = self.given(name)
        if found and found not in allowed:
            self.wrong(name, "choice", found=found)
            return None
        return found or None

    def ticked(self, name: str) -> bool:
        return bool(self.given(name))

    def day(self, name: str, first: date, last: date) -> date | None:
        found = self.given(name)
        if not found:
            return None
        try:
            day = self.texts.parse_date(found)
        except ValueError:
            self.wrong(name, "date", found=found, example=self._typed(self.on))
            return None
        if not first <= day <= last:
            allowed = {"first": self.texts.date(first), "last": self.texts.date(last)}
            self.wrong(name, "date.range", found=found, **allowed)
            return None
        return day

    def _typed(self, day: date) -> str:
        return f"{day.day}-{day.month}-{day.year}"

    def amount(self, name: str) -> Decimal | None:
        return self._read(name, self._amount)

    def amount_or_band(self, name: str) -> Decimal | tuple[int, ...] | None:
        return self._read(name, self._amount_or_band)

    def nights(self, name: str) -> int:
        found = self.given(name)
        if found and not (found.isascii() and found.isdecimal() and int(found) <= MOST_NIGHTS):
            self.wrong(name, "nights", found=found, most=MOST_NIGHTS)
            return 0
        return int(found or 0)

    def _read(self, name: str, read: Callable[[str], Read]) -> Read | None:
        found = self.given(name)
        if not found:
            return None
        try:
            return read(found)
        except OverflowError:
            self.wrong(name, "too_large", found=found, highest=self.texts.money(MAXIMUM_CENTS))
        except ValueError:
            example = self.texts.typed_money("1250.50")
            self.wrong(name, "band" if read == self._amount_or_band else "amount", found=found, example=example)
        return None

    def _amount(self, text: str) -> Decimal:
        plain = Decimal(self.texts.parse_money(text))
        if plain * 100 > MAXIMUM_CENTS:
            raise OverflowError
        return plain

    def _amount_or_band(self, text: str) -> Decimal | tuple[int, ...]:
        if found := AND_MORE.fullmatch(text):
            return (self._whole(found[1]),)
        if found := BAND.fullmatch(text):
            low, high = self._whole(found[1]), self._whole(found[2])
            if low > high:
                raise ValueError(text)
            return low, high
        return self._amount(text)

    def _whole(self, text: str) -> int:
        amount = self._amount(text)
        if amount != int(amount):
            raise ValueError(text)
        return int(amount)


def _case(fields: Fields, prefix: str, texts: Texts, on: date) -> Case:
    reader = _Reader(fields, texts, on, prefix)
    values = dict(_household(reader, on))
    income_now, income_then = reader.amount("income_now"), reader.amount_or_band("income_then")
    provisions = [row for number in rows_of(fields, prefix) if (row := _provision(reader, number, on))]
    if not provisions and not any(mistake.field.startswith(f"{prefix}kind.") for mistake in reader.mistakes):
        reader.missing(f"kind.{rows_of(fields, prefix)[0]}", "provision")
    if reader.mistakes:
        return Case(None, tuple(reader.mistakes), income_now)
    try:
        made = Household(**values, provisions=tuple(provisions))
        if income_then is None:
            return Case(made, (), income_now)
        now = Household(**_with_income(values, income_then), provisions=made.provisions)
        return Case(made, (), income_now, now)
    except ValidationError as error:
        for problem in problems(error):
            reader.wrong(problem.field, "other", found=problem.found, allowed=problem.allowed)
        return Case(None, tuple(reader.mistakes), income_now)


def _household(reader: _Reader, on: date) -> Iterator[tuple[str, Any]]:
    """The fields of a household but its provisions."""
    composition = reader.choice("composition", COMPOSITIONS) or "single"
    yield "composition", composition
    yield from _age(reader, "client", on)
    if composition == "couple":
        yield from _age(reader, "partner", on)
    income = reader.amount_or_band("income")
    if income is not None:
        yield _income_key(income), income
    yield "no_income_data", reader.ticked("no_income_data")
    assets, capital = reader.amount_or_band("assets"), reader.amount("capital")
    if assets is not None and capital is not None:
        reader.wrong("capital", "assets_and_capital")
    elif assets is not None:
        yield "assets_band" if isinstance(assets, tuple) else "assets", assets
    elif capital is not None:
        yield "capital", capital
    yield "long_term_care", reader.ticked("long_term_care")
    yield "sheltered_living", reader.ticked("sheltered_living")
    yield "shelter_nights", reader.nights("shelter_nights")
    yield "college_exemption", reader.choice("college_exemption", EXEMPTIONS)


def _income_key(income: Decimal | tuple[int, ...]) -> str:
    return "income_band" if isinstance(income, tuple) else "income"


def _with_income(values: dict[str, Any], income: Decimal | tuple[int, ...]) -> dict[str, Any]:
    others = {name: value for name, value in values.items() if name not in ("income", "income_band")}
    return {**others, _income_key(income): income}


def _age(reader: _Reader, who: str, on: date) -> Iterator[tuple[str, Any]]:
    """A birth date, or an age where none is given."""
    born = reader.day(f"{who}_born", date(on.year - OLDEST, 1, 1), on)
    group = reader.choice(f"{who}_age", AGE_GROUPS)
    if born:
        yield f"{who}_born", born
    elif group:
        yield f"{who}_age", group
    elif not reader.given(f"{who}_born"):
        reader.missing(f"{who}_born", who)


def _provision(reader: _Reader, number: int, on: date) -> Provision | None:
    """A row: nothing where no kind was chosen. A cost price only counts for a kind that has one."""
    kind = reader.choice(f"kind.{number}", KINDS)
    if kind is None:
        if any(reader.given(f"{name}.{number}") for name in PROVISION_FIELDS[2:]):
            reader.wrong(f"kind.{number}", "no_kind")
        return None
    values: dict[str, Any] = {
        "kind": kind,
        "delivery": reader.choice(f"delivery.{number}", DELIVERIES) or DELIVERIES[0],
        "start": reader.day(f"start.{number}", FIRST_DAY, date(on.year + AHEAD, 12, 31)),
    }
    if kind in COST_PRICE_KINDS:
        values["cost_price"] = reader.amount(f"cost_price.{number}")
        values["paid_before_2020"] = _paid_before(reader, number, values["start"])
    return Provision(**values)


def _paid_before(reader: _Reader, number: int, start: date | None) -> Decimal | None:
    name = f"paid_before.{number}"
    paid = reader.amount(name)
    if paid and cents(paid) and (start is None or start >= MONITORED_FROM):
        reader.wrong(name, "paid_before", date=reader.texts.date(MONITORED_FROM))
        return None
    return paid


def given(fields: Mapping[str, Sequence[str]]) -> bool:
    """Whether anything was typed or chosen that tells of a household."""
    told = (name for name in fields if _is_of_household(name) and name != "composition")
    return any(value_of(fields, name) for name in told)
