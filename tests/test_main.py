"""Starting the service: settings from flags and environment, and one clear line for a wrong one."""

import re
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import main
from estimator.web.service import Security
from main import SettingError, check_address, make_proxies, make_security, make_site, read_settings

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
        (["--port", "many"], ["port", "many", "a whole number"]),
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


def test_a_flag_needs_no_value() -> None:
    assert [read_settings(flags).kiosk for flags in ([], ["--kiosk"], ["--no-kiosk"])] == [False, True, False]


@pytest.mark.parametrize("proxies", ["localhost", "127.0.0.1/40", "127.0.0.1;10.0.0.1"])
def test_a_proxy_that_is_no_address_is_refused(proxies: str) -> None:
    with pytest.raises(SettingError, match=r"^trusted-proxies: found '.*'; allowed: .*10\.0\.0\.0/8"):
        make_proxies(proxies)


def test_proxies_are_addresses_and_networks() -> None:
    assert make_proxies("127.0.0.1, 10.0.0.0/8,::1,*,") == ("127.0.0.1", "10.0.0.0/8", "::1", "*")


def test_an_unknown_municipality_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError, match=r"GM9999.*GM0000"):
        make_site(read_settings(["--municipality", "GM9999"]))


def test_a_date_before_the_first_rules_is_refused() -> None:
    with pytest.raises(SettingError, match=r"^on: found 2006-01-01; allowed: 2007-01-01 or later$"):
        make_site(read_settings(["--on", "2006-01-01"]))


def test_a_folder_without_municipalities_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(main, "project_folder", lambda name: tmp_path / name)

    with pytest.raises(SettingError, match=r"municipalities: the folder: found no file; allowed: .*GM\d+\.toml"):
        make_site(read_settings([]))


def test_an_address_that_is_not_of_this_machine_is_refused() -> None:
    with pytest.raises(SettingError, match=r"^host: found '192\.0\.2\.1'; allowed: .*127\.0\.0\.1"):
        check_address("192.0.2.1", 8080)
    with pytest.raises(SettingError, match=r"^host: found 'nowhere\.invalid'; allowed: "):
        check_address("nowhere.invalid", 8080)


def test_a_port_that_is_taken_stops_the_start_with_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = started("--port", str(port))

    assert ended.returncode == 2
    assert ended.stderr == f"bijdragewijzer: port: found {port}, which is taken; allowed: a port that is free\n"
    assert ended.stdout == ""


def started(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "main.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_a_wrong_setting_stops_the_start_with_one_line() -> None:
    ended = started("--municipality", "0363")

    assert ended.returncode == 2
    assert ended.stderr.startswith("bijdragewijzer: municipality: found '0363'; allowed: GM")
    assert ended.stderr.count("\n") == 1


# Whom to tell of a leak

CONTACT = ("--security-contact", "mailto:security@example.nl, https://www.example.nl/lek")


def test_a_contact_for_leaks_is_taken_until_its_last_day() -> None:
    settings = read_settings([*CONTACT, "--security-expires", "2027-06-30"])

    assert make_security(settings, date(2027, 6, 30)) == Security(
        ["mailto:security@example.nl", "https://www.example.nl/lek"], date(2027, 6, 30)
    )
    with pytest.raises(
        SettingError, match=r"^security-expires: found 2027-06-30, which has passed; allowed: 2027-07-01"
    ):
        make_security(settings, date(2027, 7, 1))


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (CONTACT, "security-expires: found nothing; allowed: one beside security-contact"),
        (("--security-expires", "2027-06-30"), "security-contact: found nothing; allowed: one beside security-expires"),
        (
            ("--security-contact", "security@example.nl", "--security-expires", "2027-06-30"),
            "security-contact: found 'security@example.nl'; allowed: an address such as mailto:",
        ),
        (
            ("--security-contact", "https://a.example\nExpires: 2099", "--security-expires", "2027-06-30"),
            "security-contact: found 'https://a.example\\nExpires: 2099'; allowed: an address such as mailto:",
        ),
    ],
)
def test_half_a_contact_or_one_that_is_none_stops_the_start(flags: tuple[str, ...], said: str) -> None:
    with pytest.raises(SettingError, match=f"^{re.escape(said)}"):
        make_security(read_settings(flags), date(2027, 1, 1))
