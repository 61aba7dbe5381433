"""Who answers for a category on which days (归口统筹, Article 8).

The catalogue names one department for each category; `plan_responsibility` holds
departures from it, with the days from which and to which they hold. A day that no
departure covers is the catalogue's department's.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Connection, select

import catalog
from data_access.principal import Principal
from data_access.schema import responsibility

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Departure:
    """One row of `plan_responsibility`; `last` None = open."""

    department: str
    first: dt.date
    last: dt.date | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """A department answers for a category from `first` to `last`, both inclusive, within one year."""

    department: str
    category: str
    first: dt.date
    last: dt.date

    def covers(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


class Responsibilities:
    """The catalogue's assignments with the departures laid over them."""

    def __init__(self, of: catalog.Catalog, departures: Mapping[str, Iterable[Departure]]) -> None:
        self.catalog = of
        self.departures = {
            code: sorted(rows, key=lambda d: d.first, reverse=True) for code, rows in departures.items()
        }

    def on(self, category: str, day: dt.date) -> str | None:
        """The department that answers on `day`; None on a day on which the category is not in force."""
        entry = self.catalog.category_by_code[category]
        if (entry.valid_from and day < entry.valid_from) or (entry.valid_to and day > entry.valid_to):
            return None
        for departure in self.departures.get(category, ()):
            if departure.first <= day and (departure.last is None or day <= departure.last):
                return departure.department
        return entry.department

    def assignments(self, category: str, year: int) -> tuple[Assignment, ...]:
        """The stretches of `year`, in order of days; one for almost every category."""
        first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
        entry = self.catalog.category_by_code[category]
        edges = {first, last + ONE_DAY}
        bounds = [(d.first, d.last) for d in self.departures.get(category, ())]
        for start, end in [*bounds, (entry.valid_from, entry.valid_to)]:
            if start is not None and first < start <= last:
                edges.add(start)
            if end is not None and first <= end < last:
                edges.add(end + ONE_DAY)
        ordered = sorted(edges)
        found: list[Assignment] = []
        for start, after in pairwise(ordered):
            department = self.on(category, start)
            if department is None:
                continue
            if found and found[-1].department == department and found[-1].last + ONE_DAY == start:
                found[-1] = Assignment(department, category, found[-1].first, after - ONE_DAY)
            else:
                found.append(Assignment(department, category, start, after - ONE_DAY))
        return tuple(found)

    def year(self, year: int) -> tuple[Assignment, ...]:
        """Every assignment of the year, in the order of the catalogue."""
        return tuple(a for c in self.catalog.categories for a in self.assignments(c.code, year))

    def categories_of(self, department: str) -> frozenset[str]:
        """Every category the department ever answered for: what its people may read."""
        own = {c.code for c in self.catalog.categories_of(department)}
        own |= {c for c, rows in self.departures.items() if any(d.department == department for d in rows)}
        return frozenset(own & self.catalog.category_by_code.keys())


def read_responsibilities(principal: Principal, connection: Connection) -> Responsibilities:
    """Catalogue and departures; the same for everybody."""
    columns = responsibility.c
    departures: dict[str, list[Departure]] = defaultdict(list)
    for row in connection.execute(
        select(columns.category, columns.department, columns.valid_from, columns.valid_to)
    ):
        departures[row.category].append(Departure(row.department, row.valid_from, row.valid_to))
    return Responsibilities(catalog.default(), departures)
