"""Questions and answers: all of them by topic with a search, those of one topic, and one article."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from estimator.library.documents import SOURCE, TOPICS, Document, Library, words_in_blocks
from estimator.library.placeholders import Facts
from estimator.library.search import Entry, Index
from estimator.pages.articles import ANSWERS, code_of, links, rendered
from estimator.pages.request import Context, Request, headed
from estimator.rules.law import Law
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
        "topics": [_topic(topic, request) for topic in TOPICS if _of_topic(topic, request)],
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
    source, own = request.library.source_of(article), request.municipalities.get(article.owner)
    notices = []
    if article.locale != texts.lang:
        notices.append(texts("article.untranslated"))
    notices += Facts(texts, request.setting.rules, request.setting.on).remarks(article.body)
    if own:
        notices.append(texts("article.owner", name=own.name))
    stale = request.library.is_stale(article)
    return {
        **headed(request, f"{ANSWERS}/{name}", article.matter.title),
        "locale": article.locale,
        "direction": Texts(article.locale).dir,
        "text": rendered(article, request),
        "notices": notices,
        "dutch": f"{request.url_of(f'{ANSWERS}/{name}').replace(f'/{texts.lang}/', f'/{SOURCE}/', 1)}" if stale else "",
        "checked": texts("article.checked", date=texts.date(min(filter(None, (article.matter.checked, _day(source)))))),
        "sources": [texts.source(each) for each in article.matter.sources],
        "topic": _topic(article.matter.topic, request),
        "related": links(request.library.related(article, code_of(request)), request)[:MOST_RELATED],
    }


def _articles(request: Request) -> dict[str, Document]:
    return dict(request.library.of(request.texts.lang, code_of(request)))


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
    articles = _articles(request)
    setting = request.setting
    index = _index(request.library, request.texts.lang, code_of(request), setting.rules, setting.on)
    found = [articles[name] for name in index.find(request.searched, MOST_FOUND)]
    answers = [{"answer": rendered(article, request).answer} for article in found]
    return [link | answer for link, answer in zip(links(found, request), answers, strict=True)]


@lru_cache(maxsize=64)
def _index(library: Library, locale: str, municipality: str, rules: Law, on: date) -> Index:
    """The articles of a language with their Dutch titles: a word of a letter is found in any language."""
    facts, dutch = Facts(Texts(locale), rules, on), library.of(SOURCE, municipality)
    return Index(
        _entry(article, dutch.get(article.name), facts) for article in library.of(locale, municipality).values()
    )


def _entry(article: Document, dutch: Document | None, facts: Facts) -> Entry:
    answer, *rest = words_in_blocks(article, facts)
    more = [facts.texts(f"topic.{article.matter.topic}"), *([dutch.matter.title] if dutch else [])]
    return Entry(article.name, article.matter.title, answer, " ".join(rest), " ".join(more))
