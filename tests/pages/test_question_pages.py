"""Questions and overview as a person meets them."""

import re
from collections.abc import Mapping
from datetime import date

import pytest

from estimator import interview
from estimator.files import LOCALES
from estimator.interview import QUESTIONS, InvalidAnswerError, QuestionName
from estimator.pages import Context, Request, message_page, overview_page, question_page, render
from tests.pages.conftest import Ask

PENSIONER = {
    "municipality": "GM0363", "provisions": "domestic_help", "age": "pension", "household": "single", "facts": "none",
    "income": "24500-30499", "savings": "lowest",
}  # fmt: skip
COUPLE = {**PENSIONER, "household": "couple", "partner_age": "pension", "provisions": "other_aid", "cost": "1250.50"}


def readable(text: str) -> str:
    return text.replace("\u00a0", " ")


def labels(page: Context) -> list[str]:
    return [readable(choice["label"]) for choice in page["choices"]]


def refused(request: Request, name: QuestionName, *typed: str) -> Context:
    """The page after an answer that can't be taken."""
    with pytest.raises(InvalidAnswerError) as problem:
        interview.answer(name, typed, request.answers, request.setting)
    return question_page(request, name, typed, problem.value)


def leftovers(html: str) -> list[str]:
    """What should never reach a person: a key, a placeholder, a Python value."""
    text = re.sub(r"<[^>]+>", " ", html)
    return re.findall(
        r"%\(\w+\)s|\bNone\b(?! of these)|\b(?:question|option|panel|step|ground|caveat|source)\.[a-z_]+", text
    )


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("answers", [PENSIONER, COUPLE], ids=["pensioner", "couple"])
def test_every_question_renders_completely(ask: Ask, answers: Mapping[str, str], locale: str) -> None:
    request = ask(locale, **answers)
    for name in QUESTIONS:
        page = question_page(request, name)
        html = render("question.html", page)

        assert html.count("<h1") == 1
        assert page["heading"] in readable(html).replace("&#39;", "'") or "\u00a0" in page["heading"]
        assert leftovers(html) == []


def test_the_first_page_says_what_this_is_and_has_nowhere_to_go_back_to(ask: Ask) -> None:
    page = question_page(ask(), "municipality")

    assert page["heading"] == "In welke gemeente woont u?"
    assert page["intro"].startswith("Krijgt u hulp van uw gemeente uit de Wmo")
    assert page["step_text"].startswith("Vraag 1 van ")
    assert not page["can_go_back"]


def test_a_later_page_counts_on_in_text_and_in_the_title(ask: Ask) -> None:
    page = question_page(ask(**PENSIONER), "household")

    assert page["step_text"] == "Vraag 4 van 7"
    assert page["title"] == (
        "Woont u samen met iemand met wie u een huishouden deelt? - Vraag 4 van 7 - Bijdragewijzer Wmo"
    )
    assert page["intro"] == ""
    assert page["can_go_back"]


def test_municipalities_are_named_and_not_knowing_stands_apart(ask: Ask) -> None:
    page = question_page(ask(), "municipality")

    assert labels(page)[:3] == ["Amsterdam", "Drimmelen", "Ede"]
    assert labels(page)[-1] == "Ik weet het niet, of mijn gemeente staat er niet bij"
    assert [choice["apart"] for choice in page["choices"]] == [False] * (len(page["choices"]) - 1) + [True]


def test_only_parent_and_child_are_single_in_one_household(ask: Ask) -> None:
    page = question_page(ask(**PENSIONER), "household")

    assert page["lead"] == (
        "Dat kan ook een broer, zus of huisgenoot zijn. Woont u alleen met uw kind, vader of moeder? Kies dan nee."
    )
    assert labels(page) == [
        "Nee, ik tel als alleenstaand", "Ja, met mijn partner of een andere volwassene", "Ik weet het niet",
    ]  # fmt: skip
    assert "huisgenoot" not in page["choices"][0]["help"]
    assert [choice["pictogram"] for choice in page["choices"]] == ["alone", "together", "unknown"]


