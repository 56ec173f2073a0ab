"""What if something changes: both amounts move, the answers stay."""

import pytest

from estimator import interview
from estimator.files import LOCALES
from estimator.interview import UNKNOWN, Answers
from estimator.pages import Context, render, result_page
from estimator.pages import visit as visits
from estimator.pages.visit import Visit
from estimator.rules import Policy
from estimator.texts import Texts
from tests.pages.conftest import Ask
from tests.pages.test_question_pages import PENSIONER, leftovers, readable
from tests.pages.test_result_page import NOBODY_KNOWS, UNDER_PENSION_AGE

NL = Texts("nl")


def looked_at(ask: Ask, answers: dict[str, str], locale: str = "nl", **chosen: str) -> tuple[Visit, Context]:
    """The visit and the result page after choosing something else on it."""
    request = ask(locale, **answers)
    fields = {"page": ["result"], "go": ["what_if"], **{f"if.{name}": [value] for name, value in chosen.items()}}
    visit = visits.submitted(Visit("result", request.answers), fields, request.setting, NL)
    return visit, result_page(request._replace(what_if=visit.what_if))


def lines(page: Context) -> list[str]:
    return [readable(f"{line['sum']} {line['text']}").strip() for line in page["what_if"]["result"]["lines"]]


def selected(page: Context) -> dict[str, str]:
    return {
        field["name"]: readable(next(option["label"] for option in field["options"] if option["selected"]))
        for field in page["what_if"]["fields"]
    }


def test_the_choices_begin_with_what_was_answered(ask: Ask) -> None:
    page = result_page(ask(**PENSIONER))

    assert selected(page) == {
        "if.income": "€ 24.500 tot en met € 30.499", "if.household": "Alleenstaand", "if.municipality": "Amsterdam",
    }  # fmt: skip
    assert page["what_if"]["result"] is None
    assert page["announce"] == ""


def test_another_income_moves_the_plan_and_leaves_the_answers(ask: Ask) -> None:
    visit, page = looked_at(ask, PENSIONER, income="42500-48999")

    now, plan = lines(page)

    assert now == "Nu: € 21,80 per maand. Dat blijft gelijk."
    assert plan == (
        "Het plan: ongeveer € 174 tot € 228 per maand. Bij uw antwoorden is het: ongeveer € 23,60 tot € 74 per maand."
    )
    assert visit.page == "result"
    assert visit.answers["income"] == ("24500-30499",)
    assert page["answers"] == result_page(ask(**PENSIONER))["answers"]
    assert page["verdict"] == result_page(ask(**PENSIONER))["verdict"]
    assert page["announce"] == "what-if-result"


def test_a_difference_is_said_where_one_of_both_is_one_amount(ask: Ask) -> None:
    _, plan = lines(looked_at(ask, PENSIONER, income="61000-")[1])

    assert plan == (
        "Het plan: ongeveer € 328 per maand. Dat is ongeveer € 254 tot € 304 per maand meer. "
        "Bij uw antwoorden is het: ongeveer € 23,60 tot € 74 per maand."
    )


def test_the_same_band_for_another_household_is_never_taken_crosswise(ask: Ask) -> None:
    """At 36,500 a couple pays 79.17 less than somebody alone, at 42,499 too: never 30 or 130."""
    _, plan = lines(looked_at(ask, {**PENSIONER, "income": "36500-42499"}, household="couple_pension")[1])

    assert plan == (
        "Het plan: ongeveer € 44 tot € 94 per maand. Bij uw antwoorden is het: ongeveer € 124 tot € 174 per maand."
    )


def test_without_an_income_a_range_that_stays_may_hide_a_difference(ask: Ask) -> None:
    _, household = lines(looked_at(ask, {**PENSIONER, "income": "unknown"}, household="couple_pension")[1])
    _, municipality = lines(looked_at(ask, {**PENSIONER, "income": "unknown"}, municipality="unknown")[1])

    assert household == "Het plan: ongeveer € 23,60 tot € 328 per maand."
    assert municipality == "Het plan: ongeveer € 23,60 tot € 328 per maand. Dat blijft gelijk."


