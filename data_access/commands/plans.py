"""The life of an annual plan (年度计划, Article 8): draft → submitted → approved or returned; revised, closed.

Every step names all problems together and changes nothing if there is one. What was
approved is never changed: a revision is the next version.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select, update

import catalog
from data_access.clock import day_of, now
from data_access.engine import reading, writing
from data_access.principal import ROLE_NAMES, Forbidden, Principal
from data_access.queries.plans import COUNTING_STATES, STATE_NAMES, Plan
from data_access.responsibility import Responsibilities, read_responsibilities
from data_access.schema import plan_version
from data_access.versions import raise_versions

MAX_QUANTITY = 2_000_000_000
KEEPERS = ("office", "operations")
"""Roles that may enter a plan for any department."""


class PlanError(Exception):
    """The plan cannot be taken; `problems` names every place and what to write. Nothing was changed."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        lines = "\n".join(f"  {p}" for p in self.problems)
        super().__init__(f"计划有 {len(self.problems)} 处需要修改，暂未保存：\n{lines}")


@dataclass(frozen=True, slots=True)
class Promise:
    """What somebody wants to promise for one category; `where` says where it was written.

    `months`: for event categories, the months in which events are expected.
    `approved_on`: enters it as already approved on that day (office and operations only).
    """

    category: str
    year: int
    quantity: int
    months: tuple[int, ...] = ()
    reason: str | None = None
    approved_on: dt.date | None = None
    where: str = ""


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
        step = _Step(principal, connection, day_of(at))
        return [step.promise(p) for p in step.checked(promises)]


def problems_of(engine: Engine, principal: Principal, promises: Sequence[Promise]) -> list[str]:
    """What `set_plans` would refuse, without changing anything."""
    with reading(engine) as connection:
        try:
            _Step(principal, connection, day_of(now())).checked(promises)
        except PlanError as error:
            return error.problems
    return []


def submit(engine: Engine, principal: Principal, year: int, categories: Iterable[str] | None = None) -> int:
    """The head submits drafts to the office; returns how many (all of the department's by default)."""

    def one(step: _Step, plan: Plan) -> dict[str, Any]:
        step.need_department(plan.department)
        return {"state": "submitted", "submitted_on": step.day}

    return _transition(engine, principal, year, categories, "draft", "提交", one)


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

    def one(step: _Step, plan: Plan) -> dict[str, Any]:
        day = on or step.day
        step.check_approval(plan.category, plan.year, plan.quantity, plan.reason, day, plan.submitted_on)
        step.supersede(plan.category, plan.year)
        return {"state": "approved", "approved_on": day, "approved_by": principal.name}

    return _transition(engine, principal, year, categories, "submitted", "批准", one)


def send_back(
    engine: Engine, principal: Principal, year: int, categories: Iterable[str] | None = None, *, reason: str
) -> int:
    """The office returns what was submitted, with a reason the department can act on."""
    principal.require("office")
    if not reason.strip():
        raise PlanError(["退回计划要写明原因。请填写处室需要改什么，例如：数量低于去年完成数，请说明。"])

    def one(step: _Step, plan: Plan) -> dict[str, Any]:
        return {"state": "returned", "returned_reason": reason.strip()}

    return _transition(engine, principal, year, categories, "submitted", "退回", one)


def close_year(engine: Engine, principal: Principal, year: int) -> int:
    """Close the versions in force at the freeze (封存); returns how many."""
    principal.require("office")

    def one(step: _Step, plan: Plan) -> dict[str, Any]:
        return {"state": "closed"}

    return _transition(engine, principal, year, None, "approved", "封存", one)


def copy_last_year(engine: Engine, principal: Principal, year: int) -> list[Plan]:
    """Drafts with the quantities in force at the end of last year, for categories without a version.

    Raises:
        PlanError: when last year has nothing to copy.
    """
    with writing(engine) as connection:
        at = now()
        raise_versions(connection, "plans", at=at)
        step = _Step(principal, connection, day_of(at))
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
        return [step.promise(p) for p in step.checked(wanted)]


