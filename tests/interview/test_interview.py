"""The interview: which questions are asked, what they accept, and that nothing is asked in vain."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from estimator import interview
from estimator.interview import QUESTIONS, UNKNOWN, Answers, InvalidAnswerError, QuestionName, Setting
from estimator.municipalities import read_municipalities
from estimator.rules import Policy, law

ON = date(2026, 11, 22)
NATIONAL = Setting(ON, law())
FOLDER = Path(__file__).parents[2] / "content" / "municipalities"
EVERYWHERE = read_municipalities(FOLDER)
PICKER = Setting(
    ON,
    law(),
    {code: town.policy for code, town in EVERYWHERE.items()},
    tuple(code for code, town in EVERYWHERE.items() if not town.fictitious),
)
EXAMPLE = PICKER._replace(fixed="GM0000")
WITH_EXEMPTIONS = Setting(
    ON,
    law(),
    {
        "GM0001": Policy.model_validate(
            {
                "exempt_provisions": ["repair"],
                "transport_fare": True,
                "low_income_limits": {"single_under": 21000, "single_pension": 23000, "couple_pension": 31000},
                "bill_exempt_below": {"single_pension": 26000, "couple_under": 36000, "couple_pension": 36000},
                "parents_pay_home_adaptation": True,
            }
        )
    },
    (),
    "GM0001",
)


def interviewed(setting: Setting, **given: str | tuple[str, ...]) -> tuple[list[QuestionName], Answers]:
    """Answer what is asked from ``given``, "unknown" elsewhere; the questions in the order in which they came."""
    answers: Answers = {}
    asked: list[QuestionName] = []
    while (name := interview.path(answers, setting).open) is not None:
        value = given.get(name, UNKNOWN)
        answers = interview.answer(name, (value,) if isinstance(value, str) else value, answers, setting)
        asked.append(name)
    return asked, answers


def outcome(answers: Answers, setting: Setting = NATIONAL) -> tuple[tuple[str, str, int | None, int | None], ...]:
    compared = interview.comparison(answers, setting)
    assert compared.upcoming
    return tuple((e.outcome, e.ground, e.low, e.high) for e in (compared.current, compared.upcoming))


def test_a_single_pensioner_is_asked_seven_questions_and_gets_both_amounts() -> None:
    asked, answers = interviewed(
        PICKER, provisions="domestic_help", age="pension", household="single", facts="none", income="24500-30499",
        savings="0-37394",
    )  # fmt: skip

    assert asked == ["municipality", "provisions", "age", "household", "facts", "income", "savings"]
    assert outcome(answers, PICKER) == (("amount", "", 2180, 2180), ("amount", "", 2360, 7359))


def test_a_fixed_municipality_is_not_asked_for_and_its_policy_counts() -> None:
    asked, answers = interviewed(
        EXAMPLE, provisions="domestic_help", age="pension", household="single", facts="none", income="0-22999"
    )

    assert "municipality" not in asked
    assert outcome(answers, EXAMPLE)[0][:2] == ("nothing", "low_income_policy")


def test_without_municipalities_there_is_none_to_ask_for() -> None:
    assert interviewed(NATIONAL)[0][0] == "provisions"


@pytest.mark.parametrize(
    ("given", "ground"),
    [
        ({"provisions": "wheelchair"}, "wheelchair"),
        ({"provisions": "client_support"}, "client_support_free"),
        ({"provisions": "sheltered_living"}, "sheltered_living"),
        ({"provisions": "domestic_help", "age": "under_18"}, "under_18"),
    ],
)
def test_what_is_certain_early_ends_the_interview_early(given: Mapping[str, str], ground: str) -> None:
    asked, answers = interviewed(NATIONAL, **given)

    assert asked == list(given)
    assert [result[1] for result in outcome(answers)] == [ground, ground]


def test_a_couple_with_one_partner_under_pension_age_pays_nothing_now_and_is_asked_income_for_the_plan() -> None:
    asked, answers = interviewed(
        NATIONAL, provisions="domestic_help", age="pension", household="couple", partner_age="adult", facts="none"
    )

    assert asked == ["provisions", "age", "household", "partner_age", "facts", "income"]
    assert outcome(answers) == (
        ("nothing", "partner_under_pension_age", None, None),
        ("amount", "", 2360, 32800),
    )


def test_a_client_under_pension_age_is_not_asked_for_the_age_of_a_partner() -> None:
    asked, _ = interviewed(NATIONAL, provisions="domestic_help", age="adult", household="couple", facts="none")

    assert "partner_age" not in asked


def test_who_owes_for_long_term_care_is_asked_nothing_more() -> None:
    asked, answers = interviewed(NATIONAL, age="pension", household="single", facts="long_term_care")

    assert asked[-1] == "facts"
    assert outcome(answers)[0] == ("nothing", "long_term_care", None, None)


def test_dont_know_everywhere_still_gives_a_range_that_holds_everything() -> None:
    _, answers = interviewed(PICKER)

    assert outcome(answers, PICKER) == (("amount", "", 0, 2180), ("amount", "", 0, 32800))


def test_the_price_is_asked_for_an_aid_alone_and_not_beside_help_that_goes_on() -> None:
    alone, _ = interviewed(NATIONAL, provisions="other_aid", age="pension", household="single", facts="none")
    beside, _ = interviewed(
        NATIONAL, provisions=("domestic_help", "other_aid"), age="pension", household="single", facts="none"
    )

    assert "cost" in alone
    assert "cost" not in beside


def test_an_aid_cheaper_than_one_month_costs_nothing() -> None:
    _, answers = interviewed(
        NATIONAL, provisions="other_aid", age="pension", household="single", facts="none", cost="12.50"
    )

    assert outcome(answers)[0] == ("nothing", "cost_price_reached", None, None)


def test_the_highest_income_makes_savings_a_question_in_vain() -> None:
    asked, _ = interviewed(
        NATIONAL, provisions="domestic_help", age="pension", household="single", facts="none", income="61000-"
    )

    assert asked[-1] == "income"


def test_bands_touch_and_hold_the_edges_of_law_and_municipality() -> None:
    answers = {"provisions": ("domestic_help",), "age": ("pension",), "household": ("single",), "facts": ("none",)}
    bands = [o for o in interview.question("income", answers, EXAMPLE).options if o.value != UNKNOWN]

    assert bands[0].low == 0
    assert bands[-1].high is None
    assert all(high.low == (low.high or 0) + 1 for low, high in pairwise(bands))
    assert {23000, 24500, 61000} <= {band.low for band in bands}


def test_income_is_asked_for_the_reference_year_of_the_plan_and_of_both_together() -> None:
    couple = interview.question("income", {"household": ("couple",)}, NATIONAL)

    assert (couple.year, couple.couple) == (2025, True)
    assert not interview.question("income", {"household": ("single",)}, NATIONAL).couple


def test_savings_of_a_couple_start_at_twice_the_exempt_amount() -> None:
    options = interview.question("savings", {"household": ("couple",)}, NATIONAL).options

    assert options[0].value == "0-74789"


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("age", (), "missing"),
        ("age", ("",), "missing"),
        ("age", ("old",), "not_an_option"),
        ("age", ("adult", "pension"), "exclusive"),
        ("facts", ("none", "shelter"), "exclusive"),
        ("provisions", ("unknown", "wheelchair"), "exclusive"),
        ("cost", ("a lot",), "not_an_amount"),
        ("cost", ("-5",), "not_an_amount"),
        ("cost", ("0",), "not_an_amount"),
        ("cost", ("1.234",), "not_an_amount"),
        ("cost", ("99999999999",), "too_large"),
        ("income", ("1-2",), "not_an_option"),
    ],
)
def test_a_wrong_answer_says_why_and_leaves_the_others(
    name: QuestionName, values: tuple[str, ...], reason: str
) -> None:
    before = {"provisions": ("other_aid",)}

    with pytest.raises(InvalidAnswerError) as refused:
        interview.answer(name, values, before, NATIONAL)

    assert (refused.value.question, refused.value.reason) == (name, reason)
    assert refused.value.allowed
    assert before == {"provisions": ("other_aid",)}


def test_an_empty_price_is_not_known_and_a_price_is_kept_to_the_cent() -> None:
    assert interview.answer("cost", ("",), {}, NATIONAL)["cost"] == (UNKNOWN,)
    assert interview.answer("cost", ("2500.5",), {}, NATIONAL)["cost"] == ("2500.50",)


def test_changing_an_answer_drops_only_what_is_no_longer_asked_or_valid() -> None:
    _, answers = interviewed(
        NATIONAL, provisions="domestic_help", age="pension", household="single", facts="none", income="24500-30499",
        savings="0-37394",
    )  # fmt: skip
    changed = interview.answer("household", ("couple",), answers, NATIONAL)

    assert interview.path(changed, NATIONAL).open == "partner_age"
    settled = interview.answer("partner_age", ("pension",), changed, NATIONAL)
    assert interview.path(settled, NATIONAL).open == "income", "the bands of a couple are others"
    assert interview.clean(settled, NATIONAL)["provisions"] == ("domestic_help",)


def every_interview(setting: Setting, provisions: tuple[str, ...]) -> Iterator[Answers]:
    """Every way through the questions that are asked, with the lowest, a middle and the highest band."""

    def go_on(answers: Answers) -> Iterator[Answers]:
        name = interview.path(answers, setting).open
        if name is None:
            yield answers
            return
        options = [option.value for option in interview.question(name, answers, setting).options]
        if name in ("income", "savings"):
            options = [options[0], options[len(options) // 2], options[-2], UNKNOWN]
        for value in ("2500.00", UNKNOWN) if name == "cost" else options:
            yield from go_on(interview.answer(name, (value,), answers, setting))

    yield from go_on({"provisions": provisions})


PROVISIONS = (("domestic_help",), ("other_aid",), ("home_adaptation",), ("repair",), ("transport",), ("wheelchair",))


@pytest.mark.parametrize("provisions", PROVISIONS)
@pytest.mark.parametrize("setting", [NATIONAL, WITH_EXEMPTIONS], ids=["national", "with exemptions"])
def test_no_answer_to_a_skipped_question_changes_the_outcome(setting: Setting, provisions: tuple[str, ...]) -> None:
    tried = 0
    for answers in every_interview(setting, provisions):
        told = shown(answers, setting)
        for name in set(QUESTIONS) - set(answers) - {"municipality", "provisions"}:
            if name == "partner_age" and answers.get("household") != ("couple",):
                continue
            values = [o.value for o in interview.question(name, answers, setting).options]
            for value in ["2500.00"] if name == "cost" else values:
                assert shown({**answers, name: (value,)}, setting) == told, (answers, name, value)
                tried += 1
    assert tried or provisions == ("domestic_help",)


def shown(answers: Answers, setting: Setting) -> list[tuple[object, ...]]:
    """What a person would read: a plan in whole euro."""
    rounding = (1, 100)
    return [
        (what, ground, *(None if end is None else (end + unit // 2) // unit for end in (low, high)))
        for unit, (what, ground, low, high) in zip(rounding, outcome(answers, setting), strict=True)
    ]


def test_every_kind_of_provision_is_on_offer() -> None:
    from estimator.rules.household import KINDS

    assert set(interview.PROVISIONS) == set(KINDS)


def test_the_number_of_questions_is_never_less_than_what_was_asked() -> None:
    answers: Answers = {}
    asked = 0
    while (name := interview.path(answers, PICKER).open) is not None:
        assert interview.count(answers, PICKER) > asked
        answers = interview.answer(name, (UNKNOWN,), answers, PICKER)
        asked += 1
    assert interview.count(answers, PICKER) == asked


def test_what_is_remembered_is_the_same_for_municipalities_with_the_same_policy() -> None:
    everywhere = PICKER._replace(offered=tuple(EVERYWHERE))

    def key(code: str) -> interview.Given:
        return interview.shared({"municipality": (code,), "age": ("pension",)}, everywhere)

    assert key("GM0363") == key("GM0599") == key(UNKNOWN)
    assert key("GM0000") != key(UNKNOWN)