def test_another_income_in_the_same_range_does_not_stay_the_same(ask: Ask) -> None:
    couple = {**UNDER_PENSION_AGE, "municipality": "", "partner_age": "pension", "savings": "200000-299999"}
    request = ask(fixed="GM0000", **{**couple, "income": "0-30999"})
    now = result_page(request._replace(what_if={"income": ("1000-30999",)}))["what_if"]["result"]["lines"][0]

    assert readable(f"{now['sum']} {now['text']}").strip() == "Nu: niets of € 21,80 per maand."


def test_the_highest_band_can_be_looked_at_for_another_household(ask: Ask) -> None:
    answers = {**PENSIONER, "income": "61000-"}

    assert lines(looked_at(ask, answers, household="couple_pension")[1])[1].startswith("Het plan: ongeveer € 249 tot")
    assert lines(looked_at(ask, answers, municipality="unknown")[1])[1].endswith("Dat blijft gelijk.")


def test_the_amounts_are_the_engine_s_for_the_changed_answers(ask: Ask) -> None:
    request = ask(**PENSIONER)
    _, page = looked_at(ask, PENSIONER, household="couple_pension", income="42500-48999")
    answers: Answers = {
        **request.answers, "household": ("couple",), "partner_age": ("pension",), "income": ("42500-48999",),
    }  # fmt: skip
    compared = interview.comparison(answers, request.setting)

    assert compared.upcoming
    assert NL.sum_for_period(compared.current) in page["what_if"]["result"]["lines"][0]["sum"]
    assert NL.sum_for_period(compared.upcoming) in page["what_if"]["result"]["lines"][1]["sum"]


def test_a_partner_under_pension_age_ends_the_contribution_of_now(ask: Ask) -> None:
    _, page = looked_at(ask, PENSIONER, household="couple_adult", income="24500-30499")

    assert lines(page)[0] == "Nu: niets. Bij uw antwoorden is het: € 21,80 per maand."
    assert page["what_if"]["result"]["changes"] == ["Huishouden: Stel, uw partner heeft de AOW-leeftijd nog niet"]


def test_a_former_band_stays_a_choice_when_the_household_changes(ask: Ask) -> None:
    _, page = looked_at(ask, PENSIONER, household="couple_pension", income="24500-30499")
    labels = [readable(option["label"]) for option in page["what_if"]["fields"][0]["options"]]

    assert selected(page)["if.income"] == "€ 24.500 tot en met € 30.499"
    assert "€ 34.000 tot en met € 39.999" in labels
    assert labels[-1] == "Ik weet het niet"


def test_nothing_else_chosen_changes_nothing_and_says_so(ask: Ask) -> None:
    visit, page = looked_at(ask, PENSIONER, income="24500-30499", household="single", municipality="GM0363")

    assert visit.what_if
    assert page["what_if"]["result"]["changes"] == []
    assert "U koos niets anders" in render("result.html", page)
    assert all(line.endswith("Dat blijft gelijk.") for line in lines(page))


@pytest.mark.parametrize(
    "chosen",
    [
        {"income": "9-1"}, {"income": "-"}, {"income": "1e9-"}, {"income": "٣-٤"}, {"income": "99999999-"},
        {"household": "triple"}, {"municipality": "GM9999"}, {"municipality": "GM0000"}, {},
    ],
)  # fmt: skip
def test_what_is_not_one_of_our_values_is_as_it_was_answered(ask: Ask, chosen: dict[str, str]) -> None:
    visit, page = looked_at(ask, PENSIONER, **chosen)

    assert {**visit.answers, **visit.what_if} == visit.answers
    assert all(line.endswith("Dat blijft gelijk.") for line in lines(page))


def test_any_other_move_ends_it_and_the_tab_does_not_keep_it(ask: Ask) -> None:
    request = ask(**PENSIONER)
    visit, _ = looked_at(ask, PENSIONER, income="42500-48999")

    assert visits.saved(visit, request.setting) == visits.saved(visit._replace(what_if={}), request.setting)
    for page in ("result", "overview", "age", "coverage"):
        assert visits.went_to(visit, page, request.setting).what_if == {}


def test_before_there_is_a_result_it_leads_to_the_question_that_is_open(ask: Ask) -> None:
    setting = ask(**PENSIONER).setting
    fields = {"page": ["result"], "go": ["what_if"], "if.income": ["42500-48999"]}
    visit = visits.submitted(visits.begun(setting), fields, setting, NL)

    assert (visit.page, visit.what_if) == ("municipality", {})


