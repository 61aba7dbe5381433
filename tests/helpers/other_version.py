"""A base as another version of the program left it."""

from __future__ import annotations

from sqlalchemy import column, table, update

from data_access.engine import engine, writing


def become(url: str, version: str) -> None:
    """Give the base at `url` the version of another program; its tables stay as they are."""
    with writing(engine(url)) as connection:
        connection.execute(
            update(table("alembic_version", column("version_num"))).values(version_num=version)
        )
