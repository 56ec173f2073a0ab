"""The desk over HTTP: for whoever is logged in for it; nothing that is typed there is kept anywhere."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from estimator.files import project_folder
from estimator.library.documents import Shelf
from estimator.web.access import Access
from estimator.web.desk import LINK, PATH, DeskPages
from tests.printing.reading import language_of
from tests.web.reader import NOW, SITE
from tests.web.staff import StaffClient, access_for_tests, app_of, logged_in

TALK = {
    "composition": "single", "client_born": "1-3-1950", "income": "38.341,50", "kind.1": "other_aid",
    "cost_price.1": "2500", "start.1": "12-3-2024",
}  # fmt: skip
WITH_TEXTS = replace(SITE, shelf=Shelf(project_folder("content"), SITE.rules, NOW.date))
ACCESS: Access = access_for_tests((LINK,))
ROUTES = DeskPages(WITH_TEXTS, ACCESS, lambda: NOW).routes()
APP = app_of(ACCESS, *ROUTES)
WAYS = [route.path for route in ROUTES]


@pytest.fixture
def desk() -> StaffClient:
    return logged_in(ACCESS, APP, ["desk"])


@pytest.mark.parametrize("path", WAYS)
def test_nothing_is_told_without_a_login(path: str) -> None:
    stranger = StaffClient(APP)

    assert stranger.fetch(path, "POST", data=TALK).status_code == 401
    if path == PATH:
        assert stranger.go(path).status_code == 303


@pytest.mark.parametrize("path", WAYS)
def test_nor_to_somebody_of_another_role(path: str) -> None:
    assert logged_in(ACCESS, APP, ["policy"]).post(path, data=TALK).status_code == 403


@pytest.mark.usefixtures("nothing_logged")
def test_a_form_gives_a_page_with_the_outcome_and_what_was_typed(desk: StaffClient) -> None:
    shown = desk.post(PATH, data=TALK)

    assert shown.status_code == 200
    assert "€\xa021,80" in shown.text
    assert 'value="38.341,50"' in shown.text
    assert shown.headers["cache-control"] == "no-store"


def test_what_is_typed_is_in_no_cookie(desk: StaffClient) -> None:
    desk.post(PATH, data=TALK)

    assert not any("1950" in line or "38.341" in line for line in desk.set_cookies)


def test_a_script_as_an_answer_stays_words(desk: StaffClient) -> None:
    shown = desk.post(PATH, data={**TALK, "income": '"><script>alert(1)</script>'})

    assert "<script>alert" not in shown.text
    assert "&lt;script&gt;" in shown.text


@pytest.mark.parametrize(
    ("pressed", "there", "gone"),
    [
        ("add", 'name="kind.2"', 'name="kind.3"'),
        ("beside", 'name="other.client_born"', ""),
        ("new", 'name="kind.1"', "38.341,50"),
        ("other.add", 'name="kind.1"', 'name="kind.2"'),
    ],
)
def test_a_button_changes_the_form(desk: StaffClient, pressed: str, there: str, gone: str) -> None:
    shown = desk.post(PATH, data={**TALK, "go": pressed}).text

    assert there in shown
    assert not gone or gone not in shown


def test_a_row_is_taken_away(desk: StaffClient) -> None:
    shown = desk.post(PATH, data={**TALK, "kind.2": "transport", "go": "remove.1"}).text

    assert 'name="kind.2"' not in shown
    assert '<option value="transport" selected>' in shown


@pytest.mark.parametrize(
    ("chosen", "language"),
    [
        ({"language": "ar", "second": "none", "letters": "normal"}, "ar"),
        ({"language": "pl", "second": "nl", "letters": "large"}, "pl"),
        ({"language": "fy", "second": "none", "letters": "normal"}, "nl"),
        ({}, "nl"),
    ],
)
def test_the_sheet_is_in_the_language_that_was_chosen(
    desk: StaffClient, chosen: Mapping[str, str], language: str
) -> None:
    made = desk.post(f"{PATH}/pdf", data={**TALK, **chosen})

    assert made.headers["content-type"] == "application/pdf"
    assert language_of(made.content) == language


def test_the_list_of_what_to_bring_is_in_that_language_too(desk: StaffClient) -> None:
    made = desk.post(f"{PATH}/meenemen", data={**TALK, "language": "uk"})

    assert language_of(made.content) == "uk"


def test_the_data_are_the_estimate_with_how_it_came_about(desk: StaffClient) -> None:
    made = desk.post(f"{PATH}/json", data=TALK)
    data = json.loads(made.content)

    assert "attachment" in made.headers["content-disposition"]
    assert data["household"]["income"] == "38341.50"
    assert data["household"]["provisions"][0]["costPrice"] == "2500.00"
    assert (data["current"]["outcome"], data["current"]["low"], data["current"]["high"]) == ("amount", "21.80", "21.80")
    assert data["current"]["steps"][0]["source"]
    assert data["upcoming"]["status"] == "proposed"


@pytest.mark.parametrize("path", [f"{PATH}/pdf", f"{PATH}/json"])
def test_without_an_outcome_the_desk_itself_comes_back(desk: StaffClient, path: str) -> None:
    shown = desk.post(path, data={**TALK, "client_born": "31-2-1950"})

    assert shown.headers["content-type"].startswith("text/html")
    assert "31-2-1950" in shown.text


def test_a_form_in_another_alphabet_is_refused(desk: StaffClient) -> None:
    for path in (PATH, "/inloggen", "/nl/plain/"):
        content = b'--x\r\nContent-Disposition: form-data; name="passphrase"\r\n\r\n+2AA-\r\n--x--\r\n'
        for charset in ("undefined", "utf-7", "punycode"):
            kind = f"multipart/form-data; boundary=x; charset={charset}"
            headers = {"Content-Type": kind, "Origin": desk.host, "Accept": "text/html", "Sec-Fetch-Mode": "navigate"}
            assert desk.request("POST", path, headers, content=content).status_code == 415


@pytest.mark.parametrize("sent", [{"data": {f"kind.{n}": "x" for n in range(600)}}, {"content": b"x" * 70_000}])
def test_what_no_form_of_ours_sends_is_refused(desk: StaffClient, sent: dict[str, object]) -> None:
    assert desk.post(PATH, **sent).status_code in (400, 413, 415)
