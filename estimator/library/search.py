"""Search in the articles of a language: forgiving of typing errors, endings and missing accents; nothing is kept.

Each word that was typed is looked for among the words of the articles: as it is, as a part of one, or else nearly so. A
rare word counts for more than one that is everywhere, and a word in a title for more than one further on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from math import log
from typing import NamedTuple

from rapidfuzz import fuzz, process

# What a word counts by where it stands, and by how well it fits what was typed.
IN_TITLE, IN_ALSO, IN_ANSWER, IN_REST = 4.0, 3.0, 2.5, 1.0
EXACT, PART, NEARLY = 1.0, 0.8, 0.6
SHORTEST_PART = 3  # letters that a part of a word must have at least to be looked for
MOST_OF = 0.6  # so much of a word that was typed is the word that it begins or ends with
ALIKE_ENOUGH = 74  # of a hundred: how alike two words must be
LEAST = 0.4  # of what the best one has: what is found beside it
MOST_WORDS, LONGEST = 12, 200  # of what was typed
# Letters that have no other letter inside, as an accent has.
OTHER_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "ß": "ss", "ى": "ي", "ة": "ه", "ـ": None, "ґ": "г"})


class Entry(NamedTuple):
    """An article as it is searched: its name, and words by where they stand; ``also`` what it is called elsewhere."""

    name: str
    title: str
    answer: str
    rest: str
    also: str


class Index:
    """The articles of one language; kept in memory."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._places: dict[str, dict[str, float]] = {}
        self._titles: dict[str, frozenset[str]] = {}
        for entry in entries:
            self._titles[entry.name] = frozenset(words(entry.title))
            weights = (IN_TITLE, IN_ANSWER, IN_REST, IN_ALSO)
            for weight, text in sorted(zip(weights, entry[1:], strict=True)):  # the heaviest last: it stays
                for word in words(text):
                    self._places.setdefault(word, {})[entry.name] = weight

    def find(self, typed: str, most: int = 8) -> list[str]:
        """The names of the articles that fit best, the best first; none where nothing fits."""
        looked_for = list(dict.fromkeys(words(typed[:LONGEST])[:MOST_WORDS]))
        found: dict[str, float] = {}
        for word in looked_for:
            fitting = self._fitting(word)
            for name, fit in fitting.items():
                found[name] = found.get(name, 0) + fit * log(1 + len(self._titles) / len(fitting))
        for name in found:  # of two that have all words, the one that has little else in its title
            found[name] *= 1 + len(self._titles[name].intersection(looked_for)) / (1 + len(self._titles[name]))
        best = max(found.values(), default=0)
        ranked = sorted(found, key=lambda name: -found[name])
        return [name for name in ranked if found[name] >= best * LEAST][:most]

    def _fitting(self, word: str) -> dict[str, float]:
        """How well each article fits one word that was typed."""
        found: dict[str, float] = {}
        for form, closeness in self._forms(word).items():
            for name, weight in self._places[form].items():
                found[name] = max(found.get(name, 0), closeness * weight)
        return found

    def _forms(self, word: str) -> Mapping[str, float]:
        """The words of the articles that a typed one may stand for, with how close they are."""
        forms = {word: EXACT} if word in self._places else {}
        if len(word) < SHORTEST_PART:
            return forms
        alike = process.extract(word, self._places.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE_ENOUGH, limit=None)
        nearly = {each: NEARLY for each, _, _ in alike}
        parts = {
            each: PART for each in self._places if word in each or (each in word and len(each) > MOST_OF * len(word))
        }
        return {**nearly, **parts, **forms}


def words(text: str) -> list[str]:
    """The words of a text, without capitals and accents."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", bare.translate(OTHER_LETTERS))
