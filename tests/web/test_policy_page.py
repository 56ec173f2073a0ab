"""Comparing policies over HTTP: for whoever is logged in for it; files are in memory, and nothing of them is kept."""

import asyncio
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import httpx
import openpyxl
import polars as pl
import pytest

from estimator.policies.client_file import read_clients
from estimator.policies.named import ready_policies
from estimator.rules import Household, Provision, estimate
from estimator.texts import Texts
from estimator.web import policy
from estimator.web.access import Access
from estimator.web.policy import COMPARE, INVENT, LINK, MOST_ASKED, PATH, TEMPLATE, WORKBOOK, PolicyPages
from tests.policies.clients import csv_of, xlsx_of
from tests.web.reader import NOW, SITE
from tests.web.staff import StaffClient, access_for_tests, app_of, logged_in

NL = Texts("nl")
ACCESS: Access = access_for_tests((LINK,))
PAGES = PolicyPages(SITE, ACCESS, lambda: NOW)
ROUTES = PAGES.routes()
APP = app_of(ACCESS, *ROUTES)
WAYS = [(route.path, method) for route in ROUTES for method in sorted((route.methods or set()) - {"HEAD"})]
ON = date(2026, 11, 22)
FORM = {"source": "file", "on": "2026-11-22", "policy.1": "ready.national", "policy.2": "ready.2006-iv"}
CLIENTS = csv_of(
    "a;single;pension;24500;domestic_help", "b;couple;adult;41000;domestic_help", "c;single;pension;29000;wheelchair",
    head="reference;composition;client_age;income;provision_1",
).replace(b"client_age;income", b"client_age;partner_age;income").replace(b"pension;2", b"pension;;2").replace(
    b"adult;4", b"adult;pension;4"
)  # fmt: skip

Files = Mapping[str, tuple[str, bytes]]


@pytest.fixture
def staff() -> StaffClient:
    return logged_in(ACCESS, APP, ["policy"])


def ask(
    staff: StaffClient, clients: bytes = CLIENTS, name: str = "clients.csv", files: Files | None = None, **fields: Any
) -> httpx.Response:
    """Send the form, with changes."""
    sent = {"file": (name, clients), **(files or {})}
    return staff.fetch(fields.pop("path", COMPARE), "POST", data={**FORM, **fields}, files=sent)


def lines_of(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines() if line]


def result_of(answer: httpx.Response) -> str:
    """The words of the page that came at the end."""
    assert answer.status_code == 200, answer.text
    return str(lines_of(answer)[-1]["done"])


def wrong_of(answer: httpx.Response) -> list[tuple[str, str]]:
    """Each field that something is wrong with, and what is said of it."""
    told = answer.json() if answer.headers["content-type"] == "application/json" else lines_of(answer)[-1]
    return [(each["field"], " ".join([each["text"], *each["detail"]])) for each in told["wrong"]]


# Who comes in


@pytest.mark.parametrize(("path", "method"), WAYS)
def test_nothing_is_told_without_a_login(path: str, method: str) -> None:
    stranger = StaffClient(APP)

    assert stranger.fetch(path, method).status_code == 401
    if method == "GET":
        assert stranger.go(path).status_code == 303


@pytest.mark.parametrize(("path", "method"), WAYS)
def test_nor_to_somebody_of_another_role(path: str, method: str) -> None:
    assert logged_in(ACCESS, APP, ["desk"]).fetch(path, method).status_code == 403


@pytest.mark.parametrize("path", [COMPARE, WORKBOOK, INVENT])
def test_a_form_of_another_site_compares_nothing(staff: StaffClient, path: str) -> None:
    sent = staff.request("POST", path, {"Origin": "https://elders.example"}, data=FORM)

    assert sent.status_code == 403


def test_the_page_offers_ready_policies_and_those_of_municipalities(staff: StaffClient) -> None:
    shown = staff.go(PATH).text

    assert '<option value="ready.2006-ii"' in shown
    assert '<option value="municipality.GM0363"' in shown
    assert shown.count('class="policy"') == 8


# A file from begin to end


