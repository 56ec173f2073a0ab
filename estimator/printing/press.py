"""The press: a template of ``assets/print`` with its data becomes a PDF. The one place that knows Typst.

Every PDF is PDF/UA-1, tagged and with all fonts inside, and has the same bytes for the same data and the same moment.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import typst
from fontTools.ttLib import TTFont

from estimator.files import project_folder

# Fields of the data that aren't words: pictures, and addresses that are read by machines.
NOT_WORDS = ("svg", "url")
RTL = "rtl"
# What stands between words and marks of direction: without a letter of its own in a font.
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\u061c\u00ad\n]")
# Spaces for which the fonts have no letter of their own.
SPACES = str.maketrans({"\u2009": "\u00a0", "\u2007": "\u00a0", "\t": " "})
UNKNOWN = "?"
# A number with all that belongs to it: 21,80 €; +31 20 123; 1-2-2027; 10%; 9.00-17.00.
NUMBER = re.compile(r"(?:[+\-−]|€[ \u00a0\u202f\u200f]*-?)*\d(?:[\d.,:/+\-–\u00a0\u202f ]*\d)?(?:[ \u00a0\u202f\u200f]*[€%])?")
ISOLATED = re.compile("\u2066[^\u2066-\u2069]*\u2069|" + NUMBER.pattern)
_here = threading.local()


def pdf(template: str, data: Mapping[str, Any], made: datetime) -> bytes:
    """A template by its name with its data, as PDF; ``made`` is the moment that the file says it was made at.

    ``data`` holds what JSON can; a part with a ``dir`` of its own is in another direction than what is around it.
    """
    return press().compile(
        input=str(_folder() / template), sys_inputs=_inputs(data), format="pdf", pdf_standards=["ua-1"],
        timestamp=int(made.timestamp()),
    )  # fmt: skip


def press() -> typst.Compiler:
    """The compiler of this thread: one can't be used by two. It lets other threads work while it compiles."""
    if not hasattr(_here, "compiler"):
        _here.compiler = typst.Compiler(root=str(_folder()), font_paths=_fonts(), ignore_system_fonts=True)
    compiler: typst.Compiler = _here.compiler
    return compiler


def _folder() -> Any:
    return project_folder("assets") / "print"


@cache
def _fonts() -> typst.Fonts:
    """Our own fonts only, so that a sheet is the same on every machine."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_folder() / "fonts")]
    )


def _inputs(data: Mapping[str, Any]) -> dict[str, str]:
    return {"data": json.dumps(_prepared(data, ""), ensure_ascii=False)}


# Words


@cache
def _letters() -> frozenset[int]:
    """Every character that our fonts have a letter for."""
    found: set[int] = set()
    for path in sorted((_folder() / "fonts").glob("*-Regular.ttf")):
        with TTFont(path, lazy=True) as font:
            found |= set(font.getBestCmap())
    return frozenset(found)


def unprintable(words: str) -> str:
    """The characters of words that no font of ours has, each once, in their order."""
    visible = INVISIBLE.sub("", words.translate(SPACES))
    return "".join(dict.fromkeys(letter for letter in visible if ord(letter) not in _letters()))


def _prepared(value: Any, direction: str) -> Any:
    """The data with words that can be set: a missing letter would fail the whole sheet."""
    if isinstance(value, Mapping):
        direction = value.get("dir", direction)
        return {key: each if key in NOT_WORDS else _prepared(each, direction) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_prepared(each, direction) for each in value]
    return _words(value, direction == RTL) if isinstance(value, str) else value


@lru_cache(maxsize=4096)
def _words(words: str, rtl: bool) -> str:
    settable = words.translate(SPACES)
    for letter in unprintable(settable):
        settable = settable.replace(letter, UNKNOWN)
    return ISOLATED.sub(_isolated, settable) if rtl else settable


def _isolated(found: re.Match[str]) -> str:
    """A number among words from right to left, kept in its own order."""
    return found[0] if found[0].startswith("\u2066") else f"\u2066{found[0]}\u2069"
