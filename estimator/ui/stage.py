"""The stage: the one element of a live page, whose content is set anew for each page of the interview.

The script of the stage (``assets/stage.js``) turns a submitted form, the browser's back button and what the tab kept
into three events; each is answered with a page. This is the only place that knows how NiceGUI carries them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from estimator.pages.visit import Fields, fields_of
from estimator.web.mistakes import log_mistake

EMIT = "(event) => emit(event.detail)"


def stage(
    answered: Callable[[Fields], str],
    went_to: Callable[[str, str], str],
    restored: Callable[[object], str],
    failed: Callable[[], str],
) -> ui.html:
    """An empty stage; each function gives the page that comes after its event, the last one after a mistake of ours."""
    _without_quasar_layout()
    element = ui.html("", sanitize=False).classes("stage")  # only our own, escaped templates get in

    def listen(event: str, page_after: Callable[[Mapping[str, Any]], str]) -> None:
        def handle(arguments: GenericEventArguments) -> None:
            detail = arguments.args if isinstance(arguments.args, dict) else {}
            try:
                element.content = page_after(detail)
            except Exception as error:
                log_mistake(f"no page after {event}", error)
                element.content = failed()

        element.on(event, handle, js_handler=EMIT)

    listen("bw-answer", lambda detail: answered(fields_of(detail.get("fields"))))
    listen("bw-goto", lambda detail: went_to(str(detail.get("page", "")), str(detail.get("words", ""))))
    listen("bw-restore", lambda detail: restored(detail.get("state")))
    return element


def _without_quasar_layout() -> None:
    """Plain boxes around the stage: Quasar's page would be a second main landmark, with measures of its own."""
    for element in ui.context.client.content.ancestors(include_self=True):
        element.tag = "div"
