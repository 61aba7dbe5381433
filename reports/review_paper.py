"""The monthly review as an official paper (docx and PDF): summary, table, department by department."""

from __future__ import annotations

from collections.abc import Sequence

from data_access.engine import BEIJING
from metrics.light import LIGHT_NAMES
from metrics.review_sentences import change_of
from reports.papers import Block, Column, Heading, Imprint, Paper, Remark, Table, Text
from reports.review_words import (
    CITY,
    DEFINITIONS,
    Shown,
    correction_rows,
    day_zh,
    figure,
    late_rows,
    light_words,
    lines,
    month_zh,
    signed_figure,
)
from ui import formats

HEAD = "重庆体育大数据中心调度报表"
OFFICE = "重庆市体育局办公室"
NUMERALS = "一二三四五六七八九十"
Changes = Sequence[tuple[str, str | None, str | None]]
"""(place, as signed, as corrected): what an erratum changes."""


def review_paper(of: Shown, changes: Changes = ()) -> Paper:
    """The paper of one review; an erratum begins with what it corrects."""
    row = of.row
    day = formats.date_zh(row.signed_at) if row.signed_at else ""
    marks = ["演示数据"] if of.review["is_demo"] else []
    marks += [] if row.signed_at else ["送审稿"]
    return Paper(
        head=HEAD,
        number=of.serial,
        title=of.title,
        to="局领导",
        blocks=tuple(_blocks(of, changes)),
        signature=OFFICE,
        date=day,
        imprint=Imprint(
            lines=tuple(_imprint(of)),
            address=of.address,
            printed_by=OFFICE if day else "",
            printed_on=f"{day}印发" if day else "",
        ),
        mark="　".join(marks),
        subject=f"{month_zh(row.month)}调度报表，快照 {row.number}，SHA-256 {row.sha256}",
    )


def _blocks(of: Shown, changes: Changes) -> list[Block]:
    sections: list[tuple[str, list[Block]]] = []
    if of.row.corrects:
        sections.append(("更正内容", _corrections(of, changes)))
    sections.append(("总体情况", _summary(of)))
    sections.append(("分处室情况", _departments(of)))
    if late_rows(of):
        sections.append(("逾期应报项", [_late_table(of)]))
    found: list[Block] = []
    for number, (name, blocks) in zip(NUMERALS, sections, strict=False):
        found += [Heading(f"{number}、{name}"), *blocks]
    return found


def _corrections(of: Shown, changes: Changes) -> list[Block]:
    rows = correction_rows(of, changes)
    words = (
        f"{day_zh(of.review['as_of'])}的情况按{day_zh(of.review['known_on'])}已知的数据重算，"
        f"对快照{of.row.corrects}更正{len(rows)}处数字。原因：{of.row.reason.rstrip('。')}。"
    )
    table = Table((Column("数字", 3, "left"), Column("原为"), Column("更正为")), tuple(rows))
    return [Text(words), table] if rows else [Text(words)]


def _summary(of: Shown) -> list[Block]:
    words = of.sentences(CITY)
    first = f"截至{day_zh(of.review['as_of'])}，"
    texts = [Text(first + words[0] + "".join(words[1:2])), *map(Text, words[2:])] if words else []
    return [*texts, _table(of), Remark(f"注：{DEFINITIONS}")]


def _table(of: Shown) -> Table:
    columns = (
        Column("处室", 1.6, "left"),
        Column("应达数", 1.35, "right"),
        Column("已汇聚", 1.35, "right"),
        Column("完成比%", 1.2, "right"),
        Column("较上月", 1.15, "right"),
        Column("逾期项", 1.05, "right"),
        Column("质量分", 1.05, "right"),
        Column("待确认批次", 1.1, "right"),
        Column("退回未改行", 1.1, "right"),
        Column("状态", 1.2, "center"),
    )
    rows = tuple(
        (
            name,
            formats.number(f["plan_to_date"]),
            formats.number(f["delivered"]),
            figure(f["ratio"]),
            signed_figure(change_of(f, before, "ratio")),
            formats.number(f["late_items"]),
            figure(f["quality"]),
            formats.number(f["waiting_department"]),
            formats.number(f["unmended"]),
            light_words(f["light"]),
        )
        for name, f, before in lines(of)
    )
    return Table(columns, rows, f"各处室数据归口情况（截至{day_zh(of.review['as_of'])}）")


def _departments(of: Shown) -> list[Block]:
    return [
        Text(
            "".join(of.sentences(entry["code"])),
            lead=f"（{number}）{entry['name']}（{LIGHT_NAMES[entry['figures']['light']]}）。",
        )
        for number, entry in zip(NUMERALS, of.departments, strict=False)
    ]


def _late_table(of: Shown) -> Table:
    columns = (
        Column("处室", 1.2, "left"),
        Column("数据类别", 2.4, "left"),
        Column("最早所属期", 1.4),
        Column("截止日期", 1.6),
        Column("项数", 0.7, "right"),
        Column("逾期天数", 1, "right"),
    )
    rows = tuple(
        (name, category, period, formats.date_zh(due), formats.number(items), formats.number(days))
        for name, category, period, due, items, days in late_rows(of)
    )
    return Table(columns, rows)


def _imprint(of: Shown) -> list[str]:
    row = of.row
    made = row.generated_at.astimezone(BEIJING)
    found = [
        f"数据截至{day_zh(of.review['as_of'])}24时，{formats.date_zh(made)}{made:%H:%M}生成，"
        f"数据版本{formats.number(row.data_version)}，快照{row.number}。",
        f"快照SHA-256：{row.sha256}",
    ]
    if row.signed_sha256:
        found.append(f"签发文本SHA-256：{row.signed_sha256}")
    if of.review["is_demo"]:
        found.append("演示数据：全部数字为模拟生成，不是真实统计。")
    return [*found, "扫码登录后打开同一快照，逐数核对。"]
