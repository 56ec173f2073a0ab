"""The commands `policy` and `demo`, as somebody types them."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from estimator.cli import main
from tests.policies.clients import csv_of

ROWS = ("a;single;pension;20000;domestic_help", "b;single;pension;60000;individual_support")
POLICIES = ("--policy", "national", "--policy", "2006-iv")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clients.csv"
    path.write_bytes(csv_of(*ROWS))
    return path


def test_a_summary_for_each_regime(file: Path) -> None:
    found = run("policy", file, *POLICIES, "--on", "2026-11-22")

    lines = [" ".join(line.split()) for line in found.stdout.splitlines()]
    assert found.exit_code == 0
    assert lines[0] == "2 households 0 wrong rows on 2026-11-22"
    assert "current: flat_rate status=in_force as_at=2026-11-22" in lines
    assert "upcoming: bill status=proposed as_at=2027-01-01" in lines
    assert "national 2 0 0 0 523.20" in lines
    assert "2006-iv 2 0 0 0 261.60 0 2" in lines


def test_the_workbook_is_written(file: Path) -> None:
    target = file.with_name("result.xlsx")

    assert run("policy", file, *POLICIES, "--to", target).exit_code == 0
    assert load_workbook(target, read_only=True).sheetnames[:2] == ["Uitgangspunten", "Resultaten"]


def test_wrong_rows_are_told_and_end_with_1(file: Path) -> None:
    file.write_bytes(csv_of(*ROWS, "c;single;oud;20000;domestic_help"))

    found = run("policy", file, *POLICIES, "--on", "2026-11-22")

    assert found.exit_code == 1
    assert f"{file}: row 4: client_age: found 'oud'; allowed: 'under_18', 'adult' or 'pension'" in found.stderr
    assert f"{file}: found 1 wrong rows; the others were compared" in found.stderr
    assert "2 households  1 wrong rows" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--policy", "national"), "policy: found 1; allowed: 2 to 8 to compare"),
        ((*POLICIES, "--policy", "GM9999"), "municipality: found GM9999; allowed: GM0000"),
        ((*POLICIES, "--to", "result.ods"), "result.ods: found .ods; allowed: .xlsx"),
        ((*POLICIES, "--on", "2006-01-01"), "on: found 2006-01-01; allowed: 2007-01-01 or later"),
        ((*POLICIES, "--on", "1-1-2026"), "--on: found 1-1-2026; allowed: a date such as 2026-01-31"),
    ],
)
def test_what_can_t_be_compared_is_refused_with_2(file: Path, arguments: tuple[str, ...], expected: str) -> None:
    found = run("policy", file, *arguments)

    assert found.exit_code == 2
    assert f"bijdragewijzer: {'--' if expected.startswith('on:') else ''}{expected}" in found.stderr


def test_a_file_that_is_not_there_is_refused_with_2(tmp_path: Path) -> None:
    found = run("policy", tmp_path / "no.csv", *POLICIES)

    assert (found.exit_code, "No such file" in found.stderr) == (2, True)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_invented_households_can_be_compared(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"demo.{ending}"

    made = run("demo", target, "--rows", 30, "--seed", 4)
    found = run("policy", target, *POLICIES, "--on", "2026-11-22")

    assert (made.exit_code, made.stdout.split()) == (0, ["30", "invented", "households,", "seed", "4"])
    assert found.stdout.startswith("30 households  0 wrong rows")


def test_another_kind_of_file_is_refused_with_2(tmp_path: Path) -> None:
    found = run("demo", tmp_path / "demo.ods")

    assert (found.exit_code, "found .ods; allowed: .csv or .xlsx or .parquet" in found.stderr) == (2, True)
