"""Sentences and rows of 实时客流: the same on the page and in its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import catalog
from data_access.live.health import State
from data_access.live.read import Minute
from data_access.live.scope import Venue
from metrics.flow import BUSY_FROM, DayCurve, FlowNow, Load, Measure, VenueLine, crowded_from
from metrics.flow_band import Curve
from metrics.flow_days import LEAST_DAYS
from metrics.flow_definitions import FLOW_FIGURES
from ui import formats

MOST_NAMED = 3
MEASURES: dict[Measure, str] = {"entries": "进馆人次", "occupancy": "在馆人数"}
LOAD_STATES: dict[Load, str] = {
    "unknown": "muted", "calm": "accent", "busy": "attention", "crowded": "alarm",
}  # fmt: skip
FEED_NAMES: dict[State, str] = {
    "ok": "正常", "never": "未报过数", "silent": "中断", "fault": "设备异常", "stuck": "计数停滞", "gaps": "有缺分钟",
}  # fmt: skip


def district_name(code: str | None) -> str:
    """The short name of a district; 全市 for none."""
    if code is None:
        return "全市"
    found = catalog.default().district_by_code.get(code)
    return found.short if found else code


def hour_name(hour: int) -> str:
    """The hour that ends at `hour`: 8 → ``7–8 时``."""
    return f"{hour - 1}–{hour} 时"


def clock(moment: dt.datetime | None) -> str:
    """Hours and minutes in Beijing: ``14:32``."""
    return formats.missing(moment, lambda m: f"{formats.beijing(m):%H:%M}")


# ---- the answer ----


def sentence(now: FlowNow) -> str:
    """Who is where now, in one sentence; where nothing is live, what is known and since when not more."""
    place = district_name(now.place.district)
    if now.is_live:
        return _live_sentence(now, place)
    recorded = _recorded_words(now, place)
    if now.sums.minute is not None:
        return f"{place}实时数据自 {_since(now)} 起中断" + (f"；{recorded}。" if recorded else "。")
    if recorded:
        return f"{place}还没有实时数据；按整点读数，{recorded}。"
    return f"{place}今天还没有客流数据。"


def _live_sentence(now: FlowNow, place: str) -> str:
    words = f"此刻{place} {formats.number(now.sums.heard)} 座场馆共有 {formats.number(now.present)} 人在馆"
    if now.share is not None:
        words += f"，占核定承载量 {formats.percent(now.share)}"
    crowded = [line.venue.name for line in now.lines if line.load == "crowded"]
    if crowded:
        count = now.counts.loads["crowded"]
        more = f"等 {formats.number(count)} 座场馆" if count > MOST_NAMED else ""
        return f"{words}；{'、'.join(crowded[:MOST_NAMED])}{more}已达拥挤线。"
    most = sorted((line for line in now.lines if line.present), key=lambda line: -(line.present or 0))
    if most and len(now.lines) == now.counts.every:  # of many only the fullest are known by name
        named = [f"{line.venue.name} {formats.number(line.present)} 人" for line in most[:MOST_NAMED]]
        words += f"；人最多的是{'、'.join(named)}"
    return f"{words}。"


def _recorded_words(now: FlowNow, place: str) -> str:
    if now.day.entries is None or now.until is None:
        return ""
    return f"截至 {clock(now.until)} {place}今日进馆 {formats.number(now.day.entries)} 人次"


def _since(now: FlowNow) -> str:
    """When the newest minute ended: the time on today's clock, with its day otherwise."""
    assert now.sums.minute is not None
    ended = now.sums.minute + dt.timedelta(minutes=1)
    return clock(ended) if formats.beijing(ended).date() == now.day.day else formats.datetime_zh(ended)


def reporting(now: FlowNow) -> str:
    return f"{formats.number(now.sums.heard)} / {formats.number(now.sums.connected)} 座场馆正在报数"


def help_of(key: str) -> str:
    """Meaning, unit and as-of of a figure, for its question mark."""
    figure = FLOW_FIGURES[key]
    return f"{figure.meaning}。单位：{figure.unit}；截至{figure.as_of}。"


def cards(now: FlowNow, open_alerts: int) -> list[dict[str, Any]]:
    """The figures under the sentence, as arguments of `ui.pieces.figures.Metric`."""
    day = now.day
    compared = f"较上周同日（至 {day.compared_until} 时）" if day.compared_until else ""
    return [
        {
            "name": "在馆人数",
            "value": formats.missing(now.present, lambda v: f"{formats.number(v)} 人"),
            "history": [h.occupancy for h in day.hours],
            "help": help_of("present"),
        },
        {"name": "占核定承载量", "value": formats.percent(now.share), "help": help_of("occupancy")},
        {
            "name": "今日进馆",
            "value": formats.missing(day.entries, lambda v: f"{formats.number(v)} 人次"),
            "delta": None if day.change is None else formats.percent(float(day.change), signed=True),
            "than": compared,
            "up_is_good": None,
            "history": [h.entries for h in day.hours],
            "help": help_of("entries_today") + help_of("entries_change"),
        },
        {
            "name": "正在报数的场馆",
            "value": f"{formats.number(now.sums.heard)} / {formats.number(now.sums.connected)}",
            "help": help_of("reporting"),
        },
        {
            "name": "未了结的拥挤提醒",
            "value": f"{formats.number(open_alerts)} 条",
            "help": f"仍在拥挤、或还没有人确认的提醒；达到核定承载量的 {formats.percent(crowded_from(), 0)} 即提醒。",
        },
    ]


