"""A mailing: the letters of a file of households, in a folder, by all cores; stopped at any moment, it goes on later.

Everything is written under another name first and renamed when it is whole. The folder remembers from what it was made,
so that letters of two runs never lie together.
"""

from __future__ import annotations

import csv
import fcntl
import gc
import hashlib
import json
import os
import signal
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from datetime import date
from functools import cache, partial
from itertools import count
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, Literal, NamedTuple, TextIO

from estimator import __version__
from estimator.files import PACKAGE, project_folder
from estimator.library.documents import Document
from estimator.municipalities import Municipality, read_municipality
from estimator.printing.addressees import Addressee, Addressees, Wrong
from estimator.printing.letters import MOST_IN_A_VOLUME, Stationery, letter_pdf, read_templates, volume_pdf
from estimator.rules.household import Problem
from estimator.rules.law import Law, law

Output = Literal["each", "combined", "both"]
OUTPUTS: tuple[Output, ...] = ("each", "combined", "both")
RECORD, ERRORS = "letters.json", "errors.csv"
HEAD = ("row", "reference", "column", "found", "allowed")
UNFINISHED = ".part"
AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
AT_ONCE = 16  # letters that a core is given at a time
AHEAD = 3  # jobs for each core that wait
ENOUGH_FOR_ONE = 60  # letters: to start more processes would take longer


class MailingError(ValueError):
    """A folder or a municipal file that can't be used: what was found and what is allowed."""

    def __init__(self, path: Path, found: str, allowed: str) -> None:
        super().__init__(f"{path}: found {found}; allowed: {allowed}")


class Order(NamedTuple):
    """What every process needs to make letters: names of files, since texts and law are read by each."""

    folder: Path
    on: date
    template: str
    municipality: str | None


class Done(NamedTuple):
    """What became of some rows: letters made and already there, and what is wrong."""

    made: int = 0
    there: int = 0
    wrong: int = 0


class Job(NamedTuple):
    """Letters to make at once: each by itself, or a volume with its number."""

    addressees: tuple[Addressee, ...]
    volume: int | None = None


def usable_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# The run


def mail(
    addressees: Addressees, order: Order, output: Output, workers: int, tell: Callable[[int], object] = lambda _: None
) -> Done:
    """Make the letters that aren't there yet; ``tell`` hears how many more are done.

    Raises ``MailingError`` for a folder of another run, ``LibraryError`` for texts that can't be used, ``OSError``
    where it can't be written. A row that is wrong goes to errors.csv.
    """
    stationery = _stationery(order)
    if stationery.municipality:
        _check_sender(stationery.municipality, order.on)
    with _folder_of_its_own(order.folder):
        _remember(order.folder, _made_from(addressees, order, output, stationery))
        with _errors(order.folder, addressees.delimiter) as write:
            return _run(addressees, order, output, workers, write, tell)


def _check_sender(sender: Municipality, on: date) -> None:
    """A letter tells whom to call and where to come, and what the rules of its sender are."""
    missing = [f"contact.{key}" for key in ("phone", "address") if not getattr(sender.contact, key)]
    if not any(period.first <= on and (period.until is None or on <= period.until) for period in sender.policy.periods):
        missing.append(f"policy on {on}")
    if missing:
        raise MailingError(_file_of(sender.code), f"no {', no '.join(missing)}", "a municipality whose file has it")


def _run(
    addressees: Addressees,
    order: Order,
    output: Output,
    workers: int,
    write: Callable[[Iterable[Wrong]], None],
    tell: Callable[[int], object],
) -> Done:
    wrong = 0

    def right() -> Iterator[Addressee]:
        nonlocal wrong
        for each in addressees:
            if isinstance(each, Addressee):
                yield each
            else:
                wrong += 1
                write(each)
                tell(steps_of(output))

    made = there = 0
    several = workers > 1 and addressees.count > ENOUGH_FOR_ONE
    for done, failed in (
        _by_many(_jobs(right(), output), order, workers) if several else _by_one(_jobs(right(), output), order)
    ):
        made, there = made + done.made, there + done.there
        wrong += len(failed)
        write(failed)
        tell(done.made + done.there + len(failed))
    return Done(made, there, wrong)


def steps_of(output: Output) -> int:
    """How often a row is set: by itself, in a volume, or both."""
    return 2 if output == "both" else 1


def _jobs(addressees: Iterable[Addressee], output: Output) -> Iterator[Job]:
    """The work, with few rows in memory at once: single letters by language, since what is alike is laid out once."""
    few: dict[str, list[Addressee]] = defaultdict(list)
    volume: list[Addressee] = []
    numbers = count(1)
    for addressee in addressees:
        if output != "combined":
            few[addressee.language].append(addressee)
            if len(few[addressee.language]) == AT_ONCE:
                yield Job(tuple(few.pop(addressee.language)))
        if output != "each":
            volume.append(addressee)
        if len(volume) == MOST_IN_A_VOLUME:
            yield Job(tuple(volume), next(numbers))
            volume = []
    yield from (Job(tuple(left)) for left in few.values())
    if volume:
        yield Job(tuple(volume), next(numbers))


Result = tuple[Done, list[Wrong]]


def _by_one(jobs: Iterable[Job], order: Order) -> Iterator[Result]:
    for job in jobs:
        yield make(job, order)


def _by_many(jobs: Iterable[Job], order: Order, workers: int) -> Iterator[Result]:
    """By several processes, each with a few jobs waiting: what is told comes in any order."""
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin) as pool:
        waiting: set[Future[Result]] = set()
        try:
            for job in jobs:
                waiting.add(pool.submit(make, job, order))
                while len(waiting) >= workers * AHEAD:
                    finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (each.result() for each in finished)
            while waiting:
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (each.result() for each in finished)
        finally:
            for each in waiting:
                each.cancel()


