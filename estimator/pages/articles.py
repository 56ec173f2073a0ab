"""Articles inside other pages: links to them, and their text with links that keep the answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from estimator.library.documents import Document, Link, Rendered, render
from estimator.library.placeholders import Facts
from estimator.municipalities import Municipality
from estimator.pages.request import Context, Request
from estimator.rules.law import Law
from estimator.texts import Texts

ANSWERS = "answers"  # the page of all articles; that of one is below it


def code_of(request: Request) -> str:
    """The municipality whose own articles count; "" for none."""
    return request.municipality.code if request.municipality else ""


def links(articles: Iterable[Document], request: Request) -> list[Context]:
    """Where articles are to be found."""
    return [
        {"title": article.matter.title, "page": page, "url": request.url_of(page)}
        for article in articles
        for page in (f"{ANSWERS}/{article.name}",)
    ]


def explaining(keys: Sequence[str], request: Request) -> list[Document]:
    """The articles that matter to questions, grounds, steps and caveats; that of the first key first."""
    return request.library.shown_for(keys, request.texts.lang, code_of(request))


def rendered(document: Document, request: Request) -> Rendered:
    """A text as HTML, with links that keep the answers in whatever way the page does."""
    carried = "kiosk" if request.kiosk else "goto" if request.live else "button" if request.state else "link"
    setting, live_url = request.setting, request.live_url
    return _rendered(document, setting.rules, setting.on, request.municipality, carried, live_url)


@lru_cache(maxsize=2048)
def _rendered(
    document: Document, rules: Law, on: date, municipality: Municipality | None, carried: str, live_url: str
) -> Rendered:
    facts = Facts(Texts(document.locale), rules, on, municipality)
    answer, rest = render(document, facts, _link(carried, live_url))
    return Rendered(Markup(answer), Markup(rest))  # Markdown has escaped what isn't its own


def _link(carried: str, live_url: str) -> Link:
    def link(name: str) -> tuple[str, dict[str, str]]:
        page = f"{ANSWERS}/{name}"
        if carried == "kiosk":
            return "button", {"type": "button", "class": "link", "data-goto": page}
        if carried == "button":
            return "button", {"class": "link", "form": "elsewhere", "name": "go", "value": page}
        return "a", {"href": f"{live_url}{page}/"} | ({"data-goto": page} if carried == "goto" else {})

    return link
