"""What a file adds to the six characteristics of GB/T 36344, row by row where a row may be sent again.

Formulas: domain rules, section 3. Counts only; ratios are made where they are shown.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from data_access.intake.cells import QualityCounts, RejectedRow
from data_access.intake.cross_checks import CheckRun
from data_access.intake.settings import CheckSettings
from data_access.intake.table import Table
from data_access.intake.values.dates import to_second

BAD_FORM = frozenset(
    ("R_TYPE", "R_ENUM", "R_DISTRICT", "R_PATTERN", "R_LENGTH", "R_DATE_AMBIGUOUS", "R_FORMULA")
)
INACCURATE = frozenset(("R_RANGE", "R_FUTURE_DATE", "R_KEY_CONFLICT"))
_FAILED_HALVES = {"error": 2, "warning": 1}


class QualityCounter:
    """Counts rows of one file; the same rules for the rows kept and for each row refused.

    A comparison of `not_before_field` counts as a check that ran where both values
    were read. A record is dated by the first business date filled, otherwise by
    the end of its period; rows without either are not dated.
    """

    def __init__(
        self,
        table: Table,
        runs: Sequence[CheckRun],
        *,
        received_on: dt.date,
        received_at: dt.datetime | None,
        period_end: dt.date | None,
        settings: CheckSettings,
    ) -> None:
        self.table, self.runs = table, runs
        self.columns = list(table.values.values())
        self.required = [f.name for f in table.category.required_fields]
        self.ordered = [
            (f.name, f.not_before_field) for f in table.category.fields if f.not_before_field is not None
        ]
        self.failed_in = [set(r.failed) for r in runs]
        self.period_end = period_end
        self.received_on = received_on
        self.received_at = None if received_at is None else to_second(received_at)
        self.realtime = table.category.rhythm == "realtime"
        self.limit = dt.timedelta(days=settings.rhythm_days[table.category.rhythm])
        self.realtime_limit = dt.timedelta(minutes=settings.realtime_minutes)

    def kept(self, accepted: list[int], duplicates: list[int]) -> QualityCounts:
        """All rows that were not refused: every row sent counts, duplicates too."""
        values = self.table.values
        rows = sorted([*accepted, *duplicates]) if duplicates else accepted
        counts = QualityCounts(rows=len(rows), rows_inaccurate=len(duplicates))
        for name, column in values.items():
            if len(rows) == self.table.size:
                counts.cells_filled += self.table.mapped_size(name) - len(self.table.absent[name])
            else:
                counts.cells_filled += sum(column[i] is not None for i in rows)
        counts.required_cells = counts.required_filled = len(rows) * len(self.required)
        for later, earlier in self.ordered:
            ends, starts = values[later], values[earlier]
            counts.checks_run += sum(ends[i] is not None and starts[i] is not None for i in rows)
        everything = len(rows) == self.table.size
        for run, failed in zip(self.runs, self.failed_in, strict=True):
            skipped = run.skipped if everything else run.skipped.intersection(rows)
            counts.checks_run += len(rows) - len(skipped)
            failures = len(failed) if everything else len(failed.intersection(rows))
            counts.checks_failed_halves += _FAILED_HALVES[run.check.severity] * failures
        for day, number in self._business_dates(rows).items():
            counts.rows_dated += number
            counts.rows_current += number * self._is_current(day)
        return counts

    def refused(self, rows: list[int]) -> list[RejectedRow]:
        """Each refused row with its own counts."""
        codes: dict[int, dict[str, str]] = {row: {} for row in rows}
        for name, failed in self.table.failed.items():
            for row, code in failed.items():
                codes[row][name] = code
        return [self._refused(row, codes[row]) for row in rows]

    def _refused(self, row: int, codes: dict[str, str]) -> RejectedRow:
        table = self.table
        empty = sum(code == "R_REQUIRED" for code in codes.values())
        whole = {code for code, _ in table.refusals.get(row, ())}
        counts = QualityCounts(
            rows=1,
            cells_filled=sum(v[row] is not None for v in self.columns) + len(codes) - empty,
            cells_bad=sum(code in BAD_FORM for code in codes.values()),
            required_cells=len(self.required),
            required_filled=len(self.required) - empty,
            rows_inaccurate=int(not INACCURATE.isdisjoint(whole.union(codes.values()))),
        )
        for later, earlier in self.ordered:
            wrong = codes.get(later) == "R_ORDER"
            counts.checks_run += wrong or (
                table.values[later][row] is not None and table.values[earlier][row] is not None
            )
            counts.checks_failed_halves += 2 * wrong
        for run, failed in zip(self.runs, self.failed_in, strict=True):
            if row not in run.skipped:
                counts.checks_run += 1
                counts.checks_failed_halves += _FAILED_HALVES[run.check.severity] * (row in failed)
        day = self._business_date(row)
        if day is not None:
            counts.rows_dated, counts.rows_current = 1, int(self._is_current(day))
        key = tuple(table.values[n][row] for n in table.category.natural_key)
        sheet, number = table.place(row)
        return RejectedRow(sheet, number, None if None in key else key, counts)

    def _business_date(self, row: int) -> dt.date | None:
        columns = self.table.values
        days = (columns[n][row] for n in self.table.category.business_date)
        return next((d for d in days if d is not None), self.period_end)

    def _business_dates(self, rows: list[int]) -> Mapping[dt.date, int]:
        """How many of `rows` each business date has."""
        names = self.table.category.business_date
        if not names:
            return {} if self.period_end is None or not rows else {self.period_end: len(rows)}
        first = self.table.values[names[0]]
        days: Counter[Any] = Counter(first if len(rows) == self.table.size else (first[i] for i in rows))
        if days.pop(None, 0):
            days.update(day for i in rows if first[i] is None and (day := self._business_date(i)) is not None)
        return days

    def _is_current(self, day: dt.date) -> bool:
        """Whether the record was not older at receipt than its category's rhythm allows.

        Realtime records are held to minutes if the moment of receipt is known, otherwise to the day.
        """
        if self.realtime and self.received_at is not None and isinstance(day, dt.datetime):
            return self.received_at - day <= self.realtime_limit
        date = day.date() if isinstance(day, dt.datetime) else day
        return self.received_on - date <= self.limit
