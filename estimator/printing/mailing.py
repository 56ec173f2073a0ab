"""A mailing: the letters of a file of households, in a folder, by all cores; stopped at any moment, it goes on later.

Everything is written under another name first, for its owner only, and renamed when it is whole. The folder remembers
from what it was made, so that letters of two runs never lie together.
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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from datetime import date
from functools import cache, partial
from importlib.metadata import version
from itertools import count, islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple, TypeVar

from estimator import __version__
from estimator.files import PACKAGE, project_folder
from estimator.library.documents import Document
from estimator.municipalities import Municipality, read_municipality
from estimator.printing.addressees import Addressee, Addressees, Source, Wrong, defused
from estimator.printing.letters import (
    MOST_IN_A_VOLUME,
    Stationery,
    letter,
    letter_pdf,
    letter_set,
    read_templates,
    volume_pdf,
)
from estimator.rules.household import Problem
from estimator.rules.law import Law, law
from estimator.rules.regimes import FIRST_DAY

Made = TypeVar("Made")
Output = Literal["each", "combined", "both"]
RECORD, ERRORS, WRONG_ROWS = "letters.json", "errors.csv", "wrong-rows.csv"
HEAD = ("row", "reference", "column", "found", "allowed")
UNFINISHED, INCOMPLETE = ".part", ".incomplete.txt"
FOLDER_MODE, FILE_MODE = 0o700, 0o600  # names, addresses and incomes: for nobody else who uses the machine
AT_ONCE = 48  # letters that a core is given at a time: the first ones in another language take longer
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
    municipality: str
    output: Output


class Done(NamedTuple):
    """What became of the households: something was made for them, all of it was there already, or a row is wrong.

    ``volumes`` are the files to print that are there now.
    """

    made: int = 0
    there: int = 0
    wrong: int = 0
    volumes: int = 0


class Job(NamedTuple):
    """Letters to make at once; with a number they are a volume."""

    addressees: Sequence[Addressee]
    volume: int | None = None


def usable_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def days_of_letters(rules: Law) -> tuple[date, date]:
    """The first and the last day that letters may be of: to the year after the last known amount, or of the plan."""
    last = max(rules.series["monthly_amount"].starts[-1].year + 1, rules.plan.planned_from.year)
    return FIRST_DAY, date(last, 12, 31)


# The run


def languages_of(order: Order) -> tuple[str, ...]:
    """In which there can be letters; raises for what an order asks for as ``mail`` does, before anything is made."""
    return tuple(_stationery(order).templates)


def mail(addressees: Addressees, order: Order, workers: int, tell: Callable[[int], object] = lambda _: None) -> Done:
    """Make the letters that aren't there yet; ``tell`` hears how many more households are done.

    Raises ``MailingError`` for a folder of another run and a municipality that can't send letters, ``LibraryError`` for
    texts that can't be used, ``OSError`` where it can't be written. What is wrong with a row goes to errors.csv, the
    row itself to wrong-rows.csv.
    """
    stationery = _stationery(order)
    with _folder_of_its_own(order.folder):
        _remember(order.folder, _made_from(addressees, order, stationery))
        with _table(order.folder / ERRORS, addressees.delimiter, HEAD) as write:
            done, wrong = _run(addressees, order, workers, write, tell)
        with _table(order.folder / WRONG_ROWS, addressees.delimiter, addressees.head) as write:
            write(addressees.given(wrong) if wrong else ())
    return done


def _run(
    addressees: Addressees,
    order: Order,
    workers: int,
    write: Callable[[Iterable[Sequence[str]]], None],
    tell: Callable[[int], object],
) -> tuple[Done, set[int]]:
    """What was done, and the rows for which there is no letter."""
    rows: set[int] = set()

    def put_aside(wrong: Iterable[Wrong]) -> None:
        for row, reference, problem in wrong:
            rows.add(row)
            write([[str(row), *map(defused, (reference, *problem))]])

    def right() -> Iterator[Addressee]:
        for each in addressees:
            if isinstance(each, Addressee):
                yield each
            else:
                put_aside(each)
                tell(1)

    done, jobs = Done(), _jobs(right(), order.output)
    several = workers > 1 and addressees.count > ENOUGH_FOR_ONE
    for of_job, failed in _by_many(jobs, order, workers) if several else _by_one(jobs, order):
        done = Done(*map(sum, zip(done, of_job, strict=True)))
        put_aside(failed)
        tell(of_job.made + of_job.there + of_job.wrong)
    return done._replace(wrong=len(rows)), rows


def _jobs(addressees: Iterator[Addressee], output: Output) -> Iterator[Job]:
    """The work, with few rows in memory at once: single letters by language, since what is alike is laid out once."""
    if output != "each":
        volumes = iter(lambda: list(islice(addressees, MOST_IN_A_VOLUME)), [])
        yield from map(Job, volumes, count(1))
    few: dict[str, list[Addressee]] = defaultdict(list)
    for addressee in addressees:
        few[addressee.language].append(addressee)
        if len(few[addressee.language]) == AT_ONCE:
            yield Job(few.pop(addressee.language))
    yield from map(Job, few.values())


Result = tuple[Done, list[Wrong]]


def _by_one(jobs: Iterable[Job], order: Order) -> Iterator[Result]:
    for job in jobs:
        yield make(job, order)


def _by_many(jobs: Iterable[Job], order: Order, workers: int) -> Iterator[Result]:
    """By several processes, each with a few jobs waiting: what is told comes in any order."""
    with ProcessPoolExecutor(workers, get_context("spawn"), begin_with_parent) as pool:
        waiting: set[Future[Result]] = set()
        try:
            for job in jobs:
                with undisturbed():
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


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ctrl-C waits, and never comes to a process that begins meanwhile: that finishes what it is making.

    A process takes over what is blocked; here another thread may still hear it, so it is also remembered until the end.
    """
    heard: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, handler)
    if heard and callable(handler):
        handler(signal.SIGINT, None)


