"""The form that compares policies: what can be chosen, and what was sent of it, with all that is wrong at its field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any, NamedTuple

from estimator.municipalities import Municipality
from estimator.pages.conversation import AHEAD
from estimator.pages.request import Context
from estimator.policies.demo import demo_population
from estimator.policies.named import (
    FEWEST,
    MOST,
    NamedPolicy,
    PolicyFileError,
    check_policies,
    of_municipality,
    policy_of,
    read_policy,
    ready_policies,
)
from estimator.rules.household import KINDS
from estimator.rules.law import Law
from estimator.rules.policy import BillExemptBelow, LowIncomeLimits
from estimator.rules.regimes import FIRST_DAY
from estimator.sheets import SheetError
from estimator.texts import Texts

FROM_FILE, INVENTED = SOURCES = ("file", "demo")
READY, MUNICIPALITY, UPLOADED, OWN = "ready.", "municipality.", "file", "own"
ALL, SOME = CHARGED = ("all", "some")
LIMITS, PLAN_LIMITS = tuple(LowIncomeLimits.model_fields), tuple(BillExemptBelow.model_fields)
# A field of ours for each table of amounts in a policy.
TABLES = {"limit": ("low_income_limits", LIMITS), "plan": ("bill_exempt_below", PLAN_LIMITS)}
MOST_INVENTED, OFFERED_ROWS, OFFERED_SEED, MOST_SEED = 100_000, 10_000, 1, 999_999
HUNDRED = 100

Fields = Mapping[str, Sequence[str]]


class Upload(NamedTuple):
    """A file that was sent along."""

    name: str
    content: bytes


class Wrong(NamedTuple):
    """Something wrong with a field: a sentence, and what the readers of files say of it, in English."""

    field: str
    text: str
    detail: tuple[str, ...] = ()


class WrongFormError(ValueError):
    """Something that was sent can't be used; ``wrong`` tells of all of it."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        super().__init__("a form that can't be used")
        self.wrong = tuple(wrong)


class Invented(NamedTuple):
    """An invented population that is asked for."""

    rows: int
    seed: int

    @property
    def name(self) -> str:
        """The name of its file, without the ending."""
        return f"verzonnen-{self.rows}-{self.seed}"

    def upload(self) -> Upload:
        """The population as a file, as if somebody had sent it."""
        content = BytesIO()
        demo_population(self.rows, self.seed).write_parquet(content)
        return Upload(f"{self.name}.parquet", content.getvalue())


class Asked(NamedTuple):
    """A comparison that can be made, as far as the form goes."""

    clients: Upload | Invented
    on: date
    policies: tuple[NamedPolicy, ...]


@dataclass(frozen=True)
class Offer:
    """What can be chosen from, on a day."""

    rules: Law
    municipalities: Mapping[str, Municipality]
    today: date
    texts: Texts

    @property
    def last(self) -> date:
        """The last day that can be asked about."""
        return date(self.today.year + AHEAD, 12, 31)


def form_context(offer: Offer) -> Context:
    """The fields of the form, as it is at first."""
    texts = offer.texts
    return {
        "rows_of_policies": [_row(number, texts) for number in range(1, MOST + 1)],
        "fewest": FEWEST,
        "ready": [_choice(f"{READY}{key}", policy.name) for key, policy in ready_policies().items()],
        "municipal": [_choice(f"{MUNICIPALITY}{code}", _name(each, texts)) for code, each in _own(offer).items()],
        "national": f"{READY}{next(iter(ready_policies()))}",
        "kinds": [_choice(kind, texts(f"policies.provision.{kind}")) for kind in KINDS],
        "limits": [_choice(each, texts(f"policies.limit.{each}")) for each in LIMITS],
        "plan_limits": [_choice(each, texts(f"policies.limit.{each}")) for each in PLAN_LIMITS],
        "on": offer.today.isoformat(),
        "first": FIRST_DAY.isoformat(),
        "last": offer.last.isoformat(),
        "demo": {"rows": OFFERED_ROWS, "most": MOST_INVENTED, "seed": OFFERED_SEED, "most_seed": MOST_SEED},
        "demo_hint": texts("policy.demo.rows.hint", most=texts.number(MOST_INVENTED)),
    }


def _row(number: int, texts: Texts) -> Context:
    name = texts("policy.row", number=texts.number(number))
    return {"number": number, "name": texts("policy.row.base", name=name) if number == 1 else name}


def _own(offer: Offer) -> dict[str, Municipality]:
    """The municipalities that have a policy of their own."""
    return {code: each for code, each in offer.municipalities.items() if each.policy.periods}


