"""Files that somebody sends, in memory and nowhere else."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from estimator.web.forms import is_form

IN_PARTS = "multipart/form-data"
MOST_FIELDS, MOST_OF_A_FIELD = 16, 1024
AROUND = 16 * 1024  # bytes: what stands around a file and in the fields beside it


class TooLargeError(ValueError):
    """More was sent than may be."""


class UploadError(ValueError):
    """What was sent is no form with a file."""


async def form_in_memory(
    request: Request, most_bytes: int, most_files: int = 1, most_fields: int = MOST_FIELDS
) -> FormData:
    """A form with files of at most so many bytes together; raises ``TooLargeError`` and ``UploadError``."""
    if not is_form(request, (IN_PARTS,)):
        raise UploadError
    most = most_bytes + AROUND
    length = request.headers.get("Content-Length", "0")
    if not length.isdecimal() or int(length) > most:
        raise TooLargeError
    parser = MultiPartParser(
        request.headers, _limited(request, most), max_files=most_files, max_fields=most_fields,
        max_part_size=MOST_OF_A_FIELD,
    )  # fmt: skip
    parser.spool_max_size = most + 1  # beyond it a file would go to disk
    try:
        return await parser.parse()
    except MultiPartException:
        raise UploadError from None


async def _limited(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """The body, up to so many bytes whatever was said of its length."""
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > most:
            raise TooLargeError
        yield chunk
