"""The timetable: every job, and when it runs. All times are 北京时间."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from catalog import CatalogError
from catalog.sources import Declared, LiveSource
from data_access.commands.job_runs import History
from data_access.engine import BEIJING
from jobs import (
    analyse_venues,
    close_circular_items,
    freeze_year,
    keep_audit,
    monthly_review,
    probe_published,
    publish_wall,
    pull_live,
    pull_sources,
    send_reminders,
    tend_accounts,
)
from jobs.base import Job

EPOCH = dt.datetime(2022, 3, 23, tzinfo=BEIJING)
"""Intervals are counted from here, so that every worker has the same fire times."""
FIRST_RETRY = dt.timedelta(minutes=1)
LONGEST_RETRY = dt.timedelta(hours=1)


def timetable(sources: dict[str, Declared], enabled: Iterable[str]) -> list[Job]:
    """All jobs of this installation; one for each source that is switched on.

    Raises:
        CatalogError: a name in ``[sources] enabled`` that is not declared.
    """
    jobs = [
        Job("probe_published", "探测已上架数据", _hourly(minute=7), probe_published.run),
        Job("keep_audit", "核验审计并在库外存证", _daily(hour=0, minute=20), keep_audit.run),
        Job("suspend_accounts", "暂停久未使用的账号", _daily(hour=1, minute=10), tend_accounts.suspend),
        Job("monthly_review", "生成上月调度报表", _monthly(day=6), monthly_review.run),
        Job("circular_items", "核对通报事项", _hourly(minute=27), close_circular_items.run),
        Job("reminders", "到期提醒", _hourly(minute=37), send_reminders.run),
        Job("analyse_venues", "分析场地点位、服务半径和开放义务", _hourly(minute=47), analyse_venues.run),
        Job("reconcile_live", "比对实时客流与整点读数", _hourly(minute=22), pull_live.reconcile),
        Job("prune_live", "清除到期的实时客流", _daily(hour=0, minute=40), pull_live.prune),
        Job("confirm_accounts", "年度账号确认名单", _yearly(month=1, day=5), tend_accounts.remind),
        Job("publish_wall", "发布大屏快照", _often(publish_wall.EVERY_S), publish_wall.run, is_quiet=True),
        Job("freeze_year", "封存上年度考核", _yearly(month=1, day=20), freeze_year.run),
    ]
    for code in dict.fromkeys(enabled):
        source = sources.get(code)
        if source is None:
            raise CatalogError(
                [
                    f"config.toml 的 [sources] enabled 中有未声明的来源 {code}。"
                    f"请改为 catalog/sources.toml 中的代码：{'、'.join(sources)}。"
                ]
            )
        jobs.append(_pull(source))
    return jobs


def _pull(source: Declared) -> Job:
    key, title = f"pull_{source.code}", f"拉取：{source.name_zh}"
    if isinstance(source, LiveSource):
        run = partial(pull_live.run, source=source)
        return Job(key, title, _often(source.every_seconds), run, is_quiet=True)
    return Job(key, title, _every(source.every_minutes), partial(pull_sources.run, source=source))


def is_due(job: Job, past: History, now: dt.datetime) -> bool:
    """Whether the job should run now, whoever asks and however often.

    It is due when one of its times has come since its last run that succeeded began,
    once for all the times missed meanwhile. After a failure it is tried again, sooner
    at first (1, 2, 4 … 60 minutes), until it succeeds. A job that never ran is due.
    """
    if past.last_done is not None:
        following = job.trigger.get_next_fire_time(None, past.last_done + dt.timedelta.resolution)
        if following is None or following > now:
            return False
    if past.failures and past.last_started is not None:
        return now >= past.last_started + retry_after(past.failures)
    return True


def retry_after(failures: int) -> dt.timedelta:
    """How long to wait after the n-th failure in a row."""
    return min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(failures - 1, 10))


def _hourly(minute: int) -> BaseTrigger:
    return CronTrigger(minute=minute, timezone=BEIJING)


def _daily(hour: int, minute: int) -> BaseTrigger:
    return CronTrigger(hour=hour, minute=minute, timezone=BEIJING)


def _monthly(day: int) -> BaseTrigger:
    return CronTrigger(day=day, hour=6, minute=10, timezone=BEIJING)


def _yearly(month: int, day: int) -> BaseTrigger:
    return CronTrigger(month=month, day=day, hour=9, timezone=BEIJING)


def _often(seconds: int) -> BaseTrigger:
    return IntervalTrigger(seconds=seconds, start_date=EPOCH, timezone=BEIJING)


def _every(minutes: int) -> BaseTrigger:
    return IntervalTrigger(minutes=minutes, start_date=EPOCH, timezone=BEIJING)
