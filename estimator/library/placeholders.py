"""Placeholders of texts: expressions of few words, filled from the law files in the words of a language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from estimator.municipalities import Municipality
from estimator.rules.cost_price import payment_course
from estimator.rules.estimate import estimate
from estimator.rules.household import MONITORED_FROM, Household
from estimator.rules.law import Amount, Law, NotKnown, Plan
from estimator.rules.money import cents
from estimator.rules.pension_age import pension_age_on
from estimator.rules.regimes import reference_year
from estimator.texts import Texts

# Of the exempt amount there are two that people ask for: that of now, and that of the year in which the plan begins.
EXEMPT, PLAN_EXEMPT = "exempt_amount", "plan_exempt_amount"
RATE = "monthly_amount"
PLACEHOLDER = re.compile(r"{{(.*?)}}", re.DOTALL)
OF_THE_RATE = re.compile(rf"{RATE}|months_to_pay")


class _Sandbox(SandboxedEnvironment):
    """Expressions may call what they are given, and nothing that it leads to."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return isinstance(obj, Contact | PlanDates) and not attr.startswith("_")


_sandbox = _Sandbox(undefined=StrictUndefined)
_sandbox.globals.clear()  # no range(10**9)


class PlaceholderError(ValueError):
    """A placeholder that says nothing: what was found, and what is wrong with it."""


def filled(content: str, facts: Facts) -> str:
    """Words with their placeholders filled; raises ``PlaceholderError``."""
    if "{{" not in content:
        return content
    try:
        return _compiled(content).render(facts.names)
    except Exception as error:  # whatever an expression of a file comes to
        raise PlaceholderError(f"found {content[:80]!r}; {type(error).__name__}: {error}") from None


@lru_cache(maxsize=4096)
def _compiled(content: str) -> Template:
    return _sandbox.from_string(content)


class PlanDates(NamedTuple):
    """The dates of the plan that a text may name."""

    planned_from: date
    seen_until: date
    checked: date


class Contact(NamedTuple):
    """A municipality as a text names it: in words, or with room to fill in where it isn't known."""

    name: str
    full_name: str
    phone: str
    address: str
    hours: str
    website: str
    client_support: str


