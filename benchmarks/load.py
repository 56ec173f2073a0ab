"""How long the next question takes while many people are in the interview, and what an open page costs in memory.

Real processes of `main.py`, spoken to as NiceGUI's own script does in a browser: a GET of the page, the socket with the
identity that stands in it (with compression offered, as browsers do), the event that takes the stage, then a form a
step, acknowledged within 3 s. Timed: from sending a form to having the page that follows. The generator runs on the
same cores, so that its share of them is in every figure; its own times are in the table.

The people: 40 % a single person with domestic help, 30 % a couple with several provisions, 15 % with an aid of which
they type the price, 15 % don't know anything. Municipality and bands are drawn anew for each of them. They think for
2.5 to 7.5 s, five on average. At the result they begin again on the same page: so the pages that are open are
exactly those of the table, and loading of pages is seen while they come in, not while steps are measured.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import aiohttp
import psutil
from machine import machine, table
from people import GIVE_UP, THINK, Count, Person, somebody

ROOT = Path(__file__).parents[1]
ON = "2026-11-22"
HOST = "127.0.0.1"
PAGES_A_SECOND = 20  # that are loaded from each process while people come in
MEASURED = 30.0  # seconds
# Sessions and processes.
LEVELS = (
    (100, 1), (100, 2), (100, 3), (500, 1), (500, 2), (500, 3), (1000, 1), (1000, 2), (1000, 3), (2000, 1), (2000, 2),
    (2000, 3), (3000, 2), (3000, 3), (5000, 3),
)  # fmt: skip
# Sessions: how many milliseconds a step may take at the 95th percentile.
STEP_AT_MOST = {500: 25, 2000: 100}
PAGE_AT_MOST = 130  # kB


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


@contextmanager
def served(processes: int, *flags: str) -> Iterator[list[tuple[str, psutil.Process]]]:
    """Fresh processes of `main.py`, each with its address."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BIJDRAGEWIJZER_")}
    started = []
    with tempfile.TemporaryFile() as log:
        try:
            for port in [free_port() for _ in range(processes)]:
                command = [sys.executable, "main.py", "--host", HOST, "--port", str(port), "--on", ON, *flags]
                process = subprocess.Popen(command, cwd=ROOT, env=own, stdout=log, stderr=log)
                started.append((f"http://{HOST}:{port}", process))
            yield [(url, psutil.Process(process.pid)) for url, process in started]
        finally:
            for _, process in started:
                process.send_signal(signal.SIGINT)
            for _, process in started:
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


async def until_it_answers(http: aiohttp.ClientSession, url: str) -> None:
    """Wait for a process that was just started."""
    for _ in range(300):
        try:
            async with http.get(f"{url}/nl/") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientConnectionError:
            pass
        await asyncio.sleep(0.1)
    raise TimeoutError(f"no answer from {url}")


@asynccontextmanager
async def a_browser_each() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections without a limit."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
    ) as http:
        yield http


async def warmed_up(http: aiohttp.ClientSession, urls: Sequence[str]) -> None:
    """Every kind of page was made once before memory is looked at."""
    for url in urls:
        count = Count()
        people = [Person(http, url, count) for _ in range(40)]
        for person in people:
            await person.arrive()
            answers = somebody()
            for _ in range(12):
                person.page = await person.after("bwAnswer", {"fields": person.filled(answers)})
        for person in people:
            await person.socket.disconnect()


@dataclass
class Used:
    """Processor seconds so far: of each server, and of the generator."""

    servers: list[float]
    generator: float

    @classmethod
    def now(cls, servers: Sequence[psutil.Process]) -> Used:
        """As the system counts it."""
        return cls([sum(server.cpu_times()[:2]) for server in servers], sum(psutil.Process().cpu_times()[:2]))


async def come_and_answer(http: aiohttp.ClientSession, url: str, after: float, count: Count) -> None:
    """One person, from arriving until cancelled."""
    await asyncio.sleep(after)
    try:
        person = Person(http, url, count)
        await person.arrive()
        await person.live()
    except Exception as error:
        count.errors.append(f"{type(error).__name__}: {error}")


