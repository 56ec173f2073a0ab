"""The page about the API, made from its description; no script, and nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from estimator.pages.api_docs import Described, api_docs_context
from estimator.pages.render import render
from estimator.texts import Texts
from estimator.web.addresses import base
from estimator.web.headers import PLAIN_POLICY

TEXTS = Texts("en")  # the language of developers
DOCS = "/docs"


def docs_page(
    path: str, describe: Callable[[], Described], assets: str, stylesheets: Sequence[str]
) -> Callable[[Request], Response]:
    """Answers with the page. ``path`` is where the API is mounted, ``assets`` the address of our own files."""

    def page(request: Request) -> Response:
        before = base(request).removesuffix(path)
        sheets = [f"{before}{assets}/{sheet}" for sheet in stylesheets]
        context = api_docs_context(
            TEXTS, describe(), f"{before}{path}", sheets, f"{before}{assets}/favicon.svg", f"{before}/"
        )
        return HTMLResponse(render("api.html", context), headers={"Content-Security-Policy": PLAIN_POLICY})

    return page


def to_docs(request: Request) -> Response:
    """From the address of the API to the page about it; NiceGUI puts the prefix of a proxy before it."""
    return RedirectResponse(f"{request.scope.get('root_path', '')}{DOCS}")
