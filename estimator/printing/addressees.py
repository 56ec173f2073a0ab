"""To whom letters go: the rows of a CSV or XLSX file, each a household with what is printed on its letter only.

A file that can't be read at all is refused; a row that can't is told, column by column, and the others go on. The rows
are read one at a time, however many there are.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from io import BytesIO, TextIOWrapper
from itertools import islice, zip_longest
from math import ceil
from pathlib import Path, PurePath
from typing import IO, Any, NamedTuple
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812

import polars as pl
from openpyxl import load_workbook

from estimator.files import LOCALES
from estimator.printing.press import unprintable
from estimator.printing.window import MOST_LINES, WIDTH, least_width
from estimator.rules.columns import COLUMNS, DATE_TEXT, SLOT_COLUMNS, Cell, cell_of, household_of
from estimator.rules.household import Household, Problem
from estimator.sheets import (
    CITIZEN_NUMBER,
    DOUBTFUL,
    MOST_COLUMNS,
    TOO_MUCH,
    ElevenTested,
    eleven_tested,
    likely_days,
    unpacked_bytes,
)
from estimator.texts import Texts

REFERENCE, SALUTATION = "reference", "salutation"
ADDRESS = tuple(f"address_{number}" for number in range(1, 6))
DEFAULT_LANGUAGE_COLUMN = "language"
REFERENCE_FORM = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,80}")
ALLOWED_REFERENCE = "1 to 80 of A-Z, a-z, 0-9, '.', '_' and '-', not beginning with '.'"
VOLUME = re.compile(r"letters-\d+", re.IGNORECASE)
LONGEST_SALUTATION = 60  # letters
# Marks that would turn around whatever is printed after them.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
WHY_NOT = "a file without it: a letter needs no citizen service number, so it may not be used for one"
ROWS_TOGETHER = 10_000  # whose columns are looked through at once
MOST_SHOWN = 200  # letters of what was found
# Of all letters it is the same: the text of a letter speaks of one day.
NOT_OF_A_LETTER = ("on",)
DUTCH_DATE = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
READ_AS = {
    "euro": "an amount in euro such as 1250,50 or 1.250",
    "whole_euro": "whole euro such as 1250 or 1.250",
    "date": "a date such as 31-1-2026 or 2026-01-31",
}
UTF_8 = "CSV in UTF-8, or XLSX"
KINDS_OF_FILE = (".csv", ".xlsx")
# What openpyxl runs into in a file that isn't a workbook, or is broken.
BROKEN = (
    *(BadZipFile, ZlibError, ParseError, KeyError, ValueError, TypeError, IndexError, AttributeError),
    *(EOFError, RuntimeError, OSError),
)
# Far more than the letters of one file: bytes of a workbook, and rows that any workbook can have.
MOST_UNPACKED, MOST_ROWS = 2**28, 2**20
ENCRYPTED = b"\xd0\xcf\x11\xe0"
FORMULA = "f"
# What a spreadsheet shows where a formula went wrong, in any language: #N/A, #NAAM?, #DEEL/0!, Err:502.
GONE_WRONG = re.compile(r"#[A-Z/0-9_]+[!?]?|(Err|Fout):\d{3}")
# With these a spreadsheet takes a cell for a formula; behind an apostrophe it doesn't.
AS_FORMULA, DEFUSED = ("=", "+", "-", "@", "\t", "\r"), "'"

Cells = Sequence[Any]


class InMemory(NamedTuple):
    """A file that somebody sent, and that is nowhere but in memory: what it is called there, and what it holds."""

    name: str
    content: bytes

    def __str__(self) -> str:
        return self.name

    @property
    def suffix(self) -> str:
        """How its name ends, as that of a path."""
        return PurePath(self.name).suffix

    def open(
        self, mode: str = "r", encoding: str | None = None, errors: str | None = None, newline: str | None = None
    ) -> IO[Any]:
        """To read, as a path is opened."""
        raw = BytesIO(self.content)
        return raw if "b" in mode else TextIOWrapper(raw, encoding, errors, newline)


Source = Path | InMemory


class AddresseesError(ValueError):
    """A file that can't be used: its name, the place in it, what was found and what is allowed."""

    def __init__(self, path: Source, found: str, allowed: str, place: str = "") -> None:
        super().__init__(f"{path}{f': {place}' if place else ''}: found {found}; allowed: {allowed}")
        self.place, self.found, self.allowed = place, found, allowed


