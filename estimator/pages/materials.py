"""The page for staff with what there is to hand out: every piece of the toolkit, as files, in every language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from estimator.files import LOCALES
from estimator.library.documents import SOURCE, Document
from estimator.municipalities import Municipality
from estimator.pages.request import Context, Request
from estimator.pages.toolkit import AUDIENCES, BLANK_FORM, PAPER_SIZES, paper_sizes
from estimator.texts import Texts

PATH, CHOSEN = "/materiaal", "gemeente"
TEXT = "tekst.html"  # the words of a piece, to change
FOLDED = "A5"


def pdf_name(size: str) -> str:
    """What the file of a size of paper is called in its address."""
    return f"{size}.pdf"


def materials_context(
    request: Request, before: str, municipalities: Mapping[str, Municipality], chosen: str
) -> Context:
    """The fields of ``materials.html``, without those of the frame.

    ``municipalities`` are those to choose from, none where one is fixed; ``chosen`` is the code of the one whose
    details are on the files, "" for none.
    """
    texts, pieces, own = request.texts, request.library.toolkit.get(SOURCE, {}), request.municipality
    query = f"?{urlencode({CHOSEN: chosen})}" if chosen else ""
    offered = sorted(municipalities.items(), key=lambda item: item[1].name)

    def files(name: str, title: str, locale: str, sizes: Sequence[str], with_text: bool) -> Context:
        address, language = f"{before}{PATH}/{locale}/{name}", Texts(locale)
        named = {"title": title, "language": language.own_name}
        found = [
            {
                "url": f"{address}/{pdf_name(size)}{query}",
                "text": texts("post.materials.pdf", size=size.upper()),
                "label": texts("post.materials.pdf.label", size=size.upper(), **named),
            }
            for size in sizes
        ]
        if with_text:
            url, label = f"{address}/{TEXT}{query}", texts("post.materials.html.label", **named)
            found.append({"url": url, "text": texts("post.materials.html"), "label": label})
        return {"code": locale, "dir": language.dir, "name": language.own_name, "files": found}

    def piece(each: Document) -> Context:
        title = each.matter.title
        there = [locale for locale in LOCALES if each.name in request.library.toolkit.get(locale, {})]
        return {
            "title": title,
            "kind": texts(f"toolkit.kind.{each.matter.kind}"),
            "url": request.url_of(f"toolkit/{each.name}", SOURCE),
            "languages": [files(each.name, title, locale, paper_sizes(each), True) for locale in there],
        }

    form = texts("form.title")
    return {
        "action": before + PATH,
        "chosen": chosen,
        "choices": [{"value": code, "words": each.name} for code, each in offered],
        "filled": _filled(texts, own),
        "folded": texts("post.materials.folded", size=FOLDED),
        "groups": [
            {
                "name": audience,
                "heading": texts(f"toolkit.for.{audience}"),
                "pieces": [piece(each) for each in pieces.values() if each.matter.audience == audience],
            }
            for audience in AUDIENCES
        ],
        "form": [files(BLANK_FORM, form, locale, PAPER_SIZES[:1], False) for locale in LOCALES],
    }


def _filled(texts: Texts, own: Municipality | None) -> str:
    """What of a municipality is on the files."""
    if own is None:
        return texts("post.materials.not_filled")
    return texts("post.materials.filled" if own.contact.phone else "post.materials.no_contact", name=own.name)
