"""What happens when a page fails: a number on the screen, everything else in the log."""

from __future__ import annotations

import secrets
from typing import Any

import structlog

from data_access.no_answer import no_answer
from ui.pieces import states
from web.logs import frames

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def error_number() -> str:
    """Eight characters that can be read out over the telephone: no 0/O, 1/I/L."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))


def on_script_error(error: Exception) -> bool:
    """Streamlit's hook for an uncaught exception of a page, a fragment or a callback.

    The message of the exception stays in no place: it may quote a record or a
    database address. Its type and the way to it are enough to find the line.
    """
    number = error_number()
    known: dict[str, Any] = {"type": type(error).__name__, "frames": frames(error)}
    cause = error.__cause__ or error.__context__
    if cause is not None:
        known["cause"] = type(cause).__name__
    if no_answer(error):
        structlog.get_logger().error("database_unreachable", number=number, **known)
        states.no_answer(number)
    else:
        structlog.get_logger().error("page_failed", number=number, **known)
        states.failed(number)
    return True