def begin_with_parent() -> None:
    """How a process begins: it goes when the one that began it is gone, and works on one core."""
    os.environ["RAYON_NUM_THREADS"] = "1"  # of Typst
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    gc.freeze()


def _leave_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


# A job


def make(job: Job, order: Order) -> Result:
    """The files of a job that aren't there yet. A letter that can't be set is told, not raised: the others go on."""
    stationery, volumes = _stationery(order), 0
    made: set[int] = set()
    failed: dict[int, Wrong] = {}
    if order.output != "combined":
        left = [each for each in job.addressees if not _path(each, order).exists()]
        left.sort(key=lambda each: each.language)
        # All words, and then all sheets: in turns each would push what the other uses out of the core's own memory.
        for each, words in [(each, _tried(partial(letter, each, stationery), each, failed)) for each in left]:
            if words and (pdf := _tried(partial(letter_set, words, stationery), each, failed)):
                _write(_path(each, order), pdf)
                made.add(each.row)
    if job.volume is not None:
        path = order.folder / f"letters-{job.volume:03}.pdf"
        if not path.exists():
            made |= {each.row for each in job.addressees}
        # One without some of its letters is made again, to say which households still have none.
        if not path.exists() or path.with_suffix(INCOMPLETE).exists():
            _make_volume(path, job.addressees, job.volume, stationery, failed)
        volumes = int(path.exists())
    made -= set(failed)
    there = len(job.addressees) - len(made) - len(failed)
    return Done(len(made), there, len(failed), volumes), list(failed.values())


def _path(addressee: Addressee, order: Order) -> Path:
    return order.folder / f"{addressee.reference}.pdf"


def _tried(step: Callable[[], Made], addressee: Addressee, failed: dict[int, Wrong]) -> Made | None:
    """What a step towards a letter makes, or nothing where it fails: the letters of the others don't wait for it."""
    try:
        return step()
    except Exception as error:  # whatever the press comes to
        failed[addressee.row] = _unset(addressee, error)
        return None


def _unset(addressee: Addressee, error: Exception) -> Wrong:
    found = f"{type(error).__name__}: {error}"
    return Wrong(addressee.row, addressee.reference, Problem("", found, "a letter that can be set: please report this"))


def _make_volume(
    path: Path, addressees: Sequence[Addressee], number: int, stationery: Stationery, failed: dict[int, Wrong]
) -> None:
    """A volume of all letters that can be set, if any; where it fails, each letter is tried to find which can't be."""
    left = [each for each in addressees if each.row not in failed]
    if not left:
        return
    try:
        pdf = volume_pdf(left, number, stationery)
    except Exception as error:
        if all(_tried(partial(letter_pdf, each, stationery), each, failed) for each in left):
            failed |= {each.row: _unset(each, error) for each in left}
        _make_volume(path, addressees, number, stationery, failed)
        return
    if failed:
        missing = "".join(f"{each.reference}\n" for each in addressees if each.row in failed)
        _write(path.with_suffix(INCOMPLETE), missing.encode())
    _write(path, pdf)


