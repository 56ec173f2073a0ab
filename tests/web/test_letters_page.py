"""Letters from a file, for staff: sent, made for real, saved, and wiped with the page, whatever ends it."""

import asyncio
import csv
import io
import json
import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

import httpx
import pytest
from openpyxl import Workbook
from starlette.requests import Request

from estimator.pages.letters import Counts, progress_words, result_context, unusable_words
from estimator.printing import post
from estimator.printing.addressees import Addressee, Addressees, AddresseesError, InMemory
from estimator.rules.household import Problem
from estimator.web import letters
from estimator.web.letters import LINK, WIPING, LetterPages
from estimator.web.uploads import form_in_memory
from tests.printing.reading import words_of
from tests.web.reader import NL, NOW, SITE
from tests.web.staff import HOST, StaffClient, access_for_tests, app_of, logged_in

HEAD = "reference;language;salutation;composition;client_age;income;assets;provision_1"
OPTIONS = {"municipality": "GM0000", "letter": "letter", "on": "2026-11-22", "output": "each", "language": "language"}
ENOUGH = 180  # seconds that nothing here takes


def rows(count: int, *wrong: int) -> bytes:
    """Households by number, some with an income that is none."""
    incomes = {n: "veel" if n in wrong else "30.000" for n in range(1, count + 1)}
    lines = [
        f"A-{n};{'pl' if n % 2 else 'nl'};Beste Naam{n},;single;pension;{income};0;domestic_help"
        for n, income in incomes.items()
    ]
    return "\n".join([HEAD, *lines]).encode()


class Answer:
    """What comes back, line by line, for as long as it isn't left."""

    def __init__(self) -> None:
        self.status, self.headers = 0, httpx.Headers()
        self.body, self.lines = b"", asyncio.Queue[dict[str, Any]]()
        self._left, self._begun = asyncio.Event(), asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def begun(self) -> "Answer":
        await self._begun.wait()
        return self

    async def until(self, field: str) -> dict[str, Any]:
        """The first line with this field."""
        async with asyncio.timeout(ENOUGH):
            while field not in (line := await self.lines.get()):
                pass
        return line

    async def leave(self) -> None:
        """As a browser whose page is closed."""
        self._left.set()
        assert self.task
        await self.task
        for thread in [each for each in threading.enumerate() if each.name == WIPING]:
            await asyncio.to_thread(thread.join)

    async def receive(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        if messages:
            return messages.pop(0)
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], httpx.Headers(message["headers"])
            return
        self.body += message.get("body", b"")
        if self.headers["content-type"] == "application/x-ndjson":
            for line in message.get("body", b"").decode().splitlines():
                if line:
                    self.lines.put_nowait(json.loads(line))
        self._begun.set()


class Desk:
    """Somebody at the page, in a service whose letters stand below a folder of the test."""

    def __init__(self, fixed: str | None = "GM0000") -> None:
        self.access = access_for_tests([LINK])
        self.stopping = False
        self.pages = LetterPages(replace(SITE, fixed=fixed), self.access, lambda: NOW, lambda: self.stopping)
        self.app = app_of(self.access, *self.pages.routes())
        self.client = logged_in(self.access, self.app, ["desk"])

    async def send(self, content: bytes, name: str = "huishoudens.csv", told: bool = True, **options: str) -> Answer:
        """Send a file, with its length told or not; the answer has begun."""
        asked = httpx.Request(
            "POST", f"{HOST}/brieven/maken", data={**OPTIONS, **options}, files={"file": (name, content)}
        )
        body = asked.read()
        headers = {"host": "example.nl", "origin": HOST, "content-type": asked.headers["content-type"]}
        headers["cookie"] = "; ".join(f"{key}={value}" for key, value in self.client.cookies.items())
        if told:
            headers["content-length"] = str(len(body))
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "POST",
            "scheme": "http", "path": "/brieven/maken", "raw_path": b"/brieven/maken", "root_path": "",
            "query_string": b"", "client": ("192.0.2.1", 1), "server": ("example.nl", 80),
            "headers": [(key.encode(), value.encode()) for key, value in headers.items()],
        }  # fmt: skip
        parts = [body[place : place + 65536] for place in range(0, len(body), 65536)]
        messages: list[dict[str, Any]] = [{"type": "http.request", "body": each, "more_body": True} for each in parts]
        messages.append({"type": "http.request", "body": b"", "more_body": False})
        answer = Answer()
        answer.task = asyncio.create_task(self.app(scope, lambda: answer.receive(messages), answer.send))
        async with asyncio.timeout(ENOUGH):
            return await answer.begun()

    async def get(self, url: str, client: StaffClient | None = None) -> httpx.Response:
        return await asyncio.to_thread((client or self.client).fetch, url)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the letters stand while the page is open."""
    monkeypatch.setattr(post, "IN_MEMORY", tmp_path)
    return tmp_path


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for another run to end."""
    monkeypatch.setattr(letters, "PATIENCE", 0)


