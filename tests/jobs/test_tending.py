"""The jobs that look after audit and accounts, as the worker runs them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from data_access.account_tables import account
from data_access.audit import keep_head, read_heads
from data_access.engine import reading, writing
from data_access.principal import SYSTEM
from jobs import keep_audit, tend_accounts
from jobs.base import Context, JobFailed
from jobs.schedule import timetable
from tests.accounts.people import NOW, logged_in, person

DAY = dt.timedelta(days=1)


def test_the_nightly_job_keeps_the_end_of_the_audit_outside(made: Engine, database: str, tmp_path: Path):
    person(database)
    first = keep_audit.run(Context(made, NOW), tmp_path)
    second = keep_audit.run(Context(made, NOW + DAY), tmp_path)

    assert "核对 3 条" in first and "核对 4 条" in second
    assert [h.number for h in read_heads(tmp_path)] == [4, 5]


def test_a_broken_audit_fails_the_job_and_gets_no_new_head(embedded: str, tmp_path: Path):
    """The office must hear of it the next morning; the file outside keeps what was true before."""
    from data_access.engine import engine

    made = engine(embedded)
    person(embedded)
    keep_head(SYSTEM, made, tmp_path, NOW)
    with writing(made) as connection:
        connection.execute(text("DROP TRIGGER admin_audit_no_update"))
        connection.execute(text("UPDATE admin_audit SET person = 'x' WHERE number = 2"))

    with pytest.raises(JobFailed, match=r"第 2 条.*立即报告局办公室"):
        keep_audit.run(Context(made, NOW + DAY), tmp_path)
    assert len(read_heads(tmp_path)) == 1


def test_the_nightly_job_suspends_what_nobody_uses(made: Engine, database: str):
    person(database, 0)
    person(database, 1, role="office")
    logged_in(database, person(database, 2), NOW + 80 * DAY)
    said = tend_accounts.suspend(Context(made, NOW + 91 * DAY))

    assert "暂停 1 个：department0" in said and "超时会话结束 1 个" in said
    with reading(made) as connection:
        states = dict(tuple(r) for r in connection.execute(select(account.c.name, account.c.state)))
    assert states == {"department0": "suspended", "office1": "open", "department2": "open"}


def test_the_yearly_job_says_how_many_wait(made: Engine, database: str):
    person(database)
    assert tend_accounts.remind(Context(made, NOW)) == "2026 年度待局办公室确认的账号 0 个"
    assert tend_accounts.remind(Context(made, NOW + 60 * DAY)) == "2027 年度待局办公室确认的账号 1 个"


def test_they_stand_in_the_timetable():
    assert {"keep_audit", "suspend_accounts", "confirm_accounts"} <= {j.key for j in timetable({}, ())}
