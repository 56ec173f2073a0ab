"""How staff may log in, as the settings say it: not at all, by a passphrase, at a provider, or by either."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from estimator.web.passphrase import is_hash
from estimator.web.provider import ProviderSettings
from estimator.web.sessions import SHORTEST_SECRET

# Without encryption only on this machine.
ISSUER = re.compile(r"https://[^\s/?#@]+(/[^\s?#]*)?|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/[^\s?#]*)?")


class LoginError(ValueError):
    """A setting is wrong or missing: the message names it, what was found and what is allowed, and tells no secret."""


@dataclass(frozen=True)
class Logins:
    """At least one way to log in. ``passphrase`` is a hash, "" where there is none; ``secret`` signs the sessions."""

    passphrase: str = field(repr=False)
    provider: ProviderSettings | None
    secret: str = field(repr=False)


def read_logins(
    *, passphrase: str = "", issuer: str = "", client_id: str = "", client_secret: str = "", roles_claim: str = "roles",
    secret: str = "",
) -> Logins | None:  # fmt: skip
    """How staff log in; ``None`` where no setting says so. Raises ``LoginError``.

    Without a secret sessions are signed by a new one at every start.
    """
    provided = {"oidc-issuer": issuer, "oidc-client-id": client_id, "BIJDRAGEWIJZER_OIDC_CLIENT_SECRET": client_secret}
    provider = ProviderSettings(issuer, client_id, client_secret, roles_claim) if _all_or_none(provided) else None
    if issuer and not ISSUER.fullmatch(issuer):
        allowed = "an address such as https://login.example, without ? and #"
        raise LoginError(f"oidc-issuer: found {issuer!r}; allowed: {allowed}")
    if provider and not roles_claim.strip():
        raise LoginError("oidc-roles-claim: found nothing; allowed: the name of a claim, such as roles")
    if passphrase and not is_hash(passphrase):
        allowed = "what `python -m estimator passphrase` prints"
        raise LoginError(f"staff-passphrase: found what is no argon2 hash; allowed: {allowed}")
    if secret and len(secret) < SHORTEST_SECRET:
        raise LoginError(
            f"BIJDRAGEWIJZER_SESSION_SECRET: found {len(secret)} characters; allowed: at least {SHORTEST_SECRET}"
        )
    if not passphrase and provider is None:
        if secret:
            allowed = "one together with --staff-passphrase or --oidc-issuer"
            raise LoginError(f"BIJDRAGEWIJZER_SESSION_SECRET: found one that signs nothing; allowed: {allowed}")
        return None
    return Logins(passphrase, provider, secret or secrets.token_urlsafe(SHORTEST_SECRET))


def _all_or_none(settings: Mapping[str, str]) -> bool:
    """Whether these settings are there. Raises ``LoginError`` where only some are."""
    missing = [name for name, value in settings.items() if not value]
    if missing and len(missing) < len(settings):
        there = ", ".join(name for name in settings if name not in missing)
        raise LoginError(f"{', '.join(missing)}: found nothing beside {there}; allowed: all of {', '.join(settings)}")
    return not missing