def _transition(
    engine: Engine,
    principal: Principal,
    year: int,
    categories: Iterable[str] | None,
    state: str,
    verb: str,
    one: Callable[[_Step, Plan], dict[str, Any]],
) -> int:
    """Move the newest version of each category from `state`; the others are problems if they were named."""
    with writing(engine) as connection:
        at = now()
        raise_versions(connection, "plans", at=at)
        step = _Step(principal, connection, day_of(at))
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
        return len(changes)


class _Step:
    """One transaction over plans: who, on which day, what was wrong so far."""

    def __init__(self, principal: Principal, connection: Connection, day: dt.date) -> None:
        if principal.role not in ("department", *KEEPERS):
            raise Forbidden(
                f"年度计划由处室填报、局办公室批准，您的身份是{ROLE_NAMES[principal.role]}。请联系归口处室。"
            )
        self.principal = principal
        self.connection = connection
        self.day = day
        self.problems: list[str] = []
        self.responsibilities: Responsibilities = read_responsibilities(principal, connection)

    # ------------------------------------------------------------ who may what
    def name(self, category: str) -> str:
        entry = catalog.default().category_by_code.get(category)
        return entry.name_zh if entry else category

    def department_of(self, category: str, year: int) -> str | None:
        """Who answers for the category in `year`: on today's day of it, as far as the year has come."""
        day = max(dt.date(year, 1, 1), min(self.day, dt.date(year, 12, 31)))
        return self.responsibilities.on(category, day)

    def may_plan(self, category: str, year: int) -> bool:
        if self.principal.role in KEEPERS:
            return True
        return self.department_of(category, year) == self.principal.unit

    def need_department(self, department: str) -> None:
        if self.principal.role not in KEEPERS and department != self.principal.unit:
            raise Forbidden("只能填报和提交本处室归口类别的计划。其他类别请联系归口处室。")

    def mine(self, plans: Iterable[Plan], state: str) -> list[str]:
        own = self.principal.unit if self.principal.role == "department" else None
        return [p.category for p in plans if p.state == state and own in (None, p.department)]

    def stop_if_problems(self) -> None:
        if self.problems:
            raise PlanError(self.problems)

    # ------------------------------------------------------------ reading and writing
    def plans(self, year: int, category: str | None = None) -> list[Plan]:
        c = plan_version.c
        statement = select(*c).where(c.year == year).order_by(c.category, c.version)
        if category is not None:
            statement = statement.where(c.category == category)
        rows = self.connection.execute(statement)
        return [Plan(**{**row._mapping, "months": tuple(row.months)}) for row in rows]

    def change(self, plan: Plan, values: dict[str, Any]) -> None:
        c = plan_version.c
        self.connection.execute(
            update(plan_version)
            .where(c.category == plan.category, c.year == plan.year, c.version == plan.version)
            .values(**values)
        )

    def supersede(self, category: str, year: int) -> None:
        c = plan_version.c
        self.connection.execute(
            update(plan_version)
            .where(c.category == category, c.year == year, c.state == "approved")
            .values(state="superseded")
        )

    # ------------------------------------------------------------ promises
    def checked(self, promises: Sequence[Promise]) -> list[Promise]:
        """The promises in the order in which they take effect.

        Raises:
            PlanError: with the problems of all of them.
        """
        seen: dict[tuple[Any, ...], str] = {}
        for promise in promises:
            where = promise.where or self.name(promise.category)
            place = (promise.category, promise.year, promise.approved_on)
            if place in seen:
                self.problems.append(f"{where}：与{seen[place]}是同一类别同一年度。请只保留一处。")
            seen[place] = where
            self._check(promise, where)
        self.stop_if_problems()
        return sorted(promises, key=lambda p: p.approved_on or dt.date.max)

    def _check(self, promise: Promise, where: str) -> None:
        entry = catalog.default().category_by_code.get(promise.category)
        first_year = catalog.default().valid_from.year
        if entry is None:
            self.problems.append(f"{where}：没有数据类别「{promise.category}」。请填数据目录中的名称或代码。")
            return
        if not first_year <= promise.year <= self.day.year + 1:
            self.problems.append(
                f"{where}：年度 {promise.year} 不能填报。请填 {first_year} 至 {self.day.year + 1} 之间的年度。"
            )
            return
        if not 0 <= promise.quantity <= MAX_QUANTITY:
            self.problems.append(f"{where}：计划数量 {promise.quantity} 无效。请填不小于 0 的整数。")
        wrong = [m for m in promise.months if not 1 <= m <= 12]
        if wrong:
            self.problems.append(f"{where}：计划月份 {wrong} 无效。请填 1 至 12，用顿号隔开，例如 3、9。")
        elif promise.months and entry.rhythm != "event":
            self.problems.append(f"{where}：只有按事件报送的类别填计划月份。请清空计划月份。")
        if not self.may_plan(promise.category, promise.year):
            self.problems.append(f"{where}：不是您处室归口的类别。请只填本处室的类别。")
        if promise.approved_on is not None:
            if self.principal.role not in KEEPERS:
                self.problems.append(f"{where}：批准日期由局办公室填写。请清空批准日期后提交。")
            self.check_approval(
                promise.category,
                promise.year,
                promise.quantity,
                promise.reason,
                promise.approved_on,
                None,
                where,
            )
        standing = self.plans(promise.year, promise.category)
        if standing and standing[-1].state == "closed":
            self.problems.append(f"{where}：{promise.year} 年计划已封存，不能再改。")
        elif standing and standing[-1].state == "submitted" and promise.approved_on is None:
            self.problems.append(
                f"{where}：第 {standing[-1].version} 版已提交、等待局办公室批准。请待批准或退回后再改。"
            )

    def check_approval(
        self,
        category: str,
        year: int,
        quantity: int,
        reason: str | None,
        day: dt.date,
        submitted_on: dt.date | None,
        where: str = "",
    ) -> None:
        """What an approval needs: a reason for a zero, a day that fits."""
        where = where or self.name(category)
        if quantity == 0 and not (reason or "").strip():
            self.problems.append(
                f"{where}：零计划须写明理由才能批准。请补充理由，例如：本年度不举办该类赛事。"
            )
        if day > self.day:
            self.problems.append(f"{where}：批准日期 {day} 晚于今天。请填实际批准日期。")
        if submitted_on is not None and day < submitted_on:
            self.problems.append(f"{where}：批准日期 {day} 早于提交日期 {submitted_on}。请填提交之后的日期。")
        approved = [p.approved_on for p in self.plans(year, category) if p.state in COUNTING_STATES]
        newest = max((d for d in approved if d is not None), default=None)
        if newest is not None and day < newest:
            self.problems.append(
                f"{where}：已有 {newest} 批准的版本，新版本不能更早。请填 {newest} 或之后的日期。"
            )

    def promise(self, promise: Promise) -> Plan:
        """Write one checked promise and return the version that now holds it."""
        standing = self.plans(promise.year, promise.category)
        newest = standing[-1] if standing else None
        same = (promise.quantity, promise.months, promise.reason)
        if newest is not None and (newest.quantity, newest.months, newest.reason) == same:
            wanted = "approved" if promise.approved_on else newest.state
            if newest.state == wanted and newest.state in ("draft", "approved"):
                return newest
        department = self.department_of(promise.category, promise.year)
        values: dict[str, Any] = {
            "department": department or self.principal.unit, "quantity": promise.quantity,
            "months": list(promise.months), "reason": promise.reason, "state": "draft",
        }  # fmt: skip
        if promise.approved_on is not None:
            self.supersede(promise.category, promise.year)
            values |= {
                "state": "approved", "submitted_on": promise.approved_on,
                "approved_on": promise.approved_on, "approved_by": self.principal.name,
            }  # fmt: skip
        if newest is not None and newest.state == "draft":
            self.change(newest, values)
        else:
            version = newest.version + 1 if newest else 1
            self.connection.execute(
                plan_version.insert().values(
                    category=promise.category, year=promise.year, version=version, **values
                )
            )
        return self.plans(promise.year, promise.category)[-1]
