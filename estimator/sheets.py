"""A table of an office as it stands in a file: CSV, the first sheet of an XLSX workbook, or Parquet, by the ending.

It is read from a path, or from bytes that never were on disk.

Texts of Dutch offices become the plain ones that ``rules.columns`` reads: ``1.250,50`` is 1250.50, ``31-1-2026`` is
2026-01-31, ``ja`` is true. What can't be made out stays as it was, so that whoever reads on says of it what is allowed.
"""

from __future__ import annotations

import csv
import os
import pickle
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import reduce
from io import BytesIO, TextIOWrapper
from itertools import islice
from operator import add
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile, is_zipfile
from zlib import error as ZlibError  # noqa: N812

import fastexcel
import polars as pl
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import column_index_from_string

from estimator.files import LOCALES
from estimator.rules.columns import Cell
from estimator.rules.regimes import FIRST_DAY
from estimator.texts import Texts

KINDS_OF_FILE = (".csv", ".xlsx", ".parquet")
# Numbers of citizens have no place in a file about cost prices or contributions.
CITIZEN_NUMBER = re.compile(r"(^|[^a-z])bsn([^a-z]|$)|burger_?-?\s?service|sofi_?-?\s?n|citizen.?service|a-?nummer")
# Most values of a column like that are one if they pass the eleven test (elfproef), as one in eleven does by chance.
NINE_DIGITS, WEIGHTS, FEWEST, MOST_PASS = r"^[0-9]{8,9}$", (9, 8, 7, 6, 5, 4, 3, 2, -1), 3, 0.9
BETWEEN_DIGITS = r"[\s.-]"
AS_DATE = r"^\s*([0-9]{1,2}[.-][0-9]{1,2}[.-][0-9]{4}|[0-9]{4}[.-][0-9]{2}[.-][0-9]{2})\s*$"
WHY_NOT = "a file without it: nothing here needs a citizen service number, so it may not be used"
FLAGS = {"ja": "true", "waar": "true", "nee": "false", "onwaar": "false"}
CHUNK_ROWS = 50_000  # of a CSV: as texts of Python they take much more memory than in a table
PLAIN_EURO = r"^[0-9]{1,7}(?:[.,][0-9]{1,2})?$"
DOUBTFUL = re.compile(r"\D*\d{1,3}(\s*,\s*\d{3})+\D*")  # thousands in English, three decimals in Dutch
THREE_DECIMALS = re.compile(r"\d+\.\d{3,}")  # a number of a workbook, or thousands as a text: nobody can tell
DUTCH_DATE, TYPED_DATE = "%d-%m-%Y", r"^[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}$"
MIDNIGHT = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]00:00:00(?:\.0+)?$"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINKED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# It goes back over nothing, so that no file makes it slow: it may not be interrupted.
GONE_WRONG = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?=[^<>]*? t="e")[^<>]*+>(?:<f[^<>]*+>(?:[^<]*+</f>)?+)?+<v>([^<]*+)</v>'
)
# What Python runs into in a file that isn't a whole workbook.
BROKEN = (BadZipFile, ElementTree.ParseError, LookupError, ValueError, EOFError, RuntimeError, OSError, ZlibError)
AS_SAVED = "XLSX as a spreadsheet saves it, without a password"
CHUNK_BYTES = 2**24
MOST_UNPACKED, LONGEST_ROW = 2**30, 2**26  # bytes of a workbook, and of one row of it
MOST_MEMORY, MOST_SECONDS = 2**32, 600  # bytes and seconds to read a file from anybody
TOO_MUCH = "a smaller workbook, or CSV"
MOST_COLUMNS = 1_000
OLDEST = 125  # years
# With these a spreadsheet takes a cell for a formula; behind an apostrophe it doesn't.
AS_FORMULA, DEFUSED = r"^[=+\-@\t\r]", "'"
UTF_8 = "CSV in UTF-8, XLSX or Parquet"
HEAD_AND_ROWS = "the names of the columns, and a row for each"


