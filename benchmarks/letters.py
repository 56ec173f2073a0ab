"""How many letters a second `bijdragewijzer letters` makes, on one core and on all; in how much memory, over 10,000.

Timed: the command as it is typed, from its start to its end, with the reading of the file, the estimate, the chart and
the writing. The households are drawn at random in the proportions below, the same at every run; so are the languages.
"""

import csv
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from machine import cores, machine, table

LETTERS, MANY, SEEN = 600, 10_000, (1_000, 5_000, 10_000)
TARGET = 60
LANGUAGES = ("nl",) * 14 + ("en", "tr", "ar", "pl", "uk")
HEAD = (
    "reference", "language", "salutation", "address_1", "address_2", "address_3", "composition", "client_age",
    "client_born", "partner_age", "partner_born", "income", "assets", "provision_1", "provision_2", "cost_price_2",
    "start_2",
)  # fmt: skip
AT_LEAST = 0.05  # seconds between two looks at the memory


def households(letters: int) -> Iterator[tuple[object, ...]]:
    """35 % couples; half with birth dates; half with assets; a fifth with an aid of which the cost price is known."""
    chance = random.Random(363)
    for number in range(letters):
        couple, born, priced = chance.random() < 0.35, chance.random() < 0.5, chance.random() < 0.2
        ages = (
            ("", f"{chance.randint(1, 28)}-{chance.randint(1, 12)}-{chance.randint(1930, 1970)}")
            if born
            else (chance.choice(("pension", "pension", "adult")), "")
        )
        partner = ("", "") if not couple else ("", f"1-{chance.randint(1, 12)}-1950") if born else ("pension", "")
        income = f"{chance.randint(9, 60)}.{chance.randint(100, 999)},{chance.randint(10, 99)}"
        yield (
            f"B-{number:05}", chance.choice(LANGUAGES), f"Geachte heer De Vries {number},",
            f"De heer De Vries {number}", f"Voorbeeldstraat {number}", "0000 AA VOORBEELDGEMEENTE",
            "couple" if couple else "single", *ages, *partner, income,
            chance.randint(0, 150_000) if chance.random() < 0.5 else "", "domestic_help",
            *(("other_aid", "2.500,00", "1-3-2024") if priced else ("", "", "")),
        )  # fmt: skip


def file_of(folder: Path, letters: int) -> Path:
    path = folder / f"{letters}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEAD, *households(letters)])
    return path


def run(file: Path, folder: Path, *options: str) -> tuple[float, dict[int, int]]:
    """Seconds that it took, and the most memory of all its processes until so many letters were there, in bytes."""
    command = [sys.executable, "-m", "estimator", "letters", str(file), "--to", str(folder), "--on", "2026-11-22"]
    began, most = time.perf_counter(), 0
    seen: dict[int, int] = {}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with psutil.Popen([*command, "--municipality", "GM0000", *options], **quiet) as process:
        while process.poll() is None:
            most = max(most, sum(map(_memory, [process, *_children(process)])))
            there = len(list(folder.glob("*.pdf"))) if folder.is_dir() else 0
            seen |= {letters: most for letters in SEEN if letters not in seen and there >= letters}
            time.sleep(AT_LEAST)
        if process.returncode:
            raise SystemExit(f"exit code {process.returncode}")
    return time.perf_counter() - began, {**dict.fromkeys(SEEN, most), **seen}


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        found: list[psutil.Process] = process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return found


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def main() -> None:
    print(machine(("typst", "polars", "pydantic", "openpyxl")))
    rows: list[tuple[str, ...]] = []
    with TemporaryDirectory() as place:
        folder = Path(place)
        start, _ = run(file_of(folder, 1), folder / "start", "--workers", "1")
        several = file_of(folder, LETTERS)
        for name, workers, output in (
            ("each, one core", 1, "each"), (f"each, {cores()} cores", cores(), "each"),
            ("volumes, one core", 1, "combined"),
        ):  # fmt: skip
            seconds, _ = run(several, folder / name, "--workers", str(workers), "--output", output)
            size = sum(path.stat().st_size for path in (folder / name).glob("*.pdf")) / LETTERS
            without = LETTERS / (seconds - start)
            rows.append((name, f"{LETTERS / seconds:.0f}", f"{without:.0f}", f"{size / 1000:.0f}"))
        print(table(("letters", "a second", "without the start", "kB a letter"), rows))
        met = "met" if float(rows[0][2]) >= TARGET else "NOT met"
        print(f"Target: {TARGET} letters a second on one core: {met}; the start takes {start:.1f} s")
        seconds, seen = run(file_of(folder, MANY), folder / "many")
        memory: list[tuple[str, ...]] = [(f"{letters:,}", f"{most / 1e6:,.0f}") for letters, most in seen.items()]
        print(table(("letters there", "peak memory, MB, all processes"), memory))
        print(f"{MANY:,} letters on {cores()} cores: {seconds:.0f} s, {MANY / seconds:.0f} a second")


if __name__ == "__main__":
    main()
