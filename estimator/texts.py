"""The words: messages of a language by key, formats of a reader, and the words for what the rules found.

Messages live in ``locales/<locale>/LC_MESSAGES/messages.po`` under symbolic keys; those of the pages for staff, which
are Dutch only, in other files beside it. They are read as they are, without a compiled file beside them; Babel formats
every amount, date and number.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import NumberPattern, format_decimal, format_percent, parse_pattern

from estimator.files import LOCALES, project_folder
from estimator.rules.estimate import Estimate
from estimator.rules.household import MONITORED_FROM
from estimator.rules.law import Law, NotKnown, law
from estimator.rules.money import half_up
from estimator.rules.regimes import Period, exempt_nights
from estimator.rules.trace import Caveat, Step, walk

EURO = "€"
MONTHS_A_YEAR = 12
# An amount with its thousands and decimals in either notation: 1250, 1.250, 1.250,50, 1,250.50, 1250,5.
TYPED_AMOUNT = re.compile(r"([1-9]\d{0,2}(?:([.,])\d{3})(?:\2\d{3})*|\d+)(?:([.,])(\d{1,2}))?")
# Day, month and year: 31-1-2026, 31/01/2026, 31.1.2026, 31012026.
TYPED_DATE = re.compile(r"(\d{1,2})([-/. ]?)(\d{1,2})\2(\d{4})")
NAMED_DATE = re.compile(r"(\d{1,2})\s+([^\W\d]+\.?)\s+(\d{4})")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# The lines that a calculation ends in.
CONTRIBUTIONS = ("contribution", "lowest_contribution", "highest_contribution")
# The amount of the reference year; any other is of the year of the contribution.
EXEMPT_AMOUNT = "exempt_amount"
# Earlier months of the own contribution: with this month they share what remains of a cost price.
OWN_MONTHS = "own_months"
# Acts that the rules name in short.
ACTS = re.compile(r"Ub Wmo 2015|Bmo|Wet IB 2001")
DUTCH_IN_BRACKETS = re.compile(r"(?<!%)\(([A-Za-zÀ-ÿ][^()%\u0600-\u06ff]*)\)")
SLOT = re.compile("\x00(.*?)\x00")


class Formats(NamedTuple):
    """Babel's locales for dates and for numbers, and patterns where Babel's own don't fit into a sentence."""

    dates: str
    numbers: str
    day: str = "long"
    month: str = ""


# Where the formats of a language aren't simply its own: English as it is written here, day before month; Arabic with
# the figures and separators of a Dutch letter; Ukrainian with the word for year in full, not with a point after it.
FORMATS = {
    "en": Formats("en_GB", "en_GB"),
    "ar": Formats("ar", "ar_MA"),
    "uk": Formats("uk", "uk", "d MMMM y 'року'", "LLLL y 'року'"),
}
# Figures and separators of an Arabic or Persian keyboard.
ARABIC_FIGURES = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬", "01234567890123456789,.")
# Small letters where they aren't those of other languages.
SMALL = {"tr": {"I": "ı", "İ": "i"}}


class Line(NamedTuple):
    """One line of a calculation: what it is, how it was calculated, and the amount."""

    label: str
    detail: str
    amount: str


class Remark(NamedTuple):
    """Something that could make the outcome different."""

    title: str
    text: str


class Piece(NamedTuple):
    """A part of a sentence, set apart where ``strong``."""

    text: str
    strong: bool


class UnknownKeyError(KeyError):
    """A key without words in this language."""


class _Language(NamedTuple):
    """What is read once for a language."""

    own_name: str
    dates: Locale
    numbers: Locale
    day: str
    month: str
    translations: GNUTranslations
    keys: frozenset[str]
    euro: NumberPattern
    whole_euro: NumberPattern  # without decimals
    percentage: str


def isolated_dutch(words: str) -> str:
    """Dutch in brackets among words from right to left, kept in its own order where a line breaks inside it."""
    return DUTCH_IN_BRACKETS.sub("(\u2066\\1\u2069)", words)


def _isolate_dutch(message: Message) -> None:
    """The same in every form of a message."""
    forms = [message.string] if isinstance(message.string, str) else message.string or ()
    isolated = tuple(map(isolated_dutch, forms))
    message.string = isolated if message.pluralizable else isolated[0]


