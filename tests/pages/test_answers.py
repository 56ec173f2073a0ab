"""Questions and answers: articles by topic, one article, search, and where they are offered."""

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from estimator.files import LOCALES
from estimator.interview import QUESTIONS
from estimator.library.documents import TOPICS, read_library
from estimator.pages import Request
from estimator.pages.answers import answers_page, article_page, topic_page
from estimator.pages.question import question_page
from estimator.pages.render import render
from estimator.pages.result import result_page
from estimator.pages.toolkit import piece_page, toolkit_page
from estimator.rules import law
from estimator.rules.law import Law

ROOT = Path(__file__).parents[2]
Ask = Callable[..., Request]
SAVINGS = "telt-mijn-spaargeld-mee"
SINGLE = {
    "municipality": "unknown", "provisions": "domestic_help", "age": "pension", "household": "single",
    "facts": "none", "income": "30500-36499", "savings": "unknown",
}  # fmt: skip


def test_every_topic_has_its_articles(ask: Ask) -> None:
    page = answers_page(ask("nl"))

    assert [topic["name"] for topic in page["topics"]] == list(TOPICS)
    assert sum(len(topic["articles"]) for topic in page["topics"]) == 68
    capital = {each["page"]: each for each in page["topics"][TOPICS.index("capital")]["articles"]}
    savings = capital[f"answers/{SAVINGS}"]
    assert (savings["title"], savings["url"]) == ("Telt mijn spaargeld mee?", f"/nl/answers/{SAVINGS}/")


def test_a_search_gives_articles_with_their_answers(ask: Ask) -> None:
    page = answers_page(ask("nl")._replace(searched="spaargelt"))

    assert page["announce"] == "found"
    assert f"answers/{SAVINGS}" in [each["page"] for each in page["found"][:3]]
    assert "<p>" in page["found"][0]["answer"]


def test_a_search_that_finds_nothing_helps_on(ask: Ask) -> None:
    request = ask("nl")._replace(searched="xqzwv")
    html = render("answers.html", answers_page(request))

    assert request.texts("answers.not_found.help") in html
    assert "answers/capital" in html


def test_there_is_no_search_where_nothing_can_be_typed(ask: Ask) -> None:
    request = ask("nl")
    html = render("answers.html", answers_page(request._replace(setting=request.setting._replace(typing=False))))

    assert 'type="search"' not in html


def test_an_article_says_what_it_is_made_of(ask: Ask) -> None:
    page = article_page(ask("nl"), SAVINGS)

    assert page
    assert page["heading"] == "Telt mijn spaargeld mee?"
    assert "<h2>" not in page["text"].answer
    assert "€ 36.952" in page["text"].rest.replace("\u00a0", " ")
    assert page["checked"] == "Voor het laatst nagekeken op 22 november 2026."
    assert "Uitvoeringsbesluit Wmo 2015 art. 3.2" in page["sources"]
    assert len(page["related"]) == 4
    html = render("article.html", page)
    assert 'itemtype="https://schema.org/FAQPage"' in html
    assert 'itemprop="acceptedAnswer"' in html


def test_links_in_a_text_keep_the_answers_in_the_way_of_their_page(ask: Ask) -> None:
    live = ask("nl", **SINGLE)
    ways = {
        '<a href="/nl/answers/tweede-huis/" data-goto="answers/tweede-huis">': live,
        '<a href="/nl/answers/tweede-huis/">': live._replace(live=False, state=""),
        '<button class="link" form="elsewhere" name="go" value="answers/tweede-huis">': live._replace(live=False),
    }
    for link, request in ways.items():
        page = article_page(request, SAVINGS)
        assert page
        assert link in page["text"].rest


def test_an_article_that_is_not_translated_is_shown_in_dutch_and_says_so(ask: Ask) -> None:
    request = ask("tr")
    page = article_page(request, "rolstoel")

    assert page
    assert (page["locale"], page["lang"]) == ("nl", "tr")
    assert page["notices"] == [request.texts("article.untranslated")]


def test_what_is_not_there_has_no_page(ask: Ask) -> None:
    assert article_page(ask("nl"), "bestaat-niet") is None
    assert topic_page(ask("nl"), "fietsen") is None
    assert piece_page(ask("nl"), "bestaat-niet") is None


def test_a_question_offers_the_article_that_explains_it(ask: Ask) -> None:
    answers = {name: value for name, value in SINGLE.items() if name not in ("savings",)}
    live = question_page(ask("nl", **answers), "savings")["article"]
    plain = question_page(ask("nl", **answers)._replace(live=False), "savings")["article"]

    assert (live["page"], live["text"]) == (f"answers/{SAVINGS}", None)
    assert "spaargeld" in plain["text"].answer


