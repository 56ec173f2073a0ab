"""The law files as they are, and what is said of a file that is wrong."""

import re
import tomllib
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from estimator.rules import LawError, NotKnown, law, read_law
from estimator.rules.estimate import PERIODS_A_YEAR
from estimator.rules.household import MONITORED_FROM
from estimator.rules.law import AMOUNTS, FOREVER, GRADES, STATUSES, UNITS
from estimator.rules.regimes import FIRST_DAY

FILES = sorted(AMOUNTS.glob("*.toml"))
SERIES = [
    (path.name, name, table)
    for path in FILES
    for name, table in tomllib.loads(path.read_text("utf-8")).items()
    if name not in ("bill", "pension_age")
]
each_series = pytest.mark.parametrize(("file", "name", "table"), SERIES, ids=[name for _, name, _ in SERIES])


@each_series
def test_the_values_of_a_series_follow_each_other_without_gap_or_overlap(file: str, name: str, table: dict) -> None:
    for earlier, later in pairwise(table["values"]):
        assert later["from"] == earlier["until"] + timedelta(days=1), f"{file}: {name}"
    assert all(value["from"] <= value.get("until", FOREVER) for value in table["values"])


@each_series
def test_every_value_has_a_unit_a_source_and_a_day_on_which_it_was_checked(file: str, name: str, table: dict) -> None:
    assert table["unit"] in UNITS, f"{file}: {name}"
    assert table["legal_basis"]
    for value in table["values"]:
        assert value["source"]
        assert value["set_by"]
        assert value["status"] in STATUSES
        assert value["grade"] in GRADES
        assert value["seen_until"] <= value["checked"]


@each_series
def test_an_amount_is_a_whole_number_or_left_out_and_said_not_to_be_found(file: str, name: str, table: dict) -> None:
    for value in table["values"]:
        not_found = value["grade"] == "?"
        assert (type(value.get("amount")) is int) != not_found, f"{file}: {name}"
        assert (value["status"] == "not_found") == not_found


def test_what_is_only_planned_has_the_status_of_the_plan() -> None:
    planned = [name for _, name, table in SERIES if any(value["status"] == "proposed" for value in table["values"])]

    assert planned
    assert {"bill.toml"} == {file for file, name, _ in SERIES if name in planned}


def test_the_sheltered_living_bounds_are_in_order() -> None:
    rules = law()
    for year in (2015, 2017, 2018, 2019, 2021, 2022, 2024, 2025, 2026):
        lowest, low_maximum, highest = (
            rules.on(f"sheltered_living_{name}", date(year, 7, 1)).amount
            for name in ("low_minimum", "low_maximum", "high_maximum")
        )
        assert lowest < low_maximum < highest


def test_the_dates_and_counts_that_the_code_has_are_those_of_the_law_files() -> None:
    series = law().series
    months, four_weeks = (series[name].values[0] for name in ("months_a_year", "periods_a_year"))

    assert months is not None
    assert four_weeks is not None
    assert {"month": months.amount, "four_weeks": four_weeks.amount} == PERIODS_A_YEAR
    assert series["rate"].starts[0] == FIRST_DAY
    assert series["monthly_amount"].starts[0] == MONITORED_FROM


def test_a_flat_rate_is_a_multiple_of_twenty_cents_since_it_is_indexed() -> None:
    amounts = [value.amount for value in law().series["monthly_amount"].values if value is not None]

    assert amounts == [1900, 2060, 2100, 2180]
    assert [amount % 20 for amount in amounts] == [0, 0, 0, 0]


def test_a_date_outside_a_series_names_the_dates_that_are_known() -> None:
    with pytest.raises(NotKnown) as refused:
        law().on("monthly_amount", date(2027, 1, 1))

    assert str(refused.value) == "monthly_amount is not known on 2027-01-01; known: 2020-01-01 to 2026-12-31"
    assert refused.value.last is not None
    assert refused.value.last.amount == 2180


def test_a_year_that_was_looked_for_and_not_found_is_refused_too() -> None:
    with pytest.raises(NotKnown) as refused:
        law().on("rate", date(2009, 6, 1))

    assert str(refused.value) == (
        "rate is not known on 2009-06-01; known: 2007-01-01 to 2007-12-31, 2011-01-01 to 2018-12-30"
    )


