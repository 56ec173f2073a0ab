"""A letter to one household, and many of them in one file to print: the letter of the toolkit, then their own estimate.

Name and address are printed and kept nowhere else. The amounts are those of the household itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from estimator.files import LOCALES, project_folder
from estimator.interview import Setting
from estimator.library.documents import TOOLKIT, Document, LibraryError, PieceMatter, as_link, read_document, render
from estimator.library.placeholders import PLACEHOLDER, Facts
from estimator.municipalities import Municipality
from estimator.pages.exact import answers_of
from estimator.pages.outcome import Outcome
from estimator.pages.request import Context, Request
from estimator.pages.verdict import verdict
from estimator.printing.addressees import Addressee
from estimator.printing.blocks import Parts, parts
from estimator.printing.head import head
from estimator.printing.press import RTL, forget, pdf, told
from estimator.printing.summary import isolated, sheet
from estimator.printing.window import HEIGHT, WIDTH, size_of
from estimator.rules.estimate import Comparison, compare
from estimator.rules.law import Law
from estimator.texts import Texts

TEMPLATE = "letter.typ"
TEMPLATES = ("letter", "letter-large-print")  # of the toolkit
# Without these a letter wouldn't be one to somebody, with their estimate, that tells whom to ask.
NEEDED = ("salutation", "estimate", "municipality.phone", "municipality.address")
# Of the letters, in points: of the first page the largest that has room there, of the pages after it.
SIZES, SIZE, LARGE = (11, 10.5, 10, 9.75, 9.5, 9.25, 9, 8.75), 8.75, 18
MOST_IN_A_VOLUME = 50  # of four pages each: a volume is laid out as a whole, and takes some 5 MB a letter
# Of a result: whom to ask is in the letter itself, and nobody answered anything.
NOT_IN_A_LETTER = ("todo_heading", "todo", "answers_heading", "answers", "qr", "left_out", "counted")
# What stands in a text in place of somebody's own words, until these are filled in.
SALUTATION, ESTIMATE = "\ue000", "\ue001"


class Text(NamedTuple):
    """The text of a letter in its parts, what must be said beside it, and the size of its letters on the first page."""

    parts: Context
    remarks: list[str]
    size: float


class Stationery:
    """What all letters of a day share: the law, the municipality and the text in every language that there is."""

    def __init__(self, rules: Law, on: date, municipality: Municipality, templates: Mapping[str, Document]) -> None:
        self.rules, self.on, self.municipality, self.templates = rules, on, municipality, templates
        self.moment = datetime.combine(on, time(), UTC)
        self._texts: dict[str, Text] = {}

    @cached_property
    def municipalities(self) -> Mapping[str, Municipality]:
        """The one municipality by its code: the same mapping every time, for what is remembered by it."""
        return {self.municipality.code: self.municipality}

    @cached_property
    def setting(self) -> Setting:
        """In which the rules are asked: nothing is left to be chosen."""
        code = self.municipality.code
        return Setting(self.on, self.rules, {code: self.municipality.policy}, (), code)

    def text(self, locale: str) -> Text:
        """The text of the letter in a language, filled in but for what is somebody's own."""
        if locale not in self._texts:
            template = self.templates[locale]
            facts = Facts(Texts(locale), self.rules, self.on, self.municipality, SALUTATION, ESTIMATE)
            remarks = list(facts.remarks(template.body, template.matter.sources))
            found = Text(_set(parts(template, facts)), remarks, LARGE)
            size = LARGE if template.matter.large_print else _first_size(template, found, self)
            self._texts[locale] = found._replace(size=size)
        return self._texts[locale]


def letter_pdf(addressee: Addressee, stationery: Stationery) -> bytes:
    """One letter, as PDF; the same bytes for the same addressee on the same day."""
    return letter_set(letter(addressee, stationery), stationery)


def letter_set(words: Context, stationery: Stationery) -> bytes:
    """What ``letter`` gives, as PDF."""
    data = {**_document(words["title"], Texts(words["lang"]), words["large"], stationery), "letters": [words]}
    return pdf(TEMPLATE, data, stationery.moment)


def volume_pdf(addressees: Sequence[Addressee], number: int, stationery: Stationery) -> bytes:
    """Many letters to print, after an index for whoever puts them into envelopes, as PDF."""
    texts = Texts(LOCALES[0])
    title = texts("letter.index.title", number=texts.number(number))
    index = {
        "title": title,
        "columns": [texts("letter.index.reference"), texts("letter.index.language"), texts("letter.index.page")],
        "rows": [[each.reference, Texts(each.language).own_name] for each in addressees],
        "longest": max(len(each.reference) for each in addressees),
    }
    letters = [letter(each, stationery) for each in addressees]
    large = any(each["large"] for each in letters)
    data = {**_document(title, texts, large, stationery), "index": index, "letters": letters}
    try:
        return pdf(TEMPLATE, data, stationery.moment)
    finally:
        forget()


def _document(title: str, texts: Texts, large: bool, stationery: Stationery) -> Context:
    return {
        **head(texts, stationery.municipality, title),
        "large": large,
        "index": None,
    }


