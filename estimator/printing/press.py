"""The press: a template of ``assets/print`` with its data becomes a PDF. The one place that knows Typst.

Every PDF is PDF/UA-1, tagged and with all fonts inside, and has the same bytes for the same data and the same moment.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import cache
from typing import Any

import typst
from fontTools.ttLib import TTFont

from estimator.files import project_folder
from estimator.texts import isolated_dutch

# Fields of the data that aren't words: read by machines.
NOT_WORDS = ("svg", "url", "accent", "lang", "dir", "kind", "about", "anchor")
RTL = "rtl"
# What stands between words and marks of direction: without a letter of its own in a font.
INVISIBLE = "\u200b-\u200f\u202a-\u202e\u2060-\u2069\u061c\u00ad\n"
# Spaces for which the fonts have no letter of their own.
SPACES = "\u2007\u2009\t"
UNKNOWN = "?"
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
# With Arabic vowel marks, and with marks of direction inside words, these are read aloud in a wrong order. People read
# words without the first; instead of the second, numbers are isolated.
VOWEL_MARKS, DIRECTION_MARKS = "\u064b-\u0652", "\u200e\u200f\u061c"
LEFT_OUT = re.compile(f"[{VOWEL_MARKS}{DIRECTION_MARKS}]")
BETWEEN = "[ \u00a0\u202f]*"
LATIN = "0-9A-Za-z\u00c0-\u024f"
WORD = rf"[{LATIN}](?:[{LATIN}.,:/@&'’+\-–\u200b]*[{LATIN}])?"
AMONG_WORDS = rf"(?:,|(?<=\bart)\.)?[\u00a0\u202f ]+(?:[–\-&] )?(?:\+|€{BETWEEN}-?)?"
# Figures and Latin words with all that belongs to them: 21,80 €; +31 20 123; ma-vr 9.00-17.00; art. 2.1.4a lid 4.
IN_THEIR_OWN_ORDER = rf"(?<![{{{LATIN}])(?:[+\-−]|€{BETWEEN}-?)*{WORD}(?:{AMONG_WORDS}{WORD})*(?:{BETWEEN}[€%])?"
ISOLATED = re.compile(f"\u2066[^\u2066-\u2069]*\u2069|{IN_THEIR_OWN_ORDER}")
# Typst keeps what it laid out for so many documents more.
REMEMBERED = 11
KEPT = 150  # seconds
MOST_WAITING = 100  # sheets: what is made in some two seconds, summaries at least
_here = threading.local()
# Few: each keeps a compiler of its own, some tens of megabytes. They only start when there is something to print.
_presses = ThreadPoolExecutor(max_workers=2, thread_name_prefix="press")
_waiting = 0  # sheets that are asked for and not made yet
_forgetting: asyncio.TimerHandle | None = None


class BusyError(Exception):
    """More is asked for than can be made soon: one more would only wait, and make the others wait for it."""


async def printed(make: Callable[..., bytes], *arguments: Any) -> bytes:
    """What a function of ours that makes a PDF gives, made while the service goes on with other visitors.

    Raises ``BusyError`` when ``MOST_WAITING`` wait already.
    """
    global _waiting
    if _waiting >= MOST_WAITING:
        raise BusyError
    loop = asyncio.get_running_loop()
    _waiting += 1
    try:
        return await loop.run_in_executor(_presses, make, *arguments)
    finally:
        _waiting -= 1
        _forget_later(loop)


def _forget_later(loop: asyncio.AbstractEventLoop) -> None:
    """Typst remembers the last sheets, to be quick: for as long as a page whose connection was lost is kept."""
    global _forgetting
    if _forgetting is None or _forgetting.when() <= loop.time():
        _forgetting = loop.call_later(KEPT, _presses.submit, forget)


def warm_up(make: Callable[..., bytes], *arguments: Any) -> Future[bytes]:
    """Make a PDF that nobody gets, in the background: what is read at its first use is read before somebody waits."""
    return _presses.submit(make, *arguments)


def pdf(template: str, data: Mapping[str, Any], made: datetime) -> bytes:
    """A template by its name with its data, as PDF; ``made`` is the moment that the file says it was made at.

    ``data`` is what ``sheet-of`` of the template takes, as JSON can hold it. A part of it that has a ``dir`` is in that
    direction, whatever is around it.
    """
    return with_warnings(template, data, made)[0]


def with_warnings(template: str, data: Mapping[str, Any], made: datetime) -> tuple[bytes, list[str]]:
    """The same with what Typst doubts, such as a font that isn't there: for tests."""
    pdf, warnings = press().compile_with_warnings(
        input=_called("sheet-of", template, data), format="pdf", pdf_standards=["ua-1"], timestamp=int(made.timestamp())
    )
    if not isinstance(pdf, bytes):
        raise TypeError(f"{template}: found {type(pdf)}; allowed: one PDF")
    return pdf, [str(warning) for warning in warnings]


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF of ours has: Typst writes its pages in plain."""
    return len(PAGE.findall(pdf))


def forget() -> None:
    """Let go of what Typst remembers of the last documents, which after a long one is a lot of memory.

    It forgets what so many documents after it had no use for.
    """
    for _ in range(REMEMBERED):
        press().compile(input=b"", format="svg")


def told(template: str, function: str, data: Mapping[str, Any], label: str) -> Any:
    """What a function of a template finds out about data, from the metadata with a label."""
    document: Any = _called(function, template, data)
    found = typst.query(
        document, f"<{label}>", field="value", one=True, root=str(_folder()),
        font_paths=_fonts(), ignore_system_fonts=True,
    )  # fmt: skip
    return json.loads(found)


def _called(function: str, template: str, data: Mapping[str, Any]) -> bytes:
    """A document that is a function of a template with its data.

    Not with the data among Typst's inputs: then nothing that one sheet has in common with another would be known.
    """
    literal = json.dumps(_prepared(data), ensure_ascii=False)
    return f'#import "{template}": {function}\n#{function}(json(bytes({literal})))'.encode()


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
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_folder() / "fonts")])


# Words


@cache
def _missing() -> re.Pattern[str]:
    """Matches a character that is seen on paper, and that no font of ours has a letter for."""
    found: set[int] = set()
    for path in sorted((_folder() / "fonts").glob("*-Regular.ttf")):
        with TTFont(path, lazy=True) as font:
            found |= set(font.getBestCmap())
    return re.compile(f"[^{''.join(re.escape(chr(letter)) for letter in sorted(found))}{INVISIBLE}]")


def unprintable(words: str) -> str:
    """The characters of words that no font of ours has, each once, in their order."""
    return "".join(dict.fromkeys(_missing().findall(_spaced(words))))


def _prepared(data: Any) -> str:
    """The data as JSON, with words that can be set: a missing letter would fail the whole sheet."""
    words = json.dumps(data, ensure_ascii=False)
    if f'"dir": "{RTL}"' in words:
        words = json.dumps(_isolating(data, ""), ensure_ascii=False)
    return _missing().sub(UNKNOWN, _spaced(words))


def _isolating(value: Any, direction: str) -> Any:
    """The data with what keeps numbers and Dutch in their own order among words from right to left."""
    if isinstance(value, Mapping):
        direction = value.get("dir", direction)
        return {key: each if key in NOT_WORDS else _isolating(each, direction) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_isolating(each, direction) for each in value]
    rtl = isinstance(value, str) and direction == RTL
    return ISOLATED.sub(_isolated, isolated_dutch(LEFT_OUT.sub("", _spaced(value)))) if rtl else value


def _spaced(words: str) -> str:
    for space in SPACES:
        words = words.replace(space, "\u00a0")
    return words


def _isolated(found: re.Match[str]) -> str:
    """What is from left to right among words from right to left, kept in its own order."""
    return found[0] if found[0].startswith("\u2066") else f"\u2066{found[0]}\u2069"