# ---- venues ----


def bar(line: VenueLine, address: str) -> dict[str, Any]:
    """One venue of the ranking, as arguments of `ui.pieces.figures.Bar`."""
    people = f"{formats.number(line.present)} 人"
    return {
        "name": line.venue.name,
        "ratio": line.share,
        "state": LOAD_STATES[line.load] if line.share is not None else "muted",
        "figure": f"{people} · {formats.percent(line.share, 0)}" if line.share is not None else people,
        "hover": venue_words(line).replace("\n", "，"),
        "address": address,
    }


def venue_words(line: VenueLine) -> str:
    """What is said of a venue when its dot or bar is pointed at."""
    if line.present is None:
        feed = FEED_NAMES[line.health.state]
        heard = f"，最近一次 {formats.datetime_zh(line.health.now.minute)}" if line.health.now.minute else ""
        return f"{line.venue.name}\n实时数据{feed}{heard}"
    words = f"{line.venue.name}\n在馆 {formats.number(line.present)} 人"
    if line.capacity:
        words += f"，核定 {formats.number(line.capacity)} 人（{formats.percent(line.share, 0)}）"
    return (
        f"{words}\n今日进馆 {formats.number(line.health.now.in_today)} 人次，{clock(line.health.now.minute)}"
    )


def load_legend(now: FlowNow) -> list[tuple[str, str]]:
    """State and words of each colour of the map, with how many venues have it."""
    counts = {load: formats.number(n) for load, n in now.counts.loads.items()}
    busy, crowded = formats.percent(BUSY_FROM, 0), formats.percent(crowded_from(), 0)
    return [
        ("accent", f"宽松，不足 {busy}：{counts['calm']} 座"),
        ("attention", f"较满，{busy} 以上：{counts['busy']} 座"),
        ("alarm", f"拥挤，{crowded} 以上：{counts['crowded']} 座"),
        ("muted", f"无实时数据或未核定承载量：{counts['unknown']} 座"),
    ]


def district_words(now: FlowNow) -> dict[str, str]:
    """By district: its name, how many venues, how many people."""
    return {
        code: f"{district_name(code)}\n{formats.number(n)} 座场馆，在馆 {formats.number(now.counts.people[code])} 人"
        for code, n in now.counts.venues.items()
    }


def dot(line: VenueLine) -> dict[str, Any]:
    """One venue of the map, as arguments of `flow_map.Dot`."""
    return {
        "lon": line.venue.longitude,
        "lat": line.venue.latitude,
        "words": venue_words(line),
        "state": LOAD_STATES[line.load],
        "people": line.present,
    }


def map_sentence(now: FlowNow) -> str:
    """What the map shows: how dots are to be read, and the district with the most people."""
    words, people = "圆点越大，在馆人数越多。", now.counts.people
    if rest := now.counts.every - len(now.lines):
        words += f"图上是占用率最高的 {formats.number(len(now.lines))} 座，其余 {formats.number(rest)} 座计入所在区县。"
    most = max(people, key=lambda code: people[code], default=None)
    if now.place.district is None and most is not None and people[most]:
        words += f"{district_name(most)}人最多，{formats.number(people[most])} 人在馆。"
    return words


def no_venues(now: FlowNow) -> str:
    """Why no venue is ranked: none is heard, or none is the reader's to see."""
    if now.counts.every:
        return "目前没有场馆在报数；恢复后这里按占核定承载量排列。"
    return "您可以查看全市合计；各场馆的人数由局领导、局办公室、归口处室和场馆所在区县查看。"


def address_of(line: VenueLine, now: FlowNow) -> dict[str, str]:
    """The filters of the link that leads to a venue."""
    kept = {"district": district_name(now.place.district)} if now.place.district else {}
    return {**kept, "venue": venue_choice(line.venue)}


def venue_choice(venue: Venue) -> str:
    """How a venue is called in filter and address: its name and its code, since names repeat."""
    return f"{venue.name} {venue.venue_code}"


def venue_choices(venues: Iterable[Venue]) -> dict[str, str]:
    """Venues to choose from, as a dictionary orders them → their codes."""
    names = {venue_choice(v): v.venue_code for v in venues}
    return {name: names[name] for name in formats.pinyin_sorted(names)}


def cut(name: str, shown: int, every: int, unit: str = "座") -> str:
    """The name of a table that holds the first of many, with how many the rest are."""
    if shown >= every:
        return name
    rest = formats.number(every - shown)
    return f"{name}（前 {formats.number(shown)} {unit}，其余 {rest} {unit}见下载的文件）"


