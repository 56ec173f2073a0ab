"""The page of a visit, filled: what the live and the plain pages carry."""

from __future__ import annotations

import re
from datetime import datetime

from markupsafe import Markup

from estimator.interview import KINDS_OF_QUESTION
from estimator.pages.message import MessageKind, message_page
from estimator.pages.overview import overview_page
from estimator.pages.question import question_page
from estimator.pages.render import render
from estimator.pages.request import Context, Link, Request, frame
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


def show_message(
    site: Site, texts: Texts, kind: MessageKind, now: datetime, base: str = "", serial: str = "message"
) -> tuple[Context, str]:
    """The context and the fragment of a page that only says something."""
    context = message_page(_request(site, texts, Visit(""), serial, now, base), kind)
    return context, render("message.html", context)


def show_live(site: Site, texts: Texts, first: str, now: datetime, base: str = "") -> str:
    """The body of a live page around its first page: what is there before the stage, and without a script."""
    request = _request(site, texts, Visit(""), "noscript", now, base)
    phone = _phone(site)
    noscript = {
        **frame(request, "message", texts("product")),
        "heading": texts("product"),
        "text": texts.paragraphs("noscript"),
        "links_out": [phone._asdict()] if phone else [],
    }
    rendered = Markup(render("message.html", noscript))  # rendered here: escaped already, as is the first page
    return render("live_body.html", {"noscript": rendered, "first": Markup(first)})


def _phone(site: Site) -> Link | None:
    """How to call the one municipality, where it is fixed."""
    municipality = site.municipality({})
    if municipality is None or not municipality.contact.phone:
        return None
    phone = municipality.contact.phone
    return Link(f"{municipality.name}: {phone}", f"tel:{re.sub('[^0-9+]', '', phone)}")


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
