"""What if something changes: the same household with another income, composition or municipality, beside the answers.

The answers themselves stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from estimator import interview
from estimator.interview import MOST_EURO, UNKNOWN, Answers, Option, QuestionName, Setting
from estimator.pages.question import answer_label, band_label, option_label, short_heading
from estimator.pages.request import Context, Request
from estimator.pages.verdict import change_in_words
from estimator.rules.estimate import Comparison, Estimate

FIELDS: tuple[QuestionName, ...] = ("income", "household", "municipality")
# Composition and partner's age in one choice.
HOUSEHOLDS: dict[str, Answers] = {
    "single": {"household": ("single",)},
    "couple_pension": {"household": ("couple",), "partner_age": ("pension",)},
    "couple_adult": {"household": ("couple",), "partner_age": ("adult",)},
}
# The element that holds the outcome, to be announced when it is there.
RESULT_ID = "what-if-result"
BAND = re.compile(r"([0-9]{1,7})-([0-9]{0,7})")


def changed_answers(fields: Mapping[str, Sequence[str]], answers: Answers, setting: Setting) -> Answers:
    """What was chosen to look at instead of the answers; a value that isn't one of ours is left out."""
    chosen = {name: next(iter(fields.get(f"if.{name}", ())), "") for name in FIELDS}
    asked = interview.path(answers, setting).asked
    found = dict(HOUSEHOLDS.get(chosen["household"], {})) if "household" in asked else {}
    if chosen["municipality"] in (*setting.offered, UNKNOWN) and "municipality" in asked:
        found["municipality"] = (chosen["municipality"],)
    if "income" in asked and (chosen["income"] == UNKNOWN or _is_band(chosen["income"])):
        found["income"] = (chosen["income"],)
    # Pressed without any change: the outcome is that nothing changes.
    return found or {name: answers[name] for name in FIELDS if name in answers}


def what_if(request: Request, compared: Comparison) -> Context | None:
    """The choices, and the outcome of what was chosen; nothing where no choice can make a difference."""
    if not _matters(request, compared):
        return None
    texts = request.texts
    return {
        "heading": texts("what_if.heading"),
        "text": texts("what_if.text"),
        "fields": list(_fields(request)),
        "hint": texts("what_if.income.hint") if "income" in request.answers else "",
        "button": texts("what_if.button"),
        "result": _result(request, compared) if request.what_if else None,
    }


def _changed(request: Request) -> Answers:
    """The answers with what was chosen instead."""
    return {**request.answers, **request.what_if}


def _is_band(value: str) -> bool:
    """Whether an income can be reckoned with: also a band of another household, as the choices had it before."""
    found = BAND.fullmatch(value)
    if not found:
        return False
    low, high = int(found[1]), int(found[2] or MOST_EURO)
    return low <= high <= MOST_EURO


def _matters(request: Request, compared: Comparison) -> bool:
    answers, setting = request.answers, request.setting
    if "income" in answers:
        return True
    others = HOUSEHOLDS.values() if "household" in answers else ()
    return any(_sums(interview.comparison({**answers, **other}, setting)) != _sums(compared) for other in others)


def _sums(compared: Comparison) -> tuple[object, ...]:
    return tuple(
        result and (result.outcome, result.low, result.high) for result in (compared.current, compared.upcoming)
    )


# The choices


def _fields(request: Request) -> Iterator[Context]:
    answers = request.answers
    if "income" in answers:
        yield _field("income", short_heading("income", request), _incomes(request))
    if "household" in answers:
        yield _field("household", short_heading("household", request), _households(request))
    if "municipality" in answers:
        yield _field("municipality", short_heading("municipality", request), _municipalities(request))


def _field(name: str, label: str, options: list[Context]) -> Context:
    return {"name": f"if.{name}", "id": f"if-{name}", "label": label, "options": options}


def _incomes(request: Request) -> list[Context]:
    """The bands of the household that was chosen, with the one that was answered: it needn't be one of theirs."""
    changed = _changed(request)
    asked = interview.question("income", changed, request.setting)
    given = changed["income"][0]
    options = {option.value: option for option in asked.options}
    if given not in options:
        low, high = given.split("-")
        options[given] = Option(given, int(low), int(high) if high else None)
    bands = sorted((option for option in options.values() if option.low is not None), key=_ends)
    return [
        *(_option(option.value, band_label(option, request), given) for option in bands),
        _option(UNKNOWN, request.texts("option.income.unknown"), given),
    ]


