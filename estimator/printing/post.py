"""The post: letters for a file that somebody sent, made in a process of its own, in a folder that is always wiped.

The file itself is nowhere but in memory. What is made of it stands in a folder for this user only, in memory where the
system has room there, for as long as whoever sent it stays.
"""

from __future__ import annotations

import csv
import errno
import fcntl
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_STORED, ZipFile

from estimator.library.documents import LibraryError
from estimator.printing.addressees import Addressees, AddresseesError, InMemory
from estimator.printing.mailing import (
    ERRORS,
    INCOMPLETE,
    WRONG_ROWS,
    Done,
    MailingError,
    Order,
    begin_with_parent,
    languages_of,
    mail,
)
from estimator.rules.household import Problem

IN_MEMORY = Path("/dev/shm")
PREFIX = "bijdragewijzer-post-"
LETTERS = "letters.zip"
FILES = (LETTERS, ERRORS, WRONG_ROWS)
MOST_LETTERS = 5000
# What so many letters take at most, each by itself and in a volume: some 120 kB a letter.
ROOM = MOST_LETTERS * 150_000  # bytes
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
TO_LEAVE = 10  # seconds
AFTER_VISITORS = 10  # who waits for a page comes first
MOST_ROWS_TOLD = 100  # of what is wrong: all of it is in the file


class Sent(NamedTuple):
    """What somebody asks for: letters for a file."""

    file: InMemory
    language_column: str
    order: Order
    workers: int


class Counted(NamedTuple):
    """There are so many households in the file."""

    households: int


class Further(NamedTuple):
    """So many households more are done."""

    households: int


class Made(NamedTuple):
    """All is done: what became of the households, the first of what is wrong with rows, and the files that there are.

    ``wrong`` is row, reference, column, found and allowed, as in errors.csv.
    """

    done: Done
    wrong: list[list[str]]
    files: list[str]


class Unusable(NamedTuple):
    """No letters can be made of this: the column or line where that shows, what was found and what is allowed."""

    problem: Problem


class Failed(NamedTuple):
    """It went wrong in a way that has nothing to do with the file; ``kind`` of the error, without its words."""

    kind: str
    no_room: bool = False


News = Counted | Further | Made | Unusable | Failed


class Post:
    """One run. ``start`` may take a second; ``close`` stops what works on it and wipes the folder, at any moment."""

    def __init__(self, sent: Sent) -> None:
        self._folder = PrivateFolder()
        order = sent.order._replace(folder=self._folder.path / "letters")
        self._news, theirs = get_context("spawn").Pipe(duplex=False)
        self._process = get_context("spawn").Process(target=_work, args=(sent._replace(order=order), theirs))
        self._theirs = theirs
        self._lock = threading.Lock()
        self._is_told = self._is_closed = False

    def start(self) -> None:
        """Begin, unless it was closed before."""
        with self._lock:
            if not self._is_closed:
                self._process.start()
                self._theirs.close()

    def news(self) -> Iterator[News]:
        """What there is to tell since the last time; nothing after it was made, or wasn't."""
        try:
            while not self._is_told and self._news.poll():
                told = self._news.recv()
                self._is_told = isinstance(told, Made | Unusable | Failed)
                yield told
        except (EOFError, OSError):  # gone without a word: the system took it, for its memory for example
            self._is_told = True
            yield Failed("EOFError")

    def path(self, name: str) -> Path | None:
        """One of the ``FILES`` by its name; ``None`` where it isn't there."""
        path = self._folder.path / "letters" / name
        return path if name in FILES and path.is_file() else None

    def close(self) -> None:
        """Stop, and leave nothing."""
        with self._lock:
            self._is_closed = True
            self._folder.wipe()
            if self._process.pid is not None:
                self._process.terminate()
                self._process.join(TO_LEAVE)
                self._process.kill()  # what works for it goes with it
                self._process.join()
            self._news.close()


# The folder


class PrivateFolder:
    """A new folder for this user only, in memory where there is room; held until it is wiped."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_place()))
        self._held = os.open(self.path, os.O_RDONLY)
        fcntl.flock(self._held, fcntl.LOCK_EX)

    def wipe(self) -> None:
        """Remove it with all that is in it; what still writes there can't any more."""
        with suppress(FileNotFoundError):
            _wipe(self.path)
        with suppress(OSError):
            os.close(self._held)


def wipe_left_overs() -> None:
    """Remove the folders of servers that were killed: nobody holds those any more."""
    for place in {IN_MEMORY, Path(tempfile.gettempdir())}:
        for path in place.glob(f"{PREFIX}*"):
            with suppress(OSError):  # of another user, or being wiped
                held = os.open(path, os.O_RDONLY)
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _wipe(path)
                finally:
                    os.close(held)


def _wipe(path: Path) -> None:
    """By another name first: nothing new can come into it meanwhile."""
    gone = path.rename(path.with_name(f"{PREFIX}{secrets.token_hex(8)}"))
    shutil.rmtree(gone)


def _place() -> Path | None:
    """Memory where the system has room in it, its folder for what is temporary otherwise."""
    with suppress(OSError):
        if os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM:
            return IN_MEMORY
    return None


# In a process of its own


def _work(sent: Sent, news: Connection) -> None:
    """Make the letters and tell of it."""
    begin_with_parent()
    signal.signal(signal.SIGTERM, _leave)
    os.nice(AFTER_VISITORS)
    try:
        news.send(_made(sent, news))
    except AddresseesError as error:
        news.send(Unusable(Problem(error.place, error.found, error.allowed)))
    except (LibraryError, MailingError, BrokenExecutor, OSError) as error:
        no_room = isinstance(error, OSError) and error.errno in NO_ROOM
        news.send(Failed(type(error).__name__, no_room))
    except Exception as error:  # its words may hold what is in the file
        news.send(Failed(type(error).__name__))


def _leave(*_: object) -> None:
    """Go as soon as those who work for this process have put down what is in their hands."""
    sys.exit()


def _made(sent: Sent, news: Connection) -> Made:
    order = sent.order
    addressees = Addressees(sent.file, order.on, sent.language_column, languages_of(order))
    if addressees.count > MOST_LETTERS:
        raise AddresseesError(sent.file, f"{addressees.count} rows", f"at most {MOST_LETTERS} rows")
    news.send(Counted(addressees.count))
    done = mail(addressees, order, sent.workers, lambda more: news.send(Further(more)))
    _pack(order.folder)
    files = [name for name in FILES if (order.folder / name).exists()]
    return Made(done, list(_wrong(order.folder, addressees.delimiter)), files)


def _wrong(folder: Path, delimiter: str) -> Iterator[list[str]]:
    """The first of what is wrong with rows."""
    if not (folder / ERRORS).exists():
        return
    with (folder / ERRORS).open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=delimiter)
        next(rows)
        for _, row in zip(range(MOST_ROWS_TOLD), rows, strict=False):
            yield row


def _pack(folder: Path) -> None:
    """All that is to be printed into one file, and nothing twice; none where there is nothing."""
    made = sorted(path for path in folder.iterdir() if path.suffix == ".pdf" or path.name.endswith(INCOMPLETE))
    if not made:
        return
    with ZipFile(folder / LETTERS, "x", ZIP_STORED) as packed:
        for path in made:
            packed.write(path, path.name)
            path.unlink()
