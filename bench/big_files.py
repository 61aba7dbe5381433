"""Large good files as a careful department would send them, with as many different values as real ones have.

Names differ in every row, amounts in almost every one, organisers and venues come
from some thousands, dates from two years: a reader that remembers what it has
seen gains here what it would gain in the office, and no more.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import xlsxwriter

import catalog

RECEIVED_ON = dt.date(2026, 10, 9)
EMPTY_ROWS = 1_000_000
Columns = dict[str, list[Any]]


def columns(category: str, count: int) -> Columns:
    """`count` valid rows of `category` with distinct natural keys, field → values.

    The same call gives the same rows. Values are what a clerk types: Chinese names,
    是/否, dates, exact decimals, None for an empty cell.
    """
    if category not in MAKERS:
        raise KeyError(f"No large files of {category!r}. Made: {', '.join(sorted(MAKERS))}.")
    return MAKERS[category](count, random.Random(f"{category} {count}"))


def _districts() -> list[str]:
    """Districts that exist on every day."""
    known = catalog.default().districts
    return [d.name for d in known if d.kind == "district" and d.valid_from is None and d.valid_to is None]


def _amount(chance: random.Random, most: int) -> Decimal:
    """Yuan with 分, up to `most` yuan."""
    return Decimal(chance.randrange(100, most * 100)) / 100


def _sometimes(chance: random.Random, value: Any, share: float) -> Any:
    """The value, or an empty cell in `share` of the rows."""
    return None if chance.random() < share else value


def _events(count: int, chance: random.Random) -> Columns:
    districts, sports = _districts(), catalog.default().code_list("sport")
    levels = ("国家级", "市级", "区县级", "乡镇街道级", "村社区级")
    rows = []
    for n in range(count):
        district = chance.choice(districts)
        sport = chance.choice(sports)
        end = RECEIVED_ON - dt.timedelta(days=chance.randrange(1, 730))
        dangerous = chance.random() < 0.02
        rows.append(
            (
                f"{end.year}年{district}第{n + 1}场全民健身{sport}交流赛",
                chance.choice(levels),
                sport,
                end - dt.timedelta(days=chance.randrange(4)),
                end,
                district,
                _sometimes(chance, f"{district}全民健身中心{chance.randrange(150)}号场地", 0.1),
                chance.randrange(20, 6000),
                _sometimes(chance, _amount(chance, 500_000), 0.2),
                f"{district}{chance.choice(sports)}协会第{chance.randrange(60)}分会",
                "是" if dangerous else "否",
                "是" if dangerous else _sometimes(chance, "否", 0.5),
            )
        )
    return _by_field("mass_sport_event", rows)


def _equipment(count: int, chance: random.Random) -> Columns:
    districts = _districts()
    kinds = ("室外健身器材", "智能健身器材", "乒乓球台", "篮球架", "儿童游乐器材", "健身路径组合", "其他")
    sources = ("体育彩票公益金", "财政资金", "社会捐赠", "其他")
    rows = []
    for n in range(count):
        district = chance.choice(districts)
        years = chance.randrange(6, 16)
        installed = RECEIVED_ON - dt.timedelta(days=chance.randrange(30, years * 365 - 40))
        inspected = installed + dt.timedelta(days=chance.randrange((RECEIVED_ON - installed).days + 1))
        kind = chance.choice(kinds)
        rows.append(
            (
                f"CQ-{n + 1:08d}",
                f"{kind}{chance.randrange(1000)}型",
                kind,
                f"{district}体育公园{chance.randrange(200)}号",
                district,
                _sometimes(chance, f"重庆健体器材第{chance.randrange(300)}有限公司", 0.2),
                installed,
                years,
                _sometimes(chance, inspected, 0.2),
                chance.choices(("完好", "待维修", "停用"), (90, 8, 2))[0],
                chance.choice(sources),
                _sometimes(chance, _amount(chance, 60_000), 0.1),
            )
        )
    return _by_field("fitness_equipment", rows)


def _readings(count: int, chance: random.Random) -> Columns:
    """Hours of one week's venues after another; people enter in one hour and leave in the next."""
    venues = max(1, count // (7 * 24))
    first = dt.datetime.combine(RECEIVED_ON, dt.time()) - dt.timedelta(days=8)
    rows: list[tuple[Any, ...]] = []
    for venue in range(venues + 1):
        inside = 0
        for hour in range(7 * 24):
            if len(rows) == count:
                break
            entered, left = chance.randrange(400), inside
            inside = inside + entered - left
            rows.append(
                (
                    f"CQ{venue + 1:06d}",
                    first + dt.timedelta(hours=hour),
                    entered,
                    left,
                    inside,
                    _sometimes(chance, chance.randrange(40), 0.3),
                    _sometimes(chance, _amount(chance, 9000), 0.3),
                    "在线" if chance.random() < 0.97 else "故障",
                )
            )
    return _by_field("venue_usage_reading", rows)


MAKERS: dict[str, Callable[[int, random.Random], Columns]] = {
    "mass_sport_event": _events,
    "fitness_equipment": _equipment,
    "venue_usage_reading": _readings,
}


def _by_field(category: str, rows: list[tuple[Any, ...]]) -> Columns:
    fields = catalog.default().category_by_code[category].fields
    if not rows:
        return {field.name: [] for field in fields}
    return {field.name: list(column) for field, column in zip(fields, zip(*rows, strict=True), strict=True)}


def csv_bytes(category: str, made: Columns) -> bytes:
    """UTF-8 with commas and the Chinese header; dates as 2026-10-09, amounts exact."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(_headers(category))
    writer.writerows(zip(*(_typed(column) for column in made.values()), strict=True))
    return target.getvalue().encode()


def xlsx_bytes(category: str, made: Columns) -> bytes:
    """A workbook as Excel saves it: shared strings, real date cells, one sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        formats = {
            dt.date: book.add_format({"num_format": "yyyy-mm-dd"}),
            dt.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        sheet = book.add_worksheet("数据")
        sheet.write_row(0, 0, _headers(category))
        for place, column in enumerate(made.values()):
            kind = type(next((v for v in column if v is not None), None))
            sheet.set_column(place, place, 16, formats.get(kind))
        for number, row in enumerate(zip(*made.values(), strict=True), start=1):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, place, value)
                elif isinstance(value, dt.datetime):
                    sheet.write_datetime(number, place, value, formats[dt.datetime])
                elif isinstance(value, dt.date):
                    sheet.write_datetime(number, place, value, formats[dt.date])  # type: ignore[arg-type]  # takes days too
                elif value is not None:
                    sheet.write_number(number, place, value)
    return target.getvalue()


def with_empty_rows(workbook: bytes, *, cells: bool, rows: int = EMPTY_ROWS) -> bytes:
    """The workbook with a used range of `rows` more rows that hold nothing.

    Args:
        cells: every one of them has a formatted, empty cell, as after a border was
            drawn down the whole sheet; without, only the last row has.
    """
    with zipfile.ZipFile(io.BytesIO(workbook)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    name = "xl/worksheets/sheet1.xml"
    sheet = parts[name].decode()
    last = max(int(n) for n in re.findall(r'<row r="(\d+)"', sheet))
    numbers = range(last + 1 if cells else last + rows, last + rows + 1)
    empty = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in numbers)
    sheet = sheet.replace("</sheetData>", f"{empty}</sheetData>")
    parts[name] = re.sub(r'(<dimension ref="A1:[A-Z]+)\d+', rf"\g<1>{last + rows}", sheet).encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for part, content in parts.items():
            made.writestr(part, content)
    return target.getvalue()


def _headers(category: str) -> list[str]:
    return [field.name_zh for field in catalog.default().category_by_code[category].fields]


def _typed(column: list[Any]) -> list[str]:
    """As text: moments to the second, nothing for an empty cell."""
    return [
        "" if v is None else v.isoformat(" ", "seconds") if isinstance(v, dt.datetime) else str(v)
        for v in column
    ]
