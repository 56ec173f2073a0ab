"""What a request says of the address that it came by, and of the languages that its reader prefers."""

from __future__ import annotations

from collections.abc import Sequence

from babel import negotiate_locale
from starlette.requests import Request
from starlette.types import Scope

from estimator.pages.site import Site


def base(request: Request) -> str:
    """What a proxy puts before every address of ours, as NiceGUI reads it too (``Forwarded`` has looked at it)."""
    return request.headers.get("X-Forwarded-Prefix", "") + str(request.scope.get("root_path", ""))


def home_of(site: Site, request: Request) -> str:
    """What stands before every address of ours that search engines are told: the public one where it is known."""
    return site.public_url or f"{request.url.scheme}://{request.url.netloc}{base(request)}"


def first_part(scope: Scope) -> str:
    """The first part of a path of ours, which is its language; "" where there is none, as in ``OPTIONS *``."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path.removeprefix("/").partition("/")[0]


def locale_of(request: Request, locales: Sequence[str]) -> str:
    """The language of a request: by its address, by what the browser prefers, or the first one."""
    named = first_part(request.scope)
    preferred = negotiate_locale(_preferred(request.headers.get("accept-language", "")), locales)
    return named if named in locales else preferred or locales[0]


def _preferred(header: str) -> list[str]:
    """The languages of an ``Accept-Language`` header, the one that is liked best first."""
    weighed = []
    for part in header.split(","):
        tag, _, rest = part.partition(";")
        if tag.strip() and (weight := _weight(rest)) > 0:
            weighed.append((weight, tag.strip().replace("-", "_")))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]


def _weight(parameters: str) -> float:
    """The ``q`` of a language: 1 where it isn't said, 0 where it can't be read."""
    name, _, value = parameters.partition("=")
    if name.strip().lower() != "q":
        return 1
    try:
        return float(value)
    except ValueError:
        return 0
