"""The resident's live pages: one address a language, one question a page."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from itertools import count

from nicegui import ui

from estimator.files import LOCALES
from estimator.interview import UNKNOWN, Setting
from estimator.pages import visit as visits
from estimator.pages.request import Paper
from estimator.pages.show import EVERY_PAGE, request_of, show, show_live, show_message
from estimator.pages.site import Site
from estimator.pages.visit import LONGEST_VALUE, RESULT, SEARCH, Fields, Visit
from estimator.printing.press import warm_up
from estimator.printing.summary import summary_pdf
from estimator.texts import Texts
from estimator.ui.many import forget_delivery, in_single_bytes
from estimator.ui.stage import stage
from estimator.web.mistakes import log_mistake

FIRST = 1  # the number of the page that is in the body


class ResidentPage:
    """One open page: where its visitor is. Kept in memory as long as the page is open, and nowhere else."""

    def __init__(self, site: Site, texts: Texts, base: str, now: Callable[[], datetime], kiosk: bool) -> None:
        self.site, self.texts, self.base, self.now, self.kiosk = site, texts, base, now, kiosk
        self.visit = visits.begun(self.setting, kiosk)
        self.serials = count(FIRST)

    @property
    def setting(self) -> Setting:
        """In which the interview is held now."""
        return self.site.setting_of(self.kiosk)

    def shown(self, visit: Visit | None = None) -> str:
        """The page of a visit, from now on the one that this page is on."""
        visit, serial = visit or self.visit, next(self.serials)
        around = serial == FIRST or self.kiosk  # at a kiosk the first screen has others
        page = show(self.site, self.texts, visit, str(serial), self.now(), self.base, around=around)
        self.visit = visit  # only now: after a mistake of ours the visit stays where it was
        return in_single_bytes(page)

    def answered(self, fields: Fields) -> str:
        """The page after a form."""
        return self.shown(visits.submitted(self.visit, fields, self.setting, self.texts))

    def went_to(self, page: str, searched: str) -> str:
        """The page that a link or the browser's back button asks for, with what was searched there; or the start."""
        return self.shown(visits.went_to(self.visit, page, self.setting, searched[:LONGEST_VALUE]))

    def restored(self, state: object) -> str:
        """The page that the tab was on."""
        return self.shown(visits.restored(state, self.setting, self.kiosk))

    def failed(self) -> str:
        """The page after a mistake of ours; the visit stays where it was."""
        serial = str(next(self.serials))
        return show_message(self.site, self.texts, "error", self.now(), self.base, serial, self.kiosk)[1]


def rehearse(site: Site, now: Callable[[], datetime]) -> None:
    """Go to the result in every language without knowing a thing: nobody waits for what is read at its first use."""
    for locale in LOCALES:
        page = ResidentPage(site, Texts(locale), "", now, kiosk=False)
        try:
            page.shown()
            for _ in EVERY_PAGE:
                if page.visit.page != RESULT:
                    page.answered({"page": [page.visit.page], page.visit.page: [UNKNOWN], "go": ["next"]})
            made = warm_up(summary_pdf, request_of(site, page.texts, page.visit, "", now()), Paper((locale,)))
            made.add_done_callback(_log_unmade)
            page.answered({"words": [UNKNOWN], "go": [SEARCH]})
        except Exception as error:  # the other pages are there
            log_mistake(f"no page after {page.visit.page} in {locale}", error)


def _log_unmade(made: Future[bytes]) -> None:
    if isinstance(error := made.exception(), Exception):
        log_mistake("no summary at the start", error)


def resident(site: Site, texts: Texts, base: str, now: Callable[[], datetime], kiosk: bool) -> None:
    """Build the live page: the first question in the body until the stage takes over."""
    page = ResidentPage(site, texts, base, now, kiosk)
    first = page.shown()
    ui.add_body_html(show_live(texts, first, base))
    stage(page.answered, page.went_to, page.restored, page.failed)
    client = ui.context.client

    def start() -> None:
        forget_delivery(client)
        client.run_javascript("bijdragewijzer.start()")

    client.on_connect(start)  # after every reconnection too
