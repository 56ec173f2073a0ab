"""Letters from a file, for staff: sent to the server, made there, saved, and wiped as soon as the page is gone.

The answer to the file is a stream of lines that stays open for as long as the page does: when it ends, for whatever
reason, nothing is left.
"""

from __future__ import annotations

import asyncio
import csv
import io
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from estimator.pages.letters import (
    COLUMNS_FILE,
    FILES,
    MAKE,
    OUTPUTS,
    PATH,
    Counts,
    example_rows,
    letters_context,
    progress_words,
    result_context,
    too_large,
    unusable_words,
)
from estimator.pages.render import render
from estimator.pages.site import Site
from estimator.pages.staff import StaffLink
from estimator.printing.addressees import InMemory
from estimator.printing.letters import TEMPLATES
from estimator.printing.mailing import Order, days_of_letters, usable_cores
from estimator.printing.post import MOST_LETTERS, Counted, Failed, Further, Made, News, Post, Sent, Unusable
from estimator.web.access import TEXTS, Access
from estimator.web.addresses import base
from estimator.web.held import Held, json_line
from estimator.web.mistakes import log
from estimator.web.sessions import IDLE_SECONDS
from estimator.web.uploads import TooLargeError, UploadError, form_in_memory

LINK = StaffLink(PATH, "post.letters.title", "desk")
MOST_BYTES = 20_000_000  # of a file
MOST_KEPT = 4  # runs whose letters wait to be saved
TICK, ALIVE = 0.25, 15.0  # seconds: how often it is looked at; how often a line says that the answer still goes on
PATIENCE = 3.0  # seconds
WIPING = "wiping"
KINDS_OF_FILE = {".zip": "application/zip", ".csv": "text/csv"}


class RefusedError(ValueError):
    """What was sent can't be used: the key of the words, and the field of the form that it is about."""

    def __init__(self, words: str, about: str = "file", status: int = 422) -> None:
        super().__init__(words)
        self.words, self.about, self.status = words, about, status


