"""A PDF as somebody gets it: read aloud through its tags, looked at as pictures, checked for what a reader needs."""

import re
import unicodedata
from collections import Counter
from io import BytesIO
from typing import Any, NamedTuple

import pikepdf
import pypdfium2
from PIL import Image, ImageChops

POINTS_AN_INCH, MM_AN_INCH = 72, 25.4
# What is read as one thing; an alternative text stands for a picture.
SAID = ("/H1", "/H2", "/H3", "/H4", "/P", "/TD", "/TH", "/Lbl", "/LBody", "/Caption", "/Title")
FIGURE = "/Figure"
FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")

Runs = dict[int, str]  # the words of each marked part of a page


class Said(NamedTuple):
    """What is read aloud at once: its tag without the stroke, and its words."""

    tag: str
    words: str


def plain(words: str) -> str:
    """Words without marks of direction and ligatures, with single spaces: as two texts are compared."""
    kept = (letter for letter in unicodedata.normalize("NFKC", words) if unicodedata.category(letter) != "Cf")
    return re.sub(r"\s+", " ", "".join(kept)).strip()


def title_of(pdf: bytes) -> str:
    """The title that a reader shows and says."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return str(opened.open_metadata().get("dc:title", ""))


def language_of(pdf: bytes) -> str:
    """The language of the whole document."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return str(opened.Root.get("/Lang", ""))


def page_count(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)


def spoken(pdf: bytes) -> list[Said]:
    """Everything in the order in which a screen reader says it. Words outside of every tag are called loose."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        runs = {page.objgen: _runs(page) for page in opened.pages}
        found: list[Said] = []
        loose = _said(opened.Root.StructTreeRoot.get("/K"), None, runs, found)
        if plain(loose):
            found.append(Said("loose", plain(loose)))
        return [said for said in found if said.words or said.tag == "Figure"]


def words_of(pdf: bytes) -> str:
    """All that is read aloud, in a line."""
    return " ".join(said.words for said in spoken(pdf))


def letter_size(pdf: bytes) -> float:
    """The size in points of most letters: that of the running text."""
    counted: Counter[float] = Counter()
    with pikepdf.open(BytesIO(pdf)) as opened:
        for page in opened.pages:
            size = 0.0
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    size = round(float(operands[1]), 2)
                elif str(operator) in ("Tj", "TJ"):
                    shown = operands[0] if str(operator) == "TJ" else [operands[0]]
                    counted[size] += sum(len(bytes(each)) // 2 for each in shown if isinstance(each, pikepdf.String))
    return counted.most_common(1)[0][0]


def words_in_half(pdf: bytes, page: int, half: str) -> str:
    """What stands in the ``left`` or the ``right`` half of a page, in the order in which it was drawn."""
    with pypdfium2.PdfDocument(pdf) as opened:
        width, height = opened[page].get_size()
        left, right = (0, width / 2) if half == "left" else (width / 2, width)
        return plain(opened[page].get_textpage().get_text_bounded(left=left, right=right, bottom=0, top=height))


def pictures(pdf: bytes, dpi: int = 100) -> list[Image.Image]:
    """Each page as a picture."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.render(scale=dpi / POINTS_AN_INCH).to_pil().convert("RGB") for page in opened]


def white_around(picture: Image.Image, mm: float, dpi: int = 100) -> bool:
    """Whether nothing stands nearer to an edge of the paper than so many millimetres."""
    edge = round(mm / MM_AN_INCH * dpi)
    inked = ImageChops.invert(picture.convert("L")).getbbox()
    if inked is None:
        return True
    left, top, right, bottom = inked
    return left >= edge and top >= edge and right <= picture.width - edge and bottom <= picture.height - edge


def longest_lines(picture: Image.Image) -> tuple[int, int]:
    """The longest unbroken dark line in a picture, across and down, in its dots."""
    dark = picture.convert("L").point(lambda grey: 255 * (grey < 80))
    across, down = (
        max(len(run) for row in range(turned.height) for run in _row(turned, row).split(b"\0"))
        for turned in (dark, dark.transpose(Image.Transpose.TRANSPOSE))
    )
    return across, down


def _row(picture: Image.Image, row: int) -> bytes:
    return picture.crop((0, row, picture.width, row + 1)).tobytes()


