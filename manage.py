#!/usr/bin/env python3
"""Every command a person or a service gives.

Exit code: 0 done, 1 refused or failed (the reason is printed), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import manage_accounts
import manage_analyses
import manage_circulars
import manage_flow
import manage_reviews
import manage_wall
from data_access.engine import default_url

Answer = dict[str, Any] | list[Any] | str
"""What a command prints; a str is a document whose spelling is fixed, printed as it is."""


class Refused(Exception):
    """The command cannot be done; the message is for the person who gave it."""


# ---------------------------------------------------------------- the base


def _opened(arguments: argparse.Namespace, *, create: bool = False) -> Any:
    """The engine of the chosen database; `create` brings an absent schema into being."""
    from sqlalchemy import inspect

    import catalog
    from data_access.engine import engine
    from data_access.migrate import prepare

    made = engine(arguments.database)
    if not inspect(made).has_table("admin_data_version"):
        if not create:
            raise Refused("数据库还没有建立。请先运行：manage.py init")
        prepare(made, catalog.default())
    return made


def init(arguments: argparse.Namespace) -> Answer:
    import catalog
    from data_access.engine import engine
    from data_access.migrate import prepare

    changes = prepare(engine(arguments.database), catalog.default())
    ready = f"数据库已就绪，变更 {len(changes)} 处。"
    if arguments.office_account is None:
        return {"changes": changes, "message": ready}
    opened = manage_accounts.open_office(arguments)
    return {"changes": changes, **opened, "message": f"{ready}\n{opened['message']}"}


def demo(arguments: argparse.Namespace) -> Answer:
    from data_access.clock import now
    from demo import DemoRefused, build
    from demo.accounts import folder_of, open_accounts

    _opened(arguments, create=True)
    today = _day(arguments.today) if arguments.today else _last_day_with_an_afternoon()
    try:
        report = build(arguments.database, today=today, visits=arguments.visits, progress=_say(arguments))
    except DemoRefused as error:
        raise Refused(str(error)) from None
    path = open_accounts(arguments.database, folder_of(arguments.database), now())
    answer = report.as_json()
    return answer | {"accounts": str(path), "message": f"{answer['message']}各角色的演示账号在 {path}。"}


def catalog_(arguments: argparse.Namespace) -> Answer:
    import catalog
    from data_access.engine import writing
    from data_access.migrate import catalog_difference, catalog_sync

    loaded = catalog.load(arguments.catalog) if arguments.catalog else catalog.default()
    numbers = {
        "version": loaded.version,
        "departments": len(loaded.departments),
        "categories": len(loaded.categories),
        "fields": sum(len(c.fields) for c in loaded.categories),
        "cross_checks": sum(len(c.cross_checks) for c in loaded.categories),
        "district_units": len(loaded.districts),
    }
    made = _opened(arguments, create=arguments.action == "sync")
    with writing(made) as connection:
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
    from data_access.versions import raise_versions

    with writing(_opened(arguments)) as connection:
        raise_versions(connection, *VERSION_DOMAINS, at=now())
        rollups.rebuild(connection, catalog.default())
    return {"message": "汇总表已从头重算。"}


# ---------------------------------------------------------------- services


def serve(arguments: argparse.Namespace) -> Answer:
    import os

    os.environ["SPORTS_DATABASE_URL"] = arguments.database
    command = [sys.executable, "-m", "streamlit", "run", str(Path(__file__).with_name("app.py"))]
    if arguments.port:
        command += ["--server.port", str(arguments.port)]
    if arguments.address:
        command += ["--server.address", arguments.address]
    os.execv(sys.executable, command)


def worker(arguments: argparse.Namespace) -> Answer:
    from data_access.settings import settings
    from jobs import worker as service
    from web import logs

    logs.configure(settings().log.level)
    service.run(arguments.database)
    return {"message": "后台任务已停止。"}


def simulate(arguments: argparse.Namespace) -> Answer:
    return manage_flow.simulate(arguments)


def account(arguments: argparse.Namespace) -> Answer:
    return manage_accounts.account(arguments, _opened)


def audit(arguments: argparse.Namespace) -> Answer:
    return manage_accounts.audit(arguments, _opened)


# ---------------------------------------------------------------- data in


def intake(arguments: argparse.Namespace) -> Answer:
    from data_access.commands.delivery import DeliveryRefused, deliver
    from data_access.principal import OPERATOR, Forbidden

    path = Path(arguments.file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused(f"读不到文件 {path.name}：{error.strerror}。请核对路径。") from None
    made = _opened(arguments, create=True)
    try:
        delivery = deliver(
            made,
            OPERATOR,
            content=content,
            file_name=path.name,
            category=arguments.category,
            unit=arguments.unit,
            period=arguments.period,
            received_on=_day(arguments.received_on) if arguments.received_on else None,
            dry_run=arguments.dry_run,
            progress=_say(arguments),
        )
    except (DeliveryRefused, Forbidden) as error:
        raise Refused(str(error)) from None
    arguments.exit_code = 1 if delivery.outcome in ("rejected", "quarantined") else 0
    return delivery.as_json()


def plan(arguments: argparse.Namespace) -> Answer:
    from data_access.commands import plan_files, plans
    from data_access.engine import reading
    from data_access.principal import OFFICE

    made = _opened(arguments, create=True)
    day = None if getattr(arguments, "draft", False) else _optional_day(getattr(arguments, "on", None))
    try:
        if arguments.action == "import":
            content = Path(arguments.file).read_bytes()
            approved = None if arguments.draft else day or _today()
            imported = plan_files.import_plan(
                made, OFFICE, content, year=arguments.year, approved_on=approved
            )
            return {
                "rows": imported.rows,
                "plans": [_plan_json(p) for p in imported.plans],
                "message": f"已读入 {imported.rows} 行计划。",
            }
        if arguments.action == "set":
            approved = None if arguments.draft else day or min(_today(), dt.date(arguments.year, 12, 31))
            months = tuple(int(m) for m in (arguments.months or "").split(",") if m.strip())
            category = _category(arguments.category or arguments.category_option)
            saved = plans.set_plan(
                made, OFFICE, category, arguments.year, arguments.quantity, months=months,
                reason=arguments.reason, approved_on=approved,
            )  # fmt: skip
            return _plan_json(saved) | {"message": f"计划已保存：{saved.state_name}，{saved.quantity} 条。"}
        with reading(made) as connection:
            Path(arguments.file).write_bytes(plan_files.export_plan(OFFICE, connection, arguments.year))
        return {"message": f"{arguments.year} 年计划已写入 {arguments.file}。"}
    except OSError as error:
        raise Refused(f"文件 {arguments.file}：{error.strerror}。请核对路径。") from None
    except plans.PlanError as error:
        raise Refused(str(error)) from None


def _category(text: str | None) -> str:
    import catalog

    found = catalog.default().find_category(text or "")
    if found is None:
        raise Refused(f"没有数据类别「{text}」。请用目录中的代码或名称。")
    return found.code


def _plan_json(saved: Any) -> dict[str, Any]:
    from data_access.queries.records import plain

    keys = ("category", "year", "version", "department", "quantity", "state", "approved_on")
    return {key: plain(getattr(saved, key)) for key in keys}


def publish(arguments: argparse.Namespace) -> Answer:
    from data_access.commands import publishing
    from data_access.principal import OPERATOR

    made = _opened(arguments)
    receipts = arguments.receipts
    if arguments.all or arguments.category:
        receipts = publishing.waiting_receipts(made, OPERATOR, arguments.category)
    elif not receipts:
        raise Refused("请写明要上架的回执号，或用 --all 上架全部已入库批次。")
    done = publishing.publish(
        made, OPERATOR, receipts, on=_optional_day(arguments.on), confirmed_by=arguments.confirmed_by
    )
    return {"published": done, "message": f"已上架 {done} 个批次。"}


def withdraw(arguments: argparse.Namespace) -> Answer:
    from data_access.commands import publishing
    from data_access.principal import OPERATOR

    made, on = _opened(arguments), _optional_day(arguments.on)
    if arguments.revert:
        taken = publishing.revert(made, OPERATOR, arguments.receipt, reason=arguments.reason, on=on)
        return {"reverted": taken, "message": f"批次已撤回，{taken} 条记录恢复到此前的版本。"}
    publishing.withdraw(made, OPERATOR, arguments.receipt, reason=arguments.reason, on=on)
    return {"withdrawn": 1, "message": "批次已下架，记录仍保留在基础数据库。"}


# ---------------------------------------------------------------- data out


def records(arguments: argparse.Namespace) -> Answer:
    import catalog
    from data_access.clock import now
    from data_access.commands.exporting import record_export
    from data_access.engine import reading
    from data_access.principal import OFFICE, OPERATOR
    from data_access.queries import records as queries

    category = catalog.default().find_category(arguments.category)
    if category is None:
        raise Refused(f"没有数据类别「{arguments.category}」。请用目录中的代码或名称。")
    where = {}
    for text in arguments.where:
        name, sign, value = text.partition("=")
        if not sign:
            raise Refused(f"筛选条件「{text}」应写成 字段=值，例如 adcode=500101。")
        where[name.strip()] = value
    made = _opened(arguments)
    if any(field.is_personal for field in category.fields):  # printed without a mask, so it is written down
        asked = {"where": where, "receipt": arguments.receipt, "limit": arguments.limit}
        record_export(made, OPERATOR, f"{category.name_zh}_记录", at=now(), detail=asked)
    with reading(made) as connection:
        try:
            page = queries.records(
                OFFICE, connection, category, where=where, receipt=arguments.receipt, limit=arguments.limit,
                as_of=_optional_day(arguments.as_of), count=False, masked=False,
            )  # fmt: skip
        except queries.BadFilter as error:
            raise Refused(str(error)) from None
    return page.records


def figures(arguments: argparse.Namespace) -> Answer:
    from data_access.engine import reading
    from data_access.principal import OFFICE
    from data_access.queries.records import plain
    from metrics import UnknownDimension, UnknownIndicator, evaluate

    by = tuple(part for part in (arguments.by or "").split(",") if part)
    as_of = _optional_day(arguments.as_of)
    with reading(_opened(arguments)) as connection:
        try:
            frame = evaluate(
                OFFICE,
                connection,
                arguments.indicator,
                by=by,
                year=arguments.year or _today().year,
                as_of=as_of,
            )
        except (UnknownDimension, UnknownIndicator) as error:
            raise Refused(str(error)) from None
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(k): plain(v) for k, v in row.items()} for row in rows]


def status(arguments: argparse.Namespace) -> Answer:
    import catalog
    from data_access.engine import reading
    from data_access.principal import OPERATOR
    from data_access.queries.status import status as query

    with reading(_opened(arguments)) as connection:
        return query(OPERATOR, connection, catalog.default())


def docs(arguments: argparse.Namespace) -> Answer:
    from metrics import docs as generator

    stale = generator.write(check=arguments.check)
    if stale and arguments.check:
        raise Refused("文档与代码不一致，请运行 manage.py docs：" + "、".join(stale))
    return {"written": stale}


# ---------------------------------------------------------------- score


def score(arguments: argparse.Namespace) -> Answer:
    """Article 23: a document scored without a base, a frozen one verified, or the base's own year."""
    from data_access.commands.assessment import AssessmentRefused
    from metrics import score as scores

    actions = {
        "compute": _score_compute, "verify": _score_verify, "inputs": _score_inputs, "freeze": _score_freeze,
        "pack": _score_pack,
    }  # fmt: skip
    try:
        return actions.get(arguments.action, _score_department)(arguments)
    except (scores.NotJson, scores.InputRefused, AssessmentRefused) as error:
        raise Refused(str(error)) from None


