"""Make a theme for pages out of one of the NL Design System.

    python scripts/theme.py THEME.css NAME "WHOSE IT IS, AND UNDER WHICH LICENCE"

Such a theme has thousands of tokens, and pages of ours look at a few (assets/tokens.css). Those are kept, with those
that they refer to, in assets/themes/NAME.css. What is changed by hand there is lost when this is done again.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "assets"
TOKEN = re.compile(r"(--[\w-]+)\s*:\s*([^;{}]+);")
USED = re.compile(r"var\(\s*(--[\w-]+)")
THEIRS = ("--utrecht-", "--nl-")


def needed(tokens: Mapping[str, str], looked_at: set[str]) -> dict[str, str]:
    """The tokens that are looked at, with what they refer to, in the order of the theme."""
    found, asked = set[str](), looked_at & tokens.keys()
    while asked:
        found |= asked
        asked = {name for each in asked for name in USED.findall(tokens[each])} & tokens.keys() - found
    return {name: value for name, value in tokens.items() if name in found}


def main(theme: str, name: str, origin: str) -> None:
    """Write the theme."""
    ours = (ASSETS / "tokens.css").read_text("utf-8")
    looked_at = {token for token in USED.findall(ours) if token.startswith(THEIRS)}
    tokens = needed(dict(TOKEN.findall(Path(theme).read_text("utf-8"))), looked_at)
    lines = "".join(f"  {token}: {value.strip()};\n" for token, value in tokens.items())
    (ASSETS / "themes" / f"{name}.css").write_text(f"/* {origin} */\n:root {{\n{lines}}}\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
