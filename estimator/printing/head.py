"""The head of every sheet: what its file tells of itself, and what stands below each of its pages."""

from __future__ import annotations

from estimator.municipalities import Municipality, accent_of
from estimator.pages.request import Context
from estimator.texts import Texts


def head(texts: Texts, municipality: Municipality | None, title: str) -> Context:
    """What ``document-of`` of ``house.typ`` takes: title, language and colour, and the words below each page."""
    return {
        "title": title,
        "product": texts("product"),
        "lang": texts.lang,
        "dir": texts.dir,
        "accent": accent_of(municipality),
        "counted": counted(texts),
    }


def counted(texts: Texts) -> str:
    """Which page of how many, with room for both numbers."""
    return texts("print.page", page="{page}", pages="{pages}")
