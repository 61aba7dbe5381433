"""Contract 1.0 a second time, part 3: pages of cells → rows, problems, warnings, stored values.

Row by row and value by value, from the text of the contract. It knows nothing of bytes:
the test writes the same cells as a real file and as `Page`s for this module.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog import Catalog, Category, Field
from tests.intake import oracle_checks
from tests.intake.oracle_cells import Judged, Place, Raw, clean, squeeze
from tests.intake.oracle_values import MONEY, in_range, judge, known_units, same_brackets

FORMAT_CODES = ("R_TYPE", "R_ENUM", "R_DISTRICT", "R_PATTERN", "R_LENGTH", "R_DATE_AMBIGUOUS", "R_FORMULA")
Finding = tuple[str, int, str, str, str | None]


@dataclass
class Page:
    """One sheet, or a CSV (name ""). Merges as (first row, last row, first column, last column), 0-based."""

    lines: list[list[Raw]]
    name: str = ""
    hidden: bool = False
    date_1904: bool = False
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass
class Verdict:
    """What a sender is told, and what the base holds afterwards (by natural key)."""

    outcome: str = "rejected"
    file_codes: list[str] = field(default_factory=list)
    file_warnings: list[str] = field(default_factory=list)
    total: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    updated: int = 0
    problems: Counter[Finding] = field(default_factory=Counter)
    warnings: Counter[Finding] = field(default_factory=Counter)
    base: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)
    quality: dict[str, int] = field(default_factory=dict)


@dataclass
class Header:
    last: int  # 0-based line of the header's lower row
    first: int
    fields: dict[str, tuple[int, str | None, int]]  # name → column, unit, rank (0 name, 1 alias)
    ambiguous: bool = False


@dataclass
class Line:
    page: Page
    number: int
    judged: dict[str, Judged]
    mapped: tuple[str, ...]
    warnings: list[tuple[str, str, str | None]] = field(default_factory=list)
    problems: list[tuple[str, str, str | None]] = field(default_factory=list)
    state: str = "open"  # accepted | rejected | duplicate

    def values(self) -> dict[str, Any]:
        return {name: j.value for name, j in self.judged.items()}


# ---------------------------------------------------------------- header


def heading(raw: Raw) -> str:
    return same_brackets(squeeze(str(raw.value)).replace("*", "")) if raw.value is not None else ""


def split_bracket(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*)（([^（）]*)）", text)
    return (match[1], match[2]) if match else (text, "")


def named(text: str, category: Category) -> tuple[Field, int] | None:
    for f in category.fields:
        if text == heading(Raw(f.name_zh)):
            return f, 0
    for f in category.fields:
        if text in (heading(Raw(a)) for a in f.aliases):
            return f, 1
    return None


def header_at(page: Page, rows: tuple[int, ...], category: Category, catalog: Catalog) -> Header:
    upper, lower = page.lines[rows[0]], page.lines[rows[-1]]
    made = Header(first=rows[0], last=rows[-1], fields={})
    units = {same_brackets(u) for u in known_units(catalog)}
    for c in range(max(len(upper), len(lower))):
        top, low = heading(_at(upper, c)), heading(_at(lower, c))
        text = low or top
        base, bracket = split_bracket(text)
        hit = named(text, category) or (named(base, category) if bracket else None)
        if hit is None:
            continue
        unit = bracket if bracket in units else None
        above = rows[0] if len(rows) == 2 else rows[0] - 1  # a complete lower row is a header of one row
        if unit is None and low and above >= 0:
            group = [m for m in page.merges if m[0] == m[1] == above and m[2] <= c <= m[3] and m[3] > m[2]]
            if group:
                named_unit = split_bracket(heading(_at(page.lines[above], group[0][2])))[1]
                unit = named_unit if named_unit in units else None
        f, rank = hit
        if f.name in made.fields:
            if made.fields[f.name][2] == rank:
                made.ambiguous = True
            elif made.fields[f.name][2] < rank:
                continue
        made.fields[f.name] = (c, unit, rank)
    for row in range(rows[0]):
        for raw in page.lines[row]:
            written = re.search(r"(?:^|\s)单位[:：]\s*(\S+)", clean(str(raw.value or "")))
            if written and written[1] in MONEY:
                for name, (c, unit, rank) in made.fields.items():
                    if category.field_by_name[name].unit in MONEY and unit is None:
                        made.fields[name] = (c, written[1], rank)
    return made


def _at(line: list[Raw], c: int) -> Raw:
    return line[c] if c < len(line) else Raw()


def fits(header: Header, category: Category) -> bool:
    required = [f.name for f in category.fields if f.required]
    there = [n for n in required if n in header.fields]
    return any(k in header.fields for k in category.natural_key) and len(there) * 10 >= len(required) * 6


def find_header(page: Page, category: Category, catalog: Catalog) -> Header | None:
    best: Header | None = None
    for height in (1, 2):
        for row in range(0, min(15, len(page.lines)) - height + 1):
            found = header_at(page, tuple(range(row, row + height)), category, catalog)
            if fits(found, category) and (best is None or len(found.fields) > len(best.fields)):
                best = found
    return best


# ---------------------------------------------------------------- rows

TOTALS = ("合计", "总计", "小计", "全市合计", "全区合计", "全县合计")
NOTES = ("备注", "注", "说明", "填表人", "填报人", "审核人", "制表人", "填报单位", "联系电话")


def filled(raw: Raw) -> bool:
    return raw.formula or (
        raw.value is not None and not (isinstance(raw.value, str) and not squeeze(raw.value))
    )


def carried(page: Page, header: Header, number: int, column: int) -> Raw | None:
    """What a vertical merge brings down to this cell."""
    for top, bottom, left, _ in page.merges:
        if left == column and top < number <= bottom and top > header.last:
            return _at(page.lines[top], column)
    return None


def is_skipped(page: Page, number: int, header: Header) -> bool:
    """Blank, a total or a note. A line that a merged 合计 or 备注 reaches down to belongs to it."""
    line = page.lines[number]
    if not any(filled(_at(line, column)) for column, _, _ in header.fields.values()):
        return True
    seen = [carried(page, header, number, c) or _at(line, c) for c in range(max(3, len(line)))]
    if any(squeeze(str(raw.value)) in TOTALS for raw in seen[:3]):
        return True
    first = clean(str(next(raw for raw in seen if filled(raw)).value))
    return any(
        first == note or re.match(r"[:：\s0-9]", first[len(note) :])
        for note in NOTES
        if first.startswith(note)
    )


def read_rows(page: Page, header: Header, category: Category, catalog: Catalog, on: dt.date) -> list[Line]:
    found = []
    for number in range(header.last + 1, len(page.lines)):
        line = page.lines[number]
        if is_skipped(page, number, header):
            continue
        made = Line(page, number + 1, {}, tuple(header.fields))
        for f in category.fields:
            if f.name not in header.fields:
                made.judged[f.name] = Judged(problem="R_REQUIRED") if f.required else Judged()
                continue
            column, unit, _ = header.fields[f.name]
            brought = carried(page, header, number, column)
            place = Place(f, catalog, on, page.name == "", page.date_1904, unit)
            made.judged[f.name] = judge(brought or _at(line, column), place)
            if brought is not None and made.judged[f.name].value is not None:
                made.judged[f.name].warnings.append("W_FILLED_DOWN")
        found.append(made)
    return found


def judge_row(row: Line, category: Category, on: dt.date, quality: dict[str, int]) -> None:
    """Rules of one row that need more than one cell, then its problems and warnings."""
    exchange(row, category)
    for f in category.fields:
        in_range(row.judged[f.name], f)
        j = row.judged[f.name]
        if f.not_after and j.value is not None:
            day = j.value.date() if isinstance(j.value, dt.datetime) else j.value
            if day > on:
                j.fail("R_FUTURE_DATE")
    passed = {n: j.problem is None for n, j in row.judged.items()}
    for f in category.fields:
        if f.not_before_field is None:
            continue
        late, early = row.judged[f.name], row.judged[f.not_before_field]
        if None in (late.value, early.value) or not (passed[f.name] and passed[f.not_before_field]):
            continue
        quality["checks_run"] += 1
        a, b = late.value, early.value
        if late.months or early.months:
            a, b = (a.year, a.month), (b.year, b.month)
        if a < b:
            late.fail("R_ORDER")
            quality["checks_failed_halves"] += 2
    for name, j in row.judged.items():
        if j.problem:
            row.problems.append((name, j.problem, None))
        row.warnings += [(name, w, None) for w in j.warnings]
    for check in category.cross_checks:
        if (category.code, check.id) not in oracle_checks.BY_ROW:
            continue
        names, rule = oracle_checks.BY_ROW[category.code, check.id]
        if any(row.judged[n].problem for n in names):
            continue
        try:
            kept = rule(row.values(), on) in (True, None)  # nothing to compare: it ran and found nothing
        except oracle_checks.NotRun:
            continue
        quality["checks_run"] += 1
        if not kept and check.severity == "error":
            row.problems.append(("*", "R_CROSS", check.id))
            quality["checks_failed_halves"] += 2
        elif not kept:
            row.warnings.append(("*", "W_CROSS", check.id))
            quality["checks_failed_halves"] += 1


def exchange(row: Line, category: Category) -> None:
    """Longitude and latitude the wrong way round: their ranges do not overlap."""
    geo = [f for f in category.fields if f.type == "geo"]
    if len(geo) != 2:
        return
    east, north = (row.judged[f.name] for f in geo)
    if east.value is None or north.value is None:
        return
    (e, n) = geo
    if e.min <= north.value <= e.max and n.min <= east.value <= n.max:  # type: ignore[operator]
        east.value, north.value = north.value, east.value
        east.warnings.append("W_GEO_SWAPPED")


# ---------------------------------------------------------------- file


def take(
    pages: list[Page], category: Category, catalog: Catalog, on: dt.date, base: dict[tuple[Any, ...], Any]
) -> Verdict:
    """The whole contract for a file that can be opened and hides nothing."""
    verdict = Verdict(base=dict(base))
    rows: list[Line] = []
    headers = {id(p): find_header(p, category, catalog) for p in pages if not p.hidden}
    if not any(headers.values()):
        others = [c for c in catalog.categories if c.code != category.code]
        elsewhere = any(find_header(p, c, catalog) for p in pages if not p.hidden for c in others)
        verdict.file_codes = ["F_WRONG_CATEGORY" if elsewhere else "F_HEADER"]
        return verdict
    if any(h is not None and h.ambiguous for h in headers.values()):
        verdict.file_codes = ["F_HEADER"]
        return verdict
    for page in pages:
        found = headers.get(id(page))
        if page.hidden:
            verdict.file_warnings.append(f"W_HIDDEN_SHEET:{page.name}")
        elif found is None:
            verdict.file_warnings.append(f"W_SHEET_SKIPPED:{page.name}")
        else:
            rows += read_rows(page, found, category, catalog, on)
    if not rows:
        return Verdict(base=dict(base), file_codes=["F_EMPTY"])
    verdict.quality = count_cells(rows, category)
    for row in rows:
        judge_row(row, category, on, verdict.quality)
        if row.problems:
            row.state = "rejected"
    compare(rows, category, verdict)
    count_rows(rows, verdict)
    return verdict


def compare(rows: list[Line], category: Category, verdict: Verdict) -> None:
    """Duplicates and conflicts in the file, then against the base, then checks over several rows."""
    groups: dict[tuple[Any, ...], list[Line]] = {}
    for row in rows:
        if row.state == "open":
            key = tuple(row.judged[k].value for k in category.natural_key)
            groups.setdefault(key, []).append(row)
    old = dict(verdict.base)
    for key, group in groups.items():
        if any(row.values() != group[0].values() for row in group):
            for row in group:
                row.state = "rejected"
                row.problems.append(("*", "R_KEY_CONFLICT", None))
            continue
        for row in group[1:]:
            row.state = "duplicate"
        values = {n: group[0].judged[n].value for n in group[0].mapped}
        if key not in old:
            verdict.base[key] = group[0].values()
        elif all(old[key][n] == v for n, v in values.items()):
            group[0].state = "duplicate"
        else:
            verdict.updated += 1
            verdict.base[key] = {**old[key], **values}
    accepted = [row for row in rows if row.state == "open"]
    keys = {tuple(row.judged[k].value for k in category.natural_key) for row in accepted}
    others = [v for k, v in old.items() if k not in keys]
    for place, check in oracle_checks.series_warnings(category.code, [r.values() for r in accepted], others):
        accepted[place].warnings.append(("*", "W_CROSS", check))
    for row in accepted:
        row.state = "accepted"


def count_rows(rows: list[Line], verdict: Verdict) -> None:
    states = Counter(row.state for row in rows)
    verdict.total = len(rows)
    verdict.accepted, verdict.rejected = states["accepted"], states["rejected"]
    verdict.duplicate = states["duplicate"]
    verdict.outcome = "accepted"
    if verdict.rejected:
        verdict.outcome = "partly_accepted" if verdict.rejected < verdict.total else "rejected"
    inaccurate = 0
    for row in rows:
        codes = {code for _, code, _ in row.problems}
        inaccurate += row.state == "duplicate" or bool(codes & {"R_RANGE", "R_FUTURE_DATE", "R_KEY_CONFLICT"})
        for name, code, check in row.problems:
            verdict.problems[row.page.name, row.number, name, code, check] += 1
        if row.state != "duplicate":
            for name, code, check in row.warnings:
                verdict.warnings[row.page.name, row.number, name, code, check] += 1
    verdict.quality["cells_bad"] = sum(code in FORMAT_CODES for row in rows for _, code, _ in row.problems)
    verdict.quality["rows_inaccurate"] = inaccurate


def count_cells(rows: list[Line], category: Category) -> dict[str, int]:
    required = [f.name for f in category.fields if f.required]
    return {
        "rows": len(rows),
        "cells_filled": sum(row.judged[n].filled for row in rows for n in row.mapped),
        "required_cells": len(rows) * len(required),
        "required_filled": sum(row.judged[n].problem != "R_REQUIRED" for row in rows for n in required),
        "checks_run": 0,
        "checks_failed_halves": 0,
    }


def plain(value: Any) -> Any:
    """A value as `records` shows it."""
    if isinstance(value, Decimal):
        text = format(value, "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    if isinstance(value, dt.datetime):
        return value.isoformat() + "+08:00"
    return value.isoformat() if isinstance(value, dt.date) else value
