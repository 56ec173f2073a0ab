"""The toolkit on paper by its addresses: each sheet that a page offers is there, and no other."""

import re
from dataclasses import replace
from html import unescape

import pytest

from estimator.files import LOCALES, project_folder
from estimator.library.documents import Shelf
from estimator.pages import visit as visits
from estimator.pages.show import show
from estimator.rules import law
from estimator.texts import Texts
from estimator.web.plain import POLICY
from tests.printing.reading import check_accessible, language_of, title_of, words_of
from tests.web.reader import NOW, SITE, Client, client_of

SHEET = re.compile(r'<a href="([^"]+/(a4|a5)/)" download hreflang="(\w+)" aria-label="([^"]+)">([^<]+)</a>')


def site_of(fixed: str | None = None):
    shelf = Shelf(project_folder("content"), law(), NOW.date)
    return replace(SITE, shelf=shelf, fixed=fixed)


CLIENT = client_of(site_of())


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sheet_that_the_toolkit_offers_is_there(locale: str) -> None:
    page = CLIENT.get(f"/{locale}/toolkit/").text
    offered = SHEET.findall(page)

    assert len(offered) == len(set(offered)) == 5 * 6 * 2 + 6 + 2 * 2 + 6  # folded, large print, for staff, the form
    own = [(url, language) for url, _, language, _, _ in offered if language == locale]
    assert len(own) == 5 * 2 + 1 + (2 if locale in ("nl", "en") else 0) + 1
    for url, language in own:
        answer = CLIENT.get(url)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert language_of(answer.content) == language


@pytest.mark.parametrize("locale", LOCALES)
def test_a_link_is_called_by_what_it_shows_and_leads_to(locale: str) -> None:
    texts = Texts(locale)
    offered = SHEET.findall(CLIENT.get(f"/{locale}/toolkit/").text)

    labels = [unescape(label) for _, _, _, label, _ in offered]
    assert len(set(labels)) == len(labels)
    for _, size, language, label, text in offered:
        assert size.upper() in text
        assert unescape(label).startswith(unescape(text))
        assert Texts(language).own_name in label
    assert any(texts("form.title") in label for label in labels)


def test_a_sheet_comes_as_a_file_with_a_name_under_a_strict_policy() -> None:
    answer = CLIENT.get("/pl/toolkit/leaflet-change/a5/")

    assert answer.headers["content-disposition"] == 'attachment; filename="leaflet-change-pl-a5.pdf"'
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    check_accessible(answer.content)


def test_the_blank_form_is_beside_the_pieces() -> None:
    answer = CLIENT.get("/en/toolkit/blank-form/a4/")

    assert answer.headers["content-disposition"] == 'attachment; filename="blank-form-en-a4.pdf"'
    assert title_of(answer.content) == Texts("en")("form.title")


@pytest.mark.parametrize(
    "path",
    [
        "nl/toolkit/talking-points/a5/",  # too long to fold
        "nl/toolkit/letter-large-print/a5/",
        "nl/toolkit/blank-form/a5/",
        "nl/toolkit/letter/a3/",
        "nl/toolkit/nothing/a4/",
        "tr/toolkit/talking-points/a4/",  # not translated
        "nl/toolkit/blank-form/",
    ],
)
def test_what_is_not_offered_is_not_found_in_words(path: str) -> None:
    answer = CLIENT.get(f"/{path}")

    assert answer.status_code == 404
    assert Texts(path[:2])("message.not_found.heading") in unescape(answer.text)


def test_a_sheet_can_only_be_asked_for() -> None:
    assert CLIENT.request("POST", "/nl/toolkit/letter/a4/", data={}).status_code == 405


def test_a_sheet_has_the_details_of_the_municipality_that_the_service_is_for() -> None:
    own: Client = client_of(site_of("GM0000"))

    assert "0800 0000" in words_of(own.get("/nl/toolkit/letter/a4/").content)
    assert "0800 0000" not in words_of(CLIENT.get("/nl/toolkit/letter/a4/").content)


def test_a_piece_leads_to_its_sheets_and_a_kiosk_to_none() -> None:
    assert [size for _, size, *_ in SHEET.findall(CLIENT.get("/nl/toolkit/letter/").text)] == ["a4", "a5"]
    for page in ("toolkit", "toolkit/letter"):
        visit = visits.Visit(page, kiosk=True)
        shown = show(site_of(), Texts("nl"), visit, "1", NOW)
        assert f'data-page="{page}"' in shown
        assert SHEET.findall(shown) == []
        assert "download" not in re.sub(r"<svg.*?</svg>", "", shown)
