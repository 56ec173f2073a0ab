"""The fields of a form that was sent, within bounds."""

from __future__ import annotations

import logging
from collections.abc import Container

from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

# More than the longest interview takes.
MOST_BYTES, MOST_FIELDS = 64 * 1024, 128
UTF_8 = b"utf-8"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")

# The parser of forms warns with what it found in a body.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


async def read_form(request: Request, most_fields: int = MOST_FIELDS) -> dict[str, list[str]]:
    """The fields of a form. Raises ``HTTPException`` for what is none, or is larger than any of ours."""
    if not is_form(request, FORM_TYPES):
        raise HTTPException(415)
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise HTTPException(413)
    limited = Request(request.scope, _limited(request.receive))
    form = await limited.form(max_files=0, max_fields=most_fields, max_part_size=MOST_BYTES)
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields.setdefault(name, []).append(value)
    return fields


def is_form(request: Request, kinds: Container[str]) -> bool:
    """Whether a form of one of these kinds was sent, in UTF-8 as ours are: another would be read as it asks to be."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    return kind.decode("latin-1") in kinds and options.get(b"charset", UTF_8).lower() == UTF_8


def _limited(read: Receive) -> Receive:
    """The same, stopping at a body that is larger than any of ours, whatever it said of its length."""
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await read()
        taken += len(message.get("body", b""))
        if taken > MOST_BYTES:
            raise HTTPException(413)
        return message

    return receive
