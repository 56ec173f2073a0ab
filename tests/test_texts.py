"""The words: every language has the same, nothing is empty, and whatever the rules can say has words."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from estimator import interview
from estimator.cases import parse_case, read_tables, solve
from estimator.files import LOCALES
from estimator.interview import QUESTIONS, Setting
from estimator.rules import Estimate, law
from estimator.rules.exemptions import OTHER_RULE_GROUNDS, SOURCES
from estimator.rules.household import KINDS
from estimator.rules.trace import Caveat, Step, walk
from estimator.texts import Texts

ROOT = Path(__file__).parents[1]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# Names of articles and documents, as the rules give them.
NAMES = ("source.", "act.")
NBSP = "\u00a0"

NL, EN = Texts("nl"), Texts("en")


EVERYBODY = "messages"
# Catalogues of pages for staff, which are Dutch only.
IN_ENGLISH, FOR_DEVELOPERS = "en", "api"
FOR_STAFF = sorted({path.stem for path in ROOT.glob("locales/nl/LC_MESSAGES/*.po")} - {EVERYBODY})


def catalog(locale: str, name: str = EVERYBODY) -> Catalog:
    with (ROOT / "locales" / locale / "LC_MESSAGES" / f"{name}.po").open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def messages(locale: str, name: str = EVERYBODY) -> dict[str, tuple[str, ...]]:
    """The forms of every message by its key."""
    found: dict[str, tuple[str, ...]] = {}
    for message in catalog(locale, name):
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key:
            found[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return found


def own_words(locale: str) -> dict[str, str]:
    return {key: " ".join(forms) for key, forms in messages(locale).items() if not key.startswith(NAMES)}


def solved() -> Iterator[Estimate]:
    for path in sorted((ROOT / "tests" / "cases").glob("*.toml")):
        for number, table in enumerate(read_tables(path), start=1):
            yield solve(parse_case(table, path, number))


# The catalogues


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_has_the_keys_of_the_source(locale: str) -> None:
    assert set(messages(locale)) == set(messages(LOCALES[0]))


@pytest.mark.parametrize("locale", LOCALES)
def test_no_message_is_empty_or_fuzzy(locale: str) -> None:
    assert [key for key, forms in messages(locale).items() if not all(form.strip() for form in forms)] == []
    assert [message.id for message in catalog(locale) if message.fuzzy] == []
    assert catalog(locale).obsolete == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_are_those_of_the_source(locale: str) -> None:
    source = messages(LOCALES[0])
    for key, forms in messages(locale).items():
        expected = {name for form in source[key] for name in PLACEHOLDER.findall(form)}
        for form in forms:
            assert set(PLACEHOLDER.findall(form)) == expected, f"{locale}: {key}"
            assert "%" not in PLACEHOLDER.sub("", form), f"{locale}: {key} has a stray %"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_header_names_the_language(locale: str) -> None:
    assert str(catalog(locale).locale) == locale


@pytest.mark.parametrize("locale", LOCALES)
def test_no_words_hold_a_number_of_the_law(locale: str) -> None:
    assert {key: words for key, words in own_words(locale).items() if re.search(r"\d", words)} == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_clerk_doesn_t_shout(locale: str) -> None:
    assert [key for key, words in own_words(locale).items() if "!" in words or re.search(r"\boeps|oops", words)] == []


def test_dutch_sentences_are_short() -> None:
    sentences = [
        sentence.split()
        for key, words in own_words("nl").items()
        if not key.startswith(("step.", "calculation.", "origin.", "sum.", "title."))
        for sentence in re.split(r"(?<=[.?:])\s+|\n+", words)
        if len(sentence.split()) > 2
    ]

    assert sum(map(len, sentences)) / len(sentences) <= 10
    assert [" ".join(sentence) for sentence in sentences if len(sentence) > 22] == []


def test_dutch_says_u() -> None:
    assert [key for key, words in own_words("nl").items() if re.search(r"\b(jij|je|jou|jouw|uwe)\b", words)] == []


@pytest.mark.parametrize("name", FOR_STAFF)
def test_words_for_staff_are_of_their_own_catalogue_and_as_plain_as_the_others(name: str) -> None:
    words = {key: " ".join(forms) for key, forms in messages("nl", name).items()}

    assert [key for key in words if not key.startswith(f"{name}.")] == []
    assert [key for key, said in words.items() if not said.strip()] == []
    assert [key for key, said in words.items() if re.search(r"[\d!]|\b(jij|je|jou|jouw|uwe)\b", said)] == []
    assert {path.parts[-3] for path in ROOT.glob(f"locales/*/LC_MESSAGES/{name}.po")} == {"nl"}


def test_a_translation_says_so_and_names_the_dutch_text() -> None:
    assert EN("translation_note") == "This is a translation. The Dutch text applies."


# Looking up


def test_a_key_without_words_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"question\.nothing"):
        NL("question.nothing")
    with pytest.raises(KeyError, match=r"age\.centuries"):
        NL.count("age.centuries", 2)


def test_a_message_without_its_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="year"):
        NL("panel.now.heading")


def test_a_language_that_isn_t_live_is_an_error_that_names_those_that_are() -> None:
    with pytest.raises(LookupError, match="found fy; allowed: nl, en"):
        Texts("fy")


def test_a_language_knows_its_own_name_and_direction() -> None:
    assert [(Texts(locale).own_name, Texts(locale).dir) for locale in LOCALES] == [
        ("Nederlands", "ltr"),
        ("English", "ltr"),
        ("Türkçe", "ltr"),
        ("العربية", "rtl"),
        ("polski", "ltr"),
        ("українська", "ltr"),
    ]


def test_a_sentence_in_pieces_sets_its_amounts_apart() -> None:
    pieces = NL.pieces("verdict.amount.none", {"now": "€ 1"}, now_per="per maand")

    assert [(piece.text, piece.strong) for piece in pieces] == [
        ("Nu betaalt u ", False),
        ("€ 1", True),
        (" per maand.", False),
    ]


# Formats


@pytest.mark.parametrize(
    ("cents", "dutch", "english"),
    [
        (2180, f"€{NBSP}21,80", "€21.80"),
        (0, f"€{NBSP}0,00", "€0.00"),
        (123456789, f"€{NBSP}1.234.567,89", "€1,234,567.89"),
        (Fraction(4999166, 1000), f"€{NBSP}49,99", "€49.99"),
        (Fraction(5, 2), f"€{NBSP}0,03", "€0.03"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(cents: int | Fraction, dutch: str, english: str) -> None:
    assert (NL.money(cents), EN.money(cents)) == (dutch, english)


@pytest.mark.parametrize(
    ("cents", "dutch", "english"),
    [
        (7359, f"€{NBSP}74", "€74"),
        (7349, f"€{NBSP}73", "€73"),
        (7350, f"€{NBSP}74", "€74"),
        (3049900, f"€{NBSP}30.499", "€30,499"),
    ],
)
def test_whole_euros_are_rounded_half_up(cents: int, dutch: str, english: str) -> None:
    assert (NL.whole_money(cents), EN.whole_money(cents)) == (dutch, english)


def test_dates_numbers_and_percentages_are_written_as_the_reader_writes_them() -> None:
    assert (NL.date(date(2027, 1, 1)), EN.date(date(2027, 1, 1))) == ("1 januari 2027", "1 January 2027")
    assert (NL.month(date(2026, 7, 1)), EN.month(date(2026, 7, 1))) == ("juli 2026", "July 2026")
    assert (NL.percent(125), EN.percent(125), NL.percent(40)) == ("12,5%", "12.5%", "4%")
    assert (NL.number(1234), EN.number(1234)) == ("1.234", "1,234")
    assert (NL.listed(["a", "b", "c"]), EN.listed(["a", "b"])) == ("a, b en c", "a and b")


def test_a_moment_is_what_the_clock_shows_whatever_its_zone() -> None:
    moment = datetime.fromisoformat("2026-11-22T21:05:00+01:00")

    assert NL.moment(moment) == "22 november 2026, 21:05 uur"
    assert EN.moment(moment) == "22 November 2026, 21:05"


@pytest.mark.parametrize(
    ("months", "dutch"), [(804, "67 jaar"), (805, "67 jaar en 1 maand"), (807, "67 jaar en 3 maanden")]
)
def test_an_age_is_told_in_years_and_months(months: int, dutch: str) -> None:
    assert NL.age(months) == dutch


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("1250", "1250"),
        ("1.250", "1250"),
        ("1,250", "1250"),
        ("1.250,50", "1250.50"),
        ("1,250.50", "1250.50"),
        ("€ 1250,5", "1250.50"),
        (f"€{NBSP}12.500.000", "12500000"),
        ("1250,-", "1250"),
        ("12,34", "12.34"),
        ("0,50", "0.50"),
        ("١٬٢٥٠٫٥٠", "1250.50"),
        ("۲۵۰۰", "2500"),
        ("\u200f1.250 €", "1250"),
    ],
)
def test_an_amount_is_read_in_either_notation(typed: str, plain: str) -> None:
    assert (NL.parse_money(typed), EN.parse_money(typed)) == (plain, plain)


@pytest.mark.parametrize(
    "typed", ["", "abc", "-5", "12.34.56", "1,250,50", "0.125", "1.2.3", "12,345,6", "twaalf euro"]
)
def test_what_can_t_be_read_as_an_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"found {typed!r}")):
        NL.parse_money(typed)


@pytest.mark.parametrize("typed", ["1250", "1250.50", "0.05"])
def test_an_amount_that_was_taken_is_written_back_so_that_it_reads_the_same(typed: str) -> None:
    for texts in (NL, EN):
        assert float(texts.parse_money(texts.typed_money(typed))) == float(typed)


# Words for whatever the rules can say


def emitted(pattern: str) -> set[str]:
    """Keys that stand in the source of the rules."""
    sources = (path.read_text("utf-8") for path in (ROOT / "estimator" / "rules").glob("*.py"))
    return {key for source in sources for key in re.findall(pattern, source)}


# Every ground that an estimate may have, by the contract of the project.
GROUNDS = (
    "wheelchair", "under_18", "partner_under_pension_age", "long_term_care", "college_exemption",
    "sheltered_living_contribution", "shelter_stay", "low_income_policy", "no_income_data_low_income_policy",
    "month_waived", "no_period", "provision_exempt", "group_exempt", "client_support_free", "cost_price_reached",
    "below_threshold", "sheltered_living", "shelter", "general_provision", "transport_fare", "parameters_unknown",
    "income_unknown",
)  # fmt: skip
CAVEATS = sorted(emitted(r"""(?:_caveat|\bCaveat|\bone)\(\s*"(\w+)\""""))
STEPS = sorted(emitted(r"""\bStep\(\s*"(\w+)\"""") | emitted(r"""from_law\(\s*"(\w+)\""""))


