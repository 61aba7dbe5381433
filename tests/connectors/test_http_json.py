"""The paged endpoint: everything comes once, whatever the platform and the line do meanwhile."""

import datetime as dt
import json
import threading
import time

import pytest
from sqlalchemy import delete

from data_access.clock import now
from data_access.connectors import SourceError, pull
from data_access.engine import writing
from data_access.schema import connector_state
from tests.connectors.conftest import Platform, declare, stored

CATEGORY = "venue_usage_reading"
ENVIRONMENT = {"TEST_TOKEN": "Bearer secret-of-the-platform"}
COLUMNS = {
    "venue_code": "venue_code",
    "reading_at": "reading_at",
    "entry_count": "counts.entries",
    "exit_count": "counts.exits",
    "occupancy": "counts.inside",
    "revenue": "revenue",
    "device_status": "status",
}


def readings(count: int, first_hour: int = 0) -> list[dict]:
    """One venue's hours of the day before yesterday, in the platform's own form."""
    day = now().date() - dt.timedelta(days=2)
    start = dt.datetime.combine(day, dt.time()) + dt.timedelta(hours=first_hour)
    return [
        {
            "venue_code": "CQ500103001",
            "reading_at": (start + dt.timedelta(hours=n)).isoformat() + "+08:00",
            "counts": {"entries": 10, "exits": 10, "inside": 5},
            "revenue": 12.1,
            "status": "在线",
        }
        for n in range(count)
    ]


def source(platform: Platform, **more):
    entry = {
        "kind": "http_json",
        "address": platform.url,
        "category": CATEGORY,
        "unit": "industry",
        "columns": COLUMNS,
        "items": "data.readings",
        "next": "data.next",
        "next_parameter": "next",
        "auth_env": "TEST_TOKEN",
        "since": "reading_at",
        "since_parameter": "since",
        "attempts": 3,
        "backoff_seconds": 0.01,
        "timeout_seconds": 5,
    }
    return declare(**entry | more)


def run(engine, source, **more):
    return pull(engine, source, environment=ENVIRONMENT, **more)


def test_all_pages_arrive_as_batches_with_receipts(made, platform):
    """Seven readings on pages of three: three batches, seven records."""
    platform.rows = readings(7)
    result = run(made, source(platform))
    held = stored(made, CATEGORY)

    assert (len(result.receipts), result.accepted, held.records) == (3, 7, 7)
    assert [state for _, state in held.batches] == ["integrated"] * 3
    assert json.loads(held.cursor)["since"] == platform.rows[-1]["reading_at"]


def test_the_next_pull_asks_only_for_what_is_new(made, platform):
    """The last reading comes once more (since is inclusive) and is a duplicate."""
    platform.rows = readings(3)
    run(made, source(platform))
    platform.rows += readings(2, first_hour=3)
    platform.requests.clear()
    result = run(made, source(platform))

    assert platform.requests[0]["since"] == platform.rows[2]["reading_at"]
    assert (result.accepted, result.duplicate) == (2, 1)
    assert stored(made, CATEGORY).records == 5


def test_the_newest_moment_is_kept_whatever_offset_it_is_written_with(made, platform):
    """09:00Z is later than 16:30+08:00, and 2026-… as text says otherwise."""
    platform.rows = readings(3)
    day = platform.rows[0]["reading_at"][:10]
    times = [f"{day}T09:00:00Z", f"{day}T16:00:00+08:00", f"{day} 15:00:00"]
    for row, text in zip(platform.rows, times, strict=True):
        row["reading_at"] = text
    run(made, source(platform))

    assert json.loads(stored(made, CATEGORY).cursor)["since"] == times[0]


def test_a_pull_without_news_changes_nothing(made, platform):
    platform.rows = readings(1)
    run(made, source(platform))
    again = run(made, source(platform))

    assert (again.receipts, again.repeated) == ([], 1)
    assert len(stored(made, CATEGORY).batches) == 1


@pytest.mark.parametrize("faults", [[503], [500, 429], [0], [502, 0]])
def test_passing_faults_are_tried_again(made, platform, faults):
    """A platform under load answers 429 or nothing; the next attempt gets the page."""
    platform.rows, platform.faults = readings(2), list(faults)

    assert run(made, source(platform)).accepted == 2


def test_attempts_are_bounded_and_the_next_pull_goes_on_where_this_one_stopped(made, platform):
    platform.rows = readings(7)
    stop_after_one = iter([None])

    def fail_later():
        if next(stop_after_one, "again") == "again":
            platform.faults = [503] * 3

    with pytest.raises(SourceError, match="连续 3 次回答 503"):
        run(made, source(platform), before_piece=fail_later)
    held = stored(made, CATEGORY)
    assert "恢复后会从断点继续" in held.error
    assert held.records == 6

    platform.requests.clear()
    assert run(made, source(platform)).accepted == 1
    assert platform.requests[0]["next"] == "6"
    assert stored(made, CATEGORY).error == ""
    assert stored(made, CATEGORY).records == 7


