"""Policies by name: from a file of one policy, from a municipality's file, or one of the ready variants.

A file of one policy is TOML with the keys of ``[case.policy]``, and beside them ``name``, ``source`` (where it was
decided or proposed) and ``note``. It holds on every day.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from estimator.files import project_folder
from estimator.municipalities import LIMITS, Municipality, MunicipalityError, read_municipality
from estimator.rules.estimate import Which, regime_of
from estimator.rules.household import Problem, problems
from estimator.rules.law import Law, law
from estimator.rules.policy import NATIONAL, DatedPolicies, Policy, PolicyByDate
from estimator.rules.regimes import policy_errors

FEWEST, MOST = 2, 8
MOST_BYTES = 64 * 1024
BESIDE = ("name", "source", "note")
FIRST = "national"
OF_A_MUNICIPALITY = ("code", "policy")


class PolicyFileError(ValueError):
    """A policy can't be used: the message names file and key, what was found and what is allowed, a line for each."""

    def __init__(self, *wrong: object) -> None:
        super().__init__("\n".join(map(str, wrong)))


class NamedPolicy(NamedTuple):
    """A policy with what to call it.

    ``key`` is its place of origin: the name of a file, the code of a municipality, or of a ready variant; ``source``
    says where it was decided or proposed, "" where nobody said.
    """

    key: str
    name: str
    policy: PolicyByDate
    source: str = ""
    note: str = ""

    def covers(self, day: date) -> bool:
        """Whether it says what holds on a day; where it doesn't, that is the national rule."""
        return not isinstance(self.policy, DatedPolicies) or self.policy.covers(day)


def ready_policies() -> dict[str, NamedPolicy]:
    """The policies in ``content/policies`` by their key, such as 2006-i; ``national`` comes first."""
    found = {}
    for path in sorted((project_folder("content") / "policies").glob("*.toml")):
        found[path.stem] = read_policy(path.read_bytes(), path.name)._replace(key=path.stem)
    return dict(sorted(found.items(), key=lambda item: (item[0] != FIRST, item[0])))


def municipal_policy(code: str) -> NamedPolicy:
    """The policy of a municipality, such as GM0363; raises ``PolicyFileError`` where there is none of that code."""
    known = {path.stem: path for path in sorted((project_folder("content") / "municipalities").glob("GM*.toml"))}
    if code not in known:
        raise PolicyFileError(f"municipality: found {code}; allowed: {', '.join(known)}")
    return _of_file(known[code])


def of_municipality(municipality: Municipality) -> NamedPolicy:
    """The policy of a municipality that was read already."""
    sources = dict.fromkeys(decision.source for decision in municipality.decisions)
    notes = dict.fromkeys(decision.note for decision in municipality.decisions if decision.note)
    return NamedPolicy(municipality.code, municipality.name, municipality.policy, "; ".join(sources), " ".join(notes))


def read_policy(content: bytes, file: str) -> NamedPolicy:
    """A policy from the bytes of a TOML file: the keys of ``[case.policy]``, and ``name``, ``source`` and ``note``.

    Raises ``PolicyFileError``.
    """
    if len(content) > MOST_BYTES:
        raise PolicyFileError(f"{file}: found {len(content)} bytes; allowed: at most {MOST_BYTES}")
    return policy_of(_table(content, file), file)


def policy_of(keys: Mapping[str, Any], file: str) -> NamedPolicy:
    """The same from keys and values that were read already, those of a form for instance."""
    beside = {key: keys.get(key, "") for key in BESIDE}
    wrong = [Problem(key, repr(value), "a text") for key, value in beside.items() if not isinstance(value, str)]
    own = {key: value for key, value in keys.items() if key not in BESIDE}
    if not beside["source"]:
        given = [limits for limits in LIMITS if limits in own]
        wrong += [Problem("source", "nothing", f"where {limits} were decided or proposed") for limits in given]
    policy = NATIONAL
    try:
        policy = Policy.model_validate(own)
    except ValidationError as error:
        wrong += _problems(error)
    if wrong:
        raise PolicyFileError(*(f"{file}: {problem}" for problem in wrong))
    return NamedPolicy(file, beside["name"] or file, policy, beside["source"], beside["note"])


def _problems(error: ValidationError) -> Sequence[Problem]:
    try:
        return problems(error)
    except RecursionError:  # what was found can't even be shown
        return [Problem("the file", "tables inside tables without an end", "the keys of a policy")]


def find_policy(what: str) -> NamedPolicy:
    """A policy by the path of its file (of one policy, or of a municipality), a code, or the name of a ready variant.

    Raises ``PolicyFileError``.
    """
    ready = ready_policies()
    if what.lower() in ready:
        return ready[what.lower()]
    path = Path(what)
    if path.suffix == ".toml":
        return _of_file(path)
    if what.startswith("GM"):
        return municipal_policy(what)
    allowed = f"a file such as mine.toml, a municipality such as GM0363, {', '.join(ready)}"
    raise PolicyFileError(f"policy: found {what}; allowed: {allowed}")


def check_policies(policies: Sequence[NamedPolicy], on: date, rules: Law | None = None) -> None:
    """Raise ``PolicyFileError`` for too few or too many, for one twice, and for what goes beyond the law on a day."""
    rules = rules or law()
    if not FEWEST <= len(policies) <= MOST:
        raise PolicyFileError(f"policy: found {len(policies)}; allowed: {FEWEST} to {MOST} to compare")
    keys = [policy.key for policy in policies]
    if twice := [key for key in dict.fromkeys(keys) if keys.count(key) > 1]:
        raise PolicyFileError(f"policy: found {', '.join(twice)} more than once; allowed: each once")
    wrong = [problem for policy in policies for problem in dict.fromkeys(_beyond_the_law(policy, on, rules))]
    if wrong:
        raise PolicyFileError(*wrong)


def _beyond_the_law(named: NamedPolicy, on: date, rules: Law) -> Iterator[str]:
    """What of a policy is more than the law leaves open, on the days that are asked about."""
    for which in get_args(Which):
        regime = regime_of(rules, on, which)
        if regime is None:
            continue
        day = max(on, regime.first)
        yield from (f"{named.key}: {error}" for error in policy_errors(rules, named.policy.on(day), day, day))


def _of_file(path: Path) -> NamedPolicy:
    """The policy of a file, be it one policy or a municipality's."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PolicyFileError(f"{path}: found {error.strerror}; allowed: a file that can be read") from None
    table = _table(content, str(path))
    if not any(key in table for key in OF_A_MUNICIPALITY):
        return policy_of(table, str(path))
    try:
        return of_municipality(read_municipality(path))
    except MunicipalityError as error:
        raise PolicyFileError(error) from None


def _table(content: bytes, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise PolicyFileError(f"{file}: found {error}; allowed: TOML in UTF-8, each key once") from None
