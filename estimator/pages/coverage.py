"""What this estimator knows: for each topic of the law files from when until when, what not, and where it was read.

It is made from the law files and the files of the municipalities: what is added there is listed here unasked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from estimator.interview import UNKNOWN
from estimator.municipalities import Municipality
from estimator.pages.receipts import provenance
from estimator.pages.request import Context, Request, headed
from estimator.rules.estimate import VERSION
from estimator.rules.law import FOREVER, Amount, Law, Series
from estimator.texts import Texts

Span = tuple[date, date]


OTHER_FILES = "other files"  # than those that are a topic


class Topic(NamedTuple):
    """A part of the rules that people know by one name: series, and all of a file that no other topic names."""

    name: str
    series: tuple[str, ...] = ()
    file: str = ""


TOPICS = (
    Topic("flat_rate", ("monthly_amount", "four_weekly_amount", "month_waived", "no_period")),
    Topic("plan", file="bill.toml"),
    Topic("exempt_amount", ("exempt_amount",)),
    Topic("reference_year", file="capital.toml"),
    Topic("nothing_due", file="grounds.toml"),
    Topic("sheltered_living", (
        "sheltered_living_high_maximum", "sheltered_living_low_minimum", "sheltered_living_low_maximum",
    )),
    Topic("income_related", file="income_related.toml"),
    Topic("benefits_norm", (
        "benefits_norm_single_under", "benefits_norm_couple_under", "benefits_norm_single_pension",
        "benefits_norm_couple_pension",
    )),
    Topic("other", ("ground_parents_may_pay", "periods_a_year"), OTHER_FILES),
)  # fmt: skip
# What came to its end: that nothing is known after it is no gap.
ENDED = ("four_weekly_amount", "month_waived", "no_period", "periods_a_year")
ENDED_FILES = ("income_related.toml",)
# Units of which a language may have more than one form.
COUNTED = {
    "month": "age.months", "year": "age.years", "night": "coverage.value.night", "periods": "coverage.value.periods",
}  # fmt: skip


def coverage_page(request: Request) -> Context:
    """The context of ``coverage.html``."""
    texts, rules = request.texts, request.setting.rules
    shown = _topics(texts.lang, rules)
    return {
        **headed(request, "coverage", texts("coverage.heading")),
        "lead": texts("coverage.lead"),
        "years": list(_years(request)),
        "topics": [*shown[:2], _pension(texts, rules), *shown[2:]],
        "municipalities": [_municipality(each, texts) for each in _offered(request)],
        "not_computed": texts.paragraphs("coverage.not_computed.text"),
        "receipt": [
            {"label": texts("made.version"), "value": VERSION},
            {"label": texts("made.law"), "value": rules.digest},
        ],
    }


# This year and the next


def _years(request: Request) -> Iterator[Context]:
    """Whether the amount of this year and of the next one is known: what people ask first."""
    texts, rules, on = request.texts, request.setting.rules, request.setting.on
    for year in (on.year, on.year + 1):
        known = rules.series["monthly_amount"]
        first = date(year, 1, 1)
        if known.covers(first):
            words = texts("coverage.year.known", sum=_value(known.on(first), texts))
        elif rules.plan.is_law and rules.plan.planned_from <= first:
            words = texts("coverage.year.income")
        else:
            words = texts("coverage.year.unknown")
        yield {"label": texts("coverage.year", year=year), "value": words}
    plan = {"month": texts.month(rules.plan.seen_until), "date": texts.date(rules.plan.planned_from)}
    yield {"label": texts("coverage.plan"), "value": texts(f"coverage.plan.{rules.plan.status}", **plan)}


# Topics


@lru_cache(maxsize=32)
def _topics(locale: str, rules: Law) -> list[Context]:
    texts = Texts(locale)
    found = [(topic.name, _of(topic, rules)) for topic in TOPICS]
    return [_topic(name, series, rules, texts) for name, series in found if series]


def _of(topic: Topic, rules: Law) -> list[Series]:
    """The series of a topic: those that it names, and of its file those that no topic names."""
    named = {name for each in TOPICS for name in each.series}
    files = {each.file for each in TOPICS}
    own = [rules.series[name] for name in topic.series if name in rules.series]
    unnamed = [series for name, series in rules.series.items() if name not in named]
    return own + [each for each in unnamed if topic.file == (each.file if each.file in files else OTHER_FILES)]


def _topic(name: str, series: Sequence[Series], rules: Law, texts: Texts) -> Context:
    first = min(each.starts[0] for each in series)
    last = max(value.last or FOREVER for each in series for value in each.values if value)
    gaps = [_span(gap, texts) for gap in _gaps(series)]
    proposed = name == "plan" and rules.plan.status == "proposed"
    plan = {"month": texts.month(rules.plan.seen_until), "date": texts.date(rules.plan.planned_from)}
    return {
        "name": name,
        "heading": texts(f"coverage.{name}.heading"),
        "text": texts(f"coverage.{name}.text"),
        "mark": texts(f"coverage.plan.{rules.plan.status}", **plan) if name == "plan" else "",
        "known_label": texts("coverage.plan.known" if proposed else "coverage.known"),
        "known": _span((first, last), texts),
        "unknown": _unknown(name, gaps, texts),
        "summary": texts("coverage.details", topic=texts.inside(texts(f"coverage.{name}.heading"))),
        "columns": [texts(f"coverage.column.{column}") for column in ("what", "when", "value", "source")],
        "rows": [row for each in series for row in _rows(each, texts)],
    }


def _unknown(name: str, gaps: list[str], texts: Texts) -> str:
    """When something isn't known; of the plan also what of it isn't, whatever the time."""
    found = [texts.listed(gaps)] if gaps else []
    return ". ".join([*found, texts("coverage.plan.not_known")] if name == "plan" else found)


def _goes_on(series: Series) -> bool:
    return series.name not in ENDED and series.file not in ENDED_FILES


def _gaps(series: Iterable[Series]) -> list[Span]:
    """When something of these series isn't known: looked for and not found, or after the last value of what goes on."""
    spans: list[Span] = []
    for each in series:
        values = zip(each.starts, each.ends, each.values, strict=True)
        spans += [(first, last) for first, last, value in values if value is None]
        if _goes_on(each) and each.ends[-1] < FOREVER:
            spans.append((each.ends[-1] + timedelta(days=1), FOREVER))
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and first - timedelta(days=1) <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined


