"""The toolkit on paper: every piece in every language and size says what the library says, and has room for it."""

import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from PIL import ImageChops

from estimator.files import LOCALES, project_folder
from estimator.library.documents import Document, read_library, words_in_blocks
from estimator.library.placeholders import Facts
from estimator.municipalities import HOUSE_ACCENT, ClientSupport, Contact, Municipality, Theme, read_municipalities
from estimator.pages.toolkit import PaperSize, paper_sizes
from estimator.printing.leaflets import TEMPLATE, leaflet, leaflet_pdf
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

ON, NOW = date(2026, 11, 22), datetime.fromisoformat("2026-11-22T09:30:00+01:00")
LIBRARY = read_library(project_folder("content"), law(), ON)
EXAMPLE = read_municipalities(project_folder("content") / "municipalities")["GM0000"]
# Longer than any there is.
LONG = Municipality(
    code="GM9999",
    name="Burgemeester van Heemstede-Oosterhoutseweg en Ommelanden",
    contact=Contact(
        phone="+31 (0)900 123 45 67",
        address=(
            "Bestuurscentrum De Wijde Wereld",
            "Burgemeester van Heemstedeplein 112-114 bis",
            "9999 ZZ Oosterhout",
        ),
        hours="maandag tot en met donderdag van 9.00 tot 17.00 uur, vrijdag van 9.00 tot 12.30 uur",
        website="https://www.burgemeester-van-heemstede-en-ommelanden.example/zorg-en-welzijn/",
        client_support=ClientSupport(
            name="Stichting Onafhankelijke Cliëntondersteuning Ommelanden", phone="0900 765 43 21"
        ),
    ),
    theme=Theme(accent="#00407a"),
)
SHEETS = [
    (locale, name, size)
    for locale, pieces in LIBRARY.toolkit.items()
    for name, piece in pieces.items()
    for size in paper_sizes(piece)
]
ONE_SIDE = ("leaflet", "letter", "invitation")
VOWEL_MARKS = re.compile("[\u064b-\u0652]")
MARGIN = 8  # millimetres that stay white


def facts_of(piece: Document, own: Municipality | None = EXAMPLE, on: date = ON) -> Facts:
    return Facts(Texts(piece.locale), law(), on, own)


def printed(locale: str, name: str, size: PaperSize = "a4", own: Municipality | None = EXAMPLE, on: date = ON) -> bytes:
    """A sheet; Typst has nothing to say about it."""
    piece = LIBRARY.toolkit[locale][name]
    pdf, warnings = with_warnings(TEMPLATE, leaflet(piece, facts_of(piece, own, on), size), NOW)
    assert warnings == []
    return pdf


def said(words: str) -> str:
    """Words as they can be compared with those of a sheet, where dots are a line and an address has no scheme."""
    shown = plain(VOWEL_MARKS.sub("", words)).removeprefix("[ ] ")
    return re.sub(r"\s?\.{5,}|https://|/(?=$)", "", shown)


def words_of_piece(piece: Document, own: Municipality | None) -> Iterator[str]:
    yield from map(said, (piece.matter.title, *words_in_blocks(piece, facts_of(piece, own))))


@pytest.mark.parametrize("own", [EXAMPLE, LONG, None], ids=["example", "long", "none"])
@pytest.mark.parametrize(("locale", "name", "size"), SHEETS)
def test_every_word_of_a_piece_is_read_aloud_and_has_room(
    locale: str, name: str, size: PaperSize, own: Municipality | None
) -> None:
    piece, pdf = LIBRARY.toolkit[locale][name], printed(locale, name, size, own)
    aloud = words_of(pdf)

    assert [words for words in words_of_piece(piece, own) if words not in aloud] == []
    assert all(white_around(picture, MARGIN) for picture in pictures(pdf))
    if size == "a5":
        assert page_count(pdf) == 2
    elif piece.matter.audience == "residents":
        at_a_glance = piece.matter.kind in ONE_SIDE and not piece.matter.large_print and own is not LONG
        assert page_count(pdf) <= (1 if at_a_glance else 2)


@pytest.mark.parametrize(("locale", "name", "size"), SHEETS)
def test_a_sheet_can_be_read_with_any_reader(locale: str, name: str, size: PaperSize) -> None:
    pdf = printed(locale, name, size)
    piece = LIBRARY.toolkit[locale][name]

    check_accessible(pdf)
    assert title_of(pdf) == piece.matter.title
    assert language_of(pdf) == locale
    headings = [each.words for each in spoken(pdf) if each.tag == "H1"]
    assert headings == [said(piece.matter.title)]


