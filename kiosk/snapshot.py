"""What the wall may know: these dataclasses are the complete list.

Nothing that is not a field here can reach a screen. Counts of people or records are
`Count`: 0 or at least 10, anything between is refused when the snapshot is made and
again when it is read (None = not known or too few, drawn as “—”). Texts are of five
kinds only: names of units, categories, districts and platforms from the catalogue,
and names of public venues and events (fields the catalogue marks ``wall = "yes"``).

Every part has the moment its figures stand at and says whether they are simulated.
A part that is None has no data: scenes that need it are left out of the rotation.
Moments are aware, shown in 北京时间; ratios are 0–1; areas m², money 元.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field
from pydantic.dataclasses import dataclass

from kiosk.kinds import STRICT, Adcode, Amount, Code, Count, Latitude, Longitude, Name, Number, Ratio

SCHEMA = 2
"""Raised when a field is added, removed or changes its meaning."""


# ---------------------------------------------------------------- 全市总览
@dataclass(frozen=True, config=STRICT, kw_only=True)
class Totals:
    """The base database as a whole. `on_time`: share of this month's due items that came in time."""

    as_of: AwareDatetime
    demonstration: bool
    records: Count | None
    records_today: Count | None
    units: Number
    platforms: Number
    categories_published: Number
    categories: Number
    on_time: Ratio | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Lane:
    """One lane: completion of the year's plan against where it should stand today."""

    name: Name
    completion: Ratio | None
    pace: Ratio | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Lanes:
    """汇聚赛道. `by` is "department" only if the office allows it (`[wall] show_departments`).

    By category, completion is of the category's own plan; categories without a plan are not in it.
    """

    as_of: AwareDatetime
    demonstration: bool
    year: Number
    by: Literal["department", "category"]
    items: tuple[Lane, ...]


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Arrival:
    """One line of the ticker: who delivered what (`stage`: into the base, or on the list for users)."""

    at: AwareDatetime
    unit: Name
    category: Name
    count: Count
    stage: Literal["integrated", "published"]


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Ticker:
    as_of: AwareDatetime
    demonstration: bool
    items: tuple[Arrival, ...]


# ---------------------------------------------------------------- 此刻在运动
@dataclass(frozen=True, config=STRICT, kw_only=True)
class Hour:
    """Entries in one hour of the day; `low`..`high` the typical band of that weekday and hour."""

    hour: Annotated[int, Field(ge=0, le=23)]
    today: Count | None
    week_ago: Count | None
    low: Count | None
    high: Count | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Visits:
    """到馆 of `day` up to `as_of`, all connected venues together.

    `change`: today ÷ the same hours a week ago − 1. `quiet_hours`: hours of the day, still
    to come, in which the venues are usually emptiest while open.
    """

    as_of: AwareDatetime
    demonstration: bool
    day: dt.date
    entries: Count | None
    change: float | None
    present: Count | None
    hours: tuple[Hour, ...]
    quiet_hours: tuple[Annotated[int, Field(ge=0, le=23)], ...]


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Venue:
    """A connected public venue. `capacity`: people it holds at once, as declared or as once seen."""

    name: Name
    adcode: Adcode
    district: Name
    longitude: Longitude | None
    latitude: Latitude | None
    present: Count | None
    capacity: Count | None
    entries: Count | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Venues:
    """Connected venues, the fullest first (those whose occupancy is hidden or unknown last)."""

    as_of: AwareDatetime
    demonstration: bool
    items: tuple[Venue, ...]


# ---------------------------------------------------------------- 体育场地
@dataclass(frozen=True, config=STRICT, kw_only=True)
class FacilityYear:
    """Facilities at the end of a year. `source`: of a published figure; None = counted in the base.

    `nation_m2`: area per person of the nation in that year, published.
    """

    year: Number
    count: Count | None
    area_m2: Amount | None
    per_person_m2: Amount | None
    nation_m2: Amount | None
    source: Name | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class FacilityKind:
    name: Name
    count: Count | None
    area_m2: Amount | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Facilities:
    """`kinds`: groups of facility types in `kinds_year`, the largest first."""

    as_of: AwareDatetime
    demonstration: bool
    years: tuple[FacilityYear, ...]
    kinds_year: Number
    kinds: tuple[FacilityKind, ...]


@dataclass(frozen=True, config=STRICT, kw_only=True)
class District:
    """One district of the present map edition. `per_km2`: facilities per km²; `entries`: today's visits."""

    adcode: Adcode
    name: Name
    longitude: Longitude
    latitude: Latitude
    facilities: Count | None
    per_km2: Amount | None
    per_person_m2: Amount | None
    venues: Number
    entries: Count | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Districts:
    as_of: AwareDatetime
    demonstration: bool
    year: Number
    items: tuple[District, ...]


