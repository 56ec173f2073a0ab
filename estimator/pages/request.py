"""What every page is filled from, and the part of its context that all pages share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from estimator.files import LOCALES
from estimator.interview import Answers, Setting, municipality_code
from estimator.library.documents import EMPTY, Library
from estimator.municipalities import Municipality
from estimator.rules.household import Household
from estimator.texts import Texts

# What a template is filled with; the fields of each template are listed in the function that fills it.
Context = dict[str, Any]

# At a kiosk: seconds without a touch before it asks whether anybody is there, seconds until it wipes the answers, and
# those of which it says in words how many are left.
IDLE_AFTER, COUNTDOWN, SAID = 90, 30, (20, 10, 5)


class Link(NamedTuple):
    """An address with its words."""

    text: str
    url: str


class Field(NamedTuple):
    """A field of a form that isn't shown."""

    name: str
    value: str


class Paper(NamedTuple):
    """How a sheet is wanted: in which languages, two at the most, and whether in large print."""

    locales: tuple[str, ...]
    large: bool = False


class Request(NamedTuple):
    """One page for one person: whose answers, in which language, for which date.

    ``serial`` differs at every rendering. ``home_urls`` is the start of every language, by its code. ``state`` is what
    the tab keeps, "" to keep nothing; ``hidden`` what a page without a script carries along; ``action`` the address
    that it posts to. ``now`` is the moment that is printed on the result. ``live``: a script runs on the page;
    ``live_url`` is the start of the pages with one; ``page_urls`` this page in every language, where it has an address
    of its own. Without what stands ``around`` every page the script keeps the header and the footer that are there. A
    ``kiosk`` has no way out. ``what_if``: what is looked at on the result instead of the answers. ``searched``: what
    was looked for in the ``library``. ``exact``: a household that is known exactly; the answers only describe it, and
    every amount is its own; ``exact_now`` is the same household with the income of the reference year that counts now,
    where that is another one. ``letter``: it is written to, and answered nothing. ``paper``: how a sheet was asked for.
    ``files``: there are some to save. ``public_url`` is the address of the service on paper, "" where it isn't known.
    """

    texts: Texts
    setting: Setting
    answers: Answers
    serial: str
    now: datetime
    home_urls: Mapping[str, str]
    municipalities: Mapping[str, Municipality] = {}
    state: str = ""
    action: str = ""
    hidden: Sequence[Field] = ()
    live: bool = True
    live_url: str = ""
    page_urls: Mapping[str, str] = MappingProxyType({})
    around: bool = True
    kiosk: bool = False
    what_if: Answers = MappingProxyType({})
    library: Library = EMPTY
    searched: str = ""
    exact: Household | None = None
    exact_now: Household | None = None
    letter: bool = False
    paper: Paper | None = None
    files: bool = True
    public_url: str = ""

    @property
    def municipality(self) -> Municipality | None:
        """The municipality that is fixed or was chosen; ``None`` while it isn't known."""
        return self.municipalities.get(municipality_code(self.answers, self.setting) or "")

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages in the order in which they are offered: whose service it is says which come first."""
        own = self.municipality if self.setting.fixed else None
        return own.locales if own else LOCALES

    def url_of(self, page: str, locale: str = "") -> str:
        """The address of a page that has one of its own; in another language where one is given."""
        start = self.live_url.removesuffix(f"{self.texts.lang}/")
        return f"{start}{locale or self.texts.lang}/{page}/"


def frame(request: Request, page: str, title: str) -> Context:
    """The fields that ``base.html`` needs for every page."""
    texts = request.texts
    return {
        "t": texts,
        "page": page,
        "serial": request.serial,
        "title": title,
        "state": request.state,
        "live": request.live,
        "live_url": request.live_url,
        "kiosk": request.kiosk,
        "files": request.files,
        "announce": "",
        "idle": {"after": IDLE_AFTER, "countdown": COUNTDOWN, "said": SAID, "home": request.home_urls[LOCALES[0]]},
        "lang": texts.lang,
        "dir": texts.dir,
        "action": request.action,
        "hidden": [field._asdict() for field in request.hidden],
        "around": _around(request) if request.around else None,
    }


def headed(request: Request, page: str, heading: str) -> Context:
    """The same for a page that is called by its heading."""
    title = request.texts("title.page", heading=heading, app=request.texts("product"))
    return {**frame(request, page, title), "heading": heading}


def _around(request: Request) -> Context:
    return {
        "home_url": request.home_urls[request.texts.lang],
        "languages": [_language(code, request) for code in request.locales if code in request.home_urls],
    }


def _language(code: str, request: Request) -> Context:
    other = Texts(code)
    current = code == request.texts.lang
    return {
        "code": code,
        "name": other.own_name,
        "dir": other.dir,
        "url": (request.page_urls or request.home_urls)[code],
        "current": current,
    }
