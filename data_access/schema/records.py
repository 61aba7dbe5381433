"""base_: one table a category, generated from the catalogue."""

from __future__ import annotations

from functools import cache

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from catalog import Category, Field
from data_access.column_types import Exact

base_metadata = MetaData()
FACT = "venue_usage_reading"
"""The large fact: partitioned by month on PostgreSQL, rolled up by hour and day."""

LINEAGE = (
    "version", "receipt", "sheet", "row_no", "unit", "source_platform", "month_precision",
    "valid_from", "valid_to", "reverted_on",
)  # fmt: skip


def _type(field: Field) -> TypeEngine:
    if field.type == "int":
        return BigInteger()
    if field.type in ("decimal", "geo"):
        return Exact()
    if field.type == "date":
        return Date()
    if field.type == "datetime":
        return DateTime()  # 北京时间, as the catalogue states it
    return Text()


def column_name(field: str) -> str:
    """The base column of a field; fields named like a lineage column get a suffix."""
    return f"{field}_" if field in LINEAGE else field


@cache
def base_table(category: Category) -> Table:
    """The base table of a category: its fields, then the lineage of each version.

    One row is one version of one record: known from `valid_from` (day of
    receipt) until `valid_to` (exclusive; null = today's). A correction adds a
    version; nothing is overwritten. A reverted version keeps its row with
    `reverted_on`, and the version before it is current again: as of a day, the
    highest matching version counts.
    """
    keys = [column_name(k) for k in category.natural_key]
    name = category.table_name
    table = Table(
        name,
        base_metadata,
        *(
            Column(column_name(f.name), _type(f), nullable=not f.required, comment=f.name_zh)
            for f in category.fields
        ),
        Column("version", Integer, nullable=False),
        Column("receipt", String(40), nullable=False),
        Column("sheet", String(255), nullable=False),
        Column("row_no", Integer, nullable=False),
        Column("unit", String(48), nullable=False),
        Column("source_platform", String(24), nullable=False),
        Column("month_precision", String(255)),
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date),
        Column("reverted_on", Date),
        UniqueConstraint(*keys, "version", name=f"uq_{name}"),
        Index(f"ix_{name}_receipt", "receipt"),
        comment=category.name_zh,
        postgresql_partition_by="RANGE (reading_at)" if category.code == FACT else None,
        extend_existing=True,
    )
    if category.code == FACT:
        Index(f"ix_{name}_reading_at", table.c.reading_at)
    return table
