"""What the commands of manage.py share: the base they speak to, days, and how they refuse.

Nothing of the product is imported before a command needs it, so that a wrong word on the
command line is answered at once.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Engine

YEARS = (2000, 2100)
DAYS = (dt.date(1900, 1, 1), dt.date(2199, 12, 31))
"""Between these days windows before and after a day can be counted; nobody means one outside."""
MOST = 10**15
"""Of things to count: more than any base holds, and no database takes a number without end."""
Answer = dict[str, Any] | list[Any] | str
"""What a command prints; a str is a document whose spelling is fixed, printed as it is."""
Opener = Callable[[argparse.Namespace], "Engine"]
Add = Callable[[str, Callable[[argparse.Namespace], Answer], str], argparse.ArgumentParser]
"""Adds a command by its name, what runs it and its line of help."""


class Refused(Exception):
    """The command cannot be done; the message is for the person who gave it."""


def opened(arguments: argparse.Namespace, *, create: bool = False) -> Any:
    """The engine of the chosen database; `create` brings an absent schema into being."""
    from sqlalchemy import inspect

    import catalog
    from data_access.base_version import refuse_other
    from data_access.engine import engine
    from data_access.migrate import prepare

    if not create:
        refuse_absent(arguments.database)
    made = engine(arguments.database)
    refuse_other(made)
    if not inspect(made).has_table("admin_data_version"):
        if not create:
            raise Refused("数据库还没有建立。请先运行：manage.py init")
        prepare(made, catalog.default())
    return made


def refuse_absent(url: str) -> None:
    """An address with a slip in it must not become an empty base."""
    from data_access.engine import absent_file

    if (path := absent_file(url)) is not None:
        raise Refused(
            f"没有这个数据库文件：{path}。请核对 --database（或环境变量 SPORTS_DATABASE_URL）；"
            "第一次使用请先运行：manage.py init"
        )


def day(text: str) -> dt.date:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        raise Refused(f"日期「{text}」应写成 YYYY-MM-DD，例如 2026-11-25。") from None
    if not DAYS[0] <= found <= DAYS[1]:
        raise Refused(f"日期「{text}」应在 {DAYS[0]} 至 {DAYS[1]} 之间。")
    return found


def optional_day(text: str | None) -> dt.date | None:
    return day(text) if text else None


def likely_day(text: str | None, option: str) -> dt.date | None:
    """The day a deed is dated, given as `option`; None where it was not given.

    A rehearsal may be dated some months ahead; a day after the next year is a slip of the pen.
    """
    found = optional_day(text)
    if found is not None and found > (latest := dt.date(today().year + 1, 12, 31)):
        raise Refused(
            f"日期「{text}」在 {latest} 之后，应是笔误。请核对 {option}，不填就是今天（北京时间）。"
        )
    return found


def today() -> dt.date:
    from data_access.clock import day_of, now

    return day_of(now())


def category_code(text: str | None) -> str:
    import catalog

    found = catalog.default().find_category(text or "")
    if found is None:
        raise Refused(f"没有数据类别「{text}」。请用目录中的代码或名称。")
    return found.code


def year(text: str) -> int:
    """An argument that is a year; anything else is wrong usage."""
    if not text.isdecimal() or not YEARS[0] <= int(text) <= YEARS[1]:
        raise argparse.ArgumentTypeError(f"年度「{text}」应为 {YEARS[0]} 至 {YEARS[1]} 之间的四位数字")
    return int(text)


def count(text: str) -> int:
    """An argument that is a number of things, none or more."""
    number = text.replace("_", "").replace(",", "")
    if not number.isdecimal() or int(number) > MOST:
        raise argparse.ArgumentTypeError(f"「{text}」应为 0 至 {MOST} 的整数")
    return int(number)


def reason(error: OSError) -> str:
    """Why the operating system refused a file, in words."""
    from data_access.system_words import reason as said

    return said(error)


def say(arguments: argparse.Namespace) -> Any:
    """Tells how far a long command has come, to a person at a terminal."""

    def say(stage: str, done: int, total: int) -> None:
        if not arguments.json and sys.stderr.isatty():
            print(f"\r{stage} {done:,}/{total:,}", end="", file=sys.stderr, flush=True)

    return say
