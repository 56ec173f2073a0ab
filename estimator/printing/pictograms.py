"""Pictograms on paper: the same as on the pages, in a colour."""

from __future__ import annotations

from functools import cache

from estimator.files import project_folder


@cache
def drawn(name: str, colour: str) -> str:
    """A pictogram as SVG by itself, its lines in a colour such as ``#0a4f4a``.

    Raises ``FileNotFoundError`` for one that there isn't.
    """
    svg = (project_folder("assets") / "pictograms" / f"{name}.svg").read_text("utf-8")
    return svg.strip().replace("currentColor", colour)
