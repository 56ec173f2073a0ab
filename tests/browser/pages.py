"""Every page of the app in its states, as the app itself lists them: for the checks that run over all of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from playwright.sync_api import Page, expect

from estimator.interview import KINDS_OF_QUESTION
from estimator.pages.show import EVERY_PAGE
from estimator.pages.visit import DOORS, PAPER, RESULT
from tests.browser.visitor import Visitor

# Of somebody who is asked everything.
COMPLETE: Mapping[str, str] = {
    "municipality": "unknown", "provisions": "other_aid", "age": "pension", "household": "couple",
    "partner_age": "pension", "facts": "none", "cost": "2500.00", "income": "40000-45999", "savings": "unknown",
}  # fmt: skip
# Answers that end in each kind of outcome.
RESULTS: Mapping[str, Mapping[str, str]] = {
    "an amount": COMPLETE,
    "nothing now": {**COMPLETE, "partner_age": "adult"},
    "nothing at all": {"municipality": "unknown", "provisions": "wheelchair"},
    "another rule": {"municipality": "unknown", "provisions": "sheltered_living"},
    "a range": {**COMPLETE, "age": "unknown", "household": "unknown", "income": "unknown"},
}
# Besides light with usual contrast, which is what every page is opened in.
SCHEMES: Mapping[str, Mapping[str, str]] = {
    "dark": {"color_scheme": "dark"},
    "contrast": {"contrast": "more"},
    "dark contrast": {"color_scheme": "dark", "contrast": "more"},
    "forced colours": {"forced_colors": "active"},
}
# `make audit` looks at every page in every language; `make test` at every page in one, at every template in all.
FULL = os.environ.get("AUDIT") == "full"
KEEP = "(state) => { sessionStorage.clear(); sessionStorage.setItem('bijdragewijzer', state); }"


class State(NamedTuple):
    """One page in one state: with these answers, after a wrong one where ``wrong``, with this choice of ``paper``."""

    page: str
    answers: Mapping[str, str]
    wrong: bool = False
    what: str = ""
    paper: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.page}{', ' + self.what if self.what else ''}{', wrong' if self.wrong else ''}"

    @property
    def template(self) -> str:
        kind = KINDS_OF_QUESTION.get(self.page, self.page)  # type: ignore[call-overload]
        return f"{kind} wrong" if self.wrong else str(kind)

    def open(self, page: Page, locale: str, kiosk: bool = False) -> Visitor:
        """Come to the page with the answers that a tab would have kept. Doors are at a kiosk only."""
        visitor = Visitor(page, locale)
        kept = {"answers": {name: [value] for name, value in self.answers.items()}, "page": self.page}
        kept |= {"paper": [*self.paper]} if self.paper else {}
        if page.url == "about:blank":
            page.goto("/favicon.ico")  # somewhere where the tab can keep something
        page.evaluate(KEEP, json.dumps(kept))
        page.goto(f"/{locale}/{'?kiosk' if kiosk or self.page == DOORS else ''}")
        expect(visitor.stage).to_have_attribute("data-page", self.page)
        if self.wrong:
            if self.page == "cost":
                visitor.answer("-1")
            visitor.next()
            expect(visitor.stage.locator("#summary")).to_be_focused()
        return visitor


def states() -> Iterator[State]:
    """Every page that the app has, questions also after a wrong answer, the result with each kind of outcome."""
    before: dict[str, str] = {}
    for name in EVERY_PAGE:
        if name in KINDS_OF_QUESTION:
            yield State(name, dict(before))
            yield State(name, dict(before), wrong=True)
            before[name] = COMPLETE[name]
        elif name == RESULT:
            yield from (State(name, answers, what=what) for what, answers in RESULTS.items())
        else:
            yield State(name, {} if name == DOORS else COMPLETE)
        if name == PAPER:
            yield State(name, COMPLETE, what="in two languages", paper=("ar", "nl"))
            yield State(name, COMPLETE, what="in large print", paper=("nl", "large"))


def one_for_each_template() -> list[State]:
    """The first state of every template."""
    first: dict[str, State] = {}
    for state in states():
        first.setdefault(state.template, state)
    return list(first.values())