@pytest.mark.usefixtures("nothing_logged")
def test_the_sums_are_those_of_estimate(staff: StaffClient) -> None:
    households = [
        Household(composition=who, client_age=age, partner_age=partner, income=Decimal(income),
                  provisions=(Provision(kind=kind),))
        for who, age, partner, income, kind in (
            ("single", "pension", None, 24500, "domestic_help"), ("couple", "adult", "pension", 41000, "domestic_help"),
            ("single", "pension", None, 29000, "wheelchair"),
        )
    ]  # fmt: skip
    ready = ready_policies()

    shown = result_of(ask(staff))

    for which, said in (("current", NL.money), ("upcoming", NL.whole_money)):
        for key in ("national", "2006-iv"):
            found = [estimate(each, ON, ready[key].policy, which) for each in households]
            assert {each.low for each in found} == {each.high for each in found}
            assert f"<td>{said(12 * sum(each.low or 0 for each in found))}</td>" in shown
    assert "Plan, nog geen wet" in shown
    assert "Een rolstoel is gratis" in shown
    assert "clients.csv" in shown


def test_how_far_it_is_comes_before_the_result(staff: StaffClient) -> None:
    *before, last = lines_of(ask(staff))

    assert before
    assert all(line["stage"] for line in before)
    assert list(last) == ["done"]


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_workbooks_and_parquet_are_read_too(staff: StaffClient, kind: str) -> None:
    table, content = pl.read_csv(CLIENTS, separator=";"), BytesIO()
    if kind == "parquet":
        table.write_parquet(content)
    else:
        content.write(xlsx_of(table.columns, *map(list, table.iter_rows())))

    assert f"3 huishoudens uit clients.{kind}" in result_of(ask(staff, content.getvalue(), f"clients.{kind}"))


def test_nothing_of_the_file_is_in_a_cookie(staff: StaffClient) -> None:
    ask(staff)

    assert not any("24500" in line or "clients" in line for line in staff.set_cookies)


def test_names_out_of_files_stay_words(staff: StaffClient) -> None:
    named = b'name = "<script>alert(1)</script>"\nshare = 0.5\n'

    shown = result_of(ask(staff, files={"policy.3.file": ("x.toml", named)}, **{"policy.3": "file"}))

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_wrong_row_is_told_and_the_others_are_counted(staff: StaffClient) -> None:
    shown = result_of(ask(staff, CLIENTS + b"\r\nd;single;pension;;veel;domestic_help"))

    assert "3 huishoudens uit" in shown
    assert "1 rij heeft een fout" in shown
    assert '<th scope="row">5</th><td><code>income</code></td><td lang="en">&#39;veel&#39;</td>' in shown


def test_the_workbook_has_the_assumptions_first(staff: StaffClient) -> None:
    made = ask(staff, path=WORKBOOK)
    book = openpyxl.load_workbook(BytesIO(made.content))

    assert "attachment" in made.headers["content-disposition"]
    assert book.sheetnames[0] == "Uitgangspunten"
    assert "clients.csv" in [row[1].value for row in book.worksheets[0].iter_rows(max_col=2)]


def test_the_template_can_be_read_as_a_client_file(staff: StaffClient) -> None:
    made = staff.go(TEMPLATE)

    assert read_clients(made.content, "sjabloon.xlsx", ON).wrong_rows == 0


# Invented households


def test_invented_households_are_those_that_can_be_downloaded(staff: StaffClient) -> None:
    asked = {"source": "demo", "rows": "40", "seed": "7"}
    made = staff.fetch(INVENT, "POST", data=asked)

    assert "verzonnen-40-7.csv" in made.headers["content-disposition"]
    invented = result_of(ask(staff, b"", "", **asked))
    downloaded = result_of(ask(staff, made.content, "verzonnen-40-7.csv"))
    assert invented.replace("verzonnen-40-7.parquet", "verzonnen-40-7.csv") == downloaded


@pytest.mark.parametrize(
    ("rows", "seed", "field"),
    [("0", "1", "rows"), ("100001", "1", "rows"), ("veel", "1", "rows"), ("", "1", "rows"), ("5", "-1", "seed")],
)
def test_so_many_of_them_as_there_may_be(staff: StaffClient, rows: str, seed: str, field: str) -> None:
    made = staff.fetch(INVENT, "POST", data={"rows": rows, "seed": seed})

    assert made.status_code == 422
    assert [name for name, _ in wrong_of(made)] == [field]


# What is refused