AMOUNT_2024 = "from = 2024-01-01\nuntil = 2024-12-31\namount = 2060"
AMOUNT_2020 = "from = 2020-01-01\nuntil = 2023-12-31\namount = 1900"
NEEDED = "this key is needed (keys: amount, checked, from, grade, note, seen_until, set_by, source, status, until)"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            AMOUNT_2024, AMOUNT_2024.replace("2024-01-01", "2023-12-31"),
            "monthly_amount.values[2].from: found 2023-12-31; allowed: no overlap: 2024-01-01",
            id="an overlap",
        ),
        pytest.param(
            AMOUNT_2024, AMOUNT_2024.replace("2024-01-01", "2024-01-02"),
            "monthly_amount.values[2].from: found 2024-01-02; allowed: no gap: 2024-01-01",
            id="a gap of one day",
        ),
        pytest.param(
            AMOUNT_2020, AMOUNT_2020.replace("until = 2023-12-31\n", ""),
            "monthly_amount.values[2].from: found 2024-01-01; allowed: nothing after a value without an end",
            id="a value after one without an end",
        ),
        pytest.param(
            AMOUNT_2020, AMOUNT_2020.replace("2023-12-31", "2019-12-31"),
            "monthly_amount.values[1].until: found 2019-12-31; allowed: a date from 2020-01-01 on",
            id="an end before its beginning",
        ),
        pytest.param(
            AMOUNT_2020, f"{AMOUNT_2020}\nindexed = true",
            "monthly_amount.values[1].indexed: found an unknown key; allowed: "
            "amount, checked, from, grade, note, seen_until, set_by, source, status, until",
            id="an unknown key of a value",
        ),
        pytest.param(
            "[monthly_amount]\n", "[monthly_amount]\ncurrency = 'EUR'\n",
            "monthly_amount.currency: found an unknown key; allowed: legal_basis, unit, values",
            id="an unknown key of a series",
        ),
        pytest.param(
            'source = "CAK, page on the Wmo contribution of 2026"\n', "",
            f"monthly_amount.values[4].source: found nothing; allowed: {NEEDED}",
            id="a missing source",
        ),
        pytest.param(
            'source = "CAK, page on the Wmo contribution of 2026"', 'source = " "',
            "monthly_amount.values[4].source: found ' '; allowed: a text that isn't empty",
            id="an empty source",
        ),
        pytest.param(
            'unit = "cent/month"', 'unit = "euro/month"',
            f"monthly_amount.unit: found 'euro/month'; allowed: {', '.join(UNITS)}",
            id="a wrong unit",
        ),
        pytest.param(
            AMOUNT_2020, AMOUNT_2020.replace("1900", "19.00"),
            "monthly_amount.values[1].amount: found 19.0; allowed: a whole number of cent/month, not negative",
            id="euro instead of cents",
        ),
        pytest.param(
            AMOUNT_2020, AMOUNT_2020.replace("1900", "-1900"),
            "monthly_amount.values[1].amount: found -1900; allowed: a whole number of cent/month, not negative",
            id="a negative amount",
        ),
        pytest.param(
            AMOUNT_2020, AMOUNT_2020.replace("\namount = 1900", ""),
            'monthly_amount.values[1].amount: found None; allowed: a whole number, or none with grade = "?"',
            id="a missing amount",
        ),
        pytest.param(
            AMOUNT_2020, AMOUNT_2020.replace("2020-01-01", '"2020-01-01"'),
            "monthly_amount.values[1].from: found '2020-01-01'; allowed: a date such as 2026-01-31, without quotes",
            id="a quoted date",
        ),
        pytest.param(
            AMOUNT_2020, AMOUNT_2020.replace("2020-01-01", "2020-01-01T00:00:00"),
            "monthly_amount.values[1].from: found datetime.datetime(2020, 1, 1, 0, 0); "
            "allowed: a date such as 2026-01-31, without quotes",
            id="a date with a time",
        ),
    ],
)  # fmt: skip
def test_a_wrong_series_is_refused_with_file_and_key(edit_law, old: str, new: str, message: str) -> None:
    with pytest.raises(LawError) as refused:
        read_law(edit_law("flat_rate.toml", old, new))

    assert str(refused.value) == f"flat_rate.toml: {message}"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param("flat_rate.toml", "amount = 2060", "amount = 02060", id="a number with a leading zero"),
        pytest.param("bill.toml", 'number = "36 713"', "number = 0363", id="0363 without quotes"),
        pytest.param("bill.toml", 'number = "36 713"\n', 'number = "36 713"\nnumber = "36 714"\n', id="a key twice"),
        pytest.param("bill.toml", "[bill_maximum]\n", "[bill_minimum]\n", id="a series twice"),
    ],
)
def test_what_toml_refuses_is_told_with_file_and_line(edit_law, file: str, old: str, new: str) -> None:
    folder = edit_law(file, old, new)
    with pytest.raises(LawError) as refused:
        read_law(folder)

    message = str(refused.value)
    line = int(re.search(r"at line (\d+)", message)[1])
    assert message.startswith(f"{file}: ")
    assert (folder / file).read_text("utf-8").splitlines()[line - 1] == new.splitlines()[-1]
    assert (
        "allowed: valid TOML: each key once, dates as 2026-01-31, a code with leading zeros between quotes" in message
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        pytest.param(
            "bill.toml", 'status = "proposed"             #', 'status = "accepted"             #',
            "bill.toml: bill.status: found 'accepted'; allowed: proposed, adopted, in_force, withdrawn",
            id="a status that doesn't exist",
        ),
        pytest.param(
            "bill.toml", "planned_from = 2027-01-01", 'planned_from = "2027-01-01"',
            "bill.toml: bill.planned_from: found '2027-01-01'; allowed: a date such as 2026-01-31, without quotes",
            id="a quoted start of the plan",
        ),
        pytest.param(
            "bill.toml", "planned_from = 2027-01-01", "starts = 2027-01-01",
            "bill.toml: bill.starts: found an unknown key; "
            "allowed: checked, number, planned_from, seen_until, sources, status, title",
            id="an unknown key of the plan",
        ),
        pytest.param(
            "pension_age.toml", "from = 1948-12-01", "from = 1948-11-30",
            "pension_age.toml: pension_age.born[3].from: found 1948-11-30; allowed: 1948-12-01",
            id="two pension ages for one birth date",
        ),
        pytest.param(
            "pension_age.toml", "from = 1948-12-01", "from = 1948-12-02",
            "pension_age.toml: pension_age.born[3].from: found 1948-12-02; allowed: 1948-12-01",
            id="a birth date without a pension age",
        ),
    ],
)  # fmt: skip
def test_a_wrong_plan_or_pension_age_is_refused_with_file_and_key(
    edit_law, file: str, old: str, new: str, message: str
) -> None:
    with pytest.raises(LawError) as refused:
        read_law(edit_law(file, old, new))

    assert str(refused.value) == message


def test_the_same_series_in_two_files_is_refused_with_both(edit_law) -> None:
    folder = edit_law("capital.toml", "[capital_rate]\n", "[capital_rate]\n")
    (folder / "more.toml").write_text("[capital_rate]\nunit = 'per_mille'\n", "utf-8")

    with pytest.raises(LawError) as refused:
        read_law(folder)

    assert str(refused.value) == (
        "more.toml: capital_rate: found a second series of this name (also in capital.toml); allowed: one"
    )


def test_a_file_that_is_not_text_is_refused(edit_law) -> None:
    folder = edit_law("capital.toml", "[capital_rate]\n", "[capital_rate]\n")
    (folder / "capital.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(LawError, match=r"^capital\.toml: the file: found .*; allowed: text in UTF-8"):
        read_law(folder)


def test_a_folder_without_the_plan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LawError, match=r"bill: found nothing; allowed: a table \[bill\]$"):
        read_law(tmp_path)


def test_another_amount_gives_another_hash_for_the_receipt(edit_law) -> None:
    changed = read_law(edit_law("flat_rate.toml", "amount = 2180", "amount = 2200"))

    assert changed.on("monthly_amount", date(2026, 5, 1)).amount == 2200
    assert changed.digest != law().digest
