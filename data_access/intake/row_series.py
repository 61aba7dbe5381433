"""Cross-checks over several rows: figures that only grow, balances from reading to reading, complete sets.

They look at the accepted rows of the file and at the base; where the file brings
a new version of a base record, the file's counts. The warning stands at a row of
the file, the later one of two.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from catalog import Catalog, CrossCheck
from data_access.intake.cells import BaseRows
from data_access.intake.cross_checks import CheckRun
from data_access.intake.duplicates import natural_keys
from data_access.intake.table import Table

_SHARE = 20  # tolerance: one twentieth (5 %) of the expected figure …
_AT_LEAST = 1  # … and never less than this
_HOUR, _DAY = 60, 24 * 60  # minutes
_EPOCH = dt.datetime(1970, 1, 1)


def run_series_checks(
    table: Table, rows: list[int], catalog: Catalog, base_rows: BaseRows | None
) -> list[CheckRun]:
    """Runs the checks of kind cumulative, balance and each_once on the accepted `rows`."""
    runs = []
    accepted: set[int] | None = None
    for check in table.category.cross_checks:
        if check.kind not in ("cumulative", "balance", "each_once"):
            continue
        if accepted is None:
            accepted = set(rows) if len(rows) < table.size else set()
        run = CheckRun(check)
        if accepted:
            run.skipped = set(range(table.size)) - accepted
        elif not rows:
            run.skipped = set(range(table.size))
        if rows:
            base = _Base(table, rows, base_rows)
            if check.kind == "cumulative":
                run.failed = _shrinking(table, check, rows, base)
            elif check.kind == "balance":
                run.failed = _unbalanced(table, check, rows, base)
            else:
                run.failed = _incomplete(table, check, rows, base, catalog)
        runs.append(run)
    return runs


class _Base:
    """Base records next to the file's rows, without those the file brings anew."""

    def __init__(self, table: Table, rows: list[int], ask: BaseRows | None) -> None:
        self.table, self.rows, self.ask = table, rows, ask
        self._keys: set[Any] | None = None

    def records(self, where: Mapping[str, Iterable[Any]], fields: Sequence[str]) -> list[tuple[Any, ...]]:
        if self.ask is None:
            return []
        category = self.table.category
        key = category.natural_key
        found = list(self.ask(category.code, where, (*fields, *key)))
        if not found:
            return []
        if self._keys is None:
            self._keys = set(natural_keys(self.table, self.rows))
        mine, width = self._keys, len(fields)
        return [r[:width] for r in found if (r[width] if len(key) == 1 else tuple(r[width:])) not in mine]


def _tolerance(expected: Decimal) -> Decimal:
    return max(Decimal(_AT_LEAST), abs(expected) / _SHARE)


def _shrinking(table: Table, check: CrossCheck, rows: list[int], base: _Base) -> list[int]:
    """Rows whose figure is less than that of the period before in the same group."""
    assert check.order and check.value
    fields = (*check.group, check.order, check.value)
    width = len(check.group)
    series: dict[tuple[Any, ...], list[tuple[Any, Any, int]]] = defaultdict(list)
    for row, entry in zip(rows, zip(*(_of(table, n, rows) for n in fields), strict=True), strict=True):
        series[entry[:width]].append((entry[width], entry[width + 1], row))
    where = {name: set(_of(table, name, rows)) for name in check.group}
    for record in base.records(where, fields):
        if record[:width] in series:
            series[record[:width]].append((record[width], record[width + 1], -1))
    failed = []
    for entries in series.values():
        entries = sorted((e for e in entries if e[0] is not None and e[1] is not None), key=lambda e: e[:2])
        before: Any = None  # the figure of the last earlier period
        for place, (order, value, row) in enumerate(entries):
            if place and entries[place - 1][0] < order:
                before = entries[place - 1][1]
            if row >= 0 and before is not None and value < before - _tolerance(Decimal(before)):
                failed.append(row)
    return sorted(failed)


