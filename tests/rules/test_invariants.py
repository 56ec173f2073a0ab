"""What must hold between the law files, and between them and what is read from them, whatever an editor adds."""

import tomllib
from datetime import date, timedelta
from itertools import pairwise

import pytest

from estimator.rules import NotKnown, law
from estimator.rules.income_related import FIXED
from estimator.rules.law import AMOUNTS
from estimator.rules.pension_age import pension_date

VALUES = [
    (name, value)
    for path in sorted(AMOUNTS.glob("*.toml"))
    for name, table in tomllib.loads(path.read_text("utf-8")).items()
    for value in table.get("values", ())
]
HISTORY = [year for year in range(2007, 2019) if law().series["rate"].covers(date(year, 6, 1))]


def known(name: str, on: date) -> int | None:
    return law().on(name, on).amount if law().series[name].covers(on) else None


@pytest.mark.parametrize(("name", "value"), VALUES, ids=[f"{name}-{value['from']}" for name, value in VALUES])
def test_a_value_is_read_on_its_first_and_its_last_day(name: str, value: dict) -> None:
    for day in (value["from"], value.get("until", value["from"])):
        if "amount" in value:
            found = law().on(name, day)
            assert (found.amount, found.source, found.checked) == (value["amount"], value["source"], value["checked"])
        else:
            with pytest.raises(NotKnown, match=rf"^{name} is not known on {day}"):
                law().on(name, day)


def test_a_part_is_never_more_than_the_whole() -> None:
    parts = [value for series in law().series.values() if series.unit == "per_mille" for value in series.values]

    assert parts
    assert [part for part in parts if part is not None and part.amount > 1000] == []


def test_an_address_is_a_safe_one() -> None:
    addresses = [value["source"] for _, value in VALUES if "://" in value["source"]]

    assert addresses
    assert [address for address in addresses if not address.startswith("https://")] == []


def test_every_day_of_the_flat_rate_has_one_amount_or_belongs_to_no_period() -> None:
    names = ("four_weekly_amount", "no_period", "monthly_amount")
    first = law().series["four_weekly_amount"].starts[0]
    last = law().series["monthly_amount"].ends[-1]
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))

    assert [day for day in days if [law().series[name].covers(day) for name in names].count(True) != 1] == []


def test_the_flat_rate_never_falls() -> None:
    amounts = [value.amount for value in law().series["monthly_amount"].values if value is not None]

    assert amounts == sorted(amounts)


@pytest.mark.parametrize("year", HISTORY)
def test_thresholds_are_higher_for_couples_and_under_pension_age(year: int) -> None:
    at = {
        (who, age): known(f"threshold_{who}_{age}", date(year, 6, 1))
        for who in ("single", "couple")
        for age in ("under", "pension")
    }
    pairs = [
        *(((who, "pension"), (who, "under")) for who in ("single", "couple")),
        *((("single", age), ("couple", age)) for age in ("under", "pension")),
    ]

    for lower, higher in pairs:
        if at[lower] is not None and at[higher] is not None:
            assert at[lower] < at[higher], f"{lower} and {higher} of {year}"


@pytest.mark.parametrize("year", HISTORY)
def test_a_couple_at_pension_age_pays_at_least_the_fixed_amount_of_a_single(year: int) -> None:
    single, under, pension = (known(name, date(year, 6, 1)) for name in FIXED)

    assert single <= pension
    assert under in (0, pension)


def test_the_plan_rises_from_its_minimum_to_its_maximum_at_the_published_incomes() -> None:
    start = law().plan.planned_from
    minimum, maximum, rate, months = (
        law().on(name, start).amount for name in ("bill_minimum", "bill_maximum", "bill_rate", "months_a_year")
    )
    assert 0 < minimum < maximum
    for composition in ("single", "couple"):
        threshold = law().on(f"bill_threshold_{composition}", start).amount
        published = law().on(f"bill_maximum_from_{composition}", start).amount
        reached = threshold + (maximum - minimum) * months * 1000 // rate
        # Both incomes were published as "circa", rounded to 500 euro.
        assert abs(reached - published) < 50_000


def test_pension_age_never_falls_and_every_birth_date_of_the_table_has_one() -> None:
    rows = law().pension_ages

    assert [b.born_from for _, b in pairwise(rows)] == [a.born_until + timedelta(days=1) for a, _ in pairwise(rows)]
    assert [row.months for row in rows] == sorted({row.months for row in rows})
    for earlier, later in pairwise(rows):
        assert pension_date(law(), earlier.born_until) < pension_date(law(), later.born_from)
