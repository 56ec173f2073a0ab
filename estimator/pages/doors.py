"""The first screen of a kiosk: two doors."""

from __future__ import annotations

from estimator.pages.articles import ANSWERS
from estimator.pages.request import Context, Request, headed

# What each door leads to, by the value of its button, with its pictogram.
DOORS = {"interview": "calculate", ANSWERS: "questions"}


def doors_page(request: Request) -> Context:
    """The context of ``doors.html``."""
    texts = request.texts
    return {
        **headed(request, "doors", texts("doors.heading")),
        "lead": texts("doors.lead"),
        "doors": [
            {
                "go": go,
                "pictogram": pictogram,
                "title": texts(f"doors.{go}.title"),
                "text": texts(f"doors.{go}.text"),
            }
            for go, pictogram in DOORS.items()
        ],
    }
