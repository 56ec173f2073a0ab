"""What came of a comparison of policies, as tables and bars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import get_args

from estimator.pages.request import Context
from estimator.policies.comparison import (
    DIMENSIONS,
    Bar,
    Change,
    Changes,
    Dimension,
    Ends,
    Example,
    Group,
    PolicyComparison,
    Result,
)
from estimator.policies.workbook import MEANINGS, group_name
from estimator.rules.estimate import Which
from estimator.rules.regimes import OutcomeKind
from estimator.texts import Texts

WIDTH = 100  # of the longest bar, in the units of its drawing
CHANGES = ("policy", "more", "more_sum", "more_mean", "less", "less_sum", "less_mean", "same")
MOST_SHOWN = 100  # wrong rows on the page; the workbook has more

Said = Callable[[int], str]


def result_context(compared: PolicyComparison, texts: Texts) -> Context:
    """The fields of ``policy_result.html``."""
    return {
        "t": texts,
        "lead": texts.count(
            "policy.result.lead", compared.households,
            file=compared.file, on=texts.date(compared.on),
        ),
        "wrong_lead": texts.count("policy.result.wrong", compared.wrong_rows)
        if compared.wrong_rows
        else "",
        "policies": [_policy(place, compared, texts) for place in range(len(compared.policies))],
        "income": _income(compared, texts),
        "changes": _table("changes", _columns(CHANGES, texts), _per_regime(compared, texts, _change_rows), texts),
        "groups": list(_groups(compared, texts)),
        "grounds": _grounds(compared, texts),
        "distribution": [_distribution(which, compared, texts) for which in compared.regimes],
        "examples": _examples(compared, texts),
        "wrong": _wrong(compared, texts) if compared.wrong else None,
        "meanings": [texts(f"policies.meaning.{each}") for each in MEANINGS],
        "ranges": any(result.ranges for result in compared.results),
        "about": [
            texts("policy.result.about", version=compared.version, law=compared.law),
            *([texts.count("policy.result.priced", compared.priced)]
              if compared.priced else []),
        ],
    }  # fmt: skip


def _policy(place: int, compared: PolicyComparison, texts: Texts) -> Context:
    named = compared.policies[place]
    said = texts("policies.meaning.not_covered")
    results = [compared.of(place, which) for which in compared.regimes]
    return {
        "name": named.name,
        "base": place == 0,
        "source": named.source,
        "note": named.note,
        "not_covered": [
            texts("policy.result.regime_said", regime=_regime(each, texts), said=said)
            for each in results
            if not each.covered
        ],
    }


# Tables


def _table(
    name: str, columns: Sequence[str], groups: Iterable[Context], texts: Texts, caption: str = "", key: str = ""
) -> Context:
    """A table whose rows are in groups with a title."""
    return {
        "id": key or name,
        "caption": caption or texts(f"policy.table.{name}"),
        "columns": list(columns),
        "groups": list(groups),
    }


def _columns(names: Iterable[str], texts: Texts) -> list[str]:
    return [texts(f"policy.column.{name}") for name in names]


Rows = Callable[[Which, PolicyComparison, Texts], Iterable[Context]]


def _per_regime(compared: PolicyComparison, texts: Texts, rows: Rows) -> Iterator[Context]:
    for which in compared.regimes:
        yield {**_title(compared.of(0, which), texts), "rows": list(rows(which, compared, texts))}


def _title(result: Result, texts: Texts, part: str = "") -> Context:
    """The name of the rules, with their status where they aren't in force, and what of them this is about."""
    status = "" if result.status == "in_force" else texts(f"policies.status.{result.status}")
    return {"title": _regime(result, texts), "mark": status, "plan": result.status != "in_force", "part": part}


def _row(head: str, cells: Sequence[str], note: str = "", *, total: bool = False) -> Context:
    return {"head": head, "note": note, "cells": cells, "total": total}


def _regime(result: Result, texts: Texts) -> str:
    return texts(f"policies.regime.{result.regime}")


def _money(result: Result, texts: Texts) -> Said:
    """Amounts of a plan in whole euro, any other to the cent."""
    return texts.whole_money if result.regime == "bill" else texts.money


def _both(low: int | None, high: int | None, said: Said, texts: Texts) -> str:
    """One figure, or the lowest and the highest."""
    ends = [texts("policy.none") if each is None else said(each) for each in (low, high)]
    return ends[0] if ends[0] == ends[1] else texts("policy.range", low=ends[0], high=ends[1])


