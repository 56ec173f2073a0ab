"""Articles inside other pages: links to them, and their text with links that keep the answers."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from estimator.library.documents import Document, Link, Rendered, Target, render
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
    there = frozenset(request.library.of(document.locale, code_of(request)))
    return _rendered(document, there, setting.rules, setting.on, request.municipality, carried, live_url)


@lru_cache(maxsize=2048)
def _rendered(
    document: Document, there: frozenset[str], rules: Law, on: date, municipality: Municipality | None, carried: str,
    live_url: str,
) -> Rendered:  # fmt: skip
    facts = Facts(Texts(document.locale), rules, on, municipality)
    answer, rest = render(document, facts, _link(there, facts.texts, carried, live_url))
    return Rendered(Markup(answer), Markup(rest))  # Markdown has escaped what isn't its own


def _link(there: Container[str], texts: Texts, carried: str, live_url: str) -> Link:
    """Links of a page; one to an article that isn't ``there`` in its language says that it is in Dutch."""

    def link(name: str) -> Target:
        page = f"{ANSWERS}/{name}"
        after = "" if name in there else " " + texts("article.in_dutch")
        if carried == "kiosk":
            return Target("button", {"type": "button", "class": "link", "data-goto": page}, after)
        if carried == "button":
            return Target("button", {"class": "link", "form": "elsewhere", "name": "go", "value": page}, after)
        goto = {"data-goto": page} if carried == "goto" else {}
        return Target("a", {"href": f"{live_url}{page}/", **goto}, after)

    return link