def run(do: Callable[[Desk], Awaitable[None]]) -> None:
    async def whole() -> None:
        desk = Desk()
        try:
            await do(desk)
        finally:
            desk.pages.close()

    asyncio.run(whole())


def folders(place: Path) -> list[Path]:
    return list(place.iterdir())


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def links(html: str) -> dict[str, str]:
    return {url.rpartition("/")[2]: url for url in re.findall(r'href="([^"]+)"', html)}


# A run


@pytest.mark.usefixtures("nothing_logged")
def test_a_file_becomes_letters_that_are_saved_and_then_wiped(place: Path) -> None:
    async def do(desk: Desk) -> None:
        answer = await desk.send(rows(4, 3))
        assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
        assert answer.headers["content-encoding"] == "identity"  # nobody holds lines back to pack them
        progress = await answer.until("text")
        assert progress["max"] == 4
        assert "van 4 huishoudens gedaan." in progress["text"]
        html = (await answer.until("done"))["done"]

        for said in (
            "3 huishoudens hebben een brief.",
            "1 rij klopt niet.",
            "<td>veel</td>",
            "een bedrag in euro, zoals",
        ):
            assert said in html
        assert list(links(html)) == ["letters.zip", "errors.csv", "wrong-rows.csv"]
        saved = {name: await desk.get(url) for name, url in links(html).items()}
        assert {each.status_code for each in saved.values()} == {200}
        assert {each.headers["cache-control"] for each in saved.values()} == {"no-store"}
        with ZipFile(io.BytesIO(saved["letters.zip"].content)) as packed:
            assert packed.namelist() == ["A-1.pdf", "A-2.pdf", "A-4.pdf"]
            assert "Beste Naam2," in words_of(packed.read("A-2.pdf"))
        (wrong,) = csv.DictReader(io.StringIO(saved["wrong-rows.csv"].content.decode("utf-8-sig")), delimiter=";")
        assert (wrong["reference"], wrong["income"]) == ("A-3", "veel")

        (folder,) = folders(place)
        assert mode(folder) == 0o700
        await answer.leave()
        assert folders(place) == []
        assert (await desk.get(links(html)["letters.zip"])).status_code == 404

    run(do)


def test_how_far_it_came_is_told_of_letters_that_were_made_between_two_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[post.News] = []
    news = post.Post.news

    def all_at_once(one: post.Post) -> Iterator[post.News]:
        told.extend(news(one))
        while told and isinstance(told[-1], post.Made):
            yield from [told.pop(0) for _ in list(told)]

    monkeypatch.setattr(post.Post, "news", all_at_once)

    async def do(desk: Desk) -> None:
        answer = await desk.send(rows(2))
        assert (await answer.until("text"))["value"] == 2
        await answer.until("done")
        await answer.leave()

    run(do)


def test_letters_to_print_come_in_volumes() -> None:
    async def do(desk: Desk) -> None:
        answer = await desk.send(rows(2), output="combined", letter="letter-large-print")
        html = (await answer.until("done"))["done"]
        assert "Er is 1 PDF om te printen." in html
        with ZipFile(io.BytesIO((await desk.get(links(html)["letters.zip"])).content)) as packed:
            assert packed.namelist() == ["letters-001.pdf"]
        await answer.leave()

    run(do)


