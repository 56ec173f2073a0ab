"""The question library and the toolkit: Markdown files, with the facts of the law in their placeholders.

A file begins with front matter in YAML. Its text is Markdown without HTML; ``{{ ... }}`` in it is filled from the law
files (see ``placeholders``). All files are read and checked at once; what is wrong is told with file and line.
"""

from __future__ import annotations

import hashlib
import logging
import re
import unicodedata
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeVar

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from estimator.files import LOCALES
from estimator.library.placeholders import Facts, PlaceholderError, filled
from estimator.rules.law import Law
from estimator.texts import Texts

log = logging.getLogger(__name__)

SOURCE = LOCALES[0]
ARTICLES, TOOLKIT, MUNICIPALITIES = "articles", "toolkit", "municipalities"
TOPICS = (
    "general", "amount", "income", "capital", "household", "no_contribution", "start_stop", "invoice", "other",
)  # fmt: skip
MOST_REMEMBERED = 4096  # of what is made of the texts
NAME = re.compile(r"[a-z0-9-]{1,80}")  # of a file, and so in an address
TO_FILL_IN = "[ ] "  # at the beginning of an item of a list: a box to tick on paper

Words = Annotated[str, Field(min_length=1)]


class Target(NamedTuple):
    """What a link to another text becomes: an element with its attributes, and words after it."""

    tag: str
    attributes: dict[str, str]
    after: str = ""


Link = Callable[[str], Target]


class LibraryError(ValueError):
    """Texts that can't be used: a line for each thing that is wrong, with file and line, what was found and allowed."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)  # so that it can go from one process to another

    def __str__(self) -> str:
        return "\n".join(self.problems)


class FrontMatter(BaseModel):
    """What stands at the head of every file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Words
    sources: tuple[Words, ...] = Field(min_length=1)
    checked: date
    translated_from: Literal["nl"] | None = None
    source_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")] | None = None
    review: Literal["none", "human"] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        given = [value is not None for value in (self.translated_from, self.source_hash, self.review)]
        if any(given) and not all(given):
            raise ValueError("a translation has translated_from, source_hash and review; a source has none of them")
        return self


class ArticleMatter(FrontMatter):
    """Of an article: its topic, the numbers of the questions that it answers, and from where it is linked.

    ``words`` are what people call it that the text doesn't say: for the search.
    """

    topic: Literal[TOPICS]  # type: ignore[valid-type]
    answers: tuple[int, ...] = ()
    shown_for: tuple[Words, ...] = ()
    words: tuple[Words, ...] = ()
    core: bool = False


class PieceMatter(FrontMatter):
    """Of a piece of the toolkit: what it is, and for whom."""

    kind: Literal["leaflet", "letter", "checklist", "talking_points", "invitation"]
    audience: Literal["residents", "staff"]
    large_print: bool = False


Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Document:
    """One file, of the same name in every language; ``owner`` is the code of the municipality whose text it is."""

    name: str
    locale: str
    path: Path
    matter: Any  # ArticleMatter or PieceMatter
    body: str
    tokens: tuple[Token, ...]
    owner: str = ""
    changed: int = 0  # when, as the file system says

    @property
    def digest(self) -> str:
        """What a translation remembers of its source: another one as soon as a word of the body changes."""
        return hashlib.sha256(unicodedata.normalize("NFC", self.body.strip()).encode()).hexdigest()[:8]


class Rendered(NamedTuple):
    """A text as HTML: the first paragraph, which answers the question by itself, and the rest."""

    answer: str
    rest: str


ByLocale = Mapping[str, Mapping[str, Document]]  # by language, by name


