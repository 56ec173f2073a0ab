"""What the README of the rules module shows is what happens."""

import doctest
import re
from datetime import date
from pathlib import Path

from estimator import rules
from estimator.rules import read_law

README = Path(rules.__file__).with_name("README.md")


def test_the_examples_give_what_they_show() -> None:
    result = doctest.testfile(str(README), module_relative=False)

    assert result.attempted > 5
    assert result.failed == 0


def test_the_module_is_shown_in_ten_lines() -> None:
    first = README.read_text("utf-8").partition("```python\n")[2].partition("```")[0]

    assert len(re.findall(r"^(>>>|\.\.\.)", first, re.MULTILINE)) <= 10


def test_every_name_that_is_shown_is_public() -> None:
    shown = re.findall(r"^\| (.+?) \|", README.read_text("utf-8"), re.MULTILINE)

    names = {name for cell in shown for name in re.findall(r"`(\w+)`", cell)}
    assert names
    assert names <= set(rules.__all__)
    assert set(rules.__all__) == {name for name in rules.__all__ if hasattr(rules, name)}


def test_the_example_of_an_amount_is_one_that_the_law_files_take(edit_law) -> None:
    folder = edit_law("bill.toml", "[bill]\n", "[bill]\n")
    block = README.read_text("utf-8").partition("```toml\n")[2].partition("```")[0]
    series = '[example]\nunit = "cent/month"\nlegal_basis = "README"\n' + block.replace("monthly_amount", "example")
    (folder / "example.toml").write_text(series, "utf-8")

    added = read_law(folder).on("example", date(2027, 5, 1))

    assert (added.amount, added.status, added.grade) == (2240, "in_force", "A")
