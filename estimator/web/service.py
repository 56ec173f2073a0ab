"""How the service is run: what its pages don't show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from limits import RateLimitItem

from estimator.web.logins import Logins
from estimator.web.logs import LogFormat


class Security(NamedTuple):
    """Whom to tell of a leak: addresses such as mailto:security@example.nl, and the last day on which that holds."""

    contacts: Sequence[str]
    expires: date


@dataclass(frozen=True)
class Service:
    """Made once at the start, from the settings.

    ``logins``: how staff log in; without it there are no staff pages. ``hsts``: seconds for which browsers come by
    https only, 0 where that is left to others. ``api_rate``: how often one subscriber may come to the API, ``None`` for
    no limit; ``api_origins``: the sites whose pages may ask it. ``proxies``: addresses and networks of the proxies that
    are believed. ``metrics_port``: where the counts are given, 0 for nowhere. ``access_log``: whether every request is
    logged, by its route.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    logins: Logins | None = None
    hsts: int = 0
    security: Security | None = None
    api_rate: RateLimitItem | None = None
    api_origins: Sequence[str] = ()
    proxies: Sequence[str] = ("127.0.0.1",)
    metrics_port: int = 0
    log_format: LogFormat = "text"
    access_log: bool = False
