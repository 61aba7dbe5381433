#!/usr/bin/env python3
"""Every command a person or a service gives.

Exit code: 0 done, 1 refused or failed (the reason is printed), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Callable

import manage_accounts
import manage_analyses
import manage_base
import manage_circulars
import manage_data
import manage_errata
import manage_flow
import manage_plans
import manage_reviews
import manage_score
import manage_services
import manage_wall
from data_access.file_names import readable
from manage_common import Answer, Refused, opened
from manage_usage import JsonParser, Parser

ADDRESS = (
    "数据库地址的写法不对。应形如 sqlite:////文件夹/center.db 或 postgresql://用户@主机/库，"
    "由 --database 或环境变量 SPORTS_DATABASE_URL 给出。"
)
DESCRIPTION = "重庆体育大数据中心的全部命令。退出码：0 完成；1 被拒绝或失败，原因写在输出里；2 写法不对。"
SEARCHED_AFTER = 50_000
"""Objects made before the collector looks through them: reading in modules makes 300,000 that all stay."""


def _parser(kind: type[Parser]) -> argparse.ArgumentParser:
    common = kind(add_help=False)
    common.add_argument("--database", default=argparse.SUPPRESS, metavar="URL", help="数据库地址")
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="输出 JSON")
    parser = kind(prog="manage.py", description=DESCRIPTION, parents=[common])
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")

    def add(name: str, run: Callable[[argparse.Namespace], Answer], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text, parents=[common])
        command.set_defaults(run=run)
        return command

    manage_base.add_first(add)
    made = add(
        "analyse", lambda a: manage_analyses.analyse(a, opened), "场地分析：点位问题、服务半径、开放义务"
    )
    manage_analyses.add_options(made)
    manage_services.add_commands(add)
    manage_flow.add_actions(add("simulate", manage_flow.simulate, "模拟来源平台（只用于演示）"), common)
    manage_wall.add_options(add("wall", manage_wall.wall, "启动展厅大屏：单独的进程，不连接数据库"))
    accounts = add(
        "account",
        lambda a: manage_accounts.account(a, opened),
        "账号：开通、停用、恢复、注销、重置密码、列出（第十八条）",
    )
    audit = add("audit", lambda a: manage_accounts.audit(a, opened), "审计：核验、存证、导出")
    manage_accounts.add_actions(accounts, audit, common)
    manage_data.add_reading(add)
    made = add(
        "score", manage_score.score, "考核评分：一个处室的得分，或 compute、verify、inputs、freeze、pack"
    )
    manage_score.add_actions(made, common)
    manage_plans.add_actions(add("plan", manage_plans.plan, "年度计划：导入、设定、导出"), common)
    made = add("review", lambda a: manage_reviews.review(a, opened), "调度报表：生成、列出、写出文件")
    manage_reviews.add_actions(made, common)
    made = add("circular", lambda a: manage_circulars.circular(a, opened), "通报：列出、查看、写出文件")
    manage_circulars.add_actions(made, common)
    made = add("errata", lambda a: manage_errata.errata(a, opened), "更正清单：列出，生成调度报表的更正")
    manage_errata.add_actions(made, common)
    manage_data.add_publishing(add)
    manage_base.add_last(add)
    return parser


def _print(answer: Answer, as_json: bool) -> None:
    if isinstance(answer, str):
        print(answer)
    elif as_json or not isinstance(answer, dict) or "message" not in answer:
        print(json.dumps(answer, ensure_ascii=False, indent=None if as_json else 2, default=str))
    else:
        print(answer["message"])


def _refuse(sentence: str, as_json: bool) -> int:
    sentence = sentence.encode("utf-8", "replace").decode()  # a path may hold bytes that are no text
    if as_json:
        print(json.dumps({"error": sentence}, ensure_ascii=False))
    print(sentence, file=sys.stderr)
    return 1


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = sys.argv[1:] if argv is None else argv
    words = [word if os.path.lexists(word) else readable(word) for word in words]
    arguments = _parser(JsonParser if "--json" in words else Parser).parse_args(words)
    if "ahead" in arguments:  # goes on beside the reading of the modules below
        arguments.ahead()

    from sqlalchemy import exc

    from catalog import CatalogError  # after the usage is known to be right: these read the whole product
    from data_access.base_version import OtherVersion
    from data_access.commands.publishing import TransitionRefused
    from data_access.engine import default_url
    from data_access.principal import Forbidden

    arguments.database = getattr(arguments, "database", None) or default_url()
    arguments.json = getattr(arguments, "json", False)
    arguments.exit_code = 0
    try:
        answer = arguments.run(arguments)
    except (Refused, CatalogError, Forbidden, OtherVersion, TransitionRefused) as error:
        return _refuse(str(error), arguments.json)
    except (exc.ArgumentError, exc.NoSuchModuleError):
        return _refuse(ADDRESS, arguments.json)
    except exc.DBAPIError as error:
        why = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
        return _refuse(
            f"数据库操作失败：{why}。请核对数据库地址、服务是否在运行、磁盘空间和是否已升级（manage.py init）。",
            arguments.json,
        )
    _print(answer, arguments.json)
    return arguments.exit_code


def run() -> int:
    """`main`, for a shell: whoever reads the answer may stop reading (``| head``)."""
    gc.set_threshold(SEARCHED_AFTER)
    try:
        code = main()
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # nothing is left for the exit to flush
        return 1
    finally:
        gc.freeze()  # the interpreter would look through all modules once more before it ends


if __name__ == "__main__":
    sys.exit(run())
