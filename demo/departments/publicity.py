"""宣传处: 体育新闻宣传, 媒体采访报道, 体育文化."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.names import PLACES_A, PLACES_B, padded, pick, text
from demo.registry import Columns, dates, days, lognormal
from demo.timetable import Sending
from demo.world import World

RELEASES_A_MONTH = 225
COVERAGE_A_MONTH = 165
CULTURE_A_QUARTER = 26
TOPICS = ("群众体育", "竞技体育", "青少年体育", "体育产业", "体育文化", "党建", "综合")
TOPIC_WEIGHTS = (34, 22, 18, 9, 7, 4, 6)
ACTS = ("现场", "侧记", "观察", "专访", "纪实", "综述", "预告", "速递")


def _titles(rng: np.random.Generator, sending: Sending, n: int, prefix: str) -> pa.Array:
    places = text(pick(rng, PLACES_A, n), pick(rng, PLACES_B, n))
    what = pick(rng, ("健身活动", "联赛", "训练", "开放日", "步道", "足球", "展演", "志愿服务"), n)
    serial = text(f"（{sending.end:%y%m}", prefix, padded(np.arange(1, n + 1), 3), "）")
    return text(places, what, pick(rng, ACTS, n), serial)


def _releases(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    n = int(rng.integers(RELEASES_A_MONTH - 20, RELEASES_A_MONTH + 21))
    units = [world.catalog.units[code].list_name for code in world.senders(sending.end)]
    units += [d.short for d in world.catalog.departments] + [a.name for a in world.catalog.affiliated_units]
    return {
        "title": _titles(rng, sending, n, "新"),
        "channel": pick(
            rng,
            ("门户网站", "微信公众号", "微博", "视频号", "抖音", "报刊", "其他"),
            n,
            (30, 32, 9, 10, 11, 6, 2),
        ),
        "published_on": dates(days(rng, sending.start, sending.end, n)),
        "unit_code": pick(rng, units, n),
        "topic": pick(rng, TOPICS, n, TOPIC_WEIGHTS),
        "content_kind": pick(rng, ("文字", "图片", "视频", "图文", "直播"), n, (14, 6, 24, 53, 3)),
        "view_count": pa.array(lognormal(rng, 5200, 1.1, n).astype(int)),
        "url": pc.if_else(
            pa.array(rng.random(n) < 0.85),
            text(f"https://demo.example/{sending.end:%Y%m}/", pa.array(np.arange(1, n + 1))),
            None,
        ),
    }


def _coverage(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    n = int(rng.integers(COVERAGE_A_MONTH - 18, COVERAGE_A_MONTH + 19))
    units = [d.short for d in world.catalog.departments] + [a.name for a in world.catalog.affiliated_units]
    level = pick(rng, ("中央", "市级", "区县", "境外", "自媒体"), n, (12, 48, 24, 1, 15))
    return {
        "media_name": text("演示", level, "媒体", pick(rng, ("甲", "乙", "丙", "丁"), n)),
        "media_level": level,
        "title": _titles(rng, sending, n, "媒"),
        "published_on": dates(days(rng, sending.start, sending.end, n)),
        "kind": pick(rng, ("采访", "通稿刊发", "专题", "直播", "评论"), n, (26, 48, 14, 5, 7)),
        "topic": pick(rng, TOPICS, n, TOPIC_WEIGHTS),
        "interviewee_unit": pc.if_else(pa.array(rng.random(n) < 0.5), pick(rng, units, n), None),
        "tone": pick(rng, ("正面", "中性", "负面"), n, (70, 27, 3)),
    }


def _culture(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    n = int(rng.integers(CULTURE_A_QUARTER - 4, CULTURE_A_QUARTER + 5))
    where = world.districts(sending.end)
    names = [world.name_of(c) for c in where.codes]
    place = text(pick(rng, PLACES_A, n), pick(rng, PLACES_B, n))
    kinds = ("文化活动", "文艺作品", "体育非遗项目", "博物馆展陈", "品牌标识", "体育精神宣讲")
    kind = pick(rng, kinds, n, (38, 16, 10, 8, 5, 23))
    return {
        "item_name": text(place, kind, f"（{sending.end:%Y%m}", padded(np.arange(1, n + 1), 2), "）"),
        "item_kind": kind,
        "level": pick(rng, ("国家级", "市级", "区县级"), n, (5, 40, 55)),
        "adcode": pick(rng, names, n, where.chances),
        "held_on": dates(days(rng, sending.start, sending.end, n)),
        "audience_count": pa.array(lognormal(rng, 1900, 1.0, n).astype(int)),
        "undertaking_unit": text(place, "体育文化工作室（演示）"),
    }


MAKERS = {
    "news_release": _releases,
    "media_coverage": _coverage,
    "sports_culture_item": _culture,
}
