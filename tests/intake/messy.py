"""Files as departments really send them, by chance: the same cells as real bytes and as the oracle's pages."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import catalog
from catalog import Category, Field
from tests.helpers.rows import Row, valid_row
from tests.intake.messy_bytes import as_csv, as_xls, as_xlsx
from tests.intake.oracle import Page
from tests.intake.oracle_cells import Error, Raw

MISSING = ["", " ", "—", "——", "-", "/", "无", "暂无", "N/A", "\u3000", "\u200b"]
UNITS = {
    "元": ["元", "千元", "万元", "百万元", "人"],
    "万元": ["万元", "元", "亿元", "公里"],
    "平方米": ["平方米", "㎡", "m2", "m²", "万平方米", "米"],
    "人": ["人", "万人", "人次"],
    "人次": ["人次", "万人次", "人"],
    "厘米": ["厘米", "cm", "米"],
    "千克": ["千克", "kg", "公斤", "元"],
    "%": ["%", "％", "元"],
}


@dataclass
class MessyFile:
    """One file: its bytes for the program, its pages for the oracle."""

    content: bytes
    pages: list[Page]
    name: str


class Maker:
    """Makes messy files of one category; `chance` decides everything."""

    def __init__(self, category: Category, chance: random.Random, *, mess: float, on: dt.date) -> None:
        self.category, self.chance, self.mess, self.on = category, chance, mess, on
        self.is_csv = True

    def file(self, first: int, count: int) -> MessyFile:
        """A file of about `count` rows around the `first`-th valid row of the category."""
        self.is_csv = self.chance.random() < 0.5
        if self.is_csv:
            page = self.page("", first, count)
            encoding = self.chance.choice(["utf-8", "utf-8-sig", "gb18030"])
            mark = self.chance.choice([",", ",", "\t", ";"])
            return MessyFile(as_csv(page, mark).encode(encoding), [page], "报送.csv")
        pages = [self.page("表一", first, count)]
        if self.chance.random() < 0.25:
            pages.append(self.page("表二", first + count // 2, max(1, count // 2)))
        if self.chance.random() < 0.2:
            pages.append(Page([[Raw("请先看说明")], [Raw(3), Raw("每月五日前")]], "填写要求"))
        if self.chance.random() < 0.2:
            pages.append(Page([[Raw("旧数据")]], "隐藏", hidden=True))
        if self.chance.random() < 0.3:
            for page in pages:
                page.lines = [[Raw() if r.formula else r for r in line] for line in page.lines]
            return MessyFile(as_xls(pages), pages, "报送.xls")
        return MessyFile(as_xlsx(pages), pages, "报送.xlsx")

    # ------------------------------------------------------------ a page

    def page(self, name: str, first: int, count: int) -> Page:
        page = Page([], name)
        columns = self.columns()
        for _ in range(self.chance.choice([0, 0, 0, 1, 2])):
            page.lines.append(
                [Raw(self.chance.choice(["2026年报送表", "", "填报单位：某区", "重庆市体育局"]))]
            )
        if self.chance.random() < 0.2:
            text = self.chance.choice(
                ["单位：万元", "单位:千元", "制表日期  单位：万元", "填报单位：元", "单位：元"]
            )
            page.lines.append([Raw(), Raw(text)])
        self.header(page, columns)
        rows = self.related([valid_row(self.category, first + n, received_on=self.on) for n in range(count)])
        for row in list(rows):
            if self.chance.random() < 0.08:
                rows.append(dict(row))
            if self.chance.random() < 0.04:
                other = self.chance.choice([f.name for f in self.category.fields])
                rows.append(
                    {**row, other: valid_row(self.category, first + count + 3, received_on=self.on)[other]}
                )
        top = len(page.lines)
        for n, row in enumerate(rows):
            page.lines.append(
                [self.cell(f, row) if isinstance(f, Field) else Raw(self.text(n + 1)) for f in columns]
            )
            page.lines += self.skipped(columns)
        if not self.is_csv and len(page.lines) - top > 3 and self.chance.random() < 0.3:
            self.merge(page, top, len(columns))
        return page

    def related(self, rows: list[Row]) -> list[Row]:
        """Rows that checks over several rows have something to say about."""
        if self.category.code == "fiscal_fund":
            for row in rows:
                row["project_code"] = self.chance.choice(["A00001", "B00002", row["project_code"]])
                first = (self.on.replace(day=1) - dt.timedelta(days=28 * self.chance.randrange(9))).replace(
                    day=1
                )
                row["month_end"] = first - dt.timedelta(days=self.chance.choice([1, 1, 1, 2]))
        if self.category.code == "venue_usage_reading":
            for row in rows:
                row["venue_code"] = self.chance.choice(["CQ000001", "CQ000002"])
                day = self.on - dt.timedelta(days=self.chance.choice([1, 2]))
                row["reading_at"] = dt.datetime.combine(day, dt.time(self.chance.randrange(24)))
                row |= {
                    "entry_count": 20,
                    "exit_count": 10,
                    "occupancy": self.chance.choice([100, 105, 110, 115, 116]),
                }
        return rows

    def columns(self) -> list[Field | str]:
        """Fields in any order, some left out, some columns nobody knows."""
        fields: list[Field | str] = [
            f for f in self.category.fields if self.chance.random() > (0.012 if f.required else 0.12)
        ]
        if self.chance.random() < 0.5:
            self.chance.shuffle(fields)
        if self.chance.random() < 0.4:
            fields.insert(0, "序号")
        if self.chance.random() < 0.2:
            fields.append("经办意见")
        return fields

    def header(self, page: Page, columns: list[Field | str]) -> None:
        texts = [self.heading(f) if isinstance(f, Field) else f for f in columns]
        if self.is_csv or self.chance.random() < 0.7 or len(columns) < 5:
            page.lines.append([Raw(t) for t in texts])
            return
        at, width = self.chance.randrange(1, len(columns) - 2), 2
        row, upper, lower = len(page.lines), [Raw(t) for t in texts], [Raw() for _ in texts]
        upper[at] = Raw(self.chance.choice(["活动情况", "金额（万元）", "规模（人）", "数量"]))
        for c in range(at, at + width):
            lower[c] = Raw(texts[c])
        upper[at + 1] = Raw()
        page.merges += [(row, row, at, at + width - 1)]
        if self.chance.random() < 0.4:  # every column has a name of its own, the groups stand above
            page.lines += [
                [raw if c == at else Raw() for c, raw in enumerate(upper)],
                [Raw(t) for t in texts],
            ]
            return
        page.lines += [upper, lower]
        page.merges += [(row, row + 1, c, c) for c in range(len(columns)) if not at <= c < at + width]

    def heading(self, f: Field) -> str:
        text = self.chance.choice([f.name_zh, f.name_zh, *f.aliases])
        if text.endswith("）"):
            return text
        if f.unit in UNITS and self.chance.random() < 0.35:
            known = UNITS[f.unit]
            text += f"（{self.chance.choice(known if self.chance.random() < 0.2 else known[:-1])}）"
        elif self.chance.random() < 0.1:
            text += self.chance.choice(["（必填）", "(必填)", "（见说明）"])
        if self.chance.random() < 0.2:
            at = self.chance.randrange(len(text))
            text = text[:at] + self.chance.choice([" ", "\n", "\u3000"]) + text[at:]
        return text + ("*" if self.chance.random() < 0.1 else "")

    def skipped(self, columns: list[Field | str]) -> list[list[Raw]]:
        """Now and then a line that is not data."""
        lines: list[list[Raw]] = []
        if self.chance.random() < 0.06:
            lines.append([Raw() for _ in columns])
        if self.chance.random() < 0.05:
            line = [Raw(self.text(7)) for _ in columns]
            line[self.chance.randrange(2)] = Raw(self.chance.choice(["合计", "小 计", "全市合计", "总计"]))
            lines.append(line)
        if self.chance.random() < 0.04:
            notes = ["备注：以上为初步数", "注 1", "填表人：王某", "说明", "审核人", "联系电话"]
            lines.append([Raw(self.chance.choice(notes))])
        return lines

    def merge(self, page: Page, top: int, width: int) -> None:
        """A vertical merge, sometimes two columns wide; covered cells are empty, as Excel leaves them."""
        start = self.chance.randrange(top, len(page.lines) - 2)
        column = self.chance.randrange(width)
        right = min(width - 1, column + (self.chance.random() < 0.2))
        end = min(len(page.lines) - 1, start + self.chance.choice([1, 2]))
        page.merges.append((start, end, column, right))
        for row in range(start, end + 1):
            for c in range(column, right + 1):
                line = page.lines[row]
                line += [Raw()] * (c + 1 - len(line))
                if (row, c) != (start, column):
                    line[c] = Raw()

    # ------------------------------------------------------------ a cell

    def text(self, value: Any) -> Any:
        """What a workbook holds as a number is text in a CSV."""
        if not self.is_csv or value is None or isinstance(value, str):
            return value
        if isinstance(value, dt.datetime):
            return value.isoformat(" ", "seconds")
        return format(value, "f") if isinstance(value, (float, Decimal)) else str(value)

    def cell(self, f: Field, row: Row) -> Raw:
        value = row[f.name]
        if self.chance.random() >= self.mess:
            return Raw(self.text(float(value) if isinstance(value, Decimal) else value))
        kind = self.chance.random()
        if kind < 0.12:
            return Raw(self.chance.choice(MISSING))
        if not self.is_csv and kind < 0.22:
            return self.workbook_cell(value)
        choices = {
            "string": self.strings, "enum": self.enums, "bool": self.bools, "date": self.dates,
            "datetime": self.moments, "int": self.numbers, "decimal": self.numbers, "geo": self.numbers,
        }[f.type](f, value)  # fmt: skip
        chosen = self.chance.choice(choices)
        return chosen if isinstance(chosen, Raw) else Raw(self.text(chosen))

    def workbook_cell(self, value: Any) -> Raw:
        return self.chance.choice(
            [Raw(Error()), Raw(None, formula=True), Raw(37, formula=True), Raw("甲", formula=True),
             Raw(12.5, formula=True), Raw(Error(), formula=True)]
        )  # fmt: skip

    def strings(self, f: Field, value: str) -> list[Any]:
        wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in value)
        made = [
            f" {value}\u3000", f"\u00a0{value}\n", value[:1] + "\u200b" + value[1:], wide, value.lower(),
            "=1+1", "+甲", "@某", "-乙", "x" * 600, value[:-1] + " " + value[-1:], f"（{value}",
        ]  # fmt: skip
        if f.pattern == catalog.default().patterns["uscc"]:
            made += [value[:-1] + ("0" if value[-1] != "0" else "1")] * 4
        if not self.is_csv:
            made += [12345678, 20260001.0, 12.5, 1234567890123456, dt.datetime(2026, 3, 5), 0]
        return made

    def enums(self, f: Field, value: str) -> list[Any]:
        made = [
            f" {value} ",
            value[:1] + " " + value[1:],
            value[:1] + "\u200b\u3000" + value[1:],
            "没有的选项",
        ]
        made += [value.replace("（", "(").replace("）", ")"), "=1", value + "x"]
        if f.codelist == "district":
            made += [
                value[:-1] if len(value) > 2 else value, "重庆市" + value, "綦江县", "重庆市开县", "双桥区", "万盛", "万盛区",
                "江北区", "渝北", "两江新区", "重庆两江新区", "重庆高新区", "石柱县", "成都市", "綦江区(不含万盛)",
                "重庆市 渝中", "潼南县",
            ]  # fmt: skip
        if f.codelist == "unit":
            made += ["万州区", "忠县", "局办公室", "万州", "高新区"]
        return made

    def bools(self, f: Field, value: str) -> list[Any]:
        made: list[Any] = [
            "√",
            "Y",
            "y",
            "1",
            "有",
            "×",
            "N",
            "n",
            "0",
            "无",
            "对",
            "是的",
            " 是 ",
            "否\u200b",
            "=是",
        ]
        return made if self.is_csv else [*made, True, False, 1, 0]

    def numbers(self, f: Field, value: Any) -> list[Any]:
        number = format(value, "f")
        wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
        made: list[Any] = [
            f" {number} ", number, wide, f"约{number}", "1.2E+08", "1,234", "1，234", "12 345", "12,34", "-3.5", "-3",
            "+7", "88.5", "1,234.5", "99999999999", "几", "0", f"{number}\u200b", "1,2345", "5-6", "", "3.0",
        ]  # fmt: skip
        for unit in UNITS.get(f.unit or "", []):
            made += [f"1.2{unit}", f"{number}{unit}", f"{number} {unit}"]
        if not self.is_csv:
            made += [88.5, 0.1 + 0.2, -1, dt.datetime(2026, 3, 5), 3.0, 1e10, 2.675, 1 / 3]
            made += [Raw(0.052, percent=True), Raw(5, percent=True)] if f.unit == "%" else []
        if f.type == "geo":
            made += ["106°33′12″", "29°33'12\"", "29.5", "106.5", "106度33分12秒", "0", "180.5"]
        return made

    def dates(self, f: Field, value: dt.date) -> list[Any]:
        y, m, d = value.year, value.month, value.day
        made: list[Any] = [
            f"{y}.{m}.{d}", f"{y}/{m}/{d}", f"{y}-{m}-{d}", f"{y}年{m}月{d}日", f"{y}{m:02}{d:02}",
            f"{y}-{m:02}-{d:02}", f"{y}年{m}月", f"{y}.{m}", f"{y}/{m}", f"{y}-{m:02}", f"{y}{m:02}", f"{y}.{m:02}",
            f"{y}-{m:02}-{d:02} 08:30", f"{y}/{m}/{d} 8:30:15", f"{y} 年 {m} 月 {d} 日", f"{y}年", f"{y}", "去年",
            "2026-02-30", "2031-01-05", f" {y}-{m:02}-{d:02}\u3000", f"{y}-{m:02}- {d:02}", f"{y}.1", f"{y}-13",
            "".join(chr(ord(c) + 0xFEE0) for c in f"{y}-{m:02}-{d:02}"), f"{d}.{m}.{y}", "26-3-5", f"{y}年{m}月{d}号",
            f"{y}年{m}月{d}日 8:30",
        ]  # fmt: skip
        serial = (value - dt.date(1899, 12, 30)).days
        if self.is_csv:
            return [*made, str(serial), "19999", "60001"]
        at = dt.datetime.combine(value, dt.time(9, 15))
        return [
            *made,
            serial,
            float(serial),
            at,
            2022.3,
            2022.1,
            2022.11,
            20250305,
            202503,
            2025,
            19999,
            2022.13,
        ]

    def moments(self, f: Field, value: dt.datetime) -> list[Any]:
        y, m, d, h = value.year, value.month, value.day, value.hour
        made: list[Any] = [
            f"{y}-{m:02}-{d:02} {h:02}:00", f"{y}-{m:02}-{d:02}T{h:02}:00:00", f"{y}/{m}/{d} {h}:00", f"{y}-{m:02}-{d:02}",
            f"{y}年{m}月{d}日 {h}:00", f"{y}.{m}.{d} {h}:00:00", f"{y}-{m:02}-{d:02} {h:02}:07", "2031-01-05 08:00",
            f"{y}-{m:02}-{d:02} 25:00", "昨天", f"{y}-{m:02}",
            "".join(chr(ord(c) + 0xFEE0) for c in f"{y}-{m:02}-{d:02}") + f" {h:02}:00",
        ]  # fmt: skip
        return made
