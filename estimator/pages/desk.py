"""The desk: one household as an employee types it, with everything that the rules say of it beside the form.

A second household may stand beside the first: the same people if a partner moves in, or if their income drops.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from estimator.files import LOCALES
from estimator.interview import Setting, asked_year, policy_of
from estimator.municipalities import Municipality
from estimator.pages.conversation import (
    COMPOSITIONS,
    DELIVERIES,
    EXEMPTIONS,
    FIRST,
    PROVISION_FIELDS,
    SECOND,
    Case,
    Conversation,
    Mistake,
    given,
    rows_of,
    value_of,
)
from estimator.pages.exact import answers_of
from estimator.pages.outcome import Outcome, found, said
from estimator.pages.request import Context, Request
from estimator.pages.result import articles_for
from estimator.pages.site import Site
from estimator.pages.stated import stated_provision
from estimator.pages.verdict import change_in_words
from estimator.pages.visit import LARGE, LETTERS, NO_SECOND, Fields, paper_of
from estimator.rules.ahead import changes_ahead
from estimator.rules.cost_price import longest
from estimator.rules.estimate import Comparison, Estimate, Left, aids_left, low_income_distance
from estimator.rules.household import AGE_GROUPS, KINDS, MONITORED_FROM
from estimator.rules.reference_year import Shift, reference_year_shift
from estimator.rules.regimes import contribution_year, reference_year
from estimator.texts import Texts

TEXTS = "nl"  # the desk is Dutch; what it prints is in the resident's language


class Desk(NamedTuple):
    """A conversation at the desk of a service, at a moment."""

    site: Site
    conversation: Conversation
    now: datetime
    before: str = ""

    @property
    def setting(self) -> Setting:
        """In which the interview would be held: on the date and with the municipality of the conversation."""
        talk = self.conversation
        return self.site.setting._replace(on=talk.on, fixed=talk.code or None, offered=())

    @property
    def asks_two_years(self) -> bool:
        """Whether now another reference year counts than the one that is asked for first: that of the rules to come."""
        return reference_year(self.setting.rules, self.setting.on) != asked_year(self.setting)

    def request(self, case: Case, locale: str = TEXTS) -> Request | None:
        """What a household's pages and sheets are filled from; ``None`` where there is none yet."""
        if case.household is None:
            return None
        return Request(
            Texts(locale), self.setting, answers_of(case.household, self.setting), "desk", self.now,
            {each: f"{self.before}/{each}/" for each in LOCALES}, self.site.municipalities,
            live_url=f"{self.before}/{locale}/", library=self.site.library, exact=case.household,
            exact_now=case.now if self.asks_two_years else None,
            public_url=self.site.public_url,
        )  # fmt: skip


def codes_of(site: Site) -> tuple[str, ...]:
    """The municipalities that can be chosen at the desk: its own first."""
    offered = site.setting.offered
    return (site.fixed, *(code for code in offered if code != site.fixed)) if site.fixed else offered


def desk_page(desk: Desk) -> Context:
    """The context of ``desk.html``."""
    talk, texts = desk.conversation, Texts(TEXTS)
    fields, began = talk.fields, given(talk.fields)
    mistakes = [*talk.mistakes, *talk.first.mistakes, *(talk.second.mistakes if talk.second else ())]
    told = mistakes if began else [mistake for mistake in mistakes if not mistake.missing]
    first = desk.request(talk.first)
    asked = ((talk.first, FIRST), *([(talk.second, SECOND)] if talk.second else []))
    outcomes = [_outcome(request, case, prefix) for case, prefix in asked if (request := desk.request(case))]
    changes = list(_changes(*(outcome.compared for outcome, _ in outcomes))) if len(outcomes) > 1 else []
    return {
        "began": began,
        "on": value_of(fields, "on") or f"{talk.on:%-d-%-m-%Y}",
        "municipality": {"name": "municipality", "options": list(_municipalities(desk)), "error": ""},
        "errors": _errors(told),
        "cases": [_form(FIRST, fields, texts), *([_form(SECOND, fields, texts)] if talk.second else [])],
        "mistakes": [mistake._asdict() for mistake in told if not mistake.missing],
        "missing": [mistake._asdict() for mistake in told if mistake.missing],
        "outcomes": [context for _, context in outcomes],
        "changes": changes,
        "paper": _paper(fields, texts) if first else None,
        "text_for_file": _as_text([context for _, context in outcomes], changes) if first else "",
        "choices": _choices(texts, talk.on, desk),
        "second": bool(talk.second),
        "years": _years(desk),
        "days": {
            "assets": texts.date(date(asked_year(desk.setting), 1, 1)),
            "monitored": texts.date(MONITORED_FROM),
        },
    }


