"""The window of an envelope (C5/6 and C4): how much of an address it shows, and in letters of which size."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from fontTools.ttLib import TTFont

from estimator.files import project_folder

WIDTH, HEIGHT = 85, 40  # millimetres
MOST_LINES = 6
LINE, BETWEEN = 1, 0.3  # in sizes, as ``letter.typ`` sets it: the height of a line, and what is left open below it
SIZES, LARGE_SIZES = (11, 10, 9), (18, 16, 14, 12, 11, 10, 9)  # points
MM_A_POINT = 25.4 / 72


def size_of(lines: Sequence[str], large: bool) -> int:
    """The largest letters, in points, in which the window shows all lines of an address."""
    wide = max(map(_width_of, lines), default=0)
    high = len(lines) * (LINE + BETWEEN) - BETWEEN
    sizes = LARGE_SIZES if large else SIZES
    fitting = (size for size in sizes if wide * size * MM_A_POINT <= WIDTH and high * size * MM_A_POINT <= HEIGHT)
    return next(fitting, sizes[-1])


def least_width(line: str) -> float:
    """How wide a line of an address is in the smallest letters, in millimetres."""
    return _width_of(line) * SIZES[-1] * MM_A_POINT


def _width_of(line: str) -> float:
    """How wide a line is, in sizes of its letters."""
    widths = _widths()
    return sum(widths.get(letter, 0) for letter in line)


@cache
def _widths() -> dict[str, float]:
    """How wide each letter of our fonts is, in sizes; of one that is in two, the wider."""
    found: dict[str, float] = {}
    for path in (project_folder("assets") / "print" / "fonts").glob("*-Regular.ttf"):
        with TTFont(path, lazy=True) as font:
            size, widths = font["head"].unitsPerEm, font["hmtx"]
            for code, name in font.getBestCmap().items():
                letter = chr(code)
                found[letter] = max(found.get(letter, 0), widths[name][0] / size)
    return found
