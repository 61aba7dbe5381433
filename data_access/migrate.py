"""Brings a database to the current schema: fixed tables by Alembic, base tables by the catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, Engine, Table, func, inspect, select
from sqlalchemy.schema import CreateTable

from catalog import Catalog
from data_access.base_version import refuse_newer
from data_access.engine import writing
from data_access.schema import FACT, VERSION_DOMAINS, base_table, column_name, data_version


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def prepare(made: Engine, catalog: Catalog) -> list[str]:
    """Create or upgrade everything in one transaction; returns what was changed (English, for logs).

    Raises:
        OtherVersion: a newer program has upgraded the base.
    """
    with writing(made) as connection:
        config = alembic_config(connection)
        for version in MigrationContext.configure(connection).get_current_heads():
            refuse_newer(version)
        command.upgrade(config, "head")
        changes = catalog_sync(connection, catalog)
        known = set(connection.scalars(select(data_version.c.domain)))
        for domain in VERSION_DOMAINS:
            if domain not in known:
                connection.execute(
                    data_version.insert().values(domain=domain, version=0, changed_at=dt.datetime.now(dt.UTC))
                )
    return changes


def catalog_difference(connection: Connection, catalog: Catalog) -> list[tuple[str, Table, Column | None]]:
    """What the base lacks, in catalogue order.

    ("table", table, None), ("column", table, column), or ("optional", table, column) of a field
    that need not be filled any more.
    """
    inspector = inspect(connection)
    present = set(inspector.get_table_names())
    missing: list[tuple[str, Table, Column | None]] = []
    for category in catalog.categories:
        table = base_table(category)
        if table.name not in present:
            missing.append(("table", table, None))
            continue
        columns = {c["name"]: c["nullable"] for c in inspector.get_columns(table.name)}
        missing += [("column", table, c) for c in table.columns if c.name not in columns]
        missing += [
            ("optional", table, c) for c in table.columns if c.nullable and not columns.get(c.name, True)
        ]
    return missing


def catalog_conflicts(connection: Connection, catalog: Catalog) -> list[str]:
    """What no addition can mend, as sentences: a field of another type, records known by other fields."""
    inspector = inspect(connection)
    present = set(inspector.get_table_names())
    found = []
    for category in catalog.categories:
        table = base_table(category)
        if table.name not in present:
            continue
        stored = {c["name"]: c["type"].compile(connection.dialect) for c in inspector.get_columns(table.name)}
        for field in category.fields:
            column = table.c[column_name(field.name)]
            if stored.get(column.name) not in (None, column.type.compile(connection.dialect)):
                found.append(
                    f"{category.code} 字段 {field.name}：类型与库中已有的列不同。请改回原来的类型，或用新的字段名另加一个字段。"
                )
        known = [set(u["column_names"]) for u in inspector.get_unique_constraints(table.name)]
        if {*map(column_name, category.natural_key), "version"} not in known:
            found.append(
                f"{category.code}：自然键与库中已有的不同。请改回原来的自然键，或用新的代码另加一个类别。"
            )
    return found


def catalog_sync(connection: Connection, catalog: Catalog) -> list[str]:
    """Apply the difference with Alembic's operations. Additive only: nothing is dropped."""
    operations = Operations(MigrationContext.configure(connection))
    done = []
    for kind, table, column in catalog_difference(connection, catalog):
        if kind == "table":
            connection.execute(CreateTable(table))
            for index in sorted(table.indexes, key=lambda i: str(i.name)):
                index.create(connection)
            done.append(f"create table {table.name}")
        elif kind == "optional":
            assert column is not None
            with operations.batch_alter_table(table.name) as altered:  # SQLite writes the table anew
                altered.alter_column(column.name, existing_type=column.type, nullable=True)
            done.append(f"make optional {table.name}.{column.name}")
        else:
            assert column is not None
            added = Column(column.name, column.type, nullable=True, comment=column.comment)
            operations.add_column(table.name, added)
            done.append(f"add column {table.name}.{column.name}")
    return done


def ensure_partitions(connection: Connection, days: Iterable[dt.date]) -> None:
    """Create the monthly partitions of the visits that these days need (PostgreSQL only)."""
    if connection.dialect.name != "postgresql":
        return
    name = f"base_{FACT}"
    wanted = {f"{name}_{d:%Y_%m}": d.replace(day=1) for d in days}
    present = set(inspect(connection).get_table_names())
    for partition, first in sorted(wanted.items()):
        if partition not in present:  # the owner's function: who takes files in need not own the tables
            connection.execute(select(func.base_add_month(first)))