class SheetError(ValueError):
    """A file that can't be used: its name, what was found and what is allowed."""

    def __init__(self, path: Path, found: str, allowed: str, place: str = "") -> None:
        super().__init__(f"{path}{f': {place}' if place else ''}: found {found}; allowed: {allowed}")
        self.path, self.place, self.found, self.allowed = path, place, found, allowed

    def __reduce__(self) -> tuple[type[SheetError], tuple[Path, str, str, str]]:
        return SheetError, (self.path, self.found, self.allowed, self.place)  # from one process to another


class Sheet(NamedTuple):
    """The rows of a file that aren't empty.

    ``numbers`` holds the number of each as a spreadsheet shows it, of Parquet its place from 1; ``uneven`` how many
    cells the rows have whose number isn't that of the columns, by their place. ``delimiter`` parts the cells of a CSV.
    """

    cells: pl.DataFrame
    numbers: pl.Series
    uneven: dict[int, int]
    delimiter: str = ";"


def kind_of_file(path: Path) -> str:
    """The ending of a name that says what a file is; raises ``SheetError`` for another one."""
    kind = path.suffix.lower()
    if kind not in KINDS_OF_FILE:
        raise SheetError(path, kind or "no ending", " or ".join(KINDS_OF_FILE))
    return kind


def read_sheet(path: Path, holds: Mapping[str, Cell]) -> Sheet:
    """``sheet_of`` the file at a path; raises ``SheetError`` and ``OSError``."""
    kind_of_file(path)
    return sheet_of(path.read_bytes(), path, holds)


def sheet_of(content: bytes, path: Path, holds: Mapping[str, Cell], most: int | None = None) -> Sheet:
    """The rows of a file of that name whose columns hold ``holds``, ``most`` of them; raises ``SheetError``.

    With ``most`` it comes from anybody: what isn't a CSV is then read in a process of its own.

    Refuses a column of citizen service numbers before anything else, and one that stands there twice or has no name.
    Others are left to whoever knows which ones are allowed.
    """
    read = READERS[kind_of_file(path)]
    sheet = read(content, path, most) if most is None or read is _csv else _apart(content, path, most)
    if not sheet.cells.height:
        raise SheetError(path, "no row below the names of the columns", HEAD_AND_ROWS)
    if most is not None and sheet.cells.height > most:
        raise SheetError(path, f"more than {most} rows", f"1 to {most} rows; of more, a part at a time")
    for column in sheet.cells:
        if _are_citizen_numbers(column):
            raise SheetError(path, "values that are citizen service numbers", WHY_NOT, f"column {column.name}")
    in_workbook = read is _xlsx
    plain = [_plain(sheet.cells[name], holds.get(name, "any"), in_workbook).alias(name) for name in sheet.cells.columns]
    return sheet._replace(cells=pl.DataFrame(plain))


def likely_days(name: str, on: date) -> tuple[date, date]:
    """First and last day that a date in a column is likely to be: a birth, or a start that may be next year."""
    return (date(on.year - OLDEST, 1, 1), on) if name.endswith("_born") else (FIRST_DAY, date(on.year + 1, 12, 31))


def _are_citizen_numbers(column: pl.Series) -> bool:
    """Whether nearly all values of a column pass the eleven test; first of some of them, then of all."""
    if not (column.dtype == pl.String or column.dtype.is_integer() or column.dtype.is_float()):
        return False
    values = (column.cast(pl.Int64, strict=False) if column.dtype.is_float() else column).cast(pl.String)
    return eleven_tested(values.drop_nulls().head(100 * FEWEST)).most_pass and eleven_tested(values).most_pass


class ElevenTested(NamedTuple):
    """How many values there are, and how many of them pass the eleven test (elfproef)."""

    values: int
    passed: int

    @property
    def most_pass(self) -> bool:
        """Whether so many pass that these are citizen service numbers."""
        return self.values >= FEWEST and self.passed >= MOST_PASS * self.values


