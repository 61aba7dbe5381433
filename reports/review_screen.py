"""A monthly review on the screen: what a leader reads in thirty seconds, what the team edits and signs."""

from __future__ import annotations

import datetime as dt
import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from data_access.engine import BEIJING
from data_access.queries.reviews import (
    STATE_NAMES,
    ReviewEdit,
    ReviewEvent,
    ReviewLine,
    ReviewReader,
)
from metrics.light import LIGHT_NAMES
from metrics.review_sentences import change_of
from reports.review_words import (
    CITY,
    Shown,
    correction_rows,
    figure,
    late_rows,
    light_words,
    lines,
    month_zh,
    signed_figure,
)
from reports.words import LIGHT_STATES
from ui import formats

STATES = {
    "generated": "attention",
    "checked": "attention",
    "signed": "calm",
    "sent": "good",
    "archived": "muted",
    "replaced": "muted",
}
NEXT = {
    "generated": "待运维团队核对。",
    "checked": "待局办公室签发。",
    "signed": "待报送局领导。",
    "sent": "局领导已可查看。",
    "archived": "已办结。",
    "replaced": "数据变化后已重新生成，本稿不再使用。",
}


def headline(of: Shown) -> str:
    """The city's first sentence; an erratum says that it is one."""
    words = of.sentences(CITY)
    said = words[0] if words else f"{month_zh(of.row.month)}调度报表。"
    return f"更正：{said}" if of.row.corrects else said


def as_of_moment(of: Shown) -> dt.datetime:
    """The end of the day of the position."""
    return dt.datetime.combine(of.row.as_of + dt.timedelta(days=1), dt.time(), BEIJING)


def as_of_parts(of: Shown) -> list[str]:
    """Where each figure comes from: snapshot, generation, hash."""
    row = of.row
    return [
        f"{row.number}（{row.state_name}）",
        f"{formats.datetime_zh(row.generated_at)} 生成",
        f"SHA-256 {row.sha256[:16]}…",
    ]


def cards(of: Shown) -> list[dict[str, Any]]:
    """Arguments of `ui.pieces.figures.Metric` for the city."""
    figures, before = of.review["city"]["figures"], of.review["city"]["before"]

    def delta(key: str, unit: str) -> str | None:
        change = change_of(figures, before, key)
        return None if change is None else f"{signed_figure(change)}{unit}"

    def counted(key: str) -> str | None:
        moved = figures[key] - before[key]
        return formats.number(moved, signed=True)

    return [
        {"name": "完成应达", "value": _per_cent(figures["ratio"]), "delta": delta("ratio", " 个百分点"), "than": "较上月",
         "help": "已汇聚 ÷ 应达数；应达数为年度计划按往年同日进度应完成的记录数"},
        {"name": "年度完成率", "value": _per_cent(figures["completion"]), "delta": delta("completion", " 个百分点"),
         "than": "较上月", "help": "已汇聚 ÷ 年度计划，每个类别以计划数为限"},
        {"name": "逾期应报项", "value": formats.number(figures["late_items"]), "delta": counted("late_items"),
         "than": "较上月", "up_is_good": False, "help": "截止日期已过而没有报送的应报项"},
        {"name": "数据质量", "value": f"{figure(figures['quality'])} 分", "delta": delta("quality", ""), "than": "较上月",
         "help": "六项质量特性加权平均"},
        {"name": "待处室确认", "value": f"{formats.number(figures['waiting_department'])} 批",
         "delta": counted("waiting_department"), "than": "较上月", "up_is_good": False,
         "help": "已入库、待处室第一责任人确认后上架的批次"},
    ]  # fmt: skip


def _per_cent(value: str | None) -> str:
    return formats.missing(value, lambda v: f"{figure(v)}%")


def bars(of: Shown) -> list[dict[str, Any]]:
    """Each department's ratio, the furthest behind first: name, ratio, state, completion, code."""
    rows = [
        {
            "name": d["name"],
            "ratio": _ratio(d["figures"]["ratio"]),
            "state": LIGHT_STATES[d["figures"]["light"]],
            "reach": _ratio(d["figures"]["completion"]),
            "code": d["code"],
        }
        for d in of.departments
    ]
    return sorted(rows, key=lambda row: (row["ratio"] is None, row["ratio"] or 0))


def _ratio(value: str | None) -> float | None:
    return None if value is None else float(value) / 100


def matters(of: Shown) -> list[tuple[str, str, str]]:
    """(state, title, words) of who needs a leader's word, red before amber, then the city's further sentences."""
    found = [
        (LIGHT_STATES[light], f"{d['name']}（{LIGHT_NAMES[light]}）", "".join(of.sentences(d["code"])))
        for light in ("red", "amber")
        for d in of.departments
        if d["figures"]["light"] == light
    ]
    rest = "".join(of.sentences(CITY)[1:])
    return [*found, ("calm", "", rest)] if rest else found