def _errors(mistakes: Sequence[Mistake]) -> dict[str, str]:
    return {mistake.field: mistake.text for mistake in mistakes if not mistake.missing}


def _municipalities(desk: Desk) -> Iterator[Context]:
    texts, code = Texts(TEXTS), desk.conversation.code
    yield _option("", texts("desk.municipality.none"), code)
    for each in codes_of(desk.site):
        yield _option(each, _name(desk.site.municipalities[each], texts), code)


def _name(municipality: Municipality, texts: Texts) -> str:
    name = municipality.name
    return texts("option.municipality.fictitious", name=name) if municipality.fictitious else name


def _form(prefix: str, fields: Fields, texts: Texts) -> Context:
    """One household as it stands in the form."""
    values = {name.removeprefix(prefix): value_of(fields, name) for name in fields if name.startswith(prefix)}
    rows = [
        {"number": number, **{name: values.get(f"{name}.{number}", "") for name in PROVISION_FIELDS}}
        for number in rows_of(fields, prefix)
    ]
    return {
        "prefix": prefix,
        "heading": texts("desk.second.heading" if prefix else "desk.first.heading"),
        "values": {"composition": COMPOSITIONS[0]} | {name: value for name, value in values.items() if value},
        "rows": rows,
    }


def _choices(texts: Texts, on: date, desk: Desk) -> Context:
    """What can be chosen from in a field, in the words of the interview."""
    age = {"age": desk.site.rules.on("adult_age", on).amount} if desk.site.rules.series["adult_age"].covers(on) else {}
    return {
        "composition": [_choice(each, texts(f"answer.household.{each}")) for each in COMPOSITIONS],
        "age": [_choice(each, texts(f"desk.age.{each}", **age)) for each in AGE_GROUPS],
        "kind": [_choice(each, texts(f"option.provisions.{each}")) for each in KINDS],
        "delivery": [_choice(each, texts(f"desk.delivery.{each}")) for each in DELIVERIES],
        "exemption": [_choice(each, texts(f"stated.exemption.{each}")) for each in EXEMPTIONS],
    }


def _choice(value: str, label: str) -> Context:
    return {"value": value, "label": label}


def _option(value: str, label: str, given: str, lang: str = "") -> Context:
    return {"value": value, "label": label, "selected": value == given, "lang": lang}


def _years(desk: Desk) -> Context:
    """Of which year the amounts are asked for, and of which year they may be expected."""
    setting = desk.setting
    then = reference_year(setting.rules, setting.on) if desk.asks_two_years else None
    return {"asked": asked_year(setting), "then": then, "now": contribution_year(setting.rules, setting.on)}


# The outcome


def _outcome(request: Request, case: Case, prefix: str) -> tuple[Outcome, Context]:
    """What the rules say of one household, and all that is told of it."""
    outcome, texts = found(request), request.texts
    words = said(request, *outcome)
    return outcome, {
        **words,
        "prefix": prefix,
        "heading": texts("desk.second.heading" if prefix else "desk.first.heading"),
        "short": "".join(piece["text"] for piece in words["verdict"]),
        "aids": list(_aids(request, outcome)),
        "income": list(filter(None, (_limit(request, outcome), *_shift(request, case)))),
        "ahead": list(_ahead(request, outcome)),
        "policy": _policy(request),
        "articles": articles_for(request, outcome.compared),
    }


def _changes(before: Comparison, after: Comparison) -> Iterator[Context]:
    """What is different in the second household."""
    texts = Texts(TEXTS)
    for kind, first, then in (("now", before.current, after.current), ("plan", before.upcoming, after.upcoming)):
        if first and then:
            yield {"kind": kind, "text": _change(kind, first, then, texts)}


def _change(kind: str, first: Estimate, then: Estimate, texts: Texts) -> str:
    name = "now" if kind == "now" else "plan" if then.status == "proposed" else "law"
    told = texts(f"what_if.{name}", sum=texts.sum_for_period(then))
    if texts.sum_for_period(first) == texts.sum_for_period(then):
        return f"{told} {texts('what_if.same')}"
    words = [told, change_in_words(first, then, texts), texts("what_if.instead", sum=texts.sum_for_period(first))]
    return " ".join(filter(None, words))


