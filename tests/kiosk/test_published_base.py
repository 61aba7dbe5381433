"""From random bases to the wall: no person, no department's figure, no small cell; and cheap when nothing changed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import random
import time
import types
import typing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert
from sqlalchemy.exc import SQLAlchemyError

import catalog
from data_access.commands.delivery import deliver
from data_access.commands.plans import set_plan
from data_access.commands.publishing import revert
from data_access.engine import BEIJING, engine, reading
from data_access.principal import OFFICE, OPERATOR, SYSTEM
from data_access.queries.wall import Arrived, Day, delivering_units
from data_access.schema import setting
from data_access.settings import Wall as RawWall
from jobs.publish_wall import Publisher
from kiosk import snapshot_file
from kiosk.commands import Verifier
from kiosk.hub import Hub
from kiosk.kinds import Count
from kiosk.producer import Producer
from kiosk.proof import Book
from kiosk.scenes import all_scenes
from kiosk.settings import WallSettings, wall_settings
from kiosk.snapshot import Snapshot
from metrics.wall import Memory, snapshot
from metrics.wall_flow import _without_rest
from metrics.wall_view import View
from tests.delivery.histories import send
from tests.helpers.files import csv_text, grid
from tests.helpers.rows import Row, valid_rows

TODAY = dt.date(2026, 10, 9)
NOW = dt.datetime(2026, 10, 9, 15, 30, tzinfo=BEIJING)
PHONE = "13800138000"
FREE_NAMES = {"event_name": "mass_sport_event", "venue_name": "smart_venue_connection"}


def base_of(made: Engine, seed: int) -> set[str]:
    """Deliver between no and thirty rows of every category; returns the personal texts that were in them."""
    chance, secrets = random.Random(seed), set()
    for category in catalog.default().categories:
        rows = valid_rows(category, chance.choice([0, 1, 3, 9, 10, 12, 24]))
        personal = [f for f in category.fields if f.is_personal and f.type == "string" and f.pattern is None]
        for n, row in enumerate(rows):
            for field in personal:
                row[field.name] = f"隐{chance.randrange(1000):03d}{n}"
            for field in category.fields:
                if field.is_personal and field.type == "string" and row[field.name]:
                    secrets.add(str(row[field.name]))
            if category.code in FREE_NAMES.values() and n == 0:
                name = next(f for f, code in FREE_NAMES.items() if code == category.code)
                row[name] = f"报名{PHONE}"
        send_in(made, category, rows)
    return secrets


def send_in(made: Engine, category: catalog.Category | str, rows: list[Row]) -> None:
    code = category if isinstance(category, str) else category.code
    if rows:
        content = csv_text(grid(code, rows)).encode()
        deliver(
            made, OPERATOR, content=content, file_name="报送.csv", category=code, unit="500103",
            received_on=TODAY,
        )  # fmt: skip


def configured(folder: Path) -> WallSettings:
    return wall_settings(RawWall().model_dump(), hosts=["localhost"], storage=folder, scenes=all_scenes())


def taken(made: Engine, *, show_departments: bool = False) -> Snapshot:
    with reading(made) as connection:
        return snapshot(View(SYSTEM, connection, NOW, show_departments), Memory())


def everything_sent(made: Engine, folder: Path) -> bytes:
    """The file and every byte a wall can be told: snapshot, events, state, health."""
    settings = configured(folder)
    with reading(made) as connection:
        Publisher(settings.snapshot).publish(View(SYSTEM, connection, NOW), settings)
    producer = Producer(settings, all_scenes(), lambda: NOW)
    producer.begin()
    assert producer.picture is not None
    hub = Hub(settings, producer, Verifier(b"k" * 64, 0), Book(folder / "proof", NOW), lambda: NOW, "0")
    hub._follow()
    picture = producer.picture
    return b"\n".join(
        [settings.snapshot.read_bytes(), picture.whole, picture.changed, hub.state_event(), json.dumps(hub.health()).encode()]
    )  # fmt: skip


def counts_of(value: Any, kind: Any = Snapshot) -> list[int]:
    """Every value of a field declared `Count`, wherever it stands."""
    if kind is Count or kind == Count:
        return [value]
    if value is None:
        return []
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        inner = [k for k in typing.get_args(kind) if k is not types.NoneType]
        return counts_of(value, inner[0])
    if typing.get_origin(kind) is tuple:
        return [n for item in value for n in counts_of(item, typing.get_args(kind)[0])]
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        return [n for name, hint in hints.items() for n in counts_of(getattr(value, name), hint)]
    return []


@pytest.mark.parametrize("seed", [1, 2])
def test_no_person_no_number_and_no_small_cell_of_a_random_base_reaches_the_wall(
    made: Engine, tmp_path: Path, seed: int
):
    """Every row of the base was somebody's; what the wall sends could be read out in a school."""
    secrets = base_of(made, seed)
    sent = everything_sent(made, tmp_path)
    found = snapshot_file.load(configured(tmp_path).snapshot)
    counts = counts_of(found)

    assert len(secrets) > 20 and len(counts) > 30
    assert not [secret for secret in secrets if secret.encode() in sent]
    assert PHONE.encode() not in sent and "报名".encode() not in sent
    assert not [n for n in counts if 0 < n < 10 or n < 0]


