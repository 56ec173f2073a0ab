"""What was stated of a household that is known exactly: each question with its answer, to the cent and the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from estimator.interview import FACTS, NONE, Option
from estimator.pages.question import band_label, short_heading
from estimator.pages.request import Context, Request
from estimator.rules.household import COST_PRICE_KINDS, MONITORED_FROM, Household, Provision
from estimator.rules.money import OPEN_ENDED_CENTS, cents
from estimator.rules.regimes import reference_year
from estimator.texts import Texts

CENTS_A_EURO = 100


def stated_rows(request: Request, household: Household) -> list[Context]:
    """The rows of the answers, for whoever gave them or checks them."""
    return [
        {"name": name, "question": heading, "answer": lines}
        for name, heading, lines in _rows(request, household)
        if lines
    ]


def stated_provision(provision: Provision, texts: Texts) -> str:
    """A provision with what is known of it: its cost price, its start."""
    kind = texts(f"option.provisions.{provision.kind}")
    details = list(_details(provision, texts))
    return texts("stated.provision", kind=kind, details="; ".join(details)) if details else kind


def _rows(request: Request, h: Household) -> Iterator[tuple[str, str, list[str]]]:
    texts = request.texts
    couple = h.composition == "couple"
    yield "provisions", short_heading("provisions", request), [stated_provision(p, texts) for p in h.provisions]
    yield "household", short_heading("household", request), [texts(f"answer.household.{h.composition}")]
    yield "age", short_heading("age", request), [_age("age", h.client_born, request)]
    if couple:
        yield "partner_age", short_heading("partner_age", request), [_age("partner_age", h.partner_born, request)]
    yield "facts", short_heading("facts", request), list(_facts(h, texts))
    if h.college_exemption:
        yield "exemption", texts("stated.exemption"), [texts(f"stated.exemption.{h.college_exemption}")]
    if now := request.exact_now:
        heading = texts("question.income.short", year=reference_year(request.setting.rules, request.setting.on))
        yield "income_then", heading, list(_income(now, request))
    yield "income", short_heading("income", request), list(_income(h, request))
    yield "savings", short_heading("savings", request), list(_savings(h, request))


def _details(provision: Provision, texts: Texts) -> Iterator[str]:
    if provision.delivery == "personal_budget":
        yield texts("stated.personal_budget")
    if provision.kind in COST_PRICE_KINDS and provision.cost_price is not None:
        yield texts("stated.cost_price", price=texts.plain_money(cents(provision.cost_price)))
    if provision.start:
        yield texts("stated.start", date=texts.date(provision.start))
    if provision.paid_before_2020 is not None:
        paid = texts.plain_money(cents(provision.paid_before_2020))
        yield texts("stated.paid_before", date=texts.date(MONITORED_FROM), paid=paid)


def _age(name: str, born: date | None, request: Request) -> str:
    texts = request.texts
    if born:
        return texts("stated.born", date=texts.date(born))
    value = request.answers[name][0]
    key = f"answer.{name}.{value}"
    return texts(key) if key in texts else texts(f"option.{name}.{value}", **_ages(request))


def _ages(request: Request) -> dict[str, int]:
    return {"age": request.setting.rules.on("adult_age", request.setting.on).amount}


def _facts(h: Household, texts: Texts) -> Iterator[str]:
    holds = {"long_term_care": h.long_term_care, "sheltered_living": h.sheltered_living, "shelter": h.shelter_nights}
    for fact in FACTS:
        if holds[fact]:
            told = texts(f"option.facts.{fact}")
            nights = texts.count("stated.nights", h.shelter_nights) if fact == "shelter" else ""
            yield texts("stated.provision", kind=told, details=nights) if nights else told
    if not any(holds.values()):
        yield texts(f"answer.facts.{NONE}")


def _income(h: Household, request: Request) -> Iterator[str]:
    if h.no_income_data:
        yield request.texts("stated.no_income_data")
    elif h.income_ends:
        yield _ends(h.income_ends, request)
    else:
        yield request.texts("answer.not_filled_in")


def _savings(h: Household, request: Request) -> Iterator[str]:
    texts, capital = request.texts, h.capital_cents
    if h.assets_ends:
        yield _ends(h.assets_ends, request)
    elif capital is not None:
        yield texts("stated.capital", capital=texts.plain_money(capital))
    else:
        yield texts("answer.not_filled_in")


def _ends(ends: tuple[int, int], request: Request) -> str:
    low, high = ends
    if low == high:
        return request.texts.plain_money(low)
    closed = None if high >= OPEN_ENDED_CENTS else high // CENTS_A_EURO
    return band_label(Option("", low // CENTS_A_EURO, closed), request)
