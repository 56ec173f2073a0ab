"""The toolkit: what a municipality hands out, to read, by language, and one piece of it. Its files are for staff."""

from __future__ import annotations

from typing import Literal, get_args

from estimator.library.documents import SOURCE, Document
from estimator.pages.articles import notices_of, rendered
from estimator.pages.request import Context, Request, headed
from estimator.pages.visit import TOOLKIT
from estimator.texts import Texts

PaperSize = Literal["a4", "a5"]  # A5 is a sheet of A4, folded once
PAPER_SIZES: tuple[PaperSize, ...] = get_args(PaperSize)
BLANK_FORM = "blank-form"  # the interview on paper, beside the pieces
AUDIENCES = ("residents", "staff")


def toolkit_page(request: Request) -> Context:
    """The context of ``toolkit.html``: every piece, with the languages that it is there in."""
    texts, pieces = request.texts, request.library.toolkit.get(SOURCE, {})
    own = request.municipality if request.setting.fixed else None  # an address carries no choice
    return {
        **headed(request, TOOLKIT, texts("toolkit.heading")),
        "lead": texts("toolkit.lead"),
        "filled": texts("toolkit.filled", name=own.name) if own and own.contact.phone else texts("toolkit.not_filled"),
        "groups": [
            {
                "name": audience,
                "heading": texts(f"toolkit.for.{audience}"),
                "pieces": [_piece(each, request) for each in pieces.values() if each.matter.audience == audience],
            }
            for audience in AUDIENCES
        ],
    }


def piece_page(request: Request, name: str) -> Context | None:
    """The context of ``piece.html``; ``None`` where there is no such piece. Not there in a language: in Dutch."""
    toolkit, texts = request.library.toolkit, request.texts
    piece = toolkit.get(texts.lang, {}).get(name) or toolkit.get(SOURCE, {}).get(name)
    if piece is None:
        return None
    return {
        **headed(request, f"{TOOLKIT}/{name}", piece.matter.title),
        "locale": piece.locale,
        "direction": Texts(piece.locale).dir,
        "notices": notices_of(piece, request),
        "large_print": piece.matter.large_print,
        "text": rendered(piece, request),
        "checked": texts("article.checked", date=texts.date(piece.matter.checked)),
        "sources": [texts.source(each) for each in piece.matter.sources],
    }


def paper_sizes(piece: Document) -> tuple[PaperSize, ...]:
    """The sizes in which a piece is there on paper: A5, folded, for residents, unless its letters must be large."""
    folded = piece.matter.audience == "residents" and not piece.matter.large_print
    return PAPER_SIZES if folded else PAPER_SIZES[:1]


def _piece(piece: Document, request: Request) -> Context:
    """A piece under the title that it has in the reader's language, with its address in each language."""
    toolkit = request.library.toolkit
    own = toolkit.get(request.texts.lang, {}).get(piece.name, piece)
    there = [locale for locale in request.locales if piece.name in toolkit.get(locale, {})]
    return {
        "title": own.matter.title,
        "lang": own.locale,
        "kind": request.texts(f"toolkit.kind.{piece.matter.kind}"),
        "languages": [_language(locale, piece.name, request) for locale in there],
    }


def _language(locale: str, name: str, request: Request) -> Context:
    """A language, with the address of a piece in it."""
    texts, url = Texts(locale), request.url_of(f"{TOOLKIT}/{name}", locale)
    return {"code": locale, "name": texts.own_name, "dir": texts.dir, "url": url}
