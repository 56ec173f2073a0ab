"""The stage: the one element of a live page, whose content is set anew for each page of the interview.

The script of the stage (``assets/stage.js``) turns a submitted form, the browser's back button and what the tab kept
into three events; each is answered with a page. This is the only place that knows how NiceGUI carries them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from estimator.pages.visit import Fields

EMIT = "(event) => emit(event.detail)"
LONGEST_FIELD = 20_000  # characters


def stage(
    answered: Callable[[Fields], str], went_to: Callable[[str], str], restored: Callable[[object], str]
) -> ui.html:
    """An empty stage; each function gives the page that comes after its event."""
    element = ui.html("", sanitize=False).classes("stage")  # only our own, escaped templates get in

    def listen(event: str, page_after: Callable[[Mapping[str, Any]], str]) -> None:
        def handle(arguments: GenericEventArguments) -> None:
            detail = arguments.args if isinstance(arguments.args, dict) else {}
            element.content = page_after(detail)

        element.on(event, handle, js_handler=EMIT)

    listen("bw-answer", lambda detail: answered(fields_of(detail.get("fields"))))
    listen("bw-goto", lambda detail: went_to(str(detail.get("page", ""))))
    listen("bw-restore", lambda detail: restored(detail.get("state")))
    return element


def fields_of(sent: object) -> Fields:
    """The fields of a form as a browser sent them, without anything that a form couldn't have sent."""
    if not isinstance(sent, dict):
        return {}
    return {
        str(name): tuple(value for value in values if isinstance(value, str) and len(value) <= LONGEST_FIELD)
        for name, values in sent.items()
        if isinstance(values, list)
    }
