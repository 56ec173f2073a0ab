"""Municipal files while the service runs: read again when they change, and begun from a skeleton."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from estimator.files import project_folder
from estimator.municipalities import CODE, Municipality, MunicipalityError, by_code, read_folder
from estimator.rules.household import Problem
from estimator.rules.law import Law
from estimator.rules.policy import PolicyByDate

log = logging.getLogger(__name__)

THE_FILE = "the file"
NO_FILE = Problem(THE_FILE, "nothing", "a file: it was there when the service started")


class FileError(NamedTuple):
    """One thing that is wrong with a file: which key, what was found, what is allowed, and since when it was seen.

    ``served``: people get what the file said before; otherwise its municipality isn't there.
    """

    file: str
    key: str
    found: str
    allowed: str
    since: datetime
    served: bool

    def __str__(self) -> str:
        kept = "the last good version stays" if self.served else "left out"
        return f"{kept}: {self.file}: {Problem(self.key, self.found, self.allowed)}"


@dataclass(frozen=True)
class Known:
    """The municipalities at one moment, by their code, and what is wrong with files."""

    municipalities: Mapping[str, Municipality]
    errors: tuple[FileError, ...] = ()

    @cached_property
    def policies(self) -> Mapping[str, PolicyByDate]:
        """The policies by code: the same mapping every time, for what is remembered by it."""
        return {code: municipality.policy for code, municipality in self.municipalities.items()}


class MunicipalFiles:
    """The municipalities, each as its file was last read without a mistake: for a service that stays up.

    Without a ``folder`` they stay as they are.
    """

    def __init__(self, municipalities: Mapping[str, Municipality], folder: Path | None = None) -> None:
        self.known, self.folder = Known(municipalities), folder

    @property
    def errors(self) -> tuple[FileError, ...]:
        """What is wrong with the files as they are now, for whoever has to mend them."""
        return self.known.errors

    def as_now(self) -> MunicipalFiles:
        """As they are at this moment, whatever becomes of the files."""
        now = MunicipalFiles({})
        now.known = self.known
        return now

    def take(self, known: Known) -> None:
        """From now on these; what is wrong with a file is told once."""
        for error in known.errors:
            if error not in self.errors:
                log.error("%s", error)
        if known != self.known:
            self.known = known


def read_again(folder: Path, before: Known, rules: Law, stays: str | None, moment: datetime) -> Known:
    """The municipalities of a folder as its files are now; one whose file is wrong stays as it was ``before``.

    A file that is gone takes its municipality along, but never the one that ``stays``, whose service this is; and a
    folder without files takes none.
    """
    found, wrong = read_folder(folder, rules)
    gone = [code for code in before.municipalities if code == stays or not (found or wrong)]
    named = {*found, *(Path(error.file).stem for error in wrong)}
    wrong += [MunicipalityError(f"{code}.toml", [NO_FILE]) for code in gone if code not in named]
    kept = [before.municipalities[code] for error in wrong if (code := Path(error.file).stem) in before.municipalities]
    since = {error.file: error.since for error in reversed(before.errors)}
    errors = (
        FileError(error.file, *problem, since.get(error.file, moment), Path(error.file).stem in before.municipalities)
        for error in sorted(wrong, key=lambda error: error.file)
        for problem in error.problems
    )
    return Known(by_code([*found.values(), *kept]), tuple(errors))


# A new file


def skeleton() -> Path:
    """A municipal file with every key that there is, most of them behind a #."""
    return project_folder("content") / "municipality.toml"


def begin(code: str, name: str, folder: Path) -> Path:
    """Write the skeleton of a municipality's file; raises ``ValueError`` for a code that is none.

    Raises ``OSError`` where it can't be written, or is there already.
    """
    if not CODE.fullmatch(code):
        raise ValueError(Problem("CODE", code, "GM and four digits, such as GM0363"))
    text = skeleton().read_text("utf-8")
    for key, empty, value in (("code", "GM0000", code), ("name", "", name)):  # TOML quotes as JSON does
        text = text.replace(f'{key} = "{empty}"', f"{key} = {json.dumps(value, ensure_ascii=False)}", 1)
    path = folder / f"{code}.toml"
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path
