"""Annual plans in and out of a table: the export can be changed and imported again as it is."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import python_calamine
import xlsxwriter
from sqlalchemy import Connection, Engine

import catalog
from data_access.commands.plans import PlanError, Promise, problems_of, set_plans
from data_access.intake import xlsx
from data_access.intake.grid import EMPTY_RESULT, UNCACHED, SparseSheet
from data_access.intake.refusals import Refused
from data_access.principal import Principal
from data_access.queries.plans import Plan, plan_versions
from data_access.responsibility import read_responsibilities
from ui import theme

HEADERS: dict[str, tuple[str, ...]] = {
    "year": ("年度", "年份", "year"),
    "department": ("处室", "归口处室", "责任处室", "department"),
    "category": ("数据类别", "类别", "数据类型", "类别名称", "category", "category_name"),
    "code": ("类别代码", "代码", "code", "category_code"),
    "quantity": ("计划数量", "数量", "计划数", "计划报送数量", "quantity", "planned_quantity"),
    "months": ("计划月份", "月份", "months"),
    "version": ("版本", "version"),
    "state": ("状态", "state"),
    "approved_on": ("批准日期", "批准时间", "approved_on"),
    "reason": ("理由", "说明", "原因", "备注", "reason"),
}
HEADER_ROWS = 15
MAX_BYTES = 5_000_000
MAX_UNPACKED = 50_000_000
FORMULA_LEAD = re.compile(r"^[=+\-@\t\r]")
NO_RESULT = "=?"
"""Stands for a formula whose result is not in the file: the cell looks empty to who reads values only."""
NOT_READ = ("department", "version", "state")


@dataclass(frozen=True, slots=True)
class PlanImport:
    """What a file became: `plans` as they now stand, `rows` read."""

    plans: tuple[Plan, ...]
    rows: int


def import_plan(
    engine: Engine,
    principal: Principal,
    content: bytes,
    *,
    year: int | None = None,
    approved_on: dt.date | None = None,
) -> PlanImport:
    """Read a plan table (xlsx or CSV) and promise what it says: all rows, or none.

    Args:
        year: the year of rows without a 年度 column or value.
        approved_on: enters the rows as approved on that day (at the latest the last of
            their year), where they name no day of their own; only the office and
            operations may. Without either, rows are drafts.

    Raises:
        PlanError: with every problem of the file, each with its row and what to write.
    """
    rows = _rows(content)
    place, columns = _find_header(rows)
    problems: list[str] = []
    promises: list[Promise] = []
    for number, cells in enumerate(rows[place + 1 :], start=place + 2):
        row = {name: _text(cells[at]) if at < len(cells) else "" for name, at in columns.items()}
        if not any(row.values()) or not row["quantity"]:
            continue  # a category without a quantity is left as it is
        promise = _promise(row, number, year, approved_on, problems)
        if promise is not None:
            promises.append(promise)
    if not promises and not problems:
        problems.append("文件里没有填写「计划数量」的行。请至少填写一个类别的计划数量。")
    if problems:
        problems += problems_of(engine, principal, promises)
        raise PlanError(sorted(problems, key=_row_number))
    made = set_plans(engine, principal, promises)
    return PlanImport(tuple(made), len(promises))


def _row_number(problem: str) -> int:
    found = re.match(r"第 (\d+) 行", problem)
    return int(found[1]) if found else 0


def _promise(
    row: dict[str, str], number: int, year: int | None, approved_on: dt.date | None, problems: list[str]
) -> Promise | None:
    where, before = f"第 {number} 行", len(problems)
    uncounted = [HEADERS[n][0] for n, text in row.items() if text == NO_RESULT and n not in NOT_READ]
    if uncounted:
        problems.append(
            f"{where}「{'」「'.join(uncounted)}」：公式没有计算结果。请在表格软件中打开并保存一次，或直接填写。"
        )
        return None
    vocabulary = catalog.default()
    wanted = row.get("code") or row.get("category", "")
    entry = vocabulary.find_category(wanted) or vocabulary.find_category(row.get("category", ""))
    if entry is None:
        problems.append(f"{where}「数据类别」：没有「{wanted}」这一类别。请填数据目录中的名称或代码。")
    stated = _year(row["year"]) if row.get("year") else year
    if stated is None:
        problems.append(f"{where}「年度」：{row.get('year') or '没有填写'}。请填四位年份，例如 2026。")
    quantity = _whole(row["quantity"])
    if quantity is None:
        problems.append(f"{where}「计划数量」：{row['quantity']} 不是整数。请填不小于 0 的整数，例如 300。")
    months = _months(row.get("months", ""))
    if months is None:
        problems.append(
            f"{where}「计划月份」：{row['months']} 无法识别。请填 1 至 12，用顿号隔开，例如 3、9。"
        )
    day = _day(row["approved_on"]) if row.get("approved_on") else approved_on
    if day is not None and not row.get("approved_on") and stated is not None:
        day = min(day, dt.date(stated, 12, 31))  # a plan of a past year was approved in it
    if row.get("approved_on") and day is None:
        problems.append(f"{where}「批准日期」：{row['approved_on']} 不是有效日期。请填写如 2026-01-15。")
    if len(problems) > before:
        return None
    assert entry is not None
    assert stated is not None
    assert quantity is not None
    reason = row.get("reason") or None
    if reason and reason.startswith("'") and FORMULA_LEAD.match(reason[1:]):
        reason = reason[1:]
    return Promise(entry.code, stated, quantity, months or (), reason, day, f"{where}「{entry.name_zh}」")


def _find_header(rows: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    names = {alias: name for name, aliases in HEADERS.items() for alias in aliases}
    for place, cells in enumerate(rows[:HEADER_ROWS]):
        columns: dict[str, int] = {}
        for at, cell in enumerate(cells):
            name = names.get(re.sub(r"[\s*]|（.*）|\(.*\)", "", _text(cell)).lower())
            if name is not None:
                columns.setdefault(name, at)
        if "quantity" in columns and ("category" in columns or "code" in columns):
            return place, columns
    raise PlanError(["没有找到表头。第一行请写：年度、数据类别、计划数量（可加计划月份、批准日期、理由）。"])


def _rows(content: bytes) -> list[list[Any]]:
    if not content:
        raise PlanError(["文件是空的。请选择填好的计划表。"])
    if len(content) > MAX_BYTES:
        raise PlanError(["文件超过 5 MB，不像是计划表。请使用导出的计划表填写。"])
    if content.startswith(b"PK"):
        return _workbook_rows(content)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            first = text.splitlines()[0] if text.strip() else ""
            delimiter = max(",\t;", key=first.count)
            return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    raise PlanError(["文件不是 xlsx 或 CSV。请使用导出的计划表填写后再导入。"])


def _workbook_rows(content: bytes) -> list[list[Any]]:
    """The first visible sheet that is not the 填表说明."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise PlanError(["文件解压后超过 50 MB，不像是计划表。请使用导出的计划表填写。"])
        book = python_calamine.load_workbook(io.BytesIO(content))
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible and sheet.name != GUIDE
        ]
        if not shown:
            return []
        rows = book.get_sheet_by_name(shown[0]).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, python_calamine.CalamineError, OSError):
        raise PlanError(["文件打不开，可能没有传完整。请重新保存为 xlsx 后再导入。"]) from None
    for row, column in _without_result(content, shown[0]):
        rows += [[] for _ in range(row - len(rows))]
        rows[row - 1] += [""] * (column - len(rows[row - 1]))
        rows[row - 1][column - 1] = NO_RESULT
    return rows


