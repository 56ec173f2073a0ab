"""What must be seen first, what could make the outcome different, and what to do now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import product

from estimator import interview
from estimator.interview import NONE, UNKNOWN, QuestionName
from estimator.municipalities import Contact
from estimator.pages.exact import wording
from estimator.pages.panels import IN_PANELS, depends_on_income
from estimator.pages.question import answer_label
from estimator.pages.request import Context, Request
from estimator.pages.verdict import when
from estimator.rules.estimate import Comparison, Estimate
from estimator.rules.household import COST_PRICE_KINDS
from estimator.rules.regimes import contribution_year
from estimator.rules.trace import Caveat
from estimator.texts import Remark

# Questions about people: not knowing the answer gives several households. Not knowing about money gives a range.
ABOUT_PEOPLE: dict[QuestionName, tuple[str, ...]] = {
    "age": interview.POSSIBLE_AGES,
    "household": interview.POSSIBLE_HOUSEHOLDS,
    "partner_age": interview.POSSIBLE_AGES,
    "facts": tuple(next(iter(facts), NONE) for facts in interview.POSSIBLE_FACTS),
}
# Caveats that are said before the amounts.
PARENTS_MAY_PAY = "parents_may_pay"
POLICY_UNKNOWN = "policy_unknown_on_date"
NOTICES = (
    "plan_not_started", "not_due_yet", "not_due_yet_other_amount", POLICY_UNKNOWN, PARENTS_MAY_PAY,
    "sports_wheelchair_local", "capital_not_stated",
)  # fmt: skip
# Other rules of which CAK knows nothing: the contribution is set and charged elsewhere.
NOT_OF_CAK = ("shelter", "general_provision", "transport_fare")
# What the rules of now allow, and what is assumed to stay so under the plan.
OF_NOW = "college_may_exempt"
# Caveats about an answer that is missing, with its question.
ABOUT_MONEY: dict[str, QuestionName] = {"capital_not_stated": "savings", "income_not_stated": "income"}
# Where every municipality's client support can be found.
CLIENT_SUPPORT = "https://www.regelhulp.nl"


def notices(request: Request, compared: Comparison) -> Iterator[str]:
    """What must be seen before the amounts."""
    texts, municipality = request.texts, request.municipality
    may_differ = any(result.outcome == "amount" for result in _both(compared))
    if municipality is None and (may_differ or any(c.key == PARENTS_MAY_PAY for c in _caveats(compared))):
        yield texts("notice.municipality_unknown")
    if municipality and municipality.fictitious:
        yield texts("notice.fictitious", name=municipality.name)
    yield from (_notice(c, request) for c in _caveats(compared) if c.key in NOTICES and _was_asked(c, request))
    if request.answers.get("provisions") == (UNKNOWN,):
        yield texts("notice.provisions_unknown")
    if deciding := [texts(f"question.{name}.inside") for name in deciding_unknowns(request)]:
        yield texts("notice.answers_unknown", questions=texts.listed(deciding))


def _notice(caveat: Caveat, request: Request) -> str:
    """A caveat as a notice: with the name of the municipality where the page knows it."""
    texts, municipality, values = request.texts, request.municipality, dict(caveat.values)
    on = values.get("on")
    if caveat.key == POLICY_UNKNOWN and municipality and isinstance(on, date):
        return texts(wording("notice.policy_unknown", request), name=municipality.name, on=texts.date(on))
    return _in_words(caveat, request).text


def _was_asked(caveat: Caveat, request: Request) -> bool:
    """Whether a caveat may matter: a question that wasn't asked can't change the outcome."""
    about = ABOUT_MONEY.get(caveat.key)
    return about is None or about in request.answers


def differences(request: Request, compared: Comparison) -> list[Context]:
    """What could make it different: answers that aren't known, and caveats."""
    return [{"title": title, "text": text} for title, text in (*_unknowns(request), *_remarks(request, compared))]


def reasons(request: Request, compared: Comparison) -> Context | None:
    """Why CAK may charge something else: nothing where there is no amount to compare."""
    if compared.current.outcome not in ("amount", "nothing"):
        return None
    texts = request.texts
    items = [{"title": title, "text": text} for title, text in _reasons(request, compared)]
    return {"summary": texts("reason.intro.title"), "text": texts("reason.intro.text"), "items": items}


