"""产业处: 体育产业统计, 体育彩票, 场馆智能化建设; the readings of venues are in visits.py."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.calibration import (
    INDUSTRY_OUTPUT_WAN,
    INDUSTRY_SHARE,
    INDUSTRY_VALUE_ADDED_WAN,
    LOTTERY_FUND_SHARE,
    LOTTERY_OF_JIANGJIN_YUAN,
    LOTTERY_SALES_YUAN,
)
from demo.names import credit_codes, take
from demo.registry import Columns, dates, day
from demo.timetable import Sending
from demo.venues import CONNECTED, VENUES, venues
from demo.world import World

CLASSES: dict[str, tuple[float, float]] = {
    "体育管理活动": (0.032, 0.52), "体育竞赛表演活动": (0.021, 0.40), "体育健身休闲活动": (0.074, 0.46),
    "体育场地和设施管理": (0.092, 0.42), "体育经纪与代理、广告与会展、表演与设计服务": (0.024, 0.35),
    "体育教育与培训": (0.109, 0.62), "体育传媒与信息服务": (0.055, 0.40), "其他体育服务": (0.050, 0.42),
    "体育用品及相关产品制造": (0.257, 0.26), "体育用品及相关产品销售、出租与贸易代理": (0.270, 0.52),
    "体育场地设施建设": (0.016, 0.23),
}  # fmt: skip
"""Share of output and value added ÷ output by class; services 72.7, manufacture 25.7, building 1.6 per cent."""
INDUSTRY_GROWTH = 1.08
GAMES: dict[str, tuple[float, float]] = {
    "乐透数字型": (0.36, 0.32), "竞猜型": (0.47, 0.145), "即开型": (0.17, 0.165)
}  # fmt: skip
"""Share of sales and relative welfare fund by game."""


def _industry(world: World, sending: Sending) -> Columns:
    """Every district and class of a year; the nation's figures of 2023 by population, then 8 % a year."""
    year = int(sending.period[:4])
    where = world.districts(sending.end)
    rng = world.rng("industry districts")
    lean = dict(zip(sorted(world.population), rng.uniform(0.7, 1.4, len(world.population)), strict=True))
    weight = where.chances * np.array([lean[c] for c in where.codes])
    output_city, added_city = _national(year)
    share = np.array([v[0] for v in CLASSES.values()])
    ratio = np.array([v[1] for v in CLASSES.values()])
    ratio = ratio * added_city / (output_city * (share * ratio).sum())
    output = np.outer(weight / weight.sum(), share) * output_city
    added = output * ratio[None, :]
    n = output.size
    district = np.repeat(np.arange(len(where.codes)), len(CLASSES))
    flat = output.ravel()
    return {
        "year": pa.array(np.full(n, year)),
        "adcode": take([world.name_of(c) for c in where.codes], district),
        "industry_class": take(list(CLASSES), np.tile(np.arange(len(CLASSES)), len(where.codes))),
        "total_output": pa.array(flat.round(0).astype(np.int64)),
        "value_added": pa.array(np.floor(added.ravel()).astype(np.int64)),
        "entity_count": pa.array((flat / 900).astype(int) + 1),
        "employee_count": pa.array((flat / 45).astype(int) + 3),
        "data_status": take(("初步核算",), np.zeros(n, dtype=int)),
    }


def _national(year: int) -> tuple[float, float]:
    """Output and value added of the city in 万元."""
    base = min(max(year, 2022), 2023)
    growth = INDUSTRY_GROWTH ** (year - base) * INDUSTRY_SHARE
    return INDUSTRY_OUTPUT_WAN[base] * growth, INDUSTRY_VALUE_ADDED_WAN[base] * growth


