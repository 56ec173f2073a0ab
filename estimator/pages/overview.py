"""The answers, each with its question, to be looked at and changed."""

from __future__ import annotations

from estimator import interview
from estimator.interview import UNKNOWN, QuestionName
from estimator.pages.question import answer_label, short_heading
from estimator.pages.request import Context, Request, headed
from estimator.rules.money import cents


def overview_page(request: Request) -> Context:
    """The context of ``overview.html``."""
    texts = request.texts
    return {
        **headed(request, "overview", texts("overview.heading")),
        "step_text": texts("step_text.overview"),
        "lead": texts("overview.lead"),
        "answers": answer_rows(request),
        "can_go_back": True,
    }


def answer_rows(request: Request) -> list[Context]:
    """Every question that was asked, with its answer in lines."""
    asked = interview.path(request.answers, request.setting).asked
    return [
        {"name": name, "question": short_heading(name, request), "answer": answer_lines(name, request)}
        for name in asked
    ]


def answer_lines(name: QuestionName, request: Request) -> list[str]:
    """An answer in words, a line for each thing that was chosen."""
    texts, given = request.texts, request.answers[name]
    asked = interview.question(name, request.answers, request.setting)
    if asked.kind == "amount":
        return [texts("answer.not_filled_in") if given == (UNKNOWN,) else texts.plain_money(cents(given[0]))]
    return [answer_label(option, asked, request) for option in asked.options if option.value in given]