class Facts:
    """What the placeholders of a text can say, in a language, for a date, and for a municipality or none.

    A letter to somebody has their own salutation and the words for their own estimate.
    """

    def __init__(
        self,
        texts: Texts,
        rules: Law,
        on: date,
        municipality: Municipality | None = None,
        salutation: str = "",
        estimate: str = "",
    ) -> None:
        self.texts, self.rules, self.on, self.municipality = texts, rules, on, municipality
        self.salutation, self.estimate = salutation, estimate

    @cached_property
    def names(self) -> dict[str, Any]:
        """Every name that a placeholder may use."""
        texts, rules, plan = self.texts, self.rules, self.rules.plan
        pension = pension_age_on(rules, self.on)
        return {
            "on": self.on,
            "plan": PlanDates(plan.planned_from, plan.seen_until, plan.checked),
            "municipality": contact(self.municipality, texts),
            "salutation": self.salutation or texts("letter.salutation"),
            "estimate": self.estimate or texts("letter.estimate.ask"),
            "reference_year": reference_year(rules, self.on),
            "plan_reference_year": self._plan_reference_year,
            "pension_age": texts.age(pension) if pension else texts("library.not_known"),
            "amount": self.amount,
            "date": texts.date,
            "month": texts.month,
            "day": date.fromisoformat,
            "year": lambda day: day.year,
            "euro": lambda amount: texts.plain_money(round(amount * 100)),
            "plan_amount": self.plan_amount,
            "months_to_pay": self.months_to_pay,
        }

    @property
    def _plan_reference_year(self) -> int:
        return reference_year(self.rules, max(self.on, self.rules.plan.planned_from))

    def amount(self, name: str, on: date) -> str:
        """A dated amount in words: of a plan as it is planned, of what isn't known yet the last one with its year."""
        found = self._amount(name, on)
        shown = self._in_words(found)
        if found.last is not None and found.last < self._day(name, on):
            return self.texts("library.amount_of_year", amount=shown, year=found.last.year)
        return shown

    def _amount(self, name: str, on: date) -> Amount:
        series = self.rules.series.get(EXEMPT if name == PLAN_EXEMPT else name)
        if series is None:
            raise LookupError(f"amount: found {name!r}; allowed: the name of a series of the law files")
        try:
            return series.on(max(self._day(name, on), series.starts[0]))
        except NotKnown as unknown:
            if unknown.last is None:
                raise
            return unknown.last

    def _day(self, name: str, on: date) -> date:
        """The day that decides: of an exempt amount the first of the reference year."""
        if name == EXEMPT:
            return date(reference_year(self.rules, on), 1, 1)
        return date(self._plan_reference_year, 1, 1) if name == PLAN_EXEMPT else on

    def _in_words(self, amount: Amount) -> str:
        if amount.unit.startswith("cent"):
            return self.texts.plain_money(amount.amount)
        return self.texts.percent(amount.amount) if amount.unit == "per_mille" else self.texts.number(amount.amount)

    def plan_amount(self, household: Literal["single", "couple"], income: int, savings: int = 0) -> str:
        """What the plan comes to a month for an example of people at pension age."""
        partner = {"partner_age": "pension"} if household == "couple" else {}
        example = Household.model_validate(
            {
                "composition": household, "client_age": "pension", **partner, "income": income, "assets": savings,
                "provisions": [{"kind": "domestic_help"}],
            }
        )  # fmt: skip
        return self.texts.sum_of(estimate(example, self.rules.plan.planned_from, which="upcoming", rules=self.rules))

    def months_to_pay(self, cost_price: float) -> str:
        """For how many months an aid with this cost price is paid for, if the rate stays what it is now."""
        rate = self._amount(RATE, self.on).amount
        course = payment_course(self.rules, cents(str(cost_price)), MONITORED_FROM, lambda _: rate, lambda _: rate)
        return self.texts.number(course.months)

    def remarks(self, content: str, sources: Collection[str]) -> Iterator[str]:
        """What must be said beside a text that was overtaken: by the date, or by what became of the plan.

        It is about the plan as long as the bill is among its sources.
        """
        texts, plan = self.texts, self.rules.plan
        if bill(plan) in sources:
            planned_from = texts.date(plan.planned_from)
            if plan.is_law:
                yield texts("article.plan_is_law", planned_from=planned_from)
            elif plan.status == "withdrawn":
                yield texts("article.plan_withdrawn")
            elif plan.planned_from <= self.on:
                seen_until = texts.month(plan.seen_until)
                yield texts("caveat.plan_not_started.text", planned_from=planned_from, seen_until=seen_until)
        if OF_THE_RATE.search(" ".join(PLACEHOLDER.findall(content))) and not self.rules.series[RATE].covers(self.on):
            yield texts("article.rate_unknown", year=self.on.year)


def bill(plan: Plan) -> str:
    """How a text names the bill among its sources."""
    return f"wetsvoorstel {plan.number}"


def contact(municipality: Municipality | None, texts: Texts) -> Contact:
    """How a text names a municipality, and how to reach it."""
    given = municipality.contact if municipality else None
    support = given.client_support if given else None
    found = {
        "phone": given.phone if given else "",
        "address": ", ".join(given.address) if given else "",
        "hours": given.hours if given else "",
        "website": given.website if given else "",
        "client_support": ", ".join(filter(None, (support.name, support.phone))) if support else "",
    }
    filled = {key: value or texts(f"library.contact.{key}") for key, value in found.items()}
    if municipality is None:
        return Contact(texts("library.contact.name"), texts("library.contact.full_name"), **filled)
    return Contact(municipality.name, texts("library.municipality", name=municipality.name), **filled)
