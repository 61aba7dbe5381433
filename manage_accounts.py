"""The verbs `account` and `audit` of manage.py, and the first account of 局办公室.

Whoever has a shell on the server acts for the office here; the audit names the
machine's user beside 命令行.
"""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from manage_common import Answer, Opener, Refused, optional_day, reason

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from data_access.principal import Principal

FORM = {
    "person": "姓名",
    "gender": "性别：男或女",
    "position": "职务",
    "duty": "分管或从事工作",
    "phone": "联系电话，11 位",
}


def who() -> Principal:
    """命令行（root）: the office, as far as the server's own users act for it."""
    from data_access.principal import Principal

    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "未知用户"
    return Principal("office", "office", f"命令行（{user}）", address="本机")


# ---------------------------------------------------------------- accounts


def open_office(arguments: argparse.Namespace) -> dict[str, Any]:
    """`init --office-account`: only while the office has no account that could open the next one."""
    from data_access.engine import engine, reading
    from data_access.queries.accounts import accounts

    with reading(engine(arguments.database)) as connection:
        held = [a.name for a in accounts(who(), connection) if a.role == "office" and a.state != "closed"]
    if held:
        raise Refused(
            f"局办公室已有账号：{'、'.join(held)}。请用它在「账号」页开通其他账号；"
            f"忘记密码的用 manage.py account reset {held[0]}。"
        )
    return _open(arguments, arguments.office_account, "office", "office")


def account(arguments: argparse.Namespace, opened: Opener) -> Answer:
    """One action on one account, or the list."""
    from accounts import life
    from data_access.clock import now

    opened(arguments)
    url, me, at = arguments.database, who(), now()
    try:
        if arguments.action == "open":
            return _open(arguments, arguments.name, arguments.role, _unit(arguments.role, arguments.unit))
        if arguments.action == "list":
            return _listed(opened(arguments), arguments)
        if arguments.action == "reset":
            return _told("密码已重置", life.reset(url, me, arguments.name, at))
        if arguments.action == "resume":
            return _told("账号已恢复", life.resume(url, me, arguments.name, arguments.reason, at))
        step = {"disable": life.disable, "close": life.close}[arguments.action]
        step(url, me, arguments.name, arguments.reason, at)
    except life.AccountRefused as error:
        raise Refused(str(error)) from None
    done = {"disable": "已停用", "close": "已注销"}[arguments.action]
    return {"account": arguments.name, "message": f"账号 {arguments.name} {done}，正在使用的会话已终止。"}


def _open(arguments: argparse.Namespace, name: str, role: str, unit: str) -> dict[str, Any]:
    from accounts import life
    from accounts.forms import ApplicationForm
    from data_access.clock import now

    typed = {key: getattr(arguments, key) or "" for key in FORM}
    typed["gender"] = {"男": "male", "女": "female"}.get(typed["gender"], typed["gender"])
    form = ApplicationForm(**typed, role=role, unit=unit)
    try:
        return _told("账号已开通", life.open_directly(arguments.database, who(), form, name, now()))
    except life.AccountRefused as error:
        raise Refused(str(error)) from None


def _told(done: str, opened: Any) -> dict[str, Any]:
    """The one-time password, this once: it is kept nowhere."""
    from data_access.engine import BEIJING

    until = opened.expires_at.astimezone(BEIJING)
    return {
        "account": opened.account,
        "password": opened.password,
        "expires_at": until.isoformat(timespec="seconds"),
        "message": (
            f"{done}：{opened.account}\n一次性密码：{opened.password}\n"
            f"只显示这一次，{until:%Y-%m-%d %H:%M} 前有效，首次登录须修改。请当面或电话告知本人。"
        ),
    }


