"""The contribution by income for one household: a drawing, and the table that says the same in words.

Every amount is the engine's, at incomes where something changes; in between it is a straight line. Which incomes those
are follows from the amounts: between two of them the middle is looked at, as long as it isn't on the line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from estimator import interview
from estimator.interview import UNKNOWN, Answers, Given, Option, Setting, SettingKey
from estimator.pages.exact import CENTS_A_EURO, wording
from estimator.pages.question import band_label
from estimator.pages.request import Context, Request
from estimator.rules.estimate import Comparison, Estimate, Which
from estimator.rules.estimate import by_income as estimates_by_income
from estimator.rules.household import Household
from estimator.rules.money import OPEN_ENDED_CENTS
from estimator.rules.policy import PolicyByDate
from estimator.rules.regimes import Period, upcoming_regime

# The drawing, in its own units. Letters are larger on a narrow screen: the margins are wide enough for those.
WIDTH, HEIGHT = 480, 330
LEFT, RIGHT, TOP, BOTTOM = 70, 468, 62, 258
ROOM_ABOVE = 1.2  # for the words above the highest line
LETTER = 9  # the width of one, at the most
LINE_HEIGHT = 22
MOST_TICKS = 4
STEPS = (1, 2, 5)
MOST_ROWS = 8
FINE = 100  # euro: a bend need not be found more exactly, a jump is
EVEN = 2  # cents: so much may rounding put an amount beside the line
JUMP = 100  # cents
KINDS = ("now", "plan")

REMEMBERED = 512

Band = tuple[Option, tuple[Estimate, ...]]


class Point(NamedTuple):
    """Lowest and highest contribution at an income of whole euro, in cents."""

    income: int
    low: int
    high: int


class Curve(NamedTuple):
    """The contribution of one regime by income, wherever the line bends."""

    kind: str
    period: Period
    points: tuple[Point, ...]

    @property
    def is_flat(self) -> bool:
        """Whether income makes no difference."""
        return len({point[1:] for point in self.points}) == 1

    @property
    def is_wide(self) -> bool:
        """Whether more than one amount is possible at an income."""
        return any(low != high for _, low, high in self.points)


# What is due at an income of whole euro, from the first up to and with the second; ``None`` is "and more". Nothing
# where no regime is to come.
DueByIncome = Callable[[int, int | None], Estimate | None]


class Due(NamedTuple):
    """What is due by income now, and under the rules to come."""

    now: DueByIncome
    plan: DueByIncome


def due_by_income(households: Sequence[Household], policy: PolicyByDate, setting: Setting) -> Due:
    """What a household would owe with another income; ``households`` are all that it may be."""

    def due(which: Which) -> DueByIncome:
        found = estimates_by_income(households, setting.on, policy, which, setting.rules)
        return lambda low, high: found(low * CENTS_A_EURO, OPEN_ENDED_CENTS if high is None else high * CENTS_A_EURO)

    is_to_come = upcoming_regime(setting.rules, setting.on) is not None
    return Due(due("current"), due("upcoming") if is_to_come else lambda low, high: None)


def by_income(request: Request, compared: Comparison) -> Context | None:
    """Drawing and table; nothing where income makes no difference, or where the two can't be compared."""
    texts = request.texts
    found: tuple[Curve, ...] = ()
    due = _due_of(request.exact, request) if request.exact else None
    if "income" in request.answers:
        found = _curves_of(_edges(request.answers, request.setting), due) if due else curves(request)
    if not found or all(curve.is_flat for curve in found):
        return None
    asked = interview.question("income", request.answers, request.setting)
    names = {"now": texts("chart.now"), "plan": _plan_name(compared.upcoming, request)}
    wide = any(curve.is_wide for curve in found)
    return {
        "heading": texts("chart.heading"),
        "text": texts(wording("chart.text.range" if wide else "chart.text", request)),
        "drawing": _drawing(found, names, request),
        "caption": texts("chart.caption", per=texts.period(found[0].period)),
        "income": texts("question.income.short", year=asked.year),
        "columns": [names["now"], *([_column(compared.upcoming, request)] if compared.upcoming else [])],
        "rows": _rows(request, due),
    }


