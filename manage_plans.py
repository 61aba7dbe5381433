"""The verb `plan` of manage.py: annual plans imported, set, written out (Article 8)."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from manage_common import Answer, Refused, category_code, likely_day, opened, reason, today, year


def plan(arguments: argparse.Namespace) -> Answer:
    from data_access.commands import plan_files, plans
    from data_access.engine import reading
    from data_access.principal import OFFICE

    day = None if getattr(arguments, "draft", False) else likely_day(getattr(arguments, "on", None), "--on")
    made = opened(arguments, create=arguments.action != "export")
    try:
        if arguments.action == "import":
            content = Path(arguments.file).read_bytes()
            approved = None if arguments.draft else day or today()
            imported = plan_files.import_plan(
                made, OFFICE, content, year=arguments.year, approved_on=approved
            )
            return {
                "rows": imported.rows,
                "plans": [_plan_json(p) for p in imported.plans],
                "message": f"已读入 {imported.rows} 行计划。",
            }
        if arguments.action == "set":
            approved = None if arguments.draft else day or min(today(), dt.date(arguments.year, 12, 31))
            months = _months(arguments.months or "")
            category = category_code(arguments.category or arguments.category_option)
            saved = plans.set_plan(
                made, OFFICE, category, arguments.year, arguments.quantity, months=months,
                reason=arguments.reason, approved_on=approved,
            )  # fmt: skip
            return _plan_json(saved) | {"message": f"计划已保存：{saved.state_name}，{saved.quantity} 条。"}
        with reading(made) as connection:
            Path(arguments.file).write_bytes(plan_files.export_plan(OFFICE, connection, arguments.year))
        return {"message": f"{arguments.year} 年计划已写入 {arguments.file}。"}
    except OSError as error:
        raise Refused(f"文件 {arguments.file}：{reason(error)}。请核对路径。") from None
    except plans.PlanError as error:
        raise Refused(str(error)) from None


def _months(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(m) for m in text.replace("，", ",").replace("、", ",").split(",") if m.strip())
    except ValueError:
        raise Refused(f"月份「{text}」应为 1 至 12 的数字，用逗号隔开，例如 3,6,9。") from None


def _plan_json(saved: Any) -> dict[str, Any]:
    from data_access.queries.records import plain

    keys = ("category", "year", "version", "department", "quantity", "state", "approved_on")
    return {key: plain(getattr(saved, key)) for key in keys}


def add_actions(made: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = made.add_subparsers(dest="action", required=True, metavar="操作")
    one = actions.add_parser("import", parents=[common], help="由计划表（xlsx、csv）导入")
    one.add_argument("file")
    one.add_argument("--year", type=year, help="没有年度一栏时的年度")
    one.add_argument("--on", metavar="YYYY-MM-DD", help="文件没有写批准日期的行按这一天批准，默认今天")
    one.add_argument("--draft", action="store_true", help="只存草稿，不批准")
    one = actions.add_parser("set", parents=[common], help="设定一个类别的计划")
    either = one.add_mutually_exclusive_group(required=True)
    either.add_argument("category", nargs="?")
    either.add_argument("--category", dest="category_option", help="类别代码或名称")
    one.add_argument("--year", type=year, required=True)
    one.add_argument("--quantity", type=int, required=True)
    one.add_argument("--months", help="预计有活动的月份，例如 3,6,9")
    one.add_argument("--reason")
    one.add_argument("--on", metavar="YYYY-MM-DD", help="批准日期，默认今天")
    one.add_argument("--draft", action="store_true", help="只存草稿，不批准")
    one = actions.add_parser("export", parents=[common], help="导出计划表")
    one.add_argument("file")
    one.add_argument("--year", type=year, required=True)
