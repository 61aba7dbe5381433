"""The life of an annual plan (年度计划, Article 8): draft → submitted → approved or returned; revised, closed.

Every step names all problems together and changes nothing if there is one. What was
approved is never changed: a revision is the next version.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine

import catalog
from data_access.audit import append
from data_access.clock import day_of, moment_of, now
from data_access.commands.notices import Message, notify, scope_of, settle
from data_access.commands.plan_step import PlanError, Promise, Step
from data_access.engine import reading, writing
from data_access.principal import Principal
from data_access.queries.plans import STATE_NAMES, Plan
from data_access.versions import raise_versions

__all__ = [
    "PlanError", "Promise", "approve", "close_year", "copy_last_year", "problems_of", "send_back", "set_plan",
    "set_plans", "submit",
]  # fmt: skip


def set_plan(
    engine: Engine,
    principal: Principal,
    category: str,
    year: int,
    quantity: int,
    *,
    months: Sequence[int] = (),
    reason: str | None = None,
    approved_on: dt.date | None = None,
) -> Plan:
    """Promise `quantity` records of one category: a draft, or approved if `approved_on` is given.

    Raises:
        PlanError: with every problem.
        Forbidden: another department's category, or approval by who may not.
    """
    promise = Promise(category, year, quantity, tuple(months), reason, approved_on)
    return set_plans(engine, principal, [promise])[0]


def set_plans(engine: Engine, principal: Principal, promises: Sequence[Promise]) -> list[Plan]:
    """Promise several categories at once: all of them or none.

    A promise equal to what is in force, or to the standing draft, makes no new version.
    """
    with writing(engine) as connection:
        at = now()
        raise_versions(connection, "plans", at=at)
        step = Step(principal, connection, day_of(at), at)
        saved = [step.promise(p) for p in step.checked(promises)]
        _audit_saved(connection, principal, saved, at)
        return saved


def problems_of(engine: Engine, principal: Principal, promises: Sequence[Promise]) -> list[str]:
    """What `set_plans` would refuse, without changing anything."""
    with reading(engine) as connection:
        try:
            Step(principal, connection, day_of(now())).checked(promises)
        except PlanError as error:
            return error.problems
    return []


def submit(
    engine: Engine,
    principal: Principal,
    year: int,
    categories: Iterable[str] | None = None,
    *,
    on: dt.date | None = None,
) -> int:
    """The head submits drafts to the office; returns how many (all of the department's by default)."""

    def one(step: Step, plan: Plan) -> dict[str, Any]:
        step.need_department(plan.department)
        return {"state": "submitted", "submitted_on": on or step.day}

    return _transition(engine, principal, year, categories, "draft", "提交", "plan.submit", one, on)


def approve(
    engine: Engine,
    principal: Principal,
    year: int,
    categories: Iterable[str] | None = None,
    *,
    on: dt.date | None = None,
) -> int:
    """The office approves what was submitted; the version before is superseded from that day."""
    principal.require("office")

    def one(step: Step, plan: Plan) -> dict[str, Any]:
        day = on or step.day
        step.check_approval(plan.category, plan.year, plan.quantity, plan.reason, day, plan.submitted_on)
        step.supersede(plan.category, plan.year)
        return {"state": "approved", "approved_on": day, "approved_by": principal.name}

    return _transition(engine, principal, year, categories, "submitted", "批准", "plan.approve", one, on)


def send_back(
    engine: Engine, principal: Principal, year: int, categories: Iterable[str] | None = None, *, reason: str
) -> int:
    """The office returns what was submitted, with a reason the department can act on."""
    principal.require("office")
    if not reason.strip():
        raise PlanError(["退回计划要写明原因。请填写处室需要改什么，例如：数量低于去年完成数，请说明。"])

    def one(step: Step, plan: Plan) -> dict[str, Any]:
        return {"state": "returned", "returned_reason": reason.strip()}

    return _transition(engine, principal, year, categories, "submitted", "退回", "plan.return", one)


def close_year(engine: Engine, principal: Principal, year: int) -> int:
    """Close the versions in force at the freeze (封存); returns how many."""
    principal.require("office")

    def one(step: Step, plan: Plan) -> dict[str, Any]:
        return {"state": "closed"}

    return _transition(engine, principal, year, None, "approved", "封存", "plan.close", one)


def copy_last_year(engine: Engine, principal: Principal, year: int) -> list[Plan]:
    """Drafts with the quantities in force at the end of last year, for categories without a version.

    Raises:
        PlanError: when last year has nothing to copy.
    """
    with writing(engine) as connection:
        at = now()
        raise_versions(connection, "plans", at=at)
        step = Step(principal, connection, day_of(at), at)
        present = {plan.category for plan in step.plans(year)}
        last = {plan.category: plan for plan in step.plans(year - 1) if plan.state in ("approved", "closed")}
        wanted = [
            Promise(code, year, plan.quantity, plan.months, plan.reason)
            for code, plan in last.items()
            if code not in present and step.may_plan(code, year)
        ]
        if not wanted:
            raise PlanError(
                [f"{year - 1} 年没有可以复制的计划，或 {year} 年各类别都已有计划。请直接填写 {year} 年计划。"]
            )
        saved = [step.promise(p) for p in step.checked(wanted)]
        _audit_saved(connection, principal, saved, at)
        return saved


def _audit_saved(
    connection: Connection, principal: Principal, saved: Sequence[Plan], at: dt.datetime
) -> None:
    """One entry a call, however many categories a file brought."""
    years = "、".join(str(y) for y in sorted({plan.year for plan in saved}))
    plans = [[p.category, p.year, p.version, p.state, p.quantity] for p in saved]
    append(connection, principal, "plan.save", f"{years} 年度计划", "done", at=at, detail={"plans": plans})


def _transition(
    engine: Engine,
    principal: Principal,
    year: int,
    categories: Iterable[str] | None,
    state: str,
    verb: str,
    action: str,
    one: Callable[[Step, Plan], dict[str, Any]],
    on: dt.date | None = None,
) -> int:
    """Move the newest version of each category from `state`; the others are problems if they were named."""
    with writing(engine) as connection:
        at = now()
        raise_versions(connection, "plans", at=at)
        step = Step(principal, connection, day_of(at), moment_of(on, at) if on else at)
        newest = {plan.category: plan for plan in step.plans(year)}
        if state == "approved":  # a later draft does not keep the version in force from being closed
            newest = {plan.category: plan for plan in step.plans(year) if plan.state == state}
        wanted = list(categories) if categories is not None else step.mine(newest.values(), state)
        changes: list[tuple[Plan, dict[str, Any]]] = []
        for code in wanted:
            plan = newest.get(code)
            if plan is None:
                step.problems.append(f"{step.name(code)}：{year} 年没有计划，不能{verb}。请先填写计划。")
            elif plan.state != state:
                step.problems.append(
                    f"{step.name(code)}：{year} 年第 {plan.version} 版是「{STATE_NAMES[plan.state]}」，"
                    f"不能{verb}；{verb}只适用于「{STATE_NAMES[state]}」。"
                )
            else:
                changes.append((plan, one(step, plan)))
        step.stop_if_problems()
        for plan, values in changes:
            step.change(plan, values)
        if changes:
            detail: dict[str, Any] = {"versions": {plan.category: plan.version for plan, _ in changes}}
            if "returned_reason" in changes[0][1]:
                detail["reason"] = changes[0][1]["returned_reason"]
            _tell(connection, principal, [plan for plan, _ in changes], action, at)
            append(connection, principal, action, f"{year} 年度计划", "done", at=at, detail=detail)
        return len(changes)


TOLD = {
    "plan.submit": ("submitted", "calm", "{who}已提交 {year} 年度计划（{count} 个类别）", "请批准，或退回并写明原因。"),
    "plan.approve": ("approved", "calm", "{year} 年度计划已批准（{count} 个类别）", "批准的计划即日生效。"),
    "plan.return": (
        "returned", "attention", "{year} 年度计划被退回（{count} 个类别）", "原因见年度计划，请修改后重新提交。",
    ),
}  # fmt: skip
"""Step → (mark in the key, level, subject, words) of the notice to the other side."""


def _tell(
    connection: Connection, who: Principal, moved: Sequence[Plan], action: str, at: dt.datetime
) -> None:
    """A submission is told to the office, an answer to the department; it ends what asked for it."""
    if action not in TOLD:
        return
    mark, level, subject, words = TOLD[action]
    for department in dict.fromkeys(plan.department for plan in moved):
        mine = [plan for plan in moved if plan.department == department]
        year, unit = mine[0].year, catalog.default().units[department].label
        prefix = f"plan:{year}:{department}:"
        settle(who, connection, "plan", prefix=prefix, at=at)
        message = Message(
            key=f"{prefix}{mark}:{at:%Y%m%d%H%M%S}:{mine[0].category}",
            scope="office" if mark == "submitted" else scope_of(department),
            kind="plan", level=level, subject=subject.format(who=unit, year=year, count=len(mine)), words=words,
            address=f"/plans?year={year}",
        )  # fmt: skip
        notify(who, connection, [message], at=at)
