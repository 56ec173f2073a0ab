"""What this estimator knows, questions and answers: pages aside, from which one returns to where one was."""

import pytest

from estimator.files import LOCALES
from estimator.pages import Context, Request, render
from estimator.pages import visit as visits
from estimator.pages.answers import answers_page
from estimator.pages.coverage import coverage_page
from estimator.pages.visit import ANSWERS, ASIDE, COVERAGE, Visit
from estimator.rules.law import Law, law
from estimator.texts import Texts
from tests.pages.conftest import Ask
from tests.pages.test_question_pages import PENSIONER, leftovers, readable

NL = Texts("nl")


def topic(page: Context, name: str) -> Context:
    return next(each for each in page["topics"] if each["name"] == name)


def rows(page: Context, name: str) -> list[tuple[str, str, str]]:
    return [tuple(readable(row[key]) for key in ("what", "when", "value")) for row in topic(page, name)["rows"]]  # type: ignore[misc]


def with_law(request: Request, **changed: object) -> Request:
    """The same request under law files of which something is different."""
    rules = law()
    parts = {
        "series": rules.series, "plan": rules.plan, "pension_ages": rules.pension_ages,
        "pension_source": rules.pension_source, "digest": "changed", **changed,
    }  # fmt: skip
    return request._replace(setting=request.setting._replace(rules=Law(**parts)))  # type: ignore[arg-type]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_series_of_the_law_files_is_listed_with_words(ask: Ask, locale: str) -> None:
    page = coverage_page(ask(locale))
    listed = {row["what"] for each in page["topics"] for row in each["rows"]}
    values = sum(len(series.values) for series in law().series.values())

    assert len(listed) >= len(law().series)
    assert sum(len(each["rows"]) for each in page["topics"] if each["name"] != "pension_age") >= values
    assert [what for what in listed if "_" in what] == [], "a series without words of its own"


def test_a_new_series_is_listed_unasked(ask: Ask) -> None:
    old = law().series["monthly_amount"]
    new = old._replace(name="night_care_amount", file="night_care.toml")
    page = coverage_page(with_law(ask(), series={**law().series, "night_care_amount": new}))

    assert any("night_care_amount" in what for what, _, _ in rows(page, "other"))


def test_this_year_is_known_and_the_next_one_not_yet(ask: Ask) -> None:
    years = {row["label"]: readable(row["value"]) for row in coverage_page(ask())["years"]}

    assert years["2026"] == "Bekend: € 21,80 per maand, als vast bedrag (abonnementstarief)."
    assert years["2027"].startswith("Nog niet bekend.")
    assert years["Het plan"] == (
        "Nog geen wet, nagekeken tot juli 2026. Het zou beginnen op 1 januari 2027. Alles kan nog veranderen."
    )


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("adopted", "Aangenomen, nagekeken tot juli 2026."),
        ("in_force", "Het plan is wet sinds 1 januari 2027"),
        ("withdrawn", "Ingetrokken, nagekeken tot juli 2026."),
    ],
)
def test_what_became_of_the_plan_is_said(ask: Ask, status: str, words: str) -> None:
    page = coverage_page(with_law(ask(), plan=law().plan._replace(status=status)))

    assert page["years"][-1]["value"].startswith(words)
    assert topic(page, "plan")["mark"].startswith(words)


def test_the_flat_rate_is_listed_by_period_with_what_is_not_known(ask: Ask) -> None:
    page = coverage_page(ask())

    assert rows(page, "flat_rate")[:3] == [
        ("Vast bedrag per maand", "vanaf 2027", "niet bekend"),
        ("Vast bedrag per maand", "2026", "€ 21,80 per maand"),
        ("Vast bedrag per maand", "2025", "€ 21 per maand"),
    ]
    assert topic(page, "flat_rate")["unknown"] == "vanaf 2027"
    assert topic(page, "income_related")["unknown"] == "2008 tot en met 2010, 2013 en 2017"
    assert topic(page, "exempt_amount")["known"] == "2022 tot en met 2025"


def test_rules_that_ended_are_not_unknown_after_their_end(ask: Ask) -> None:
    page = coverage_page(ask())
    known = topic(page, "income_related")["known"]

    assert known == "1 januari 2007 tot en met 30 december 2018"
    assert not any(
        when.startswith("vanaf") and value == "niet bekend" for _, when, value in rows(page, "income_related")
    )


def test_values_name_their_source_and_when_it_was_checked(ask: Ask) -> None:
    for each in coverage_page(ask())["topics"]:
        for row in each["rows"]:
            if row["known"]:
                assert row["source"], row
                assert "Nagekeken" in row["note"], row


def test_a_value_names_what_set_it_then_not_what_holds_today(ask: Ask) -> None:
    page = topic(coverage_page(ask()), "nothing_due")
    sources = {(row["what"], row["when"]): row["source"] for row in page["rows"]}
    care, support = "Geen bijdrage: zorg uit de Wlz, of eerder de AWBZ", "Geen bijdrage: cliëntondersteuning"

    assert sources[care, "2011 tot en met 2014"] == "Besluit maatschappelijke ondersteuning (2011-2014)"
    assert sources[support, "2007 tot en met 2014"].endswith("naar wij aannemen")
    assert sources[support, "vanaf 2015"] == "Wmo 2015, art. 2.1.4 lid 5"
    assert not any("Vastgesteld in" in row["note"] for row in page["rows"])


