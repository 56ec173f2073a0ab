"""What remains of the cost prices in a file of provisions: read, computed by ``rules.remaining``, written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from estimator.rules.columns import read_cells
from estimator.rules.law import Law
from estimator.rules.remaining import COLUMNS, STATUSES, check_columns, remaining_table
from estimator.sheets import Sheet, SheetError, as_csv, kind_of_file, read_sheet, write_sheet

AMOUNTS = ("cost_price", "remaining", "left_over")


class Result(NamedTuple):
    """What came of a file: the table to write, and the delimiter of the file it came from."""

    table: pl.DataFrame
    delimiter: str

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are, and of each status."""
        found = dict(self.table["status"].value_counts().iter_rows())
        return {"rows": self.table.height} | {status: found.get(status, 0) for status in STATUSES}

    @property
    def wrong(self) -> list[tuple[int, str]]:
        """The wrong rows: their number in the file, and what is wrong: column, found and allowed."""
        return list(self.table.filter(pl.col("status") == "wrong").select("row", "remark").iter_rows())

    @property
    def csv(self) -> str:
        """The table as CSV, parted like the file it came from."""
        return as_csv(self.table, self.delimiter)

    def write(self, path: Path) -> None:
        """Write the table as CSV, XLSX or Parquet, by the ending of the name."""
        write_sheet(path, self.table, self.delimiter)


def remaining_of_file(source: Path, on: date, target: Path | None = None, rules: Law | None = None) -> Result:
    """The columns of ``rules.remaining.RESULT`` beside the row, reference, kind, start and price of each aid; euro.

    Raises ``SheetError`` for a file that can't be used, also a ``target`` that can't, ``OSError``, and ``ValueError``
    for a date that is too early.
    """
    if target is not None:
        kind_of_file(target)
        if target.resolve() == source.resolve():
            raise SheetError(target, "source and target together", "another file")
    sheet = read_sheet(source, COLUMNS)
    try:
        check_columns(sheet.cells.schema)
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from None
    cells = _without_uneven(sheet)
    found = remaining_table(cells, on, rules)
    remarks = found["remark"].scatter(
        list(sheet.uneven), [_uneven(count, sheet.cells.width) for count in sheet.uneven.values()]
    )
    asked = sheet.cells.select(sheet.numbers.alias("row"), pl.col("reference").cast(pl.String), "kind", "start")
    price, _ = read_cells(cells, {"cost_price": COLUMNS["cost_price"]})
    table = asked.hstack(price).hstack(found.with_columns(remarks))
    return Result(table.with_columns(_in_euro(name) for name in AMOUNTS), sheet.delimiter)


def _without_uneven(sheet: Sheet) -> pl.DataFrame:
    """The cells; of a row with more or less cells than columns nobody knows what belongs where."""
    if not sheet.uneven:
        return sheet.cells
    return sheet.cells.with_columns(
        sheet.cells[name].scatter(list(sheet.uneven), None) for name in ("kind", "cost_price")
    )


def _uneven(count: int, width: int) -> str:
    return f"cells: found {count}; allowed: {width}, one a column"


def _in_euro(name: str) -> pl.Expr:
    return (pl.col(name).cast(pl.Decimal(14, 2)) / 100).cast(pl.Decimal(12, 2)).alias(name)
