"""Each write × each role: allowed, or refused with a sentence and nothing changed.

A command that this file does not know fails `test_every_command_is_walked`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

import catalog
from data_access.commands import (
    accounts,
    delivery,
    exporting,
    job_runs,
    lease,
    plan_files,
    plans,
    probes,
    publishing,
    quarantine,
    unmasking,
    wall,
)  # fmt: skip
from data_access.commands.accounts import AccountRefused
from data_access.commands.plan_step import PlanError, Promise, Step
from data_access.commands.publishing import TransitionRefused
from data_access.engine import engine, reading, writing
from data_access.principal import OFFICE, Forbidden, Principal
from tests.delivery.histories import content, send
from tests.helpers.files import csv_text, grid
from tests.helpers.rows import RECEIVED_ON, changed, valid_row, valid_rows
from tests.visibility import assessment, changes, circulars, reviews
from tests.visibility.roles import (
    AT,
    EVENT,
    EVERYBODY,
    LOTTERY,
    MASS,
    NEWS,
    WANZHOU,
    YEAR,
    YUZHONG,
    application,
    fill,
)  # fmt: skip
from tests.visibility.walk import functions

KNOWN = catalog.default()
EVENTS = KNOWN.category_by_code[EVENT]
SENT_BY_YUZHONG = csv_text(grid(EVENTS, valid_rows(EVENT, 1, start=40))).encode()
NOWHERE = {"receipt": "no", "sheet": "", "row": 2}
FORM = application(WANZHOU.role, WANZHOU.unit, 5)
PLAN = f"年度,数据类别,计划数量\n{YEAR},群众体育赛事,7\n".encode()


def deliver_for(made: Engine, who: Principal, unit: str, category: str = EVENT, **options: Any) -> Any:
    return delivery.deliver(
        made, who, content=SENT_BY_YUZHONG, file_name="报送.csv", category=category, unit=unit,
        received_on=RECEIVED_ON, **options,
    )  # fmt: skip


def exported(made: Engine, who: Principal) -> bytes:
    with reading(made) as connection:
        return plan_files.export_plan(who, connection, YEAR)


def in_writing(made: Engine, act: Callable[[Connection], Any]) -> Any:
    with writing(made) as connection:
        return act(connection)


def step(made: Engine, who: Principal) -> Step:
    with reading(made) as connection:
        return Step(who, connection, AT.date())


Act = Callable[[Engine, Principal], Any]
PLANNERS, TEAM_ONLY = {"office", "department"}, {"operations"}
COMMANDS: dict[str, tuple[set[str], Act]] = {
    "accounts.submit": (
        {"office", "district"},
        lambda m, w: in_writing(m, lambda c: accounts.submit(w, c, FORM, at=AT)),
    ),
    "accounts.approve": (
        {"office"},
        lambda m, w: in_writing(
            m,
            lambda c: accounts.approve(
                w, c, "no", name="liming", password_hash="", password_expires_at=AT, is_namesake=True, at=AT
            ),
        ),
    ),
    "accounts.refuse": (
        {"office"},
        lambda m, w: in_writing(m, lambda c: accounts.refuse(w, c, "no", reason="重复", at=AT)),
    ),
    "accounts.set_one_time_password": (
        {"office"},
        lambda m, w: in_writing(
            m,
            lambda c: accounts.set_one_time_password(w, c, "no", password_hash="", expires_at=AT, at=AT),
        ),
    ),
    "accounts.end_account": (
        {"office"},
        lambda m, w: in_writing(
            m, lambda c: accounts.end_account(w, c, "no", state="closed", reason="离职", at=AT)
        ),
    ),
    "accounts.confirm": (
        {"office"},
        lambda m, w: in_writing(m, lambda c: accounts.confirm(w, c, "no", at=AT)),
    ),
    "unmasking.unmask": (
        {"office"},
        lambda m, w: unmasking.unmask(m, w, EVENTS, NOWHERE, reason="", at=AT),
    ),
    "exporting.record_export": (
        {"office", "leader", "department", "district", "affiliated", "operations"},
        lambda m, w: exporting.record_export(m, w, "进度.csv", at=AT),
    ),
    "delivery.deliver": (
        {"office", "operations"},
        lambda m, w: deliver_for(m, w, YUZHONG, dry_run=True),
    ),
    "job_runs.start": (TEAM_ONLY, lambda m, w: job_runs.start(m, w, w.role, AT)),
    "job_runs.finish": (
        TEAM_ONLY,
        lambda m, w: job_runs.finish(m, w, "no_such", AT, AT, done=True, detail=""),
    ),
    "job_runs.close_interrupted": (TEAM_ONLY, lambda m, w: job_runs.close_interrupted(m, w, AT)),
    "job_runs.history": ({"operations", "office", "leader"}, lambda m, w: job_runs.history(m, w, "rollups")),
    "job_runs.latest": ({"operations", "office", "leader"}, lambda m, w: job_runs.latest(m, w)),
    "lease.acquire": (TEAM_ONLY, lambda m, w: lease.acquire(m, w, "walk", "me", seconds=1)),
    "lease.holds": (TEAM_ONLY, lambda m, w: lease.holds(m, w, "walk", "me")),
    "lease.release": (TEAM_ONLY, lambda m, w: lease.release(m, w, "walk", "me")),
    "plan_files.import_plan": (PLANNERS, lambda m, w: plan_files.import_plan(m, w, PLAN, year=YEAR)),
    "plan_files.export_plan": ({*PLANNERS, "leader", "operations"}, exported),
    "plan_step.Step": (PLANNERS, step),
    "plans.set_plan": (PLANNERS, lambda m, w: plans.set_plan(m, w, EVENT, YEAR, -1)),
    "plans.set_plans": (PLANNERS, lambda m, w: plans.set_plans(m, w, [Promise(EVENT, YEAR, -1)])),
    "plans.problems_of": (PLANNERS, lambda m, w: plans.problems_of(m, w, [Promise(EVENT, YEAR, -1)])),
    "plans.submit": (PLANNERS, lambda m, w: plans.submit(m, w, YEAR, [EVENT])),
    "plans.approve": ({"office"}, lambda m, w: plans.approve(m, w, YEAR, [EVENT])),
    "plans.send_back": ({"office"}, lambda m, w: plans.send_back(m, w, YEAR, [EVENT], reason="请改")),
    "plans.close_year": ({"office"}, lambda m, w: plans.close_year(m, w, YEAR - 1)),
    "plans.copy_last_year": (PLANNERS, lambda m, w: plans.copy_last_year(m, w, YEAR - 2)),
    "probes.published_resources": (TEAM_ONLY, lambda m, w: probes.published_resources(m, w, KNOWN)),
    "probes.probe": (TEAM_ONLY, lambda m, w: probes.probe(m, w, EVENTS, "20260101-0001")),
    "probes.record_probes": (TEAM_ONLY, lambda m, w: probes.record_probes(m, w, {EVENT: True}, AT)),
    "probes.probe_published": (TEAM_ONLY, lambda m, w: probes.probe_published(m, w, AT)),
    "publishing.publish": ({"operations", "office"}, lambda m, w: publishing.publish(m, w, ["no"])),
    "publishing.waiting_receipts": (
        {"operations", "office"},
        lambda m, w: publishing.waiting_receipts(m, w),
    ),
    "publishing.withdraw": (
        {"operations", "office"},
        lambda m, w: publishing.withdraw(m, w, "no", reason="核对"),
    ),
    "publishing.revert": (
        {"operations", "office"},
        lambda m, w: publishing.revert(m, w, "no", reason="核对"),
    ),
    "quarantine.release": (
        {"office"},
        lambda m, w: quarantine.release(m, w, "no", second="李某", reason="误报"),
    ),
    "quarantine.destroy": (
        {"office"},
        lambda m, w: quarantine.destroy(m, w, "no", second="李某", reason="涉密"),
    ),
    "wall.record_command": (
        {"guide", "office"},
        lambda m, w: wall.record_command(m, w, "下一屏", at=AT, result="done"),
    ),
}  # fmt: skip
COMMANDS |= assessment.COMMANDS | reviews.COMMANDS | circulars.COMMANDS | changes.COMMANDS
REFUSALS = (
    AccountRefused, PlanError, TransitionRefused, unmasking.ReasonMissing, assessment.REFUSED, reviews.REFUSED,
    circulars.REFUSED, changes.REFUSED,
)  # fmt: skip
BY_THE_PRODUCT_ITSELF = {
    "accounts.refresh_hash", "accounts.set_own_password", "accounts.unused_names", "attempts.clear",
    "attempts.fail", "attempts.forget", "attempts.reserve", "sessions.close_expired", "sessions.end_sessions",
    "sessions.log_out", "sessions.open_session", "sessions.touch",
}  # fmt: skip
"""Steps of the login and of the worker, for an account that was just proven; no page imports them."""
INSIDE_A_DELIVERY = {
    "delivery.take_in", "foreseeing.foresee", "foreseeing.make_ready", "storing.store", "storing.record_events",
    "mending.mend_earlier", "mending.mended_meanwhile",
}  # fmt: skip
"""Run after `deliver` or `release` has asked; their request carries the principal."""


def test_every_command_is_walked() -> None:
    assert (
        functions("commands").keys()
        == COMMANDS.keys()
        | INSIDE_A_DELIVERY
        | BY_THE_PRODUCT_ITSELF
        | assessment.INSIDE_A_STEP
        | circulars.INSIDE_A_STEP
        | changes.INSIDE_A_STEP
    )


def test_a_role_that_may_not_is_refused_with_a_sentence_and_nothing_changes(database: str) -> None:
    """The screen hides the button; this is what holds when somebody presses it all the same."""
    made, _ = engine(database), fill(database)
    before = content(made)
    for name, (roles, act) in COMMANDS.items():
        for who in EVERYBODY:
            if who.role not in roles:
                with pytest.raises(Forbidden) as refusal:
                    act(made, who)
                assert str(refusal.value).endswith("。"), f"{name} as {who.role} does not say what to do now"

    assert content(made) == before


def test_a_role_that_may_is_not_refused(database: str) -> None:
    """What remains in the way is the state of the thing, never who asks."""
    made, _ = engine(database), fill(database)
    refused = []
    for name, (roles, act) in COMMANDS.items():
        for who in EVERYBODY:
            if who.role in roles:
                try:
                    act(made, who)
                except REFUSALS:
                    continue
                except Forbidden as refusal:
                    refused.append(f"{name} as {who.role}: {refusal}")
    assert refused == []


def test_a_sender_sends_for_itself_and_for_nobody_else(made: Engine) -> None:
    """The unit and the category come from widgets, which a browser may forge."""
    before = content(made)
    for who, unit, category in (
        (WANZHOU, YUZHONG, EVENT),
        (WANZHOU, "mass_sport", EVENT),
        (LOTTERY, WANZHOU.unit, EVENT),
        (MASS, WANZHOU.unit, EVENT),
        (MASS, "mass_sport", NEWS),
    ):
        with pytest.raises(Forbidden, match="不能代"):
            deliver_for(made, who, unit, category)
    assert content(made) == before

    assert deliver_for(made, WANZHOU, WANZHOU.unit, dry_run=True).outcome == "accepted"
    assert deliver_for(made, MASS, "mass_sport", dry_run=True).outcome == "accepted"


def test_a_department_plans_and_submits_its_own_categories_only(made: Engine) -> None:
    plans.set_plan(made, OFFICE, NEWS, YEAR, 4)
    before = content(made)
    with pytest.raises(PlanError, match="不是您处室归口"):
        plans.set_plan(made, MASS, NEWS, YEAR, 1)
    with pytest.raises(PlanError, match="不是您处室归口"):
        plan_files.import_plan(
            made, MASS, PLAN.replace("群众体育赛事".encode(), "体育新闻宣传".encode()), year=YEAR
        )
    with pytest.raises(Forbidden, match="本处室"):
        plans.submit(made, MASS, YEAR, [NEWS])
    with pytest.raises(PlanError, match="批准日期由局办公室填写"):
        plans.set_plan(made, MASS, EVENT, YEAR, 9, approved_on=dt.date(YEAR, 1, 10))

    assert content(made) == before


def test_two_persons_of_the_office_open_the_quarantine(made: Engine) -> None:
    """One name typed twice is one person."""
    held = send(made, EVENT, [changed(valid_row(EVENT), venue_name="绝密★三年")], unit=YUZHONG).receipt or ""
    before = content(made)
    for who in EVERYBODY:
        if who.role != "office":
            with pytest.raises(Forbidden):
                quarantine.release(made, who, held, second="李某", reason="误报")
    for second in ("", OFFICE.name, f" {OFFICE.name} "):
        with pytest.raises(TransitionRefused, match="两人"):
            quarantine.release(made, OFFICE, held, second=second, reason="误报")

    assert content(made) == before