@pytest.mark.parametrize(
    ("clients", "name", "said"),
    [
        (csv_of("123456782;single", head="bsn;composition"), "clients.csv", "kolom bsn staan burgerservicenummers."),
        (csv_of("single;single", head="composition;composition"), "clients.csv", "composition staat meer dan één keer"),
        (csv_of("x", head="colour"), "clients.csv", "De kolom colour kennen wij niet."),
        (b"", "clients.csv", "Het bestand is leeg."),
        (csv_of("single;\xe9").replace(b"\xc3\xa9", b"\xe9"), "clients.csv", "als XLSX, of als CSV UTF-8."),
        (b"PK\x03\x04x", "clients.xlsx", "Dit XLSX-bestand kan niet worden gelezen."),
        (b"x", "clients.docx", "found .docx; allowed: .csv or .xlsx or .parquet"),
    ],
)  # fmt: skip
def test_a_file_that_can_t_be_used_is_told_at_its_field(
    staff: StaffClient, clients: bytes, name: str, said: str
) -> None:
    (field, words), = wrong_of(ask(staff, clients, name))  # fmt: skip

    assert field == "file"
    assert said in words


def test_two_million_rows_are_refused(staff: StaffClient) -> None:
    rows = pl.repeat("single", 2_000_000, eager=True).to_frame("composition")
    content = BytesIO()
    rows.write_parquet(content)

    assert "Het bestand heeft te veel rijen." in wrong_of(ask(staff, content.getvalue(), "clients.parquet"))[0][1]


def test_too_large_a_body_is_refused_before_it_is_read(staff: StaffClient) -> None:
    headers = {
        "Content-Type": "multipart/form-data; boundary=b", "Content-Length": "300000000",
        "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin",
    }  # fmt: skip

    refused = staff.request("POST", COMPARE, headers, content=b"")

    assert refused.status_code == 413
    assert wrong_of(refused) == [("file", "De bestanden zijn te groot. Samen mogen ze hooguit 250 MB zijn.")]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (b"lower_amount = 99\n", "mine.toml: lower_amount: found 99; allowed: 0.00 to"),
        (b"[low_income_limits]\nsingle_pension = 21000\n", "mine.toml: source: found nothing"),
        (b"share = 3\n", "mine.toml: share: found 3; allowed: at most 1"),
        (b"colour = 1\n", "mine.toml: colour"),
        (b"share = ", "mine.toml: found"),
    ],
)
def test_a_policy_that_can_t_be_is_told_with_file_and_key(staff: StaffClient, toml: bytes, said: str) -> None:
    answer = ask(staff, files={"policy.2.file": ("mine.toml", toml)}, **{"policy.2": "file"})
    (field, words), = wrong_of(answer)  # fmt: skip

    assert answer.status_code == 422
    assert field in ("policy.2.file", "policy.2")
    assert said in words


def test_a_policy_made_in_the_form(staff: StaffClient) -> None:
    own = {
        "policy.2": "own", "policy.2.name": "Half tarief", "policy.2.share": "50", "policy.2.charges": "some",
        "policy.2.charged": ["domestic_help", "transport"], "policy.2.limit.single_pension": "25.000",
        "policy.2.plan.single_pension": "19000,50", "policy.2.source": "Verordening",
    }  # fmt: skip

    shown = result_of(ask(staff, **own))
    book = openpyxl.load_workbook(BytesIO(ask(staff, path=WORKBOOK, **own).content))

    assert "Half tarief" in shown
    assert "Inkomen onder de grens van het beleid" in shown
    choices = [str(row[1].value) for row in book.worksheets[0].iter_rows(max_col=2)]
    assert any(choice.startswith("share: ") and "50" in choice for choice in choices)
    assert any("charged_provisions" in choice and "Vervoer" in choice for choice in choices)


