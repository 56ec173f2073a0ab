"""The two panels: what is due now beside what the plan would make of it, each with what decides it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from estimator import interview
from estimator.interview import UNKNOWN, Option
from estimator.pages.exact import Variants, wording
from estimator.pages.question import band_label
from estimator.pages.request import Context, Request
from estimator.pages.verdict import grounds, when
from estimator.rules.cost_price import LONGEST, Course, longest, month_due, month_number
from estimator.rules.estimate import Comparison, Estimate, payment_courses
from estimator.rules.household import COST_PRICE_KINDS, Household, Provision
from estimator.rules.money import OPEN_ENDED_CENTS, cents
from estimator.rules.regimes import age_of, charges_of
from estimator.rules.trace import walk
from estimator.texts import Texts

# Caveats that stand with the outcome that they are about.
IN_PANELS = ("plan_exemptions_assumed", "plan_partner_age")

# The income limit of a municipality, now and in the plan.
LIMITS = {"low_income_limit": "panel.low_income_limit", "exempt_below": "panel.bill.exempt_below"}


class _View(NamedTuple):
    """What both panels are about."""

    request: Request
    compared: Comparison
    household: Household


def panels(request: Request, compared: Comparison, household: Household) -> list[Context]:
    """``now``, and ``plan`` where other rules are to come; ``household`` is (one of) those that were compared."""
    view = _View(request, compared, household)
    now, upcoming = compared.current, compared.upcoming
    heading = request.texts("panel.now.heading", year=now.as_at.year)
    found = [_panel("now", heading, "", now, view)]
    if upcoming:
        found.append(_panel("plan", upcoming_heading(upcoming, request), _mark(upcoming, request), upcoming, view))
    return found


def upcoming_heading(upcoming: Estimate, request: Request) -> str:
    """The plan, or the new rules, with the day on which they begin."""
    kind = "plan" if upcoming.status == "proposed" else "law"
    return request.texts(f"panel.{kind}.heading", date=request.texts.date(_begins(upcoming, request)))


def depends_on_income(estimate: Estimate) -> bool:
    """Whether income decides: where there is a limit, and wherever a contribution follows income."""
    keys = {step.key for step in walk(estimate.steps)}
    return estimate.outcome in ("amount", "nothing") and bool(keys & {"income", "low_income_limit", "maximum"})


def limit_differs(estimate: Estimate) -> bool:
    """Whether the income limit is another one for another household that it may be: then none of them holds."""
    found = set()
    for result in estimate.possibilities:
        limits = [step.value for step in walk(result.steps) if step.key in LIMITS]
        if limits or result.outcome == "amount":
            found.add(limits[0] if limits else None)
    return len(found) > 1


def _begins(upcoming: Estimate, request: Request) -> date:
    plan = request.setting.rules.plan
    return plan.planned_from if upcoming.regime == "bill" else upcoming.as_at


def _mark(upcoming: Estimate, request: Request) -> str:
    texts = request.texts
    if upcoming.status == "proposed":
        return texts("panel.mark.proposed", month=texts.month(request.setting.rules.plan.seen_until))
    return texts("panel.mark.adopted") if upcoming.regime == "bill" else ""


def _panel(kind: str, heading: str, mark: str, result: Estimate, view: _View) -> Context:
    texts = view.request.texts
    amount = result.outcome == "amount"
    about = ".about" if result.regime == "bill" else ""
    year = texts.year_sum_of(result)
    return {
        "kind": kind,
        "heading": heading,
        "sum": texts.sum_of(result),
        "per": texts(f"per.{result.period}{about}") if amount else "",
        "year": texts("per.year", sum=year) if year else "",
        "months": _how_long(result, view) if amount else "",
        "mark": mark,
        "text": list(_amount_text(result, view) if amount else _ground_text(result, view)),
    }


def _ground_text(result: Estimate, view: _View) -> Iterator[str]:
    texts = view.request.texts
    yield from grounds(result, texts)
    if result.regime == "bill" and result.outcome == "other_rule" and f"ground.{result.ground}.plan" not in texts:
        yield texts("panel.bill.as_now")
    yield from _at_pension_age(result, view)
    yield from _other_year(result, view)
    yield from _said_here(result, texts)


def _said_here(result: Estimate, texts: Texts) -> Iterator[str]:
    for caveat in result.caveats:
        if caveat.key in IN_PANELS:
            yield texts.caveat(caveat).text


def _amount_text(result: Estimate, view: _View) -> Iterator[str]:
    texts = view.request.texts
    steps = {step.key: step for step in walk(result.steps)}
    if result.regime == "flat_rate":
        yield texts("panel.flat_rate")
    else:
        variant = "" if _capital_counts(result, view) else ".income_only"
        yield texts(f"panel.{result.regime}{variant}", year=result.reference_year)
    if "lower_amount" in steps:
        yield texts("panel.lower_amount", national=texts.plain_value(steps["national_amount"]))
    if "share" in steps:
        yield texts("panel.share", share=texts.plain_value(steps["share"]))
    for name, key in LIMITS.items():
        if name in steps and limit_differs(result):
            yield texts(f"{key}.differs")
        elif name in steps:
            yield texts(key, limit=texts.plain_value(steps[name]))
    yield from _other_year(result, view)
    if result.regime == "bill":
        yield from _stated(result, view.request)
    yield from _said_here(result, texts)
    not_counted = list(_not_counted(result, view))
    yield from not_counted
    if result.regime == "bill" and (not_counted or "share" in steps):
        yield texts("panel.bill.as_now")
    yield from _at_pension_age(result, view)
    if result.regime == "flat_rate":
        yield from _fare_possible(result, view)
        yield from _months_to_pay(result, view)
    if result.regime == "bill":
        yield from _until_cost_price(result, view)


def _other_year(result: Estimate, view: _View) -> Iterator[str]:
    """The income that was asked for is of another year than the one that counts now."""
    upcoming = view.compared.upcoming
    now = upcoming is not None and result is view.compared.current
    stated = view.household.income_ends is not None and not view.request.exact_now
    if upcoming and now and stated and depends_on_income(result) and result.reference_year != upcoming.reference_year:
        key = "panel.other_year" if _capital_counts(result, view) else "panel.other_year.income_only"
        years = {"current": result.reference_year, "asked": upcoming.reference_year}
        yield view.request.texts(wording(key, view.request), **years)


def _at_pension_age(result: Estimate, view: _View) -> Iterator[str]:
    """What will be due once all of the household have reached pension age, where that changes what is due now."""
    request, compared, upcoming = view.request, view.compared, view.compared.upcoming
    texts, answers = request.texts, request.answers
    names = ("age", "partner_age") if answers.get("household") == ("couple",) else ("age",)
    ages = {name: answers.get(name) for name in names}
    younger = [name for name, age in ages.items() if age in (None, ("adult",))]  # no age: it wasn't asked any more
    if result is not compared.current or not younger or ages["age"] is None or (UNKNOWN,) in ages.values():
        return
    later = _at_later_age(younger, view)
    if later.current.comes_to == result.comes_to or later.current.outcome not in ("amount", "nothing"):
        return
    who = "both" if len(younger) > 1 else {"age": "client", "partner_age": "partner"}[younger[0]]
    yield texts(f"pension_age.{who}", sum=texts.sum_for_period(later.current))
    if upcoming and later.upcoming:
        begins = when(upcoming, texts)
        if _same_at_pension_age(younger, view):
            yield texts("pension_age.same", when=begins)
        elif later.upcoming.comes_to != upcoming.comes_to and not _has_price(view):
            yield texts("pension_age.upcoming", when=begins, sum=texts.sum_for_period(later.upcoming))


def _at_later_age(younger: list[str], view: _View) -> Comparison:
    """What would be due if they had pension age today."""
    if exact := view.request.exact:
        later = Variants(exact, view.request).at_pension_age(younger)
        if now := view.request.exact_now:
            later = later.with_current(Variants(now, view.request).at_pension_age(younger).current)
        return later
    of_age = {**view.request.answers, **dict.fromkeys(younger, ("pension",))}
    return interview.comparison(of_age, view.request.setting)


def _has_price(view: _View) -> bool:
    """Whether a cost price is known."""
    if view.request.exact:
        return any(provision.cost_price is not None for provision in view.household.provisions)
    return interview.is_typed(view.request.answers)


def _same_at_pension_age(younger: list[str], view: _View) -> bool:
    """Whether the plan asks the same once they have pension age.

    Without the cost price: until then its months don't come off, as they would for whoever has that age today.
    """
    if exact := view.request.exact:
        variants = Variants(exact, view.request)
        before, after = (variants.at_pension_age(names, priced=False).upcoming for names in ([], younger))
        return before is not None and after is not None and before.comes_to == after.comes_to
    answers, setting = {**view.request.answers, "cost": (UNKNOWN,)}, view.request.setting
    before = interview.comparison(answers, setting).upcoming
    after = interview.comparison({**answers, **dict.fromkeys(younger, ("pension",))}, setting).upcoming
    return before is not None and after is not None and before.comes_to == after.comes_to


def _capital_counts(result: Estimate, view: _View) -> bool:
    """Whether a part of capital is added to the income: not in the first years."""
    rate = view.request.setting.rules.series["capital_rate_history"]
    return result.regime != "income_related" or (rate.covers(result.as_at) and rate.on(result.as_at).amount > 0)


def _stated(result: Estimate, request: Request) -> Iterator[str]:
    """What was answered of income and savings; a range that follows from not knowing says so."""
    texts, answers, bands = request.texts, request.answers, []
    if request.exact:
        bands = list(_stated_exactly(request.exact, request))
        answers = {}
    for name, key in (("income", "panel.bill.income"), ("savings", "panel.bill.savings")):
        value = answers.get(name, (UNKNOWN,))[0]
        options = interview.question(name, answers, request.setting).options if name in answers else ()  # type: ignore[arg-type]
        bands += [
            texts(key, band=band_label(option, request))
            for option in options
            if option.value == value and option.low is not None
        ]
    if bands:
        yield texts(wording("panel.bill.answers", request), answers=texts.listed(bands))
    if any(caveat.key == "income_not_stated" for caveat in result.caveats):
        yield texts(wording("panel.bill.income_not_stated", request))


def _stated_exactly(household: Household, request: Request) -> Iterator[str]:
    """Income and capital of a household as they are, or the range that they lie in."""
    texts = request.texts
    income = None if household.no_income_data else household.income_ends
    capital = household.capital_cents
    stated = (
        (income, "panel.bill.income"),
        (household.assets_ends, "panel.bill.savings"),
        (None if capital is None else (capital, capital), "panel.bill.capital"),
    )
    for ends, key in stated:
        if ends:
            low, high = ends
            if low == high:
                yield texts(key, band=texts.plain_money(low))
            else:
                closed = None if high >= OPEN_ENDED_CENTS else high // 100
                yield texts(key, band=band_label(Option("", low // 100, closed), request))


def _not_counted(result: Estimate, view: _View) -> Iterator[str]:
    """The provisions for which this amount isn't, beside others for which it is."""
    request, household = view.request, view.household
    texts, rules = request.texts, request.setting.rules
    kinds = tuple(provision.kind for provision in household.provisions)
    policy = interview.policy_of(request.answers, request.setting).on(result.as_at)
    client = age_of(rules, household.client_age, household.client_born, result.as_at)
    grounds_of = charges_of(rules, result.regime, result.as_at, policy, kinds, client)
    left_out = [_left_out(kind, ground, texts) for kind, ground in zip(kinds, grounds_of, strict=True) if ground]
    if left_out:
        yield texts("panel.not_counted", kinds=texts.listed(dict.fromkeys(left_out)))


