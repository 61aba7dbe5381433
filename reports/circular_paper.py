"""A circular (通报, Article 22) as an official paper: docx and PDF from one content."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from data_access.principal import Principal
from data_access.queries.status import base_kind
from metrics.circular_figures import MEASURES
from reports.circular_words import (
    DEMANDS,
    PERIOD_FIGURES,
    Shown,
    period_words,
    read_circular,
    subject,
    target_words,
    value_words,
)
from reports.papers import Block, Column, Heading, Imprint, Paper, Remark, Table, Text, to_docx, to_pdf
from reports.words import department_name, unit_name
from ui import formats

HEAD = "重庆体育大数据中心通报"
OFFICE = "重庆市体育局办公室"
MIMES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
MARKS = {"draft": "送审稿", "approved": "待印发", "withdrawn": "已撤回"}


def circular_paper(of: Shown, *, is_demo: bool) -> Paper:
    """What was issued, without what became of it: receipts and replies are no part of the paper."""
    row = of.row
    day = formats.date_zh(row.issued_at) if row.issued_at else ""
    is_praise = row.kind == "praise"
    to = [unit_name(u) for u, must_reply in of.addressees if must_reply or is_praise]
    copies = [unit_name(u) for u, must_reply in of.addressees if not must_reply and not is_praise]
    marks = ["演示数据"] if is_demo else []
    marks += [MARKS[row.state]] if row.state in MARKS else []
    return Paper(
        head=HEAD,
        number=row.number if row.serial else "",
        title=row.title,
        to="、".join(to),
        blocks=tuple(_blocks(of)),
        signature=OFFICE,
        date=day,
        imprint=Imprint(
            lines=tuple(_imprint(of, is_demo)),
            address=of.address,
            copies_to="、".join(copies),
            printed_by=OFFICE if day else "",
            printed_on=f"{day}印发" if day else "",
        ),
        mark="　".join(marks),
        subject=f"{row.kind_name}通报 {row.number}",
    )


def _blocks(of: Shown) -> list[Block]:
    row = of.row
    opening = (
        "根据《重庆体育大数据中心管理暂行办法》第二十二条，现将"
        f"{period_words(row.first, row.last)}数据汇聚有关情况予以{row.kind_name}通报。数据截至{formats.date_zh(row.as_of)}。"
    )
    found: list[Block] = [Text(opening), *map(Text, filter(None, row.body.splitlines()))]
    found += [
        Heading("一、有关情况"),
        Text(_scope(of)),
        _table(of),
        Remark(f"注：{_definitions(of)}"),
    ]
    found += [Heading("二、有关要求"), Text(_demand(of))]
    return found


def _scope(of: Shown) -> str:
    departments = len({i.department for i in of.items})
    return f"涉及{departments}个处室，共{len(of.items)}项，具体如下。"


def _table(of: Shown) -> Table:
    columns = (
        Column("处室", 1.4, "left"),
        Column("事项", 3.4, "left"),
        Column("通报时", 1.2, "right"),
        Column("要求", 1.6),
    )
    rows = tuple(
        (
            department_name(i.department),
            subject(i),
            value_words(i.indicator, i.value),
            target_words(i.indicator, i.target),
        )
        for i in of.items
    )
    return Table(columns, rows)


def _definitions(of: Shown) -> str:
    used = dict.fromkeys(i.indicator for i in of.items)
    period = any(key in PERIOD_FIGURES for key in used)
    words = "；".join(f"{MEASURES[key].name}：{MEASURES[key].meaning}" for key in used)
    return words + ("。" if period and len(used) == 1 else "。比率为年初至截至日。")


def _demand(of: Shown) -> str:
    row, words = of.row, DEMANDS[of.row.kind]
    if row.kind == "praise":
        return words
    due = formats.date_zh(row.reply_due) if row.reply_due else "印发后10个工作日内"
    return (
        f"{words}请于{due}{'前' if row.reply_due else ''}在重庆体育大数据中心“通报”页面回复。"
        "所列数据达到要求后，系统自动将该项办结。"
    )


def _imprint(of: Shown, is_demo: bool) -> list[str]:
    row = of.row
    found = [f"数据截至{formats.date_zh(row.as_of)}24时，{formats.datetime_zh(row.drafted_at)}生成。"]
    if row.state == "withdrawn":
        found.append(f"本通报已撤回：{row.withdrawn_reason}")
    if is_demo:
        found.append("演示数据：全部数字为模拟生成，不是真实统计。")
    return [*found, "扫码登录后查看办理情况。"]


def circular_file(who: Principal, connection: Connection, code: str, ending: str) -> tuple[str, bytes]:
    """(file name, content): docx or pdf.

    Raises:
        CircularRefused: none with this code for the asker.
    """
    of = read_circular(who, connection, code)
    paper = circular_paper(of, is_demo=base_kind(who, connection) == "demo")
    made_at: dt.datetime = of.row.issued_at or of.row.drafted_at
    make = to_pdf if ending == "pdf" else to_docx
    return f"{of.row.title}_{of.row.number}.{ending}", make(paper, made_at)