def _score_compute(arguments: argparse.Namespace) -> Answer:
    from metrics import score as scores

    result = scores.compute(scores.read(_json_file(arguments.file)))
    if arguments.json:
        return scores.canonical(result)
    graded = {d["code"]: d["grade"] for d in result["departments"]}
    lines = [f"第 {p['rank']} 名  {p['code']}  {p['score']}  {graded[p['code']]}" for p in result["ranking"]]
    return "\n".join(lines + [f"不参评  {code}" for code, grade in graded.items() if grade is None])


def _score_verify(arguments: argparse.Namespace) -> Answer:
    from metrics import score as scores

    verdict = scores.verify(_json_file(arguments.file), arguments.sha256)
    arguments.exit_code = 0 if verdict.holds else 1
    return verdict.as_json()


def _score_inputs(arguments: argparse.Namespace) -> Answer:
    from metrics import score as scores

    return scores.canonical(_score_document(arguments))


def _score_freeze(arguments: argparse.Namespace) -> Answer:
    """The file that `score verify` reads; the year stays frozen whatever becomes of the file."""
    from data_access.clock import now
    from data_access.principal import OFFICE
    from metrics import score as scores
    from metrics.score import life

    frozen = life.freeze(_opened(arguments), OFFICE, arguments.year, at=now())
    if arguments.json:
        return scores.canonical(life.frozen_file(frozen))
    return {"message": f"{frozen.year} 年度已封存（封存日 {frozen.freeze_on}），输入哈希 {frozen.sha256}。"}


