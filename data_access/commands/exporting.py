"""What leaves the product as a file is written down: who took what, when (等保 2.0)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine

from data_access.audit import append
from data_access.engine import writing
from data_access.principal import Principal
from data_access.queries.scope import require_figures


def record_export(
    engine: Engine,
    principal: Principal,
    name: str,
    *,
    at: dt.datetime,
    detail: Mapping[str, Any] | None = None,
    action: str = "data.export",
) -> None:
    """One entry for one file, before the file is handed over.

    Args:
        name: what was exported, in words, e.g. ``裁判员_记录``.
        action: ``audit.export`` for the audit itself.
        detail: its filters and form, plain JSON.
    """
    require_figures(principal)
    with writing(engine) as connection:
        append(connection, principal, action, name, "done", at=at, detail=detail)
