"""Runs of jobs: when each began, when and how it ended. What was missed is read from here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from data_access.engine import reading, writing
from data_access.principal import Principal
from data_access.schema import job_run

INTERRUPTED = "运行中被中断，已安排重新运行"
KEPT_DAYS = 400


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a job's past; all moments aware."""

    last_done: dt.datetime | None = None  # when the last run that succeeded began
    last_started: dt.datetime | None = None
    failures: int = 0  # runs that failed since the last success


def start(engine: Engine, principal: Principal, job: str, at: dt.datetime) -> None:
    """A run begins; only the worker keeps this book."""
    principal.require("operations")
    with writing(engine) as connection:
        connection.execute(job_run.insert().values(job=job, started_at=at))


def finish(
    engine: Engine,
    principal: Principal,
    job: str,
    started_at: dt.datetime,
    finished_at: dt.datetime,
    *,
    done: bool,
    detail: str,
) -> None:
    """The run that began at `started_at` has ended."""
    principal.require("operations")
    with writing(engine) as connection:
        connection.execute(
            job_run.update()
            .where(job_run.c.job == job, job_run.c.started_at == started_at)
            .values(finished_at=finished_at, outcome="done" if done else "failed", detail=detail)
        )


def close_interrupted(engine: Engine, principal: Principal, at: dt.datetime) -> int:
    """Runs that a killed worker left open are failed runs. Only for who holds the lease."""
    principal.require("operations")
    with writing(engine) as connection:
        closed = connection.execute(
            job_run.update()
            .where(job_run.c.finished_at.is_(None))
            .values(finished_at=at, outcome="failed", detail=INTERRUPTED)
        )
        connection.execute(job_run.delete().where(job_run.c.started_at < at - dt.timedelta(days=KEPT_DAYS)))
        return closed.rowcount


def history(engine: Engine, principal: Principal, job: str) -> History:
    """The past of one job."""
    principal.require("operations", "office", "leader")
    with reading(engine) as connection:
        done = connection.scalar(
            select(func.max(job_run.c.started_at)).where(job_run.c.job == job, job_run.c.outcome == "done")
        )
        failed = select(func.count()).where(job_run.c.job == job, job_run.c.outcome == "failed")
        if done is not None:
            failed = failed.where(job_run.c.started_at > done)
        return History(
            last_done=done,
            last_started=connection.scalar(
                select(func.max(job_run.c.started_at)).where(job_run.c.job == job)
            ),
            failures=connection.scalar(failed) or 0,
        )


def latest(engine: Engine, principal: Principal, limit: int = 50) -> list[dict[str, object]]:
    """The last runs of all jobs, newest first."""
    principal.require("operations", "office", "leader")
    with reading(engine) as connection:
        rows = connection.execute(select(job_run).order_by(job_run.c.started_at.desc()).limit(limit))
        return [dict(row._mapping) for row in rows]