def _due_of(household: Household, request: Request) -> Due:
    return due_by_income([household], interview.policy_of(request.answers, request.setting), request.setting)


def curves(request: Request) -> tuple[Curve, ...]:
    """What is due by income, now and under the plan, as far as it is an amount; both for the same period."""
    found = _curves if interview.is_typed(request.answers) else _remembered_curves
    return found(_given(request), SettingKey(request.setting))


def _given(request: Request) -> Given:
    """All answers but the income, as a key of a cache."""
    others = {name: values for name, values in request.answers.items() if name != "income"}
    return interview.shared(others, request.setting)


def _curves(given: Given, key: SettingKey) -> tuple[Curve, ...]:
    return _curves_of(_edges(dict(given), key.setting), _due_by_answers(given, key))


def _edges(answers: Answers, setting: Setting) -> list[int]:
    """Where the bands of the question begin."""
    options = interview.question("income", answers, setting).options
    return [option.low for option in options if option.low is not None]


def _due_by_answers(given: Given, key: SettingKey) -> Due:
    """What is due by income for everybody with these answers."""
    answers, setting = {**dict(given), "income": (_value(0, 0),)}, key.setting
    return due_by_income(interview.households(answers, setting), interview.policy_of(answers, setting), setting)


def _value(low: int, high: int | None) -> str:
    return f"{low}-{'' if high is None else high}"


def _curves_of(edges: Sequence[int], due: Due) -> tuple[Curve, ...]:
    if len(edges) < 2:
        return ()
    incomes = (*edges, 2 * edges[-1] - edges[-2])
    found = [curve for kind in KINDS if (curve := _curve(kind, incomes, getattr(due, kind)))]
    return tuple(found) if len({curve.period for curve in found}) == 1 else ()


def _curve(kind: str, incomes: Sequence[int], due: DueByIncome) -> Curve | None:
    """The line of a regime; nothing where it isn't an amount at every income."""
    start = due(incomes[0], incomes[0])
    if start is None:
        return None

    def at(income: int) -> Point:
        return _point(income, due(income, income))

    try:
        points = _refined([_point(incomes[0], start), *map(at, incomes[1:])], at)
    except _NoAmountError:
        return None
    return Curve(kind, start.period, _bends(points))


def _point(income: int, result: Estimate | None) -> Point:
    ends = _ends(result)
    if ends is None:
        raise _NoAmountError
    return Point(income, *ends)


_remembered_curves = lru_cache(maxsize=REMEMBERED)(_curves)


class _NoAmountError(Exception):
    """At an income between two others there is no amount."""


def _ends(result: Estimate | None) -> tuple[int, int] | None:
    if result is not None and result.outcome == "nothing":
        return 0, 0
    return None if result is None or result.low is None or result.high is None else (result.low, result.high)


def _refined(points: Sequence[Point], at: Callable[[int], Point]) -> list[Point]:
    """The points with those between them that a straight line would miss."""
    found = [points[0]]
    for before, after in pairwise(points):
        found += _between(before, after, at)
    return found


