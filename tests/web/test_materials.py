"""What there is to hand out, for staff: each file that the page offers is there, and no other; the public has none."""

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

import httpx
import pytest

from estimator.files import LOCALES, project_folder
from estimator.library.documents import Shelf
from estimator.pages import visit as visits
from estimator.pages.show import show
from estimator.rules import law
from estimator.texts import Texts
from estimator.web.headers import STAFF_POLICY
from estimator.web.materials import LINK, MaterialPages
from tests.printing.reading import check_accessible, language_of, title_of, words_of
from tests.web.reader import NL, NOW, SITE, Client, client_of
from tests.web.staff import StaffClient, access_for_tests, app_of, logged_in

FILE = re.compile(r'<a href="([^"]+)" download hreflang="(\w+)" aria-label="([^"]+)">([^<]+)</a>')


def site_of(fixed: str | None = None):
    shelf = Shelf(project_folder("content"), law(), NOW.date)
    return replace(SITE, shelf=shelf, fixed=fixed)


def staff_of(fixed: str | None = None, roles=("desk",)) -> StaffClient:
    access = access_for_tests([LINK])
    return logged_in(access, app_of(access, *MaterialPages(site_of(fixed), access, lambda: NOW).routes()), roles)


STAFF = staff_of()
PUBLIC: Client = client_of(site_of())


def offered(page: httpx.Response) -> Mapping[str, tuple[str, str, str]]:
    """Each file that a page offers by its address: language, label and text."""
    found = [(unescape(url), language, unescape(label), text) for url, language, label, text in FILE.findall(page.text)]
    assert len({url for url, *_ in found}) == len(found)
    return {url: tuple(more) for url, *more in found}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_file_that_is_offered_is_there(locale: str) -> None:
    files = offered(STAFF.go("/materiaal"))
    sheets = [url for url in files if url.endswith(".pdf")]
    own = [url for url, (language, *_) in files.items() if language == locale]

    assert len(sheets) == 5 * 6 * 2 + 6 + 2 * 2 + 6  # folded, large print, for staff, the form
    assert len(files) - len(sheets) == 6 * 6 + 2 * 2
    for url in own:
        answer = STAFF.go(url)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        if url.endswith(".pdf"):
            assert language_of(answer.content) == locale
        else:
            assert f'<html dir="{Texts(locale).dir}" lang="{locale}">' in answer.text


def test_a_link_is_called_by_what_it_shows_and_leads_to() -> None:
    files = offered(STAFF.go("/materiaal"))

    assert len({label for _, label, _ in files.values()}) == len(files)
    for language, label, text in files.values():
        assert label.startswith(text)
        assert Texts(language).own_name in label
    assert any(NL("form.title") in label for _, label, _ in files.values())


def test_a_file_comes_with_a_name_under_a_strict_policy() -> None:
    answer = STAFF.go("/materiaal/pl/leaflet-change/a5.pdf")

    assert answer.headers["content-disposition"] == 'attachment; filename="leaflet-change-pl-a5.pdf"'
    assert answer.headers["content-security-policy"] == STAFF_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    check_accessible(answer.content)


def test_a_text_to_change_comes_in_its_language() -> None:
    answer = STAFF.go("/materiaal/ar/letter/tekst.html")

    assert answer.headers["content-disposition"] == 'attachment; filename="letter-ar.html"'
    assert '<html dir="rtl" lang="ar">' in answer.text


def test_the_blank_form_is_beside_the_pieces() -> None:
    answer = STAFF.go("/materiaal/en/blank-form/a4.pdf")

    assert answer.headers["content-disposition"] == 'attachment; filename="blank-form-en-a4.pdf"'
    assert title_of(answer.content) == Texts("en")("form.title")


@pytest.mark.parametrize(
    "path",
    [
        "nl/talking-points/a5.pdf",  # too long to fold
        "nl/letter-large-print/a5.pdf",
        "nl/blank-form/a5.pdf",
        "nl/blank-form/tekst.html",
        "nl/letter/a3.pdf",
        "nl/nothing/a4.pdf",
        "tr/talking-points/a4.pdf",  # not translated
        "tr/talking-points/tekst.html",
        "xx/letter/a4.pdf",
        "nl/letter/a4.pdf?gemeente=GM9999",
    ],
)
def test_what_is_not_offered_is_not_found_in_words(path: str) -> None:
    answer = STAFF.go(f"/materiaal/{path}")

    assert answer.status_code == 404
    assert NL("message.not_found.heading") in unescape(answer.text)


def test_a_file_has_the_details_of_the_municipality_that_the_service_is_for() -> None:
    own = staff_of("GM0000")
    page = own.go("/materiaal")

    assert "<select" not in page.text
    assert "Voorbeeldgemeente" in page.text
    for query in ("", "?gemeente=GM0363"):
        assert "0800 0000" in words_of(own.go(f"/materiaal/nl/letter/a4.pdf{query}").content)


def test_a_municipality_that_is_chosen_is_on_every_file() -> None:
    page = STAFF.go("/materiaal?gemeente=GM0000")

    assert '<option value="GM0000" selected>' in page.text
    assert {urlsplit(url).query for url in offered(page)} == {"gemeente=GM0000"}
    assert "0800 0000" in words_of(STAFF.go("/materiaal/nl/letter/a4.pdf?gemeente=GM0000").content)
    assert "0800 0000" in STAFF.go("/materiaal/nl/letter/tekst.html?gemeente=GM0000").text
    assert "0800 0000" not in words_of(STAFF.go("/materiaal/nl/letter/a4.pdf").content)


@pytest.mark.parametrize("role", ["desk", "policy"])
def test_both_roles_have_the_files_and_nobody_else(role: str) -> None:
    page, file = "/materiaal", "/materiaal/nl/letter/a4.pdf"
    staff = staff_of(roles=(role,))
    nobody = StaffClient(staff.app)

    assert {staff.go(path).status_code for path in (page, file)} == {200}
    assert {nobody.go(path).status_code for path in (page, file)} == {303}
    assert {nobody.fetch(path).status_code for path in (page, file)} == {401}


def test_the_public_reads_the_pieces_and_has_no_files() -> None:
    for path in ("/nl/toolkit/", "/nl/toolkit/letter/", "/ar/toolkit/leaflet-change/"):
        answer = PUBLIC.get(path)
        assert answer.status_code == 200
        assert "download" not in re.sub(r"<svg.*?</svg>", "", answer.text)
    for file in ("download", "a4", "a5"):
        assert PUBLIC.get(f"/nl/toolkit/letter/{file}/").status_code == 404
    assert PUBLIC.get("/nl/toolkit/blank-form/a4/").status_code == 404


def test_a_kiosk_has_no_files() -> None:
    for page in ("toolkit", "toolkit/letter"):
        shown = show(site_of(), Texts("nl"), visits.Visit(page, kiosk=True), "1", NOW)
        assert f'data-page="{page}"' in shown
        assert "download" not in re.sub(r"<svg.*?</svg>", "", shown)
