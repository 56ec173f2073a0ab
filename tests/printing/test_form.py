"""The interview on paper: it asks what the interview asks, on one sheet, in every language."""

from datetime import date, datetime

import pytest

from estimator import interview
from estimator.files import LOCALES, project_folder
from estimator.interview import KINDS_OF_QUESTION, QUESTIONS
from estimator.municipal_files import MunicipalFiles
from estimator.municipalities import Municipality, read_municipalities
from estimator.pages.question import option_label, question_page
from estimator.pages.request import Request
from estimator.pages.show import request_of
from estimator.pages.site import Site
from estimator.pages.visit import TOOLKIT, Visit
from estimator.printing.form import AMOUNTS, TEMPLATE, form, form_pdf
from estimator.printing.press import with_warnings
from estimator.rules import law
from estimator.texts import Texts
from tests.printing.reading import (
    check_accessible,
    language_of,
    letter_size,
    longest_lines,
    page_count,
    pictures,
    plain,
    spoken,
    title_of,
    white_around,
    words_in_half,
    words_of,
)
from tests.printing.test_leaflets import LONG, NOW, ON, said

MUNICIPALITIES = read_municipalities(project_folder("content") / "municipalities")
MARGIN = 8  # millimetres that stay white


def asked(locale: str = "nl", fixed: Municipality | None = None, on: date = ON) -> Request:
    there = MUNICIPALITIES | ({fixed.code: fixed} if fixed else {})
    site = Site(law(), MunicipalFiles(there), fixed.code if fixed else None, on, lambda: on)
    return request_of(site, Texts(locale), Visit(TOOLKIT), "pdf", NOW)


def printed(request: Request) -> bytes:
    pdf, warnings = with_warnings(TEMPLATE, form(request), NOW)
    assert warnings == []
    return pdf


@pytest.mark.parametrize("locale", LOCALES)
def test_the_paper_asks_what_the_interview_asks_in_its_order(locale: str) -> None:
    request = asked(locale)
    aloud = words_of(printed(request))
    headings = [said(question_page(request, name)["heading"]) for name in QUESTIONS]
    places = [aloud.find(heading) for heading in headings]

    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_answer_can_be_ticked_and_amounts_are_written(locale: str) -> None:
    request = asked(locale)
    printed_form = form(request)
    aloud = words_of(printed(request))
    for name, shown in zip(QUESTIONS, printed_form["questions"], strict=True):
        question = interview.question(name, {}, request.setting)
        labels = [option_label(option, question, request) for option in question.options if name != "cost"]
        if name in ("municipality", *AMOUNTS):
            assert shown["line"], name
            labels = labels[-1:] if name in ("income", "savings") else []
        assert [choice["label"] for choice in shown["choices"]] == labels
        assert [label for label in labels if said(label) not in aloud] == []
        drawn = [choice["svg"] for choice in shown["choices"]]
        assert all(svg.startswith("<svg") and "currentColor" not in svg for svg in drawn)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("own", [None, MUNICIPALITIES["GM0000"], LONG], ids=["none", "example", "long"])
def test_it_is_one_sheet_that_can_be_read_with_any_reader(locale: str, own: Municipality | None) -> None:
    pdf = printed(asked(locale, own))

    check_accessible(pdf)
    assert page_count(pdf) == 2
    assert letter_size(pdf) >= 9
    assert all(white_around(picture, MARGIN) for picture in pictures(pdf))
    assert (title_of(pdf), language_of(pdf)) == (Texts(locale)("form.title"), locale)
    assert [each for each in spoken(pdf) if each.tag == "loose"] == []


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_dutch_stands_beside_every_question(locale: str) -> None:
    aloud = words_of(printed(asked(locale))).casefold()
    dutch = [question_page(asked("nl"), name) for name in QUESTIONS]
    words = [page["heading"] for page in dutch]
    words += [
        choice["label"] for page in dutch if KINDS_OF_QUESTION[page["name"]] == "many" for choice in page["choices"]
    ]

    assert [each for each in words if plain(each).casefold() not in aloud] == []


def test_a_question_that_is_not_for_everybody_says_for_whom() -> None:
    only = {question["name"]: question["only"] for question in form(asked())["questions"] if question["only"]}

    assert set(only) == {"partner_age", "cost"}
    assert "‘Ja, met mijn partner of een andere volwassene’" in only["partner_age"]
    assert "‘Ander hulpmiddel’" in only["cost"]
    assert "Rolstoel" not in only["cost"]  # nobody pays for one


def test_it_asks_for_the_year_that_the_interview_asks_for() -> None:
    assert "in heel 2025" in words_of(printed(asked()))
    assert "in heel 2026" in words_of(printed(asked(on=date(2028, 2, 1))))


def test_it_says_that_nothing_is_kept() -> None:
    aloud = words_of(printed(asked()))

    assert "Niemand bewaart het." in aloud
    assert "Schrijf geen naam, adres of burgerservicenummer (BSN) op dit papier." in aloud


def test_it_does_not_call_itself_an_estimate() -> None:
    foot = words_in_half(printed(asked()), 0, "left")[-60:]

    assert foot.endswith("Bijdragewijzer Wmo · 22 november 2026")
    assert "schatting" not in foot


def test_a_municipality_is_not_asked_for_where_it_is_known() -> None:
    own = MUNICIPALITIES["GM0000"]
    pdf = printed(asked("nl", own))

    assert "In welke gemeente woont u?" not in words_of(pdf)
    assert "Gemeente Voorbeeldgemeente" in words_of(pdf)
    assert "Telefoon: 0800 0000" in words_of(pdf)


def test_answers_that_were_given_are_not_on_it() -> None:
    request = asked()
    answered = request._replace(answers={"municipality": ("GM0363",), "household": ("couple",)})

    assert words_of(form_pdf(answered._replace(municipalities=request.municipalities))).count("van u beiden samen") == 0


def test_boxes_are_at_least_six_millimetres() -> None:
    """The first box on the back, in a picture with ten dots a millimetre: as long a line beside it as above it."""
    assert min(longest_lines(pictures(printed(asked()), dpi=254)[1].crop((130, 150, 230, 400)))) >= 60


def test_the_same_form_has_the_same_bytes() -> None:
    assert form_pdf(asked("ar")) == form_pdf(asked("ar"))


def test_it_is_made_at_the_moment_of_the_request() -> None:
    later = asked()._replace(now=datetime.fromisoformat("2026-11-23T09:30:00+01:00"))

    assert form_pdf(asked()) != form_pdf(later)
