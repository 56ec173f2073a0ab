"""What remains of the cost prices of a table of aids and adaptations on a date, column by column (Polars).

A municipality that watches cost prices needs no household for it: the full national amount comes off in every month,
also where less is paid (Ub Wmo 2015 art. 3.10b). So months and ends here are those of somebody who pays that amount
every month; of a household of which more is known ``aids_left`` tells its own.

====================  ================================================================================================
column                what it holds
====================  ================================================================================================
``reference``         whose it is: of the aids with the same one the one that runs longest is found
``kind``              wheelchair, sports_wheelchair, other_aid, home_adaptation
``cost_price``        euro
``start``             start date that the municipality reports; due from the month after it, or from its own if the 1st
``paid_before_2020``  contributions charged before 2020, euro; may be empty or left out where nothing was due before
====================  ================================================================================================

Cells are written as in ``population``. The result (``RESULT``) has a row for each row, in the same order, its amounts
in cents. ``status`` is one of

- ``running``: months are still collected; ``not_begun``: the first month due is a later one;
- ``reached``: nothing is collected any more: less remains than is due for a month;
- ``no_contribution``: for a wheelchair nothing is due, so nothing comes off and nothing else is told;
- ``not_known``: a contribution was due before 2020, and what was charged then isn't given;
- ``wrong``: the row can't be an aid with a cost price; ``remark`` says which column holds what and what is allowed.

``months_left`` counts from the month of the date on, ``virtual_end`` is the last day of the last month collected, and
``left_over`` what is never collected then. ``last_amount_used``: part of the months lies after the last amount that is
known, which was used for them too. ``longest`` is true for one aid of each reference of which months are left: the one
that ends last, of several the first; empty where another aid of that reference, not known or wrong, may end later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import InvalidOperation
from typing import Any

import polars as pl
from pydantic import ValidationError

from estimator.rules.columns import ALLOWED, EURO_TEXT, Cell, can_hold, month_due, plain, read_cells
from estimator.rules.cost_price import LAST_MONTH, MONITORED_FROM_MONTH, month_number, remains
from estimator.rules.exemptions import no_charge_ground
from estimator.rules.household import (
    ALLOWED_EURO,
    COST_PRICE_KINDS,
    KINDS,
    MONITORED_FROM,
    Problem,
    Provision,
    problems,
)
from estimator.rules.law import Law, law
from estimator.rules.money import above, at_least, at_most
from estimator.rules.policy import NATIONAL

COLUMNS: dict[str, Cell] = {
    "reference": "any", "kind": "word", "cost_price": "euro", "start": "date", "paid_before_2020": "euro",
}  # fmt: skip
NEEDED = {
    "reference": "whose it is",
    "kind": ", ".join(COST_PRICE_KINDS),
    "cost_price": ALLOWED_EURO,
    "start": "a date such as 2026-01-31",
}
STATUSES = ("running", "not_begun", "reached", "no_contribution", "not_known", "wrong")
RESULT = pl.Schema(
    {
        "status": pl.String(),
        "remaining": pl.Int64(),
        "months_left": pl.Int64(),
        "virtual_end": pl.Date(),
        "left_over": pl.Int64(),
        "longest": pl.Boolean(),
        "last_amount_used": pl.Boolean(),
        "remark": pl.String(),
    }
)
FIGURES = ("remaining", "months_left", "virtual_end", "left_over")
PAID_BEFORE_UNKNOWN = Problem("paid_before_2020", "nothing", f"what was charged before {MONITORED_FROM}; 0 for nothing")
AIDS = [KINDS.index(kind) for kind in COST_PRICE_KINDS]
NEVER = -1


def remaining_table(aids: pl.DataFrame, on: date, rules: Law | None = None) -> pl.DataFrame:
    """What remains of each cost price of a table on a date: the columns of ``RESULT``.

    Raises ``ValueError`` for a date before ``MONITORED_FROM``, and for a column that is unknown, missing or of the
    wrong type, naming it.
    """
    if on < MONITORED_FROM:
        raise ValueError(f"on: found {on}; allowed: {MONITORED_FROM} or later, when cost prices are counted by months")
    check_columns(aids.schema)
    rules = rules or law()
    cells, unreadable = read_cells(aids, {name: COLUMNS[name] for name in aids.columns})
    if "paid_before_2020" not in cells.columns:
        cells = cells.with_columns(paid_before_2020=pl.lit(None, pl.Int64))
    cells = cells.with_columns(reference=aids["reference"], wrong=_wrong(cells, aids["reference"], unreadable))
    found = _longest(_counted(cells, on, rules))
    return found.with_columns(remark=_remarks(aids, found["status"])).select(*RESULT).cast(RESULT)


def check_columns(types: Mapping[str, pl.DataType]) -> None:
    """Raise ``ValueError`` for the first column that is unknown, missing or can't hold what it should."""
    for name, kind in types.items():
        if name not in COLUMNS:
            raise ValueError(f"{name}: found an unknown column; allowed: {', '.join(COLUMNS)}")
        if not can_hold(kind, COLUMNS[name]) or kind.is_nested() or kind == pl.Binary:
            raise ValueError(f"{name}: found a column of {kind}; allowed: {ALLOWED[COLUMNS[name]]}")
    for name in NEEDED:
        if name not in types:
            raise ValueError(f"{name}: found no such column; allowed: a table that has it")


