"""The timetable: what is due is read from what was done, whoever asks and whenever."""

import datetime as dt

import pytest

from catalog import CatalogError, sources
from data_access.commands.job_runs import History
from data_access.engine import BEIJING
from jobs.schedule import is_due, retry_after, timetable


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-10-09 {text}").replace(tzinfo=BEIJING)


def job(key: str):
    found = {j.key: j for j in timetable(sources.default(), ["smart_venue_reading"])}
    return found[key]


@pytest.mark.parametrize(
    ("last_done", "now", "due"),
    [
        ("08:07:00", "08:07:00", False),
        ("08:07:01", "09:06:59", False),
        ("08:07:01", "09:07:00", True),
        ("08:07:01", "23:59:00", True),
        ("09:07:02", "23:59:00", True),
        ("23:07:00", "23:59:00", False),
    ],
)
def test_a_job_is_due_once_for_all_the_times_it_missed(last_done, now, due):
    """The probes run at seven past every hour; after a day's outage one run, not fifteen."""
    past = History(last_done=at(last_done), last_started=at(last_done))

    assert is_due(job("probe_published"), past, at(now)) is due


def test_a_job_that_never_ran_is_due_at_once():
    assert is_due(job("probe_published"), History(), at("08:00"))


def test_moments_in_another_zone_are_the_same_moments():
    """The database keeps UTC; every 15 minutes is every 15 minutes."""
    past = History(
        last_done=at("08:00:01").astimezone(dt.UTC), last_started=at("08:00:01").astimezone(dt.UTC)
    )

    assert not is_due(job("pull_smart_venue_reading"), past, at("08:14:59").astimezone(dt.UTC))
    assert is_due(job("pull_smart_venue_reading"), past, at("08:15:00").astimezone(dt.UTC))


def test_a_failed_run_is_tried_again_sooner_at_first():
    """1, 2, 4 … minutes, an hour at most: a platform that is down is not hammered, nor forgotten."""
    assert [retry_after(n).total_seconds() / 60 for n in (1, 2, 3, 7, 50)] == [1, 2, 4, 60, 60]
    failed = History(last_done=at("08:07"), last_started=at("09:07"), failures=1)

    assert not is_due(job("probe_published"), failed, at("09:07:59"))
    assert is_due(job("probe_published"), failed, at("09:08:00"))


def test_a_failure_between_two_times_does_not_make_a_job_due():
    """It failed once and then succeeded: the next time counts."""
    past = History(last_done=at("09:08"), last_started=at("09:08"), failures=0)

    assert not is_due(job("probe_published"), past, at("10:06"))


def test_only_sources_that_are_switched_on_have_a_job():
    keys = [j.key for j in timetable(sources.default(), ["inbox", "inbox"])]
    assert [key for key in keys if key.startswith("pull_")] == ["pull_inbox"]
    with pytest.raises(CatalogError, match=r"未声明的来源 inbocks.*inbox"):
        timetable(sources.default(), ["inbocks"])
    assert all(len(f"pull_{code}") <= 48 for code in sources.default())
