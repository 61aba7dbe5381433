"""Service radius in words and rows: who is reached on foot, where one more facility reaches most."""

from __future__ import annotations

from typing import Any

from data_access.queries.venue_analyses import Analysis
from metrics.venues.radius import CELL_M, WALK_M
from metrics.venues.refresh import COVER_KINDS, cover_name
from reports.fault_words import district_name
from ui import formats, radius_map

KINDS = list(COVER_KINDS)
ASSUMPTION = (
    f"推算前提：步行15分钟按直线{WALK_M / 1000:.0f}公里；各区县常住人口（2020年普查）在本区县边界内按{CELL_M}米网格均匀分布，"
    "没有更细的人口数据，山区县城的实际覆盖高于推算；只计有坐标的场地。"
)
name_of = cover_name


def sentence(known: Analysis) -> str:
    """The share of the city's people, and the best place."""
    result = known.result
    ratio = city_ratio(known)
    what = result["kind"] if result["kind"] == "全部场地" else f"{result['kind']}场地"
    words = f"{what}步行15分钟覆盖全市 {formats.percent(ratio)} 的常住人口"
    if not result["places"]:
        return f"{words}。"
    first = result["places"][0]
    return f"{words}；再建一处，{district_name(first['district'])}受益最多，约 {formats.wan(first['people'])}人。"


def city_ratio(known: Analysis) -> float:
    covered, residents = (sum(known.result[key].values()) for key in ("covered", "residents"))
    return covered / residents


def ratios(known: Analysis) -> dict[str, float]:
    """District → share of its people who are reached, 0–1."""
    covered = known.result["covered"]
    return {code: covered[code] / people for code, people in known.result["residents"].items() if people}


def facilities(known: Analysis) -> str:
    return f"有坐标的场地 {formats.number(known.result['facilities'])} 处"


def legend(known: Analysis) -> str:
    """The map's classes in words, pale to dark; the dots."""
    classes = radius_map.legend(ratios(known), lambda ratio: formats.percent(ratio, 0))
    return f"底色由浅到深：{'、'.join(f'{limits} {count}' for _, limits, count in classes)}；圆点为建议点位"


def district_rows(known: Analysis) -> list[dict[str, Any]]:
    """Districts, the least reached first."""
    result = known.result
    return [
        {
            "区县": district_name(code),
            "常住人口": result["residents"][code],
            "覆盖人口（推算）": result["covered"][code],
            "覆盖率": formats.percent(ratio),
        }
        for code, ratio in sorted(ratios(known).items(), key=lambda pair: pair[1])
    ]


def place_rows(known: Analysis) -> list[dict[str, Any]]:
    """Places in the order of the gain, each counted without those before it."""
    return [
        {
            "次序": number,
            "区县": district_name(place["district"]),
            "中心位置（经度, 纬度）": f"{place['lon']:.5f}, {place['lat']:.5f}",
            "新增受益人口（推算）": place["people"],
        }
        for number, place in enumerate(known.result["places"], 1)
    ]


def hovers(known: Analysis) -> dict[str, str]:
    return {
        code: f"{district_name(code)}\n覆盖 {formats.percent(ratio)}" for code, ratio in ratios(known).items()
    }


def map_places(known: Analysis) -> list[tuple[str, float, float]]:
    """Tooltip, longitude and latitude of each place, the best first."""
    return [
        (
            f"第 {number} 处 {district_name(place['district'])}\n新增受益约 {formats.wan(place['people'])}人",
            place["lon"],
            place["lat"],
        )
        for number, place in enumerate(known.result["places"], 1)
    ]
