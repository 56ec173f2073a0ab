"""One question with its choices, what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from estimator import interview
from estimator.interview import APART, UNKNOWN, InvalidAnswerError, Option, Question, QuestionName, Setting
from estimator.pages.articles import explaining, links, notices_of, rendered
from estimator.pages.request import Context, Request, frame
from estimator.rules.law import Law, NotKnown
from estimator.rules.money import MAXIMUM_CENTS
from estimator.rules.pension_age import pension_age_on
from estimator.rules.regimes import exempt_nights, reference_year, upcoming_regime
from estimator.texts import Texts

EXAMPLE = "1250.50"  # a price as an example of how to type one
# Pictograms of options that aren't named after one.
PICTOGRAMS = {
    ("household", "single"): "alone",
    ("household", "couple"): "together",
    ("partner_age", "adult"): "no",
    ("partner_age", "pension"): "yes",
}
# Words that name pension age.
NEEDS_PENSION_AGE = ("option.age.pension.help", "question.partner_age.lead")
# Bands and municipalities are read as words.
WITHOUT_PICTOGRAMS = ("municipality", "income", "savings")


def question_page(
    request: Request,
    name: QuestionName,
    typed: Sequence[str] = (),
    problem: InvalidAnswerError | None = None,
) -> Context:
    """The context of ``question.html``; ``typed`` is given back where the answer couldn't be taken."""
    texts, answers, setting = request.texts, request.answers, request.setting
    asked = interview.question(name, answers, setting)
    progress = interview.path(answers, setting)
    number = progress.asked.index(name) + 1 if name in progress.asked else len(progress.asked) + 1
    total = max(number, interview.count(answers, setting))
    given = tuple(typed) if problem else answers.get(name, ())
    heading = _heading(asked, request)
    step_text = texts("step_text.question", number=number, total=total)
    title = texts("title.step", heading=heading, step=step_text, app=texts("product"))
    error = _error(asked, given, problem, request) if problem else ""
    return {
        **frame(request, name, texts("title.error", title=title) if error else title),
        "kind": asked.kind,
        "name": name,
        "step_text": step_text,
        "heading": heading,
        "intro": texts("question.intro") if number == 1 else "",
        "lead": _optional(f"question.{name}.lead", request),
        "choices": []
        if asked.kind == "amount"
        else [_choice(option, asked, given, request) for option in asked.options],
        "value": _typed(given, request) if asked.kind == "amount" else "",
        "label": _optional(f"question.{name}.label", request),
        "help": _optional(f"question.{name}.help", request),
        "error": error,
        "explain": explanation(asked, request),
        "article": _article(name, request),
        "can_go_back": number > 1 or request.kiosk,
    }


def short_heading(name: QuestionName, request: Request) -> str:
    """The question in a few words, for the overview and in sentences."""
    asked = interview.question(name, request.answers, request.setting)
    return request.texts(f"question.{name}.short", **_values(request), **_year(asked, request))


def option_label(option: Option, asked: Question, request: Request) -> str:
    """An answer in words."""
    texts, name, value = request.texts, asked.name, option.value
    if name == "municipality" and value != UNKNOWN:
        municipality = request.municipalities[value]
        known = municipality.name
        return texts("option.municipality.fictitious", name=known) if municipality.fictitious else known
    if option.low is not None:
        return band_label(option, request)
    return texts(f"option.{name}.{value}", **_values(request))


def answer_label(option: Option, asked: Question, request: Request) -> str:
    """An answer in words that can be read without its question."""
    key = f"answer.{asked.name}.{option.value}"
    return request.texts(key) if key in request.texts else option_label(option, asked, request)


def band_label(option: Option, request: Request) -> str:
    """A band of whole euro in words."""
    texts = request.texts
    low, high = option.low or 0, option.high
    if high is None:
        return texts("band.from", low=texts.whole_money(low * 100))
    if not low:
        return texts("band.up_to", high=texts.whole_money(high * 100))
    return texts("band.between", low=texts.whole_money(low * 100), high=texts.whole_money(high * 100))


def upcoming_day(setting: Setting) -> date:
    """The day of which the upcoming rules are shown; today where none are to come."""
    upcoming = upcoming_regime(setting.rules, setting.on)
    return max(setting.on, upcoming.first) if upcoming else setting.on


def _is_of_the_plan(setting: Setting) -> bool:
    """Whether questions about money are there for the plan."""
    upcoming = upcoming_regime(setting.rules, setting.on)
    return upcoming is not None and upcoming.name == "bill"


