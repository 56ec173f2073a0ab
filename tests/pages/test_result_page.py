"""The result: what somebody reads first, and that a calculator gives the same."""

import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from estimator.pages import Context, render, result_page
from estimator.rules import read_law
from estimator.rules.law import AMOUNTS
from estimator.texts import LOCALES
from tests.pages.conftest import Ask, SolvedCase
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
        "For your support another rule applies, which we don't compute here.",
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
        ("Nu, in 2026", "€ 21,80", "per maand", "€ 261,60 per jaar", ""),
        (
            "Het plan, vanaf 1 januari 2027", "€ 23,60 tot € 74", "per maand, ongeveer",
            "ongeveer € 283 tot € 883 per jaar", "Nog geen wet, gezien tot juli 2026",
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

    assert any("uw inkomen van 2024. U vulde dat van 2025 in." in line for line in panel(limited, "now")["text"])
    assert "Het jaar van uw inkomen" in titles(limited)
    assert "Het jaar van uw inkomen" not in titles(national)


def test_sheltered_living_is_told_its_bounds_and_whom_to_ask(ask: Ask) -> None:
    page = result_page(ask(municipality="unknown", provisions="sheltered_living"))

    assert panel(page, "now")["sum"] == "Andere regel"
    assert readable(" ".join(panel(page, "now")["text"])) == (
        "Voor beschermd wonen geldt een eigen regel. De lage bijdrage is in 2026 € 212,60 tot € 1.115,80 per maand. "
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
    assert "Dit bedrag geldt niet voor: Rolstoel." in text


# The receipts


def test_the_receipt_of_the_plan_can_be_recomputed(ask: Ask) -> None:
    page = result_page(ask(**PENSIONER))

    assert [each["caption"] for each in page["receipts"]] == [
        "Nu, in 2026",
        "Het plan, vanaf 1 januari 2027: het hoogste bedrag bij uw antwoorden",
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
        "Nee, ik ben alleenstaand: nu € 21,80 per maand, in het plan ongeveer € 23,60 tot € 328 per maand. "
        "Ja, met mijn man, vrouw of partner: nu niets of € 21,80 per maand, "
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
    assert result_page(ask(**PENSIONER))["notices"] == [
        "Wat uw gemeente voor 22 november 2026 heeft besloten, weten wij niet. Wij rekenen met de landelijke regels."
    ]


def test_reasons_why_cak_may_charge_something_else_are_listed(ask: Ask) -> None:
    page = result_page(ask(fixed="GM0000", **{**PENSIONER, "provisions": "other_aid", "cost": "unknown"}))

    assert page["reasons"]["summary"] == "Rekent het CAK nu een ander bedrag?"
    assert [reason["title"] for reason in page["reasons"]["items"]] == [
        "Het jaar van uw inkomen", "Een ander jaar", "De kostprijs", "Meer maanden op één rekening",
        "Een andere bijdrage", "Is uw inkomen gedaald?",
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
