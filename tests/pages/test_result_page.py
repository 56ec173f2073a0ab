"""The result: what somebody reads first, and that a calculator gives the same."""

import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from estimator.files import LOCALES
from estimator.interview import Setting
from estimator.pages import Context, Request, render, result_page
from estimator.pages.exact import answers_of
from estimator.pages.outcome import said
from estimator.rules import Household, compare, law, read_law
from estimator.rules.law import AMOUNTS
from estimator.texts import Texts
from tests.pages.conftest import HOMES, NOW, ON, Ask, SolvedCase
from tests.pages.test_question_pages import COUPLE, PENSIONER, leftovers, readable

UNDER_PENSION_AGE = {**COUPLE, "provisions": "domestic_help", "partner_age": "adult", "income": "34000-39999"}
NOBODY_KNOWS = dict.fromkeys(
    ("municipality", "provisions", "age", "household", "facts", "income", "savings"), "unknown"
)


def verdict(page: Context) -> str:
    return readable("".join(piece["text"] for piece in page["verdict"]))


def panel(page: Context, kind: str) -> Context:
    return next(each for each in page["panels"] if each["kind"] == kind)


def rows(page: Context, kind: str) -> list[tuple[str, str, str]]:
    receipt = next(each for each in page["receipts"] if each["kind"] == kind)
    return [tuple(readable(row[name]) for name in ("label", "detail", "amount")) for row in receipt["rows"]]


HELP = [{"kind": "domestic_help"}]
AID = {"kind": "other_aid", "start": "2025-12-15"}


def letter_page(**household: object) -> Context:
    """What is said to a single pensioner in a letter."""
    made = Household.model_validate({"composition": "single", "client_age": "pension", **household})
    setting = Setting(ON, law())
    request = Request(Texts("nl"), setting, answers_of(made, setting), "1", NOW, HOMES, exact=made, letter=True)
    return said(request, compare(made, ON), made)


def titles(page: Context) -> list[str]:
    return [remark["title"] for remark in [*page["differences"], *(page["reasons"] or {"items": []})["items"]]]


# The verdict, as it is read

