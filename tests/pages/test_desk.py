"""The desk: what an employee types becomes a household, and everything that the rules say of it stands beside it."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from estimator.files import LOCALES
from estimator.municipal_files import FileError, MunicipalFiles
from estimator.pages.conversation import (
    MOST_PROVISIONS,
    Conversation,
    alone,
    beside,
    read_conversation,
    rows_of,
    with_row,
    without_row,
)
from estimator.pages.desk import Desk, codes_of, desk_page
from estimator.pages.outcome import found
from estimator.pages.request import Context, Paper
from estimator.pages.site import Site
from estimator.pages.staff import file_notices
from estimator.pages.visit import Fields
from estimator.printing.summary import summary_pdf
from estimator.rules import Household, law
from estimator.rules.money import MAXIMUM_CENTS
from estimator.rules.policy import DatedPolicies, PolicyPeriod
from estimator.texts import Texts
from tests.pages.conftest import MUNICIPALITIES
from tests.printing.reading import words_of as words_on

ON, NL = date(2026, 11, 22), Texts("nl")
NOW = datetime(2026, 11, 22, 14, 5).astimezone()


SITE = Site(law(), MunicipalFiles(MUNICIPALITIES), "GM0000", ON, lambda: ON)
SINGLE = {"composition": "single", "client_born": "1-3-1950", "kind.1": "domestic_help"}


def form(values: dict[str, str], **more: str) -> Fields:
    """The fields of a form; two underscores stand for the point before the number of a row."""
    return {name: (value,) for name, value in (values | {k.replace("__", "."): v for k, v in more.items()}).items()}


def talk(fields: Fields, site: Site = SITE) -> Conversation:
    return read_conversation(fields, codes_of(site), site.fixed or "", ON, NL)


def page(fields: Fields, site: Site = SITE) -> Context:
    return desk_page(Desk(site, talk(fields, site), NOW))


def household(fields: Fields) -> Household:
    made = talk(fields).first
    assert made.mistakes == ()
    assert made.household is not None
    return made.household


def told(fields: Fields) -> dict[str, str]:
    """What is wrong, by the field that it stands at."""
    return {mistake["field"]: mistake["text"] for mistake in page(fields)["mistakes"]}


# What is typed


@pytest.mark.parametrize(
    "typed", ["1-3-1950", "01/03/1950", "1.3.1950", "1 3 1950", "01031950", "1950-03-01", "1 maart 1950", "1 mrt. 1950"]
)
def test_a_birth_date_is_read_as_people_write_it(typed: str) -> None:
    assert household(form(SINGLE, client_born=typed)).client_born == date(1950, 3, 1)


@pytest.mark.parametrize(
    "typed", ["31-2-1950", "1-13-1950", "1-3-50", "131950", "maart 1950", "1 brumaire 1950", "1-3-1850", "1-3-2027"]
)
def test_a_wrong_date_is_told_at_its_field_and_nothing_else_is_lost(typed: str) -> None:
    fields = form(SINGLE, client_born=typed, income="24.500")
    shown = page(fields)

    assert list(told(fields)) == ["client_born"]
    assert typed in told(fields)["client_born"]
    assert shown["outcomes"] == []
    assert shown["cases"][0]["values"]["income"] == "24.500"
    assert shown["cases"][0]["rows"][0]["kind"] == "domestic_help"


@pytest.mark.parametrize(
    ("typed", "income", "band"),
    [
        ("24.500,50", "24500.50", None),
        ("24500", "24500", None),
        ("€ 24.500,-", "24500", None),
        ("20.000-25.000", None, (20000, 25000)),
        ("20000 tot 25000", None, (20000, 25000)),
        ("20.000 t/m 25.000", None, (20000, 25000)),
        ("40.000+", None, (40000,)),
        ("40.000 of meer", None, (40000,)),
    ],
)
def test_income_is_an_amount_or_a_band(typed: str, income: str | None, band: tuple[int, ...] | None) -> None:
    made = household(form(SINGLE, income=typed))

    assert made.income == (income and Decimal(income))
    assert made.income_band == band


@pytest.mark.parametrize("typed", ["veel", "12-3x", "25.000-20.000", "20.000,50-25.000", "1e3", "-5"])
def test_what_is_no_amount_is_refused_with_an_example(typed: str) -> None:
    assert typed in told(form(SINGLE, income=typed))["income"]
    assert "1250,50" in told(form(SINGLE, income=typed))["income"]


def test_an_amount_that_is_too_large_says_what_is_the_most() -> None:
    assert NL.money(MAXIMUM_CENTS) in told(form(SINGLE, income="99999999999"))["income"]


def test_whole_assets_and_the_part_above_the_exempt_amount_exclude_each_other() -> None:
    assert list(told(form(SINGLE, assets="60000", capital="1000"))) == ["capital"]


def test_a_cost_price_counts_for_what_has_one() -> None:
    other = form(SINGLE, kind__1="other_aid", cost_price__1="2.500", start__1="12-3-2024")
    help_at_home = form(SINGLE, cost_price__1="2.500", start__1="12-3-2024")

    assert household(other).provisions[0].cost_price == Decimal(2500)
    assert household(help_at_home).provisions[0].cost_price is None


def test_what_was_paid_before_2020_needs_a_start_before_it() -> None:
    priced = form(SINGLE, kind__1="other_aid", cost_price__1="2500", paid_before__1="100")

    assert list(told({**priced, "start.1": ("1-3-2021",)})) == ["paid_before.1"]
    assert told({**priced, "start.1": ("1-3-2019",)}) == {}


def test_nothing_is_wrong_with_an_empty_form_and_it_says_how_to_begin() -> None:
    shown = page({})

    assert (shown["mistakes"], shown["missing"], shown["began"]) == ([], [], False)


def test_what_is_still_needed_is_no_mistake() -> None:
    shown = page(form({"composition": "couple", "client_born": "1-3-1950"}))

    assert shown["mistakes"] == []
    assert [each["field"] for each in shown["missing"]] == ["partner_born", "kind.1"]


def test_a_forged_choice_is_told_and_not_taken() -> None:
    assert list(told(form(SINGLE, college_exemption="friend"))) == ["college_exemption"]
    assert list(told(form(SINGLE, municipality="GM9999"))) == ["municipality"]
    assert list(told(form(SINGLE, kind__1="yacht"))) == ["kind.1"]


# Rows


def test_twelve_provisions_are_all_counted() -> None:
    fields = form(SINGLE, **{f"kind__{n}": "other_aid" for n in range(1, 13)})
    fields = {**fields, **{f"cost_price.{n}": ("2500",) for n in range(1, 13)}}

    assert len(household(fields).provisions) == 12
    assert len(page(fields)["outcomes"][0]["aids"]) == 12


def test_a_row_more_keeps_the_others_and_there_is_an_end_to_them() -> None:
    fields: Fields = form(SINGLE)
    for expected in range(2, MOST_PROVISIONS + 1):
        fields, number = with_row(fields, "")
        assert number == expected
    assert with_row(fields, "")[1] == MOST_PROVISIONS
    assert rows_of(fields, "") == list(range(1, MOST_PROVISIONS + 1))
    assert fields["kind.1"] == ("domestic_help",)


def test_a_row_less_moves_the_others_up() -> None:
    fields = form(SINGLE, kind__2="other_aid", cost_price__2="2500", kind__3="transport")

    left = without_row(fields, "", 1)

    assert [left[f"kind.{row}"] for row in rows_of(left, "")] == [("other_aid",), ("transport",)]
    assert left["cost_price.1"] == ("2500",)
    assert "kind.3" not in left


# The outcome


def test_now_the_plan_and_what_remains_of_a_cost_price() -> None:
    """2,500 from April 2024: 9 x 20.60, 12 x 21.00 and 10 x 21.80 have come off, 1,844.60 remains."""
    fields = form(SINGLE, kind__1="other_aid", cost_price__1="2500", start__1="12-3-2024", income="38.000")
    shown = page(fields)["outcomes"][0]

    assert shown["panels"][0]["sum"] == "€\xa021,80"
    assert "€\xa01.844,60" in shown["aids"][0]["text"]
    assert "31 oktober 2033" in shown["aids"][0]["text"]


def test_a_partner_who_reaches_pension_age_next_month() -> None:
    """Born on 12 December 1959: pension age, 67 years, on 12 December 2026."""
    couple = {"composition": "couple", "client_born": "1-3-1950", "kind.1": "domestic_help"}
    shown = page(form(couple, partner_born="12-12-1959", income="60.000"))["outcomes"][0]

    assert shown["panels"][0]["sum"] == "Niets"
    first = shown["ahead"][0]
    assert (first["day"], first["what"]) == ("12 december 2026", "De partner heeft de AOW-leeftijd")
    assert "€\xa021,80" in first["sum"]


def test_how_far_an_income_is_from_the_limit_of_the_municipality() -> None:
    below = page(form(SINGLE, income="30.000", income_then="20.000"))["outcomes"][0]["income"]
    above = page(form(SINGLE, income="20.000", income_then="24.500"))["outcomes"][0]["income"]

    assert "€\xa03.000,00 lager" in below[0]
    assert "€\xa01.500,00 boven" in above[0]


def test_a_lower_income_now_asks_for_another_reference_year() -> None:
    """In 2026 the income of 2024 counts: 45,000 then, 15,000 now, below the limit of 23,000."""
    lines = page(form(SINGLE, income="45.000", income_then="45.000", income_now="15.000"))["outcomes"][0]["income"]

    assert "Peiljaarverlegging is de moeite waard" in lines[1]
    assert "2026" in lines[1]


def test_without_the_income_of_the_year_that_counts_now_nothing_is_said_of_limit_and_reference_year() -> None:
    lines = page(form(SINGLE, income="45.000", income_now="15.000"))["outcomes"][0]["income"]

    assert all("2024" in line and "Vul dat ook in" in line for line in lines)
    assert len(lines) == 2


def test_now_and_the_plan_each_take_the_income_of_their_own_reference_year() -> None:
    """2024 below the limit: nothing now. 2025 well above the threshold: more in the plan than the least."""
    shown = page(form(SINGLE, income="38.000", income_then="20.000"))["outcomes"][0]
    least = page(form(SINGLE, income="20.000", income_then="38.000"))["outcomes"][0]

    assert (shown["panels"][0]["sum"], least["panels"][0]["sum"]) == ("Niets", "€\xa021,80")
    assert least["panels"][1]["sum"] == "€\xa023,60"
    assert shown["panels"][1]["sum"] != "€\xa023,60"
    assert ["€\xa020.000"] in [row["answer"] for row in shown["answers"]]


def test_what_is_told_of_later_takes_the_income_that_counts_now_too() -> None:
    """A couple of which one reaches pension age next month; 29,000 in 2024 is below the limit of 31,000."""
    couple = {"composition": "couple", "client_born": "1-3-1950", "kind.1": "domestic_help"}
    fields = form(couple, partner_born="12-12-1959", income="60.000")
    below = page({**fields, "income_then": ("29.000",)})["outcomes"][0]
    above = page({**fields, "income_then": ("60.000",)})["outcomes"][0]

    assert "€\xa021,80" in " ".join(above["panels"][0]["text"])
    assert above["ahead"][0]["what"] == "De partner heeft de AOW-leeftijd"
    assert "€\xa021,80" not in " ".join(below["panels"][0]["text"])
    assert all("€\xa021,80" not in each["sum"] for each in below["ahead"])


def test_what_begins_in_a_year_of_which_the_amount_is_not_known_says_so() -> None:
    later = page(form(SINGLE, start__1="15-12-2026"))["outcomes"][0]["notices"]
    this_year = page(form(SINGLE, on="1-6-2026", start__1="15-7-2026"))["outcomes"][0]["notices"]

    assert any("Wat het dan is, kan anders zijn" in notice for notice in later)
    assert any("Het bedrag hier geldt vanaf dan" in notice for notice in this_year)


def test_an_aid_that_is_exempt_asks_for_no_earlier_sums() -> None:
    exempt = MUNICIPALITIES["GM0000"].policy.on(ON).model_copy(update={"exempt_provisions": ("other_aid",)})
    fields = form(SINGLE, kind__1="other_aid", cost_price__1="2500", start__1="1-5-2019")
    own = MUNICIPALITIES["GM0000"].model_copy(
        update={"policy": DatedPolicies(periods=(PolicyPeriod(first=date(2025, 1, 1), policy=exempt),))}
    )
    site = replace(SITE, municipal_files=MunicipalFiles({**MUNICIPALITIES, "GM0000": own}))

    assert page(fields, site)["outcomes"][0]["aids"][0]["text"] == "Hiervoor is geen bijdrage."
    assert "Vul in wat er voor 1 januari 2020" in page(fields)["outcomes"][0]["aids"][0]["text"]


def test_an_aid_that_runs_says_until_when_and_not_how_many_months_it_took_in_all() -> None:
    fields = form(SINGLE, kind__1="home_adaptation", cost_price__1="3000", start__1="10-5-2018", paid_before__1="400")
    shown = page(fields)["outcomes"][0]

    assert "126" not in " ".join([shown["panels"][0]["months"], *shown["panels"][0]["text"]])
    assert "Nog 46 maanden" in shown["aids"][0]["text"]


def test_another_municipality_gives_other_rules_and_none_the_national_ones() -> None:
    own = page(form(SINGLE, income="20.000", municipality="GM0000"))["outcomes"][0]
    none = page(form(SINGLE, income="20.000", municipality=""))["outcomes"][0]

    assert own["panels"][0]["sum"] == "Niets"
    assert none["panels"][0]["sum"] == "€\xa021,80"


def test_an_exemption_by_the_college_gives_nothing() -> None:
    assert page(form(SINGLE, college_exemption="means"))["outcomes"][0]["panels"][0]["sum"] == "Niets"


def test_another_date_gives_the_amount_of_then() -> None:
    assert page(form(SINGLE, on="1-6-2024", income="45.000"))["outcomes"][0]["panels"][0]["sum"] == "€\xa020,60"
    assert list(told(form(SINGLE, on="1-6-1999"))) == ["on"]


def test_a_second_household_begins_as_the_first_and_says_what_is_different() -> None:
    fields = beside(form(SINGLE, income="30.000"))
    same = page(fields)
    moved_in = page({**fields, "other.composition": ("couple",), "other.partner_born": ("30-12-1965",)})

    assert ["gelijk" in each["text"] for each in same["changes"]] == [True, True]
    assert "niets" in moved_in["changes"][0]["text"]
    assert len(moved_in["outcomes"]) == 2
    assert alone(fields) == form(SINGLE, income="30.000")


def test_a_mistake_in_the_second_household_leaves_the_outcome_of_the_first() -> None:
    shown = page({**beside(form(SINGLE)), "other.income": ("veel",)})

    assert [each["field"] for each in shown["mistakes"]] == ["other.income"]
    assert len(shown["outcomes"]) == 1


# What goes along


@pytest.mark.parametrize("locale", LOCALES)
def test_the_sheet_is_in_the_language_of_the_resident_and_says_what_was_stated(locale: str) -> None:
    desk = Desk(SITE, talk(form(SINGLE, income="38.341,50", kind__2="other_aid", cost_price__2="2500")), NOW)
    asked = desk.request(desk.conversation.first, locale)
    assert asked is not None

    words = words_on(summary_pdf(asked, Paper((locale,)))).replace("\u200f", "")

    assert Texts(locale).plain_money(3834150).replace("\u200f", "").replace("\xa0", " ") in words.replace("\xa0", " ")
    assert Texts(locale)("ui.estimate").split()[0] in words


def test_the_text_for_the_file_says_what_the_page_says() -> None:
    desk = Desk(SITE, talk(form(SINGLE, income="38.000")), NOW)
    asked = desk.request(desk.conversation.first)
    assert asked is not None
    text = desk_page(desk)["text_for_file"]

    for regime in (found(asked).compared.current, found(asked).compared.upcoming):
        assert regime is not None
        assert NL.sum_of(regime) in text
    assert "Geboren op 1 maart 1950" in text
    assert "verzonnen verordening" in text
    assert "geen besluit" in text


def test_without_an_outcome_there_is_nothing_to_take_along() -> None:
    assert (page({})["text_for_file"], page({})["paper"]) == ("", None)


def test_staff_read_which_file_of_a_municipality_is_wrong_and_what_holds_meanwhile() -> None:
    error = FileError("GM0000.toml", "policy[1].lower_amount", "99", "at most 21.80", NOW, served=True)
    (said,) = file_notices([error], NL)
    (gone,) = file_notices([error._replace(served=False)], NL)

    for part in ("GM0000.toml", "policy[1].lower_amount", "99", "at most 21.80", "22 november 2026, 14:05 uur"):
        assert part in said
    assert "geldt nog" in said
    assert "is er nu niet" in gone


def test_what_the_municipality_decided_is_told_with_its_source() -> None:
    assert "verzonnen verordening" in page(form(SINGLE))["outcomes"][0]["policy"][0]
    assert "weten wij niet" in page(form(SINGLE, municipality="GM1783"))["outcomes"][0]["policy"][0]