def test_ages_come_from_the_law(ask: Ask) -> None:
    dutch, english = (question_page(ask(locale, **PENSIONER), "age") for locale in ("nl", "en"))

    assert labels(dutch)[0] == "Jonger dan 18 jaar"
    assert dutch["choices"][2]["help"] == "De AOW-leeftijd is nu 67 jaar."
    assert english["choices"][2]["help"] == "Pension age is 67 years now."


def test_pension_age_follows_the_date(ask: Ask) -> None:
    page = question_page(ask(on=date(2023, 6, 1), **PENSIONER), "age")

    assert page["choices"][2]["help"] == "De AOW-leeftijd is nu 66 jaar en 10 maanden."


def test_income_is_asked_with_its_year_and_of_whom(ask: Ask) -> None:
    assert question_page(ask(**PENSIONER), "income")["heading"] == "Wat was uw eigen inkomen in heel 2025?"
    assert question_page(ask(**COUPLE), "income")["heading"] == "Wat was uw inkomen in heel 2025, van u beiden samen?"
    assert (
        question_page(ask("en", **COUPLE), "income")["heading"]
        == "What was your income in the whole of 2025, both of you together?"
    )


def test_income_explains_where_it_is_found_and_which_year_counts_now(ask: Ask) -> None:
    explain = question_page(ask(**PENSIONER), "income")["explain"]

    assert explain["summary"] == "Waar vindt u dit bedrag?"
    assert explain["text"][0].startswith("Zoek naar het verzamelinkomen op uw belastingaanslag over 2025.")
    assert explain["text"][2].endswith("De regels van nu kijken naar een ander jaar: 2024.")


def test_bands_are_inclusive_whole_euros(ask: Ask) -> None:
    found = labels(question_page(ask(**PENSIONER), "income"))

    assert found[:2] == ["€ 24.499 of minder", "€ 24.500 tot en met € 30.499"]
    assert found[-2:] == ["€ 61.000 of meer", "Ik weet het niet"]


def test_savings_name_the_exempt_amount_of_the_law(ask: Ask) -> None:
    page = question_page(ask(**PENSIONER), "savings")

    assert page["heading"] == "Hoeveel spaargeld en ander vermogen had u zelf op 1 januari 2025?"
    assert readable(page["explain"]["text"][0]).startswith(
        "In het plan telt vermogen tot en met € 37.395 per persoon niet mee, voor zover wij weten."
    )
    assert "4%" in page["explain"]["text"][0]


def test_an_answer_comes_back_chosen(ask: Ask) -> None:
    page = question_page(ask(**PENSIONER), "age")

    assert [choice["value"] for choice in page["choices"] if choice["checked"]] == ["pension"]


@pytest.mark.parametrize(("locale", "shown"), [("nl", "1250,50"), ("en", "1250.50")])
def test_a_price_comes_back_as_the_reader_writes_it(ask: Ask, locale: str, shown: str) -> None:
    page = question_page(ask(locale, **COUPLE), "cost")

    assert (page["kind"], page["choices"], page["value"]) == ("amount", [], shown)


def test_a_price_that_wasn_t_filled_in_leaves_the_field_empty(ask: Ask) -> None:
    assert question_page(ask(**{**COUPLE, "cost": "unknown"}), "cost")["value"] == ""


# What is wrong with an answer


def test_nothing_chosen(ask: Ask) -> None:
    page = refused(ask(**PENSIONER), "age")

    assert page["error"] == ("U hebt nog niets gekozen. Kies een van de antwoorden. Twijfelt u? Kies dan het laatste.")
    assert page["title"].startswith("Fout: Hoe oud bent u? - ")


def test_no_municipality_chosen(ask: Ask) -> None:
    assert refused(ask(), "municipality")["error"].startswith("U hebt nog geen gemeente gekozen.")


def test_not_knowing_beside_another_answer_names_both(ask: Ask) -> None:
    page = refused(ask(**PENSIONER), "provisions", "wheelchair", "unknown")

    assert page["error"] == (
        "U koos: ‘Rolstoel’ en ‘Ik weet het nog niet’. Dat kan niet samen. "
        "Kies alleen ‘Ik weet het nog niet’, of haal dat weg."
    )
    assert [choice["value"] for choice in page["choices"] if choice["checked"]] == ["wheelchair", "unknown"]


def test_two_answers_where_one_is_asked(ask: Ask) -> None:
    assert refused(ask(**PENSIONER), "age", "adult", "pension")["error"].endswith("Kies hier één antwoord.")