@pytest.mark.parametrize("locale", LOCALES)
def test_every_question_has_an_article_in_every_language(ask: Ask, locale: str) -> None:
    library = ask(locale).library

    assert [name for name in QUESTIONS if not library.shown_for([name], locale)] == []


def test_every_key_that_leads_to_an_article_is_one_of_the_interview_or_the_rules(ask: Ask) -> None:
    keys = {key for article in ask("nl").library.of("nl").values() for key in article.matter.shown_for}
    catalogue = (ROOT / "locales" / "nl" / "LC_MESSAGES" / "messages.po").read_text("utf-8")
    known = {*QUESTIONS, "amount", "nothing", "other_rule", "not_known", "plan"}
    known |= set(re.findall(r'msgid "(?:step|ground)\.([a-z0-9_]+)', catalogue))
    known |= set(re.findall(r'msgid "(caveat\.[a-z0-9_]+)', catalogue))

    assert keys - known == set()


def test_a_municipality_s_own_article_says_whose_it_is_wherever_it_stands(ask: Ask, tmp_path: Path) -> None:
    for name in ("articles", "toolkit"):
        shutil.copytree(ROOT / "content" / name, tmp_path / name)
    own = tmp_path / "municipalities" / "GM0363" / "articles" / "nl"
    own.mkdir(parents=True)
    (tmp_path / "municipalities" / "GM0363.toml").touch()
    text = (ROOT / "content" / "articles" / "nl" / f"{SAVINGS}.md").read_text("utf-8")
    (own / f"{SAVINGS}.md").write_text(text.partition("\n---\n")[0] + "\n---\nBij ons telt het anders.\n", "utf-8")
    answers = {name: value for name, value in SINGLE.items() if name != "savings"} | {"municipality": "GM0363"}
    request = ask("nl", **answers)._replace(library=read_library(tmp_path, law(), date(2026, 11, 22)))
    owner = request.texts("article.owner", name="Amsterdam")

    assert owner in render("article.html", article_page(request, SAVINGS) or {})
    assert owner in render("answers.html", answers_page(request._replace(searched="anders")))
    question = render("question.html", question_page(request, "savings"))
    assert owner in question
    assert "Bij ons telt het anders." in question
    assert owner not in render("question.html", question_page(request._replace(answers={}), "savings"))


def test_a_result_lists_the_articles_that_matter_to_it(ask: Ask) -> None:
    nothing = result_page(ask("nl", municipality="unknown", provisions="wheelchair"))["articles"]
    amount = result_page(ask("nl", **SINGLE))["articles"]

    assert nothing[0]["page"] == "answers/rolstoel"
    assert 2 <= len(amount) <= 6
    assert any(article["page"] == "answers/wat-verandert-er" for article in amount)


def test_the_toolkit_lists_every_piece_by_language(ask: Ask) -> None:
    page = toolkit_page(ask("ar"))
    pieces = {piece["title"]: piece for group in page["groups"] for piece in group["pieces"]}

    assert len(pieces) == 8
    six = [piece for piece in pieces.values() if len(piece["languages"]) == len(LOCALES)]
    assert len(six) == 6
    assert {language["url"] for piece in six for language in piece["languages"]} >= {"/ar/toolkit/letter/"}


def test_a_piece_is_filled_with_the_details_of_the_municipality(ask: Ask) -> None:
    page = piece_page(ask("nl", municipality="GM0363"), "letter")

    assert page
    assert "gemeente Amsterdam" in re.sub(r"\s+", " ", page["text"].rest)


@pytest.mark.parametrize("locale", LOCALES)
def test_once_the_plan_is_law_every_text_about_it_says_so_also_in_place(ask: Ask, locale: str) -> None:
    request, rules = ask(locale, **SINGLE), law()
    changed = Law(rules.series, rules.plan._replace(status="adopted"), rules.pension_ages, rules.pension_source, "x")
    request = request._replace(setting=request.setting._replace(rules=changed), live=False)
    said = request.texts("article.plan_is_law", planned_from=request.texts.date(rules.plan.planned_from))

    assert said in article_page(request, SAVINGS)["notices"]  # type: ignore[index]
    assert said in piece_page(request, "leaflet-change")["notices"]  # type: ignore[index]
    in_place = question_page(request, "savings")["article"]
    assert in_place["notices"] == [said]
    assert said in render("text.html", in_place)