def test_a_departments_figure_is_shown_only_if_the_office_allows_it(made: Engine, tmp_path: Path):
    for code in ("mass_sport_event", "referee", "youth_event"):
        set_plan(made, OFFICE, code, 2026, 40, approved_on=dt.date(2026, 1, 5))
        send_in(made, code, valid_rows(code, 20))
    departments = {d.short for d in catalog.default().departments}
    usual, allowed = taken(made), taken(made, show_departments=True)

    assert usual.lanes is not None and allowed.lanes is not None
    assert usual.lanes.by == "category" and not departments & {lane.name for lane in usual.lanes.items}
    assert {lane.name for lane in allowed.lanes.items} <= departments
    assert {lane.name: lane.completion for lane in usual.lanes.items}["裁判员"] == pytest.approx(0.5)


def test_figures_can_be_added_up_by_hand(made: Engine):
    """Twelve events, twenty referees; nine athletes are nobody's business, nor what 41 less the others leaves of them."""
    events = valid_rows("mass_sport_event", 12)
    send_in(made, "mass_sport_event", events)
    send_in(made, "referee", valid_rows("referee", 20))
    send_in(made, "elite_athlete", valid_rows("elite_athlete", 9))
    found = taken(made)
    this_year = [row for row in events if row["start_on"].year == 2026]

    assert found.totals is not None and found.totals.records == 41 and found.totals.records_today == 41
    assert found.competition is not None
    assert (found.competition.referees, found.competition.athletes) == (20, None)
    if len(this_year) >= 10:
        assert found.events is not None and found.events.events == len(this_year)
        assert found.events.participants == sum(int(row["participant_count"]) for row in this_year)
    assert found.flow is not None and {c.code for c in found.flow.categories if c.lit} == {
        "mass_sport_event", "referee", "elite_athlete",
    }  # fmt: skip
    assert found.ticker is not None and [a.count for a in found.ticker.items] == [20]
    assert sorted(c.records for c in found.flow.categories if c.records) == [20]


def test_a_unit_delivers_while_something_it_sent_within_a_year_is_in_the_base(made: Engine):
    """One sent as much as it took back that day of another year; one took all back; one sent it long ago."""
    long_ago, day = dt.date(2025, 10, 8), dt.date(2026, 10, 1)
    rows = valid_rows("referee", 8, received_on=long_ago)
    old = send(made, "referee", rows[:2], unit="500101", on=long_ago)
    send(made, "referee", rows[2:4], unit="500101", on=TODAY)
    revert(made, OPERATOR, old.receipt, reason="错报", on=TODAY)
    only = send(made, "referee", rows[4:6], unit="500102", on=day)
    revert(made, OPERATOR, only.receipt, reason="错报", on=TODAY)
    send(made, "referee", rows[6:], unit="500103", on=long_ago)

    with reading(made) as connection:
        assert delivering_units(OFFICE, connection, dt.date(2025, 10, 9)) == {"500101"}


def test_a_venue_whose_point_lies_off_its_district_is_told_without_a_light(made: Engine):
    """A light on the land of another province is a fault of the record, not something to show."""
    places = [("万州区", "108.41", "30.81"), ("渝中区", "106.56", "29.55"), ("梁平区", "107.68", "30.98")]
    rows = valid_rows("smart_venue_connection", 3)
    for row, (district, longitude, latitude) in zip(rows, places, strict=True):
        place = {"adcode": district, "longitude": Decimal(longitude), "latitude": Decimal(latitude)}
        row |= {**place, "stage": "已接入"}
    send_in(made, "smart_venue_connection", rows)
    found = taken(made).venues

    assert found is not None
    assert {v.adcode: v.longitude is not None for v in found.items} == {
        "500101": True, "500103": True, "500155": False,
    }  # fmt: skip


def test_an_empty_base_is_a_wall_without_figures_not_an_error(made: Engine):
    found = taken(made)

    assert found.demonstration and found.totals is None and found.flow is None and found.industry is None


