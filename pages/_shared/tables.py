"""Tables of a page as files, behind plain links: no widget, so they cost a rerun nothing.

A page declares them: ``TABLES = {"matrix": Table("汇聚进度", _matrix_table)}``; `web/exports.py`
answers ``/export/PAGE/TABLE.xlsx``. Pages whose tables depend on what was chosen in
widgets use `downloads.tables` instead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pages._shared.numbers import Reading

if TYPE_CHECKING:
    import pandas as pd

PREFIX = "/export"
ENDINGS = {"CSV": "csv", "xlsx": "xlsx"}


class Refused(ValueError):
    """The address asks for what there is not; the message is for its reader."""


@dataclass(frozen=True)
class Table:
    """One table of a page.

    Args:
        name: what people call it, and the name of its file.
        load: ``load(reading, query)``: the rows the asker may see under these filters of the URL.
    """

    name: str
    load: Callable[[Reading, Mapping[str, str]], pd.DataFrame]


def addresses(page: str, table: str, **filters: str) -> dict[str, str]:
    """Label → address of the files of one table."""
    query = f"?{urlencode(filters)}" if filters else ""
    return {label: f"{PREFIX}/{page}/{table}.{ending}{query}" for label, ending in ENDINGS.items()}


def day(query: Mapping[str, str], today: dt.date, earliest: dt.date) -> dt.date:
    """``as_of`` of the query; today when absent.

    Raises:
        Refused: no day, or one the page does not show.
    """
    asked = query.get("as_of")
    try:
        found = today if asked is None else dt.date.fromisoformat(asked)
    except ValueError:
        found = None
    if found is None or not earliest <= found <= today:
        raise Refused(
            f"截至日期应写成 {earliest:%Y-%m-%d} 至 {today:%Y-%m-%d} 之间的一天。请回到页面重新选择。"
        )
    return found
