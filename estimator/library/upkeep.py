"""What the texts of the library still need: what is missing blocks, what is stale or unread by a person is listed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from estimator.files import LOCALES
from estimator.library.documents import ARTICLES, SOURCE, Document, Library, LibraryError, words_in_blocks
from estimator.library.placeholders import Facts, bill
from estimator.library.search import words

IN_FULL = LOCALES[:2]  # the languages that have everything
MOST_WORDS, MOST_WORDS_OF_ONE = 12, 15  # a sentence, on average: of all articles, and of one
LONG = 16  # letters: a word that is worth a look
SENTENCE = re.compile(r"(?<=[.?!:;])\s+")
WORD = re.compile(r"[^\W_][\w.,'’-]*")
PLAN = re.compile(r"\b(?:plan|wetsvoorstel)\b", re.IGNORECASE)  # in Dutch
LINK = re.compile(r"\]\([^)]*\)")
HASH = re.compile(r"^(source_hash:\s*).*$", re.MULTILINE)


class Required(NamedTuple):
    """What the library must answer."""

    questions: int
    core: tuple[int, ...]
    not_translated: tuple[str, ...]


class Found(NamedTuple):
    """What was found: what blocks, and by its kind what is only listed."""

    blocking: tuple[str, ...]
    listed: Mapping[str, tuple[str, ...]]


def read_required(folder: Path) -> Required:
    """What ``topics.toml`` of a ``content`` folder asks for."""
    with (folder / "topics.toml").open("rb") as file:
        table = tomllib.load(file)
    return Required(table["questions"], tuple(table["core"]), tuple(table["not_translated"]))


def read_glossary(folder: Path, locale: str) -> Mapping[str, Sequence[str]]:
    """The legal terms by their Dutch name, with the words and stems by which a language has them; none for Dutch."""
    path = folder / "glossary" / f"{locale}.toml"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {str(term): list(forms) for term, forms in tomllib.load(file)["terms"].items()}


def look_through(folder: Path, library: Library, facts: Facts) -> Found:
    """Everything that the texts of a ``content`` folder need; ``facts`` are those of the source language."""
    required = read_required(folder)
    blocking = [
        *library.problems,
        *_missing(library, required),
        *_hard_to_read(library, facts),
        *_of_unsaid_plan(library, facts),
        *(each for locale in LOCALES for each in _other_terms(library, locale, read_glossary(folder, locale))),
    ]
    translations = [each for each in library.every if each.matter.translated_from]
    listed = {
        "stale": [each for each in translations if library.is_stale(each)],
        "not read by a person": [each for each in translations if each.matter.review != "human"],
        "not linked": list(_unlinked(library)),
    }
    names = {kind: tuple(map(_name, found)) for kind, found in listed.items()}
    return Found(tuple(blocking), {**names, "long words": tuple(_long_words(library, facts))})


def accept(path: Path, library: Library) -> str:
    """Write into a translation that it fits its source as it is now: the hash; raises ``LibraryError``."""
    text = next((each for each in library.every if each.path.resolve() == path.resolve()), None)
    source = library.source_of(text) if text else None
    if text is None or source is None or text.matter.translated_from is None:
        raise LibraryError([f"{path}: found no translation that can be read; allowed: one with translated_from"])
    head, line, body = path.read_text("utf-8").partition("\n---\n")
    path.write_text(HASH.sub(rf'\g<1>"{source.digest}"', head, count=1) + line + body, "utf-8")
    return source.digest


def words_a_sentence(document: Document, facts: Facts) -> float:
    """How many words a sentence of a text has on average."""
    sentences = [s for block in words_in_blocks(document, facts) for s in SENTENCE.split(block) if WORD.search(s)]
    return sum(len(WORD.findall(sentence)) for sentence in sentences) / max(1, len(sentences))


def _missing(library: Library, required: Required) -> Iterator[str]:
    for locale in LOCALES:
        articles = library.articles.get(locale, {}).values()
        answered = {number for article in articles for number in article.matter.answers}
        needed = range(1, required.questions + 1) if locale in IN_FULL else required.core
        for number in needed:
            if number not in answered:
                yield f"{ARTICLES}/{locale}: question {number}: found no article; allowed: one that answers it"
        for name in library.toolkit.get(SOURCE, {}):
            if name not in library.toolkit.get(locale, {}) and not (
                name in required.not_translated and locale not in IN_FULL
            ):
                yield f"toolkit/{locale}: {name}: found no such piece; allowed: a translation of it"
    for article in library.articles.get(SOURCE, {}).values():
        if article.matter.core != any(number in required.core for number in article.matter.answers):
            yield f"{_name(article)}: core: found {article.matter.core}; allowed: what topics.toml says"


def _hard_to_read(library: Library, facts: Facts) -> Iterator[str]:
    articles = tuple(library.articles.get(SOURCE, {}).values())
    measured = [words_a_sentence(article, facts) for article in articles]
    for article, long in zip(articles, measured, strict=True):
        if long > MOST_WORDS_OF_ONE:
            yield f"{_name(article)}: found {long:.1f} words a sentence; allowed: {MOST_WORDS_OF_ONE}"
    if articles and (average := sum(measured) / len(measured)) > MOST_WORDS:
        yield f"{ARTICLES}/{SOURCE}: found {average:.1f} words a sentence over all; allowed: {MOST_WORDS}"


def _of_unsaid_plan(library: Library, facts: Facts) -> Iterator[str]:
    """A text about the plan names the bill: by that it is known what to say beside it once the plan is law, or gone."""
    plan = facts.rules.plan
    for text in library.every if plan.status == "proposed" else ():
        if PLAN.search(_readable(library.source_of(text) or text)) and bill(plan) not in text.matter.sources:
            yield f"{_name(text)}: sources: found no {bill(plan)}; allowed: all sources of a text about the plan"


def _other_terms(library: Library, locale: str, terms: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Where the Dutch text has a legal term, its translation has the word for it that the glossary gives."""
    for place in (library.articles, library.toolkit):
        for name, text in place.get(locale, {}).items():
            source = place.get(SOURCE, {}).get(name)
            for term, forms in terms.items() if source else ():
                if source and _begins(source, term) and not any(_has(text, form) for form in forms):
                    yield f"{_name(text)}: found no {term}; allowed: {', '.join(forms)}"


