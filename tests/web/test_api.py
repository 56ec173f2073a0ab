"""The API: what it answers, what it says of what can't be answered, and that it is what its description says."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from limits import RateLimitItemPerMinute
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from estimator.exchange import comparison_data
from estimator.files import project_folder
from estimator.library.documents import Shelf
from estimator.rules import Household, compare
from estimator.web.api import app as api_app
from estimator.web.api.app import VERSION, make_api
from estimator.web.api.examples import REQUESTS
from estimator.web.api.reading import MOST_BYTES
from tests.web.reader import NOW, SITE

ROOT = Path(__file__).parents[2]
SPECTRAL = ROOT / ".cache/spectral/node_modules/.bin/spectral"
SHELF = Shelf(project_folder("content"), SITE.rules, NOW.date)
API = make_api(replace(SITE, shelf=SHELF), lambda: NOW)
SINGLE = {"composition": "single", "clientAge": "pension", "provisions": [{"kind": "domestic_help"}]}
JSON = {"Content-Type": "application/json"}


def ask(method: str, path: str, api: FastAPI = API, **sent: Any) -> httpx.Response:
    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://example.nl") as web:
            return await web.request(method, path, **sent)

    return asyncio.run(asked())


def estimate(household: Any = SINGLE, api: FastAPI = API, **more: Any) -> httpx.Response:
    return ask("POST", "/estimates", api, json={"household": household, **more})


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.headers["api-version"] == VERSION
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    return problem


# Estimates


def test_an_estimate_is_that_of_the_rules_with_every_step() -> None:
    household = {**SINGLE, "income": 30000, "assets": "12500.00"}
    asked = Household(
        composition="single", client_age="pension", income=30000, assets=12500, provisions=[{"kind": "domestic_help"}]
    )
    answer = estimate(household, on="2026-11-22")

    assert answer.status_code == 200
    assert answer.headers["api-version"] == VERSION
    assert answer.json() == json.loads(json.dumps(comparison_data(compare(asked, NOW.date()), asked, None)))
    assert (answer.json()["current"]["low"], answer.json()["upcoming"]["low"]) == ("21.80", "69.43")
    assert answer.json()["upcoming"]["status"] == "proposed"


@pytest.mark.parametrize("name", REQUESTS)
def test_every_example_is_answered(name: str) -> None:
    assert ask("POST", "/estimates", json=REQUESTS[name]["value"]).status_code == 200


def test_without_a_date_it_is_that_of_the_service() -> None:
    assert estimate().json()["on"] == NOW.date().isoformat()


def test_the_policy_of_the_municipality_counts() -> None:
    poor = {**SINGLE, "income": 15000}

    assert estimate(poor, municipality="GM0000").json()["current"]["ground"] == "low_income_policy"
    assert estimate(poor).json()["current"]["low"] == "21.80"


def test_amounts_are_read_as_exactly_as_they_are_written() -> None:
    written = json.dumps({"household": {**SINGLE, "income": 0}}).replace('"income": 0', '"income": 24503.10')
    answer = ask("POST", "/estimates", content=written, headers=JSON)

    assert answer.json()["household"]["income"] == "24503.10"


# What can't be answered


@pytest.mark.parametrize(
    ("asked", "pointer", "found", "allowed"),
    [
        ({"household": {**SINGLE, "income": -1}}, "/household/income", "-1", "an amount in euro from 0.00"),
        ({"household": {**SINGLE, "income": "1e3"}}, "/household/income", "'1e3'", "an amount in euro from 0.00"),
        (
            {"household": {**SINGLE, "client_age": 1}},
            "/household/client_age",
            "an unknown key",
            "composition, clientAge",
        ),
        (
            {"household": {**SINGLE, "composition": "couple"}},
            "/household/partnerAge", "nothing", "under_18, adult, pension, or a date in partnerBorn",
        ),
        (
            {"household": {**SINGLE, "incomeBand": [1], "income": 1}},
            "/household/incomeBand", "income and incomeBand together", "one of income, incomeBand",
        ),
        (
            {"household": {**SINGLE, "provisions": [{"kind": "repair", "costPrice": 1}]}},
            "/household/provisions/0/costPrice", "1", "only with kind wheelchair",
        ),
        (
            {"household": {**SINGLE, "provisions": [{"kind": "x" * 500}]}},
            "/household/provisions/0/kind", "'" + "x" * 58 + "…", "'domestic_help'",
        ),
        ({"household": SINGLE, "on": "2006-12-31"}, "/on", "2006-12-31", "a date from 2007-01-01 on"),
        ({"household": SINGLE, "on": 20261122}, "/on", "20261122", "a date such as"),
        ({"household": SINGLE, "municipality": "GM9999"}, "/municipality", "'GM9999'", "GM0000, "),
        ({"household": SINGLE, "a/b~": 1}, "/a~1b~0", "an unknown key", "on, municipality, household"),
        ([], "", "[]", "an object"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_pointed_at(asked: Any, pointer: str, found: str, allowed: str) -> None:
    (error,) = refused(ask("POST", "/estimates", json=asked), 422)["errors"]

    assert (error["pointer"], error["found"]) == (pointer, found)
    assert error["allowed"].startswith(allowed)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "isn't JSON"),
        (b'{"household": NaN}', 400, "NaN"),
        (b'{"on": "2026-01-01", "on": "2026-01-02"}', 400, "'on' twice"),
        (b"\xff", 400, "UTF-8"),
        (b"[" * 60_000, 400, "nested too deeply"),
        (b"9" * 10_000, 400, "too long"),
        (b" " * (MOST_BYTES + 1), 413, "65,536 bytes"),
    ],
)
def test_a_body_that_cant_be_read_is_refused(body: bytes, status: int, said: str) -> None:
    assert said in refused(ask("POST", "/estimates", content=body, headers=JSON), status)["detail"]


@pytest.mark.parametrize("number", ["1e400", "1e999999999", "-0.001", "12345678901234567890", "0.005"])
def test_a_number_that_is_no_amount_is_refused_at_once(number: str) -> None:
    body = json.dumps({"household": {**SINGLE, "income": 0}}).replace('"income": 0', f'"income": {number}')
    (error,) = refused(ask("POST", "/estimates", content=body, headers=JSON), 422)["errors"]

    assert error["pointer"] == "/household/income"


def test_letters_that_are_none_are_refused_without_a_mistake() -> None:
    body = rb'{"municipality": "\ud800", "household": {"composition": "\ud800"}}'

    assert refused(ask("POST", "/estimates", content=body, headers=JSON), 422)["errors"]


def test_a_body_without_a_length_is_refused_where_it_becomes_too_large() -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1024
            yield b" " * 1024

    refused(ask("POST", "/estimates", content=endless(), headers=JSON), 413)
    assert taken <= MOST_BYTES + 2048


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", ""]
)
def test_another_kind_of_body_is_refused(kind: str) -> None:
    refused(ask("POST", "/estimates", content=json.dumps({"household": SINGLE}), headers={"Content-Type": kind}), 415)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/estimates", 405), ("DELETE", "/law", 405), ("GET", "/nowhere", 404), ("GET", "/law/x", 404),
     ("GET", "/municipalities/GM9999", 404), ("GET", "/municipalities/..%2f..", 404), ("GET", "/municipalities/x", 422),
     ("GET", "/articles/x", 404), ("GET", "/articles/..%2fx", 404), ("GET", "/articles?language=../nl", 422)],
)  # fmt: skip
def test_what_there_isnt_is_said(method: str, path: str, status: int) -> None:
    refused(ask(method, path), status)


def test_a_mistake_of_ours_says_nothing_of_what_was_sent(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise ValueError(f"income {20000 + 10000}")  # the line itself is logged, so it may not say it

    monkeypatch.setattr(api_app, "compare", fails)

    assert "30000" not in json.dumps(refused(estimate({**SINGLE, "income": 30000}), 500))
    assert "30000" not in caplog.text


# How often, and from where


def test_who_comes_too_often_is_told_when_to_come_again() -> None:
    limited = make_api(SITE, lambda: NOW, RateLimitItemPerMinute(2))

    assert [ask("GET", "/law/monthly_amount", limited).status_code for _ in range(2)] == [200, 200]
    answer = ask("GET", "/law/monthly_amount", limited)
    refused(answer, 429)
    assert 0 < int(answer.headers["retry-after"]) <= 60


def test_pages_of_other_sites_may_ask_where_they_are_named() -> None:
    allowed = make_api(SITE, lambda: NOW, origins=["https://www.example.org"])
    ours, another = {"Origin": "https://www.example.org"}, {"Origin": "https://elsewhere.example"}
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}

    assert ask("OPTIONS", "/estimates", allowed, headers={**ours, **preflight}).status_code == 200
    answer = ask("POST", "/estimates", allowed, json={"household": SINGLE}, headers=ours)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, ours["Origin"])
    for method in ("OPTIONS", "POST"):
        sent = {"json": {"household": SINGLE}} if method == "POST" else {}
        answer = ask(method, "/estimates", allowed, headers={**another, **preflight}, **sent)
        assert "access-control-allow-origin" not in answer.headers
        refused(answer, 403)


def test_our_own_pages_and_programs_that_are_no_browser_may_ask() -> None:
    assert estimate().status_code == 200
    for headers in ({"Origin": "http://example.nl"}, {"Origin": "http://x", "Sec-Fetch-Site": "same-origin"}):
        assert ask("POST", "/estimates", json={"household": SINGLE}, headers=headers).status_code == 200


# Reference data


@pytest.mark.parametrize(
    "path",
    [
        "/law",
        "/law/monthly_amount",
        "/municipalities",
        "/municipalities/GM0363",
        "/articles",
        "/articles/wat-is-de-wmo?language=ar",
        "/openapi.json",
    ],
)
def test_reference_data_are_sent_once(path: str) -> None:
    answer = ask("GET", path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    again = ask("GET", path, headers={"If-None-Match": answer.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert ask("GET", path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_amounts_of_the_law_are_told_with_where_they_come_from() -> None:
    series = SITE.rules.series["monthly_amount"]
    told = ask("GET", "/law/monthly_amount").json()

    assert [value["value"] for value in told["values"]] == [
        f"{value.amount // 100}.{value.amount % 100:02}" for value in series.values if value
    ]
    assert {"source", "checked", "grade", "status", "setBy"} <= set(told["values"][-1])
    assert {each["name"] for each in ask("GET", "/law").json()["amounts"]} == set(SITE.rules.series)


def test_an_article_is_told_in_the_language_that_it_is_there_in() -> None:
    arabic, english = (ask("GET", f"/articles/wat-is-de-wmo?language={each}").json() for each in ("ar", "en"))
    assert (arabic["language"], english["language"]) == ("ar", "en")
    assert arabic["html"] != english["html"]
    assert not arabic["reviewed"]

    listed = ask("GET", "/articles?language=ar").json()
    assert {each["language"] for each in listed} == {"ar", "nl"}
    assert len(listed) == len(ask("GET", "/articles").json())


# The description


def test_the_page_about_it_tells_every_operation_and_needs_nothing_from_elsewhere() -> None:
    page = ask("GET", "/docs")

    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert "<script" not in page.text
    for path in API.openapi()["paths"]:
        assert f"/v1{path}" in page.text
    assert f"Version {VERSION}." in page.text
    assert ask("GET", "/").headers["location"].endswith("/docs")


@pytest.mark.skipif(not SPECTRAL.exists(), reason="no Spectral: scripts/setup says why")
def test_the_design_rules_refuse_what_they_should(tmp_path: Path) -> None:
    broken = json.loads(json.dumps(API.openapi()))
    broken["info"]["version"] = "1"
    broken["paths"]["/Estimate_s/"] = broken["paths"].pop("/estimates")
    del broken["paths"]["/law"]["get"]["responses"]["500"]["content"]["application/problem+json"]
    broken["components"]["schemas"]["Household"]["properties"]["client_age"] = {"type": "string"}
    (tmp_path / "openapi.json").write_text(json.dumps(broken))
    command = [SPECTRAL, "lint", "--format", "json", "--ruleset", ROOT / "tests/web/spectral/ruleset.yaml"]
    told = subprocess.run([*command, tmp_path / "openapi.json"], capture_output=True, text=True, check=False)

    assert {each["code"] for each in json.loads(told.stdout)} >= {
        "semantic-version", "paths-in-kebab-case", "problems-as-problem-json", "fields-in-camel-case",
    }  # fmt: skip


SCHEMA = schemathesis.openapi.from_dict(API.openapi())
SCHEMA.config.base_url = "http://example.nl"
SCHEMA.app = API


@SCHEMA.parametrize()
@settings(
    max_examples=40, derandomize=True, deadline=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_whatever_is_sent_the_answer_is_as_described(case: schemathesis.Case) -> None:
    case.call_and_validate(
        checks=[
            not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
            response_schema_conformance, negative_data_rejection, unsupported_method,
        ]
    )  # fmt: skip
