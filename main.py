"""The only composition root: load the law, the municipalities and the words, wire the pages, serve."""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from estimator.files import project_folder
from estimator.library.documents import Shelf
from estimator.municipalities import MunicipalityError, read_municipalities
from estimator.pages.site import Site
from estimator.rules import LawError, law, problems
from estimator.rules.regimes import FIRST_DAY

BAD_SETTING = 2
PUBLIC_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")


class Settings(BaseSettings):
    """How the service is started: a flag wins over a variable in the environment, that over the default."""

    model_config = SettingsConfigDict(
        env_prefix="BIJDRAGEWIJZER_", cli_prog_name="main.py", cli_kebab_case=True, cli_exit_on_error=False
    )

    host: Annotated[str, Field(description="address to listen on; 0.0.0.0 for every network")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="port to listen on")] = 8080
    municipality: Annotated[str | None, Field(description="code of the one municipality, such as GM0000")] = None
    public_url: Annotated[
        str,
        Field(description="address at which people find the service, such as https://bijdrage.example"),
    ] = ""
    kiosk: Annotated[bool, Field(description="serve every live page as that of a kiosk")] = False
    on: Annotated[date | None, Field(description="compute as at this date, such as 2026-11-22; today if left out")] = (
        None
    )


class SettingError(ValueError):
    """A setting is wrong: the message names it, what was found and what is allowed."""


def read_settings(arguments: Sequence[str]) -> Settings:
    """The settings from flags and environment; raises ``SettingError`` with one line."""
    try:
        return Settings(_cli_parse_args=list(arguments))
    except ValidationError as error:
        raise SettingError("; ".join(map(str, problems(error)))) from None
    except SettingsError as error:
        allowed = ", ".join(f"--{name.replace('_', '-')}" for name in Settings.model_fields)
        raise SettingError(f"flags: {str(error).removeprefix('error parsing CLI: ')}; allowed: {allowed}") from None


def make_site(settings: Settings) -> Site:
    """Everything that is read once, at the start; raises ``SettingError`` for what can't be used."""
    if settings.on is not None and settings.on < FIRST_DAY:
        raise SettingError(f"on: found {settings.on}; allowed: {FIRST_DAY} or later")
    try:
        rules = law()
        municipalities = read_municipalities(project_folder("content") / "municipalities", rules)
    except (LawError, MunicipalityError) as error:
        raise SettingError(str(error)) from None
    if settings.municipality is not None and settings.municipality not in municipalities:
        allowed = ", ".join(sorted(municipalities))
        raise SettingError(f"municipality: found {settings.municipality!r}; allowed: {allowed}")
    public_url = settings.public_url.rstrip("/")
    if public_url and not PUBLIC_URL.fullmatch(public_url):
        allowed = "an address such as https://bijdrage.example, without ? and #"
        raise SettingError(f"public-url: found {settings.public_url!r}; allowed: {allowed}")
    today = date.today
    shelf = Shelf(project_folder("content"), rules, lambda: settings.on or today())
    return Site(rules, municipalities, settings.municipality, settings.on, today, settings.kiosk, shelf, public_url)


def check_address(host: str, port: int) -> None:
    """Listen and stop again: raises ``SettingError`` where that isn't possible, before a server starts on it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in found:
            with socket.socket(family, kind, protocol) as listener:
                if os.name == "posix":
                    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                listener.bind(address)
                listener.listen()
    except (OSError, UnicodeError) as error:
        number = error.errno if isinstance(error, OSError) and not isinstance(error, socket.gaierror) else None
        if number == errno.EADDRINUSE:
            raise SettingError(f"port: found {port}, which is taken; allowed: a port that is free") from None
        if number in (errno.EACCES, errno.EPERM):
            raise SettingError(f"port: found {port}, which this user may not open; allowed: 1024 or higher") from None
        allowed = "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for every network"
        raise SettingError(f"host: found {host!r}; allowed: {allowed}") from None


def main(arguments: Sequence[str]) -> int:
    """Start serving; 2 when a setting is wrong, said in one line."""
    try:
        settings = read_settings(arguments)
        site = make_site(settings)
        check_address(settings.host, settings.port)
    except SettingError as error:
        print(f"bijdragewijzer: {error}", file=sys.stderr)  # noqa: T201
        return BAD_SETTING
    from estimator.ui.serve import serve  # only now: it takes most of the time of a start

    serve(site, settings.host, settings.port)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