def _score_pack(arguments: argparse.Namespace) -> Answer:
    """The evidence pack for 人事处, registered as issued."""
    from data_access.clock import now
    from data_access.principal import OFFICE
    from reports import score_pack

    name, content = score_pack.issue(_opened(arguments), OFFICE, arguments.year, at=now())
    target = Path(arguments.out or name)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise Refused(f"写不了文件 {target}：{error.strerror}。请核对路径。") from None
    return {"file": str(target), "message": f"考核证据包已写入 {target}。"}


def _score_department(arguments: argparse.Namespace) -> Answer:
    import catalog
    from metrics import score as scores

    if arguments.department is None:
        arguments.wrong_usage("需要 compute、verify、inputs、freeze、pack 之一，或 --department。")
    departments = catalog.default().departments
    department = next((d for d in departments if arguments.department in (d.code, d.name_zh, d.short)), None)
    if department is None:
        raise Refused(f"没有处室「{arguments.department}」。请用目录中的代码或名称。")
    document = _score_document(arguments)
    found = scores.of_department(document, department.code)
    name, rank = department.name_zh, found["rank"]
    place = f"{found['grade']}，第 {rank} 名（参评 {found['assessed']} 个处室）" if rank else "不参评"
    score = f"得分 {found['score']}，" if rank else ""
    return found | {"message": f"{name} {found['year']} 年度（截至 {found['freeze']}）：{score}{place}。"}


