"""What came of a comparison as XLSX, and the template of a client file; words by ``Texts``, amounts as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from estimator.policies.client_file import HOLDS, NEEDED
from estimator.policies.comparison import (
    DIMENSIONS,
    INCOME_EDGES,
    Changes,
    Dimension,
    Ends,
    Group,
    PolicyComparison,
    Result,
)
from estimator.rules.columns import COLUMNS, SLOT_COLUMNS, WORDS
from estimator.rules.estimate import Estimate
from estimator.rules.household import Household
from estimator.rules.law import law
from estimator.rules.policy import Policy
from estimator.texts import Texts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EURO, WHOLE_EURO, COUNT, DAY = "#,##0.00", "#,##0", "0", "d-m-yyyy"
BOLD, WRAPPED = Font(bold=True), Alignment(wrap_text=True, vertical="top")
LONGEST = 500  # letters of a cell that came out of somebody's file
MEANINGS = (
    "ranges", "year", "cost_price", "plan", "plan_assumed", "plan_rounded", "years", "limits", "unknown", "change",
    "provision", "type", "income", "sports_wheelchair", "shift", "unseen",
)  # fmt: skip
EXAMPLE_CLIENTS: tuple[dict[str, Any], ...] = (
    {
        "reference": "voorbeeld-1", "composition": "single", "client_age": "pension", "income": Decimal(21_350),
        "assets": Decimal(12_500), "provision_1": "domestic_help", "delivery_1": "in_kind",
        "start_1": date(2024, 3, 15),
    },
    {
        "reference": "voorbeeld-2", "composition": "couple", "client_born": date(1953, 5, 12), "partner_age": "adult",
        "income_low": 35_000, "income_high": 39_999, "provision_1": "other_aid", "delivery_1": "in_kind",
        "cost_price_1": Decimal(2_850), "start_1": date(2025, 2, 1), "provision_2": "transport",
    },
)  # fmt: skip
TEMPLATE_SLOTS = 2

Row = Sequence[Any]


class _Euro(int):
    """Cents, shown in euro; of a plan in whole euro."""

    about = False


class _About(_Euro):
    """Cents of a plan."""

    about = True


def workbook(comparison: PolicyComparison, texts: Texts) -> bytes:
    """The assumptions on the first sheet, then the results in euro, the examples, and what is wrong with the file."""
    sheets: dict[str, Iterable[Row]] = {
        "assumptions": _assumptions(comparison, texts),
        "results": _results(comparison, texts),
        "outcomes": _outcomes(comparison, texts),
        "groups": _groups(comparison, texts),
        "distribution": _distribution(comparison, texts),
        "examples": _examples(comparison, texts),
    }
    if comparison.wrong:
        sheets["wrong"] = _wrong(comparison, texts)
    return _book(sheets, texts, {"assumptions": (44, 90)})


def template(texts: Texts) -> bytes:
    """An empty client file with its columns, two example rows, and what each column holds on a second sheet."""
    slots = [f"{name}_{n}" for n in range(1, TEMPLATE_SLOTS + 1) for name in SLOT_COLUMNS]
    columns = [name for name in COLUMNS if name != "on"] + slots
    rows = [[client.get(name) for name in columns] for client in EXAMPLE_CLIENTS]
    return _book(
        {"template": [columns, *rows], "columns": _explained(columns, texts)}, texts, {"columns": (24, 70, 90)}
    )


def _explained(columns: Iterable[str], texts: Texts) -> Iterator[Row]:
    yield [texts(f"policies.column.{name}") for name in ("column", "meaning", "values")]
    for name in columns:
        base = name if name in COLUMNS else name.rpartition("_")[0]
        cell = HOLDS[name]
        words = ", ".join(WORDS.get(base, ()))
        yield name, texts(f"policies.client.{base}"), texts(f"policies.cell.{cell}", words=words)
    yield ()
    yield "", texts("policies.template.needed", columns=", ".join(NEEDED))
    yield "", texts("policies.template.examples")


# The sheets


def _assumptions(comparison: PolicyComparison, texts: Texts) -> Iterator[Row]:
    def said(key: str, value: Any) -> Row:
        return texts(f"policies.assumption.{key}"), value

    yield (texts("policies.assumption.title"),)
    yield said("on", comparison.on)
    yield said("file", Path(comparison.file).name)
    yield said("households", comparison.households)
    yield said("wrong_rows", comparison.wrong_rows)
    yield said("priced", comparison.priced)
    yield said("version", comparison.version)
    yield said("law", comparison.law)
    yield ()
    for which in comparison.regimes:
        result = comparison.of(0, which)
        yield said("regime", texts(f"policies.regime.{result.regime}"))
        yield said("status", texts(f"policies.status.{result.status}"))
        yield said("as_at", result.as_at)
        if result.regime == "bill":
            yield said("seen_until", law().plan.seen_until)
        yield ()
    yield said("base", comparison.policies[0].name)
    for place, policy in enumerate(comparison.policies):
        yield said("policy", policy.name)
        if policy.source:
            yield said("source", policy.source)
        if policy.note:
            yield said("note", policy.note)
        for which in comparison.regimes:
            result = comparison.of(place, which)
            yield from _choices(policy.policy.on(result.as_at), result, texts)
        yield ()
    yield (texts("policies.assumption.meaning"),)
    for meaning in MEANINGS:
        yield "", texts(f"policies.meaning.{meaning}")


def _choices(policy: Policy, result: Result, texts: Texts) -> Iterator[Row]:
    """The keys of a policy under one of the regimes."""
    regime = texts(f"policies.regime.{result.regime}")
    if not result.covered:
        yield regime, texts("policies.meaning.not_covered")
        return
    chosen = policy.chosen(result.regime)
    if not chosen:
        yield regime, texts("policies.key.national")
    for key, value in chosen.items():
        shown = texts.percent(value * 1000) if key == "share" else _value(value, texts)
        yield regime, f"{key}: {texts(f'policies.key.{key}')}: {shown}"


def _value(value: Any, texts: Texts) -> str:
    """The value of a key of a policy in words."""
    if isinstance(value, dict):
        types = ((texts(f"policies.limit.{key}"), amount) for key, amount in value.items())
        return "; ".join(f"{words} {_decimal(amount, texts)}" for words, amount in types if amount is not None)
    if isinstance(value, tuple):
        return texts.listed(_provision(kind, texts) for kind in value) or texts("policies.value.none")
    if isinstance(value, Decimal):
        return _decimal(value, texts)
    return texts(f"policies.value.{str(value).lower()}")


def _decimal(value: Decimal | None, texts: Texts) -> str:
    return "" if value is None else texts.typed_money(str(value))


def _results(comparison: PolicyComparison, texts: Texts) -> Iterator[Row]:
    words = _columns(texts, ["policy", "regime", "status", "period"], ["ranges"])
    words += _columns(texts, ["nothing", "other_rule", "not_known"])
    yield [*words, *_figures_head(texts)]
    for result in comparison.results:
        counts = [result.outcome("nothing"), result.outcome("other_rule"), result.outcome("not_known")]
        yield [
            *_of(comparison, result, texts),
            texts(f"policies.status.{result.status}"),
            texts(f"policies.period.{result.period}"),
            result.ranges,
            *counts,
            *_figures(result.everybody, result),
        ]


def _outcomes(comparison: PolicyComparison, texts: Texts) -> Iterator[Row]:
    yield _columns(texts, ["policy", "regime", "outcome", "ground", "households"])
    for result in comparison.results:
        for outcome, ground, count in result.grounds:
            why = texts(f"policies.ground.{ground}") if ground else ""
            yield [*_of(comparison, result, texts), texts(f"policies.outcome.{outcome}"), why, count]


def _groups(comparison: PolicyComparison, texts: Texts) -> Iterator[Row]:
    yield [*_columns(texts, ["dimension", "group", "policy", "regime"]), *_figures_head(texts)]
    for dimension in DIMENSIONS:
        for result in comparison.results:
            for group in result.groups[dimension]:
                yield [
                    texts(f"policies.dimension.{dimension}"),
                    group_name(dimension, group.key, texts),
                    *_of(comparison, result, texts),
                    *_figures(group, result),
                ]


def _distribution(comparison: PolicyComparison, texts: Texts) -> Iterator[Row]:
    head = _columns(texts, ["policy", "regime", "period", "from", "below"])
    yield [*head, *(_ended(texts, "households", end) for end in ("low", "high"))]
    for result in comparison.results:
        for bar in result.distribution:
            below = None if bar.below is None else _Euro(bar.below)
            period = texts(f"policies.period.{result.period}")
            yield [*_of(comparison, result, texts), period, _Euro(bar.first), below, *bar.households]


def _examples(comparison: PolicyComparison, texts: Texts) -> Iterator[Row]:
    head = _columns(texts, ["example", "income", "assets", "provisions", "policy", "regime", "outcome"])
    yield [*head, *(_ended(texts, "amount", end) for end in ("low", "high")), *_columns(texts, ["period", "ground"])]
    for example in comparison.examples:
        about = [texts(f"policies.example.{example.key}"), *_known(example.household, texts)]
        for policy, estimates in zip(comparison.policies, example.estimates, strict=True):
            for found in estimates:
                regime = texts(f"policies.regime.{found.regime}")
                yield [*about, policy.name, regime, *_outcome(found, texts)]


def _known(household: Household, texts: Texts) -> Row:
    ends = (household.income_ends, household.assets_ends)
    income, assets = (None if each is None else _Euro(each[0]) for each in ends)
    return income, assets, "; ".join(_provision(kind, texts) for kind in household.kinds)


def _outcome(found: Estimate, texts: Texts) -> Row:
    nothing = (0, 0) if found.outcome == "nothing" else (None, None)
    ends = [_amount(found, end) for end in ((found.low, found.high) if found.outcome == "amount" else nothing)]
    why = texts(f"policies.ground.{found.ground}") if found.ground else ""
    return texts(f"policies.outcome.{found.outcome}"), *ends, texts(f"policies.period.{found.period}"), why


def _amount(found: Estimate, amount: int | None) -> _Euro | None:
    """An amount of an estimate: a plan's in whole euro, unless it was published."""
    if amount is None:
        return None
    return _About(amount) if found.regime == "bill" and amount not in (0, *found.published) else _Euro(amount)


