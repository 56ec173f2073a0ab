"""People in the interview, without a browser: each speaks to the service as NiceGUI's own script does in a tab."""

from __future__ import annotations

import asyncio
import html
import json
import random
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from types import MappingProxyType

import aiohttp
import orjson
import socketio
from socketio.exceptions import SocketIOError

THINK = 5.0  # seconds
ACKNOWLEDGED, GIVE_UP = 3.0, 15.0
UNKNOWN = "unknown"
DRAWN = "drawn"  # any of the options but "unknown"
Answers = dict[str, list[str]]


def somebody() -> Answers:
    """What one person answers, by the name of the question; "unknown" to all that isn't there."""
    drawn: Answers = {name: [DRAWN] for name in ("municipality", "income", "savings")}
    single = {"household": ["single"], "age": ["pension"], "facts": ["none"]}
    couple = {"household": ["couple"], "partner_age": [random.choice(["adult", "pension"])], "facts": ["none"]}
    kinds: tuple[Answers, ...] = (
        {**drawn, **single, "provisions": ["domestic_help"]},
        {**drawn, **couple, "age": [random.choice(["adult", "pension"])], "provisions": ["domestic_help", "transport"]},
        {**drawn, **single, "provisions": ["other_aid"], "cost": [f"{random.randint(20_000, 600_000) / 100:.2f}"]},
        {},
    )
    return random.choices(kinds, weights=(40, 30, 15, 15))[0]


@dataclass
class Count:
    """What was seen: milliseconds of steps, of those to a result, and of loading; and what went wrong."""

    results: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    measuring: bool = False


