"""What several scenes say in the same words: districts of the map, hours of the day, busy venues."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from kiosk import blocks, geometry
from kiosk.snapshot import District, Districts, Venue, Venues, Visits

OPEN_HOURS = range(6, 22)
"""Hours that a day's curve always has; earlier and later ones only where something is known of them."""
UNKNOWN_FULL = 0.35
"""Height of a venue's column when its capacity is not known."""


P = ParamSpec("P")
T = TypeVar("T")


def once(make: Callable[P, T]) -> Callable[P, T]:
    """Several scenes say the same of the same part: worked out once, as long as they are given the same objects."""
    last: list[tuple[tuple[Any, ...], T]] = []

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        given = (*args, *kwargs.values())
        kept = last[0] if last else None
        if (
            kept is not None
            and len(kept[0]) == len(given)
            and all(a is b for a, b in zip(kept[0], given, strict=True))
        ):
            return kept[1]
        found = make(*args, **kwargs)
        last[:] = [(given, found)]
        return found

    return made


@once
def edition(districts: Districts | None) -> str:
    """The map edition whose districts the figures are given by."""
    return geometry.edition_of(frozenset(d.adcode for d in districts.items) if districts else frozenset())


@once
def visits_by_district(districts: Districts | None) -> Sequence[tuple[str, float | None, str]]:
    """Colour: today's visits, on a root scale because the core districts have a hundred times the others'."""
    items = districts.items if districts else ()
    most = blocks.highest(d.entries for d in items)
    return [
        (
            d.adcode,
            _root(blocks.share(d.entries, most)),
            f"今日到馆 {blocks.number(d.entries)} 人次　体育场地 {blocks.number(d.facilities)} 个",
        )
        for d in items
    ]


def density_by_district(districts: Districts) -> list[tuple[str, float | None, str]]:
    """Colour: the district's place by facilities per km², since one of the core has a hundred times the others'."""
    ranked = sorted((d.per_km2, d.adcode) for d in districts.items if d.per_km2 is not None)
    place = {adcode: blocks.share(i, max(1, len(ranked) - 1)) for i, (_, adcode) in enumerate(ranked)}
    return [(d.adcode, place.get(d.adcode), _facility_words(d)) for d in districts.items]


def _facility_words(d: District) -> str:
    return f"体育场地 {blocks.number(d.facilities)} 个　人均 {blocks.number(d.per_person_m2, 2)} 平方米"


def _root(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio**0.5, 3)


def fullness(venue: Venue) -> float | None:
    """People present ÷ people it holds (0–1)."""
    return blocks.share(venue.present, venue.capacity)


def venue_columns(venues: Venues | None) -> list[tuple[float, float, float]]:
    """A column where each venue stands, the higher the fuller (on a root scale: most are half empty)."""
    return [
        (v.longitude, v.latitude, max(0.06, _height(v)))
        for v in _placed(venues)
        if v.longitude is not None and v.latitude is not None
    ]


def _height(venue: Venue) -> float:
    full = fullness(venue)
    return UNKNOWN_FULL if full is None else _root(full) or 0.0


def venue_lights(venues: Venues | None) -> list[tuple[str, float, float, float | None, float]]:
    """A light where each venue stands: how full it is, how large by the people in it."""
    placed = list(_placed(venues))
    most = blocks.highest(v.present for v in placed)
    return [
        (v.name, v.longitude, v.latitude, fullness(v), _root(blocks.share(v.present, most)) or 0.0)
        for v in placed
        if v.longitude is not None and v.latitude is not None
    ]


def _placed(venues: Venues | None) -> Iterable[Venue]:
    return (v for v in (venues.items if venues else ()) if v.longitude is not None and v.latitude is not None)


def busiest(id: str, area: blocks.Area, venues: Venues, as_of: str, *, most: int) -> blocks.Block:
    """The venues with the most people in them now; the bar is how full they are."""
    ranked = sorted((v for v in venues.items if v.present), key=lambda v: -(v.present or 0))[:most]
    rows = [(v.name, short(v.district), fullness(v), blocks.number(v.present)) for v in ranked]
    return blocks.ranks(id, area, "此刻最热场馆", "在馆人数 / 瞬时承载量", rows, as_of)


def short(district: str) -> str:
    """``渝中区`` → ``渝中``; autonomous counties and 两江新区 keep two characters, as on the map."""
    if district.endswith(("自治县", "新区")):
        return district[:2]
    return district[:-1] if len(district) > 2 and district[-1] in "区县" else district


def day_curve(id: str, area: blocks.Area, visits: Visits, as_of: str, *, band: bool) -> blocks.Block:
    """Entries hour by hour; behind it the same day a week ago, or the typical band."""
    by_hour = {h.hour: h for h in visits.hours}
    known = [h.hour for h in visits.hours if (h.today, h.week_ago, h.high) != (None, None, None)]
    hours = range(min([OPEN_HOURS[0], *known]), max([OPEN_HOURS[-1], *known]) + 1)
    rows = [by_hour.get(hour) for hour in hours]
    top = blocks.highest(value for h in visits.hours for value in (h.today, h.high if band else h.week_ago))
    today = [blocks.share(h.today, top) if h else None for h in rows]
    week = () if band else [blocks.share(h.week_ago, top) if h else None for h in rows]
    usual = (
        [_pair(blocks.share(h.low, top), blocks.share(h.high, top)) if h else None for h in rows]
        if band
        else ()
    )
    behind = [("band", "往常同日范围")] if band else [("other", "上周同日")]
    return blocks.curve(
        id, area, "今日到馆人次（每小时）", [("main", "今日"), *behind],
        main=today, other=week, band=usual, labels=[f"{hour}时" if hour % 3 == 0 else "" for hour in hours],
        top=f"{blocks.number(top)} 人次" if top else "", as_of=as_of,
    )  # fmt: skip


def _pair(low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if low is None or high is None else (low, high)
