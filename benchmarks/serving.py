"""What a process answers in a second besides live pages: plain ones, estimates of the API, PDF; and how fast it starts.

A real process of `main.py`, asked over HTTP by a generator on the same cores, so many requests at a time as the table
says, each a new one: answers, language and price are drawn anew. A status other than 200 ends the row with its number.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from statistics import median, quantiles
from time import perf_counter

import aiohttp
from load import served, until_it_answers
from machine import machine, table

SECONDS, WARM = 8.0, 1.5
LOCALES = ("nl", "en", "tr", "ar", "pl", "uk")
STARTS = 5
Ask = Callable[[aiohttp.ClientSession, str], Awaitable[int]]


def answers() -> dict[str, list[str]]:
    """What somebody has answered, up to the result."""
    price = f"{random.randint(20_000, 600_000) / 100:.2f}"
    single = {"household": ["single"], "age": [random.choice(["adult", "pension"])], "facts": ["none"]}
    aid = {"provisions": ["other_aid"], "cost": [price]} if random.random() < 0.2 else {"provisions": ["domestic_help"]}
    return {"municipality": ["unknown"], **aid, **single, "income": ["30500-36499"], "savings": ["unknown"]}


def form(go: str) -> dict[str, str]:
    """A plain form, with a button of the result."""
    return {"page": "result", "state": json.dumps({"answers": answers(), "page": "result"}), "go": go}


async def first_page(http: aiohttp.ClientSession, url: str) -> int:
    async with http.get(f"{url}/{random.choice(LOCALES)}/plain/") as answer:
        await answer.read()
        return answer.status


async def article(http: aiohttp.ClientSession, url: str) -> int:
    async with http.get(f"{url}/nl/answers/hoeveel-betaal-ik-nu/") as answer:
        await answer.read()
        return answer.status


async def result(http: aiohttp.ClientSession, url: str) -> int:
    async with http.post(f"{url}/{random.choice(LOCALES)}/plain/", data=form("result")) as answer:
        await answer.read()
        return answer.status


async def pdf(http: aiohttp.ClientSession, url: str) -> int:
    async with http.post(f"{url}/{random.choice(LOCALES)}/plain/", data=form("pdf")) as answer:
        body = await answer.read()
        return answer.status if body.startswith(b"%PDF") else -answer.status


async def estimate(http: aiohttp.ClientSession, url: str) -> int:
    household = {
        "composition": "single",
        "clientAge": random.choice(["adult", "pension"]),
        "income": random.randint(15_000, 80_000),
        "assets": random.randint(0, 90_000),
        "provisions": [{"kind": "domestic_help"}],
    }
    async with http.post(f"{url}/v1/estimates", json={"on": "2026-11-22", "household": household}) as answer:
        await answer.read()
        return answer.status


ROWS: Sequence[tuple[str, Ask, int]] = (
    ("first question, plain", first_page, 16),
    ("article, plain", article, 16),
    ("result, plain", result, 16),
    ("estimate, API", estimate, 16),
    ("summary as PDF", pdf, 2),
)


async def measured(url: str, ask: Ask, at_once: int) -> tuple[float, list[float], Counter[int]]:
    """Answers a second, how long each took in ms, and their status."""
    took: list[float] = []
    statuses: Counter[int] = Counter()
    ends = perf_counter() + WARM + SECONDS
    begins = ends - SECONDS

    async def one(http: aiohttp.ClientSession) -> None:
        while (began := perf_counter()) < ends:
            status = await ask(http, url)
            if began >= begins:
                took.append((perf_counter() - began) * 1000)
                statuses[status] += 1

    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        await asyncio.gather(*(one(http) for _ in range(at_once)))
    return len(took) / SECONDS, took, statuses


async def started() -> float:
    """Seconds from the start of a process to its first page."""
    async with aiohttp.ClientSession() as http:
        began = perf_counter()
        with served(1) as [(url, _)]:
            await until_it_answers(http, url)
            return perf_counter() - began


async def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print(machine(("nicegui", "uvicorn", "typst")))
    rows = []
    with served(1, "--api-rate", "none") as [(url, _)]:
        async with aiohttp.ClientSession() as http:
            await until_it_answers(http, url)
        for name, ask, at_once in ROWS:
            a_second, took, statuses = await measured(url, ask, at_once)
            others = sum(count for status, count in statuses.items() if status != 200)
            p50, p95 = quantiles(took, n=100)[49], quantiles(took, n=100)[94]
            rows.append((name, str(at_once), f"{a_second:.0f}", f"{p50:.1f}", f"{p95:.1f}", str(others)))
    print(table(("one process", "at once", "a second", "p50 ms", "p95 ms", "not 200"), rows))
    starts = [await started() for _ in range(STARTS)]
    print(
        f"From start to first page: {median(starts):.1f} s (median of {STARTS}; {min(starts):.1f} to {max(starts):.1f})"
    )


if __name__ == "__main__":
    asyncio.run(main())
