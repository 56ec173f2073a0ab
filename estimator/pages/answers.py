"""Questions and answers: all of them by topic with a search, those of one topic, and one article."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from estimator.library.documents import SOURCE, TOPICS, Document, words_in_blocks
from estimator.library.placeholders import Facts
from estimator.library.search import Entry, Index
from estimator.pages.articles import ANSWERS, code_of, links, notices_of, rendered
from estimator.pages.request import Context, Request, headed
from estimator.texts import Texts

FOUND = "found"  # what a search leads to
MOST_FOUND, MOST_RELATED = 8, 5


def answers_page(request: Request) -> Context:
    """The context of ``answers.html``: the topics with their articles, and what was found."""
    texts = request.texts
    return {
        **headed(request, ANSWERS, texts("answers.heading")),
        "lead": texts("answers.lead" if request.setting.typing else "answers.lead.kiosk"),
        "announce": FOUND if request.searched else "",
        "searched": request.searched,
        "can_search": request.setting.typing,
        "found": _found(request) if request.searched else [],
        "topics": [topic for topic in (_topic(name, request) for name in TOPICS) if topic["articles"]],
    }


def topic_page(request: Request, name: str) -> Context | None:
    """The context of ``topic.html``; ``None`` where there is no such topic."""
    if name not in TOPICS:
        return None
    topic = _topic(name, request)
    return {**headed(request, f"{ANSWERS}/{name}", topic["heading"]), "articles": topic["articles"]}


def article_page(request: Request, name: str) -> Context | None:
    """The context of ``article.html``; ``None`` where there is no such article.

    One that isn't there in the reader's language is shown in Dutch, and says so.
    """
    article = _articles(request).get(name) or request.library.of(SOURCE, code_of(request)).get(name)
    if article is None:
        return None
    texts = request.texts
    source = request.library.source_of(article)
    stale, alike = request.library.is_stale(article), _of_topic(article.matter.topic, request)
    return {
        **headed(request, f"{ANSWERS}/{name}", article.matter.title),
        "locale": article.locale,
        "direction": Texts(article.locale).dir,
        "text": rendered(article, request),
        "notices": notices_of(article, request),
        "dutch": request.url_of(f"{ANSWERS}/{name}", SOURCE) if stale and not request.kiosk else "",
        "checked": texts("article.checked", date=texts.date(min(filter(None, (article.matter.checked, _day(source)))))),
        "sources": [texts.source(each) for each in article.matter.sources],
        "related": links((each for each in alike if each.name != name), request)[:MOST_RELATED],
    }


def _articles(request: Request) -> Mapping[str, Document]:
    return request.library.of(request.texts.lang, code_of(request))


def _of_topic(topic: str, request: Request) -> list[Document]:
    return [article for article in _articles(request).values() if article.matter.topic == topic]


def _topic(topic: str, request: Request) -> Context:
    page = f"{ANSWERS}/{topic}"
    return {
        "name": topic,
        "heading": request.texts(f"topic.{topic}"),
        "page": page,
        "url": request.url_of(page),
        "articles": links(_of_topic(topic, request), request),
    }


def _day(source: Document | None) -> date | None:
    return source.matter.checked if source else None


# Search


def _found(request: Request) -> list[Context]:
    """What was found, in the reader's language or else in Dutch."""
    code = code_of(request)
    articles = {**request.library.of(SOURCE, code), **_articles(request)}
    index = index_of(request)
    found = [articles[name] for name in index.find(request.searched, MOST_FOUND)]
    answers = [{"answer": rendered(article, request).answer} for article in found]
    return [link | answer for link, answer in zip(links(found, request), answers, strict=True)]


def index_of(request: Request) -> Index:
    """The articles of the reader's language, and the titles of those that are there in Dutch only."""
    library, locale, setting = request.library, request.texts.lang, request.setting
    code = code_of(request) if code_of(request) in library.own else ""

    def make() -> Index:
        facts, own = Facts(request.texts, setting.rules, setting.on), library.of(locale, code)
        dutch = library.of(SOURCE, code)
        only_dutch = (Entry(name, "", "", "", _called(article)) for name, article in dutch.items() if name not in own)
        return Index([*(_entry(article, dutch.get(article.name), facts) for article in own.values()), *only_dutch])

    return library.remember(("index", locale, code, setting.rules, setting.on), make)


def _entry(article: Document, dutch: Document | None, facts: Facts) -> Entry:
    answer, *rest = words_in_blocks(article, facts)
    also = [facts.texts(f"topic.{article.matter.topic}"), _called(article), *([_called(dutch)] if dutch else [])]
    return Entry(article.name, article.matter.title, answer, " ".join(rest), " ".join(also))


def _called(article: Document) -> str:
    """What people call what an article is about."""
    return " ".join([article.matter.title, *article.matter.words])
