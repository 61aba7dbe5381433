"""The verb `review` of manage.py: the month's review generated, listed, written as papers (Article 21)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from manage_common import Answer, Opener, Refused, reason

if TYPE_CHECKING:
    from sqlalchemy import Engine


def add_actions(made: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = made.add_subparsers(dest="action", required=True, metavar="操作")
    one = actions.add_parser("build", parents=[common], help="生成一个月的调度报表；没有变化的不重复生成")
    one.add_argument("--month", metavar="YYYY-MM", help="月份，默认最近一个到期的月份")
    actions.add_parser("list", parents=[common], help="列出各月调度报表和状态")
    one = actions.add_parser("papers", parents=[common], help="写出 docx、PDF 和 xlsx")
    one.add_argument("number", help="编号，例如 2026-10.1")
    one.add_argument("--to", metavar="DIR", default=".", help="写到哪个文件夹，默认当前文件夹")


def review(arguments: argparse.Namespace, opened: Opener) -> Answer:
    """
    Raises:
        Refused: with what to do instead.
    """
    from data_access.commands.reviews import ReviewRefused

    actions = {"build": _build, "list": _list, "papers": _papers}
    try:
        return actions[arguments.action](arguments, opened(arguments))
    except ReviewRefused as error:
        raise Refused(str(error)) from None


def _build(arguments: argparse.Namespace, made: Engine) -> Answer:
    from data_access.clock import day_of, now
    from data_access.engine import reading
    from data_access.principal import OPERATOR
    from data_access.queries.reviews import one_review
    from metrics import review_life
    from metrics.review import newest_month

    at = now()
    number, is_new = review_life.build(made, OPERATOR, arguments.month or newest_month(day_of(at)), at=at)
    with reading(made) as connection:
        found = one_review(OPERATOR, connection, number)
    assert found is not None
    said = "已生成" if is_new else f"没有变化，仍为{found.state_name}的"
    return {
        "number": number, "is_new": is_new, "month": found.month, "state": found.state, "as_of": found.as_of,
        "sha256": found.sha256,
        "message": f"{said} {number} 号调度报表，数据截至 {found.as_of}，SHA-256 {found.sha256}。",
    }  # fmt: skip


def _list(arguments: argparse.Namespace, made: Engine) -> Answer:
    from data_access.engine import reading
    from data_access.principal import OPERATOR
    from data_access.queries.reviews import reviews

    with reading(made) as connection:
        found = reviews(OPERATOR, connection, with_replaced=True)
    return [
        {
            "number": line.number, "month": line.month, "state": line.state, "as_of": line.as_of,
            "corrects": line.corrects, "readers": line.readers, "read": line.read,
        }
        for line in found
    ]  # fmt: skip


def _papers(arguments: argparse.Namespace, made: Engine) -> Answer:
    from data_access.engine import reading
    from data_access.principal import OPERATOR
    from reports.review import ENDINGS, review_file

    folder, written = Path(arguments.to), []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ending in ENDINGS:
            with reading(made) as connection:
                name, content = review_file(OPERATOR, connection, arguments.number, ending)
            (folder / name).write_bytes(content)
            written.append(name)
    except OSError as error:
        raise Refused(f"文件夹 {folder}：{reason(error)}。请换一个可以写入的文件夹。") from None
    return {"written": written, "message": f"已写出 {'、'.join(written)}。"}
