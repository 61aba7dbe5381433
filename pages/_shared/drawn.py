"""The exact cache of drawn elements; the only module that knows `st.cache_resource`.

What is kept is what a block has drawn, ready to be sent: a page of four charts
costs 3.5 ms instead of 15.5. The key is block, arguments, scope and data
versions, so there is no age, nothing to clear and nothing stale, and all users of
one scope together cost one query a version.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import streamlit as st

from data_access.schema import OPERATIONAL
from pages._shared.numbers import Reading

MOST_ENTRIES = 2000
_PLAIN = (str, int, float, bool, type(None), dt.date, Decimal)


def draw(
    reading: Reading, block: Callable[..., Any], *arguments: Any, domains: Iterable[str] | None = None
) -> Any:
    """Draw a block, or send again what it drew for the same question to the same version.

    Args:
        reading: the snapshot of this run; handed to the block.
        block: ``block(reading, *arguments)``, a function of a module. It draws, holds
            no widget, and depends on nothing but what it is handed.
        arguments: plain values: text, numbers, dates, None, tuples of them.
        domains: the data versions it depends on; none, all but the operational ones (``live``).

    Returns:
        What the block returns: kept with the drawing, and the same object for everybody, so
        nothing that can be changed. A block may draw nothing and only work something out that
        widgets need.
    """
    if "<locals>" in block.__qualname__ or block.__name__ == "<lambda>":
        raise TypeError(
            f"{block.__qualname__} is defined inside a function: what it catches there would not be in the key. "
            "Define it in the module and pass what it needs as arguments."
        )
    _require_plain(block, arguments)
    wanted = None if domains is None else set(domains)
    versions = tuple(
        sorted(
            (d, v)
            for d, v in reading.versions.items()
            if (d not in OPERATIONAL if wanted is None else d in wanted)
        )
    )
    name = f"{block.__module__}.{block.__qualname__}"
    key = repr((name, arguments, reading.base, reading.principal.scope, versions))
    return _drawn(key=key, _block=block, _arguments=arguments, _reading=reading)


def _require_plain(block: Callable[..., Any], values: tuple[Any, ...]) -> None:
    for value in values:
        if isinstance(value, tuple):
            _require_plain(block, value)
        elif not isinstance(value, _PLAIN):
            raise TypeError(
                f"{block.__qualname__} was given a {type(value).__name__}: the key of a drawn block holds "
                "text, numbers, dates, None and tuples of them. Let the block fetch the rest itself."
            )


@st.cache_resource(max_entries=MOST_ENTRIES, show_spinner=False)
def _drawn(key: str, _block: Callable[..., Any], _arguments: tuple[Any, ...], _reading: Reading) -> Any:
    """One text as the key: of a tuple Streamlit would hash every version on its own, a sixth of a rerun.

    Called by keywords: of positional values it looks up the names in the signature, each time.
    Kept as a resource: as data the messages would be read from bytes for every rerun, a tenth of it.
    """
    found = _block(_reading, *_arguments)
    try:
        hash(found)
    except TypeError:
        raise TypeError(
            f"{_block.__qualname__} returned a {type(found).__name__}: what everybody is handed must not be changed by "
            "one of them. Return text, numbers, dates, None, frozen records and tuples of them."
        ) from None
    return found
