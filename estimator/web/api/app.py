"""The operations of the API."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from limits import RateLimitItem
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse

from estimator.exchange import comparison_data, law_data, municipality_data, series_data
from estimator.files import LOCALES
from estimator.library.documents import Document
from estimator.municipalities import CODE, Municipality
from estimator.pages.articles import ANSWERS
from estimator.pages.show import text_context
from estimator.pages.site import Site
from estimator.rules.estimate import compare
from estimator.rules.policy import NATIONAL, PolicyByDate
from estimator.rules.regimes import FIRST_DAY
from estimator.texts import Texts
from estimator.web.addresses import base
from estimator.web.api.docs import DOCS, docs_page, to_docs
from estimator.web.api.examples import REQUESTS
from estimator.web.api.gate import VERSION_HEADER, Origins, Pace, Versioned
from estimator.web.api.models import (
    ArticleListed,
    ArticleTold,
    ComparedEstimates,
    EstimateRequest,
    LawAmount,
    LawTold,
    MunicipalityListed,
    MunicipalityTold,
)
from estimator.web.api.problems import (
    PROBLEM_JSON,
    SOME_WRONG,
    FieldProblem,
    Problem,
    RefusedError,
    refusal,
    short,
    wrong_field,
)
from estimator.web.api.reading import JSON, read_request

PATH = "/v1"
VERSION = "1.0.0"
STYLESHEETS = ("tokens.css", "screen.css", "api.css")
SCHEMAS = "#/components/schemas/"
Language = Literal[LOCALES]  # type: ignore[valid-type]
LIFETIME = 3600  # seconds for which law, municipalities and articles may be kept without asking
ABOUT = (
    "What support under the Dutch Social Support Act (Wmo 2015) costs a household, now and under the next regime, "
    "with every step, its article of law, and where each number came from. An estimate, not a decision: the "
    "municipality and CAK decide. Nothing of what is sent is kept. Money is euro, as strings with two decimals."
)


def make_api(
    site: Site,
    now: Callable[[], datetime],
    rate: RateLimitItem | None = None,
    origins: Sequence[str] = (),
    assets: str = "",
) -> FastAPI:
    """The API as an application of its own, to be mounted at ``PATH``.

    ``rate`` as in ``Pace``, ``origins`` as in ``Origins``; ``assets`` is the address of our own files.
    """
    middleware = [
        Middleware(Versioned, version=VERSION),
        Middleware(Origins, origins=frozenset(origins), public_url=site.public_url),
        Middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=("GET", "POST"), allow_headers=("Content-Type",),
            expose_headers=(VERSION_HEADER, "ETag", "Retry-After"), max_age=LIFETIME,
        ),
        Middleware(Pace, rate=rate),
    ]  # fmt: skip
    api = FastAPI(
        title="Bijdragewijzer Wmo", version=VERSION, description=ABOUT, docs_url=None, redoc_url=None,
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"}, middleware=middleware,
        responses={400: PROBLEM, 429: PROBLEM, 500: PROBLEM}, redirect_slashes=False, openapi_url=None,
    )  # fmt: skip
    for status in (HTTPException, RequestValidationError, RefusedError):
        api.add_exception_handler(status, _refused)
    Operations(site, now).add_to(api)
    described = partial(openapi, api, site)
    api.openapi = described  # type: ignore[method-assign]
    api.add_route("/openapi.json", lambda request: unchanged_or(request, described()))
    api.add_route(DOCS, docs_page(PATH, described, assets, STYLESHEETS))
    api.add_route("/", to_docs)
    return api


Responses = dict[int | str, dict[str, Any]]
PROBLEM: dict[str, Any] = {
    "description": "What went wrong, and in which fields.",
    "content": {PROBLEM_JSON: {"schema": {"$ref": f"{SCHEMAS}Problem"}}},
}


class Operations:
    """What can be asked. ``now`` gives the time."""

    def __init__(self, site: Site, now: Callable[[], datetime]) -> None:
        self.site, self.now = site, now

    def add_to(self, api: FastAPI) -> None:
        """Every operation, with what it is called and what it answers."""
        body = {
            "required": True,
            "content": {JSON: {"schema": {"$ref": f"{SCHEMAS}EstimateRequest"}, "examples": REQUESTS}},
        }
        refused: Responses = dict.fromkeys((403, 413, 415, 422), PROBLEM)
        api.post(
            "/estimates", response_model=ComparedEstimates, responses=refused, openapi_extra={"requestBody": body},
            operation_id="estimate", tags=["estimates"],
            summary="Estimate the contribution now and under the next regime",
        )(self.estimate)  # fmt: skip
        reference: dict[str, Any] = {"tags": ["reference data"]}
        api.get(
            "/law", response_model=LawTold, operation_id="listLaw", summary="Every dated amount of the law", **reference
        )(self.law)
        api.get(
            "/law/{name}", response_model=LawAmount, responses={404: PROBLEM}, operation_id="getLawAmount",
            summary="One amount of the law through time", **reference,
        )(self.amount)  # fmt: skip
        api.get(
            "/municipalities", response_model=list[MunicipalityListed], operation_id="listMunicipalities",
            summary="The municipalities that have a file", **reference,
        )(self.municipalities)  # fmt: skip
        api.get(
            "/municipalities/{code}", response_model=MunicipalityTold, responses={404: PROBLEM, 422: PROBLEM},
            operation_id="getMunicipality", summary="A municipality: how to reach it, and what it has decided",
            **reference,
        )(self.municipality)  # fmt: skip
        api.get(
            "/articles", response_model=list[ArticleListed], responses={422: PROBLEM}, operation_id="listArticles",
            summary="The questions that have an answer", **reference,
        )(self.articles)  # fmt: skip
        api.get(
            "/articles/{name}", response_model=ArticleTold, responses={404: PROBLEM, 422: PROBLEM},
            operation_id="getArticle", summary="An answer, with what it rests on", **reference,
        )(self.article)  # fmt: skip

    async def estimate(self, request: Request) -> Response:
        """Both regimes for a household, with every step; what isn't known is an outcome, not an error."""
        asked, site = await read_request(request), self.site.as_now()
        on = asked.on or site.on or site.today()
        if on < FIRST_DAY:
            raise wrong_field("/on", on.isoformat(), f"a date from {FIRST_DAY} on")
        policy: PolicyByDate = NATIONAL
        if asked.municipality is not None:
            known = site.municipalities.get(asked.municipality)
            if known is None:
                raise wrong_field("/municipality", repr(asked.municipality), ", ".join(sorted(site.municipalities)))
            policy = known.policy
        compared = compare(asked.household, on, policy, site.rules)
        return JSONResponse(comparison_data(compared, asked.household, asked.municipality))

    async def law(self, request: Request) -> Response:
        """Amounts with unit, source, status and the day on which somebody checked them; and the bill."""
        return unchanged_or(request, law_data(self.site.rules))

    async def amount(self, request: Request, name: Annotated[str, Path(examples=["monthly_amount"])]) -> Response:
        """The values of one amount."""
        series = self.site.rules.series.get(name)
        if series is None:
            raise RefusedError(404, f"No amount is called {short(repr(name))}: /law tells which there are.")
        return unchanged_or(request, series_data(series))

    async def municipalities(self, request: Request) -> Response:
        """A municipality that isn't among them has the national rule here, and may have another policy."""
        return unchanged_or(request, [_listed(each) for each in self.site.as_now().municipalities.values()])

    async def municipality(
        self, request: Request, code: Annotated[str, Path(pattern=f"^{CODE.pattern}$", examples=["GM0363"])]
    ) -> Response:
        """What its file says."""
        known = self.site.as_now().municipalities.get(code)
        if known is None:
            raise RefusedError(404, f"There is no file of {code}: /municipalities tells which there are.")
        return unchanged_or(request, {**_listed(known), **municipality_data(known)})

    async def articles(self, request: Request, language: Annotated[Language, Query()] = LOCALES[0]) -> Response:
        """By topic. What isn't translated yet is in Dutch, and says so."""
        library = self.site.library
        own, dutch = library.of(language), library.of(LOCALES[0])
        return unchanged_or(request, [_article(own.get(name, article)) for name, article in dutch.items()])

    async def article(
        self,
        request: Request,
        name: Annotated[str, Path(examples=["wat-is-de-wmo"])],
        language: Annotated[Language, Query()] = LOCALES[0],
    ) -> Response:
        """The text as HTML, with its sources."""
        library = self.site.library
        found = library.of(language).get(name) or library.of(LOCALES[0]).get(name)
        home = self.site.public_url or base(request).removesuffix(PATH)
        context = found and text_context(self.site, Texts(language), f"{ANSWERS}/{name}", self.now(), home)
        if not found or not context:
            raise RefusedError(404, f"No article is called {short(repr(name))}: /articles tells which there are.")
        text = context["text"]
        more = {
            "html": f"{text.answer}{text.rest}",
            "notices": list(context["notices"]),
            "sources": list(found.matter.sources),
            "reviewed": found.matter.review != "none",
        }
        return unchanged_or(request, {**_article(found), **more})


