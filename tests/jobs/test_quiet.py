"""Jobs that run every few seconds: often, one at a time, and told when something changes."""

from __future__ import annotations

import threading

from jobs.base import Job, JobFailed
from tests.jobs.test_worker import BEIJING, EPOCH, IntervalTrigger, runs, until, working


def quiet(run) -> Job:
    trigger = IntervalTrigger(seconds=1, start_date=EPOCH, timezone=BEIJING)
    return Job("test_quiet", "测试", trigger, run, is_quiet=True)


def test_only_a_change_of_outcome_is_told(made):
    """28,800 equal lines a day would bury the runs somebody has to see."""
    asked: list[int] = []

    def run(context):
        asked.append(1)
        if len(asked) == 3:
            raise JobFailed("读不到")
        return "未变"

    with working(made, quiet(run)):
        until(lambda: len(asked) >= 5)

    assert [outcome for _, outcome, _ in runs(made)] == ["done", "failed", "done"]


def test_a_slow_run_is_not_joined_by_a_second(made):
    started, go_on = [], threading.Event()

    def run(context):
        started.append(1)
        go_on.wait(2.5)
        return "完成"

    with working(made, quiet(run)):
        until(lambda: bool(started))
        go_on.wait(1.2)
        assert len(started) == 1
        go_on.set()
