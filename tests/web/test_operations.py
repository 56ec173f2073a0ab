"""What those see who run the service: whom it believes, what it counts, what it logs. Never what somebody answered."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route

from estimator.web.forwarded import Forwarded
from estimator.web.health import health_routes
from estimator.web.logs import set_up_log
from estimator.web.metrics import Measured, Metrics
from tests.web.reader import SINGLE, SITE, Client, Reader, client_of

PROXY, SOMEBODY = "127.0.0.1", "203.0.113.7"  # the address that the tests ask from is the first
PRICE = "4321.09"


def told(request: Request) -> PlainTextResponse:
    """What the application has been told."""
    client = request.client.host if request.client else ""
    return PlainTextResponse(f"{request.headers.get('X-Forwarded-Prefix', '')} {client} {request.url.scheme}")


def behind(proxy: str) -> Client:
    return Client(Forwarded(Starlette(routes=[Route("/", told)]), [proxy]))


# Proxies


def test_a_proxy_that_is_named_says_by_which_prefix_address_and_scheme_somebody_came() -> None:
    headers = {"X-Forwarded-Prefix": "/w1", "X-Forwarded-For": SOMEBODY, "X-Forwarded-Proto": "https"}

    assert behind(PROXY).get("/", headers=headers).text == f"/w1 {SOMEBODY} https"
    assert behind("127.0.0.0/8").get("/", headers=headers).text == f"/w1 {SOMEBODY} https"


def test_nobody_else_is_believed() -> None:
    headers = {"X-Forwarded-Prefix": "/w1", "X-Forwarded-For": SOMEBODY, "X-Forwarded-Proto": "https"}

    assert behind("10.0.0.1").get("/", headers=headers).text == f" {PROXY} http"


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "/", "w1", '/"><script>', "/w1/", "/../x", "/w1/..", "/a b", "/é", "/w1?x", "/\\evil"]
)
def test_a_prefix_that_could_lead_elsewhere_is_left_out(prefix: str) -> None:
    assert behind(PROXY).get("/", headers={"X-Forwarded-Prefix": prefix.encode()}).text == f" {PROXY} http"


@pytest.mark.parametrize("prefix", ["/w1", "/wmo/bijdrage", "/w1/a.b_c-d"])
def test_a_prefix_that_is_a_path_gets_through(prefix: str) -> None:
    assert behind(PROXY).get("/", headers={"X-Forwarded-Prefix": prefix}).text == f"{prefix} {PROXY} http"


# Health


def test_a_service_that_stops_is_alive_and_not_ready() -> None:
    stopping = False
    service = Client(Starlette(routes=health_routes(lambda: stopping)))
    assert [service.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]
    stopping = True

    assert [service.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 503]


# Counts


def counts(metrics: Metrics, name: str) -> dict[tuple[str, ...], float]:
    """The value of each combination of labels, in the order in which they were declared."""
    order: tuple[str, ...] = getattr(metrics, name)._labelnames
    return {
        tuple(sample.labels[label] for label in order): sample.value
        for sample in getattr(metrics, name).collect()[0].samples
        if sample.name.endswith("_total")
    }


def test_pages_are_counted_by_their_kind_and_results_by_their_outcome_without_an_answer() -> None:
    metrics = Metrics(lambda: 3, lambda: 4)
    reader = Reader(client_of(replace(SITE, seen=metrics.saw)))
    reader.result({**SINGLE, "provisions": "other_aid", "cost": PRICE})
    reader.client.get("/nl/answers/capital/")

    found = counts(metrics, "pages")
    assert found[("plain", "result", "nl", "amount")] == 1
    assert found[("plain", "answers", "nl", "")] == 1
    written = generate_latest(metrics.registry).decode()
    assert "bijdragewijzer_open_pages 3.0" in written
    assert "bijdragewijzer_kept_pages 4.0" in written
    for answer in (PRICE, "other_aid", "30499", "single", "capital"):
        assert answer not in written


def test_requests_are_counted_by_their_route_whatever_stands_in_the_address() -> None:
    metrics = Metrics(lambda: 0, lambda: 0)
    app = client_of(SITE).app
    service = Client(Measured(app, metrics.answered, log=False))
    for name in ("capital", "jan-jansen", "piet"):
        service.get(f"/nl/answers/{name}/?income=30000")
    service.get("/nowhere/at/all")
    service.request("BREW", "/nl/plain/")

    assert counts(metrics, "requests") == {
        ("/nl/answers/{name}/", "GET", "200"): 1,
        ("/nl/answers/{name}/", "GET", "404"): 2,
        ("other", "GET", "404"): 1,
        ("/nl/plain/", "other", "405"): 1,
    }


# The log


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What has been written into the error stream; logging is put back after that."""
    root, ours = logging.getLogger(), logging.getLogger("estimator")
    before = (root.handlers[:], root.level, ours.level)
    yield lambda: capsys.readouterr().err
    root.handlers[:], root.level = before[0], before[1]
    ours.setLevel(before[2])


def test_the_access_log_has_a_line_for_each_request_without_query_or_body(written: Callable[[], str]) -> None:
    set_up_log("json")
    service = Client(Measured(client_of(SITE).app, lambda *_: None, log=True))
    service.post(f"/nl/plain/?price={PRICE}", data={"page": "cost", "cost": PRICE})

    [line] = written().splitlines()
    said = json.loads(line)
    assert (said["route"], said["method"], said["status"], said["level"]) == ("/nl/plain/", "POST", 200, "INFO")
    assert PRICE not in line


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_an_error_says_is_not_logged_whoever_logs_it(form: Any, written: Callable[[], str]) -> None:
    set_up_log(form)
    try:
        raise ValueError(f"cost {PRICE}") from KeyError(PRICE)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")

    log = written()
    assert "ValueError" in log
    assert "test_operations.py" in log
    assert PRICE not in log


def test_a_route_of_which_a_part_is_empty_is_answered_like_any_other() -> None:
    metrics = Metrics(lambda: 0, lambda: 0)
    app = Starlette(routes=[Route("/files/{path:path}", lambda request: PlainTextResponse("there"))])

    assert Client(Measured(app, metrics.answered, log=False)).get("/files/").text == "there"
    assert counts(metrics, "requests") == {("/files/", "GET", "200"): 1}


def test_a_line_end_in_an_address_makes_no_second_line(written: Callable[[], str]) -> None:
    set_up_log("text")
    app = Starlette(routes=[Route("/go/{name}", lambda request: RedirectResponse("/"))])
    Client(Measured(app, lambda *_: None, log=True)).get("/go/a%0d%0aERROR%20forged")

    [line] = written().splitlines()
    assert "forged" not in line
