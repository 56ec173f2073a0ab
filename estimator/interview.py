"""The interview as data: which questions, in what order, with which options, and which can be skipped.

Pure: which question comes next is a function of the answers alone. "unknown" is an answer everywhere. A question that
can't change the outcome isn't asked: whether it can is found out by asking the rules, not by a second set of rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise, product
from typing import Any, Literal, NamedTuple

from estimator.rules.estimate import Comparison, Estimate, compare_among
from estimator.rules.household import COST_PRICE_KINDS, Household
from estimator.rules.law import Law, NotKnown
from estimator.rules.money import MAXIMUM_CENTS, cents, euros, half_up
from estimator.rules.policy import NATIONAL, PolicyByDate
from estimator.rules.regimes import Ruling, current_regime, exempt_nights, reference_year, rulings, upcoming_regime

QuestionName = Literal[
    "municipality", "provisions", "age", "household", "partner_age", "facts", "cost", "income", "savings"
]
QuestionKind = Literal["municipality", "many", "one", "amount"]
Reason = Literal["missing", "not_an_option", "not_an_amount", "too_large", "exclusive"]
# The values of an answer by the name of its question.
Answers = Mapping[str, tuple[str, ...]]
Given = tuple[tuple[str, tuple[str, ...]], ...]  # the same as a key

UNKNOWN = "unknown"
NONE = "none"
APART = (UNKNOWN, NONE)  # options that exclude all others
ASSUMED_PROVISION = "domestic_help"  # for whoever doesn't know which help it will be: an ordinary one
KINDS_OF_QUESTION: dict[QuestionName, QuestionKind] = {
    "municipality": "municipality", "provisions": "many", "age": "one", "household": "one", "partner_age": "one",
    "facts": "many", "cost": "amount", "income": "one", "savings": "one",
}  # fmt: skip
QUESTIONS: tuple[QuestionName, ...] = tuple(KINDS_OF_QUESTION)
PROVISIONS = (
    "domestic_help", "individual_support", "day_activities", "short_stay", "transport", "wheelchair",
    "sports_wheelchair", "other_aid", "home_adaptation", "repair", "light_support", "general_provision",
    "sheltered_living", "shelter", "client_support",
)  # fmt: skip
FACTS = ("long_term_care", "sheltered_living", "shelter")
# What an unanswered or unknown question stands for: everything that it may turn out to be.
POSSIBLE_AGES = ("adult", "pension")
POSSIBLE_HOUSEHOLDS = ("single", "couple")
POSSIBLE_FACTS: tuple[tuple[str, ...], ...] = ((), ("long_term_care",))
MOST_QUESTIONS: Answers = {
    "municipality": (UNKNOWN,), "provisions": (UNKNOWN,), "age": ("pension",), "household": ("couple",),
    "partner_age": ("pension",), "facts": (NONE,), "cost": (UNKNOWN,),
}  # fmt: skip
# Choices, so that what follows from them may be remembered.
BANDS_DEPEND_ON = ("municipality", "age", "household", "partner_age", "facts")
# Bands that make an answer easy: not numbers of the law. The law's own edges are added to them.
INCOME_BANDS_IN_SLOPE = 6
INCOME_ROUNDING = 500
SAVINGS_APART = 5_000  # a round amount nearer than this to an edge of the law only confuses
SAVINGS_PER_PERSON = (50_000, 75_000, 100_000, 150_000, 250_000)
MOST_EURO = MAXIMUM_CENTS // 100


class Setting(NamedTuple):
    """In which the interview is held: the date, the law, and policies by the code of a municipality.

    ``offered`` are the codes that a resident can choose from, ``fixed`` is the one that isn't asked for. Without
    ``typing``, at a screen without a keyboard, nothing is asked that must be typed.
    """

    on: date
    rules: Law
    policies: Mapping[str, PolicyByDate] = {}
    offered: tuple[str, ...] = ()
    fixed: str | None = None
    typing: bool = True


class Option(NamedTuple):
    """One possible answer; a band carries its ends in whole euro, both included, ``high`` open where it is ``None``."""

    value: str
    low: int | None = None
    high: int | None = None


class Question(NamedTuple):
    """One question; ``year`` is the reference year that it asks about, ``couple`` whether it is about two people."""

    name: QuestionName
    kind: QuestionKind
    options: tuple[Option, ...]
    year: int | None = None
    couple: bool = False


class Progress(NamedTuple):
    """How far the interview is: the questions that were answered and count, and the next one to ask, if any."""

    asked: tuple[QuestionName, ...]
    open: QuestionName | None


class InvalidAnswerError(ValueError):
    """An answer that can't be taken: which question, why, what was found and what is allowed."""

    def __init__(self, question: QuestionName, reason: Reason, found: str, allowed: str) -> None:
        self.question, self.reason, self.found, self.allowed = question, reason, found, allowed
        super().__init__(f"{question}: found {found!r}; allowed: {allowed}")


