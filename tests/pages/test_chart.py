"""The contribution by income: the drawing says what the engine says, and the table says it in words."""

import re
from datetime import date
from itertools import pairwise

import pytest

from estimator import interview
from estimator.files import LOCALES
from estimator.pages import Request, render, result_page
from estimator.pages.chart import Curve, by_income, curves
from estimator.rules import Household, estimate, law
from tests.pages.conftest import Ask
from tests.pages.test_question_pages import PENSIONER, leftovers, readable
from tests.pages.test_result_page import NOBODY_KNOWS, UNDER_PENSION_AGE

LIMITED = {**PENSIONER, "savings": "unknown"}  # in the municipality of the demonstration, which has an income limit
WEALTHY = {**PENSIONER, "savings": "50000-74999"}


def amount_at(curve: Curve, income: int) -> tuple[float, float]:
    """What the line says at an income."""
    for (start, *first), (end, *last) in pairwise(curve.points):
        if start <= income <= end:
            part = (income - start) / (end - start)
            low, high = (one + part * (other - one) for one, other in zip(first, last, strict=True))
            return low, high
    raise AssertionError(f"no line at {income}")


def by_kind(request: Request) -> dict[str, Curve]:
    return {curve.kind: curve for curve in curves(request)}


def chart(request: Request) -> dict[str, object] | None:
    return by_income(request, interview.comparison(request.answers, request.setting))


@pytest.mark.parametrize("answers", [PENSIONER, WEALTHY, UNDER_PENSION_AGE, NOBODY_KNOWS])
@pytest.mark.parametrize("fixed", [None, "GM0000"])
def test_the_lines_are_the_engine_s_amounts_at_any_income(ask: Ask, answers: dict[str, str], fixed: str | None) -> None:
    request = ask(fixed=fixed, **{**answers, "income": "unknown"})
    found = by_kind(request)

    assert set(found) == {"now", "plan"}
    for income in range(0, found["now"].points[-1][0], 777):
        compared = interview.comparison({**request.answers, "income": (f"{income}-{income}",)}, request.setting)
        for curve, result in ((found["now"], compared.current), (found["plan"], compared.upcoming)):
            assert result is not None
            assert amount_at(curve, income) == pytest.approx((result.low or 0, result.high or 0), abs=5)


def test_a_household_s_points_are_what_the_rules_give_it(ask: Ask) -> None:
    single = {"composition": "single", "client_age": "pension", "provisions": [{"kind": "domestic_help"}]}
    for income, low, high in by_kind(ask(**PENSIONER))["plan"].points:
        household = Household.model_validate({**single, "income": income, "assets": 0})
        result = estimate(household, date(2026, 11, 22), which="upcoming", rules=law())
        assert (result.low, result.high) == (low, high)


def test_a_line_bends_where_the_plan_does_and_nowhere_else(ask: Ask) -> None:
    incomes = [income for income, *_ in by_kind(ask(**PENSIONER))["plan"].points]

    assert incomes[:2] == [0, 24_500]
    assert all(61_000 <= income <= 61_200 for income in incomes[2:-1])
    assert by_kind(ask(**PENSIONER))["now"].points == ((0, 2180, 2180), (67_000, 2180, 2180))


def test_an_income_limit_is_a_jump_of_one_euro(ask: Ask) -> None:
    now = by_kind(ask(fixed="GM0000", **LIMITED))["now"]

    assert now.points[:3] == ((0, 0, 0), (22_999, 0, 0), (23_000, 2180, 2180))


def test_savings_of_a_band_make_an_area_and_the_page_says_so(ask: Ask) -> None:
    page = chart(ask(**WEALTHY))

    assert page
    assert "van het laagste tot het hoogste bedrag" in str(page["text"])
    assert by_kind(ask(**WEALTHY))["plan"].is_wide
    assert not by_kind(ask(**WEALTHY))["now"].is_wide