def _without_result(content: bytes, name: str) -> list[tuple[int, int]]:
    """Row and column of the sheet's formulas that no program has worked out yet."""
    try:
        sheets = xlsx.read(content, MAX_UNPACKED).sheets
    except Refused:
        return []  # what can be read of it was read
    cells = next((s.cells for s in sheets if s.name == name and isinstance(s, SparseSheet)), None)
    if cells is None:
        return []
    waiting = (cells.flags & UNCACHED).astype(bool) & ~(cells.flags & EMPTY_RESULT).astype(bool)
    return list(zip(cells.rows[waiting].tolist(), cells.cols[waiting].tolist(), strict=True))


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return unicodedata.normalize("NFC", str(cell)).strip()


def _whole(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").removesuffix("条").removesuffix("年")
    plain = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", plain)
    return int(plain) if re.fullmatch(r"\d{1,12}", plain) else None


def _year(text: str) -> int | None:
    found = _whole(text)
    return found if found is not None and dt.MINYEAR <= found <= dt.MAXYEAR else None


def _months(text: str) -> tuple[int, ...] | None:
    found = [part for part in re.split(r"[、，,;；\s]+", unicodedata.normalize("NFKC", text)) if part]
    numbers = [_whole(part.removesuffix("月")) for part in found]
    if any(n is None for n in numbers):
        return None
    return tuple(sorted({n for n in numbers if n is not None}))


def _day(text: str) -> dt.date | None:
    found = re.fullmatch(
        r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?", unicodedata.normalize("NFKC", text.strip())
    )
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


# ---------------------------------------------------------------- out

GUIDE = "填表说明"
COLUMNS = (
    ("年度", 8), ("处室", 12), ("数据类别", 26), ("类别代码", 30), ("计划数量", 12), ("计划月份", 14),
    ("版本", 8), ("状态", 16), ("批准日期", 12), ("理由", 40),
)  # fmt: skip
ADVICE = (
    "每行一个数据类别。修改「计划数量」后，在「年度计划」页面导入整个文件；没有填数量的行不改动。",
    "「计划月份」只用于按事件报送的类别：预计有数据的月份，用顿号隔开，例如 3、9。",
    "计划为零须在「理由」中写明原因，经局办公室批准后生效。",
    "处室导入后成为草稿，提交后由局办公室批准；「批准日期」由局办公室填写，处室请留空。",
    "「版本」「状态」供查看，导入时不读取。",
)


def export_plan(
    principal: Principal, connection: Connection, year: int, *, blank_approval: bool = False
) -> bytes:
    """The year's plan as a workbook: one line for each category in the principal's scope.

    Args:
        blank_approval: leave 批准日期 empty, so that the file imports as a revision.
    """
    newest = {plan.category: plan for plan in plan_versions(principal, connection, year)}
    responsibilities = read_responsibilities(principal, connection)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(f"{year}年度计划")
    head = book.add_format({"bold": True, "bg_color": theme.PAPER_SOFT, "border": 1})
    for at, (name, width) in enumerate(COLUMNS):
        sheet.write_string(0, at, name, head)
        sheet.set_column(at, at, width)
    sheet.freeze_panes(1, 0)
    number = 0
    for assignment in responsibilities.year(year):
        if principal.role == "department" and assignment.department != principal.unit:
            continue
        number += 1
        _write_line(sheet, number, year, assignment.department, assignment.category, newest, blank_approval)
    sheet.data_validation(
        1, 4, max(number, 1), 4,
        {"validate": "integer", "criteria": ">=", "value": 0, "error_title": "计划数量",
         "error_message": "请填不小于 0 的整数。"},
    )  # fmt: skip
    guide = book.add_worksheet(GUIDE)
    guide.set_column(0, 0, 100)
    for at, line in enumerate(ADVICE):
        guide.write_string(at, 0, f"{at + 1}. {line}")
    book.close()
    return target.getvalue()


def _write_line(
    sheet: Any,
    number: int,
    year: int,
    department: str,
    category: str,
    newest: dict[str, Plan],
    blank_approval: bool,
) -> None:
    vocabulary = catalog.default()
    plan = newest.get(category)
    texts = {
        1: vocabulary.department_by_code[department].short,
        2: vocabulary.category_by_code[category].name_zh,
        3: category,
    }
    sheet.write_number(number, 0, year)
    if plan is not None:
        sheet.write_number(number, 4, plan.quantity)
        sheet.write_number(number, 6, plan.version)
        texts |= {5: "、".join(map(str, plan.months)), 7: plan.state_name, 9: plan.reason or ""}
        if plan.approved_on is not None and not blank_approval:
            texts[8] = plan.approved_on.isoformat()
    for at, text in texts.items():
        sheet.write_string(number, at, f"'{text}" if FORMULA_LEAD.match(text) else text)
