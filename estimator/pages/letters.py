"""The page for staff that makes letters from a file: its form, how far it is, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import ceil
from typing import NamedTuple

from estimator.files import LOCALES
from estimator.pages.request import Context
from estimator.rules.columns import COLUMNS, SLOT_COLUMNS, WORDS
from estimator.rules.household import Problem
from estimator.texts import Texts

PATH = "/brieven"
MAKE, COLUMNS_FILE, FILES = f"{PATH}/maken", f"{PATH}/voorbeeld.csv", f"{PATH}/bestand"
OUTPUTS = ("each", "combined", "both")
NEEDED = ("reference", "composition", "provision_1")
EITHER = ("client_age", "client_born")
NOT_ASKED = ("on",)  # of all letters it is the same
PRINTED = ("salutation", "address_1")
# What a file looks like, with nobody in it.
EXAMPLE: Mapping[str, str] = {
    "reference": "VOORBEELD-1", "language": "nl", "salutation": "Geachte mevrouw Voorbeeld,",
    "address_1": "Mevrouw A. Voorbeeld", "address_2": "Voorbeeldstraat 1", "address_3": "1234 AB Voorbeeldstad",
    "composition": "couple", "client_age": "", "client_born": "1-3-1950", "partner_age": "pension", "partner_born": "",
    "income": "32.500", "assets": "12.000", "provision_1": "domestic_help", "provision_2": "other_aid",
    "cost_price_2": "1.250,50", "start_2": "1-2-2024",
}  # fmt: skip
A_MOMENT, A_MINUTE = 1, 60  # seconds: before the first nothing can be said of the last


class Choice(NamedTuple):
    """What may be chosen: the value that is sent, and its words."""

    value: str
    words: str


def letters_context(
    texts: Texts,
    *,
    before: str,
    municipalities: Mapping[str, str],
    is_fixed: bool,
    letters: Sequence[str],
    days: tuple[date, date],
    on: date,
    most_bytes: int,
    most_letters: int,
) -> Context:
    """The fields of ``letters.html``, without those of the frame.

    ``municipalities`` are the names, by code, of those that can send letters; ``letters`` the names of the texts;
    ``days`` the first and the last that letters may be of.
    """
    megabytes = most_bytes // 1_000_000
    first, last = days
    return {
        "make_url": before + MAKE,
        "columns_url": before + COLUMNS_FILE,
        "login_url": f"{before}/inloggen?next={PATH}",
        "municipalities": [Choice(code, name) for code, name in municipalities.items()],
        "is_fixed": is_fixed,
        "letters": [Choice(name, texts(f"post.letter.{name}")) for name in letters],
        "outputs": [Choice(name, texts(f"post.output.{name}")) for name in OUTPUTS],
        "on": on.isoformat(),
        "first": first.isoformat(),
        "last": last.isoformat(),
        "most_bytes": most_bytes,
        "most": texts("post.letters.most", letters=texts.number(most_letters), megabytes=texts.number(megabytes)),
        "too_large": too_large(texts, most_bytes),
        "columns": list(_columns(texts)),
        "languages": ", ".join(LOCALES),
    }


def too_large(texts: Texts, most_bytes: int) -> str:
    """What is said of a file that is too large."""
    return texts("post.refused.too_large", megabytes=texts.number(most_bytes // 1_000_000))


def example_rows() -> tuple[list[str], list[str]]:
    """The names of the columns that are used most, and a row of somebody who isn't there."""
    return list(EXAMPLE), list(EXAMPLE.values())


def _columns(texts: Texts) -> Iterable[Context]:
    """Every column: its name, what it holds, and the words that may stand in it."""
    numbered = {f"{name}_1": name for name in SLOT_COLUMNS}
    own = [name for name in COLUMNS if name not in (*NEEDED, *NOT_ASKED)]
    for name in ("reference", "language", *PRINTED, "composition", *own, *numbered):
        words = LOCALES if name == "language" else WORDS.get(numbered.get(name, name), ())
        need = (
            "post.columns.needed" if name in (*NEEDED, "language") else "post.columns.either" if name in EITHER else ""
        )
        yield {
            "name": name,
            "text": texts(f"post.column.{numbered.get(name, name)}"),
            "need": texts(need) if need else "",
            "words": words,
        }


