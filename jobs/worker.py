"""The worker: runs the timetable in a process of its own, one at a time across machines.

A lease in the database says who may run. A second worker stands by and takes over
when the first stops or dies. What should have run while nobody did, or while the
database was away, is run once it is possible: that is decided from the stored runs,
not from this process's memory.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from types import FrameType

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from catalog import sources
from data_access.clock import now as present
from data_access.commands import job_runs, lease
from data_access.connectors import SourceError
from data_access.engine import BEIJING, engine
from data_access.principal import SYSTEM
from data_access.settings import settings
from jobs.base import Context, Job, JobFailed, LeaseLost
from jobs.schedule import is_due, timetable

LEASE = "worker"
STANDBY_S = 2.0
CATCH_UP_S = 20.0
THREADS = 4
QUIET_THREADS = 2
"""Of their own, so that a long pull does not keep the wall or the live feed waiting."""
QUIET_KEPT = dt.timedelta(hours=1)

log = structlog.get_logger()


def run(url: str, stop: threading.Event | None = None) -> int:
    """Work until SIGTERM or SIGINT (or `stop`); returns the exit code.

    Raises:
        CatalogError: the sources' declarations, or what config.toml switches on, are wrong.
    """
    jobs = timetable(sources.default(), settings().sources.enabled)
    worker = Worker(engine(url), jobs, stop=stop)
    with _signals(worker.stop):
        worker.work()
    return 0


class Worker:
    """One process's part in running the timetable.

    Args:
        lease_s: how long a dead worker keeps others waiting.
        clock: the present moment, aware.
    """

    def __init__(
        self,
        made: Engine,
        jobs: Sequence[Job],
        *,
        stop: threading.Event | None = None,
        lease_s: float = lease.LEASE_S,
        standby_s: float = STANDBY_S,
        catch_up_s: float = CATCH_UP_S,
        clock: Callable[[], dt.datetime] = present,
    ) -> None:
        self.stop = stop or threading.Event()
        self.holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._engine = made
        self._jobs = jobs
        self._lease_s = lease_s
        self._standby_s = standby_s
        self._catch_up_s = catch_up_s
        self._clock = clock
        self._running: set[str] = set()
        self._told: dict[str, tuple[bool, dt.datetime]] = {}
        self._guard = threading.Lock()

    def work(self) -> None:
        """Stand by until the lease is ours, run the timetable while it is, until told to stop."""
        while not self.stop.is_set():
            if self._acquire():
                self._lead()
            else:
                self.stop.wait(self._standby_s)

    def _lead(self) -> None:
        """Run the timetable until told to stop or until the lease is lost."""
        log.info("worker_leads", holder=self.holder, jobs=[job.key for job in self._jobs])
        ended, at_rest = threading.Event(), threading.Event()
        heart = threading.Thread(target=self._keep_lease, args=(ended, at_rest), name="lease", daemon=True)
        scheduler = BackgroundScheduler(
            timezone=BEIJING,
            executors={
                "default": {"type": "threadpool", "max_workers": THREADS},
                "quiet": {"type": "threadpool", "max_workers": QUIET_THREADS},
            },
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for job in self._jobs:
            if job.is_quiet:  # two instances: the second finds the first and leaves, without a warning
                scheduler.add_job(
                    self.run_quietly,
                    job.trigger,
                    args=[job, ended],
                    id=job.key,
                    executor="quiet",
                    max_instances=2,
                )
            else:
                scheduler.add_job(self.run_if_due, job.trigger, args=[job, ended], id=job.key)
        heart.start()
        scheduler.start()
        try:
            self._while_reachable(lambda: job_runs.close_interrupted(self._engine, SYSTEM, self._clock()))
            while not ended.is_set() and not self.stop.is_set():
                self._catch_up(scheduler, ended)
                _wait_any(self._catch_up_s, self.stop, ended)
        finally:
            was_lost = ended.is_set()
            ended.set()  # jobs come to rest; until then the lease is kept
            scheduler.shutdown(wait=True)
            at_rest.set()
            heart.join()
            self._while_reachable(lambda: lease.release(self._engine, SYSTEM, LEASE, self.holder))
            log.info("worker_rests", holder=self.holder, lease="lost" if was_lost else "released")

    def run_if_due(self, job: Job, ended: threading.Event) -> bool:
        """One run, recorded from beginning to end, unless it is not due or under way; whether it ran."""
        with self._guard:
            if job.key in self._running or ended.is_set():
                return False
            self._running.add(job.key)
        try:
            started = self._clock()
            if not is_due(job, job_runs.history(self._engine, SYSTEM, job.key), started):
                return False
            self._check_lease()
            job_runs.start(self._engine, SYSTEM, job.key, started)
            done, detail = self._run(job, Context(self._engine, started, ended, self._check_lease))
            job_runs.finish(self._engine, SYSTEM, job.key, started, self._clock(), done=done, detail=detail)
            log.info("job_ended", job=job.key, done=done, detail=detail)
            return True
        except LeaseLost:
            log.warning("lease_lost_before_job", job=job.key)
        except SQLAlchemyError as error:  # the database is away: the run stays due and is tried again
            log.error("database_unreachable", job=job.key, error=type(error).__name__)
        finally:
            with self._guard:
                self._running.discard(job.key)
        return False

    def run_quietly(self, job: Job, ended: threading.Event) -> bool:
        """One run of a quiet job; whether it ran. Told when its outcome changes, and once an hour."""
        with self._guard:
            if job.key in self._running or ended.is_set():
                return False
            self._running.add(job.key)
        try:
            started = self._clock()
            self._check_lease()
            done, detail = self._run(job, Context(self._engine, started, ended, self._check_lease))
            self._tell(job, started, done, detail)
            return True
        except LeaseLost:
            return False
        except SQLAlchemyError as error:
            if self._told.get(job.key, (True, None))[0]:
                log.error("database_unreachable", job=job.key, error=type(error).__name__)
            self._told[job.key] = (False, self._clock())
        finally:
            with self._guard:
                self._running.discard(job.key)
        return False

    def _tell(self, job: Job, started: dt.datetime, done: bool, detail: str) -> None:
        before = self._told.get(job.key)
        if before is not None and before[0] == done and started - before[1] < QUIET_KEPT:
            return
        self._told[job.key] = (done, started)
        job_runs.start(self._engine, SYSTEM, job.key, started)
        job_runs.finish(self._engine, SYSTEM, job.key, started, self._clock(), done=done, detail=detail)
        log.info("job_ended", job=job.key, done=done, detail=detail)

    def _run(self, job: Job, context: Context) -> tuple[bool, str]:
        """Whether the job did all it had to, and one sentence about it."""
        try:
            detail = job.run(context)
        except (SourceError, JobFailed) as error:
            return False, str(error)
        except LeaseLost:
            return False, "另一台机器的 worker 已接手，本次停止"
        except SQLAlchemyError as error:
            return False, f"数据库暂时不可用（{type(error).__name__}），稍后自动重试"
        except Exception as error:
            log.exception("job_failed", job=job.key)
            return False, f"程序出错（{type(error).__name__}），详见日志；稍后自动重试"
        if context.stop.is_set():
            return False, f"{detail}；worker 停止，余下的下次继续"
        return True, detail

    def _catch_up(self, scheduler: BackgroundScheduler, ended: threading.Event) -> None:
        """Hand every job that is due to a thread: after a start, an outage, a failure."""
        for job in self._jobs:
            if job.is_quiet:
                continue
            try:
                due = is_due(job, job_runs.history(self._engine, SYSTEM, job.key), self._clock())
            except SQLAlchemyError as error:
                log.error("database_unreachable", error=type(error).__name__)
                return
            with self._guard:
                due = due and job.key not in self._running
            if due:
                scheduler.add_job(
                    self.run_if_due, args=[job, ended], id=f"{job.key}.catch_up", replace_existing=True
                )

    def _acquire(self) -> bool:
        try:
            return lease.acquire(self._engine, SYSTEM, LEASE, self.holder, seconds=self._lease_s)
        except SQLAlchemyError as error:
            log.error("database_unreachable", error=type(error).__name__)
            return False

    def _keep_lease(self, ended: threading.Event, at_rest: threading.Event) -> None:
        """Renew the lease until all jobs are at rest; one that could not be renewed in time is lost."""
        renewed = time.monotonic()
        while not at_rest.wait(self._lease_s / 4):
            if self._acquire():
                renewed = time.monotonic()
            elif self._is_taken() or time.monotonic() - renewed > self._lease_s:
                log.warning("lease_lost", holder=self.holder)
                ended.set()
                return

    def _is_taken(self) -> bool:
        """Whether another worker has the lease (not: whether the database is away)."""
        try:
            return not lease.holds(self._engine, SYSTEM, LEASE, self.holder)
        except SQLAlchemyError:
            return False

    def _check_lease(self) -> None:
        if not lease.holds(self._engine, SYSTEM, LEASE, self.holder):
            raise LeaseLost

    def _while_reachable(self, step: Callable[[], object]) -> None:
        try:
            step()
        except SQLAlchemyError as error:
            log.error("database_unreachable", error=type(error).__name__)


def _wait_any(seconds: float, *events: threading.Event) -> None:
    """Until one of the events is set or the time is over."""
    end = time.monotonic() + seconds
    while not any(e.is_set() for e in events) and (left := end - time.monotonic()) > 0:
        events[0].wait(min(left, 0.2))


class _signals:
    """While inside, SIGTERM and SIGINT set the event; a second one ends the process as usual."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._before: dict[int, object] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._before[number] = signal.signal(number, self._handle)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self._stop.set()
        signal.signal(number, self._before.get(number) or signal.SIG_DFL)  # type: ignore[arg-type]
