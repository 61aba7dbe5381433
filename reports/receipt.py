"""A delivery as its sender reads it: outcome, problems by row, what was put right, states."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import catalog
from catalog import Category
from catalog.wording import check_text
from data_access.commands.delivery import Delivery
from data_access.commands.publishing import STATE_NAMES
from data_access.intake.code_titles import explain
from data_access.intake.messages import where
from reports.marking.listing import NAME
from reports.template import CHOICES, GUIDE
from ui import formats

WAITING_NAMES = {"department": "处室确认", "operations": "运维团队处理", None: "—"}
OUTCOME_STATES = {
    "accepted": "good",
    "partly_accepted": "attention",
    "rejected": "alarm",
    "quarantined": "alarm",
}
_BEFORE_IT_IS_HELD = {
    "F_SECRET_MARK": "文件中有国家秘密标志，涉密文件不得报送。",
    "F_PERSONAL_ID": "文件中有居民身份证号码，任何类别都不收集，请删去后再报送。",
}
"""What a check says of a file that would be held back: nothing was kept, nobody was told."""
STAGE_NAMES = {
    "queue": "排队中",
    "read": "正在读取文件",
    "check": "正在逐行检查",
    "store": "正在写入基础数据库",
}


class Finding(Protocol):
    """A problem or warning, of a delivery just made or of one read back."""

    @property
    def sheet(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def field(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def check(self) -> str | None: ...


def outcome_title(delivery: Delivery) -> str:
    """The result in four to eight characters."""
    if delivery.outcome == "quarantined":
        return "会被隔离" if delivery.dry_run else "已隔离"
    if delivery.dry_run:
        return {"accepted": "检查通过", "partly_accepted": "部分通过", "rejected": "未通过"}[delivery.outcome]
    return {"accepted": "已入库", "partly_accepted": "部分入库", "rejected": "已退回"}[delivery.outcome]


def outcome_sentence(delivery: Delivery) -> str:
    """What happened and what to do now."""
    held = _BEFORE_IT_IS_HELD.get(delivery.file_codes[0]) if delivery.file_codes else None
    if delivery.dry_run and held:
        return f"{held}这次只是检查，文件没有留存；正式报送会被隔离。"
    if delivery.file_codes:
        return delivery.detail or f"{explain(delivery.file_codes[0])}。"
    rows = formats.number
    would = "可入库" if delivery.dry_run else "已入库"
    words = [f"共 {rows(delivery.total)} 行，{rows(delivery.accepted)} 行{would}"]
    if delivery.updated:
        words.append(f"其中 {rows(delivery.updated)} 行更新已有记录，记入变更申请，原记录保留")
    if delivery.duplicate:
        words.append(f"{rows(delivery.duplicate)} 行与已有记录完全相同，不重复入库")
    if delivery.rejected:
        words.append(
            f"{rows(delivery.rejected)} 行需要修改。请下载标注好的原文件，改好后重新上传整个文件，不会重复入库"
        )
    return "，".join(words) + "。"


def problem_rows(category: Category, problems: Iterable[Any]) -> list[dict[str, Any]]:
    """Problems as a table; every sentence says where, what is wrong, what to write instead."""
    return [
        {
            "工作表": p.sheet or "—",
            "行": p.row,
            "栏目": field_name(category, p.field),
            "问题": explain(p.code),
            "怎样修改": p.message,
        }
        for p in problems
    ]


def problem_lines(category: Category, problems: Sequence[Any]) -> list[dict[str, str]]:
    """The same to be read on a page: the place stands once, the sheet only where there are several."""
    sheets = len({p.sheet for p in problems}) > 1
    return [
        {
            **({"工作表": p.sheet or "—"} if sheets else {}),
            "行": f"第 {p.row} 行",
            "栏目": field_name(category, p.field),
            "怎样修改": _without_place(category, p),
        }
        for p in problems
    ]


def _without_place(category: Category, problem: Any) -> str:
    rest = problem.message.removeprefix(where(problem.sheet, problem.row))
    return rest.removeprefix(f"「{field_name(category, problem.field)}」").removeprefix("：")


def problem_title(count: int, most: int) -> str:
    """Over the first `most` of the problems: how many there are in all, and where the rest stands."""
    if count <= most:
        return f"需要修改的地方（{formats.number(count)} 处）"
    return f"需要修改的地方（前 {most} 处，共 {formats.number(count)} 处，全部见标注好的原文件）"


def warning_rows(category: Category, warnings: Iterable[Finding]) -> list[dict[str, Any]]:
    """What was put right, by column and kind, the most frequent first."""
    counted: Counter[tuple[str, str, str | None]] = Counter((w.field, w.code, w.check) for w in warnings)
    first: dict[tuple[str, str, str | None], int] = {}
    for w in warnings:
        first.setdefault((w.field, w.code, w.check), w.row)
    return [
        {
            "栏目": field_name(category, field),
            "处理": check_rule(category, check) if check else explain(code),
            "行数": count,
            "首次出现的行": first[field, code, check],
        }
        for (field, code, check), count in counted.most_common()
    ]


def field_name(category: Category, field: str) -> str:
    found = category.field_by_name.get(field)
    return found.name_zh if found else "整行"


def check_rule(category: Category, check: str) -> str:
    """The prose of a cross-check, with the names people know."""
    found = next((c for c in category.cross_checks if c.id == check), None)
    return f"请核对：{check_text(category, found)}" if found else explain("W_CROSS")


def file_warning_words(warnings: Sequence[str]) -> list[str]:
    """W_HIDDEN_SHEET:名称 → a sentence; none for the sheets of help that the product itself put into the file."""
    words = []
    for warning in warnings:
        code, _, sheet = warning.partition(":")
        if sheet not in _OWN_SHEETS:
            words.append(f"工作表「{sheet}」：{explain(code)}")
    return words


_OWN_SHEETS = (CHOICES, GUIDE, NAME)
BATCH_COUNTS = ("总行数", "入库", "退回", "重复")


def sent_until(day: dt.date, sent: int, faulty: int) -> str:
    """The first sentence over the deliveries of a past day."""
    if not sent:
        return f"截至 {day}，还没有报送过文件。"
    words = f"截至 {day}，共报送 {formats.number(sent)} 个文件"
    return f"{words}，其中 {formats.number(faulty)} 个有问题。" if faulty else f"{words}，都没有问题。"


def batch_rows(batches: Iterable[Any]) -> list[dict[str, Any]]:
    """A list of deliveries as a table."""
    known = catalog.default()
    return [
        {
            "回执号": b.receipt,
            "收到": b.received_on,
            "类别": known.category_by_code[b.category].name_zh,
            "单位": known.units[b.unit].label if b.unit in known.units else "运维团队",
            "状态": STATE_NAMES[b.state],
            "等待": WAITING_NAMES.get(b.waiting_for, "—"),
            "总行数": b.rows_total,
            "入库": b.rows_accepted,
            "退回": b.rows_rejected,
            "重复": b.rows_duplicate,
            "文件": b.file_name,  # last: the longest, and what became of it is asked first
        }
        for b in batches
    ]