async def level(sessions: int, processes: int, seconds: float) -> tuple[tuple[str, ...], bool]:
    """One row of the table, and whether its targets are met."""
    count = Count()
    with served(processes) as started:
        urls, servers = [url for url, _ in started], [server for _, server in started]
        async with a_browser_each() as http:
            for url in urls:
                await until_it_answers(http, url)
            await warmed_up(http, urls)
            empty = sum(server.memory_info().rss for server in servers)
            arriving = sessions / processes / PAGES_A_SECOND
            people = [
                asyncio.create_task(come_and_answer(http, urls[i % processes], i * arriving / sessions, count))
                for i in range(sessions)
            ]
            gc.collect()
            gc.disable()  # no pause of the generator's own in the figures
            await asyncio.sleep(arriving + THINK * 1.5)
            before, began, count.measuring = Used.now(servers), perf_counter(), True
            await asyncio.sleep(seconds)
            after, took, count.measuring = Used.now(servers), perf_counter() - began, False
            grown = sum(server.memory_info().rss for server in servers) - empty
            for person in people:
                person.cancel()
            await asyncio.wait(people, timeout=GIVE_UP)
            gc.enable()
    for error in sorted(set(count.errors))[:5]:
        print(error)
    return row(sessions, count, before, after, took, grown / sessions / 1000)


def row(
    sessions: int, count: Count, before: Used, after: Used, took: float, page: float
) -> tuple[tuple[str, ...], bool]:
    """The figures in words; ``page`` is kB a page, ``took`` the seconds that were measured."""
    used = [then - first for first, then in zip(before.servers, after.servers, strict=True)]
    p50, p95, p99 = (percentile(count.steps, n) for n in (50, 95, 99))
    met = page <= PAGE_AT_MOST and p95 <= STEP_AT_MOST.get(sessions, p95) and not count.errors
    return (
        f"{sessions:,}", str(len(used)), f"{len(count.steps) / took:.0f}", f"{p50:.1f}", f"{p95:.1f}", f"{p99:.1f}",
        f"{percentile(count.results, 95):.1f}", str(len(count.errors)), f"{page:.0f}",
        f"{percentile(count.pages, 95):.0f}", " + ".join(f"{each / took:.0%}" for each in used),
        f"{sum(used) / max(1, len(count.steps)) * 1000:.1f}", f"{(after.generator - before.generator) / took:.0%}",
    ), met  # fmt: skip


def percentile(found: Sequence[float], number: int) -> float:
    """One of a hundred parts; not a number where next to nothing was found."""
    return quantiles(found, n=100)[number - 1] if len(found) > 1 else float("nan")


HEAD = (
    "sessions", "processes", "steps/s", "p50 ms", "p95 ms", "p99 ms", "result p95", "errors", "kB a page",
    "page load p95", "CPU servers", "CPU ms a step", "CPU generator",
)  # fmt: skip


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    counts = sorted({sessions for sessions, _ in LEVELS})
    options.add_argument("--sessions", type=int, nargs="+", choices=counts, help="only these rows")
    options.add_argument("--seconds", type=float, default=MEASURED, help="how long each row is measured")
    chosen = options.parse_args()
    print(machine(("nicegui", "uvicorn", "python-socketio")))
    rows, verdicts = [], []
    for sessions, processes in LEVELS:
        if chosen.sessions and sessions not in chosen.sessions:
            continue
        figures, met = await level(sessions, processes, chosen.seconds)
        rows.append(figures)
        print(" | ".join(figures), flush=True)
        verdicts.append(f"{sessions:,}: {'met' if met else 'NOT met'}")
    print(table(HEAD, rows))
    targets = ", ".join(f"{most} ms at {sessions:,}" for sessions, most in STEP_AT_MOST.items())
    print(f"Targets: no error, at most {PAGE_AT_MOST} kB a page, p95 at most {targets}: {'; '.join(verdicts)}")


if __name__ == "__main__":
    asyncio.run(main())
