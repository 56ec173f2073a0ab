"""Policies by name: where they come from, and what is wrong with them, by file and key."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from estimator.policies.named import (
    NamedPolicy,
    PolicyFileError,
    check_policies,
    find_policy,
    municipal_policy,
    policy_of,
    read_policy,
    ready_policies,
)
from estimator.rules.policy import NATIONAL
from tests.policies.clients import ON

READY = ready_policies()
MUNICIPAL = """
code = "{code}"
name = "Proefstad"
{blocks}
"""
BLOCK = """
[[policy]]
from = {first}
{until}
source = "verordening"
checked = 2026-11-22
{keys}
"""


def refused(content: str) -> list[str]:
    with pytest.raises(PolicyFileError) as error:
        read_policy(content.encode(), "A.toml")
    return str(error.value).splitlines()


def beyond(on: date, *policies: NamedPolicy) -> str:
    with pytest.raises(PolicyFileError) as error:
        check_policies(policies, on)
    return str(error.value)


def municipal_file(folder: Path, *blocks: str, code: str = "GM9998") -> str:
    path = folder / f"{code}.toml"
    path.write_text(MUNICIPAL.format(code=code, blocks="".join(blocks)), "utf-8")
    return str(path)


def test_a_file_of_one_policy_says_what_it_is_called_and_where_it_was_decided() -> None:
    policy = read_policy(b'name = "Half"\nsource = "raadsvoorstel"\nnote = "proef"\nshare = 0.5', "half.toml")

    assert policy[:2] == ("half.toml", "Half")
    assert policy[3:] == ("raadsvoorstel", "proef")
    assert policy.policy.on(ON).share == Decimal("0.5")


def test_the_keys_of_a_form_are_a_policy_like_those_of_a_file() -> None:
    assert policy_of({"share": Decimal("0.5")}, "form").policy == read_policy(b"share = 0.5", "form").policy


def test_a_limit_without_a_source_is_refused() -> None:
    content = "[low_income_limits]\nsingle_under = 21000"

    assert refused(content) == [
        "A.toml: source: found nothing; allowed: where low_income_limits were decided or proposed"
    ]
    assert read_policy(f'source = "raadsbesluit"\n{content}'.encode(), "A.toml").source == "raadsbesluit"


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert refused("share = 2\nlower_amout = 3\nname = 4") == [
        "A.toml: name: found 4; allowed: a text",
        "A.toml: share: found 2; allowed: at most 1",
        "A.toml: lower_amout: found an unknown key; allowed: only the keys of the file format",
    ]


def test_what_is_no_toml_is_refused() -> None:
    assert refused("share = 1\nshare = 0.5")[0].endswith("allowed: TOML in UTF-8, each key once")


def test_more_than_the_national_amount_is_refused_by_file_and_key() -> None:
    dear = read_policy(b"lower_amount = 25.00", "dear.toml")

    expected = "dear.toml: lower_amount: found 25; allowed: 0.00 to 21.80, the national amount"
    assert beyond(ON, READY["national"], dear) == expected
    check_policies((READY["national"], read_policy(b"lower_amount = 21.80", "as-dear.toml")), ON)


@pytest.mark.parametrize("count", [0, 1, 9])
def test_two_to_eight_policies_are_compared(count: int) -> None:
    policies = [READY["national"]._replace(key=str(number)) for number in range(count)]

    assert beyond(ON, *policies) == f"policy: found {count}; allowed: 2 to 8 to compare"


def test_each_policy_is_given_once() -> None:
    assert beyond(ON, READY["2006-i"], READY["2006-i"]) == "policy: found 2006-i more than once; allowed: each once"


def test_the_ready_ones_begin_with_the_national_rule_and_say_where_they_come_from() -> None:
    assert list(READY) == ["national", "2006-i", "2006-ii", "2006-iii", "2006-iv"]
    assert READY["national"].policy == NATIONAL
    assert all(policy.source for policy in READY.values())


def test_a_policy_is_found_by_file_by_code_and_by_name(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('name = "Own"\nshare = 0.25', "utf-8")

    assert find_policy(str(own)).name == "Own"
    assert find_policy("GM0363") == municipal_policy("GM0363")
    assert find_policy("2006-IV") == READY["2006-iv"]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("GM9999", "municipality: found GM9999; allowed: GM0000, "),
        ("half", "policy: found half; allowed: a file such as mine.toml, a municipality such as GM0363, national, "),
        ("nowhere.toml", "nowhere.toml: found No such file or directory; allowed: a file that can be read"),
    ],
)
def test_what_is_not_there_is_refused(what: str, expected: str) -> None:
    with pytest.raises(PolicyFileError) as error:
        find_policy(what)

    assert str(error.value).startswith(expected)


def test_a_municipal_file_is_a_policy_and_says_of_which_dates_it_knows(tmp_path: Path) -> None:
    block = BLOCK.format(first="2025-01-01", until="until = 2025-12-31", keys="lower_amount = 10")

    policy = find_policy(municipal_file(tmp_path, block))

    assert (policy.key, policy.name, policy.source) == ("GM9998", "Proefstad", "verordening")
    assert policy.covers(date(2025, 6, 1))
    assert not policy.covers(ON)


def test_periods_that_overlap_are_refused_by_file_and_key(tmp_path: Path) -> None:
    first = BLOCK.format(first="2025-01-01", until="until = 2025-12-31", keys="")
    second = BLOCK.format(first="2025-07-01", until="", keys="")

    with pytest.raises(
        PolicyFileError, match=r"GM9998\.toml: .*from: found 2025-07-01; allowed: a date after 2025-12-31"
    ):
        find_policy(municipal_file(tmp_path, first, second))


def test_a_municipal_file_above_the_national_amount_is_refused(tmp_path: Path) -> None:
    block = BLOCK.format(first="2026-01-01", until="", keys="lower_amount = 30")

    with pytest.raises(PolicyFileError, match=r"GM9998\.toml: .*lower_amount: found 30"):
        find_policy(municipal_file(tmp_path, block))
