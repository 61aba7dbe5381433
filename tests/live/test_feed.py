"""The pull of a live feed: its place is kept with what was taken, and pulls overlap."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from sqlalchemy import select

import manage
from bench.flow_worker import TOKEN_ENV, declared
from catalog import sources
from data_access.connectors import SourceError, pull
from data_access.engine import BEIJING, engine, reading, writing
from data_access.live import feed, read
from data_access.live.tables import live_alert, live_minute, live_pull
from data_access.live.take import Rules
from data_access.principal import OFFICE, SYSTEM
from data_access.schema import setting
from data_access.settings import Live, SettingsError, load
from demo.simulator.faults import Faults
from demo.simulator.platform import Platform
from demo.simulator.server import Clock, Server
from demo.simulator.shape import Shape
from demo.world import World
from jobs import pull_live
from jobs.base import Context
from jobs.schedule import timetable
from tests.live.made_up import GYM, connect, hear, rows_of, told

TOKEN = "Bearer of-this-test"
ENVIRONMENT = {TOKEN_ENV: TOKEN}
FIRST = dt.date(2026, 10, 9)
FIRST_MOMENT = dt.datetime.combine(FIRST, dt.time(18), BEIJING)


class Venues:
    """Two simulated venues whose platform's time a test sets."""

    def __init__(self) -> None:
        self.moment = self.at("18:00:30")
        shape = Shape(World(FIRST), ["CQ5001010001", "CQ5001010002"], np.array([900.0, 2400.0]))
        self.server = Server(
            0, Platform(shape, FIRST, Faults(seed=5)), Clock(machine=lambda: self.moment), TOKEN
        )
        self.live, self.hourly = declared(self.server.url)

    @staticmethod
    def at(clock: str) -> dt.datetime:
        return dt.datetime.combine(FIRST, dt.time.fromisoformat(clock), BEIJING)

    def pull(self, made, **more) -> feed.LivePull:
        return feed.pull(
            made, SYSTEM, self.live, rules=Rules(), environment=ENVIRONMENT, clock=lambda: self.moment, **more
        )