def _aids(request: Request, outcome: Outcome) -> Iterator[Context]:
    """What remains of the cost price of each aid, how many months are left, and until when."""
    texts, setting, household = request.texts, request.setting, outcome.household
    left = aids_left(household, setting.on, policy_of(request.answers, setting), setting.rules)
    running = [place for place, found in enumerate(left) if found and found.months_left]
    last = longest([found.course for place in running if (found := left[place])]) if len(running) > 1 else None
    carries = outcome.compared.current.carries
    for place, (provision, found) in enumerate(zip(household.provisions, left, strict=True)):
        if provision.cost_price is not None:
            yield {
                "name": stated_provision(provision, texts),
                "text": " ".join(_left(found, place < len(carries) and carries[place], texts)),
                "longest": last is not None and place == running[last],
            }


def _ahead(request: Request, outcome: Outcome) -> Iterator[Context]:
    """The days on which something changes, with what is due from then on."""
    texts, setting, household = request.texts, request.setting, outcome.household
    policy = policy_of(request.answers, setting)
    of_plan = changes_ahead(household, setting.on, policy, setting.rules)
    of_now = changes_ahead(request.exact_now, setting.on, policy, setting.rules) if request.exact_now else of_plan
    found = [*(c for c in of_now if c.after.regime != "bill"), *(c for c in of_plan if c.after.regime == "bill")]
    for each in sorted(found, key=lambda change: change.day):
        kinds = [texts.inside(texts(f"option.provisions.{household.provisions[place].kind}")) for place in each.places]
        key = f"desk.ahead.{each.kind}{f'.{each.who}' if each.who else ''}"
        yield {
            "day": texts.date(each.day),
            "what": texts(key, kinds=texts.listed(kinds)) if kinds else texts(key),
            "sum": texts.sum_for_period(each.after),
            "mark": texts(f"desk.ahead.{each.status}") if each.status != "known" else "",
        }


def _policy(request: Request) -> list[str]:
    """What the municipality decided for this day: where that was read, and what is known of it besides."""
    texts, municipality, on = request.texts, request.municipality, request.setting.on
    if municipality is None:
        return []
    found = zip(municipality.policy.periods, municipality.decisions, strict=True)
    decision = next((decision for period, decision in found if period.covers(on)), None)
    if decision is None:
        return [texts("desk.policy.unknown", name=municipality.name, on=texts.date(on))]
    told = texts("desk.policy.source", source=decision.source, checked=texts.date(decision.checked))
    return list(filter(None, (told, decision.note)))


def _limit(request: Request, outcome: Outcome) -> str:
    """How far the income is from the municipality's limit, where there is one that is known."""
    texts, setting = request.texts, request.setting
    policy, year = policy_of(request.answers, setting), reference_year(setting.rules, setting.on)
    counts = request.exact_now or outcome.household
    found = low_income_distance(counts, setting.on, policy, "current", setting.rules)
    if found is None:
        return ""
    if request.exact_now is None and year != asked_year(setting):
        return texts("desk.limit.year", limit=texts.plain_money(found.limit), year=year)
    limit, low, high = texts.plain_money(found.limit), found.above_lowest, found.above_highest
    if low == high == 0:
        return texts("desk.limit.at", limit=limit)
    if high is not None and high < 0:
        return texts("desk.limit.below", limit=limit, distance=texts.money(-high))
    if low >= 0:
        return texts("desk.limit.above", limit=limit, distance=texts.money(low))
    return texts("desk.limit.across", limit=limit)


def _shift(request: Request, case: Case) -> list[str]:
    """Whether moving the reference year is worth asking for now: where the income of that year is known."""
    setting, policy = request.setting, policy_of(request.answers, request.setting)
    counts = case.now or request.exact
    if case.income_now is None or counts is None:
        return []
    texts, year = request.texts, reference_year(setting.rules, setting.on)
    if request.exact_now is None and year != asked_year(setting):
        return [texts("desk.shift.year", year=year)]
    shift = reference_year_shift(counts, case.income_now, setting.on, policy, "current", setting.rules)
    return [_shift_in_words(shift, texts)] if shift.before.outcome in ("amount", "nothing") else []


