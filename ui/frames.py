"""Rows as a page builds them, as the frame that charts, tables and files take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd


def of(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] = ()) -> pd.DataFrame:
    """One row a mapping; `columns` keeps the names (and their order) when there is no row."""
    made = list(rows)
    return pd.DataFrame(made, columns=list(columns) if columns else None)
