"""Articles inside other pages: links to them, and their text with links that keep the answers."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from markupsafe import Markup, escape

from estimator.library.documents import Document, Link, Rendered, Target, render
from estimator.library.placeholders import Facts
from estimator.pages.request import Context, Request
from estimator.texts import Texts

START = "\ue000"  # stands for the beginning of an address while a text is remembered
ANSWERS = "answers"  # the page of all articles; that of one is below it


def code_of(request: Request) -> str:
    """The municipality whose own articles count; "" for none."""
    return request.municipality.code if request.municipality else ""


def links(articles: Iterable[Document], request: Request) -> list[Context]:
    """Where articles are to be found."""
    return [
        {
            "title": article.matter.title,
            "page": page,
            "url": request.url_of(page),
            "lang": article.locale,
            "dir": Texts(article.locale).dir,
            "owner": owner_of(article, request),
        }
        for article in articles
        for page in (f"{ANSWERS}/{article.name}",)
    ]


def owner_of(article: Document, request: Request) -> str:
    """Whose text it is, where it isn't ours."""
    own = request.municipalities.get(article.owner)
    return request.texts("article.owner", name=own.name) if own else ""


def notices_of(article: Document, request: Request) -> list[str]:
    """What must be said before a text: that it isn't in this language, that it was overtaken, whose it is."""
    texts, setting = request.texts, request.setting
    untranslated = texts("article.untranslated") if article.locale != texts.lang else ""
    overtaken = Facts(texts, setting.rules, setting.on).remarks(article.body, article.matter.sources)
    return [notice for notice in (untranslated, *overtaken, owner_of(article, request)) if notice]


def explaining(keys: Sequence[str], request: Request) -> list[Document]:
    """The articles that matter to questions, grounds, steps and caveats; that of the first key first."""
    return request.library.shown_for(keys, request.texts.lang, code_of(request))


def rendered(document: Document, request: Request) -> Rendered:
    """A text as HTML, with links that keep the answers in whatever way the page does."""
    carried = "kiosk" if request.kiosk else "goto" if request.live else "button" if request.state else "link"
    setting, code, library = request.setting, code_of(request), request.library
    key = ("rendered", document, setting.rules, setting.on, request.municipality, carried)

    def make() -> Rendered:
        facts = Facts(Texts(document.locale), setting.rules, setting.on, request.municipality)
        return render(document, facts, _link(library.of(document.locale, code), facts.texts, carried))

    # Markdown has escaped what isn't its own. An address begins as the request came: that isn't remembered.
    start = escape(request.live_url)
    return Rendered(*(Markup(part).replace(START, start) for part in library.remember(key, make)))


def _link(there: Container[str], texts: Texts, carried: str) -> Link:
    """Links of a page; one to an article that isn't ``there`` in its language says that it is in Dutch."""

    def link(name: str) -> Target:
        page = f"{ANSWERS}/{name}"
        after = "" if name in there else " " + texts("article.in_dutch")
        if carried == "kiosk":
            return Target("button", {"type": "button", "class": "link", "data-goto": page}, after)
        if carried == "button":
            return Target("button", {"class": "link", "form": "elsewhere", "name": "go", "value": page}, after)
        goto = {"data-goto": page} if carried == "goto" else {}
        return Target("a", {"href": f"{START}{page}/", **goto}, after)

    return link
