"""Two persons of the office, one of operations, one department, and the days of the assessment of 2025."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from data_access.commands import assessment_facts as facts
from data_access.engine import BEIJING, writing
from data_access.principal import Principal

ZHANG = Principal("office", "office", "张某", "zhang")
LI = Principal("office", "office", "李某", "li")
TEAM = Principal("operations", "operations", "运维王某", "wang")
YOUTH = Principal("department", "youth_sport", "青少处长", "youth")
MASS = Principal("department", "mass_sport", "群体处长", "mass")
YEAR = 2025


def at(text: str) -> dt.datetime:
    """``2026-01-20`` at ten in the morning."""
    return dt.datetime.fromisoformat(f"{text} 10:00").replace(tzinfo=BEIJING)


def do(made: Engine, command: Callable[..., Any], who: Principal, *arguments: Any, **more: Any) -> Any:
    """One command in a transaction of its own."""
    with writing(made) as connection:
        return command(who, connection, *arguments, **more)


def reply(department: str = "youth_sport", done_on: str | None = None, **more: Any) -> facts.Fact:
    """A reply to a circular, due on 1 June 2025."""
    done = dt.date.fromisoformat(done_on) if done_on else None
    return facts.Fact(
        YEAR, "obligation", department, "circular_reply", dt.date(2025, 6, 1), done, evidence="通报〔2025〕3号",
        **more,
    )  # fmt: skip


def content(department: str = "youth_sport", **more: Any) -> facts.Fact:
    """A confirmed sensitive upload."""
    given: dict[str, Any] = {
        "happened_on": dt.date(2025, 5, 10), "settled_on": dt.date(2025, 5, 20), "evidence": "隔离记录 R20250510-0001",
    }  # fmt: skip
    return facts.Fact(YEAR, "deduction", department, "content", **(given | more))


def in_force(made: Engine, entry: facts.Fact, day: str, **more: Any) -> str:
    """Proposed by one and confirmed by the other on `day`; its number."""
    number, _ = do(made, facts.propose_fact, ZHANG, entry, at=at(day), **more)
    do(made, facts.decide_fact, LI, number, is_approved=True, at=at(day))
    return number
