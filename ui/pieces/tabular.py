"""Frames as tables: one to sort and to choose from, one folded under a picture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from ui import formats, html
from ui.pieces.browser import write

THOUSANDS = "%,d"


def table(frame: pd.DataFrame, counts: Sequence[str] = (), **options: Any) -> Any:
    """A table with the product's manners: no index, the frame's own Chinese column names.

    Args:
        counts: columns of whole numbers to be written 1,387,104 and still sorted as numbers; years and
            numbers that name something stay as they are.
    """
    if counts:
        options["column_config"] = {name: st.column_config.NumberColumn(format=THOUSANDS) for name in counts}
    return st.dataframe(frame, hide_index=True, placeholder="—", **options)


def folded_table(
    frame: pd.DataFrame, name: str, files: Mapping[str, str] | None = None, *, is_open: bool = False
) -> None:
    """The figures of a picture as a table, folded under it: for reading aloud, copying, printing.

    Args:
        files: label → address of the table as a file (`pages._shared.tables.addresses`).
        is_open: unfolded from the beginning.
    """
    is_number = [pd.api.types.is_numeric_dtype(frame[c]) for c in frame.columns]
    rows = [[_written(value) for value in row] for row in frame.itertuples(index=False)]
    right = [n or all(_FIGURE.fullmatch(row[i]) for row in rows) for i, n in enumerate(is_number)]
    columns = [str(c) for c in frame.columns]
    write(html.folded_table(f"{name}：数据表", columns, rows, right, files, is_open=is_open))


_FIGURE = re.compile(r"[+−-]?[\d,]+(\.\d+)?( ?[%％万亿条项分]*)|—")


def _written(value: Any) -> str:
    if formats.is_missing(value):
        return "—"
    if isinstance(value, float) and not value.is_integer():
        return formats.number(value, 1)
    return formats.number(value) if isinstance(value, (int, float)) else str(value)
