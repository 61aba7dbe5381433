"""The facts of one monthly review: a department's line, and what stands behind it (Article 21).

Each is read once; `metrics.review` writes them down.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from data_access.due import DueItem, Event
from data_access.intake.code_titles import explain
from data_access.principal import Principal
from data_access.queries import batches, progress, quality_queries, reviews
from metrics.corrections import Corrections
from metrics.evaluate import of
from metrics.known import Known
from metrics.light import Light, Standing, standings
from metrics.review_months import cut_of, month_before
from metrics.rounding import half_up, percent
from metrics.score.corrected import in_force
from metrics.season import YEARS_BEFORE

TOP = 2
"""Categories named as the reason for a gap."""
Json = dict[str, Any]


class AsKnown(Known):
    """The position on `as_of` as known on `known_on`: what was taken back in between never came.

    `Known` alone says what was known on `as_of` itself. A delivery, a mended row or a
    listing after `as_of` is no correction and changes nothing here.
    """

    def __init__(
        self,
        principal: Principal,
        connection: Connection,
        year: int,
        as_of: dt.date,
        known_on: dt.date,
        corrections: Corrections | None = None,
    ) -> None:
        super().__init__(principal, connection, year, as_of)
        self.known_on = max(as_of, known_on)
        if corrections is None:
            corrections = in_force(connection, (year - 1, year), self.known_on)
        self.corrections = corrections

    @cached_property
    def delivered_all(self) -> list[progress.Delivered]:
        first = dt.date(self.year - YEARS_BEFORE, 1, 1)
        found = progress.delivered(
            self.principal, self.connection, first, self.known_on, categories=self.categories
        )
        return [row for row in found if row.day <= self.as_of]

    @cached_property
    def delivered_by_unit(self) -> list[progress.Delivered]:
        found = progress.delivered(
            self.principal,
            self.connection,
            self.first,
            self.known_on,
            categories=self.categories,
            by_unit=True,
        )
        return [row for row in found if row.day <= self.day]

    @cached_property
    def _first_receipts(self) -> dict[str, dict[str, dt.date]]:
        years = range(self.year - 1, self.year + 1)
        found = progress.first_receipts(
            self.principal, self.connection, years, self.known_on, categories=self.categories
        )
        return {
            category: {period: day for period, day in periods.items() if day <= self.as_of}
            for category, periods in found.items()
        }

    @cached_property
    def _events(self) -> dict[str, tuple[Event, ...]]:
        years = range(self.year - 1, self.year + 1)
        found = progress.events(
            self.principal, self.connection, years, self.known_on, categories=self.categories
        )
        return {
            category: tuple(e for e in rows if e.received_on is None or e.received_on <= self.as_of)
            for category, rows in found.items()
        }


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of the review; per cents have one decimal, None where there is nothing to measure.

    `delivered` counts towards the plan (each category at most its quantity), `received`
    all distinct records since the review before. `waiting_department` and
    `waiting_operations` are integrated batches that are not listed, by who has to
    act, `waiting_days` the age of the oldest that waits for the department; `unmended` rows refused since the review before and not mended.
    """

    light: Light
    plan_to_date: int
    delivered: int
    ratio: Decimal | None
    year_plan: int
    completion: Decimal | None
    received: int
    late_items: int
    longest_late: int
    unplanned: int
    quality: Decimal | None
    waiting_department: int
    waiting_operations: int
    waiting_days: int
    unmended: int


