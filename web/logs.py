"""Log lines: one JSON object each, to standard error, without personal data."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog


def configure(level: str) -> None:
    """Once, when the process starts.

    Streamlit writes uncaught exceptions to the log with their message, which may
    quote a record or a database address; `web/errors.py` writes them without.
    """
    logging.getLogger("streamlit.error_util").addFilter(_without_exception)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _where_not_what,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def frames(error: BaseException) -> list[str]:
    """Where it happened, file:line function, without the values of any variable."""
    found = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found


def _where_not_what(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its type and the way to it; its message and variables may quote a record."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event.update(type=type(error).__name__, frames=frames(error))
    return event


def _without_exception(record: logging.LogRecord) -> bool:
    return record.exc_info is None
