"""The workbook, read back: what it says first, figures as numbers in euro, texts as texts."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from openpyxl import load_workbook

from estimator.policies.client_file import WrongRow, read_clients
from estimator.policies.comparison import DIMENSIONS, GROUP_KEYS, PolicyComparison, compare_policies
from estimator.policies.demo import demo_population
from estimator.policies.examples import EXAMPLES
from estimator.policies.named import municipal_policy, policy_of, ready_policies
from estimator.policies.workbook import group_name, template, workbook
from estimator.rules.exemptions import OTHER_RULE_GROUNDS, SOURCES
from estimator.rules.household import KINDS, Problem
from estimator.rules.policy import Policy
from estimator.texts import Texts
from tests.policies.clients import ON

NL = Texts("nl")
READY = ready_policies()
EVIL = '=HYPERLINK("http://example.org";"x")'
POLICIES = (
    READY["national"],
    READY["2006-iv"],
    policy_of({"name": EVIL, "source": "@SUM(1)", "lower_amount": 12}, "+1.toml"),
    municipal_policy("GM0233"),
    municipal_policy("GM0000"),
)
CATALOGUE = Path(__file__).parents[2] / "locales" / "nl" / "LC_MESSAGES" / "policies.po"


def compared() -> PolicyComparison:
    content = demo_population(500, 5).write_csv().encode() + b"\ndemo-x;;\n"
    found = compare_policies(read_clients(content, "=1+1.csv", ON), POLICIES, ON)
    return found._replace(wrong=(*found.wrong, WrongRow(9, Problem("income", "=cmd|' /C calc'!A0\x07", "-1"))))


FOUND = compared()


def sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(BytesIO(content), read_only=True)
    return {sheet.title: [row or (None, None) for row in sheet.iter_rows(values_only=True)] for sheet in book}


SHEETS = sheets(workbook(FOUND, NL))
ASSUMPTIONS, RESULTS = SHEETS["Uitgangspunten"], SHEETS["Resultaten"]


def said(label: str) -> list[Any]:
    return [str(row[1])[:10] if isinstance(row[1], date) else row[1] for row in ASSUMPTIONS if row[0] == label]


def test_the_assumptions_come_first() -> None:
    assert list(SHEETS) == [
        "Uitgangspunten", "Resultaten", "Uitkomsten", "Groepen", "Verdeling", "Voorbeelden", "Fouten in het bestand"
    ]  # fmt: skip
    assert said("Berekend voor") == ["2026-11-22"]
    assert said("Huishoudens die zijn berekend") == [500]
    assert said("Rijen met een fout, niet berekend") == [1]
    assert said("Versie van de rekenregels") == [FOUND.version]
    assert said("Kenmerk van de gebruikte bedragen") == [FOUND.law]
    assert said("Regels") == ["Abonnementstarief", "Plan: bijdrage naar inkomen en vermogen"]
    assert said("Status van de regels") == ["Geldt", "Plan, nog geen wet"]
    assert said("Plan gevolgd tot en met") == ["2026-07-01"]


def test_every_policy_is_there_with_its_keys_and_source() -> None:
    assert said("Beleid") == [policy.name for policy in POLICIES]
    assert set(said("Bron van het beleid")) == {policy.source for policy in POLICIES}
    choices = said("Abonnementstarief")
    assert "Geen eigen keuzes: de landelijke regels" in choices
    assert "share: Deel van de bijdrage: 50%" in choices
    assert "lower_amount: Lager bedrag: 12" in choices
    assert "Van deze datum is het beleid niet bekend. Hier gelden de landelijke regels." in choices
    assert next(each for each in choices if each.startswith("low_income_limits")).count("21000") == 1


def test_a_choice_stands_under_the_rules_that_look_at_it() -> None:
    limits = {"low_income_limits": {"single_pension": 23_000}, "bill_exempt_below": {"couple_under": 30_000}}
    clients = read_clients(demo_population(20, 1).write_csv().encode(), "x.csv", ON)
    found = compare_policies(clients, (READY["national"], policy_of({"source": "x", **limits}, "own")), ON)
    rows = [row[:2] for row in sheets(workbook(found, NL))["Uitgangspunten"] if len(row) > 1]
    told = [(regime, words) for regime, words in rows if str(words).startswith(tuple(limits))]

    assert [regime for regime, _ in told] == ["Abonnementstarief", "Plan: bijdrage naar inkomen en vermogen"]
    assert "Alleen, AOW-leeftijd 23000" in told[0][1]
    assert "Paar, minstens één onder AOW-leeftijd 30000" in told[1][1]


def test_where_no_amount_is_known_there_is_none() -> None:
    content = demo_population(20, 1).write_csv().encode()
    later = date(2027, 2, 1)
    found = compare_policies(read_clients(content, "x.csv", later), (READY["national"], READY["2006-iv"]), later)
    current = [row for row in sheets(workbook(found, NL))["Resultaten"] if row[1] == "Abonnementstarief"]

    assert not found.of(0, "current").known
    assert found.of(0, "upcoming").known
    assert [[cell for cell in row[9:] if cell is not None] for row in current] == [[], []]


def test_amounts_are_numbers_in_euro() -> None:
    head, *rows = RESULTS
    place = head.index("Opbrengst in een jaar (euro), laagst")

    for row, result in zip(rows, FOUND.results, strict=True):
        assert row[place] == pytest.approx(result.everybody.year.low / 100)
        assert row[:2] == (POLICIES[result.policy].name, NL(f"policies.regime.{result.regime}"))


def test_who_pays_more_and_less_stands_beside_it() -> None:
    head, *rows = RESULTS
    less, total = (head.index(name) for name in ("Betalen minder, hoogst", "Samen minder (euro per jaar), hoogst"))
    half = FOUND.of(1, "current").everybody.changes
    row = rows[2]

    assert half is not None
    assert (row[less], row[total]) == (half.high.less, pytest.approx(half.high.less_sum / 100))


def test_every_result_has_its_distribution_groups_and_outcomes() -> None:
    assert len(SHEETS["Verdeling"]) == 1 + sum(len(result.distribution) for result in FOUND.results)
    assert len(SHEETS["Groepen"]) == 1 + sum(len(r.groups[name]) for r in FOUND.results for name in DIMENSIONS)
    assert sum(row[4] for row in SHEETS["Uitkomsten"][1:]) == 500 * len(FOUND.results)


def test_the_examples_are_worked_out() -> None:
    head, *rows = SHEETS["Voorbeelden"]

    assert len(rows) == len(EXAMPLES) * len(POLICIES) * 2
    first = dict(zip(head, rows[0], strict=True))
    assert first["Bijdrage (euro), laagst"] == first["Bijdrage (euro), hoogst"] == 21.8
    assert first["Waarom"] is None


def test_a_plan_is_shown_in_whole_euro_but_for_what_it_publishes() -> None:
    book = load_workbook(BytesIO(workbook(FOUND, NL)))
    head, *rows = book["Voorbeelden"].iter_rows()
    place = [cell.value for cell in head].index("Bijdrage (euro), laagst")
    formats = {row[place].value: row[place].number_format for row in rows if str(row[5].value).startswith("Plan")}

    assert formats[23.6] == "#,##0.00"
    assert {form for amount, form in formats.items() if amount not in (23.6, 328, 0)} <= {"#,##0"}


def test_no_text_of_somebody_is_a_formula() -> None:
    book = load_workbook(BytesIO(workbook(FOUND, NL)))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]

    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n", "d"}
    texts = [cell.value for cell in cells if cell.data_type in ("s", "inlineStr")]
    assert EVIL in texts
    assert "=cmd|' /C calc'!A0" in texts
    assert "=1+1.csv" in texts


def test_what_is_wrong_with_the_file_is_told() -> None:
    assert SHEETS["Fouten in het bestand"][0] == ("Rij", "Kolom", "Gevonden", "Toegestaan")
    assert SHEETS["Fouten in het bestand"][-1][:2] == (9, "income")


def test_the_template_explains_every_column() -> None:
    both = sheets(template(NL))

    columns = [row[0] for row in both["Uitleg"][1:] if row[0]]
    assert columns == list(both["Huishoudens"][0])
    assert all(row[1] and row[2] for row in both["Uitleg"][1:] if row[0])


# Words


def test_everything_that_can_come_of_it_has_words() -> None:
    for ground in {*SOURCES, *OTHER_RULE_GROUNDS, "parameters_unknown", "income_unknown", "low_income_policy"}:
        assert f"policies.ground.{ground}" in NL, ground
    for key in Policy.model_fields:
        assert f"policies.key.{key}" in NL
    for dimension, keys in GROUP_KEYS.items():
        assert len({group_name(dimension, key, NL) for key in keys}) == len(keys)
    assert {f"policies.provision.{kind}" in NL for kind in KINDS} == {True}
    assert {f"policies.example.{key}" in NL for key in EXAMPLES} == {True}


def test_the_words_hold_no_figures_and_say_u() -> None:
    with CATALOGUE.open("rb") as file:
        words = {str(message.id): str(message.string) for message in read_po(file) if message.id}

    assert [key for key, text in words.items() if not key.startswith("policies.")] == []
    assert [key for key, text in words.items() if not text or any(sign.isdigit() for sign in text) or "!" in text] == []
    assert [key for key, text in words.items() if {"je", "jij", "jouw"} & set(text.split())] == []