def municipality_code(answers: Answers, setting: Setting) -> str | None:
    """The municipality that is fixed or was chosen; ``None`` while it isn't known."""
    code = setting.fixed or answers.get("municipality", (UNKNOWN,))[0]
    return None if code == UNKNOWN else code


def policy_of(answers: Answers, setting: Setting) -> PolicyByDate:
    """The policy to compute with: the municipality's, or the national rule."""
    return setting.policies.get(municipality_code(answers, setting) or UNKNOWN, NATIONAL)


def question(name: QuestionName, answers: Answers, setting: Setting) -> Question:
    """A question with its options, which may follow from the earlier answers."""
    kind = KINDS_OF_QUESTION[name]
    couple = "couple" in answers.get("household", ())
    if name == "municipality":
        return Question(name, kind, _options(*setting.offered, UNKNOWN))
    if name == "provisions":
        return Question(name, kind, _options(*PROVISIONS, UNKNOWN))
    if name == "age":
        return Question(name, kind, _options("under_18", *POSSIBLE_AGES, UNKNOWN), couple=couple)
    if name == "household":
        return Question(name, kind, _options(*POSSIBLE_HOUSEHOLDS, UNKNOWN))
    if name == "partner_age":
        return Question(name, kind, _options(*POSSIBLE_AGES, UNKNOWN), couple=True)
    if name == "facts":
        return Question(name, kind, _options(*FACTS, NONE, UNKNOWN), couple=couple)
    if name == "cost":
        return Question(name, kind, _options(UNKNOWN))
    told = shared({key: answers[key] for key in BANDS_DEPEND_ON if key in answers}, setting)
    return Question(name, kind, _bands_of(name, told, SettingKey(setting)), asked_year(setting), couple)


def answer(name: QuestionName, values: Sequence[str], answers: Answers, setting: Setting) -> Answers:
    """The answers with one more; raises ``InvalidAnswerError`` and leaves the others as they are."""
    return _Given({**answers, name: _accepted(question(name, answers, setting), values)})


def path(answers: Answers, setting: Setting) -> Progress:
    """Which answers count, and which question comes next: each depends on the answers before it only."""
    return _walk(answers, setting).progress


def clean(answers: Answers, setting: Setting) -> Answers:
    """The answers that count: without those that are no longer valid or no longer asked."""
    asked = path(answers, setting).asked
    if isinstance(answers, _Given) and len(asked) == len(answers):
        return answers
    return _Given({name: answers[name] for name in asked})


def still_there(answers: Answers, setting: Setting) -> Answers:
    """The same answers; a municipality that is no longer offered is one that isn't known: no other answer is lost."""
    given = answers.get("municipality", ())
    if len(given) != 1 or given[0] in (*setting.offered, UNKNOWN) or not may_be_asked("municipality", setting):
        return answers
    return {**answers, "municipality": (UNKNOWN,)}


def count(answers: Answers, setting: Setting) -> int:
    """How many questions there will be at the most, as far as can be seen: the number may fall, but hardly rise."""
    return _walk(answers, setting).most


def households(answers: Answers, setting: Setting) -> tuple[Household, ...]:
    """Every household that these answers may describe: one where everything is known."""
    return tuple(dict.fromkeys(_household(answers, setting, *who) for who in _everybody(answers)))


def comparison(answers: Answers, setting: Setting) -> Comparison:
    """What the rules say of these answers, under the current and the upcoming regime."""
    return (compared if is_typed(answers) else _remembered_comparison)(tuple(answers.items()), SettingKey(setting))


def compared(given: Given, key: SettingKey) -> Comparison:
    """The same, worked out each time: for answers that hardly anybody has."""
    answers, setting = dict(given), key.setting
    return compare_among(households(answers, setting), setting.on, policy_of(answers, setting), setting.rules)


# How far the answers lead


class _Walk(NamedTuple):
    """The progress, and how many questions there will be at the most."""

    progress: Progress
    most: int


class _Given(dict[str, tuple[str, ...]]):
    """Answers that keep how far they lead: what somebody typed is remembered here only, and is gone with them."""

    walked: tuple[Setting, _Walk] | None = None


