"""Several real processes behind nginx, as in deploy/nginx: nobody loses an answer, whoever else does what."""

from __future__ import annotations

import asyncio
import json
import random
import re
import resource
import socket
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from time import monotonic

import aiohttp
import pytest

from benchmarks.people import Answers, Count, Person, page_name, somebody
from tests.browser.processes import Server, free_port
from tests.web.nginx import FOUND, Nginx

pytestmark = [
    pytest.mark.skipif(FOUND is None, reason="no nginx: on Debian `make test` installs it as root"),
    pytest.mark.xdist_group("nginx"),
]
FILES = r'bijdragewijzer_requests_total\{[^}]*route="/assets/[^}]*'
PEOPLE, SLOW = 300, 10_000
THINKING = 0.6  # seconds at most: they all answer within the time of the test
MOST_RETURNS = 2  # a page and its socket may meet the end of the process one after the other
ENOUGH = 120.0  # seconds for all of them to be done


class Running:
    """Three processes, nginx before them, and the ports of their counts."""

    def __init__(self, servers: Sequence[Server], counts: Sequence[int], nginx: Nginx) -> None:
        self.servers, self.counts, self.url, self.nginx = servers, counts, nginx.url, nginx

    def open_pages(self) -> list[int]:
        """Of each process, as it counts them itself."""
        return [int(self.count(port, "bijdragewijzer_open_pages")) for port in self.counts]

    def count(self, port: int, name: str) -> float:
        """The sum of all that begin like this, as a process counts it."""
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            found = re.findall(rf"^{name}\S* (\S+)$", answer.read().decode(), re.MULTILINE)
        return sum(map(float, found))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("nginx")
    with ExitStack() as stack:
        counts = [free_port() for _ in range(3)]
        servers = [
            Server(folder / f"{n}.txt", flags=("--metrics-port", str(port), "--api-rate", "none"))
            for n, port in enumerate(counts)
        ]
        for server in servers:
            stack.enter_context(server)
        nginx = stack.enter_context(Nginx(folder / "nginx", [server.port for server in servers]))
        yield Running(servers, counts, nginx)


class Resident:
    """Somebody with a tab that keeps what a tab keeps: comes back when the connection is lost, and sends again."""

    def __init__(self, http: aiohttp.ClientSession, url: str, number: int) -> None:
        self.http, self.url = http, url
        self.headers = {"X-Forwarded-For": f"10.0.{number // 200}.{number % 200 + 1}"}
        self.answers: Answers = somebody()
        self.given: Answers = {}
        self.kept, self.returned = "", 0
        self.person: Person | None = None

    async def arrive(self) -> Person:
        """With what the tab has kept; tried again like a browser does, for a while."""
        give_up = monotonic() + 30
        while True:
            self.person = Person(self.http, self.url, Count(), self.headers)
            try:
                await self.person.arrive(self.kept)
            except (ConnectionError, aiohttp.ClientConnectionError):  # no error page is waited for
                if monotonic() > give_up:
                    raise
                await asyncio.sleep(0.2)
            else:
                return self.person

    async def answer_all(self) -> None:
        """From the first question to the result."""
        person = self.person or await self.arrive()
        while (name := page_name(person.page)) != "result":
            await asyncio.sleep(random.uniform(0, THINKING))
            form = person.filled(self.answers)
            self.given |= {name: form[name]} if name != "overview" else {}
            try:
                page = await person.after("bwAnswer", {"fields": form})
            except (ConnectionError, TimeoutError):
                self.kept, self.returned = person.kept, self.returned + 1
                if self.returned > MOST_RETURNS:
                    raise
                person = await self.arrive()
                assert page_name(person.page) == name, "came back to another step"
                continue
            person.check(page)
            person.page = page
        assert self.given.items() <= json.loads(person.kept)["answers"].items()
        await person.socket.disconnect()


def with_http(deed: Callable[[aiohttp.ClientSession], Awaitable[None]]) -> None:
    async def run() -> None:
        async with (
            asyncio.timeout(ENOUGH),
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()) as http,
        ):
            await deed(http)

    asyncio.run(run())


async def all_arrived(residents: Sequence[Resident]) -> None:
    """A few at a time, as people come."""
    at_once = asyncio.Semaphore(8)

    async def one(resident: Resident) -> None:
        async with at_once:
            await resident.arrive()

    await asyncio.gather(*map(one, residents))


def test_one_process_is_killed_while_300_people_answer_and_no_answer_is_lost(running: Running) -> None:
    async def deed(http: aiohttp.ClientSession) -> None:
        residents = [Resident(http, running.url, number) for number in range(PEOPLE)]
        await all_arrived(residents)
        opened = await asyncio.to_thread(running.open_pages)
        assert min(opened) > PEOPLE / 10, "not dealt out"
        answering = [asyncio.create_task(resident.answer_all()) for resident in residents]
        await asyncio.sleep(2 * THINKING)
        await asyncio.to_thread(running.servers[0].kill)
        await asyncio.gather(*answering)
        assert sum(resident.returned > 0 for resident in residents) > PEOPLE / 20

    try:
        with_http(deed)
    finally:
        running.servers[0].start()


