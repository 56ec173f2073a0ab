"""Input that can't be used: each error names field or file and key, what was found and what is allowed."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from estimator.cli import main
from estimator.rules import Household, estimate
from estimator.rules.population import estimate_table, table

HOUSEHOLD = """
composition = "single"
client_age = "pension"
[[case.household.provisions]]
kind = "domestic_help"
"""
GOOD = f"""
[[case]]
name = "a good one"
on = 2026-05-01
[case.household]{HOUSEHOLD}[case.expect]
outcome = "amount"
amount = "21.80"
"""


def bad(household: str = HOUSEHOLD, on: str = "2026-05-01", top: str = "", below: str = "") -> str:
    return (
        f'[[case]]\nname = "a bad one"\non = {on}\n{top}\n[case.household]{household}{below}'
        '\n[case.expect]\noutcome = "amount"\n'
    )


def changed(old: str, new: str) -> str:
    assert HOUSEHOLD.count(old) == 1
    return HOUSEHOLD.replace(old, new)


def single(more: str) -> str:
    return changed('client_age = "pension"\n', f'client_age = "pension"\n{more}\n')


def aid(more: str) -> str:
    return changed('"domestic_help"', f'"other_aid"\n{more}')


def policy(more: str) -> str:
    return f"[case.policy]\n{more}\n"


EUROS = "an amount in euro from 0.00 to 9999999.99, at most two decimals"
WHOLE_EUROS = "[from, to] in whole euro, to not below from, or [from] for this much and more"
COST_PRICE = "only with kind wheelchair, sports_wheelchair, other_aid, home_adaptation"

# What is wrong, the case, the key, what is found, what is allowed (or part of it).
WRONG = [
    ("an unknown kind", bad(changed("domestic_help", "stairlift")),
     "household.provisions.0.kind", "'stairlift'", "'domestic_help', 'individual_support', "),
    ("no provision at all", bad('\ncomposition = "single"\nclient_age = "adult"\nprovisions = []\n'),
     "household.provisions", "[]", "at least 1"),
    ("a negative income", bad(single("income = -1")), "household.income", "-1", EUROS),
    ("an income with three decimals", bad(single("income = 100.005")), "household.income", "100.005", EUROS),
    ("an income in words", bad(single('income = "much"')), "household.income", "'much'", EUROS),
    ("an income that is too large", bad(single("income = 10000000")), "household.income", "10000000", EUROS),
    ("a date before 2007", bad(on="2006-12-31"), "on", "2006-12-31", "2007-01-01 or later"),
    ("a quoted date", bad(on='"2026-05-01"'),
     "on", "'2026-05-01'", "a date such as 2026-01-31, without quotes"),
    ("the age of a partner of a single", bad(single('partner_age = "adult"')),
     "household.partner_age", "adult", "nothing for a single; composition couple has a partner"),
    ("the birth date of a partner of a single", bad(single("partner_born = 1950-01-01")),
     "household.partner_born", "1950-01-01", "nothing for a single; composition couple has a partner"),
    ("a couple without the partner's age", bad(changed('"single"', '"couple"')),
     "household.partner_age", "nothing", "under_18, adult, pension, or a date in partner_born"),
    ("no age", bad(changed('client_age = "pension"\n', "")),
     "household.client_age", "nothing", "under_18, adult, pension, or a date in client_born"),
    ("an age and a birth date", bad(single("client_born = 1950-01-01")),
     "household.client_born", "client_age and client_born together", "one of client_age, client_born"),
    ("capital and assets", bad(single("capital = 10\nassets = 10")),
     "household.capital", "assets and capital together", "one of assets, assets_band, capital"),
    ("income and a band", bad(single("income = 10\nincome_band = [0, 20]")),
     "household.income_band", "income and income_band together", "one of income, income_band"),
    ("a band the wrong way round", bad(single("income_band = [20, 10]")),
     "household.income_band", "[20, 10]", WHOLE_EUROS),
    ("a band of three numbers", bad(single("income_band = [1, 2, 3]")),
     "household.income_band", "[1, 2, 3]", WHOLE_EUROS),
    ("a band of cents", bad(single("assets_band = [0, 10.50]")), "household.assets_band", "10.50",
     WHOLE_EUROS),
    ("a negative band", bad(single("assets_band = [-1, 10]")), "household.assets_band", "[-1, 10]", WHOLE_EUROS),
    ("a cost price on domestic help", bad(HOUSEHOLD + "cost_price = 500\n"),
     "household.provisions.0.cost_price", "500", COST_PRICE),
    ("paid before 2020 with a start in 2024", bad(aid("cost_price = 500\nstart = 2024-01-01\npaid_before_2020 = 100")),
     "household.provisions.0.paid_before_2020", "100", "only with a start before 2020-01-01"),
    ("paid before 2020 without a start", bad(aid("cost_price = 500\npaid_before_2020 = 100")),
     "household.provisions.0.paid_before_2020", "100", "only with a start before 2020-01-01"),
    ("a kind that is left out", bad(changed('kind = "domestic_help"', 'delivery = "in_kind"')),
     "household.provisions.0.kind", "nothing", "a value, it can't be left out"),
    ("a birth date that is a number", bad(changed('client_age = "pension"', "client_born = 0")),
     "household.client_born", "0", "a date such as 2026-01-31"),
    ("a birth date with a time", bad(changed('client_age = "pension"', "client_born = 1950-01-01T00:00:00")),
     "household.client_born", "datetime.datetime(1950, 1, 1, 0, 0)", "a date such as 2026-01-31"),
    ("a start that is a text of digits", bad(aid('start = "20240101"')),
     "household.provisions.0.start", "'20240101'", "a date such as 2026-01-31"),
    ("a start on a day that there isn't", bad(aid('start = "2023-02-29"')),
     "household.provisions.0.start", "'2023-02-29'", "a date such as 2026-01-31"),
    ("a flag in words", bad(single('no_income_data = "yes"')), "household.no_income_data", "'yes'", "true or false"),
    ("a flag that is a number", bad(single("long_term_care = 1")), "household.long_term_care", "1", "true or false"),
    ("a number of nights that is a flag", bad(single("shelter_nights = true")),
     "household.shelter_nights", "True", "a whole number"),
    ("32 nights in a month", bad(single("shelter_nights = 32")),
     "household.shelter_nights", "32", "at most 31"),
    ("an unknown key of the household", bad(single("savings = 10")),
     "household.savings", "an unknown key", "only the keys of the file format"),
    ("an unknown key of a provision", bad(aid("price = 10")),
     "household.provisions.0.price", "an unknown key", "only the keys of the file format"),
    ("an unknown key of the case", bad(top='municipal = "GM0000"'),
     "municipal", "an unknown key", "only the keys of the file format"),
    ("an unknown key of the policy", bad(below=policy("amount = 10")),
     "policy.amount", "an unknown key", "only the keys of the file format"),
    ("a regime that doesn't exist", bad(top='regime = "next"'), "regime", "'next'", "'current' or 'upcoming'"),
    ("a lower amount above the national one", bad(below=policy("lower_amount = 21.81")),
     "policy.lower_amount", "21.81", "0.00 to 21.80, the national amount"),
    ("a fixed amount above the national one",
     bad(single("income = 20000"), on="2018-05-01", below=policy("fixed = 17.61")),
     "policy.fixed", "17.61", "0.00 to 17.60, the national amount"),
    ("a percentage above the national one",
     bad(single("income = 20000"), on="2018-05-01", below=policy("percentage = 12.6")),
     "policy.percentage", "12.6", "0 to 12.5, the national percentage"),
    ("a share above one", bad(below=policy("share = 1.1")), "policy.share", "1.1",
     "at most 1"),
    ("a kind that is exempt and charged",
     bad(below=policy('exempt_provisions = ["repair"]\ncharged_provisions = ["repair"]')),
     "policy.exempt_provisions", "['repair']", "kinds that aren't in charged_provisions"),
    ("an unknown municipality", bad(top='municipality = "GM9999"'), "municipality", "GM9999", "GM0000, "),
    ("a municipality without its letters", bad(top='municipality = "0363"'), "municipality", "0363", "GM0000, "),
    ("a municipality beside a policy", bad(top='municipality = "GM0000"', below=policy("transport_fare = true")),
     "policy", "municipality and policy together", "one of them"),
]  # fmt: skip


SINGLE = {"composition": "single", "provisions": [{"kind": "domestic_help"}]}


def estimate_one_row(household: Household, on: date, which: Any) -> pl.DataFrame:
    return estimate_table(table([household]), on, which=which)


def check(*files: Path):
    return CliRunner().invoke(main, ["check", *map(str, files)])


@pytest.mark.parametrize(
    ("case", "key", "found", "allowed"), [row[1:] for row in WRONG], ids=[what for what, *_ in WRONG]
)
def test_a_wrong_case_is_told_and_the_others_are_still_run(
    tmp_path: Path, case: str, key: str, found: str, allowed: str
) -> None:
    file = tmp_path / "cases.toml"
    file.write_text(case + GOOD, "utf-8")

    result = check(file)

    first, *others = result.output.splitlines()
    assert first.startswith("failed  a bad one: ")
    told_found, _, told_allowed = first.partition(f" {key}: found ")[2].partition("; allowed: ")
    assert found in told_found
    assert allowed in told_allowed
    assert others == ["passed  a good one", "1 passed, 1 failed"]
    assert result.exit_code == 1


def test_everything_that_is_wrong_with_a_case_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "cases.toml"
    file.write_text(bad(changed("domestic_help", "stairlift").replace('"single"', '"triple"')), "utf-8")

    told = check(file).output.splitlines()[0]

    assert "household.composition: found 'triple'; allowed: 'single' or 'couple'" in told
    assert "household.provisions.0.kind: found 'stairlift'" in told
    assert f"{file}: case 1 (a bad one)" in told


@pytest.mark.parametrize(
    ("content", "found", "allowed"),
    [
        pytest.param(bad(top="municipality = 0363"), "at line 4", "codes between quotes", id="0363 without quotes"),
        pytest.param(bad(top="on = 2026-06-01"), "at line 4", "each key once", id="a key twice"),
        pytest.param("cases = []", "cases: found an unknown key", "[[case]] blocks", id="no cases but something else"),
        pytest.param("", "case: found no [[case]] block", "at least one", id="an empty file"),
        pytest.param(
            "[case]\nname = 'x'", "case: found no [[case]] block", "at least one", id="one case without a list"
        ),
    ],
)
def test_a_file_that_can_not_be_read_counts_as_failed_and_the_others_go_on(
    tmp_path: Path, content: str, found: str, allowed: str
) -> None:
    wrong, right = tmp_path / "wrong.toml", tmp_path / "right.toml"
    wrong.write_text(content, "utf-8")
    right.write_text(GOOD, "utf-8")

    result = check(wrong, right)

    first, *others = result.output.splitlines()
    assert first.startswith(f"failed  {wrong}: ")
    assert found in first
    assert allowed in first.partition("; allowed: ")[2]
    assert others == ["passed  a good one", "1 passed, 1 failed"]
    assert result.exit_code == 1


def test_a_file_that_is_not_there_or_not_text_counts_as_failed(tmp_path: Path) -> None:
    binary, right = tmp_path / "binary.toml", tmp_path / "right.toml"
    binary.write_bytes(b"\xff\xfe")
    right.write_text(GOOD, "utf-8")

    result = check(tmp_path / "nothing.toml", binary, tmp_path, right)

    assert [line.partition("; allowed: ")[2] for line in result.output.splitlines()[:3]] == [
        "a file that can be read", "text in UTF-8", "a file that can be read",
    ]  # fmt: skip
    assert result.output.splitlines()[3:] == ["passed  a good one", "1 passed, 3 failed"]


def test_a_case_without_anything_expected_can_not_pass(tmp_path: Path) -> None:
    file = tmp_path / "cases.toml"
    file.write_text(GOOD.partition("[case.expect]")[0], "utf-8")

    assert check(file).output.splitlines() == [
        "failed  a good one: expect: found nothing; allowed: a [case.expect] block",
        "0 passed, 1 failed",
    ]


def test_a_wrong_outcome_says_what_was_expected_and_what_was_found(tmp_path: Path) -> None:
    file = tmp_path / "cases.toml"
    file.write_text(GOOD.replace("21.80", "21.90") + 'period = "four_weeks"\n', "utf-8")

    result = check(file)

    told = (
        "low: expected 21.90, found 21.80; high: expected 21.90, found 21.80; period: expected four_weeks, found month"
    )
    assert result.output.splitlines() == [f"failed  a good one: {told}", "0 passed, 1 failed"]
    assert result.exit_code == 1


def test_a_date_may_be_a_text_as_json_has_it() -> None:
    household = Household.model_validate({**SINGLE, "client_born": "1950-01-31"})

    assert household.client_born == date(1950, 1, 31)
    assert Household.model_validate_json(household.model_dump_json()) == household


@pytest.mark.parametrize("ask", [estimate, estimate_one_row], ids=["estimate", "a table"])
def test_a_regime_that_does_not_exist_is_refused(ask: Any) -> None:
    household = Household.model_validate({**SINGLE, "client_age": "adult"})

    with pytest.raises(ValueError, match="which: found 'planned'; allowed: 'current' or 'upcoming'"):
        ask(household, date(2026, 5, 1), which="planned")


@pytest.mark.parametrize("amount", ["1e999990", "1e-999990", "NaN", "Infinity", "1e999999999"])
def test_a_number_that_is_no_amount_is_refused_at_once(amount: str) -> None:
    from estimator.rules.money import cents

    with pytest.raises(ValueError, match="not an amount"):
        cents(amount)
