"""The page of a visit, filled: what the live and the plain pages carry."""

from __future__ import annotations

from datetime import datetime

from estimator.interview import KINDS_OF_QUESTION
from estimator.pages.message import MessageKind, message_page
from estimator.pages.overview import overview_page
from estimator.pages.question import question_page
from estimator.pages.render import render
from estimator.pages.request import Context, Request
from estimator.pages.result import result_page
from estimator.pages.site import Site
from estimator.pages.visit import OVERVIEW, Visit, saved
from estimator.texts import LOCALES, Texts


def show(site: Site, texts: Texts, visit: Visit, serial: str, now: datetime, base: str = "") -> str:
    """The fragment of the page that a visit is on. ``base`` goes before every address of ours."""
    request = _request(site, texts, visit, serial, now, base)
    for name in KINDS_OF_QUESTION:
        if name == visit.page:
            return render("question.html", question_page(request, name, visit.typed, visit.problem))
    if visit.page == OVERVIEW:
        return render("overview.html", overview_page(request))
    return render("result.html", result_page(request))


def show_message(site: Site, texts: Texts, kind: MessageKind, now: datetime, base: str = "") -> tuple[Context, str]:
    """The context and the fragment of a page that only says something."""
    context = message_page(_request(site, texts, Visit(""), "message", now, base), kind)
    return context, render("message.html", context)


def _request(site: Site, texts: Texts, visit: Visit, serial: str, now: datetime, base: str) -> Request:
    setting = site.setting
    return Request(
        texts=texts,
        setting=setting,
        answers=visit.answers,
        serial=serial,
        now=now,
        home_urls={locale: f"{base}/{locale}/" for locale in LOCALES},
        municipalities=site.municipalities,
        state=saved(visit, setting),
        action=f"{base}/{texts.lang}/",
    )