def _ends(ends: Ends, said: Said, texts: Texts) -> str:
    return _both(ends.low, ends.high, said, texts)


def _names(compared: PolicyComparison) -> list[str]:
    return [policy.name for policy in compared.policies]


def _income(compared: PolicyComparison, texts: Texts) -> Context:
    kinds = [kind for kind in get_args(OutcomeKind) if kind != "amount"]

    def rows(which: Which, compared: PolicyComparison, texts: Texts) -> Iterator[Context]:
        for place, name in enumerate(_names(compared)):
            result = compared.of(place, which)
            everybody, money = result.everybody, _money(result, texts)
            changes = everybody.changes
            net = _both(changes.low.net, changes.high.net, money, texts) if changes else texts("policy.base")
            counts = map(result.outcome, kinds)
            year, charged = _ends(everybody.year, money, texts), _ends(everybody.charged, texts.number, texts)
            if not result.known:
                year = net = charged = texts("policy.not_known")
            yield _row(name, [year, net, charged, *map(texts.number, counts)])

    return _table(
        "income",
        _columns(["policy", "year", "net", "charged", *kinds], texts),
        _per_regime(compared, texts, rows),
        texts,
    )


def _change_rows(which: Which, compared: PolicyComparison, texts: Texts) -> Iterator[Context]:
    for place, name in enumerate(_names(compared)):
        result = compared.of(place, which)
        if result.everybody.changes:
            found = _change(result.everybody.changes, _money(result, texts), texts)
            yield _row(name, found if result.known else [texts("policy.not_known")] * len(found))


def _change(changes: Changes, money: Said, texts: Texts) -> list[str]:
    """How many pay more, what that is together and on average; the same of less; and how many pay the same."""
    figures: list[tuple[Callable[[Change], int | None], Said]] = [
        (lambda end: end.more, texts.number), (lambda end: end.more_sum, money), (lambda end: end.more_mean, money),
        (lambda end: end.less, texts.number), (lambda end: end.less_sum, money), (lambda end: end.less_mean, money),
        (lambda end: end.same, texts.number),
    ]  # fmt: skip
    return [_both(of(changes.low), of(changes.high), said, texts) for of, said in figures]


def _groups(compared: PolicyComparison, texts: Texts) -> Iterator[Context]:
    """For every other policy who pays more or less, by group."""
    columns = _columns(["group", "households", "more", "more_mean", "less", "less_mean", "net"], texts)
    for place, policy in enumerate(compared.policies[1:], start=1):
        caption = texts("policy.table.groups", name=policy.name, base=compared.policies[0].name)
        blocks = [
            {
                **_title(
                    result := compared.of(place, which), texts, texts.inside(texts(f"policies.dimension.{dimension}"))
                ),
                "rows": [_group(dimension, group, result, texts) for group in result.groups[dimension]],
            }
            for which in compared.regimes
            for dimension in DIMENSIONS
        ]
        yield {
            "summary": texts("policy.groups.summary", name=policy.name),
            "table": _table("groups", columns, blocks, texts, caption, f"groups-{place}"),
        }


def _group(dimension: Dimension, group: Group, result: Result, texts: Texts) -> Context:
    money, cells = _money(result, texts), [texts.number(group.households)]
    if group.changes:
        low, high = group.changes.low, group.changes.high
        more, _, more_mean, less, _, less_mean, _ = _change(group.changes, money, texts)
        cells += [more, more_mean, less, less_mean, _both(low.net, high.net, money, texts)]
    return _row(group_name(dimension, group.key, texts), cells)


def _grounds(compared: PolicyComparison, texts: Texts) -> Context:
    """How many pay nothing, follow another rule or aren't known, by why: a row for each ground."""
    blocks = []
    for which in compared.regimes:
        results = [compared.of(place, which) for place in range(len(compared.policies))]
        for kind in (kind for kind in get_args(OutcomeKind) if kind != "amount"):
            counts = [{each.ground: each.households for each in result.grounds if each.outcome == kind}
                      for result in results]  # fmt: skip
            found = dict.fromkeys(ground for of in counts for ground in of)
            if not found:
                continue
            rows = [
                _row(texts(f"policies.ground.{ground}"), [texts.number(of.get(ground, 0)) for of in counts])
                for ground in found
            ]
            if len(rows) > 1:
                rows.append(_row(texts("policy.total"), [texts.number(sum(of.values())) for of in counts], total=True))
            blocks.append({**_title(results[0], texts, texts.inside(texts(f"policies.outcome.{kind}"))), "rows": rows})
    return _table("grounds", [texts("policy.column.ground"), *_names(compared)], blocks, texts)


