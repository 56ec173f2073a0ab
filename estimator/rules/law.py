"""Dated amounts of the law: each with unit, source, status and the date on which somebody checked it.

One topic a file in ``amounts/*.toml``. An amount is looked up by name and date; a date for which nothing is known is
refused with the dates that are, never interpolated.
"""

from __future__ import annotations

import hashlib
import tomllib
from bisect import bisect_right
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

AMOUNTS = Path(__file__).with_name("amounts")

UNITS = (
    "cent", "cent/month", "cent/four_weeks", "cent/year", "per_mille", "flag", "year", "month", "night", "periods",
    "count",
)  # fmt: skip
STATUSES = ("in_force", "adopted", "proposed", "withdrawn", "not_found")
GRADES = ("A", "B", "C", "D", "?")
PLAN_STATUSES = ("proposed", "adopted", "in_force", "withdrawn")
FOREVER = date(9999, 12, 31)


class NotKnown(LookupError):  # noqa: N818 - it is an answer ("this is not known"), not a failure of the program
    """The law files hold no amount for this date; the message names the dates that they do hold."""

    def __init__(self, name: str, on: date, known: tuple[tuple[date, date | None], ...], last: Amount | None) -> None:
        self.name, self.on, self.known, self.last = name, on, known, last
        spans = ", ".join(f"{a} to {b or 'today and later'}" for a, b in known) or "no date"
        super().__init__(f"{name} is not known on {on}; known: {spans}")


class LawError(ValueError):
    """A law file is wrong: the message names the file and key, what was found and what is allowed."""

    def __init__(self, file: str, key: str, found: object, allowed: str) -> None:
        self.file, self.key, self.found, self.allowed = file, key, str(found), allowed
        super().__init__(f"{file}: {key}: found {found}; allowed: {allowed}")


class Amount(NamedTuple):
    """One value of a series: whole cents, per mille or a count (see ``unit``), and where it comes from."""

    name: str
    amount: int
    unit: str
    first: date
    last: date | None
    status: str
    legal_basis: str
    set_by: str
    source: str
    seen_until: date
    checked: date
    grade: str
    note: str


class Series(NamedTuple):
    """A named amount through time; ``None`` stands for a span whose amount was looked for and not found."""

    name: str
    unit: str
    legal_basis: str
    file: str
    starts: tuple[date, ...]
    ends: tuple[date, ...]
    values: tuple[Amount | None, ...]

    def on(self, day: date) -> Amount:
        """The value in force on a day; raises ``NotKnown``."""
        place = bisect_right(self.starts, day) - 1
        if place >= 0 and day <= self.ends[place]:
            value = self.values[place]
            if value is not None:
                return value
        raise NotKnown(self.name, day, self.known, self.last_known(day))

    def covers(self, day: date) -> bool:
        """Whether a value is in force on a day."""
        place = bisect_right(self.starts, day) - 1
        return place >= 0 and day <= self.ends[place] and self.values[place] is not None

    def last_known(self, day: date) -> Amount | None:
        """The value known on a day, or else the last one known before it."""
        return next((v for v in reversed(self.values) if v is not None and v.first <= day), None)

    @property
    def known(self) -> tuple[tuple[date, date | None], ...]:
        """The spans that are known, touching ones joined."""
        spans: list[tuple[date, date | None]] = []
        for value in filter(None, self.values):
            if spans and (end := spans[-1][1]) and end + timedelta(days=1) == value.first:
                spans[-1] = (spans[-1][0], value.last)
            else:
                spans.append((value.first, value.last))
        return tuple(spans)


class Plan(NamedTuple):
    """The bill: its status, the date for which it is planned, and up to when news about it was read."""

    number: str
    title: str
    status: str
    planned_from: date
    seen_until: date
    checked: date
    sources: tuple[str, ...]

    @property
    def is_law(self) -> bool:
        """Adopted or in force: only then it becomes the current regime by the calendar."""
        return self.status in ("adopted", "in_force")


class PensionAge(NamedTuple):
    """A span of birth dates and the age in months at which they reach pension age."""

    born_from: date
    born_until: date
    months: int


