"""The verb `circular` of manage.py: circulars listed, one with all it says, written as papers (Article 22)."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from manage_common import Answer, Opener, Refused, reason, year

if TYPE_CHECKING:
    from sqlalchemy import Engine


def add_actions(made: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = made.add_subparsers(dest="action", required=True, metavar="操作")
    one = actions.add_parser("list", parents=[common], help="列出通报：编号、状态、回复和逾期份数")
    one.add_argument("--year", type=year, help="只列印发年度的")
    one = actions.add_parser("show", parents=[common], help="一份通报的事项、收件单位、更正和办理经过")
    one.add_argument("code", help="编号，例如 T2026-001 或 通报〔2026〕1号")
    one = actions.add_parser("paper", parents=[common], help="写出 docx 和 PDF；有更正的连同更正说明")
    one.add_argument("code", help="编号，例如 T2026-001 或 通报〔2026〕1号")
    one.add_argument("--to", metavar="DIR", default=".", help="写到哪个文件夹，默认当前文件夹")


def circular(arguments: argparse.Namespace, opened: Opener) -> Answer:
    """
    Raises:
        Refused: with what to do instead.
    """
    from data_access.commands.circulars import CircularRefused

    actions = {"list": _list, "show": _show, "paper": _paper}
    try:
        return actions[arguments.action](arguments, opened(arguments))
    except CircularRefused as error:
        raise Refused(str(error)) from None


def _list(arguments: argparse.Namespace, made: Engine) -> Answer:
    from data_access.calendar import today
    from data_access.engine import reading
    from data_access.principal import OPERATOR
    from data_access.queries.circulars import circulars, recipients

    with reading(made) as connection:
        found = circulars(OPERATOR, connection)
        lines = recipients(OPERATOR, connection)
    return [
        {
            "code": c.code, "number": c.number, "kind": c.kind, "state": c.state, "title": c.title,
            "first": c.first, "last": c.last, "as_of": c.as_of, "issued_at": c.issued_at, "reply_due": c.reply_due,
            "must_reply": sum(bool(r.must_reply) for r in lines if r.circular == c.code),
            "unanswered": sum(r.is_unanswered for r in lines if r.circular == c.code),
            "late": sum(r.is_late(today()) for r in lines if r.circular == c.code),
        }
        for c in found
        if arguments.year in (None, c.year)
    ]  # fmt: skip


def _show(arguments: argparse.Namespace, made: Engine) -> Answer:
    from data_access.engine import reading
    from data_access.principal import OPERATOR
    from reports.circular_words import headline, read_circular

    with reading(made) as connection:
        of = read_circular(OPERATOR, connection, _code(arguments.code, connection))
    return {
        **asdict(of.row), "number": of.row.number, "sentence": headline(of),
        "items": [asdict(item) for item in of.items], "recipients": [asdict(line) for line in of.recipients],
        "errata": [asdict(one) for one in of.errata], "steps": [asdict(step) for step in of.steps],
    }  # fmt: skip


def _paper(arguments: argparse.Namespace, made: Engine) -> Answer:
    from data_access.engine import reading
    from data_access.principal import OPERATOR
    from data_access.queries.circulars import item_errata
    from reports.circular_erratum import erratum_file
    from reports.circular_paper import MIMES, circular_file

    folder, written = Path(arguments.to), []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with reading(made) as connection:
            code = _code(arguments.code, connection)
            makers = [circular_file, *([erratum_file] if item_errata(OPERATOR, connection, code) else [])]
            for make in makers:
                for ending in MIMES:
                    name, content = make(OPERATOR, connection, code, ending)
                    (folder / name).write_bytes(content)
                    written.append(name)
    except OSError as error:
        raise Refused(f"文件夹 {folder}：{reason(error)}。请换一个可以写入的文件夹。") from None
    return {"written": written, "message": f"已写出 {'、'.join(written)}。"}


def _code(given: str, connection: Any) -> str:
    """A circular's code, by its code or its number."""
    from data_access.principal import OPERATOR
    from data_access.queries.circulars import circulars

    found = {c.number: c.code for c in circulars(OPERATOR, connection)}
    code = found.get(given, given)
    if code not in found.values():
        raise Refused(f"没有编号 {given} 的通报。请用 manage.py circular list 查看编号。")
    return code
