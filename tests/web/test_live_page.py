"""What is delivered before any script runs, and what is taken from a browser."""

from dataclasses import replace
from datetime import date, datetime

from estimator.files import project_folder
from estimator.municipalities import read_municipalities
from estimator.pages.show import show_live
from estimator.pages.site import Site
from estimator.rules import law
from estimator.texts import Texts
from estimator.ui.stage import LONGEST_VALUE, MOST_FIELDS, MOST_VALUES, fields_of

NOW = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 - what a clock on the wall shows
SITE = Site(law(), read_municipalities(project_folder("content") / "municipalities"), None, NOW.date(), date.today)


def test_without_a_script_the_one_municipality_can_be_called() -> None:
    html = show_live(replace(SITE, fixed="GM0000"), Texts("nl"), "<p>first</p>", NOW)
    phone = SITE.municipalities["GM0000"].contact.phone

    assert f">{SITE.municipalities['GM0000'].name}: {phone}</a>" in html
    assert 'href="tel:' in html
    assert 'href="tel:' not in show_live(SITE, Texts("nl"), "<p>first</p>", NOW)
    assert '<div id="prerender"><p>first</p></div>' in html


def test_of_a_form_no_more_is_taken_than_a_form_of_ours_has() -> None:
    sent = {f"field{number}": ["x" * 1000] * 100 for number in range(100)}
    taken = fields_of(sent)

    assert (len(taken), len(taken["field0"]), len(taken["field0"][0])) == (MOST_FIELDS, MOST_VALUES, LONGEST_VALUE)


def test_what_no_form_sends_is_left_out() -> None:
    assert fields_of({"age": ["pension", 3, None], "go": "next"}) == {"age": ("pension",)}
    assert fields_of(None) == fields_of(["age"]) == {}