def _begin() -> None:
    """How a process begins: it finishes what it is making when somebody stops the run, and goes when that is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    gc.freeze()


def _leave_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def make(job: Job, order: Order) -> Result:
    """The files of a job that aren't there yet. A letter that can't be set is told, not raised: the others go on."""
    stationery = _stationery(order)
    if job.volume is not None:
        name, size = f"letters-{job.volume:03}.pdf", len(job.addressees)
        pdf = partial(volume_pdf, job.addressees, job.volume, stationery)
        made = _made(order.folder / name, pdf, job.addressees)
        return (Done(), made) if isinstance(made, list) else (Done(size, 0) if made else Done(0, size), [])
    done, failed = Done(), []
    for each in job.addressees:
        made = _made(order.folder / f"{each.reference}.pdf", partial(letter_pdf, each, stationery), (each,))
        if isinstance(made, list):
            failed += made
        else:
            done = done._replace(made=done.made + made, there=done.there + (not made))
    return done, failed


def _made(path: Path, make_pdf: Callable[[], bytes], addressees: Iterable[Addressee]) -> bool | list[Wrong]:
    """Whether a file was made, and not there already; or what is wrong."""
    if path.exists():
        return False
    try:
        pdf = make_pdf()
    except Exception as error:  # whatever the press comes to: the letters of the others don't wait for it
        found = f"{type(error).__name__}: {error}"
        return [Wrong(each.row, each.reference, Problem("", found, "a letter that can be set")) for each in addressees]
    _write(path, pdf)
    return True


@cache
def _stationery(order: Order) -> Stationery:
    """Read once by every process."""
    rules = law()
    return Stationery(rules, order.on, _municipality(order, rules), read_templates(order.template, rules, order.on))


def _municipality(order: Order, rules: Law) -> Municipality | None:
    if order.municipality is None:
        return None
    return read_municipality(_file_of(order.municipality), rules)


def _file_of(municipality: str) -> Path:
    return project_folder("content") / "municipalities" / f"{municipality}.toml"


# The folder


@contextmanager
def _folder_of_its_own(folder: Path) -> Iterator[None]:
    """The folder, made where it isn't there, without what a killed run left; for one run at a time."""
    if not folder.is_dir():
        if folder.exists() or not folder.parent.is_dir():
            found = "a file" if folder.exists() else f"no folder {folder.parent}"
            raise MailingError(folder, found, "a folder, or a new one in a folder that is there")
        folder.mkdir()
    held = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MailingError(folder, "another run that is writing here", "one run at a time") from None
        for left in folder.glob(f".*{UNFINISHED}"):
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(held)


def _remember(folder: Path, made_from: Mapping[str, str]) -> None:
    """Write down from what the letters are made, or see that it is the same."""
    record = folder / RECORD
    if not record.exists():
        if others := sorted(path.name for path in folder.iterdir()):
            raise MailingError(folder, f"{others[0]}, and no {RECORD}", "an empty folder, or another one")
        _write(record, (json.dumps(made_from, indent=2) + "\n").encode())
        return
    try:
        before = dict(json.loads(record.read_text("utf-8")))
    except (ValueError, TypeError):
        raise MailingError(record, "what isn't ours", "another folder") from None
    for name in {**before, **made_from}:
        if before.get(name) != made_from.get(name):
            found = f"letters of another run: {name} was {before.get(name)}, now it is {made_from.get(name)}"
            raise MailingError(folder, found, "the same again, or another folder")


def _made_from(addressees: Addressees, order: Order, output: Output, stationery: Stationery) -> dict[str, str]:
    place = Path(order.template)
    return {
        "file": _digest([addressees.path]),
        "on": order.on.isoformat(),
        "municipality": order.municipality or "",
        "template": order.template if not place.exists() else str(place.resolve()),
        "language_column": addressees.language_column,
        "output": output,
        "law": stationery.rules.digest,
        "content": _digest(_content(stationery.templates, order.municipality)),
        "version": f"{__version__} {_digest(PACKAGE.rglob('*.py'))}",
    }


def _content(templates: Mapping[str, Document], municipality: str | None) -> list[Path]:
    """The files that say what stands on a letter, and how it looks."""
    assets, locales = project_folder("assets") / "print", project_folder("locales")
    drawings = (PACKAGE / "pages" / "templates").glob("*.svg")
    own = [_file_of(municipality)] if municipality else []
    parts = [path for path in assets.rglob("*") if path.is_file()]
    return [*(each.path for each in templates.values()), *own, *parts, *locales.rglob("*.po"), *drawings]


def _digest(paths: Iterable[Path]) -> str:
    """Another one as soon as a byte of a file is another."""
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(path.name.encode())
        with path.open("rb") as file:
            found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()[:16]


def _write(path: Path, content: bytes) -> None:
    """A whole file or none."""
    part = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


# Errors


@contextmanager
def _errors(folder: Path, delimiter: str) -> Iterator[Callable[[Iterable[Wrong]], None]]:
    """Takes what is wrong, a line each; at the end it is errors.csv, or there is none."""
    path = folder / ERRORS
    part = folder / f".{ERRORS}{UNFINISHED}"
    written = 0
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            writer = _writer(file, delimiter)

            def write(wrong: Iterable[Wrong]) -> None:
                nonlocal written
                for row, reference, problem in wrong:
                    written += 1
                    writer.writerow([row, *map(_defused, (reference, *problem))])

            yield write
        if written:
            part.replace(path)
        else:
            path.unlink(missing_ok=True)
    finally:
        part.unlink(missing_ok=True)


def _writer(file: TextIO, delimiter: str) -> Any:
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(HEAD)
    return writer


def _defused(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(AS_FORMULA) else cell
