"""A client file: the households of an office, read from the bytes of a CSV, XLSX or Parquet file, never from disk.

Its columns are those of ``rules.population``, but ``on``: a comparison is of one day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from estimator.rules.columns import COLUMNS, SLOT_COLUMNS, TYPES, WORDS, Cell, Columns, cell_of, household_of, row
from estimator.rules.household import Problem
from estimator.sheets import Sheet, SheetError, likely_days, sheet_of

MOST_ROWS = 1_000_000
MOST_TOLD = 1_000  # wrong rows that are told one by one; all are counted
MOST_SLOTS = 99
SLICE_ROWS = 100_000
ROWS_BETWEEN = 1_000  # read one by one, before it is told again how far it is
NOT_OF_A_CLIENT = "on"
HOLDS = COLUMNS | {f"{name}_{n}": cell for n in range(1, MOST_SLOTS + 1) for name, cell in SLOT_COLUMNS.items()}

# Called with how much of the work is done, and how much there is; what it raises ends the work.
Progress = Callable[[int, int], None]


class WrongRow(NamedTuple):
    """One thing that is wrong with a row; ``row`` is the number that a spreadsheet gives it (of Parquet its place)."""

    row: int
    problem: Problem


class Clients(NamedTuple):
    """The households of a file: a table of those that can be read, in the types of ``rules.columns.schema``.

    ``rows`` is how many there were, ``wrong_rows`` how many of these can't be a household; ``wrong`` tells of the first
    ``MOST_TOLD`` of them what is wrong.
    """

    name: str
    table: pl.DataFrame
    rows: int
    wrong_rows: int
    wrong: tuple[WrongRow, ...]


def read_clients(content: bytes, name: str, on: date, progress: Progress | None = None) -> Clients:
    """The households of a file whose ``name`` ends in .csv, .xlsx or .parquet.

    ``progress`` is called while rows are looked through. Raises ``SheetError`` for a file as a whole: of another kind,
    broken, empty, with more than ``MOST_ROWS`` rows, with a column that is unknown, missing or there twice, or that
    holds citizen service numbers.
    """
    path = Path(name)
    sheet = sheet_of(content, path, HOLDS, MOST_ROWS)
    for column in sheet.cells.columns:
        _check(path, column)
    cells = sheet.cells.drop("reference", strict=False)
    try:
        columns = Columns.of(cells.schema, on)
    except ValueError as error:
        raise SheetError(path, *_found_and_allowed(error)) from None
    parts: list[pl.DataFrame] = []
    wrong: list[WrongRow] = []
    wrong_rows = done = 0
    for part in cells.iter_slices(SLICE_ROWS):
        right, doubtful = _read(part, columns, on, [place - done for place in sheet.uneven])
        rows: list[dict[str, Any]] = []
        for number, place in enumerate(doubtful):
            if progress and number % ROWS_BETWEEN == 0:
                progress(done, cells.height)
            found, unfit = _alone(part.row(place, named=True), on, done + place, sheet)
            rows += found
            wrong_rows += not found
            if wrong_rows <= MOST_TOLD:
                wrong += (WrongRow(sheet.numbers[done + place], problem) for problem in unfit)
        parts += [right, _table(rows)]
        done += part.height
        if progress:
            progress(done, cells.height)
    table = pl.concat(parts, how="diagonal")
    used = [name for name in table.columns if name in NEEDED or table[name].null_count() < table.height]
    return Clients(name, table.select(used), sheet.cells.height, wrong_rows, tuple(wrong))


NEEDED = ("composition", "client_age", "client_born", "provision_1")


def _check(path: Path, column: str) -> None:
    """Refuse a column that isn't one of a household."""
    try:
        if column == NOT_OF_A_CLIENT:
            raise ValueError(column)
        cell_of(column)
    except ValueError:
        allowed = [*(name for name in COLUMNS if name != NOT_OF_A_CLIENT), *(f"{name}_1" for name in SLOT_COLUMNS)]
        found = "a date for each row" if column == NOT_OF_A_CLIENT else "an unknown column"
        raise SheetError(path, found, ", ".join([*allowed, "and with _2 and so on"]), f"column {column}") from None


def _found_and_allowed(error: ValueError) -> tuple[str, str, str]:
    """What ``Columns.of`` says of a column, for a ``SheetError``."""
    place, _, rest = str(error).partition(": found ")
    found, _, allowed = rest.partition("; allowed: ")
    return found, allowed, f"column {place}"


def _read(part: pl.DataFrame, columns: Columns, on: date, uneven: list[int]) -> tuple[pl.DataFrame, list[int]]:
    """The rows that are right, in the types of the columns; and the places of those to look at one by one."""
    cells, wrong = columns.read(part)
    dates = [name for name, cell in columns.cells.items() if cell == "date"]
    unlikely = (~pl.col(name).is_between(*likely_days(name, on)) for name in dates)
    if dates:
        wrong |= cells.select(reduce(or_, unlikely).fill_null(value=False)).to_series()
    here = [place for place in uneven if 0 <= place < part.height]
    wrong = wrong.scatter(here, values=True) if here else wrong
    typed = (_typed(name, cell) for name, cell in columns.cells.items() if cell != "any")
    return cells.filter(~wrong).select(typed), wrong.arg_true().to_list()


def _typed(name: str, cell: Cell) -> pl.Expr:
    """A cell as it was read (cents, the place of a word, 0 or 1) in the type of its column."""
    column = pl.col(name)
    if cell == "word":
        words = WORDS.get(name) or WORDS[name.rpartition("_")[0]]
        return pl.lit(pl.Series(words)).gather(column).alias(name)
    if cell == "euro":
        return (column.cast(pl.Decimal(14, 2)) / 100).cast(TYPES[cell]).alias(name)
    return (column // 100 if cell == "whole_euro" else column).cast(TYPES[cell]).alias(name)


def _table(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows that were read one by one, in the types of their columns."""
    names = dict.fromkeys(name for each in rows for name in each)
    return pl.DataFrame(rows, schema={name: TYPES[cell_of(name)] for name in names})


def _alone(cells: Mapping[str, Any], on: date, place: int, sheet: Sheet) -> tuple[list[dict[str, Any]], list[Problem]]:
    """One row by itself: its household, where it is in a notation that only the models read, or what is wrong."""
    if place in sheet.uneven:
        return [], [Problem("", f"{sheet.uneven[place]} cells", f"{sheet.cells.width}, one a column")]
    if unlikely := list(_unlikely(cells, on)):
        return [], unlikely
    household, _, wrong = household_of(cells, on)
    if household is None:
        return [], wrong
    return [row(household)], []


def _unlikely(cells: Mapping[str, Any], on: date) -> Iterator[Problem]:
    for name, cell in cells.items():
        if cell is None or cell_of(name) != "date":
            continue
        first, last = likely_days(name, on)
        day = cell.date() if isinstance(cell, datetime) else cell
        if isinstance(cell, str):
            try:
                day = date.fromisoformat(cell)
            except ValueError:
                continue
        if not first <= day <= last:
            yield Problem(name, str(day), f"a date from {first} to {last}")