class Law:
    """All law files of one folder; compared and cached by identity, since it never changes once read."""

    def __init__(
        self,
        series: dict[str, Series],
        plan: Plan,
        pension_ages: tuple[PensionAge, ...],
        pension_source: dict[str, Any],
        digest: str,
    ) -> None:
        self.series, self.plan, self.pension_ages = series, plan, pension_ages
        self.pension_source, self.digest = pension_source, digest

    def on(self, name: str, day: date) -> Amount:
        """The amount of a series on a day; raises ``NotKnown`` outside what is known."""
        return self.series[name].on(day)


@cache
def law() -> Law:
    """The project's own law files, read on first use."""
    return read_law(AMOUNTS)


def read_law(folder: Path) -> Law:
    """Read and check a folder of law files; raises ``LawError`` for the first thing that is wrong."""
    series: dict[str, Series] = {}
    special: dict[str, tuple[str, dict[str, Any]]] = {}
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        digest.update(path.read_bytes())
        for name, table in read_toml(path).items():
            if not isinstance(table, dict):
                raise LawError(path.name, name, table, "a table")
            if name in ("bill", "pension_age"):
                special[name] = path.name, table
            elif name in series:
                raise LawError(path.name, name, f"a second series of this name (also in {series[name].file})", "one")
            else:
                series[name] = _series(path.name, name, table)
    for name in ("bill", "pension_age"):
        if name not in special:
            raise LawError(str(folder), name, "nothing", f"a table [{name}]")
    ages = _pension_ages(*special["pension_age"])
    source = {key: value for key, value in special["pension_age"][1].items() if key != "born"}
    return Law(series, _plan(*special["bill"]), ages, source, digest.hexdigest()[:12])


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file; what TOML refuses (``0363`` unquoted, a key twice) becomes a ``LawError`` with file and line."""
    try:
        source = path.read_bytes()
        return tomllib.loads(source.decode("utf-8-sig"))
    except OSError as error:
        raise LawError(str(path), "the file", error.strerror, "a file that can be read") from None
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise LawError(path.name, "the file", f"a letter that isn't UTF-8 (at line {line})", "text in UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        hint = "valid TOML: each key once, dates as 2026-01-31, a code with leading zeros between quotes"
        raise LawError(path.name, "the file", error, hint) from None


PENSION_AGE_KEYS = {"unit", "legal_basis", "source", "seen_until", "checked", "grade", "known_until", "born"}
SERIES_KEYS = {"unit", "legal_basis", "values"}
VALUE_KEYS = {"from", "status", "set_by", "source", "seen_until", "checked", "grade"}
OPTIONAL_VALUE_KEYS = {"until", "amount", "note"}


def _series(file: str, name: str, table: dict[str, Any]) -> Series:
    _keys(file, name, table, SERIES_KEYS, set())
    unit = _one_of(file, f"{name}.unit", table["unit"], UNITS)
    basis = _text(file, f"{name}.legal_basis", table["legal_basis"])
    starts: list[date] = []
    ends: list[date] = []
    values: list[Amount | None] = []
    if not isinstance(table["values"], list) or not table["values"]:
        raise LawError(file, f"{name}.values", table["values"], "at least one [[...values]] block")
    for number, row in enumerate(table["values"], start=1):
        key = f"{name}.values[{number}]"
        _keys(file, key, row, VALUE_KEYS, OPTIONAL_VALUE_KEYS)
        first, last = _day(file, f"{key}.from", row["from"]), row.get("until")
        if last is not None:
            _day(file, f"{key}.until", last)
        status = _one_of(file, f"{key}.status", row["status"], STATUSES)
        grade = _one_of(file, f"{key}.grade", row["grade"], GRADES)
        for name_of in ("source", "set_by"):
            _text(file, f"{key}.{name_of}", row[name_of])
        if "note" in row:
            _text(file, f"{key}.note", row["note"])
        if last is not None and last < first:
            raise LawError(file, f"{key}.until", last, f"a date from {first} on")
        if ends and ends[-1] == FOREVER:
            raise LawError(file, f"{key}.from", first, "nothing after a value without an end")
        if ends and first <= ends[-1]:
            raise LawError(file, f"{key}.from", first, f"no overlap: {ends[-1] + timedelta(days=1)}")
        if ends and first != ends[-1] + timedelta(days=1):
            raise LawError(file, f"{key}.from", first, f"no gap: {ends[-1] + timedelta(days=1)}")
        amount = row.get("amount")
        if (amount is None) != (grade == "?"):
            raise LawError(file, f"{key}.amount", amount, 'a whole number, or none with grade = "?"')
        if amount is not None and (type(amount) is not int or amount < 0):
            raise LawError(file, f"{key}.amount", amount, f"a whole number of {unit}, not negative")
        starts.append(first)
        ends.append(last or FOREVER)
        values.append(
            amount
            if amount is None
            else Amount(
                name, amount, unit, first, last, status, basis, row["set_by"], row["source"],
                _day(file, f"{key}.seen_until", row["seen_until"]), _day(file, f"{key}.checked", row["checked"]),
                grade, row.get("note", ""),
            )
        )  # fmt: skip
    return Series(name, unit, basis, file, tuple(starts), tuple(ends), tuple(values))


def _plan(file: str, table: dict[str, Any]) -> Plan:
    _keys(file, "bill", table, set(Plan._fields), set())
    _one_of(file, "bill.status", table["status"], PLAN_STATUSES)
    for key in ("number", "title"):
        _text(file, f"bill.{key}", table[key])
    for key in ("planned_from", "seen_until", "checked"):
        _day(file, f"bill.{key}", table[key])
    sources = table["sources"]
    if not isinstance(sources, list) or not sources:
        raise LawError(file, "bill.sources", repr(sources), "a list of at least one text")
    for number, source in enumerate(sources, start=1):
        _text(file, f"bill.sources[{number}]", source)
    return Plan(**{**table, "sources": tuple(sources)})


def _pension_ages(file: str, table: dict[str, Any]) -> tuple[PensionAge, ...]:
    _keys(file, "pension_age", table, PENSION_AGE_KEYS, set())
    _one_of(file, "pension_age.unit", table["unit"], ("month",))
    _one_of(file, "pension_age.grade", table["grade"], GRADES)
    for name in ("legal_basis", "source"):
        _text(file, f"pension_age.{name}", table[name])
    for name in ("seen_until", "checked", "known_until"):
        _day(file, f"pension_age.{name}", table[name])
    if not isinstance(table["born"], list) or not table["born"]:
        raise LawError(file, "pension_age.born", repr(table["born"]), "at least one [[pension_age.born]] block")
    rows: list[PensionAge] = []
    for number, row in enumerate(table["born"], start=1):
        key = f"pension_age.born[{number}]"
        _keys(file, key, row, {"until", "months"}, {"from"})
        first = _day(file, f"{key}.from", row["from"]) if "from" in row else date.min
        if rows and first != rows[-1].born_until + timedelta(days=1):
            raise LawError(file, f"{key}.from", first, f"{rows[-1].born_until + timedelta(days=1)}")
        if type(row["months"]) is not int or row["months"] <= 0:
            raise LawError(file, f"{key}.months", repr(row["months"]), "a whole number of months above nil")
        rows.append(PensionAge(first, _day(file, f"{key}.until", row["until"]), row["months"]))
    return tuple(rows)


def _keys(file: str, key: str, table: Any, needed: set[str], optional: set[str]) -> None:
    if not isinstance(table, dict):
        raise LawError(file, key, table, "a table")
    allowed = ", ".join(sorted(needed | optional))
    for unknown in sorted(set(table) - needed - optional):
        raise LawError(file, f"{key}.{unknown}", "an unknown key", allowed)
    for missing in sorted(needed - set(table)):
        raise LawError(file, f"{key}.{missing}", "nothing", f"this key is needed (keys: {allowed})")


def _day(file: str, key: str, value: Any) -> date:
    if type(value) is not date:
        raise LawError(file, key, repr(value), "a date such as 2026-01-31, without quotes")
    return value


def _one_of(file: str, key: str, value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise LawError(file, key, repr(value), ", ".join(allowed))
    return str(value)


def _text(file: str, key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise LawError(file, key, repr(value), "a text that isn't empty")
    return value
