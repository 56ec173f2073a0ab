"""The file of households for letters: what is read from it, and what is refused, by column or as a whole."""

import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from estimator.printing.addressees import Addressee, Addressees, AddresseesError, Wrong
from estimator.printing.window import WIDTH

ON = date(2026, 11, 22)
HEAD = ["reference", "language", "composition", "client_age", "provision_1"]
ROW = ["A-1", "nl", "single", "pension", "domestic_help"]


def written(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "households.csv"
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def workbook(folder: Path, rows: Iterable[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    path = folder / "households.xlsx"
    book.save(path)
    return path


def read(path: Path, **options: Any) -> list[Addressee | list[Wrong]]:
    return list(Addressees(path, ON, **options))


def only(path: Path, **options: Any) -> Addressee:
    (found,) = read(path, **options)
    assert isinstance(found, Addressee), found
    return found


def wrong(path: Path, **options: Any) -> list[tuple[int, str, str, str, str]]:
    """Row, reference, column, found and allowed of all that is wrong."""
    return [
        (each.row, each.reference, *each.problem)
        for found in read(path, **options)
        if isinstance(found, list)
        for each in found
    ]


def with_cell(folder: Path, column: str, cell: Any) -> Path:
    """A file with one row, with a column more or with another cell in one of its own."""
    cells = dict(zip(HEAD, ROW, strict=True)) | {column: cell}
    return workbook(folder, [list(cells), list(cells.values())])


# What is read


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_file_is_read_with_either_delimiter_and_with_or_without_a_mark(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    lines = [delimiter.join([*HEAD, "salutation"]), delimiter.join([*ROW, "Geachte heer Özdemir"])]

    found = only(written(tmp_path, *lines, encoding=encoding))

    assert (found.row, found.reference, found.language, found.salutation) == (2, "A-1", "nl", "Geachte heer Özdemir")
    assert found.household.composition == "single"


def test_quotes_line_breaks_and_delimiters_in_cells_are_read_as_they_are(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        ",".join([*HEAD, "address_1", "salutation"]),
        ",".join([*ROW, '"De heer ""Jan"" Vries\nKerkstraat 1, boven"', '"Dag Jan,"']),
    )

    found = only(path)

    assert found.address == ('De heer "Jan" Vries', "Kerkstraat 1, boven")
    assert found.salutation == "Dag Jan,"


@pytest.mark.parametrize(
    ("typed", "euro"),
    [("1.234,56", "1234.56"), ("1.234", "1234"), ("€ 25.000,-", "25000"), ("1234.56", "1234.56"), ("12,5", "12.50")],
)
def test_an_amount_is_read_as_dutch(tmp_path: Path, typed: str, euro: str) -> None:
    path = written(tmp_path, ";".join([*HEAD, "income"]), ";".join([*ROW, typed]))

    assert only(path).household.income == Decimal(euro)


@pytest.mark.parametrize("typed", ["31-1-2026", "31-01-2026", "2026-01-31"])
def test_a_dutch_date_is_read(tmp_path: Path, typed: str) -> None:
    path = written(tmp_path, ";".join([*HEAD, "start_1"]), ";".join([*ROW, typed]))

    assert only(path).household.provisions[0].start == date(2026, 1, 31)


def test_dates_and_numbers_of_a_workbook_are_read_as_cells(tmp_path: Path) -> None:
    head = [*HEAD, "start_1", "income", "assets_low", "shelter_nights", "long_term_care"]
    cells = [1001, *ROW[1:], datetime(2026, 1, 31), 25000.5, 40000, 1, True]  # noqa: DTZ001 - as a workbook has it

    found = only(workbook(tmp_path, [head, cells]))

    assert found.reference == "1001"
    assert found.household.provisions[0].start == date(2026, 1, 31)
    assert found.household.income == Decimal("25000.5")
    assert found.household.assets_band == (40000,)
    assert (found.household.shelter_nights, found.household.long_term_care) == (1, True)


def test_empty_rows_are_skipped_and_rows_keep_the_number_of_a_spreadsheet(tmp_path: Path) -> None:
    second = ["A-2", *ROW[1:]]
    of_csv = written(tmp_path, ",".join(HEAD), ",".join(ROW), "", ",,,,", ",".join(second), "")
    of_book = workbook(tmp_path, [HEAD, ROW, [], [], second])

    for path in (of_csv, of_book):
        assert [each.row for each in read(path) if isinstance(each, Addressee)] == [2, 5]
        assert Addressees(path, ON).count == 2


def test_empty_columns_at_the_end_that_a_spreadsheet_leaves_are_no_mistake(tmp_path: Path) -> None:
    assert only(written(tmp_path, ";".join(HEAD) + ";;", ";".join(ROW) + ";;")).reference == "A-1"


def test_the_language_may_be_in_another_column(tmp_path: Path) -> None:
    head = ["taal" if name == "language" else name for name in HEAD]

    assert only(written(tmp_path, ",".join(head), ",".join(ROW)), language_column="taal").language == "nl"


def test_the_day_is_that_of_all_letters(tmp_path: Path) -> None:
    path = written(tmp_path, ",".join([*HEAD, "on"]), ",".join([*ROW, "2026-05-01"]))

    with pytest.raises(AddresseesError, match="column on: found an unknown column"):
        read(path)


def test_a_decimal_comma_that_makes_two_cells_of_one_is_seen(tmp_path: Path) -> None:
    path = written(tmp_path, ",".join([*HEAD, "income", "capital"]), ",".join([*ROW, "1.234,56", ""]))

    assert wrong(path) == [(2, "A-1", "", "8 cells", "7, one a column")]


@pytest.mark.parametrize(
    ("column", "day"),
    [("client_born", "1-2-2030"), ("client_born", "1-2-1840"), ("start_1", "1-1-1890"), ("start_1", "1-1-2099")],
)
def test_a_date_that_nobody_has_is_refused(tmp_path: Path, column: str, day: str) -> None:
    cells = dict(zip(HEAD, ROW, strict=True)) | {column: day}
    if column == "client_born":
        del cells["client_age"]

    ((row, _, where, _, allowed),) = wrong(workbook(tmp_path, [list(cells), list(cells.values())]))

    assert (row, where) == (2, column)
    assert allowed.startswith("a date from ")


@pytest.mark.parametrize("typed", ["1,234", "€ 1,234", "€12,500", "1,234,-", "1, 234", "€ 1,234,567 "])
def test_thousands_in_english_could_be_decimals_in_dutch(tmp_path: Path, typed: str) -> None:
    ((_, _, column, found, _),) = wrong(with_cell(tmp_path, "income", typed))

    assert (column, found) == ("income", typed)


# What is wrong with a row


@pytest.mark.parametrize(
    ("column", "cell", "found", "allowed"),
    [
        ("language", "de", "de", "nl, en, tr, ar, pl, uk"),
        ("language", None, "nothing", "nl, en"),
        ("reference", None, "nothing", "1 to 80 of A-Z"),
        ("reference", "../A", "../A", "1 to 80 of A-Z"),
        ("reference", ".A", ".A", "not beginning with '.'"),
        ("reference", "A" * 81, "A" * 81, "1 to 80"),
        ("reference", "letters-001", "letters-001", "that is a volume"),
        ("income", "1.23.4", "1.23.4", "an amount in euro such as 1250,50"),
        ("income", "-5", "-5", "an amount in euro"),
        ("income", "9" * 400, "9", "an amount in euro"),
        ("income", date(2026, 1, 31), "2026-01-31", "an amount in euro"),
        ("start_1", "31/1/2026", "31/1/2026", "a date such as 31-1-2026 or 2026-01-31"),
        ("start_1", "30-2-2026", "30-2-2026", "a date such as"),
        ("start_1", 45000, "45000", "dates"),
        ("composition", "duo", "duo", "single"),
        ("cost_price_1", "500", "500", "only with kind"),
        ("salutation", "Dag 李", "'李' (CJK UNIFIED IDEOGRAPH-674E)", "letters that our fonts have"),
        ("salutation", "Dag \u202eraJ", "RIGHT-TO-LEFT OVERRIDE", "letters that our fonts have"),
        ("salutation", "x" * 61, "61 letters", "at most 60 letters"),
        ("salutation", "Dag Jan,\nhoe gaat het?", "2 lines", "one line"),
        ("address_1", "x" * 60, "101 mm in small letters: xxx", "at most 85 mm"),
        ("address_2", "a\nb\nc\nd\ne\nf\ng", "7 lines", "at most 6"),
        ("salutation", date(2026, 1, 31), "2026-01-31", "a text"),
        ("income", "=1+1", "=1+1", "a value; a formula"),
    ],
)
def test_what_is_wrong_with_a_row_names_column_found_and_allowed(
    tmp_path: Path, column: str, cell: Any, found: str, allowed: str
) -> None:
    told = [each for each in wrong(with_cell(tmp_path, column, cell)) if each[2] == column or each[2] == "address_1"]

    assert told, "nothing was found wrong"
    assert told[0][0] == 2
    assert found in told[0][3]
    assert allowed in told[0][4]


def test_a_formula_is_never_taken_for_the_value_that_it_had(tmp_path: Path) -> None:
    of_csv = written(tmp_path, ",".join([*HEAD, "income"]), ",".join([*ROW, "=B2*12"]))

    for path in (of_csv, with_cell(tmp_path, "income", "=B2*12")):
        assert wrong(path) == [(2, "A-1", "income", "=B2*12", "a value; a formula may give another one elsewhere")]


@pytest.mark.parametrize("shown", ["#N/A", "#N/B", "#VERW!", "#NAAM?", "#REF!", "#DEEL/0!", " #WAARDE! ", "Fout:502"])
@pytest.mark.parametrize("column", ["salutation", "address_2", "income"])
def test_what_a_spreadsheet_shows_where_a_formula_went_wrong_is_no_value(
    tmp_path: Path, shown: str, column: str
) -> None:
    of_csv = written(tmp_path, ",".join([*HEAD, column]), ",".join([*ROW, shown]))

    for path in (of_csv, with_cell(tmp_path, column, shown)):
        ((_, _, where, _, allowed),) = wrong(path)
        assert (where, "where a formula went wrong" in allowed) == (column, True)


def test_a_line_of_an_address_may_be_as_wide_as_the_window_of_an_envelope(tmp_path: Path) -> None:
    line = ""
    while not wrong(with_cell(tmp_path, "address_1", f"{line}W")):
        line += "W"

    assert only(with_cell(tmp_path, "address_1", line)).address == (line,)
    ((*_, found, allowed),) = wrong(with_cell(tmp_path, "address_1", f"{line}W"))
    assert found.startswith(f"{WIDTH + 1} mm")
    assert "in two lines" in allowed


def test_wrong_rows_are_given_as_they_were_and_can_be_corrected(tmp_path: Path) -> None:
    head = [*HEAD, "start_1", "income", "long_term_care", "salutation"]
    cells = [1001, "xx", *ROW[2:], datetime(2026, 1, 31), 25000.5, True, "- dag"]  # noqa: DTZ001 - as a workbook has it
    book = Addressees(workbook(tmp_path, [head, ROW, cells]), ON)
    text = Addressees(written(tmp_path, ",".join(head), ",".join([*ROW, "=B2", "1.234,56"])), ON)

    assert list(book.given({3})) == [["1001", "xx", *ROW[2:], "2026-01-31", "25000,5", "1", "'- dag"]]
    assert list(book.given({2})) == [[*ROW, "", "", "", ""]]
    assert list(text.given({2})) == [[*ROW, "'=B2", "1.234", "56"]]
    corrected = only(written(tmp_path, ";".join(book.head), ";".join(next(book.given({3}))).replace("xx", "nl")))
    assert (corrected.reference, corrected.salutation) == ("1001", "- dag")
    assert corrected.household.income == Decimal("25000.5")
    assert corrected.household.long_term_care


def test_the_same_reference_again_is_wrong_in_capitals_too(tmp_path: Path) -> None:
    path = written(tmp_path, ",".join(HEAD), ",".join(ROW), ",".join(["a-1", *ROW[1:]]))

    first, *_ = read(path)
    assert isinstance(first, Addressee)
    assert wrong(path) == [(3, "a-1", "reference", "a-1", "each reference once, in capitals or not")]


def test_a_row_with_too_many_or_too_few_cells_is_wrong(tmp_path: Path) -> None:
    path = written(tmp_path, ",".join(HEAD), ",".join([*ROW, "more"]), ",".join(["A-2", *ROW[1:4]]))

    assert wrong(path) == [
        (2, "A-1", "", "6 cells", "5, one a column"),
        (3, "A-2", "", "4 cells", "5, one a column"),
    ]


def test_a_language_without_a_template_is_wrong(tmp_path: Path) -> None:
    assert wrong(written(tmp_path, ",".join(HEAD), ",".join(ROW)), languages=("en",))[0][2:] == ("language", "nl", "en")


def test_everything_that_is_wrong_with_a_row_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, ",".join([*HEAD, "income"]), "A 1,xx,duo,pension,domestic_help,25")

    assert [each[2] for each in wrong(path)] == ["reference", "language", "composition"]


# What is refused as a whole


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([""], "found an empty file"),
        ([",".join(HEAD)], "found no row below the names"),
        (
            [",".join([*HEAD, "inkomen"]), ",".join([*ROW, "1"])],
            "column inkomen: found an unknown column; allowed: ref",
        ),
        ([",".join([*HEAD, "bsn"]), ",".join([*ROW, "1"])], "column bsn: found a column of citizen service numbers"),
        ([",".join([*HEAD, "Burgerservicenummer"]), ",".join([*ROW, "1"])], "citizen service numbers"),
        ([",".join([*HEAD, "income", "income"]), ",".join([*ROW, "1", "1"])], "column income: found 2 of these"),
        ([",".join([*HEAD[:2], "", *HEAD[2:]]), ",".join(ROW)], "column 3: found no name"),
        ([",".join(HEAD[1:]), ",".join(ROW[1:])], "reference: found no such column"),
        ([",".join(["taal", *HEAD[2:], "reference"]), ",".join(ROW)], "column taal: found an unknown column"),
        ([",".join(HEAD[:4]), ",".join(ROW[:4])], "provision_1: found no such column"),
        ([",".join(HEAD), 'A-1,"nl"x,single,pension,domestic_help'], "line 2: found"),
        ([",".join(HEAD), ",".join([*ROW[:4], "x" * 140_000])], "line 2: found field larger than field limit"),
    ],
)
def test_a_file_that_can_t_be_used_is_refused_at_once(tmp_path: Path, lines: list[str], told: str) -> None:
    with pytest.raises(AddresseesError) as refused:
        read(written(tmp_path, *lines))

    assert told in str(refused.value)
    assert "households.csv" in str(refused.value)


@pytest.mark.parametrize("column", ["reference", "salutation", "address_1"])
@pytest.mark.parametrize(
    "numbers", [("123456782", "111222333", "10000008"), ("123-456-782", "111-222-333", "1000-0008")]
)
def test_values_that_are_citizen_service_numbers_are_refused(
    tmp_path: Path, column: str, numbers: tuple[str, ...]
) -> None:
    rows = [dict(zip(HEAD, ROW, strict=True)) | {"reference": f"A-{place}"} for place in range(3)]
    rows = [row | {column: number} for row, number in zip(rows, numbers, strict=True)]

    for path in (
        written(tmp_path, *(",".join(cells) for cells in (rows[0], *(row.values() for row in rows)))),
        workbook(tmp_path, [list(rows[0]), *(list(row.values()) for row in rows)]),
    ):
        with pytest.raises(
            AddresseesError, match="values that are citizen service numbers; allowed: a file"
        ) as refused:
            Addressees(path, ON)
        assert refused.value.place == f"column {column}"


def test_numbers_of_nine_digits_and_dates_are_no_citizen_service_numbers(tmp_path: Path) -> None:
    rows = [[f"{100_000_000 + place}", *ROW[1:], "2025-01-01"] for place in range(50)]
    path = written(tmp_path, ",".join([*HEAD, "start_1"]), *map(",".join, rows))

    assert Addressees(path, ON).count == 50


def test_every_column_that_is_allowed_is_named(tmp_path: Path) -> None:
    with pytest.raises(AddresseesError) as refused:
        read(written(tmp_path, ",".join([*HEAD, "naam"]), ""))

    for name in ("reference", "language", "salutation", "address_5", "client_born", "capital", "provision_1", "_2"):
        assert name in str(refused.value)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_refused_with_its_line(tmp_path: Path, encoding: str) -> None:
    path = written(
        tmp_path, ",".join([*HEAD, "salutation"]), ",".join([*ROW, "Geachte heer Özdemir"]), encoding=encoding
    )

    line = {"latin-1": 2, "utf-16": 1}[encoding]
    with pytest.raises(AddresseesError, match=rf"line {line}: found bytes .*; allowed: CSV in UTF-8, or XLSX"):
        read(path)


def test_a_workbook_that_is_broken_or_something_else_is_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path, [HEAD, ROW]).read_bytes()
    other = tmp_path / "other.xlsx"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    contents = {"text": b"reference,language", "half": whole[: len(whole) // 2], "zip": other.read_bytes(), "none": b""}

    for content in contents.values():
        other.write_bytes(content)
        with pytest.raises(AddresseesError, match="allowed: XLSX as a spreadsheet saves it"):
            read(other)


def test_a_workbook_with_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))

    with pytest.raises(AddresseesError, match="found a workbook with a password"):
        read(path)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "households.ods"
    path.write_bytes(b"")

    with pytest.raises(AddresseesError, match=r"found \.ods; allowed: \.csv or \.xlsx"):
        read(path)