def test_an_answer_that_doesn_t_exist_is_given_back_as_it_was_sent(ask: Ask) -> None:
    page = refused(ask(**PENSIONER), "age", "<b>300</b>")

    assert page["error"].startswith("Het antwoord ‘<b>300</b>’ hoort niet bij deze vraag.")
    assert "&lt;b&gt;300&lt;/b&gt;" in render("question.html", page)


@pytest.mark.parametrize("typed", ["twaalf", "0", "-3", "1.2.3"])
def test_an_amount_that_can_t_be_read_stays_in_the_field(ask: Ask, typed: str) -> None:
    page = refused(ask(**COUPLE), "cost", typed)

    assert page["value"] == typed
    assert page["error"] == (
        f"‘{typed}’ is geen bedrag dat wij kunnen lezen. Typ een bedrag boven nul in cijfers, "
        "bijvoorbeeld 1250,50. Of laat het vak leeg."
    )


def test_an_amount_that_is_too_large_learns_the_largest(ask: Ask) -> None:
    dutch = refused(ask(**COUPLE), "cost", "10000000")
    english = refused(ask("en", **COUPLE), "cost", "10000000")

    assert readable(dutch["error"]).endswith("Vul een bedrag in van hoogstens € 9.999.999,99.")
    assert english["error"] == "The amount 10000000 is too high. Fill in an amount of at most €9,999,999.99."


@pytest.mark.parametrize("locale", LOCALES)
def test_an_error_stands_in_the_summary_and_beside_the_field(ask: Ask, locale: str) -> None:
    page = refused(ask(locale, **PENSIONER), "age")

    assert render("question.html", page).count(page["error"].replace("'", "&#39;")) == 2


# Overview and messages


def test_the_overview_lists_what_was_asked_in_words(ask: Ask) -> None:
    page = overview_page(ask(**PENSIONER))

    assert [(row["name"], row["question"], [readable(line) for line in row["answer"]]) for row in page["answers"]] == [
        ("municipality", "Gemeente", ["Amsterdam"]),
        ("provisions", "Hulp", ["Hulp bij het huishouden"]),
        ("age", "Leeftijd", ["AOW-leeftijd of ouder"]),
        ("household", "Huishouden", ["Alleenstaand"]),
        ("facts", "Andere zorg of opvang", ["Geen andere zorg of opvang"]),
        ("income", "Inkomen in heel 2025", ["€ 24.500 tot en met € 30.499"]),
        ("savings", "Spaargeld en ander vermogen op 1 januari 2025", ["€ 37.394 of minder"]),
    ]


def test_answers_can_be_read_without_their_question(ask: Ask) -> None:
    rows = {row["name"]: row["answer"] for row in overview_page(ask(**COUPLE))["answers"]}

    assert rows["household"] == ["Samen met een partner of een andere volwassene"]
    assert rows["partner_age"] == ["AOW-leeftijd of ouder"]


def test_the_overview_says_what_was_left_empty(ask: Ask) -> None:
    rows = {row["name"]: row["answer"] for row in overview_page(ask(**{**COUPLE, "cost": "unknown"}))["answers"]}

    assert rows["cost"] == ["Niet ingevuld"]


@pytest.mark.parametrize("locale", LOCALES)
def test_overview_and_messages_render_completely(ask: Ask, locale: str) -> None:
    request = ask(locale, **PENSIONER)
    pages = [("overview.html", overview_page(request))]
    pages += [("message.html", message_page(request, kind)) for kind in ("not_found", "error")]
    for template, page in pages:
        assert leftovers(render(template, page)) == []


def test_a_page_offers_every_language_with_its_own_name(ask: Ask) -> None:
    page = question_page(ask("en"), "municipality")

    assert [(item["name"], item["url"], item["current"]) for item in page["around"]["languages"]] == [
        ("Nederlands", "/nl/", False),
        ("English", "/en/", True),
        ("Türkçe", "/tr/", False),
        ("العربية", "/ar/", False),
        ("polski", "/pl/", False),
        ("українська", "/uk/", False),
    ]
    assert (page["lang"], page["dir"], page["around"]["home_url"]) == ("en", "ltr", "/en/")
