"""What somebody did to the exhibition wall is written down: who, when, what, and whether the wall took it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import Engine

from data_access.audit import append
from data_access.engine import writing
from data_access.principal import Principal, Role

MAY_COMMAND: tuple[Role, ...] = ("guide", "office")
"""Who leads through the hall; the wall itself knows no persons, only the key of the program."""


def record_command(
    engine: Engine,
    principal: Principal,
    name: str,
    *,
    at: dt.datetime,
    result: Literal["done", "failed"],
    detail: Mapping[str, Any] | None = None,
    is_emergency: bool = False,
) -> None:
    """One entry for one command, after the wall has answered.

    Args:
        name: the command in words, e.g. ``下一屏``.
        detail: what was shown, for how long; plain JSON.
    """
    principal.require(*MAY_COMMAND)
    action = "wall.emergency" if is_emergency else "wall.command"
    with writing(engine) as connection:
        append(connection, principal, action, name, result, at=at, detail=detail)