VERDICTS = {
    "a single pensioner": (
        PENSIONER,
        "Nu betaalt u € 21,80 per maand, en in het plan wordt dat ongeveer € 23,60 tot € 74 per maand.",
        "You now pay €21.80 a month, and under the plan that becomes about €23.60 to €74 a month.",
    ),
    "a couple with one under pension age": (
        UNDER_PENSION_AGE,
        "Nu betaalt u niets, en in het plan wordt dat ongeveer € 23,60 tot € 74 per maand.",
        "You now pay nothing, and under the plan that becomes about €23.60 to €74 a month.",
    ),
    "a wheelchair user": (
        {"municipality": "unknown", "provisions": "wheelchair"},
        "Nu betaalt u niets, en in het plan ook niet.",
        "You now pay nothing, and under the plan nothing either.",
    ),
    "a child": (
        {"municipality": "unknown", "provisions": "domestic_help", "age": "under_18"},
        "Nu betaalt u niets, en in het plan ook niet.",
        "You now pay nothing, and under the plan nothing either.",
    ),
    "sheltered living": (
        {"municipality": "unknown", "provisions": "sheltered_living"},
        "Voor uw hulp geldt een andere regel, die wij hier niet uitrekenen.",
        "For your support another rule applies, which we don't calculate here.",
    ),
    "a low income": (
        {**PENSIONER, "municipality": "", "income": "0-22999", "savings": "unknown"},
        "Nu betaalt u niets, en in het plan wordt dat ongeveer € 23,60 per maand.",
        "You now pay nothing, and under the plan that becomes about €23.60 a month.",
    ),
    "the highest income": (
        {**PENSIONER, "income": "61000-"},
        "Nu betaalt u € 21,80 per maand, en in het plan wordt dat ongeveer € 328 per maand.",
        "You now pay €21.80 a month, and under the plan that becomes about €328 a month.",
    ),
    "nothing known": (
        NOBODY_KNOWS,
        "Nu betaalt u niets of € 21,80 per maand, en in het plan wordt dat niets tot ongeveer € 328 per maand.",
        "You now pay nothing or €21.80 a month, and under the plan that becomes nothing to about €328 a month.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("who", VERDICTS)
def test_the_verdict_comes_first_as_one_sentence(ask: Ask, who: str) -> None:
    answers, dutch, english = VERDICTS[who]
    fixed = "GM0000" if answers["municipality"] == "" else None

    assert verdict(result_page(ask("nl", fixed=fixed, **answers))) == dutch
    assert verdict(result_page(ask("en", fixed=fixed, **answers))) == english


@pytest.mark.parametrize(
    ("on", "dutch", "english"),
    [
        (
            date(2027, 3, 1),
            "Wat u nu betaalt, is niet bekend; in het plan is het ongeveer € 23,60 tot € 74 per maand.",
            "What you pay now is not known; under the plan it is about €23.60 to €74 a month.",
        ),
        (
            date(2019, 5, 1),
            "Nu betaalt u € 17,50 per vier weken, en in het plan wordt dat ongeveer € 23,60 tot € 74 per maand.",
            "You now pay €17.50 per four weeks, and under the plan that becomes about €23.60 to €74 a month.",
        ),
        (
            date(2020, 4, 15),
            "Nu betaalt u niets, en in het plan wordt dat ongeveer € 23,60 tot € 74 per maand.",
            "You now pay nothing, and under the plan that becomes about €23.60 to €74 a month.",
        ),
        (
            date(2009, 1, 1),
            "Wat u nu betaalt, is niet bekend; vanaf 31 december 2018 is het € 17,50 per vier weken.",
            "What you pay now is not known; from 31 December 2018 it is €17.50 per four weeks.",
        ),
    ],
)
def test_the_verdict_at_another_time(ask: Ask, on: date, dutch: str, english: str) -> None:
    assert verdict(result_page(ask("nl", on, **PENSIONER))) == dutch
    assert verdict(result_page(ask("en", on, **PENSIONER))) == english


def test_amounts_stand_apart_in_the_verdict(ask: Ask) -> None:
    strong = [readable(piece["text"]) for piece in result_page(ask(**PENSIONER))["verdict"] if piece["strong"]]

    assert strong == ["€ 21,80", "ongeveer € 23,60 tot € 74"]


def test_the_second_sentence_gives_the_difference_and_the_year(ask: Ask) -> None:
    assert readable(result_page(ask(**PENSIONER))["lead"]) == (
        "Dat is ongeveer € 1,80 tot € 52 per maand meer. "
        "Per jaar is dat nu € 261,60, en in het plan ongeveer € 283 tot € 883."
    )


def test_an_amount_that_is_one_in_the_plan_gives_one_difference(ask: Ask) -> None:
    page = result_page(ask(**{**PENSIONER, "income": "61000-"}))

    assert readable(page["lead"]).startswith("Dat is ongeveer € 306 per maand meer. ")


def test_between_two_ranges_the_second_sentence_gives_no_difference(ask: Ask) -> None:
    couple = {**COUPLE, "municipality": "", "provisions": "domestic_help", "income": "0-30999"}
    page = result_page(ask(fixed="GM0000", **{**couple, "savings": "200000-299999"}))

    assert readable(page["lead"]) == "Per jaar is dat nu niets of € 261,60, en in het plan ongeveer € 283 tot € 884."


def test_an_aid_with_a_cost_price_has_no_sum_of_a_year(ask: Ask) -> None:
    ended = result_page(ask(**{**PENSIONER, "provisions": "other_aid", "cost": "1250"}))
    going_on = result_page(ask(**{**PENSIONER, "provisions": "other_aid domestic_help", "cost": "1250"}))

    assert [each["year"] for each in ended["panels"]] == ["", ""]
    assert readable(ended["lead"]) == "Dat is ongeveer € 1,80 tot € 52 per maand meer."
    assert all(each["year"] for each in going_on["panels"])
    assert panel(ended, "plan")["text"][-1].startswith(
        "Voor een hulpmiddel of aanpassing betaalt u niet meer dan de kostprijs."
    )
    assert panel(going_on, "plan")["text"][-1] == "Daarna betaalt u door voor uw andere hulp."


def test_an_aid_says_under_its_amount_how_many_months_that_is(ask: Ask) -> None:
    aid = {**PENSIONER, "provisions": "other_aid"}
    ended, unknown = result_page(ask(**{**aid, "cost": "1250"})), result_page(ask(**{**aid, "cost": "unknown"}))

    assert [each["months"] for each in ended["panels"]] == ["57 maanden lang, tot en met 31 juli 2031", ""]
    assert "57 maanden lang, tot en met 31 juli 2031" in render("result.html", ended)
    assert panel(unknown, "now")["months"] == ""
    assert panel(unknown, "now")["text"][-1].startswith("U betaalt tot de kostprijs van uw hulpmiddel")


def test_who_pays_nothing_reads_why_in_the_second_sentence(ask: Ask) -> None:
    assert result_page(ask(**UNDER_PENSION_AGE))["lead"] == (
        "U betaalt niets, omdat u een stel bent en een van u nog geen AOW-leeftijd heeft."
    )


def test_the_title_keeps_the_amounts_out_of_the_browser_s_history(ask: Ask) -> None:
    assert result_page(ask(**PENSIONER))["title"] == "Uw uitkomst - Bijdragewijzer Wmo"


# The panels


def test_now_and_the_plan_stand_side_by_side_with_month_and_year(ask: Ask) -> None:
    page = result_page(ask(**PENSIONER))
    found = [
        tuple(readable(each[name]) for name in ("heading", "sum", "per", "year", "mark")) for each in page["panels"]
    ]

    assert found == [
        ("Nu, in 2026", "€ 21,80", "per maand", "per jaar € 261,60", ""),
        (
            "Het plan, bedoeld vanaf 1 januari 2027", "€ 23,60 tot € 74", "per maand, ongeveer",
            "per jaar ongeveer € 283 tot € 883", "Nog geen wet, nagekeken tot juli 2026",
        ),
    ]  # fmt: skip


def test_the_plan_repeats_what_was_filled_in(ask: Ask) -> None:
    text = [readable(paragraph) for paragraph in panel(result_page(ask(**PENSIONER)), "plan")["text"]]

    assert text == [
        "Het bedrag hangt af van uw inkomen en uw vermogen van 2025.",
        "U vulde in: inkomen € 24.500 tot en met € 30.499 en vermogen € 37.394 of minder.",
    ]


def test_where_income_counts_now_the_page_says_that_it_is_of_another_year(ask: Ask) -> None:
    limited = result_page(ask(fixed="GM0000", **PENSIONER))
    national = result_page(ask(**PENSIONER))

    assert any(
        "uw inkomen en vermogen van 2024. U vulde die van 2025 in." in line for line in panel(limited, "now")["text"]
    )
    assert "Het jaar van uw inkomen" in titles(limited)
    assert "Het jaar van uw inkomen" not in titles(national)


def test_sheltered_living_is_told_its_bounds_and_whom_to_ask(ask: Ask) -> None:
    page = result_page(ask(municipality="unknown", provisions="sheltered_living"))

    assert panel(page, "now")["sum"] == "Andere regel"
    assert readable(" ".join(panel(page, "now")["text"])) == (
        "Voor beschermd wonen geldt een eigen regel. De lage bijdrage is in 2026 € 212,60 tot € 1.115,80 per maand. "
        "Die geldt in de eerste maanden, en als u kinderen onderhoudt, snel weer naar huis gaat "
        "of thuis een partner hebt. "
        "De hoge bijdrage is hoogstens € 3.061,80 per maand. Vraag het CAK wat u betaalt."
    )


def test_what_isn_t_known_names_the_last_amount_that_is(ask: Ask) -> None:
    page = result_page(ask(on=date(2027, 3, 1), **PENSIONER))

    assert panel(page, "now")["sum"] == "Niet bekend"
    assert readable(" ".join(panel(page, "now")["text"])) == (
        "Het bedrag voor 2027 konden wij nergens vinden. Het laatste bedrag dat wij kennen, is € 21,80 per maand. "
        "Dat gold tot en met 31 december 2026."
    )
    assert any(notice.startswith("De geplande dag was 1 januari 2027.") for notice in page["notices"])


def test_an_aid_is_told_how_long_it_is_paid_for(ask: Ask) -> None:
    page = result_page(ask(**{**PENSIONER, "provisions": "other_aid wheelchair", "cost": "1250"}))
    text = [readable(line) for line in panel(page, "now")["text"]]

    assert (
        "De kostprijs is € 1.250. Begint u deze maand te betalen? "
        "Dan zijn dat 57 maanden, tot en met 31 juli 2031, volgens de regels van nu." in text
    )
    assert "Dit bedrag geldt niet voor: rolstoel (geen bijdrage)." in text


def test_each_provision_that_is_left_out_has_its_own_reason(ask: Ask) -> None:
    provisions = {"provisions": "domestic_help transport client_support general_provision"}
    page = result_page(ask(fixed="GM0000", **{**PENSIONER, **provisions}))

    assert (
        "Dit bedrag geldt niet voor: vervoer (uw gemeente vraagt een eigen tarief), "
        "cliëntondersteuning (altijd gratis) en algemene voorziening (uw gemeente kiest zelf wat u betaalt)."
    ) in panel(page, "now")["text"]


def test_what_a_municipality_does_now_is_assumed_for_the_plan(ask: Ask) -> None:
    assumed = "Wij nemen aan dat zulke uitzonderingen in het plan blijven zoals nu. Zeker is dat niet."
    listed = "Voor de regels van nu in deze lijst nemen wij aan dat zij ook in het plan gelden."
    for provisions in ("domestic_help transport", "domestic_help light_support", "transport"):
        page = result_page(ask(fixed="GM0000", **{**PENSIONER, "provisions": provisions}))

        assert assumed in panel(page, "plan")["text"], provisions
        assert assumed not in panel(page, "now")["text"]
        assert [source["text"] for source in page["receipts"][1]["sources"]][-1] == listed
        assert listed not in [source["text"] for source in page["receipts"][0]["sources"]]

    page = result_page(ask(**PENSIONER))
    assert assumed not in panel(page, "plan")["text"]


def test_sheltered_living_would_change_under_the_plan(ask: Ask) -> None:
    text = panel(result_page(ask(municipality="unknown", provisions="sheltered_living")), "plan")["text"]

    assert len(text) == 1
    assert text[0].endswith("Die zou veranderen, maar hoe weten wij niet. Vraag het CAK.")


def test_transport_may_have_a_fare_where_the_rules_of_the_municipality_aren_t_known(ask: Ask) -> None:
    page = result_page(ask(**{**PENSIONER, "municipality": "unknown", "provisions": "transport"}))

    assert panel(page, "now")["text"][-1].startswith("Voor vervoer kan uw gemeente ook een eigen tarief vragen.")


def test_a_stay_in_a_shelter_counts_for_a_month_with_such_nights(ask: Ask) -> None:
    text = panel(result_page(ask(**{**PENSIONER, "facts": "shelter"})), "plan")["text"]

    assert text[0] == (
        "U betaalt niets in een maand waarin u 2 of meer nachten achter elkaar in een opvang bent. "
        "Daarna betaalt u misschien wel. Vraag het uw gemeente."
    )


def test_a_partner_is_named_only_to_who_may_have_one(ask: Ask) -> None:
    alone, couple, unknown = (
        panel(result_page(ask(**{**who, "provisions": "domestic_help", "facts": "long_term_care"})), "now")["text"]
        for who in (PENSIONER, COUPLE, {**PENSIONER, "household": "unknown"})
    )

    assert alone == ["U betaalt niets, omdat u al een bijdrage betaalt voor zorg uit de Wlz."]
    assert couple == ["U betaalt niets, omdat u of uw partner al een bijdrage betaalt voor zorg uit de Wlz."]
    assert couple[0] in unknown
    assert alone[0] not in unknown


def test_who_starts_later_may_pay_for_an_aid_that_is_paid_off_by_then(ask: Ask) -> None:
    page = result_page(ask(**{**PENSIONER, "provisions": "other_aid", "cost": "60"}))

    assert "Begint u later te betalen? Dan betaalt u misschien wel." in panel(page, "plan")["text"][0]
    assert rows(page, "plan")[-2] == ("Kostprijs die nog over is", "€ 60 min € 43,60", "€ 16,40")
    assert "Inkomen in het jaar" not in [label for label, _, _ in rows(page, "plan")]


def test_who_began_already_is_not_told_of_a_later_start() -> None:
    page = letter_page(income=28_000, assets=0, provisions=[{**AID, "cost_price": 260}])

    assert panel(page, "plan")["text"][0].endswith("Zo’n maand hoeft u niet te betalen.")


def test_a_cost_price_that_is_reached_adds_up_line_by_line() -> None:
    page = letter_page(income=28_000, assets=0, provisions=[{**AID, "cost_price": 200}])

    assert rows(page, "now")[-4:] == [
        ("Kostprijs", "volgens onze gegevens", "€ 200,00"),
        ("Telt als betaald: per maand het landelijke bedrag", "", "€ 196,20"),
        ("Kostprijs die nog over is", "€ 200 min € 196,20", "€ 3,80"),
        ("Geen bijdrage: kostprijs bereikt", "", "Niets"),
    ]


def test_of_several_aids_it_is_told_which_one_is_paid_for_longest() -> None:
    home = {**AID, "kind": "home_adaptation", "cost_price": 230}
    running = letter_page(income=28_000, assets=0, provisions=[{**AID, "cost_price": 1250}, home])
    reached = letter_page(income=28_000, assets=0, provisions=[{**AID, "cost_price": 200}, home])

    assert "U betaalt het langst voor: ander hulpmiddel." in panel(running, "now")["text"]
    assert ("Hiervoor betaalt u het langst", "Aanpassing van uw huis (woningaanpassing)", "") in rows(reached, "now")


def test_a_start_later_this_month_is_said_before_the_amounts() -> None:
    page = letter_page(income=28_000, assets=0, provisions=[{"kind": "domestic_help", "start": "2026-11-15"}])

    assert "U betaalt pas vanaf 1 december 2026. Het bedrag hier geldt vanaf dan." in page["notices"]
    assert "U betaalt nog niet" not in titles(page)


def test_a_letter_names_the_capital_that_it_counts_with() -> None:
    page = letter_page(income=28_000, capital=20_000, provisions=HELP)

    assert "Wij rekenen met: inkomen € 28.000 en vermogen boven het vrije bedrag € 20.000." in [
        readable(line) for line in panel(page, "plan")["text"]
    ]


def test_capital_that_isn_t_known_makes_no_difference_at_the_highest_amount() -> None:
    highest, more = (letter_page(income=income, provisions=HELP)["notices"] for income in (80_000, 28_000))

    assert not [notice for notice in highest if notice.startswith("Wij kennen uw vermogen niet")]
    assert [notice for notice in more if notice.startswith("Wij kennen uw vermogen niet")]


def test_a_difference_is_as_exact_as_the_amount_that_was_published() -> None:
    highest, lowest = (
        readable(letter_page(income=income, assets=0, provisions=HELP)["lead"]) for income in (80_000, 0)
    )

    assert highest.startswith("Dat is ongeveer € 306 per maand meer.")
    assert lowest.startswith("Dat is ongeveer € 1,80 per maand meer.")


def test_the_sender_of_a_letter_is_we_in_it() -> None:
    older = letter_page(income=28_000, assets=0, provisions=[{**AID, "start": "2018-05-01", "cost_price": 9000}])
    unpriced = letter_page(income=28_000, assets=0, provisions=[{"kind": "other_aid"}])
    remarks = {remark["title"]: remark["text"] for remark in older["differences"]}

    assert remarks["Wat u vóór 2020 betaalde"].endswith("Vraag het ons.")
    assert remarks["Vrijstelling in het plan"].endswith("Of wij dat gaan doen, staat nog niet vast.")
    assert panel(unpriced, "now")["text"][-1].endswith("Vraag ons hoeveel maanden dat zijn.")


@pytest.mark.parametrize("cost", ["20", "21.80", "23.59"])
def test_an_aid_below_the_lowest_contribution_of_the_plan_is_never_due(ask: Ask, cost: str) -> None:
    page = result_page(ask(**{**PENSIONER, "provisions": "other_aid", "cost": cost}))

    assert panel(page, "plan")["text"][0] == (
        "U betaalt niets, omdat van de kostprijs minder over is dan de bijdrage van een maand. "
        "Zo’n maand hoeft u niet te betalen."
    )


def test_a_missing_exempt_amount_is_named_with_its_year(ask: Ask) -> None:
    page = result_page(ask(on=date(2028, 3, 1), **PENSIONER))

    assert readable(panel(page, "plan")["text"][0]) == (
        "Het vrije bedrag per persoon van 2026 konden wij niet vinden. "
        "Het laatste dat wij kennen, is van 2025: € 37.395. Daarom rekenen wij niets uit."
    )


def test_capital_isn_t_named_in_the_years_in_which_it_didn_t_count(ask: Ask) -> None:
    page = result_page(ask(on=date(2012, 5, 1), **PENSIONER))

    assert panel(page, "now")["text"][0] == "Uw bijdrage hangt af van uw inkomen van 2010."
    assert "vermogen" not in " ".join(panel(page, "now")["text"])


# The receipts


def test_the_receipt_of_the_plan_can_be_recomputed(ask: Ask) -> None:
    page = result_page(ask(**PENSIONER))

    assert [each["caption"] for each in page["receipts"]] == [
        "Nu, in 2026",
        "Het plan, bedoeld vanaf 1 januari 2027: het hoogste bedrag bij uw antwoorden",
    ]
    assert rows(page, "plan") == [
        ("Inkomen in het jaar", "volgens uw antwoord", "€ 30.499,00"),
        ("Inkomen boven de grens", "€ 30.499 min € 24.500", "€ 5.999,00"),
        ("Uw deel daarvan, per jaar", "10% van € 5.999", "€ 599,90"),
        ("Dat is per maand", "€ 599,90 gedeeld door 12", "€ 49,99"),
        ("Laagste bijdrage van het plan", "bedrag uit het plan", "€ 23,60"),
        ("Samen", "€ 23,60 plus € 49,99", "€ 73,59"),
        ("Hoogste bijdrage per maand", "ongeveer, in hele euro’s", "€ 74"),
    ]


def test_the_last_line_of_a_receipt_is_the_total(ask: Ask) -> None:
    for receipt in result_page(ask(**PENSIONER))["receipts"]:
        assert [row["total"] for row in receipt["rows"]] == [False] * (len(receipt["rows"]) - 1) + [True]


def test_the_lower_end_is_told_in_a_sentence(ask: Ask) -> None:
    text = result_page(ask(**PENSIONER))["receipts"][1]["text"]

    assert readable(text[0]) == (
        "Bij een inkomen van € 24.500 komt dezelfde rekening uit op ongeveer € 23,60 per maand."
    )


def test_the_lower_end_isn_t_put_down_to_income_where_savings_are_a_band_as_well(ask: Ask) -> None:
    page = result_page(ask(**{**PENSIONER, "income": "30500-36499", "savings": "75000-99999"}))

    assert readable(page["receipts"][1]["text"][0]) == (
        "Het laagste bedrag bij uw antwoorden is ongeveer € 86 per maand."
    )


def test_a_derived_figure_is_never_presented_as_published(ask: Ask) -> None:
    receipt = result_page(ask(**PENSIONER))["receipts"][1]

    assert any(text.startswith("De rekenregel van het plan is niet bekendgemaakt.") for text in receipt["text"])
    assert any(source["note"].startswith("Door ons afgeleid, niet bekendgemaakt.") for source in receipt["sources"])


def test_an_income_without_an_upper_end_shows_no_made_up_income(ask: Ask) -> None:
    for answers in ({"income": "61000-"}, {"income": "54500-60999", "savings": "250000-"}):
        for receipt in result_page(ask(**{**PENSIONER, **answers}))["receipts"]:
            assert not [row for row in receipt["rows"] if "100.000.000" in row["amount"]]


def test_sources_name_the_article_who_set_it_and_when_it_was_checked(ask: Ask) -> None:
    source, *_ = result_page(ask(**PENSIONER))["receipts"][0]["sources"]

    assert source == {
        "text": "Wmo 2015, art. 2.1.4a lid 4 en 2.1.4b lid 4",
        "url": "https://wetten.overheid.nl/BWBR0035362/2026-07-01",
        "note": "Vastgesteld in: ministeriële regeling op grond van Wmo 2015, art. 2.1.4b lid 4. "
        "Gelezen in: CAK, pagina over de bijdrage van 2026. Nagekeken op 22 november 2026.",
    }


def test_the_rules_of_a_municipality_are_a_source(ask: Ask) -> None:
    sources = result_page(ask(fixed="GM0000", **PENSIONER))["receipts"][0]["sources"]

    assert sources[-1]["text"] == "Regels van de gemeente Voorbeeldgemeente"
    assert sources[-1]["note"].endswith("Nagekeken op 22 november 2026.")


EURO = r"€ ([\d.]+(?:,\d\d)?)"
PERCENT = r"([\d,]+)%"
CALCULATIONS: dict[str, Callable[..., Decimal]] = {
    rf"{EURO} min {EURO}": lambda a, b: a - b,
    rf"{EURO} min {EURO} min {EURO}": lambda a, b, c: a - b - c,
    rf"{EURO} plus {EURO}": lambda a, b: a + b,
    rf"{EURO} plus {EURO} min {EURO}": lambda a, b, c: a + b - c,
    rf"{PERCENT} van {EURO}": lambda a, b: a * b / 100,
    rf"{EURO} gedeeld door (\d+)": lambda a, b: a / b,
    rf"{EURO} min {PERCENT}": lambda a, b: a - a * b / 100,
    rf"{PERCENT} van: {EURO} min {PERCENT}": lambda a, b, c: a / 100 * (b - b * c / 100),
    rf"niet meer dan {EURO}": lambda a: a,
    rf"twee keer {EURO}": lambda a: 2 * a,
}


def number(text: str) -> Decimal:
    return Decimal(re.sub(r"[^\d,]", "", text).replace(",", "."))


def test_a_pocket_calculator_gives_every_line_of_every_worked_example(solved_cases: tuple[SolvedCase, ...]) -> None:
    """Lines are shown in whole cents and rounded at the end only: a cent may be lost on the way."""
    checked = 0
    for solved in solved_cases:
        page = solved.page("nl")
        for kind in {receipt["kind"] for receipt in page["receipts"]}:
            for label, detail, amount in rows(page, kind):
                for pattern, calculate in CALCULATIONS.items():
                    if found := re.fullmatch(pattern, detail):
                        expected = calculate(*map(number, found.groups()))
                        shown = number(amount)
                        near = abs(expected.quantize(Decimal("0.01"), ROUND_HALF_UP) - shown) <= Decimal("0.01")
                        assert near, f"{solved.case.name}: {label}: {detail} is {expected}, not {shown}"
                        checked += 1
    assert checked > 1000


# What could make it different, what to do


def test_not_knowing_says_which_answer_makes_the_difference(ask: Ask) -> None:
    page = result_page(ask(**{**PENSIONER, "household": "unknown", "income": "unknown"}))

    assert "U weet nog niet alles. Het verschil zit in uw huishouden." in page["notices"]
    remark = next(remark for remark in page["differences"] if remark["title"] == "U weet nog niet: uw huishouden")
    assert readable(remark["text"]).startswith(
        "Alleenstaand: nu € 21,80 per maand, in het plan ongeveer € 23,60 tot € 328 per maand. "
        "Samen met een partner of een andere volwassene: nu niets of € 21,80 per maand, "
    )


def test_not_knowing_what_doesn_t_matter_isn_t_held_against_anybody(ask: Ask) -> None:
    page = result_page(ask(**{**PENSIONER, "age": "unknown"}))

    assert not [notice for notice in page["notices"] if "leeftijd" in notice]


def test_every_unknown_answer_that_matters_is_named(ask: Ask) -> None:
    notices = result_page(ask(**NOBODY_KNOWS))["notices"]

    assert notices[-1] == (
        "U weet nog niet alles. Het verschil zit in uw leeftijd, uw huishouden en andere zorg of opvang."
    )


def test_an_unknown_municipality_is_said_before_the_amounts(ask: Ask) -> None:
    assert result_page(ask(**{**PENSIONER, "municipality": "unknown"}))["notices"][0].startswith(
        "Wij weten niet in welke gemeente u woont."
    )


def test_a_municipality_whose_rules_of_today_aren_t_known_is_said_before_the_amounts(ask: Ask) -> None:
    (notice,) = result_page(ask(**PENSIONER))["notices"]

    assert notice.startswith("Welke regels de gemeente Amsterdam op 22 november 2026 heeft, weten wij niet.")


def test_parents_may_have_to_pay_for_the_home_adaptation_of_a_child(ask: Ask) -> None:
    notices = result_page(ask(municipality="unknown", provisions="home_adaptation", age="under_18"))["notices"]

    assert notices[0].startswith("Wij weten niet in welke gemeente u woont.")
    assert notices[1].startswith("Een gemeente mag de ouders laten betalen voor een woningaanpassing van hun kind.")


@pytest.mark.parametrize("provision", ["shelter", "general_provision"])
def test_cak_is_left_out_where_it_has_nothing_to_do_with_it(ask: Ask, provision: str) -> None:
    page = result_page(ask(municipality="unknown", provisions=provision))

    assert "Vraag het CAK" not in [entry["title"] for entry in page["todo"]]
    assert "CAK" not in " ".join(page["fine_print"])


def test_what_the_college_may_do_is_of_now_and_an_assumption_under_the_plan(ask: Ask) -> None:
    remarks = {remark["title"]: remark["text"] for remark in result_page(ask(**PENSIONER))["differences"]}

    assert remarks["Uw gemeente mag u vrijstellen"].startswith("Volgens de regels van nu mag dat")
    assert remarks["Uw gemeente mag u vrijstellen"].endswith(
        "Wij nemen aan dat dit in het plan zo blijft. Zeker is dat niet."
    )


def test_until_2017_only_the_safety_of_a_child_was_a_reason(ask: Ask) -> None:
    page = result_page(ask(on=date(2016, 5, 1), **{**PENSIONER, "savings": "unknown"}))
    remarks = {remark["title"]: remark["text"] for remark in page["differences"]}

    assert remarks["Uw gemeente mag u vrijstellen"] == (
        "Volgens de regels van nu mag dat als betalen een kind in gevaar brengt. De gemeente beslist."
    )


def test_income_that_dropped_names_both_years_and_until_when_to_ask(ask: Ask) -> None:
    dropped = "Is uw inkomen gedaald?"
    pages = [result_page(ask(fixed="GM0000", **PENSIONER)), result_page(ask(**PENSIONER))]
    limited, national = ({each["title"]: each["text"] for each in page["differences"]} for page in pages)

    assert readable(limited[dropped]).startswith(
        "Is uw inkomen van dit jaar minstens € 3.293,60 lager dan dat van 2024?"
    )
    assert "tot 4 maanden na het jaar, of na het besluit" in limited[dropped]
    assert national[dropped].startswith("In het plan nemen wij aan dat u het CAK dan kunt vragen")


def test_the_last_day_of_2018_belongs_to_2019(ask: Ask) -> None:
    items = result_page(ask(on=date(2018, 12, 31), **PENSIONER))["reasons"]["items"]

    assert "Hier staat het bedrag van 2019." in next(
        item["text"] for item in items if item["title"] == "Een ander jaar"
    )


def test_reasons_why_cak_may_charge_something_else_are_listed(ask: Ask) -> None:
    page = result_page(ask(fixed="GM0000", **{**PENSIONER, "provisions": "other_aid", "cost": "unknown"}))

    assert page["reasons"]["summary"] == "Rekent het CAK nu een ander bedrag?"
    assert [reason["title"] for reason in page["reasons"]["items"]] == [
        "Het jaar van uw inkomen", "Een ander jaar", "De kostprijs", "Een deel van de maand", "Uw partner",
        "Meer maanden op één rekening", "Een andere bijdrage",
    ]  # fmt: skip


def test_discretion_assumption_and_plan_are_told(ask: Ask) -> None:
    assert {"Uw gemeente mag u vrijstellen", "Wat in het plan als inkomen telt", "Het plan is nog geen wet"} <= set(
        titles(result_page(ask(**PENSIONER)))
    )


def test_everybody_is_told_whom_to_ask(ask: Ask) -> None:
    todo = result_page(ask(fixed="GM0000", **PENSIONER))["todo"]

    assert [entry["title"] for entry in todo] == [
        "Vraag het de gemeente Voorbeeldgemeente",
        "Vraag het CAK",
        "Vraag gratis hulp van Voorbeeld Cliëntondersteuning",
        "Kunt u het niet betalen?",
    ]
    assert todo[0]["lines"][0] == {
        "pictogram": "phone", "label": "Telefoon", "text": "0800 0000", "url": "tel:08000000",
    }  # fmt: skip
    assert [(line["label"], line["text"]) for line in todo[2]["lines"]] == [
        ("Telefoon", "0800 0001"),
        ("Website", "clientondersteuning.example"),
    ]


def test_without_a_municipality_free_help_can_still_be_found(ask: Ask) -> None:
    todo = result_page(ask(**{**PENSIONER, "municipality": "unknown"}))["todo"]

    assert todo[0]["lines"] == []
    assert todo[2]["lines"][0]["text"] == "regelhulp.nl"


def test_the_page_says_that_it_is_an_estimate_and_who_decides(ask: Ask) -> None:
    page = result_page(ask(**PENSIONER))

    assert page["fine_print"][0].startswith("Dit is een schatting, geen besluit.")
    assert [row["label"] for row in page["receipt"]] == [
        "Gemaakt op", "Versie van de rekenregels", "Kenmerk van de wetsbestanden",
        "Kenmerk van het gemeentelijk beleid",
    ]  # fmt: skip
    assert page["receipt"][0]["value"] == "22 november 2026, 09:30 uur"


# What a reader tripped over


def test_an_income_limit_that_differs_among_households_is_told_without_a_figure(ask: Ask) -> None:
    answers = {**PENSIONER, "household": "unknown", "income": "unknown"}
    page = result_page(ask(fixed="GM0000", **answers))
    text = " ".join(panel(page, "now")["text"])

    assert "Hoe hoog de grens is, hangt af van uw huishouden en uw leeftijd." in text
    assert "lager dan €" not in readable(text)
    assert not [label for label, _, _ in rows(page, "now") if label.startswith("Inkomensgrens")]


def test_what_may_not_be_asked_everywhere_stands_before_the_amounts(ask: Ask) -> None:
    support = {"provisions": "sports_wheelchair", "cost": "unknown"}
    notices = result_page(ask(**{**PENSIONER, **support, "savings": "unknown"}))["notices"]

    assert any(text.startswith("Alleen sommige gemeenten vragen een bijdrage") for text in notices)
    assert any(text.startswith("Wij kennen uw vermogen niet") for text in notices)


def test_the_plan_for_a_couple_with_one_under_pension_age_is_as_far_as_we_know(ask: Ask) -> None:
    text = panel(result_page(ask(**UNDER_PENSION_AGE)), "plan")["text"]

    assert any(line.endswith("In het plan vervalt dat, voor zover wij weten.") for line in text)


def test_without_an_upper_end_it_is_told_from_which_income_the_maximum_holds(ask: Ask) -> None:
    receipt = result_page(ask(**{**PENSIONER, "income": "61000-"}))["receipts"][1]
    unknown = result_page(ask(**{**PENSIONER, "household": "unknown", "income": "unknown"}))["receipts"][1]

    assert readable(receipt["text"][0]).startswith("Vanaf een inkomen van ongeveer € 61.000 per jaar geldt")
    assert not [row for row in receipt["rows"] if row["detail"].startswith("niet meer dan")]
    assert "een stel ongeveer € 70.500" in readable(unknown["text"][0])


# Other laws, every case


def test_an_adopted_bill_is_no_longer_called_a_plan(ask: Ask, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("amounts")
    for path in AMOUNTS.glob("*.toml"):
        text = path.read_text("utf-8").replace('status = "proposed"             #', 'status = "adopted" #')
        (folder / path.name).write_text(text, "utf-8")
    request = ask(**PENSIONER)
    page = result_page(request._replace(setting=request.setting._replace(rules=read_law(folder))))

    assert verdict(page) == (
        "Nu betaalt u € 21,80 per maand, en vanaf 1 januari 2027 wordt dat ongeveer € 23,60 tot € 74 per maand."
    )
    assert panel(page, "plan")["heading"] == "De nieuwe regels, vanaf 1 januari 2027"
    assert panel(page, "plan")["mark"] == "Aangenomen, maar nog niet begonnen"


def test_a_withdrawn_bill_leaves_only_what_is_due_now(ask: Ask, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("amounts")
    for path in AMOUNTS.glob("*.toml"):
        text = path.read_text("utf-8").replace('status = "proposed"             #', 'status = "withdrawn" #')
        (folder / path.name).write_text(text, "utf-8")
    request = ask(**PENSIONER)
    page = result_page(request._replace(setting=request.setting._replace(rules=read_law(folder))))

    assert verdict(page) == "Nu betaalt u € 21,80 per maand."
    assert [each["kind"] for each in page["panels"]] == ["now"]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_worked_example_renders_completely(solved_cases: tuple[SolvedCase, ...], locale: str) -> None:
    for solved in solved_cases:
        html = render("result.html", solved.page(locale))

        assert html.count("<h1") == 1, solved.case.name
        assert leftovers(html) == [], solved.case.name


def test_a_dutch_page_has_no_english_of_the_rules_in_it(solved_cases: tuple[SolvedCase, ...]) -> None:
    english = re.compile(r"\b(the|and|bill|ordinance|council|published|under|month)\b")
    for solved in solved_cases:
        text = re.sub(r"<[^>]+>", " ", render("result.html", solved.page("nl")))

        assert english.findall(text) == [], solved.case.name