# While it is made


def progress_words(texts: Texts, done: int, households: int, seconds: float) -> str:
    """How far it is, how fast it goes, and how long it will take."""
    words = texts("post.progress", done=texts.number(done), households=texts.number(households))
    if done == households:
        packing = texts("post.progress.packing")
        return f"{words} {packing}"
    if not done or seconds < A_MOMENT:
        return words
    rate = done / seconds
    left = (households - done) / rate
    fast = texts("post.progress.rate", rate=texts.number(max(1, round(rate))))
    if left < A_MINUTE:
        to_wait = texts.count("post.progress.seconds", ceil(left))
    else:
        to_wait = texts.count("post.progress.minutes", ceil(left / A_MINUTE))
    return f"{words} {fast} {to_wait}"


class Counts(NamedTuple):
    """What became of the households."""

    made: int
    wrong: int
    volumes: int


def result_context(
    texts: Texts, counts: Counts, wrong: Sequence[Sequence[str]], files: Mapping[str, tuple[str, int]], minutes: int
) -> Context:
    """The fields of ``letters_result.html``.

    ``wrong`` is row, reference, column, found and allowed; ``files`` gives address and bytes of each file by its name;
    ``minutes`` is how long they stay without being asked for.
    """
    told = [texts.count("post.result.made", counts.made)]
    if counts.volumes:
        told.append(texts.count("post.result.volumes", counts.volumes))
    if counts.wrong:
        told.append(texts.count("post.result.wrong", counts.wrong))
    return {
        "t": texts,
        "told": told,
        "files": [
            {"url": url, "name": name, "text": texts(f"post.file.{name}"), "size": _size(texts, size)}
            for name, (url, size) in files.items()
        ],
        "rows": [_row(texts, row) for row in wrong],
        "more": texts("post.result.more") if counts.wrong and len({row[0] for row in wrong}) < counts.wrong else "",
        "kept": texts.count("post.result.kept", minutes),
    }


def _size(texts: Texts, size: int) -> str:
    if size < 1_000_000:
        return texts("post.size.kilobytes", size=texts.number(max(1, round(size / 1000))))
    return texts("post.size.megabytes", size=texts.number(round(size / 1_000_000)))


def _row(texts: Texts, row: Sequence[str]) -> Context:
    number, reference, column, found, allowed = row
    found_words, allowed_words = _in_dutch(texts, found, FOUND), _in_dutch(texts, allowed, ALLOWED)
    return {
        "number": number,
        "reference": reference,
        "column": column,
        "found": found_words or found,
        "allowed": allowed_words or allowed,
        "allowed_lang": "" if allowed_words else "en",
    }


def unusable_words(texts: Texts, problem: Problem, columns: int | None = None) -> str:
    """What is said of a file that can't be used: where, and what it should be."""
    for pattern, key in UNUSABLE:
        if match := re.fullmatch(pattern, f"{problem.allowed}|{problem.found}", re.DOTALL):
            place = problem.field.removeprefix("column ").removeprefix("line ")
            return texts(key, place=place, **match.groupdict())
    return texts("post.unusable", place=problem.field, found=problem.found, allowed=problem.allowed)


def _in_dutch(texts: Texts, words: str, known: Sequence[tuple[str, str]]) -> str:
    """The same in Dutch; "" for what isn't known here: a text that stands in the file, or a message that is new."""
    for pattern, key in known:
        if match := re.fullmatch(pattern, words, re.DOTALL):
            named = {
                name: _listed(texts, value) if name == "words" else value for name, value in match.groupdict().items()
            }
            return texts(key, **named)
    return ""


def _listed(texts: Texts, words: str) -> str:
    return texts.listed(
        [each.strip(" '") for each in re.split(r", or |, | or ", words) if each.strip(" '")], either=True
    )


