"""The page of a visit, filled: what the live and the plain pages carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from markupsafe import Markup

from estimator.files import LOCALES
from estimator.interview import KINDS_OF_QUESTION
from estimator.pages.answers import answers_page, article_page, topic_page
from estimator.pages.articles import ANSWERS
from estimator.pages.coverage import coverage_page
from estimator.pages.doors import doors_page
from estimator.pages.message import MessageKind, message_page
from estimator.pages.overview import overview_page
from estimator.pages.paper import paper_page
from estimator.pages.question import question_page
from estimator.pages.render import render
from estimator.pages.request import Context, Field, Request
from estimator.pages.result import result_page
from estimator.pages.site import Shown, Site
from estimator.pages.toolkit import piece_page, toolkit_page
from estimator.pages.visit import (
    COVERAGE,
    DOORS,
    OVERVIEW,
    PAPER,
    RESULT,
    TOOLKIT,
    Visit,
    is_aside,
    saved,
)
from estimator.texts import Texts

# Every page that isn't a question, with the function that fills its template of the same name.
PAGES: dict[str, Callable[[Request], Context]] = {
    DOORS: doors_page,
    OVERVIEW: overview_page,
    RESULT: result_page,
    PAPER: paper_page,
    COVERAGE: coverage_page,
    ANSWERS: answers_page,
    TOOLKIT: toolkit_page,
}
# Pages below another one: by that one, in the order in which their function is asked for a page of this name.
BELOW: dict[str, Mapping[str, Callable[[Request, str], Context | None]]] = {
    ANSWERS: {"topic.html": topic_page, "article.html": article_page},
    TOOLKIT: {"piece.html": piece_page},
}
EXAMPLES = ("answers/capital", "answers/telt-mijn-spaargeld-mee", "toolkit/letter")  # of those
EVERY_PAGE: tuple[str, ...] = (*KINDS_OF_QUESTION, *PAGES, *EXAMPLES)


def show(
    site: Site, texts: Texts, visit: Visit, serial: str, now: datetime, base: str = "", *, around: bool = True
) -> str:
    """The fragment of the live page that a visit is on. ``base`` goes before every address of ours.

    Without what stands ``around`` every page the script keeps the header and the footer that are there.
    """
    template, context = _page(visit, request_of(site, texts, visit, serial, now, base)._replace(around=around))
    shown = render(template, context)
    site.seen(_seen(texts, context, live=True))
    return shown


def show_plain(site: Site, texts: Texts, visit: Visit, now: datetime, base: str = "") -> tuple[Context, str]:
    """The context and the fragment of the same page without a script, which carries the answers along."""
    request = _plain(request_of(site, texts, visit, "plain", now, base))
    if not request.state:
        request = request._replace(page_urls=page_urls(visit.page, base))
    template, context = _page(visit, request)
    fragment = render(template, context)
    site.seen(_seen(texts, context, live=False))
    return context, fragment


def text_context(site: Site, texts: Texts, page: str, now: datetime, base: str = "") -> Context | None:
    """What a page below another is filled with, as of a live page; ``None`` where there is none of this name."""
    found = _below(request_of(site, texts, Visit(page), "text", now, base), page)
    return found[1] if found and "text" in found[1] else None


def show_message(
    site: Site, texts: Texts, kind: MessageKind, now: datetime, base: str = "", serial: str = "message",
    kiosk: bool = False,
) -> tuple[Context, str]:  # fmt: skip
    """The context and the fragment of a live page that only says something."""
    context = message_page(request_of(site, texts, Visit("", kiosk=kiosk), serial, now, base), kind)
    return context, render("message.html", context)


def show_plain_message(
    site: Site, texts: Texts, kind: MessageKind, now: datetime, base: str = "", visit: Visit | None = None
) -> tuple[Context, str]:
    """The same without a script: with the answers of a visit on plain pages, on the way to the live ones otherwise."""
    request = request_of(site, texts, visit or Visit(""), "plain", now, base)
    request = _plain(request) if visit else request._replace(live=False)
    context = message_page(request, kind)
    return context, render("message.html", context)


def show_live(texts: Texts, first: str, base: str = "") -> str:
    """The body of a live page around its first page, which is there before the stage, and stays without a script."""
    plain_url = plain_urls(base)[texts.lang]
    return render("live_body.html", {"t": texts, "plain_url": plain_url, "first": Markup(first)})  # escaped already


def plain_urls(base: str) -> dict[str, str]:
    """The start of the plain pages in every language."""
    return {locale: f"{base}/{locale}/plain/" for locale in LOCALES}


def page_urls(page: str, base: str) -> dict[str, str]:
    """The address of a plain page in every language; that of the first one for a page of the interview."""
    return {locale: f"{base}/{locale}/{page}/" for locale in LOCALES} if is_aside(page) else plain_urls(base)


def _page(visit: Visit, request: Request) -> tuple[str, Context]:
    """The template of the page that a visit is on, with its context."""
    for name in KINDS_OF_QUESTION:
        if name == visit.page:
            return "question.html", question_page(request, name, visit.typed, visit.problem)
    above, _, below = visit.page.partition("/")
    # What isn't there any more leads to what there is.
    return (_below(request, visit.page) if below else None) or (f"{above}.html", PAGES[above](request))


def _seen(texts: Texts, context: Context, *, live: bool) -> Shown:
    return Shown(context["page"].partition("/")[0], texts.lang, context.get("outcome", ""), live)


def _below(request: Request, page: str) -> tuple[str, Context] | None:
    """The template of a page below another, with its context; ``None`` where there is none of this name."""
    above, _, name = page.partition("/")
    filled = ((template, fill(request, name)) for template, fill in BELOW[above].items())
    return next(((template, context) for template, context in filled if context), None)


def request_of(site: Site, texts: Texts, visit: Visit, serial: str, now: datetime, base: str = "") -> Request:
    """What the page of a visit is filled from."""
    setting = site.setting_of(visit.kiosk)
    query = "?kiosk" if visit.kiosk and not site.kiosk else ""
    return Request(
        texts=texts,
        setting=setting,
        answers=visit.answers,
        serial=serial,
        now=now,
        home_urls={locale: f"{base}/{locale}/{site.place}{query}" for locale in LOCALES},
        municipalities=site.municipalities,
        state=saved(visit, setting),
        action=plain_urls(base)[texts.lang],  # of a form that no script sends
        live_url=f"{base}/{texts.lang}/",
        kiosk=visit.kiosk,
        what_if=visit.what_if,
        library=site.library,
        searched=visit.searched,
        paper=visit.paper,
        files=not (visit.kiosk or site.kiosk),
        public_url=site.public_url,
    )


def _plain(request: Request) -> Request:
    """The same page without a script: links stay on plain pages, and forms carry the answers."""
    if not request.answers:
        request = request._replace(state="")  # nothing to carry: its address says which page it is
    return request._replace(
        live=False,
        home_urls={locale: f"{url}plain/" for locale, url in request.home_urls.items()},
        hidden=(Field("state", request.state),) if request.state else (),
    )
