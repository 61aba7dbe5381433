"""What was known on a day about a year, within a principal's scope: the facts all indicators count.

Each fact is read at most once, when the first indicator needs it, so a page with ten
figures costs the same few queries as a page with one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

import catalog
from data_access.calendar import Calendar, read_calendar, today
from data_access.due import DueItem, Receipts, due_items, within
from data_access.plan_chain import PlanChain
from data_access.principal import Principal
from data_access.queries import batches, plans, progress, quality_queries, visit_days
from data_access.queries.scope import require_figures, unit_of
from data_access.responsibility import Assignment, Responsibilities, read_responsibilities
from metrics.corrections import Corrections, corrected_count, corrected_items
from metrics.season import YEARS_BEFORE, Duty, Season


class Known:
    """Facts of `year` as known on `as_of` (inclusive; None = today, 北京时间)."""

    def __init__(
        self, principal: Principal, connection: Connection, year: int, as_of: dt.date | None = None
    ) -> None:
        require_figures(principal)
        self.principal = principal
        self.connection = connection
        self.year = year
        self.as_of = as_of or today()
        self.first, self.last = dt.date(year, 1, 1), dt.date(year, 12, 31)
        self.day = max(self.first, min(self.as_of, self.last))
        """The day of the year the figures stand at."""
        self.since = self.first
        """First day of receipt that quality, probes and batch states are read from."""
        self.unit = unit_of(principal)
        self.parts: dict[tuple[str, frozenset[str]], Any] = {}
        """Summands already worked out, by indicator and fineness (`evaluate`)."""
        self.corrections: Corrections = ()
        """Facts of frozen years that a revision of the score corrected, for papers that state them."""

    @cached_property
    def year_before(self) -> Known:
        """The year before, back to the month a year ago; what both years share is read once."""
        other = Known(self.principal, self.connection, self.year - 1, self.as_of)
        other.since = (
            dt.date(self.year - 1, 12, 31)
            if self.day.month == 12
            else self.day.replace(year=self.year - 1, month=self.day.month + 1, day=1)
        )
        other.__dict__.update(
            responsibilities=self.responsibilities, calendar=self.calendar, chains=self.chains
        )
        return other

    # ------------------------------------------------------------ duties and plans
    @cached_property
    def catalog(self) -> catalog.Catalog:
        return catalog.default()

    @cached_property
    def responsibilities(self) -> Responsibilities:
        return read_responsibilities(self.principal, self.connection)

    @cached_property
    def categories(self) -> frozenset[str] | None:
        """Restriction of the reads: a department's categories; None = all."""
        if self.principal.role != "department":
            return None
        return self.responsibilities.categories_of(self.principal.unit)

    @cached_property
    def chains(self) -> dict[tuple[str, int], PlanChain]:
        years = range(self.year - YEARS_BEFORE, self.year + 1)
        return plans.plan_chains(self.principal, self.connection, years, self.as_of)

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """The assignments in scope that have begun by `as_of`, in the order of Article 8."""
        return self.duties_of(self.year, self.as_of)

    def duties_of(self, year: int, as_of: dt.date) -> tuple[Duty, ...]:
        found = []
        for assignment in self.responsibilities.year(year):
            if assignment.first > as_of or not self._in_scope(assignment):
                continue
            chain = self.chains[assignment.category, year]
            found.append(Duty.of(assignment, chain))
        return tuple(found)

    @cached_property
    def _duties_by_category(self) -> dict[str, list[Duty]]:
        found: dict[str, list[Duty]] = defaultdict(list)
        for duty in self.duties:
            found[duty.category].append(duty)
        return found

    def owner(self, category: str, day: dt.date) -> Duty | None:
        """The duty in whose days of the year `day` lies; None outside the scope."""
        return next((d for d in self._duties_by_category.get(category, ()) if d.assignment.covers(day)), None)

    def _in_scope(self, assignment: Assignment) -> bool:
        if self.principal.role == "department":
            return assignment.department == self.principal.unit
        return self.unit is None or assignment.category in self.sent_categories

    @cached_property
    def sent_categories(self) -> frozenset[str]:
        """Categories a unit has delivered in this year or the one before: those it is asked about."""
        start = dt.date(self.year - 1, 1, 1)
        return frozenset(d.category for d in self.delivered_all if d.day >= start and d.batches > 0)

    # ------------------------------------------------------------ deliveries
    @cached_property
    def delivered_all(self) -> list[progress.Delivered]:
        """By category and day since the first year the seasonal curve looks at."""
        first = dt.date(self.year - YEARS_BEFORE, 1, 1)
        return progress.delivered(
            self.principal, self.connection, first, self.as_of, categories=self.categories
        )

    @cached_property
    def delivered_by_unit(self) -> list[progress.Delivered]:
        """By category, unit and day of this year."""
        found = progress.delivered(
            self.principal, self.connection, self.first, self.as_of, categories=self.categories, by_unit=True
        )
        return [row for row in found if row.day <= self.day]

    @cached_property
    def delivered_by_year(self) -> dict[tuple[str, int], list[progress.Delivered]]:
        """Deliveries of a category in a year, in order of days."""
        found: dict[tuple[str, int], list[progress.Delivered]] = defaultdict(list)
        for row in sorted(self.delivered_all, key=lambda d: d.day):
            found[row.category, row.day.year].append(row)
        return found

    @cached_property
    def season(self) -> Season:
        """The curve of the years before, from the same deliveries."""
        begun = progress.first_days(self.principal, self.connection, self.as_of, categories=self.categories)
        steady = {c.code for c in self.catalog.categories if c.rhythm not in ("event", "yearly")}
        return Season(self.delivered_by_year, begun, frozenset(steady))

    def deliveries(self, assignment: Assignment) -> Iterator[progress.Delivered]:
        """What was received in the department's days of the year."""
        rows = self.delivered_by_year.get((assignment.category, assignment.first.year), [])
        return (row for row in rows if assignment.covers(row.day))

    def keys(self, assignment: Assignment, by: dt.date | None = None) -> int:
        """n_c: distinct natural keys received in the department's days, by `by` (default `as_of`)."""
        last = assignment.last if by is None else min(by, assignment.last)
        if (counted := self._corrected("integrated_keys", assignment, last)) is not None:
            return counted
        return self.season.between(assignment.category, assignment.first, last)

    def accepted(self, assignment: Assignment) -> int:
        if (counted := self._corrected("accepted_records", assignment, assignment.last)) is not None:
            return counted
        return sum(d.accepted for d in self.deliveries(assignment))

    def _corrected(self, field: str, assignment: Assignment, last: dt.date) -> int | None:
        """A count was corrected for the department's days as a whole: a day among them says nothing of it."""
        is_whole = last == assignment.last and self.as_of >= last
        return corrected_count(field, assignment, self.corrections) if self.corrections and is_whole else None

    # ------------------------------------------------------------ due items
    @cached_property
    def calendar(self) -> Calendar:
        return read_calendar(self.principal, self.connection)

    @cached_property
    def _first_receipts(self) -> dict[str, dict[str, dt.date]]:
        years = range(self.year - 1, self.year + 1)
        return progress.first_receipts(
            self.principal, self.connection, years, self.as_of, categories=self.categories
        )

    @cached_property
    def _events(self) -> dict[str, tuple]:
        years = range(self.year - 1, self.year + 1)
        return progress.events(self.principal, self.connection, years, self.as_of, categories=self.categories)

    @cached_property
    def complete_days(self) -> frozenset[dt.date]:
        first = dt.date(self.year - 1, 1, 1)
        last = min(self.as_of, self.last)
        return visit_days.complete_days(self.principal, self.connection, first, last, self.as_of)

    def candidates(self, category: catalog.Category, year: int) -> tuple[DueItem, ...]:
        """All candidates of a category's rhythm for `year` (this year or the one before)."""
        shared = category.due == "monthly_share" or category.due.startswith("event+")
        if self.unit is not None and shared:
            return ()  # events and readings are not kept by unit
        receipts = Receipts(
            self._first_receipts.get(category.code, {}),
            self.chains[category.code, year].months(),
            self._events.get(category.code, ()),
            self.complete_days if category.due == "monthly_share" else frozenset(),
        )
        return due_items(category, year, receipts, self.calendar)

    @cached_property
    def items(self) -> tuple[tuple[Duty, DueItem], ...]:
        """Due items of the year with whose they are; not those under a zero. Not all are due yet."""
        return self.items_of(self.duties)

    def items_of(self, duties: tuple[Duty, ...]) -> tuple[tuple[Duty, DueItem], ...]:
        found = []
        candidates: dict[tuple[str, int], tuple[DueItem, ...]] = {}
        for duty in duties:
            year = duty.assignment.first.year
            category = self.catalog.category_by_code[duty.category]
            if (duty.category, year) not in candidates:
                candidates[duty.category, year] = self.candidates(category, year)
            for item in candidates[duty.category, year]:
                if not duty.assignment.covers(item.ends_on) or duty.plan.is_zero_on(item.ends_on):
                    continue
                mine = within(item, duty.assignment.first, duty.assignment.last, self.complete_days) \
                    if item.days is not None else item  # fmt: skip
                found.append((duty, mine))
        return corrected_items(found, self.corrections)

    @cached_property
    def due(self) -> tuple[tuple[Duty, DueItem], ...]:
        """Items whose (moved) due date has come by `as_of`."""
        return tuple((duty, item) for duty, item in self.items if item.due_on <= self.as_of)

    @cached_property
    def due_of_year_before(self) -> tuple[tuple[Duty, DueItem], ...]:
        """Items of the year before that are due by `as_of`: December's are due in January."""
        duties = self.duties_of(self.year - 1, self.as_of)
        return tuple((duty, item) for duty, item in self.items_of(duties) if item.due_on <= self.as_of)

    # ------------------------------------------------------------ quality and publishing
    @cached_property
    def split(self) -> frozenset[str]:
        """Categories that are not one department's for the whole year: their sums are read by day."""
        whole = {
            a.category
            for a in self.responsibilities.year(self.year)
            if (a.first, a.last) == (self.first, self.last)
        }
        return frozenset(self.catalog.category_by_code) - whole

    @cached_property
    def quality(self) -> list[quality_queries.QualityParts]:
        return quality_queries.quality_parts(
            self.principal,
            self.connection,
            self.since,
            self.day,
            categories=self.categories,
            daily=self.split,
            known_on=self.as_of,
        )

    @cached_property
    def quality_by_unit(self) -> list[quality_queries.QualityParts]:
        return quality_queries.quality_parts(
            self.principal,
            self.connection,
            self.since,
            self.day,
            categories=self.categories,
            daily=self.split,
            by_unit=True,
            known_on=self.as_of,
        )

    @cached_property
    def probes(self) -> list[quality_queries.Probes]:
        if self.unit is not None:
            return []
        return quality_queries.probes(
            self.principal,
            self.connection,
            self.since,
            self.day,
            categories=self.categories,
            daily=self.split,
        )

    @cached_property
    def states(self) -> list[batches.StateCount]:
        """Batches received in the year by category, month and state on `as_of`."""
        return batches.states(
            self.principal,
            self.connection,
            self.since,
            self.last,
            self.as_of,
            categories=self.categories,
            daily=self.split,
        )

    @cached_property
    def states_by_unit(self) -> list[batches.StateCount]:
        return batches.states(
            self.principal,
            self.connection,
            self.since,
            self.last,
            self.as_of,
            categories=self.categories,
            daily=self.split,
            by_unit=True,
        )