def problems_of(cells: Mapping[str, Any]) -> list[Problem]:
    """All that is wrong with one row: column, found and allowed."""
    stated = {name: cell for name, cell in cells.items() if cell is not None and cell != ""}
    wrong = {name: Problem(name, "nothing", allowed) for name, allowed in NEEDED.items() if name not in stated}
    if stated.get("kind", COST_PRICE_KINDS[0]) not in COST_PRICE_KINDS:
        wrong["kind"] = Problem("kind", repr(stated["kind"]), NEEDED["kind"])
    for name, cell in stated.items():
        try:
            stated[name] = plain(COLUMNS[name], cell)
        except (ValueError, InvalidOperation):
            wrong[name] = Problem(name, repr(cell), NEEDED["start"])
        if COLUMNS[name] == "euro" and isinstance(cell, str) and not re.fullmatch(EURO_TEXT, cell):
            wrong[name] = Problem(name, repr(cell), ALLOWED_EURO)
    fields = {name: cell for name, cell in stated.items() if name not in wrong and name != "reference"}
    if fields.keys() & {"paid_before_2020"} and "start" in wrong:
        del fields["paid_before_2020"]  # whether it may be there depends on the start
    try:
        Provision.model_validate({"kind": COST_PRICE_KINDS[0]} | fields)
    except ValidationError as error:
        wrong |= {problem.field: problem for problem in problems(error)}
    return [wrong[name] for name in COLUMNS if name in wrong]


def _wrong(cells: pl.DataFrame, reference: pl.Series, unreadable: list[pl.Series]) -> pl.Series:
    """Which rows can't be an aid with a cost price."""
    began_before = pl.col("start") < MONITORED_FROM
    contradictory = ~pl.col("kind").is_in(AIDS) | ((pl.col("paid_before_2020").fill_null(0) > 0) & ~began_before)
    empty = [pl.col(name).is_null() for name in NEEDED if name != "reference"]
    nobody = reference.is_null() | (reference.cast(pl.String) == "")
    return cells.select(
        pl.any_horizontal(contradictory, *empty, pl.lit(nobody), *map(pl.lit, unreadable)).fill_null(value=True)
    ).to_series()


def _counted(cells: pl.DataFrame, on: date, rules: Law) -> pl.DataFrame:
    """What remains of every row by itself; ``last_month`` also where only the contributions before 2020 lack."""
    aids = cells.select(
        left=above(pl.col("cost_price"), pl.col("paid_before_2020").fill_null(0)).fill_null(0),
        first=at_most(month_due(pl.col("start")), LAST_MONTH).fill_null(MONITORED_FROM_MONTH),
    )
    month, known_until = month_number(on), rules.series["monthly_amount"].ends[-1]
    found = remains(rules, aids["left"], at_least(aids["first"], MONITORED_FROM_MONTH), month)
    no_contribution = [bool(no_charge_ground(rules, kind, False, "flat_rate", on, NATIONAL)) for kind in KINDS]
    last = pl.col("last_month")
    told = pl.col("status").is_in(["running", "not_begun", "reached"])
    return (
        cells.select("reference", "kind", "wrong", "paid_before_2020")
        .with_columns(aids["first"], **{name: pl.Series(values) for name, values in found._asdict().items()})
        .with_columns(
            status=pl.when("wrong").then(pl.lit("wrong"))
            .when(pl.lit(pl.Series(no_contribution)).gather(pl.col("kind"))).then(pl.lit("no_contribution"))
            .when((pl.col("first") < MONITORED_FROM_MONTH) & pl.col("paid_before_2020").is_null())
            .then(pl.lit("not_known"))
            .when(pl.col("months_left") == 0).then(pl.lit("reached"))
            .when(pl.col("first") > month).then(pl.lit("not_begun"))
            .otherwise(pl.lit("running")),
            virtual_end=pl.when(pl.col("months") > 0).then(pl.date(last // 12, last % 12 + 1, 1).dt.month_end()),
        )
        .with_columns(ends=pl.when(pl.col("months_left") > 0).then(last).otherwise(NEVER))
        .with_columns(
            *(pl.when(told).then(name).alias(name) for name in FIGURES),
            last_amount_used=pl.when(told).then((pl.col("virtual_end") > known_until).fill_null(value=False)),
        )
    )  # fmt: skip


def _longest(found: pl.DataFrame) -> pl.DataFrame:
    """Which aid of each reference ends last, empty where it may be another one too."""
    status, ends = pl.col("status"), pl.col("ends")
    known = pl.when(status.is_in(["running", "not_begun"])).then(ends).otherwise(NEVER)
    possible = pl.when(status == "wrong").then(LAST_MONTH).when(status == "not_known").then(ends).otherwise(NEVER)
    return (
        found.with_columns(known=known, possible=possible, place=pl.int_range(pl.len()))
        .with_columns(latest=pl.col("known").max().over("reference"), may_be=pl.col("possible").max().over("reference"))
        .with_columns(ends_last=(pl.col("known") == pl.col("latest")) & (pl.col("known") > NEVER))
        .with_columns(ends_last=pl.col("ends_last") & _first_of("ends_last"))
        .with_columns(
            longest=pl.when(pl.col("possible") > pl.col("latest"))
            .then(None)
            .when(pl.col("ends_last") & (pl.col("may_be") > pl.col("latest")))
            .then(None)
            .otherwise("ends_last")
        )
    )


def _first_of(flag: str) -> pl.Expr:
    """Whether a row is the first of its reference of which a flag holds."""
    return pl.col("place") == pl.when(flag).then("place").min().over("reference")


def _remarks(aids: pl.DataFrame, status: pl.Series) -> pl.Series:
    """What is wrong with a row or lacks."""
    told = {
        place: "; ".join(map(str, problems_of(aids.row(place, named=True)))) for place in (status == "wrong").arg_true()
    }
    told |= dict.fromkeys((status == "not_known").arg_true(), str(PAID_BEFORE_UNKNOWN))
    return pl.repeat(None, len(status), dtype=pl.String, eager=True).scatter(list(told), list(told.values()))
