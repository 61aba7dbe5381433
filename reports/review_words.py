"""A monthly review as people read it: the same rows and sentences for page, docx, PDF and workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from data_access.queries.reviews import Review, ReviewEdit
from data_access.settings import settings
from metrics.attention import period_words
from metrics.light import LIGHT_NAMES, Light
from metrics.review_sentences import current
from metrics.score.canonical import parse
from reports.words import LIGHT_STATES
from ui import formats, theme

Json = dict[str, Any]
CITY = "city"
FIGURE_NAMES = {
    "light": "状态",
    "plan_to_date": "应达数",
    "delivered": "已汇聚",
    "ratio": "完成比",
    "year_plan": "年度计划",
    "completion": "年度完成率",
    "received": "本期新增",
    "late_items": "逾期项",
    "longest_late": "最长逾期天数",
    "unplanned": "没有计划的类别",
    "quality": "质量",
    "waiting_department": "待处室确认批次",
    "waiting_operations": "待运维上架批次",
    "waiting_days": "待处室确认最早天数",
    "unmended": "退回未改行",
}
DEFINITIONS = (
    "应达数：年度计划按往年同日进度到截至日应完成的记录数，取整；完成比按未取整的数计算。"
    "已汇聚：计入计划的不同记录数，每个类别以计划数为限。"
    "状态：完成比不低于95%且没有逾期项为正常，完成比低于70%或有应报项逾期超过30天为滞后，其余为关注。"
    "待确认：已入库、待处室第一责任人确认后上架的批次；待运维团队上架的不计处室责任。"
    "退回未改：上期以来退回、截至日仍未改报的行。"
)


@dataclass(frozen=True)
class Shown:
    """A review with its document and the sentences as they stand (as signed, once it is signed)."""

    row: Review
    review: Json
    texts: dict[str, str]
    edited: frozenset[str]

    @property
    def departments(self) -> list[Json]:
        return self.review["departments"]

    @property
    def title(self) -> str:
        month = month_zh(self.row.month)
        return f"关于{month}调度报表的更正" if self.row.corrects else f"{month}数据归口情况调度报表"

    @property
    def serial(self) -> str:
        """调度〔2026〕10号: one a month; an erratum says which generation it is."""
        year, month = self.row.month.split("-")
        more = f"更正（第{self.row.generation}稿）" if self.row.corrects else ""
        return f"调度〔{year}〕{int(month)}号{more}"

    @property
    def address(self) -> str:
        """What the QR code opens, behind login."""
        return f"{settings().web.address}/review?{urlencode({'id': self.row.number})}"

    def sentences(self, owner: str) -> list[str]:
        """Of the city (`CITY`) or a department, in the order of the rules; emptied ones are left out."""
        places = [s["place"] for s in self.review["sentences"] if s["place"].startswith(f"{owner}/")]
        return [self.texts[place] for place in places if place in self.texts]


def shown(row: Review, edits: Sequence[ReviewEdit]) -> Shown:
    """A review read back, ready for every form it is shown in."""
    review = parse(row.snapshot)
    if row.signed_text is not None:
        texts = {s["place"]: s["text"] for s in parse(row.signed_text)["sentences"]}
    else:
        texts = current(review, [(e.place, e.now) for e in edits])
    return Shown(row, review, texts, frozenset(e.place for e in edits))


def month_zh(month: str) -> str:
    """2026-10 → 2026年10月."""
    return f"{month[:4]}年{int(month[5:])}月"


def day_zh(text: str) -> str:
    return formats.date_zh(dt.date.fromisoformat(text))


def lines(of: Shown) -> list[tuple[str, Json, Json | None]]:
    """(name, figures, the month before) of the city and each department."""
    city = of.review["city"]
    return [
        ("全市", city["figures"], city["before"]),
        *((d["name"], d["figures"], d["before"]) for d in of.departments),
    ]


def light_words(light: Light) -> str:
    """Shape and word: ▲关注."""
    return f"{theme.symbol(LIGHT_STATES[light])}{LIGHT_NAMES[light]}"


def figure(value: Any) -> str:
    """A per cent or points, with one decimal; — where there is nothing to measure."""
    return formats.number(None if value is None else Decimal(str(value)), 1)


def signed_figure(change: Decimal | None) -> str:
    """+1.2, −0.4, 0.0."""
    return formats.number(change, 1, signed=True)


def late_rows(of: Shown) -> list[tuple[str, str, str, dt.date, int, int]]:
    """(department, category, oldest period, its due date, items, days) of what is overdue, the longest first."""
    rows = [
        (d["name"], line["name"], period_words(line["period"]), dt.date.fromisoformat(line["due_on"]),
         line["items"], line["days"])
        for d in of.departments
        for line in d["late"]
    ]  # fmt: skip
    return sorted(rows, key=lambda row: -row[-1])


def place_name(of: Shown, place: str) -> str:
    """mass_sport/figures/ratio → 群体处 完成比; the month before is said."""
    parts = place.split("/")
    names = {d["code"]: d["name"] for d in of.departments}
    owner = "全市" if parts[0] == CITY else names.get(parts[1], parts[1]) if len(parts) > 1 else place
    rest = parts[1:] if parts[0] == CITY else parts[2:]
    if len(rest) == 2 and rest[1] in FIGURE_NAMES:
        return f"{owner} {FIGURE_NAMES[rest[1]]}{'（上月）' if rest[0] == 'before' else ''}"
    if rest and rest[0] == "late":
        return f"{owner} 逾期应报项"
    return f"{owner} {'缺口' if rest and rest[0] == 'gaps' else '问题'}"


def correction_rows(
    of: Shown, changes: Sequence[tuple[str, str | None, str | None]]
) -> list[tuple[str, str, str]]:
    """(which figure, as signed, as corrected); only figures that stand in the paper's lines."""
    rows = []
    for place, was, now in changes:
        if place.rpartition("/")[2] in FIGURE_NAMES and "/figures/" in f"/{place}/":
            rows.append((place_name(of, place), written(place, was), written(place, now)))
    return rows


def written(place: str, value: str | None) -> str:
    key = place.rpartition("/")[2]
    if value is None:
        return formats.MISSING
    if key == "light":
        return LIGHT_NAMES.get(value, value)  # type: ignore[call-overload]
    return figure(value) if key in ("ratio", "completion", "quality") else formats.number(int(value))
