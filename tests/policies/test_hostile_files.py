"""Files that would stop the service for everybody: refused, or read like any other."""

from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import polars as pl
import pytest

from estimator.policies.client_file import read_clients
from estimator.policies.named import PolicyFileError, read_policy
from estimator.sheets import SheetError, write_sheet

ON = date(2026, 11, 22)
HEAD = "composition;client_age;income;provision_1\n"


def workbook(rows: list[list[object]]) -> bytes:
    book, made = openpyxl.Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(made)
    return made.getvalue()


def with_sheet(content: bytes, old: bytes, new: bytes) -> bytes:
    """A workbook with something else in its first sheet."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(old, new, 1) if name.endswith("sheet1.xml") else data)
    return made.getvalue()


SMALL = workbook([HEAD.strip().split(";"), ["single", "pension", 25000, "domestic_help"]])


@pytest.mark.parametrize("rows", [50_001, 100_001])
def test_many_rows_without_a_date_are_read(rows: int) -> None:
    content = (HEAD + "single;pension;25000;domestic_help\n" * rows).encode()

    assert read_clients(content, "x.csv", ON).table.height == rows


def test_amounts_in_a_notation_of_spreadsheets_are_read_beside_dates() -> None:
    content = "composition;client_born;income;provision_1\n" + "single;1-3-1950;1e4;domestic_help\n" * 3_000
    heard: list[int] = []
    found = read_clients(content.encode(), "x.csv", ON, lambda done, of: heard.append(done))

    assert found.table.height == 3_000
    assert len(heard) > 2


def test_cells_without_an_end_are_passed_over() -> None:
    hostile = with_sheet(SMALL, b"<sheetData>", b"<!-- " + b'<c r="A1" ' * 40_000 + b" --><sheetData>")

    assert read_clients(hostile, "x.xlsx", ON).table.height == 1


@pytest.mark.parametrize("closed", [b"></c></row>", b"</row>"])
def test_a_cell_that_says_very_often_that_it_went_wrong_is_passed_over(closed: bytes) -> None:
    cell = b'<row r="9"><c r="A9"' + b' t="e"' * 300_000 + closed
    hostile = with_sheet(SMALL, b"<sheetData>", b"<!--" + cell + b"--><sheetData>")

    assert read_clients(hostile, "x.xlsx", ON).table.height == 1


def test_an_error_in_a_row_that_no_sheet_has_is_passed_over() -> None:
    rows = b"".join(b'<c r="A%s" t="e"><v>#N/A</v></c>' % number for number in (b"0", b"9" * 5_000))
    hostile = with_sheet(SMALL, b"<sheetData>", b"<!--" + rows + b"--><sheetData>")

    assert read_clients(hostile, "x.xlsx", ON).wrong_rows == 0


def test_a_workbook_that_would_fill_the_memory_is_refused() -> None:
    hostile = BytesIO(SMALL)
    with ZipFile(hostile, "a", ZIP_DEFLATED) as book, book.open("xl/media/space.bin", "w", force_zip64=True) as file:
        for _ in range(65):
            file.write(b" " * 2**24)

    with pytest.raises(SheetError, match="bytes unpacked; allowed: a smaller workbook"):
        read_clients(hostile.getvalue(), "x.xlsx", ON)


@pytest.mark.parametrize("cell", ["XFD1048576", "A4000000000", "A" + "9" * 5_000])
def test_a_cell_far_from_the_others_ends_nothing(cell: str) -> None:
    far = f'<row><c r="{cell}"><v>1</v></c></row></sheetData>'.encode()

    with pytest.raises(SheetError, match="found a file that can't be read; allowed: one that is whole"):
        read_clients(with_sheet(SMALL, b"</sheetData>", far), "x.xlsx", ON)


@pytest.mark.parametrize(("place", "byte"), [(180, 19), (178, 95)])  # a panic; a size that no memory has
def test_a_parquet_file_with_one_wrong_byte_ends_nothing(place: int, byte: int) -> None:
    table = pl.DataFrame(
        {"composition": ["single"], "client_age": ["pension"], "income": [25000.5], "provision_1": ["domestic_help"]}
    )
    made = BytesIO()
    table.write_parquet(made, compression="uncompressed", statistics=False)
    content = bytearray(made.getvalue())
    content[place] = byte

    with pytest.raises(SheetError, match="found a file that can't be read"):
        read_clients(bytes(content), "x.parquet", ON)


def test_a_broken_workbook_is_refused_in_words() -> None:
    made = BytesIO()
    with ZipFile(BytesIO(SMALL)) as source, ZipFile(made, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name)[:40] if name.endswith(".rels") else source.read(name))

    with pytest.raises(SheetError):
        read_clients(made.getvalue(), "x.xlsx", ON)


@pytest.mark.parametrize("found", [b"PK\x01\x02", b"PK\x05\x06"])
def test_a_workbook_without_its_list_of_parts_is_refused_in_words(found: bytes) -> None:
    at = SMALL.rindex(found)

    with pytest.raises(SheetError, match="allowed: XLSX as a spreadsheet saves it"):
        read_clients(SMALL[:at] + b"XXXX" + SMALL[at + 4 :], "x.xlsx", ON)


def test_a_head_of_very_many_names_is_refused() -> None:
    content = ";".join(f"c{number}" for number in range(40_000)) + "\n"

    with pytest.raises(SheetError, match="found 40000 columns; allowed: 1 to 1000"):
        read_clients(content.encode(), "x.csv", ON)


def test_errors_of_formulas_are_told_in_every_row() -> None:
    rows: list[list[object]] = [HEAD.strip().split(";")]
    rows += [["single", "pension", "#N/A", "domestic_help"] for _ in range(3_000)]
    found = read_clients(workbook(rows), "x.xlsx", ON)

    assert found.wrong_rows == 3_000
    assert {each.problem.found for each in found.wrong} == {"'#N/A'"}


def test_a_control_character_does_not_cost_a_workbook(tmp_path) -> None:
    write_sheet(tmp_path / "x.xlsx", pl.DataFrame({"reference": ["a\x07b", "=1+1"]}))

    read = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert [cell.value for cell in read["A"]] == ["reference", "ab", "=1+1"]


@pytest.mark.parametrize("content", [b"a." * 20_000 + b"a = 1", b"x" * 65_537])
def test_a_policy_that_is_larger_than_any_is_refused(content: bytes) -> None:
    with pytest.raises(PolicyFileError):
        read_policy(content, "mine.toml")
