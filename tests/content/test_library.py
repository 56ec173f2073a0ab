"""The question library and the toolkit: ours as it is, and what becomes of a file that is wrong."""

import gc
import logging
import re
import shutil
import weakref
from datetime import date
from pathlib import Path

import pytest

from estimator.files import LOCALES, project_folder
from estimator.library.documents import (
    SOURCE,
    TOPICS,
    ArticleMatter,
    Document,
    Library,
    LibraryError,
    Shelf,
    as_link,
    read_document,
    read_library,
    render,
)
from estimator.library.placeholders import Facts, PlaceholderError, filled
from estimator.library.upkeep import accept, look_through, read_glossary, read_required, words_a_sentence
from estimator.municipalities import Municipality
from estimator.rules import law
from estimator.rules.law import Law
from estimator.texts import Texts

CONTENT = project_folder("content")
ON = date(2026, 11, 22)
DATES = (date(2025, 6, 1), ON, date(2027, 3, 1))
REQUIRED = read_required(CONTENT)
HEAD = """---
title: Telt mijn fiets mee?
topic: capital
answers: [29]
sources: ["Ub Wmo 2015 art. 3.2"]
checked: 2026-11-22
---
"""
MUNICIPALITY = Municipality.model_validate(
    {
        "code": "GM0000", "name": "Voorbeeld", "fictitious": True,
        "contact": {
            "phone": "0800 1234", "address": ["Plein 1"], "hours": "9 - 12", "website": "voorbeeld.example",
            "client_support": {"name": "De Helpers", "phone": "0800 5678"},
        },
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(CONTENT, law(), ON)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of two Dutch articles and an English one, to be spoilt."""
    for locale, name in (("nl", "telt-mijn-spaargeld-mee"), ("nl", "telt-mijn-huis-mee"), ("en", "telt-mijn-huis-mee")):
        place = tmp_path / "articles" / locale / f"{name}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        source = CONTENT / "articles" / locale / f"{name}.md"
        head = source.read_text("utf-8").partition("\n---\n")[0]
        body = "Een antwoord. Zie [dit](telt-mijn-huis-mee.md).\n\n## Meer\n\nMeer.\n"
        place.write_text(f"{head}\n---\n{body}", "utf-8")
    return tmp_path


def problems(folder: Path) -> tuple[str, ...]:
    return read_library(folder, law(), ON).problems


def written(path: Path, body: str, head: str = HEAD) -> Path:
    path.write_text(head + body, "utf-8")
    return path


def html(document: Document, facts: Facts) -> str:
    return "".join(render(document, facts, as_link))


# Ours


def test_nothing_is_wrong_with_any_text(library: Library) -> None:
    assert library.problems == ()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_question_is_answered_in_dutch_and_english_and_the_core_everywhere(library: Library, locale: str) -> None:
    answered = sorted(number for article in library.of(locale).values() for number in article.matter.answers)
    needed = range(1, REQUIRED.questions + 1) if locale in ("nl", "en") else REQUIRED.core

    assert set(needed) <= set(answered)
    assert len(answered) == len(set(answered))


@pytest.mark.parametrize("on", DATES, ids=str)
def test_every_text_renders_for_every_date(library: Library, on: date) -> None:
    for text in library.every:
        page = html(text, Facts(Texts(text.locale), law(), on, MUNICIPALITY))
        assert "{" not in page, text.path
        assert "<p>" in page


def test_a_translation_has_the_placeholders_and_headings_of_its_source(library: Library) -> None:
    def form(text: Document) -> tuple[int, int, int]:
        return text.body.count("{{"), text.body.count("\n## "), text.body.count("\n- ")

    different = [str(t.path) for t in library.every if (s := library.source_of(t)) is not None and form(t) != form(s)]
    assert different == []


def test_no_amount_of_the_law_is_typed(library: Library) -> None:
    typed = re.compile(r"€|\d\s?%|\b\d+[.,]\d\d\b")
    assert [str(text.path) for text in library.every if typed.search(re.sub(r"{{.*?}}", "", text.body))] == []


def test_nothing_blocks_and_no_translation_is_stale(library: Library) -> None:
    found = look_through(CONTENT, library, Facts(Texts(SOURCE), law(), ON))

    assert found.blocking == ()
    assert found.listed["stale"] == ()
    assert found.listed["not linked"] == ()


def test_dutch_is_easy_to_read(library: Library) -> None:
    facts = Facts(Texts(SOURCE), law(), ON)
    measured = [words_a_sentence(article, facts) for article in library.of(SOURCE).values()]

    assert max(measured) <= 15
    assert sum(measured) / len(measured) <= 12


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_every_language_has_a_glossary_with_the_same_legal_terms(locale: str) -> None:
    terms = read_glossary(CONTENT, locale)

    assert {"eigen bijdrage", "peiljaar", "kostprijs", "vermogen", "beschermd wonen"} <= set(terms)
    assert all(form.strip() for forms in terms.values() for form in forms)


@pytest.mark.parametrize("locale", LOCALES)
def test_each_piece_of_the_toolkit_names_the_municipality_or_leaves_room(library: Library, locale: str) -> None:
    pieces = library.toolkit[locale]
    known, unknown = (Facts(Texts(locale), law(), ON, each) for each in (MUNICIPALITY, None))

    residents = [piece for piece in pieces.values() if piece.matter.audience == "residents"]
    assert len(residents) == 6
    assert len(pieces) == (8 if locale in ("nl", "en") else 6)
    letter = pieces["letter"]
    assert "0800 1234" in html(letter, known)
    assert "Voorbeeld" in html(letter, known)
    assert "……" in html(letter, unknown)


def test_topics_and_articles_have_different_names(library: Library) -> None:
    assert not set(TOPICS) & set(library.of(SOURCE))


# Files that are wrong


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("Antwoord.\n\nEen {{ amount('nergens', on) }}.\n", 10, "nergens"),
        ("Antwoord.\n\nEen {{ onbekend }}.\n", 10, "onbekend"),
        ("Antwoord {{ amount('monthly_amount', on }}.\n", 8, "expected ')'"),
        ("Antwoord {% for x in [1] %}x{% endfor %}.\n", 8, "{%"),
        ("Antwoord.\n\n# Kop\n", 10, "heading with one #"),
        ("Antwoord.\n\n![foto](foto.png)\n", 10, "picture"),
        ("Antwoord.\n\nZie [daar](https://example.org).\n", 10, "https://example.org"),
        ("Antwoord.\n\nZie [daar](bestaat-niet.md).\n", 10, "bestaat-niet"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(folder: Path, body: str, line: int, words: str) -> None:
    path = written(folder / "articles" / "nl" / "fiets.md", body)

    (problem,) = problems(folder)
    assert problem.startswith(f"{path}:{line}: found ")
    assert words in problem


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("topic: capital", "topic: fietsen", 3, "'fietsen'"),
        ("checked: 2026-11-22", "checked: gisteren", 6, "gisteren"),
        ("answers: [29]", "answers: [29]\nkleur: rood", 5, "kleur"),
        ("title: Telt mijn fiets mee?\n", "", 1, "title: found nothing"),
        ("title: Telt mijn fiets mee?", 'title: "half', 5, "allowed: YAML"),
        ("checked: 2026-11-22", "checked: 2026-11-22\nreview: none", 1, "translation"),
    ],
)
def test_wrong_front_matter_is_told_with_the_key(folder: Path, before: str, after: str, line: int, words: str) -> None:
    path = written(folder / "articles" / "nl" / "fiets.md", "Antwoord.\n", HEAD.replace(before, after))

    (problem,) = problems(folder)
    assert problem.startswith(f"{path}:{line}: ")
    assert words in problem


def test_a_file_without_front_matter_and_a_folder_of_no_language_are_told(folder: Path) -> None:
    written(folder / "articles" / "nl" / "fiets.md", "Antwoord.\n", "")
    (folder / "articles" / "xx").mkdir()

    first, second = sorted(problems(folder))
    assert "no front matter" in first
    assert "found xx; allowed: nl, en" in second


def test_html_in_a_text_is_shown_as_it_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "nl" / "fiets.md"
    path.parent.mkdir()
    document = read_document(written(path, "Een <b onclick=x>fiets</b>.\n\n<script>x</script>\n"), ArticleMatter)

    page = html(document, Facts(Texts("nl"), law(), ON))
    assert "<b" not in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "expression",
    [
        "municipality.__class__",
        "amount.__globals__",
        "plan.__class__",
        "''.__class__",
        "date.__self__",
        "range(9)",
        "x",
    ],
)
def test_an_expression_reaches_nothing_but_what_it_is_given(expression: str) -> None:
    with pytest.raises(PlaceholderError, match="found"):
        filled(f"{{{{ {expression} }}}}", Facts(Texts("nl"), law(), ON))


def test_a_value_cannot_bring_html_along(tmp_path: Path) -> None:
    path = tmp_path / "nl" / "brief.md"
    path.parent.mkdir()
    document = read_document(written(path, "Bel {{ municipality.phone }}.\n"), ArticleMatter)
    contact = MUNICIPALITY.contact.model_copy(update={"phone": "<b>112</b>"})

    forged = MUNICIPALITY.model_copy(update={"contact": contact})

    assert "<b>" not in html(document, Facts(Texts("nl"), law(), ON, forged))


def test_a_broken_text_is_left_out_and_the_others_are_there(folder: Path) -> None:
    written(folder / "articles" / "nl" / "fiets.md", "Een {{ onbekend }}.\n")

    assert set(read_library(folder, law(), ON).of("nl")) == {"telt-mijn-spaargeld-mee", "telt-mijn-huis-mee"}


def test_while_it_runs_the_last_good_version_stays_and_the_log_says_so(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = Shelf(folder, law(), lambda: ON)
    path = folder / "articles" / "nl" / "telt-mijn-huis-mee.md"
    good = path.read_text("utf-8")
    path.write_text(good.replace("Een antwoord.", "Een {{ onbekend }}."), "utf-8")
    with caplog.at_level(logging.ERROR):
        shelf.read_again()

    assert "telt-mijn-huis-mee" in shelf.library.of("nl")
    assert f"the last good version stays: {path}" in caplog.text
    path.write_text(good.replace("Een antwoord.", "Een beter antwoord."), "utf-8")
    shelf.read_again()
    assert "beter" in shelf.library.of("nl")["telt-mijn-huis-mee"].body


# A municipality's own, and translations


def test_a_municipality_adds_an_article_and_replaces_one(folder: Path) -> None:
    own = folder / "municipalities" / "GM0363" / "articles" / "nl"
    own.mkdir(parents=True)
    (folder / "municipalities" / "GM0363.toml").touch()
    written(own / "fiets.md", "Ja. Zie ook [het huis](telt-mijn-huis-mee.md).\n")
    written(own / "telt-mijn-huis-mee.md", "Bij ons ook niet.\n", HEAD.replace("fiets", "huis"))
    library = read_library(folder, law(), ON)

    assert library.problems == ()
    assert "fiets" not in library.of("nl")
    amsterdam = library.of("nl", "GM0363")
    assert amsterdam["fiets"].owner == "GM0363"
    assert amsterdam["telt-mijn-huis-mee"].body == "Bij ons ook niet."
    assert amsterdam["telt-mijn-spaargeld-mee"].owner == ""


def test_a_translation_is_stale_once_its_source_changes_until_somebody_accepts_it(folder: Path) -> None:
    english = folder / "articles" / "en" / "telt-mijn-huis-mee.md"
    accept(english, read_library(folder, law(), ON))
    library = read_library(folder, law(), ON)
    assert not library.is_stale(library.of("en")["telt-mijn-huis-mee"])

    source = folder / "articles" / "nl" / "telt-mijn-huis-mee.md"
    source.write_text(source.read_text("utf-8").replace("Meer.", "Nog meer."), "utf-8")
    changed = read_library(folder, law(), ON)
    assert changed.is_stale(changed.of("en")["telt-mijn-huis-mee"])


def test_a_source_cannot_be_accepted(folder: Path) -> None:
    with pytest.raises(LibraryError, match="found no translation"):
        accept(folder / "articles" / "nl" / "telt-mijn-huis-mee.md", read_library(folder, law(), ON))


def test_what_is_missing_hard_to_read_or_named_otherwise_blocks(tmp_path: Path) -> None:
    for name in ("articles", "toolkit", "glossary"):
        shutil.copytree(CONTENT / name, tmp_path / name)
    shutil.copy(CONTENT / "topics.toml", tmp_path)
    (tmp_path / "articles" / "en" / "rolstoel.md").unlink()
    hard = tmp_path / "articles" / "nl" / "kinderen.md"
    head = hard.read_text("utf-8").partition("\n---\n")[0]
    hard.write_text(f"{head}\n---\n{'woord ' * 40}.\n", "utf-8")
    other = tmp_path / "articles" / "tr" / "wat-is-de-eigen-bijdrage.md"
    head = re.sub("katkı payı", "ücret", other.read_text("utf-8").partition("\n---\n")[0], flags=re.IGNORECASE)
    other.write_text(f"{head}\n---\nBu bir ücrettir.\n", "utf-8")
    library = read_library(tmp_path, law(), ON)

    blocking = "\n".join(look_through(tmp_path, library, Facts(Texts(SOURCE), law(), ON)).blocking)
    assert "articles/en: question 40: found no article" in blocking
    assert "articles/nl/kinderen.md: found 40.0 words a sentence; allowed: 15" in blocking
    assert "articles/tr/wat-is-de-eigen-bijdrage.md: found no eigen bijdrage; allowed: katkı payı" in blocking


# What a date overtakes, or what became of the plan

BILL = "wetsvoorstel 36 713"


@pytest.mark.parametrize(
    ("status", "key"), [("adopted", "plan_is_law"), ("in_force", "plan_is_law"), ("withdrawn", "plan_withdrawn")]
)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_text_about_the_plan_says_what_became_of_it_until_somebody_has_seen_to_it(
    locale: str, status: str, key: str
) -> None:
    rules = law()
    plan = rules.plan._replace(status=status)
    changed = Law(rules.series, plan, rules.pension_ages, rules.pension_source, rules.digest)
    facts = Facts(Texts(locale), changed, ON)

    said = facts.texts(f"article.{key}", planned_from=facts.texts.date(plan.planned_from))
    assert list(facts.remarks("", [BILL, "Kamerstuk 36 713 nr. 7"])) == [said]
    assert list(facts.remarks("", ["Stb. 2026, 500", "Kamerstuk 36 713 nr. 7"])) == []


def test_a_text_that_names_the_plan_without_the_bill_blocks(folder: Path) -> None:
    names = ("nl/telt-mijn-huis-mee.md", "en/telt-mijn-huis-mee.md")
    for name in names:
        text = (folder / "articles" / name).read_text("utf-8").replace("Meer.", "Volgens het plan ook.")
        (folder / "articles" / name).write_text(text.replace(f', "{BILL}"', ""), "utf-8")
    for name in ("toolkit", "glossary"):
        shutil.copytree(CONTENT / name, folder / name, dirs_exist_ok=True)
    shutil.copy(CONTENT / "topics.toml", folder)
    found = look_through(folder, read_library(folder, law(), ON), Facts(Texts(SOURCE), law(), ON)).blocking

    told = [each for each in found if "sources: found no wetsvoorstel" in each]
    assert {each.partition(": ")[0] for each in told} == {f"articles/{name}" for name in names}


def test_months_to_pay_are_those_at_the_rate_of_now_whatever_comes_later() -> None:
    assert [Facts(Texts("nl"), law(), on).months_to_pay(400) for on in DATES] == ["19", "18", "18"]


def test_a_text_about_the_plan_says_so_when_its_day_has_passed_and_one_about_the_rate_when_that_is_unknown() -> None:
    body = 'Nu {{ amount("monthly_amount", on) }}, in het plan {{ amount("bill_minimum", on) }}.'
    now, later = (Facts(Texts("nl"), law(), on) for on in (ON, date(2027, 3, 1)))

    assert list(now.remarks(body, [BILL])) == []
    passed, unknown = later.remarks(body, [BILL])
    assert "1 januari 2027" in passed
    assert unknown == later.texts("article.rate_unknown", year=2027)
    assert list(later.remarks("Een rolstoel is vrij.", ["Wmo 2015"])) == []
    assert filled('{{ amount("monthly_amount", on) }}', later).replace("\u00a0", " ") == "€ 21,80 (bedrag van 2026)"


def test_an_amount_of_another_day_can_be_named() -> None:
    assert "20,60" in filled('{{ amount("monthly_amount", day("2024-01-01")) }}', Facts(Texts("nl"), law(), ON))


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("Antwoord {{ year(2026) }}.\n", HEAD), ("Antwoord {{ date('x') }}.\n", HEAD), ("Antwoord {{ 1/0 }}.\n", HEAD),
        ("Antwoord {{ euro(10**400) }}.\n", HEAD), ("Antwoord.\n", HEAD.replace("2026-11-22", "2026-02-30")),
        ("Antwoord.\n", HEAD.replace("[29]", "[" * 2000)), ("Antwoord `{{ on }}`.\n", HEAD),
        ("Antwoord.\n", HEAD.replace("fiets", "{{ on }}")),
    ],
)  # fmt: skip
def test_whatever_is_in_a_file_it_is_told_and_the_others_are_read(folder: Path, body: str, head: str) -> None:
    path = written(folder / "articles" / "nl" / "fiets.md", body, head)
    library = read_library(folder, law(), ON)

    (problem,) = library.problems
    assert problem.startswith(f"{path}:")
    assert "telt-mijn-huis-mee" in library.of("nl")


def test_a_file_may_not_be_named_like_a_topic(folder: Path) -> None:
    written(folder / "articles" / "nl" / "income.md", "Antwoord.\n")

    assert "found the name income" in problems(folder)[0]


def test_a_translation_may_not_answer_something_else_than_its_source(folder: Path) -> None:
    path = folder / "articles" / "en" / "telt-mijn-huis-mee.md"
    path.write_text(path.read_text("utf-8").replace("topic: capital", "topic: income"), "utf-8")

    assert "topic: found another one" in problems(folder)[0]


def test_what_was_made_of_a_library_goes_with_it(folder: Path) -> None:
    library = read_library(folder, law(), ON)
    library.of("nl")
    gone = weakref.ref(library)
    del library
    gc.collect()

    assert gone() is None