class Person:
    """One tab. ``headers`` are those of a proxy between this person and the service."""

    def __init__(
        self, http: aiohttp.ClientSession, url: str, count: Count, headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.url, self.http, self.count, self.headers = url, http, count, dict(headers)
        self.socket = socketio.AsyncClient(
            reconnection=False, json=orjson_as_json, http_session=http, handle_sigint=False,
            websocket_extra_options={"compress": 15, "max_msg_size": 0},
        )  # fmt: skip
        self.shown: asyncio.Queue[str] = asyncio.Queue()
        self.ready = asyncio.Event()
        self.next_message = 0
        self.serial = ""
        self.socket.on("update", self.updated)
        self.socket.on("run_javascript", self.told)
        self.socket.on("disconnect", self.left)

    async def arrive(self, kept: str = "") -> None:
        """Load the page, open its socket, and let the stage take over, with what a tab ``kept`` of a page before."""
        began = perf_counter()
        async with self.http.get(f"{self.url}/nl/", headers={**self.headers, "Connection": "close"}) as answer:
            page = await answer.text()
            answer.raise_for_status()
        self.count.pages.append((perf_counter() - began) * 1000)
        elements = json.loads(html.unescape(re.search(r"parseElements\(String\.raw`(.*?)`\)", page, re.DOTALL)[1]))  # type: ignore[index]
        self.client = re.search(r"'client_id': '([^']+)'", page)[1]  # type: ignore[index]
        self.prefix = re.search(r'prefix: "([^"]*)"', page)[1]  # type: ignore[index]
        self.stage, element = next((key, e) for key, e in elements.items() if "stage" in e.get("class", ()))
        self.listeners = {event["type"]: event["listener_id"] for event in element["events"]}
        query = f"client_id={self.client}&next_message_id=0&implicit_handshake=true"
        tab = f"document_id={uuid.uuid4()}&tab_id={uuid.uuid4()}&old_tab_id=null"
        try:
            await self.socket.connect(
                f"{self.url}?{query}&{tab}", self.headers, transports=["websocket"], wait_timeout=GIVE_UP,
                socketio_path=f"{self.prefix}/_nicegui_ws/socket.io",
            )  # fmt: skip
        except Exception as error:  # python-socketio stumbles over a connection that is closed at once, in many ways
            raise ConnectionError(f"no socket: {error}") from error
        async with asyncio.timeout(GIVE_UP):
            await self.ready.wait()
        begin = ("bwRestore", {"state": kept}) if kept else ("bwGoto", {"page": "start"})
        self.page = await self.after(*begin)

    def updated(self, message: dict[str, object]) -> None:
        """The stage has another content."""
        self.next_message = int(str(message["_id"])) + 1
        element = message.get(self.stage)
        if isinstance(element, dict):
            self.shown.put_nowait(element["props"]["innerHTML"])

    def told(self, message: dict[str, object]) -> None:
        """The server calls ``bijdragewijzer.start()`` once the connection stands."""
        self.next_message = int(str(message["_id"])) + 1
        self.ready.set()

    def left(self, *_: object) -> None:
        """The server has gone, or has ended the connection."""
        self.shown.put_nowait("")
        self.ready.set()

    @property
    def kept(self) -> str:
        """What the tab keeps of the page that is shown."""
        found = re.search(r'data-state="([^"]*)"', self.page)
        return html.unescape(found[1]) if found else ""

    async def after(self, event: str, detail: Mapping[str, object]) -> str:
        """Send an event of the stage; the page that follows. Raises ``ConnectionError`` when the server has gone."""
        message = {
            "id": int(self.stage), "client_id": self.client, "listener_id": self.listeners[event],
            "args": [json.dumps(detail)],
        }  # fmt: skip
        try:
            await self.socket.emit("event", message)
        except SocketIOError as error:
            raise ConnectionError(f"before {event}: the server has gone") from error
        async with asyncio.timeout(GIVE_UP):
            page = await self.shown.get()
        if not page:
            raise ConnectionError(f"after {event}: the server has gone")
        return page

    async def live(self) -> None:
        """Answer question after question until cancelled."""
        answers = somebody()
        while True:
            await self.think()
            form = self.filled(answers)
            began = perf_counter()
            page = await self.after("bwAnswer", {"fields": form})
            took = (perf_counter() - began) * 1000
            self.check(page)
            if self.count.measuring:
                self.count.steps.append(took)
                if page_name(page) == "result":
                    self.count.results.append(took)
            if "restart" in form["go"]:
                answers = somebody()
            self.page = page

    async def think(self) -> None:
        """Read and think; the browser says meanwhile what it has got."""
        thinking = THINK * random.uniform(0.5, 1.5)
        await asyncio.sleep(min(thinking, ACKNOWLEDGED))
        await self.socket.emit("ack", {"client_id": self.client, "next_message_id": self.next_message})
        await asyncio.sleep(max(0.0, thinking - ACKNOWLEDGED))

    def filled(self, answers: Answers) -> Answers:
        """The form of the page that is shown."""
        name = page_name(self.page)
        if name in ("overview", "result"):
            return {"page": [name], "go": ["result" if name == "overview" else "restart"]}
        values = answers.get(name, [UNKNOWN])
        if values == [DRAWN]:
            found = re.findall(r'<(?:option|input type="radio"[^>]*) value="([^"]+)"', self.page)
            values = [random.choice([value for value in found if value != UNKNOWN])]
        return {
            "page": [name],
            name: ["" if name == "cost" and values == [UNKNOWN] else v for v in values],
            "go": ["next"],
        }

    def check(self, page: str) -> None:
        """Another page without an error in it; raises ``ValueError`` for anything else."""
        if 'class="summary"' in page or page_name(page) in ("message", ""):
            raise ValueError(f"after {page_name(self.page)}: {page_name(page)} with an error")


class orjson_as_json:  # noqa: N801 - what socketio takes for a module
    """The fastest there is, so that the generator stays light."""

    loads = orjson.loads

    @staticmethod
    def dumps(value: object, **_: object) -> str:
        """As text."""
        return orjson.dumps(value).decode()


def page_name(page: str) -> str:
    """The name of a page."""
    found = re.search(r'data-page="([^"]*)"', page)
    return found[1] if found else ""