def letter(addressee: Addressee, stationery: Stationery) -> Context:
    """One of the ``letters`` of ``letter.typ``: the letter, and as ``sheet`` what the summary of a result says."""
    municipality, texts = stationery.municipality, Texts(addressee.language)
    template, compared, request = stationery.templates[addressee.language], *_estimated(addressee, stationery, texts)
    large = template.matter.large_print
    given = addressee.salutation
    own = {
        SALUTATION: (isolated(given) if texts.dir == RTL and given else given) or texts("letter.salutation"),
        ESTIMATE: _told(compared, texts),
    }
    text = stationery.text(addressee.language)
    result = sheet(request, Outcome(compared, addressee.household), large)
    result = {key: value for key, value in result.items() if key not in NOT_IN_A_LETTER}
    return {
        **head(texts, municipality, template.matter.title),
        "first-size": text.size,
        "size": LARGE if large else SIZE,
        "large": large,
        "owner": texts("print.municipality", name=municipality.name),
        "address": {
            "dir": "ltr",
            "lines": list(addressee.address),
            "size": size_of(addressee.address, large),
            "window": {"width": WIDTH, "height": HEIGHT},
        },
        "reference": texts("letter.reference", reference=isolated(addressee.reference)),
        "notices": text.remarks,
        "parts": _personal(text.parts, own),
        "translated": result["translated"],
        "sheet": result,
    }


def _told(compared: Comparison, texts: Texts) -> str:
    """The verdict in the letter itself: an estimate with a calculation, or what can't be worked out here."""
    said = "".join(piece["text"] for piece in verdict(compared, texts))
    worked_out = any(each and each.outcome in ("amount", "nothing") for each in (compared.current, compared.upcoming))
    return texts("letter.estimate" if worked_out else "letter.outcome", verdict=said)


def _estimated(addressee: Addressee, stationery: Stationery, texts: Texts) -> tuple[Comparison, Request]:
    household, setting = addressee.household, stationery.setting
    compared = compare(household, setting.on, stationery.municipality.policy, setting.rules)
    request = Request(
        texts, setting, answers_of(household, setting), "", stationery.moment, {}, stationery.municipalities,
        exact=household, letter=True,
    )  # fmt: skip
    return compared, request


def _set(found: Parts) -> Context:
    """The parts of a letter as they are set: how it begins, what it says, and how it ends."""
    said = [*(block for section in found.sections for block in section), *found.contact]
    return {"lead": found.lead, "said": said, "closing": found.closing}


def _first_size(template: Document, text: Text, stationery: Stationery) -> float:
    """The largest letters in which a letter with an address and the usual words of somebody's own fits on a page."""
    texts = Texts(template.locale)
    ask = texts("letter.estimate.ask")
    own = {SALUTATION: texts("letter.salutation"), ESTIMATE: f"{ask} {ask}"}
    data = {
        **_document(template.matter.title, texts, False, stationery),
        "address": {"lines": [""]},
        "notices": text.remarks,
        "parts": _personal(text.parts, own),
        "translated": texts("translation_note") if template.locale != LOCALES[0] else "",
        "sizes": SIZES,
    }
    size: float = told(TEMPLATE, "size-of", data, "size")
    return size


def _personal(part: Any, own: Mapping[str, str]) -> Any:
    """Blocks with somebody's own words in them."""
    if isinstance(part, list):
        return [_personal(each, own) for each in part]
    if isinstance(part, dict):
        return {name: _personal(each, own) for name, each in part.items()}
    if isinstance(part, str):
        for mark, words in own.items():
            part = part.replace(mark, words)
    return part


# Templates


def read_templates(template: str, rules: Law, on: date) -> Mapping[str, Document]:
    """The texts of a letter by language: one of the toolkit by its name; a folder of nl.md and so on, or one of these.

    Raises ``LibraryError`` for what is wrong with them, or where there are none.
    """
    if template in TEMPLATES:
        folder = project_folder("content") / TOOLKIT
        found = {locale: folder / locale / f"{template}.md" for locale in LOCALES}
    else:
        place = Path(template)
        files = [place] if place.is_file() else sorted(place.glob("*.md"))
        found = {path.stem: path for path in files}
        unknown = [str(path) for path in files if path.stem not in LOCALES]
        if unknown or not files:
            wrong = ", ".join(unknown) or "no such file, and no folder with files"
            allowed = f"{', '.join(TEMPLATES)}, or files called {', '.join(f'{locale}.md' for locale in LOCALES)}"
            raise LibraryError([f"{template}: found {wrong}; allowed: {allowed}"])
    read: dict[str, Document] = {}
    problems: list[str] = []
    for locale, path in found.items():
        try:
            read[locale] = _read(path, locale, rules, on)
        except LibraryError as error:
            problems += error.problems
    if problems:
        raise LibraryError(problems)
    return read


def _read(path: Path, locale: str, rules: Law, on: date) -> Document:
    """A text, with every placeholder that a letter needs, and none that says nothing."""
    document = replace(read_document(path, PieceMatter), locale=locale)
    render(document, Facts(Texts(locale), rules, on), as_link)
    named = {name.strip() for name in PLACEHOLDER.findall(document.body)}
    if missing := [name for name in NEEDED if name not in named]:
        wanted = ", ".join(f"{{{{ {name} }}}}" for name in missing)
        raise LibraryError([f"{path}: found no {wanted}; allowed: a letter with each of them"])
    return document
