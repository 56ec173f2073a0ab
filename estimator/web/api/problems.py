"""What is said of a request that can't be answered: problem details (RFC 9457), with a pointer to each field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.responses import JSONResponse

from estimator.rules.household import KINDS, problems
from estimator.web.api.models import EstimateRequest, Household, Provision

PROBLEM_JSON = "application/problem+json"
LONGEST_FOUND = 60  # letters of what was sent that are said again
# The words of the rules for what TOML and CSV have, as JSON calls it; and their names of fields, as this API has them.
IN_JSON = {"a table": "an object", "a list": "an array"}
FIELDS = {name for model in (Household, Provision) for name in model.model_fields if "_" in name} - set(KINDS)
NAMED = re.compile(rf"\b({'|'.join(sorted(FIELDS))})\b")


class FieldProblem(BaseModel):
    """One field that is wrong."""

    pointer: str = Field(description="Where in the body, as a JSON Pointer (RFC 6901); empty for the body itself.")
    found: str = Field(description="What was found there, shortened.")
    allowed: str = Field(description="What is allowed there.")


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="What kind of problem it is; about:blank where its status says it all.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong with this request, for a person.")
    errors: list[FieldProblem] | None = Field(None, description="Every field that is wrong.")


class RefusedError(Exception):
    """A request that isn't answered as asked: its status, what to tell of it, and what goes into the headers."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.headers = status, detail, errors, headers


def refusal(error: RefusedError) -> JSONResponse:
    """The answer to a request that is refused."""
    content: dict[str, Any] = {
        "type": "about:blank", "title": HTTPStatus(error.status).phrase, "status": error.status, "detail": error.detail,
    }  # fmt: skip
    if error.errors:
        content["errors"] = [each.model_dump() for each in error.errors]
    return JSONResponse(content, error.status, error.headers, PROBLEM_JSON)


def wrong_field(pointer: str, found: str, allowed: str) -> RefusedError:
    """One field that is wrong in a way that only its content shows."""
    return RefusedError(422, SOME_WRONG, [FieldProblem(pointer=pointer, found=short(found), allowed=allowed)])


SOME_WRONG = "Some fields of the body are wrong: errors tells which, what was found, and what is allowed."


def wrong_fields(error: ValidationError) -> RefusedError:
    """All that is wrong with a body."""
    found = [_field(*problem) for problem in problems(error)]
    return RefusedError(422, SOME_WRONG, found)


def short(found: str) -> str:
    """As much of what was sent as helps to find it."""
    return found if len(found) <= LONGEST_FOUND else f"{found[: LONGEST_FOUND - 1]}…"


def _field(field: str, found: str, allowed: str) -> FieldProblem:
    path = field.split(".") if field else []
    if found == "an unknown key":
        allowed = ", ".join(to_camel(name) for name in _model_at(path[:-1]).model_fields)
    elif path:
        path[-1] = to_camel(path[-1])  # the rules have found something out, and name it in their way
    pointer = "".join(f"/{_escaped(name)}" for name in path)
    found, allowed = (NAMED.sub(lambda name: to_camel(name[0]), IN_JSON.get(said, said)) for said in (found, allowed))
    return FieldProblem(pointer=short(pointer), found=short(found), allowed=allowed)


def _model_at(path: Sequence[str]) -> type[BaseModel]:
    """The model of the object at a place of the body."""
    return Provision if len(path) > 1 else Household if path else EstimateRequest


def _escaped(name: str) -> str:
    """A part of a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")
