"""A table of households gives what each household gives by itself, and says of every bad row what is wrong with it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from estimator.rules import NATIONAL, Household, Policy, PolicyError, estimate, law, read_law
from estimator.rules.columns import household_of
from estimator.rules.money import euros
from estimator.rules.population import RESULT, estimate_file, estimate_table, row, table
from tests.rules import crowd

ON = date(2026, 11, 22)
SINGLE = {"composition": "single", "client_age": "pension", "provision_1": "domestic_help"}
COUPLE = SINGLE | {"composition": "couple", "partner_age": "pension"}
AID = SINGLE | {"provision_1": "other_aid"}

POLICIES: dict[str, Callable[[Random], Any]] = {
    "national": lambda _: NATIONAL,
    "a policy": crowd.any_policy,
    "dated policies": crowd.any_dated_policies,
}


def one_by_one(households: Iterable[Household], days: Iterable[date], policy: Any, which: Any) -> pl.DataFrame:
    found = (estimate(household, on, policy, which) for household, on in zip(households, days, strict=True))
    rows = [(one.outcome, one.ground, one.low, one.high, one.period, None) for one in found]
    return pl.DataFrame(rows, schema=RESULT, orient="row")


def same(found: pl.DataFrame, expected: pl.DataFrame, households: list[Household]) -> None:
    """Compare row by row: of 100,000 rows a failure shows the first few that differ."""
    rows = zip(found.iter_rows(), expected.iter_rows(), households, strict=True)
    assert [(a, b, household) for a, b, household in rows if a != b][:3] == []


def of_rows(*rows: dict[str, Any], on: date | None = ON) -> list[tuple[Any, ...]]:
    return estimate_table(pl.DataFrame(rows, strict=False, infer_schema_length=None), on).rows()


# Equal to `estimate`: 2 x 3 x 2 x 4,200 households, and 12 x 4,200 more on single days = 100,800.


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("policies", POLICIES)
@pytest.mark.parametrize("which", ["current", "upcoming"])
def test_households_on_days_of_their_own_come_out_as_each_by_itself(which: str, policies: str, seed: int) -> None:
    random = Random(f"{seed} {policies} {which}")
    policy = POLICIES[policies](random)
    households = list(crowd.households(random, 4_200))
    days = [crowd.any_day(random) for _ in households]

    found = estimate_table(table(households).with_columns(on=pl.Series(days)), None, policy, which)

    same(found, one_by_one(households, days, policy, which), households)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("policies", POLICIES)
@pytest.mark.parametrize("which", ["current", "upcoming"])
def test_households_on_one_day_come_out_as_each_by_itself(which: str, policies: str, seed: int) -> None:
    random = Random(f"{seed} {policies} {which}, one day")
    for _ in range(12):
        policy, on = POLICIES[policies](random), crowd.any_day(random)
        households = list(crowd.households(random, 350))

        found = estimate_table(table(households), on, policy, which)

        same(found, one_by_one(households, [on] * len(households), policy, which), households)


def test_the_crowd_leaves_no_ground_out() -> None:
    flags = {name.removeprefix("ground_") for name in law().series if name.startswith("ground_")}
    conditions = {name for name in flags if name.startswith("college_exemption_")} | {"parents_may_pay"}
    random, found = Random("grounds"), set()
    for on in crowd.TURNS:
        households = table(crowd.households(random, 400))
        for which in ("current", "upcoming"):
            result = estimate_table(households, on, crowd.any_policy(random), which)
            found |= set(result.select("outcome", "ground").rows())

    grounds = {ground for _, ground in found}
    assert {outcome for outcome, _ in found} == {"amount", "nothing", "other_rule", "not_known"}
    assert flags - conditions <= grounds
    assert {"income_unknown", "parameters_unknown", "group_exempt", "cost_price_reached", "below_threshold"} <= grounds


def test_largest_amounts_stay_exact() -> None:
    most = Decimal("9999999.99")
    policy = Policy(share=Decimal("0.999"), percentage=Decimal("12.3"), fixed=Decimal("17.49"))
    households = [
        Household.model_validate(
            {
                "composition": "couple", "client_age": "pension", "partner_age": "pension",
                "client_income": most, "partner_income": most, "client_capital": most, "partner_capital": most,
                "provisions": [{"kind": "other_aid", "cost_price": most, "start": date(2016, 2, 3)}],
            }
        )
    ]  # fmt: skip
    for on in (date(2014, 5, 1), date(2017, 5, 1), date(2018, 5, 1), ON, date(2035, 5, 1)):
        for which in ("current", "upcoming"):
            found = estimate_table(table(households), on, policy, which)

            same(found, one_by_one(households, [on], policy, which), households)


def test_another_law_is_used_for_the_whole_table(edit_law) -> None:
    rules = read_law(edit_law("bill.toml", 'status = "proposed"             #', 'status = "withdrawn"            #'))
    households = list(crowd.households(Random("withdrawn"), 50))

    found = estimate_table(table(households), ON, which="upcoming", rules=rules)

    expected = estimate(households[0], ON, which="upcoming", rules=rules)
    assert expected.outcome == "not_known"
    assert set(found.rows()) == {("not_known", expected.ground, None, None, expected.period, None)}


def test_a_policy_beyond_the_law_is_refused_whole() -> None:
    with pytest.raises(PolicyError, match=r"lower_amount: found 30(\.00)?; allowed: 0\.00 to 21\.80"):
        estimate_table(pl.DataFrame(SINGLE), ON, Policy(lower_amount=Decimal(30)))


# What a table may look like


def test_a_row_of_a_table_is_the_household_it_was_made_from() -> None:
    for household in crowd.households(Random("there and back"), 500):
        back, on, wrong = household_of(row(household), ON)

        assert (back, on, wrong) == (household, ON, [])


def test_only_the_columns_that_are_needed_are_enough() -> None:
    assert of_rows(SINGLE) == [("amount", "", 2180, 2180, "month", None)]


@pytest.mark.parametrize(
    "cells",
    [
        {"income": Decimal("24123.45")}, {"income": 24123.45}, {"income": "24123.45"}, {"income": " 24123.45"},
        {"income": "2.412345e4"}, {"income": Decimal("24123.4500")},
    ],
    ids=lambda cells: repr(cells["income"]),
)  # fmt: skip
def test_an_amount_may_be_decimal_float_or_text(cells: dict[str, Any]) -> None:
    policy = Policy.model_validate({"low_income_limits": {"single_pension": "24123.45"}})
    one_cent_more = Policy.model_validate({"low_income_limits": {"single_pension": "24123.46"}})
    households = pl.DataFrame(SINGLE | cells)

    assert estimate_table(households, ON, policy)["outcome"].to_list() == ["amount"]
    assert estimate_table(households, ON, one_cent_more)["ground"].to_list() == ["low_income_policy"]


def test_every_amount_of_two_decimals_is_exact_as_a_float() -> None:
    cents = [*range(20_000), *range(999_980_000, 1_000_000_000)]
    policy = Policy.model_validate({"bill_exempt_below": {"single_pension": "9999999.99"}})
    as_floats = pl.DataFrame({"income": [amount / 100 for amount in cents]}).with_columns(
        pl.lit(value).alias(name) for name, value in SINGLE.items()
    )
    found = estimate_table(as_floats, ON, policy, "upcoming")

    as_texts = as_floats.with_columns(income=pl.Series([euros(amount) for amount in cents]))
    assert found.equals(estimate_table(as_texts, ON, policy, "upcoming"))
    assert "error" not in found["outcome"]


@pytest.mark.parametrize("true", [True, 1, "true", "TRUE", "1"], ids=repr)
def test_a_flag_may_be_a_boolean_a_number_or_a_text(true: Any) -> None:
    found = of_rows(SINGLE | {"long_term_care": true})

    assert found == [("nothing", "long_term_care", None, None, "month", None)]


def test_dates_and_counts_may_be_texts_or_other_numbers() -> None:
    born = ("nothing", "under_18", None, None, "month", None)
    in_shelter = ("nothing", "shelter_stay", None, None, "month", None)
    by_birth = {name: cell for name, cell in SINGLE.items() if name != "client_age"}

    assert of_rows(by_birth | {"client_born": date(2009, 1, 1)}) == [born]
    assert of_rows(by_birth | {"client_born": "2009-01-01"}) == [born]
    assert of_rows(by_birth | {"client_born": datetime(2009, 1, 1)}) == [born]  # noqa: DTZ001 - as Parquet may hold it
    assert [of_rows(SINGLE | {"shelter_nights": nights}) for nights in (2, 2.0, "2")] == [[in_shelter]] * 3


def test_words_may_be_categories() -> None:
    households = pl.DataFrame([SINGLE, COUPLE])

    as_categories = households.with_columns(
        pl.col("composition").cast(pl.Categorical), pl.col("provision_1").cast(pl.Enum(["domestic_help"]))
    )

    assert estimate_table(as_categories, ON).equals(estimate_table(households, ON))


def test_slots_may_be_empty_and_without_columns_of_their_own() -> None:
    priced = {"provision_3": "other_aid", "cost_price_3": 10}

    assert of_rows(SINGLE | {"provision_1": None} | priced)[0][:2] == ("nothing", "cost_price_reached")
    assert of_rows(SINGLE | priced)[0][:2] == ("amount", "")


def test_an_empty_date_takes_the_one_that_is_asked_about() -> None:
    own = SINGLE | {"on": date(2020, 4, 1)}

    found = of_rows(own, SINGLE | {"on": None})

    assert [one[1] for one in found] == ["month_waived", ""]


def test_a_table_without_rows_gives_an_empty_result() -> None:
    found = estimate_table(pl.DataFrame([SINGLE]).clear(), ON)

    assert found.schema == RESULT
    assert found.height == 0


def test_the_reference_is_kept() -> None:
    found = estimate_table(pl.DataFrame([SINGLE | {"reference": "007"}, SINGLE | {"reference": "008"}]), ON)

    assert found.columns == ["reference", *RESULT]
    assert found["reference"].to_list() == ["007", "008"]


# What is wrong with a table


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"inkomen": 3}, "inkomen: found an unknown column; allowed: reference, on, composition, "),
        ({"provision_0": "repair"}, "provision_0: found an unknown column; allowed: "),
        ({"income_1": 3}, "income_1: found an unknown column; allowed: "),
        ({"composition": 1}, "composition: found a column of Int64; allowed: texts"),
        ({"client_born": 1950}, "client_born: found a column of Int64; allowed: dates, or texts such as 2026-01-31"),
        ({"income": True}, "income: found a column of Boolean; allowed: Decimal, whole numbers, floats or texts"),
        ({"long_term_care": 0.5}, "long_term_care: found a column of Float64; allowed: true and false, "),
    ],
)
def test_a_column_that_is_unknown_or_of_the_wrong_type_is_refused(cells: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r"found") as refused:
        estimate_table(pl.DataFrame(SINGLE | cells), ON)

    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("composition", "composition: found no such column; allowed: a table that has it"),
        ("client_age", "client_age or client_born: found no such column; allowed: a table that has it"),
        ("provision_1", "provision_1: found no such column; allowed: a table that has it"),
    ],
)
def test_a_missing_column_is_refused(missing: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"found") as refused:
        estimate_table(pl.DataFrame(SINGLE).drop(missing), ON)

    assert str(refused.value) == message


def test_a_table_without_any_date_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^on: found no such column"):
        estimate_table(pl.DataFrame(SINGLE))


EURO = "an amount in euro from 0.00 to 9999999.99, at most two decimals"
BAND = "[from, to] in whole euro, to not below from, or [from] for this much and more"
AGE = "under_18, adult, pension, or a date in"
NO_PARTNER = "nothing for a single; composition couple has a partner"
DATES = "dates, or texts such as 2026-01-31"
BEFORE_2020 = "only with a start before 2020-01-01"
# What is changed in a row that was good, and the column, what was found, and what is allowed.
BAD_ROWS = [
    (SINGLE | {"composition": "triple"}, "composition", "'triple'", "'single' or 'couple'"),
    (SINGLE | {"composition": None}, "composition", "nothing", ""),
    (SINGLE | {"client_age": None}, "client_age", "nothing", f"{AGE} client_born"),
    (SINGLE | {"client_age": "old"}, "client_age", "'old'", "'under_18', 'adult' or 'pension'"),
    (SINGLE | {"client_born": ON}, "client_born", "client_age and client_born together", "one of client_age, "),
    (SINGLE | {"partner_age": "pension"}, "partner_age", "pension", NO_PARTNER),
    (SINGLE | {"partner_income": 3}, "partner_income", "3", NO_PARTNER),
    (COUPLE | {"partner_age": None}, "partner_age", "nothing", f"{AGE} partner_born"),
    (SINGLE | {"income": -1}, "income", "-1", EURO),
    (SINGLE | {"income": 10_000_000}, "income", "10000000", EURO),
    (SINGLE | {"income": 0.001}, "income", "0.001", EURO),
    (SINGLE | {"income": float("nan")}, "income", "nan", EURO),
    (SINGLE | {"income": "1,50"}, "income", "'1,50'", EURO),
    (SINGLE | {"income": Decimal("1.505")}, "income", "1.505", EURO),
    (
        SINGLE | {"income": 1, "income_low": 1},
        "income_low",
        "income and income_low together",
        "one of income, income_low",
    ),
    (SINGLE | {"income_low": 3, "income_high": 2}, "income_low", "(3, 2)", BAND),
    (SINGLE | {"income_high": 2}, "income_low", "(None, 2)", BAND),
    (SINGLE | {"income_low": 2.5}, "income_low", "(2.5,)", BAND),
    (
        SINGLE | {"assets": 1, "capital": 1},
        "capital",
        "assets and capital together",
        "one of assets, assets_low, capital",
    ),
    (SINGLE | {"assets_low": 3, "assets_high": 2}, "assets_low", "(3, 2)", BAND),
    (COUPLE | {"client_income": 5}, "partner_income", "nothing", "the own part of both, or of neither"),
    (SINGLE | {"client_income": 5, "income": 6}, "income", "6", "5, the sum of both own parts"),
    (SINGLE | {"client_capital": 5, "assets": 6}, "client_capital", "5", "own parts only with capital, or "),
    (SINGLE | {"shelter_nights": 32}, "shelter_nights", "32", ""),
    (
        SINGLE | {"long_term_care": "perhaps"},
        "long_term_care",
        "'perhaps'",
        "true and false, 1 and 0, or texts of these",
    ),
    (SINGLE | {"college_exemption": "mercy"}, "college_exemption", "'mercy'", "'means', 'approach' or 'child_safety'"),
    (SINGLE | {"provision_1": None}, "provision_1", "nothing", "at least one provision: domestic_help, "),
    (SINGLE | {"provision_1": "hugs"}, "provision_1", "'hugs'", "'domestic_help', "),
    (SINGLE | {"provision_2": None, "start_2": ON}, "provision_2", "nothing", ""),
    (SINGLE | {"delivery_1": "drone"}, "delivery_1", "'drone'", "'in_kind' or 'personal_budget'"),
    (SINGLE | {"provision_4": "repair", "cost_price_4": 9}, "cost_price_4", "9", "only with kind wheelchair, "),
    (AID | {"paid_before_2020_1": 9}, "paid_before_2020_1", "9", BEFORE_2020),
    (AID | {"paid_before_2020_1": 8, "start_1": date(2020, 1, 1)}, "paid_before_2020_1", "8", BEFORE_2020),
    (SINGLE | {"start_1": "1-2-2020"}, "start_1", "'1-2-2020'", DATES),
    (SINGLE | {"start_1": "2020-02-30"}, "start_1", "'2020-02-30'", DATES),
    (SINGLE | {"on": date(2006, 12, 31)}, "on", "2006-12-31", "2007-01-01 or later"),
]


@pytest.mark.parametrize(("cells", "column", "what", "allowed"), BAD_ROWS, ids=[f"{c}-{w}" for _, c, w, _ in BAD_ROWS])
def test_a_bad_row_says_what_is_wrong_and_the_others_are_done(
    cells: dict[str, Any], column: str, what: str, allowed: str
) -> None:
    found = of_rows(SINGLE, cells, COUPLE)

    assert found[0] == found[2] == ("amount", "", 2180, 2180, "month", None)
    assert found[1][:-1] == ("error", "", None, None, None)
    assert found[1][-1].startswith(f"{column}: found {what}; allowed: {allowed}")


def test_a_row_without_any_date_is_a_bad_row() -> None:
    found = of_rows(SINGLE | {"on": ON}, SINGLE | {"on": None}, on=None)

    assert [one[0] for one in found] == ["amount", "error"]
    assert found[1][-1] == "on: found nothing; allowed: 2007-01-01 or later"


@pytest.mark.parametrize("on", [date(2006, 1, 1), ON])
def test_a_table_of_bad_rows_only_is_done_too(on: date) -> None:
    found = of_rows(*[SINGLE | {"on": on, "income": -1}] * 2)

    assert [one[0] for one in found] == ["error", "error"]


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    ((*_, problem),) = of_rows(SINGLE | {"composition": "triple", "income": -1})

    assert problem == f"composition: found 'triple'; allowed: 'single' or 'couple'; income: found -1; allowed: {EURO}"


# Files


@pytest.fixture
def households() -> pl.DataFrame:
    """1,000 rows of every kind on days of their own, a few of them bad."""
    random = Random("files")
    rows = table(crowd.households(random, 1_000))
    return rows.with_columns(
        pl.when(pl.int_range(pl.len()) % 97 == 5).then(pl.lit("triple")).otherwise("composition").alias("composition"),
        pl.format("{}", pl.int_range(pl.len())).str.zfill(6).alias("reference"),
        pl.Series([crowd.any_day(random) for _ in range(1_000)]).alias("on"),
    )


def write(households: pl.DataFrame, path: Path) -> Path:
    (households.write_csv if path.suffix == ".csv" else households.write_parquet)(path)
    return path


def read(path: Path) -> pl.DataFrame:
    """A result as it is in memory: CSV has amounts in euro."""
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    cents = (pl.col(name).str.replace(".", "", literal=True).cast(pl.Int64) for name in ("low", "high"))
    return pl.read_csv(path, infer_schema=False, empty_string_is_null=True).with_columns(*cents)


@pytest.mark.parametrize("target", ["out.csv", "out.parquet"])
@pytest.mark.parametrize("source", ["in.csv", "in.parquet"])
def test_a_file_in_small_batches_gives_what_the_table_in_memory_gives(
    tmp_path: Path, households: pl.DataFrame, source: str, target: str
) -> None:
    expected = estimate_table(households, None, Policy(lower_amount=Decimal(15)), "upcoming")

    counts = estimate_file(
        write(households, tmp_path / source), tmp_path / target, None, Policy(lower_amount=Decimal(15)), "upcoming", 64
    )

    assert read(tmp_path / target).fill_null("").equals(expected.fill_null(""))
    assert counts == {"rows": 1_000} | dict.fromkeys(("other_rule",), 0) | dict(
        expected["outcome"].value_counts().rows()
    )
    assert counts["error"] == 11
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([source, target])


def test_amounts_in_csv_are_euro(tmp_path: Path) -> None:
    write(pl.DataFrame(SINGLE), tmp_path / "in.csv")

    estimate_file(tmp_path / "in.csv", tmp_path / "out.csv", ON)

    assert (tmp_path / "out.csv").read_text("utf-8") == (
        'outcome,ground,low,high,period,problem\namount,"",21.80,21.80,month,\n'
    )


def test_a_csv_keeps_leading_zeros_and_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    text = "\ufeffreference,composition,client_age,provision_1\n007,single,pension,wheelchair\n"
    (tmp_path / "in.csv").write_text(text, "utf-8")

    estimate_file(tmp_path / "in.csv", tmp_path / "out.csv", ON)

    assert (tmp_path / "out.csv").read_text("utf-8").splitlines()[1] == "007,nothing,wheelchair,,,month,"


@pytest.mark.parametrize("target", ["out[1]*.csv", "out[1]*.parquet", "OUT.CSV"])
def test_a_name_may_have_signs_that_mean_something_elsewhere(tmp_path: Path, target: str) -> None:
    source = write(pl.DataFrame(SINGLE), tmp_path / "in{a,b}?.csv")

    estimate_file(source, tmp_path / target, ON)

    assert {path.name for path in tmp_path.iterdir()} == {source.name, target}


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_a_file_without_rows_gives_a_file_without_rows(tmp_path: Path, name: str) -> None:
    source = write(pl.DataFrame(SINGLE).clear(), tmp_path / name)

    counts = estimate_file(source, tmp_path / "out.parquet", ON)

    assert pl.read_parquet(tmp_path / "out.parquet").schema == RESULT
    assert set(counts.values()) == {0}


HEADER = b"composition,client_age,provision_1\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("in.csv", b"", "in.csv: found an empty file; allowed: a line of columns, and one for each household"),
        ("in.parquet", b"composition", "in.parquet: found parquet: File out of specification"),
        ("in.csv", HEADER + b"\xff\xfe,,\n", "in.csv: found invalid utf-8 sequence; allowed: CSV in UTF-8"),
        ("in.csv", HEADER + b"a,b,c,d\n", "in.csv: found more fields than defined"),
        ("in.csv", b"composition,leeftijd\n", "in.csv: leeftijd: found an unknown column; allowed: reference, "),
        ("in.csv", b"composition,client_age\n", "in.csv: provision_1: found no such column; "),
        ("in.csv", b"composition;client_age\n", "in.csv: composition;client_age: found an unknown column; "),
        ("in.xlsx", b"PK", "in.xlsx: found a name that ends in .xlsx; allowed: .csv or .parquet"),
        ("in", b"PK", "in: found a name that ends in nothing; allowed: .csv or .parquet"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_and_what_was_there_stays(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "out.csv").write_text("before", "utf-8")

    with pytest.raises(ValueError, match="found") as refused:
        estimate_file(tmp_path / name, tmp_path / "out.csv", ON)

    assert str(refused.value).removeprefix(f"{tmp_path}/").startswith(message)
    assert {path.name for path in tmp_path.iterdir()} == {name, "out.csv"}
    assert (tmp_path / "out.csv").read_text("utf-8") == "before"


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        estimate_file(tmp_path / "in.csv", tmp_path / "out.csv", ON)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("in.csv", "in.csv: found source and target together; allowed: another file"),
        ("out.json", "out.json: found a name that ends in .json; allowed: .csv or .parquet"),
        ("nowhere/out.csv", "nowhere/out.csv: found no folder "),
    ],
)
def test_a_target_that_can_not_be_written_is_refused(tmp_path: Path, target: str, message: str) -> None:
    source = write(pl.DataFrame(SINGLE), tmp_path / "in.csv")

    with pytest.raises(ValueError, match="found") as refused:
        estimate_file(source, tmp_path / target, ON)

    assert str(refused.value).removeprefix(f"{tmp_path}/").startswith(message)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
