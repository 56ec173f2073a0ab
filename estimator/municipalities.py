"""Municipalities: what each has decided, by date, and how to reach it; one file each in ``content/municipalities``.

Every key of such a file is told in ``content/municipality.toml``, the skeleton of a new one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, StrictBool, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from estimator.files import LOCALES, project_folder
from estimator.rules.household import Day, Frozen, Problem, problems
from estimator.rules.law import FOREVER, Law, LawError, law, read_toml
from estimator.rules.policy import BillExemptBelow, DatedPolicies, LowIncomeLimits, Policy, PolicyPeriod, overlaps
from estimator.rules.regimes import policy_errors

CODE = re.compile(r"GM[0-9]{4}")
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?")
# The accent of every sheet of paper where a municipality has no colour of its own.
HOUSE_ACCENT = "#0a4f4a"
LEAST_CONTRAST = 7  # of headings with white paper: WCAG 2.2, success criterion 1.4.6
LUMINANCE_OF_WHITE = 1.0
WEBSITE = re.compile(r"(https?://)?[^\s:/?#@.]+(\.[^\s:/?#@.]+)+(:[0-9]+)?([/?#]\S*)?")
EMAIL = re.compile(r"[^\s@:]+@[^\s@:]+\.[^\s@:]+")


def _refused(found: object, allowed: str) -> PydanticCustomError:
    return PydanticCustomError("municipal", "{allowed}", {"found": str(found), "allowed": allowed})


def _website(address: str) -> str:
    if address and not WEBSITE.fullmatch(address):
        raise _refused(repr(address), "an address such as https://www.voorbeeld.nl")
    return address


def _email(address: str) -> str:
    if address and not EMAIL.fullmatch(address):
        raise _refused(repr(address), "an address such as wmo@voorbeeld.nl")
    return address


def _ours(language: str) -> str:
    if language not in LOCALES:
        raise _refused(repr(language), ", ".join(LOCALES))
    return language


def _each_once(languages: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(languages)) < len(languages):
        raise _refused(", ".join(languages), "each language once")
    return languages


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Website = Annotated[str, AfterValidator(_website)]
Email = Annotated[str, AfterValidator(_email)]
Languages = Annotated[tuple[Annotated[str, AfterValidator(_ours)], ...], AfterValidator(_each_once)]


class ClientSupport(Frozen):
    """Who gives free and independent client support (cliëntondersteuning) there."""

    name: Text
    phone: str = ""
    website: Website = ""


class Contact(Frozen):
    """How to reach a municipality; what isn't known is left empty."""

    phone: str = ""
    address: tuple[str, ...] = ()
    hours: str = ""
    website: Website = ""
    email: Email = ""
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
        raise _refused(found, f"a darker colour, with a contrast of at least {LEAST_CONTRAST} to 1")
    return colour


def themes() -> list[str]:
    """The names of the themes for pages that there are, one file each in ``assets/themes``."""
    return sorted(path.stem for path in (project_folder("assets") / "themes").glob("*.css"))


def _theme(name: str) -> str:
    if name and name not in (there := themes()):
        raise _refused(repr(name), f"a file of assets/themes without its .css: {', '.join(there)}")
    return name


def _origin(origin: str) -> str:
    if not ORIGIN.fullmatch(origin):
        raise _refused(repr(origin), "a scheme, a host and a port if it has one, such as https://www.voorbeeld.nl")
    return origin


class Theme(Frozen):
    """How what a municipality gives looks.

    ``accent``, as ``#rrggbb``, is the colour of headings and rules on paper; ``stylesheet`` names a theme for pages.
    """

    accent: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$"), AfterValidator(_readable)] = HOUSE_ACCENT
    stylesheet: Annotated[str, AfterValidator(_theme)] = ""


class Decision(Frozen):
    """Where a policy was read, and when."""

    source: Text
    checked: Day
    note: str = ""


class Municipality(Frozen):
    """One municipality with its policies through time. ``fictitious`` ones are for demonstrations.

    ``languages`` are those that it offers before the others; ``embed_origins`` the sites whose pages may show ours in a
    frame.
    """

    code: Annotated[str, Field(pattern=f"^{CODE.pattern}$")]
    name: Text
    fictitious: StrictBool = False
    languages: Languages = ()
    embed_origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = ()
    contact: Contact = Contact()
    theme: Theme = Theme()
    policy: DatedPolicies = DatedPolicies(periods=())
    decisions: tuple[Decision, ...] = ()

    @property
    def locales(self) -> tuple[str, ...]:
        """All languages there are, in the order in which it offers them."""
        return tuple(dict.fromkeys((*self.languages, *LOCALES)))


def accent_of(municipality: Municipality | None) -> str:
    """The colour of headings and rules on a municipality's sheets of paper; ours where there is none."""
    return (municipality.theme if municipality else Theme()).accent


# The file

DAYS = ("from", "until")
# What may stand in each table of a file.
KEYS: Mapping[str, tuple[str, ...]] = {
    "": tuple(key for key in Municipality.model_fields if key != "decisions"),
    "contact": tuple(Contact.model_fields),
    "contact.client_support": tuple(ClientSupport.model_fields),
    "theme": tuple(Theme.model_fields),
    "policy": (*DAYS, *Decision.model_fields, *Policy.model_fields),
    "policy.low_income_limits": tuple(LowIncomeLimits.model_fields),
    "policy.bill_exempt_below": tuple(BillExemptBelow.model_fields),
}
LIMITS = ("low_income_limits", "bill_exempt_below")
UNKNOWN_KEY = "an unknown key"


