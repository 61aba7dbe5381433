"""体育场地: how much room for sport each person has, and where it lies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kiosk import blocks
from kiosk.blocks import n
from kiosk.scenes import Scene
from kiosk.scenes._words import density_by_district, edition
from kiosk.snapshot import Facilities, FacilityYear, Snapshot

SCENE = Scene(
    key="facilities",
    title="体育场地",
    order=20,
    part="facilities",
    lasts=dt.timedelta(days=900),
    fresh=dt.timedelta(days=550),
    script=(
        "这一屏讲身边的体育场地：人均体育场地面积逐年增加，右侧是与全国平均水平的比较。",
        "地图上颜色越亮，每平方公里的体育场地越多。",
        "右边按场地类型排列，群众身边最多的是健身路径、球场和健身步道。",
        "全市有体育场地 {facilities.years.-1.count|wan}个，人均场地面积 {facilities.years.-1.per_person_m2|two} 平方米。",
    ),
)
MOST_KINDS, MOST_YEARS = 8, 6
ROOMY = 3
"""Years beside which the nation's figure still has room for its number."""


def _lead(known: list[FacilityYear]) -> list[blocks.Part]:
    first, last = known[0], known[-1]
    assert last.per_person_m2 is not None and first.per_person_m2 is not None
    words: list[blocks.Part] = []
    if first is not last:
        more = last.per_person_m2 - first.per_person_m2
        verb = "增加" if more >= 0 else "减少"
        words += [f"较 {first.year} 年人均{verb} ", n(blocks.number(abs(more), 2), "jade"), " 平方米"]
    compared = next((y for y in reversed(known) if y.nation_m2 is not None), None)
    if compared is not None:
        own = (
            []
            if compared is last
            else ["，重庆 ", n(blocks.number(compared.per_person_m2, 2), "jade"), " 平方米"]
        )
        nation = n(blocks.number(compared.nation_m2, 2), "blue")
        words += ["；" if words else "", f"{compared.year} 年全国人均 ", nation, " 平方米", *own]
    return words or [f"{last.year} 年全市体育场地"]


def _years(facilities: Facilities, as_of: str) -> blocks.Block:
    years = facilities.years[-MOST_YEARS:]
    top = blocks.highest(v for y in years for v in (y.per_person_m2, y.nation_m2))
    rows = [
        (
            f"{y.year}年" if len(years) <= ROOMY else str(y.year),
            blocks.share(y.per_person_m2, top),
            blocks.number(y.per_person_m2, 2),
            blocks.share(y.nation_m2, top),
            blocks.number(y.nation_m2, 2) if len(years) <= ROOMY else "",
        )
        for y in years
    ]
    legend = [("other", "全国"), ("main", "重庆")]
    return blocks.columns("years", (1, 12, 6, 13), "历年人均面积", "", rows, as_of, legend=legend)


def _kinds(facilities: Facilities, as_of: str) -> blocks.Block:
    kinds = facilities.kinds[:MOST_KINDS]
    most = blocks.highest(k.count for k in kinds)
    rows = [(k.name, "", blocks.share(k.count, most), blocks.number(k.count)) for k in kinds]
    title = f"按类型（{facilities.kinds_year}年）"
    return blocks.ranks("kinds", (18, 12, 7, 13), title, "个", rows, as_of, tone="jade")


def render(snapshot: Snapshot) -> dict[str, Any]:
    facilities, now = snapshot.facilities, snapshot.written_at
    if facilities is None or not facilities.years:
        return {"blocks": []}
    as_of = blocks.at(facilities.as_of, now)
    last = facilities.years[-1]
    known = [y for y in facilities.years if y.per_person_m2 is not None]
    made: list[blocks.Block] = []
    if known:
        made.append(blocks.text("lead", (1, 1, 24, 3), _lead(known)))
        label, written = f"人均体育场地面积（{known[-1].year}年）", blocks.number(known[-1].per_person_m2, 2)
        made.append(
            blocks.figure("per_person", (1, 4, 6, 8), label, (written, "平方米"), as_of=as_of, size="xl")
        )
    made.append(_years(facilities, as_of))
    count, area = blocks.big(last.count, "个"), blocks.big(last.area_m2, "平方米")
    made.append(
        blocks.figure(
            "count", (18, 4, 7, 7), f"体育场地（{last.year}年）", count,
            note=["总面积 ", n(area[0], "jade"), f" {area[1]}", *_source(last)], as_of=as_of,
        )
    )  # fmt: skip
    if facilities.kinds:
        made.append(_kinds(facilities, as_of))
    if snapshot.districts is not None:
        made.append(
            blocks.city_map(
                "map", (7, 4, 11, 21), edition(snapshot.districts),
                districts=density_by_district(snapshot.districts),
                legend=f"每平方公里体育场地（{snapshot.districts.year}年）", scale=["少", "多"],
                as_of=blocks.at(snapshot.districts.as_of, now),
            )
        )  # fmt: skip
    return {"blocks": made}


def _source(year: FacilityYear) -> list[blocks.Part]:
    return [f"　{year.source}"] if year.source else []
