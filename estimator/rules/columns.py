"""The columns of a table of households (see ``population``): what they hold, how they are read, what may be wrong.

Cells become numbers here: euro whole cents, a word its place among the allowed ones, a flag 0 or 1. What can't be read
or contradicts itself is only marked: ``household_of`` then reads that row through the models, whose messages are the
same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple, get_args

import polars as pl
from pydantic import ValidationError

from estimator.rules.cost_price import first_due
from estimator.rules.household import (
    AGE_GROUPS,
    COST_PRICE_KINDS,
    KINDS,
    MONITORED_FROM,
    CollegeExemption,
    Composition,
    Delivery,
    Household,
    Problem,
    problems,
)
from estimator.rules.money import MAXIMUM_CENTS
from estimator.rules.regimes import FIRST_DAY

Cell = Literal["word", "date", "euro", "whole_euro", "flag", "count", "any"]

COLUMNS: dict[str, Cell] = {
    "reference": "any", "on": "date", "composition": "word", "client_age": "word", "client_born": "date",
    "partner_age": "word", "partner_born": "date", "income": "euro", "income_low": "whole_euro",
    "income_high": "whole_euro", "no_income_data": "flag", "assets": "euro", "assets_low": "whole_euro",
    "assets_high": "whole_euro", "capital": "euro", "client_income": "euro", "partner_income": "euro",
    "client_capital": "euro", "partner_capital": "euro", "long_term_care": "flag", "sheltered_living": "flag",
    "shelter_nights": "count", "college_exemption": "word",
}  # fmt: skip
# Numbered from 1: ``provision_1`` is the kind of the first provision.
SLOT_COLUMNS: dict[str, Cell] = {
    "provision": "word", "delivery": "word", "cost_price": "euro", "start": "date", "paid_before_2020": "euro",
}  # fmt: skip
COMPOSITIONS: tuple[Composition, ...] = get_args(Composition)
EXEMPTIONS: tuple[CollegeExemption, ...] = get_args(CollegeExemption)
WORDS: dict[str, tuple[str, ...]] = {
    "composition": COMPOSITIONS,
    "client_age": AGE_GROUPS,
    "partner_age": AGE_GROUPS,
    "college_exemption": EXEMPTIONS,
    "provision": KINDS,
    "kind": KINDS,
    "delivery": get_args(Delivery),
}
TYPES: dict[Cell, pl.DataType] = {
    "word": pl.String(),
    "date": pl.Date(),
    "euro": pl.Decimal(12, 2),
    "whole_euro": pl.Int64(),
    "flag": pl.Boolean(),
    "count": pl.Int64(),
    "any": pl.String(),
}
ALLOWED: dict[Cell, str] = {
    "word": "texts",
    "date": "dates, or texts such as 2026-01-31",
    "euro": "Decimal, whole numbers, floats or texts",
    "whole_euro": "whole numbers, or Decimal, floats and texts that are whole",
    "flag": "true and false, 1 and 0, or texts of these",
    "count": "whole numbers, or texts of these",
    "any": "anything",
}
EURO_TEXT = r"^[0-9]{1,7}(?:\.[0-9]{1,2})?$"
DATE_TEXT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
COUNT_TEXT = r"^[0-9]{1,2}$"
FLAG_TEXTS = (("false", "true"), ("0", "1"), ("False", "True"), ("FALSE", "TRUE"))
MOST_NIGHTS = 31
FEW_WORDS = 4
NOWHERE = pl.lit(value=False)


def schema(slots: int) -> pl.Schema:
    """Names and types of all columns of a table with so many provisions a household."""
    numbered = {f"{name}_{n}": TYPES[cell] for n in range(1, slots + 1) for name, cell in SLOT_COLUMNS.items()}
    return pl.Schema({name: TYPES[cell] for name, cell in COLUMNS.items()} | numbered)


def row(household: Household) -> dict[str, Any]:
    """The cells of a household by column; what it doesn't state is left out."""
    cells = household.model_dump(exclude={"provisions", "income_band", "assets_band"}, exclude_none=True)
    for name, band in (("income", household.income_band), ("assets", household.assets_band)):
        cells |= zip((f"{name}_low", f"{name}_high"), band or (), strict=False)
    for n, provision in enumerate(household.provisions, start=1):
        of_provision = provision.model_dump(exclude_none=True)
        cells |= {f"{'provision' if name == 'kind' else name}_{n}": cell for name, cell in of_provision.items()}
    return cells