def _walk(answers: Answers, setting: Setting) -> _Walk:
    if not isinstance(answers, _Given):
        return _walked(answers, setting)
    if answers.walked is None or answers.walked[0] != setting:
        answers.walked = setting, _walked(answers, setting)
    return answers.walked[1]


def _walked(answers: Answers, setting: Setting) -> _Walk:
    """Along the questions in their order: with the answers as far as they count, then with the most that may come."""
    counted: dict[str, tuple[str, ...]] = {}
    progress = None
    for name in QUESTIONS:
        if not _is_asked(name, counted, setting):
            continue
        values = _valid(name, answers, counted, setting) if progress is None else None
        if values is None:
            progress = progress or Progress(_names(counted), name)
            values = _leads_to_most(name, counted, setting)
        counted[name] = values
    return _Walk(progress or Progress(_names(counted), None), len(counted))


def _names(counted: Answers) -> tuple[QuestionName, ...]:
    return tuple(name for name in QUESTIONS if name in counted)


def _leads_to_most(name: QuestionName, answers: Answers, setting: Setting) -> tuple[str, ...]:
    """The answer after which most questions come: a couple, and an income somewhere in the middle."""
    options = question(name, answers, setting).options
    return MOST_QUESTIONS.get(name) or (options[(len(options) - 1) // 2].value,)


# Which questions are asked


def may_be_asked(name: QuestionName, setting: Setting) -> bool:
    """Whether there are answers after which a question is asked, here."""
    if name == "municipality":  # it decides whom to ask, too
        return setting.fixed is None and bool(setting.offered)
    return setting.typing or KINDS_OF_QUESTION[name] != "amount"


def _is_asked(name: QuestionName, answers: Answers, setting: Setting) -> bool:
    if not may_be_asked(name, setting):
        return False
    if name in ("municipality", "provisions"):
        return True
    if name == "partner_age" and answers.get("household") != ("couple",):
        return False
    return (_matters if is_typed(answers) else _remembered)(name, shared(answers, setting), SettingKey(setting))


# What follows from choices that many people share is remembered; never with an amount that somebody typed.


def is_typed(answers: Answers) -> bool:
    """Whether an amount was typed."""
    return answers.get("cost", (UNKNOWN,)) != (UNKNOWN,)


def shared(answers: Answers, setting: Setting) -> Given:
    """The answers as a key of a cache: with one municipality for all whose policies are the same."""
    if setting.fixed is None and "municipality" in answers:
        answers = {**answers, "municipality": (_alike(answers["municipality"][0], SettingKey(setting)),)}
    return tuple(answers.items())


class SettingKey:
    """A setting as a key of a cache: the same one as long as date, law and policies are."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.key = setting.on, id(setting.rules), id(setting.policies), setting.fixed

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SettingKey) and self.key == other.key


@lru_cache(maxsize=1024)
def _alike(code: str, key: SettingKey) -> str:
    """The first municipality with the policy of this one, now and under the upcoming regime."""
    setting = key.setting
    upcoming = upcoming_regime(setting.rules, setting.on)
    days = (setting.on, max(setting.on, upcoming.first if upcoming else setting.on))
    own, *others = (
        [setting.policies.get(each, NATIONAL).on(day) for day in days] for each in (code, UNKNOWN, *setting.policies)
    )
    return (UNKNOWN, *setting.policies)[others.index(own)]


def _matters(name: QuestionName, given: Given, key: SettingKey) -> bool:
    """Whether two answers to a question lead to different outcomes, whatever is still unknown."""
    answers, setting = dict(given), key.setting
    if name == "cost":
        # The smallest price shows whether a cost price can decide: something else may be charged beside the aid.
        values: tuple[str, ...] = (UNKNOWN, euros(1)) if _has_cost_price(answers) else ()
    else:
        values = tuple(option.value for option in question(name, answers, setting).options)
    if name in ("age", "household", "partner_age", "facts"):
        # Side by side for everything else that is unknown: one range over all of it could hide the difference.
        found: Iterable[Any] = (_rulings({**answers, name: (value,)}, setting) for value in values if value != UNKNOWN)
    else:
        found = (_verdict(compared((*given, (name, (value,))), key)) for value in values)
    first = next(iter(found := iter(found)), None)
    return any(other != first for other in found)


_remembered = lru_cache(maxsize=16384)(_matters)
_remembered_comparison = lru_cache(maxsize=256)(compared)


def _rulings(answers: Answers, setting: Setting) -> list[tuple[Ruling, ...]]:
    policy = policy_of(answers, setting)
    everybody = (_household(answers, setting, *who) for who in _everybody(answers))
    return [rulings(household, setting.on, policy, setting.rules) for household in everybody]


def _verdict(compared: Comparison) -> tuple[object, ...]:
    return tuple(
        (result.outcome, result.ground, *(_shown(result, end) for end in (result.low, result.high)))
        for result in (compared.current, compared.upcoming)
        if result is not None
    )


def _shown(result: Estimate, end: int | None) -> int | None:
    """An end of a range as exactly as people are told: a plan's in whole euro."""
    return half_up(end, 100) if end is not None and result.status == "proposed" else end


def _has_cost_price(answers: Answers) -> bool:
    return any(kind in COST_PRICE_KINDS for kind in answers.get("provisions", ()))


# What an answer may be


@lru_cache(maxsize=64)
def _options(*values: str) -> tuple[Option, ...]:
    return tuple(Option(value) for value in values)


def _valid(name: QuestionName, answers: Answers, earlier: Answers, setting: Setting) -> tuple[str, ...] | None:
    if name not in answers:
        return None
    try:
        return _accepted(question(name, earlier, setting), answers[name])
    except InvalidAnswerError:
        return None


def _accepted(asked: Question, values: Sequence[str]) -> tuple[str, ...]:
    given = tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
    if asked.kind == "amount":
        return _accepted_amount(asked, given)
    allowed = tuple(option.value for option in asked.options)
    if not given:
        raise InvalidAnswerError(asked.name, "missing", "", ", ".join(allowed))
    for value in given:
        if value not in allowed:
            raise InvalidAnswerError(asked.name, "not_an_option", value, ", ".join(allowed))
    if len(given) > 1 and (asked.kind != "many" or any(value in APART for value in given)):
        raise InvalidAnswerError(asked.name, "exclusive", ", ".join(given), ", ".join(APART))
    return tuple(value for value in allowed if value in given)


def _accepted_amount(asked: Question, given: tuple[str, ...]) -> tuple[str, ...]:
    """A price as a plain euro string; nothing filled in is not known."""
    if given in ((), (UNKNOWN,)):
        return (UNKNOWN,)
    allowed = f"0.01 - {MOST_EURO}"
    try:
        price = cents(given[0])
    except (ValueError, OverflowError):
        raise InvalidAnswerError(asked.name, "not_an_amount", given[0], allowed) from None
    if price <= 0 or len(given) > 1:
        raise InvalidAnswerError(asked.name, "not_an_amount", ", ".join(given), allowed)
    if price > MAXIMUM_CENTS:
        raise InvalidAnswerError(asked.name, "too_large", given[0], allowed)
    return (euros(price),)


# What the answers say


def _possible(answers: Answers, name: str, everything: tuple[str, ...]) -> tuple[str, ...]:
    given = answers.get(name, (UNKNOWN,))
    return everything if given == (UNKNOWN,) else given


def _everybody(answers: Answers) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Age, composition, partner's age and facts of everything that the answers may describe."""
    stated = answers.get("facts", (UNKNOWN,))
    return product(
        _possible(answers, "age", POSSIBLE_AGES),
        _possible(answers, "household", POSSIBLE_HOUSEHOLDS),
        _possible(answers, "partner_age", POSSIBLE_AGES),
        POSSIBLE_FACTS if stated == (UNKNOWN,) else (tuple(fact for fact in stated if fact != NONE),),
    )


def _household(
    answers: Answers, setting: Setting, age: str, composition: str, partner: str, facts: tuple[str, ...]
) -> Household:
    return Household.model_validate(
        {
            "composition": composition,
            "client_age": age,
            "partner_age": partner if composition == "couple" else None,
            "long_term_care": "long_term_care" in facts,
            "sheltered_living": "sheltered_living" in facts,
            "shelter_nights": exempt_nights(setting.rules) if "shelter" in facts else 0,
            "provisions": _provisions(answers),
            **_money(answers),
        }
    )


def _provisions(answers: Answers) -> list[dict[str, str]]:
    kinds = answers.get("provisions", (UNKNOWN,))
    price = answers.get("cost", (UNKNOWN,))[0]
    rows: list[dict[str, str]] = []
    for kind in (ASSUMED_PROVISION,) if kinds == (UNKNOWN,) else kinds:
        priced = kind in COST_PRICE_KINDS and price != UNKNOWN
        rows.append({"kind": kind, "cost_price": price} if priced else {"kind": kind})
    return rows


def _money(answers: Answers) -> dict[str, list[int]]:
    bands: dict[str, list[int]] = {}
    for name, field in (("income", "income_band"), ("savings", "assets_band")):
        value = answers.get(name, (UNKNOWN,))[0]
        if value != UNKNOWN:
            bands[field] = [int(end) for end in value.split("-") if end]
    return bands


# Bands


@lru_cache(maxsize=4096)
def _bands_of(name: QuestionName, told: Given, key: SettingKey) -> tuple[Option, ...]:
    """The bands of income or savings, after the answers that they depend on."""
    edges = (_income_edges if name == "income" else _savings_edges)(dict(told), key.setting)
    return (*_bands(edges), Option(UNKNOWN))


def _bands(edges: Iterable[int]) -> tuple[Option, ...]:
    """Bands from nil to "and more", the upper end of each one euro below the next edge."""
    starts = [0, *sorted(edge for edge in set(edges) if edge > 0)]
    ends = [start - 1 for start in starts[1:]]
    closed = (Option(f"{low}-{high}", low, high) for low, high in zip(starts, ends, strict=False))
    return (*closed, Option(f"{starts[-1]}-", starts[-1], None))


def asked_year(setting: Setting) -> int:
    """The reference year of the upcoming regime, or of the current one where none is to come."""
    regime = upcoming_regime(setting.rules, setting.on) or current_regime(setting.rules, setting.on)
    return reference_year(setting.rules, max(setting.on, regime.first))


def _categories(answers: Answers) -> set[tuple[str, str]]:
    """Composition and category of every household that it may be."""
    return {
        (composition, f"{composition}_{'pension' if pension else 'under'}")
        for age, composition, partner, _ in _everybody(answers)
        for pension in [age == "pension" and (composition == "single" or partner == "pension")]
    }


def _income_edges(answers: Answers, setting: Setting) -> set[int]:
    """Where something changes: the municipality's limits, the plan's threshold and maximum, and steps in between."""
    rules, at = setting.rules, max(setting.on, setting.rules.plan.planned_from)
    now, then = (policy_of(answers, setting).on(day) for day in (setting.on, at))
    limits: set[int] = set()
    plan: set[int] = set()
    widths: list[int] = []
    for composition, category in _categories(answers):
        limits |= {-(-limit // 100) for limit in (now.low_income_limit(category), then.exempt_below(category)) if limit}
        if rules.plan.status != "withdrawn":
            threshold = rules.on(f"bill_threshold_{composition}", at).amount // 100
            highest = rules.on(f"bill_maximum_from_{composition}", at).amount // 100
            plan |= {threshold, highest}
            widths.append((highest - threshold) // INCOME_BANDS_IN_SLOPE)
    return limits | plan | {edge for low, high in pairwise(sorted(plan)) for edge in _between(low, high, widths[0])}


def _between(low: int, high: int, width: int) -> Iterator[int]:
    """Round edges that divide a span into bands of about a width."""
    parts = max(1, round((high - low) / width))
    for part in range(1, parts):
        yield low + round((high - low) * part / parts / INCOME_ROUNDING) * INCOME_ROUNDING


def _has_limits(answers: Answers, setting: Setting) -> bool:
    """Whether capital can count under the current regime: where the municipality has an income limit for them."""
    policy = policy_of(answers, setting).on(setting.on)
    return any(policy.low_income_limit(category) for _, category in _categories(answers))


def _exempt_amount(setting: Setting, year: int) -> int | None:
    """The exempt amount of a reference year in whole euro, where it is known."""
    try:
        return setting.rules.on("exempt_amount", date(year, 1, 1)).amount // 100
    except NotKnown:
        return None


def _savings_edges(answers: Answers, setting: Setting) -> set[int]:
    """The exempt amount of everybody in the household, and round amounts well above it."""
    persons = {"single": {1}, "couple": {2}}.get(answers.get("household", (UNKNOWN,))[0], {1, 2})
    round_amounts = {amount * min(persons) for amount in SAVINGS_PER_PERSON}
    exempt = _exempt_amount(setting, asked_year(setting))
    if exempt is None:
        return round_amounts
    if _has_limits(answers, setting):
        # Today's limits look at another year: savings below both exempt amounts count for neither.
        exempt = min(exempt, _exempt_amount(setting, reference_year(setting.rules, setting.on)) or exempt)
    edges = {exempt * number for number in persons}
    return edges | {
        amount
        for amount in round_amounts
        if amount > exempt and all(abs(amount - edge) >= SAVINGS_APART for edge in edges)
    }