def _score_document(arguments: argparse.Namespace) -> dict[str, Any]:
    from data_access.engine import reading
    from data_access.principal import OFFICE
    from metrics import score as scores

    year = arguments.year or _today().year
    as_of = _optional_day(arguments.as_of) or _today()
    if as_of.year < year:
        raise Refused(f"{as_of} 早于 {year} 年 1 月 1 日，这一年还没有可以考核的内容。请改年度或日期。")
    with reading(_opened(arguments)) as connection:
        return scores.document_of(OFFICE, connection, year, as_of)


def _json_file(name: str) -> Any:
    """The JSON in a file, or on standard input for ``-``."""
    from metrics import score as scores

    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise Refused(f"读不到文件 {name}：{error.strerror}。请核对路径。") from None
    return scores.parse(content)


# ---------------------------------------------------------------- monthly review


def review(arguments: argparse.Namespace) -> Answer:
    from data_access.commands.reviews import ReviewRefused

    try:
        return manage_reviews.review(arguments, _opened)
    except ReviewRefused as error:
        raise Refused(str(error)) from None


# ---------------------------------------------------------------- usage


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refused(f"日期「{text}」应写成 YYYY-MM-DD，例如 2026-11-25。") from None


def _optional_day(text: str | None) -> dt.date | None:
    return _day(text) if text else None