@pytest.mark.parametrize(("locale", "name", "size"), SHEETS)
def test_letters_are_as_large_as_there_is_room_for_and_never_small(locale: str, name: str, size: PaperSize) -> None:
    large = LIBRARY.toolkit[locale][name].matter.large_print

    assert letter_size(printed(locale, name, size)) >= (18 if large else 10 if size == "a4" else 9.5)


@pytest.mark.parametrize("locale", LOCALES)
def test_boxes_to_tick_are_at_least_four_millimetres(locale: str) -> None:
    """The edge where the boxes are, in a picture with ten dots a millimetre."""
    page = pictures(printed(locale, "conversation-checklist", "a5"), dpi=254)[1]
    edge = (page.width - 200, page.width) if locale == "ar" else (0, 200)

    assert min(longest_lines(page.crop((edge[0], 0, edge[1], page.height)))) >= 40


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", ["leaflet-change", "leaflet-contribution", "conversation-checklist"])
def test_both_pages_inside_a_folded_leaflet_are_about_as_full(locale: str, name: str) -> None:
    page = ImageChops.invert(pictures(printed(locale, name, "a5"))[1].convert("L"))
    halves = ((0, 0, page.width // 2, page.height), (page.width // 2, 0, page.width, page.height))
    lowest = sorted((page.crop(half).getbbox() or (0, 0, 0, 0))[3] for half in halves)

    assert lowest[0] >= 0.75 * lowest[1]


def test_what_is_for_residents_folds_unless_its_letters_are_large() -> None:
    folded = {name for _, name, size in SHEETS if size == "a5"}

    assert folded == {
        "conversation-checklist",
        "leaflet-change",
        "leaflet-contribution",
        "letter",
        "walk-in-invitation",
    }
    piece = LIBRARY.toolkit["nl"]["talking-points"]
    with pytest.raises(LookupError, match="found a5; allowed for talking-points: a4"):
        leaflet_pdf(piece, facts_of(piece), "a5", NOW)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_folded_leaflet_opens_the_right_way(locale: str) -> None:
    pdf = printed(locale, "leaflet-contribution", "a5")
    front, back = ("left", "right") if locale == "ar" else ("right", "left")

    assert "0800 0000" in words_in_half(pdf, 0, back)
    assert "0800 0000" not in words_in_half(pdf, 0, front)
    owner = Texts(locale)("print.municipality", name="Voorbeeldgemeente")
    first = [each.words for each in spoken(pdf)][:2]
    assert first == [plain(owner), said(LIBRARY.toolkit[locale]["leaflet-contribution"].matter.title)]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_says_that_the_dutch_text_applies(locale: str) -> None:
    note = plain(VOWEL_MARKS.sub("", Texts(locale)("translation_note")))

    shown = [note in " ".join(words_in_half(printed(locale, "letter", size), 0, half) for half in ("left", "right"))
             for size in ("a4", "a5")]  # fmt: skip
    assert shown == [locale != "nl"] * 2


def test_only_a_piece_for_staff_names_its_sources() -> None:
    heading = Texts("nl")("article.sources")

    assert heading in words_of(printed("nl", "talking-points"))
    assert heading not in words_of(printed("nl", "leaflet-change"))


def test_what_was_overtaken_by_the_date_is_said_on_paper_too() -> None:
    later = date(2027, 2, 1)
    for locale, name, size in SHEETS:
        piece = LIBRARY.toolkit[locale][name]
        notices = [*facts_of(piece, on=later).remarks(piece.body, piece.matter.sources)]
        pdf = printed(locale, name, size, on=later)
        assert [words for words in notices if said(words) not in words_of(pdf)] == []
        if size == "a5":
            assert page_count(pdf) == 2
    assert notices


@pytest.mark.parametrize(("own", "colour"), [(EXAMPLE, EXAMPLE.theme.accent), (None, HOUSE_ACCENT)])
@pytest.mark.parametrize("size", ["a4", "a5"])
def test_a_sheet_has_the_colour_of_its_municipality(own: Municipality | None, colour: str, size: PaperSize) -> None:
    picture = pictures(printed("nl", "letter", size, own))[0]
    seen = {f"#{red:02x}{green:02x}{blue:02x}" for _, (red, green, blue) in picture.getcolors(1 << 24) or ()}

    assert colour in seen


def test_the_same_sheet_has_the_same_bytes() -> None:
    piece = LIBRARY.toolkit["ar"]["letter"]
    first, second = (leaflet_pdf(piece, facts_of(piece), "a5", NOW) for _ in range(2))

    assert first == second