def test_a_page_that_is_closed_meanwhile_leaves_nothing_and_makes_room(place: Path) -> None:
    async def do(desk: Desk) -> None:
        answer = await desk.send(rows(300))
        await answer.until("text")
        assert len(folders(place)) == 1
        await answer.leave()

        assert folders(place) == []
        again = await desk.send(rows(1))
        await again.until("done")
        await again.leave()

    run(do)


@pytest.mark.usefixtures("at_once")
def test_two_files_are_not_made_into_letters_at_once() -> None:
    async def do(desk: Desk) -> None:
        first = await desk.send(rows(300))
        await first.until("text")
        second = await desk.send(rows(1))

        assert (second.status, json.loads(second.body)["detail"]) == (409, NL("post.refused.busy"))
        await first.leave()

    run(do)


def test_only_who_sent_the_file_can_save_the_letters() -> None:
    async def do(desk: Desk) -> None:
        answer = await desk.send(rows(1))
        url = links((await answer.until("done"))["done"])["letters.zip"]
        colleague = logged_in(desk.access, desk.app, ["desk"])

        assert (await desk.get(url, colleague)).status_code == 404
        assert (await desk.get(url, StaffClient(desk.app))).status_code == 401
        for other in ("letters.json", quote("../letters.zip", safe="")):
            assert (await desk.get(url.replace("letters.zip", other))).status_code == 404
        assert (await desk.get(url)).status_code == 200
        await answer.leave()

    run(do)


@pytest.mark.parametrize("how", ["logged out", "server stops"])
def test_who_logs_out_or_stops_the_server_ends_it(place: Path, how: str) -> None:
    async def do(desk: Desk) -> None:
        answer = await desk.send(rows(1))
        await answer.until("done")
        if how == "logged out":
            assert (await asyncio.to_thread(desk.client.post, "/uitloggen")).status_code == 200
        else:
            desk.stopping = True

        assert (await answer.until("refused"))["refused"] == NL("post.ended")
        await answer.leave()
        assert folders(place) == []

    run(do)


def test_what_waits_too_long_to_be_saved_is_wiped(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def do(desk: Desk) -> None:
        answer = await desk.send(rows(1))
        await answer.until("done")
        monkeypatch.setattr(letters, "IDLE_SECONDS", 0)
        await answer.until("refused")
        await answer.leave()
        assert folders(place) == []

    run(do)


def test_a_new_server_wipes_what_a_killed_one_left_and_nothing_else(place: Path) -> None:
    (place / f"{post.PREFIX}left").mkdir()
    (place / f"{post.PREFIX}left" / "A-1.pdf").write_bytes(b"")
    (place / "other").mkdir()
    held = post.PrivateFolder()

    post.wipe_left_overs()

    assert sorted(place.iterdir()) == sorted([held.path, place / "other"])
    held.wipe()
    assert list(place.iterdir()) == [place / "other"]


# What can't be used


@pytest.mark.usefixtures("nothing_logged")
def test_a_file_that_cannot_be_read_is_refused_in_words(place: Path) -> None:
    async def do(desk: Desk) -> None:
        answer = await desk.send(f"{HEAD}\nA-1;nl;Beste Renée,;single;pension;1;0;domestic_help".encode("latin-1"))
        line = await answer.until("refused")
        refused = line["refused"]

        assert line["about"] == "file"
        assert "In regel 2 staan letters die we niet kunnen lezen." in refused
        assert "Renée" not in refused
        await answer.leave()
        assert folders(place) == []

    run(do)


@pytest.mark.parametrize("told", [True, False])
def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch, told: bool) -> None:
    monkeypatch.setattr(letters, "MOST_BYTES", 1_000_000)

    async def do(desk: Desk) -> None:
        answer = await desk.send(b"x" * 1_100_000, told=told)

        assert answer.status == 413
        assert json.loads(answer.body) == {"detail": NL("post.refused.too_large", megabytes="1"), "about": "file"}

    run(do)