def test_the_keys_are_found_in_the_source() -> None:
    assert set(SOURCES) | OTHER_RULE_GROUNDS <= set(GROUNDS)
    assert {result.ground for result in solved()} - {""} <= set(GROUNDS)
    assert {"college_may_exempt", "plan_not_law", "shift_settled_afterwards"} <= set(CAVEATS)
    assert {"income", "excess", "maximum", "national_amount", "cost_price_left"} <= set(STEPS)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_every_ground_has_a_sentence_and_a_name(ground: str, locale: str) -> None:
    texts = Texts(locale)

    assert any(key in texts for key in (f"ground.{ground}", f"ground.{ground}.none"))
    assert f"step.{ground}" in texts


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", CAVEATS)
def test_every_caveat_has_a_title_and_a_text(key: str, locale: str) -> None:
    assert {f"caveat.{key}.title", f"caveat.{key}.text"} <= set(messages(locale))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", STEPS)
def test_every_step_has_a_label(key: str, locale: str) -> None:
    for unit in ("cent/month", "cent/four_weeks"):
        assert Texts(locale).step(Step(key, 100, unit, "", "computed")).label


@pytest.mark.parametrize("locale", LOCALES)
def test_no_words_stand_there_for_a_caveat_ground_or_step_that_no_rule_gives(locale: str) -> None:
    shift = {"shift_drop", "shift_drop_lowest", "shift_drop_highest", "shift_minimum_drop", "shift_request_months"}
    incomes = {"contributory_income_reference_year", "contributory_income_this_year"}
    steps = {*STEPS, *GROUNDS, *shift, *incomes, "exempt_below", "low_income_limit"}
    given = {"caveat": set(CAVEATS), "ground": set(GROUNDS), "step": steps}
    for key in messages(locale):
        kind, _, name = key.partition(".")
        if kind in given:
            assert name.partition(".")[0] in given[kind], key


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_in_the_worked_examples_has_words(locale: str) -> None:
    texts = Texts(locale)
    for estimate in solved():
        assert texts.sum_of(estimate)
        assert texts.sum_in_sentence(estimate)
        assert bool(texts.ground(estimate)) == bool(estimate.ground)
        for step in walk(estimate.steps):
            assert texts.step(step).label
        for caveat in estimate.caveats:
            title, text = texts.caveat(caveat)
            assert title
            assert text.endswith(".")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_option_of_the_interview_has_words(locale: str) -> None:
    texts, setting = Texts(locale), Setting(date(2026, 11, 22), law())
    for name in QUESTIONS:
        for option in interview.question(name, {}, setting).options:
            if option.low is None and (name, option.value) != ("cost", "unknown"):
                assert f"option.{name}.{option.value}" in texts, (name, option.value)
    assert [kind for kind in KINDS if f"option.provisions.{kind}" not in texts] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_every_source_that_is_english_in_the_rules_has_words(locale: str) -> None:
    texts = Texts(locale)
    named = {value for series in law().series.values() for amount in filter(None, series.values) for value in (
        amount.legal_basis, amount.set_by, amount.source)}  # fmt: skip
    named |= set(SOURCES.values())
    named |= {step.source for estimate in solved() for step in walk(estimate.steps)}
    english = re.compile(r"\b(and|to|of|the|under|proposal|bill|published|source|text|with|in force)\b")
    untranslated = {source for source in named if english.search(source) and f"source.{source}" not in texts}

    assert {source for source in untranslated if not source.startswith("Ub Wmo 2015 (")} == set()


def test_an_act_is_named_in_full() -> None:
    assert NL.source("Ub Wmo 2015, art. 3.2 and 3.2a") == "Uitvoeringsbesluit Wmo 2015, art. 3.2 en 3.2a"
    assert NL.source("something new") == "something new"


# What an estimate comes to


def estimate_of(regime: str, low: int, high: int, published: tuple[int, ...] = ()) -> Estimate:
    found = next(result for result in solved() if result.regime == regime and result.outcome == "amount")
    return found._replace(low=low, high=high, published=published, ends=False)


@pytest.mark.parametrize(
    ("low", "high", "alone", "inside", "english"),
    [
        (2180, 2180, "€ 21,80", "€ 21,80", "€21.80"),
        (0, 2180, "Niets of € 21,80", "niets of € 21,80", "nothing or €21.80"),
    ],
)
def test_the_flat_rate_is_due_or_isn_t(low: int, high: int, alone: str, inside: str, english: str) -> None:
    found = estimate_of("flat_rate", low, high)

    assert NL.sum_of(found).replace(NBSP, " ") == alone
    assert NL.sum_in_sentence(found).replace(NBSP, " ") == inside
    assert EN.sum_in_sentence(found) == english


@pytest.mark.parametrize(
    ("low", "high", "alone", "inside", "english"),
    [
        (2360, 7359, "€ 23,60 tot € 74", "ongeveer € 23,60 tot € 74", "about €23.60 to €74"),
        (2360, 32800, "€ 23,60 tot € 328", "ongeveer € 23,60 tot € 328", "about €23.60 to €328"),
        (2360, 2360, "€ 23,60", "ongeveer € 23,60", "about €23.60"),
        (7310, 7349, "€ 73", "ongeveer € 73", "about €73"),
        (0, 7359, "Niets tot € 74", "niets tot ongeveer € 74", "nothing to about €74"),
    ],
)
def test_a_plan_is_about_in_whole_euros_but_for_what_was_published(
    low: int, high: int, alone: str, inside: str, english: str
) -> None:
    found = estimate_of("bill", low, high, (2360, 32800))

    assert NL.sum_of(found).replace(NBSP, " ") == alone
    assert NL.sum_in_sentence(found).replace(NBSP, " ") == inside
    assert EN.sum_in_sentence(found) == english


def test_a_year_of_months_is_told_to_the_cent_and_of_a_plan_about() -> None:
    assert NL.year_sum_of(estimate_of("flat_rate", 2180, 2180)).replace(NBSP, " ") == "€ 261,60"
    assert EN.year_sum_of(estimate_of("bill", 2360, 7359, (2360, 32800))) == "about €283 to €883"


def test_a_caveat_fills_in_its_dates() -> None:
    values = (("seen_until", date(2026, 7, 1)), ("planned_from", date(2027, 1, 1)))

    assert NL.caveat(Caveat("plan_not_law", "plan", "", values)).text == (
        "Voor zover wij konden zien, tot juli 2026, is het plan niet aangenomen. "
        "Het zou beginnen op 1 januari 2027. Alles kan nog veranderen."
    )


def test_months_that_don_t_come_off_a_cost_price_are_named() -> None:
    text = NL.caveat(Caveat("cost_price_months_assumed", "assumption", "")).text

    assert "Die maanden gaan wel van de kostprijs af." in text
    assert "van april 2020 tot en met mei 2020" in text


def test_a_cost_price_can_be_followed_line_by_line() -> None:
    def cents(key: str, amount: int, unit: str = "cent") -> Step:
        return Step(key, amount, unit, "", "computed")

    lines = (
        cents("cost_price", 100_000), cents("paid_before_2020", 10_000), cents("cost_price_taken", 20_000),
        cents("cost_price_remaining", 70_000), cents("own_months", 3, "count"), cents("cost_price_left", 17_500),
    )  # fmt: skip
    top = Step("contribution", 17_500, "cent/month", "", "computed", lines)
    found = {step.key: (line.detail.replace(NBSP, " "), line.amount) for step, line in NL.lines(top)}

    assert found["cost_price_remaining"][0] == "€ 1.000 min € 100 min € 200"
    assert found["own_months"][1] == "3"
    assert found["cost_price_left"][0] == "€ 700 gedeeld door 4"
    assert found["contribution"][0] == "niet meer dan € 175"


# Words that pages ask for


def asked_for() -> set[str]:
    """Every key that stands in a template or in the code of the pages, as it is."""
    files = [*ROOT.glob("estimator/**/*.py"), *ROOT.glob("estimator/pages/templates/*.html")]
    calls = re.compile(r"""\b(?:texts|t|self)(?:\.count|\.paragraphs|\.pieces)?\(\s*["']([a-z_.]+)["']""")
    return {key for path in files for key in calls.findall(path.read_text("utf-8"))}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_key_that_a_page_asks_for_has_words(locale: str) -> None:
    assert {"ui.next", "product", "panel.flat_rate"} <= asked_for()
    elsewhere = (*FOR_STAFF,) if locale != LOCALES[0] else ()
    elsewhere += (FOR_DEVELOPERS,) if locale != IN_ENGLISH else ()
    asked = {key for key in asked_for() if not key.startswith(tuple(f"{name}." for name in elsewhere))}
    assert {key for key in asked if key not in Texts(locale)} == set()


def test_no_words_are_there_for_nothing() -> None:
    code = "".join(path.read_text("utf-8") for path in ROOT.glob("estimator/**/*.*") if path.suffix in (".py", ".html"))
    made = {prefix for prefix in re.findall(r"""f["']([a-z_]+\.(?:[a-z_]+\.)*)""", code) if prefix.count(".") > 0}
    made |= {"sum.", "source.", "act."}
    keys = {key for name in (EVERYBODY, *FOR_STAFF) for key in messages("nl", name)}
    unused = {key for key in keys if f'"{key}"' not in code and not key.startswith(tuple(made))}

    assert unused == set()


def test_dutch_among_arabic_keeps_its_own_order() -> None:
    assert "(\u2066hulp bij het huishouden\u2069)" in Texts("ar")("option.provisions.domestic_help")
    assert "\u2066" not in NL("option.provisions.home_adaptation") + EN("option.provisions.domestic_help")
