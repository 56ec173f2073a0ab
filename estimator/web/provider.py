"""Logging in at an OpenID provider: by an authorization code with PKCE, a state and a nonce that the session keeps."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from estimator.pages.staff import ROLES, Role

DISCOVERY = "/.well-known/openid-configuration"
SCOPE = "openid profile"
SECONDS = 10.0  # to wait for the provider
# Claims that may hold a name for people, the best one first.
NAMES = ("name", "preferred_username", "email")


@dataclass(frozen=True)
class ProviderSettings:
    """Where the provider is, how it knows us, and the claim of a user that holds the roles."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    roles_claim: str = "roles"


class Person(NamedTuple):
    """Somebody who logged in at the provider: with which roles, and under which name, "" where it gives none."""

    roles: frozenset[Role]
    name: str


class NotFinishedError(Exception):
    """A login that wasn't begun in this browser, took too long, or was broken off at the provider."""


class ProviderError(Exception):
    """The provider is out of reach, or gives what can't be used."""


class Provider:
    """One provider. Its addresses and keys are asked for when they are needed first, so that we start without it."""

    def __init__(self, settings: ProviderSettings) -> None:
        self._settings = settings
        # What the session keeps of a login that has begun stands there under this name.
        self._client: Any = _oauth().register(
            "provider", client_id=settings.client_id, client_secret=settings.client_secret,
            server_metadata_url=settings.issuer.rstrip("/") + DISCOVERY,
            client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", "timeout": SECONDS},
        )  # fmt: skip

    async def begin(self, request: Request, back: str) -> Response:
        """Send the browser to the provider, which sends it to the address ``back``. Raises ``ProviderError``."""
        try:
            await self._metadata()
            answer: Response = await self._client.authorize_redirect(request, back)
        except Exception as error:
            raise ProviderError from error
        return answer

    async def finish(self, request: Request) -> Person:
        """Who has come back from the provider. Raises ``NotFinishedError`` and ``ProviderError``."""
        state = request.query_params.get("state", "")
        begun = await self._client.framework.get_state_data(request.session, state)
        if not begun or "code" not in request.query_params:
            raise NotFinishedError
        try:
            metadata = await self._metadata()
            token = await self._client.authorize_access_token(request)
            claims: dict[str, Any] = dict(token["userinfo"])
            told = _claim(claims, self._settings.roles_claim) is not None and _name(claims)
            if not told and metadata.get("userinfo_endpoint"):
                more = dict(await self._client.userinfo(token=token))
                if more["sub"] != claims["sub"]:
                    raise ValueError("the provider tells of somebody else")
                claims |= more
        except Exception as error:
            raise ProviderError from error
        return Person(_roles(_claim(claims, self._settings.roles_claim)), _name(claims))

    async def logout_url(self) -> str:
        """Where to log out at the provider, "" where that isn't known."""
        try:
            metadata = await self._metadata()
            if "end_session_endpoint" not in metadata:
                return ""
            found = await self._client.create_logout_url(client_id=self._settings.client_id)
        except Exception:
            return ""
        url: str = found["url"]
        return url

    async def _metadata(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = await self._client.load_server_metadata()
        if str(found["issuer"]).rstrip("/") != self._settings.issuer.rstrip("/"):
            raise ValueError("the issuer isn't the one of the settings")
        return found


def _oauth() -> Any:
    with warnings.catch_warnings(record=True):  # it would rather have a newer httpx, which nothing else of ours knows
        from authlib.integrations.starlette_client import OAuth
    return OAuth()


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by a path of names with points between them; ``None`` where there is none."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _roles(claim: Any) -> frozenset[Role]:
    named = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else ()
    return frozenset(role for role in ROLES if role in named)


def _name(claims: Mapping[str, Any]) -> str:
    return next((str(claims[name])[:100] for name in NAMES if claims.get(name)), "")
