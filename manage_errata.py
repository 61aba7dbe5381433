"""The verb `errata` of manage.py: what was issued with figures a revision changed, who was told, what is to come."""

from __future__ import annotations

import argparse
from itertools import groupby
from typing import TYPE_CHECKING, Any

from manage_common import Answer, Opener, Refused, year

if TYPE_CHECKING:
    from sqlalchemy import Engine


def add_actions(made: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = made.add_subparsers(dest="action", required=True, metavar="操作")
    one = actions.add_parser(
        "list", parents=[common], help="列出更正：文件、数字、收件人、是否已阅、更正文书"
    )
    one.add_argument("--year", type=year, help="只列这个考核年度的，默认全部年度")
    one.add_argument("--open", action="store_true", help="只列更正文书还没有出具的")
    one = actions.add_parser("issue", parents=[common], help="生成清单中调度报表的更正稿，供核对、签发、报送")
    one.add_argument("numbers", nargs="+", metavar="NUMBER", help="调度报表编号，例如 2026-10.1")


def errata(arguments: argparse.Namespace, opened: Opener) -> Answer:
    """
    Raises:
        Refused: with what to do instead.
    """
    return {"list": _list, "issue": _issue}[arguments.action](arguments, opened(arguments))


def _list(arguments: argparse.Namespace, made: Engine) -> Answer:
    from data_access.engine import reading
    from data_access.principal import OPERATOR
    from data_access.queries import errata as queries
    from reports import errata_words as words

    found = []
    with reading(made) as connection:
        years = queries.errata_years(OPERATOR, connection)
        for of in [y for y in years if arguments.year in (None, y)]:
            told = queries.told(OPERATOR, connection, of)
            lines = words.read_errata(OPERATOR, connection, of)
            for (number, revision), group in groupby(lines, lambda line: (line.paper.number, line.revision)):
                mine = [t for t in told if (t.paper, t.revision) == (number, revision)]
                found.append(_paper(of, list(group), mine))
    return [one for one in found if one["open"] or not arguments.open]


def _paper(of: int, lines: list[Any], told: list[Any]) -> dict[str, Any]:
    """One paper that one revision touches."""
    from reports.notice_words import unit_of

    first = lines[0]
    return {
        "year": of, "revision": first.revision, "kind": first.paper.kind, "number": first.paper.number,
        "title": first.paper.title, "issued_at": first.paper.issued_at, "issued_from": first.paper.revision,
        "figures": [{"figure": line.figure, "was": line.was, "now": line.now} for line in lines],
        "recipients": [
            {"scope": t.scope, "name": unit_of(t.scope), "told_at": t.at, "read_at": t.read_at} for t in told
        ],
        "noticed": bool(told) and all(t.read_at for t in told),
        "erratum": first.issued.name, "erratum_issued_at": first.issued.at, "open": first.issued.at is None,
    }  # fmt: skip


def _issue(arguments: argparse.Namespace, made: Engine) -> Answer:
    from data_access.clock import now
    from data_access.commands.reviews import ReviewRefused
    from data_access.engine import reading
    from data_access.principal import OPERATOR
    from metrics import review_life
    from reports.errata_words import reason_of

    generated = []
    for number in arguments.numbers:
        with reading(made) as connection:
            reason = reason_of(OPERATOR, connection, number)
        if not reason:
            raise Refused(f"更正清单中没有调度报表 {number}。请用 manage.py errata list --open 查看编号。")
        try:
            generated.append(review_life.correct(made, OPERATOR, number, reason=reason, at=now()))
        except ReviewRefused as error:
            done = f"已生成 {'、'.join(generated)}。" if generated else ""
            raise Refused(f"{done}{error}") from None
    said = f"已生成更正 {'、'.join(generated)}，请在“调度报表”页核对、签发、报送。"
    return {"generated": generated, "message": said}
