"""A text of the library as blocks that a sheet can set: what ``assets/print/blocks.typ`` takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it.tree import SyntaxTreeNode

from estimator.library.documents import Document, as_link, filled_tokens
from estimator.library.placeholders import Facts
from estimator.pages.request import Context

BOX = "box"


def blocks(document: Document, facts: Facts) -> list[Context]:
    """A text with its placeholders filled, block by block; raises ``LibraryError`` as ``render`` does.

    A block has a ``kind``: ``heading`` (with its ``level``) and ``paragraph`` have ``runs`` of words, ``list`` has
    ``items`` of blocks, numbered where ``ordered``, each with a ``box`` to tick or none.
    """
    return list(_blocks(SyntaxTreeNode(filled_tokens(document, facts, as_link)).children))


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Context]:
    for node in nodes:
        if node.type == "heading":
            yield {"kind": "heading", "level": int(node.tag[1:]), "runs": _runs(node)}
        elif node.type == "paragraph":
            yield {"kind": "paragraph", "runs": _runs(node)}
        elif node.type in ("bullet_list", "ordered_list"):
            items = [{BOX: each.attrs.get("class") == BOX, "blocks": list(_blocks(each.children))} for each in node]
            yield {"kind": "list", "ordered": node.type == "ordered_list", "items": items}
        else:  # a quotation, a rule: their words
            yield from _blocks(node.children)


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
