"""The summary on paper: it says what the page of the result says, fits on a sheet, and can be read by everybody."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from estimator import interview
from estimator.files import LOCALES
from estimator.municipal_files import MunicipalFiles
from estimator.municipalities import ClientSupport, Contact, Municipality
from estimator.pages.outcome import found
from estimator.pages.paper import words_of as words_on
from estimator.pages.request import Paper, Request
from estimator.pages.show import request_of
from estimator.pages.site import Site
from estimator.pages.visit import RESULT, Visit
from estimator.printing import press
from estimator.printing.summary import LARGE, LARGEST, LEAST, STEP, layouts, summary, summary_pdf
from estimator.rules import law
from estimator.texts import Texts
from tests.browser.pages import RESULTS
from tests.pages.conftest import MUNICIPALITIES, ROOT
from tests.printing.reading import (
    MM_AN_INCH,
    POINTS_AN_INCH,
    check_accessible,
    language_of,
    page_count,
    pictures,
    plain,
    spoken,
    title_of,
    white_around,
    words_in_half,
    words_of,
)

ON, MADE = date(2026, 11, 22), datetime(2026, 11, 22, 14, 5).astimezone()
PUBLIC_URL = "https://bijdrage.voorbeeldgemeente.example"
MARGIN = 10  # mm
DRAWN = {17, 19}  # letters of the chart in units of its own: on paper in large print these are 18 points and more
Answers = Mapping[str, str]
# Long words, many of everything.
LONGEST = Municipality(
    code="GM9999",
    name="Burgemeester-van-Heemstede-Oosterhoutseweg en Ommelanden aan den Zuid-Willemsvaart",
    contact=Contact(
        phone="+31 (0)800 1234 5678 9012, toestel 3456",
        address=(
            "Gemeentelijk Dienstencentrum Zuid-Willemsvaart",
            "Burgemeester van Heemstedeplantsoen 1234 bis",
            "9999 ZZ",
        ),
        hours="maandag tot en met donderdag van 9.00 tot 17.00 uur, vrijdag van 9.00 tot 12.30 uur, soms tot 20.00 uur",
        website="https://www.burgemeester-van-heemstede-oosterhoutseweg-en-ommelanden.example/zorg-en-welzijn",
        email="wmo-eigen-bijdrage@burgemeester-van-heemstede-oosterhoutseweg-en-ommelanden.example",
        client_support=ClientSupport(
            name="Stichting Onafhankelijke Cliëntondersteuning Zuid-Willemsvaart", phone="0800 1"
        ),
    ),
)


def asked(
    locale: str = "nl",
    fixed: str | None = "GM0000",
    own: Municipality | None = None,
    public_url: str = "",
    **answers: str,
) -> Request:
    """The request for a result, as the pages make it; the answers of "an amount" unless others are given."""
    municipalities = MUNICIPALITIES | ({own.code: own} if own else {})
    site = Site(
        law(), MunicipalFiles(municipalities), own.code if own else fixed, ON, lambda: ON, public_url=public_url
    )
    given: dict[str, tuple[str, ...]] = {}
    for name, value in (answers or RESULTS["an amount"]).items():
        given[name] = tuple(value.split())
    return request_of(site, Texts(locale), Visit(RESULT, interview.clean(given, site.setting)), "1", MADE)


def texts_in(value: Any) -> Iterator[str]:
    """Every piece of words of what a sheet is filled with, in the order in which it is listed."""
    if isinstance(value, str):
        yield from (value,) if value else ()
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key not in ("kind", "pictogram", "url", "drawing", "caption", "reasons"):
                yield from texts_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts_in(each)


def said_on(request: Request) -> Mapping[str, Any]:
    words = words_on(request, found(request))
    left_out = ("lang", "dir", "receipt", "fine_print", "reasons", "translated", "line", "amount")
    return {key: words[key] for key in words if key not in left_out}


def without_spaces(words: str) -> str:
    """Words to be looked for: without the vowel marks, which no sheet has."""
    return press.LEFT_OUT.sub("", plain(words)).replace(" ", "")


def feet_of(made: bytes, high: float) -> list[str]:
    """What stands so many mm high at the foot of each page, without its spaces."""
    top = high / MM_AN_INCH * POINTS_AN_INCH
    with pypdfium2.PdfDocument(made) as opened:
        return [without_spaces(page.get_textpage().get_text_bounded(top=top)) for page in opened]


def place_of(words: str, opened: pypdfium2.PdfDocument) -> tuple[int, int]:
    """On which page words are first, and how high their line is above its foot, in points."""
    for number, page in enumerate(opened):
        text = page.get_textpage()
        if found := text.search(words).get_next():
            _, low, _, high = text.get_charbox(found[0], loose=True)
            return number, round((low + high) / 2)
    raise AssertionError(f"found no {words}")


# What it says


@pytest.mark.parametrize("what", RESULTS)
@pytest.mark.parametrize("locale", LOCALES)
def test_the_sheet_says_all_that_is_said_of_the_outcome(locale: str, what: str) -> None:
    request = asked(locale, **RESULTS[what])

    read = without_spaces(words_of(summary_pdf(request, Paper((locale,)))))

    missing = [each for each in texts_in(said_on(request)) if without_spaces(each) not in read]
    assert missing == []
    assert request.municipality
    for each in (request.municipality.contact.phone, request.municipality.contact.address[1]):
        assert without_spaces(each) in read


@pytest.mark.parametrize("locale", LOCALES)
def test_it_is_read_in_the_order_of_the_page(locale: str) -> None:
    request = asked(locale)
    words = words_on(request, found(request))
    verdict = "".join(part["text"] for part in words["verdict"])
    headings = [
        verdict, *(panel["heading"] for panel in words["panels"]), words["todo_heading"], words["answers_heading"],
        words["fine_heading"], words["how"], *(receipt["caption"] for receipt in words["receipts"]),
        words["chart"]["heading"], words["different"],
    ]  # fmt: skip

    read = spoken(summary_pdf(request, Paper((locale,))))

    tags = [(said.tag, without_spaces(said.words)) for said in read]
    levels = [
        "H1",
        *["H2"] * len(words["panels"]),
        "H2",
        "H2",
        "H2",
        "H2",
        *["H3"] * len(words["receipts"]),
        "H2",
        "H2",
    ]
    places = [tags.index((level, without_spaces(each))) for level, each in zip(levels, headings, strict=True)]
    assert places == sorted(places)


def test_rows_of_figures_stay_rows() -> None:
    request = asked("nl")
    receipt = words_on(request, found(request))["receipts"][1]

    read = [said.words for said in spoken(summary_pdf(request, Paper(("nl",))))]

    rows = [line for row in receipt["rows"] for line in (f"{row['label']} {row['amount']}", row["detail"])]
    place = read.index(plain(rows[0]), read.index(plain(receipt["caption"])))
    assert read[place : place + len(rows)] == [*map(plain, rows)]


def test_numbers_among_arabic_words_keep_their_order() -> None:
    read = words_of(summary_pdf(asked("ar"), Paper(("ar",), large=True)))

    for number in ("0800 0000", "21,80 €", "9.00-17.00", "0.1.0"):
        assert number in read


@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_says_that_it_is_an_estimate_and_which_page_it_is(locale: str) -> None:
    made = summary_pdf(asked(locale), Paper((locale,), large=True))
    texts = Texts(locale)

    feet = feet_of(made, 30)
    assert len(feet) > 1
    for number, foot in enumerate(feet, start=1):
        assert foot == without_spaces(texts("ui.estimate") + texts("print.page", page=number, pages=len(feet)))


@pytest.mark.parametrize(("large", "high"), [(False, 18), (True, 43)])
def test_every_page_says_so_in_both_languages(large: bool, high: float) -> None:
    feet = feet_of(summary_pdf(asked("tr"), Paper(("tr", "nl"), large)), high)

    for number, foot in enumerate(feet, start=1):
        for texts in (Texts("tr"), Texts("nl")):
            said = without_spaces(texts("ui.estimate") + texts("print.page", page=number, pages=len(feet)))
            assert said in foot


def test_a_long_mail_or_web_address_may_go_on_in_the_next_line() -> None:
    contact = Contact(phone="14 0800", email=f"{'a' * 40}@{'b' * 40}.example", website=f"{'c' * 40}.{'d' * 40}.example")
    made = summary_pdf(asked(own=LONGEST.model_copy(update={"contact": contact})), Paper(("nl", "en")))

    left = words_in_half(made, 0, "left")
    for part in "abcd":
        assert part * 40 in left


def test_what_is_not_an_address_can_be_found_in_it_as_it_is_written() -> None:
    with pypdfium2.PdfDocument(summary_pdf(asked(own=LONGEST), Paper(("nl",)))) as opened:
        read = " ".join(words for page in opened for words in page.get_textpage().get_text_bounded().split())

    assert "van 9.00 tot 17.00 uur" in read
    assert "Versie van de rekenregels: 0.1.0" in read


def test_a_translation_says_that_the_dutch_text_applies() -> None:
    assert plain(Texts("en")("translation_note")) in words_of(summary_pdf(asked("en"), Paper(("en",))))
    assert plain(Texts("nl")("translation_note")) not in words_of(summary_pdf(asked("nl"), Paper(("nl",))))


# In two languages


@pytest.mark.parametrize("locale", [each for each in LOCALES if each != "nl"])
def test_two_languages_stand_beside_each_other_part_by_part(locale: str) -> None:
    own, dutch = asked(locale), asked("nl")
    read = [without_spaces(said.words) for said in spoken(summary_pdf(own, Paper((locale, "nl"))))]

    def place(request: Request, key: str) -> int:
        return read.index(without_spaces(words_on(request, found(request))[key]))

    places = [place(request, key) for key in ("todo_heading", "answers_heading", "how") for request in (own, dutch)]
    assert places == sorted(places)
    for request in (own, dutch):
        words = words_on(request, found(request))
        for row in words["receipts"][1]["rows"]:
            assert without_spaces(row["label"] + row["amount"]) in read


@pytest.mark.parametrize("locale", ["tr", "uk"])
def test_what_belongs_together_begins_at_the_same_height(locale: str) -> None:
    own, dutch = asked(locale), asked("nl")

    with pypdfium2.PdfDocument(summary_pdf(own, Paper((locale, "nl")))) as opened:
        for named, what in (("panels", "heading"), ("todo", "title")):
            for one, other in zip(*(words_on(each, found(each))[named] for each in (own, dutch)), strict=True):
                assert place_of(one[what], opened) == place_of(other[what], opened)


def test_what_has_no_room_beside_a_second_language_is_named() -> None:
    full, simple = asked("tr"), asked("tr", **RESULTS["nothing at all"])
    left_out = plain(Texts("tr")("print.left_out"))

    assert left_out in words_of(summary_pdf(full, Paper(("tr", "nl"))))
    assert left_out not in words_of(summary_pdf(simple, Paper(("tr", "nl"))))
    assert left_out not in words_of(summary_pdf(full, Paper(("tr",))))


# How it looks


@pytest.mark.parametrize("what", RESULTS)
@pytest.mark.parametrize("locale", LOCALES)
def test_it_fits_on_one_sheet_with_nothing_outside_the_margins(locale: str, what: str) -> None:
    for paper in (Paper((locale,)), Paper(tuple(dict.fromkeys((locale, "nl", "en")))[:2])):
        made = summary_pdf(asked(locale, public_url=PUBLIC_URL, **RESULTS[what]), paper)

        assert page_count(made) <= 2
        assert all(white_around(picture, MARGIN) for picture in pictures(made))


@pytest.mark.parametrize("locale", ["nl", "ar", "uk"])
@pytest.mark.parametrize("large", [False, True])
def test_long_names_and_many_provisions_stay_on_the_paper(locale: str, large: bool) -> None:
    many = {**RESULTS["a range"], "provisions": " ".join(interview.PROVISIONS[:7]), "cost": "9999999.99"}
    made = summary_pdf(asked(locale, own=LONGEST, public_url=PUBLIC_URL, **many), Paper((locale,), large))

    assert all(white_around(picture, MARGIN) for picture in pictures(made))
    assert without_spaces(LONGEST.name) in without_spaces(words_of(made))
    assert large or page_count(made) <= 2


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_what_belongs_together_stays_on_one_page_in_large_print(locale: str) -> None:
    request = asked(locale)
    words, content = words_on(request, found(request)), summary(request, found(request), Paper((locale,), large=True))
    own = next(row for row in words["chart"]["rows"] if row["own"])
    *_, before, total = words["receipts"][1]["rows"]
    panel = words["panels"][0]
    together = (
        [own["income"], own["own"], own["amounts"][1]],
        [before["label"], before["amount"], total["label"], total["amount"]],
        [panel["heading"] + panel["sum"], *panel["text"]],
    )

    for step in range(24):  # so that each of them comes to the end of a page once
        layout = content | {"size": 15 + step * STEP, "together": False}
        with pypdfium2.PdfDocument(press.pdf("summary.typ", layout, MADE)) as opened:
            pages = [without_spaces(page.get_textpage().get_text_bounded()) for page in opened]
        for pieces in together:
            assert any(all(without_spaces(piece) in page for piece in pieces) for page in pages)


@pytest.mark.parametrize("what", ["an amount", "a range"])
@pytest.mark.parametrize("locale", LOCALES)
def test_its_letters_are_as_large_as_has_room(locale: str, what: str) -> None:
    request = asked(locale, public_url=PUBLIC_URL, **RESULTS[what])
    for layout in layouts(summary(request, found(request), Paper((locale,)))):
        if page_count(press.pdf("summary.typ", layout.content, MADE)) <= layout.sides:
            break

    larger = layout.content | {"size": layout.content["size"] + 3 * STEP}
    assert page_count(press.pdf("summary.typ", larger, MADE)) > layout.sides


def test_what_is_little_stands_on_one_side() -> None:
    assert page_count(summary_pdf(asked("ar", **RESULTS["nothing at all"]), Paper(("ar",)))) == 1
    assert page_count(summary_pdf(asked("ar"), Paper(("ar",)))) == 2


def sizes_of(pdf: pikepdf.Pdf) -> set[float]:
    """Of the letters on all pages, in points."""
    return {
        round(float(operands[1]), 2)
        for page in pdf.pages
        for operands, operator in pikepdf.parse_content_stream(page)
        if str(operator) == "Tf"
    }


def test_large_print_is_large_and_in_both_languages(tmp_path: Any) -> None:
    file = tmp_path / "large.pdf"
    file.write_bytes(summary_pdf(asked("nl"), Paper(("nl", "ar"), large=True)))

    with pikepdf.open(file) as pdf:
        assert min(sizes_of(pdf) - DRAWN) == LARGE
    read = words_of(file.read_bytes())
    assert plain(Texts("nl")("ui.how")) in read
    assert plain(Texts("ar")("ui.how")) in read


def test_little_is_said_in_larger_letters_than_much(tmp_path: Any) -> None:
    simple, full = tmp_path / "simple.pdf", tmp_path / "full.pdf"
    simple.write_bytes(summary_pdf(asked(**RESULTS["nothing at all"]), Paper(("nl",))))
    full.write_bytes(summary_pdf(asked(own=LONGEST), Paper(("nl", "pl"))))

    with pikepdf.open(simple) as one, pikepdf.open(full) as other:
        assert LARGEST in sizes_of(one)
        steps = {LEAST + STEP * step for step in range(int((LARGEST - LEAST) / STEP))}
        assert sizes_of(other) & steps


# For everybody


@pytest.mark.parametrize("locale", LOCALES)
def test_it_is_accessible(locale: str) -> None:
    for paper in (Paper((locale,)), Paper((locale,), large=True), Paper((locale, "nl" if locale != "nl" else "en"))):
        made = summary_pdf(asked(locale, public_url=PUBLIC_URL), paper)

        check_accessible(made)
        assert language_of(made) == locale
        assert title_of(made) == Texts(locale)(
            "title.page", heading=Texts(locale)("step_text.result"), app=Texts(locale)("product")
        )
        figures = {said.words for said in spoken(made) if said.tag == "Figure"}
        assert plain(Texts(locale)("print.code.alt", url=f"{PUBLIC_URL}/{locale}/")) in figures


@pytest.mark.parametrize("locale", LOCALES)
def test_the_code_opens_the_interview_in_that_language_and_holds_no_answer(locale: str) -> None:
    front = pictures(summary_pdf(asked(locale, public_url=PUBLIC_URL), Paper((locale,))), dpi=150)[0]

    assert [code.text for code in zxingcpp.read_barcodes(front)] == [f"{PUBLIC_URL}/{locale}/"]


def test_there_is_no_code_where_the_address_is_not_known() -> None:
    made = summary_pdf(asked(), Paper(("nl",)))

    assert not any(zxingcpp.read_barcodes(picture) for picture in pictures(made, dpi=150))
    assert plain(Texts("nl")("print.code")) not in words_of(made)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_template_gives_no_warning(locale: str) -> None:
    request = asked(locale, public_url=PUBLIC_URL)
    for locales in ((locale,), (locale, "nl" if locale != "nl" else "en")):
        content = summary(request, found(request), Paper(locales))
        for layout in layouts(content):
            _, warnings = press.with_warnings("summary.typ", layout.content, MADE)

            assert warnings == []


# The same every time


def test_two_runs_give_the_same_bytes() -> None:
    code = (
        "from tests.printing.test_summary import *; import sys, hashlib;"
        "print(hashlib.sha256(summary_pdf(asked('ar', public_url=PUBLIC_URL), Paper(('ar', 'nl')))).hexdigest())"
    )
    digests = {
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }

    assert len(digests) == 1


def test_many_can_print_at_once() -> None:
    requests = [asked(locale) for locale in LOCALES] * 2
    alone = [summary_pdf(request, Paper((request.texts.lang,))) for request in requests]

    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda request: summary_pdf(request, Paper((request.texts.lang,))), requests))

    assert together == alone
    assert all(one != other for one, other in pairwise(alone[: len(LOCALES)]))


def test_a_letter_that_no_font_has_costs_no_sheet() -> None:
    own = LONGEST.model_copy(update={"name": "Noord 王 \U0001f600"})

    assert "Noord ? ?" in words_of(summary_pdf(asked(own=own), Paper(("nl",))))
    assert press.unprintable("Łódź, Gökçeada, Київ, القاهرة \u2066王\u2069") == "王"
