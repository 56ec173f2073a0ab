from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from estimator.rules.law import AMOUNTS

EditLaw = Callable[[str, str, str], Path]


@pytest.fixture
def edit_law(tmp_path: Path) -> EditLaw:
    """Change one place of a copy of our law files; gives the folder of the copy."""
    folder = Path(copytree(AMOUNTS, tmp_path / "amounts"))

    def edit(file: str, old: str, new: str) -> Path:
        text = (folder / file).read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
        (folder / file).write_text(text.replace(old, new), "utf-8")
        return folder

    return edit
