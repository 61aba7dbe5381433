"""Suppression of small cells: one function between every count of people or records and the wall.

A cell of fewer than `LEAST` can point at a person. It is left out (None, drawn as
“—”); so is the next smallest cell where the sum of all is shown beside its parts,
because otherwise one subtraction would give the hidden cell back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

LEAST = 10
"""People or records of the smallest cell that may be shown."""

Key = TypeVar("Key")


def shown(count: int | None) -> int | None:
    """The count, or None where it is between 1 and 9. Zero stays: it points at nobody."""
    if count is None or count < 0 or 0 < count < LEAST:
        return None
    return count


def shown_parts(counts: Mapping[Key, int | None]) -> dict[Key, int | None]:
    """Cells of one division whose total is shown too.

    What the total less the visible cells would give back must be a sum of at least two
    cells and at least `LEAST`: the smallest visible cells are hidden with it until it is.
    """
    kept = {key: shown(count) for key, count in counts.items()}
    hidden = [count for key, count in counts.items() if count and kept[key] is None]
    visible = sorted((key for key, count in kept.items() if count), key=lambda key: kept[key] or 0)
    while hidden and visible and (len(hidden) < 2 or sum(hidden) < LEAST):
        key = visible.pop(0)
        hidden.append(counts[key] or 0)
        kept[key] = None
    return kept


def shown_row(counts: Sequence[int | None]) -> tuple[int | None, ...]:
    """Cells of a series, each by itself (no total of exactly these cells is shown)."""
    return tuple(shown(count) for count in counts)


def shown_share(part: int | None, whole: int | None) -> float | None:
    """`part` ÷ `whole` (0–1) where both groups and what is left over may be shown; else None."""
    if not part and part != 0:
        return None
    if not whole or shown(whole) is None or shown(part) is None or shown(whole - part) is None:
        return None
    return part / whole
