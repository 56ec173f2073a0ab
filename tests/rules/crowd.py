"""A crowd of random households and policies of every kind: the same for the same seed, and quickly made."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, get_args

from estimator.rules import DatedPolicies, Household, Policy, Provision
from estimator.rules.household import AGE_GROUPS, COST_PRICE_KINDS, KINDS, CollegeExemption, Delivery
from estimator.rules.policy import PolicyPeriod

# Days around which something changes, besides any day of these years.
FIRST, LAST = date(2007, 1, 1), date(2035, 12, 31)
TURNS = [
    date(*day)
    for day in (
        (2007, 12, 31), (2008, 1, 1), (2011, 1, 1), (2013, 1, 1), (2014, 12, 31), (2015, 1, 1), (2017, 6, 15),
        (2018, 1, 1), (2018, 12, 30), (2018, 12, 31), (2019, 12, 29), (2019, 12, 30), (2019, 12, 31), (2020, 1, 1),
        (2020, 3, 31), (2020, 4, 1), (2020, 5, 31), (2020, 6, 1), (2023, 12, 31), (2024, 1, 1), (2025, 7, 1),
        (2026, 1, 1), (2026, 11, 22), (2026, 12, 31), (2027, 1, 1), (2027, 2, 1), (2028, 2, 29),
    )
]  # fmt: skip
BIRTHS = [
    date(*day)
    for day in (
        (1947, 12, 31), (1948, 1, 1), (1952, 2, 29), (1956, 2, 29), (1959, 12, 31), (1960, 1, 31), (1960, 12, 31),
        (1961, 1, 1), (1964, 9, 30), (1964, 10, 1), (2004, 2, 29), (2008, 12, 1), (2008, 12, 2), (2009, 1, 1),
        (2009, 6, 15), (2010, 3, 1), (1959, 5, 15), (2008, 3, 15), (2010, 3, 15),
    )
]  # fmt: skip


def any_day(random: Random) -> date:
    """Any day of the years of the law files, often one on which something changes."""
    if random.random() < 0.3:
        return random.choice(TURNS)
    return FIRST + timedelta(days=random.randrange((LAST - FIRST).days + 1))


def any_policy(random: Random) -> Policy:
    """Any policy that stays within the national amounts of every year."""
    keys: dict[str, Any] = {}
    if random.random() < 0.4:
        keys["lower_amount"] = random.choice([Decimal(0), Decimal("14.10"), Decimal("17.50"), _euro(random, 17)])
    if random.random() < 0.6:
        categories = ("single_under", "single_pension", "couple_pension")
        keys["low_income_limits"] = _limits(random, categories) if random.random() < 0.8 else "unknown"
    if random.random() < 0.5:
        categories = ("single_under", "single_pension", "couple_under", "couple_pension")
        keys["bill_exempt_below"] = _limits(random, categories)
    if random.random() < 0.3:
        keys["share"] = Decimal(random.choice([0, 1, 333, 500, 670, 999])) / 1000
    if random.random() < 0.3:
        keys["fixed"] = random.choice([Decimal(0), Decimal("10.00"), _euro(random, 16)])
        keys["percentage"] = random.choice([Decimal(0), Decimal("12.5"), Decimal("7.3"), None])
    if random.random() < 0.3:
        keys["exempt_provisions"] = tuple(random.sample(KINDS, random.randrange(4)))
    elif random.random() < 0.3:
        keys["charged_provisions"] = tuple(random.sample(KINDS, random.randrange(3, 12)))
    for flag in ("transport_fare", "general_provision_charged", "parents_pay_home_adaptation"):
        keys[flag] = random.random() < 0.4
    return Policy(**keys)


def any_dated_policies(random: Random) -> DatedPolicies:
    """A few policies after each other, with days on which none of them holds."""
    days = sorted(random.sample(range((LAST - FIRST).days), 6))
    edges = [FIRST + timedelta(days=day) for day in days]
    periods = [
        PolicyPeriod(first=edges[0], until=edges[1], policy=any_policy(random)),
        PolicyPeriod(first=edges[1] + timedelta(days=1), until=edges[2], policy=any_policy(random)),
        PolicyPeriod(first=edges[3], until=edges[4], policy=any_policy(random)),
        PolicyPeriod(first=edges[5], policy=any_policy(random)),
    ]
    return DatedPolicies(periods=tuple(periods))


def households(random: Random, count: int) -> Iterator[Household]:
    """So many households of every kind."""
    for _ in range(count):
        yield Household(**_household(random))


def _household(random: Random) -> dict[str, Any]:
    couple = random.random() < 0.45
    keys: dict[str, Any] = {"composition": "couple" if couple else "single"}
    for who in ("client", "partner") if couple else ("client",):
        if random.random() < 0.5:
            keys[f"{who}_age"] = random.choices(AGE_GROUPS, (1, 2, 6))[0]
        else:
            keys[f"{who}_born"] = _born(random)
    keys |= _income(random, couple) | _capital(random, couple)
    if "income" in keys and "client_income" in keys:
        keys["income"] = keys["client_income"] + keys.get("partner_income", 0)
    if random.random() < 0.08:
        keys["no_income_data"] = True
    for fact in ("long_term_care", "sheltered_living"):
        if random.random() < 0.04:
            keys[fact] = True
    if random.random() < 0.1:
        keys["shelter_nights"] = random.choice([0, 1, 2, 31])
    if random.random() < 0.06:
        keys["college_exemption"] = random.choice(get_args(CollegeExemption))
    keys["provisions"] = tuple(_provision(random) for _ in range(random.choice([1, 1, 1, 2, 2, 3, 5])))
    return keys


def _income(random: Random, couple: bool) -> dict[str, Any]:
    way = random.choices(["", "exact", "band", "and more", "own", "own and total"], (2, 5, 3, 1, 2, 1))[0]
    if way == "exact":
        return {"income": _income_euro(random)}
    if way in ("band", "and more"):
        low = random.choice([0, 15_000, 24_500, 34_000, random.randrange(80_000)])
        return {"income_band": (low,) if way == "and more" else (low, low + random.choice([0, 1, 999, 40_000]))}
    if not way:
        return {}
    parts = {f"{who}_income": _income_euro(random) for who in (("client", "partner") if couple else ("client",))}
    return parts if way == "own" else parts | {"income": sum(parts.values())}


def _capital(random: Random, couple: bool) -> dict[str, Any]:
    way = random.choices(["", "assets", "band", "and more", "capital", "own", "own and total"], (4, 3, 2, 1, 3, 2, 1))[
        0
    ]
    if way == "assets":
        return {"assets": _capital_euro(random)}
    if way in ("band", "and more"):
        low = random.choice([0, 37_395, 74_790, random.randrange(300_000)])
        return {"assets_band": (low,) if way == "and more" else (low, low + random.choice([0, 1, 50_000]))}
    if way == "capital":
        return {"capital": _capital_euro(random)}
    if not way:
        return {}
    parts = {f"{who}_capital": _capital_euro(random) for who in (("client", "partner") if couple else ("client",))}
    return parts if way == "own" else parts | {"capital": sum(parts.values())}


def _provision(random: Random) -> Provision:
    often = (6, 3, 2, 3, 2, 3, 1, 2, 8, 6, 1, 2, 0.4, 0.4, 0.6)
    kind = random.choices(KINDS, often)[0]
    keys: dict[str, Any] = {"kind": kind, "delivery": random.choice(get_args(Delivery))}
    if random.random() < 0.7:
        keys["start"] = (
            any_day(random) if random.random() < 0.5 else date(2016, 1, 1) + timedelta(random.randrange(4500))
        )
    if kind in COST_PRICE_KINDS:
        if random.random() < 0.75:
            keys["cost_price"] = random.choice(
                [Decimal(0), _euro(random, 300), _euro(random, 3000), _euro(random, 12_000)]
            )
        if "start" in keys and keys["start"].year < 2020 and random.random() < 0.5:
            keys["paid_before_2020"] = random.choice([Decimal(0), _euro(random, 1500)])
    return Provision(**keys)


def _limits(random: Random, categories: tuple[str, ...]) -> dict[str, Decimal | None]:
    return {key: random.choice([None, Decimal(24_500), _euro(random, 60_000)]) for key in categories}


def _born(random: Random) -> date:
    if random.random() < 0.2:
        return random.choice(BIRTHS)
    return date(1915, 1, 1) + timedelta(days=random.randrange(36_500 if random.random() < 0.2 else 18_300))


def _income_euro(random: Random) -> Decimal:
    edges = (Decimal(0), Decimal("24499.99"), Decimal(24_500), Decimal(20_075), Decimal("4999999.99"))
    return random.choice(edges) if random.random() < 0.1 else _euro(random, 75_000)


def _capital_euro(random: Random) -> Decimal:
    edges = (Decimal(0), Decimal("0.01"), Decimal(37_395), Decimal(36_952), Decimal("4999999.99"))
    return random.choice(edges) if random.random() < 0.2 else _euro(random, 160_000)


def _euro(random: Random, below: int) -> Decimal:
    return Decimal(random.randrange(below * 100)) / 100
