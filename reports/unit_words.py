"""本处室 / 本单位: what is due, what was refused, what would raise the result most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from data_access.due import DueItem
from data_access.queries.batches import Batch
from metrics import Known, of
from metrics.matrix import Cell
from metrics.reminders import DueReminder
from reports.words import category_name
from ui import formats

SOON_DAYS = 14


@dataclass(frozen=True)
class Own:
    """The unit's figures as ratios; None where nothing was promised or due."""

    completion: float | None
    pace: float | None
    timeliness: float | None
    quality: float | None
    publishing: float | None
    delivered: int

    @property
    def ahead(self) -> float | None:
        """Completion less what should be there today; None without a plan."""
        return None if self.completion is None or self.pace is None else self.completion - self.pace


def own_figures(known: Known) -> Own:
    def value(key: str) -> float | None:
        frame = of(known, key)
        number = frame["value"].iloc[0] if len(frame) else None
        return None if number is None or formats.is_missing(number) else float(number)

    delivered = value("delivered")
    return Own(
        value("completion"), value("pace"), value("timeliness"), value("quality"), value("publishing_rate"),
        int(delivered or 0),
    )  # fmt: skip


def sentence(name: str, own: Own, cells: Sequence[Cell], is_department: bool, year: int) -> str:
    """The first line: where we stand and what is overdue."""
    if not is_department:
        words = f"{name} {year} 年已报送 {formats.number(own.delivered)} 条记录"
        return words + (f"，数据质量 {formats.percent(own.quality)}。" if own.quality is not None else "。")
    if own.completion is None:
        return f"{name} {year} 年还没有已批准的计划；批准后，这里显示进度和应报事项。"
    words = f"{name} {year} 年计划完成 {formats.percent(own.completion)}，应达 {formats.percent(own.pace)}"
    overdue = [c for c in cells if c.overdue]
    if not overdue:
        return words + "，没有逾期未报。"
    names = formats.listed([f"《{category_name(c.category)}》" for c in overdue])
    return words + f"；{names}逾期未报。"


def due_rows(items: Iterable[tuple[Any, DueItem]], day: dt.date) -> list[dict[str, Any]]:
    """Overdue items, then those of the next two weeks, the most urgent first."""
    rows = []
    for _, item in items:
        waiting = item.days_waiting(day)
        left = (item.due_on - day).days
        if item.received_by(day) or item.days is not None or (waiting == 0 and left > SOON_DAYS):
            continue
        words = f"■ 逾期 {waiting} 天" if waiting else (f"▲ 还有 {left} 天" if left else "▲ 今天截止")
        rows.append(
            {"类别": category_name(item.category), "所属期": item.period, "截止": item.due_on, "状态": words}
        )
    return sorted(rows, key=lambda row: row["截止"])


def own_due_rows(found: Iterable[DueReminder], unit: str) -> list[dict[str, Any]]:
    """The same for a district or affiliated unit: its own parts, as it is reminded of them."""
    rows = []
    for r in found:
        if r.unit == unit:
            left = f"▲ 还有 {r.days} 天" if r.days else "▲ 今天截止"
            words = f"■ 逾期 {-r.days} 天" if r.days < 0 else left
            rows.append(
                {"类别": category_name(r.category), "所属期": r.period, "截止": r.due_on, "状态": words}
            )
    return sorted(rows, key=lambda row: row["截止"])


def refused_batches(found: Sequence[Batch]) -> list[Batch]:
    """Those with rows or the whole file sent back."""
    return [b for b in found if b.rows_rejected or b.state in ("rejected", "quarantined")]


def category_rows(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """One's own categories in the few columns that fit beside each other on screen and paper."""
    return [
        {
            "类别": category_name(c.category),
            "已汇聚": c.delivered,
            "计划": formats.missing(c.planned, lambda n: formats.number(round(n))),
            "完成率": formats.percent(c.completion),
            "逾期项": c.overdue,
            "下一截止": formats.missing(c.next_due, str),
        }
        for c in cells
    ]


def refused_rows(found: Sequence[Batch], most: int) -> list[dict[str, Any]]:
    """The newest `most` files that were sent back, with how many of their rows."""
    return [
        {
            "收到": str(b.received_on),
            "类别": category_name(b.category),
            "文件": b.file_name,
            "退回": f"{formats.number(b.rows_rejected)} / {formats.number(b.rows_total)} 行",
        }
        for b in found[:most]
    ]


def shortened(name: str, which: str, count: int, most: int) -> str:
    """What a table holds: all, or the most urgent (newest) of how many."""
    return name if count <= most else f"{name}，{which} {most} 项，共 {count} 项"