def _wrong(comparison: PolicyComparison, texts: Texts) -> Iterator[Row]:
    yield _columns(texts, ["row", "column", "found", "allowed"])
    for row, problem in comparison.wrong:
        yield [row, problem.field, problem.found, problem.allowed]


# Words and figures


def group_name(dimension: Dimension, key: str, texts: Texts) -> str:
    """The name of a group of a dimension."""
    if dimension == "provision":
        return _provision(key, texts)
    if dimension == "income_class" and key.isdigit():
        edges = [*pairwise(INCOME_EDGES), (INCOME_EDGES[-1], None)]
        first, below = next((first, below) for first, below in edges if first == int(key))
        return _between(first * 100, None if below is None else below * 100, texts)
    return texts(f"policies.{dimension}.{key}")


def _between(first: int, below: int | None, texts: Texts) -> str:
    """From an amount up to another, in cents."""
    if below is None:
        return texts("policies.income_class.last", first=texts.plain_money(first))
    if not first:
        return texts("policies.income_class.first", below=texts.plain_money(below))
    return texts("policies.income_class.between", first=texts.plain_money(first), below=texts.plain_money(below))


def _provision(kind: str, texts: Texts) -> str:
    return texts(f"policies.provision.{kind}")


def _of(comparison: PolicyComparison, result: Result, texts: Texts) -> list[str]:
    return [comparison.policies[result.policy].name, texts(f"policies.regime.{result.regime}")]


