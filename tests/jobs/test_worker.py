"""The worker: one at a time, nothing missed, a clean stop."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import delete, func, select

from data_access.commands import job_runs, lease
from data_access.connectors import SourceError
from data_access.engine import BEIJING, engine, reading, writing
from data_access.principal import OPERATOR, SYSTEM
from data_access.schema import job_run, lease as lease_table
from jobs.base import Context, Job, LeaseLost
from jobs.worker import LEASE, Worker

EPOCH = dt.datetime(2026, 1, 1, tzinfo=BEIJING)


def every(seconds: float, run, key: str = "test_job") -> Job:
    return Job(key, "测试", IntervalTrigger(seconds=int(seconds), start_date=EPOCH, timezone=BEIJING), run)


def until(condition, seconds: float = 15.0) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def working(made, *jobs: Job, lease_s: float = 1.0) -> Iterator[Worker]:
    worker = Worker(made, jobs, lease_s=lease_s, standby_s=0.1, catch_up_s=0.1)
    thread = threading.Thread(target=worker.work)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop.set()
        thread.join(20)
        assert not thread.is_alive()


def runs(made) -> list[tuple[str, str | None, str | None]]:
    with reading(made) as connection:
        rows = connection.execute(select(job_run).order_by(job_run.c.started_at))
        return [(r.job, r.outcome, r.detail) for r in rows]


def test_a_run_is_recorded_from_beginning_to_end(made):
    with working(made, every(3600, lambda context: "三批")):
        until(lambda: runs(made) == [("test_job", "done", "三批")])
    listed = job_runs.latest(made, OPERATOR)[0]

    assert listed["finished_at"] >= listed["started_at"]
    assert len(runs(made)) == 1


def test_of_two_workers_one_runs_and_the_other_takes_over_when_it_stops(made):
    """The lease decides; a clean stop gives it back at once."""
    seen: list[str] = []
    first_job, second_job = (
        every(1, lambda context, name=name: seen.append(name) or name) for name in ("甲", "乙")
    )
    with working(made, first_job) as first:
        until(lambda: "甲" in seen)
        with working(made, second_job):
            time.sleep(1.2)
            assert "乙" not in seen
            first.stop.set()
            until(lambda: "乙" in seen, 30)
            after = len([n for n in seen if n == "甲"])
            time.sleep(1.2)
            assert len([n for n in seen if n == "甲"]) == after


def test_a_dead_workers_lease_runs_out(made):
    """Killed, it cannot give the lease back: others wait as long as it lasts, not longer."""
    assert lease.acquire(made, SYSTEM, LEASE, "dead", seconds=1)
    assert not lease.acquire(made, SYSTEM, LEASE, "alive", seconds=1)
    assert lease.acquire(made, SYSTEM, LEASE, "dead", seconds=1), "its own lease is renewed"
    until(lambda: lease.acquire(made, SYSTEM, LEASE, "alive", seconds=30), 3)
    assert lease.holds(made, SYSTEM, LEASE, "alive")
    assert not lease.holds(made, SYSTEM, LEASE, "dead")
    lease.release(made, SYSTEM, LEASE, "dead")
    assert lease.holds(made, SYSTEM, LEASE, "alive"), "only the holder gives it back"


def test_two_workers_that_ask_at_once_do_not_both_get_the_lease(made):
    got = []
    barrier = threading.Barrier(8)

    def ask(number: int) -> None:
        barrier.wait()
        if lease.acquire(made, SYSTEM, LEASE, f"w{number}", seconds=30):
            got.append(number)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_a_worker_that_lost_its_lease_stops_its_jobs_before_their_next_step(made):
    """Frozen longer than its lease lasted, it must not write beside the new one."""
    steps: list[str] = []
    waiting, go_on = threading.Event(), threading.Event()

    def run(context: Context) -> str:
        steps.append("first")
        waiting.set()
        go_on.wait(10)
        context.check_lease()
        steps.append("second")
        return ""

    with working(made, every(3600, run), lease_s=30):
        assert waiting.wait(10)
        with writing(made) as connection:
            connection.execute(lease_table.update().values(holder="another"))
        go_on.set()
        until(lambda: runs(made)[0][1] == "failed")
    assert steps == ["first"]
    assert "已接手" in (runs(made)[0][2] or "")
    with reading(made) as connection:
        assert connection.scalar(select(lease_table.c.holder)) == "another"


def test_what_was_missed_while_no_worker_ran_is_run_once_at_the_start(made):
    """Down for six hours: one run, and the one that was killed in the middle is closed as failed."""
    now = dt.datetime.now(BEIJING)
    job_runs.start(made, SYSTEM, "test_job", now - dt.timedelta(hours=7))
    job_runs.finish(made, SYSTEM, "test_job", now - dt.timedelta(hours=7), now, done=True, detail="早上")
    job_runs.start(made, SYSTEM, "test_job", now - dt.timedelta(hours=6))
    with working(made, every(3600, lambda context: "补")):
        until(lambda: runs(made)[-1][1:] == ("done", "补"))
        time.sleep(0.5)

    assert [outcome for _, outcome, _ in runs(made)] == ["done", "failed", "done"]
    assert "中断" in (runs(made)[1][2] or "")


def test_a_failing_job_says_why_and_leaves_the_others_alone(made):
    def refuse(context: Context) -> str:
        raise SourceError("来源没有地址。请设置变量。")

    def break_(context: Context) -> str:
        raise ValueError("张三 13812345678")

    jobs = (every(3600, refuse, "a"), every(3600, break_, "b"), every(3600, lambda context: "好", "c"))
    with working(made, *jobs):
        until(lambda: len([r for r in runs(made) if r[1]]) == 3)
    said = {job: (outcome, detail) for job, outcome, detail in runs(made)}

    assert said["a"] == ("failed", "来源没有地址。请设置变量。")
    assert said["b"][0] == "failed"
    assert "ValueError" in said["b"][1]
    assert "张三" not in said["b"][1]
    assert said["c"] == ("done", "好")


def test_a_job_never_runs_beside_itself(made):
    """Due again before it has ended: it is waited for."""
    inside, most = [0], [0]

    def run(context: Context) -> str:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(1.5)
        inside[0] -= 1
        return ""

    with working(made, every(1, run)):
        until(lambda: len([r for r in runs(made) if r[1]]) >= 2)
    assert most == [1]


def test_a_stop_lets_the_job_come_to_rest_and_keeps_the_lease_till_then(made):
    """What was left undone is due again; nobody else began meanwhile."""
    began = threading.Event()

    def run(context: Context) -> str:
        began.set()
        context.stop.wait(10)
        time.sleep(1.5)  # longer than the lease: it is renewed to the end
        context.check_lease()
        return "两批"

    with working(made, every(3600, run)) as worker:
        assert began.wait(10)
        worker.stop.set()
        time.sleep(1.2)
        assert not lease.acquire(made, SYSTEM, LEASE, "other")
    assert runs(made) == [("test_job", "failed", "两批；worker 停止，余下的下次继续")]
    assert lease.acquire(made, SYSTEM, LEASE, "other")


def test_an_outage_of_the_database_ends_in_a_run_not_in_a_dead_worker(made):
    """The lease's and the runs' tables are away for a while: the worker waits and goes on."""
    done = []
    with writing(made) as connection:
        job_run.drop(connection)
    with working(made, every(3600, lambda context: done.append(1) or "好")):
        time.sleep(0.5)
        assert not done
        with writing(made) as connection:
            job_run.create(connection)
        until(lambda: len(runs(made)) == 1 and runs(made)[0][1] == "done")
    assert done == [1]


WORK = """
import sys
from jobs import worker
print("started", flush=True)
sys.exit(worker.run(sys.argv[1]))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_ends_the_process_with_0_and_frees_the_lease(embedded, number):
    """systemd's stop is no failure, and the next worker need not wait."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, embedded],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"SPORTS_SOURCES_ENABLED": ""},
    )
    made = engine(embedded)

    def has_lease() -> bool:
        with reading(made) as connection:
            return bool(connection.scalar(select(func.count()).select_from(lease_table)))

    try:
        until(has_lease)
        until(lambda: any(r[1] == "done" for r in runs(made)))
        process.send_signal(number)
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.communicate()
    assert not has_lease()
    assert "probe_published" in [job for job, _, _ in runs(made)]


def test_the_lease_is_checked_in_the_database_not_in_memory(made):
    worker = Worker(made, [])
    assert lease.acquire(made, SYSTEM, LEASE, worker.holder)
    worker._check_lease()
    with writing(made) as connection:
        connection.execute(delete(lease_table))
    with pytest.raises(LeaseLost):
        worker._check_lease()