def _examples(compared: PolicyComparison, texts: Texts) -> Context:
    """What each of the example households pays under each policy."""

    def rows(which: Which, compared: PolicyComparison, texts: Texts) -> Iterator[Context]:
        at = compared.regimes.index(which)
        for example in compared.examples:
            cells = [texts.sum_of(estimates[at]) for estimates in example.estimates]
            yield _row(texts(f"policies.example.{example.key}"), cells, _about(example, texts))

    blocks = [
        {**block, "part": texts("policy.per", period=texts(f"policies.period.{compared.of(0, which).period}"))}
        for which, block in zip(compared.regimes, _per_regime(compared, texts, rows), strict=True)
    ]
    return _table("examples", [texts("policy.column.example"), *_names(compared)], blocks, texts)


def _about(example: Example, texts: Texts) -> str:
    """What is known of an example household."""
    household = example.household
    said = []
    for name, ends in (("income", household.income_ends), ("assets", household.assets_ends)):
        if ends is not None:
            said.append(texts(f"policy.example.{name}", amount=texts.plain_money(ends[0])))
    said.append(texts.listed(texts.inside(texts(f"policies.provision.{kind}")) for kind in household.kinds))
    return "; ".join(said)


def _wrong(compared: PolicyComparison, texts: Texts) -> Context:
    """The first of the rows with a fault; the workbook has more."""
    rows = [(texts.number(row), each.field, each.found, each.allowed) for row, each in compared.wrong[:MOST_SHOWN]]
    return {
        "columns": _columns(("row", "column", "found", "allowed"), texts),
        "rows": rows,
        "more": texts("policy.wrong_rows.more", shown=texts.number(MOST_SHOWN))
        if len(compared.wrong) > MOST_SHOWN
        else "",
    }


# The distribution


def _distribution(which: Which, compared: PolicyComparison, texts: Texts) -> Context:
    """How many households pay an amount in each class: bars for each policy, and one table of all."""
    results = [compared.of(place, which) for place in range(len(compared.policies))]
    last = max(_last(result.distribution) for result in results) + 1
    most = max(max(bar.households) for result in results for bar in result.distribution)
    labels = [_class(bar, texts) for bar in results[0].distribution]
    title = _title(results[0], texts)
    per = texts("policy.per", period=texts(f"policies.period.{results[0].period}"))
    return {
        **title,
        "per": per,
        "charts": [
            {
                "name": name,
                "label": texts("policy.chart.label", name=name, regime=title["title"]),
                "bars": [
                    {"label": label, **_bar(bar.households, most, texts)}
                    for label, bar in zip(labels[:last], result.distribution, strict=False)
                ],
                "two": any(bar.households.low != bar.households.high for bar in result.distribution),
            }
            for name, result in zip(_names(compared), results, strict=True)
        ],
        "id": f"distribution-{which}",
        "caption": texts("policy.table.distribution", regime=title["title"], per=per),
        "columns": [texts("policy.column.class"), *_names(compared)],
        "rows": [
            _row(label, [_ends(bar.households, texts.number, texts) for bar in bars])
            for label, bars in zip(labels, zip(*(result.distribution for result in results), strict=True), strict=True)
        ],
    }


def _last(bars: Sequence[Bar]) -> int:
    """The place of the last bar that isn't empty."""
    return max((place for place, bar in enumerate(bars) if any(bar.households)), default=0)


def _bar(households: Ends, most: int, texts: Texts) -> Context:
    ends = [round(WIDTH * each / most, 2) if most else 0 for each in households]
    return {
        "low": ends[0],
        "high": ends[1],
        "two": households.low != households.high,
        "value": _ends(households, texts.number, texts),
    }


def _class(bar: Bar, texts: Texts) -> str:
    if bar.first == 0:
        return texts("policy.class.nothing")
    if bar.below is None:
        return texts("policies.income_class.last", first=texts.plain_money(bar.first))
    if bar.first == 1:
        return texts("policies.income_class.first", below=texts.plain_money(bar.below))
    return texts(
        "policies.income_class.between", first=texts.plain_money(bar.first), below=texts.plain_money(bar.below)
    )
