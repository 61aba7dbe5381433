"""公共体育场馆数据接入: hourly readings with two peaks, busier weekends, rain, holidays and a silent gate.

Readings of the last 400 days: files of up to ten days first, then one a day
("日终核对"), and on the last day one an hour, as the platform sends them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache

import chinese_calendar
import numpy as np
import pyarrow as pa

from demo.names import take, text
from demo.registry import Columns, day
from demo.sheets import as_csv
from demo.venues import CONNECTED, SILENT_DISTRICT, venues
from demo.world import World

VISITS = "venue_usage_reading"
UNIT = "facility_center"
DAYS = 400
DAILY_DAYS = 10
HOURS = np.arange(7, 22)
PROFILE = np.array([9, 11, 8, 5, 4, 3.5, 3, 3.5, 4, 5, 7, 12, 14, 11, 0.0])
"""Relative entries by hour from 07 to 21; nobody comes in after nine in the evening."""
WEEKEND = 1.4
RAIN_SHARE = 0.3
SILENT_HOURS = 6
EVENT_CHANCE = 0.3
EVENT_VENUES = 6
EVENT_FACTOR = 1.6
EVENT_HOURS = (18, 19, 20)
BEIJING = dt.timezone(dt.timedelta(hours=8))


def visit_files(world: World, last_hour: int) -> Iterator[tuple[bytes, dt.date, dt.datetime, str]]:
    """Content, first day, moment of receipt and sender of each file, in the order of receipt."""
    first = world.today - dt.timedelta(days=DAYS - 1)
    daily_from = world.today - dt.timedelta(days=DAILY_DAYS)
    while first < daily_from:
        last = min(_decade_end(first), daily_from - dt.timedelta(days=1))
        content = _csv(world, readings(world, first, last))
        next_morning = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(7, 30), BEIJING)
        if content is not None:
            yield content, first, next_morning, UNIT
        first = last + dt.timedelta(days=1)
    while first < world.today:
        content = _csv(world, readings(world, first, first))
        if content is not None:
            yield content, first, dt.datetime.combine(first, dt.time(21, 6), BEIJING), UNIT
        first += dt.timedelta(days=1)
    for hour in range(int(HOURS[0]), min(last_hour, int(HOURS[-1])) + 1):
        content = _csv(world, readings(world, world.today, world.today, hours=(hour,), last_hour=last_hour))
        if content is not None:
            yield content, world.today, dt.datetime.combine(world.today, dt.time(hour, 4), BEIJING), UNIT


def _decade_end(day_: dt.date) -> dt.date:
    if day_.day <= 20:
        return day_.replace(day=10 if day_.day <= 10 else 20)
    return (day_.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def _csv(world: World, columns: Columns) -> bytes | None:
    if not len(columns["venue_code"]):
        return None
    return as_csv(world.catalog.category_by_code[VISITS], columns, encoding="utf-8-sig")


def readings(
    world: World,
    first: dt.date,
    last: dt.date,
    *,
    hours: tuple[int, ...] | None = None,
    last_hour: int | None = None,
) -> Columns:
    """Readings of all connected venues for days `first`..`last` (inclusive), by hour, then venue."""
    all_venues = venues(world)
    days_ = np.arange(day(first), day(last) + np.timedelta64(1, "D"))
    entries, exits, occupancy = connected_flows(world, days_)
    present = all_venues.connected_on[:CONNECTED, None] <= days_[None, :]
    shown = np.repeat(present[:, :, None], len(HOURS), axis=2)
    if hours is not None:
        shown &= np.isin(HOURS, hours)[None, None, :]
    if last == world.today and last_hour is not None:
        silent = [i for i, c in enumerate(all_venues.district[:CONNECTED]) if c == SILENT_DISTRICT][:1]
        shown[np.ix_(silent, [len(days_) - 1])] &= np.less_equal(HOURS, last_hour - SILENT_HOURS)
    d, h, v = np.nonzero(shown.transpose(1, 2, 0))
    entry = entries[v, d, h]
    price = np.where((days_[d] == _free_day(days_[d])) & (v % 8 != 3), 0, 6 + v % 5 * 4)
    status = world.rng("status", first, last, hours).random(len(v))
    return {
        "venue_code": all_venues.code.take(pa.array(v)),
        "reading_at": text(
            pa.array(days_[d]).cast(pa.string()), " ", take([f"{h:02d}:00" for h in HOURS], h)
        ),
        "entry_count": pa.array(entry),
        "exit_count": pa.array(exits[v, d, h]),
        "occupancy": pa.array(occupancy[v, d, h]),
        "booking_count": pa.array(entry // 9),
        "revenue": pa.array(entry * price),
        "device_status": take(("在线", "故障"), (status > 0.997).astype(int)),
    }


def _free_day(days_: np.ndarray) -> np.ndarray:
    """8 August of each day's year: on 全民健身日 most venues take no money."""
    return (
        days_.astype("datetime64[Y]").astype("datetime64[M]")
        + np.timedelta64(7, "M")
        + np.timedelta64(7, "D")
    )