def _left_out(kind: str, ground: str, texts: Texts) -> str:
    """A provision with the reason why the amount isn't for it."""
    key = f"panel.not_counted.{ground}"
    reason = texts(key if key in texts else "panel.not_counted.free")
    return texts("panel.not_counted.item", kind=texts.inside(texts(f"option.provisions.{kind}")), reason=reason)


def _charged(result: Estimate, view: _View) -> Iterator[str]:
    for provision, carries in zip(view.household.provisions, result.carries, strict=True):
        if carries:
            yield provision.kind


def _priced(result: Estimate, view: _View) -> Iterator[tuple[int, date | None, Decimal | None]]:
    """Price, start and what was paid before 2020 of each aid that is paid for."""
    for provision, carries in zip(view.household.provisions, result.carries, strict=True):
        if carries and provision.cost_price is not None:
            yield provision.price_cents, provision.start, provision.paid_before_2020


def _fare_possible(result: Estimate, view: _View) -> Iterator[str]:
    """A municipality whose rules aren't known may take transport out of the flat rate."""
    unknown = view.request.municipality is None or any(c.key == "policy_unknown_on_date" for c in result.caveats)
    if unknown and "transport" in _charged(result, view):
        yield view.request.texts("panel.fare_possible")


def _until_cost_price(result: Estimate, view: _View) -> Iterator[str]:
    """An aid is paid for until its cost price, other support goes on."""
    texts, charged = view.request.texts, list(_charged(result, view))
    if any(kind in COST_PRICE_KINDS for kind in charged):
        yield texts("panel.bill.cost_price")
        if any(kind not in COST_PRICE_KINDS for kind in charged):
            yield texts("panel.months_to_pay.other_support")