def _incomplete(table: Table, check: CrossCheck, rows: list[int], base: _Base, catalog: Catalog) -> list[int]:
    """Rows of every group in which not each value of the list occurs exactly once."""
    assert check.value
    field = table.category.field_by_name[check.value]
    expected = Counter(catalog.code_list(field.codelist) if field.codelist else field.allowed)
    groups = list(zip(*(_of(table, name, rows) for name in check.group), strict=True))
    found: dict[tuple[Any, ...], Counter[Any]] = defaultdict(Counter)
    for group, value in zip(groups, _of(table, check.value, rows), strict=True):
        found[group][value] += 1
    where = {name: set(_of(table, name, rows)) for name in check.group}
    for record in base.records(where, (*check.group, check.value)):
        if record[:-1] in found:
            found[record[:-1]][record[-1]] += 1
    wrong = {group for group, values in found.items() if values != expected}
    return [row for row, group in zip(rows, groups, strict=True) if group in wrong]


def _unbalanced(table: Table, check: CrossCheck, rows: list[int], base: _Base) -> list[int]:
    """Readings that do not follow from the reading before on the same day.

    Computed on whole columns: this is the check of the large fact. Readings lie
    on the full hour, so an hour without a reading in the file is asked of the base.
    """
    assert check.order and check.value and check.entry and check.exit
    readings = _Readings(table, check, rows)
    gaps = readings.gaps()
    extra = base.records(gaps, readings.fields) if gaps else []
    if extra:
        readings = _Readings(table, check, rows, extra)
    return readings.failed()


class _Readings:
    """Readings of several sources in the order source, moment; base readings have row -1."""

    def __init__(
        self, table: Table, check: CrossCheck, rows: list[int], extra: Sequence[tuple[Any, ...]] = ()
    ) -> None:
        assert check.order and check.value and check.entry and check.exit
        self.check = check
        self.fields = (*check.group, check.order, check.value, check.entry, check.exit)
        columns = [_of(table, name, rows) for name in self.fields]
        if extra:
            columns = [[*c, *more] for c, more in zip(columns, zip(*extra, strict=True), strict=True)]
        width = len(check.group)
        groups = columns[0] if width == 1 else list(zip(*columns[:width], strict=True))
        self.names = list(dict.fromkeys(groups))
        places = {name: place for place, name in enumerate(self.names)}
        minutes = {m: (m - _EPOCH) // dt.timedelta(minutes=1) for m in set(columns[width])}
        source = np.array([places[g] for g in groups])
        minute = np.array([minutes[m] for m in columns[width]])
        order = np.lexsort((minute, source))
        self.row = np.concatenate((np.array(rows, dtype=np.int64), np.full(len(extra), -1)))[order]
        self.source, self.minute = source[order], minute[order]
        self.value, self.entry, self.exit = (np.array(c, dtype=float)[order] for c in columns[width + 1 :])
        same = (self.source[1:] == self.source[:-1]) & (self.minute[1:] // _DAY == self.minute[:-1] // _DAY)
        self.follows = np.concatenate(([False], same))  # has a reading before it on the same day

    def gaps(self) -> dict[str, Iterable[Any]]:
        """Sources and moments at which the base may hold the reading before one of the file."""
        before = np.concatenate(([0], self.minute[:-1]))
        midnight = self.minute // _DAY * _DAY
        first = np.where(self.follows, (before // _HOUR + 1) * _HOUR, midnight)
        last = (self.minute - 1) // _HOUR * _HOUR
        wanting = np.flatnonzero(first <= last)
        if not len(wanting):
            return {}
        spans = set(zip(first[wanting].tolist(), last[wanting].tolist(), strict=True))
        hours = {minute for start, end in spans for minute in range(start, end + 1, _HOUR)}
        sources = [self.names[i] for i in np.unique(self.source[wanting]).tolist()]
        assert self.check.order
        moments = [_EPOCH + dt.timedelta(minutes=m) for m in sorted(hours)]
        if len(self.check.group) == 1:
            return {self.check.group[0]: sources, self.check.order: moments}
        by_field = zip(*sources, strict=True)
        return {
            **{n: set(v) for n, v in zip(self.check.group, by_field, strict=True)},
            self.check.order: moments,
        }

    def failed(self) -> list[int]:
        before = np.concatenate(([np.nan], self.value[:-1]))
        expected = before + self.entry - self.exit
        with np.errstate(invalid="ignore"):  # absent figures are nan, and a comparison with nan does not hold
            off = np.abs(self.value - expected)
            wrong = (off > _AT_LEAST) & (off * _SHARE > np.abs(expected))
        return sorted(self.row[self.follows & wrong & (self.row >= 0)].tolist())


def _of(table: Table, name: str, rows: list[int]) -> list[Any]:
    values = table.values[name]
    return values if len(rows) == table.size else [values[i] for i in rows]
