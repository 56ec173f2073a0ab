"""The outcome on paper, for somebody without a script: the page to choose on, and the PDF."""

import json
from dataclasses import replace
from urllib.parse import unquote

import pytest

from estimator.files import LOCALES, project_folder
from estimator.library.documents import Shelf
from estimator.municipalities import HOUSE_ACCENT
from estimator.pages.paper import SHOWN_ID
from estimator.pages.show import show
from estimator.pages.visit import RESULT, Visit
from estimator.printing import press
from estimator.rules import law
from estimator.texts import Texts
from estimator.web.plain import PDF
from tests.printing.reading import check_accessible, language_of, plain, spoken, words_of
from tests.web.reader import NL, NOW, SINGLE, SITE, Client, Reader, client_of

PUBLIC_URL = "https://bijdrage.example/wmo"


@pytest.fixture
def at_result(client: Client) -> Reader:
    reader = Reader(client)
    reader.result(SINGLE)
    return reader


def test_the_result_is_saved_as_pdf_and_says_what_the_page_says(at_result: Reader) -> None:
    verdict = at_result.heading
    at_result.press(PDF)

    headers, made = at_result.answer.headers, at_result.answer.content
    assert (at_result.answer.status_code, headers["content-type"]) == (200, "application/pdf")
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''bijdragewijzer-2026-11-22-nl.pdf"
    assert headers["cache-control"] == "no-store"
    check_accessible(made)
    assert plain(verdict) in words_of(made)


def test_another_language_a_second_one_and_large_letters_are_chosen(at_result: Reader) -> None:
    at_result.press("paper")
    assert at_result.on_page == "paper"
    at_result.press("show_paper", language="ar", second="nl", letters="normal")

    assert 'dir="rtl"' in at_result.html
    assert Texts("ar")("ui.how") in at_result.form.text
    assert NL("ui.how") in at_result.form.text
    assert '<option value="ar" lang="ar" selected>' in at_result.html
    assert at_result.form.action.endswith(f"#{SHOWN_ID}")
    assert f'id="{SHOWN_ID}" tabindex="-1"' in at_result.html


def test_what_is_saved_is_what_is_chosen_without_having_looked_at_it(at_result: Reader) -> None:
    at_result.press("paper")
    at_result.press(PDF, language="ar", second="nl", letters="normal")

    assert language_of(at_result.answer.content) == "ar"
    assert at_result.answer.headers["content-disposition"].endswith("''bijdragewijzer-2026-11-22-ar-nl.pdf")
    assert plain(NL("ui.how")) in words_of(at_result.answer.content)


@pytest.mark.parametrize("locale", LOCALES)
def test_large_print_has_a_name_of_its_own(at_result: Reader, locale: str) -> None:
    at_result.press("paper")
    at_result.press(PDF, language=locale, second="none", letters="large")

    name = unquote(at_result.answer.headers["content-disposition"].split("''")[1])
    assert name == f"bijdragewijzer-2026-11-22-{locale}-{NL('paper.file.large')}.pdf"


def test_the_same_language_twice_is_one(at_result: Reader) -> None:
    at_result.press("paper")
    at_result.press("show_paper", language="en", second="en", letters="large")

    assert at_result.html.count('<div class="sheet large" lang="en"') == 1


def test_from_the_page_one_goes_back_to_the_result(at_result: Reader) -> None:
    at_result.press("paper")
    at_result.press("back")

    assert at_result.on_page == "result"


def test_the_choice_outlives_another_language_of_the_page(at_result: Reader) -> None:
    at_result.press("paper")
    at_result.press("show_paper", language="pl", second="none", letters="large")
    at_result.press_elsewhere("stay", action="/en/plain/")

    assert at_result.on_page == "paper"
    assert '<div class="sheet large" lang="pl"' in at_result.html


def test_what_is_printed_by_the_browser_is_the_same_sheet(at_result: Reader) -> None:
    sheet = at_result.html.split('<div class="sheets paper-only">')[1]

    for key in ("ui.todo", "ui.answers", "ui.how", "ui.different", "ui.estimate"):
        assert NL(key) in sheet
    assert at_result.html.index('<article class="result screen-only">') < at_result.html.index(
        'class="sheets paper-only"'
    )