def test_a_pull_killed_between_batch_and_cursor_repeats_safely(made, platform):
    """The batch is stored, the cursor is not: the page comes again and is a known file."""
    platform.rows = readings(5)

    class Killed(BaseException):
        pass

    seen = iter([False, True])

    def die_before_second():
        if next(seen):
            raise Killed

    with pytest.raises(Killed):
        run(made, source(platform), before_piece=die_before_second)
    assert stored(made, CATEGORY).records == 3
    with writing(made) as connection:  # as if killed before the first cursor was stored
        connection.execute(delete(connector_state))
    result = run(made, source(platform))

    assert (result.repeated, result.accepted) == (1, 2)
    assert stored(made, CATEGORY).records == 5
    assert len(stored(made, CATEGORY).batches) == 2


def test_an_expired_page_token_begins_the_round_anew(made, platform):
    """Tokens live for minutes; after a weekend's outage the platform answers 410."""
    platform.rows = readings(7)
    stop = threading.Event()
    pages = iter([1, 2])

    def stop_on_second():
        if next(pages) == 2:
            stop.set()

    run(made, source(platform), before_piece=stop_on_second, stop=stop)
    assert json.loads(stored(made, CATEGORY).cursor)["token"] == "6"
    platform.forget_tokens = True
    result = run(made, source(platform))

    assert (result.repeated, result.accepted) == (2, 1)
    assert stored(made, CATEGORY).records == 7


def test_the_credential_is_sent_and_never_stored(made, platform):
    platform.rows = readings(1)
    run(made, source(platform))
    with pytest.raises(SourceError, match="TEST_TOKEN") as missing:
        pull(made, source(platform), environment={})
    with pytest.raises(SourceError, match="凭证") as wrong:
        pull(made, source(platform), environment={"TEST_TOKEN": "Bearer wrong-one"})

    assert "wrong-one" not in str(wrong.value)
    assert "secret-of-the-platform" not in str(missing.value) + str(stored(made, CATEGORY))


def test_a_redirect_is_not_followed(made, platform):
    """The credential goes to the declared host only."""
    platform.faults = [302]

    with pytest.raises(SourceError, match="搬迁"):
        run(made, source(platform))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>login</html>", "不是有效的 JSON"),
        (b'{"data": {"readings": 7}}', "不是记录的列表"),
        (b'{"data": {"readings": [], "next": "x"}}', "翻页标记没有变化"),
        (b'{"data": "' + b"x" * 1_100_000 + b'"}', "一页超过 1 MB"),
    ],
)
def test_an_answer_that_is_not_the_declared_one_says_what_to_check(made, platform, body, words):
    platform.body = body

    with pytest.raises(SourceError, match=words):
        run(made, source(platform, max_mb=1))


def test_a_platform_that_does_not_answer_is_given_up_in_time(made):
    """A closed port: two attempts, then the message; no password of the address in it."""
    unreachable = Platform(url="http://user:pass@127.0.0.1:9/api")
    started = time.monotonic()

    with pytest.raises(SourceError, match=r"127\.0\.0\.1/api 连续 2 次无法连接") as error:
        run(made, source(unreachable, attempts=2))
    assert "pass" not in str(error.value)
    assert time.monotonic() - started < 10


def test_stop_interrupts_the_waiting_between_attempts(made, platform):
    """SIGTERM must not wait for Retry-After."""
    platform.faults, platform.retry_after = [503] * 3, "20"
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()
    result = run(made, source(platform), stop=stop)

    assert result.receipts == []
    assert time.monotonic() - started < 5


def test_a_bad_row_is_refused_with_its_receipt_and_the_rest_is_taken(made, platform):
    """The platform's faults are found by the same checks as a clerk's; exact decimals stay exact."""
    platform.rows = readings(3)
    platform.rows[1]["status"] = "睡眠"
    result = run(made, source(platform))

    assert (result.accepted, result.rejected) == (2, 1)
    assert stored(made, CATEGORY).records == 2


@pytest.mark.parametrize(
    ("field", "value", "taken"),
    [("status", "\ud800", 2), ("status", "在线\0", 3), ("reading_at", "0001-01-01T00:00:00+23:00", 2)],
)
def test_what_json_can_say_and_no_file_can_hold_costs_its_row_only(made, platform, field, value, taken):
    """Half a character, the character 0, a moment before the calendar: none stops the source for good."""
    platform.rows = readings(3)
    platform.rows[1][field] = value
    result = run(made, source(platform))

    assert (result.accepted, stored(made, CATEGORY).records) == (taken, taken)


def test_each_sending_unit_gets_its_own_batch(made, platform):
    """A city platform answers for many units; each batch has one."""
    platform.rows = [
        r | {"unit": u} for r, u in zip(readings(3), ("万州区", "500102", "万州区"), strict=True)
    ]
    result = run(made, source(platform, unit=None, unit_column="unit"))

    assert (len(result.receipts), result.accepted) == (2, 3)