class Addressee(NamedTuple):
    """One letter to be: the household of a row, and what is printed on the letter only.

    ``row`` is the number that a spreadsheet gives it; ``reference`` names the letter.
    """

    row: int
    reference: str
    language: str
    household: Household
    salutation: str = ""
    address: tuple[str, ...] = ()


class Wrong(NamedTuple):
    """One thing that is wrong with a row."""

    row: int
    reference: str
    problem: Problem


class Formula(str):
    """The text of a formula: what it comes to isn't known to whoever reads the file."""

    __slots__ = ()


class Addressees:
    """The file, with its columns checked; raises ``AddresseesError``. Go over it for the rows."""

    def __init__(
        self,
        path: Source,
        on: date,
        language_column: str = DEFAULT_LANGUAGE_COLUMN,
        languages: Sequence[str] = LOCALES,
    ) -> None:
        self.path, self.on, self.language_column, self.languages = path, on, language_column, languages
        if path.suffix.lower() not in KINDS_OF_FILE:
            raise AddresseesError(path, path.suffix or "no ending", " or ".join(KINDS_OF_FILE))
        self._rows = _csv_rows if path.suffix.lower() == ".csv" else _xlsx_rows
        self.columns = self._columns()
        self.count = self._counted()
        if not self.count:
            raise AddresseesError(path, "no row below the names of the columns", "a row for each letter")

    @property
    def delimiter(self) -> str:
        """What parts the cells of the file; of a workbook what a Dutch spreadsheet takes."""
        return _delimiter(self.path) if self._rows is _csv_rows else ";"

    def __iter__(self) -> Iterator[Addressee | list[Wrong]]:
        """Every row that isn't empty: whom a letter goes to, or all that is wrong with it."""
        known: set[str] = set()
        for row, cells in self._below():
            if any(map(_is_filled, cells)):
                yield self._read(row, cells, known)

    def given(self, rows: Container[int]) -> Iterator[list[str]]:
        """Some of the rows as they were given, for a CSV file below the ``head``."""
        for row, cells in self._below():
            if row in rows:
                empty = len(self.head) - len(cells) if self._rows is _xlsx_rows else 0  # a workbook leaves these out
                yield [*map(_typed, cells), *[""] * empty]

    def _below(self) -> Iterator[tuple[int, Cells]]:
        rows = enumerate(self._rows(self.path), start=1)
        next(rows)
        return rows

    def _counted(self) -> int:
        """How many rows aren't empty; refuses a column whose values are citizen service numbers."""
        filled = ([*map(_fused, cells)] for _, cells in self._below() if any(map(_is_filled, cells)))
        tested = dict.fromkeys(self.columns, ElevenTested(0, 0))
        count = 0
        while rows := list(islice(filled, ROWS_TOGETHER)):
            count += len(rows)
            for name, cells in zip(self.columns, zip_longest(*rows), strict=False):
                values, passed = eleven_tested(pl.Series([*map(_plain_text, cells)], dtype=pl.String))
                tested[name] = ElevenTested(tested[name].values + values, tested[name].passed + passed)
        for name, found in tested.items():
            if found.most_pass:
                raise AddresseesError(self.path, "values that are citizen service numbers", WHY_NOT, f"column {name}")
        return count

    # The columns

    def _columns(self) -> tuple[str, ...]:
        head = next(iter(self._rows(self.path)), None)
        names = [] if head is None else [str(cell).strip() if cell is not None else "" for cell in head]
        self.head = tuple(names)
        while names and not names[-1]:  # what a spreadsheet leaves behind
            names.pop()
        if not names:
            raise AddresseesError(self.path, "an empty file", "the names of the columns, and a row for each letter")
        if len(names) > MOST_COLUMNS:
            raise AddresseesError(self.path, f"{len(names)} columns", f"1 to {MOST_COLUMNS}")
        times = Counter(names)
        for place, name in enumerate(names, start=1):
            self._check(name, place, times[name])
        needed = [
            (REFERENCE,),
            (self.language_column,),
            ("composition",),
            ("client_age", "client_born"),
            ("provision_1",),
        ]
        for either in needed:
            if not any(name in names for name in either):
                raise AddresseesError(self.path, "no such column", "a file that has it", " or ".join(either))
        return tuple(names)

    def _check(self, name: str, place: int, times: int) -> None:
        if CITIZEN_NUMBER.search(name.casefold()):
            raise AddresseesError(self.path, "a column of citizen service numbers", WHY_NOT, f"column {name}")
        if not name:
            raise AddresseesError(self.path, "no name", "a name for every column", f"column {place}")
        if times > 1:
            raise AddresseesError(self.path, f"{times} of these", "each column once", f"column {name}")
        if name not in self._printed:
            try:
                if name in NOT_OF_A_LETTER:
                    raise ValueError(name)
                cell_of(name)
            except ValueError:
                allowed = [*self._printed, *(each for each in COLUMNS if each not in (REFERENCE, *NOT_OF_A_LETTER))]
                allowed += [*(f"{slot}_1" for slot in SLOT_COLUMNS), "and with _2 and so on"]
                raise AddresseesError(self.path, "an unknown column", ", ".join(allowed), f"column {name}") from None

    @property
    def _printed(self) -> tuple[str, ...]:
        return (REFERENCE, self.language_column, SALUTATION, *ADDRESS)

    # A row

    def _read(self, row: int, cells: Cells, known: set[str]) -> Addressee | list[Wrong]:
        given = dict(zip(self.columns, map(_fused, cells), strict=False))
        reference = _plain_text(given.get(REFERENCE))
        if wrong := list(_wrong_width(len(self.columns), cells, len(self.head) if self._rows is _csv_rows else None)):
            return [Wrong(row, reference, problem) for problem in wrong]
        if wrong := list(_wrong_values(given)):
            return [Wrong(row, reference, problem) for problem in wrong]
        wrong += _wrong_reference(reference, known)
        known.add(reference.casefold())
        language = _plain_text(given.get(self.language_column))
        if language not in self.languages:
            wrong.append(Problem(self.language_column, _shown(language), ", ".join(self.languages)))
        printed = {name: _printable(name, given.get(name), wrong) for name in (SALUTATION, *ADDRESS)}
        wrong += _wrong_salutation(printed[SALUTATION])
        wrong += _wrong_address({name: printed[name] for name in ADDRESS})
        household, unfit = self._household(given)
        wrong += unfit
        if wrong or household is None:
            return [Wrong(row, reference, problem) for problem in wrong]
        address = tuple(line for name in ADDRESS for line in printed[name])
        return Addressee(row, reference, language, household, "".join(printed[SALUTATION]), address)

    def _household(self, given: Mapping[str, Any]) -> tuple[Household | None, list[Problem]]:
        cells: dict[str, Any] = {}
        wrong: list[Problem] = []
        for name, cell in given.items():
            if name in self._printed or not _is_filled(cell):
                continue
            kind = cell_of(name)
            try:
                cells[name] = _dutch(kind, cell)
            except (ValueError, OverflowError):
                wrong.append(Problem(name, _shown(cell), READ_AS[kind]))
        if wrong := wrong or list(_wrong_dates(cells, self.on)):
            return None, wrong
        household, _, problems = household_of(cells, self.on)
        return household, [Problem(each.field, _shown(each.found), each.allowed) for each in problems]


