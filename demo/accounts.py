"""One account a role on a demonstration base, with passwords nobody chose, kept in a file beside the base.

``python -m demo.accounts`` opens what is missing and prints the file; on any other base
it does nothing. A real installation begins with ``manage.py init --office-account``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Engine, make_url

import catalog
from accounts import hashing, policy
from data_access.audit import chain_id
from data_access.clock import now
from data_access.commands import accounts as rows
from data_access.engine import default_url, engine, reading, writing
from data_access.principal import OFFICE, ROLE_NAMES, SYSTEM, Principal, Role
from data_access.queries import accounts as queries
from data_access.queries.status import base_kind
from data_access.settings import settings

FILE = "demo-accounts.txt"
REASON = "演示账号"


@dataclass(frozen=True)
class DemoAccount:
    """Login name, and whose it is; `password` is known from the file only."""

    name: str
    role: Role
    unit: str
    password: str = ""

    @property
    def person(self) -> str:
        return f"{self.place}（演示）"

    @property
    def place(self) -> str:
        unit = catalog.default().units.get(self.unit)
        return unit.label if unit else ROLE_NAMES[self.role]


ACCOUNTS = (
    DemoAccount("leader", "leader", "leader"),
    DemoAccount("office", "office", "office"),
    DemoAccount("finance", "department", "finance_planning"),
    DemoAccount("district", "district", "500103"),
    DemoAccount("affiliated", "affiliated", "olympic_center"),
    DemoAccount("operations", "operations", "operations"),
    DemoAccount("guide", "guide", "guide"),
)


@dataclass(frozen=True)
class NewPassword:
    """A password nobody chose, and its hash."""

    text: str
    hashed: str


def passwords_ahead(names: Iterable[str] = tuple(a.name for a in ACCOUNTS)) -> dict[str, NewPassword]:
    """A new password a name. A hash takes a third of a second and lets others work."""
    texts = {name: policy.one_time_password() for name in names}
    with ThreadPoolExecutor() as side_by_side:
        hashes = side_by_side.map(hashing.hash_password, texts.values())
        return {n: NewPassword(t, h) for (n, t), h in zip(texts.items(), hashes, strict=True)}


def open_accounts(
    url: str, folder: Path, at: dt.datetime, ahead: Mapping[str, NewPassword] | None = None
) -> Path | None:
    """The file with one usable account a role; None where the base is no demonstration.

    An account that somebody has disabled or closed stays so and leaves the list; a
    password that stands in the file of this very base is kept, another is made anew.

    Args:
        ahead: of `passwords_ahead`, made while there was time; what is missing is made here.
    """
    made = engine(url)
    with reading(made) as connection:
        if base_kind(SYSTEM, connection) != "demo":
            return None
        base = chain_id(connection)
        standing = {a.name: a for a in queries.accounts(OFFICE, connection)}
    known = _passwords(folder / FILE, base)
    usable = [
        replace(wanted, password=known.get(wanted.name, ""))
        for wanted in ACCOUNTS
        if wanted.name not in standing or standing[wanted.name].state == "open"
    ]
    ahead = ahead or {}
    needed = [a.name for a in usable if a.name not in standing or not a.password]
    new = {n: ahead[n] for n in needed if n in ahead} | passwords_ahead(n for n in needed if n not in ahead)
    usable = [replace(a, password=new[a.name].text if a.name in new else a.password) for a in usable]
    for number, wanted in enumerate(ACCOUNTS):
        if wanted.name in new:
            _open(made, wanted, number, new[wanted.name].hashed, wanted.name in standing, at)
    path = folder / FILE
    _write(path, base, usable)
    return path


def folder_of(url: str) -> Path:
    """Beside an embedded base; for a base on a server, where this installation keeps its files."""
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(parsed.database).parent if is_file and parsed.database else settings().storage.folder


def _open(
    made: Engine, wanted: DemoAccount, number: int, hashed: str, is_there: bool, at: dt.datetime
) -> None:
    """Applied for, approved, and the password the person's own: every step as in a real installation."""
    person = Principal(wanted.role, wanted.unit, wanted.person, wanted.name)
    expires = at + dt.timedelta(hours=settings().accounts.one_time_hours)
    with writing(made) as connection:
        if is_there:
            rows.set_one_time_password(
                OFFICE, connection, wanted.name, password_hash=hashed, expires_at=expires, at=at
            )
        else:
            _approve(connection, wanted, number, hashed, expires, at)
        rows.set_own_password(person, connection, compared=hashed, password_hash=hashed, at=at)


def _approve(
    connection: Connection,
    wanted: DemoAccount,
    number: int,
    hashed: str,
    expires: dt.datetime,
    at: dt.datetime,
) -> None:
    form = {
        "person": wanted.person, "gender": "female", "position": "演示", "duty": REASON,
        "phone": f"1990000000{number}", "role": wanted.role, "unit": wanted.unit,
    }  # fmt: skip
    application = rows.submit(OFFICE, connection, form, at=at)
    rows.approve(
        OFFICE, connection, application, name=wanted.name, password_hash=hashed, password_expires_at=expires,
        is_namesake=True, at=at,
    )  # fmt: skip


def _passwords(path: Path, base: str) -> dict[str, str]:
    """Name → password of a file that was written for this base; none of any other."""
    try:
        head, *lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    if base not in head:
        return {}
    parted = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {parts[0].strip(): parts[1].strip() for parts in parted if len(parts) == 3}


def _write(path: Path, base: str, accounts: list[DemoAccount]) -> None:
    """For the product's own user only, from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"# 演示账号（演示库 {base}）。只用于演示数据，正式环境没有这些账号。\n")
        for one in accounts:
            file.write(f"{one.name:<12}\t{one.password}\t{ROLE_NAMES[one.role]}：{one.place}\n")
    unfinished.replace(path)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.accounts", description=__doc__)
    parser.add_argument("--database", default=default_url(), metavar="URL")
    url = parser.parse_args(arguments).database
    path = open_accounts(url, folder_of(url), now())
    if path is not None:
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        print(f"演示账号（保存在 {path}，只有本用户可读）：")
        print("\n".join(f"  {line.expandtabs(4)}" for line in lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
