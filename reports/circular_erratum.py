"""The erratum note (更正说明) of a circular as an official paper: which figure it stated wrongly, and what is right."""

from __future__ import annotations

from sqlalchemy import Connection

from data_access.commands.circulars import CircularRefused
from data_access.principal import Principal
from data_access.queries.status import base_kind
from reports.circular_paper import HEAD, OFFICE
from reports.circular_words import Shown, erratum_rows, read_circular
from reports.papers import Column, Heading, Imprint, Paper, Remark, Table, Text, to_docx, to_pdf
from reports.words import unit_name
from ui import formats


def erratum_paper(of: Shown, *, is_demo: bool) -> Paper:
    """To everybody the circular was for; one note a circular, which names every correction so far."""
    row, day = of.row, formats.date_zh(max(e.listed_at for e in of.errata))
    revisions = dict.fromkeys((e.year, e.revision) for e in of.errata)
    basis = "、".join(f"{year}年度考核第{revision}次结果" for year, revision in revisions)
    lines = [f"更正依据：{basis}。", "扫码登录后查看原通报和办理情况。"]
    if is_demo:
        lines.insert(1, "演示数据：全部数字为模拟生成，不是真实统计。")
    return Paper(
        head=HEAD,
        number=f"{row.number}更正",
        title=f"关于更正{row.number}有关数据的说明",
        to="、".join(unit_name(unit) for unit, _ in of.addressees),
        blocks=(
            Text(
                f"{formats.date_zh(row.issued_at)}印发的《{row.title}》（{row.number}）所列数据中，"
                f"有{len({e.item for e in of.errata})}项经年度考核复核更正，现将更正情况说明如下。"
            ),
            Heading("一、更正内容"),
            _table(of),
            Remark("注：原为，指通报印发时所列数据；更正为，指按复核确认的事实在同一截至日重新计算的数据。"),
            Heading("二、有关事项"),
            Text("上述数据以本说明为准，原通报其他内容不变。已按原通报作出的回复不需要重报。"),
        ),
        signature=OFFICE,
        date=day,
        imprint=Imprint(
            lines=tuple(lines), address=of.address, printed_by=OFFICE, printed_on=f"{day}印发",
        ),
        mark="演示数据" if is_demo else "",
        subject=f"{row.number}更正说明",
    )  # fmt: skip


def _table(of: Shown) -> Table:
    columns = (
        Column("处室", 1.3, "left"), Column("事项", 3, "left"), Column("原为", 1, "right"),
        Column("更正为", 1, "right"), Column("依据", 2.6, "left"),
    )  # fmt: skip
    return Table(columns, tuple(tuple(str(value) for value in line.values()) for line in erratum_rows(of)))


def erratum_file(who: Principal, connection: Connection, code: str, ending: str) -> tuple[str, bytes]:
    """(file name, content): docx or pdf.

    Raises:
        CircularRefused: none with this code for the asker, or nothing of it was corrected.
    """
    of = read_circular(who, connection, code)
    if not of.errata:
        raise CircularRefused(f"{of.row.number}没有更正，没有更正说明。")
    paper = erratum_paper(of, is_demo=base_kind(who, connection) == "demo")
    make = to_pdf if ending == "pdf" else to_docx
    return f"{of.row.number}更正说明.{ending}", make(paper, max(e.listed_at for e in of.errata))
