"""The pieces of the toolkit on paper: each as A4, most as a leaflet of A5 as well, one sheet folded once.

They say what the pages of the toolkit say, filled from the same texts, in the colour of the municipality.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from estimator.library.documents import SOURCE, Document
from estimator.library.placeholders import Facts
from estimator.municipalities import accent_of
from estimator.pages.request import Context
from estimator.pages.toolkit import PaperSize, paper_sizes
from estimator.printing.blocks import LIST, Parts, parts
from estimator.printing.head import head
from estimator.printing.pictograms import drawn
from estimator.printing.press import pdf
from estimator.printing.summary import isolated
from estimator.texts import Texts

TEMPLATE = "leaflet.typ"
# Of the letters, in points, the largest first: the first that has room is taken. Large print is as large as it says.
SIZES: dict[PaperSize, tuple[float, ...]] = {
    "a4": (11.5, 11, 10.5, 10),
    "a5": (18, 17, 16, 15, 14.5, 14, 13.5, 13, 12.5, 12, 11.5, 11, 10.5, 10, 9.5),
}
LARGE = (18,)
SCHEME = "https://"  # of an address, which nobody types from paper
OTHER = "notice"  # the pictogram of anything else to know
# Spaces of a telephone number and of a postal code: a line doesn't end there.
TOGETHER = re.compile(r"(?<=\d) (?=\d|[A-Z]{2}\b)")
# One side of a sheet where it may be read at a glance, both sides of it otherwise.
SIDES = {"leaflet": 1, "letter": 1, "invitation": 1}
MOST_SIDES = 2


def leaflet_pdf(piece: Document, facts: Facts, size: PaperSize, made: datetime) -> bytes:
    """A piece of the toolkit as PDF, with the facts of its own language; ``made`` is the moment that the file tells.

    Raises ``LookupError`` for a size that the piece isn't there in.
    """
    return pdf(TEMPLATE, leaflet(piece, facts, size), made)


def leaflet(piece: Document, facts: Facts, size: PaperSize) -> Context:
    """What ``leaflet.typ`` is filled with."""
    if size not in paper_sizes(piece):
        raise LookupError(f"size: found {size}; allowed for {piece.name}: {', '.join(paper_sizes(piece))}")
    texts, matter, own = facts.texts, piece.matter, facts.municipality
    accent = accent_of(own)
    made_from = _made_from(piece, texts) if matter.audience == "staff" else []
    return {
        **head(texts, own, matter.title),
        "folded": size == "a5",
        "sizes": LARGE if matter.large_print else SIZES[size],
        "sides": 2 if matter.large_print else SIDES.get(matter.kind, MOST_SIDES),
        "owner": texts("print.municipality", name=own.name) if own else "",
        "notices": list(facts.remarks(piece.body, piece.matter.sources)),
        # A letter doesn't begin with an answer.
        "answers": matter.kind != "letter",
        **_filled(parts(piece, facts), facts, size, accent),
        "made_from": {"heading": texts("article.sources"), "lines": made_from},
        "foot": [texts("product"), texts("print.facts_of", date=texts.date(facts.on))],
        "translated": "" if piece.locale == SOURCE else texts("translation_note"),
    }


def _made_from(piece: Document, texts: Texts) -> list[str]:
    checked = texts("article.checked", date=texts.date(piece.matter.checked))
    return [*map(texts.source, piece.matter.sources), checked]


def _filled(found: Parts, facts: Facts, size: PaperSize, accent: str) -> Context:
    """The parts of a text, with what is looked for in a hurry set apart."""
    items = [item for block in found.contact for item in block.get("items", ())]
    return {
        "lead": found.lead,
        "sections": found.sections,
        "contact": [block for block in found.contact if block["kind"] != LIST],
        "reach": [
            {"svg": drawn(item["about"] or OTHER, accent), "runs": _reached(item, facts, size)} for item in items
        ],
        "closing": found.closing,
    }


def _reached(item: Context, facts: Facts, size: PaperSize) -> list[Context]:
    """A way to reach the municipality: what it is, and the number or the address set apart."""
    value = getattr(facts.names["municipality"], item["about"], "")
    shown = TOGETHER.sub("\u00a0", value.removeprefix(SCHEME).removesuffix("/"))
    lines = shown.replace(", ", ", \n").split("\n") if size == "a5" and item["about"] == "address" else [shown]
    shown = "\n".join(map(isolated, lines))
    return [part for block in item["blocks"] for run in block["runs"] for part in _set_apart(run, value, shown)]


def _set_apart(run: Context, value: str, shown: str) -> Sequence[Context]:
    """A run of words in up to three, with a value in the middle as it is shown."""
    before, found, after = run["text"].partition(value) if value else (run["text"], "", "")
    split = ((before, run["strong"]), (shown if found else "", True), (after, run["strong"]))
    return [{"text": text, "strong": strong} for text, strong in split if text]
