"""A mistake of ours in the log: what failed and where, without the message of the error, which may hold an answer."""

from __future__ import annotations

import logging
from traceback import format_tb

log = logging.getLogger(__name__)


def log_mistake(what: str, error: Exception) -> None:
    """Log that something failed, without a word of what somebody answered."""
    log.error("%s: %s\n%s", what, type(error).__name__, "".join(format_tb(error.__traceback__)))
