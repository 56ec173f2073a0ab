"""Where somebody is in the interview, and where each button leads: pure, replayed from the answers.

The live and the plain pages share it: both turn the fields of a form into the next ``Visit`` and show its page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from estimator import interview
from estimator.files import LOCALES
from estimator.interview import KINDS_OF_QUESTION, Answers, InvalidAnswerError, QuestionName, Setting
from estimator.library.documents import NAME
from estimator.pages.articles import ANSWERS
from estimator.pages.request import Paper
from estimator.pages.what_if import changed_answers
from estimator.texts import Texts

OVERVIEW, RESULT, PAPER, START, DOORS = "overview", "result", "paper", "start", "doors"
OUTCOMES = (OVERVIEW, RESULT, PAPER)  # pages that come after the questions
COVERAGE, TOOLKIT = "coverage", "toolkit"
ASIDE = (COVERAGE, ANSWERS, TOOLKIT)  # pages that can always be looked at, and left again for where one was
WITH_PAGES_BELOW = (ANSWERS, TOOLKIT)  # of which each text has a page: answers/wat-is-de-wmo
SEARCH = "search"
WHAT_IF = "what_if"
SHOW_PAPER = "show_paper"
NORMAL, LARGE, NO_SECOND = "normal", "large", "none"
LETTERS = (NORMAL, LARGE)
STAY = "stay"  # the same page carried otherwise: in another language, with a script or without one
LONGEST_STATE = 20_000  # characters: the longest interview takes less than a tenth
# More than any form of ours has.
MOST_FIELDS, MOST_VALUES, LONGEST_VALUE = 32, 64, 500
Fields = Mapping[str, Sequence[str]]


class Visit(NamedTuple):
    """The answers so far and the page that is shown, with what was typed there if it couldn't be taken.

    ``changing``: one answer is being changed, after which the result comes back. ``kiosk``: the start is two doors.
    ``what_if`` holds what is looked at on the result instead of the answers, ``came_from`` the page before one aside,
    ``searched`` what was looked for among the questions and answers, ``paper`` how a sheet was asked for.
    """

    page: str
    answers: Answers = MappingProxyType({})
    changing: bool = False
    typed: tuple[str, ...] = ()
    problem: InvalidAnswerError | None = None
    kiosk: bool = False
    what_if: Answers = MappingProxyType({})
    came_from: str = ""
    searched: str = ""
    paper: Paper | None = None


def is_aside(page: str) -> bool:
    """Whether a page is one beside the interview, or below one of those."""
    above, _, name = page.partition("/")
    return page in ASIDE or (above in WITH_PAGES_BELOW and NAME.fullmatch(name) is not None)


def begun(setting: Setting, kiosk: bool = False) -> Visit:
    """A new visit: nothing answered."""
    return went_to(Visit(START, kiosk=kiosk), START, setting)


def went_to(visit: Visit, page: str, setting: Setting, searched: str = "") -> Visit:
    """The same answers on another page; one that can't be reached yet is the nearest that can."""
    visit = visit._replace(answers=interview.still_there(visit.answers, setting))
    if is_aside(page):
        came_from, searched = _before_aside(visit), searched or (visit.searched if is_aside(visit.page) else "")
        return Visit(page, visit.answers, visit.changing, kiosk=visit.kiosk, came_from=came_from, searched=searched)
    progress = interview.path(visit.answers, setting)
    pages = _pages(progress)
    if visit.kiosk and page in (START, DOORS):
        return Visit(DOORS, kiosk=True)  # whoever stands there next begins without answers
    if page == START:
        page = pages[0]
    changing = visit.changing and page not in OUTCOMES
    return Visit(page if page in pages else pages[-1], visit.answers, changing, kiosk=visit.kiosk)


def submitted(visit: Visit, fields: Fields, setting: Setting, texts: Texts) -> Visit:
    """What the buttons of a page lead to. An answer that can't be taken stays on its page; no other answer is lost."""
    visit = visit._replace(answers=interview.still_there(visit.answers, setting))
    pressed, change = _first(fields, "go"), _first(fields, "change")
    page = _first(fields, "page") or visit.page
    if pressed == "restart":
        return begun(setting, visit.kiosk)
    if pressed == STAY:
        return went_to(visit, page, setting) if is_aside(page) else visit
    if pressed == START:
        return went_to(visit, START, setting)
    if is_aside(pressed):
        return went_to(visit, pressed, setting)
    if pressed == SEARCH:
        return went_to(visit, ANSWERS, setting, _first(fields, "words"))
    if change:
        return went_to(visit._replace(changing=True), change, setting)
    if pressed == PAPER:
        return went_to(visit, PAPER, setting)
    if pressed == SHOW_PAPER:
        return went_to(visit, PAPER, setting)._replace(paper=paper_of(fields, texts.lang))
    if pressed == WHAT_IF:
        shown = went_to(visit, RESULT, setting)
        chosen = changed_answers(fields, visit.answers, setting) if shown.page == RESULT else {}
        return shown._replace(what_if=chosen)
    if pressed == "back" and is_aside(page):
        return went_to(visit, _before_aside(visit), setting)
    if pressed == "back":
        return went_to(visit, _before(page, visit.answers, setting), setting)
    if page == DOORS:
        return went_to(visit, _pages(interview.path({}, setting))[0], setting)
    if page not in KINDS_OF_QUESTION:
        return went_to(visit, RESULT if page in OUTCOMES else page, setting)
    if page not in _pages(interview.path(visit.answers, setting)):
        return went_to(visit, page, setting)
    name: QuestionName = next(name for name in interview.QUESTIONS if name == page)
    try:
        answers = interview.answer(name, _values(name, fields, texts), visit.answers, setting)
    except InvalidAnswerError as problem:
        return visit._replace(page=page, typed=tuple(fields.get(name, ())), problem=problem, what_if={}, came_from="")
    return went_to(visit._replace(answers=answers), _after(name, answers, visit.changing, setting), setting)