def test_everything_of_a_page_stays_with_its_process_and_there_is_no_cookie(running: Running) -> None:
    async def deed(http: aiohttp.ClientSession) -> None:
        residents = [Resident(http, running.url, number) for number in range(20)]
        await all_arrived(residents)
        await asyncio.gather(*(resident.answer_all() for resident in residents))
        assert {resident.returned for resident in residents} == {0}
        assert all(re.fullmatch("/w[0-9a-f]{2}", resident.person.prefix) for resident in residents if resident.person)
        async with http.get(f"{running.url}/w3f/nl/plain/") as answer:
            page = await answer.text()
            assert "Set-Cookie" not in answer.headers
        assert set(re.findall(r'(?:href|action|src)="/([^/"]*)/', page)) == {"w3f"}

    with_http(deed)


def test_processes_are_restarted_one_after_another_without_an_error_page(running: Running) -> None:
    async def deed(http: aiohttp.ClientSession) -> None:
        residents = [Resident(http, running.url, number) for number in range(40)]
        restarted = asyncio.Event()
        seen: list[int] = []

        async def look() -> None:
            while not restarted.is_set():
                sent = {"page": "municipality", "municipality": "unknown", "go": "next"}
                for asked in (http.get(f"{running.url}/en/plain/"), http.post(f"{running.url}/en/plain/", data=sent)):
                    async with asked as answer:
                        seen.append(answer.status)
                await asyncio.sleep(0.02)

        async def keep_answering(resident: Resident) -> None:
            while not restarted.is_set():
                await resident.answer_all()
                resident.person, resident.given, resident.kept = None, {}, ""

        busy = [asyncio.create_task(keep_answering(resident)) for resident in residents]
        looking = asyncio.create_task(look())
        for server in running.servers:
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
        restarted.set()
        await asyncio.gather(looking, *busy)
        assert len(seen) > 50
        assert set(seen) == {200}

    with_http(deed)


def test_a_file_that_never_changes_is_asked_of_a_process_once(running: Running) -> None:
    page = urllib.request.urlopen(f"{running.url}/nl/plain/").read().decode()
    address = re.search(r'href="/w[0-9a-f]{2}(/assets/[^"]+screen\.css)"', page)[1]

    def asked() -> float:
        return sum(
            running.count(port, r'bijdragewijzer_requests_total\{[^}]*route="/assets/[^}]*') for port in running.counts
        )

    before = asked()
    for prefix in ("/w01", "/w80", "/wf0", ""):
        assert urllib.request.urlopen(f"{running.url}{prefix}{address}").status == 200
    assert asked() - before <= 1


# Who does harm


def test_a_line_end_in_an_address_begins_no_other_request(running: Running) -> None:
    for address in ("/w3f/%0d%0aX-Forwarded-For:%201.2.3.4/", "/w3f/nl/plain/%20HTTP/1.1%0d%0aHost:%20evil/"):
        status, headers, _ = raw(running, f"GET {address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert status in (400, 404)
        assert "evil" not in headers


@pytest.mark.parametrize(
    "address",
    [
        "/../../etc/passwd",
        "/assets/x/../../main.py",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc/nl/",
        "/w3f/../../main.py",
    ],
)
def test_a_way_out_of_the_folder_leads_nowhere(running: Running, address: str) -> None:
    status, _, body = raw(running, f"GET {address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert status in (400, 404)
    assert "root:" not in body
    assert "import" not in body


def test_thousands_of_slow_clients_from_one_address_hold_nobody_up(running: Running) -> None:
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    many = min(SLOW, allowed - 1000)
    slow = [socket.create_connection(("127.0.0.1", running.nginx.port)) for _ in range(many)]
    try:
        for each in slow:
            each.sendall(b"POST /nl/plain/ HTTP/1.1\r\nHost: x\r\nContent-Le")
        took = []
        for _ in range(20):
            began = monotonic()
            assert raw(running, "GET /nl/plain/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")[0] == 200
            took.append(monotonic() - began)
        assert sorted(took)[10] < 1
    finally:
        for each in slow:
            each.close()


def test_who_asks_for_too_much_at_once_is_refused_and_another_is_not(running: Running) -> None:
    sending = b"POST /nl/plain/ HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\nContent-Length: 9\r\n\r\n"
    many = [socket.create_connection(("127.0.0.1", running.nginx.port)) for _ in range(560)]
    try:
        for each in many:
            each.sendall(sending)  # and nothing of the body
        greedy = "GET /nl/plain/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: {}\r\n\r\n"
        # nginx takes them in one after another, and lets go of the first after ten seconds.
        give_up = monotonic() + 8
        while raw(running, greedy.format("203.0.113.9"))[0] != 429:
            assert monotonic() < give_up
        assert raw(running, greedy.format("203.0.113.10"))[0] == 200
    finally:
        for each in many:
            each.close()


def test_a_body_that_is_too_large_is_refused_with_a_page_of_ours(running: Running) -> None:
    body = "x" * 200_000
    head = f"POST /en/plain/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    status, _, page = raw(running, f"{head}{kind}{body}")
    assert status == 413
    assert "<h1" in page


def raw(running: Running, request: str) -> tuple[int, str, str]:
    """Status, headers and body of one answer."""
    with socket.create_connection(("127.0.0.1", running.nginx.port), 20) as line:
        line.sendall(request.encode())
        said = b""
        while more := line.recv(65536):
            said += more
    head, _, body = said.decode(errors="replace").partition("\r\n\r\n")
    return int(head.split()[1]), head, body
