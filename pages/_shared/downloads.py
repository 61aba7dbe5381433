"""Files that are made when their button is pressed: for whom, under a name of their own, written down.

Streamlit makes such a file outside any script, so the session is bound to it here
and asked for anew. A name nobody else's file has keeps two large files of equal
length apart (Streamlit looks at parts of them only).
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable
from typing import Any

import streamlit as st

from data_access.clock import now
from data_access.commands.exporting import record_export
from data_access.engine import engine
from data_access.settings import settings
from pages._shared.principal import acting_as, principal, session_id
from ui import files

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": CSV, "xlsx": XLSX}


def download(
    label: str,
    make: Callable[[], bytes],
    file_name: str,
    *,
    key: str,
    mime: str | None = None,
    detail: dict[str, Any] | None = None,
    recorded: bool = True,
    action: str = "data.export",
    **options: Any,
) -> None:
    """A button for a file.

    Args:
        make: the file's bytes; asks for the principal itself, as every read does.
        file_name: as people know it; time, account and some chance are added.
        detail: what the audit should know beside the name.
        action: how the audit calls it.
        recorded: False for empty forms and dictionaries, which hold nobody's data.
    """
    sid, who = session_id(), principal()

    def made() -> bytes:
        with acting_as(sid):
            content = make()
            if recorded:
                record_export(
                    engine(settings().database.url), principal(), file_name, at=now(), detail=detail,
                    action=action,
                )  # fmt: skip
            return content

    st.download_button(
        label,
        data=made,
        file_name=unique(file_name, who.account),
        mime=mime,
        key=key,
        icon=options.pop("icon", ":material/download:"),
        on_click="ignore",
        **options,
    )


def tables(name: str, load: Callable[[], Any], *, as_of: dt.date | None = None) -> None:
    """Buttons for CSV and xlsx of one table (a data frame); `load` runs only when one is pressed."""
    writers: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
        ("CSV", "csv", lambda: files.to_csv(load())),
        ("xlsx", "xlsx", lambda: files.to_xlsx(load(), name)),
    )
    stem = files.file_stem(name, as_of)
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        for label, ending, make in writers:
            download(
                label, make, f"{stem}.{ending}", key=f"{ending}.{name}", mime=TYPES[ending], type="tertiary"
            )


def unique(file_name: str, account: str) -> str:
    """``进度.csv`` → ``进度_zhangwei_143205_9f3a1c.csv``: no two files of the house share a name."""
    stem, dot, ending = file_name.rpartition(".")
    mark = f"{re.sub(r'[^a-z0-9.-]', '', account)}_{now():%H%M%S}_{secrets.token_hex(3)}"
    return f"{stem or ending}_{mark}{dot}{ending if stem else ''}"