def _wrong_width(width: int, cells: Cells, exactly: int | None) -> Iterator[Problem]:
    """More cells than there are columns; in a CSV, where a comma of an amount makes two of one, not as many."""
    filled = max((place for place, cell in enumerate(cells, start=1) if _is_filled(cell)), default=0)
    if filled > width or len(cells) != (exactly or len(cells)):
        yield Problem("", f"{max(filled, len(cells))} cells", f"{width}, one a column")


def _wrong_values(cells: Mapping[str, Any]) -> Iterator[Problem]:
    """Formulas, and what a spreadsheet shows where one went wrong."""
    for name, cell in cells.items():
        if isinstance(cell, Formula) or (isinstance(cell, str) and cell.startswith("=")):
            yield Problem(name, _shown(cell), "a value; a formula may give another one elsewhere")
        elif isinstance(cell, str) and GONE_WRONG.fullmatch(cell.strip()):
            yield Problem(name, _shown(cell), "a value; this is what a spreadsheet shows where a formula went wrong")


def _wrong_dates(cells: Mapping[str, Any], on: date) -> Iterator[Problem]:
    """Dates that nobody has: of a birth to come or of long ago, of support that begins much later."""
    for name, cell in cells.items():
        day = cell.date() if isinstance(cell, datetime) else cell
        first, last = likely_days(name, on)
        if isinstance(day, date) and not first <= day <= last:
            yield Problem(name, _shown(day), f"a date from {first} to {last}")


