"""The body of a request: JSON within bounds, with every amount as exact as it was written."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

from pydantic import ValidationError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect, Request

from estimator.web.api.models import EstimateRequest
from estimator.web.api.problems import RefusedError, short, wrong_fields

JSON = "application/json"
MOST_BYTES = 64 * 1024  # a household with a hundred provisions has a tenth of that
UTF_8 = ("utf-8", "utf8")


async def read_request(request: Request) -> EstimateRequest:
    """What is asked; raises ``RefusedError`` for what can't be read, and names every field that is wrong."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    charset = options.get(b"charset", b"utf-8").decode("latin-1").lower()
    if kind.decode("latin-1").lower() != JSON or charset not in UTF_8:
        raise RefusedError(415, f"The body has to be {JSON}, in UTF-8.")
    content = _parsed(await _body(request))
    try:
        return EstimateRequest.model_validate(content)
    except ValidationError as error:
        raise wrong_fields(error) from None


async def _body(request: Request) -> bytes:
    """The body; refused as soon as it is too large, whatever it says of its length."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise RefusedError(413, f"The body has to be at most {MOST_BYTES:,} bytes.")
    except ClientDisconnect:
        raise RefusedError(400, "The body ended too early.") from None
    return bytes(body)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_each_once
        )
    except UnicodeDecodeError:
        raise RefusedError(400, "The body isn't UTF-8.") from None
    except RecursionError:
        raise RefusedError(400, "The body isn't JSON that can be read: it is nested too deeply.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise RefusedError(400, f"The body isn't JSON: {error.msg} ({place}).") from None
    except ValueError:  # a whole number of thousands of digits
        raise RefusedError(400, "The body isn't JSON that can be read: a number in it is too long.") from None


def _refuse(word: str) -> NoReturn:
    raise RefusedError(400, f"The body isn't JSON: {word} is no number there.")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise RefusedError(400, f"The body has {short(repr(twice))} twice in one object; every name may be there once.")
    return found