def table(households: Iterable[Household]) -> pl.DataFrame:
    """A table with a row for each household and as many slots as the one with most provisions needs."""
    listed = list(households)
    slots = max((len(household.provisions) for household in listed), default=1)
    return pl.DataFrame([row(household) for household in listed], schema=schema(slots)).drop("reference", "on")


class Columns(NamedTuple):
    """The columns of one table: what each holds, its type, the numbers of the slots, and the date for empty cells."""

    cells: dict[str, Cell]
    types: Mapping[str, pl.DataType]
    slots: tuple[int, ...]
    on: date | None

    @classmethod
    def of(cls, types: Mapping[str, pl.DataType], on: date | None) -> Columns:
        """Check the columns of a table.

        Raises ``ValueError`` for the first that is unknown, missing or can't hold such cells, naming what is allowed.
        """
        cells = {name: cell_of(name) for name in types}
        for name, cell in cells.items():
            if not can_hold(types[name], cell):
                raise ValueError(f"{name}: found a column of {types[name]}; allowed: {ALLOWED[cell]}")
        needed = [("composition",), ("client_age", "client_born"), ("provision_1",)]
        for names in needed if on is not None else [*needed, ("on",)]:
            if not any(name in cells for name in names):
                raise ValueError(f"{' or '.join(names)}: found no such column; allowed: a table that has it")
        slots = sorted({int(name.rpartition("_")[2]) for name in cells if name not in COLUMNS})
        return cls(cells, types, tuple(n for n in slots if f"provision_{n}" in cells), on)

    def read(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        """Every cell as a number or date, empty where there is none or none can be made out; and which rows are wrong.

        Those have a cell that couldn't be read, or contradict themselves.
        """
        cells, unreadable = read_cells(rows, self.cells)
        if "on" in self.cells and self.on is not None:
            cells = cells.with_columns(pl.col("on").fill_null(self.on))
        wrong = cells.select(
            pl.any_horizontal(*self._contradictions(), *map(pl.lit, unreadable)).fill_null(value=False)
        )
        return cells, wrong.to_series()

    def given(self, name: str) -> pl.Expr:
        """Whether a row has something in a column."""
        return pl.col(name).is_not_null() if name in self.cells else NOWHERE

    def value(self, name: str, otherwise: int | None = None) -> pl.Expr:
        """What was read from a column, or something else where it is empty or isn't there."""
        if name not in self.cells:
            return pl.lit(otherwise, pl.Int64)
        return pl.col(name) if otherwise is None else pl.col(name).fill_null(otherwise)

    def _contradictions(self) -> Iterator[pl.Expr]:
        """What ``Household`` and ``Provision`` refuse, over the cells as they were read."""
        given, value = self.given, self.value
        couple = pl.col("composition") == COMPOSITIONS.index("couple")
        yield pl.col("composition").is_null()
        yield given("client_age") == given("client_born")
        yield couple & (given("partner_age") == given("partner_born"))
        yield ~couple & _any(map(given, ("partner_age", "partner_born", "partner_income", "partner_capital")))
        yield _several(map(given, ("income", "income_low")))
        yield _several(map(given, ("assets", "assets_low", "capital")))
        for what in ("income", "assets"):
            low, high = f"{what}_low", f"{what}_high"
            yield given(high) & ~given(low)
            yield value(low) > value(high)
        for what, otherwise in (("income", ("income_low",)), ("capital", ("assets", "assets_low"))):
            client, partner = f"client_{what}", f"partner_{what}"
            own = given(client) | given(partner)
            yield couple & (given(client) != given(partner))
            yield own & _any(map(given, otherwise))
            yield own & (value(what) != value(client, 0) + value(partner, 0))
        yield ~_any(given(f"provision_{n}") for n in self.slots)
        if "on" in self.cells:
            yield pl.col("on").is_null() | (pl.col("on") < FIRST_DAY)
        for number in sorted({name.rpartition("_")[2] for name in self.cells if name not in COLUMNS}):
            yield from self._contradictions_of_slot(number)

    def _contradictions_of_slot(self, number: str) -> Iterator[pl.Expr]:
        kind, start, paid = f"provision_{number}", f"start_{number}", f"paid_before_2020_{number}"
        of_aids = self.given(f"cost_price_{number}") | self.given(paid)
        yield (of_aids | self.given(f"delivery_{number}") | self.given(start)) & ~self.given(kind)
        if kind in self.cells:
            priced = pl.Series([kind in COST_PRICE_KINDS for kind in KINDS])
            yield of_aids & ~pl.lit(priced).gather(pl.col(kind))
        began_before = pl.col(start) < MONITORED_FROM if start in self.cells else NOWHERE
        yield (self.value(paid) > 0) & ~began_before.fill_null(value=False)


def read_cells(rows: pl.DataFrame, holds: Mapping[str, Cell]) -> tuple[pl.DataFrame, list[pl.Series]]:
    """Every cell as a number or date, empty where none can be made out; and of such columns in which rows it was so."""
    values = {name: _value(name, cell, rows.schema[name]) for name, cell in holds.items() if cell != "any"}
    cells = rows.select(value.alias(name) for name, value in values.items())
    unreadable = [
        rows[name].is_not_null() & cells[name].is_null()
        for name in values
        if rows[name].null_count() < cells[name].null_count()
    ]
    return cells, unreadable


def month_due(start: pl.Expr) -> pl.Expr:
    """The numbered month from which a provision is due, by its start."""
    parts = (part.cast(pl.Int64) for part in (start.dt.year(), start.dt.month(), start.dt.day()))
    month: pl.Expr = first_due(*parts)
    return month


def household_of(cells: Mapping[str, Any], on: date | None) -> tuple[Household | None, date | None, list[Problem]]:
    """The household and date of one row, or all that is wrong with it: column, found and allowed."""
    stated = {name: cell for name, cell in cells.items() if cell is not None and cell != "" and name != "reference"}
    wrong: list[Problem] = []
    for name, cell in stated.items():
        try:
            stated[name] = plain(cell_of(name), cell)
        except (ValueError, InvalidOperation):
            wrong.append(Problem(name, repr(cell), ALLOWED[cell_of(name)]))
    day = stated.pop("on", on)
    if day is None or (isinstance(day, date) and day < FIRST_DAY):
        wrong.append(Problem("on", "nothing" if day is None else str(day), f"{FIRST_DAY} or later"))
    filled = sorted({int(name.rpartition("_")[2]) for name in stated if name not in COLUMNS})
    if not filled:
        wrong.append(Problem("provision_1", "nothing", f"at least one provision: {', '.join(KINDS)}"))
    if wrong:
        return None, None, wrong
    fields = {name: cell for name, cell in stated.items() if name in Household.model_fields}
    for what in ("income", "assets"):
        low, high = stated.get(f"{what}_low"), stated.get(f"{what}_high")
        if low is not None or high is not None:
            fields[f"{what}_band"] = (low,) if high is None else (low, high)
    fields["provisions"] = [
        {
            "kind" if name == "provision" else name: stated[f"{name}_{n}"]
            for name in SLOT_COLUMNS
            if f"{name}_{n}" in stated
        }
        for n in filled
    ]
    try:
        return Household.model_validate(fields), day, []
    except ValidationError as error:
        return None, None, [_of_columns(problem, filled) for problem in problems(error)]


def plain(cell: Cell, value: Any) -> Any:
    """What the models are given for a cell; raises ``ValueError`` where it isn't even that."""
    if cell == "date":
        text, time = str(value)[:10], str(value)[10:]
        if not re.fullmatch(DATE_TEXT, text) or time.strip(" 0:.") or (time and isinstance(value, str)):
            raise ValueError(value)
        return date.fromisoformat(text)
    if cell == "flag":
        flags = {"true": True, "false": False, "1": True, "0": False}
        if str(value).lower() not in flags:
            raise ValueError(value)
        return flags[str(value).lower()]
    if cell in ("whole_euro", "count"):
        number = Decimal(str(value))
        return int(number) if number == int(number) else value
    return value


def _of_columns(problem: Problem, slots: list[int]) -> Problem:
    """A problem of ``Household`` in terms of columns: ``provisions.0.kind`` is ``provision_1``."""
    field, found, allowed = (part.replace("_band", "_low") for part in problem)
    of_provision = re.fullmatch(r"provisions\.(\d+)\.(\w+)", field)
    if of_provision:
        name = "provision" if of_provision[2] == "kind" else of_provision[2]
        field = f"{name}_{slots[int(of_provision[1])]}"
    return Problem(field, found, allowed)


def cell_of(name: str) -> Cell:
    """What a column holds, by its name; raises ``ValueError`` for one that isn't known."""
    base, _, number = name.rpartition("_")
    cell = COLUMNS.get(name) or (SLOT_COLUMNS.get(base) if re.fullmatch("[1-9][0-9]{0,3}", number) else None)
    if cell is None:
        allowed = ", ".join([*COLUMNS, *(f"{slot}_1" for slot in SLOT_COLUMNS), "and with _2 and so on"])
        raise ValueError(f"{name}: found an unknown column; allowed: {allowed}")
    return cell


def can_hold(kind: pl.DataType, cell: Cell) -> bool:
    """Whether a column of a type can hold such cells."""
    text = kind in (pl.String, pl.Null)
    return {
        "word": text or kind in (pl.Enum, pl.Categorical),
        "date": text or kind in (pl.Date, pl.Datetime),
        "euro": text or kind.is_numeric(),
        "whole_euro": text or kind.is_numeric(),
        "flag": text or kind == pl.Boolean or kind.is_integer(),
        "count": text or kind.is_integer() or kind.is_float(),
        "any": True,
    }[cell]


def _value(name: str, cell: Cell, kind: pl.DataType) -> pl.Expr:
    """A cell as a number or date; empty where it can't be read."""
    column = pl.col(name)
    if cell == "word":
        return _place(column.cast(pl.String), WORDS.get(name) or WORDS[name.rpartition("_")[0]])
    if cell == "date":
        return _day(column, kind)
    if cell == "euro":
        return _cents(column, kind)
    if cell == "whole_euro":
        amount = _cents(column, kind)
        return pl.when(amount % 100 == 0).then(amount)
    if cell == "flag" and kind == pl.String:
        return pl.coalesce(_place(column, texts) for texts in FLAG_TEXTS)
    return _whole(column, kind, 1 if cell == "flag" else MOST_NIGHTS)


def _place(column: pl.Expr, words: tuple[str, ...]) -> pl.Expr:
    """The place of a word among others; of a few it is found sooner by comparing."""
    if len(words) > FEW_WORDS:
        return column.cast(pl.Enum(words), strict=False).to_physical().cast(pl.Int64)
    return pl.coalesce(pl.when(column == word).then(pl.lit(place, pl.Int64)) for place, word in enumerate(words))


def _day(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if kind == pl.String:
        return pl.when(column.str.contains(DATE_TEXT)).then(column).str.to_date("%Y-%m-%d", strict=False)
    day = column.cast(pl.Date)
    return pl.when(day.cast(kind) == column).then(day) if kind == pl.Datetime else day


def _cents(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Euro as whole cents, exactly; empty for more than two decimals, a negative amount and one that is too large."""
    if kind.is_integer():
        return pl.when(column.is_between(0, MAXIMUM_CENTS // 100)).then(column.cast(pl.Int64) * 100)
    if kind.is_float():
        # A float means the shortest decimal that it is nearest to; division gives the nearest float, so == is exact.
        near = (column.cast(pl.Float64) * 100).round()
        exact = near.is_between(0, MAXIMUM_CENTS) & (near / 100 == column)
        return pl.when(exact).then(near.cast(pl.Int64, strict=False))
    if kind == pl.String:
        column = pl.when(column.str.contains(EURO_TEXT)).then(column)
    amount = column.cast(pl.Decimal(38, 2), strict=False)
    whole = amount.to_physical().cast(pl.Int64, strict=False)
    exact = whole.is_between(0, MAXIMUM_CENTS)
    more_decimals = isinstance(kind, pl.Decimal) and kind.scale > 2
    return pl.when(exact & (amount == column) if more_decimals else exact).then(whole)


def _whole(column: pl.Expr, kind: pl.DataType, most: int) -> pl.Expr:
    if kind == pl.String:
        column = pl.when(column.str.contains(COUNT_TEXT)).then(column)
    number = column.cast(pl.Int64, strict=False)
    whole = number.is_between(0, most)
    return pl.when(whole & (number == column) if kind.is_float() else whole).then(number)


def _any(conditions: Iterable[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal([NOWHERE, *conditions])


def _several(conditions: Iterable[pl.Expr]) -> pl.Expr:
    return pl.sum_horizontal(list(conditions)) > 1
