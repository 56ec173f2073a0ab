"""The two panels: what is due now beside what the plan would make of it, each with what decides it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from estimator import interview
from estimator.interview import UNKNOWN
from estimator.pages.question import band_label
from estimator.pages.request import Context, Request
from estimator.pages.verdict import grounds
from estimator.rules.cost_price import LONGEST, longest
from estimator.rules.estimate import Comparison, Estimate, payment_courses
from estimator.rules.money import cents
from estimator.rules.trace import Step
from estimator.texts import walk

# Caveats that stand with the outcome that they are about.
IN_PANELS = ("plan_exemptions_assumed",)


def panels(request: Request, compared: Comparison) -> list[Context]:
    """``now``, and ``plan`` where other rules are to come."""
    now, upcoming = compared.current, compared.upcoming
    heading = request.texts("panel.now.heading", year=now.as_at.year)
    found = [_panel("now", heading, "", now, compared, request)]
    if upcoming:
        found.append(
            _panel("plan", upcoming_heading(upcoming, request), _mark(upcoming, request), upcoming, compared, request)
        )
    return found


def upcoming_heading(upcoming: Estimate, request: Request) -> str:
    """The plan, or the new rules, with the day on which they begin."""
    kind = "plan" if upcoming.status == "proposed" else "law"
    return request.texts(f"panel.{kind}.heading", date=request.texts.date(_begins(upcoming, request)))


def depends_on_income(estimate: Estimate) -> bool:
    """Whether income decides: where there is a limit, and wherever a contribution follows income."""
    keys = {step.key for step in walk(estimate.steps)}
    return estimate.outcome in ("amount", "nothing") and bool(keys & {"income", "low_income_limit", "maximum"})


def _begins(upcoming: Estimate, request: Request) -> date:
    plan = request.setting.rules.plan
    return plan.planned_from if upcoming.regime == "bill" else upcoming.as_at


def _mark(upcoming: Estimate, request: Request) -> str:
    texts = request.texts
    if upcoming.status == "proposed":
        return texts("panel.mark.proposed", month=texts.month(request.setting.rules.plan.seen_until))
    return texts("panel.mark.adopted") if upcoming.regime == "bill" else ""


def _panel(kind: str, heading: str, mark: str, result: Estimate, compared: Comparison, request: Request) -> Context:
    texts = request.texts
    amount = result.outcome == "amount"
    about = ".about" if result.regime == "bill" else ""
    return {
        "kind": kind,
        "heading": heading,
        "sum": texts.sum_of(result),
        "per": texts(f"per.{result.period}{about}") if amount else "",
        "year": texts("per.year", sum=texts.year_sum_of(result)) if amount else "",
        "mark": mark,
        "text": list(_amount_text(result, compared, request) if amount else _ground_text(result, compared, request)),
    }


def _ground_text(result: Estimate, compared: Comparison, request: Request) -> Iterator[str]:
    texts = request.texts
    yield from grounds(result, texts)
    yield from _other_year(result, compared, request)
    for caveat in result.caveats:
        if caveat.key in IN_PANELS:
            yield texts.caveat(caveat).text


def _amount_text(result: Estimate, compared: Comparison, request: Request) -> Iterator[str]:
    texts = request.texts
    steps = {step.key: step for step in walk(result.steps)}
    if result.regime == "flat_rate":
        yield texts("panel.flat_rate")
    else:
        yield texts(f"panel.{result.regime}", year=result.reference_year)
    if "lower_amount" in steps:
        yield texts("panel.lower_amount", national=texts.plain_value(steps["national_amount"]))
    if "share" in steps:
        yield texts("panel.share", share=texts.plain_value(steps["share"]))
    yield from _limit_text(result, steps, compared, request)
    if result.regime == "bill":
        yield from _stated(result, request)
    yield from _not_counted(result, request)
    if result.regime == "flat_rate":
        yield from _months_to_pay(result, request)


def _limit_text(result: Estimate, steps: dict[str, Step], compared: Comparison, request: Request) -> Iterator[str]:
    texts = request.texts
    if "low_income_limit" in steps:
        yield texts("panel.low_income_limit", limit=texts.plain_value(steps["low_income_limit"]))
    if "exempt_below" in steps:
        yield texts("panel.bill.exempt_below", limit=texts.plain_value(steps["exempt_below"]))
    yield from _other_year(result, compared, request)


def _other_year(result: Estimate, compared: Comparison, request: Request) -> Iterator[str]:
    """The income that was asked for is of another year than the one that counts now."""
    upcoming = compared.upcoming
    stated = request.answers.get("income", (UNKNOWN,)) != (UNKNOWN,)
    now = upcoming is not None and result is compared.current
    if upcoming and now and stated and depends_on_income(result) and result.reference_year != upcoming.reference_year:
        yield request.texts("panel.other_year", current=result.reference_year, asked=upcoming.reference_year)


def _stated(result: Estimate, request: Request) -> Iterator[str]:
    """What was answered of income and savings; a range that follows from not knowing says so."""
    texts, answers, bands = request.texts, request.answers, []
    for name, key in (("income", "panel.bill.income"), ("savings", "panel.bill.savings")):
        value = answers.get(name, (UNKNOWN,))[0]
        options = interview.question(name, answers, request.setting).options if name in answers else ()  # type: ignore[arg-type]
        bands += [
            texts(key, band=band_label(option, request))
            for option in options
            if option.value == value and option.low is not None
        ]
    if bands:
        yield texts("panel.bill.answers", answers=texts.listed(bands))
    if any(caveat.key == "income_not_stated" for caveat in result.caveats):
        yield texts("panel.bill.income_not_stated")


def _not_counted(result: Estimate, request: Request) -> Iterator[str]:
    """The provisions for which this amount isn't, beside others for which it is."""
    provisions = interview.households(request.answers, request.setting)[0].provisions
    left_out = [p.kind for p, carries in zip(provisions, result.carries, strict=True) if not carries]
    if left_out:
        names = (request.texts(f"option.provisions.{kind}") for kind in left_out)
        yield request.texts("panel.not_counted", kinds=request.texts.listed(names))


def _months_to_pay(result: Estimate, request: Request) -> Iterator[str]:
    texts, setting, answers = request.texts, request.setting, request.answers
    price = answers.get("cost", (UNKNOWN,))[0]
    if price == UNKNOWN:
        return
    household = interview.households(answers, setting)[0]
    policy = interview.policy_of(answers, setting)
    found = payment_courses(household, setting.on, policy, setting.rules)
    courses = [course for course in found if course and course.virtual_end and course.months < LONGEST]
    place = longest(courses)
    if place is None:
        return
    course = courses[place]
    until = texts.date(course.virtual_end or setting.on)
    yield texts.count("panel.months_to_pay", course.months, price=texts.plain_money(cents(price)), until=until)
    if course.last_amount_used:
        yield texts("panel.months_to_pay.last_amount")
    if any(carries and p.cost_price is None for p, carries in zip(household.provisions, result.carries, strict=True)):
        yield texts("panel.months_to_pay.other_support")
