"""Types of columns that are the same on both databases, to the last digit and second."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime as SqlDateTime, Numeric, String, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class Exact(TypeDecorator[Decimal]):
    """A decimal kept digit by digit: NUMERIC on PostgreSQL, canonical text on SQLite.

    SQLite would keep NUMERIC as a float and lose digits silently; whole 分 would
    lose what a file states below a 分. `exact_sum` adds them exactly on both.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String())
        return dialect.type_descriptor(Numeric(asdecimal=True))

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        if value is None:
            return None
        value = value if isinstance(value, Decimal) else Decimal(str(value))
        return decimal_text(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        if value is None:
            return None
        if isinstance(value, str):
            return Decimal(value)  # SQLite's text was written canonically
        return canonical(value if isinstance(value, Decimal) else Decimal(str(value)))


class exact_sum(GenericFunction[Decimal]):
    """The sum of an `Exact` column, to its last digit: on SQLite by an aggregate of ours, a microsecond a row."""

    type = Exact()
    inherit_cache = True


@compiles(exact_sum)
def _sum(element: exact_sum, compiler: SQLCompiler, **kwargs: Any) -> str:
    name = "sum_exact" if compiler.dialect.name == "sqlite" else "sum"
    return f"{name}({compiler.process(element.clauses, **kwargs)})"


class Moment(TypeDecorator[dt.datetime]):
    """A point in time: aware in Python, UTC in the database. SQLite would drop the zone."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Any) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def canonical(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent."""
    return Decimal(decimal_text(value))


def decimal_text(value: Decimal) -> str:
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def exact_text(value: Decimal | None) -> str | None:
    """`decimal_text`, short for what Python writes that way itself: most of a million decimals."""
    if value is None:
        return None
    text = str(value)
    if "E" in text or text == "-0" or (text[-1] == "0" and "." in text):
        return decimal_text(value)
    return text


class ExactSum:
    """SQLite aggregate: the exact sum of decimals kept as text."""

    def __init__(self) -> None:
        self.total = Decimal(0)
        self.any = False

    def step(self, value: Any) -> None:
        if value is not None:
            self.total += Decimal(str(value))
            self.any = True

    def finalize(self) -> str | None:
        return decimal_text(self.total) if self.any else None
