"""People and one circular of October 2026 for the tests; figures of a department with two late categories."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from data_access.commands import circulars
from data_access.commands.circulars import Draft, Said
from data_access.engine import BEIJING, reading, writing
from data_access.principal import Principal
from data_access.queries import circulars as queries

OFFICE = Principal("office", "office", "张某", "zhang")
TEAM = Principal("operations", "operations", "运维王某", "wang")
MASS = Principal("department", "mass_sport", "群体处李某", "li")
YOUTH = Principal("department", "youth_sport", "青少处赵某", "zhao")
WANZHOU = Principal("district", "500101", "万州陈某", "chen")
LEADER = Principal("leader", "leader", "局领导", "leader")
GUIDE = Principal("guide", "guide", "讲解员", "guide")
FIRST, LAST = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
EVENTS = "mass_sport_event"


def at(text: str) -> dt.datetime:
    """``2026-11-06`` at ten in the morning."""
    return dt.datetime.fromisoformat(f"{text} 10:00").replace(tzinfo=BEIJING)


def do(made: Engine, command: Callable[..., Any], who: Principal, *arguments: Any, **more: Any) -> Any:
    """One command in a transaction of its own."""
    with writing(made) as connection:
        return command(who, connection, *arguments, **more)


def see(made: Engine, query: Callable[..., Any], who: Principal, *arguments: Any, **more: Any) -> Any:
    """One query in a snapshot of its own."""
    with reading(made) as connection:
        return query(who, connection, *arguments, **more)


def said(department: str = "mass_sport", category: str | None = EVENTS, value: str = "2") -> Said:
    return Said(department, category, "late_items", Decimal(value), Decimal(0))


def draft(kind: str = "rectification", **more: Any) -> Draft:
    values = {
        "kind": kind, "title": "关于10月数据汇聚情况的通报", "body": "", "first": FIRST, "last": LAST, "as_of": LAST,
        "items": (said(), said("youth_sport", "youth_event")), "copies": ("500101",),
    }  # fmt: skip
    return Draft(**{**values, **more})


def issued(made: Engine, kind: str = "rectification", on: str = "2026-11-06", **more: Any) -> str:
    """Drafted by the team, approved by the office, issued by the team; its code."""
    code = do(made, circulars.save_draft, TEAM, draft(kind, **more), at=at(on))
    do(made, circulars.approve, OFFICE, code, at=at(on))
    do(made, circulars.issue, TEAM, code, at=at(on))
    return code


def line(made: Engine, code: str, unit: str = "mass_sport") -> queries.Recipient:
    return next(r for r in see(made, queries.recipients, OFFICE, [code]) if r.unit == unit)


def circular(made: Engine, code: str, who: Principal = OFFICE) -> queries.Circular:
    found = see(made, queries.one_circular, who, code)
    assert found is not None
    return found
