"""The interview in a frame on a municipality's own site: the script that puts it there, and who may."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from estimator.files import project_folder
from estimator.pages.site import EMBED, Site

SCRIPT = f"/{EMBED}.js"
# Pages of any site may run it: what they may show is told by the frame itself.
FOR_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=3600",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def embed_routes() -> list[Route]:
    """The address of the script: it stays the same, whatever version of it is there."""
    return [Route(SCRIPT, _script)]


def framed_by(site: Site, scope: Scope) -> Sequence[str]:
    """The origins of the pages that may show the one of a request in a frame; none for what isn't meant for that."""
    code = scope.get("path_params", {}).get("code", "")
    there = site.embedded(code) if f"/{EMBED}/" in scope["path"] else None
    return there.own.embed_origins if there and there.own else ()


def _script(request: Request) -> Response:
    return Response(_read(), media_type="text/javascript", headers=FOR_ALL)


@cache
def _read() -> bytes:
    return (project_folder("assets") / f"{EMBED}.js").read_bytes()
