"""Do program and base belong together? Whatever opens a base asks: the commands, the web service, the worker.

A base's version is the last migration it has been through (`alembic_version`).
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Engine, MetaData, String, Table, inspect, select

from data_access.engine import reading

MIGRATIONS = Path(__file__).parent / "migrations" / "versions"
VERSIONS = tuple(sorted(path.stem.split("_")[0] for path in MIGRATIONS.glob("[0-9]*_*.py")))
"""All this program knows, oldest first; read from the files' names, for every command asks."""
_version = Table("alembic_version", MetaData(), Column("version_num", String(32)))


class OtherVersion(Exception):
    """Program and base are of different versions; nothing was read or changed."""


def refuse_newer(version: str) -> None:
    """Raises OtherVersion for a version that only a newer program can have given the base."""
    if version not in VERSIONS:
        raise OtherVersion(
            f"数据库的版本 {version} 比程序新，没有改动。请换用与数据库相配的程序版本，或恢复升级前的备份。"
        )


def refuse_other(made: Engine) -> None:
    """Raises OtherVersion for a base that a newer program has upgraded, or this one has not upgraded yet.

    A base without tables belongs to whoever fills it.
    """
    if not inspect(made).has_table(_version.name):
        return
    with reading(made) as connection:
        for version in connection.scalars(select(_version.c.version_num)):
            refuse_newer(version)
            if version != VERSIONS[-1]:
                raise OtherVersion(
                    f"数据库的版本 {version} 比程序（{VERSIONS[-1]}）旧，没有改动。"
                    "请先停止各服务、做好备份，再运行：manage.py init"
                )
