"""Computes the analyses of venues anew when the registers they rest on have changed, and keeps them.

Run by the worker and by hand; pages read what is kept.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine

from data_access.clock import day_of
from data_access.commands.change_requests import record_digest
from data_access.commands.venue_analyses import keep_analysis
from data_access.engine import reading, writing
from data_access.principal import Principal
from data_access.queries.records import plain
from data_access.queries.venue_analyses import Finding, analysis
from data_access.queries.venue_records import (
    CONNECTION,
    FACILITY,
    REGISTERS,
    SURVEY,
    OpeningRecord,
    Register,
    basis,
    opening_readings,
    opening_records,
    register,
)
from metrics.venues import duty, radius
from metrics.venues.faults import LARGE_M2, Fault, Places, faults
from metrics.venues.similar import core

FAULTS, DUTY, COVER = "faults", "duty", "cover"
Result = tuple[str, dict[str, Any], Sequence[Finding]]
COVER_KINDS: dict[str, tuple[str, ...]] = {
    "全部场地": (),
    "足球": ("足球",),
    "篮球": ("篮球", "多功能运动场"),
    "游泳": ("游泳",),
    "健身步道": ("步道", "登山"),
    "公园与广场": ("体育公园", "健身广场"),
    "场馆与健身中心": ("体育馆", "体育场馆", "健身中心", "游泳馆"),
}
"""What a reader may choose → words in the names of the kinds of both registers; none: all."""


def cover_name(chosen: str) -> str:
    """Name of the kept analysis."""
    return f"{COVER}:{list(COVER_KINDS).index(chosen)}"


def refresh(made: Engine, who: Principal, *, at: dt.datetime, is_forced: bool = False) -> list[str]:
    """Recompute what rests on changed data; the names of what was computed, none if all is current."""
    day = day_of(at)
    with reading(made) as connection:
        now = basis(who, connection, day)
        kept = analysis(who, connection, FAULTS)
        if kept is not None and kept.basis == now and not is_forced:
            return []
        found = compute(who, connection, day)
    with writing(made) as connection:
        for name, result, lines in found:
            keep_analysis(who, connection, name, now, result, lines, at=at)
    return [name for name, _, _ in found]


def compute(who: Principal, connection: Connection, day: dt.date) -> list[Result]:
    """Name, result and findings of every analysis, as of the records there are."""
    registers = {code: register(who, connection, code, smallest_m2=LARGE_M2) for code in REGISTERS}
    columns = {code: _places(registers, code) for code in REGISTERS}
    return [
        _faults(registers, columns, day),
        *_covers(registers, columns, day),
        _duty(who, connection, day),
    ]


def _floats(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if v is None else v for v in values], dtype=float)


def _places(registers: dict[str, Register], code: str) -> Places:
    """A register's columns; where a record has no earlier point, its twin's in the other register stands in."""
    own = registers[code]
    twins = _twins(registers[FACILITY if code == SURVEY else SURVEY]) if code != CONNECTION else {}
    known: list[tuple[float, float] | None] = []
    known_from = []
    for i, earlier in enumerate(own.earlier):
        twin = None if earlier else twins.get((own.district[i], core(own.name[i], own.kind[i])))
        known.append(earlier or twin)
        known_from.append("earlier" if earlier else "twin" if twin else "")
    return Places(
        own.name, own.kind, own.district, _floats(own.lon), _floats(own.lat),
        _floats([k and k[0] for k in known]), _floats([k and k[1] for k in known]), known_from,
        _floats(own.area), np.array(own.since, dtype="datetime64[D]"),
    )  # fmt: skip


def _twins(other: Register) -> dict[tuple[str, tuple[str, tuple[str, ...]]], tuple[float, float]]:
    """District and core of the name → point; names that stand for two places stand for none."""
    found: dict[Any, tuple[float, float]] = {}
    twice = set()
    for i, (lon, lat) in enumerate(zip(other.lon, other.lat, strict=True)):
        if lon is None or lat is None:
            continue
        key = (other.district[i], core(other.name[i], other.kind[i]))
        if key in found:
            twice.add(key)
        found[key] = (lon, lat)
    return {key: point for key, point in found.items() if key not in twice}


# ---- location faults ----


def _faults(registers: dict[str, Register], columns: dict[str, Places], day: dt.date) -> Result:
    lines: list[Finding] = []
    judged, unlocated = 0, Counter[str]()
    for code in REGISTERS:
        own, places = registers[code], columns[code]
        judged += int(np.isfinite(places.lon).sum())
        unlocated.update(own.unlocated)
        for fault in faults(places, day):
            lines.append(_fault_line(own, fault, len(lines)))
    result = {"judged": judged, "unlocated": dict(unlocated), "kinds": Counter(f.kind for f in lines)}
    return FAULTS, result, lines


def _fault_line(own: Register, fault: Fault, number: int) -> Finding:
    i = fault.index
    key = {name: plain(value) for name, value in own.key[i].items()}
    detail = {
        "key": key, "lon": own.lon[i], "lat": own.lat[i], "repair": fault.repair, "new_lon": fault.lon,
        "new_lat": fault.lat, "evidence": fault.evidence, "distance_m": round(fault.distance_m),
        "other": None if fault.other is None else own.name[fault.other],
    }  # fmt: skip
    return Finding(
        number, fault.kind, own.category, own.unit[i], own.district[i], record_digest(own.category, key),
        own.name[i], own.kind[i], detail,
    )  # fmt: skip


# ---- service radius ----


def _covers(registers: dict[str, Register], columns: dict[str, Places], day: dt.date) -> list[Result]:
    grid = radius.grid_on(day)
    made: list[Result] = []
    for chosen, words in COVER_KINDS.items():
        lon, lat = [], []
        for code in (SURVEY, FACILITY):
            places = columns[code]
            named = np.array([not words or any(w in kind for w in words) for kind in places.kind], dtype=bool)
            here = named & np.isfinite(places.lon) & np.isfinite(places.lat)
            lon.append(places.lon[here])
            lat.append(places.lat[here])
        found = radius.cover(grid, np.concatenate(lon), np.concatenate(lat))
        made.append((cover_name(chosen), _cover_result(chosen, found), []))
    return made


def _cover_result(chosen: str, found: radius.Cover) -> dict[str, Any]:
    return {
        "kind": chosen,
        "facilities": found.facilities,
        "residents": {code: round(n) for code, n in found.residents.items()},
        "covered": {code: round(n) for code, n in found.covered.items()},
        "places": [
            {"district": p.district, "lon": p.lon, "lat": p.lat, "people": round(p.people)} for p in found.places
        ],
    }  # fmt: skip


# ---- opening duty ----


def _duty(who: Principal, connection: Connection, day: dt.date) -> Result:
    seen = duty.spans(day)
    records = opening_records(who, connection, duty.DUTY_KINDS)
    readings = opening_readings(
        who, connection, first=seen.first, last=seen.last, hours_from=seen.hours_from, free_day=seen.free_day
    )
    verdicts = list(duty.examine(records, readings))
    lines = []
    for verdict in verdicts:
        if verdict.is_met is False:
            lines.append(_duty_line(verdict, len(lines)))
    result = {
        "records": len(records), "venues": len(readings), "rules": duty.tally(verdicts),
        "first": seen.first.isoformat(), "last": seen.last.isoformat(), "free_day": seen.free_day.isoformat(),
    }  # fmt: skip
    return DUTY, result, lines


def _duty_line(verdict: duty.Verdict, number: int) -> Finding:
    place = verdict.place
    is_record = isinstance(place, OpeningRecord)
    category = FACILITY if is_record else CONNECTION
    key = place.key if is_record else {"venue_code": place.code}
    detail = {
        "key": key, "witness": verdict.witness, "value": verdict.value, "fee": place.fee if is_record else None,
    }  # fmt: skip
    return Finding(
        number, verdict.rule, category, place.unit, place.district, record_digest(category, key), place.name,
        place.kind if is_record else "智能化场馆", detail,
    )  # fmt: skip