@pytest.mark.parametrize(
    "answers",
    [
        {"municipality": "unknown", "provisions": "wheelchair"},
        {"municipality": "unknown", "provisions": "sheltered_living"},
        {**PENSIONER, "facts": "long_term_care"},
        {"municipality": "unknown", "provisions": "domestic_help", "age": "under_18"},
    ],
)
def test_where_income_makes_no_difference_there_is_no_chart(ask: Ask, answers: dict[str, str]) -> None:
    request = ask(**answers)

    assert chart(request) is None
    assert '<svg class="drawing"' not in render("result.html", result_page(request))


def test_amounts_of_different_periods_are_not_drawn_together(ask: Ask) -> None:
    assert chart(ask(on=date(2019, 5, 1), **PENSIONER)) is None


def test_where_now_is_not_known_the_plan_is_drawn_alone(ask: Ask) -> None:
    request = ask(on=date(2027, 3, 1), **PENSIONER)
    page = chart(request)

    assert page
    assert [curve.kind for curve in curves(request)] == ["plan"]
    assert {row["amounts"][0] for row in page["rows"]} == {"Niet bekend"}  # type: ignore[attr-defined]


def test_the_table_has_the_bands_of_the_question_with_the_own_one_marked(ask: Ask) -> None:
    page = result_page(ask(**PENSIONER))["chart"]
    rows = [(readable(row["income"]), row["own"], [readable(each) for each in row["amounts"]]) for row in page["rows"]]

    assert page["columns"] == ["Nu", "Het plan, ongeveer (nog geen wet)"]
    assert rows[:3] == [
        ("€ 24.499 of minder", "", ["€ 21,80", "€ 23,60"]),
        ("€ 24.500 tot en met € 30.499", "uw antwoord", ["€ 21,80", "€ 23,60 tot € 74"]),
        ("€ 30.500 tot en met € 36.499", "", ["€ 21,80", "€ 74 tot € 124"]),
    ]
    assert rows[-1] == ("€ 61.000 of meer", "", ["€ 21,80", "€ 328"])


@pytest.mark.parametrize("income", ["unknown", "22000-22999", "54000-60999"])
def test_a_long_table_is_joined_and_keeps_all_incomes_and_the_own_one(ask: Ask, income: str) -> None:
    request = ask(fixed="GM0000", **{**NOBODY_KNOWS, "income": "unknown"})
    options = interview.question("income", request.answers, request.setting).options
    value = income if income in {option.value for option in options} else options[3].value
    request = request._replace(answers={**request.answers, "income": (value,)})
    page = chart(request)

    assert page
    rows: list[dict[str, str]] = page["rows"]  # type: ignore[assignment]
    assert len(options) - 1 > 8 >= len(rows)
    assert "of minder" in rows[0]["income"]
    assert "of meer" in rows[-1]["income"]
    assert len([row for row in rows if row["own"]]) == (value != "unknown")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_drawing_is_for_eyes_only_and_needs_no_style_of_its_own(ask: Ask, locale: str) -> None:
    html = render("result.html", result_page(ask(locale, **WEALTHY)))
    drawing = re.search(r'<svg class="drawing".*?</svg>', html, re.DOTALL)

    assert drawing
    assert 'aria-hidden="true"' in drawing[0]
    assert "style" not in drawing[0]
    assert '<table role="table">\n<caption>' in html
    assert leftovers(html) == []


def test_words_of_the_drawing_stay_inside_it(ask: Ask) -> None:
    for income in ("0-24499", "61000-"):
        drawing = result_page(ask(**{**PENSIONER, "income": income}))["chart"]["drawing"]
        left, top, right, bottom = drawing["plot"]
        words = {
            kind: [word for word in drawing["words"] if word["kind"].startswith(kind)] for kind in ("own", "name ")
        }
        (own,) = words["own"]
        half = len(own["text"]) * 4

        assert left <= own["x"] - half
        assert own["x"] + half <= right
        assert len(words["name "]) == 2
        assert all(top - 25 < name["y"] < bottom for name in words["name "])