def _columns(texts: Texts, *names: Iterable[str]) -> list[str]:
    return [texts(f"policies.column.{name}") for some in names for name in some]


def _ended(texts: Texts, name: str, end: str) -> str:
    return f"{texts(f'policies.column.{name}')}, {texts(f'policies.column.{end}')}"


def _figures_head(texts: Texts) -> list[str]:
    names = ["charged", "year"]
    changes = ["more", "less", "same", "more_sum", "less_sum", "more_mean", "less_mean", "net"]
    return [
        *_columns(texts, ["households"]),
        *(_ended(texts, name, end) for name in names for end in ("low", "high")),
        *_columns(texts, ["compared"]),
        *(_ended(texts, name, end) for name in changes for end in ("low", "high")),
    ]


def _figures(group: Group, result: Result) -> list[Any]:
    if not result.known:
        return [group.households]
    euro = _About if result.regime == "bill" else _Euro
    year = Ends(euro(group.year.low), euro(group.year.high))
    return [group.households, *group.charged, *year, *_changes(group.changes, euro)]


def _changes(changes: Changes | None, euro: type[_Euro]) -> list[Any]:
    if changes is None:
        return []
    ends = (changes.low, changes.high)
    counts = [count for name in ("more", "less", "same") for count in (getattr(end, name) for end in ends)]
    sums = [getattr(end, name) for name in ("more_sum", "less_sum", "more_mean", "less_mean", "net") for end in ends]
    return [changes.compared, *counts, *(None if each is None else euro(each) for each in sums)]


# Cells


def _book(sheets: dict[str, Iterable[Row]], texts: Texts, widths: dict[str, tuple[int, ...]]) -> bytes:
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(texts(f"policies.sheet.{name}"))
        sheet.freeze_panes = None if name == "assumptions" else "A2"
        listed = list(rows)
        own = widths.get(name) or tuple(max(12, min(len(str(cell)), 44)) for cell in listed[0])
        for column, width in enumerate(own, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        for place, row in enumerate(listed):
            sheet.append([_cell(sheet, value, is_head=place == 0) for value in row])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(sheet: Any, value: Any, is_head: bool) -> Any:
    """A cell: amounts as euro, and texts as texts, also where they begin as a formula does."""
    form = ""
    if isinstance(value, _Euro):
        value, form = Decimal(int(value)) / 100, WHOLE_EURO if value.about else EURO
    elif isinstance(value, Decimal):
        form = EURO
    elif isinstance(value, int):
        form = WHOLE_EURO
    elif isinstance(value, date):
        form = DAY
    text = isinstance(value, str)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST] if text else value)
    if text:
        cell.data_type = "s"
        cell.alignment = WRAPPED
    if form:
        cell.number_format = form
    if is_head:
        cell.font = BOLD
    return cell