def todo(request: Request, compared: Comparison) -> list[Context]:
    """Whom to ask: the municipality, CAK, free client support."""
    municipality = request.municipality
    contact = municipality.contact if municipality else Contact()
    support = contact.client_support
    name = {"name": municipality.name} if municipality else {}
    helper = {"name": support.name} if support else {}
    entries = [
        _todo("municipality", name, _contact_lines(contact, request), request),
        *([] if left_to_municipality(compared) else [_todo("cak", {}, [], request)]),
        _todo(
            "client_support",
            helper,
            [
                *_line("phone", support.phone if support else "", request),
                *_line("website", (support.website if support else "") or CLIENT_SUPPORT, request),
            ],
            request,
        ),
    ]
    if any(result.outcome == "amount" for result in _both(compared)):
        entries.append(_todo("cannot_pay", {}, [], request))
    return entries


def left_to_municipality(compared: Comparison) -> bool:
    """Whether CAK has nothing to do with it, neither now nor later."""
    return all(result.outcome == "other_rule" and result.ground in NOT_OF_CAK for result in _both(compared))


def deciding_unknowns(request: Request) -> list[QuestionName]:
    """Questions answered with "I don't know" whose answer makes a difference, whatever else isn't known."""
    answers, setting = request.answers, request.setting
    unknown = [name for name in ABOUT_PEOPLE if answers.get(name) == (UNKNOWN,)]
    found: dict[tuple[str, ...], tuple[object, ...]] = {}
    if not unknown:
        return []
    for values in product(*(ABOUT_PEOPLE[name] for name in unknown)):
        known: dict[str, tuple[str, ...]] = {name: (value,) for name, value in zip(unknown, values, strict=True)}
        found[values] = _sums(interview.comparison({**answers, **known}, setting))
    return [name for place, name in enumerate(unknown) if _decides(place, found)]


def _decides(place: int, found: dict[tuple[str, ...], tuple[object, ...]]) -> bool:
    """Whether two combinations that differ in one answer only differ in what they give."""
    by_rest: dict[tuple[str, ...], set[tuple[object, ...]]] = {}
    for values, sums in found.items():
        by_rest.setdefault(values[:place] + values[place + 1 :], set()).add(sums)
    return any(len(sums) > 1 for sums in by_rest.values())


def _sums(compared: Comparison) -> tuple[object, ...]:
    return tuple(result.comes_to for result in _both(compared))


def _both(compared: Comparison) -> tuple[Estimate, ...]:
    return tuple(filter(None, (compared.current, compared.upcoming)))


# Differences


def _unknowns(request: Request) -> Iterator[tuple[str, str]]:
    """What each answer to a question that isn't answered would give, where that can be told from this alone."""
    texts, answers, setting = request.texts, request.answers, request.setting
    for name in deciding_unknowns(request):
        asked = interview.question(name, answers, setting)
        labels = {option.value: answer_label(option, asked, request) for option in asked.options}
        each = {value: interview.comparison({**answers, name: (value,)}, setting) for value in ABOUT_PEOPLE[name]}
        if len({_sums(compared) for compared in each.values()}) > 1:
            lines = [_possibility(labels[value], compared, request) for value, compared in each.items()]
            yield texts("unknown.title", question=texts(f"question.{name}.inside")), " ".join(lines)


def _possibility(answer: str, compared: Comparison, request: Request) -> str:
    texts, upcoming = request.texts, compared.upcoming
    now = texts.sum_for_period(compared.current)
    if upcoming is None:
        return texts("unknown.option.current", answer=answer, now=now)
    plan = texts.sum_for_period(upcoming)
    return texts("unknown.option", answer=answer, now=now, when=when(upcoming, texts), plan=plan)


def _remarks(request: Request, compared: Comparison) -> Iterator[tuple[str, str]]:
    """The caveats that aren't said elsewhere."""
    texts, upcoming = request.texts, compared.upcoming
    for caveat in _caveats(compared):
        if caveat.key == OF_NOW and not _has(OF_NOW, compared.current) and upcoming and upcoming.regime != "bill":
            continue
        if caveat.key not in (*NOTICES, *IN_PANELS) and _was_asked(caveat, request):
            title, text = _in_words(caveat, request)
            assumed = f"caveat.{caveat.key}.plan"
            if assumed in texts and upcoming and upcoming.regime == "bill" and _has(caveat.key, upcoming):
                text = f"{text} {texts(assumed)}"
            yield title, text
    yield from _income_dropped(request, compared)


