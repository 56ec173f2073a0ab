"""Where the folders beside the package are, in the project or in an installed wheel; and which languages there are."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent
# The languages that are complete, the source first.
LOCALES = ("nl", "en", "tr", "ar", "pl", "uk")


def project_folder(name: str) -> Path:
    """``locales``, ``content`` or ``assets``: the project's own where there is one, else the wheel's."""
    own = PACKAGE.parent / name
    return own if own.is_dir() else PACKAGE / "_data" / name
