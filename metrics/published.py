"""Published figures the base cannot know: facilities of the years before it, and the nation's line.

Each with where it was read. What is counted in the base is never written here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FacilityTotals:
    """Sports facilities (体育场地) of the city at the end of a year: count, m², m² per resident."""

    year: int
    count: int
    area_m2: float
    per_person_m2: float
    source: str


CITY_FACILITIES: tuple[FacilityTotals, ...] = (
    FacilityTotals(2020, 126_189, 58_914_400, 1.84, "重庆晚报 2021年6月9日"),
    FacilityTotals(2021, 136_600, 66_750_000, 2.08, "人民网重庆 2022年5月9日"),
    FacilityTotals(2022, 145_300, 72_913_700, 2.27, "重庆日报 2023年5月22日"),
    FacilityTotals(2023, 168_660, 88_201_600, 2.76, "渝体公告〔2024〕1号"),
)
NATION_PER_PERSON_M2: dict[int, float] = {2020: 2.20, 2021: 2.41, 2022: 2.62, 2023: 2.89}
"""国家体育总局 全国体育场地统计调查数据, read in pages that quote it; 2023 from memory, to be confirmed by the centre."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a plan promises: m² per resident by the end of a year, to be exceeded."""

    year: int
    per_person_m2: float
    source: str


TARGET = Target(2025, 2.2, "渝府发〔2022〕20号《重庆市全民健身实施计划（2021—2025年）》")
"""Read in the press on the day of its presentation (重庆日报 2022-05-13): 人均体育场面积超过 2.2 平方米."""