def check_accessible(pdf: bytes) -> None:
    """What PDF/UA-1 asks for, as far as it can be seen without a validator."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        root = opened.Root
        assert str(root.get("/Lang", "")), "no language"
        assert root.MarkInfo.Marked, "not marked as tagged"
        assert root.ViewerPreferences.DisplayDocTitle, "the title isn't shown"
        assert opened.open_metadata().get("pdfuaid:part") == "1", "not called PDF/UA-1"
        assert str(opened.open_metadata().get("dc:title", "")), "no title"
        for page in opened.pages:
            for font in page.resources.get("/Font", {}).values():
                assert _is_embedded(font), f"a font that isn't inside: {font.get('/BaseFont')}"
        for element in _elements(root.StructTreeRoot.get("/K")):
            if element.S == FIGURE:
                assert str(element.get("/Alt", "")), "a picture without alternative text"
            if element.S == "/Table":
                assert "/TH" in {str(cell.S) for cell in _elements(element.get("/K"))}, "a table without a header"


def _is_embedded(font: Any) -> bool:
    whole = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    return any(name in whole.FontDescriptor for name in FONT_FILES)


def _elements(node: Any) -> list[Any]:
    """The elements of a tree of tags, from above to below."""
    if isinstance(node, pikepdf.Array):
        return [each for part in node for each in _elements(part)]
    if not isinstance(node, pikepdf.Dictionary):
        return []
    return [*([node] if "/S" in node else []), *_elements(node.get("/K"))]


def _said(node: Any, page: tuple[int, int] | None, runs: dict[tuple[int, int], Runs], found: list[Said]) -> str:
    """Adds what is read at once to what was found; gives the words that belong to the element around it."""
    if node is None:
        return ""
    if isinstance(node, pikepdf.Array):
        return "".join(_said(part, page, runs, found) for part in node)
    if not isinstance(node, pikepdf.Dictionary):
        return runs.get(page, {}).get(int(node), "") if page else ""
    page = node.Pg.objgen if "/Pg" in node else page
    if "/MCID" in node:
        return runs.get(page, {}).get(int(node.MCID), "") if page else ""
    if "/S" not in node:
        return ""
    if "/ActualText" in node:
        return str(node.ActualText)
    # The place of a part is where it begins: what stands inside it comes after it.
    tag, place = str(node.S), len(found)
    words = _said(node.get("/K"), page, runs, found)
    if tag == FIGURE:
        words = str(node.get("/Alt", ""))
    if tag not in (*SAID, FIGURE):
        return words
    found.insert(place, Said(tag.removeprefix("/"), plain(words)))
    return ""


def _runs(page: pikepdf.Page) -> Runs:
    """The words of each marked part of a page, decoded as a screen reader does."""
    fonts = {name: _letters(font) for name, font in page.resources.get("/Font", {}).items()}
    found: Runs = {}
    open_parts: list[dict[str, Any]] = []
    letters: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            given = operands[1] if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) else {}
            part = {"tag": str(operands[0]), "id": given.get("/MCID"), "said": given.get("/ActualText"), "words": []}
            open_parts.append(part)
        elif name == "EMC":
            part = open_parts.pop()
            words = "".join(reversed(part["words"]) if part["tag"] == "/ReversedChars" else part["words"])
            words = str(part["said"]) if part["said"] is not None else words
            if part["id"] is not None:
                found[int(part["id"])] = found.get(int(part["id"]), "") + words
            elif open_parts and (part["said"] is not None or part["tag"] != "/Artifact"):
                open_parts[-1]["words"].append(words)
        elif name == "Tf":
            letters = fonts.get(str(operands[0]), {})
        elif name in ("Tj", "TJ") and open_parts:
            for shown in operands[0] if name == "TJ" else [operands[0]]:
                if isinstance(shown, pikepdf.String):
                    pairs = bytes(shown)
                    codes = (pairs[place] << 8 | pairs[place + 1] for place in range(0, len(pairs) - 1, 2))
                    open_parts[-1]["words"] += [letters.get(code, "\ufffd") for code in codes]
    return found


def _letters(font: Any) -> dict[int, str]:
    """What each code of a font stands for."""
    if "/ToUnicode" not in font:
        return {}
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, words in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            found[int(code, 16)] = _text(words)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, words in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start, base = int(first, 16), _text(words)
            for code in range(start, int(last, 16) + 1):
                found[code] = base[:-1] + chr(ord(base[-1]) + code - start)
        for first, _, listed in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*\[([^\]]*)\]", block):
            for place, words in enumerate(re.findall(r"<([0-9A-Fa-f]*)>", listed)):
                found[int(first, 16) + place] = _text(words)
    return found


def _text(hexadecimal: str) -> str:
    return bytes.fromhex(hexadecimal).decode("utf-16-be", "replace")