def _begins(text: Document, term: str) -> bool:
    """Whether a word of a text begins like a term: "rekening" isn't in "berekening"."""
    return f" {_bare(term)}" in f" {_bare(_readable(text))}"


def _has(text: Document, words: str) -> bool:
    return _bare(words) in _bare(_readable(text))


def _readable(text: Document) -> str:
    """What people read of a text: not where its links lead."""
    return f"{text.matter.title} {LINK.sub(']', text.body)}"


def _bare(text: str) -> str:
    return " ".join(words(text))


def _unlinked(library: Library) -> Iterator[Document]:
    """Dutch articles that no question, outcome or other article leads to."""
    articles = library.articles.get(SOURCE, {})
    linked = {name for article in articles.values() for name in articles if f"({name}.md)" in article.body}
    yield from (each for each in articles.values() if not each.matter.shown_for and each.name not in linked)


def _long_words(library: Library, facts: Facts) -> Iterator[str]:
    found: dict[str, int] = {}
    for article in library.articles.get(SOURCE, {}).values():
        for word in WORD.findall(" ".join(words_in_blocks(article, facts))):
            if len(word.rstrip(".,")) >= LONG:
                found[word.rstrip(".,").lower()] = found.get(word.rstrip(".,").lower(), 0) + 1
    yield from (f"{word} ({times})" for word, times in sorted(found.items(), key=lambda each: -each[1]))


def _name(text: Document) -> str:
    return "/".join(text.path.parts[-3:])