def _choice(option: Option, asked: Question, given: Sequence[str], request: Request) -> Context:
    key = f"option.{asked.name}.{option.value}.help"
    apart = option.value in APART
    plain = asked.name in WITHOUT_PICTOGRAMS and not apart
    return {
        "value": option.value,
        "label": option_label(option, asked, request),
        "help": _optional(key, request),
        "pictogram": "" if plain else PICTOGRAMS.get((asked.name, option.value), option.value),
        "checked": option.value in given,
        "apart": apart,
    }


def _heading(asked: Question, request: Request) -> str:
    key = f"question.{asked.name}.heading"
    if key not in request.texts:
        household = request.answers.get("household", (UNKNOWN,))[0]
        about = "couple" if asked.couple else household
        key = f"{key}.{about}" if f"{key}.{about}" in request.texts else f"{key}.single"
    return request.texts(key, **_year(asked, request))


def _article(name: QuestionName, request: Request) -> Context | None:
    """The article that explains a question: its text comes when it is opened, or is there from the start.

    The latter where there is no script, at a kiosk, where links lead nowhere else, and for a municipality's own text,
    which has no address while the municipality was only chosen.
    """
    found = explaining([name], request)[:1]
    if not found:
        return None
    (link,) = links(found, request)
    if request.live and not request.kiosk and not found[0].owner:
        return {**link, "text": None}
    return {**link, "text": rendered(found[0], request), "notices": notices_of(found[0], request)}


def explanation(asked: Question, request: Request) -> Context:
    """What stands behind "why do we ask this" and the like: a summary, and paragraphs."""
    texts, setting = request.texts, request.setting
    key, values = f"question.{asked.name}.explain.text", _year(asked, request)
    if asked.name == "income":
        current = reference_year(setting.rules, setting.on)
        key, values = (f"{key}.same_year", values) if current == asked.year else (key, {**values, "current": current})
    if asked.name == "savings":
        try:
            exempt = setting.rules.on("exempt_amount", date(asked.year or setting.on.year, 1, 1)).amount
            rate = setting.rules.on("capital_rate", upcoming_day(setting)).amount
            values |= {"exempt": texts.whole_money(exempt), "rate": texts.percent(rate)}
            key += ".plan" if _is_of_the_plan(setting) else ""
        except NotKnown:
            key += ".plain"
    return {"summary": texts(f"question.{asked.name}.explain.summary"), "text": texts.paragraphs(key, **values)}


def _year(asked: Question, request: Request) -> dict[str, object]:
    if asked.year is None:
        return {}
    return {"year": asked.year, "day": request.texts.date(date(asked.year, 1, 1))}


def _values(request: Request) -> Mapping[str, object]:
    """The numbers that questions and options name."""
    return _numbers(request.texts.lang, request.setting.on, request.setting.rules)


@lru_cache(maxsize=64)
def _numbers(locale: str, on: date, rules: Law) -> Mapping[str, object]:
    texts = Texts(locale)
    pension = pension_age_on(rules, on)
    values: dict[str, object] = {
        "age": rules.on("adult_age", on).amount,
        "nights": texts.number(exempt_nights(rules)),
        "whole": texts.typed_money(EXAMPLE.partition(".")[0]),
        "exact": texts.typed_money(EXAMPLE),
    }
    return values if pension is None else {**values, "pension": texts.age(pension)}


def _optional(key: str, request: Request) -> str:
    """The words of a key, "" where there are none, or where they name a pension age that isn't known."""
    values = _values(request)
    unknown = key in NEEDS_PENSION_AGE and "pension" not in values
    return "" if unknown or key not in request.texts else request.texts(key, **values)


def _typed(given: Sequence[str], request: Request) -> str:
    """What stands in the field: what was typed as it was, a price that was taken in the reader's notation."""
    value = next(iter(given), "")
    try:
        return "" if value == UNKNOWN else request.texts.typed_money(request.texts.parse_money(value))
    except (ValueError, ArithmeticError):  # the latter for a number of hundreds of digits
        return value


def _error(asked: Question, given: Sequence[str], problem: InvalidAnswerError, request: Request) -> str:
    """What was found and what is allowed, in words."""
    texts = request.texts
    reason = problem.reason
    found = next(iter(given), "") or problem.found
    if reason == "missing":
        return texts(f"error.{asked.kind}.missing")
    if reason == "exclusive":
        labels = {option.value: option_label(option, asked, request) for option in asked.options}
        chosen = texts.listed(texts("quoted", words=labels[value]) for value in given if value in labels)
        apart = next((labels[value] for value in given if value in APART and value in labels), "")
        return texts("error.exclusive", found=chosen, apart=apart) if apart else texts("error.too_many", found=chosen)
    values = {**_values(request), "found": found, "highest": texts.money(MAXIMUM_CENTS)}
    return texts(f"error.{reason}", **values)