def eleven_tested(texts: pl.Series) -> ElevenTested:
    """Put texts to the eleven test, however the digits are parted; a date isn't put to it."""
    bare = texts.str.replace_all(BETWEEN_DIGITS, "")
    numbers = bare.filter(bare.str.contains(NINE_DIGITS) & ~texts.str.contains(AS_DATE)).cast(pl.Int64)
    digits = [numbers // 10**place % 10 for place in reversed(range(len(WEIGHTS)))]
    checked = reduce(add, (digit * weight for digit, weight in zip(digits, WEIGHTS, strict=True)))
    return ElevenTested(bare.filter(bare != "").len(), int(((checked % 11 == 0) & (numbers > 0)).sum()))


def _checked(path: Path, names: Sequence[str]) -> list[str]:
    """The names of the columns, without the empty ones that a spreadsheet leaves at the end."""
    names = [name.strip() for name in names]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise SheetError(path, "an empty file", HEAD_AND_ROWS)
    if len(names) > MOST_COLUMNS:
        raise SheetError(path, f"{len(names)} columns", f"1 to {MOST_COLUMNS}")
    for name in names:
        if CITIZEN_NUMBER.search(name.casefold()):
            raise SheetError(path, "a column of citizen service numbers", WHY_NOT, f"column {name}")
    times = Counter(names)
    for place, name in enumerate(names, start=1):
        if not name:
            raise SheetError(path, "no name", "a name for every column", f"column {place}")
        if times[name] > 1:
            raise SheetError(path, f"{times[name]} of these", "each column once", f"column {name}")
    return names


# Kinds of file


def _csv(content: bytes, path: Path, most: int | None) -> Sheet:
    try:
        head = content.decode("utf-8-sig").partition("\n")[0]
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        found = f"bytes that aren't UTF-8 ({error.object[error.start : error.start + 4].hex(' ')})"
        raise SheetError(path, found, UTF_8, f"line {line}") from None
    delimiter = max(",;", key=head.count)
    reader = csv.reader(
        TextIOWrapper(BytesIO(content), encoding="utf-8-sig", newline=""), delimiter=delimiter, strict=True
    )
    try:
        head_cells = next(reader, [])
        names = _checked(path, head_cells)
        chunks: list[pl.DataFrame] = []
        numbers: list[int] = []
        uneven: dict[int, int] = {}
        rows = ((number, row) for number, row in enumerate(reader, start=2) if "".join(row).strip())
        while (chunk := list(islice(rows, CHUNK_ROWS))) and (most is None or len(numbers) <= most):
            wrong = {
                place: len(row)
                for place, (_, row) in enumerate(chunk)
                if len(row) != len(head_cells) or "".join(row[len(names) :]).strip()
            }
            chunks.append(_columns_of([row for _, row in chunk], names, len(head_cells), wrong))
            uneven |= {len(numbers) + place: count for place, count in wrong.items()}
            numbers += [number for number, _ in chunk]
    except csv.Error as error:
        allowed = f"quotes in pairs, cells of at most {csv.field_size_limit()} letters"
        raise SheetError(path, str(error), allowed, f"line {reader.line_num}") from None
    nobody = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    return Sheet(pl.concat([nobody, *chunks]), pl.Series(numbers, dtype=pl.Int64), uneven, delimiter)


def _columns_of(rows: list[list[str]], names: list[str], width: int, uneven: Mapping[int, int]) -> pl.DataFrame:
    """Rows of texts as a table; those that are uneven are cut off, or filled up with nothing."""
    for place in uneven:
        rows[place] = [*rows[place][:width], *[""] * (width - len(rows[place]))]
    columns = zip(*rows, strict=True)
    return pl.DataFrame({name: pl.Series(cells, dtype=pl.String) for name, cells in zip(names, columns, strict=False)})


def _xlsx(content: bytes, path: Path, most: int | None) -> Sheet:
    with _readable(path):
        if (unpacked := unpacked_bytes(BytesIO(content))) > MOST_UNPACKED:
            raise SheetError(path, f"{unpacked} bytes unpacked", TOO_MUCH)
        errors = list(_errors(content, path))
    try:
        # As texts and with the empty rows: a type that is guessed loses the cells that don't fit it.
        book = fastexcel.read_excel(content)
        rows = book.load_sheet(0, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except (fastexcel.FastExcelError, IndexError, pl.exceptions.PolarsError) as error:
        found, _, _ = str(error).partition("\n")
        raise SheetError(path, found, AS_SAVED) from None
    gone_wrong: dict[int, dict[int, str]] = {}
    for row, column, found in errors:
        if row < rows.height:  # empty columns at the left are left out
            gone_wrong.setdefault(min(column, rows.width - 1), {})[row] = found
    for column, cells_wrong in gone_wrong.items():
        changed = rows.to_series(column).scatter(list(cells_wrong), list(cells_wrong.values()))
        rows = rows.with_columns(changed.alias(rows.columns[column]))
    rows = rows.with_columns(number=pl.int_range(1, pl.len() + 1))
    filled = rows.filter(~pl.all_horizontal(pl.exclude("number").is_null()))
    head = [] if filled.is_empty() else [str(cell or "") for cell in filled.drop("number").row(0)]
    names = _checked(path, head)
    cells, beyond = filled.drop("number")[1:, : len(names)], filled.drop("number")[1:, len(names) :]
    wide = beyond.select(pl.any_horizontal(pl.all().is_not_null(), pl.lit(value=False))).to_series()
    cells.columns = names
    return Sheet(cells, filled["number"][1:], dict.fromkeys(wide.arg_true().to_list(), len(head)))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What goes wrong in reading a workbook, in words."""
    try:
        yield
    except SheetError:
        raise
    except BROKEN:
        raise SheetError(path, "a workbook that is broken", AS_SAVED) from None


def unpacked_bytes(file: IO[bytes]) -> int:
    """How many bytes a workbook holds: a small file may fill the memory. 0 where it isn't one."""
    if not is_zipfile(file):
        return 0
    with ZipFile(file) as book:
        return sum(each.file_size for each in book.infolist())


def _errors(content: bytes, path: Path) -> Iterator[tuple[int, int, str]]:
    """What stands in cells of the first sheet where a formula went wrong: row and column from 0, and the text.

    They are empty for who reads the sheet, and empty has a meaning.
    """
    if not is_zipfile(BytesIO(content)):  # of an older kind, by the name of .xlsx
        return
    with ZipFile(BytesIO(content)) as book:
        try:
            first = ElementTree.fromstring(book.read("xl/workbook.xml")).find(f"{MAIN}sheets/{MAIN}sheet")
            links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
        except KeyError:  # of another kind
            return
        own = None if first is None else first.get(f"{LINKED}id")
        target = next((link.get("Target", "") for link in links if link.get("Id") == own), "")
        with book.open(target.lstrip("/") if target.startswith("/") else f"xl/{target}") as sheet:
            rest = b""
            while chunk := sheet.read(CHUNK_BYTES):
                rows, _, rest = (rest + chunk).rpartition(b"</row>")
                if len(rest) > LONGEST_ROW:
                    raise SheetError(path, "a row without an end", TOO_MUCH)
                for found in GONE_WRONG.finditer(rows):
                    letters, number, error = (part.decode() for part in found.groups())
                    yield int(number) - 1, column_index_from_string(letters) - 1, error


def _parquet(content: bytes, path: Path, most: int | None) -> Sheet:
    try:
        cells = pl.read_parquet(BytesIO(content), n_rows=None if most is None else most + 1)
    except pl.exceptions.PolarsError as error:
        found, _, _ = str(error).partition("\n")
        raise SheetError(path, found, "Parquet") from None
    _checked(path, cells.columns)
    return Sheet(cells, pl.int_range(1, cells.height + 1, dtype=pl.Int64, eager=True), {})


READERS: dict[str, Callable[[bytes, Path, int | None], Sheet]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
}


# In a process of its own


def _apart(content: bytes, path: Path, most: int) -> Sheet:
    """What a file holds that may be made to end whatever reads it: by a size it only tells of, or a slip of a library.

    The process is given the file, and gives back what is in it, through pipes: nothing comes on disk.
    """
    command = [sys.executable, "-c", f"from {__name__} import _read_apart; _read_apart()"]
    # Each thread would take its own part of the memory.
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "POLARS_MAX_THREADS": "2"}
    try:
        done = subprocess.run(
            command,
            input=pickle.dumps((content, path, most)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=MOST_SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise SheetError(path, "a file that can't be read", "one that is whole, and not larger than it needs") from None
    found: Sheet | SheetError = pickle.loads(done.stdout)
    if isinstance(found, SheetError):
        raise found
    return found


def _read_apart() -> None:
    """In that process: read what is asked, and give it back or what is wrong with it."""
    _bound_memory()
    content, path, most = pickle.load(sys.stdin.buffer)
    found: Sheet | SheetError
    try:
        found = READERS[kind_of_file(path)](content, path, most)
    except SheetError as error:
        found = error
    pickle.dump(found, sys.stdout.buffer)


def _bound_memory() -> None:
    with suppress(ImportError, OSError, ValueError):  # there is no such bound on every system
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would hold the file
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


# Cells


def _plain(column: pl.Series, holds: Cell, in_workbook: bool) -> pl.Series:
    """A column of texts in plain notation, nothing where there is none; any other column as it is."""
    if column.dtype != pl.String:
        return column
    stripped = column.str.strip_chars()
    found = stripped.set(stripped == "", None)
    if holds in ("euro", "whole_euro"):
        return _plain_euros(found, in_workbook)
    if holds == "flag":
        return found.str.to_lowercase().replace(FLAGS)
    return _plain_dates(found) if holds == "date" else found


def _plain_dates(column: pl.Series) -> pl.Series:
    dutch = column.str.to_date(DUTCH_DATE, strict=False).dt.to_string("%Y-%m-%d")
    typed = column.str.contains(TYPED_DATE).fill_null(value=False) & dutch.is_not_null()
    return column.zip_with(~typed, dutch).str.replace(MIDNIGHT, "${1}")


def _plain_euros(column: pl.Series, in_workbook: bool) -> pl.Series:
    plain = column.str.contains(PLAIN_EURO).fill_null(value=True)
    others = column.filter(~plain).unique()
    texts = Texts(LOCALES[0])
    read = {text: _plain_euro(text, texts, in_workbook) for text in others}
    replaced = column.str.replace(",", ".", literal=True)
    return replaced.zip_with(plain, column.replace(read)) if read else replaced


def _plain_euro(text: str, texts: Texts, in_workbook: bool) -> str:
    """An amount as somebody typed it, plain; as it was where it is none, or might be two."""
    if DOUBTFUL.fullmatch(text) or (in_workbook and THREE_DECIMALS.fullmatch(text)):
        return text
    try:
        return texts.parse_money(text)
    except ValueError:
        return text


# Writing


def write_sheet(path: Path, table: pl.DataFrame, delimiter: str = ";") -> None:
    """Write a table by the ending of a name, whole or not at all; see ``as_csv`` for CSV."""
    kind, part = kind_of_file(path), path.with_name(f".{path.name}.part")
    try:
        if kind == ".csv":
            part.write_text(as_csv(table, delimiter), "utf-8")
        elif kind == ".parquet":
            table.write_parquet(part)
        else:
            _write_workbook(part, table)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def as_csv(table: pl.DataFrame, delimiter: str) -> str:
    """A table as CSV: with ``;`` amounts have a decimal comma; no text that a spreadsheet takes for a formula."""
    texts = [
        pl.when(pl.col(name).str.contains(AS_FORMULA)).then(DEFUSED + pl.col(name)).otherwise(name).alias(name)
        for name in table.columns
        if table[name].dtype == pl.String
    ]
    return table.with_columns(texts).write_csv(separator=delimiter, decimal_comma=delimiter == ";")


def _write_workbook(path: Path, table: pl.DataFrame) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(table.columns)
    for row in table.iter_rows():
        sheet.append([_cell(sheet, cell) for cell in row])
    book.save(path)


def _cell(sheet: Any, value: Any) -> Any:
    """A cell: a text stays one, also where it begins as a formula does, without what no workbook can hold."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell
