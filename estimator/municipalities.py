"""Municipalities: what each has decided, by date, and how to reach it; one file each in ``content/municipalities``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from estimator.rules.household import Frozen, problems
from estimator.rules.law import FOREVER, Law, LawError, law, read_toml
from estimator.rules.policy import DatedPolicies, Policy, PolicyError, PolicyPeriod
from estimator.rules.regimes import check_policy

Text = Annotated[str, Field(min_length=1)]
PERIOD_KEYS = ("from", "until", "source", "checked", "note")
# The accent of every sheet of paper where a municipality has no colour of its own.
HOUSE_ACCENT = "#0a4f4a"
LEAST_CONTRAST = 7  # of headings with white paper: WCAG 2.2, success criterion 1.4.6
LUMINANCE_OF_WHITE = 1.0


class ClientSupport(Frozen):
    """Who gives free and independent client support (cliëntondersteuning) there."""

    name: Text
    phone: str = ""
    website: str = ""


class Contact(Frozen):
    """How to reach a municipality; what isn't known is left empty."""

    phone: str = ""
    address: tuple[str, ...] = ()
    hours: str = ""
    website: str = ""
    email: str = ""
    client_support: ClientSupport | None = None


def luminance(colour: str) -> float:
    """How light a colour such as ``#0a4f4a`` is, from 0 for black to 1 for white: WCAG 2.2, relative luminance."""
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    """A channel of sRGB, 0 to 1, as an amount of light."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def contrast_with_white(colour: str) -> float:
    """How many times lighter white paper is than a colour, from 1 to 21: WCAG 2.2, contrast ratio."""
    return (LUMINANCE_OF_WHITE + 0.05) / (luminance(colour) + 0.05)


def _readable(colour: str) -> str:
    contrast = contrast_with_white(colour)
    if contrast < LEAST_CONTRAST:
        found = f"{colour}, a contrast of {int(contrast * 10) / 10} to 1 with white paper"
        allowed = f"a darker colour, with a contrast of at least {LEAST_CONTRAST} to 1"
        raise PydanticCustomError("contrast", "{allowed}", {"found": found, "allowed": allowed})
    return colour


class Theme(Frozen):
    """How a municipality's sheets of paper look: ``accent``, as ``#rrggbb``, is the colour of headings and rules."""

    accent: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$"), AfterValidator(_readable)] = HOUSE_ACCENT


class Decision(Frozen):
    """Where a policy was read, and when."""

    source: Text
    checked: date
    note: str = ""


class Municipality(Frozen):
    """One municipality with its policies through time. ``fictitious`` ones are for demonstrations."""

    code: Annotated[str, Field(pattern=r"^GM\d{4}$")]
    name: Text
    fictitious: bool = False
    contact: Contact = Contact()
    theme: Theme = Theme()
    policy: DatedPolicies = DatedPolicies(periods=())
    decisions: tuple[Decision, ...] = ()


def accent_of(municipality: Municipality | None) -> str:
    """The colour of headings and rules on a municipality's sheets of paper; ours where there is none."""
    return (municipality.theme if municipality else Theme()).accent


class MunicipalityError(ValueError):
    """A municipal file is wrong: the message names file and key, what was found and what is allowed."""

    def __init__(self, file: str, problem: object) -> None:
        super().__init__(f"{file}: {problem}")


def read_municipalities(folder: Path, rules: Law | None = None) -> dict[str, Municipality]:
    """All municipalities of a folder by their code; raises ``MunicipalityError`` for the first file that is wrong."""
    found = {path.stem: read_municipality(path, rules) for path in sorted(folder.glob("*.toml"))}
    if not found:
        raise MunicipalityError(str(folder), "found no file; allowed: a folder with files such as GM0363.toml")
    return dict(sorted(found.items(), key=lambda item: item[1].name))


def read_municipality(path: Path, rules: Law | None = None) -> Municipality:
    """One municipal file, checked against the law: it may fill in only what ``rules.policy`` declares open."""
    try:
        table = read_toml(path)
    except LawError as error:
        raise MunicipalityError("municipalities", error) from None
    blocks = table.pop("policy", [])
    if not isinstance(blocks, list):
        raise MunicipalityError(path.name, "policy: found a table; allowed: [[policy]] blocks")
    periods = [_period(path, number, block) for number, block in enumerate(blocks, start=1)]
    try:
        dated = DatedPolicies(periods=tuple(period for period, _ in periods))
        municipality = Municipality(**table, policy=dated, decisions=tuple(decision for _, decision in periods))
    except ValidationError as error:
        raise MunicipalityError(path.name, "; ".join(map(str, problems(error)))) from None
    if municipality.code != path.stem:
        allowed = f"{path.stem}, the name of the file"
        raise MunicipalityError(path.name, f"code: found {municipality.code}; allowed: {allowed}")
    for number, (period, _) in enumerate(periods, start=1):
        _within_the_law(path, number, period, rules or law())
    return municipality


_DAY = TypeAdapter(date)


def _period(path: Path, number: int, block: Any) -> tuple[PolicyPeriod, Decision]:
    key = f"policy[{number}]"
    if not isinstance(block, dict):
        raise MunicipalityError(path.name, f"{key}: found {block!r}; allowed: a table")
    own = {name: value for name, value in block.items() if name not in PERIOD_KEYS}
    dates = {"first": block.get("from"), "until": block.get("until")}
    for name, value in (("from", dates["first"]), ("until", dates["until"])):
        if type(value) is not date and not (name == "until" and value is None):
            allowed = "a date such as 2026-01-31, without quotes"
            raise MunicipalityError(path.name, f"{key}.{name}: found {value!r}; allowed: {allowed}")
    try:
        decision = Decision(**{name: block[name] for name in ("source", "checked", "note") if name in block})
        period = PolicyPeriod.model_validate({**dates, "policy": Policy(**own)})
    except ValidationError as error:
        found = "; ".join(f"{key}.{problem}" for problem in problems(error))
        raise MunicipalityError(path.name, found) from None
    return period, decision


def _within_the_law(path: Path, number: int, period: PolicyPeriod, rules: Law) -> None:
    try:
        check_policy(rules, period.policy, period.first, period.until or FOREVER)
    except PolicyError as error:
        raise MunicipalityError(path.name, f"policy[{number}].{error}") from None