def _rows(series: Series, texts: Texts) -> Iterator[Context]:
    """A row for each time that a value held, newest first; the time after the last one too, where it goes on."""
    what = _name(series, texts)
    spans: list[tuple[Span, Amount | None]] = [
        ((first, last), value) for first, last, value in zip(series.starts, series.ends, series.values, strict=True)
    ]
    if _goes_on(series) and series.ends[-1] < FOREVER:
        spans.append(((series.ends[-1] + timedelta(days=1), FOREVER), None))
    for span, value in reversed(spans):
        yield {
            "what": what,
            "when": _span(span, texts),
            "value": _value(value, texts) if value else texts("coverage.unknown"),
            "known": value is not None,
            **(_read(value, texts) if value else {"source": "", "url": "", "note": ""}),
        }


def _read(value: Amount, texts: Texts) -> Context:
    """Where a value stands, which may be elsewhere than what holds today, where it was read, and how sure that is."""
    url, read = provenance(value._replace(legal_basis=value.set_by), texts.lang)
    sure = f"coverage.grade.{value.grade}"
    notes = [texts.source(value.note), read, texts(sure) if sure in texts else ""]
    return {"source": texts.source(value.set_by), "url": url, "note": " ".join(filter(None, notes))}


def _name(series: Series, texts: Texts) -> str:
    """What a series is about; its article where it has no words of its own yet."""
    keys = (f"coverage.series.{series.name}", f"series.{series.name}", series.name.replace("ground_", "step."))
    known = next((key for key in keys if key in texts), "")
    return (
        texts(known) if known else texts("coverage.series", source=texts.source(series.legal_basis), name=series.name)
    )


def _value(value: Amount, texts: Texts) -> str:
    """A value in its unit."""
    if value.unit in COUNTED:
        return texts.count(COUNTED[value.unit], value.amount)
    shown = texts.plain_money(value.amount) if value.unit.startswith("cent") else texts.value(value.amount, value.unit)
    return texts(f"coverage.value.{value.unit.replace('/', '_')}", value=shown)


def _span(span: Span, texts: Texts) -> str:
    """A span of time in words: in years where it is whole years."""
    first, last = span
    years = (first.month, first.day) == (1, 1) and (last == FOREVER or (last.month, last.day) == (12, 31))
    shown = [str(day.year) if years else texts.date(day) for day in span]
    if last == FOREVER:
        return texts("coverage.span.from", first=shown[0])
    if shown[0] == shown[1]:
        return texts("coverage.span.one", first=shown[0])
    return texts("coverage.span", first=shown[0], last=shown[1])


# Pension age


def _pension(texts: Texts, rules: Law) -> Context:
    """The pension ages by birth date, as a topic."""
    ages, source = rules.pension_ages, rules.pension_source
    last = source["known_until"].year
    note = texts("source.note.checked", checked=texts.date(source["checked"]))
    rows = [
        {
            "what": _born(age.born_from, age.born_until, texts),
            "value": texts.age(age.months),
            "known": True,
            "source": texts.source(source["legal_basis"]),
            "note": note,
        }
        for age in reversed(ages)
    ]
    after = texts("coverage.pension_age.after", date=texts.date(ages[-1].born_until))
    missing = {"what": after, "value": texts("coverage.unknown"), "known": False}
    return {
        "name": "pension_age",
        "heading": texts("coverage.pension_age.heading"),
        "text": texts("coverage.pension_age.text"),
        "mark": "",
        "known_label": texts("coverage.known"),
        "known": texts("coverage.span.until", last=last),
        "unknown": texts("coverage.span.from", first=last + 1),
        "summary": texts("coverage.details", topic=texts.inside(texts("coverage.pension_age.heading"))),
        "columns": [texts(f"coverage.column.{column}") for column in ("born", "age", "source")],
        "rows": [{"when": "", "url": "", "source": "", "note": "", **row} for row in (missing, *rows)],
    }


def _born(first: date, last: date, texts: Texts) -> str:
    if first == date.min:
        return texts("coverage.span.until", last=texts.date(last))
    return texts("coverage.span", first=texts.date(first), last=texts.date(last))


# Municipalities


def _offered(request: Request) -> list[Municipality]:
    codes = (request.setting.fixed,) if request.setting.fixed else request.setting.offered
    return [request.municipalities[code] for code in codes if code in request.municipalities]


def _municipality(municipality: Municipality, texts: Texts) -> Context:
    """Of which time the rules of a municipality are filed, what of them isn't known, and when that was checked."""
    periods, decisions = municipality.policy.periods, municipality.decisions
    spans = [_span((period.first, period.until or FOREVER), texts) for period in periods]
    limit_unknown = any(period.policy.low_income_limits == UNKNOWN for period in periods)
    return {
        "name": municipality.name,
        "when": texts.listed(spans) if spans else texts("coverage.unknown"),
        "note": texts("coverage.municipalities.limit_unknown") if limit_unknown else "",
        "checked": texts.date(max(decision.checked for decision in decisions)) if decisions else "",
    }
