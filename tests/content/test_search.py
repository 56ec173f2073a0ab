"""Search in the articles: by what people type, in their language."""

from datetime import date, datetime

import pytest

from estimator.files import LOCALES, project_folder
from estimator.interview import Setting
from estimator.library.documents import Library, read_library, words_in_blocks
from estimator.library.placeholders import Facts
from estimator.library.search import Index, words
from estimator.pages import Request
from estimator.pages.answers import index_of
from estimator.rules import law
from estimator.texts import Texts

ON = date(2026, 11, 22)
SAVINGS = "telt-mijn-spaargeld-mee"


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(project_folder("content"), law(), ON)


@pytest.fixture(scope="module")
def indexes(library: Library) -> dict[str, Index]:
    """Those of the pages themselves."""
    setting = Setting(ON, law())
    requests = {each: Request(Texts(each), setting, {}, "1", datetime.min, {}, library=library) for each in LOCALES}  # noqa: DTZ901
    return {locale: index_of(request) for locale, request in requests.items()}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_article_is_found_by_its_title(library: Library, indexes: dict[str, Index], locale: str) -> None:
    missed = [n for n, a in library.of(locale).items() if n not in indexes[locale].find(a.matter.title)[:3]]
    assert missed == []


@pytest.mark.parametrize("locale", LOCALES)
def test_every_article_is_found_by_two_words_of_its_first_paragraph(
    library: Library, indexes: dict[str, Index], locale: str
) -> None:
    facts = Facts(Texts(locale), law(), ON)
    blocks = {name: words_in_blocks(article, facts) for name, article in library.of(locale).items()}
    everywhere = [word for texts in blocks.values() for word in set(words(" ".join(texts)))]
    missed = []
    for name, texts in blocks.items():
        rarest = sorted({w for w in words(texts[0]) if len(w) > 3}, key=lambda word: (everywhere.count(word), word))[:2]
        if name not in indexes[locale].find(" ".join(rarest)):
            missed.append((name, rarest))
    assert missed == []


@pytest.mark.parametrize(
    ("locale", "typed"),
    [
        ("nl", "spaargeld"), ("nl", "SPAARGELD"), ("nl", "spaargelt"), ("nl", "spargeld"), ("nl", "mijn spaargeld"),
        ("en", "savings"), ("en", "saving"), ("en", "savngs"), ("en", "spaargeld"),
        ("tr", "birikim"), ("tr", "birikimlerim"), ("ar", "مدخرات"), ("ar", "المدخرات"), ("ar", "مُدَّخَرات"),
        ("pl", "oszczednosci"), ("pl", "oszczędności"), ("uk", "заощадження"), ("uk", "заощаджень"),
    ],
)  # fmt: skip
def test_what_people_type_finds_the_article(indexes: dict[str, Index], locale: str, typed: str) -> None:
    assert SAVINGS in indexes[locale].find(typed)[:3]


@pytest.mark.parametrize("typed", ["", "   ", "?!", "xqzwv", '"', "*", "a" * 5000])
def test_what_is_in_no_article_finds_nothing(indexes: dict[str, Index], typed: str) -> None:
    assert indexes["nl"].find(typed) == []


@pytest.mark.parametrize(
    ("locale", "typed", "name"),
    [
        ("nl", "koophuis", "telt-mijn-huis-mee"), ("nl", "kwijtschelding", "ik-kan-het-niet-betalen"),
        ("nl", "ingangsdatum", "wanneer-begin-ik-met-betalen"), ("nl", "poetshulp", ""), ("en", "appeal", "bezwaar"),
        ("tr", "konut", "telt-mijn-huis-mee"), ("ar", "شقة", "telt-mijn-huis-mee"),
        ("pl", "odwołanie", "bezwaar"), ("uk", "будинок", "telt-mijn-huis-mee"), ("uk", "скарга", "bezwaar"),
        ("tr", "rolstoel", "rolstoel"),
    ],
)  # fmt: skip
def test_what_people_call_it_finds_the_article_too(
    indexes: dict[str, Index], locale: str, typed: str, name: str
) -> None:
    found = indexes[locale].find(typed)[:3]

    assert found
    assert not name or name in found