def _shift_in_words(shift: Shift, texts: Texts) -> str:
    if shift.applies is None:
        return texts(f"desk.shift.{shift.ground}", year=shift.year)
    if not shift.applies:
        minimum = shift.minimum_drop
        if minimum is None or (shift.drop_high is not None and shift.drop_high <= 0):
            return texts("desk.shift.not_lower", year=shift.year)
        return texts("desk.shift.too_little", year=shift.year, minimum=texts.plain_money(minimum))
    before, after = shift.before, shift.after
    if after is None or before.comes_to == after.comes_to:
        return texts("desk.shift.same", year=shift.year)
    sums = {"before": texts.sum_for_period(before), "after": texts.sum_for_period(after)}
    until = texts("desk.shift.until", date=texts.date(shift.request_until)) if shift.request_until else ""
    return " ".join(filter(None, (texts("desk.shift.worth", year=shift.year, **sums), until)))


def _left(found: Left | None, is_charged: bool, texts: Texts) -> Iterator[str]:
    """What remains, for how many months and until when; or why that isn't known or there is nothing to pay."""
    if found is None:
        monitored = texts.date(MONITORED_FROM)
        yield texts("desk.aids.paid_before", date=monitored) if is_charged else texts("desk.aids.free")
        return
    yield texts("desk.aids.remaining", remaining=texts.money(found.remaining))
    end = found.course.virtual_end
    if not found.months_left or end is None:
        yield texts("desk.aids.reached")
        return
    yield texts.count("desk.aids.months", found.months_left, until=texts.date(end))
    if found.course.left_over:
        yield texts("desk.aids.left_over", rest=texts.money(found.course.left_over))
    if found.course.last_amount_used:
        yield texts("panel.months_to_pay.last_amount")


# What goes along: on paper, as text, as data


def _paper(fields: Fields, texts: Texts) -> Context:
    """How a sheet may be asked for: in which language, which other one beside it, and in how large letters."""
    paper = paper_of(fields, TEXTS)
    second = paper.locales[1] if len(paper.locales) > 1 else NO_SECOND
    letters = LARGE if paper.large else LETTERS[0]
    return {
        "language": [_option(each, Texts(each).own_name, paper.locales[0], each) for each in LOCALES],
        "second": [
            _option(NO_SECOND, texts("paper.second.none"), second),
            *(_option(each, Texts(each).own_name, second, each) for each in LOCALES),
        ],
        "letters": [_option(each, texts(f"paper.letters.{each}"), letters) for each in LETTERS],
    }


def _as_text(outcomes: Sequence[Context], changes: Sequence[Context]) -> str:
    """All that is told of the households as plain text, to paste into a file."""
    texts, several = Texts(TEXTS), len(outcomes) > 1
    parts = [
        part for words in outcomes for part in ([[words["heading"]]] if several else []) + _text_parts(words, texts)
    ]
    parts.append([change["text"] for change in changes])
    return "\n\n".join("\n".join(filter(None, lines)) for lines in parts if lines)


def _text_parts(words: Context, texts: Texts) -> list[list[str]]:
    ahead = [f"- {each['day']}: {each['what']}. {each['mark']} {each['sum']}" for each in words["ahead"]]
    aids = [f"- {each['name']}. {each['text']}" for each in words["aids"]]
    return [
        [f"{fact['label']}: {fact['value']}" for fact in words["reference"]],
        ["".join(piece["text"] for piece in words["verdict"]), texts("ui.estimate"), *words["notices"]],
        *(list(_panel_lines(panel)) for panel in words["panels"]),
        [texts("desk.aids"), *aids] if aids else [],
        words["policy"],
        words["income"],
        [texts("desk.ahead"), *ahead] if ahead else [],
        [texts("ui.answers"), *(f"- {row['question']}: {'; '.join(row['answer'])}" for row in words["answers"])],
        *(_receipt_lines(receipt) for receipt in words["receipts"] if receipt["rows"]),
        [*words["fine_print"], *(f"{fact['label']}: {fact['value']}" for fact in words["receipt"])],
    ]


def _panel_lines(panel: Context) -> Iterator[str]:
    yield panel["heading"]
    yield panel["mark"]
    yield " ".join(filter(None, (panel["sum"], panel["per"])))
    yield from (panel["year"], panel["months"], *panel["text"])


def _receipt_lines(receipt: Context) -> list[str]:
    return [receipt["caption"], *map(_receipt_line, receipt["rows"])]


def _receipt_line(row: Context) -> str:
    detail = f" ({row['detail']})" if row["detail"] else ""
    return f"- {row['label']}: {row['amount']}{detail}"
