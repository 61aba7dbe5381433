"""Finds the header of a sheet and says which column answers for which field of a category."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from catalog import Category, Field
from catalog.models import NUMERIC_TYPES
from data_access.intake.cells import Cell
from data_access.intake.grid import Merge
from data_access.intake.units import canonical_unit
from data_access.intake.values.text import INVISIBLE

SEARCHED_ROWS = 15
_LONGEST = 500  # no header is longer
_REQUIRED_SHARE = (6, 10)  # of the required fields a header must have at least
_DROPPED = re.compile(r"[\s*＊]+")
_BRACKETS = str.maketrans("()", "（）")
_TRAILING = re.compile(r"(.+)（([^（）]*)）")
_WORDS = re.compile(r"[、，,；;/\s]+")
_UNIT_LEAD = re.compile(r"单位[：:]")
_GCJ_02 = re.compile(r"gcj[-_－—]?02|国测局|火星", re.IGNORECASE)
# At the start of a cell, after a space or an opening bracket: 填报单位：… is none.
_SHEET_UNIT = re.compile(r"(?:^|[\s（(\[【])单\s*位\s*[：:]\s*([^\s（）()\[\]【】]+)")
_MONEY = ("元", "千元", "万元", "百万元", "亿元")

TopRows = Mapping[int, Mapping[int, Cell]]


class Said(NamedTuple):
    """What the brackets behind a header's name say."""

    unit: str | None = None
    crs: str | None = None

    def or_else(self, other: Said) -> Said:
        return Said(self.unit or other.unit, self.crs or other.crs)


class HeaderCell(NamedTuple):
    """A header text: its names to look up, the fuller one first, and what its brackets say."""

    column: int
    names: tuple[tuple[str, Said], ...]
    group: Said


class MappedHeader(NamedTuple):
    """The column of a field, with unit and coordinate system as header, group or sheet name them."""

    column: int
    unit: str | None
    crs: str | None


@dataclass
class Candidate:
    """One row, or two rows in a row, that might be a header."""

    first_row: int
    last_row: int
    cells: tuple[HeaderCell, ...]


@dataclass
class Header:
    """A header that fits a category. `twice` names a field two columns of equal rank answer for."""

    first_row: int
    last_row: int
    first_column: int
    columns: dict[str, MappedHeader] = field(default_factory=dict)
    twice: str | None = None


def candidates(top: TopRows, merges: Iterable[Merge], categories: tuple[Category, ...]) -> list[Candidate]:
    """Everything in the first 15 rows that might be a header; one row before two, upper before lower.

    A header has a cell that names a field of one of `categories`: data rows are told from it by that.
    """
    wide = [m for m in merges if m.top <= SEARCHED_ROWS and m.right > m.left]
    texts = {
        row: {column: text for column, cell in cells.items() if (text := header_text(cell))}
        for row, cells in top.items()
        if row <= SEARCHED_ROWS
    }
    known = _all_names(categories)
    naming = sorted(
        row for row, cells in texts.items() if any(n in known for t in cells.values() for n, _ in _names(t))
    )
    found = [_candidate(texts, wide, row, row) for row in naming]
    pairs = sorted({row for r in naming for row in (r - 1, r) if 1 <= row < SEARCHED_ROWS})
    return found + [_candidate(texts, wide, row, row + 1) for row in pairs]


def find_header(top: TopRows, found: Sequence[Candidate], category: Category) -> Header | None:
    """The candidate that maps most fields of the category, if one fits it.

    A header fits when it has at least one field of the natural key and at least
    60 % of the required fields.
    """
    names = _names_of(category)
    best: Header | None = None
    for candidate in found:
        header = _mapped(candidate, names)
        if _fits(header.columns, category) and (best is None or len(header.columns) > len(best.columns)):
            best = header
    if best is not None:
        _add_sheet_unit(best, top, category)
    return best


def header_text(cell: Cell) -> str:
    """A header as it is compared: no white space, no *, brackets full-width; "" for cells without text."""
    if cell is None:
        return ""
    text = cell[:_LONGEST] if isinstance(cell, str) else str(cell)
    return _DROPPED.sub("", INVISIBLE.sub("", text)).translate(_BRACKETS)


def sheet_unit(top: TopRows, above: int) -> str | None:
    """The money unit a cell above row `above` names (``单位：万元``); the nearest counts."""
    for row in sorted((r for r in top if r < above), reverse=True):
        for _, cell in sorted(top[row].items()):
            for match in _SHEET_UNIT.finditer(cell) if isinstance(cell, str) else ():
                for word in _WORDS.split(match[1]):
                    unit = canonical_unit(word)
                    if unit in _MONEY:
                        return unit
    return None