def _longest_course(view: _View) -> tuple[Course, Provision] | None:
    """The aid that runs longest, with how long it is paid for."""
    setting, household = view.request.setting, view.household
    policy = interview.policy_of(view.request.answers, setting)
    found = payment_courses(household, setting.on, policy, setting.rules)
    running = [(c, p) for c, p in zip(found, household.provisions, strict=True) if c and 0 < c.months < LONGEST]
    known = [(c, p) for c, p in running if c.virtual_end is None or c.virtual_end >= setting.on]
    place = longest([course for course, _ in known])
    return None if place is None else known[place]


def _how_long(result: Estimate, view: _View) -> str:
    """For how many months, where the contribution of now ends with a cost price."""
    found = _longest_course(view) if result.regime == "flat_rate" and result.ends else None
    until = found and found[0].virtual_end
    if found is None or until is None:
        return ""
    texts, (course, provision) = view.request.texts, found
    if view.request.letter and not provision.start:  # nobody knows from when on
        return ""
    if _runs(provision, view):  # not all of the months are still to come
        return texts("per.months.letter", until=texts.date(until))
    return texts.count("per.months", course.months, until=texts.date(until))


def _runs(provision: Provision, view: _View) -> bool:
    """Whether months of an aid are over already; of one in a letter that isn't asked."""
    on, start = view.request.setting.on, provision.start
    return view.request.letter or (start is not None and month_due(start) < month_number(on))


