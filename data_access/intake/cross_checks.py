"""Cross-checks within one row, as the catalogue declares them: conditions, needs, expectations, two kinds of map and table look-up."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress, repeat
from typing import Any

import numpy as np

from catalog import Catalog, CrossCheck
from catalog.expressions import Expression
from data_access.intake.boundaries import boundaries
from data_access.intake.settings import CheckSettings
from data_access.intake.table import Table


@dataclass(slots=True)
class CheckRun:
    """What one cross-check found: where it could not run, and where it failed."""

    check: CrossCheck
    skipped: set[int] = field(default_factory=set)
    failed: list[int] = field(default_factory=list)


def run_row_checks(
    table: Table, catalog: Catalog, *, received_on: dt.date, settings: CheckSettings
) -> list[CheckRun]:
    """Runs every cross-check that looks at one row only, on all rows; nothing is entered in the table yet.

    A check is skipped in rows where a field it names failed or is missing though
    required: those rows have a problem already, and two for one mistake help nobody.
    """
    runs = []
    for check in table.category.cross_checks:
        run = CheckRun(check, set().union(*(table.failed[name] for name in check.fields)))
        match check.kind:
            case None:
                run.failed = _failed_rows(table, check, run.skipped, received_on)
            case "area_by_type":
                run.failed = _unusual_areas(table, check, run.skipped, catalog)
            case "geo_in_district":
                _points_elsewhere(table, run, received_on, settings)
            case "grade_matches_score" if settings.grade_bands:
                run.failed = _wrong_grades(table, check, run.skipped, settings)
            case _:
                continue
        runs.append(run)
    return runs


def enter(table: Table, run: CheckRun) -> None:
    """Writes the failures of a check to the table: refusals for errors, doubts for warnings."""
    if run.check.severity == "error":
        for row in run.failed:
            table.refusals.setdefault(row, []).append(("R_CROSS", run.check.id))
    else:
        for row in run.failed:
            table.doubts.setdefault(row, []).append(run.check.id)


def _failed_rows(table: Table, check: CrossCheck, skipped: set[int], received_on: dt.date) -> list[int]:
    rows: Sequence[int] = range(table.size)
    if skipped:
        rows = [i for i in rows if i not in skipped]
    if check.when is not None:
        rows = list(compress(rows, _evaluate(table, check.when, rows, False, received_on)))
    failed: set[int] = set()
    for name in check.needs:
        values = table.values[name]
        failed.update(i for i in rows if values[i] is None)
    if check.expect is not None:
        holds = _evaluate(table, check.expect, rows, True, received_on)
        failed.update(i for i, fine in zip(rows, holds, strict=True) if not fine)
    return sorted(failed)


def _evaluate(
    table: Table, text: str, rows: Sequence[int], absent: bool, received_on: dt.date
) -> Sequence[bool]:
    """The expression's truth in each of `rows`."""
    names, function = _compiled(text, absent)
    columns: list[Any] = []
    for name in names:
        if name == "received_on":
            columns.append(repeat(received_on))
        else:
            values = table.values[name]
            columns.append(values if len(rows) == table.size else [values[i] for i in rows])
    try:
        return list(map(function, *columns))
    except (TypeError, ValueError, ArithmeticError):
        places = (c if isinstance(c, list) else [received_on] * len(rows) for c in columns)
        return [_carefully(function, values, absent) for values in zip(*places, strict=True)]


def _carefully(function: Callable[..., bool], values: tuple[Any, ...], absent: bool) -> bool:
    """One row at a time, after a whole column could not be computed.

    A comparison with nothing (every value of a ``first(…)`` absent) or with a day
    beyond the calendar is not made; a division by zero is no sound figure.
    """
    try:
        return function(*values)
    except ArithmeticError:
        return False
    except (TypeError, ValueError):
        return absent


@lru_cache(maxsize=512)
def _compiled(text: str, absent: bool) -> tuple[tuple[str, ...], Callable[..., bool]]:
    expression = Expression(text)
    return expression.names, expression.compile(absent=absent)


def _unusual_areas(table: Table, check: CrossCheck, skipped: set[int], catalog: Catalog) -> list[int]:
    assert check.area and check.facility_type
    ranges = {t.name: (t.area_min, t.area_max) for t in catalog.facility_types}
    pairs = zip(table.values[check.area], table.values[check.facility_type], strict=True)
    return [
        i
        for i, (area, kind) in enumerate(pairs)
        if area is not None and kind in ranges and i not in skipped
        and not ranges[kind][0] <= area <= ranges[kind][1]
    ]  # fmt: skip


def _wrong_grades(table: Table, check: CrossCheck, skipped: set[int], settings: CheckSettings) -> list[int]:
    assert check.grade and check.score
    bands = settings.grade_bands
    pairs = zip(table.values[check.grade], table.values[check.score], strict=True)
    return [
        i
        for i, (grade, score) in enumerate(pairs)
        if score is not None and grade in bands and i not in skipped
        and not bands[grade][0] <= score <= bands[grade][1]
    ]  # fmt: skip


def _points_elsewhere(table: Table, run: CheckRun, received_on: dt.date, settings: CheckSettings) -> None:
    """Points outside the district of their record; zones have no boundary, there the check does not run."""
    check = run.check
    assert check.longitude and check.latitude and check.district
    lons, lats, codes = (table.values[n] for n in (check.longitude, check.latitude, check.district))
    by_district: dict[str, list[int]] = defaultdict(list)
    for i, code in enumerate(codes):
        if code is not None and i not in run.skipped:
            by_district[code].append(i)
    for code, rows in by_district.items():
        located = [i for i in rows if lons[i] is not None and lats[i] is not None]
        inside = boundaries(settings.geo_folder).contains(
            code,
            np.array([float(lons[i]) for i in located]),
            np.array([float(lats[i]) for i in located]),
            margin_m=check.buffer_m or 0,
            received_on=received_on,
        )
        if inside is None:
            run.skipped.update(rows)
        else:
            run.failed += [i for i, is_in in zip(located, inside.tolist(), strict=True) if not is_in]
    run.failed.sort()