def test_nothing_new_costs_one_look_and_renews_the_files_time(embedded: str, tmp_path: Path):
    """Every three seconds, all year: the picture's time says it is true, its bytes stay."""
    made, settings = engine(embedded), configured(tmp_path)
    send_in(made, "referee", valid_rows("referee", 12))
    publisher = Publisher(settings.snapshot)

    def publish(now: dt.datetime) -> Snapshot | None:
        with reading(made) as connection:
            return publisher.publish(View(SYSTEM, connection, now), settings)

    assert publish(NOW) is not None
    before = settings.snapshot.stat()
    time.sleep(0.02)
    assert publish(NOW + dt.timedelta(seconds=3)) is None
    after = settings.snapshot.stat()
    assert after.st_ino == before.st_ino and after.st_mtime_ns > before.st_mtime_ns
    send_in(made, "referee", valid_rows("referee", 3, start=50))
    found = publish(NOW + dt.timedelta(seconds=6))
    assert found is not None and found.competition is not None and found.competition.referees == 15
    settings.snapshot.unlink()
    assert publish(NOW + dt.timedelta(seconds=9)) is not None and settings.snapshot.exists()


def test_a_base_that_is_away_leaves_the_file_as_it_is(embedded: str, tmp_path: Path):
    """The wall then says how old its picture is; a file without figures would take them away."""
    made, settings = engine(embedded), configured(tmp_path)
    send_in(made, "referee", valid_rows("referee", 12))
    publisher = Publisher(settings.snapshot)
    with reading(made) as connection:
        publisher.publish(View(SYSTEM, connection, NOW), settings)
    before = settings.snapshot.read_bytes(), settings.snapshot.stat().st_mtime_ns
    away = engine(f"sqlite:///{tmp_path / 'no' / 'tables.db'}")

    with pytest.raises(SQLAlchemyError), reading(away) as connection:
        publisher.publish(View(SYSTEM, connection, NOW), settings)
    away.dispose()

    assert before == (settings.snapshot.read_bytes(), settings.snapshot.stat().st_mtime_ns)


def line(accepted: int, platform: str = "smart_venue", received_on: dt.date = TODAY) -> Arrived:
    return Arrived(NOW, received_on, platform, "500103", "mass_sport_event", accepted, False)


@pytest.mark.parametrize(
    ("totals", "lines", "left"),
    [
        ({"smart_venue": 25}, [line(20)], []),  # 25 less 20 tells of a batch of 5
        ({"smart_venue": 45}, [line(20), line(20)], [20]),  # 25 are left over: two batches at least
        ({"smart_venue": 40}, [line(20), line(20)], [20, 20]),
        ({"smart_venue": 20, "public_service": 15}, [line(20), line(12, "public_service")], [20]),
        ({"smart_venue": 25}, [line(20, received_on=TODAY - dt.timedelta(days=1))], [20]),
    ],
)
def test_no_line_of_the_ticker_gives_a_small_batch_back(totals, lines, left):
    """Today's totals of the platforms stand on the same wall."""
    day = Day(
        sum(totals.values()), sum(totals.values()), 0, {p: (1, n) for p, n in totals.items()}, frozenset()
    )
    kept = _without_rest(lines, day, TODAY)

    assert [one.accepted for one in kept] == left


def _declare(made: Engine, kind: str) -> None:
    with made.begin() as connection:
        connection.execute(delete(setting).where(setting.c.key == "kind"))
        connection.execute(insert(setting).values(key="kind", value=kind))


def test_a_base_that_becomes_real_loses_its_mark_at_once(embedded: str):
    """Parts that have not changed were kept with 演示数据 on them."""
    made, memory = engine(embedded), Memory()
    send_in(made, "referee", valid_rows("referee", 12))
    _declare(made, "demo")
    with reading(made) as connection:
        first = snapshot(View(SYSTEM, connection, NOW), memory)
    _declare(made, "real")
    with reading(made) as connection:
        second = snapshot(View(SYSTEM, connection, NOW), memory)

    assert first.demonstration and first.competition is not None and first.competition.demonstration
    assert (
        not second.demonstration and second.competition is not None and not second.competition.demonstration
    )


def test_in_a_year_without_events_yet_the_year_before_is_shown(made: Engine):
    """On 1 January the calendar of the old year stands whole; nothing of it is called this month's."""
    rows = valid_rows("mass_sport_event", 24)
    for n, row in enumerate(rows):
        row["start_on"] = row["end_on"] = dt.date(2026, 10, 1 + n % 3)
    send_in(made, "mass_sport_event", rows)
    with reading(made) as connection:
        found = snapshot(View(SYSTEM, connection, NOW.replace(year=2027, month=1, day=2)), Memory()).events

    assert found is not None and (found.year, found.events) == (2026, 24)
    assert [(m.month, m.events, m.thirds) for m in found.months] == [(10, 24, (24, 0, 0))]
