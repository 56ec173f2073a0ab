"""A text of the library as blocks that a sheet can set: what ``assets/print/blocks.typ`` takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from markdown_it.tree import SyntaxTreeNode

from estimator.library.documents import Document, as_link, filled_tokens
from estimator.library.placeholders import Facts
from estimator.pages.request import Context

BOX = "box"
HEADING, LIST = "heading", "list"
PHONE = "phone"
# What an item says of a municipality, as its placeholder names it.
ABOUT = re.compile(r"\bmunicipality\.(phone|address|hours|website|client_support)\b")


class Parts(NamedTuple):
    """A text in its parts: what stands before its first heading, its sections, and how to reach the municipality.

    Every section begins with its heading, and so does ``contact``, which is empty where there is nothing to fill in.
    ``closing`` is what comes after it: the end of a letter.
    """

    lead: list[Context]
    sections: list[list[Context]]
    contact: list[Context]
    closing: list[Context]


def parts(document: Document, facts: Facts) -> Parts:
    """A text with its placeholders filled, in parts; raises ``LibraryError`` as ``render`` does."""
    found = blocks(document, facts)
    headings = [place for place, block in enumerate(found) if block["kind"] == HEADING] or [len(found)]
    listed = next((place for place, block in enumerate(found) if _is_contact(block)), None)
    start = max((place for place in headings if listed is not None and place < listed), default=len(found))
    end = len(found) if listed is None else listed + 1
    starts = [place for place in headings if place < start]
    sections = [found[first:last] for first, last in pairwise([*starts, start])]
    return Parts(found[: min(headings[0], start)], sections, found[start:end], found[end:])


def _is_contact(block: Context) -> bool:
    return block["kind"] == LIST and any(item["about"] == PHONE for item in block["items"])


def blocks(document: Document, facts: Facts) -> list[Context]:
    """A text with its placeholders filled, block by block; raises ``LibraryError`` as ``render`` does.

    A block has a ``kind``: ``heading`` (with its ``level``) and ``paragraph`` have ``runs`` of words, ``list`` has
    ``items`` of blocks, numbered where ``ordered``, each with a ``box`` to tick or none; ``about`` names what an item
    says of the municipality, "" for any other.
    """
    filled, unfilled = SyntaxTreeNode(filled_tokens(document, facts, as_link)), SyntaxTreeNode(document.tokens)
    return list(_blocks(filled.children, unfilled.children))


def _blocks(nodes: Sequence[SyntaxTreeNode], unfilled: Sequence[SyntaxTreeNode]) -> Iterator[Context]:
    """The blocks of a text; beside them the same with its placeholders still in it, which say what an item is about."""
    for node, before in zip(nodes, unfilled, strict=True):
        if node.type == "heading":
            yield {"kind": HEADING, "level": int(node.tag[1:]), "runs": _runs(node)}
        elif node.type == "paragraph":
            yield {"kind": "paragraph", "runs": _runs(node)}
        elif node.type in ("bullet_list", "ordered_list"):
            items = [_item(*both) for both in zip(node.children, before.children, strict=True)]
            yield {"kind": LIST, "ordered": node.type == "ordered_list", "items": items}
        else:  # a quotation, a rule: their words
            yield from _blocks(node.children, before.children)


def _item(node: SyntaxTreeNode, unfilled: SyntaxTreeNode) -> Context:
    said = " ".join(part.content for part in unfilled.walk() if part.type == "inline")
    about = ABOUT.search(said)
    return {
        BOX: node.attrs.get("class") == BOX,
        "about": about[1] if about else "",
        "blocks": list(_blocks(node.children, unfilled.children)),
    }


def _runs(node: SyntaxTreeNode) -> list[Context]:
    """The words of a block, with what is set apart."""
    return [run for inline in node.children for run in _inside(inline.children, strong=False)]


def _inside(nodes: Sequence[SyntaxTreeNode], strong: bool) -> Iterator[Context]:
    for node in nodes:
        if node.type == "text":
            yield {"text": node.content, "strong": strong}
        elif node.type in ("softbreak", "hardbreak"):
            yield {"text": "\n" if node.type == "hardbreak" else " ", "strong": strong}
        else:
            yield from _inside(node.children, strong or node.type in ("strong", "em"))
