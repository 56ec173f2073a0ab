"""What every page of one running service shares: the law, the municipalities, and the date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from estimator import interview
from estimator.interview import Answers, Setting
from estimator.library.documents import EMPTY, Library, Shelf
from estimator.municipal_files import MunicipalFiles
from estimator.municipalities import Municipality
from estimator.rules.law import Law
from estimator.rules.policy import PolicyByDate

EMBED = "embed"


class Shown(NamedTuple):
    """That a page was shown, without a word of what it is about: ``page`` is its name, that of its kind where there are
    many; ``outcome`` that of a result under the current regime, otherwise "".
    """

    page: str
    language: str
    outcome: str
    live: bool


def nobody_counts(shown: Shown) -> None:
    """For pages that nobody was shown."""


@dataclass(frozen=True)
class Site:
    """Made once at the start; municipal files and texts are read again when they change.

    ``on`` is the date to compute with where it is fixed, ``today`` gives it otherwise. ``kiosk``: every live page is
    one of a kiosk, not only those that ask for it. ``public_url`` is the address at which people find the service, ""
    where that isn't known. ``place`` is what follows the language in the address of a live page. ``seen`` is told of
    every page that is shown.
    """

    rules: Law
    municipal_files: MunicipalFiles
    fixed: str | None
    on: date | None
    today: Callable[[], date]
    kiosk: bool = False
    shelf: Shelf | None = None
    public_url: str = ""
    place: str = ""
    seen: Callable[[Shown], None] = nobody_counts

    def as_now(self) -> Site:
        """The same with the municipal files of this moment: for a page that is made while they may be read again."""
        return replace(self, municipal_files=self.municipal_files.as_now())

    @property
    def library(self) -> Library:
        """The questions and answers, and the toolkit, as they are now."""
        return self.shelf.library if self.shelf else EMPTY

    @property
    def municipalities(self) -> Mapping[str, Municipality]:
        """The municipalities by code, as they are now."""
        return self.municipal_files.known.municipalities

    @property
    def own(self) -> Municipality | None:
        """The municipality that this is for, if it is for one."""
        return self.municipalities.get(self.fixed or "")

    @property
    def themes(self) -> tuple[str, ...]:
        """The style sheets that are its own, below the assets."""
        name = self.own.theme.stylesheet if self.own else ""
        return (f"themes/{name}.css",) if name else ()

    def embedded(self, code: str) -> Site | None:
        """The same for one municipality, in a frame on its site; ``None`` where it has no such site, or isn't here."""
        found = self.municipalities.get(code)
        if found is None or not found.embed_origins or self.fixed not in (None, code):
            return None
        return replace(self, fixed=code, kiosk=False, place=f"{EMBED}/{code}/")

    @property
    def policies(self) -> Mapping[str, PolicyByDate]:
        """Their policies by code: the same mapping until a file changes."""
        return self.municipal_files.known.policies

    @property
    def setting(self) -> Setting:
        """In which an interview is held now; fictitious municipalities are only there when fixed."""
        offered = tuple(code for code, municipality in self.municipalities.items() if not municipality.fictitious)
        return Setting(self.on or self.today(), self.rules, self.policies, offered, self.fixed)

    def setting_of(self, kiosk: bool) -> Setting:
        """The same; at a kiosk there is nothing to type on."""
        return self.setting._replace(typing=not kiosk)

    def municipality(self, answers: Answers) -> Municipality | None:
        """The municipality that is fixed or was chosen."""
        return self.municipalities.get(interview.municipality_code(answers, self.setting) or "")