# ---------------------------------------------------------------- 全民健身
@dataclass(frozen=True, config=STRICT, kw_only=True)
class EventMonth:
    """Events that began in a month. `thirds`: 上旬, 中旬, 下旬, which make up the month."""

    month: Annotated[int, Field(ge=1, le=12)]
    events: Count | None
    participants: Count | None
    thirds: tuple[Count | None, Count | None, Count | None]


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Event:
    """A public event with at least `few.LEAST` participants."""

    name: Name
    first: dt.date
    last: dt.date
    district: Name
    participants: Count | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Events:
    """群众体育赛事 of the year that have begun; `largest`: by participants, in the order of their days."""

    as_of: AwareDatetime
    demonstration: bool
    year: Number
    events: Count | None
    participants: Count | None
    months: tuple[EventMonth, ...]
    largest: tuple[Event, ...]


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Kind:
    """One group of a division, e.g. instructors by grade."""

    name: Name
    count: Count | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Physique:
    """国民体质监测 of a group: tests of the year, shares that passed (合格以上) and did well (良好以上)."""

    name: Name
    tests: Count | None
    passed: Ratio | None
    good: Ratio | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Fitness:
    """Instructors, organisations, trails and physique; `physique` begins with 全市."""

    as_of: AwareDatetime
    demonstration: bool
    year: Number
    instructors: Count | None
    instructors_per_thousand: Amount | None
    instructor_grades: tuple[Kind, ...]
    organisations: Count | None
    organisation_types: tuple[Kind, ...]
    trails: Count | None
    trail_km: Amount | None
    physique: tuple[Physique, ...]


# ---------------------------------------------------------------- 竞技与青少年
@dataclass(frozen=True, config=STRICT, kw_only=True)
class Base:
    """Youth organisations of a district (bases, schools, clubs), at the district's centre."""

    adcode: Adcode
    name: Name
    longitude: Longitude
    latitude: Latitude
    count: Count | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Competition:
    """Elite and youth sport of the year, sums over groups of ten and more."""

    as_of: AwareDatetime
    demonstration: bool
    year: Number
    athletes: Count | None
    athlete_sports: tuple[Kind, ...]
    referees: Count | None
    competitions: Count | None
    competition_levels: tuple[Kind, ...]
    medals: Count | None
    gold: Count | None
    youth_events: Count | None
    youth_participations: Count | None
    youth_athletes: Count | None
    youth_coaches: Count | None
    organisation_kinds: tuple[Kind, ...]
    bases: tuple[Base, ...]


# ---------------------------------------------------------------- 数据是怎样汇聚的
@dataclass(frozen=True, config=STRICT, kw_only=True)
class PlatformFlow:
    """What came from one source platform: records in the base, and today's."""

    code: Code
    name: Name
    batches_today: Count | None
    records_today: Count | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class CategoryLight:
    """One of the categories of Article 8; lit on the days on which data of it arrive."""

    code: Code
    name: Name
    department: Name
    arrived_on: dt.date | None
    lit: bool
    records: Count | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Flow:
    """Rows of `day` on their way: received → into the base → on the list for users."""

    as_of: AwareDatetime
    demonstration: bool
    day: dt.date
    received: Count | None
    integrated: Count | None
    published: Count | None
    platforms: tuple[PlatformFlow, ...]
    categories: tuple[CategoryLight, ...]


# ---------------------------------------------------------------- 彩票与产业
@dataclass(frozen=True, config=STRICT, kw_only=True)
class LotteryMonth:
    """Sales of one month of `Industry.lottery_year`, and of the same month a year before (元)."""

    month: Annotated[int, Field(ge=1, le=12)]
    sales_yuan: Amount | None
    year_before_yuan: Amount | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class IndustryClass:
    name: Name
    value_added_yuan: Amount | None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Industry:
    as_of: AwareDatetime
    demonstration: bool
    lottery_year: Number
    sales_yuan: Amount | None
    welfare_fund_yuan: Amount | None
    outlets: Count | None
    months: tuple[LotteryMonth, ...]
    industry_year: Number | None
    output_yuan: Amount | None
    value_added_yuan: Amount | None
    classes: tuple[IndustryClass, ...]


# ---------------------------------------------------------------- 节点画面
@dataclass(frozen=True, config=STRICT, kw_only=True)
class Occasion:
    """A dated scene: shown from `first` to `last` (both inclusive)."""

    name: Name
    first: dt.date
    last: dt.date


# ---------------------------------------------------------------- the whole
@dataclass(frozen=True, config=STRICT, kw_only=True)
class Snapshot:
    """Everything the wall may know at one moment.

    `versions`: data versions (by domain) the figures were read at. `demonstration`:
    the whole base is simulated; the wall then marks every scene 演示数据.
    """

    schema: Literal[2]
    written_at: AwareDatetime
    demonstration: bool
    versions: dict[Code, Number]
    totals: Totals | None = None
    lanes: Lanes | None = None
    ticker: Ticker | None = None
    visits: Visits | None = None
    venues: Venues | None = None
    facilities: Facilities | None = None
    districts: Districts | None = None
    events: Events | None = None
    fitness: Fitness | None = None
    competition: Competition | None = None
    flow: Flow | None = None
    industry: Industry | None = None
    occasions: tuple[Occasion, ...] = ()


PARTS: tuple[str, ...] = (
    "totals", "lanes", "ticker", "visits", "venues", "facilities", "districts",
    "events", "fitness", "competition", "flow", "industry",
)  # fmt: skip
"""Fields of `Snapshot` that have a moment of their own and may be absent."""
