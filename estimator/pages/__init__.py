"""What a page shows: templates, and the functions that fill them from answers, texts and estimates.

No page computes an amount or knows a number of the law. Each function gives the context of one template:
``render("question.html", context)``.
"""

from estimator.pages.message import message_page
from estimator.pages.overview import overview_page
from estimator.pages.question import question_page
from estimator.pages.render import document, render
from estimator.pages.request import Context, Field, Link, Request
from estimator.pages.result import result_page

__all__ = [
    "Context", "Field", "Link", "Request", "document", "message_page", "overview_page", "question_page", "render",
    "result_page",
]  # fmt: skip
