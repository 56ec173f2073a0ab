"""The pages without a script: whole journeys by the forms of the pages, what is answered to what no page sends."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estimator.files import LOCALES
from estimator.interview import QUESTIONS
from estimator.pages import show
from estimator.pages import visit as visits
from estimator.texts import Texts
from estimator.web.forms import MOST_BYTES, MOST_FIELDS
from tests.web.reader import (
    COUPLE,
    IN_PARTS,
    KEPT,
    NL,
    NOW,
    SINGLE,
    SITE,
    URLENCODED,
    Client,
    Form,
    Reader,
    Sent,
    client_of,
)

# Journeys


def test_a_single_pensioner_reads_both_amounts_in_one_sentence(client: Client) -> None:
    reader = Reader(client)

    assert reader.result(SINGLE) == list(SINGLE)
    assert "€ 21,80" in reader.heading
    assert "€ 23,60 tot € 74" in reader.heading


def test_a_couple_with_one_partner_under_pension_age_pays_nothing_now(client: Client) -> None:
    reader = Reader(client, "en")

    assert "partner_age" in reader.result(COUPLE)
    assert "nothing" in reader.heading


def test_a_wheelchair_user_hears_at_once_that_nothing_is_due(client: Client) -> None:
    reader = Reader(client)

    assert reader.result({"provisions": "wheelchair"}) == ["municipality", "provisions"]
    assert "niets" in reader.heading


def test_dont_know_everywhere_ends_in_a_range(client: Client) -> None:
    reader = Reader(client)
    reader.result({})

    assert "328" in reader.heading


def test_changing_an_answer_comes_back_to_the_result_with_the_others_kept(client: Client) -> None:
    reader = Reader(client)
    reader.result(SINGLE)
    reader.press("income", name="change")
    assert re.search(r'value="24500-30499"[^>]* checked', reader.html)
    reader.press("next", income="0-24499")

    assert reader.on_page == "result"
    assert "24.499" in reader.form.text
    assert "37.394" in reader.form.text


def test_the_pages_own_back_button_goes_back_with_the_answer_still_chosen(client: Client) -> None:
    reader = Reader(client)
    reader.press("next", municipality="GM0363")
    reader.press("back")

    assert reader.on_page == "municipality"
    assert 'value="GM0363" selected' in reader.html


def test_start_again_forgets_everything(client: Client) -> None:
    reader = Reader(client)
    reader.result(SINGLE)
    reader.press("restart")

    assert reader.on_page == "municipality"
    assert "state" not in reader.form.hidden


@pytest.mark.parametrize("other", [locale for locale in LOCALES if locale != "nl"])
def test_another_language_keeps_page_and_answers(client: Client, other: str) -> None:
    reader = Reader(client)
    reader.result(SINGLE)
    reader.press_elsewhere("stay", action=f"/{other}/plain/")

    assert reader.on_page == "result"
    assert f'lang="{other}" dir="{Texts(other).dir}"' in reader.html
    assert reader.form.action == f"/{other}/plain/"
    reader.press("income", name="change")
    assert re.search(r'value="24500-30499"[^>]* checked', reader.html)


def test_the_name_of_the_product_leads_to_the_first_question_with_the_answers(client: Client) -> None:
    reader = Reader(client)
    reader.result(SINGLE)
    reader.press_elsewhere("start")

    assert reader.on_page == "municipality"
    assert json.loads(reader.form.hidden["state"])["answers"]["income"] == ["24500-30499"]


def test_a_wrong_answer_is_told_beside_the_field_and_no_other_is_lost(client: Client) -> None:
    reader = Reader(client)
    for name in ("municipality", "provisions", "age", "household", "facts"):
        reader.press("next", **{name: {**SINGLE, "provisions": "other_aid"}[name]})
    reader.press("next", cost="veel <b>geld")

    assert reader.on_page == "cost"
    assert "veel <b>geld" in reader.form.text
    assert 'value="veel &lt;b&gt;geld"' in reader.html
    assert "<title>Fout: " in reader.html
    reader.press("next", cost="2.500,00")
    assert reader.on_page == "income"


def test_what_needs_a_script_is_not_there_and_how_to_print_is_told(client: Client) -> None:
    reader = Reader(client)
    reader.result(SINGLE)

    assert NL("ui.print.browser") in reader.form.text
    assert not re.search(r"<script|<style|\bstyle=|\bon\w+=|javascript:|data-print", reader.html)


def test_plain_and_live_say_the_same(client: Client) -> None:
    reader = Reader(client)
    reader.result(SINGLE)
    visit = visits.restored(reader.form.hidden["state"], SITE.setting)
    live = Form(show.show(SITE, NL, visit, "1", NOW))

    def main(html: str, own: str) -> list[str]:
        words = " ".join(Form(html[html.index("<main") : html.index("</main>")]).text.split())
        assert own in words
        return words.replace(own, "").split()

    assert live.action == reader.form.action
    printing, saving, by_the_browser = NL("ui.print"), NL("ui.save_pdf"), NL("ui.print.browser")
    shown = show.show(SITE, NL, visit, "1", NOW)
    assert main(shown, f"{printing} {saving}") == main(reader.html, f"{saving} {by_the_browser}")


# Headers and search engines


def test_every_page_is_kept_by_nobody_and_lets_no_script_run(client: Client) -> None:
    reader = Reader(client)
    first = reader.answer
    reader.press("next", municipality="unknown")
    for answer in (first, reader.answer, client.get("/nl/nowhere"), client.request("PUT", "/nl/plain/")):
        assert answer.headers["content-security-policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


def test_search_engines_are_given_the_first_page_in_every_language_and_no_other(client: Client) -> None:
    reader = Reader(client)
    assert "x-robots-tag" not in reader.answer.headers
    assert '"robots"' not in reader.html
    assert '<link rel="canonical" href="http://example.nl/nl/plain/">' in reader.html
    for locale in LOCALES:
        assert f'<link rel="alternate" hreflang="{locale}" href="http://example.nl/{locale}/plain/">' in reader.html

    reader.press("next", municipality="unknown")
    assert reader.answer.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in reader.html
    assert "canonical" not in reader.html
    assert client.get("/nl/nowhere").headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize("name", ["coverage", "answers"])
@pytest.mark.parametrize("locale", LOCALES)
def test_pages_aside_have_an_address_of_their_own_for_everybody(client: Client, name: str, locale: str) -> None:
    answer = client.get(f"/{locale}/{name}/")

    assert answer.status_code == 200
    assert Texts(locale)(f"{name}.heading") in Form(answer.text).text
    assert "x-robots-tag" not in answer.headers
    assert f'<link rel="canonical" href="http://example.nl/{locale}/{name}/">' in answer.text
    for other in LOCALES:
        assert f'<a href="/{other}/{name}/" lang="{other}"' in answer.text
    assert client.post(f"/{locale}/{name}/").status_code == 405


@pytest.mark.parametrize("name", ["coverage", "answers"])
def test_a_page_aside_keeps_the_answers_and_leads_back_to_where_one_was(client: Client, name: str) -> None:
    reader = Reader(client)
    reader.result(SINGLE)
    reader.press_elsewhere(name)
    assert reader.on_page == name
    assert reader.answer.headers["x-robots-tag"] == "noindex"
    reader.press_elsewhere("stay", action="/en/plain/")
    assert Texts("en")(f"{name}.heading") in reader.form.text
    reader.press("back")

    assert reader.on_page == "result"
    assert json.loads(reader.form.hidden["state"])["answers"]["income"] == ["24500-30499"]


def test_from_a_page_aside_the_interview_begins(client: Client) -> None:
    reader = Reader(client)
    reader.arrived(client.get("/nl/coverage/"))
    reader.press("back")

    assert reader.on_page == "municipality"


def test_the_prefix_of_a_proxy_goes_before_every_address(client: Client) -> None:
    html = client.post("/nl/plain/", data={"state": KEPT, "go": "stay"}, headers={"X-Forwarded-Prefix": "/wmo"}).text
    addresses = re.findall(r'(?:href|src|action)="(/[^"]*)"', html)

    assert len(addresses) > 5
    assert [address for address in addresses if not address.startswith("/wmo/")] == []


# Bad input


@pytest.mark.parametrize(
    "state",
    [
        "", "{", "7", "null", "[]", "NaN", '"' * 99, "[" * 9_000, '{"answers":' * 999, "x" * 30_000, "\x00", "\ud800",
        '{"answers":3}', '{"answers":{"age":"pension"}}', '{"answers":{"municipality":[7]},"page":{}}',
        '{"answers":{"municipality":["GM9","x"]},"page":"result","changing":"yes"}', '{"answers":{"bsn":["1"]}}',
    ],
)  # fmt: skip
@pytest.mark.usefixtures("nothing_logged")
def test_a_forged_state_begins_at_the_first_question(client: Client, state: str) -> None:
    sent = urlencode({"state": state.encode("utf-8", "surrogatepass"), "go": "stay"})
    answer = client.post("/en/plain/", content=sent, headers=URLENCODED)

    assert answer.status_code == 200
    assert 'data-page="municipality"' in answer.text


@pytest.mark.parametrize("page", ["plain", "toolkit"])
def test_the_languages_of_the_municipality_come_first(client: Client, page: str) -> None:
    ours, own = client.get(f"/pl/{page}/").text, client_of(replace(SITE, fixed="GM0000")).get(f"/pl/{page}/").text
    first = SITE.municipalities["GM0000"].languages
    lists = [html.partition('class="languages"')[2].partition("</nav>")[0] for html in (ours, own)]
    offered = [re.findall(r'hreflang="([a-z]+)"', shown) for shown in lists]

    assert offered == [list(LOCALES), [*first, *(locale for locale in LOCALES if locale not in first)]]


def test_a_municipality_that_is_not_there_any_more_takes_no_other_answer_along(client: Client) -> None:
    chosen = KEPT.replace('"unknown"', '"GM9999"')
    answer = client.post("/en/plain/", data={"state": chosen, "go": "stay"})

    assert 'data-page="household"' in answer.text
    assert "GM9999" not in answer.text


@pytest.mark.parametrize(
    "state",
    [
        KEPT.replace('"pension"]', '"pension"],"household":["castle"]'),
        KEPT.replace('"pension"]', '"pension"],"bsn":["123456782"]'),
        KEPT.replace('"household"}', '"result"}'),
        KEPT.replace('"household"}', '"a page of a former version"}'),
        KEPT.replace('"household"}', "[[[[]]]]}"),
        KEPT.replace('"household"}', '"\\ud800"}'),
    ],
)
@pytest.mark.usefixtures("nothing_logged")
def test_of_a_forged_or_former_state_the_valid_answers_are_kept(client: Client, state: str) -> None:
    answer = client.post("/nl/plain/", data={"state": state, "go": "stay"})

    assert 'data-page="household"' in answer.text
    assert json.loads(Form(answer.text).hidden["state"]) == json.loads(KEPT) | {"changing": False}


@pytest.mark.parametrize(
    "sent",
    [
        {"page": "savings", "savings": "0-37394", "go": "next"},
        {"page": "result"},
        {"page": "overview", "go": "result"},
        {"change": "savings"},
        {"change": "nonsense"},
        {"page": "nonsense", "go": "next"},
        {"page": "message", "go": "stay"},
        {"go": "nonsense", "page": "cost"},
    ],
)
@pytest.mark.usefixtures("nothing_logged")
def test_a_step_out_of_order_is_the_nearest_page_that_can_be_reached(client: Client, sent: Sent) -> None:
    answer = client.post("/nl/plain/", data={"state": KEPT, **sent})

    assert answer.status_code == 200
    assert 'data-page="household"' in answer.text
    assert '"age":["pension"]' in Form(answer.text).hidden["state"]


@pytest.mark.parametrize("typed", ["9" * 400, "9" * 60_000, "1e9999999", "0.1" * 100, "\x00", "€" * 500])
@pytest.mark.usefixtures("nothing_logged")
def test_an_absurd_amount_is_refused_in_words(client: Client, typed: str) -> None:
    kept = json.loads(KEPT)
    kept["answers"] |= {"household": ["single"], "facts": ["none"]}
    answer = client.post("/nl/plain/", data={"state": json.dumps(kept), "page": "cost", "cost": typed, "go": "next"})

    assert answer.status_code == 200
    assert 'data-page="cost"' in answer.text
    assert NL("ui.error") in answer.text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("sent", "status", "kind"),
    [
        ({"content": "x" * 10_000_000, "headers": URLENCODED}, 413, "too_large"),
        ({"content": "endless", "headers": URLENCODED}, 413, "too_large"),
        ({"data": {f"x{number}": "1" for number in range(MOST_FIELDS + 1)}}, 400, "not_understood"),
        ({"json": {"state": KEPT}}, 415, "not_understood"),
        ({"content": KEPT}, 415, "not_understood"),
        ({"files": {"state": ("state.json", KEPT)}}, 400, "not_understood"),
        ({"content": "x", "headers": {"Content-Type": "multipart/form-data"}}, 400, "not_understood"),
        ({"content": "--bGEHEIM", "headers": IN_PARTS}, 400, "not_understood"),
    ],
    ids=["10 MB", "unknown length", "many fields", "json", "no type", "a file", "no boundary", "broken parts"],
)  # fmt: skip
@pytest.mark.usefixtures("nothing_logged")
def test_what_no_form_sends_is_refused_in_the_language_of_the_page(
    locale: str, sent: dict, status: int, kind: str
) -> None:
    if sent.get("content") == "endless":
        sent = {**sent, "content": endless()}
    answer = client_of(SITE).post(f"/{locale}/plain/", **sent)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'lang="{locale}"' in answer.text
    assert Texts(locale)(f"message.{kind}.heading") in Form(answer.text).text
    assert f'href="/{locale}/plain/"' in answer.text


@pytest.mark.usefixtures("nothing_logged")
def test_a_form_sent_in_parts_is_read_like_any_other(client: Client) -> None:
    parts = {"state": (None, KEPT), "page": (None, "household"), "household": (None, "single"), "go": (None, "next")}
    answer = client.post("/nl/plain/", files=parts)

    assert 'data-page="facts"' in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_refused_with_a_page_of_ours(client: Client, method: str) -> None:
    answer = client.request(method, "/en/plain/")

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
    assert Texts("en")("message.not_understood.heading") in answer.text


@pytest.mark.usefixtures("nothing_logged")
def test_what_stands_in_an_address_is_no_answer(client: Client) -> None:
    answer = client.get("/nl/plain/", params={"page": "municipality", "municipality": "GM0363", "state": KEPT})

    assert 'data-page="municipality"' in answer.text
    assert "GM0363" in answer.text
    assert "selected" not in answer.text
    assert "other_aid" not in answer.text


def test_only_the_head_of_a_page_can_be_asked_for(client: Client) -> None:
    answer = client.request("HEAD", "/nl/plain/")

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("path", "preferred", "locale"), [("/xx/plain/", "en", "en"), ("/xx/", "", "nl"), ("/en/x", "nl", "en")]
)
def test_an_address_that_there_is_not_says_so_in_a_language_that_is_read(
    client: Client, path: str, preferred: str, locale: str
) -> None:
    for answer in (
        client.get(path, headers={"Accept-Language": preferred}),
        client.post(path, headers={"Accept-Language": preferred}),
    ):
        assert answer.status_code == 404
        assert Texts(locale)("message.not_found.heading") in Form(answer.text).text


# What forgers might mix: names and values of ours, and anything else.
NAMES = st.sampled_from([*QUESTIONS, *show.EVERY_PAGE, "start", "stay", "restart", "next", "what_if", "message", ""])
OURS = st.sampled_from(sorted({*SINGLE.values(), *COUPLE.values(), "other_aid", "GM0363", "1e3", "2500"}))
VALUES = OURS | st.text(max_size=9)
FORGED = st.dictionaries(NAMES, st.lists(VALUES, max_size=3) | st.none() | VALUES, max_size=3)
BEGUN = st.sampled_from([{name: [value] for name, value in answers.items()} for answers in ({}, SINGLE, COUPLE)])
FIELDS = st.dictionaries(NAMES | st.just("change"), VALUES, max_size=5)


@settings(max_examples=150)
@given(begun=BEGUN, forged=FORGED, page=NAMES | st.none(), fields=FIELDS, go=NAMES)
def test_whatever_is_sent_a_page_comes(begun: dict, forged: dict, page: object, fields: dict, go: str) -> None:
    state = json.dumps({"answers": begun | forged, "page": page, "changing": True})
    answer = client_of(SITE).post("/nl/plain/", data={**fields, "state": state, "page": str(page), "go": go})

    assert answer.status_code == 200
    assert re.search(r"<h1[ >]", answer.text)


def test_after_a_mistake_of_ours_no_answer_is_lost_or_logged(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_overview(request):
        raise ValueError(str(request.answers))

    reader = Reader(client)
    monkeypatch.setitem(show.PAGES, "overview", no_overview)
    for name, value in SINGLE.items():
        reader.press("next", **{name: value})

    assert (reader.answer.status_code, reader.on_page) == (500, "message")
    assert NL("message.error.heading") in reader.form.text
    assert "no plain page: ValueError" in caplog.text
    assert SINGLE["income"] not in caplog.text
    monkeypatch.undo()
    reader.arrived(client.post("/nl/plain/", data={"state": state_of(reader.html), "go": "stay"}))
    assert reader.on_page == "savings"
    assert json.loads(reader.form.hidden["state"])["answers"]["income"] == [SINGLE["income"]]


async def endless() -> AsyncIterator[bytes]:
    """More than anybody should read."""
    for number in range(250):
        assert number * 40_000 <= MOST_BYTES, "the server went on reading"
        yield b"x" * 40_000


def state_of(html: str) -> str:
    """What the form in the footer carries."""
    return Form(html.replace('id="elsewhere"', "")).hidden["state"]


def test_with_one_municipality_no_other_is_asked_for() -> None:
    reader = Reader(client_of(replace(SITE, fixed="GM0000")))

    assert reader.on_page == "provisions"


def test_the_largest_interview_fits_many_times(client: Client) -> None:
    reader = Reader(client)
    reader.interview({**COUPLE, "provisions": "other_aid", "cost": "2500"})

    assert len(reader.form.hidden["state"]) * 20 < MOST_BYTES
