"""Somebody at the page: does what a person does, by what a person sees and hears."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from estimator.texts import Texts


class Visitor:
    """One person with one tab and one language."""

    def __init__(self, page: Page, locale: str = "nl") -> None:
        self.page, self.texts = page, Texts(locale)
        self.stage = page.locator(".stage .page")

    def arrive(self) -> Visitor:
        """Open the start page and wait until the stage has taken over."""
        self.page.goto(f"/{self.texts.lang}/")
        expect(self.stage).to_be_visible()
        return self

    @property
    def on_page(self) -> str:
        """The name of the page that is shown."""
        return self.stage.get_attribute("data-page") or ""

    @property
    def heading(self) -> Locator:
        return self.stage.get_by_role("heading", level=1)

    def option(self, question: str, value: str) -> Locator:
        """A choice by the name that assistive technology gives it."""
        label = self.texts(f"option.{question}.{value}", age=18)
        role: Literal["checkbox", "radio"] = "checkbox" if question in ("provisions", "facts") else "radio"
        return self.stage.get_by_role(role, name=label, exact=True)

    def answer(self, values: str | tuple[str, ...]) -> None:
        """Fill in the question that is shown."""
        name = self.on_page
        for value in (values,) if isinstance(values, str) else values:
            if name == "municipality":
                self.stage.get_by_role("combobox").select_option(value)
            elif name == "cost":
                self.stage.get_by_role("textbox").fill("" if value == "unknown" else value)
            elif name in ("income", "savings") and value != "unknown":
                self.stage.locator(f"input[value='{value}']").check()
            else:
                self.option(name, value).check()

    def press(self, key: str, **values: str) -> None:
        """Press a button by its name and wait for the page that follows."""
        self._and_wait(lambda: self.stage.get_by_role("button", name=self.texts(key, **values), exact=True).click())

    def next(self) -> None:
        self.press("ui.next")

    def choose(self, name: str, value: str) -> None:
        """Choose what is on paper, and wait for it to be shown."""
        field = self.stage.get_by_role("combobox", name=self.texts(f"paper.{name}"), exact=True)
        field.focus()
        self._and_wait(lambda: field.select_option(value))

    def back_button_of_the_browser(self) -> None:
        self._and_wait(lambda: self.page.evaluate("history.back()"))

    def change(self, question: str) -> None:
        """Press "change" beside an answer."""
        self._and_wait(lambda: self.stage.locator(f"button[name=change][value={question}]").click())

    def _and_wait(self, deed: Callable[[], object]) -> None:
        serial = self.stage.get_attribute("data-serial") or ""
        deed()
        expect(self.stage).not_to_have_attribute("data-serial", serial)

    def interview(self, **answers: str | tuple[str, ...]) -> list[str]:
        """Answer everything that is asked, "unknown" where nothing is given; the questions, up to the overview."""
        asked: list[str] = []
        while self.on_page != "overview":
            asked.append(self.on_page)
            self.answer(answers.get(self.on_page, "unknown"))
            self.next()
        return asked

    def result(self, **answers: str | tuple[str, ...]) -> list[str]:
        """The same up to the result."""
        asked = self.interview(**answers)
        self.press("ui.show_result")
        expect(self.stage).to_have_attribute("data-page", "result")
        return asked