@pytest.mark.parametrize(
    ("sent", "page"),
    [
        ({}, "municipality"),
        ({"state": "{"}, "municipality"),
        ({"state": json.dumps({"answers": {"provisions": ["wheelchair"]}, "page": "result"})}, "municipality"),
        ({"state": json.dumps({"answers": {"municipality": ["unknown"]}, "page": "paper"})}, "provisions"),
    ],
)
@pytest.mark.usefixtures("nothing_logged")
def test_without_all_answers_there_is_no_sheet_but_the_page_that_is_next(
    client: Client,
    sent: dict[str, str],
    page: str,
) -> None:
    answer = client.post("/nl/plain/", data={**sent, "go": PDF})

    assert answer.status_code == 200
    assert f'data-page="{page}"' in answer.text


@pytest.mark.usefixtures("nothing_logged")
def test_choices_that_are_none_of_ours_give_the_sheet_of_the_page(at_result: Reader) -> None:
    at_result.press(PDF, language="xx", second="<b>", letters="7")

    assert language_of(at_result.answer.content) == "nl"
    assert at_result.answer.headers["content-disposition"].endswith("-nl.pdf")


@pytest.mark.usefixtures("nothing_logged")
def test_when_too_many_sheets_wait_one_is_asked_to_come_back_and_the_others_go_on(
    at_result: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press, "MOST_WAITING", 0)
    at_result.press(PDF)
    assert (at_result.answer.status_code, at_result.heading) == (503, NL("message.busy.heading"))
    assert int(at_result.answer.headers["retry-after"]) > 0

    monkeypatch.undo()
    at_result.press_elsewhere("stay", action="/nl/plain/")
    assert at_result.on_page == "paper"
    at_result.press(PDF)
    assert at_result.answer.headers["content-type"] == "application/pdf"


def test_a_kiosk_has_no_files() -> None:
    kiosk = client_of(replace(SITE, kiosk=True, shelf=Shelf(project_folder("content"), law(), NOW.date)))
    reader = Reader(kiosk)
    reader.result(SINGLE)

    assert f'value="{PDF}"' not in reader.html
    assert kiosk.post("/nl/plain/", data={**reader.form.hidden, "go": PDF}).status_code == 404
    assert kiosk.get("/nl/toolkit/letter/").status_code == 200
    for file in ("a4", "a5", "download"):
        assert f"/letter/{file}/" not in kiosk.get("/nl/toolkit/").text
        assert kiosk.get(f"/nl/toolkit/letter/{file}/").status_code == 404


@pytest.mark.parametrize("locale", LOCALES)
def test_with_a_public_address_the_code_leads_there_and_search_engines_are_told_it(locale: str) -> None:
    service = client_of(replace(SITE, public_url=PUBLIC_URL))
    first = service.get(f"/{locale}/plain/").text
    reader = Reader(service, locale)
    reader.result(SINGLE)
    sheet = reader.html.split('<div class="sheets paper-only">')[1]
    reader.press(PDF)

    assert f'<link rel="canonical" href="{PUBLIC_URL}/{locale}/plain/">' in first
    address = f"{PUBLIC_URL}/{locale}/"
    assert f'role="img" aria-label="{Texts(locale)("print.code.alt", url=address)}"><svg' in sheet
    figures = [said.words for said in spoken(reader.answer.content) if said.tag == "Figure"]
    assert plain(Texts(locale)("print.code.alt", url=address)) in figures


def test_without_one_pages_go_by_the_address_that_they_were_asked_at(client: Client) -> None:
    answer = client.get("/nl/plain/", headers={"X-Forwarded-Prefix": "/w1"})

    assert '<link rel="canonical" href="http://example.nl/w1/nl/plain/">' in answer.text


def test_a_sheet_that_is_printed_from_a_page_has_the_colour_of_the_municipality() -> None:
    site = replace(SITE, fixed="GM0000")
    answers = {name: (value,) for name, value in SINGLE.items() if name != "municipality"}
    shown = show(site, NL, Visit(RESULT, answers), "1", NOW)

    assert site.municipalities["GM0000"].theme.accent != HOUSE_ACCENT
    assert f'data-own="{site.municipalities["GM0000"].theme.accent}"' in shown
