"""Real processes that a test starts, kills and starts again, and a network between them and the browser."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict

ROOT = Path(__file__).parents[2]
ON = "2026-11-22"
START_SECONDS = 30
# What belongs to one connection, not to what is sent over it.
OF_THE_CONNECTION = ("connection", "upgrade", "transfer-encoding", "keep-alive", "content-length")


class Server:
    """`python main.py`, or another program, on a port of its own. ``url``: its address, without a slash at the end."""

    def __init__(self, log: Path, *program: str, flags: Sequence[str] = (), folder: Path = ROOT) -> None:
        self.log, self.folder, self.port = log, folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        address = ("--host", "127.0.0.1", "--port", str(self.port), "--on", ON)
        self.command = [sys.executable, *(program or (str(ROOT / "main.py"),)), *address, *flags]

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = clean_environment()
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(self.command, cwd=self.folder, env=environment, stdout=out, stderr=out)
        self._wait_until_it_answers()

    def stop(self) -> None:
        """As a system stops a service that it runs: it ends by itself, of nothing but being asked to."""
        self.process.terminate()
        assert self.process.wait(timeout=30) in (0, -signal.SIGTERM)

    def kill(self) -> None:
        """As if the power failed."""
        self.process.kill()
        self.process.wait()

    def _wait_until_it_answers(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up:
            if self.process.poll() is not None:
                ended = f"the server ended with status {self.process.returncode}"
                pytest.fail(f"{ended}:\n{self.log.read_text()}", pytrace=False)
            try:
                with urllib.request.urlopen(self.url, timeout=5):
                    return
            except urllib.error.HTTPError as answer:
                with answer:
                    if answer.code < 500:
                        return
            except OSError:
                pass
            time.sleep(0.05)
        pytest.fail(f"no answer from {self.url} within {START_SECONDS} s:\n{self.log.read_text()}", pytrace=False)


def project_of_its_own(folder: Path) -> Path:
    """The project with content that a test may change; its `main.py`."""
    shutil.copy(ROOT / "main.py", folder)
    shutil.copytree(ROOT / "content", folder / "content")
    for name in ("estimator", "locales", "assets"):
        (folder / name).symlink_to(ROOT / name)
    return folder / "main.py"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """Without the tester's own settings, and without pytest's marks: NiceGUI would take itself to be under test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BIJDRAGEWIJZER_", "PYTEST_"))}
    return {**kept, "PYTHONPATH": str(ROOT)}


class Network:
    """What is between the browser and the servers: a proxy that can be cut, and that deals visitors out to processes.

    Whoever comes to `/` is dealt to the next process and stays with it by a prefix of the path, `/w0` or `/w1`; where
    that process is gone the others answer for it.
    """

    def __init__(self, *servers: str, prefixes: bool = False) -> None:
        self.servers, self.prefixes = servers, prefixes
        self.requested: list[str] = []  # every path with its query
        self.url = f"http://127.0.0.1:{free_port()}"
        self.is_cut = False
        self._dealt = 0
        self._sockets: set[web.WebSocketResponse] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Network:
        self._thread.start()
        self._do(self._serve())
        return self

    def __exit__(self, *problem: object) -> None:
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Nothing gets through any more; what stood open is closed."""
        self.is_cut = True
        self._do(self._close_sockets())

    def mend(self) -> None:
        self.is_cut = False

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=20)

    async def _serve(self) -> None:
        self._session = aiohttp.ClientSession(auto_decompress=False)
        app = web.Application(client_max_size=20_000_000)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", int(self.url.rpartition(":")[2])).start()

    async def _stop(self) -> None:
        await self._close_sockets()
        await self._session.close()
        await self._runner.cleanup()

    async def _close_sockets(self) -> None:
        for each in list(self._sockets):
            await each.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if self.is_cut:
            assert request.transport
            request.transport.abort()
            raise web.HTTPBadGateway
        self.requested.append(request.path_qs)
        number, path = self._deal(request)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in OF_THE_CONNECTION}
        if self.prefixes:
            headers["X-Forwarded-Prefix"] = f"/w{number}"
        for server in (*self.servers[number:], *self.servers[:number]):
            try:
                if request.headers.get("Upgrade", "").lower() == "websocket":
                    return await self._talk(request, server + path, headers)
                return await self._pass_on(request, server + path, headers)
            except aiohttp.ClientConnectorError:
                continue  # that process is gone: the next one
        raise web.HTTPBadGateway

    def _deal(self, request: web.Request) -> tuple[int, str]:
        for number in range(len(self.servers)):
            if self.prefixes and request.path.startswith(f"/w{number}/"):
                return number, request.path_qs.removeprefix(f"/w{number}")
        self._dealt += 1
        return self._dealt % len(self.servers), request.path_qs

    async def _pass_on(self, request: web.Request, url: str, headers: dict[str, str]) -> web.Response:
        body = await request.read()
        async with self._session.request(
            request.method, url, headers=headers, data=body, allow_redirects=False
        ) as answer:
            kept = CIMultiDict(
                (name, value) for name, value in answer.headers.items() if name.lower() not in OF_THE_CONNECTION
            )
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)

    async def _talk(self, request: web.Request, url: str, headers: dict[str, str]) -> web.WebSocketResponse:
        own = {name: value for name, value in headers.items() if not name.lower().startswith("sec-websocket")}
        async with self._session.ws_connect(url, headers=own) as behind:
            before = web.WebSocketResponse()
            await before.prepare(request)
            self._sockets.add(before)
            await asyncio.wait(
                [asyncio.ensure_future(_relay(before, behind)), asyncio.ensure_future(_relay(behind, before))],
                return_when=asyncio.FIRST_COMPLETED,
            )
            self._sockets.discard(before)
            await before.close()
        return before


async def _relay(one: Any, other: Any) -> None:
    async for message in one:
        if other.closed:
            return
        if message.type == aiohttp.WSMsgType.TEXT:
            await other.send_str(message.data)
        elif message.type == aiohttp.WSMsgType.BINARY:
            await other.send_bytes(message.data)