@dataclass
class Run:
    """Letters that are being made, or were made and wait. ``owner`` is the session of who asked for them."""

    owner: str
    post: Post | None = None
    works: bool = True
    used: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class LetterPages:
    """The page and what it asks for. ``is_stopping`` tells whether the server is on its way out."""

    site: Site
    access: Access
    now: Callable[[], datetime]
    is_stopping: Callable[[], bool] = lambda: False
    runs: dict[str, Run] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            self.access.route(PATH, self.page, "desk"),
            self.access.route(COLUMNS_FILE, self.example, "desk"),
            self.access.route(MAKE, self.make, "desk", methods=("POST",)),
            self.access.route(f"{FILES}/{{token}}/{{name}}", self.file, "desk"),
        ]

    def page(self, request: Request) -> Response:
        """The form."""
        context = letters_context(
            TEXTS,
            before=base(request),
            municipalities=self._senders,
            is_fixed=self.site.fixed is not None,
            letters=TEMPLATES,
            days=days_of_letters(self.site.rules),
            on=self._today,
            most_bytes=MOST_BYTES,
            most_letters=MOST_LETTERS,
        )
        return self.access.page(
            request, "letters.html", context, here=PATH, heading=TEXTS("post.letters.heading"),
            scripts=("letters.js",), stylesheets=("post.css",),
        )  # fmt: skip

    def example(self, request: Request) -> Response:
        """A file with the columns that are used most, as a Dutch spreadsheet opens it."""
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows(example_rows())
        name = PurePosixPath(request.url.path).name
        more = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv", headers=more)

    async def make(self, request: Request) -> Response:
        """Take a file, and tell line by line what becomes of it, until nobody listens any more."""
        try:
            await self._wait_for_room()
            form = await form_in_memory(request, MOST_BYTES)
            try:
                sent = self._sent(form)
            finally:
                await form.close()
            self._check_room()
        except TooLargeError:
            return _refusal(too_large(TEXTS, MOST_BYTES), "file", 413)
        except UploadError:
            return _refusal(TEXTS("post.refused.no_file"), "file", 400)
        except RefusedError as error:
            return _refusal(TEXTS(error.words), error.about, error.status)
        token = secrets.token_urlsafe(24)
        self.runs[token] = Run(request.session["id"])
        return Held(self._lines(token, sent, request), lambda: self._end(token))

    def file(self, request: Request) -> Response:
        """One of the files that were made, for whoever asked for them."""
        run, name = self.runs.get(request.path_params["token"]), request.path_params["name"]
        if run is None or run.post is None or not secrets.compare_digest(run.owner, request.session["id"]):
            raise HTTPException(404)
        path = run.post.path(name)
        if run.works or path is None:
            raise HTTPException(404)
        run.used = time.monotonic()
        return FileResponse(path, media_type=KINDS_OF_FILE[path.suffix], filename=name)

    def close(self) -> None:
        """Stop all that is made, and wipe it."""
        for token in list(self.runs):
            self._end(token)

    # What was sent

    @property
    def _today(self) -> date:
        return self.site.on or self.now().date()

    @property
    def _senders(self) -> Mapping[str, str]:
        """Which municipalities can send letters: those that say whom to call and where to come."""
        known = self.site.municipalities
        codes = [self.site.fixed] if self.site.fixed else list(known)
        return {code: known[code].name for code in codes if known[code].contact.phone and known[code].contact.address}

    async def _wait_for_room(self) -> None:
        """Wait a moment: what somebody stopped just now may still be on its way out."""
        for _ in range(round(PATIENCE / TICK)):
            if not self._is_full:
                return
            await asyncio.sleep(TICK)

    @property
    def _is_full(self) -> bool:
        return len(self.runs) >= MOST_KEPT or any(run.works for run in self.runs.values())

    def _check_room(self) -> None:
        if self._is_full:
            raise RefusedError("post.refused.busy", "", 409)

    def _sent(self, form: FormData) -> Sent:
        """What the form asks for; raises ``RefusedError``."""
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise RefusedError("post.refused.no_file")
        first, last = days_of_letters(self.site.rules)
        try:
            on = date.fromisoformat(_text(form, "on"))
        except ValueError:
            raise RefusedError("post.refused.on", "on") from None
        if not first <= on <= last:
            raise RefusedError("post.refused.on", "on")
        chosen = {"municipality": self._senders, "letter": TEMPLATES, "output": OUTPUTS}
        for name, allowed in chosen.items():
            if _text(form, name) not in allowed:
                raise RefusedError("post.refused.choice", name)
        municipality = _text(form, "municipality")
        output: Any = _text(form, "output")
        if not self.site.municipalities[municipality].policy.covers(on):
            raise RefusedError("post.refused.policy", "on")
        language = _text(form, "language").strip()
        if not language:
            raise RefusedError("post.refused.language", "language")
        order = Order(Path(), on, _text(form, "letter"), municipality, output)
        return Sent(InMemory(file.filename, file.file.read()), language, order, usable_cores())

    # What becomes of it

    async def _lines(self, token: str, sent: Sent, request: Request) -> AsyncIterator[str]:
        """Line by line what there is to show, then nothing but that it goes on."""
        run, progress = self.runs[token], Progress()
        try:
            run.post = Post(sent)
            del sent
            await run_in_threadpool(run.post.start)
        except OSError as error:
            yield json_line(refused=_failure(Failed(type(error).__name__)))
            return
        said = time.monotonic()
        while self._is_awaited(run, request):
            lines = ""
            for news in run.post.news():
                if isinstance(news, Unusable | Failed):
                    yield json_line(refused=_refused(news), about="file" if isinstance(news, Unusable) else "")
                    return
                if isinstance(news, Made):
                    run.works, run.used = False, time.monotonic()
                    lines += json_line(done=self._result(run.post, token, news, request))  # after how far it came
                else:
                    progress.take(news)
                    lines = json_line(**progress.shown())
            if lines or time.monotonic() - said > ALIVE:
                yield lines or "\n"
                said = time.monotonic()
            await asyncio.sleep(TICK)
        yield json_line(refused=TEXTS("post.ended"))

    def _is_awaited(self, run: Run, request: Request) -> bool:
        """Whether somebody who is logged in still waits for it, or saved something of it not long ago."""
        if self.is_stopping() or self.access.sessions.staff(request.session) is None:
            return False
        return run.works or time.monotonic() - run.used < IDLE_SECONDS

    def _result(self, post: Post, token: str, made: Made, request: Request) -> str:
        before = base(request)
        files: dict[str, tuple[str, int]] = {}
        for name in made.files:
            if path := post.path(name):
                files[name] = f"{before}{FILES}/{token}/{name}", path.stat().st_size
        counts = Counts(made.done.made, made.done.wrong, made.done.volumes)
        return render("letters_result.html", result_context(TEXTS, counts, made.wrong, files, IDLE_SECONDS // 60))

    def _end(self, token: str) -> None:
        """Stop and wipe, beside whatever else the service does; the process doesn't end before that is done."""
        run = self.runs.pop(token, None)
        if run and run.post:
            threading.Thread(target=run.post.close, name=WIPING).start()


class Progress:
    """How far a run is."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._households = self._done = 0

    def take(self, news: News) -> None:
        """Take in what there is to tell."""
        if isinstance(news, Counted):
            self._households, self._began = news.households, time.monotonic()
        elif isinstance(news, Further):
            self._done += news.households

    def shown(self) -> dict[str, Any]:
        """What the page shows of it."""
        words = progress_words(TEXTS, self._done, self._households, time.monotonic() - self._began)
        return {"value": self._done, "max": self._households, "text": words}


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _refusal(words: str, about: str, status: int) -> Response:
    return JSONResponse({"detail": words, "about": about}, status)


def _refused(news: Unusable | Failed) -> str:
    return unusable_words(TEXTS, news.problem) if isinstance(news, Unusable) else _failure(news)


def _failure(failed: Failed) -> str:
    """What is said of a mistake that isn't in the file; the log gets its kind, and no word of it."""
    log.error("no letters: %s", failed.kind)
    return TEXTS("post.failed.no_room" if failed.no_room else "post.failed")