@pytest.mark.parametrize(
    ("options", "about"),
    [
        ({"on": "22-11-2026"}, "on"),
        ({"on": "1999-01-01"}, "on"),
        ({"letter": "leaflet-change"}, "letter"),
        ({"output": "paper"}, "output"),
        ({"municipality": "GM0363"}, "municipality"),  # another one is fixed
        ({"language": " "}, "language"),
        ({"name": ""}, "file"),
    ],
)
def test_a_choice_that_is_not_offered_is_refused_beside_its_field(options: dict[str, str], about: str) -> None:
    async def do(desk: Desk) -> None:
        answer = await desk.send(rows(1), **options)

        assert answer.status == 422
        assert json.loads(answer.body)["about"] == about

    run(do)


def test_a_body_without_a_file_is_refused() -> None:
    assert Desk().client.post("/brieven/maken", data=OPTIONS).status_code == 400


def test_letters_are_for_the_desk_and_ask_for_a_login() -> None:
    desk = Desk()
    policy = logged_in(desk.access, desk.app, ["policy"])

    assert policy.go("/brieven").status_code == 403
    assert StaffClient(desk.app).go("/brieven").headers["location"] == "/inloggen?next=/brieven"


def workbook(*lines: list[Any]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", ".csv of .xlsx"),
        ("a.csv", b"", "leeg"),
        ("a.csv", HEAD.encode(), "staat niets"),
        ("a.csv", b"reference;language\nA;nl", "ontbreekt: composition"),
        ("a.csv", f"{HEAD};bsn\n".encode(), "burgerservicenummers"),
        ("a.csv", f"{HEAD};\n;;;;;;;;x".encode().replace(b"assets;", b";"), "geen naam"),
        ("a.csv", f"{HEAD};income\n".encode(), "kolom income staat meer dan"),
        ("a.csv", f"{HEAD};shoe_size\n".encode(), "kolom shoe_size kennen we niet"),
        ("a.csv", f'{HEAD}\nA;"n"l'.encode(), "aanhalingstekens"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0", "wachtwoord"),
        ("a.xlsx", b"PK nothing", "rekenprogramma"),
    ],
)
def test_every_file_that_is_refused_is_refused_in_dutch(name: str, content: bytes, said: str) -> None:
    with pytest.raises(AddresseesError) as caught:
        list(Addressees(InMemory(name, content), NOW.date()))
    words = unusable_words(NL, Problem(caught.value.place, caught.value.found, caught.value.allowed))

    assert said in words
    assert "allowed" not in words
    assert "Plaats:" not in words


def test_every_row_that_is_wrong_is_told_in_dutch() -> None:
    more = ["address_1", "client_born", "partner_born", "start_1", "paid_before_2020_1", "no_income_data"]
    head = ";".join([HEAD, *more, "shelter_nights", "income_low", "client_income"])
    right = ["A", "nl", "", "single", "pension", "30000", "0", "domestic_help", *[""] * 9]
    places = {name: place for place, name in enumerate(head.split(";"))}
    wrong = [
        {"reference": ".x"}, {"reference": "A"}, {"language": "xx"}, {"salutation": "x" * 61}, {"salutation": '"a\nb"'},
        {"composition": "alone"}, {"client_age": ""}, {"client_born": "1-1-1950"}, {"partner_born": "1-1-1950"},
        {"client_born": "1-1-1800", "client_age": ""}, {"income": "=A1"}, {"income": "#N/A"}, {"income": "-5"},
        {"income": "1,234,567"}, {"provision_1": "shoes"}, {"provision_1": ""}, {"start_1": "May"},
        {"paid_before_2020_1": "5"}, {"provision_1": "other_aid", "paid_before_2020_1": "5"}, {"no_income_data": "x"},
        {"shelter_nights": "40"}, {"shelter_nights": "x"}, {"income_low": "5"}, {"income_low": "5,5", "income": ""},
        {"client_income": "5"}, {"address_1": "Щ" * 60}, {"address_1": "漢"}, {"address_1": '"a\nb\nc\nd\ne\nf\ng"'},
    ]  # fmt: skip
    lines = [list(right)]
    for number, change in enumerate(wrong):
        line = [*right]
        line[0] = f"B-{number}"
        for name, value in change.items():
            line[places[name]] = value
        lines.append(line)
    text = "\n".join([head, *map(";".join, lines), "C;nl;x"])
    found = [
        each
        for row in Addressees(InMemory("a.csv", text.encode()), NOW.date())
        if isinstance(row, list)
        for each in row
    ]
    assert len({each.row for each in found}) == len(wrong) + 1
    told = result_context(
        NL, Counts(0, len(wrong), 0), [[str(each.row), each.reference, *each.problem] for each in found], {}, 30
    )["rows"]

    assert [(row["column"], row["allowed"]) for row in told if row["allowed_lang"]] == []
    assert [row["found"] for row in told if row["found"] in ("nothing", "cells", "lines")] == []


