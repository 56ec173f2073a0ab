"""The command line: what it prints, where, and with which exit code."""

import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from estimator.cli import main
from estimator.rules import law
from estimator.rules.law import AMOUNTS

ROOT = Path(__file__).parents[1]
EUROS = "an amount in euro from 0.00 to 9999999.99, at most two decimals"
CASES = """
[[case]]
name = "now"
on = 2026-05-01
municipality = "GM0000"
[case.household]
composition = "single"
client_age = "pension"
income = 25000
capital = 0
[[case.household.provisions]]
kind = "domestic_help"

[[case]]
name = "wrong"
on = 2026-05-01
[case.household]
composition = "single"
client_age = "pension"
income = -1
[[case.household.provisions]]
kind = "domestic_help"

[[case]]
name = "too early"
on = 2006-05-01
[case.household]
composition = "single"
client_age = "pension"
[[case.household.provisions]]
kind = "domestic_help"

[[case]]
name = "later"
on = 2026-05-01
regime = "upcoming"
[case.household]
composition = "single"
client_age = "pension"
income_band = [29500, 61000]
capital = 0
[[case.household.provisions]]
kind = "domestic_help"

[[case]]
name = "a wheelchair"
on = 2026-05-01
[case.household]
composition = "single"
client_age = "pension"
[[case.household.provisions]]
kind = "wheelchair"
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    file = tmp_path / "cases.toml"
    file.write_text(CASES, "utf-8")
    return file


def told(result: Result, name: str) -> list[str]:
    """The lines of one case."""
    blocks = [block.splitlines() for block in result.stdout.split("\n\n") if block.strip()]
    return next(block for block in blocks if block[0] == name)


def words(line: str) -> str:
    """A line with plain spaces."""
    return re.sub(r"\s+", " ", line).strip()


def test_help_lists_the_commands_and_says_what_they_do() -> None:
    listed = run("--help").stdout.partition("Commands:\n")[2]

    commands = [
        "check", "content", "cost-prices", "demo", "estimate", "law", "letters", "municipality", "openapi",
        "passphrase", "policy", "population",
    ]  # fmt: skip
    assert re.findall(r"^  ([a-z-]+)  ", listed, re.MULTILINE) == commands
    assert "..." not in listed
    for command in commands:
        assert run(command, "--help").exit_code == 0


def test_the_module_can_be_run_and_starts_without_what_it_may_not_need() -> None:
    shown = python("-m", "estimator", "--help")
    heavy = {"nicegui", "fastapi", "babel", "polars", "jinja2", "estimator.texts", "estimator.cases"}
    loaded = python("-c", f"import sys, estimator.cli; print(sorted({heavy!r} & set(sys.modules)))")

    assert shown.returncode == 0
    assert shown.stdout.startswith("Usage: python -m estimator ")
    assert loaded.stdout == "[]\n"


# estimate


def test_each_case_is_told_in_words(cases: Path) -> None:
    result = run("estimate", cases, "--language", "en")

    assert words(told(result, "now")[1]) == "€21.80 a month"
    assert words(told(result, "later")[1]) == "about €65 to €328 a month"
    nothing, why = told(result, "a wheelchair")[1:3]
    assert words(nothing) == "Nothing"
    assert "wheelchair" in why


def test_dutch_is_the_language_that_is_left_out(cases: Path) -> None:
    assert words(told(run("estimate", cases), "now")[1]) == "€ 21,80 per maand"


def test_a_wrong_case_is_told_on_standard_error_and_the_others_go_on(cases: Path) -> None:
    result = run("estimate", cases)

    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"bijdragewijzer: {cases}: case 2 (wrong): household.income: found -1; allowed: {EUROS}",
        f"bijdragewijzer: {cases}: case 3 (too early): on: found 2006-05-01; allowed: 2007-01-01 or later",
    ]
    assert [block.split("\n")[0] for block in result.stdout.split("\n\n")[:3]] == ["now", "later", "a wheelchair"]


def test_without_a_wrong_case_the_exit_code_is_0(tmp_path: Path) -> None:
    right = tmp_path / "right.toml"
    right.write_text(CASES.partition('[[case]]\nname = "wrong"')[0], "utf-8")

    result = run("estimate", right)

    assert (result.exit_code, result.stderr) == (0, "")


def test_a_trace_has_the_steps_with_amounts_and_articles_above_what_they_come_to(cases: Path) -> None:
    plain, traced = (told(run("estimate", cases, "--language", "en", *more), "later") for more in ((), ("--trace",)))
    steps = [line for line in traced if line not in plain]

    assert [line for line in traced if line in plain] == plain
    income, last = words(steps[0]), words(steps[-1])
    assert steps[0].startswith("    ")
    assert steps[-1].startswith("  ")
    assert not steps[-1].startswith("   ")
    assert "€29,500.00" in income
    assert re.search(r"\[.*36 713.*\]$", last)
    assert "€327.77" in last
    assert all(line.endswith("]") for line in steps)


def test_what_could_make_it_different_and_the_receipt_come_last(cases: Path) -> None:
    *_, caveat, receipt = told(run("estimate", cases, "--language", "en"), "later")

    assert caveat.startswith("  - ")
    assert f"law={law().digest}" in receipt
    assert "regime=bill  status=proposed  as_at=2027-01-01" in receipt


def test_a_file_of_cases_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    result = run("estimate", tmp_path / "none.toml")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"bijdragewijzer: {tmp_path}/none.toml: found No such file or directory; allowed: a file that can be read\n"
    )


def test_a_language_that_is_not_live_is_refused(cases: Path) -> None:
    result = run("estimate", cases, "--language", "fr")

    assert result.exit_code == 2
    assert "'nl', 'en'" in result.stderr


# check


def test_check_tells_each_case_and_counts(cases: Path, tmp_path: Path) -> None:
    file = tmp_path / "two.toml"
    expect = '\n[case.expect]\noutcome = "amount"\namount = "{}"\n'
    case = CASES.partition('\n[[case]]\nname = "wrong"')[0]
    file.write_text(case + expect.format("21.80") + case.replace("now", "then") + expect.format("1.00"), "utf-8")

    result = run("check", file)

    assert result.stdout.splitlines() == [
        "passed  now",
        "failed  then: low: expected 1.00, found 21.80; high: expected 1.00, found 21.80",
        "1 passed, 1 failed",
    ]
    assert result.exit_code == 1
    assert run("check", cases).stdout.splitlines()[-1] == "0 passed, 5 failed"  # nothing is expected there


def test_all_our_own_cases_pass() -> None:
    result = run("check", *sorted((ROOT / "tests" / "cases").glob("*.toml")))

    assert result.exit_code == 0
    assert re.fullmatch(r"\d{3,} passed, 0 failed", result.stdout.splitlines()[-1])


def test_check_without_a_file_is_refused() -> None:
    assert run("check").exit_code == 2


# law


def test_law_shows_every_series_with_its_values() -> None:
    shown = run("law").stdout
    blocks = {block.split()[0]: block.splitlines() for block in shown.split("\n\n")[1:]}

    assert set(law().series) | {"pension_age"} == set(blocks)
    heading, *rows = blocks["monthly_amount"]
    assert heading.startswith("monthly_amount  euro/month  Wmo 2015, art. 2.1.4a lid 4")
    assert rows[-1].startswith("  2026-01-01 to 2026-12-31  21.80  in_force  grade A  seen until ")
    assert re.search(r"  checked \d{4}-\d\d-\d\d  CAK, page on the Wmo contribution of 2026$", rows[-1])
    assert blocks["rate"][2] == "  2008-01-01 to 2010-12-31    ?  not found"
    assert blocks["capital_rate"][1].startswith("  from 2018-12-31  40  ")
    assert len(blocks["pension_age"]) == 2 + len(law().pension_ages)


def test_law_shows_the_status_of_the_bill_first() -> None:
    plan = law().plan

    first, second, third, *_ = run("law").stdout.splitlines()
    assert first == f"bill {plan.number}, {plan.title}: {plan.status}"
    assert second == f"  planned_from {plan.planned_from}  seen_until {plan.seen_until}  checked {plan.checked}"
    assert all(source in third for source in plan.sources)


def test_law_checks_a_folder_and_a_file() -> None:
    result = run("law", AMOUNTS, AMOUNTS / "bill.toml")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"right  {AMOUNTS}: {len(law().series)} series",
        f"right  {AMOUNTS / 'bill.toml'}: {sum(series.file == 'bill.toml' for series in law().series.values())} series",
    ]


def test_a_wrong_law_file_is_told_in_one_line(tmp_path: Path) -> None:
    text = (AMOUNTS / "flat_rate.toml").read_text("utf-8")
    wrong = tmp_path / "flat_rate.toml"
    wrong.write_text(text.replace("from = 2024-01-01", "from = 2023-12-31"), "utf-8")

    result = run("law", wrong)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "bijdragewijzer: flat_rate.toml: monthly_amount.values[2].from: "
        "found 2023-12-31; allowed: no overlap: 2024-01-01\n"
    )


def test_a_law_file_that_is_not_there_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    absent, other = run("law", tmp_path / "none.toml"), run("law", ROOT / "README.md")

    assert absent.exit_code == 2
    assert "none.toml: found No such file or directory; allowed: a file that can be read" in absent.stderr
    assert other.exit_code == 1
    assert "README.md: the file: found .md; allowed: a folder, or a file that ends in .toml" in other.stderr


# population

HOUSEHOLDS = """reference,composition,client_age,income,capital,provision_1
a,single,pension,25000,0,domestic_help
b,single,pension,20000,0,domestic_help
c,single,pension,,,wheelchair
"""


@pytest.fixture
def households(tmp_path: Path) -> Path:
    file = tmp_path / "in.csv"
    file.write_text(HOUSEHOLDS, "utf-8")
    return file


def counts(result: Result) -> dict[str, int]:
    return {name: int(count) for count, name in (line.split() for line in result.stdout.splitlines())}


@pytest.mark.parametrize(
    ("options", "outcomes"),
    [
        ((), ["amount,,21.80,21.80", "amount,,21.80,21.80", "nothing,wheelchair,,"]),
        (("--municipality", "GM0000"), ["amount,,21.80,21.80", "nothing,low_income_policy,,", "nothing,wheelchair,,"]),
        (("--policy", "policy.toml"), ["amount,,10.00,10.00", "amount,,10.00,10.00", "nothing,wheelchair,,"]),
        (("--regime", "upcoming"), ["amount,,27.77,27.77", "amount,,23.60,23.60", "nothing,wheelchair,,"]),
    ],
    ids=["national", "of a municipality", "of a file", "upcoming"],
)
def test_a_file_of_households_is_estimated_and_counted(households, monkeypatch, options, outcomes: list[str]) -> None:
    monkeypatch.chdir(households.parent)
    Path("policy.toml").write_text("lower_amount = 10", "utf-8")

    result = run("population", "in.csv", "out.csv", "--on", "2026-05-01", *options)

    with Path("out.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert (result.exit_code, result.stderr) == (0, "")
    assert [row["reference"] for row in written] == ["a", "b", "c"]
    assert [",".join(row[name] for name in ("outcome", "ground", "low", "high")) for row in written] == outcomes
    assert counts(result)["rows"] == 3
    assert counts(result)["amount"] == sum(outcome.startswith("amount") for outcome in outcomes)


def test_a_row_that_is_no_household_is_told_and_the_others_are_estimated(households: Path) -> None:
    households.write_text(HOUSEHOLDS.replace("20000", "-1"), "utf-8")
    target = households.with_name("out.csv")

    result = run("population", households, target, "--on", "2026-05-01")

    assert result.exit_code == 1
    assert (counts(result)["amount"], counts(result)["error"]) == (1, 1)
    assert result.stderr == (
        f"bijdragewijzer: {households}: found 1 of 3 rows that can't be a household; "
        f"column problem in {target} says what is allowed\n"
    )
    assert re.search(r"^b,error,.*income: found '?-1'?; allowed: an amount", target.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("source", "target", "on", "message"),
    [
        ("none.csv", "out.csv", "2026-05-01", "none.csv: found No such file or directory; allowed: "),
        ("in.xlsx", "out.csv", "2026-05-01", "in.xlsx: found a name that ends in .xlsx; allowed: .csv or .parquet"),
        ("in.csv", "out.csv", "2006-12-31", "on: found 2006-12-31; allowed: 2007-01-01 or later"),
        ("in.csv", "in.csv", "2026-05-01", "in.csv: found source and target together; allowed: another file"),
    ],
)
def test_files_and_dates_that_can_not_be_used_are_told_in_one_line(
    households, monkeypatch, source: str, target: str, on: str, message: str
) -> None:
    monkeypatch.chdir(households.parent)
    Path("in.xlsx").write_text(HOUSEHOLDS, "utf-8")

    result = run("population", source, target, "--on", on)

    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not Path("out.csv").exists()


def test_a_policy_above_the_national_amount_is_refused_for_a_whole_file_too(households, monkeypatch) -> None:
    monkeypatch.chdir(households.parent)
    Path("policy.toml").write_text("lower_amount = 21.81", "utf-8")

    result = run("population", "in.csv", "out.csv", "--on", "2026-05-01", "--policy", "policy.toml")

    assert result.exit_code == 2
    assert result.stderr == (
        "bijdragewijzer: policy.lower_amount: found 21.81; allowed: 0.00 to 21.80, the national amount\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--on", "2026-02-30"), "--on: found 2026-02-30; allowed: a date such as 2026-01-31"),
        (("--on", "2026-05-01", "--municipality", "0363"), "--municipality: found 0363; allowed: GM0000, "),
        (("--on", "2026-05-01", "--municipality", "GM0000", "--policy", "policy.toml"),
         "--policy: found --municipality and --policy together; allowed: one of them"),
        (("--on", "2026-05-01", "--policy", "none.toml"),
         "none.toml: found No such file or directory; allowed: a file that can be read"),
        (("--on", "2026-05-01", "--policy", "share.toml"), "share.toml: share: found "),
        (("--on", "2026-05-01", "--policy", "twice.toml"), "twice.toml: found Cannot overwrite a value"),
    ],
)  # fmt: skip
def test_wrong_options_of_population_are_told_in_one_line(tmp_path, monkeypatch, arguments, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("share.toml").write_text("share = 2", "utf-8")
    Path("twice.toml").write_text("share = 1\nshare = 1", "utf-8")

    result = run("population", "in.csv", "out.csv", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"bijdragewijzer: {message}")
    assert len(result.stderr.splitlines()) == 1
    assert not Path("out.csv").exists()


# Articles and toolkit


def test_content_lists_what_the_texts_still_need_and_passes() -> None:
    told = run("content")

    assert told.exit_code == 0
    assert re.search(r"^ +0  stale$", told.stdout, re.MULTILINE)
    assert re.search(r"^ +\d+  not read by a person$", told.stdout, re.MULTILINE)


def test_content_blocks_a_broken_text_and_accepts_a_translation(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content", folder)
    english = folder / "articles" / "en" / "rolstoel.md"
    english.write_text(re.sub('source_hash: "[^"]+"', 'source_hash: "00000000"', english.read_text("utf-8")), "utf-8")
    assert "articles/en/rolstoel.md" in run("content", "--folder", str(folder)).stdout
    accepted = run("content", "--folder", str(folder), "--accept", str(english))
    assert accepted.exit_code == 0
    assert re.search(r"^ +0  stale$", accepted.stdout, re.MULTILINE)

    english.write_text(english.read_text("utf-8") + "\n{{ onbekend }}\n", "utf-8")
    broken = run("content", "--folder", str(folder))
    assert broken.exit_code == 1
    assert re.search(r"rolstoel\.md:\d+: found '\{\{ onbekend \}\}'", broken.stderr)


def test_content_names_a_file_that_is_no_translation() -> None:
    told = run("content", "--accept", str(ROOT / "content" / "articles" / "nl" / "rolstoel.md"))

    assert told.exit_code == 2
    assert "allowed: one with translated_from" in told.stderr


# Municipal files


def test_a_new_municipal_file_is_right_once_it_is_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "GM0001.toml"

    made = run("municipality", "new", "GM0001", "--name", "Proefstad", "--folder", tmp_path)
    empty = run("municipality", "check", tmp_path)
    filled = path.read_text("utf-8").replace('source = ""', 'source = "an ordinance"')
    path.write_text(filled.replace("#from", "from").replace("#checked", "checked"), "utf-8")
    right = run("municipality", "check", tmp_path)

    assert (made.exit_code, empty.exit_code, right.exit_code) == (0, 1, 0)
    assert made.stdout.startswith(f"made  {path}\n")
    assert f"wrong  {path}: policy[1].source: found ''; allowed: a text that isn't empty\n" in empty.stdout
    assert empty.stdout.endswith("0 right, 1 wrong\n")
    assert right.stdout == f"right  {path}: Proefstad, policies: 1\n1 right, 0 wrong\n"


@pytest.mark.parametrize(
    ("code", "folder", "parts"),
    [
        ("0363", ".", ["CODE: found 0363", "GM0363"]),
        ("GM0001", ".", ["GM0001.toml: found a file", "none yet"]),
        ("GM0002", "nowhere", ["GM0002.toml: found No such file"]),
    ],
)
def test_a_municipal_file_that_cannot_be_begun_is_refused(
    tmp_path: Path, code: str, folder: str, parts: list[str]
) -> None:
    (tmp_path / "GM0001.toml").write_text("mine")
    refused = run("municipality", "new", code, "--folder", tmp_path / folder)

    assert refused.exit_code == 2
    assert [part for part in parts if part not in refused.stderr] == []
    assert (tmp_path / "GM0001.toml").read_text() == "mine"


def test_every_problem_of_every_municipal_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "GM0001.toml").write_text('code = "GM0002"\nname = ""\nlanguages = ["fr"]\n')
    (tmp_path / "GM0002.toml").write_bytes('code = "GM0002"\nname = "Súdwest"\n'.encode("latin-1"))
    (tmp_path / "GM0003.toml").write_text('code = "GM0003"\nname = "Proefstad"\n')
    checked = run("municipality", "check", tmp_path)
    wrong = [line.removeprefix(f"wrong  {tmp_path}/") for line in checked.stdout.splitlines()[:-2]]

    assert checked.exit_code == 1
    assert wrong == [
        "GM0001.toml: name: found ''; allowed: a text that isn't empty",
        "GM0001.toml: languages.0: found 'fr'; allowed: nl, en, tr, ar, pl, uk",
        "GM0002.toml: the file: found a letter that isn't UTF-8 (at line 2); allowed: text in UTF-8",
    ]
    assert checked.stdout.splitlines()[-1] == "1 right, 2 wrong"


def test_our_own_municipal_files_are_checked_when_none_is_named(tmp_path: Path) -> None:
    checked = run("municipality", "check")

    assert checked.exit_code == 0
    assert re.search(r"^right  .*GM0363\.toml: Amsterdam, policies: 2$", checked.stdout, re.MULTILINE)
    assert run("municipality", "check", tmp_path).exit_code == 2
    assert run("municipality", "check", tmp_path / "GM0001.toml").exit_code == 1
