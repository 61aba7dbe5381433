"""The large base: many more venues and their hourly readings, written beside intake in chunks of a day.

Fifty million readings do not pass through files in reasonable time. The extra
venues and their first hour come through intake like everything else; the hours
after it are written in bulk under that delivery's receipt, and the tiers of the
visits are refreshed day by day in the same transaction.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine, func, select

import catalog
from data_access import visits as visit_tiers
from data_access.bulk import bulk_insert_columns
from data_access.commands.delivery import deliver
from data_access.commands.storing import domains_of
from data_access.engine import BEIJING, reading, with_room, writing
from data_access.migrate import ensure_partitions
from data_access.principal import Principal
from data_access.schema import FACT, base_table, batch
from data_access.versions import raise_versions
from demo.geography import points
from demo.names import take, text
from demo.registry import dates, day
from demo.sheets import as_csv
from demo.visits import DAYS, HOURS, UNIT, flows
from demo.world import World

CACHE_MB = 1024
"""One day of eight thousand venues touches pages of the whole index of the natural key."""
SENDER = Principal("operations", "operations", "运维团队（演示）")


def write_readings(made: Engine, world: World, visits: int, progress: Callable[[str, int, int], None]) -> int:
    """Add venues and readings until the base holds at least `visits`; returns how many were added."""
    of = catalog.default().category_by_code[FACT]
    table = base_table(of)
    with reading(made) as connection:
        present = connection.scalar(select(func.count()).select_from(table)) or 0
    missing = visits - present
    if missing <= 0:
        return 0
    venues = math.ceil(missing / (DAYS * len(HOURS)))
    codes, visitors = _connect(made, world, venues)
    receipt, done = _first_hour(made, world, codes, visitors), venues
    for offset in range(DAYS):
        on = world.today - dt.timedelta(days=DAYS - 1 - offset)
        columns = _columns_of_day(world, codes, visitors, on, receipt, done, skip_first=offset == 0)
        with writing(made) as connection:
            with_room(connection, CACHE_MB)
            raise_versions(connection, *domains_of(of), at=_noon(on))
            ensure_partitions(connection, {on})
            bulk_insert_columns(connection, table, columns)
            visit_tiers.refresh_days(connection, [on])
        done += venues * (len(HOURS) - (offset == 0))
        progress("readings", done, venues * DAYS * len(HOURS))
    return done


def _connect(made: Engine, world: World, venues: int) -> tuple[list[str], np.ndarray]:
    """Deliver the extra venues' connections; their codes and visitors a day."""
    rng = world.rng("many venues")
    where = world.districts(world.today)
    place = rng.choice(len(where.codes), venues, p=where.chances)
    numbers = dict.fromkeys(range(len(where.codes)), 0)
    codes = []
    for p in place.tolist():
        numbers[p] += 1
        codes.append(f"CQ{where.codes[p]}{numbers[p]:04d}")
    lon, lat = points(world, rng, where.codes, place)
    since = np.full(venues, day(world.today - dt.timedelta(days=DAYS)))
    same = np.zeros(venues, dtype=int)
    category = catalog.default().category_by_code["smart_venue_connection"]
    content = as_csv(
        category,
        {
            "venue_code": pa.array(codes),
            "venue_name": text("演示场馆", pa.array(np.arange(1, venues + 1))),
            "adcode": take([world.name_of(c) for c in where.codes], place),
            "systems": take(("客流统计",), same),
            "stage": take(("已接入",), same),
            "connected_on": dates(since),
            "interface_type": take(("接口推送",), same),
            "longitude": pa.array(lon),
            "latitude": pa.array(lat),
        },
    )
    _taken(made, world, category.code, content, f"场馆接入_批量_{venues}.csv")
    return codes, np.exp(rng.uniform(np.log(300), np.log(3000), venues))


def _first_hour(made: Engine, world: World, codes: list[str], visitors: np.ndarray) -> str:
    """Deliver the first hour of the extra venues; the receipt all their readings are kept under."""
    on = world.today - dt.timedelta(days=DAYS - 1)
    entries, exits, occupancy = _flows_of_day(world, visitors, on)
    same = np.zeros(len(codes), dtype=int)
    content = as_csv(
        catalog.default().category_by_code[FACT],
        {
            "venue_code": pa.array(codes),
            "reading_at": take((f"{on.isoformat()} {HOURS[0]:02d}:00",), same),
            "entry_count": pa.array(entries[:, 0]),
            "exit_count": pa.array(exits[:, 0]),
            "occupancy": pa.array(occupancy[:, 0]),
            "device_status": take(("在线",), same),
        },
    )
    receipt = _taken(made, world, FACT, content, f"场馆客流_批量_{len(codes)}.csv")
    with writing(made) as connection:
        note = "演示数据：其余小时的读数以批量方式写入，行号接续本文件"
        connection.execute(batch.update().where(batch.c.receipt == receipt).values(note=note))
    return receipt


def _taken(made: Engine, world: World, category: str, content: bytes, name: str) -> str:
    delivery = deliver(
        made, SENDER, content=content, file_name=name, category=category, unit=UNIT,
        received_on=world.today, received_at=_noon(world.today), source_platform="smart_venue",
    )  # fmt: skip
    if delivery.receipt is None or delivery.rejected:
        raise RuntimeError(f"intake refused the demonstration's own file {name}: {delivery.problems[:3]}")
    return delivery.receipt


def _columns_of_day(
    world: World, codes: list[str], visitors: np.ndarray, on: dt.date, receipt: str, number: int, *,
    skip_first: bool,
) -> dict[str, Iterable[Any]]:  # fmt: skip
    """Readings of one day by venue, then hour: neighbours in the index of the natural key.

    `number`: of the last row before them.
    """
    first = 1 if skip_first else 0
    entries, exits, occupancy = (flow[:, first:].ravel() for flow in _flows_of_day(world, visitors, on))
    moments = [dt.datetime.combine(on, dt.time(int(hour))) for hour in HOURS[first:]]
    count = len(entries)
    fixed = {
        "device_status": "在线", "version": 1, "receipt": receipt, "sheet": "", "unit": UNIT,
        "source_platform": "smart_venue", "valid_from": on,
    }  # fmt: skip
    return {
        "venue_code": [code for code in codes for _ in moments],
        "reading_at": moments * len(codes),
        "entry_count": entries.tolist(),
        "exit_count": exits.tolist(),
        "occupancy": occupancy.tolist(),
        "row_no": range(number + 1, number + 1 + count),
        **{name: repeat(value, count) for name, value in fixed.items()},
    }


def _flows_of_day(
    world: World, visitors: np.ndarray, on: dt.date
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    noise = world.rng("many visits", on).lognormal(-0.02, 0.2, (len(visitors), 1, len(HOURS)))
    entries, exits, occupancy = flows(world, visitors, np.array([day(on)]), noise)
    return entries[:, 0], exits[:, 0], occupancy[:, 0]


def _noon(on: dt.date) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(12), BEIJING)