# What ``rules`` and ``printing`` say in English to whoever uses the command, and the message of a page for staff.
FOUND: tuple[tuple[str, str], ...] = (
    ("nothing", "post.found.nothing"),
    (r"(?P<number>\d+) cells", "post.found.cells"),
    (r"(?P<number>\d+) lines", "post.found.lines"),
    (r"(?P<number>\d+) letters: (?P<text>.*)", "post.found.letters"),
    (r"(?P<number>\d+) mm in small letters: (?P<text>.*)", "post.found.width"),
    (r"(?P<columns>\w+( and \w+)+) together", "post.found.together"),
)
ALLOWED: tuple[tuple[str, str], ...] = (
    (r"(?P<number>\d+), one a column", "post.allowed.cells"),
    (r"a value; a formula .*", "post.allowed.no_formula"),
    (r"a value; this is what a spreadsheet shows .*", "post.allowed.no_error"),
    (r"a date from (?P<first>\S+) to (?P<last>\S+)", "post.allowed.dates"),
    (r"1 to (?P<number>\d+) of A-Z, .*", "post.allowed.reference"),
    (r"each reference once, .*", "post.allowed.once"),
    ("one line", "post.allowed.one_line"),
    (r"at most (?P<number>\d+) letters", "post.allowed.letters"),
    (r"at most (?P<number>\d+) in all", "post.allowed.lines"),
    (r"at most (?P<number>\d+) mm, .*", "post.allowed.width"),
    ("a text", "post.allowed.text"),
    (r"letters that our fonts have: .*", "post.allowed.fonts"),
    (r"an amount in euro such as (?P<example>\S+) or \S+", "post.allowed.euro"),
    (r"an amount in euro from .*", "post.allowed.positive_euro"),
    (r"whole euro such as (?P<example>\S+) or \S+", "post.allowed.whole_euro"),
    (r"\[from, to\] in whole euro, .*", "post.allowed.band"),
    (r"a date such as (?P<example>\S+)( or \S+)?", "post.allowed.date"),
    (r"true and false, (?P<yes>1) and (?P<no>0), .*", "post.allowed.flag"),
    (r"(a whole number|whole numbers, or texts of these)", "post.allowed.count"),
    (r"at most (?P<number>\d+)", "post.allowed.at_most"),
    (r"at least (?P<number>\d+)", "post.allowed.at_least"),
    (r"(?P<words>'[^']+'(, '[^']+')*( or '[^']+')?)", "post.allowed.words"),
    (r"(?P<words>[a-z]{2}(, [a-z]{2})*)", "post.allowed.words"),
    (r"at least one provision: (?P<words>.+)", "post.allowed.words"),
    (r"only with kind (?P<words>.+)", "post.allowed.with_kind"),
    (r"only with a start before (?P<day>\S+)", "post.allowed.started_before"),
    (r"nothing for a single; .*", "post.allowed.no_partner"),
    (r"(?P<words>.+), or a date in (?P<column>\w+)", "post.allowed.age"),
    (r"one of (?P<words>.+)", "post.allowed.one_of"),
    (r"the own part of both, .*", "post.allowed.both_parts"),
    (r"own parts only with (?P<column>\w+), .*", "post.allowed.parts_with"),
    (r"(?P<sum>\S+), the sum of both own parts", "post.allowed.sum"),
    (r"a letter that can be set: .*", "post.allowed.report"),
)
# Of a file as a whole: what is allowed, "|", and what was found.
UNUSABLE: tuple[tuple[str, str], ...] = (
    (r"\.csv or \.xlsx\|.*", "post.unusable.kind"),
    (r"the names of the columns, and a row for each letter\|.*", "post.unusable.empty"),
    (r"a row for each letter\|.*", "post.unusable.no_rows"),
    (r"a file that has it\|.*", "post.unusable.missing"),
    (r"a file without it: .*", "post.unusable.citizen_number"),
    (r"a name for every column\|.*", "post.unusable.no_name"),
    (r"each column once\|.*", "post.unusable.twice"),
    (r".*\|an unknown column", "post.unusable.unknown"),
    (r"CSV in (?P<encoding>UTF-8), or XLSX\|.*", "post.unusable.not_utf8"),
    (r"XLSX without a password\|.*", "post.unusable.password"),
    (r"XLSX as a spreadsheet saves it\|.*", "post.unusable.broken"),
    (r"quotes in pairs, .*", "post.unusable.quotes"),
    (r"at most (?P<most>\d+) rows\|(?P<found>\d+) rows", "post.unusable.too_many"),
)