def _listed(made: Engine, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Without telephones: they are for the office, and this is a terminal."""
    from data_access.engine import reading
    from data_access.queries.accounts import accounts

    keys = (
        "name",
        "person",
        "role",
        "unit",
        "state",
        "state_reason",
        "must_change",
        "used_at",
        "confirmed_on",
    )
    with reading(made) as connection:
        found = accounts(who(), connection, state=arguments.state)
    return [{key: _plain(getattr(a, key)) for key in keys} for a in found]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _unit(role: str, text: str | None) -> str:
    """A unit by code or name; roles with one unit need none."""
    from accounts.forms import units_of

    units = units_of(role)
    if text is None:
        return next(iter(units)) if len(units) == 1 else ""
    return next((code for code, name in units.items() if text in (code, name)), text)


# ---------------------------------------------------------------- audit


def audit(arguments: argparse.Namespace, opened: Opener) -> Answer:
    """Verify, keep the end outside, or export."""
    from data_access import audit as log
    from data_access.clock import now
    from data_access.settings import settings

    made, folder = opened(arguments), settings().storage.folder
    try:
        if arguments.action == "head":
            head = log.keep_head(who(), made, folder, now())
            return {
                "number": head.number,
                "hash": head.hash,
                "message": f"第 {head.number} 条已存证：{head.hash}",
            }
        if arguments.action == "export":
            return _export(made, arguments)
        verdict = log.verified(who(), made, folder, now())
    except log.HeadsUnreadable as error:
        raise Refused(str(error)) from None
    arguments.exit_code = 0 if verdict.broken is None else 1
    broken = verdict.broken and {"number": verdict.broken.number, "reason": verdict.broken.reason}
    return {
        "whole": broken is None, "broken": broken, "entries": verdict.entries, "heads": verdict.heads,
        "message": verdict.sentence,
    }  # fmt: skip


def _export(made: Engine, arguments: argparse.Namespace) -> dict[str, Any]:
    from data_access.clock import now
    from data_access.commands.exporting import record_export
    from data_access.engine import reading
    from data_access.queries.audit_entries import AuditFilter, entries
    from reports.audit_words import as_csv

    chosen = AuditFilter(first=optional_day(arguments.since), last=optional_day(arguments.until))
    with reading(made) as connection:
        found = entries(who(), connection, chosen, limit=None)
    target = Path(arguments.file)
    record_export(
        made, who(), target.name, at=now(), detail={"entries": len(found)}, action="audit.export",
    )  # fmt: skip
    try:
        target.write_bytes(as_csv(found))
    except OSError as error:
        raise Refused(f"写不了文件 {target.name}：{reason(error)}。请核对路径。") from None
    return {"entries": len(found), "message": f"{len(found)} 条审计记录已写入 {target.name}。"}


# ---------------------------------------------------------------- usage


def add_form(command: argparse.ArgumentParser, *, required: bool) -> None:
    """The five facts of Article 18."""
    for key, text in FORM.items():
        command.add_argument(f"--{key}", required=required, help=text)


def add_actions(
    account_command: argparse.ArgumentParser,
    audit_command: argparse.ArgumentParser,
    common: argparse.ArgumentParser,
) -> None:
    """The actions of both verbs."""
    from data_access.principal import ROLE_NAMES

    roles = "、".join(f"{key}（{name}）" for key, name in ROLE_NAMES.items())
    actions = account_command.add_subparsers(dest="action", required=True, metavar="操作")
    one = actions.add_parser("open", parents=[common], help="按书面申请开通账号")
    one.add_argument("name", help="账号名，例如 zhangwei")
    one.add_argument("--role", required=True, choices=list(ROLE_NAMES), metavar="ROLE", help=roles)
    one.add_argument("--unit", help="单位代码或名称")
    add_form(one, required=True)
    for action, text in (("disable", "停用"), ("resume", "恢复"), ("close", "注销")):
        one = actions.add_parser(action, parents=[common], help=f"{text}账号")
        one.add_argument("name")
        one.add_argument("--reason", required=True, help="原因，记入审计")
    one = actions.add_parser("reset", parents=[common], help="重置密码，给出一次性密码")
    one.add_argument("name")
    one = actions.add_parser("list", parents=[common], help="列出账号")
    one.add_argument("--state", choices=["open", "suspended", "disabled", "closed"])
    actions = audit_command.add_subparsers(dest="action", required=True, metavar="操作")
    actions.add_parser("verify", parents=[common], help="重算哈希链，并与库外存证比对")
    actions.add_parser("head", parents=[common], help="把最后一条的哈希写到库外")
    one = actions.add_parser("export", parents=[common], help="导出为 CSV")
    one.add_argument("file")
    one.add_argument("--since", metavar="YYYY-MM-DD")
    one.add_argument("--until", metavar="YYYY-MM-DD")