def test_what_parents_may_have_to_pay_is_no_reason_to_pay_nothing(ask: Ask) -> None:
    page, words = coverage_page(ask()), "Een gemeente mag ouders laten betalen voor een woningaanpassing van hun kind"

    assert words not in [what for what, _, _ in rows(page, "nothing_due")]
    assert (words, "vanaf 2015", "geldt") in rows(page, "other")


def test_the_plan_is_not_known_but_planned_with_what_isn_t_known_of_it(ask: Ask) -> None:
    proposed = topic(coverage_page(ask()), "plan")
    adopted = topic(coverage_page(with_law(ask(), plan=law().plan._replace(status="adopted"))), "plan")

    assert (proposed["known_label"], proposed["known"]) == ("In het plan", "vanaf 2027")
    assert adopted["known_label"] == "Bekend"
    for part in (
        "als inkomen en vermogen telt",
        "vrijstellen",
        "kostprijs",
        "pauzeert",
        "terug",
        "hulp bij het huishouden",
    ):
        assert part in proposed["unknown"]
    assert "<dt>In het plan</dt>" in render("coverage.html", coverage_page(ask()))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_notes_of_an_editor_are_shown_in_words(ask: Ask, locale: str) -> None:
    texts, page = Texts(locale), coverage_page(ask(locale))
    shown = [row["note"] for each in page["topics"] for row in each["rows"]]
    notes = {value.note for series in law().series.values() for value in series.values if value and value.note}

    assert notes
    for note in notes:
        assert f"source.{note}" in texts, note
        assert any(texts.source(note) in each for each in shown), note


def test_an_amount_that_is_not_verified_says_so(ask: Ask) -> None:
    of_2022 = next(row for row in topic(coverage_page(ask()), "exempt_amount")["rows"] if row["when"] == "2022")

    assert of_2022["note"].startswith("Voor de eerste helft van 2024 konden wij dit niet nakijken. ")


def test_pension_ages_end_somewhere(ask: Ask) -> None:
    page = topic(coverage_page(ask()), "pension_age")

    assert (page["known"], page["unknown"]) == ("tot en met 2031", "vanaf 2032")
    assert page["rows"][0]["what"] == "na 30 september 1964"
    assert page["rows"][0]["value"] == "niet bekend"


def test_municipalities_are_listed_with_their_years(ask: Ask) -> None:
    listed = {row["name"]: row["when"] for row in coverage_page(ask())["municipalities"]}

    assert listed["Amsterdam"] == "2020 tot en met 2023 en 2024"
    assert "Voorbeeldgemeente" not in listed
    assert [row["name"] for row in coverage_page(ask(fixed="GM0000"))["municipalities"]] == ["Voorbeeldgemeente"]


def test_a_municipality_says_what_of_its_rules_is_not_known(ask: Ask) -> None:
    page = coverage_page(ask())
    notes = {row["name"]: row["note"] for row in page["municipalities"]}
    unknown = "Hoe hoog de inkomensgrens is, weten wij niet."

    for name in ("Westland", "Ermelo", "Harderwijk", "Zeewolde", "Middelburg", "Veere"):
        assert notes[name] == unknown
    assert notes["Amsterdam"] == ""
    assert render("coverage.html", page).count(unknown) == list(notes.values()).count(unknown)


@pytest.mark.parametrize("locale", LOCALES)
def test_both_pages_render_completely(ask: Ask, locale: str) -> None:
    request = ask(locale, **PENSIONER)
    for template, page in (("coverage.html", coverage_page(request)), ("answers.html", answers_page(request))):
        html = render(template, page)

        assert html.count("<h1") == 1
        assert leftovers(html) == []
        assert 'value="back"' in html


def test_a_kiosk_has_no_link_out_of_it(ask: Ask) -> None:
    assert "https://" not in render("coverage.html", coverage_page(ask()._replace(kiosk=True))).partition("<main")[2]


# The way there and back


@pytest.mark.parametrize("aside", ASIDE)
@pytest.mark.parametrize("page", ["income", "overview", "result"])
def test_from_a_page_aside_one_returns_to_where_one_was(ask: Ask, page: str, aside: str) -> None:
    request = ask(**PENSIONER)
    visit = Visit(page, request.answers)
    there = visits.submitted(visit, {"page": [page], "go": [aside]}, request.setting, NL)
    back = visits.submitted(there, {"page": [aside], "go": ["back"]}, request.setting, NL)

    assert there.page == aside
    assert visits.restored(visits.saved(there, request.setting), request.setting) == there
    assert back == visit


def test_one_page_aside_leads_to_the_other_and_back_to_the_interview(ask: Ask) -> None:
    request = ask(**PENSIONER)
    there = visits.went_to(
        visits.went_to(Visit("income", request.answers), ANSWERS, request.setting), COVERAGE, request.setting
    )

    assert visits.submitted(there, {"page": [COVERAGE], "go": ["back"]}, request.setting, NL).page == "income"


def test_a_plain_page_aside_returns_to_the_page_that_its_fields_carry(ask: Ask) -> None:
    request = ask(**PENSIONER)
    carried = visits.restored(visits.saved(Visit("income", request.answers), request.setting), request.setting)

    assert visits.submitted(carried, {"page": [COVERAGE], "go": ["back"]}, request.setting, NL).page == "income"


def test_before_any_answer_it_returns_to_the_first_question(ask: Ask) -> None:
    setting = ask().setting
    there = visits.went_to(visits.begun(setting), COVERAGE, setting)

    assert visits.submitted(there, {"page": [COVERAGE], "go": ["back"]}, setting, NL) == visits.begun(setting)
    assert visits.submitted(Visit(COVERAGE), {"page": [COVERAGE], "go": ["back"]}, setting, NL) == visits.begun(setting)