def test_what_cannot_change_the_outcome_is_not_offered(ask: Ask) -> None:
    assert result_page(ask(municipality="unknown", provisions="wheelchair"))["what_if"] is None
    assert result_page(ask(**{**PENSIONER, "facts": "long_term_care"}))["what_if"] is None


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("answers", [PENSIONER, UNDER_PENSION_AGE, NOBODY_KNOWS])
def test_it_renders_completely_and_names_its_fields(ask: Ask, answers: dict[str, str], locale: str) -> None:
    _, page = looked_at(ask, answers, locale, income="unknown", household="couple_pension", municipality="unknown")
    html = render("result.html", page)

    assert 'data-announce="what-if-result"' in html
    assert html.count('<output id="what-if-result"') == 1
    for field in page["what_if"]["fields"]:
        assert f'<label for="{field["id"]}">' in html
    assert leftovers(html) == []


# When somebody reaches pension age


def panel_of_now(page: Context) -> str:
    return readable(" ".join(page["panels"][0]["text"]))


def test_a_couple_reads_what_is_due_once_the_partner_reaches_pension_age(ask: Ask) -> None:
    assert panel_of_now(result_page(ask(**UNDER_PENSION_AGE))).endswith(
        "Zodra ook uw partner de AOW-leeftijd heeft, betaalt u volgens de regels van nu € 21,80 per maand. "
        "Dat maakt in het plan geen verschil, voor zover wij weten."
    )


@pytest.mark.parametrize("cost", ["30", "60", "350", "1250"])
def test_months_before_pension_age_make_no_difference_to_an_aid_in_the_plan(ask: Ask, cost: str) -> None:
    """For this couple November and December don't come off the cost price, as they do for two of pension age."""
    couple = {**UNDER_PENSION_AGE, "provisions": "other_aid", "cost": cost, "income": "70500-", "savings": "0-74789"}
    page = result_page(ask(**{**couple, "municipality": "unknown"}))

    assert panel_of_now(page).endswith("Dat maakt in het plan geen verschil, voor zover wij weten.")
    assert "betaalt u in het plan" not in panel_of_now(page)


def test_where_the_plan_exempts_by_age_nothing_is_said_of_an_aid_with_a_cost_price(ask: Ask) -> None:
    exempt = Policy(bill_exempt_below={"couple_pension": 60_000})
    couple = {**UNDER_PENSION_AGE, "municipality": "unknown", "provisions": "other_aid", "cost": "350"}

    def found(**answers: str) -> str:
        request = ask(**{**couple, **answers})
        setting = request.setting._replace(policies={UNKNOWN: exempt})
        return panel_of_now(result_page(request._replace(setting=setting)))

    assert found().endswith("betaalt u volgens de regels van nu € 21,80 per maand.")
    assert found(cost="unknown").endswith("Dan betaalt u in het plan niets.")


def test_a_couple_of_which_the_client_is_the_younger_reads_about_both(ask: Ask) -> None:
    page = result_page(ask(**{**UNDER_PENSION_AGE, "age": "adult"}))

    assert (
        "Zodra u allebei de AOW-leeftijd hebt, betaalt u volgens de regels van nu € 21,80 per maand."
        in panel_of_now(page)
    )


@pytest.mark.parametrize("answers", [PENSIONER, {**PENSIONER, "age": "adult"}, NOBODY_KNOWS])
def test_where_pension_age_changes_nothing_it_is_not_mentioned(ask: Ask, answers: dict[str, str]) -> None:
    assert "Zodra" not in panel_of_now(result_page(ask(**answers)))


def test_a_single_person_with_another_limit_at_pension_age_reads_it(ask: Ask) -> None:
    answers = {**PENSIONER, "municipality": "", "age": "adult", "income": "21000-22999", "savings": "lowest"}
    request = ask(fixed="GM0000", **{name: value for name, value in answers.items() if name != "income"})
    bands = [option.value for option in interview.question("income", request.answers, request.setting).options]
    page = result_page(ask(fixed="GM0000", **{**answers, "income": bands[1]}))

    assert bands[1].startswith("21000-")
    assert "Zodra u zelf de AOW-leeftijd hebt, betaalt u volgens de regels van nu niets" in panel_of_now(page)