def _income_dropped(request: Request, compared: Comparison) -> Iterator[tuple[str, str]]:
    """Reference-year shift: as it is now, or as it is assumed of the plan where only that looks at income."""
    texts, rules, now, upcoming = request.texts, request.setting.rules, compared.current, compared.upcoming
    title = texts("reason.income_dropped.title")
    if upcoming and upcoming.regime == "bill" and depends_on_income(upcoming) and not depends_on_income(now):
        yield title, texts("reason.income_dropped.text.plan")
    if now.outcome == "amount" and depends_on_income(now):
        year = date(contribution_year(rules, now.as_at), 1, 1)
        minimum, months = rules.series["shift_minimum_drop"], rules.series["shift_request_months"]
        if minimum.covers(year) and months.covers(year):
            drop, within = texts.plain_money(minimum.on(year).amount), texts.number(months.on(year).amount)
            values = {"drop": drop, "reference": now.reference_year, "months": within}
            yield title, texts("reason.income_dropped.text", **values)


def _in_words(caveat: Caveat, request: Request) -> Remark:
    said = request.texts.caveat(caveat)._asdict()
    keys = {part: f"caveat.{caveat.key}.{part}" for part in said}
    in_letter = {part: wording(key, request) for part, key in keys.items() if wording(key, request) != key}
    return Remark(**said | {part: request.texts(key) for part, key in in_letter.items()})


def _has(key: str, result: Estimate) -> bool:
    return any(caveat.key == key for caveat in result.caveats)


def _caveats(compared: Comparison) -> tuple[Caveat, ...]:
    """The caveats of both regimes, each once."""
    found: dict[str, Caveat] = {}
    for result in _both(compared):
        for caveat in result.caveats:
            found.setdefault(caveat.key, caveat)
    return tuple(found.values())


def _reasons(request: Request, compared: Comparison) -> Iterator[tuple[str, str]]:
    """Is this not what CAK charges you?"""
    texts, now = request.texts, compared.current

    def reason(name: str, variant: str = "", **values: object) -> tuple[str, str]:
        return texts(f"reason.{name}.title"), texts(f"reason.{name}.text{variant}", **values)

    if depends_on_income(now):
        asked = compared.upcoming.reference_year if compared.upcoming else now.reference_year
        variant = "" if asked != now.reference_year else ".same"
        yield reason("reference_year", variant, current=now.reference_year, asked=asked)
    if now.outcome == "amount":
        if request.municipality is None or _has(POLICY_UNKNOWN, now):
            yield reason("policy")
        yield reason("other_year", year=contribution_year(request.setting.rules, now.as_at))
        if any(kind in COST_PRICE_KINDS for kind in request.answers.get("provisions", ())):
            yield reason("cost_price")
        yield reason("part_month")
    if (household := request.answers.get("household")) and household != (UNKNOWN,):
        yield reason("partner", f".{household[0]}")
    yield _several_months(request, now)
    yield reason("other_contribution")


def _several_months(request: Request, now: Estimate) -> tuple[str, str]:
    """Arrears: how far back CAK may charge, where the law files say so."""
    texts, series = request.texts, request.setting.rules.series
    title = texts("reason.several_months.title")
    start, correction = series["start_back_months"], series["correction_back_months"]
    if not (start.covers(now.as_at) and correction.covers(now.as_at)):
        return title, texts("reason.several_months.text")
    limits = {"start": start.on(now.as_at).amount, "correction": correction.on(now.as_at).amount}
    months = {name: texts.count("age.months", limit) for name, limit in limits.items()}
    return title, texts("reason.several_months.text.limits", **months)


# What to do now


def _todo(kind: str, name: dict[str, str], lines: list[Context], request: Request) -> Context:
    title = f"todo.{kind}.title.name" if name else f"todo.{kind}.title"
    return {"title": request.texts(title, **name), "text": request.texts(f"todo.{kind}.text"), "lines": lines}


def _contact_lines(contact: Contact, request: Request) -> list[Context]:
    given = {
        "phone": contact.phone,
        "mail": contact.email,
        "address": ", ".join(contact.address),
        "hours": contact.hours,
        "website": contact.website,
    }
    return [line for kind, text in given.items() for line in _line(kind, text, request)]


def _line(kind: str, text: str, request: Request) -> Iterator[Context]:
    """One way to reach somebody; nothing where it isn't known."""
    if not text:
        return
    url = {
        "phone": f"tel:{re.sub(r'[^0-9+]', '', text)}",
        "mail": f"mailto:{text}",
        "website": text if "://" in text else f"https://{text}",
    }.get(kind, "")
    shown = re.sub(r"^https?://(www\.)?|/$", "", text) if kind == "website" else text
    yield {"pictogram": kind, "label": request.texts(f"line.{kind}"), "text": shown, "url": url}