# The page


def test_the_page_has_every_choice_and_says_what_it_needs() -> None:
    page = unescape(Desk().client.go("/brieven").text)

    assert NL("post.letters.no_script") in page
    assert re.search(r'<input type="hidden" name="municipality" value="GM0000">', page)
    assert re.search(r'<input type="date"[^>]+value="2026-11-22"', page)
    for words in ("Gewone brief", "Brief met grote letters", "Elke brief als aparte PDF", "Allebei"):
        assert words in page
    assert "style=" not in page


def test_without_a_fixed_municipality_those_that_can_send_letters_are_offered() -> None:
    page = Desk(fixed=None).client.go("/brieven").text
    offered = re.findall(r'<option value="(GM\d+)">', page)

    assert "GM0000" in offered
    assert all(SITE.municipalities[code].contact.phone for code in offered)


def test_the_example_can_be_sent_as_it_is() -> None:
    answer = Desk().client.go("/brieven/voorbeeld.csv")
    (addressee,) = Addressees(InMemory("voorbeeld.csv", answer.content), NOW.date())

    assert answer.headers["content-disposition"] == 'attachment; filename="voorbeeld.csv"'
    assert isinstance(addressee, Addressee)
    assert len(addressee.household.provisions) == 2


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_file_in_memory_is_read_as_one_on_disk(tmp_path: Path, name: str) -> None:
    lines = rows(3, 2).decode().splitlines()
    content = rows(3, 2) if name == "a.csv" else workbook(*(line.split(";") for line in lines))
    (tmp_path / name).write_bytes(content)
    on_disk, in_memory = (Addressees(each, NOW.date()) for each in (tmp_path / name, InMemory(name, content)))

    assert list(on_disk) == list(in_memory)
    assert (on_disk.count, on_disk.head, on_disk.delimiter) == (in_memory.count, in_memory.head, in_memory.delimiter)


def test_a_large_file_stays_in_memory() -> None:
    async def do() -> None:
        asked = httpx.Request("POST", HOST, files={"file": ("a.csv", b"x" * 3_000_000)})
        headers = [(name.lower().encode(), value.encode()) for name, value in asked.headers.items()]
        body: Iterator[dict[str, Any]] = iter([{"type": "http.request", "body": asked.read(), "more_body": False}])

        async def receive() -> Any:
            return next(body)

        form = await form_in_memory(Request({"type": "http", "method": "POST", "headers": headers}, receive), 4_000_000)
        file: Any = form["file"]
        assert len(file.file.read()) == 3_000_000
        assert not file.file._rolled
        await form.close()

    asyncio.run(do())


def test_how_long_it_takes_is_told_in_round_words() -> None:
    assert progress_words(NL, 0, 500, 3) == "0 van 500 huishoudens gedaan."
    assert progress_words(NL, 100, 500, 2) == "100 van 500 huishoudens gedaan. 50 per seconde. Nog ongeveer 8 seconden."
    assert progress_words(NL, 100, 5000, 2).endswith("Nog ongeveer 2 minuten.")
    assert progress_words(NL, 500, 500, 9).endswith(NL("post.progress.packing"))