def _lottery(world: World, sending: Sending) -> Columns:
    """Sales of one month; every year stands at the last published total, as no later one was found."""
    where = world.districts(sending.end)
    sales = _sales(world, sending.end)
    before = _sales(world, dt.date(sending.end.year - 1, sending.end.month, 28))
    districts, games = sales.shape
    n = districts * games
    relative = np.array([v[1] for v in GAMES.values()])
    shares = np.array([v[0] for v in GAMES.values()])
    fund = sales * (relative * LOTTERY_FUND_SHARE / (relative * shares).sum())[None, :]
    yoy = None
    if before.shape == sales.shape and sending.end.year > world.first_year:
        yoy = ((sales / before - 1) * 100).round(2).ravel()
    columns = {
        "month": dates(np.full(n, day(sending.start))),
        "adcode": take([world.name_of(c) for c in where.codes], np.repeat(np.arange(districts), games)),
        "game_type": take(list(GAMES), np.tile(np.arange(games), districts)),
        "sales_amount": pa.array(np.round(sales.ravel()).astype(np.int64)),
        "welfare_fund": pa.array(np.round(fund.ravel()).astype(np.int64)),
        "outlet_count": pa.array(np.repeat((where.chances * 3900).astype(int) + 12, games)),
    }
    return columns if yoy is None else {**columns, "yoy_rate": pa.array(yoy)}


def _sales(world: World, on: dt.date) -> np.ndarray:
    """Sales in 元 by district and game in the month of `on`."""
    where = world.districts(on)
    rng = world.rng("lottery", on.year)
    season = rng.uniform(0.86, 1.14, 12)
    level = world.rng("lottery level", on.year).uniform(0.99, 1.01)
    month = season[on.month - 1] / season.sum() * level
    lean = world.rng("lottery districts").uniform(0.7, 1.35, len(world.population))
    lean_of = dict(zip(sorted(world.population), lean, strict=True))
    weight = where.chances * np.array([lean_of[c] for c in where.codes])
    jiangjin = where.codes.index("500116")
    fixed = LOTTERY_OF_JIANGJIN_YUAN / LOTTERY_SALES_YUAN
    weight[jiangjin] = 0
    weight *= (1 - fixed) / weight.sum()
    weight[jiangjin] = fixed
    return np.outer(weight, [v[0] for v in GAMES.values()]) * LOTTERY_SALES_YUAN * month


def _connections(world: World, sending: Sending) -> Columns:
    """State of each venue at the end of a month: those that changed, all of them the first time."""
    all_venues = venues(world)
    last = day(sending.end)
    connected = (np.arange(VENUES) < CONNECTED) & (all_venues.connected_on <= last)
    rng = world.rng("connection", *sending.key)
    recent = connected & (all_venues.connected_on >= day(sending.start))
    moved = np.array(
        [
            sending.start <= dt.date(2025, 11, 6) <= sending.end and c in ("500105", "500112")
            for c in all_venues.district
        ]
    )
    chosen = np.flatnonzero(recent | moved | (rng.random(VENUES) < 0.22) | sending.first)
    n = len(chosen)
    is_connected = connected[chosen]
    waiting = (all_venues.connected_on[chosen] - last).astype(int)
    stage = np.where(is_connected, 4, np.select([waiting < 30, waiting < 120, waiting < 300], [3, 2, 1], 0))
    stage = np.where((chosen >= CONNECTED) & (stage > 2), 2, stage)
    names = [world.name_of(all_venues.district_on(int(i), sending.end)) for i in chosen]
    heartbeat = [f"{sending.end.isoformat()} {hour:02d}:00" for hour in rng.integers(8, 23, n)]
    online = pa.array(is_connected)
    index = pa.array(chosen)
    return {
        "venue_code": all_venues.code.take(index),
        "venue_name": all_venues.name.take(index),
        "adcode": pa.array(names, pa.string()),
        "operator_uscc": credit_codes(world.rng("venue operators"), VENUES, "12").take(index),
        "systems": take(("客流统计、预订、能耗", "客流统计、预订", "客流统计"), chosen % 3),
        "stage": take(("未启动", "方案", "建设", "验收", "已接入"), stage),
        "connected_on": pc.if_else(online, dates(all_venues.connected_on[chosen]), None),
        "interface_type": pc.if_else(online, take(("接口推送", "前置库", "文件"), chosen % 3), None),
        "last_heartbeat_at": pc.if_else(online, pa.array(heartbeat, pa.string()), None),
        "longitude": pa.array(all_venues.lon[chosen]),
        "latitude": pa.array(all_venues.lat[chosen]),
    }


MAKERS = {
    "sports_industry_statistics": _industry,
    "sports_lottery_sales": _lottery,
    "smart_venue_connection": _connections,
}