def figure_rows(of: Shown) -> list[dict[str, Any]]:
    """The table of the paper."""
    return [
        {
            "处室": name,
            "应达数": formats.number(f["plan_to_date"]),
            "已汇聚": formats.number(f["delivered"]),
            "完成比": _per_cent(f["ratio"]),
            "较上月": signed_figure(change_of(f, before, "ratio")),
            "本期新增": formats.number(f["received"]),
            "逾期项": formats.number(f["late_items"]),
            "质量": figure(f["quality"]),
            "待确认批次": formats.number(f["waiting_department"]),
            "待运维上架": formats.number(f["waiting_operations"]),
            "退回未改行": formats.number(f["unmended"]),
            "状态": light_words(f["light"]),
        }
        for name, f, before in lines(of)
    ]


def good_rows(of: Shown) -> list[dict[str, Any]]:
    """What the review says of the departments whose light is green."""
    return [
        {"处室": d["name"], "情况": "".join(of.sentences(d["code"]))}
        for d in of.departments
        if d["figures"]["light"] == "green"
    ]


def late_table(of: Shown) -> list[dict[str, Any]]:
    names = ("处室", "数据类别", "最早所属期", "截止日期", "项数", "逾期天数")
    return [
        dict(zip(names, (*row[:3], formats.date_zh(row[3]), *row[4:]), strict=True)) for row in late_rows(of)
    ]


# ---- sentences ----


def owners(of: Shown) -> dict[str, str]:
    """Name → code of whoever has sentences: 全市 first, then the departments."""
    return {"全市": CITY, **{d["name"]: d["code"] for d in of.departments}}


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as it stands; `edits` changes so far, `rule` says when it is drafted. An emptied one stays."""

    place: str
    text: str
    rule: str
    edits: int


def sentence_lines(of: Shown, owner: str, edits: Sequence[ReviewEdit]) -> list[Line]:
    counted = Counter(e.place for e in edits)
    return [
        Line(s["place"], of.texts.get(s["place"], ""), s["rule"], counted[s["place"]])
        for s in of.review["sentences"]
        if s["place"].startswith(f"{owner}/")
    ]


def changed_sentences(lines: Sequence[Line], typed: Sequence[str]) -> list[tuple[str, str, str]]:
    """(place, was, now) of what was typed and differs."""
    pairs = zip(lines, typed, strict=True)
    changes = [(line.place, line.text, " ".join(text.split())) for line, text in pairs]
    return [(place, was, now) for place, was, now in changes if was != now]


def edit_rows(of: Shown, edits: Sequence[ReviewEdit]) -> list[dict[str, Any]]:
    """Each change with its author and its difference."""
    names = {code: name for name, code in owners(of).items()}
    return [
        {
            "时间": formats.datetime_zh(e.at),
            "修改人": e.author,
            "处室": names[e.place.partition("/")[0]],
            "修改": difference(e.was, e.now),
        }
        for e in edits
    ]


def difference(was: str, now: str) -> str:
    """What was taken out and put in: 「应达〔删：12〕〔增：13〕条」."""
    parts = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(was[a:b])
            continue
        parts += [f"〔删：{was[a:b]}〕"] if b > a else []
        parts += [f"〔增：{now[c:d]}〕"] if d > c else []
    return "".join(parts)


# ---- life ----


def event_facts(events: Sequence[ReviewEvent]) -> list[tuple[str, str]]:
    """Step and who, when, with what note."""
    return [
        (
            STATE_NAMES[e.to_state],
            f"{e.actor}，{e.at.astimezone(BEIJING):%Y-%m-%d %H:%M}" + (f"，{e.note}" if e.note else ""),
        )
        for e in events
    ]


def reader_rows(readers: Sequence[ReviewReader]) -> list[dict[str, str]]:
    return [
        {"局领导": r.person, "阅读": formats.datetime_zh(r.read_at) if r.read_at else "尚未打开"}
        for r in readers
    ]


def reader_sentence(readers: Sequence[ReviewReader]) -> str:
    read = sum(r.read_at is not None for r in readers)
    return f"报送 {len(readers)} 位局领导，{read} 位已阅。"


def list_rows(found: Sequence[ReviewLine]) -> list[dict[str, Any]]:
    return [
        {
            "编号": line.number,
            "月份": month_zh(line.month),
            "状态": line.state_name,
            "说明": f"更正 {line.corrects}" if line.corrects else "",
            "签发": formats.datetime_zh(line.signed_at),
            "报送": formats.datetime_zh(line.sent_at),
            "已阅": f"{line.read} / {line.readers}" if line.readers else formats.MISSING,
        }
        for line in found
    ]


def correction_table(
    of: Shown, changes: Sequence[tuple[str, str | None, str | None]]
) -> list[dict[str, str]]:
    names = ("数字", "原为", "更正为")
    return [dict(zip(names, row, strict=True)) for row in correction_rows(of, changes)]
