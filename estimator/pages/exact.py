"""A household that is known exactly, and not by the answers of an interview: in a letter to somebody, and at the desk.

Every amount is that of the household itself. The answers that describe it say which help, for whom, and what is asked;
where words for an interview would speak of what somebody filled in, a letter has words of its own.
"""

from __future__ import annotations

from typing import Any

from estimator import interview
from estimator.interview import FACTS, NONE, PROVISIONS, UNKNOWN, Answers, Setting
from estimator.pages.request import Request
from estimator.rules.estimate import Comparison, compare
from estimator.rules.household import COST_PRICE_KINDS, Household, Provision
from estimator.rules.money import OPEN_ENDED_CENTS, cents, euros
from estimator.rules.regimes import age_of, exempt_nights

# What a letter says in place of what is said to somebody who filled in answers.
IN_A_LETTER = {
    "panel.other_year": "panel.other_year.letter",
    "panel.other_year.income_only": "panel.other_year.income_only.letter",
    "panel.bill.answers": "panel.bill.answers.letter",
    "panel.bill.income_not_stated": "panel.bill.income_not_stated.letter",
    "panel.months_to_pay.unknown": "panel.months_to_pay.unknown.letter",
    "receipt.caption.high": "receipt.caption.high.letter",
    "receipt.low": "receipt.low.letter",
    "receipt.low.nothing": "receipt.low.nothing.letter",
    "origin.answer": "origin.answer.letter",
    "chart.text": "chart.text.letter",
    "chart.text.range": "chart.text.range.letter",
    "chart.own": "chart.own.letter",
    "caveat.income_not_stated.title": "caveat.income_not_stated.title.letter",
    "caveat.income_not_stated.text": "caveat.income_not_stated.text.letter",
    # The municipality that sends a letter is "we" in it.
    "notice.policy_unknown": "notice.policy_unknown.letter",
    "caveat.low_income_limit_unknown.text": "caveat.low_income_limit_unknown.text.letter",
    "caveat.sports_wheelchair_local.text": "caveat.sports_wheelchair_local.text.letter",
    "caveat.parents_may_pay.text": "caveat.parents_may_pay.text.letter",
    "caveat.plan_groups_open.text": "caveat.plan_groups_open.text.letter",
    "caveat.paid_before_2020_unknown.text": "caveat.paid_before_2020_unknown.text.letter",
}
CENTS_A_EURO = 100


def wording(key: str, request: Request) -> str:
    """The key of what is said: to somebody who answered, or in a letter."""
    return IN_A_LETTER.get(key, key) if request.letter else key


def answers_of(household: Household, setting: Setting) -> Answers:
    """The answers that describe a household; what no answer can say is left out or not known."""
    rules, on = setting.rules, setting.on
    facts = {
        "long_term_care": household.long_term_care,
        "sheltered_living": household.sheltered_living,
        "shelter": household.shelter_nights >= exempt_nights(rules),
    }
    found: dict[str, tuple[str, ...]] = {
        "provisions": tuple(kind for kind in PROVISIONS if kind in household.kinds),
        "age": (age_of(rules, household.client_age, household.client_born, on),),
        "household": (household.composition,),
    }
    if household.composition == "couple":
        partner = age_of(rules, household.partner_age, household.partner_born, on)
        found["partner_age"] = ("pension" if partner == "pension" else "adult",)
    found["facts"] = tuple(fact for fact in FACTS if facts[fact]) or (NONE,)
    if cost := _cost(household):
        found["cost"] = cost
    income = None if household.no_income_data else household.income_ends
    return {**found, "income": (_band(income),), "savings": (_band(household.assets_ends),)}


def _cost(household: Household) -> tuple[str, ...]:
    """The price of the one aid there is; not known where one has none; no answer where there are several prices."""
    prices = [provision.cost_price for provision in household.provisions if provision.kind in COST_PRICE_KINDS]
    if None in prices:
        return (UNKNOWN,)
    return (euros(cents(prices[0])),) if len(prices) == 1 and prices[0] is not None else ()


def _band(ends: tuple[int, int] | None) -> str:
    """An amount or a range as the answer to a question about money: in whole euro."""
    if ends is None:
        return UNKNOWN
    low, high = ends
    return f"{low // CENTS_A_EURO}-{'' if high >= OPEN_ENDED_CENTS else high // CENTS_A_EURO}"


class Variants:
    """The household of a request once it is older, and what the rules say of that."""

    def __init__(self, household: Household, request: Request) -> None:
        self.household, self.setting = household, request.setting
        self.policy = interview.policy_of(request.answers, request.setting)

    def at_pension_age(self, names: list[str], priced: bool = True) -> Comparison:
        """Once the client ("age"), the partner ("partner_age") or both have pension age.

        Of a couple no month before counts for a cost price. Without ``priced`` as if nothing had one.
        """
        other: dict[str, Any] = {}
        for name in names:
            who = {"age": "client", "partner_age": "partner"}[name]
            other |= {f"{who}_age": "pension", f"{who}_born": None}
        left_out: dict[str, Any] = {"start": None} if self.household.composition == "couple" else {}
        left_out |= {} if priced else {"cost_price": None}
        provisions = tuple(Provision.model_construct(**_fields(p) | left_out) for p in self.household.provisions)
        return self._compared(Household.model_construct(**_fields(self.household) | other | {"provisions": provisions}))

    def _compared(self, household: Household) -> Comparison:
        return compare(household, self.setting.on, self.policy, self.setting.rules)


def _fields(model: Household | Provision) -> dict[str, Any]:
    """What was stated; a copy of a model would keep what it has worked out from that."""
    return {name: getattr(model, name) for name in type(model).model_fields}
