"""The commands about the base as a whole: `init`, `demo`, `catalog`, `rebuild`, `status`, `docs`."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import manage_accounts
from manage_common import Add, Answer, Refused, count, day, opened, say

ORDER_ADVICE = (
    "提示：这个数据库的排序规则不是 C.UTF-8，名称、工作表等文字的先后次序会与内置数据库不同，数字不受影响。"
    "新建时请按 deploy/postgresql.md 用 --locale=C.UTF-8 建库。"
)


def init(arguments: argparse.Namespace) -> Answer:
    import catalog
    from data_access.engine import engine, orders_by_bytes
    from data_access.migrate import prepare

    made = engine(arguments.database)
    changes = prepare(made, catalog.default())
    answer: dict[str, Any] = {"changes": changes}
    lines = [f"数据库已就绪，变更 {len(changes)} 处。"]
    if not orders_by_bytes(made):
        answer["advice"] = [ORDER_ADVICE]
        lines.append(ORDER_ADVICE)
    if arguments.office_account is not None:
        opened = manage_accounts.open_office(arguments)
        answer |= opened
        lines.append(opened["message"])
    return answer | {"message": "\n".join(lines)}


def demo(arguments: argparse.Namespace) -> Answer:
    from data_access.clock import now
    from data_access.engine import engine
    from demo.accounts import folder_of, open_accounts, passwords_ahead
    from demo.build import DemoRefused, build

    url = arguments.database
    today = day(arguments.today) if arguments.today else _last_day_with_an_afternoon()
    # The build is the workers' work. Hashes are made where it leaves a core idle: Linux knows a thread's niceness.
    with ThreadPoolExecutor(1, initializer=os.nice, initargs=(5,)) as beside:
        passwords = beside.submit(passwords_ahead)
        try:
            report = build(url, today=today, visits=arguments.visits, progress=say(arguments))
        except DemoRefused as error:
            raise Refused(str(error)) from None
    path = open_accounts(url, folder_of(url), now(), passwords.result())
    engine(url).dispose()  # the last to leave an embedded base copies the rest of its log and removes it
    answer = report.as_json()
    return answer | {"accounts": str(path), "message": f"{answer['message']}各角色的演示账号在 {path}。"}


def _read_ahead() -> None:
    """Start the process that all others of the build come from: it reads their modules once, while this one reads its own.

    Started from another folder it does not find them, and each process reads its own.
    """
    import multiprocessing
    from multiprocessing import forkserver

    multiprocessing.set_forkserver_preload(["__main__", "demo.beforehand"])
    forkserver.ensure_running()


def _last_day_with_an_afternoon() -> dt.date:
    """Today from 15:00 on, yesterday before: the demonstration's last day is told until its afternoon."""
    from data_access.clock import day_of, now

    return day_of(now() - dt.timedelta(hours=15))


def catalog_(arguments: argparse.Namespace) -> Answer:
    import catalog
    from data_access.engine import writing
    from data_access.migrate import catalog_conflicts, catalog_difference, catalog_sync

    loaded = catalog.load(arguments.catalog) if arguments.catalog else catalog.default()
    numbers = {
        "version": loaded.version,
        "departments": len(loaded.departments),
        "categories": len(loaded.categories),
        "fields": sum(len(c.fields) for c in loaded.categories),
        "cross_checks": sum(len(c.cross_checks) for c in loaded.categories),
        "district_units": len(loaded.districts),
    }
    made = opened(arguments, create=arguments.action == "sync")
    with writing(made) as connection:
        if conflicts := catalog_conflicts(connection, loaded):
            raise Refused("目录与数据库已有的数据不相容，没有改动：\n  " + "\n  ".join(conflicts))
        if arguments.action == "sync":
            return numbers | {"changes": catalog_sync(connection, loaded)}
        missing = [
            f"{kind} {table.name}" + (f".{column.name}" if column is not None else "")
            for kind, table, column in catalog_difference(connection, loaded)
        ]
    if missing:
        raise Refused("数据库与目录不一致，请运行 manage.py catalog sync：\n  " + "\n  ".join(missing))
    return numbers | {"message": "目录有效，数据库与目录一致。"}


def rebuild(arguments: argparse.Namespace) -> Answer:
    import catalog
    from data_access import rollups
    from data_access.clock import now
    from data_access.engine import writing
    from data_access.schema import VERSION_DOMAINS
    from data_access.versions import base_domain, raise_versions

    with writing(opened(arguments)) as connection:
        of_records = (base_domain(category.code) for category in catalog.default().categories)
        raise_versions(connection, *VERSION_DOMAINS, *of_records, at=now())
        rollups.rebuild(connection, catalog.default())
    return {"message": "汇总表已从头重算。"}


def status(arguments: argparse.Namespace) -> Answer:
    import catalog
    from data_access.engine import reading
    from data_access.principal import OPERATOR
    from data_access.queries.status import status as query

    with reading(opened(arguments)) as connection:
        return query(OPERATOR, connection, catalog.default())


def docs(arguments: argparse.Namespace) -> Answer:
    from metrics import docs as generator

    stale = generator.write(check=arguments.check)
    if stale and arguments.check:
        raise Refused("文档与代码不一致，请运行 manage.py docs：" + "、".join(stale))
    return {"written": stale}


# ---------------------------------------------------------------- usage


def add_first(add: Add) -> None:
    """What brings a base into being and keeps it."""
    made = add("init", init, "建立或升级数据库，开通局办公室的第一个账号")
    made.add_argument("--office-account", metavar="NAME", help="局办公室第一个账号的账号名")
    manage_accounts.add_form(made, required=False)
    made = add("demo", demo, "生成三年演示数据")
    made.set_defaults(ahead=_read_ahead)
    made.add_argument("--visits", type=count, help="客流读数条数，例如 50_000_000")
    made.add_argument("--today", help="演示数据截至的日期，默认今天")
    made = add("catalog", catalog_, "核对目录，或按目录更新基础表")
    made.add_argument("action", choices=["sync", "check"])
    made.add_argument("--catalog", metavar="DIR", help="目录文件夹，默认 catalog/")
    add("rebuild", rebuild, "从头重算汇总表")


def add_last(add: Add) -> None:
    """What tells about it."""
    add("status", status, "数据版本、行数、最近批次与任务")
    made = add("docs", docs, "由代码生成 docs/indicators.md 和 docs/articles.md")
    made.add_argument("--check", action="store_true")