def missing_required(found: Sequence[Candidate], category: Category) -> list[str]:
    """Names of the required fields the most likely header lacks, for the message to the sender."""
    names = _names_of(category)
    columns = max((_mapped(c, names).columns for c in found), key=len, default={})
    return [f.name_zh for f in category.required_fields if f.name not in columns] if columns else []


def _candidate(
    texts: Mapping[int, Mapping[int, str]], wide: Sequence[Merge], first: int, last: int
) -> Candidate:
    """Cells of a one-row or two-row header: the lower text counts, or the upper where the lower is empty."""
    upper, lower = texts.get(first, {}), texts.get(last, {})
    merged = {**upper, **lower}
    above = first if last > first else first - 1
    width = range(min(merged, default=0), max(merged, default=0) + 1)
    cells = []
    for column in sorted(merged):
        group = Said()
        if column in lower:
            group = _group(texts.get(above, {}), wide, above, column, None if last > first else width)
        cells.append(HeaderCell(column, _names(merged[column]), group))
    return Candidate(first, last, tuple(cells))


def _group(
    upper: Mapping[int, str], wide: Sequence[Merge], row: int, column: int, header: range | None
) -> Said:
    """What the upper cell merged across this column says.

    Above a one-row header an area as wide as the whole header is the title, not a group.
    """
    for merge in wide:
        if merge.top <= row == merge.bottom and merge.left <= column <= merge.right:
            if header and merge.left <= header.start and merge.right >= header.stop - 1:
                return Said()
            names = _names(upper.get(merge.left, ""))
            return names[-1][1]
    return Said()


def _mapped(candidate: Candidate, names: Mapping[str, tuple[Field, int]]) -> Header:
    ranked: dict[str, list[tuple[int, HeaderCell, Said]]] = {}
    for cell in candidate.cells:
        for name, said in cell.names:
            if name in names:
                answer, rank = names[name]
                ranked.setdefault(answer.name, []).append((rank, cell, said))
                break
    fields = {f.name: f for f, _ in names.values()}
    header = Header(
        candidate.first_row, candidate.last_row, min((c.column for c in candidate.cells), default=1)
    )
    for name, columns in ranked.items():
        best = min(rank for rank, _, _ in columns)
        first, *others = [(cell, said) for rank, cell, said in columns if rank == best]
        if others and header.twice is None:
            header.twice = name
        cell, said = first
        unit, crs = said.or_else(cell.group)
        kind = fields[name].type
        header.columns[name] = MappedHeader(
            cell.column, unit if kind in NUMERIC_TYPES else None, crs if kind == "geo" else None
        )
    return header


def _fits(columns: Mapping[str, MappedHeader], category: Category) -> bool:
    required = sum(f.name in columns for f in category.required_fields)
    share, whole = _REQUIRED_SHARE
    return any(key in columns for key in category.natural_key) and (
        required * whole >= len(category.required_fields) * share
    )


def _add_sheet_unit(header: Header, top: TopRows, category: Category) -> None:
    unit = sheet_unit(top, header.first_row)
    if unit is None:
        return
    for name, mapped in header.columns.items():
        if mapped.unit is None and category.field_by_name[name].is_money:
            header.columns[name] = mapped._replace(unit=unit)


@lru_cache(maxsize=256)
def _names_of_fields(fields: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, tuple[int, int]]:
    """Place of the field and rank (0 name, 1 alias) by header text."""
    names: dict[str, tuple[int, int]] = {}
    for rank in (1, 0):  # a field's own name goes before another's alias
        for place, (name, aliases) in enumerate(fields):
            for text in aliases if rank else (name,):
                names[header_text(text)] = (place, rank)
    return names


def _names_of(category: Category) -> dict[str, tuple[Field, int]]:
    places = _names_of_fields(tuple((f.name_zh, f.aliases) for f in category.fields))
    return {text: (category.fields[place], rank) for text, (place, rank) in places.items()}


@lru_cache(maxsize=64)
def _all_names(categories: tuple[Category, ...]) -> frozenset[str]:
    return frozenset(name for category in categories for name in _names_of(category))


@lru_cache(maxsize=4096)
def _names(text: str) -> tuple[tuple[str, Said], ...]:
    """The text, then the text without its trailing brackets, each with what the brackets say."""
    names, said = [text], Said()
    while (match := _TRAILING.fullmatch(names[-1])) is not None and len(names) < 4:
        said = _said(match[2]).or_else(said)
        names.append(match[1])
    return tuple((name, said) for name in names)


def _said(bracket: str) -> Said:
    crs = "GCJ-02" if _GCJ_02.search(bracket) else None
    for word in (bracket, *_WORDS.split(_UNIT_LEAD.sub("", bracket))):
        unit = canonical_unit(word)
        if unit is not None:
            return Said(unit, crs)
    return Said(None, crs)
