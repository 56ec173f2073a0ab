"""Comparing policies over HTTP: the form comes in memory, lines of how far it is go out, and then the result.

Nothing is kept: the workbook is asked for with the same form. A comparison ends when nobody waits for it any more.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import polars as pl
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from estimator.pages.policy_form import (
    Asked,
    Invented,
    Offer,
    Upload,
    Wrong,
    WrongFormError,
    file_words,
    form_context,
    read_form,
    read_invented,
)
from estimator.pages.policy_result import result_context
from estimator.pages.render import render
from estimator.pages.request import Context
from estimator.pages.site import Site
from estimator.pages.staff import LOGIN, StaffLink
from estimator.policies.client_file import MOST_ROWS, Progress, read_clients
from estimator.policies.comparison import PolicyComparison, compare_policies
from estimator.policies.demo import demo_population
from estimator.policies.named import MOST, PolicyFileError
from estimator.policies.workbook import XLSX, template, workbook
from estimator.sheets import SheetError, as_csv
from estimator.web.access import TEXTS, Access
from estimator.web.addresses import base
from estimator.web.forms import read_form as read_fields
from estimator.web.held import Held, json_line
from estimator.web.mistakes import log_mistake
from estimator.web.uploads import TooLargeError, UploadError, form_in_memory

PATH = "/beleid"
COMPARE, WORKBOOK, INVENT, TEMPLATE = (f"{PATH}/{name}" for name in ("uitkomst", "xlsx", "verzonnen", "sjabloon.xlsx"))
LINK = StaffLink(PATH, "policy.title", "policy")
MOST_BYTES = 250_000_000  # of all files together
MOST_FIELDS = 512  # all policies made in the form
MOST_SECONDS = 300  # for a file to come in
AT_WORK, MOST_ASKED = 2, 6  # comparisons at the same time; with those that wait for their turn
TICK, ALIVE = 0.1, 15.0  # seconds: how often it is looked at; how often a line says that the answer still goes on
CSV = "text/csv"


class StoppedError(Exception):
    """Nobody waits for a comparison any more."""


class Work:
    """A comparison that was asked for, and how far it is; ``stop`` ends it at its next step."""

    def __init__(self) -> None:
        self.stage, self.done, self.of = "reading", 0, 0
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End it."""
        self._stopped.set()

    def compared(self, asked: Asked) -> PolicyComparison:
        """The comparison; raises ``StoppedError`` where it was stopped, and what its readers raise."""
        file = asked.clients
        further = self._progress("reading")
        if isinstance(file, Invented):
            file = file.upload()
        clients = read_clients(file.content, file.name, asked.on, further)
        return compare_policies(clients, asked.policies, asked.on, self._progress("comparing"))

    def _progress(self, stage: str) -> Progress:
        """Begin a stage, and take in how far it is."""

        def further(done: int, of: int) -> None:
            self.stage, self.done, self.of = stage, done, of
            if self._stopped.is_set():
                raise StoppedError

        further(0, 0)
        return further


