"""The edits that docs/law-changes.md tells an editor to make do what it says, and nothing else has to change."""

import re
from datetime import date
from pathlib import Path
from shutil import copytree

from estimator.rules import Household, compare, estimate, read_law
from estimator.rules.law import Law

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "law-changes.md").read_text("utf-8")
NOW, THEN = date(2026, 11, 22), date(2027, 3, 1)
SINGLE = Household(
    composition="single",
    client_age="adult",
    income=40000,
    provisions=[{"kind": "domestic_help"}],  # type: ignore[list-item]
)


def edited(heading: str, tmp_path: Path) -> Law:
    """The law after the edit that stands below a heading of the guide."""
    section = GUIDE.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    [(file, lines)] = re.findall(r"```diff\n# (\S+)\n(.*?)```", section, re.DOTALL)
    folder = Path(copytree(ROOT / "estimator" / "rules" / "amounts", tmp_path / "amounts"))
    text = (folder / file).read_text("utf-8")
    for before, after in re.findall(r"^-(.*)\n\+(.*)$", lines, re.MULTILINE):
        assert before in text, f"{file} has no line {before!r}"
        text = text.replace(f"{before}\n", f"{after}\n", 1)
    if "\n-" not in f"\n{lines}":
        text += "\n" + "".join(f"{line}\n" for line in re.findall(r"^\+(.*)$", lines, re.MULTILINE))
    (folder / file).write_text(text, "utf-8")
    return read_law(folder)


def test_three_lines_make_the_bill_law(tmp_path: Path) -> None:
    before = compare(SINGLE, NOW).upcoming
    law = edited("The bill was adopted: change these three lines", tmp_path)
    after = compare(SINGLE, NOW, rules=law).upcoming
    current = estimate(SINGLE, THEN, rules=law)

    assert before is not None
    assert after is not None
    assert (before.status, after.status) == ("proposed", "adopted")
    assert (before.low, before.high) == (after.low, after.high) == (current.low, current.high)
    assert (current.regime, current.outcome) == ("bill", "amount")
    assert estimate(SINGLE, NOW, rules=law).regime == "flat_rate"


def test_the_guide_says_three_lines_and_means_it() -> None:
    section = GUIDE.partition("change these three lines")[2].partition("\n## ")[0]

    assert len(re.findall(r"^\+", section, re.MULTILINE)) == 3


def test_a_later_beginning_moves_the_reference_year_along(tmp_path: Path) -> None:
    later = compare(SINGLE, NOW, rules=edited("It begins later", tmp_path)).upcoming

    assert later is not None
    assert (later.as_at, later.reference_year, later.status) == (date(2028, 1, 1), 2026, "proposed")
    assert later.outcome == "amount"


def test_of_a_bill_that_was_withdrawn_nothing_is_said(tmp_path: Path) -> None:
    compared = compare(SINGLE, NOW, rules=edited("It was withdrawn", tmp_path))

    assert compared.upcoming is None
    assert compared.current.outcome == "amount"


def test_a_new_rate_counts_from_its_first_day(tmp_path: Path) -> None:
    law = edited("The flat rate of a new year was published", tmp_path)

    assert estimate(SINGLE, THEN).outcome == "not_known"
    assert estimate(SINGLE, THEN, rules=law).high == 2240
    assert estimate(SINGLE, NOW, rules=law).high == estimate(SINGLE, NOW).high