@cache
def _stationery(order: Order) -> Stationery:
    """Read once by every process."""
    rules = law()
    municipality = read_municipality(_file_of(order.municipality), rules)
    _check_sender(municipality, order.on)
    return Stationery(rules, order.on, municipality, read_templates(order.template, rules, order.on))


def _check_sender(sender: Municipality, on: date) -> None:
    """A letter tells whom to call and where to come, and what the rules of its sender are."""
    missing = [f"contact.{key}" for key in ("phone", "address") if not getattr(sender.contact, key)]
    if not sender.policy.covers(on):
        missing.append(f"policy on {on}")
    if missing:
        raise MailingError(_file_of(sender.code), f"no {', no '.join(missing)}", "a municipality whose file has it")


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
        folder.mkdir(FOLDER_MODE)
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


def day_of(folder: Path) -> date | None:
    """Of which day the letters in a folder are, if there are any; raises ``MailingError`` for a record of others."""
    record = _record(folder)
    try:
        return None if record is None else date.fromisoformat(record["on"])
    except (KeyError, TypeError, ValueError):
        raise _not_ours(folder) from None


def _record(folder: Path) -> dict[str, str] | None:
    """What a folder remembers of the run that made its letters, if there was one."""
    try:
        return dict(json.loads((folder / RECORD).read_text("utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, TypeError):
        raise _not_ours(folder) from None


def _not_ours(folder: Path) -> MailingError:
    return MailingError(folder / RECORD, "what isn't ours", "another folder")


def _remember(folder: Path, made_from: Mapping[str, str]) -> None:
    """Write down from what the letters are made, or see that it is the same."""
    before = _record(folder)
    if before is None:
        if others := sorted(path.name for path in folder.iterdir()):
            raise MailingError(folder, f"{others[0]}, and no {RECORD}", "an empty folder, or another one")
        _write(folder / RECORD, (json.dumps(made_from, indent=2) + "\n").encode())
        return
    for name in {**before, **made_from}:
        if before.get(name) != made_from.get(name):
            found = f"letters of another run: {name} was {before.get(name)}, now it is {made_from.get(name)}"
            allowed = "the same again, or another folder"
            if name == "file":
                allowed += f"; for the letters that are missing only: {folder / WRONG_ROWS}, corrected, as the file"
            raise MailingError(folder, found, allowed)


def _made_from(addressees: Addressees, order: Order, stationery: Stationery) -> dict[str, str]:
    place = Path(order.template)
    return {
        "file": _digest([addressees.path]),
        "on": order.on.isoformat(),
        "municipality": order.municipality,
        "template": order.template if not place.exists() else str(place.resolve()),
        "language_column": addressees.language_column,
        "output": order.output,
        "law": stationery.rules.digest,
        "content": _digest(_content(stationery.templates, order.municipality)),
        "version": f"{__version__} {_digest(PACKAGE.rglob('*.py'))}",
        "typst": version("typst"),
    }


def _content(templates: Mapping[str, Document], municipality: str) -> list[Path]:
    """The files that say what stands on a letter, and how it looks."""
    assets, locales = project_folder("assets") / "print", project_folder("locales")
    drawings = (PACKAGE / "pages" / "templates").glob("*.svg")
    own = [_file_of(municipality), *(each.path for each in templates.values())]
    parts = [path for path in assets.rglob("*") if path.is_file()]
    return [*own, *parts, *locales.rglob("*.po"), *drawings]


def _digest(paths: Iterable[Source]) -> str:
    """Another one as soon as a byte of a file is another."""
    found = hashlib.sha256()
    for path in sorted(paths, key=str):
        found.update(path.name.encode())
        with path.open("rb") as file:
            found.update(hashlib.sha256(file.read()).digest())
    return found.hexdigest()[:16]


# Files


@contextmanager
def _whole(path: Path, mode: str, **how: Any) -> Iterator[IO[Any]]:
    """A file to write: whole and on the disk at the end, or as it was; for its owner only."""
    part = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        with open(part, mode, opener=partial(os.open, mode=FILE_MODE), **how) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    with _whole(path, "wb") as file:
        file.write(content)


@contextmanager
def _table(path: Path, delimiter: str, head: Sequence[str]) -> Iterator[Callable[[Iterable[Sequence[str]]], None]]:
    """Takes rows of a CSV file; at the end there is one, or none where there were no rows."""
    written = 0
    with _whole(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(head)

        def write(rows: Iterable[Sequence[str]]) -> None:
            nonlocal written
            for row in rows:
                writer.writerow(row)
                written += 1

        yield write
    if not written:
        path.unlink()