def unchanged_or(request: Request, content: Any) -> Response:
    """Reference data, or that it is what the asker has already."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={LIFETIME}"}
    had = {each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")}
    if tag in had or "*" in had:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=JSON)


def openapi(api: FastAPI, site: Site) -> dict[str, Any]:
    """The description of the API, as OpenAPI 3.1 has it."""
    if api.openapi_schema is None:
        document: dict[str, Any] = FastAPI.openapi(api)
        models = [(EstimateRequest, "validation"), (Problem, "serialization")]
        _, more = models_json_schema(models, by_alias=True, ref_template=f"{SCHEMAS}{{model}}")  # type: ignore[arg-type]
        schemas = {**document["components"]["schemas"], **more["$defs"]}
        document["components"]["schemas"] = {name: schemas[name] for name in sorted(set(schemas) - UNUSED)}
        _leave_out_titles(document["components"])
        _leave_out_titles(document["paths"])
        document["servers"] = [{"url": f"{site.public_url}{PATH}", "description": "This service."}]
        document["info"]["contact"] = _contact(site)
        for path in document["paths"].values():
            for operation in path.values():
                _say_version(operation)
        api.openapi_schema = document
    return api.openapi_schema


# FastAPI's own form of what is wrong, which nobody gets.
UNUSED = {"HTTPValidationError", "ValidationError"}
VERSION_TOLD = {
    "description": "The version of the API that answered.", "schema": {"type": "string", "examples": [VERSION]},
}  # fmt: skip


def _leave_out_titles(part: Any) -> None:
    """What pydantic makes of the names of fields says nothing that those don't."""
    if isinstance(part, dict) and isinstance(part.get("title"), str):
        del part["title"]
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _leave_out_titles(each)