def _name(municipality: Municipality, texts: Texts) -> str:
    name = municipality.name
    return texts("option.municipality.fictitious", name=name) if municipality.fictitious else name


def _choice(value: str, label: str) -> Context:
    return {"value": value, "label": label}


# What was sent


def read_form(fields: Fields, files: Mapping[str, Upload], offer: Offer) -> Asked:
    """What a form asks for; raises ``WrongFormError`` with all that is wrong with it."""
    wrong: list[Wrong] = []
    clients = _clients(fields, files, offer.texts, wrong)
    on = _day(_one(fields, "on"), offer, wrong)
    chosen = _policies(fields, files, offer, on, wrong)
    if wrong or clients is None:
        raise WrongFormError(wrong)
    return Asked(clients, on, chosen)


def read_invented(fields: Fields, texts: Texts) -> Invented:
    """An invented population that is asked for; raises ``WrongFormError``."""
    wrong: list[Wrong] = []
    found = _invented(fields, texts, wrong)
    if found is None:
        raise WrongFormError(wrong)
    return found


def _one(fields: Fields, name: str) -> str:
    return next(iter(fields.get(name, ())), "").strip()


def _clients(fields: Fields, files: Mapping[str, Upload], texts: Texts, wrong: list[Wrong]) -> Upload | Invented | None:
    if _one(fields, "source") == INVENTED:
        return _invented(fields, texts, wrong)
    file = files.get("file")
    if file is None:
        wrong.append(Wrong("file", texts("policy.wrong.no_file")))
    return file


def _invented(fields: Fields, texts: Texts, wrong: list[Wrong]) -> Invented | None:
    rows = _whole(_one(fields, "rows"), 1, MOST_INVENTED)
    seed = _whole(_one(fields, "seed"), 0, MOST_SEED)
    for name, found, first, last in (("rows", rows, 1, MOST_INVENTED), ("seed", seed, 0, MOST_SEED)):
        if found is None:
            ends = {"first": texts.number(first), "last": texts.number(last)}
            wrong.append(Wrong(name, texts("policy.wrong.number", **ends)))
    return None if rows is None or seed is None else Invented(rows, seed)


def _whole(typed: str, first: int, last: int) -> int | None:
    text = typed.replace(".", "")
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(last)):
        return None
    return int(text) if first <= int(text) <= last else None


def _day(typed: str, offer: Offer, wrong: list[Wrong]) -> date:
    """The day that was asked about; today where it can't be used."""
    texts = offer.texts
    try:
        day = texts.parse_date(typed)
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= offer.last:
        ends = {"first": texts.date(FIRST_DAY), "last": texts.date(offer.last)}
        wrong.append(Wrong("on", texts("policy.wrong.on", **ends)))
        return offer.today
    return day


# Policies


def _policies(
    fields: Fields, files: Mapping[str, Upload], offer: Offer, on: date, wrong: list[Wrong]
) -> tuple[NamedPolicy, ...]:
    """The policies that were chosen, in the order of their rows."""
    texts, chosen = offer.texts, dict[str, NamedPolicy]()
    before = len(wrong)
    for field in (f"policy.{number}" for number in range(1, MOST + 1)):
        value = _one(fields, field)
        if not value:
            if int(field.rpartition(".")[2]) <= FEWEST:
                wrong.append(Wrong(field, texts("policy.wrong.no_policy")))
            continue
        policy = _policy(value, field, fields, files, offer, wrong)
        if policy is None:
            continue
        same = any(policy.key == other.key for other in chosen.values())
        if same and value in (OWN, UPLOADED):  # another file of that name, or made here
            policy, same = policy._replace(key=f"{policy.key} ({field.rpartition('.')[2]})"), False
        if same:
            wrong.append(Wrong(field, texts("policy.wrong.twice", name=policy.name)))
        chosen[field] = policy
    if len(wrong) == before:
        wrong += _beyond_the_law(chosen, on, offer)
    return tuple(chosen.values())


def _policy(
    value: str, field: str, fields: Fields, files: Mapping[str, Upload], offer: Offer, wrong: list[Wrong]
) -> NamedPolicy | None:
    """The policy of a row; ``None`` where something is wrong with it."""
    ready, municipal = ready_policies(), _own(offer)
    if value.removeprefix(READY) in ready:
        return ready[value.removeprefix(READY)]
    if value.removeprefix(MUNICIPALITY) in municipal:
        return of_municipality(municipal[value.removeprefix(MUNICIPALITY)])
    if value == OWN:
        return _own_policy(field, fields, offer.texts, wrong)
    if value != UPLOADED:
        wrong.append(Wrong(field, offer.texts("policy.wrong.no_policy")))
        return None
    file = files.get(f"{field}.file")
    if file is None:
        wrong.append(Wrong(f"{field}.file", offer.texts("policy.wrong.no_policy_file")))
        return None
    try:
        return read_policy(file.content, file.name)
    except PolicyFileError as error:
        wrong.append(Wrong(f"{field}.file", offer.texts("policy.wrong.policy_file"), tuple(str(error).split("\n"))))
        return None