def test_a_file_that_isn_t_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AddresseesError, match="No such file"):
        read(tmp_path / "none.csv")


# Files that would stop the service


def with_part(path: Path, name: str, content: bytes) -> Path:
    """A workbook with one of its parts replaced, or with one more."""
    with zipfile.ZipFile(path) as book:
        parts = {each: book.read(each) for each in book.namelist()} | {name: content}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for each, held in parts.items():
            book.writestr(each, held)
    return path


def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = with_part(workbook(tmp_path, [HEAD, ROW]), "xl/media/space.bin", b" " * (2**28 + 1))

    with pytest.raises(AddresseesError, match="bytes unpacked; allowed: a smaller workbook"):
        Addressees(path, ON)


def test_a_row_far_below_all_that_a_sheet_has_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, [HEAD, ROW])
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    far = b'<row r="4000000000"><c r="A4000000000"><v>1</v></c></row></sheetData>'
    with_part(path, "xl/worksheets/sheet1.xml", sheet.replace(b"</sheetData>", far))

    with pytest.raises(AddresseesError, match="found more than 1048576 rows"):
        Addressees(path, ON)


def test_more_columns_than_there_are_is_refused_before_they_are_compared(tmp_path: Path) -> None:
    slots = [f"provision_{number}" for number in range(2, 3_000)]

    with pytest.raises(AddresseesError, match="found 3003 columns; allowed: 1 to 1000"):
        Addressees(written(tmp_path, ",".join([*HEAD, *slots]), ",".join(ROW)), ON)
