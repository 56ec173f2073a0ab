"""Which sheets of the toolkit there are, by the name of a piece and a size of paper, and how each is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from estimator.library.placeholders import Facts
from estimator.pages.request import Request
from estimator.pages.toolkit import BLANK_FORM, PaperSize, paper_sizes
from estimator.printing.form import form_pdf
from estimator.printing.leaflets import leaflet_pdf


def sheet_of(name: str, size: PaperSize, request: Request) -> Callable[[], bytes] | None:
    """What makes a piece of the toolkit, or the blank form, as PDF in the language of a request.

    ``None`` where it isn't there in that language, or not in that size.
    """
    if name == BLANK_FORM:
        return partial(form_pdf, request) if size == "a4" else None
    piece = request.library.toolkit.get(request.texts.lang, {}).get(name)
    if piece is None or size not in paper_sizes(piece):
        return None
    facts = Facts(request.texts, request.setting.rules, request.setting.on, request.municipality)
    return partial(leaflet_pdf, piece, facts, size, request.now)
