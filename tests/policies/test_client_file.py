"""A client file: what is read, what is refused, what is wrong with a row; from bytes of every kind."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import polars as pl
import pytest

from estimator.policies import client_file
from estimator.policies.client_file import read_clients
from estimator.sheets import SheetError
from estimator.texts import Texts
from tests.policies.clients import HEAD, ON, clients_of, csv_of, xlsx_of


def refused(content: bytes, name: str = "clients.csv") -> str:
    with pytest.raises(SheetError) as error:
        read_clients(content, name, ON)
    return str(error.value)


def told(*rows: str, head: str = HEAD) -> list[str]:
    return [f"{row}: {problem}" for row, problem in clients_of(*rows, head=head).wrong]


# What is read


def test_amounts_and_dates_as_dutch_offices_write_them() -> None:
    head = "composition,client_born,income,assets,no_income_data,provision_1,start_1"
    clients = clients_of('single,12-5-1950,"1.250,50","20.000",nee,domestic_help,1-2-2025', head=head)

    assert clients.table.row(0, named=True) == {
        "composition": "single",
        "client_born": date(1950, 5, 12),
        "income": Decimal("1250.50"),
        "assets": Decimal(20_000),
        "no_income_data": False,
        "provision_1": "domestic_help",
        "start_1": date(2025, 2, 1),
    }


def test_every_kind_of_file_gives_the_same_households() -> None:
    clients = clients_of("a;single;pension;20000,50;domestic_help", "b;couple;adult;;wheelchair")
    # The partner's age is missing in the second row of each.
    workbook = xlsx_of(
        HEAD.split(";"),
        ["a", "single", "pension", 20000.5, "domestic_help"],
        ["b", "couple", "adult", None, "wheelchair"],
    )
    parquet = BytesIO()
    pl.DataFrame(
        {
            "composition": ["single", "couple"],
            "client_age": ["pension", "adult"],
            "income": [Decimal("20000.50"), None],
            "provision_1": ["domestic_help", "wheelchair"],
        }
    ).write_parquet(parquet)

    for other in (
        read_clients(workbook, "clients.xlsx", ON),
        read_clients(parquet.getvalue(), "CLIENTS.PARQUET", ON),
    ):
        assert other.table.equals(clients.table)
        assert (other.rows, other.wrong_rows) == (2, 1)


def test_an_amount_in_a_notation_that_only_the_models_read_counts() -> None:
    head = "composition;client_age;shelter_nights;provision_1"
    clients = clients_of("single;pension;3.0;domestic_help", "single;pension;3;domestic_help", head=head)

    assert clients.table["shelter_nights"].to_list() == [3, 3]
    assert clients.wrong_rows == 0


def test_nothing_of_a_reference_is_kept() -> None:
    assert "reference" not in clients_of("dossier 12;single;pension;20000;domestic_help").table.columns


def test_a_million_rows_are_allowed_and_one_more_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_file, "MOST_ROWS", 3)
    row = "a;single;pension;20000;domestic_help"

    assert clients_of(*[row] * 3).rows == 3
    assert refused(csv_of(*[row] * 4)) == (
        "clients.csv: found more than 3 rows; allowed: 1 to 3 rows; of more, a part at a time"
    )


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_two_million_rows_are_refused(kind: str) -> None:
    rows = pl.DataFrame({"composition": ["single"], "client_age": "pension", "provision_1": "domestic_help"})
    content = BytesIO()
    many = pl.concat([rows] * 2).select(pl.all().repeat_by(1_000_000).explode())
    many.write_csv(content) if kind == "csv" else many.write_parquet(content)

    assert "found more than 1000000 rows; allowed: 1 to 1000000 rows" in refused(content.getvalue(), f"c.{kind}")


def test_looking_through_the_rows_can_be_followed_and_ended() -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, of: int) -> None:
        assert (done, of) == (1, 1)
        raise StoppedError

    with pytest.raises(StoppedError):
        read_clients(csv_of("a;single;pension;20000;domestic_help"), "clients.csv", ON, stop)


# What is refused


@pytest.mark.parametrize("name", ["bsn", "BSN cliënt", "burgerservicenummer", "Sofinummer", "sofi-nr", "a-nummer"])
def test_a_column_of_citizen_service_numbers_is_refused_by_its_name(name: str) -> None:
    assert refused(csv_of("1;single;pension;;domestic_help", head=f"{name};{HEAD.partition(';')[2]}")) == (
        f"clients.csv: column {name}: found a column of citizen service numbers; allowed: a file without it: "
        "nothing here needs a citizen service number, so it may not be used"
    )


NUMBERS = ("123456782", "111222333", "1234 56 782", "10000008")


@pytest.mark.parametrize("numbers", [NUMBERS, ("123-456-782", "1112.22.333", "1234-56782")])
def test_a_column_is_refused_whose_values_are_citizen_service_numbers(numbers: tuple[str, ...]) -> None:
    rows = [f"{number};single;pension;;domestic_help" for number in numbers]

    assert refused(csv_of(*rows)).startswith(
        "clients.csv: column reference: found values that are citizen service numbers; allowed: a file without it"
    )


def test_the_same_of_a_workbook_that_holds_them_as_numbers() -> None:
    rows = [[123456782 + more, "single", "pension", None, "domestic_help"] for more in (0, 0, 0)]

    assert "values that are citizen service numbers" in refused(xlsx_of(HEAD.split(";"), *rows), "c.xlsx")


def test_other_numbers_of_nine_digits_are_a_reference() -> None:
    rows = [f"{number};single;pension;;domestic_help" for number in range(100_000_000, 100_000_200)]

    assert clients_of(*rows).wrong_rows == 0


@pytest.mark.parametrize("day", ["2025-01-01", "03-01-2025"])
def test_dates_whose_digits_happen_to_be_such_a_number_are_dates(day: str) -> None:
    rows = [f"single;pension;domestic_help;{day}"] * 3

    assert clients_of(*rows, head="composition;client_age;provision_1;start_1").wrong_rows == 0


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("composition;client_age;client_age;provision_1", "column client_age: found 2 of these; allowed: each column"),
        ("composition;client_age;naam;provision_1", "column naam: found an unknown column; allowed: reference, "),
        ("composition;client_age;on;provision_1", "column on: found a date for each row; allowed: reference, "),
        ("composition;client_age;;provision_1", "column 3: found no name; allowed: a name for every column"),
        ("composition;client_age;income;cost_price_1", "column provision_1: found no such column"),
    ],
)
def test_columns_that_are_not_right_are_refused(head: str, expected: str) -> None:
    assert refused(csv_of("single;pension;x;domestic_help", head=head)).startswith(f"clients.csv: {expected}")


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"", "c.csv", "c.csv: found an empty file"),
        (HEAD.encode(), "c.csv", "c.csv: found no row below the names of the columns"),
        (b"PK nothing", "c.xlsx", "c.xlsx: found "),
        (b"nothing", "c.parquet", "c.parquet: found "),
        (b"nothing", "c.ods", "c.ods: found .ods; allowed: .csv or .xlsx or .parquet"),
        (
            HEAD.encode() + b"\n\xe9;single;pension;;domestic_help",
            "c.csv",
            "c.csv: line 2: found bytes that aren't UTF",
        ),
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes, name: str, expected: str) -> None:
    assert refused(content, name).startswith(expected)


# What is wrong with a row


def test_a_row_with_nonsense_is_told_and_the_others_count() -> None:
    rows = ("a;single;pension;20000;domestic_help", "b;single;oud;veel;domestic_help", "c;duo;pension;;vliegtuig")

    clients = clients_of(*rows)

    assert (clients.rows, clients.table.height, clients.wrong_rows) == (3, 1, 2)
    assert told(*rows) == [
        "3: client_age: found 'oud'; allowed: 'under_18', 'adult' or 'pension'",
        "3: income: found 'veel'; allowed: an amount in euro from 0.00 to 9999999.99, at most two decimals",
        "4: composition: found 'duo'; allowed: 'single' or 'couple'",
        next(line for line in told(*rows) if "vliegtuig" in line),
    ]


def test_an_amount_of_which_nobody_knows_what_it_is_is_not_guessed() -> None:
    assert told("a;single;pension;1,250;domestic_help") == [
        "2: income: found '1,250'; allowed: an amount in euro from 0.00 to 9999999.99, at most two decimals"
    ]


def test_a_decimal_comma_between_commas_is_a_cell_too_many() -> None:
    head = "composition,client_age,income,provision_1"

    assert told("single,pension,1250,50,domestic_help", "single,pension,1250,domestic_help", head=head) == [
        "2: : found 5 cells; allowed: 4, one a column"
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("31-2-1950", "client_born: found '31-2-1950'; allowed: dates"),
        ("5/12/1950", "client_born: found '5/12/1950'; allowed: dates"),
        ("12-5-2050", "client_born: found 2050-05-12; allowed: a date from 1901-01-01 to 2026-11-22"),
        ("12-5-1850", "client_born: found 1850-05-12; allowed: a date from 1901-01-01 to 2026-11-22"),
    ],
)
def test_a_date_that_nobody_has_is_told(day: str, expected: str) -> None:
    (line,) = told(f"single;{day};domestic_help", head="composition;client_born;provision_1")

    assert line.startswith(f"2: {expected}")


def test_what_a_formula_went_wrong_with_is_told_and_not_taken_for_nothing() -> None:
    content = xlsx_of(HEAD.split(";"), ["a", "single", "pension", "#N/A", "domestic_help"])

    (wrong,) = read_clients(content, "c.xlsx", ON).wrong

    assert (wrong.row, wrong.problem.field, wrong.problem.found) == (2, "income", "'#N/A'")


def test_rows_keep_their_numbers_when_there_are_empty_ones_between() -> None:
    assert told("", "a;single;oud;;domestic_help")[0].startswith("3: client_age")


def test_of_many_wrong_rows_the_first_are_told_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_file, "MOST_TOLD", 2)
    clients = clients_of(*["a;single;oud;;domestic_help"] * 5)

    assert (clients.wrong_rows, [wrong.row for wrong in clients.wrong]) == (5, [2, 3])


# The template


def test_the_template_is_a_client_file() -> None:
    from estimator.policies.workbook import template

    clients = read_clients(template(Texts("nl")), "template.xlsx", ON)

    assert (clients.rows, clients.wrong_rows) == (2, 0)
    assert clients.table["provision_1"].to_list() == ["domestic_help", "other_aid"]
