"""100,000 calls of the API, right ones and wrong ones: no status of 500, and none that its description hasn't got.

A real process of `main.py`. Half of the calls are estimates of households drawn at random, a quarter are those with one
thing spoilt (another type, a name that isn't known, an amount that is none, bytes cut off, another content type), and a
quarter ask for law, municipalities and articles, some by names that aren't there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections import Counter
from time import perf_counter
from typing import Any

import aiohttp
from load import served, until_it_answers
from machine import machine, table

CALLS, AT_ONCE = 100_000, 16
SPOILT: tuple[Any, ...] = (None, True, -1, 1e308, "1e3", "", [], {}, "x" * 5000, "\u0000", 2**80, {"a": [{}] * 50})
AGES, KINDS = ("adult", "pension", "under_18"), ("domestic_help", "other_aid", "wheelchair", "transport", "shelter")
NAMES = ("monthly_amount", "bill_minimum", "..%2f..%2fetc", "%00", "nothing", "a" * 3000, "😀")
Call = tuple[str, str, dict[str, Any]]


def household() -> dict[str, Any]:
    """Somebody who may exist."""
    couple = random.random() < 0.4
    drawn: dict[str, Any] = {
        "composition": "couple" if couple else "single",
        "clientAge": random.choice(AGES[:2]),
        "provisions": [{"kind": random.choice(KINDS)} for _ in range(random.randint(1, 3))],
    }
    if couple:
        drawn["partnerAge"] = random.choice(AGES[:2])
    if random.random() < 0.7:
        drawn["income"] = random.choice([random.randint(0, 90_000), f"{random.randint(0, 9_000_000) / 100:.2f}"])
    if random.random() < 0.5:
        drawn["assets"] = random.randint(0, 200_000)
    return drawn


def body() -> dict[str, Any]:
    """A request that is right."""
    day = f"{random.randint(2008, 2030)}-{random.randint(1, 12):02}-15"
    return {"on": day, "household": household(), **({"municipality": "GM0000"} if random.random() < 0.2 else {})}


def spoilt() -> Call:
    """A request with one thing wrong."""
    asked, kind = body(), "application/json"
    where = random.choice([asked, asked["household"], asked["household"]["provisions"][0]])
    where[random.choice([*where, "unknown", "client_age"])] = random.choice(SPOILT)
    sent = json.dumps(asked).encode()
    how = random.random()
    if how < 0.15:
        sent = sent[: random.randint(0, len(sent))]
    elif how < 0.2:
        sent = random.randbytes(200)
    elif how < 0.25:
        sent, kind = b"[" * 30_000, kind
    elif how < 0.3:
        kind = random.choice(["text/plain", "application/json; charset=utf-16", "", "multipart/form-data"])
    return "POST", "/estimates", {"data": sent, "headers": {"Content-Type": kind}}


def reference() -> Call:
    """Something to read."""
    path = random.choice([
        "/law", "/municipalities", "/municipalities/GM0000", "/municipalities/GM9999", "/articles",
        "/articles?language=ar", "/articles?language=xx", "/openapi.json",
        f"/law/{random.choice(NAMES)}", f"/articles/{random.choice(NAMES)}",
    ])  # fmt: skip
    return "GET", path, {"headers": {"If-None-Match": '"x"'} if random.random() < 0.1 else {}}


def call() -> Call:
    """One call."""
    drawn = random.random()
    if drawn < 0.5:
        return "POST", "/estimates", {"json": body()}
    return spoilt() if drawn < 0.75 else reference()


def described(document: dict[str, Any]) -> dict[tuple[str, str], set[int]]:
    """The statuses of each operation, by its method and the first part of its path."""
    found: dict[tuple[str, str], set[int]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            key = (method.upper(), path.split("/")[1])
            found.setdefault(key, set()).update(int(status) for status in operation["responses"])
    return found


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--calls", type=int, default=CALLS)
    calls = options.parse_args().calls
    print(machine(("fastapi", "pydantic")))
    random.seed(1)
    statuses: Counter[tuple[str, int]] = Counter()
    wrong: Counter[tuple[str, str, int]] = Counter()
    with served(1, "--api-rate", "none") as [(url, _)]:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            await until_it_answers(http, url)
            async with http.get(f"{url}/v1/openapi.json") as answer:
                known = described(await answer.json())
            left = iter(range(calls))

            async def one() -> None:
                for _ in left:
                    method, path, sent = call()
                    async with http.request(method, f"{url}/v1{path}", **sent) as answer:
                        await answer.read()
                    part = path.split("/")[1].partition("?")[0]
                    statuses[part, answer.status] += 1
                    allowed = known.get((method, part), {200, 304})
                    if answer.status >= 500 or answer.status not in allowed:
                        wrong[method, path[:40], answer.status] += 1

            began = perf_counter()
            await asyncio.gather(*(one() for _ in range(AT_ONCE)))
            took = perf_counter() - began
    rows = [(part, str(status), f"{count:,}") for (part, status), count in sorted(statuses.items())]
    print(table(("asked", "status", "answers"), rows))
    for each, count in wrong.most_common(10):
        print("NOT described:", *each, count)
    print(
        f"{calls:,} calls in {took:.0f} s: {'met' if not wrong else 'NOT met'} (no 500, nothing that isn't described)"
    )


if __name__ == "__main__":
    asyncio.run(main())