class Library:
    """All texts that could be read, and what is wrong with the others."""

    def __init__(
        self, articles: ByLocale, toolkit: ByLocale, own: Mapping[str, ByLocale], problems: Sequence[str] = ()
    ) -> None:
        self.articles, self.toolkit, self.own, self.problems = articles, toolkit, own, tuple(problems)
        self._made: dict[Hashable, Any] = {}

    def remember(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made of these texts before, or else is made now; it is gone with the library."""
        if key not in self._made:
            if len(self._made) >= MOST_REMEMBERED:
                self._made.clear()
            self._made[key] = make()
        found: Made = self._made[key]
        return found

    def of(self, locale: str, municipality: str = "") -> Mapping[str, Document]:
        """The articles of a language by name, in the order of their topics, with a municipality's own among them."""
        own = self.own.get(municipality, {}).get(locale, {})
        return self.remember(
            ("of", locale, municipality if own else ""), lambda: _in_order({**self.articles.get(locale, {}), **own})
        )

    def shown_for(self, keys: Sequence[str], locale: str, municipality: str = "") -> list[Document]:
        """The articles that one of these keys leads to: in the order of the keys, first those that name it first."""
        by_key = self.remember(("by key", locale, municipality), lambda: self._by_key(locale, municipality))
        return list(dict.fromkeys(article for key in keys for article in by_key.get(key, ())))

    def _by_key(self, locale: str, municipality: str) -> Mapping[str, Sequence[Document]]:
        named = [
            (place, key, article)
            for article in self.of(locale, municipality).values()
            for place, key in enumerate(article.matter.shown_for)
        ]
        found: dict[str, list[Document]] = {}
        for _, key, article in sorted(named, key=lambda each: each[0]):
            found.setdefault(key, []).append(article)
        return found

    def is_stale(self, document: Document) -> bool:
        """Whether the source of a translation has changed since."""
        source = self.source_of(document)
        return source is not None and source is not document and document.matter.source_hash != source.digest

    def source_of(self, document: Document) -> Document | None:
        """The Dutch text that one is, or was translated from."""
        places = self.own.get(document.owner, {}) if document.owner else self._place_of(document)
        return places.get(SOURCE, {}).get(document.name)

    def _place_of(self, document: Document) -> ByLocale:
        return self.articles if isinstance(document.matter, ArticleMatter) else self.toolkit

    @cached_property
    def every(self) -> tuple[Document, ...]:
        """Every text there is."""
        places = (self.articles, self.toolkit, *self.own.values())
        return tuple(document for place in places for texts in place.values() for document in texts.values())


EMPTY = Library({}, {}, {})


def _in_order(articles: Mapping[str, Document]) -> Mapping[str, Document]:
    def place(article: Document) -> tuple[int, int, str]:
        return TOPICS.index(article.matter.topic), min(article.matter.answers, default=10**6), article.name

    return MappingProxyType({article.name: article for article in sorted(articles.values(), key=place)})


class Shelf:
    """The library, each text as it was last read without a mistake: for a service that stays up while files change."""

    def __init__(self, folder: Path, rules: Law, today: Callable[[], date]) -> None:
        self.folder, self.rules, self.today = folder, rules, today
        self.library = read_library(folder, rules, today())
        self._tell(self.library, "left out")

    def read_again(self) -> None:
        """Take the files as they are now; one that is wrong stays as it was."""
        self.library = read_library(self.folder, self.rules, self.today(), self.library)
        self._tell(self.library, "the last good version stays")

    @staticmethod
    def _tell(library: Library, what: str) -> None:
        for problem in library.problems:
            log.error("%s: %s", what, problem)


# Reading


_markdown = MarkdownIt("commonmark", {"html": False}).use(front_matter_plugin).disable(["html_block", "html_inline"])


def read_library(folder: Path, rules: Law, on: date, before: Library | None = None) -> Library:
    """Read, check and render all texts of a ``content`` folder.

    What is wrong is told by the library, and left out, or as it was in the one ``before``.
    """
    read = _Reading(rules, on, {text.path: text for text in before.every} if before else {})
    articles = read.languages(folder / ARTICLES, ArticleMatter)
    toolkit = read.languages(folder / TOOLKIT, PieceMatter)
    own = {
        path.parent.name: read.languages(path, ArticleMatter, path.parent.name)
        for path in sorted((folder / MUNICIPALITIES).glob("*/articles"))
    }
    if not articles.get(SOURCE):
        read.problems.append(f"{folder / ARTICLES / SOURCE}: found no article; allowed: files such as wat-is-de-wmo.md")
    library = Library(articles, toolkit, own)
    for code in own:
        if not (folder / MUNICIPALITIES / f"{code}.toml").is_file():
            read.problems.append(f"{folder / MUNICIPALITIES / code}: found no {code}.toml beside it; allowed: a code")
    for document in library.every:
        read.problems += [*_wrong_links(document, library), *_unlike_source(document, library)]
    library.problems = tuple(read.problems)
    return library


class _Reading:
    """A folder being read: for which date, and what is wrong so far."""

    def __init__(self, rules: Law, on: date, before: Mapping[Path, Document]) -> None:
        self.rules, self.on, self.before = rules, on, before
        self.problems: list[str] = []

    def languages(self, folder: Path, matter: type[FrontMatter], owner: str = "") -> ByLocale:
        found: dict[str, Mapping[str, Document]] = {}
        for place in sorted(path for path in folder.glob("*") if path.is_dir()):
            if place.name not in LOCALES:
                self.problems.append(f"{place}: found {place.name}; allowed: {', '.join(LOCALES)}")
                continue
            facts = Facts(Texts(place.name), self.rules, self.on)
            texts: dict[str, Document] = {}
            for path in sorted(place.glob("*.md")):
                known = self.before.get(path)
                if known and known.changed == path.stat().st_mtime_ns:
                    texts[path.stem] = known
                    continue
                try:
                    document = read_document(path, matter, owner)
                    render(document, facts, as_link)
                except LibraryError as error:
                    self.problems += error.problems
                    if known:
                        texts[path.stem] = known
                else:
                    texts[path.stem] = document
            found[place.name] = texts if matter is PieceMatter else _in_order(texts)
        return found


def read_document(path: Path, matter: type[FrontMatter], owner: str = "") -> Document:
    """One file; raises ``LibraryError`` with file and line."""
    try:
        changed, source = path.stat().st_mtime_ns, path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LibraryError([f"{path}: {error}; allowed: text in UTF-8"]) from None
    tokens = _markdown.parse(source)
    if not tokens or tokens[0].type != "front_matter":
        raise LibraryError([f"{path}:1: found no front matter; allowed: lines between --- and ---"])
    head, end = tokens[0], (tokens[0].map or [0, 1])[1]
    try:
        read = matter.model_validate(yaml.safe_load(head.content))
    except ValidationError as error:
        raise LibraryError([_wrong_key(path, head.content, each) for each in error.errors()]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise LibraryError([f"{path}:{line}: {getattr(error, 'problem', error)}; allowed: YAML"]) from None
    body = "\n".join(source.splitlines()[end:])
    document = Document(path.stem, path.parent.name, path, read, body.strip(), tuple(tokens[1:]), owner, changed)
    if problems := list(_wrong_form(document)):
        raise LibraryError(problems)
    return document


def _wrong_key(path: Path, head: str, error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "front matter"
    lines = head.splitlines()
    line = next((number for number, each in enumerate(lines, 2) if each.startswith(f"{key.partition('.')[0]}:")), 1)
    found = "nothing" if error["type"] == "missing" else repr(error["input"])
    return f"{path}:{line}: {key}: found {found:.80}; {error['msg']}"


def _wrong_form(document: Document) -> Iterator[str]:
    """What a text may not hold: a heading of the first order (its title is one), a picture, a template's statement."""
    name = document.name
    if not NAME.fullmatch(name) or (isinstance(document.matter, ArticleMatter) and name in TOPICS):
        yield f"{document.path}: found the name {name}; allowed: a-z, 0-9 and -, not the name of a topic"
    if "{{" in document.matter.title:
        yield f"{document.path}:1: title: found a placeholder; allowed: words"
    for token in document.tokens:
        if token.type == "heading_open" and token.tag == "h1":
            yield f"{_place(document, token)}: found a heading with one #; allowed: ## and ###"
        for child in (token, *(token.children or ())):
            if child.type in ("code_inline", "code_block", "fence"):
                yield f"{_place(document, token)}: found code; allowed: words"
            if child.type == "image":
                yield f"{_place(document, token)}: found a picture; allowed: words"
            if child.type == "text" and "{%" in child.content:
                yield f"{_place(document, token)}: found {{%; allowed: {{{{ an expression }}}}"
    if not document.tokens or document.tokens[0].type != "paragraph_open":
        yield f"{document.path}: found no paragraph at the beginning; allowed: the answer by itself"


def _wrong_links(document: Document, library: Library) -> Iterator[str]:
    """Links that lead nowhere. One to an article that isn't translated leads to the Dutch one."""
    places = (document.locale, SOURCE) if isinstance(document.matter, ArticleMatter) else ()
    articles = {name for locale in places for name in library.of(locale, document.owner)}
    for token in document.tokens:
        for child in token.children or ():
            if child.type == "link_open" and _linked(child) not in articles:
                allowed = "a file of this folder, such as wat-is-de-wmo.md"
                yield f"{_place(document, token)}: found a link to {child.attrs.get('href')}; allowed: {allowed}"


def _unlike_source(document: Document, library: Library) -> Iterator[str]:
    """A translation answers the same as its source, and is linked from the same places."""
    if document.locale == SOURCE or document.owner:
        return
    source = library.source_of(document)
    if source is None or document.matter.translated_from is None:
        yield f"{document.path}:1: found no Dutch source, or no translated_from; allowed: a translation of a Dutch text"
        return
    for key in ("topic", "answers", "shown_for", "core", "kind", "audience"):
        if getattr(document.matter, key, None) != getattr(source.matter, key, None):
            yield f"{document.path}:1: {key}: found another one than in {source.path.name} in Dutch; allowed: the same"


def _linked(token: Token) -> str:
    """The name of the text that a link leads to."""
    return str(token.attrs.get("href", "")).removesuffix(".md")


def _place(document: Document, token: Token) -> str:
    return f"{document.path}:{(token.map or [0])[0] + 1}"


# Rendering


def as_link(name: str) -> Target:
    """A link as it stands in the file."""
    return Target("a", {"href": f"{name}.md"})


def render(document: Document, facts: Facts, link: Link) -> Rendered:
    """A text as HTML; raises ``LibraryError`` with file and line for a placeholder that says nothing."""
    tokens = filled_tokens(document, facts, link)
    end = next(place for place, token in enumerate(tokens, 1) if token.type == "paragraph_close")
    return Rendered(*(_markdown.renderer.render(part, _markdown.options, {}) for part in (tokens[:end], tokens[end:])))


def filled_tokens(document: Document, facts: Facts, link: Link) -> list[Token]:
    """A text as the tokens of its Markdown, its placeholders filled and its boxes marked; raises ``LibraryError``."""
    tokens = [_filled(token, document, facts, link) for token in document.tokens]
    _mark_boxes(tokens)
    return tokens


def words_in_blocks(document: Document, facts: Facts) -> list[str]:
    """The words of each paragraph, heading and item of a text, the first paragraph first."""
    return [
        " ".join(_fill(child.content, document, token, facts) for child in token.children if child.type == "text")
        for token in document.tokens
        if token.children
    ]


def _filled(token: Token, document: Document, facts: Facts, link: Link) -> Token:
    if not token.children:
        return token
    children: list[Token] = []
    target = as_link("")
    for child in token.children:
        if child.type == "text":
            child = child.copy(content=_fill(child.content, document, token, facts))
        elif child.type == "link_open":
            target = link(_linked(child))
            child = child.copy(tag=target.tag, attrs=target.attributes)
        elif child.type == "link_close":
            children.append(child.copy(tag=target.tag))
            child = Token("text", "", 0, content=target.after)
        children.append(child)
    return token.copy(children=children)


def _fill(content: str, document: Document, token: Token, facts: Facts) -> str:
    try:
        return filled(content, facts)
    except PlaceholderError as error:
        raise LibraryError([f"{_place(document, token)}: {error}"]) from None


def _mark_boxes(tokens: list[Token]) -> None:
    """Give items that begin with an empty box a class of their own, for the style sheet to draw it."""
    for place, token in enumerate(tokens):
        children = token.children or ()
        if not children or not children[0].content.startswith(TO_FILL_IN) or tokens[place - 2].type != "list_item_open":
            continue
        tokens[place - 2] = tokens[place - 2].copy(attrs={"class": "box"})
        first = children[0].copy(content=children[0].content.removeprefix(TO_FILL_IN))
        tokens[place] = token.copy(children=[first, *children[1:]])