def paper_of(fields: Fields, locale: str) -> Paper:
    """How a sheet is asked for: in the language of the page where nothing of ours was chosen."""
    first, second = _first(fields, "language"), _first(fields, "second")
    locales = [each for each in (first if first in LOCALES else locale, second) if each in LOCALES]
    return Paper(tuple(dict.fromkeys(locales)), _first(fields, "letters") == LARGE)


def saved(visit: Visit, setting: Setting) -> str:
    """What the tab keeps: the answers and the page, "" where there is nothing to keep."""
    aside = is_aside(visit.page)
    if not visit.answers and not aside:
        return ""
    kept = {"answers": interview.clean(visit.answers, setting), "page": visit.page, "changing": visit.changing}
    aside_of = {"from": _before_aside(visit)} if aside else {}
    paper = {"paper": [*visit.paper.locales, *([LARGE] if visit.paper.large else [])]} if visit.paper else {}
    return json.dumps(kept | aside_of | paper, separators=(",", ":"))


def restored(state: object, setting: Setting, kiosk: bool = False) -> Visit:
    """The visit that a tab kept: what isn't valid any more, of a former version or forged, is left out."""
    try:
        kept = json.loads(state) if isinstance(state, str) and len(state) <= LONGEST_STATE else None
    except (ValueError, RecursionError):
        kept = None
    if not isinstance(kept, dict) or not isinstance(kept.get("answers"), dict):
        return begun(setting, kiosk)
    answers = {
        name: tuple(values)
        for name, values in kept["answers"].items()
        if name in KINDS_OF_QUESTION and isinstance(values, list) and all(isinstance(value, str) for value in values)
    }
    visit = Visit(
        START,
        interview.clean(interview.still_there(answers, setting), setting),
        kept.get("changing") is True,
        kiosk=kiosk,
    )
    page = str(kept.get("page", START))
    if is_aside(page):
        visit = went_to(visit, str(kept.get("from", START)), setting)
    return went_to(visit, page, setting)._replace(paper=_kept_paper(kept.get("paper")))


def _kept_paper(kept: object) -> Paper | None:
    if not isinstance(kept, list):
        return None
    locales = sorted((each for each in LOCALES if each in kept), key=kept.index)
    return Paper(tuple(locales[:2]), LARGE in kept) if locales else None


def fields_of(sent: object) -> Fields:
    """The fields of a form as a browser sent them, cut to what a form can send."""
    if not isinstance(sent, dict):
        return {}
    return {
        str(name): tuple(value[:LONGEST_VALUE] for value in values[:MOST_VALUES] if isinstance(value, str))
        for name, values in islice(sent.items(), MOST_FIELDS)
        if isinstance(values, list)
    }


def _pages(progress: interview.Progress) -> tuple[str, ...]:
    """Every page that can be reached, in order."""
    return (*progress.asked, progress.open) if progress.open else (*progress.asked, OVERVIEW, RESULT, PAPER)


def _before_aside(visit: Visit) -> str:
    """The page that somebody is on, or came from to look at one aside."""
    return visit.came_from or START if is_aside(visit.page) else visit.page


def _before(page: str, answers: Answers, setting: Setting) -> str:
    pages = _pages(interview.path(answers, setting))
    place = pages.index(page) if page in pages else 0
    return pages[place - 1] if place else START


def _after(name: QuestionName, answers: Answers, changing: bool, setting: Setting) -> str:
    progress = interview.path(answers, setting)
    if changing:
        return progress.open or RESULT
    later = _pages(progress)
    place = later.index(name) if name in later else -1
    return later[place + 1]


def _values(name: QuestionName, fields: Fields, texts: Texts) -> Sequence[str]:
    """The values of a field, an amount as a plain euro string; raises ``InvalidAnswerError`` for one that is none."""
    typed = fields.get(name, ())
    if KINDS_OF_QUESTION[name] != "amount":
        return typed
    return [_price(name, text, texts) for text in typed]


def _price(name: QuestionName, text: str, texts: Texts) -> str:
    """A price as a plain euro string. Refused here already: the rules read more than people mean, such as 1e3."""
    try:
        plain = texts.parse_money(text) if text.strip() else ""
    except ValueError:
        plain = text
    else:
        if plain.isascii():
            return plain
    raise InvalidAnswerError(name, "not_an_amount", text, f"0.01 - {interview.MOST_EURO}")


def _first(fields: Fields, name: str) -> str:
    return next(iter(fields.get(name, ())), "")
