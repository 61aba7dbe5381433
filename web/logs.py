"""Log lines: one JSON object each, to standard error, without personal data."""

from __future__ import annotations

import logging
import sys

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
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def _without_exception(record: logging.LogRecord) -> bool:
    return record.exc_info is None
