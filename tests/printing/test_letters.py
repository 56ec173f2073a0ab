"""Letters: what stands on one, that it is the household's own, and a run over a file that may be stopped any moment."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from click.testing import CliRunner, Result

from estimator.cli import main
from estimator.files import LOCALES
from estimator.library.documents import LibraryError
from estimator.municipalities import read_municipality
from estimator.pages.chart import due_by_income
from estimator.pages.verdict import verdict
from estimator.printing import letters, press
from estimator.printing.addressees import Addressee, Addressees
from estimator.printing.letters import Stationery, letter, letter_pdf, read_templates, volume_pdf
from estimator.printing.mailing import undisturbed
from estimator.printing.window import MOST_LINES, size_of
from estimator.rules import Household, compare, law
from estimator.rules.policy import NATIONAL
from estimator.texts import Texts
from tests.printing.reading import check_accessible, page_count, pictures, plain, spoken, white_around, words_of

ROOT = Path(__file__).parents[2]
ON = date(2026, 11, 22)
OWN = read_municipality(ROOT / "content" / "municipalities" / "GM0000.toml")
HELP = [{"kind": "domestic_help"}]
AID = {"kind": "other_aid", "cost_price": 3000, "start": "2024-02-01"}
HOUSEHOLDS: dict[str, dict[str, Any]] = {
    "single": {"composition": "single", "client_age": "pension", "income": 25000, "assets": 1000, "provisions": HELP},
    "couple, by birth": {
        "composition": "couple", "client_born": "1948-03-01", "partner_born": "1950-07-09", "income": "41234.50",
        "assets": 88000, "provisions": [*HELP, AID],
    },
    "partner under pension age": {
        "composition": "couple", "client_age": "pension", "partner_born": "1965-02-01", "income": 30000,
        "assets": 0, "provisions": HELP,
    },
    "child": {"composition": "single", "client_born": "2012-02-01", "provisions": HELP},
    "nothing stated": {"composition": "single", "client_age": "adult", "provisions": HELP},
    "no data": {"composition": "single", "client_age": "pension", "no_income_data": True, "provisions": HELP},
    "capital": {
        "composition": "single", "client_age": "pension", "income": 28000, "capital": 20000, "provisions": HELP,
    },
    "two aids": {
        "composition": "single", "client_age": "pension", "income": 28000, "assets": 0,
        "provisions": [AID, {"kind": "home_adaptation", "cost_price": 500, "start": "2025-01-01"}],
    },
    "an aid long paid for": {
        "composition": "single", "client_age": "pension", "income": 28000, "assets": 0,
        "provisions": [{"kind": "other_aid", "cost_price": 300, "start": "2020-03-01"}, *HELP],
    },
    "sheltered": {"composition": "single", "client_age": "adult", "sheltered_living": True, "provisions": HELP},
    "own incomes": {
        "composition": "couple", "client_age": "pension", "partner_age": "pension", "client_income": 20000,
        "partner_income": "15000.75", "provisions": HELP,
    },
    "ranges": {
        "composition": "couple", "client_age": "pension", "partner_age": "pension", "income_band": (30000, 39999),
        "assets_band": (80000,), "provisions": HELP,
    },
}  # fmt: skip
HEAD = "reference;language;salutation;address_1;composition;client_age;income;assets;provision_1"


def somebody(household: str, language: str = "nl", **other: Any) -> Addressee:
    made = Household.model_validate(HOUSEHOLDS[household])
    return Addressee(2, "A-1", language, made, **other)


@pytest.fixture(scope="module")
def stationery() -> Stationery:
    return Stationery(law(), ON, OWN, read_templates("letter", law(), ON))


@pytest.fixture(scope="module")
def large() -> Stationery:
    return Stationery(law(), ON, OWN, read_templates("letter-large-print", law(), ON))


def verdict_of(addressee: Addressee) -> str:
    compared = compare(addressee.household, ON, OWN.policy)
    return plain("".join(piece["text"] for piece in verdict(compared, Texts(addressee.language))))


def file_of(folder: Path, rows: int = 4, wrong: tuple[int, ...] = (), languages: tuple[str, ...] = LOCALES) -> Path:
    """Households with an income each, and some rows that can't be one."""
    lines = [HEAD]
    for row in range(1, rows + 1):
        income = "a lot" if row in wrong else f"{20 + row % 40}.{row:03},50"
        language = languages[row % len(languages)]
        lines.append(f"A-{row};{language};Name{row},;Street {row};single;pension;{income};0;domestic_help")
    path = folder / "households.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def run(file: Path, folder: Path, *options: str) -> Result:
    command = ["letters", str(file), "--to", str(folder), "--on", str(ON), "--municipality", "GM0000", "--workers", "1"]
    return CliRunner().invoke(main, [*command, *options])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def errors(folder: Path) -> list[dict[str, str]]:
    with (folder / "errors.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def counts(done: Result) -> list[str]:
    """What is said at the end, in words without the spaces between."""
    return [" ".join(line.split()) for line in done.stdout.splitlines()]


# One letter


@pytest.mark.parametrize("locale", LOCALES)
def test_a_letter_says_what_the_household_owes_in_its_language(stationery: Stationery, locale: str) -> None:
    addressee = somebody("couple, by birth", locale, salutation="Beste Özdemir,", address=("Özdemir", "Plein 1"))
    texts, pdf = Texts(locale), letter_pdf(addressee, stationery)
    words = words_of(pdf)
    compared = compare(addressee.household, ON, OWN.policy)

    assert verdict_of(addressee) in words
    for result in (compared.current, compared.upcoming):
        assert result
        assert plain(texts.sum_of(result)) in words
    for said in ("Beste Özdemir,", "Plein 1", OWN.contact.phone, plain(texts.date(ON)), plain(texts("ui.how"))):
        assert said in words
    assert plain(texts("chart.heading")) in words
    check_accessible(pdf)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_letter_in_large_print_says_the_same(large: Stationery, locale: str) -> None:
    addressee = somebody("single", locale)

    assert verdict_of(addressee) in words_of(letter_pdf(addressee, large))


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_stands_too_near_to_an_edge(stationery: Stationery, large: Stationery, locale: str) -> None:
    address = ("De heer en mevrouw Van der Voorbeeld-Özdemir tot Langestein", *["Zeer Lange Voorbeeldstraat 123"] * 4)
    addressee = somebody("couple, by birth", locale, salutation=f"Geachte {'heer en mevrouw ' * 3},", address=address)

    for each in (stationery, large):
        for page in pictures(letter_pdf(addressee, each), 50):
            assert white_around(page, 8, 50)


@pytest.mark.parametrize(
    ("lines", "normal", "large"),
    [
        (["Mevrouw A. Voorbeeld", "Voorbeeldstraat 12", "0000 AA VOORBEELDSTAD"], 11, 18),
        (["Mevrouw A. Voorbeeld-Van der Zeer Lange Achternaam", "Plein 1"], 9, 9),
        (["a"] * MOST_LINES, 11, 14),
        ([], 11, 18),
    ],
)
def test_an_address_is_as_large_as_the_window_shows_it(lines: list[str], normal: int, large: int) -> None:
    assert (size_of(lines, large=False), size_of(lines, large=True)) == (normal, large)


@pytest.mark.parametrize("line", ["Щ" * 26, f"{'Щ' * 12} {'Щ' * 13}"])
def test_an_address_as_long_as_may_be_stays_in_the_window(
    stationery: Stationery, large: Stationery, tmp_path: Path, line: str
) -> None:
    cells = ["A-1", "nl", "single", "pension", "domestic_help", *[line] * 5, ""]
    cells[5] = f'"{line}\n{line}"'
    head = (
        "reference,language,composition,client_age,provision_1,address_1,address_2,address_3,address_4,address_5,income"
    )
    file = tmp_path / "households.csv"
    file.write_text(f"{head}\n{','.join(cells)}", "utf-8")
    (addressee,) = Addressees(file, ON)
    assert isinstance(addressee, Addressee), addressee
    assert len(addressee.address) == MOST_LINES

    for each in (stationery, large):
        left, bottom, right, top = around("Щ", letter_pdf(addressee, each))
        assert (left >= 20, right <= 20 + 85, top >= 47, bottom <= 47 + 40) == (True,) * 4


def around(letter: str, pdf: bytes) -> tuple[float, float, float, float]:
    """What a letter takes of the first page: left, bottom, right and top, in millimetres."""
    with pypdfium2.PdfDocument(pdf) as opened:
        page, height = opened[0].get_textpage(), opened[0].get_height()
        boxes = [page.get_charbox(place) for place, each in enumerate(page.get_text_range()) if each == letter]
    left, bottom, right, top = zip(*boxes, strict=True)
    points = min(left), height - min(bottom), max(right), height - max(top)
    return tuple(each * 25.4 / 72 for each in points)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_letter_itself_has_one_page_and_the_estimate_begins_on_the_next(
    stationery: Stationery, locale: str
) -> None:
    addressee = somebody("couple, by birth", locale, address=("a", "b", "c"))
    pdf = letter_pdf(addressee, stationery)
    last = letter(addressee, stationery)["parts"]["closing"][-1]["runs"][0]["text"]
    with pypdfium2.PdfDocument(pdf) as opened:
        first = plain(opened[0].get_textpage().get_text_range())

    assert plain(last.strip("….: ")).split()[-1] in first
    assert sum(each.tag == "H1" for each in spoken(pdf)) == 2
    assert page_count(pdf) <= 4


@pytest.mark.parametrize("locale", LOCALES)
def test_somebody_whose_name_isn_t_given_has_the_general_salutation(stationery: Stationery, locale: str) -> None:
    said = plain(Texts(locale)("letter.salutation"))

    assert said in words_of(letter_pdf(somebody("single", locale), stationery))


@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_a_letter_speaks_of_no_answers(stationery: Stationery, household: str) -> None:
    """Nobody who gets one filled in anything."""
    for locale, said in (("nl", r"\bantwoord|\bvul(de|t)? |u weet"), ("en", r"\banswer|filled in|you don't know")):
        sheet = letter(somebody(household, locale), stationery)["sheet"]
        shown = {
            name: sheet[name] for name in ("verdict", "lead", "notices", "panels", "receipts", "differences", "chart")
        }
        assert re.findall(said, json.dumps(shown, ensure_ascii=False), re.IGNORECASE) == []


@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_every_amount_is_the_household_s_own(stationery: Stationery, household: str) -> None:
    addressee, texts = somebody(household), Texts("nl")
    compared = compare(addressee.household, ON, OWN.policy)
    panels = letter(addressee, stationery)["sheet"]["panels"]

    assert [panel["sum"] for panel in panels] == [
        texts.sum_of(result) for result in (compared.current, compared.upcoming) if result
    ]


@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_the_chart_is_what_the_engine_gives_at_other_incomes(household: str) -> None:
    given = Household.model_validate(HOUSEHOLDS[household])
    addressee = somebody(household)
    due = due_by_income([addressee.household], OWN.policy, Stationery(law(), ON, OWN, {}).setting)
    left_out = {"income", "income_band", "client_income", "partner_income"}

    for income in range(0, 80_000, 7_301):
        other = given.model_dump(exclude=left_out) | {"income_band": (income, income + 500)}
        expected = compare(Household.model_validate(other), ON, OWN.policy)
        for found, result in zip(due, (expected.current, expected.upcoming), strict=True):
            at = found(income, income + 500)
            assert at
            assert result
            assert at.comes_to == result.comes_to


def test_the_table_marks_the_band_of_an_exact_income(stationery: Stationery) -> None:
    rows = letter(somebody("capital"), stationery)["sheet"]["chart"]["rows"]

    assert [plain(row["income"]) for row in rows if row["own"]] == ["€ 24.500 tot en met € 30.499"]


@pytest.mark.parametrize("household", ["child", "sheltered", "no data"])
def test_there_is_no_chart_where_income_makes_no_difference(stationery: Stationery, household: str) -> None:
    assert letter(somebody(household), stationery)["sheet"]["chart"] is None


def test_an_aid_that_was_paid_for_long_ago_isn_t_paid_for_any_more(stationery: Stationery) -> None:
    now = letter(somebody("an aid long paid for"), stationery)["sheet"]["panels"][0]

    assert "2021" not in " ".join(now["text"])
    assert "kostprijs" not in " ".join(now["text"])


def test_somebody_under_pension_age_is_told_the_amount_of_later(stationery: Stationery) -> None:
    national = OWN.model_copy(update={"policy": NATIONAL})
    made = letter(somebody("partner under pension age"), Stationery(law(), ON, national, stationery.templates))
    text = plain(" ".join(made["sheet"]["panels"][0]["text"]))

    assert "Zodra ook uw partner de AOW-leeftijd heeft, betaalt u volgens de regels van nu € 21,80 per maand." in text


def test_a_letter_is_the_same_bytes_every_time(stationery: Stationery) -> None:
    addressee = somebody("single")
    first = letter_pdf(addressee, stationery)
    letter_pdf(somebody("two aids"), stationery)

    assert letter_pdf(addressee, stationery) == first


# Many in one file


def test_a_volume_has_an_index_and_every_letter_begins_on_the_front_of_a_sheet(stationery: Stationery) -> None:
    addressees = [somebody("single")._replace(reference=f"B-{n}", language=LOCALES[n]) for n in range(3)]
    pdf = volume_pdf(addressees, 7, stationery)
    said = [each.words for each in spoken(pdf)]
    first = said.index("B-0")

    assert said[0] == "Brieven 7: inhoud"
    assert said[first : first + 9 : 3] == ["B-0", "B-1", "B-2"]
    assert said[first + 1 : first + 9 : 3] == ["Nederlands", "English", "Türkçe"]
    pages = [int(page) for page in said[first + 2 : first + 9 : 3]]
    assert all(page % 2 for page in pages)
    assert pages[0] == 3
    for number, page in enumerate(pages):
        # The reference stands below every page of a letter: on this one for the first time.
        assert f"B-{number}" in page_words(pdf, page)
        assert f"B-{number}" not in page_words(pdf, page - 1)
    check_accessible(pdf)


def page_words(pdf: bytes, page: int) -> str:
    """What stands on a page, in the order in which it was drawn; of the index without its rows."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return plain(opened[page - 1].get_textpage().get_text_range())


# Templates


def template(folder: Path, body: str, name: str = "nl.md") -> Path:
    head = '---\ntitle: Brief\nkind: letter\naudience: residents\nsources: ["x"]\nchecked: 2026-11-22\n---\n'
    path = folder / name
    path.write_text(head + body, "utf-8")
    return path


GOOD = "{{ salutation }}\n\n{{ estimate }} Bel {{ municipality.phone }} of kom naar {{ municipality.address }}.\n"


def test_a_template_may_be_a_file_or_a_folder_of_one_s_own(tmp_path: Path) -> None:
    path = template(tmp_path, f"Eigen woorden.\n\n{GOOD}")

    for place in (path, tmp_path):
        found = Stationery(law(), ON, OWN, read_templates(str(place), law(), ON))
        assert "Eigen woorden." in words_of(letter_pdf(somebody("single"), found))


@pytest.mark.parametrize("missing", ["salutation", "estimate", "municipality.phone", "municipality.address"])
def test_a_template_without_what_a_letter_needs_is_refused(tmp_path: Path, missing: str) -> None:
    path = template(tmp_path, GOOD.replace(f"{{{{ {missing} }}}}", ""))

    with pytest.raises(LibraryError, match=rf"nl\.md: found no {{{{ {missing} }}}}"):
        read_templates(str(path), law(), ON)


def test_an_unknown_placeholder_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"nl\.md:8: found '{{ naam }}"):
        read_templates(
            str(template(tmp_path, GOOD.replace("{{ salutation }}", "Beste\n{{ naam }} {{ salutation }}"))), law(), ON
        )


@pytest.mark.parametrize("name", ["brief.md", "de.md"])
def test_a_template_of_no_language_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LibraryError, match=r"allowed: letter, letter-large-print, or files called nl\.md"):
        read_templates(str(template(tmp_path, GOOD, name)), law(), ON)


# A run


def test_a_bad_row_among_good_ones_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    done = run(file_of(tmp_path, 4, wrong=(2,)), tmp_path / "letters")

    assert done.exit_code == 1
    made = ["A-1.pdf", "A-3.pdf", "A-4.pdf", "errors.csv", "letters.json", "wrong-rows.csv"]
    assert sorted(contents(tmp_path / "letters")) == made
    (error,) = errors(tmp_path / "letters")
    assert (error["row"], error["reference"], error["column"], error["found"]) == ("3", "A-2", "income", "a lot")
    assert "amount" in error["allowed"]
    assert counts(done) == ["3 made", "0 already there", "1 wrong"]


def test_wrong_rows_corrected_are_a_run_of_their_own(tmp_path: Path) -> None:
    file, folder = file_of(tmp_path, 4, wrong=(2, 3)), tmp_path / "letters"
    assert "wrong-rows.csv" in run(file, folder).stderr
    rows = folder / "wrong-rows.csv"
    corrected = rows.read_text("utf-8-sig").replace("a lot", "21.000")
    assert [line.split(";")[0] for line in corrected.splitlines()] == ["reference", "A-2", "A-3"]

    file.write_text(file.read_text("utf-8").replace("a lot", "21.000"), "utf-8")
    refused = run(file, folder)
    rows.write_text(corrected, "utf-8-sig")
    done = run(rows, tmp_path / "corrected")

    assert refused.exit_code == 2
    assert f"{rows}, corrected, as the file" in refused.stderr
    assert counts(done) == ["2 made", "0 already there", "0 wrong"]
    assert sorted(contents(tmp_path / "corrected")) == ["A-2.pdf", "A-3.pdf", "letters.json"]


def test_a_letter_never_holds_the_words_of_another_row(tmp_path: Path) -> None:
    run(file_of(tmp_path, 6), tmp_path / "letters")

    for row in range(1, 7):
        words = words_of((tmp_path / "letters" / f"A-{row}.pdf").read_bytes())
        assert set(re.findall(r"Name(\d)|Street (\d)", words)) == {(str(row), ""), ("", str(row))}


def test_no_errors_stay_when_there_are_none(tmp_path: Path) -> None:
    done = run(file_of(tmp_path, 1), tmp_path / "letters")

    assert (done.exit_code, sorted(contents(tmp_path / "letters"))) == (0, ["A-1.pdf", "letters.json"])


def test_what_a_spreadsheet_would_take_for_a_formula_is_defused_in_the_errors(tmp_path: Path) -> None:
    path = file_of(tmp_path, 1)
    path.write_text(path.read_text("utf-8").replace("21.001,50", "=1+1"), "utf-8")
    run(path, tmp_path / "letters")

    assert errors(tmp_path / "letters")[0]["found"] == "'=1+1"


def test_both_outputs_give_letters_and_volumes(tmp_path: Path) -> None:
    file, folder = file_of(tmp_path, 2), tmp_path / "letters"
    done = run(file, folder, "--output", "both")
    (folder / "A-2.pdf").unlink()
    again = run(file, folder, "--output", "both")

    assert (done.exit_code, again.exit_code) == (0, 0)
    assert sorted(contents(folder)) == ["A-1.pdf", "A-2.pdf", "letters-001.pdf", "letters.json"]
    assert counts(done) == ["2 made", "0 already there", "0 wrong", "1 volumes"]
    assert counts(again) == ["1 made", "1 already there", "0 wrong", "1 volumes"]


@pytest.mark.parametrize("output", ["combined", "both"])
def test_a_letter_that_can_t_be_set_is_left_out_of_its_volume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    file, folder = file_of(tmp_path, 4, wrong=(3,), languages=("nl",)), tmp_path / "letters"

    def failing(addressee: Addressee, stationery: Stationery) -> Any:
        if addressee.reference == "A-2":
            raise RuntimeError("out of ink")
        return letter(addressee, stationery)

    monkeypatch.setattr(letters, "letter", failing)
    done, again = (run(file, folder, "--output", output) for _ in range(2))

    assert counts(done) == ["2 made", "0 already there", "2 wrong", "1 volumes"]
    assert counts(again) == ["0 made", "2 already there", "2 wrong", "1 volumes"]
    found = {each["reference"]: each["found"] for each in errors(folder)}
    assert found == {"A-2": "RuntimeError: out of ink", "A-3": "a lot"}
    assert (folder / "letters-001.incomplete.txt").read_text("utf-8") == "A-2\n"
    said = words_of((folder / "letters-001.pdf").read_bytes())
    assert [f"Name{row}" in said for row in (1, 2, 3, 4)] == [True, False, False, True]
    assert "2 rows that can't be a letter" in done.stderr


def test_a_volume_that_can_t_be_made_is_no_letter_to_any_of_its_households(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> bytes:
        raise RuntimeError("too thick")

    monkeypatch.setattr("estimator.printing.mailing.volume_pdf", failing)
    done = run(file_of(tmp_path, 2), tmp_path / "letters", "--output", "combined")

    assert counts(done) == ["0 made", "0 already there", "2 wrong", "0 volumes"]


def test_letters_are_on_the_disk_and_for_nobody_else_who_uses_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, synced = tmp_path / "letters", set[int]()
    monkeypatch.setattr(os, "fsync", lambda file: synced.add(os.fstat(file).st_ino))
    run(file_of(tmp_path, 2, wrong=(1,)), folder, "--output", "both")

    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {path.stat().st_ino for path in folder.iterdir()} <= synced


def test_the_folder_remembers_what_set_its_letters(tmp_path: Path) -> None:
    run(file_of(tmp_path, 1), tmp_path / "letters")

    assert json.loads((tmp_path / "letters" / "letters.json").read_text("utf-8"))["typst"] == version("typst")


def test_two_runs_by_one_or_more_processes_give_the_same_bytes(tmp_path: Path) -> None:
    file = file_of(tmp_path, 70, wrong=(5,), languages=("nl",))
    run(file, tmp_path / "one")
    run(file, tmp_path / "two", "--workers", "2")

    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert len(contents(tmp_path / "one")) == 69 + 3


def test_a_run_again_makes_only_what_isn_t_there(tmp_path: Path) -> None:
    file, folder = file_of(tmp_path, 3), tmp_path / "letters"
    run(file, folder)
    before = contents(folder)
    (folder / "A-2.pdf").unlink()
    (folder / ".A-2.pdf.77.part").write_bytes(b"half")

    done = run(file, folder)

    assert counts(done) == ["1 made", "2 already there", "0 wrong"]
    assert contents(folder) == before


def test_a_run_goes_on_with_the_day_of_its_letters(tmp_path: Path) -> None:
    file, folder = file_of(tmp_path, 1), tmp_path / "letters"
    command = ["letters", str(file), "--to", str(folder), "--municipality", "GM0000", "--workers", "1"]
    run(file, folder, "--on", "2026-03-01")

    done = CliRunner().invoke(main, command)

    assert counts(done) == ["0 made", "1 already there", "0 wrong"]
    assert "goes on with letters of 2026-03-01" in done.stderr


def test_a_municipality_that_nobody_could_call_sends_no_letters(tmp_path: Path) -> None:
    """Nor one of which the rules aren't known: its own letter would say that it doesn't know them."""
    found = run(file_of(tmp_path, 1), tmp_path / "letters", "--municipality", "GM0363")

    assert found.exit_code == 2
    assert "GM0363.toml: found no contact.phone, no contact.address, no policy on 2026-11-22; allowed:" in found.stderr
    assert not (tmp_path / "letters").exists()


@pytest.mark.parametrize(("kind", "worked_out"), [("domestic_help", True), ("sheltered_living", False)])
def test_a_letter_speaks_of_a_calculation_only_where_there_is_one(
    stationery: Stationery, kind: str, worked_out: bool
) -> None:
    household = Household.model_validate(
        {"composition": "single", "client_age": "pension", "income": 30_000, "provisions": [{"kind": kind}]}
    )
    for locale in LOCALES:
        said = words_of(letter_pdf(Addressee(2, "A-1", locale, household), stationery))
        ending = plain(Texts(locale)("letter.estimate", verdict="")).strip()

        assert (press.LEFT_OUT.sub("", ending) in press.LEFT_OUT.sub("", said)) is worked_out


def test_nobody_is_told_until_when_to_pay_for_an_aid_that_began_on_an_unknown_day(stationery: Stationery) -> None:
    aid = {"kind": "other_aid", "cost_price": 500}
    known = {**aid, "start": "2026-03-01"}
    said = []
    for provision in (aid, known):
        household = Household.model_validate(
            {"composition": "single", "client_age": "pension", "income": 30_000, "provisions": [provision]}
        )
        said.append(words_of(letter_pdf(Addressee(2, "A-1", "nl", household), stationery)))

    assert "tot en met 3" not in said[0].split("Zo komen wij hieraan")[0]
    assert "tot en met 3" in said[1]


@pytest.mark.parametrize(
    ("options", "differs"),
    [
        (["--on", "2026-11-21"], "on was 2026-11-22, now it is 2026-11-21"),
        (["--template", "letter-large-print"], "template was letter, now it is letter-large-print"),
        (["--output", "both"], "output was each, now it is both"),
    ],
)
def test_a_folder_of_another_run_is_refused(tmp_path: Path, options: list[str], differs: str) -> None:
    file, folder = file_of(tmp_path, 1), tmp_path / "letters"
    run(file, folder)
    before = contents(folder)

    done = run(file, folder, *options)

    assert done.exit_code == 2
    assert differs in done.stderr
    assert "or another folder" in done.stderr
    assert contents(folder) == before


def test_another_file_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    run(file_of(tmp_path, 1), tmp_path / "letters")

    done = run(file_of(tmp_path, 2), tmp_path / "letters")

    assert (done.exit_code, "file was" in done.stderr) == (2, True)


def test_a_folder_with_other_files_or_without_a_parent_is_refused(tmp_path: Path) -> None:
    file = file_of(tmp_path, 1)

    assert "households.csv, and no letters.json" in run(file, tmp_path).stderr
    assert "no folder" in run(file, tmp_path / "none" / "letters").stderr
    assert "found a file" in run(file, file).stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--on", "1-1-2026"], "--on: found 1-1-2026"),
        (["--on", "1900-01-01"], "--on: found 1900-01-01; allowed: 2007-01-01 to 2027-12-31"),
        (["--on", "9999-12-31"], "--on: found 9999-12-31; allowed: 2007-01-01 to 2027-12-31"),
        (["--municipality", "GM9999"], "--municipality: found GM9999"),
        (["--template", "brief"], "brief: found no such file"),
        (["--language-column", "taal"], "column language: found an unknown column"),
    ],
)
def test_an_option_that_can_t_be_used_is_refused(tmp_path: Path, options: list[str], told: str) -> None:
    done = run(file_of(tmp_path, 1), tmp_path / "letters", *options)

    assert (done.exit_code, (tmp_path / "letters").exists()) == (2, False)
    assert told in done.stderr


def test_a_template_of_one_language_takes_rows_of_that_language_only(tmp_path: Path) -> None:
    path = template(tmp_path, GOOD)
    done = run(file_of(tmp_path, 2, languages=("nl", "en")), tmp_path / "letters", "--template", str(path))

    assert done.exit_code == 1
    assert [(each["column"], each["found"], each["allowed"]) for each in errors(tmp_path / "letters")] == [
        ("language", "en", "nl")
    ]


def started(file: Path, folder: Path, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "estimator", "letters", str(file), "--to", str(folder), "--on", str(ON)]
    command += ["--municipality", "GM0000", "--workers", "2"]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, preexec_fn=hear_ctrl_c, **options)


def hear_ctrl_c() -> None:
    """As at a terminal: what a shell starts in the background doesn't hear it, nor does what that starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def first_letters(folder: Path, process: subprocess.Popen[str]) -> Iterator[None]:
    """Until the first letters are there, or the run is over."""
    while process.poll() is None and len(list(folder.glob("*.pdf"))) < 5:
        yield


@pytest.mark.parametrize("seconds", [0, 0.1, 0.3])
def test_ctrl_c_stops_all_processes_of_a_terminal_while_they_begin(tmp_path: Path, seconds: float) -> None:
    folder = tmp_path / "letters"
    with started(file_of(tmp_path, 150, languages=("nl",)), folder, start_new_session=True) as process:
        while process.poll() is None and not (folder / "letters.json").exists():
            time.sleep(0.01)
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate()

    assert process.returncode == 130
    assert "Traceback" not in told
    assert "the same command goes on where it was" in told


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    hear_ctrl_c()
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_waits_until_a_process_has_begun_whichever_thread_hears_it() -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()

    def begin() -> None:
        with undisturbed():
            signal.pthread_kill(other.ident or 0, signal.SIGINT)
            done.set()
            other.join()
            begun.append("whole")

    begun = list[str]()
    with pytest.raises(KeyboardInterrupt):
        begin()
    assert begun == ["whole"]


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_a_run_that_is_stopped_goes_on_where_it_was(tmp_path: Path, stop: int, code: int) -> None:
    file, folder = file_of(tmp_path, 150, languages=("nl",)), tmp_path / "letters"
    with started(file, folder) as process:
        for _ in first_letters(folder, process):
            pass
        process.send_signal(stop)
        _, told = process.communicate()
    made = set(contents(folder))

    assert process.returncode == code
    assert 5 <= len([name for name in made if name.endswith(".pdf") and not name.startswith(".")]) < 150
    if stop == signal.SIGINT:
        assert "the same command goes on where it was" in told
        assert not [name for name in made if name.endswith(".part")]

    assert run(file, folder).exit_code == 0
    assert run(file, tmp_path / "uninterrupted").exit_code == 0
    assert contents(folder) == contents(tmp_path / "uninterrupted")
