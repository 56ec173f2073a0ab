"""Whether a request that changes something was sent by a page of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def is_from_us(request: Request, public_url: str) -> bool:
    """Whether this request may change something here: a page of ours sent it, or it can't change anything.

    Another site can make a browser send a form to us, and the browser adds our cookie to it. It can't make the browser
    lie about where the form stood: browsers since 2023 say so in ``Sec-Fetch-Site``, and a page's script can't write
    that header. ``same-site`` is refused too: another service of the same municipality isn't this one. Browsers leave
    the header out where they came without encryption; there ``Origin``, which they send with every POST, has to name
    the host that the request came to, as the reader's address bar shows it: the public one, or what a proxy passes on.
    Whoever sends neither is no browser that we know, and is refused. So no form needs a token that has to be kept.
    """
    if request.method in SAFE_METHODS:
        return True
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("same-origin", "none")
    origin = urlsplit(request.headers.get("Origin", "")).netloc.lower()
    return bool(origin) and origin in _hosts(request, public_url)


def is_encrypted(request: Request, public_url: str) -> bool:
    """Whether the browser came by https, as far as the public address or a proxy says so."""
    forwarded = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip()
    return "https" in (request.url.scheme, forwarded, urlsplit(public_url).scheme)


def _hosts(request: Request, public_url: str) -> set[str]:
    """The hosts, with their ports, under which a browser may know us; no form of another site can choose them."""
    forwarded = request.headers.get("X-Forwarded-Host", "").partition(",")[0].strip()
    named = (request.headers.get("Host", ""), forwarded, urlsplit(public_url).netloc)
    return {host.lower() for host in named if host}