def _ends(band: Option) -> tuple[int, int]:
    return band.low or 0, MOST_EURO if band.high is None else band.high


def _households(request: Request) -> list[Context]:
    changed = _changed(request)
    given = _household_of(changed)
    unknown = [] if given else [_option("", request.texts("what_if.household.as_given"), "")]
    return [*unknown, *(_option(name, request.texts(f"what_if.household.{name}"), given) for name in HOUSEHOLDS)]


def _household_of(answers: Answers) -> str:
    """Which of the choices the answers are; "" where they leave it open."""
    return next(
        (name for name, choice in HOUSEHOLDS.items() if all(answers.get(key) == choice[key] for key in choice)), ""
    )


def _municipalities(request: Request) -> list[Context]:
    asked = interview.question("municipality", request.answers, request.setting)
    given = _changed(request)["municipality"][0]
    return [_option(option.value, option_label(option, asked, request), given) for option in asked.options]


def _option(value: str, label: str, given: str) -> Context:
    return {"value": value, "label": label, "selected": value == given}


# The outcome


def _result(request: Request, compared: Comparison) -> Context:
    texts = request.texts
    other = interview.comparison(_changed(request), request.setting)
    pairs = [("now", compared.current, other.current), ("plan", compared.upcoming, other.upcoming)]
    return {
        "heading": texts("what_if.result.heading"),
        "changes": list(_changes(request)),
        "lines": [_line(kind, before, after, request) for kind, before, after in pairs if before and after],
    }


def _changes(request: Request) -> Iterator[str]:
    """What is different from the answers, in words."""
    changed = _changed(request)
    for name in FIELDS:
        same = all(changed.get(key) == request.answers.get(key) for key in _keys(name))
        if name in request.what_if and not same:
            yield request.texts("what_if.change", question=short_heading(name, request), answer=_answer(name, request))


def _keys(name: str) -> tuple[str, ...]:
    return ("household", "partner_age") if name == "household" else (name,)


def _answer(name: QuestionName, request: Request) -> str:
    """What was chosen, in words."""
    changed = _changed(request)
    if name == "household":
        return request.texts(f"what_if.household.{_household_of(changed)}")
    if name == "income":
        return str(next(option["label"] for option in _incomes(request) if option["selected"]))
    asked = interview.question(name, changed, request.setting)
    return next(answer_label(option, asked, request) for option in asked.options if option.value in changed[name])


def _line(kind: str, before: Estimate, after: Estimate, request: Request) -> Context:
    """A regime before and after: "about 124 euro a month, instead of about 74"."""
    texts = request.texts
    then, first = texts.sum_for_period(after), texts.sum_for_period(before)
    name = "now" if kind == "now" else "plan" if after.status == "proposed" else "law"
    words = [texts("what_if.same")] if _stays(request) or _certain(before, after) else []
    if then != first:
        words = [change_in_words(before, after, texts), texts("what_if.instead", sum=first)]
    return {"kind": kind, "sum": texts(f"what_if.{name}", sum=then), "text": " ".join(filter(None, words))}


def _certain(*estimates: Estimate) -> bool:
    return all(result.low == result.high for result in estimates)


def _stays(request: Request) -> bool:
    """Whether a range that stays one is the same for each income that was or may have been answered."""
    answers, changed, setting = request.answers, _changed(request), request.setting
    if answers.get("income") != changed.get("income"):
        return False
    return all(
        _sums(interview.comparison({**answers, "income": (income,)}, setting))
        == _sums(interview.comparison({**changed, "income": (income,)}, setting))
        for income in _within(changed, setting)
    )


def _within(answers: Answers, setting: Setting) -> list[str]:
    """The income at both ends of the band that was answered; every band where it isn't known."""
    if "income" not in answers:
        return []
    if answers["income"] == (UNKNOWN,):
        return [option.value for option in interview.question("income", answers, setting).options]
    low, high = answers["income"][0].split("-")
    return [f"{end}-{end}" for end in (low, high or MOST_EURO)]
