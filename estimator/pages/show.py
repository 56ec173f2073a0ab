"""The page of a visit, filled: what the live and the plain pages carry."""

from __future__ import annotations

from datetime import datetime

from estimator.interview import KINDS_OF_QUESTION
from estimator.pages.overview import overview_page
from estimator.pages.question import question_page
from estimator.pages.render import render
from estimator.pages.request import Request
from estimator.pages.result import result_page
from estimator.pages.site import Site
from estimator.pages.visit import OVERVIEW, Visit, saved
from estimator.texts import LOCALES, Texts


def show(site: Site, texts: Texts, visit: Visit, serial: str, now: datetime, base: str = "") -> str:
    """The fragment of the page that a visit is on. ``base`` goes before every address of ours."""
    setting = site.setting
    request = Request(
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
    for name in KINDS_OF_QUESTION:
        if name == visit.page:
            return render("question.html", question_page(request, name, visit.typed, visit.problem))
    if visit.page == OVERVIEW:
        return render("overview.html", overview_page(request))
    return render("result.html", result_page(request))
