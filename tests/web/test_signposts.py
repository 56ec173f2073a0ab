"""What programs read first: every page worth finding, in the languages it is there in; whom to tell of a leak."""

from collections import Counter
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from starlette.applications import Starlette

from estimator.files import LOCALES, project_folder
from estimator.library.documents import Shelf
from estimator.pages.site import Site
from estimator.web.service import Security
from estimator.web.signposts import Signposts
from tests.web.reader import NOW, SITE, Client

PUBLIC = "https://bijdrage.example"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(scope="module")
def site() -> Site:
    shelf = Shelf(project_folder("content"), SITE.rules, NOW.date)
    return replace(SITE, public_url=PUBLIC, shelf=shelf)


def asked(site: Site, path: str, security: Security | None = None) -> str:
    answer = Client(Starlette(routes=Signposts(site, security).routes())).get(path)
    assert answer.status_code == 200
    return answer.text


def test_search_engines_are_led_to_the_sitemap(site: Site) -> None:
    assert f"Sitemap: {PUBLIC}/sitemap.xml" in asked(site, "/robots.txt").splitlines()
    assert "Sitemap: http://example.nl/sitemap.xml" in asked(SITE, "/robots.txt").splitlines()


def test_the_sitemap_has_every_article_in_the_languages_that_it_is_written_in(site: Site) -> None:
    pages = ElementTree.fromstring(asked(site, "/sitemap.xml")).findall("s:url", NAMES)
    found = Counter(page.findtext("s:loc", "", NAMES) for page in pages)
    library = site.library

    assert set(found.values()) == {1}
    for locale in LOCALES:
        for name in library.articles[LOCALES[0]]:
            assert (f"{PUBLIC}/{locale}/answers/{name}/" in found) == (name in library.articles[locale])
        assert {f"{PUBLIC}/{locale}/{page}/" for page in ("plain", "answers", "toolkit", "coverage")} <= set(found)


def test_a_page_names_its_other_languages_and_when_its_text_was_checked(site: Site) -> None:
    (page,) = (
        each
        for each in ElementTree.fromstring(asked(site, "/sitemap.xml")).findall("s:url", NAMES)
        if each.findtext("s:loc", "", NAMES).startswith(f"{PUBLIC}/uk/answers/bezwaar")
    )
    others = {link.attrib["hreflang"]: link.attrib["href"] for link in page.findall("x:link", NAMES)}

    assert set(others) == {*LOCALES, "x-default"}
    assert others["x-default"] == others["nl"] == f"{PUBLIC}/nl/answers/bezwaar/"
    assert date.fromisoformat(page.findtext("s:lastmod", "", NAMES)) <= NOW.date()


def test_whom_to_tell_of_a_leak(site: Site) -> None:
    security = Security(["mailto:security@example.nl", "https://www.example.nl/lek"], date(2027, 6, 30))

    assert asked(site, "/.well-known/security.txt", security).splitlines() == [
        "Contact: mailto:security@example.nl",
        "Contact: https://www.example.nl/lek",
        "Expires: 2027-06-30T23:59:59+00:00",
        "Preferred-Languages: nl, en",
        f"Canonical: {PUBLIC}/.well-known/security.txt",
    ]
    assert Client(Starlette(routes=Signposts(site, None).routes())).get("/.well-known/security.txt").status_code == 404
