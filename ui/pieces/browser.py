"""The way to the reader's browser: HTML goes out here and nowhere else, at once or gathered into one message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

import streamlit as st

from ui.html import Markup

_gathered: ContextVar[list[Markup] | None] = ContextVar("gathered", default=None)


@contextmanager
def gather() -> Iterator[list[Markup]]:
    """What is written inside, kept for the caller, who writes it as one piece."""
    pieces: list[Markup] = []
    token = _gathered.set(pieces)
    try:
        yield pieces
    finally:
        _gathered.reset(token)


def write(piece: Markup) -> None:
    """A piece, to the others where pieces are gathered, else as a message."""
    pieces = _gathered.get()
    if pieces is None:
        write_alone(piece)
    else:
        pieces.append(piece)


def write_alone(piece: Markup, width: Literal["stretch", "content"] = "stretch") -> None:
    """A message of its own, whatever is gathered: beside a widget, or where the run ends with it."""
    st.html(piece, width=width)


def is_telephone() -> bool:
    """Whether the reader's browser says it is one: a deck is told its view, it does not ask for its width."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def framed(address: str, height: int) -> None:
    """Another page of this very server, in a frame: the wall. Never an address that somebody has typed."""
    if not address.startswith("/") or address.startswith("//"):
        raise ValueError(f"{address} is not a page of this server")
    st.iframe(address, height=height)
