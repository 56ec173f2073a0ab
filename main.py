"""The only composition root: load the law, the municipalities and the words, wire the pages, serve."""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from ipaddress import ip_network
from typing import Annotated

from limits import RateLimitItem, parse
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from estimator.files import project_folder
from estimator.library.documents import Shelf
from estimator.municipal_files import MunicipalFiles
from estimator.municipalities import ORIGIN, MunicipalityError, read_municipalities
from estimator.pages.site import Site
from estimator.rules import LawError, law, problems
from estimator.rules.regimes import FIRST_DAY
from estimator.web.logins import LoginError, read_logins
from estimator.web.logs import LogFormat
from estimator.web.service import Security, Service

BAD_SETTING = 2
UNKNOWN = "unrecognized arguments: "
CONTACT = re.compile(r"(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+[\d-]+)")
NO_RATE, EVERYBODY = "none", "*"
PUBLIC_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")


class Settings(BaseSettings):
    """How the service is started: a flag wins over a variable in the environment, that over the default."""

    model_config = SettingsConfigDict(
        env_prefix="BIJDRAGEWIJZER_",
        cli_prog_name="main.py",
        cli_kebab_case=True,
        cli_exit_on_error=False,
        cli_implicit_flags=True,
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
    hsts: Annotated[
        int, Field(ge=0, description="seconds for which browsers that came by https come by nothing else; 0 for none")
    ] = 0
    security_contact: Annotated[
        str, Field(description="whom to tell of a leak: mailto:... or https://..., several with commas between them")
    ] = ""
    security_expires: Annotated[
        date | None, Field(description="last day on which that contact holds; a service that starts later refuses")
    ] = None
    api_rate: Annotated[
        str, Field(description="how often one address may come to the API, such as 120/minute; none for no limit")
    ] = "120/minute"
    api_origins: Annotated[
        str, Field(description="sites whose pages may ask the API, such as https://www.example.nl, several with commas")
    ] = ""
    trusted_proxies: Annotated[
        str,
        Field(description="proxies that are believed, by address or network, several with commas; * for whoever asks"),
    ] = "127.0.0.1,::1"
    metrics_port: Annotated[
        int, Field(ge=0, le=65535, description="port at which Prometheus finds the counts; 0 for none")
    ] = 0
    log_format: Annotated[LogFormat, Field(description="text, or json for programs")] = "text"
    access_log: Annotated[bool, Field(description="log every request, by its route")] = False
    staff_passphrase: Annotated[
        SecretStr,
        Field(description="argon2 hash of the passphrase of all staff; python -m estimator passphrase makes one"),
    ] = SecretStr("")
    oidc_issuer: Annotated[str, Field(description="address of the OpenID provider where staff log in")] = ""
    oidc_client_id: Annotated[str, Field(description="name under which the provider knows this service")] = ""
    oidc_roles_claim: Annotated[str, Field(description="claim of a user that holds the roles desk and policy")] = (
        "roles"
    )


class Secrets(BaseSettings):
    """What is set in the environment only: everybody on a machine can read the flags of a program that runs."""

    model_config = SettingsConfigDict(env_prefix="BIJDRAGEWIJZER_")

    oidc_client_secret: SecretStr = SecretStr("")
    session_secret: SecretStr = SecretStr("")


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
        raise SettingError(f"flags: {_told(error)}; allowed: {allowed}") from None


def _told(error: SettingsError) -> str:
    """What is wrong with the flags, without what follows an unknown one: that may be a secret, meant for another."""
    said = str(error).removeprefix("error parsing CLI: ")
    if not said.startswith(UNKNOWN):
        return said
    return UNKNOWN + (", ".join(re.findall(r"(?<!\S)--?[\w-]+", said)) or "words without a flag")


def make_site(settings: Settings) -> Site:
    """Everything that is read once, at the start; raises ``SettingError`` for what can't be used."""
    if settings.on is not None and settings.on < FIRST_DAY:
        raise SettingError(f"on: found {settings.on}; allowed: {FIRST_DAY} or later")
    try:
        rules = law()
        folder = project_folder("content") / "municipalities"
        municipalities = read_municipalities(folder, rules)
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
    files = MunicipalFiles(municipalities, folder)
    return Site(rules, files, settings.municipality, settings.on, today, settings.kiosk, shelf, public_url)


def make_service(settings: Settings, secrets: Secrets) -> Service:
    """How it is run; raises ``SettingError`` for what can't be used."""
    try:
        logins = read_logins(
            passphrase=settings.staff_passphrase.get_secret_value(),
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=secrets.oidc_client_secret.get_secret_value(),
            roles_claim=settings.oidc_roles_claim,
            secret=secrets.session_secret.get_secret_value(),
        )
    except LoginError as error:
        raise SettingError(str(error)) from None
    return Service(
        host=settings.host,
        port=settings.port,
        logins=logins,
        hsts=settings.hsts,
        security=make_security(settings, datetime.now(UTC).date()),
        api_rate=make_rate(settings.api_rate),
        api_origins=make_origins("api-origins", settings.api_origins),
        proxies=make_proxies(settings.trusted_proxies),
        metrics_port=settings.metrics_port,
        log_format=settings.log_format,
        access_log=settings.access_log,
    )


def make_rate(rate: str) -> RateLimitItem | None:
    """How often somebody may come; raises ``SettingError`` for what is no rate."""
    if rate == NO_RATE:
        return None
    try:
        return parse(rate)
    except ValueError:
        raise SettingError(f"api-rate: found {rate!r}; allowed: such as 120/minute or 5/second, or {NO_RATE}") from None


def make_proxies(proxies: str) -> tuple[str, ...]:
    """Addresses and networks; raises ``SettingError`` for what is neither."""
    found = tuple(proxy.strip() for proxy in proxies.split(",") if proxy.strip())
    for proxy in found:
        try:
            ip_network(proxy if proxy != EVERYBODY else "::/0")
        except ValueError:
            allowed = f"an address such as 127.0.0.1, a network such as 10.0.0.0/8, or {EVERYBODY}"
            raise SettingError(f"trusted-proxies: found {proxy!r}; allowed: {allowed}") from None
    return found


def make_origins(key: str, origins: str) -> tuple[str, ...]:
    """Sites whose pages may do something here; raises ``SettingError`` for what is no origin."""
    found = tuple(origin.strip() for origin in origins.split(",") if origin.strip())
    for origin in found:
        if not ORIGIN.fullmatch(origin):
            allowed = "a scheme, a host and a port if it has one, such as https://www.example.nl"
            raise SettingError(f"{key}: found {origin!r}; allowed: {allowed}")
    return found


def make_security(settings: Settings, today: date) -> Security | None:
    """Whom to tell of a leak, ``None`` where that isn't said; raises ``SettingError`` when it holds no longer."""
    contacts = [contact.strip() for contact in settings.security_contact.split(",") if contact.strip()]
    expires = settings.security_expires
    if not contacts and expires is None:
        return None
    for contact in contacts:
        if not CONTACT.fullmatch(contact):
            allowed = "an address such as mailto:security@example.nl or https://www.example.nl/leak"
            raise SettingError(f"security-contact: found {contact!r}; allowed: {allowed}")
    if not contacts or expires is None:
        found, missing = ("expires", "contact") if not contacts else ("contact", "expires")
        raise SettingError(f"security-{missing}: found nothing; allowed: one beside security-{found}")
    if expires < today:
        raise SettingError(f"security-expires: found {expires}, which has passed; allowed: {today} or later")
    return Security(contacts, expires)


def check_address(host: str, port: int, key: str = "port") -> None:
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
            raise SettingError(f"{key}: found {port}, which is taken; allowed: a port that is free") from None
        if number in (errno.EACCES, errno.EPERM):
            raise SettingError(f"{key}: found {port}, which this user may not open; allowed: 1024 or higher") from None
        allowed = "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for every network"
        raise SettingError(f"host: found {host!r}; allowed: {allowed}") from None


def main(arguments: Sequence[str]) -> int:
    """Start serving; 2 when a setting is wrong, said in one line."""
    try:
        settings = read_settings(arguments)
        site, service = make_site(settings), make_service(settings, Secrets())
        check_address(settings.host, settings.port)
        if settings.metrics_port == settings.port:
            raise SettingError(f"metrics-port: found {settings.port}, that of the service; allowed: another one")
        if settings.metrics_port:
            check_address(settings.host, settings.metrics_port, "metrics-port")
    except SettingError as error:
        print(f"bijdragewijzer: {error}", file=sys.stderr)  # noqa: T201
        return BAD_SETTING
    from estimator.ui.serve import serve  # only now: it takes most of the time of a start

    serve(site, service)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
