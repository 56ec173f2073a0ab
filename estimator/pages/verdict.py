"""The first sentence of the result: what is due now, what under the plan; and the difference between them."""

from __future__ import annotations

from collections.abc import Iterator

from estimator.pages.request import Context
from estimator.rules.estimate import Comparison, Estimate, change
from estimator.texts import Texts

CENTS_A_EURO = 100


def verdict(compared: Comparison, texts: Texts) -> list[Context]:
    """The verdict in one sentence, in pieces."""
    now, upcoming = compared.current, compared.upcoming
    strong = {"now": texts.sum_in_sentence(now)}
    values = {"now_per": texts.period(now.period)}
    outcome = "none"
    if upcoming:
        outcome = upcoming.outcome
        strong["plan"] = texts.sum_in_sentence(upcoming)
        values |= {"plan_per": texts.period(upcoming.period), "when": when(upcoming, texts)}
    return [piece._asdict() for piece in texts.pieces(f"verdict.{now.outcome}.{outcome}", strong, **values)]


def when(upcoming: Estimate, texts: Texts) -> str:
    """Under the plan; or from which date the new rules hold."""
    planned = upcoming.status == "proposed"
    return texts("verdict.when.plan") if planned else texts("verdict.when.law", date=texts.date(upcoming.as_at))


def lead(compared: Comparison, texts: Texts) -> str:
    """The difference in words with both amounts of a year, or why nothing is due now."""
    now, upcoming = compared.current, compared.upcoming
    if now.outcome == "nothing":
        reasons = grounds(now, texts)
        return reasons[0] if len(reasons) == 1 else ""
    if upcoming is None or now.outcome != "amount" or upcoming.outcome != "amount":
        return ""
    return " ".join(_comparing(compared, upcoming, texts))


def grounds(estimate: Estimate, texts: Texts) -> list[str]:
    """Why nothing is due, why another rule holds or what isn't known; every reason where it depends on an answer."""
    if not estimate.ground:
        return []
    among = [result for result in estimate.possibilities if result.outcome == estimate.outcome] or [estimate]
    alone = all(result.alone for result in among)
    among = [result._replace(alone=alone) for result in among]
    reasons = list(dict.fromkeys(texts.ground(result) for result in among))
    return [texts("panel.grounds_differ"), *reasons] if len(reasons) > 1 else reasons


def change_in_words(before: Estimate, after: Estimate, texts: Texts) -> str:
    """How much more or less one amount is than another of the same rules; "" where that can't be said in a word.

    Nor where both are ranges: what stays the same would be taken to be at one end before and at the other end after.
    """
    before, after = _as_read(before, texts), _as_read(after, texts)
    found = change(before, after) if before.outcome == after.outcome == "amount" else None
    if found is None or found[0] < 0 < found[1]:
        return ""
    low, high = found
    if after.regime == "bill" and not {before.low, before.high, after.low, after.high} <= set(after.published):
        # Not exact: a difference that would read as nil is none.
        low, high = (0 if abs(end) < CENTS_A_EURO else end for end in (low, high))
        after = after._replace(published=())
    return _difference(low, high, after, texts)


def _as_read(result: Estimate, texts: Texts) -> Estimate:
    """One amount where both ends of a range are read as the same one."""
    if result.low is None or result.high is None:
        return result
    alike = texts.amount(result, result.low) == texts.amount(result, result.high)
    return result._replace(low=result.high) if alike else result


def _comparing(compared: Comparison, upcoming: Estimate, texts: Texts) -> Iterator[str]:
    now = compared.current
    low, high = compared.difference_low, compared.difference_high
    if low is not None and high is not None:
        certain = now.low == now.high and len({texts.amount(upcoming, end or 0) for end in upcoming[2:4]}) == 1
        if certain and low != high:  # the verdict gives one amount: no more than one difference
            low, upcoming = high, upcoming._replace(published=())
        yield _difference(low, high, upcoming, texts)
    year = {"now": texts.year_sum_of(now), "plan": texts.year_sum_of(upcoming)}
    if all(year.values()):
        yield texts("difference.year", when=when(upcoming, texts), **year)


def _difference(low: int, high: int, upcoming: Estimate, texts: Texts) -> str:
    per = texts.period(upcoming.period)
    at_low, at_high = _shown(low, upcoming.low, upcoming, texts), _shown(high, upcoming.high, upcoming, texts)
    about = upcoming.regime == "bill"
    if low == high == 0:
        return texts("difference.same")
    if low < 0 < high:
        less, more = texts.range(at_low, at_low, about), texts.range(at_high, at_high, about)
        return texts("difference.either", less=less, more=more, per=per)
    nearest, furthest = (at_low, at_high) if high > 0 else (at_high, at_low)
    kind = "more" if high > 0 else "less"
    if 0 in (low, high):
        return texts(f"difference.at_most_{kind}", sum=texts.range(furthest, furthest, about), per=per)
    return texts(f"difference.{kind}", sum=texts.range(nearest, furthest, about), per=per)


def _shown(change: int, amount: int | None, upcoming: Estimate, texts: Texts) -> str:
    """To the cent where the amount of the upcoming rules was published so, and where it would read as nil."""
    to_the_cent = amount in upcoming.published and amount % CENTS_A_EURO if amount else True
    exact = upcoming.regime != "bill" or to_the_cent or abs(change) < CENTS_A_EURO
    return texts.plain_money(abs(change)) if exact else texts.whole_money(abs(change))