@pytest.fixture
def platform() -> Iterator[Venues]:
    served = Venues()
    thread = threading.Thread(target=served.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()


@pytest.fixture
def demo(made):
    """A base that is a demonstration."""
    with writing(made) as connection:
        connection.execute(setting.insert().values(key="kind", value="demo"))
    return made


def state(made) -> read.PullState:
    with reading(made) as connection:
        (found,) = read.pulls(OFFICE, connection)
        return found


def minutes(made) -> set[tuple[str, dt.datetime]]:
    with reading(made) as connection:
        rows = connection.execute(select(live_minute.c.venue_code, live_minute.c.minute))
        return {(row.venue_code, row.minute) for row in rows}


def test_a_pull_begins_before_what_is_known(demo, platform):
    """Two minutes again each time: a platform may publish under an earlier time than it is."""
    first = platform.pull(demo)
    platform.moment = platform.at("18:01:30")
    second = platform.pull(demo)

    assert first.added > 2000
    assert second.added <= 2 + 60, "the new minute, and what was late"
    assert second.repeated >= 2
    assert json.loads(_cursor(demo))["since"] <= platform.moment.isoformat()


def test_one_message_published_in_the_future_does_not_end_the_feed(demo, platform):
    """The place would lie in 2099, and nothing the platform says until then behind it."""
    platform.pull(demo)
    with writing(demo) as connection:
        place = json.dumps({"since": "2099-01-01T00:00:00+08:00", "token": None, "high": None})
        connection.execute(live_pull.update().values(cursor=place))
    platform.moment = platform.at("18:01:30")

    assert platform.pull(demo).added >= 2


def _cursor(made) -> str:
    with reading(made) as connection:
        return connection.scalar(select(live_pull.c.cursor)) or ""


def test_a_pull_that_ends_in_the_middle_goes_on_there(demo, platform):
    """The page is kept with its place: nothing is fetched again but the page that was not taken."""
    platform.live = platform.live.model_copy(update={"page_size": 300})

    class Lost(Exception):
        pass

    pages = iter(range(100))

    def lose_after_two() -> None:
        if next(pages) == 2:
            raise Lost

    with pytest.raises(Lost):
        platform.pull(demo, before_page=lose_after_two)
    assert (state(demo).taken, len(minutes(demo))) == (600 - state(demo).repeated, 600 - state(demo).repeated)
    rest = platform.pull(demo)
    with platform.server.guard:
        platform.server.ledger.advance(platform.moment)
    said = sum(line[0] for hours in platform.server.ledger.live.values() for line in hours.values())

    assert rest.messages > 0
    assert len(minutes(demo)) == said


def test_an_outage_is_told_and_made_up(demo, platform):
    """While the platform is away the reason stands in the state; afterwards everything is there."""
    platform.pull(demo)
    away = platform.live.model_copy(update={"address": "http://127.0.0.1:1/api/live"})
    with pytest.raises(SourceError, match="连续 1 次无法连接"):
        feed.pull(
            demo, SYSTEM, away, rules=Rules(), environment=ENVIRONMENT, clock=lambda: platform.at("18:10")
        )
    broken = state(demo)
    platform.moment = platform.at("19:00:30")
    platform.pull(demo)

    assert (broken.failures, broken.pulled_at, broken.answered_at) == (
        1,
        platform.at("18:10"),
        platform.at("18:00:30"),
    )
    assert "恢复后会从断点继续" in (broken.error or "")
    assert (state(demo).failures, state(demo).error) == (0, None)
    assert any(minute == platform.at("18:30") for _, minute in minutes(demo))


@pytest.mark.parametrize("which", ["live", "hourly"])
def test_a_base_that_is_no_demonstration_takes_nothing_simulated(made, platform, which):
    """Figures that nobody counted must not stand beside real ones, whatever address somebody typed."""
    with pytest.raises(SourceError, match="演示数据，本库不是演示库，已拒收"):
        if which == "live":
            platform.pull(made)
        else:
            pull(made, platform.hourly, environment=ENVIRONMENT)

    assert minutes(made) == set()


def test_hourly_readings_come_through_the_ordinary_intake(demo, platform):
    """On the hour up to 18:00, as batches with receipts, each once."""
    first = pull(demo, platform.hourly, environment=ENVIRONMENT)
    again = pull(demo, platform.hourly, environment=ENVIRONMENT)

    assert first.accepted >= 2 * 11 - 2
    assert first.receipts and not first.rejected
    assert again.accepted == 0


def test_what_is_no_message_is_counted_and_told(demo, platform):
    columns = {**platform.live.columns, "people_in": "nowhere"}
    platform.live = platform.live.model_copy(update={"columns": columns})
    result = platform.pull(demo)

    assert result.added == 0 and result.unusable == result.messages > 0
    assert state(demo).refused == result.unusable
    assert "people_in" in (state(demo).refused_why or "")


def test_the_jobs_of_the_live_feed_say_what_they_did(demo, platform, monkeypatch):
    """Pull, comparison and pruning as the worker runs them."""
    monkeypatch.setenv(TOKEN_ENV, TOKEN)
    platform.moment = dt.datetime.now(BEIJING)
    platform.server.platform.first = platform.moment.date() - dt.timedelta(days=1)
    context = Context(demo, platform.moment)
    enabled = {job.key: job for job in timetable(sources.default(), ["smart_venue_live"])}

    assert pull_live.run(context, platform.live).startswith("收到 ")
    assert pull_live.reconcile(context).startswith("近两日逐馆逐小时比对：")
    assert pull_live.prune(context) == "已清除 7 天以前的实时客流 0 条"
    assert enabled["pull_smart_venue_live"].is_quiet
    assert {"reconcile_live", "prune_live"} <= enabled.keys()


def test_settings_of_the_live_feed_say_what_is_wrong(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(
        '[live]\ncrowding_percent = 60\ncalm_percent = 70\ncapacities = ["CQ50010301:9"]\n', "utf-8"
    )
    with pytest.raises(SettingsError, match="场馆编码=人数"):
        load(path, {})
    path.write_text('[live]\ncapacities = ["CQ50010301=1200", "CQ50010101 = 300"]\n', "utf-8")

    assert load(path, {}).live.by_venue == {"CQ50010301": 1200, "CQ50010101": 300}
    with pytest.raises(ValueError, match="不能高于"):
        Live.model_validate({"crowding_percent": 60, "calm_percent": 70})


@pytest.mark.parametrize("kind", ["real", None])
def test_the_simulator_refuses_a_base_that_is_no_demonstration(embedded, kind, monkeypatch, capsys):
    if kind:
        with writing(engine(embedded)) as connection:
            connection.execute(setting.insert().values(key="kind", value=kind))
    monkeypatch.setenv(TOKEN_ENV, TOKEN)

    assert manage.main(["--database", embedded, "simulate", "venues", "--port", "0"]) == 1
    assert "不是演示库" in capsys.readouterr().err


def test_venues_whose_clocks_run_ahead_are_named(made):
    """Somebody has to go there: the message says to which."""
    connect(made)
    page = feed.LivePull(messages=2, ahead=2, ahead_venues={GYM, "CQ50019999"})
    with writing(made) as connection:
        feed._keep_place(connection, "smart_venue_live", "{}", page, FIRST_MOMENT)
        why = connection.scalar(select(live_pull.c.refused_why))

    assert why == "渝中区1号馆（CQ50010301）、CQ50019999时钟超前，其消息没有采用。请场馆校准闸机时间。"


def test_alerts_end_although_the_platform_does_not_answer(platform, demo):
    """A platform that is down leaves every venue silent; whoever was crowded is lost, not crowded for hours."""
    connect(demo)
    hear(demo, [told("18:00", present=90)], "18:01")
    platform.server.server_close()
    platform.moment = platform.at("18:20:00")

    with pytest.raises(SourceError):
        platform.pull(demo)

    assert rows_of(demo, live_alert, "lost_minute") == [("18:01",)]


@pytest.mark.parametrize(
    ("option", "value"),
    [("--speed", "-2"), ("--speed", "0"), ("--speed", "nan"), ("--seed", "-1"), ("--seed", "x")],
)
def test_a_speed_or_seed_that_cannot_be_is_refused_with_a_sentence(capsys, option, value):
    """A clock that runs backwards would publish yesterday's minutes as today's."""
    with pytest.raises(SystemExit) as ended:
        manage.main(["simulate", "venues", f"{option}={value}"])

    assert ended.value.code == 2
    assert f"现为「{value}」" in capsys.readouterr().err