def _wrong_reference(reference: str, known: set[str]) -> Iterator[Problem]:
    if not REFERENCE_FORM.fullmatch(reference) or VOLUME.fullmatch(reference):
        allowed = f"{ALLOWED_REFERENCE}, and not letters-1: that is a volume"
        yield Problem(REFERENCE, _shown(reference) if reference else "nothing", allowed)
    elif reference.casefold() in known:
        yield Problem(REFERENCE, _shown(reference), "each reference once, in capitals or not")


def _wrong_salutation(lines: Sequence[str]) -> Iterator[Problem]:
    if len(lines) > 1:
        yield Problem(SALUTATION, f"{len(lines)} lines", "one line")
    elif lines and len(lines[0]) > LONGEST_SALUTATION:
        yield Problem(
            SALUTATION, f"{len(lines[0])} letters: {_clipped(lines[0])}", f"at most {LONGEST_SALUTATION} letters"
        )


def _wrong_address(lines: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """More than the window of an envelope shows."""
    if (count := sum(map(len, lines.values()))) > MOST_LINES:
        yield Problem(ADDRESS[0], f"{count} lines", f"at most {MOST_LINES} in all")
    for name, each in lines.items():
        for line in each:
            if (width := least_width(line)) > WIDTH:
                allowed = f"at most {WIDTH} mm, as wide as the window of an envelope: shorter, or in two lines"
                yield Problem(name, f"{ceil(width)} mm in small letters: {_clipped(line)}", allowed)


def _printable(name: str, cell: Any, wrong: list[Problem]) -> list[str]:
    """What is printed of a cell, in lines; what can't be printed goes to what is wrong."""
    if isinstance(cell, datetime | date | float | bool):
        wrong.append(Problem(name, _shown(cell), "a text"))
        return []
    lines = [" ".join(line.split()) for line in unicodedata.normalize("NFC", _plain_text(cell)).splitlines()]
    lines = [line for line in lines if line]
    for line in lines:
        missing = "".join(dict.fromkeys(TURNING.findall(line))) or unprintable(line)
        if missing:
            named = ", ".join(f"{letter!r} ({unicodedata.name(letter, f'U+{ord(letter):04X}')})" for letter in missing)
            wrong.append(Problem(name, _clipped(named), "letters that our fonts have: Latin, Cyrillic, Arabic, Greek"))
    return lines


def _dutch(kind: Cell, cell: Any) -> Any:
    """A cell as ``household_of`` reads it: amounts and dates of a Dutch file; raises ``ValueError``."""
    if kind in ("euro", "whole_euro") and isinstance(cell, datetime | date | bool):
        raise ValueError(cell)
    if not isinstance(cell, str):
        return _whole(cell) if kind in ("word", "count", "flag") else cell
    text = cell.strip()
    if kind in ("euro", "whole_euro"):
        if DOUBTFUL.fullmatch(text):
            raise ValueError(text)
        return Texts(LOCALES[0]).parse_money(text)
    if kind == "date":
        return _day(text)
    return text


def _day(text: str) -> date:
    """A date as the Dutch write it, or as 2026-01-31; raises ``ValueError`` for any other form."""
    if found := DUTCH_DATE.fullmatch(text):
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    if not re.fullmatch(DATE_TEXT, text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _whole(cell: Any) -> Any:
    """A number of a spreadsheet as a whole one where it is."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def defused(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"{DEFUSED}{cell}" if cell.startswith(AS_FORMULA) else cell


def _fused(cell: Any) -> Any:
    """A cell as it was before it was defused."""
    is_defused = isinstance(cell, str) and cell.startswith(tuple(DEFUSED + mark for mark in AS_FORMULA))
    return cell.removeprefix(DEFUSED) if is_defused else cell


def _typed(cell: Any) -> str:
    """A cell as somebody types it in Dutch, defused."""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float):
        return str(_whole(cell)).replace(".", ",")
    return "" if cell is None else defused(str(cell))


def _plain_text(cell: Any) -> str:
    return "" if cell is None else str(_whole(cell)).strip()


def _is_filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _shown(found: object) -> str:
    """What was found, as it stood there."""
    return _clipped(found.isoformat() if isinstance(found, date) else str(found)) or "nothing"


def _clipped(words: str) -> str:
    return words if len(words) <= MOST_SHOWN else f"{words[:MOST_SHOWN]} ..."


# Kinds of file


def _delimiter(path: Source) -> str:
    """The one that the names of the columns are parted by."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = file.readline()
    return max(",;", key=head.count)


@contextmanager
def _readable(path: Source, broken: tuple[type[Exception], ...], allowed: str) -> Iterator[None]:
    try:
        yield
    except AddresseesError:
        raise
    except OSError as error:
        if error.strerror is None:
            raise AddresseesError(path, str(error) or type(error).__name__, allowed) from None
        raise AddresseesError(path, error.strerror, "a file that can be read") from None
    except broken as error:
        raise AddresseesError(path, _clipped(f"{type(error).__name__}: {error}"), allowed) from None


def _csv_rows(path: Source) -> Iterator[Cells]:
    """The rows of a CSV file; raises ``AddresseesError`` where it isn't one in UTF-8."""
    with _readable(path, (), ""), path.open("rb") as raw:
        for line, words in enumerate(raw, start=1):
            try:
                words.decode("utf-8")
            except UnicodeDecodeError as error:
                found = f"bytes that aren't UTF-8 ({words[error.start : error.start + 4].hex(' ')})"
                raise AddresseesError(path, found, UTF_8, f"line {line}") from None
    with _readable(path, (), ""), path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=_delimiter(path), strict=True)
        try:
            yield from reader
        except csv.Error as error:
            allowed = f"quotes in pairs, cells of at most {csv.field_size_limit()} letters"
            raise AddresseesError(path, str(error), allowed, f"line {reader.line_num}") from None


def _xlsx_rows(path: Source) -> Iterator[Cells]:
    """The rows of the first sheet of a workbook; raises ``AddresseesError`` where it isn't one."""
    with _readable(path, (), ""), path.open("rb") as raw:
        if raw.read(len(ENCRYPTED)) == ENCRYPTED:
            raise AddresseesError(path, "a workbook with a password, or of an old kind", "XLSX without a password")
    with _readable(path, BROKEN, "XLSX as a spreadsheet saves it"), path.open("rb") as raw:
        if (unpacked := unpacked_bytes(raw)) > MOST_UNPACKED:
            raise AddresseesError(path, f"{unpacked} bytes unpacked", TOO_MUCH)
        book = load_workbook(raw, read_only=True)
        try:
            sheets = book.worksheets
            if not sheets:
                raise ValueError("no sheet")
            sheets[0].reset_dimensions()  # what a file says of them may be wrong
            for row, cells in enumerate(sheets[0].iter_rows(), start=1):
                if row > MOST_ROWS:
                    raise AddresseesError(path, f"more than {MOST_ROWS} rows", TOO_MUCH)
                yield [_cell(cell) for cell in cells]
        finally:
            book.close()


def _cell(cell: Any) -> Any:
    """The value of a cell, a formula as such; a date at midnight is a date."""
    value = cell.value
    if cell.data_type == FORMULA or (isinstance(value, str) and value.startswith("=")):
        return Formula(getattr(value, "text", None) or str(value))
    if isinstance(value, datetime) and value == datetime.combine(value.date(), datetime.min.time()):
        return value.date()
    return value