def _months_to_pay(result: Estimate, view: _View) -> Iterator[str]:
    """How long the aid that runs longest is paid for."""
    texts, setting, household = view.request.texts, view.request.setting, view.household
    if view.request.answers.get("cost") == (UNKNOWN,) and any(
        kind in COST_PRICE_KINDS for kind in _charged(result, view)
    ):
        yield texts(wording("panel.months_to_pay.unknown", view.request))
    found = _longest_course(view)
    if found is None:
        return
    course, provision = found
    if view.request.letter and not provision.start:
        if view.request.answers.get("cost") != (UNKNOWN,):
            yield texts("panel.months_to_pay.unknown.letter")
        return
    if len(set(_priced(result, view))) > 1:
        yield texts("panel.months_to_pay.longest", kind=texts.inside(texts(f"option.provisions.{provision.kind}")))
    values = {
        "price": texts.plain_money(cents(provision.cost_price or 0)),
        "until": texts.date(course.virtual_end or setting.on),
    }
    if _runs(provision, view):  # some of the months are over, and were paid otherwise before 2020
        yield texts("panel.months_to_pay.letter", **values)
    else:
        yield texts.count(f"panel.months_to_pay{'.started' if provision.start else ''}", course.months, **values)
    if course.last_amount_used:
        yield texts("panel.months_to_pay.last_amount")
    if any(carries and p.cost_price is None for p, carries in zip(household.provisions, result.carries, strict=True)):
        yield texts("panel.months_to_pay.other_support")
