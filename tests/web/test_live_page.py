"""What is delivered before any script runs, and what is taken from a browser."""

import re
from datetime import date, datetime
from html import unescape
from sys import getsizeof

import pytest
from engineio.packet import MESSAGE, Packet
from starlette.requests import Request
from starlette.types import Message

from estimator.files import LOCALES, project_folder
from estimator.municipal_files import MunicipalFiles
from estimator.municipalities import read_municipalities
from estimator.pages.show import show, show_live
from estimator.pages.site import Site
from estimator.pages.visit import LONGEST_VALUE, MOST_FIELDS, MOST_VALUES, RESULT, Visit, begun, fields_of
from estimator.rules import law
from estimator.texts import Texts
from estimator.ui import resident
from estimator.ui.many import Sent, forget_request, in_single_bytes

NOW = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 - what a clock on the wall shows
MUNICIPALITIES = MunicipalFiles(read_municipalities(project_folder("content") / "municipalities"))
SITE = Site(law(), MUNICIPALITIES, None, NOW.date(), date.today)


def test_the_first_page_stands_in_the_body_and_leads_on_without_a_script() -> None:
    texts = Texts("nl")
    first = show(SITE, texts, begun(SITE.setting), "1", NOW, "/wmo")

    body = show_live(texts, first, "/wmo")
    assert body.strip().endswith(f'<div id="prerender">{first}</div>')
    assert re.search(r'<noscript><a [^>]*href="/wmo/nl/plain/"', body)
    assert re.search(r'<form class="question" method="post" action="/wmo/nl/plain/"', first)


def test_of_a_form_no_more_is_taken_than_a_form_of_ours_has() -> None:
    sent = {f"field{number}": ["x" * 1000] * 100 for number in range(100)}
    taken = fields_of(sent)

    assert (len(taken), len(taken["field0"]), len(taken["field0"][0])) == (MOST_FIELDS, MOST_VALUES, LONGEST_VALUE)


def test_what_no_form_sends_is_left_out() -> None:
    assert fields_of({"age": ["pension", 3, None], "go": "next"}) == {"age": ("pension",)}
    assert fields_of(None) == fields_of(["age"]) == {}


def test_a_page_with_a_rare_sign_takes_no_more_room_than_one_without_and_reads_the_same() -> None:
    page = "<p>€ 21,80 é</p>" + "x" * 1000

    assert getsizeof(in_single_bytes(page)) < getsizeof(page) * 0.6
    assert unescape(in_single_bytes(page)) == page


def test_a_page_of_rare_signs_stays_as_it_is() -> None:
    assert in_single_bytes("مساهمة") == "مساهمة"


def test_a_packet_that_was_sent_is_gone() -> None:
    packet = Sent(Packet(MESSAGE, "a page"))

    assert packet.encode() == "4a page"
    assert packet.packet is None


async def nothing() -> Message:
    raise AssertionError("nobody asks for the request any more")


def test_of_a_delivered_request_only_what_is_looked_at_later_is_kept() -> None:
    scope = {"type": "http", "path": "/nl/", "query_string": b"kiosk", "headers": [(b"host", b"here")], "app": object()}
    request = Request(scope, nothing)
    forget_request(request)

    assert (request.url.path, request.headers["host"], "kiosk" in request.query_params) == ("/nl/", "here", True)
    assert "app" not in request.scope
    assert request.receive is not nothing


def test_a_rehearsal_goes_to_the_result_in_every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []

    def showing(site: Site, texts: Texts, visit: Visit, *rest: object, **options: bool) -> str:
        shown.append((texts.lang, visit.page))
        return show(site, texts, visit, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(resident, "show", showing)
    resident.rehearse(SITE, lambda: NOW)

    assert [language for language, page in shown if page == RESULT] == list(LOCALES)
    assert ("ar", "provisions") in shown


def test_header_and_footer_are_sent_once() -> None:
    page = show(SITE, Texts("nl"), begun(SITE.setting), "2", NOW, around=False)

    assert '<header role="banner"></header>' in page
    assert '<footer role="contentinfo"></footer>' in page
