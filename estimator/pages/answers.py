"""Questions and answers: the explanations of all questions on one page, for whoever wants to know beforehand."""

from __future__ import annotations

from estimator import interview
from estimator.interview import QUESTIONS
from estimator.pages.question import explanation, short_heading
from estimator.pages.request import Context, Request, headed


def answers_page(request: Request) -> Context:
    """The context of ``answers.html``."""
    texts = request.texts
    return {
        **headed(request, "answers", texts("answers.heading")),
        "lead": texts("answers.lead"),
        "entries": [_entry(name, request) for name in QUESTIONS if interview.may_be_asked(name, request.setting)],
    }


def _entry(name: interview.QuestionName, request: Request) -> Context:
    """The explanation of a question; its summary may need the question's name to be understood."""
    texts = request.texts
    explained = explanation(interview.question(name, request.answers, request.setting), request)
    words = texts("answers.question", topic=short_heading(name, request), question=texts.inside(explained["summary"]))
    return {"question": words, "text": explained["text"]}
