"""Holds Python's cycle collector back while a file is turned into columns."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No search for cycles inside the block.

    A file of 300,000 rows makes millions of objects that live to the end of it
    and form no cycles; searching them again and again took two thirds of the
    time. Another thread that ends its own pause meanwhile only costs speed.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