def _between(before: Point, after: Point, at: Callable[[int], Point]) -> list[Point]:
    width = after.income - before.income
    if width <= 1 or (width <= FINE and _most(before, after) < JUMP):
        return [after]
    middle = at((before.income + after.income) // 2)
    if width > FINE and _is_between(before, middle, after):
        return [after]
    return [*_between(before, middle, at), *_between(middle, after, at)]


def _most(before: Point, after: Point) -> int:
    """The larger difference between the ends of two points, in cents."""
    return max(abs(before.low - after.low), abs(before.high - after.high))


def _is_between(before: Point, middle: Point, after: Point) -> bool:
    """Whether a point is on the straight line between two others."""
    part = (middle.income - before.income) / (after.income - before.income)
    low, high = before.low + part * (after.low - before.low), before.high + part * (after.high - before.high)
    return abs(low - middle.low) <= EVEN and abs(high - middle.high) <= EVEN


def _bends(points: Sequence[Point]) -> tuple[Point, ...]:
    """Without the points that lie on a straight line between their neighbours."""
    kept = [points[0]]
    for middle, after in pairwise(points[1:]):
        if not _is_between(kept[-1], middle, after):
            kept.append(middle)
    return (*kept, points[-1])


def _plan_name(upcoming: Estimate | None, request: Request) -> str:
    if upcoming is None or upcoming.status == "proposed":
        return request.texts("chart.plan")
    return request.texts("chart.law", year=upcoming.as_at.year)


# The table


def _column(upcoming: Estimate, request: Request) -> str:
    """What stands above the amounts of the plan, or of the rules to come."""
    if upcoming.status == "proposed":
        return request.texts("chart.column.plan")
    kind = "chart.column.law" if upcoming.regime == "bill" else "chart.law"
    return request.texts(kind, year=upcoming.as_at.year)


def _rows(request: Request, due: Due | None) -> list[Context]:
    """The contribution in each band, with the one that was chosen marked."""
    chosen = request.answers["income"][0]
    if due:
        options = interview.question("income", request.answers, request.setting).options
        chosen = next((option.value for option in options if _holds(option, chosen)), UNKNOWN)
        bands = _bands_of(options, chosen, due)
    else:
        bands = (_bands if interview.is_typed(request.answers) else _remembered_bands)(
            _given(request), chosen, SettingKey(request.setting)
        )
    return [_row(option, each, option.value == chosen, request) for option, each in bands]


def _holds(band: Option, given: str) -> bool:
    """Whether an income, or all of a range, lies within a band."""
    if band.low is None or given == UNKNOWN:
        return False
    low, high = given.split("-")
    return band.low <= int(low) and (band.high is None or (high != "" and int(high) <= band.high))


def _bands(given: Given, chosen: str, key: SettingKey) -> tuple[Band, ...]:
    options = interview.question("income", dict(given), key.setting).options
    return _bands_of(options, chosen, _due_by_answers(given, key))


def _bands_of(options: Sequence[Option], chosen: str, due: Due) -> tuple[Band, ...]:
    """What is due in each band of the question. Where there are many, neighbours are joined, not the chosen one."""
    bands = [(option, _due_in(option, due)) for option in options if option.low is not None]
    while len(bands) > MOST_ROWS:
        apart = [_apart(one, other) for one, other in pairwise(bands)]
        free = [
            place for place in range(len(apart)) if chosen not in (bands[place][0].value, bands[place + 1][0].value)
        ]
        place = min(free, key=apart.__getitem__)
        (one, _), (other, _) = bands[place : place + 2]
        joined = Option(_value(one.low or 0, other.high), one.low, other.high)
        bands[place : place + 2] = [(joined, _due_in(joined, due))]
    return tuple(bands)


_remembered_bands = lru_cache(maxsize=REMEMBERED)(_bands)


def _due_in(band: Option, due: Due) -> tuple[Estimate, ...]:
    """What is due in a band, without how it came about."""
    found = (each(band.low or 0, band.high) for each in due)
    return tuple(result._replace(steps=(), caveats=(), possibilities=()) for result in found if result)


def _apart(one: Band, other: Band) -> int:
    """How far apart the amounts of two bands are, in cents."""
    spans = [(_ends(before), _ends(after)) for before, after in zip(one[1], other[1], strict=True)]
    return sum(max(*first, *last) - min(*first, *last) for first, last in spans if first and last)


def _row(band: Option, due: Sequence[Estimate], own: bool, request: Request) -> Context:
    amounts = [request.texts.sum_of(result) for result in due]
    mark = request.texts(wording("chart.own", request)) if own else ""
    return {"income": band_label(band, request), "own": mark, "amounts": amounts}


# The drawing


def _drawing(found: Sequence[Curve], names: dict[str, str], request: Request) -> Context:
    texts = request.texts
    farthest = max(income for curve in found for income, *_ in curve.points)
    highest = max(high for curve in found for *_, high in curve.points)

    def across(income: int) -> float:
        return round(LEFT + (RIGHT - LEFT) * min(income, farthest) / farthest, 1)

    def up(amount: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * amount / (highest * ROOM_ABOVE), 1)

    ticks_across = [(across(tick), texts.whole_money(tick * 100)) for tick in _ticks(farthest)]
    ticks_up = [(up(tick), texts.whole_money(tick)) for tick in _ticks(highest, 100)]
    own = _own_band(across, request)
    return {
        "size": (WIDTH, HEIGHT),
        "plot": (LEFT, TOP, RIGHT, BOTTOM),
        "across": [at for at, _ in ticks_across],
        "up": [at for at, _ in ticks_up],
        "own": own,
        "lines": [_line(curve, across, up) for curve in found],
        "words": [
            _word(texts("chart.axis.contribution", per=texts.period(found[0].period)), 0, 20),
            *(_word(amount, LEFT - 10, at, "end", beside=True) for at, amount in ticks_up),
            *(_word(amount, at, BOTTOM + 28, "end" if at > RIGHT - 30 else "middle") for at, amount in ticks_across),
            _word(texts("chart.axis.income"), RIGHT, BOTTOM + 58, "end"),
            *([_own_name(own, request)] if own else []),
            *_names(found, names, up),
        ],
    }


def _word(
    text: str, x: float, y: float, anchor: str = "start", kind: str = "tick-name", beside: bool = False
) -> Context:
    """What is written at a place: on the line there, or ``beside`` it, halfway up its letters."""
    return {"text": text, "x": x, "y": y, "anchor": anchor, "kind": kind, "beside": beside}


def _ticks(highest: int, unit: int = 1) -> list[int]:
    """Round numbers from nil up to a highest, few of them."""
    size = unit
    while highest / (size * STEPS[-1]) > MOST_TICKS:
        size *= 10
    step = next(size * step for step in STEPS if highest / (size * step) <= MOST_TICKS)
    return list(range(0, highest + 1, step))


def _own_band(across: Callable[[int], float], request: Request) -> Context | None:
    """The strip of the band that was chosen."""
    given = request.answers["income"][0]
    if given == UNKNOWN:
        return None
    low, high = given.split("-")
    start, end = across(int(low)), across(int(high) + 1) if high else RIGHT
    return {"start": start, "width": round(end - start, 1), "end": end}


def _own_name(own: Context, request: Request) -> Context:
    """The name of the strip: above its middle, and inside the drawing."""
    words = request.texts("chart.own_band")
    half = len(words) * LETTER / 2
    at = min(max((own["start"] + own["end"]) / 2, LEFT + half), RIGHT - half)
    return _word(words, round(at, 1), TOP - 8, "middle", "own-name")


def _line(curve: Curve, across: Callable[[int], float], up: Callable[[int], float]) -> Context:
    """The path of a regime: one line, or both edges of what is possible with the area between them."""
    above = [f"{across(income)} {up(high)}" for income, _, high in curve.points]
    below = [f"{across(income)} {up(low)}" for income, low, _ in curve.points]
    paths = [above] if not curve.is_wide else [above, below]
    area = f"M{'L'.join([*above, *reversed(below)])}Z" if curve.is_wide else ""
    return {"kind": curve.kind, "paths": [f"M{'L'.join(path)}" for path in paths], "area": area}


def _names(found: Sequence[Curve], names: dict[str, str], up: Callable[[int], float]) -> list[Context]:
    """The names of the lines at their far end, above them; one above the other where the lines lie close."""
    written: list[Context] = []
    for curve in sorted(found, key=lambda curve: curve.points[-1].high):
        at = up(curve.points[-1].high) - 8
        if written:
            at = min(at, written[-1]["y"] - LINE_HEIGHT)
        written.append(_word(names[curve.kind], RIGHT, round(at, 1), "end", f"name {curve.kind}"))
    return written
