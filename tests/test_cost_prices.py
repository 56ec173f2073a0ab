"""The command `cost-prices`: files as municipalities have them, what is told of them, and what is refused."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner, Result

from estimator.cli import MOST_ROWS_TOLD, main

HEAD = "reference;kind;cost_price;start;paid_before_2020"
COLUMNS = HEAD.split(";")
MIDNIGHT = datetime(2024, 3, 12, tzinfo=UTC).replace(tzinfo=None)
# 2500 - 9 x 20.60 - 12 x 21 - 12 x 21.80 = 1801.00 = 82 x 21.80 + 13.40
ROW = "A1;other_aid;2500;2024-03-12;"


def written(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "aids.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def workbook(folder: Path, rows: Iterable[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    path = folder / "aids.xlsx"
    book.save(path)
    return path


def run(source: Path, *options: object, on: str = "2027-01-01") -> Result:
    return CliRunner().invoke(main, ["cost-prices", str(source), "--on", on, *map(str, options)])


def rows_of(result: Result, delimiter: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(result.stdout), delimiter=delimiter))


def told(result: Result, *columns: str) -> list[tuple[str, ...]]:
    return [tuple(row[column] for column in columns) for row in rows_of(result)]


def test_a_row_for_every_aid_with_what_remains(tmp_path: Path) -> None:
    result = run(written(tmp_path, HEAD, ROW, "A1;home_adaptation;300;2026-01-01;"))

    assert result.exit_code == 0
    assert rows_of(result)[0] == {
        "row": "2", "reference": "A1", "kind": "other_aid", "start": "2024-03-12", "cost_price": "2500,00",
        "status": "running", "remaining": "1801,00", "months_left": "82", "virtual_end": "2033-10-31",
        "left_over": "13,40", "longest": "true", "last_amount_used": "true", "remark": "",
    }  # fmt: skip
    assert told(result, "remaining", "longest") == [("1801,00", "true"), ("38,40", "false")]
    assert result.stderr.split() == [
        "2", "rows", "2", "running", "0", "not_begun", "0", "reached", "0", "no_contribution", "0", "not_known",
        "0", "wrong",
    ]  # fmt: skip


@pytest.mark.parametrize("price", ["2500", "2500,00", "2.500", "2.500,00", "€ 2.500,-", "2500.00", " 2500 "])
@pytest.mark.parametrize("start", ["2024-03-12", "12-3-2024", "12-03-2024"])
def test_amounts_and_dates_as_in_dutch(tmp_path: Path, price: str, start: str) -> None:
    result = run(written(tmp_path, HEAD, f"A1;other_aid;{price};{start};"))

    assert told(result, "remaining", "start") == [("1801,00", "2024-03-12")]


@pytest.mark.parametrize("price", ["1,250", "1.250,5,0", "12,345", "nan", "1e3", "-5"])
def test_an_amount_that_may_be_two_or_is_none_is_not_guessed(tmp_path: Path, price: str) -> None:
    result = run(written(tmp_path, HEAD, f"A1;other_aid;{price};2024-03-12;"))

    assert result.exit_code == 1
    assert f"row 2: cost_price: found '{price}'; allowed: an amount in euro from 0.00 to" in result.stderr


def test_a_file_with_commas_is_answered_with_commas_and_points(tmp_path: Path) -> None:
    result = run(written(tmp_path, HEAD.replace(";", ","), 'A1,other_aid,"2500,00",12-3-2024,'))

    assert rows_of(result, ",")[0]["remaining"] == "1801.00"


def test_a_decimal_comma_that_makes_two_cells_of_one_is_a_wrong_row(tmp_path: Path) -> None:
    result = run(written(tmp_path, HEAD.replace(";", ","), "A1,other_aid,2500,00,2024-03-12,", "A2,other_aid,9"))

    assert result.exit_code == 1
    assert "row 2: cells: found 6; allowed: 5, one a column" in result.stderr
    assert "row 3: cells: found 3; allowed: 5, one a column" in result.stderr


def test_wrong_rows_are_told_by_the_number_that_a_spreadsheet_shows_and_the_rest_is_done(tmp_path: Path) -> None:
    lines = [HEAD, "", '"A\n1";other_aid;x;31-2-2024;', ";;;;", ROW, "A2;repair;100;2024-01-01;"]
    target = tmp_path / "found.csv"
    result = run(written(tmp_path, *lines), "--to", target)

    assert result.exit_code == 1
    assert "row 3: cost_price: found 'x'; allowed: an amount in euro" in result.stderr
    assert "start: found '31-2-2024'; allowed: a date such as 2026-01-31" in result.stderr
    assert "row 6: kind: found 'repair'; allowed: wheelchair, sports_wheelchair, other_aid, home_ad" in result.stderr
    assert f"found 2 wrong rows; column remark in {target} says what is allowed" in result.stderr
    found = pl.read_csv(target, separator=";", decimal_comma=True)
    assert found["row"].to_list() == [3, 5, 6]
    assert found["remaining"].to_list() == [None, 1801.0, None]


def test_of_many_wrong_rows_the_first_are_told(tmp_path: Path) -> None:
    result = run(written(tmp_path, HEAD, *["A;other_aid;x;2024-01-01;"] * 100))

    assert result.stderr.count("row ") == MOST_ROWS_TOLD
    assert "found 100 wrong rows" in result.stderr
    assert len(rows_of(result)) == 100


def test_what_is_not_known_is_no_wrong_row(tmp_path: Path) -> None:
    result = run(written(tmp_path, HEAD, "A1;other_aid;5000;2018-03-01;", "A2;other_aid;5000;2018-03-01;0"))

    assert result.exit_code == 0
    # 5000 - 46 x 19 - 12 x 20.60 - 12 x 21 - 12 x 21.80 = 3365.20
    assert told(result, "status", "remaining") == [("not_known", ""), ("running", "3365,20")]


# Kinds of file


def test_a_workbook_with_numbers_dates_and_texts(tmp_path: Path) -> None:
    rows = [
        [],
        COLUMNS,
        [12, "other_aid", 2500, date(2024, 3, 12), None],
        [],
        ["B", "other_aid", "2.500,00", MIDNIGHT, None],
        ["C", "other_aid", 2500.5, "12-3-2024", None],
        ["D", "other_aid", 1.125, date(2024, 3, 12), None],
        ["E", "other_aid", True, MIDNIGHT.replace(hour=10), None],
        ["F", "other_aid", 2500, date(2024, 3, 12), None, "note"],
    ]
    result = run(workbook(tmp_path, rows))

    assert told(result, "row", "reference", "remaining") == [
        ("3", "12", "1801,00"), ("5", "B", "1801,00"), ("6", "C", "1801,50"), ("7", "D", ""), ("8", "E", ""),
        ("9", "F", ""),
    ]  # fmt: skip
    assert "row 7: cost_price: found '1.125'" in result.stderr
    assert "row 8: cost_price: found 'true'" in result.stderr
    assert "start: found '2024-03-12 10:00:00'" in result.stderr
    assert "row 9: cells: found 6; allowed: 5, one a column" in result.stderr


def test_parquet_counts_its_rows_from_one(tmp_path: Path) -> None:
    path = tmp_path / "aids.parquet"
    columns = {"reference": [7, 8], "kind": ["other_aid"] * 2, "cost_price": [Decimal("2500.00"), None],
               "start": [date(2024, 3, 12)] * 2}  # fmt: skip
    pl.DataFrame(columns).write_parquet(path)
    result = run(path)

    assert told(result, "row", "reference", "remaining") == [("1", "7", "1801,00"), ("2", "8", "")]
    assert "row 2: cost_price: found nothing" in result.stderr


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_it_is_written_as_the_name_of_the_target_says(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"found.{ending}"
    result = run(written(tmp_path, HEAD, ROW, "=1+1;other_aid;100;2024-03-12;"), "--to", target)

    assert result.exit_code == 0
    assert "2  rows" in result.stdout
    if ending == "xlsx":
        sheet = openpyxl.load_workbook(target).active
        assert sheet is not None
        head, first, second = sheet.iter_rows()
        assert (
            dict(zip((cell.value for cell in head), (cell.value for cell in first), strict=True))["remaining"] == 1801
        )
        assert (second[1].value, second[1].data_type) == ("=1+1", "s")
    else:
        found = (
            pl.read_parquet(target) if ending == "parquet" else pl.read_csv(target, separator=";", decimal_comma=True)
        )
        assert found["remaining"][0] == 1801
        assert found["reference"][1] == ("=1+1" if ending == "parquet" else "'=1+1")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["aids.csv", target.name])


# What is refused


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (HEAD + ";BSN", "column BSN: found a column of citizen service numbers; allowed: a file without it: nothing"),
        (HEAD + ";burgerservicenummer", "column burgerservicenummer: found a column of citizen service numbers"),
        (HEAD + ";kind", "column kind: found 2 of these; allowed: each column once"),
        (HEAD + ";name", "name: found an unknown column; allowed: reference, kind, cost_price, start, paid_before"),
        (HEAD.replace("kind", ""), "column 2: found no name; allowed: a name for every column"),
        (HEAD.replace("start", "paid_before_2020", 1)[: -len(";paid_before_2020")], "start: found no such column"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_columns_that_cannot_be_used_are_named(tmp_path: Path, head: str, message: str, kind: str) -> None:
    row = [*ROW.split(";")[: head.count(";") + 1], "900000001"]
    in_csv = written(tmp_path, head, ";".join(row)) if kind == "csv" else None
    result = run(in_csv or workbook(tmp_path, [head.split(";"), row]))

    assert result.exit_code == 2
    assert message in result.stderr
    assert "900000001" not in result.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "found an empty file; allowed: the names of the columns, and a row for each"),
        (HEAD.encode(), "found no row below the names of the columns"),
        (f"{HEAD}\r\n\r\n;;;;\r\n".encode(), "found no row below the names of the columns"),
        (f"{HEAD}\r\nJosé;other_aid;1;2024-01-01;".encode("latin-1"), "line 2: found bytes that aren't UTF-8 (e9 3b"),
        (f'{HEAD}\r\n"A1;other_aid;1;2024-01-01;'.encode(), "line 2: found unexpected end of data; allowed: quotes"),
    ],
)
def test_a_csv_that_cannot_be_read_says_where(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "aids.csv"
    path.write_bytes(content)
    result = run(path)

    assert result.exit_code == 2
    assert result.stderr.startswith(f"bijdragewijzer: {path}: ")
    assert message in result.stderr


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("aids.xlsx", "allowed: XLSX as a spreadsheet saves it, without a password"),
        ("aids.parquet", "allowed: Parquet"),
        ("aids.ods", "found .ods; allowed: .csv or .xlsx or .parquet"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(tmp_path: Path, name: str, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"PK something")
    result = run(path)

    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = run(tmp_path / "aids.csv")

    assert result.exit_code == 2
    assert "found No such file or directory; allowed: a file that can be used" in result.stderr


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("aids.csv", "found source and target together; allowed: another file"),
        ("found.txt", "found .txt; allowed: .csv"),
        ("none/found.csv", "found No such file or directory"),
    ],
)
def test_a_target_that_cannot_be_written(tmp_path: Path, target: str, message: str) -> None:
    source = written(tmp_path, HEAD, ROW)
    result = run(source, "--to", tmp_path / target)

    assert result.exit_code == 2
    assert message in result.stderr
    assert source.read_text("utf-8").startswith(HEAD)


@pytest.mark.parametrize("on", ["2019-12-31", "soon"])
def test_a_date_that_cannot_be_used(tmp_path: Path, on: str) -> None:
    result = run(written(tmp_path, HEAD, ROW), on=on)

    assert result.exit_code == 2
    assert result.stderr.startswith(f"bijdragewijzer: --on: found {on}; allowed: ")


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    assert run(written(tmp_path, HEAD, ROW, encoding="utf-8-sig")).exit_code == 0
