"""Where each button leads, and what a tab keeps."""

import json
from datetime import date

import pytest

from estimator.interview import Setting
from estimator.pages import visit as visits
from estimator.pages.visit import Visit
from estimator.rules import law
from estimator.texts import Texts

SETTING = Setting(date(2026, 11, 22), law())
NL = Texts("nl")
SINGLE = {
    "provisions": ["domestic_help"], "age": ["pension"], "household": ["single"], "facts": ["none"],
    "income": ["24500-30499"], "savings": ["0-37394"],
}  # fmt: skip


def submit(visit: Visit, **fields: list[str]) -> Visit:
    return visits.submitted(visit, {"page": [visit.page], **fields}, SETTING, NL)


def answered(**answers: list[str]) -> Visit:
    visit = visits.begun(SETTING)
    while visit.page in answers:
        visit = submit(visit, go=["next"], **{visit.page: answers[visit.page]})
    return visit


def test_after_the_last_question_comes_the_overview_and_then_the_result() -> None:
    visit = answered(**SINGLE)

    assert visit.page == "overview"
    assert submit(visit, go=["result"]).page == "result"


def test_changing_an_answer_returns_to_the_result() -> None:
    visit = submit(submit(answered(**SINGLE), go=["result"]), change=["income"])
    assert visit.page == "income"

    changed = submit(visit, go=["next"], income=["0-24499"])

    assert changed.page == "result"
    assert changed.answers["income"] == ("0-24499",)
    assert changed.answers["savings"] == ("0-37394",)


def test_a_change_that_opens_a_question_asks_it_first() -> None:
    visit = submit(submit(answered(**SINGLE), go=["result"]), change=["household"])
    visit = submit(visit, go=["next"], household=["couple"])
    assert visit.page == "partner_age"

    visit = submit(visit, go=["next"], partner_age=["pension"])
    assert visit.page == "income", "the bands of a couple are others"


def test_a_change_of_mind_on_the_way_back_leaves_the_result_reachable() -> None:
    visit = submit(submit(answered(**SINGLE), go=["result"]), change=["income"])

    assert submit(visit, go=["back"]).page == "facts"
    assert visits.went_to(visit, "result", SETTING).page == "result"


def test_a_wrong_answer_stays_on_its_page_with_what_was_typed_and_loses_nothing() -> None:
    visit = answered(provisions=["other_aid"], age=["pension"], household=["single"], facts=["none"])
    wrong = submit(visit, go=["next"], cost=["veel geld"])

    assert (wrong.page, wrong.typed) == ("cost", ("veel geld",))
    assert wrong.problem
    assert (wrong.problem.reason, wrong.problem.found) == ("not_an_amount", "veel geld")
    assert wrong.answers == visit.answers


@pytest.mark.parametrize("typed", ["1e3", "1_000", "+5", "Infinity"])
def test_what_nobody_means_as_a_price_is_refused_as_it_was_typed(typed: str) -> None:
    visit = answered(provisions=["other_aid"], age=["pension"], household=["single"], facts=["none"])
    wrong = submit(visit, go=["next"], cost=[typed])

    assert (wrong.page, wrong.typed) == ("cost", (typed,))
    assert wrong.problem
    assert (wrong.problem.reason, wrong.problem.found) == ("not_an_amount", typed)


@pytest.mark.parametrize(("typed", "read"), [("€ 1.234,56", "1234.56"), ("1234.56", "1234.56"), ("", "unknown")])
def test_an_amount_is_read_as_it_is_written_here(typed: str, read: str) -> None:
    visit = answered(provisions=["other_aid"], age=["pension"], household=["single"], facts=["none"])

    assert submit(visit, go=["next"], cost=[typed]).answers["cost"] == (read,)


def test_a_tab_gets_back_what_it_kept() -> None:
    visit = answered(**SINGLE)

    assert visits.restored(visits.saved(visit, SETTING), SETTING) == visit
    assert visits.saved(visits.begun(SETTING), SETTING) == ""


@pytest.mark.parametrize(
    "kept",
    [
        None,
        "",
        "{",
        "[]",
        "7",
        '{"answers": 3}',
        '{"answers": {"age": "pension"}}',
        "x" * 30_000,
        "[" * 9000,
        {"answers": {}},
    ],
)
def test_a_broken_state_begins_anew(kept: object) -> None:
    assert visits.restored(kept, SETTING) == visits.begun(SETTING)


def test_of_a_forged_or_former_state_the_valid_answers_are_kept() -> None:
    kept = {"answers": {"provisions": ["domestic_help"], "age": ["old"], "bsn": ["1"]}, "page": "result"}
    visit = visits.restored(json.dumps(kept), SETTING)

    assert visit.answers == {"provisions": ("domestic_help",)}
    assert visit.page == "age"


@pytest.mark.parametrize("page", ["result", "overview", "savings", "nonsense", "start"])
def test_a_page_that_cannot_be_reached_yet_is_the_nearest_that_can(page: str) -> None:
    assert visits.went_to(visits.begun(SETTING), page, SETTING).page == "provisions"


def test_start_again_forgets_all() -> None:
    assert submit(answered(**SINGLE), go=["restart"]) == visits.begun(SETTING)
