"""One transaction over annual plans: who may do what, every problem found, and the versions written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

import catalog
from data_access.circular_tables import plan_event
from data_access.clock import moment_of, now
from data_access.principal import ROLE_NAMES, Forbidden, Principal
from data_access.queries.plans import COUNTING_STATES, Plan
from data_access.responsibility import Responsibilities, read_responsibilities
from data_access.schema import plan_version

MAX_QUANTITY = 2_000_000_000
KEEPERS = ("office",)
"""Roles that may enter a plan for any department; the operations team reads plans and writes none."""


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
    `approved_on`: enters it as already approved on that day (office only).
    """

    category: str
    year: int
    quantity: int
    months: tuple[int, ...] = ()
    reason: str | None = None
    approved_on: dt.date | None = None
    where: str = ""


class Step:
    """One transaction over plans: who, on which day, what was wrong so far."""

    def __init__(
        self, principal: Principal, connection: Connection, day: dt.date, at: dt.datetime | None = None
    ) -> None:
        if principal.role not in ("department", *KEEPERS):
            raise Forbidden(
                f"年度计划由处室填报、局办公室批准，您的身份是{ROLE_NAMES[principal.role]}。请联系归口处室。"
            )
        self.principal = principal
        self.connection = connection
        self.day = day
        self.at = at or now()
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

    def change(self, plan: Plan, values: dict[str, Any], at: dt.datetime | None = None) -> None:
        """Write `values`; another state is a step of its life, kept with who, when (`at`: now) and why."""
        c = plan_version.c
        self.connection.execute(
            update(plan_version)
            .where(c.category == plan.category, c.year == plan.year, c.version == plan.version)
            .values(**values)
        )
        to = values.get("state", plan.state)
        if to != plan.state:
            note = values.get("returned_reason") or values.get("reason") or ""
            self._record(plan.category, plan.year, plan.version, plan.state, to, note, at)

    def supersede(self, category: str, year: int, at: dt.datetime | None = None) -> None:
        for plan in self.plans(year, category):
            if plan.state == "approved":
                self.change(plan, {"state": "superseded"}, at)

    def _record(
        self,
        category: str,
        year: int,
        version: int,
        before: str | None,
        to: str,
        note: str,
        at: dt.datetime | None,
    ) -> None:
        c = plan_event.c
        mine = (c.category == category, c.year == year, c.version == version)
        last = self.connection.scalar(select(func.max(c.number)).where(*mine)) or 0
        self.connection.execute(
            plan_event.insert().values(
                category=category, year=year, version=version, number=last + 1, at=at or self.at,
                actor=self.principal.name, account=self.principal.account, from_state=before, to_state=to,
                note=note.strip(),
            )
        )  # fmt: skip

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
            self.problems.append(
                f"{where}：计划数量 {promise.quantity} 无效。请填 0 至 {MAX_QUANTITY} 的整数。"
            )
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
        if day > dt.date(year, 12, 31):
            self.problems.append(
                f"{where}：{day} 批准的版本不再计入 {year} 年度。请填 {year} 年 12 月 31 日及以前的批准日期。"
            )
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
        at = self.at
        if promise.approved_on is not None:
            at = moment_of(promise.approved_on, self.at)  # as a delivery entered for an earlier day
            self.supersede(promise.category, promise.year, at)
            values |= {
                "state": "approved", "submitted_on": promise.approved_on,
                "approved_on": promise.approved_on, "approved_by": self.principal.name,
            }  # fmt: skip
        if newest is not None and newest.state == "draft":
            self.change(newest, values, at)
        else:
            version = newest.version + 1 if newest else 1
            self.connection.execute(
                plan_version.insert().values(
                    category=promise.category, year=promise.year, version=version, **values
                )
            )
            self._record(
                promise.category, promise.year, version, None, values["state"], promise.reason or "", at
            )
        return self.plans(promise.year, promise.category)[-1]
