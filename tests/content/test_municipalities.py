"""Municipal files: what is on file is right, and what is wrong is refused with file, key, found and allowed."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from estimator.municipalities import (
    HOUSE_ACCENT,
    LEAST_CONTRAST,
    MunicipalityError,
    contrast_with_white,
    read_municipalities,
    read_municipality,
)
from estimator.rules import NATIONAL, Policy

FOLDER = Path(__file__).parents[2] / "content" / "municipalities"
GOOD = """
code = "GM0001"
name = "Proefstad"
[[policy]]
from = 2025-01-01
until = 2025-12-31
source = "an ordinance"
checked = 2026-11-22
lower_amount = 14.10
"""
HISTORY = (
    GOOD.replace("2025-01-01", "2018-01-01").replace("2025-12-31", "2018-12-30").replace("lower_amount = 14.10", "")
)


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "GM0001.toml"
    path.write_text(text)
    with pytest.raises(MunicipalityError) as error:
        read_municipality(path)
    return str(error.value)


def test_every_file_is_right_and_every_decision_has_a_source() -> None:
    found = read_municipalities(FOLDER)

    assert "GM0000" in found
    assert all(decision.source and decision.checked for town in found.values() for decision in town.decisions)
    assert all(len(town.decisions) == len(town.policy.periods) for town in found.values())


def test_a_policy_holds_on_its_days_and_the_national_rule_on_others(tmp_path: Path) -> None:
    path = tmp_path / "GM0001.toml"
    path.write_text(GOOD)
    policy = read_municipality(path).policy

    assert policy.on(date(2025, 12, 31)) == Policy.model_validate({"lower_amount": "14.10"})
    assert policy.on(date(2026, 1, 1)) == NATIONAL


def test_what_is_at_most_the_national_amount_of_its_own_time_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "GM0001.toml"
    path.write_text(HISTORY + "fixed = 17.60\npercentage = 12.5\nlower_amount = 30")

    assert read_municipality(path).policy.on(date(2018, 5, 1)).fixed == Decimal("17.60")


@pytest.mark.parametrize(
    ("wrong", "parts"),
    [
        (GOOD.replace("14.10", "22.00"), ["policy[1].lower_amount", "22", "21.00"]),
        (GOOD.replace("lower_amount", "lower_amout"), ["policy[1].lower_amout", "unknown key"]),
        (GOOD.replace('source = "an ordinance"\n', ""), ["policy[1].source", "nothing"]),
        (GOOD.replace("2025-01-01", '"2025-01-01"'), ["policy[1].from", "without quotes"]),
        (GOOD.replace('"GM0001"', "0363"), ["GM0001.toml", "line 2", "between quotes"]),
        (GOOD.replace('"GM0001"', '"GM0002"'), ["code", "GM0002", "GM0001"]),
        (GOOD.replace('name = "Proefstad"', "colour = 1"), ["name", "nothing", "colour", "unknown key"]),
        (GOOD + GOOD.split('"Proefstad"')[1], ["from", "2025-01-01", "after 2025-12-31"]),
        (HISTORY + "fixed = 17.61", ["policy[1].fixed", "found 17.61", "0.00 to 17.60, the national amount"]),
        (HISTORY + "percentage = 12.6", ["policy[1].percentage", "found 12.6", "0 to 12.5, the national percentage"]),
        (GOOD + '[theme]\naccent = "teal"', ["theme.accent", "'teal'", "#[0-9A-Fa-f]{6}"]),
        (GOOD + '[theme]\naccent = "#12345"', ["theme.accent", "'#12345'"]),
        (GOOD + '[theme]\naccent = "#767676"', ["theme.accent", "#767676, a contrast of 4.5 to 1", "at least 7 to 1"]),
        (GOOD + "[theme]\naccent = 0", ["theme.accent", "found 0", "a text"]),
        (GOOD + '[theme]\ncolour = "#000000"', ["theme.colour", "unknown key"]),
        (GOOD.replace("lower_amount = 14.10", "share = 2"), ["policy[1].share", "2", "at most 1"]),
        (GOOD.replace("lower_amount", "lower_amout"), ["from, until, source, checked, note, lower_amount"]),
        (GOOD.replace("until = 2025", "until = 2024"), ["policy[1].until: found 2024-12-31", "from 2025-01-01 on"]),
        (GOOD.replace("until = 2025-12-31", "") + GOOD.split('"Proefstad"')[1], ["policy[2].from", "has no until"]),
        (GOOD.replace('"an ordinance"', '" "'), ["policy[1].source", "a text that isn't empty"]),
        (GOOD.replace("checked = 2026-11-22", "checked = 2026"), ["policy[1].checked: found 2026;"]),
        (GOOD.replace("[[policy]]", "[policy]"), ["policy: found a table; allowed: [[policy]] blocks"]),
        (GOOD.replace("[[policy]]", "decisions = []\n[[policy]]"), ["decisions: found an unknown key"]),
        (GOOD + 'low_income_limits = "nope"', ["policy[1].low_income_limits: found 'nope'; allowed: 'unknown'"]),
        (GOOD + "[policy.low_income_limits]", ["policy[1].low_income_limits: found no limit; allowed: at least one"]),
        (GOOD + "[policy.low_income_limits]\nsingle = 1", ["low_income_limits.single", "single_under, single_pension"]),
        (GOOD.replace("[[policy]]", 'languages = ["nl", "nl"]\n[[policy]]'), ["languages: found nl, nl", "each"]),
        (GOOD.replace("[[policy]]", 'languages = ["fr"]\n[[policy]]'), ["languages.0: found 'fr'", "nl, en, tr"]),
        (GOOD + '[contact]\nwebsite = "javascript:alert(1)"', ["contact.website", "https://www.voorbeeld.nl"]),
        (GOOD + '[contact]\nemail = "wmo"', ["contact.email: found 'wmo'", "wmo@voorbeeld.nl"]),
        (GOOD + '[contact]\nphon = "1"', ["contact.phon", "phone, address, hours, website, email, client_support"]),
        (GOOD.replace("name =", 'name = "Proefstad"\nname ='), ["the file", "line 4", "each key once"]),
        (GOOD + "x = " + "[" * 9_000, ["the file: found", "valid TOML"]),
    ],
)
def test_a_wrong_file_is_refused_with_key_found_and_allowed(tmp_path: Path, wrong: str, parts: list[str]) -> None:
    message = refused(tmp_path, wrong)

    assert "GM0001.toml" in message
    assert [part for part in parts if part not in message] == []


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    block = "".join(GOOD.partition("[[policy]]")[1:])
    wrong = GOOD.replace("Proefstad", "").replace("14.10", "22.00") + block.replace('"an ordinance"', '""') + block

    message = refused(tmp_path, wrong)

    keys = ["name", "policy[1].lower_amount", "policy[2].source", "policy[3].from"]
    assert re.findall(r"([a-z0-9_.[\]]+): found", message) == keys


def test_a_file_has_the_name_of_its_code(tmp_path: Path) -> None:
    path = tmp_path / "proefstad.toml"
    path.write_text(GOOD)

    with pytest.raises(MunicipalityError, match=r"the file: found proefstad\.toml; allowed: .*GM0363\.toml"):
        read_municipality(path)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "GM0001.toml"
    path.write_text(GOOD, "utf-8-sig")

    assert read_municipality(path).name == "Proefstad"


def test_languages_that_a_municipality_names_come_before_the_others(tmp_path: Path) -> None:
    path = tmp_path / "GM0001.toml"
    path.write_text(GOOD.replace("[[policy]]", 'languages = ["uk", "nl"]\n[[policy]]'))

    assert read_municipality(path).locales == ("uk", "nl", "en", "tr", "ar", "pl")


# What each example is known to have decided


KNOWN_IN_2024 = date(2024, 6, 1)


@pytest.mark.parametrize(
    ("code", "on", "decided"),
    [
        ("GM1783", KNOWN_IN_2024, {"low_income_limits": "unknown", "exempt_provisions": ("transport",)}),
        *(
            (code, on, {"low_income_limits": "unknown", "exempt_provisions": ("light_support", "transport")})
            for code in ("GM0233", "GM0243", "GM0050")
            for on in (date(2020, 1, 1), date(2024, 12, 31))
        ),
        ("GM0363", date(2023, 12, 31), {"lower_amount": Decimal("14.10")}),
        ("GM0363", KNOWN_IN_2024, {}),
        ("GM1719", KNOWN_IN_2024, {}),
        ("GM0546", KNOWN_IN_2024, {"exempt_provisions": ("transport", "light_support", "short_stay", "repair")}),
        ("GM0228", KNOWN_IN_2024, {}),
        ("GM0599", date(2022, 12, 31), {}),
        ("GM0718", date(2019, 6, 1), {"transport_fare": True}),
        ("GM0687", date(2019, 6, 1), {"low_income_limits": "unknown", "transport_fare": True}),
        ("GM0717", date(2019, 6, 1), {"low_income_limits": "unknown", "transport_fare": True}),
        ("GM0935", date(2022, 6, 1), {"transport_fare": True}),
    ],
)
def test_an_example_says_what_is_known_and_what_is_not(code: str, on: date, decided: dict[str, object]) -> None:
    municipality = read_municipality(FOLDER / f"{code}.toml")

    assert municipality.policy.covers(on)
    assert municipality.policy.on(on).model_dump(exclude_defaults=True) == decided
    assert all(decision.note for decision in municipality.decisions)
    assert not municipality.policy.covers(date(2026, 1, 1))


def test_the_fictitious_municipality_has_everything_that_a_page_can_show() -> None:
    town = read_municipality(FOLDER / "GM0000.toml")

    assert town.fictitious
    assert town.languages
    assert all(town.contact.model_dump().values())
    assert town.contact.client_support
    assert all(town.contact.client_support.model_dump().values())
    assert town.policy.covers(date(2026, 11, 22))


# Colours


@pytest.mark.parametrize(
    ("colour", "ratio"), [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54), ("#777777", 4.48), ("#ff0000", 4.0)]
)
def test_contrast_is_what_wcag_says(colour: str, ratio: float) -> None:
    assert contrast_with_white(colour) == pytest.approx(ratio, abs=0.005)


def test_a_municipality_has_its_own_colour_or_that_of_the_house(tmp_path: Path) -> None:
    path = tmp_path / "GM0001.toml"
    path.write_text(GOOD + '[theme]\naccent = "#00407A"')

    assert read_municipality(path).theme.accent == "#00407A"
    assert read_municipality(FOLDER / "GM0363.toml").theme.accent == HOUSE_ACCENT
    assert read_municipality(FOLDER / "GM0000.toml").theme.accent != HOUSE_ACCENT
    assert contrast_with_white(HOUSE_ACCENT) >= LEAST_CONTRAST
