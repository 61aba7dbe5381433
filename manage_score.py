"""The verb `score` of manage.py: computed, verified, frozen, handed over (Article 23)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from manage_common import Answer, Refused, opened, optional_day, reason, today, year


def score(arguments: argparse.Namespace) -> Answer:
    """Article 23: a document scored without a base, a frozen one verified, or the base's own year."""
    from data_access.commands.assessment import AssessmentRefused
    from metrics import score as scores

    actions = {
        "compute": _compute, "verify": _verify, "inputs": _inputs, "freeze": _freeze,
        "pack": _pack,
    }  # fmt: skip
    try:
        return actions.get(arguments.action, _department)(arguments)
    except (scores.NotJson, scores.InputRefused, AssessmentRefused) as error:
        raise Refused(str(error)) from None


def _compute(arguments: argparse.Namespace) -> Answer:
    from metrics import score as scores

    result = scores.compute(scores.read(_json_file(arguments.file)))
    if arguments.json:
        return scores.canonical(result)
    graded = {d["code"]: d["grade"] for d in result["departments"]}
    lines = [f"第 {p['rank']} 名  {p['code']}  {p['score']}  {graded[p['code']]}" for p in result["ranking"]]
    return "\n".join(lines + [f"不参评  {code}" for code, grade in graded.items() if grade is None])


def _verify(arguments: argparse.Namespace) -> Answer:
    from metrics import score as scores

    verdict = scores.verify(_json_file(arguments.file), arguments.sha256)
    arguments.exit_code = 0 if verdict.holds else 1
    return verdict.as_json()


def _inputs(arguments: argparse.Namespace) -> Answer:
    from metrics import score as scores

    return scores.canonical(_document(arguments))


def _freeze(arguments: argparse.Namespace) -> Answer:
    """The file that `score verify` reads; the year stays frozen whatever becomes of the file."""
    from data_access.clock import now
    from data_access.principal import OFFICE
    from metrics import score as scores
    from metrics.score import life

    frozen = life.freeze(opened(arguments), OFFICE, arguments.year, at=now())
    if arguments.json:
        return scores.canonical(life.frozen_file(frozen))
    return {"message": f"{frozen.year} 年度已封存（封存日 {frozen.freeze_on}），输入哈希 {frozen.sha256}。"}


def _pack(arguments: argparse.Namespace) -> Answer:
    """The evidence pack for 人事处, registered as issued."""
    from data_access.clock import now
    from data_access.principal import OFFICE
    from reports import score_pack

    name, content = score_pack.issue(opened(arguments), OFFICE, arguments.year, at=now())
    target = Path(arguments.out or name)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise Refused(f"写不了文件 {target}：{reason(error)}。请核对路径。") from None
    return {"file": str(target), "message": f"考核证据包已写入 {target}。"}


def _department(arguments: argparse.Namespace) -> Answer:
    import catalog
    from metrics import score as scores

    if arguments.department is None:
        arguments.wrong_usage("需要 compute、verify、inputs、freeze、pack 之一，或 --department。")
    departments = catalog.default().departments
    department = next((d for d in departments if arguments.department in (d.code, d.name_zh, d.short)), None)
    if department is None:
        raise Refused(f"没有处室「{arguments.department}」。请用目录中的代码或名称。")
    document = _document(arguments)
    found = scores.of_department(document, department.code)
    name, rank = department.name_zh, found["rank"]
    place = f"{found['grade']}，第 {rank} 名（参评 {found['assessed']} 个处室）" if rank else "不参评"
    score = f"得分 {found['score']}，" if rank else ""
    return found | {"message": f"{name} {found['year']} 年度（截至 {found['freeze']}）：{score}{place}。"}


def _document(arguments: argparse.Namespace) -> dict[str, Any]:
    from data_access.engine import reading
    from data_access.principal import OFFICE
    from metrics import score as scores

    year = arguments.year or today().year
    as_of = optional_day(arguments.as_of) or today()
    if as_of.year < year:
        raise Refused(f"{as_of} 早于 {year} 年 1 月 1 日，这一年还没有可以考核的内容。请改年度或日期。")
    with reading(opened(arguments)) as connection:
        return scores.document_of(OFFICE, connection, year, as_of)


def _json_file(name: str) -> Any:
    """The JSON in a file, or on standard input for ``-``."""
    from metrics import score as scores

    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise Refused(f"读不到文件 {name}：{reason(error)}。请核对路径。") from None
    return scores.parse(content)


def add_actions(made: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    made.set_defaults(wrong_usage=made.error)
    made.add_argument("--department", help="处室代码或名称")
    made.add_argument("--year", type=year, help="年度，默认今年")
    made.add_argument("--as-of", metavar="YYYY-MM-DD", help="按这一天已知的内容计算，默认今天")
    actions = made.add_subparsers(dest="action", metavar="操作")
    one = actions.add_parser("compute", parents=[common], help="由输入文件计算结果，不用数据库")
    one.add_argument("file", help="输入文件（JSON），- 为标准输入")
    one = actions.add_parser("verify", parents=[common], help="核对封存文件的哈希和每一位数字")
    one.add_argument("file", help="封存文件（JSON），- 为标准输入")
    one.add_argument("--sha256", help="报告上印的哈希；文件只有输入时用")
    one = actions.add_parser("inputs", parents=[common], help="由数据库生成规范的输入文件")
    one.add_argument("--year", type=year, required=True)
    one.add_argument("--as-of", metavar="YYYY-MM-DD", help="按这一天已知的内容，默认今天")
    one = actions.add_parser("freeze", parents=[common], help="封存一个年度（到期后）")
    one.add_argument("--year", type=year, required=True)
    one = actions.add_parser("pack", parents=[common], help="已封存年度的证据包（报人事处）")
    one.add_argument("--year", type=year, required=True)
    one.add_argument("--out", metavar="FILE", help="写到哪个文件，默认按编号命名")
