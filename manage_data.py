"""The commands that bring data in and out: `intake`, `records`, `figures`, `publish`, `withdraw`."""

from __future__ import annotations

import argparse
from pathlib import Path

from manage_common import (
    Add,
    Answer,
    Refused,
    category_code,
    count,
    likely_day,
    opened,
    optional_day,
    reason,
    say,
    today,
    year,
)


def intake(arguments: argparse.Namespace) -> Answer:
    from data_access.commands.delivery import DeliveryRefused, deliver
    from data_access.file_names import readable
    from data_access.principal import OPERATOR, Forbidden

    received_on = likely_day(arguments.received_on, "--received-on")
    path = Path(arguments.file)
    name = readable(path.name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused(f"读不到文件 {name}：{reason(error)}。请核对路径。") from None
    made = opened(arguments, create=True)
    try:
        delivery = deliver(
            made,
            OPERATOR,
            content=content,
            file_name=name,
            category=arguments.category,
            unit=arguments.unit,
            period=arguments.period,
            received_on=received_on,
            dry_run=arguments.dry_run,
            progress=say(arguments),
        )
    except (DeliveryRefused, Forbidden) as error:
        raise Refused(str(error)) from None
    arguments.exit_code = 1 if delivery.outcome in ("rejected", "quarantined") else 0
    return delivery.as_json()


def records(arguments: argparse.Namespace) -> Answer:
    import catalog
    from data_access.clock import now
    from data_access.commands.exporting import record_export
    from data_access.engine import reading
    from data_access.principal import OFFICE, OPERATOR
    from data_access.queries import records as queries

    category = catalog.default().category_by_code[category_code(arguments.category)]
    where = {}
    for text in arguments.where:
        name, sign, value = text.partition("=")
        if not sign:
            raise Refused(f"筛选条件「{text}」应写成 字段=值，例如 adcode=500101。")
        name = name.strip()
        if where.setdefault(name, value) != value:
            raise Refused(f"字段 {name} 的筛选条件写了两个值：{where[name]}、{value}。请只写一个。")
    made = opened(arguments)
    if any(field.is_personal for field in category.fields):  # printed without a mask, so it is written down
        asked = {"where": where, "receipt": arguments.receipt, "limit": arguments.limit}
        record_export(made, OPERATOR, f"{category.name_zh}_记录", at=now(), detail=asked)
    with reading(made) as connection:
        try:
            page = queries.records(
                OFFICE, connection, category, where=where, receipt=arguments.receipt, limit=arguments.limit,
                as_of=optional_day(arguments.as_of), count=False, masked=False,
            )  # fmt: skip
        except queries.BadFilter as error:
            raise Refused(str(error)) from None
    return page.records


def figures(arguments: argparse.Namespace) -> Answer:
    from data_access.engine import reading
    from data_access.principal import OFFICE
    from data_access.queries.records import plain
    from metrics import INDICATORS, UnknownDimension, UnknownIndicator, evaluate

    by = tuple(part.strip() for part in (arguments.by or "").split(",") if part.strip())
    as_of = optional_day(arguments.as_of)
    with reading(opened(arguments)) as connection:
        try:
            frame = evaluate(
                OFFICE,
                connection,
                arguments.indicator,
                by=by,
                year=arguments.year or today().year,
                as_of=as_of,
            )
        except UnknownIndicator:
            defined = "、".join(INDICATORS)
            raise Refused(f"没有指标「{arguments.indicator}」。可用：{defined}。") from None
        except UnknownDimension:
            raise Refused(
                f"「{arguments.indicator}」不能按「{arguments.by}」分列。"
                f"可用：{','.join(INDICATORS[arguments.indicator].dimensions)}。"
            ) from None
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(k): plain(v) for k, v in row.items()} for row in rows]


def publish(arguments: argparse.Namespace) -> Answer:
    from data_access.commands import publishing
    from data_access.principal import OPERATOR

    on = likely_day(arguments.on, "--on")
    made = opened(arguments)
    receipts = arguments.receipts
    if arguments.all or arguments.category:
        category = category_code(arguments.category) if arguments.category else None
        receipts = publishing.waiting_receipts(made, OPERATOR, category)
    elif not receipts:
        raise Refused("请写明要上架的回执号，或用 --all 上架全部已入库批次。")
    done = publishing.publish(made, OPERATOR, receipts, on=on, confirmed_by=arguments.confirmed_by)
    return {"published": done, "message": f"已上架 {done} 个批次。"}


def withdraw(arguments: argparse.Namespace) -> Answer:
    from data_access.commands import publishing
    from data_access.principal import OPERATOR

    on = likely_day(arguments.on, "--on")
    made = opened(arguments)
    if arguments.revert:
        taken = publishing.revert(made, OPERATOR, arguments.receipt, reason=arguments.reason, on=on)
        return {"reverted": taken, "message": f"批次已撤回，{taken} 条记录恢复到此前的版本。"}
    publishing.withdraw(made, OPERATOR, arguments.receipt, reason=arguments.reason, on=on)
    return {"withdrawn": 1, "message": "批次已下架，记录仍保留在基础数据库。"}


# ---------------------------------------------------------------- usage


def add_reading(add: Add) -> None:
    """A file in, records and figures out."""
    made = add("intake", intake, "报送一个文件")
    made.add_argument("file")
    made.add_argument("--category", required=True, help="类别代码或名称")
    made.add_argument("--unit", required=True, help="单位代码或名称")
    made.add_argument("--period", metavar="YYYY-MM", help="所属期")
    made.add_argument("--received-on", metavar="YYYY-MM-DD", help="收到日期，默认今天")
    made.add_argument("--dry-run", action="store_true", help="只检查，不入库")
    made = add("records", records, "查询基础数据库记录")
    made.add_argument("category")
    made.add_argument("--receipt")
    made.add_argument("--where", action="append", default=[], metavar="字段=值")
    made.add_argument("--limit", type=count)
    made.add_argument("--as-of", metavar="YYYY-MM-DD")
    made = add("figures", figures, "计算一个指标")
    made.add_argument("indicator")
    made.add_argument("--by", help="维度，逗号分隔：department,category,month,unit")
    made.add_argument("--year", type=year)
    made.add_argument("--as-of", metavar="YYYY-MM-DD")


def add_publishing(add: Add) -> None:
    """Steps of a batch after its integration (Article 13)."""
    made = add("publish", publish, "上架")
    made.add_argument("receipts", nargs="*")
    made.add_argument("--all", action="store_true", help="全部已入库批次")
    made.add_argument("--category")
    made.add_argument("--confirmed-by", metavar="姓名", help="含个人信息的类别：第一责任人")
    made.add_argument("--on", metavar="YYYY-MM-DD", help="日期，默认今天")
    made = add("withdraw", withdraw, "下架，或撤回一个批次")
    made.add_argument("receipt")
    made.add_argument("--reason", required=True)
    made.add_argument("--revert", action="store_true", help="撤回：基础数据库恢复到这一批之前")
    made.add_argument("--on", metavar="YYYY-MM-DD", help="日期，默认今天")