def _say_version(operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        response.setdefault("headers", {})[VERSION_HEADER] = VERSION_TOLD
        if status == "422" and PROBLEM_JSON not in response["content"]:
            response["content"] = PROBLEM["content"]


def _contact(site: Site) -> dict[str, str]:
    """Who runs it, as far as that is known."""
    own = site.municipalities[site.fixed] if site.fixed else None
    known = {"name": own.name, "url": own.contact.website, "email": own.contact.email} if own else {}
    return {"name": "Bijdragewijzer Wmo", **{key: value for key, value in known.items() if value}}


def _listed(municipality: Municipality) -> dict[str, Any]:
    return {"code": municipality.code, "name": municipality.name, "fictitious": municipality.fictitious}


def _article(article: Document) -> dict[str, Any]:
    matter = article.matter
    return {
        "name": article.name,
        "title": matter.title,
        "topic": matter.topic,
        "language": article.locale,
        "checked": matter.checked.isoformat(),
    }


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, RefusedError):
        return refusal(error)
    if isinstance(error, RequestValidationError):
        found = [
            FieldProblem(pointer=f"/{each['loc'][-1]}", found=short(repr(each["input"])), allowed=each["msg"])
            for each in error.errors()
        ]
        return refusal(RefusedError(422, SOME_WRONG.replace("the body", "the address"), found))
    assert isinstance(error, HTTPException)
    return refusal(RefusedError(error.status_code, SAID.get(error.status_code, error.detail), headers=error.headers))


SAID = {
    404: "There is nothing at this address: /v1/openapi.json tells what there is.",
    405: "This method isn't for this address: /v1/openapi.json tells which is.",
}