class MunicipalityError(ValueError):
    """A municipal file is wrong: which, and of each problem the key, what was found and what is allowed."""

    def __init__(self, file: str, wrong: Sequence[Problem]) -> None:
        self.file, self.problems = file, tuple(wrong)
        super().__init__(f"{file}: {'; '.join(map(str, self.problems))}")


def read_municipalities(folder: Path, rules: Law | None = None) -> dict[str, Municipality]:
    """All municipalities of a folder by their code, in the order of their names.

    Raises ``MunicipalityError`` for the first file that is wrong.
    """
    found, wrong = read_folder(folder, rules)
    for error in wrong:
        raise error
    if not found:
        allowed = "a folder with files such as GM0363.toml"
        raise MunicipalityError(str(folder), [Problem("the folder", "no file", allowed)])
    return found


def read_folder(folder: Path, rules: Law | None = None) -> tuple[dict[str, Municipality], list[MunicipalityError]]:
    """The same of the files that are right, and what is wrong with the others."""
    found: list[Municipality] = []
    wrong: list[MunicipalityError] = []
    for path in municipal_files(folder):
        try:
            found.append(read_municipality(path, rules))
        except MunicipalityError as error:
            wrong.append(error)
    return by_code(found), wrong


def municipal_files(folder: Path) -> list[Path]:
    """The files of a folder, without those that an editor hides there for a while."""
    return sorted(path for path in folder.glob("*.toml") if not path.name.startswith("."))


def by_code(municipalities: Sequence[Municipality]) -> dict[str, Municipality]:
    """Municipalities by their code, in the order of their names."""
    return {each.code: each for each in sorted(municipalities, key=lambda each: each.name)}


def read_municipality(path: Path, rules: Law | None = None) -> Municipality:
    """One municipal file, checked against the law: it may fill in only what ``rules.policy`` declares open.

    Raises ``MunicipalityError`` with all that is wrong.
    """
    try:
        table = read_toml(path)
    except LawError as error:
        raise MunicipalityError(path.name, [Problem(error.key, error.found, error.allowed)]) from None
    read = _Reading(rules or law())
    municipality = read.municipality(table, path)
    if municipality is None or read.problems:
        raise MunicipalityError(path.name, read.problems)
    return municipality


Made = TypeVar("Made", bound=Frozen)


class _Reading:
    """A file being read, and what is wrong with it so far."""

    def __init__(self, rules: Law) -> None:
        self.rules = rules
        self.problems: list[Problem] = []

    def municipality(self, table: dict[str, Any], path: Path) -> Municipality | None:
        blocks = table.pop("policy", [])
        for key in [key for key in table if key not in KEYS[""]]:
            self.wrong(key, UNKNOWN_KEY)
            del table[key]
        municipality = self.made(Municipality, table)
        if not CODE.fullmatch(path.stem):
            self.wrong("the file", path.name, "a name such as GM0363.toml: the code of the municipality")
        elif municipality and municipality.code != path.stem:
            self.wrong("code", municipality.code, f"{path.stem}, the name of the file")
        periods, decisions = self.policy(blocks)
        if municipality is None or self.problems:
            return None
        return municipality.model_copy(update={"policy": DatedPolicies(periods=periods), "decisions": decisions})

    def policy(self, blocks: Any) -> tuple[tuple[PolicyPeriod, ...], tuple[Decision, ...]]:
        if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
            self.wrong("policy", "a table" if isinstance(blocks, dict) else repr(blocks), "[[policy]] blocks")
            return (), ()
        keys = [f"policy[{number}]" for number in range(1, len(blocks) + 1)]
        read = [(key, *self.block(key, block)) for key, block in zip(keys, blocks, strict=True)]
        whole = [(key, period, decision) for key, period, decision in read if period and decision]
        periods = tuple(period for _, period, _ in whole)
        for place, problem in overlaps(periods):
            self.wrong(f"{whole[place][0]}.{problem.field}", problem.found, problem.allowed)
        return periods, tuple(decision for _, _, decision in whole)

    def block(self, key: str, block: dict[str, Any]) -> tuple[PolicyPeriod | None, Decision | None]:
        days = [self.day(f"{key}.{name}", block.get(name)) for name in DAYS if name == "from" or name in block]
        decision = self.made(Decision, {name: block[name] for name in Decision.model_fields if name in block}, key)
        not_own = (*DAYS, *Decision.model_fields)
        policy = self.made(Policy, {name: value for name, value in block.items() if name not in not_own}, key)
        if policy is None or None in days:
            return None, decision
        first, until = (*days, None)[:2]
        period = self.made(PolicyPeriod, {"first": first, "until": until, "policy": policy}, key)
        for name in LIMITS:
            if isinstance(limits := block.get(name), dict) and not limits:
                self.wrong(f"{key}.{name}", "no limit", f"at least one of {', '.join(KEYS[f'policy.{name}'])}")
        for error in policy_errors(self.rules, policy, period.first, period.until or FOREVER) if period else ():
            self.wrong(f"{key}.{error.key}", error.found, error.allowed)
        return period, decision

    def day(self, key: str, value: Any) -> date | None:
        if type(value) is date:
            return value
        self.wrong(key, "nothing" if value is None else repr(value), "a date such as 2026-01-31, without quotes")
        return None

    def made(self, model: type[Made], table: dict[str, Any], key: str = "") -> Made | None:
        try:
            return model.model_validate(table)
        except ValidationError as error:
            for field, found, allowed in problems(error):
                self.wrong(f"{key}.{field}" if key else field, found, allowed)
            return None

    def wrong(self, key: str, found: str, allowed: str = "") -> None:
        if found == UNKNOWN_KEY:
            place = re.sub(r"\[[0-9]+\]", "", key).rpartition(".")[0]
            allowed = ", ".join(KEYS.get(place, ())) or allowed
        self.problems.append(Problem(key, found, allowed))