@dataclass(frozen=True)
class PolicyPages:
    """Answers the requests of the page; ``now`` gives the time."""

    site: Site
    access: Access
    now: Callable[[], datetime]
    works: set[Work] = field(default_factory=set)
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_WORK))

    def routes(self) -> list[Route]:
        """The page, and what it asks for."""
        return [
            self.access.route(PATH, self.page, LINK.role),
            self.access.route(TEMPLATE, self.template, LINK.role),
            self.access.route(INVENT, self.invent, LINK.role, methods=("POST",)),
            self.access.route(COMPARE, self.compare, LINK.role, methods=("POST",)),
            self.access.route(WORKBOOK, self.workbook, LINK.role, methods=("POST",)),
        ]

    def page(self, request: Request) -> Response:
        """The form."""
        before = base(request)
        context: Context = {
            **form_context(self._offer),
            "compare_url": f"{before}{COMPARE}",
            "workbook_url": f"{before}{WORKBOOK}",
            "invent_url": f"{before}{INVENT}",
            "template_url": f"{before}{TEMPLATE}",
            "login_url": f"{before}{LOGIN}?next={quote(PATH)}",
            "most_bytes": MOST_BYTES,
            "too_large": _too_large(),
            "file_hint": TEXTS("policy.file.hint", rows=TEXTS.number(MOST_ROWS), size=_megabytes()),
        }
        heading = TEXTS("policy.heading")
        return self.access.page(
            request, "policy.html", context, here=PATH, heading=heading, scripts=("policy.js",),
            stylesheets=("policy.css",),
        )  # fmt: skip

    def template(self, _: Request) -> Response:
        """An empty client file."""
        return _file(template(TEXTS), XLSX, "sjabloon.xlsx")

    async def invent(self, request: Request) -> Response:
        """An invented population as a Dutch spreadsheet opens it."""
        try:
            asked = read_invented(await read_fields(request), TEXTS)
        except WrongFormError as error:
            return _refusal(error.wrong, 422)
        async with self.turns:
            made = await run_in_threadpool(lambda: as_csv(demo_population(*asked), ";").encode("utf-8-sig"))
        return _file(made, CSV, f"{asked.name}.csv")

    async def compare(self, request: Request) -> Response:
        """Tell line by line how far the comparison is, and then what came of it."""
        return await self._answered(request, self._lines)

    async def workbook(self, request: Request) -> Response:
        """The same as a workbook."""
        return await self._answered(request, self._book)

    # What was asked for

    @property
    def _offer(self) -> Offer:
        site = self.site
        return Offer(site.rules, site.municipalities, site.on or self.now().date(), TEXTS)

    async def _answered(
        self, request: Request, answer: Callable[[Request, Asked, Work], Awaitable[Response]]
    ) -> Response:
        """The answer to a form that can be used, what is wrong with any other."""
        if len(self.works) >= MOST_ASKED:
            return _refusal([Wrong("", TEXTS("policy.wrong.busy"))], 503)
        work = Work()
        self.works.add(work)
        try:
            async with asyncio.timeout(MOST_SECONDS):  # whoever sends nothing keeps nobody's place
                asked = await self._asked(request)
            return await answer(request, asked, work)
        except TimeoutError:
            refused, status = [Wrong("", TEXTS("policy.wrong.no_form"))], 408
        except TooLargeError:
            refused, status = [Wrong("file", _too_large())], 413
        except UploadError:
            refused, status = [Wrong("", TEXTS("policy.wrong.no_form"))], 400
        except WrongFormError as error:
            refused, status = list(error.wrong), 422
        except BaseException:
            self.works.discard(work)
            raise
        self.works.discard(work)
        return _refusal(refused, status)

    async def _asked(self, request: Request) -> Asked:
        fields: dict[str, list[str]] = {}
        files: dict[str, Upload] = {}
        form = await form_in_memory(request, MOST_BYTES, MOST + 1, MOST_FIELDS)
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                fields.setdefault(name, []).append(value)
            elif value.filename:
                files[name] = Upload(value.filename, value.file.read())
        await form.close()
        return await run_in_threadpool(read_form, fields, files, self._offer)

    # What becomes of it

    def _begun(self, work: Work, make: Callable[[], Any]) -> asyncio.Task[Any]:
        """The work in a thread, as soon as it is its turn; it has its place until it is done."""

        async def done() -> Any:
            try:
                if self.turns.locked():
                    work.stage = "waiting"
                async with self.turns:
                    return await run_in_threadpool(_found, make)
            finally:
                self.works.discard(work)

        return asyncio.create_task(done())

    async def _lines(self, _: Request, asked: Asked, work: Work) -> Response:
        def made() -> dict[str, Any]:
            return {"done": render("policy_result.html", result_context(work.compared(asked), TEXTS))}

        return Held(self._told(work, self._begun(work, made)), work.stop)

    async def _told(self, work: Work, task: asyncio.Task[Any]) -> AsyncIterator[str]:
        await asyncio.sleep(0)  # until it is known whether it waits for its turn
        yield json_line(**_progress(work))
        last, said = (work.stage, work.done, work.of), time.monotonic()
        while not task.done():
            now = work.stage, work.done, work.of
            if now != last:
                last, said = now, time.monotonic()
                yield json_line(**_progress(work))
            elif time.monotonic() - said > ALIVE:
                said = time.monotonic()
                yield "\n"
            await asyncio.wait({task}, timeout=TICK)
        found = task.result()
        yield json_line(wrong=_listed(found)) if isinstance(found, list) else json_line(**found)

    async def _book(self, request: Request, asked: Asked, work: Work) -> Response:
        task = self._begun(work, lambda: workbook(work.compared(asked), TEXTS))
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=TICK)
                if await request.is_disconnected():
                    break
        finally:
            work.stop()
        found = await task
        if isinstance(found, list):
            return _refusal(found, 422)
        return _file(found, XLSX, f"beleid-{asked.on}.xlsx")


def _found(make: Callable[[], Any]) -> Any:
    """What was made; a list of what is wrong where it can't be."""
    try:
        return make()
    except SheetError as error:
        said = file_words(error, TEXTS)
        return [Wrong("file", said or TEXTS("policy.wrong.file"), () if said else tuple(str(error).split("\n")))]
    except PolicyFileError as error:
        return [Wrong("policy.1", TEXTS("policy.wrong.policy"), tuple(str(error).split("\n")))]
    except StoppedError:
        return [Wrong("", TEXTS("policy.cancelled"))]
    except (Exception, pl.exceptions.PanicException) as error:
        log_mistake("no comparison of policies", error)
        return [Wrong("", TEXTS("policy.failed"))]


def _progress(work: Work) -> dict[str, Any]:
    """What the page shows of how far it is."""
    texts, shown = TEXTS, {"stage": TEXTS(f"policy.stage.{work.stage}")}
    if not work.of:
        return shown
    part = texts.percent(work.done * 1000 // work.of // 10 * 10)
    return {**shown, "value": work.done, "max": work.of, "text": texts("policy.progress", part=part)}


def _megabytes() -> str:
    return TEXTS("policy.megabytes", number=TEXTS.number(MOST_BYTES // 1_000_000))


def _too_large() -> str:
    return TEXTS("policy.wrong.too_large", size=_megabytes())


def _listed(wrong: list[Wrong]) -> list[dict[str, Any]]:
    return [each._asdict() for each in wrong]


def _refusal(wrong: Any, status: int) -> Response:
    return JSONResponse({"wrong": _listed(list(wrong))}, status)


def _file(made: bytes, kind: str, name: str) -> Response:
    return Response(made, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
