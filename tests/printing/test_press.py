"""The press: what all sheets have in common."""

import asyncio
from datetime import date

import pypdfium2
import pytest

from estimator.files import project_folder
from estimator.municipalities import read_municipalities
from estimator.printing import press
from estimator.printing.addressees import Addressee
from estimator.printing.letters import Stationery, letter_pdf, read_templates
from estimator.rules.household import Household, Provision
from estimator.rules.law import law

ON = date(2026, 11, 22)
OWN = read_municipalities(project_folder("content") / "municipalities")["GM0000"]


def lines_as_seen(pdf: bytes) -> list[str]:
    """What stands on each line of every page from the left to the right, without spaces."""
    lines: dict[tuple[int, int], list[tuple[float, str]]] = {}
    with pypdfium2.PdfDocument(pdf) as opened:
        for number, page in enumerate(opened):
            words = page.get_textpage()
            for place, letter in enumerate(words.get_text_range()):
                left, bottom, right, _ = words.get_charbox(place, loose=True)
                if right > left:
                    lines.setdefault((number, round(bottom)), []).append((left, letter))
    return ["".join(letter for _, letter in sorted(line)).replace(" ", "") for line in lines.values()]


def test_figures_and_dutch_keep_their_order_among_words_from_right_to_left() -> None:
    household = Household(
        composition="single", client_age="pension", income="45000", provisions=[Provision(kind="domestic_help")]
    )
    stationery = Stationery(law(), ON, OWN, read_templates("letter", law(), ON))
    seen = " ".join(lines_as_seen(letter_pdf(Addressee(2, "A-1", "ar", household), stationery)))

    for said in ("ma-vr9.00-17.00", "VoorbeeldCliëntondersteuning,08000001", "art.2.1.4alid4en", "art.3.8lid2"):
        assert said in seen


def test_what_a_sheet_that_failed_left_behind_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> bytes:
        raise ValueError("no sheet")

    async def made_and_forgotten() -> None:
        forgotten, loop = asyncio.Event(), asyncio.get_running_loop()
        monkeypatch.setattr(press, "KEPT", 0)
        monkeypatch.setattr(press, "_forgetting", None)
        monkeypatch.setattr(press, "forget", lambda: loop.call_soon_threadsafe(forgotten.set))
        with pytest.raises(ValueError, match="no sheet"):
            await press.printed(fails)
        await asyncio.wait_for(forgotten.wait(), 10)

    asyncio.run(made_and_forgotten())