def connected_flows(world: World, days_: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`flows` of the connected venues, the same for a file, an hourly reading and a minute of the live feed."""
    noise = np.stack([_noise(world, d.item(), CONNECTED) for d in days_], axis=1)
    return flows(world, venues(world).visitors[:CONNECTED], days_, noise)


def flows(
    world: World, visitors: np.ndarray, days_: np.ndarray, noise: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Entries, exits and people inside, each by venue × day × hour; everybody has left by 21 o'clock.

    Args:
        visitors: of each venue on an ordinary weekday.
        noise: factor for each venue, day and hour.
    """
    factor = np.array([_day_factor(world, d.item()) for d in days_])
    expected = visitors[:, None, None] * factor[None, :, None] * (PROFILE / PROFILE.sum())[None, None, :]
    entries = np.round(expected * noise).astype(int)
    exits = np.zeros_like(entries)
    occupancy = np.zeros_like(entries)
    inside = np.zeros(entries.shape[:2], dtype=int)
    for h in range(len(HOURS)):
        inside = inside + entries[:, :, h]
        leaving = inside if h == len(HOURS) - 1 else np.round(inside * 0.52).astype(int)
        exits[:, :, h] = leaving
        inside = inside - leaving
        occupancy[:, :, h] = inside
    return entries, exits, occupancy


@cache
def _noise(world: World, on: dt.date, venues_: int) -> np.ndarray:
    """One draw for each venue and hour of a day, so that an hourly file agrees with the day's."""
    noise = world.rng("visits", on).lognormal(-0.02, 0.2, (venues_, len(HOURS)))
    if on > world.today:
        busy = event_venue(world, on)
        if busy is not None:
            noise[busy, np.isin(HOURS, EVENT_HOURS)] *= EVENT_FACTOR
    return noise


def event_venue(world: World, on: dt.date) -> int | None:
    """The large venue that holds an evening event on a day after the files' last; None on most days."""
    rng = world.rng("event", on.isoformat())
    if rng.random() >= EVENT_CHANCE:
        return None
    largest = np.argsort(-venues(world).visitors[:CONNECTED])[:EVENT_VENUES]
    return int(rng.choice(largest))


@cache
def _day_factor(world: World, on: dt.date) -> float:
    """How busy a day is: weekends +40 %, rain −25 %, holidays, winter and the new year's quiet days."""
    try:
        off, holiday = chinese_calendar.get_holiday_detail(on)
    except NotImplementedError:
        off, holiday = on.weekday() >= 5, None
    factor = WEEKEND if off else 1.0
    if holiday == "Spring Festival":
        factor *= 0.45
    elif holiday is not None and off:
        factor *= 1.15
    season = {12: 0.9, 1: 0.85, 2: 0.85, 6: 1.05, 7: 1.15, 8: 1.15}.get(on.month, 1.0)
    rain = world.rng("rain", on.isoformat()).random() < RAIN_SHARE
    return factor * season * (0.78 if rain else 1.0)
