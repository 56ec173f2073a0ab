"""What every page of one running service shares: the law, the municipalities, and the date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from estimator import interview
from estimator.interview import Answers, Setting
from estimator.library.documents import EMPTY, Library, Shelf
from estimator.municipalities import Municipality
from estimator.rules.law import Law
from estimator.rules.policy import PolicyByDate


@dataclass(frozen=True)
class Site:
    """Read once at the start; ``on`` is the date to compute with where it is fixed, ``today`` gives it otherwise.

    ``kiosk``: every live page is one of a kiosk, not only those that ask for it. ``public_url`` is the address at which
    people find the service, "" where that isn't known.
    """

    rules: Law
    municipalities: Mapping[str, Municipality]
    fixed: str | None
    on: date | None
    today: Callable[[], date]
    kiosk: bool = False
    shelf: Shelf | None = None
    public_url: str = ""

    @property
    def library(self) -> Library:
        """The questions and answers, and the toolkit, as they are now."""
        return self.shelf.library if self.shelf else EMPTY

    @cached_property
    def policies(self) -> Mapping[str, PolicyByDate]:
        """The policies by code."""
        return {code: municipality.policy for code, municipality in self.municipalities.items()}

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
