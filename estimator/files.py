"""Where the folders beside the package are: in the project, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def project_folder(name: str) -> Path:
    """``locales``, ``content`` or ``assets``: the project's own where there is one, else the wheel's."""
    own = PACKAGE.parent / name
    return own if own.is_dir() else PACKAGE / "_data" / name
