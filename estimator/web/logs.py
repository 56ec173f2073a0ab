"""How the log is written: as text for people, or as JSON for programs; never with the message of a stranger's error."""

from __future__ import annotations

import logging
import sys
from traceback import format_tb
from typing import Literal

from pythonjsonlogger.json import JsonFormatter

LogFormat = Literal["text", "json"]
TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Written with everything that is said beside the message, such as the route of a request.
JSON = ("levelname", "name", "message")


def set_up_log(form: LogFormat) -> None:
    """Write all that is logged to the error stream of the process, from warnings on; of ourselves everything."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(without_messages_of_errors)
    if form == "json":
        names = {"levelname": "level", "name": "logger"}
        handler.setFormatter(JsonFormatter(list(JSON), rename_fields=names, timestamp="time"))
    else:
        handler.setFormatter(logging.Formatter(TEXT))
    logging.basicConfig(handlers=[handler], force=True)
    logging.getLogger("estimator").setLevel(logging.INFO)


def without_messages_of_errors(record: logging.LogRecord) -> bool:
    """Leaves the type and the places of an error in the log; what it says may be what somebody answered."""
    if record.exc_info and record.exc_info[0]:
        kind, _, trace = record.exc_info
        record.msg = f"{record.getMessage()}: {kind.__name__}\n{''.join(format_tb(trace))}"
        record.args, record.exc_info, record.exc_text = None, None, None
    return True
