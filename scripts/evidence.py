"""Evidence for an accessibility statement: run the tests of it, and write what they found into docs/accessibility.md.

A test's name says what it looks at; the pages, languages and colour schemes are those of the app's own lists. Nothing
in the document is written by hand but this file's words on what no test can see. `make evidence` runs it.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

from estimator.files import LOCALES
from estimator.municipalities import themes
from estimator.pages.show import EVERY_PAGE
from estimator.texts import Texts
from tests.browser.chromium import find_chromium
from tests.browser.conftest import STANDARDS
from tests.browser.pages import SCHEMES, states

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "accessibility.md"
LOOKED_AT = "accessible or readable or keyboard or focus or narrow or in_its_order or has_a_name or zoom or heard"
HEAD = """# Accessibility: what was tested

Evidence for the accessibility statement of a municipality (toegankelijkheidsverklaring), written by `make evidence`
from a run of the tests. It is no statement itself, and no audit by an expert.

- Day: {day}; version {version}, commit {commit}
- Browser: {browser}; axe-core by axe-playwright-python {axe}
- Standards that axe looked for: {standards}
- Pages: {pages}, in {states} states
- Languages: {languages}
- Colour schemes: light, {schemes}
- House styles: {themes}

## What was looked at

| what | tests | passed | failed | skipped |
| --- | --- | --- | --- | --- |
"""
TAIL = """
## What no test here sees

- A person with a screen reader, with speech input, with a switch, or with a magnifying glass has not tried it for this
  document. No expert has audited it.
- Whether a text can be understood. Dutch sentences are counted, and nothing more.
- Whether a translation is right: `python -m estimator content` says which ones a person has read.
- Browsers other than Chromium. PDF files: their tags, language and order are tested elsewhere, without a validator.
"""


def run() -> ElementTree.Element:
    """The results of the tests that look at accessibility."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "browser", "-k", LOOKED_AT]
        subprocess.run([*command, f"--junitxml={results}", "tests/browser"], cwd=ROOT, check=False)
        return ElementTree.parse(results).getroot()


def rows(results: ElementTree.Element) -> list[str]:
    """A line of the table for each test, however often it was done."""
    found: dict[str, Counter[str]] = {}
    for case in results.iter("testcase"):
        name = case.get("name", "").partition("[")[0].removeprefix("test_").replace("_", " ")
        told = {child.tag for child in case}
        outcome = "failed" if told & {"failure", "error"} else "skipped" if "skipped" in told else "passed"
        found.setdefault(name, Counter())[outcome] += 1
    return [
        f"| {name} | {outcomes.total()} | {outcomes['passed']} | {outcomes['failed']} | {outcomes['skipped']} |\n"
        for name, outcomes in sorted(found.items())
    ]


def output(*command: str) -> str:
    """What a program says, in a line."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def main() -> int:
    """Run and write; 1 when something failed."""
    lines = rows(run())
    chromium = find_chromium()
    assert chromium
    head = HEAD.format(
        day=date.today().isoformat(),  # noqa: DTZ011 - of this machine
        version=version("bijdragewijzer-wmo"),
        commit=output("git", "rev-parse", "--short", "HEAD"),
        browser=output(chromium, "--version").splitlines()[0],
        axe=version("axe-playwright-python"),
        standards=", ".join(STANDARDS),
        pages=len(EVERY_PAGE),
        states=len(list(states())),
        languages=", ".join(f"{Texts(locale).own_name} ({locale})" for locale in LOCALES),
        schemes=", ".join(SCHEMES),
        themes=", ".join(themes()),
    )
    DOCUMENT.write_text(head + "".join(lines) + TAIL, "utf-8")
    return int(any(line.split(" | ")[3] != "0" for line in lines))


if __name__ == "__main__":
    sys.exit(main())