class Position:
    """The facts of one review's day; each is read once."""

    def __init__(
        self,
        principal: Principal,
        connection: Connection,
        month: str,
        known_on: dt.date,
        corrections: Corrections | None,
    ) -> None:
        self.cut, self.since = cut_of(month), cut_of(month_before(month))
        self.known = AsKnown(principal, connection, int(month[:4]), self.cut, known_on, corrections)

    def lines(self) -> dict[str | None, Figures]:
        """The city under None, then each department that answers for anything, in the order of Article 8."""
        known = self.known
        by = standings(known)
        quality = self._values("quality")
        completion = self._values("completion")
        received = self._received
        found: dict[str | None, Figures] = {}
        codes = [d.code for d in known.catalog.departments if (d.code,) in by]
        for code in (None, *codes):
            standing = by[code,] if code else standings(known, ()).get((), Standing())
            mine = [code] if code else codes
            waiting = [row for c in mine for row in self._waiting[c]]
            found[code] = Figures(
                light=standing.light,
                plan_to_date=int(half_up(standing.plan_to_date, 0)),
                delivered=int(half_up(standing.delivered, 0)),
                ratio=percent(standing.delivered, standing.plan_to_date, 1),
                year_plan=int(half_up(sum((d.quantity for d in known.duties if d.department in mine), Fraction(0)), 0)),
                completion=completion.get(code),
                received=sum(received[c] for c in mine),
                late_items=standing.late_items,
                longest_late=standing.longest_late,
                unplanned=standing.unplanned,
                quality=quality.get(code),
                waiting_department=sum(r.count for r in waiting if r.waiting_for == "department"),
                waiting_operations=sum(r.count for r in waiting if r.waiting_for == "operations"),
                waiting_days=max(((self.cut - r.oldest).days for r in waiting if r.waiting_for == "department"), default=0),
                unmended=sum(sum(self._unmended[c].values()) for c in mine),
            )  # fmt: skip
        return found

    def _values(self, key: str) -> dict[str | None, Decimal | None]:
        """An indicator for the city (None) and by department, in per cent with one decimal."""
        found: dict[str | None, Decimal | None] = {}
        for by in ((), ("department",)):
            for row in of(self.known, key, by).to_dict("records"):
                value = row["value"]
                code = row.get("department")
                found[code] = None if value != value else half_up(100 * Decimal(str(value)), 1)
        return found

    # ------------------------------------------------------------ what stands behind a line
    def late(self, department: str) -> list[Json]:
        """Overdue items by category, the longest first; `period` the oldest that is missing."""
        overdue: dict[str, list[DueItem]] = defaultdict(list)
        for duty, item in self.known.due:
            if duty.department == department and item.days_waiting(self.cut) > 0:
                overdue[duty.category].append(item)
        found = []
        for category, items in overdue.items():
            oldest = min(items, key=lambda item: (item.due_on, item.ends_on))
            found.append(
                {
                    "category": category, "name": self._name(category), "items": len(items),
                    "period": oldest.period, "due_on": oldest.due_on.isoformat(),
                    "days": max(item.days_waiting(self.cut) for item in items),
                }
            )  # fmt: skip
        return sorted(found, key=lambda line: (-line["days"], line["category"]))

    def gaps(self, department: str) -> list[Json]:
        """The categories furthest behind their plan to date, with who sent last time and not this time."""
        missing: dict[str, Fraction] = {}
        for (owner, category), line in self._by_category.items():
            if owner == department and line.plan_to_date > line.delivered:
                missing[category] = line.plan_to_date - line.delivered
        whole = sum(missing.values(), Fraction(0))
        rounded = {c: int(half_up(n, 0)) for c, n in missing.items()}
        chosen = sorted((c for c in missing if rounded[c]), key=lambda c: (-missing[c], c))[:TOP]
        return [
            {
                "category": c, "name": self._name(c), "missing": rounded[c],
                "share": str(percent(missing[c], whole, 0)), "silent_units": self._fell_silent(c),
            }
            for c in chosen
        ]  # fmt: skip

    def commonest_problem(self, department: str) -> Json | None:
        """The rule broken most often since the review before."""
        mine = [p for p in self._problems if self._owner(p.category) == department]
        if not mine:
            return None
        worst = mine[0]
        category = self.known.catalog.category_by_code[worst.category]
        field = next((f.name_zh for f in category.fields if f.name == worst.field), "")
        return {
            "category": worst.category, "name": category.name_zh, "field": field,
            "problem": explain(worst.code), "count": worst.count,
        }  # fmt: skip

    def most_refused(self, department: str) -> Json | None:
        """The category with most rows that were refused and not mended."""
        rows = self._unmended[department]
        if not rows:
            return None
        category = max(sorted(rows), key=lambda c: rows[c])
        return {"category": category, "name": self._name(category), "rows": rows[category]}

    def _fell_silent(self, category: str) -> list[str]:
        """Units that delivered a monthly category in the month before and not since, as people call them."""
        if self.known.catalog.category_by_code[category].rhythm != "monthly":
            return []
        earlier = self.since - dt.timedelta(days=31)
        rows = [r for r in self.known.delivered_by_unit if r.category == category and r.accepted > 0]
        before = {r.unit for r in rows if earlier < r.day <= self.since}
        now = {r.unit for r in rows if self.since < r.day}
        units = self.known.catalog.units
        return [unit.label for code, unit in units.items() if code in before - now]

    def _name(self, category: str) -> str:
        return self.known.catalog.category_by_code[category].name_zh

    def _owner(self, category: str) -> str | None:
        """Who answers for the category on the day of the position (31 December of a year that is over)."""
        duty = self.known.owner(category, self.known.day)
        return duty.department if duty else None

    @cached_property
    def _by_category(self) -> Mapping[tuple[str, ...], Standing]:
        return standings(self.known, ("department", "category"))

    @cached_property
    def _received(self) -> Counter[str]:
        """Distinct records since the review before, by department."""
        first = max(self.since + dt.timedelta(days=1), self.known.first)
        found: Counter[str] = Counter()
        for duty in self.known.duties:
            rows = self.known.deliveries(duty.assignment)
            found[duty.department] += sum(row.keys for row in rows if first <= row.day)
        return found

    @cached_property
    def _waiting(self) -> dict[str | None, list[batches.Waiting]]:
        found: dict[str | None, list[batches.Waiting]] = defaultdict(list)
        rows = batches.waiting(self.known.principal, self.known.connection, self.cut)
        for row in rows:
            if row.state == "integrated" and row.waiting_for:
                found[self._owner(row.category)].append(row)
        return found

    @cached_property
    def _problems(self) -> list[quality_queries.ProblemCount]:
        first = self.since + dt.timedelta(days=1)
        return quality_queries.problems_by_rule(self.known.principal, self.known.connection, first, self.cut)

    @cached_property
    def _unmended(self) -> dict[str | None, Counter[str]]:
        first = self.since + dt.timedelta(days=1)
        found: dict[str | None, Counter[str]] = defaultdict(Counter)
        rows = reviews.unmended_rows(self.known.principal, self.known.connection, first, self.cut)
        for category, count in rows.items():
            found[self._owner(category)][category] += count
        return found
