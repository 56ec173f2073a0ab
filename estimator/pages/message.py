"""A page that only says something: an address that there isn't, a mistake of ours."""

from __future__ import annotations

from typing import Literal

from estimator.pages.request import Context, Link, Request, headed

MessageKind = Literal["not_found", "error", "not_understood", "too_large", "busy"]


def message_page(request: Request, kind: MessageKind) -> Context:
    """The context of ``message.html``."""
    texts = request.texts
    return {
        **headed(request, "message", texts(f"message.{kind}.heading")),
        "text": texts.paragraphs(f"message.{kind}.text"),
        "links_out": [Link(texts(f"message.{kind}.button"), request.home_urls[texts.lang])._asdict()],
    }