def _own_policy(field: str, fields: Fields, texts: Texts, wrong: list[Wrong]) -> NamedPolicy | None:
    """The policy that was made in the form."""
    number, before = int(field.rpartition(".")[2]), len(wrong)
    own = texts("policy.row", number=texts.number(number))
    keys = dict(_keys(field, fields, texts, wrong))
    if len(wrong) > before:
        return None
    try:
        return policy_of({"name": own, **keys}, own)
    except PolicyFileError as error:
        wrong += (_of_own(field, line.removeprefix(f"{own}: "), texts) for line in str(error).split("\n"))
        return None


def _keys(field: str, fields: Fields, texts: Texts, wrong: list[Wrong]) -> Iterator[tuple[str, Any]]:
    """The keys of a policy as they were filled in."""

    def euro(name: str) -> Decimal | None:
        typed = _one(fields, f"{field}.{name}")
        try:
            return Decimal(texts.parse_money(typed)) if typed else None
        except ValueError:
            wrong.append(Wrong(f"{field}.{name}", texts("policy.wrong.euro")))
            return None

    for name in ("name", "source"):
        if typed := _one(fields, f"{field}.{name}"):
            yield name, typed
    share = euro("share")
    if share is not None and share > HUNDRED:
        wrong.append(Wrong(f"{field}.share", texts("policy.wrong.share")))
    elif share is not None:
        yield "share", (share / HUNDRED).normalize()
    if (amount := euro("lower_amount")) is not None:
        yield "lower_amount", amount
    for prefix, (key, categories) in TABLES.items():
        limits = {each: limit for each in categories if (limit := euro(f"{prefix}.{each}")) is not None}
        if limits:
            yield key, limits
    if _one(fields, f"{field}.charges") == SOME:
        yield "charged_provisions", tuple(fields.get(f"{field}.charged", ()))


def _of_own(field: str, line: str, texts: Texts) -> Wrong:
    """What is wrong with a policy of the form, at the field of its key."""
    key = line.partition(":")[0].partition(".")[0]
    tables = {table: f"{prefix}.{categories[0]}" for prefix, (table, categories) in TABLES.items()}
    known = {name: name for name in ("name", "source", "share", "lower_amount")} | tables
    said = "policy.wrong.source" if key == "source" else "policy.wrong.policy"
    return Wrong(f"{field}.{known[key]}" if key in known else field, texts(said), (line,))


def _beyond_the_law(chosen: Mapping[str, NamedPolicy], on: date, offer: Offer) -> Iterator[Wrong]:
    """What of the policies is more than the law leaves open, at the row that it is of."""
    texts = offer.texts
    try:
        check_policies(tuple(chosen.values()), on, offer.rules)
    except PolicyFileError as error:
        for line in str(error).split("\n"):
            row = next((row for row, policy in chosen.items() if line.startswith(f"{policy.key}: ")), "policy.1")
            own = texts("policy.row", number=texts.number(int(row.rpartition(".")[2])))
            if chosen[row].key == own:
                yield _of_own(row, line.removeprefix(f"{own}: "), texts)
            else:
                yield Wrong(row, texts("policy.wrong.policy"), (line,))


# What is wrong with a file of clients, by what was found in it.
UNUSABLE = {
    "a column of citizen service numbers": "policy.unusable.citizen_number",
    "values that are citizen service numbers": "policy.unusable.citizen_number",
    "[0-9]+ of these": "policy.unusable.twice",
    "an unknown column": "policy.unusable.unknown",
    "an empty file": "policy.unusable.empty",
    "bytes that aren't UTF-8.*": "policy.unusable.not_utf8",
    "calamine error.*|a workbook that is broken": "policy.unusable.broken",
    "more than [0-9]+ rows": "policy.unusable.too_many",
}


def file_words(error: SheetError, texts: Texts) -> str:
    """What is said of a file that can't be used; "" where there are no words of ours for it."""
    key = next((key for pattern, key in UNUSABLE.items() if re.fullmatch(pattern, error.found, re.DOTALL)), "")
    place = error.place.removeprefix("column ").removeprefix("line ")
    return texts(key, place=place, kind="CSV UTF-8") if key else ""
