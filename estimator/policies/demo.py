"""An invented population, to try a comparison with: nobody in it exists, and it stands for no municipality.

What is drawn, for each household by itself:

- three in ten are a couple; 70 of 100 clients have reached pension age, 28 are adults, 2 are under 18; two thirds of
  the partners of a pensioner have reached it too, a fifth of the partners of the others;
- the income has a long tail: lognormal with a median of 23,000 euro for one and 36,000 for a couple, at least 14,000
  and 19,000, rounded to 50; it is a band of 5,000 for 15 of 100, isn't stated for 5;
- half have savings, lognormal with a median of 18,000 euro, rounded to 100;
- one to three provisions (70, 25 and 5 of 100), domestic help most often; aids and home adaptations have a cost price
  and began in the four years before October 2026;
- 3 of 100 owe a contribution for long-term care, 1 has an exemption by the college.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import log
from random import Random
from typing import Any

import polars as pl

from estimator.rules.columns import schema
from estimator.rules.household import COST_PRICE_KINDS, Kind

MOST_PROVISIONS = 3
OFTEN: dict[Kind, int] = {
    "domestic_help": 45, "individual_support": 18, "day_activities": 9, "transport": 8, "other_aid": 8,
    "wheelchair": 5, "home_adaptation": 5, "short_stay": 2,
}  # fmt: skip
MEDIAN_PRICE: dict[str, int] = {"other_aid": 2_200, "wheelchair": 1_500, "home_adaptation": 4_000}
BAND = 5_000
FOUR_YEARS = 4 * 365
LAST_START = date(2026, 10, 1)


def demo_population(rows: int, seed: int = 1) -> pl.DataFrame:
    """So many invented households, in the columns of a client file; the same for the same seed."""
    random = Random(seed)
    columns = schema(MOST_PROVISIONS)
    drawn = [dict(_household(random, number)) for number in range(1, rows + 1)]
    table = pl.DataFrame(drawn, {name: columns[name] for name in columns if name != "on"}, orient="row")
    return table.select(name for name in table.columns if table[name].null_count() < table.height)


def _household(random: Random, number: int) -> Iterator[tuple[str, Any]]:
    couple = random.random() < 0.3
    client = random.choices(("pension", "adult", "under_18"), (70, 28, 2))[0]
    yield "reference", f"demo-{number}"
    yield "composition", "couple" if couple else "single"
    yield "client_age", client
    if couple:
        old = random.random() < (2 / 3 if client == "pension" else 0.2)
        yield "partner_age", "pension" if old else "adult"
    yield from _money(random, couple)
    yield "long_term_care", random.random() < 0.03
    if random.random() < 0.01:
        yield "college_exemption", random.choice(("means", "approach", "child_safety"))
    count = random.choices((1, 2, 3), (70, 25, 5))[0]
    for n, kind in enumerate(_kinds(random, count), start=1):
        yield f"provision_{n}", kind
        yield f"delivery_{n}", "personal_budget" if random.random() < 0.12 else "in_kind"
        if kind in COST_PRICE_KINDS:
            yield f"cost_price_{n}", _drawn(random, MEDIAN_PRICE[kind], 0.6, 150, 10)
            yield f"start_{n}", LAST_START - timedelta(days=random.randrange(FOUR_YEARS))


def _money(random: Random, couple: bool) -> Iterator[tuple[str, Any]]:
    income = _drawn(random, 36_000, 0.4, 19_000, 50) if couple else _drawn(random, 23_000, 0.4, 14_000, 50)
    stated = random.random()
    if stated < 0.8:
        yield "income", income
    elif stated < 0.95:
        low = income // BAND * BAND
        yield "income_low", low
        yield "income_high", low + BAND - 1
    if random.random() < 0.5:
        yield "assets", _drawn(random, 18_000, 1.3, 0, 100)


def _drawn(random: Random, median: int, spread: float, least: int, unit: int) -> int:
    """A lognormal amount in whole units."""
    return max(least, round(random.lognormvariate(log(median), spread) / unit) * unit)


def _kinds(random: Random, count: int) -> list[Kind]:
    """Different kinds, drawn by how often they occur."""
    kinds: list[Kind] = []
    while len(kinds) < count:
        kind = random.choices(tuple(OFTEN), tuple(OFTEN.values()))[0]
        kinds += [] if kind in kinds else [kind]
    return kinds