def _catalog(locale: str) -> Catalog:
    """All messages of a language: ``messages.po``, and what is beside it for some readers only."""
    folder = project_folder("locales") / locale / "LC_MESSAGES"
    everybody, *others = (_read(path, locale) for path in sorted(folder.glob("*.po"), key=_messages_first))
    for catalog in others:
        for message in catalog:
            if message.id:
                everybody[message.id] = message
    return everybody


def _messages_first(path: Path) -> tuple[bool, str]:
    return path.stem != "messages", path.stem


def _read(path: Path, locale: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


@cache
def _language(locale: str) -> _Language:
    formats = FORMATS.get(locale, Formats(locale, locale))
    dates, numbers = Locale.parse(formats.dates), Locale.parse(formats.numbers)
    catalog = _catalog(locale)
    if dates.text_direction == "rtl":
        for message in catalog:
            _isolate_dutch(message)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    keys = frozenset(message.id[0] if message.pluralizable else str(message.id) for message in catalog if message.id)
    month = formats.month or dates.datetime_skeletons["yMMMM"].pattern
    # With the sign in it: Babel would look up sign and name of the currency for every single amount.
    euro = parse_pattern(numbers.currency_formats["standard"].pattern.replace("¤", EURO))
    whole_euro = copy(euro)
    whole_euro.frac_prec = (0, 0)
    percentage = numbers.percent_formats[None].pattern.replace("#,##0", "#,##0.#")
    own_name = Locale.parse(locale).get_display_name(locale) or locale
    return _Language(
        own_name, dates, numbers, formats.day, month, GNUTranslations(compiled), keys, euro, whole_euro, percentage
    )


@lru_cache(maxsize=8192)
def _whole_euro(locale: str, euro: int) -> str:
    """An amount that the rules found: what somebody typed isn't remembered."""
    language = _language(locale)
    shown: str = language.whole_euro.apply(Decimal(euro), language.numbers)
    return shown


@lru_cache(maxsize=8192)
def _euro(locale: str, cents: int) -> str:
    """The same to the cent."""
    language = _language(locale)
    shown: str = language.euro.apply(Decimal(cents) / 100, language.numbers)
    return shown


class Texts:
    """The words and formats of one language, read at its first use. Called with a key it gives the message.

    Raises ``LookupError`` for a language that isn't live.
    """

    def __init__(self, locale: str) -> None:
        if locale not in LOCALES:
            raise LookupError(f"locale: found {locale}; allowed: {', '.join(LOCALES)}")
        self._language = _language(locale)
        self._dates, self._numbers = self._language.dates, self._language.numbers
        self.lang = locale
        self.dir: str = self._dates.text_direction
        self.own_name = self._language.own_name

    # Messages

    def __call__(self, key: str, **values: object) -> str:
        """The message of a key with its placeholders filled; raises ``KeyError`` for a key without words."""
        return self._message(key) % values

    def __contains__(self, key: str) -> bool:
        """Whether there are words for a key."""
        return key in self._language.keys

    def count(self, key: str, number: int, **values: object) -> str:
        """The message for a number of things: the form that the language has for it, with ``number`` filled in."""
        if key not in self._language.keys:
            raise UnknownKeyError(key)
        message = self._language.translations.ngettext(key, f"{key}.many", number)
        return message % {**values, "number": self.number(number)}

    def paragraphs(self, key: str, **values: object) -> list[str]:
        """A message that is more than one paragraph."""
        return self(key, **values).split("\n\n")

    def pieces(self, key: str, strong: Mapping[str, str], **values: str) -> list[Piece]:
        """A message in pieces, with the values in ``strong`` set apart; in the order in which they are read."""
        marked = {name: f"\x00{value}\x00" for name, value in strong.items()}
        parts = SLOT.split(self._message(key) % {**values, **marked})
        return [Piece(text, place % 2 == 1) for place, text in enumerate(parts) if text]

    def _message(self, key: str) -> str:
        if key not in self._language.keys:
            raise UnknownKeyError(key)
        return self._language.translations.gettext(key)

    # Formats

    def money(self, amount: int | Fraction) -> str:
        """Cents as euro with two decimals; what isn't whole cents is rounded half up for the eye."""
        return _euro.__wrapped__(self.lang, _whole(amount, 1))

    def whole_money(self, amount: int | Fraction) -> str:
        """Cents as whole euro, rounded half up."""
        return _whole_euro(self.lang, _whole(amount, 100))

    def plain_money(self, amount: int | Fraction) -> str:
        """Cents as euro, with decimals only where they aren't nil: for the round amounts of answers and thresholds."""
        return _whole_euro.__wrapped__(self.lang, int(amount) // 100) if amount % 100 == 0 else self.money(amount)

    def amount(self, estimate: Estimate, amount: int) -> str:
        """An amount of an estimate: a plan's in whole euro, unless it was published; any other to the cent."""
        if not _is_about(estimate):
            return _euro(self.lang, amount)
        return self.plain_money(amount) if amount in estimate.published else self.whole_money(amount)

    def parse_money(self, typed: str) -> str:
        """What somebody typed as a plain euro string, in the notation of either language; raises ``ValueError``."""
        text = re.sub(r"[\s\u00a0\u202f\u200e\u200f\u061c€]|,-$", "", typed.translate(ARABIC_FIGURES))
        found = TYPED_AMOUNT.fullmatch(text)
        if not found or (found[2] and found[2] == found[3]):
            raise ValueError(f"amount: found {typed!r}; allowed: figures with at most two decimals, such as 1250,50")
        whole, decimals = re.sub(r"\D", "", found[1]), found[4] or ""
        return f"{whole}.{decimals:0<2}" if decimals else whole

    def parse_date(self, typed: str) -> datetime.date:
        """What somebody typed as a date, day before month or as 2026-01-31; raises ``ValueError``."""
        text = typed.translate(ARABIC_FIGURES).strip()
        found = TYPED_DATE.fullmatch(text)
        if found and (found[2] or len(text) == len("31012026")):
            return datetime.date(int(found[4]), int(found[3]), int(found[1]))
        if (named := NAMED_DATE.fullmatch(text.lower())) and (month := self._months.get(named[2].rstrip("."))):
            return datetime.date(int(named[3]), month, int(named[1]))
        if not ISO_DATE.fullmatch(text):
            raise ValueError(f"date: found {typed!r}; allowed: a date such as 31-1-2026")
        return datetime.date.fromisoformat(text)

    @property
    def _months(self) -> Mapping[str, int]:
        """The months by their names, in full and in short."""
        forms = self._dates.months["format"]
        return {
            name.lower().rstrip("."): month for form in ("wide", "abbreviated") for month, name in forms[form].items()
        }

    def typed_money(self, plain: str) -> str:
        """A plain euro string as somebody would type it in this language, for a field that is filled in again."""
        whole = Decimal(plain) == int(Decimal(plain))
        return format_decimal(Decimal(plain), format="0" if whole else "0.00", locale=self._numbers)

    def percent(self, per_mille: int | Fraction) -> str:
        """A part of a thousand as a percentage."""
        return format_percent(Decimal(int(per_mille)) / 1000, format=self._language.percentage, locale=self._numbers)

    def date(self, day: datetime.date) -> str:
        """A date in words: 1 January 2027."""
        return format_date(day, self._language.day, locale=self._dates)

    def month(self, day: datetime.date) -> str:
        """The month of a date: July 2026."""
        return format_date(day, self._language.month, locale=self._dates)

    def moment(self, moment: datetime.datetime) -> str:
        """A date with its time, as the clock there shows it."""
        time = format_time(moment.time(), "short", locale=self._dates)
        return self("moment", date=self.date(moment.date()), time=time)

    def number(self, number: int | Fraction) -> str:
        """A number with the separators of the language."""
        return format_decimal(number if isinstance(number, int) else float(number), locale=self._numbers)

    def listed(self, items: Iterable[str], either: bool = False) -> str:
        """Words one after the other: a, b and c; ``either`` of them: a, b or c."""
        return format_list(list(items), "or" if either else "standard", locale=self._dates)

    def inside(self, words: str) -> str:
        """Words that stand alone elsewhere, inside a sentence: without their capital, unless that is a name's."""
        first = words[:1]
        small = SMALL.get(self.lang, {}).get(first) or first.lower()
        return small + words[1:] if words[1:2].islower() or words[1:2] == " " else words

    def age(self, months: int) -> str:
        """An age in years, and months where it isn't whole years."""
        years, rest = divmod(months, MONTHS_A_YEAR)
        whole = self.count("age.years", years)
        return self("age.years_and_months", years=whole, months=self.count("age.months", rest)) if rest else whole

    def source(self, source: str) -> str:
        """An article or document in this language, acts by their full name; what has no words of its own as it is."""
        key = f"source.{source}"
        words = self(key) if key in self else source
        return ACTS.sub(lambda found: self(f"act.{found[0]}"), words)

    def period(self, period: Period) -> str:
        """For how long an amount is: "a month"."""
        return self(f"period.{period}")

    # Words for what the rules found

    def sum_of(self, estimate: Estimate) -> str:
        """What an estimate comes to, by itself: an amount, a range, or words."""
        return self._sum("sum", estimate.outcome, self._ends(estimate), estimate.regime)

    def sum_in_sentence(self, estimate: Estimate) -> str:
        """The same inside a sentence, with "about" for an amount of a plan."""
        kind = "sum.about" if _is_about(estimate) else "sum.inside"
        return self._sum(kind, estimate.outcome, self._ends(estimate), estimate.regime)

    def sum_for_period(self, estimate: Estimate) -> str:
        """The same with the period: "about 74 euro a month"; words for what isn't an amount."""
        inside = self.sum_in_sentence(estimate)
        amount = estimate.outcome == "amount"
        return self("sum.per", sum=inside, per=self.period(estimate.period)) if amount else inside

    def year_sum_of(self, estimate: Estimate) -> str:
        """What an estimate comes to in a whole year; "" where it isn't an amount."""
        year = estimate.a_year
        if year is None:
            return ""
        shown = self.whole_money if _is_about(estimate) else self.money
        same = len(set(self._ends(estimate))) == 1
        ends = (shown(year[1 if same else 0]) if year[0] else "", shown(year[1]))
        return self._sum("sum.about" if _is_about(estimate) else "sum.inside", "amount", ends, estimate.regime)

    def range(self, low: str, high: str, about: bool) -> str:
        """Two amounts, one where they read the same, inside a sentence."""
        kind = "sum.about" if about else "sum.inside"
        return self(f"{kind}.one", sum=high) if low == high else self(f"{kind}.range", low=low, high=high)

    def _ends(self, estimate: Estimate) -> tuple[str, str]:
        low, high = estimate.low or 0, estimate.high or 0
        return self.amount(estimate, low) if low else "", self.amount(estimate, high)

    def _sum(self, kind: str, outcome: str, ends: tuple[str, str], regime: str) -> str:
        low, high = ends
        if outcome != "amount":
            return self(f"{'sum' if kind == 'sum' else 'sum.inside'}.{outcome}")
        if not low:
            # The flat rate is due or isn't; where income decides, everything in between is possible as well.
            return self(f"{kind}.nothing_{'or' if regime == 'flat_rate' else 'to'}", high=high)
        return self(f"{kind}.one", sum=high) if low == high else self(f"{kind}.range", low=low, high=high)

    def ground(self, estimate: Estimate, rules: Law | None = None) -> str:
        """Why nothing is due, why another rule holds, or what isn't known: full sentences; "" for an amount."""
        if not estimate.ground:
            return ""
        rules = rules or law()
        values = self._ground_values(estimate, rules)
        key = f"ground.{estimate.ground}"
        if estimate.ground == "parameters_unknown":
            key += "." + _unknown_kind(estimate, self)
        elif estimate.regime == "bill" and f"{key}.plan" in self and _may_change(estimate):
            key += ".plan"
        elif estimate.ground == "sheltered_living" and "high" in values:
            key += ".bounds"
        of_one = f"{key}.single"
        return self(of_one if estimate.alone and of_one in self else key, **values)

    def _ground_values(self, estimate: Estimate, rules: Law) -> dict[str, object]:
        values: dict[str, object] = {
            "year": estimate.as_at.year,
            "age": rules.on("adult_age", estimate.as_at).amount,
            "nights": self.number(exempt_nights(rules)),
        }
        for step in walk(estimate.steps):
            if step.key in ("low_income_limit", "exempt_below", "threshold") and isinstance(step.value, int):
                values[step.key] = self.plain_money(step.value)
            if step.key == "lowest_contribution" and isinstance(step.value, int):
                values["lowest"] = self.money(step.value)
                values["period"] = self.period(estimate.period)
        if estimate.last_known:
            last = estimate.last_known
            values["amount"] = self.value(last.amount, last.unit)
            values["until"] = self.date(last.last) if last.last else ""
            values["last_year"] = last.first.year
            values["period"] = self.period("four_weeks" if last.unit.endswith("four_weeks") else "month")
            values["missing_year"] = estimate.reference_year if last.name == EXEMPT_AMOUNT else estimate.as_at.year
            if (series := f"series.{last.name}") in self:
                values["series"] = self(series)
                values["amount"] = self.plain_money(last.amount) if last.unit.startswith("cent") else values["amount"]
        if estimate.ground in ("month_waived", "no_period"):
            span = rules.on(estimate.ground, estimate.as_at)
            values["first"] = self.date(span.first)
            values["last"] = self.date(span.last or span.first)
        if estimate.ground == "sheltered_living":
            values |= self._sheltered_living(estimate.as_at, rules)
        return values

    def _sheltered_living(self, on: datetime.date, rules: Law) -> dict[str, object]:
        names = {
            "low": "sheltered_living_low_minimum",
            "middle": "sheltered_living_low_maximum",
            "high": "sheltered_living_high_maximum",
        }
        try:
            return {place: self.money(rules.on(name, on).amount) for place, name in names.items()}
        except NotKnown:
            return {}

    def caveat(self, caveat: Caveat) -> Remark:
        """The words of a caveat."""
        waived = law().series["month_waived"]
        values: dict[str, object] = {
            "monitored": MONITORED_FROM.year,
            "waived_first": self.month(waived.starts[0]),
            "waived_last": self.month(waived.ends[-1]),
        }
        for name, value in caveat.values:
            values[name] = self._caveat_value(name, value)
        key = f"caveat.{caveat.key}.text"
        reasons = f"{key}.{values.get('reasons')}"
        return Remark(self(f"caveat.{caveat.key}.title", **values), self(reasons if reasons in self else key, **values))

    def _caveat_value(self, name: str, value: int | str | datetime.date) -> str:
        if isinstance(value, datetime.date):
            return self.month(value) if name == "seen_until" else self.date(value)
        if isinstance(value, int):
            return self.money(value) if name == "amount" else self.number(value)
        return value

    def value(self, value: int | Fraction | str | None, unit: str) -> str:
        """A value of the rules in its unit; "" where there is none."""
        if value is None or isinstance(value, str):
            return value or ""
        if unit.startswith("cent"):
            return self.money(value)
        return self.percent(value) if unit == "per_mille" else self.number(value)

    def plain_value(self, step: Step) -> str:
        """The value of a step inside a sentence or a calculation: whole euro without decimals."""
        if step.unit.startswith("cent") and isinstance(step.value, int | Fraction):
            return self.plain_money(step.value)
        return self.value(step.value, step.unit)

    def step(self, step: Step, before: Mapping[str, Step] | None = None) -> Line:
        """The words of one step; ``before`` are the steps above it, which its calculation names."""
        if step.unit == "kind":
            return Line(self._label(step), self(f"option.provisions.{step.value}"), "")
        detail = self._detail(step, before or {})
        return Line(self._label(step), detail, self.value(step.value, step.unit))

    def lines(self, step: Step) -> Iterator[tuple[Step, Line]]:
        """A step with everything under it, in the order of a pocket calculator."""
        before: dict[str, Step] = {}
        for each in step.walk():
            yield each, self.step(each, before)
            before[each.key] = each

    def _label(self, step: Step) -> str:
        kinds = ("plan" if _is_planned(step) else "", step.unit.removeprefix("cent/"))
        key = f"step.{step.key}"
        return self(next((f"{key}.{kind}" for kind in kinds if kind and f"{key}.{kind}" in self), key))

    def _detail(self, step: Step, before: Mapping[str, Step]) -> str:
        kind, names = _calculation(step, before)
        if kind:
            shown = [self.plain_value(before[name]) for name in names]
            if kind == "divided":
                parts = before.get(OWN_MONTHS) if step.key == "cost_price_left" else None
                shown.append(self.number(_quotient(before[names[0]], step) if parts is None else _months(parts) + 1))
            return self(f"calculation.{kind}", **dict(zip(("first", "second", "third"), shown, strict=False)))
        if step.origin == "law" and _is_planned(step):
            return self("origin.plan_derived" if step.law and step.law.grade == "D" else "origin.plan")
        return "" if step.origin == "computed" or step.value is None else self(f"origin.{step.origin}")


def _is_about(estimate: Estimate) -> bool:
    """Amounts of the bill are derived from rounded figures, whatever became of it."""
    return estimate.regime == "bill"


def _is_planned(step: Step) -> bool:
    return step.law is not None and step.law.status == "proposed"


def _may_change(estimate: Estimate) -> bool:
    """Whether the plan may turn out otherwise for somebody: of a cost price, where a later start would make it due.

    Not where the start is known, nor where the price is below the lowest contribution of the plan.
    """
    if estimate.ground != "cost_price_reached":
        return True
    steps = {step.key: step for step in walk(estimate.steps)}
    price, lowest = (steps[name].value if name in steps else None for name in ("cost_price", "fixed"))
    never = isinstance(price, int) and isinstance(lowest, int) and price < lowest and "share" not in steps
    taken = steps.get("cost_price_taken")
    return taken is not None and taken.origin == "assumption" and not never


def _unknown_kind(estimate: Estimate, texts: Texts) -> str:
    last = estimate.last_known
    if last is None:
        return "none"
    if f"series.{last.name}" in texts:
        return "series"
    return "amount" if estimate.regime == "flat_rate" and last.unit.startswith("cent") else "year"


def _calculation(step: Step, before: Mapping[str, Step]) -> tuple[str, tuple[str, ...]]:
    """How a step follows from the ones above it: the kind of calculation, and the steps that it takes."""
    income = "contributory_income" if "contributory_income" in before else "income"
    exempt = "exempt_amount_couple" if "exempt_amount_couple" in before else "exempt_amount"
    deducted = ("deduction",) if "deduction" in before else ()
    spent = tuple(name for name in ("paid_before_2020", "cost_price_taken") if name in before)
    rest = ("less_less" if len(spent) > 1 else "less") if spent and _is_rest(step, before, spent) else ""
    kind, names = {
        "exempt_amount_couple": ("twice", ("exempt_amount",)),
        "capital": ("less", ("assets", exempt)),
        "capital_addition": ("part", ("capital_rate", "capital")),
        "contributory_income": ("plus_less" if deducted else "plus", ("income", "capital_addition", *deducted)),
        "excess": ("less" if step.value else "not_more", (income, "threshold")),
        "year_part": ("part", ("rate", "excess")),
        "period_part": ("divided" if step.value else "", ("year_part",)),
        "sum": ("plus", ("fixed", "period_part")),
        "low_income_policy": ("below", (income, "low_income_limit")),
        "group_exempt": ("below", (income, "exempt_below")),
        "below_threshold": ("not_more", (income, "threshold")),
        "cost_price_remaining": (rest, ("cost_price", *spent)),
        "cost_price_left": ("divided" if OWN_MONTHS in before else "", ("cost_price_remaining",)),
        **dict.fromkeys(CONTRIBUTIONS, _last_calculation(before, income)),
    }.get(step.key, ("", ()))
    return (kind, names) if all(name in before for name in names) else ("", ())


def _last_calculation(before: Mapping[str, Step], income: str) -> tuple[str, tuple[str, ...]]:
    """What the last line does to the amount above it: a maximum, a discount, a share, or a limit that doesn't help."""
    base = next((name for name in ("maximum", "sum", "fixed", "lower_amount", "national_amount") if name in before), "")
    if "cost_price_left" in before:
        return "at_most", ("cost_price_left",)
    if "share" in before:
        return ("part_less", ("share", base, "discount")) if "discount" in before else ("part", ("share", base))
    if "discount" in before:
        return "less", (base, "discount")
    if "maximum" in before:
        return "at_most", ("maximum",)
    return "not_below", (income, "low_income_limit" if "low_income_limit" in before else "exempt_below")


def _is_rest(step: Step, before: Mapping[str, Step], spent: tuple[str, ...]) -> bool:
    """Whether the cost price less what came off it is what remains: not where more came off than it was."""
    price, *off = (before[name].value if name in before else None for name in ("cost_price", *spent))
    numbers = [value for value in off if isinstance(value, int)]
    return isinstance(price, int) and price - sum(numbers) == step.value


def _months(step: Step) -> int:
    return step.value if isinstance(step.value, int) else 0


def _quotient(year_part: Step, period_part: Step) -> int:
    """By how many periods the amount of a year was divided: both are exact."""
    whole, part = year_part.value, period_part.value
    if isinstance(whole, str) or isinstance(part, str) or whole is None or part is None:
        raise TypeError("found no numbers; allowed: the amounts of a year and of a period")
    return int(Fraction(whole) / Fraction(part))


def _whole(amount: int | Fraction, unit: int) -> int:
    """So many whole units of cents, rounded half up."""
    rounded: int = half_up(abs(amount.numerator), amount.denominator * unit)
    return rounded if amount >= 0 else -rounded