@pytest.mark.parametrize(
    ("own", "field", "said"),
    [
        ({"share": "veel"}, "policy.2.share", "Vul een getal in"),
        ({"share": "120"}, "policy.2.share", "hooguit honderd procent"),
        ({"lower_amount": "99"}, "policy.2.lower_amount", "lower_amount: found 99; allowed: 0.00 to"),
        ({"limit.single_under": "20000"}, "policy.2.source", "Bij een inkomensgrens hoort een bron."),
        ({"charges": "some", "charged": "unicycle"}, "policy.2", "charged_provisions"),
    ],
)
def test_what_is_wrong_in_that_form_is_told_at_its_field(
    staff: StaffClient, own: dict[str, str], field: str, said: str
) -> None:
    sent = {f"policy.2.{name}": value for name, value in own.items()}
    (found, words), = wrong_of(ask(staff, **{"policy.2": "own"}, **sent))  # fmt: skip

    assert found == field
    assert said in words


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"policy.2": ""}, ["policy.2"]),
        ({"policy.2": "ready.national"}, ["policy.2"]),
        ({"policy.2": "ready.2031"}, ["policy.2"]),
        ({"policy.2": "municipality.GM9999"}, ["policy.2"]),
        ({"policy.2": "file"}, ["policy.2.file"]),
        ({"on": "2006-01-01"}, ["on"]),
        ({"on": ""}, ["on"]),
        ({"on": "x", "policy.1": "", "policy.2": "own", "policy.2.share": "y"}, ["on", "policy.1", "policy.2.share"]),
    ],
)
def test_all_that_is_wrong_is_told_at_once(staff: StaffClient, changed: dict[str, str], fields: list[str]) -> None:
    assert [field for field, _ in wrong_of(ask(staff, **changed))] == fields


def test_without_a_file_the_field_says_so(staff: StaffClient) -> None:
    sent = staff.fetch(COMPARE, "POST", data=FORM, files={"other": ("", b"")})

    assert wrong_of(sent) == [("file", "Kies een bestand met huishoudens.")]


@pytest.mark.parametrize("content", [b"", b"nonsense"])
def test_what_is_no_form_is_refused(staff: StaffClient, content: bytes) -> None:
    assert staff.fetch(COMPARE, "POST", content=content).status_code == 400


# Who waits, and who doesn't any more


class Conversation:
    """A request of which the test says when the browser is gone."""

    def __init__(self, staff: StaffClient) -> None:
        fields = {**FORM, "source": "demo", "rows": "100000", "seed": "1"}
        request = httpx.Request("POST", f"{staff.host}{COMPARE}", data=fields, files={"none": ("", b"")})
        cookie = "; ".join(f"{name}={value}" for name, value in staff.cookies.items())
        headers = {**request.headers, "cookie": cookie, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}
        self.body = request.read()
        self.scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "POST",
            "path": COMPARE, "raw_path": COMPARE.encode(), "root_path": "", "scheme": "http", "query_string": b"",
            "server": ("example.nl", 80), "client": ("192.0.2.1", 1),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        self.said: list[bytes] = []
        self.began, self.gone, self.sent = asyncio.Event(), asyncio.Event(), False

    async def receive(self) -> dict[str, Any]:
        if not self.sent:
            self.sent = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.said.append(message.get("body", b""))
        if b"stage" in self.said[-1]:
            self.began.set()

    async def held(self) -> None:
        await APP(self.scope, self.receive, self.send)


async def others_done() -> None:
    """What works in a thread comes to its end by itself, after whoever asked for it is gone."""
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


def test_a_comparison_ends_when_nobody_waits_for_it_any_more(staff: StaffClient) -> None:
    async def leave() -> list[bytes]:
        conversation = Conversation(staff)
        answering = asyncio.create_task(conversation.held())
        await conversation.began.wait()
        (work,) = PAGES.works
        conversation.gone.set()
        await answering
        await others_done()
        assert work.stage != "comparing" or work.done < work.of
        assert not PAGES.works
        return conversation.said

    assert not any(b'"done": "' in said for said in asyncio.run(leave()))


def test_whoever_comes_when_too_many_wait_is_told_so(staff: StaffClient) -> None:
    waiting = [policy.Work() for _ in range(MOST_ASKED)]
    PAGES.works.update(waiting)
    refused = ask(staff)
    PAGES.works.difference_update(waiting)

    assert refused.status_code == 503
    assert "Er wachten al te veel vergelijkingen." in wrong_of(refused)[0][1]
    assert "Uitkomst" in result_of(ask(staff))
    assert not PAGES.works


def test_more_than_may_work_at_once_wait_for_their_turn(staff: StaffClient) -> None:
    async def three() -> list[list[bytes]]:
        conversations = [Conversation(staff) for _ in range(policy.AT_WORK + 1)]
        answering = [asyncio.create_task(each.held()) for each in conversations]
        for each in conversations:
            await each.began.wait()
        for each in conversations:
            each.gone.set()
        await asyncio.gather(*answering)
        await others_done()
        return [each.said for each in conversations]

    told = [b"".join(said).decode() for said in asyncio.run(three())]

    assert sum("Die van u begint zodra er plaats is." in said for said in told) == 1
