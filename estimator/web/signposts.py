"""What programs read first: for search engines what there is, for finders of a leak whom to tell.

`robots.txt`, the sitemap (sitemaps.org, with the languages of each page) and `/.well-known/security.txt` (RFC 9116).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from estimator.files import LOCALES
from estimator.library.documents import ByLocale
from estimator.pages.articles import ANSWERS
from estimator.pages.render import render
from estimator.pages.show import page_urls, plain_urls
from estimator.pages.site import Site
from estimator.pages.visit import ASIDE, TOOLKIT
from estimator.web.addresses import home_of
from estimator.web.service import Security

SITEMAP = "/sitemap.xml"
SECURITY = "/.well-known/security.txt"
LANGUAGES_OF_DEVELOPERS = "nl, en"
# An hour: these change with a text, or with a start.
KEPT = {"Cache-Control": "public, max-age=3600"}


class Listed(NamedTuple):
    """A page in the languages that it is there in; ``changed`` is when its Dutch text was checked last, or ""."""

    urls: Mapping[str, str]
    changed: str = ""


@dataclass(frozen=True)
class Signposts:
    """Answers with text for programs. ``security``: whom to tell of a leak, ``None`` where that isn't said."""

    site: Site
    security: Security | None

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route("/robots.txt", self.robots),
            Route(SITEMAP, self.sitemap),
            Route(SECURITY, self.leaks),
        ]

    def robots(self, request: Request) -> Response:
        """Everything may be looked at; what shouldn't be found says so itself."""
        return _text(f"User-agent: *\nAllow: /\nSitemap: {home_of(self.site, request)}{SITEMAP}\n")

    def sitemap(self, request: Request) -> Response:
        """Every page that is worth finding."""
        pages = list(self._pages(home_of(self.site, request)))
        xml = render("sitemap.xml", {"pages": pages, "first": LOCALES[0]})
        return Response(xml, media_type="application/xml", headers=KEPT)

    def leaks(self, request: Request) -> Response:
        """Whom to tell of a leak."""
        if self.security is None:
            raise HTTPException(404)
        canonical = f"{self.site.public_url}{SECURITY}" if self.site.public_url else ""
        lines = {
            "Contact": self.security.contacts,
            "Expires": [datetime.combine(self.security.expires, time(23, 59, 59), UTC).isoformat()],
            "Preferred-Languages": [LANGUAGES_OF_DEVELOPERS],
            "Canonical": [canonical] if canonical else [],
        }
        return _text("".join(f"{name}: {value}\n" for name, values in lines.items() for value in values))

    def _pages(self, home: str) -> Iterator[Listed]:
        library = self.site.library
        yield Listed(plain_urls(home))
        for page in ASIDE:
            yield Listed(page_urls(page, home))
        yield from _texts(ANSWERS, library.articles, home)
        yield from _texts(TOOLKIT, library.toolkit, home)


def _texts(page: str, texts: ByLocale, home: str) -> Iterator[Listed]:
    """The page of each text, in the languages that it was written in."""
    for name, document in texts.get(LOCALES[0], {}).items():
        urls = page_urls(f"{page}/{name}", home)
        there: Sequence[str] = [locale for locale in LOCALES if name in texts.get(locale, {})]
        yield Listed({locale: urls[locale] for locale in there}, document.matter.checked.isoformat())


def _text(lines: str) -> Response:
    return PlainTextResponse(lines, headers=KEPT)