def venue_rows(lines: Iterable[VenueLine]) -> list[dict[str, Any]]:
    """The table of venues now: on the page and as a file."""
    return [
        {
            "场馆": line.venue.name,
            "区县": district_name(line.venue.district),
            "在馆人数": formats.number(line.present),
            "核定承载量": formats.number(line.capacity),
            "占比": formats.percent(line.share),
            "今日进馆": formats.number(line.health.now.in_today),
            "今日最高": formats.number(line.health.now.peak_today),
            "数据时间": clock(line.health.now.minute),
            "数据状态": FEED_NAMES[line.health.state],
        }
        for line in lines
    ]


# ---- today against the band ----


def curve_sentence(shown: DayCurve) -> str:
    """How the newest hour stands to the band, what the band is made of, and when it will be quiet."""
    words = [_against_band(shown.curve, shown.measure), band_words(shown.curve)]
    if shown.quiet is not None:
        span = f"{shown.quiet.first - 1}–{shown.quiet.last} 时"
        words.append(f"接下来 {span}通常人最少，约为高峰的 {formats.percent(shown.quiet.share, 0)}。")
    return "".join(filter(None, words))


def _against_band(curve: Curve, measure: str) -> str:
    last = curve.last
    what, unit = ("进馆", "人次") if measure == "entries" else ("在馆", "人")
    if last is None:
        return "今天还没有结束的小时。"
    words = f"{hour_name(last.hour)}{what} {formats.number(last.actual)} {unit}"
    if last.low is None or last.high is None:
        return words + "。"
    assert last.actual is not None
    place = "低于" if last.actual < last.low else "高于" if last.actual > last.high else "在"
    return f"{words}，{place}通常范围（{formats.number(last.low)}～{formats.number(last.high)}）{'内' if place == '在' else ''}。"


def band_words(curve: Curve) -> str:
    """How many days stand behind the band; with too few there is none, and this says so."""
    count = len(curve.days)
    if not curve.has_band:
        return f"可比的{curve.like}只有 {count} 天，不足 {LEAST_DAYS} 天，暂不画通常范围。"
    return f"通常范围取自最近 {count} 个{curve.like}（读数完整的日子），每十天有八天落在其中。"


def measure_name(shown: DayCurve) -> str:
    return MEASURES[shown.measure]


def curve_title(shown: DayCurve) -> str:
    return "今日每小时进馆人次" if shown.measure == "entries" else "今日各整点在馆人数"


def curve_rows(shown: DayCurve) -> list[dict[str, Any]]:
    """The curve as the chart and its table take it."""
    return [
        {
            "时段": hour_name(hour.hour), "今天": hour.actual, "通常": hour.middle, "通常下限": hour.low,
            "通常上限": hour.high, "上周同日": hour.week_ago,
        }
        for hour in shown.curve.hours
    ]  # fmt: skip


# ---- one venue ----


def venue_sentence(line: VenueLine) -> str:
    """How many are in this venue now, and how full it is."""
    if line.present is None:
        heard = line.health.now.minute
        since = f"，最近一次是 {formats.datetime_zh(heard)}" if heard else ""
        return f"{line.venue.name}实时数据{FEED_NAMES[line.health.state]}{since}。"
    words = f"{line.venue.name}此刻有 {formats.number(line.present)} 人在馆"
    if line.share is not None:
        words += f"，占核定承载量 {formats.percent(line.share)}"
    return f"{words}；今日进馆 {formats.number(line.health.now.in_today)} 人次。"


def venue_place(line: VenueLine) -> str:
    return f"{district_name(line.venue.district)} · {line.venue.venue_code}"


def venue_facts(line: VenueLine) -> list[tuple[str, str]]:
    """What is known of a venue and its feed today."""
    now, health = line.health.now, line.health
    return [
        ("在馆人数", formats.missing(line.present, lambda v: f"{formats.number(v)} 人")),
        ("核定承载量", formats.missing(line.capacity, lambda v: f"{formats.number(v)} 人")),
        ("今日进馆", formats.missing(now.in_today, lambda v: f"{formats.number(v)} 人次")),
        ("今日出馆", formats.missing(now.out_today, lambda v: f"{formats.number(v)} 人次")),
        ("今日最高", formats.missing(now.peak_today, lambda v: f"{formats.number(v)} 人")),
        ("数据时间", formats.clock(now.minute)),
        ("今天收到", f"{formats.number(health.received)} / {formats.number(health.expected)} 分钟"),
        ("迟到、补传、更正", f"{health.late}、{health.backfilled}、{health.corrected} 分钟"),
    ]


Minutes = Sequence[tuple[dt.datetime, Minute | None]]


def minute_rows(minutes: Minutes) -> list[dict[str, Any]]:
    """People inside by minute; a minute that was not told has none, so that the line shows the gap."""
    return [{"时刻": clock(at), "在馆人数": told.present if told else None} for at, told in minutes]


def minutes_sentence(minutes: Minutes) -> str | None:
    """The most people and the newest number; None where nothing was told."""
    told = [minute for _, minute in minutes if minute is not None]
    if not told:
        return None
    most = max(told, key=lambda m: m.present)
    return f"最高 {formats.number(most.present)} 人（{clock(most.minute)}），最近 {formats.number(told[-1].present)} 人（{clock(told[-1].minute)}）。"
