"""The sender's own workbook back: bad cells coloured and commented, all problems on one sheet.

An xlsx stays the file it was, outside the marks; xls and CSV come back as xlsx. A
mended copy can be sent as it is: the sheet 问题清单 fits no header, and the marks of
this round are taken away in the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from catalog import Category, wording
from data_access.intake.cells import Problem, Warning
from reports.marking.comments import LIMIT, add_comments
from reports.marking.listing import Line, add_listing
from reports.marking.package import CannotPatch, Package
from reports.marking.sheet import letters, mark_cells
from reports.marking.source import CannotMark, Columns, SentFile, read_sent
from reports.marking.styles import Styles

__all__ = ["CannotMark", "marked_name", "marked_workbook"]

WHOLE_ROW = "整行"


def marked_name(file_name: str) -> str:
    """Under which name it is offered: 《六月.csv》 → 六月（需修改）.xlsx."""
    return f"{PurePath(file_name).stem.removesuffix('（需修改）')}（需修改）.xlsx"


def marked_workbook(
    category: Category,
    content: bytes,
    *,
    file_name: str,
    problems: Sequence[Problem],
    warnings: Sequence[Warning] = (),
) -> bytes:
    """Mark a file that was checked.

    Args:
        content: the file as it was sent; never one with an F_ code.
        problems: all of them, in the order of the file.
        warnings: cross-checks that failed without refusing the row are listed, the others were put right.

    Raises:
        CannotMark: the file does not open as a table of the category.
    """
    sent = read_sent(content, category)
    try:
        return _mark(category, sent, file_name, problems, warnings)
    except CannotPatch:
        sent = read_sent(content, category, rewrite=True)
        return _mark(category, sent, file_name, problems, warnings)


def _mark(
    category: Category,
    sent: SentFile,
    file_name: str,
    problems: Sequence[Problem],
    warnings: Sequence[Warning],
) -> bytes:
    package = Package(sent.package)
    styles = Styles(package)
    cells: dict[str, dict[int, dict[int, bool]]] = {}
    notes: dict[str, dict[tuple[int, int], str]] = {}
    lines = []
    for problem in problems:
        columns = _columns(category, problem, sent.columns.get(problem.sheet, {}))
        rows = cells.setdefault(problem.sheet, {}).setdefault(problem.row, {})
        for column in columns:
            rows[column] = rows.get(column, False) or problem.code == "R_FORMULA"
        if columns:
            _note(notes.setdefault(problem.sheet, {}), (problem.row, columns[0]), problem.message)
        lines.append(_line(category, problem, columns, sent))
    lines += [_doubt(category, w, sent) for w in warnings if w.code == "W_CROSS"]
    for number, (name, part) in enumerate(package.sheets(), 1):
        own = {k for k, v in sent.names.items() if v == name}
        sheet = next(iter(own), name)
        if sheet in cells:
            xml = mark_cells(
                package.read(part), cells[sheet], lambda style, text: styles.marked(style, as_text=text)
            )
            package.write(part, xml)
        add_comments(package, part, notes.get(sheet, {}), number)
    used = {sent.names.get(name, name) for name in sent.columns}
    add_listing(package, styles, _introduction(file_name, problems), lines, used)
    styles.save()
    return package.save()


def _columns(category: Category, problem: Problem, columns: Columns) -> list[int]:
    """The cells a problem is about; the row's first one where the field has no column."""
    if problem.field != "*":
        fields: Sequence[str] = (problem.field,)
    elif problem.check is not None:
        fields = next((c.fields for c in category.cross_checks if c.id == problem.check), ())
    else:
        fields = category.natural_key
    found = sorted({columns[f] for f in fields if f in columns})
    return found or ([min(columns.values())] if columns else [])


def _note(notes: dict[tuple[int, int], str], place: tuple[int, int], message: str) -> None:
    """Several problems of one cell share its comment. Beyond the limit cells are coloured only."""
    if place in notes:
        notes[place] += f"\n{message}"
    elif len(notes) < LIMIT:
        notes[place] = message


def _line(category: Category, problem: Problem, columns: Sequence[int], sent: SentFile) -> Line:
    name = sent.names.get(problem.sheet, problem.sheet)
    cell = f"{letters(columns[0])}{problem.row}" if columns else None
    return Line(name, problem.row, _field_name(category, problem.field), problem.message, "须修改", cell)


def _doubt(category: Category, warning: Warning, sent: SentFile) -> Line:
    check = next((c for c in category.cross_checks if c.id == warning.check), None)
    rule = wording.check_text(category, check) if check else warning.code
    columns = sent.columns.get(warning.sheet, {})
    cell = f"{letters(min(columns.values()))}{warning.row}" if columns else None
    name = sent.names.get(warning.sheet, warning.sheet)
    return Line(name, warning.row, WHOLE_ROW, f"与规则不符：{rule}。数据无误的不用修改。", "请核对", cell)


def _field_name(category: Category, field: str) -> str:
    found = category.field_by_name.get(field)
    return found.name_zh if found else WHOLE_ROW


def _introduction(file_name: str, problems: Sequence[Problem]) -> list[str]:
    rows = len({(p.sheet, p.row) for p in problems})
    if not problems:
        return [f"《{file_name}》没有需要修改的地方", "下面列出请核对的内容；数据无误的不用修改。"]
    return [
        f"《{file_name}》有 {len(problems)} 处需要修改，涉及 {rows} 行",
        "需要修改的单元格已着色并加批注。改好后上传整个文件即可，已入库的行不会重复入库；这张表不用删除。",
    ]