def _today() -> dt.date:
    from data_access.clock import day_of, now

    return day_of(now())


def _last_day_with_an_afternoon() -> dt.date:
    """Today from 15:00 on, yesterday before: the demonstration's last day is told until its afternoon."""
    from data_access.clock import day_of, now

    return day_of(now() - dt.timedelta(hours=15))


def _say(arguments: argparse.Namespace) -> Any:
    def say(stage: str, done: int, total: int) -> None:
        if not arguments.json and sys.stderr.isatty():
            print(f"\r{stage} {done:,}/{total:,}", end="", file=sys.stderr, flush=True)

    return say


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--database", default=argparse.SUPPRESS, metavar="URL", help="数据库地址")
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="输出 JSON")
    parser = argparse.ArgumentParser(prog="manage.py", description=__doc__, parents=[common])
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")

    def add(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text, parents=[common])
        command.set_defaults(run=run)
        return command

    made = add("init", init, "建立或升级数据库，开通局办公室的第一个账号")
    made.add_argument("--office-account", metavar="NAME", help="局办公室第一个账号的账号名")
    manage_accounts.add_form(made, required=False)
    made = add("demo", demo, "生成三年演示数据")
    made.add_argument("--visits", type=int, help="客流读数条数，例如 50_000_000")
    made.add_argument("--today", help="演示数据截至的日期，默认今天")
    made = add("catalog", catalog_, "核对目录，或按目录更新基础表")
    made.add_argument("action", choices=["sync", "check"])
    made.add_argument("--catalog", metavar="DIR", help="目录文件夹，默认 catalog/")
    add("rebuild", rebuild, "从头重算汇总表")
    made = add(
        "analyse", lambda a: manage_analyses.analyse(a, _opened), "场地分析：点位问题、服务半径、开放义务"
    )
    manage_analyses.add_options(made)
    made = add("serve", serve, "启动网页服务")
    made.add_argument("--port", type=int)
    made.add_argument("--address")
    add("worker", worker, "启动后台任务")
    manage_flow.add_actions(add("simulate", simulate, "模拟来源平台（只用于演示）"), common)
    manage_wall.add_options(add("wall", manage_wall.wall, "启动展厅大屏：单独的进程，不连接数据库"))
    accounts = add("account", account, "账号：开通、停用、恢复、注销、重置密码、列出（第十八条）")
    manage_accounts.add_actions(accounts, add("audit", audit, "审计：核验、存证、导出"), common)
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
    made.add_argument("--limit", type=int)
    made.add_argument("--as-of", metavar="YYYY-MM-DD")
    made = add("figures", figures, "计算一个指标")
    made.add_argument("indicator")
    made.add_argument("--by", help="维度，逗号分隔：department,category,month,unit")
    made.add_argument("--year", type=int)
    made.add_argument("--as-of", metavar="YYYY-MM-DD")
    made = add("score", score, "考核评分：一个处室的得分，或 compute、verify、inputs、freeze、pack")
    made.set_defaults(wrong_usage=made.error)
    made.add_argument("--department", help="处室代码或名称")
    made.add_argument("--year", type=int, help="年度，默认今年")
    made.add_argument("--as-of", metavar="YYYY-MM-DD", help="按这一天已知的内容计算，默认今天")
    actions = made.add_subparsers(dest="action", metavar="操作")
    one = actions.add_parser("compute", parents=[common], help="由输入文件计算结果，不用数据库")
    one.add_argument("file", help="输入文件（JSON），- 为标准输入")
    one = actions.add_parser("verify", parents=[common], help="核对封存文件的哈希和每一位数字")
    one.add_argument("file", help="封存文件（JSON），- 为标准输入")
    one.add_argument("--sha256", help="报告上印的哈希；文件只有输入时用")
    one = actions.add_parser("inputs", parents=[common], help="由数据库生成规范的输入文件")
    one.add_argument("--year", type=int, required=True)
    one.add_argument("--as-of", metavar="YYYY-MM-DD", help="按这一天已知的内容，默认今天")
    one = actions.add_parser("freeze", parents=[common], help="封存一个年度（到期后）")
    one.add_argument("--year", type=int, required=True)
    one = actions.add_parser("pack", parents=[common], help="已封存年度的证据包（报人事处）")
    one.add_argument("--year", type=int, required=True)
    one.add_argument("--out", metavar="FILE", help="写到哪个文件，默认按编号命名")
    made = add("plan", plan, "年度计划：导入、设定、导出")
    actions = made.add_subparsers(dest="action", required=True)
    one = actions.add_parser("import", parents=[common])
    one.add_argument("file")
    one.add_argument("--year", type=int, help="没有年度一栏时的年度")
    one.add_argument("--on", metavar="YYYY-MM-DD", help="文件没有写批准日期的行按这一天批准，默认今天")
    one.add_argument("--draft", action="store_true", help="只存草稿，不批准")
    one = actions.add_parser("set", parents=[common])
    one.add_argument("category", nargs="?")
    one.add_argument("--category", dest="category_option", help="类别代码或名称")
    one.add_argument("--year", type=int, required=True)
    one.add_argument("--quantity", type=int, required=True)
    one.add_argument("--months", help="预计有活动的月份，例如 3,6,9")
    one.add_argument("--reason")
    one.add_argument("--on", metavar="YYYY-MM-DD", help="批准日期，默认今天")
    one.add_argument("--draft", action="store_true", help="只存草稿，不批准")
    one = actions.add_parser("export", parents=[common])
    one.add_argument("file")
    one.add_argument("--year", type=int, required=True)
    manage_reviews.add_actions(add("review", review, "调度报表：生成、列出、写出文件"), common)
    made = add("circular", manage_circulars.circular, "通报：列出、查看、写出文件")
    manage_circulars.add_actions(made, common, _opened)
    made = add("publish", publish, "上架")
    made.add_argument("receipts", nargs="*")
    made.add_argument("--all", action="store_true", help="全部已入库批次")
    made.add_argument("--category")
    made.add_argument("--confirmed-by", metavar="姓名", help="含个人信息的类别：第一责任人")
    made.add_argument("--on", metavar="YYYY-MM-DD")
    made = add("withdraw", withdraw, "下架，或撤回一个批次")
    made.add_argument("receipt")
    made.add_argument("--reason", required=True)
    made.add_argument("--revert", action="store_true", help="撤回：基础数据库恢复到这一批之前")
    made.add_argument("--on", metavar="YYYY-MM-DD")
    add("status", status, "数据版本、行数、最近批次与任务")
    made = add("docs", docs, "由代码生成 docs/indicators.md 和 docs/articles.md")
    made.add_argument("--check", action="store_true")
    return parser


def _print(answer: Answer, as_json: bool) -> None:
    if isinstance(answer, str):
        print(answer)
    elif as_json or not isinstance(answer, dict) or "message" not in answer:
        print(json.dumps(answer, ensure_ascii=False, indent=None if as_json else 2, default=str))
    else:
        print(answer["message"])


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    from catalog import CatalogError
    from data_access.commands.publishing import TransitionRefused
    from data_access.principal import Forbidden

    arguments = _parser().parse_args(argv)
    arguments.database = getattr(arguments, "database", None) or default_url()
    arguments.json = getattr(arguments, "json", False)
    arguments.exit_code = 0
    try:
        answer = arguments.run(arguments)
    except (
        Refused,
        manage_accounts.Refused,
        manage_flow.Refused,
        CatalogError,
        Forbidden,
        TransitionRefused,
    ) as error:
        if arguments.json:
            print(json.dumps({"error": str(error)}, ensure_ascii=False))
        print(str(error), file=sys.stderr)
        return 1
    _print(answer, arguments.json)
    return arguments.exit_code


if __name__ == "__main__":
    sys.exit(main())
