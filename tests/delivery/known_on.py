"""What was known on a day, by plain loops over every version of the base: slow, long-winded, independent of the sums."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

import catalog
from data_access.change_tables import change_case
from data_access.schema import base_table, batch, change_request, column_name

Key = tuple[str, ...]


@dataclass
class Version:
    """A row of the base; `ended_on`: the day an approved request ended the record."""

    category: str
    key: Key
    row: Mapping[str, Any]
    ended_on: dt.date | None = None

    def stood(self, day: dt.date) -> bool:
        """Whether it had come by the end of `day` and was not taken back."""
        back = self.row["reverted_on"]
        return self.row["valid_from"] <= day and (back is None or back > day)


def versions(connection: Connection, categories: Iterable[str]) -> list[Version]:
    """Every version of these categories; of a record that was ended, all up to the ended one have ended."""
    found = []
    for code in categories:
        category = catalog.default().category_by_code[code]
        for row in connection.execute(select(base_table(category))):
            values = dict(row._mapping)
            key = tuple(str(values[column_name(k)]) for k in category.natural_key)
            found.append(Version(code, key, values))
    endings = connection.execute(
        select(change_request.c.category, change_case.c.record_key, change_case.c.ended_version, change_request.c.applied_on)
        .join(change_case, change_case.c.number == change_request.c.number)
        .where(change_case.c.ended_version.is_not(None))
        .order_by(change_case.c.ended_version)
    )  # fmt: skip
    for code, named, number, day in endings:
        key = tuple(str(named[k]) for k in catalog.default().category_by_code[code].natural_key)
        for v in found:
            if (v.category, v.key) == (code, key) and v.row["version"] <= number and v.ended_on is None:
                v.ended_on = day
    return found


def current(found: Iterable[Version], day: dt.date) -> dict[tuple[str, Key], Version]:
    """The version of each record that held at the end of `day`: of those that stood the highest."""
    top: dict[tuple[str, Key], Version] = {}
    for v in found:
        if v.stood(day) and (v.ended_on is None or v.ended_on > day):
            known = top.get((v.category, v.key))
            if known is None or known.row["version"] < v.row["version"]:
                top[v.category, v.key] = v
    return top


def first_received(found: Iterable[Version], day: dt.date) -> dict[tuple[str, Key], dt.date]:
    """Since when each record was there, of what stood at the end of `day`; an end undoes no receipt."""
    first: dict[tuple[str, Key], dt.date] = {}
    for v in found:
        if v.stood(day):
            came = v.row["valid_from"]
            first[v.category, v.key] = min(came, first.get((v.category, v.key), came))
    return first


def first_of(days: Iterable[tuple[Any, dt.date]]) -> dict[Any, dt.date]:
    """The first day of each thing."""
    first: dict[Any, dt.date] = {}
    for thing, day in days:
        first[thing] = min(day, first.get(thing, day))
    return first


def periods(connection: Connection, found: Iterable[Version], day: dt.date) -> dict[str, dict[str, dt.date]]:
    """First receipt by category and period: the month of an event, otherwise what the batch declared."""
    declared = {
        row.receipt: row.period for row in connection.execute(select(batch.c.receipt, batch.c.period))
    }
    served: dict[str, list[tuple[str, dt.date]]] = defaultdict(list)
    for v in found:
        if not v.stood(day):
            continue
        category = catalog.default().category_by_code[v.category]
        dates = [v.row[column_name(n)] for n in category.business_date] if category.rhythm == "event" else []
        held_on = next((d for d in dates if d is not None), None)
        period = f"{held_on:%Y-%m}" if held_on else declared[v.row["receipt"]]
        served[v.category].append((period, v.row["valid_from"]))
    return {code: first_of(rows) for code, rows in served.items()}


@dataclass
class Visits:
    """Readings of one day."""

    entries: int
    hours: int
    venues: set[str]


def visits(standing: Iterable[Version]) -> dict[dt.date, Visits]:
    found: dict[dt.date, Visits] = defaultdict(lambda: Visits(0, 0, set()))
    for v in standing:
        if "reading_at" in v.row:
            day = found[v.row["reading_at"].date()]
            day.entries += v.row["entry_count"]
            day.hours += 1
            day.venues.add(v.row["venue_code"])
    return dict(found)


def complete(found: Mapping[dt.date, Visits]) -> set[dt.date]:
    """Nine tenths of the venues of four weeks, twelve hours each."""
    days = set()
    for day, of in found.items():
        window = (found.get(day - dt.timedelta(days=n)) for n in range(28))
        most = max(len(other.venues) for other in window if other is not None)
        if 10 * len(of.venues) >= 9 * most and of.hours >= 12 * len(of.venues):
            days.add(day)
    return days
