"""Starting the service: settings from flags and environment, and one clear line for a wrong one."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from main import SettingError, make_site, read_settings

ROOT = Path(__file__).parents[1]


def test_without_settings_the_service_listens_on_this_machine_and_asks_for_the_municipality() -> None:
    settings = read_settings([])

    assert (settings.host, settings.port, settings.municipality, settings.on) == ("127.0.0.1", 8080, None, None)


def test_a_flag_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIJDRAGEWIJZER_PORT", "9000")
    monkeypatch.setenv("BIJDRAGEWIJZER_ON", "2026-11-22")

    assert read_settings([]).port == 9000
    assert read_settings(["--port", "9001"]).port == 9001
    assert read_settings([]).on == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["--port", "many"], ["port", "many", "integer"]),
        (["--port", "70000"], ["port", "70000", "65535"]),
        (["--on", "2026-13-01"], ["on", "2026-13-01"]),
        (["--prot", "1"], ["--prot", "--port", "--municipality"]),
    ],
)
def test_a_wrong_setting_names_itself_what_was_found_and_what_is_allowed(
    arguments: list[str], parts: list[str]
) -> None:
    with pytest.raises(SettingError) as refused:
        read_settings(arguments)

    assert [part for part in parts if part not in str(refused.value)] == []
    assert "\n" not in str(refused.value)


def test_an_unknown_municipality_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError, match=r"GM9999.*GM0000"):
        make_site(read_settings(["--municipality", "GM9999"]))


def test_a_wrong_setting_stops_the_start_with_one_line() -> None:
    ended = subprocess.run(
        [sys.executable, "main.py", "--municipality", "0363"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 2
    assert ended.stderr.startswith("bijdragewijzer: municipality: found '0363'; allowed: GM")
    assert ended.stderr.count("\n") == 1
