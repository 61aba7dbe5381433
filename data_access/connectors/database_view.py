"""A view in another system's database, read page by page behind a cursor."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    NullPool,
    Numeric,
    Select,
    and_,
    column,
    create_engine,
    inspect,
    make_url,
    or_,
    select,
    table,
)
from sqlalchemy.exc import ArgumentError, NoSuchTableError, SQLAlchemyError

from catalog import Category
from catalog.sources import ViewSource
from data_access.clock import now
from data_access.commands.delivery import Delivery
from data_access.connectors.base import Checkpoint, Piece, SourceError
from data_access.connectors.table import UNIT_KEY, pieces_of
from data_access.engine import BEIJING


class ViewConnector:
    """Reads `source.view` at `url`; nothing is ever written there."""

    def __init__(self, source: ViewSource, category: Category, url: str) -> None:
        self.source = source
        self.category = category
        self._engine = _engine(source, url)

    def pieces(self, cursor: str | None, stop: threading.Event) -> Iterator[Piece | Checkpoint]:
        after = _decode(cursor) if cursor else None
        if after is not None and len(after) != len(self.source.cursor):
            after = None  # the declaration has changed: read from the start, duplicates are recognised
        while not stop.is_set():
            try:
                with self._engine.connect() as connection:
                    rows = [dict(r._mapping) for r in connection.execute(self._page(connection, after))]
            except NoSuchTableError:
                raise SourceError(
                    f"来源 {self.source.code}：数据库中没有视图 {self.source.view}。"
                    "请核对 catalog/sources.toml 的 view 和 db_schema，或请源平台授权。"
                ) from None
            except SQLAlchemyError as error:
                raise SourceError(
                    f"来源 {self.source.code}：读取视图 {self.source.view} 失败（{_reason(error)}）。"
                    "请核对地址、口令和授权；源平台恢复后会从断点继续。"
                ) from None
            if not rows:
                return
            named = [
                {f: row[c] for f, c in self.source.columns.items()}
                | ({UNIT_KEY: row[self.source.unit_column]} if self.source.unit_column else {})
                for row in rows
            ]
            yield from pieces_of(self.source, self.category, named)
            after = [rows[-1][c] for c in self.source.cursor]
            yield Checkpoint(_encode(after))
            if len(rows) < self.source.page_size:
                return

    def taken(self, piece: Piece, delivery: Delivery) -> None:
        """The cursor remembers; nothing to tidy up at the source."""

    def refused(self, piece: Piece, reason: str) -> None:
        raise SourceError(f"来源 {self.source.code}：{reason}")

    def close(self) -> None:
        self._engine.dispose()

    def _page(self, connection: Connection, after: Sequence[Any] | None) -> Select[Any]:
        """The rows after the cursor, in its order, one page of them."""
        source = self.source
        known = {
            c["name"]: c["type"]
            for c in inspect(connection).get_columns(source.view, schema=source.db_schema)
        }
        names = list(dict.fromkeys([*source.columns.values(), *source.cursor, *_unit(source)]))
        missing = [n for n in names if n not in known]
        if missing:
            raise SourceError(
                f"来源 {source.code}：视图 {source.view} 没有列 {'、'.join(missing)}。"
                "请改正 catalog/sources.toml，或请源平台补上。"
            )
        # Only the cursor needs its type; other values come as the driver gives them, exact or as text.
        typed = {
            n
            for n in source.cursor
            if not isinstance(known[n], Numeric) or connection.dialect.name != "sqlite"
        }
        view = table(
            source.view,
            *(column(n, known[n]) if n in typed else column(n) for n in names),
            schema=source.db_schema,
        )
        keys = [view.c[n] for n in source.cursor]
        statement = (
            select(*(view.c[n] for n in names))
            .where(*(k.is_not(None) for k in keys))
            .order_by(*keys)
            .limit(source.page_size)
        )
        if source.settle_seconds:
            latest = now() - dt.timedelta(seconds=source.settle_seconds)
            has_zone = getattr(known[source.cursor[0]], "timezone", False)
            statement = statement.where(keys[0] <= (latest if has_zone else latest.replace(tzinfo=None)))
        if after is None:
            return statement
        return statement.where(
            or_(
                *(
                    and_(*(k == v for k, v in zip(keys[:n], after, strict=False)), keys[n] > after[n])
                    for n in range(len(keys))
                )
            )
        )


def _unit(source: ViewSource) -> list[str]:
    return [source.unit_column] if source.unit_column else []


def _engine(source: ViewSource, url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SourceError(
            f"来源 {source.code}：{source.address_env or 'address'} 不是有效的数据库地址。"
            "应形如 postgresql://用户:口令@主机/库名。"
        ) from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    arguments = {"connect_timeout": 10} if parsed.get_backend_name() == "postgresql" else {}
    try:
        return create_engine(parsed, poolclass=NullPool, connect_args=arguments)
    except (SQLAlchemyError, ImportError):
        raise SourceError(
            f"来源 {source.code}：没有安装数据库 {parsed.get_backend_name()} 的驱动程序。请联系运维团队安装。"
        ) from None


def _reason(error: SQLAlchemyError) -> str:
    """The kind of failure without statement, address or values."""
    return type(getattr(error, "orig", None) or error).__name__


def _encode(values: Sequence[Any]) -> str:
    return json.dumps([_pack(v) for v in values], ensure_ascii=False)


def _pack(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    return value if isinstance(value, int | float | str) else {"text": str(value)}


def _decode(cursor: str) -> list[Any]:
    unpack = {
        "datetime": _moment,
        "date": dt.date.fromisoformat,
        "decimal": Decimal,
        "text": str,
    }
    values = []
    for value in json.loads(cursor):
        if isinstance(value, dict):
            ((kind, text),) = value.items()
            value = unpack[kind](text)
        values.append(value)
    return values


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment.astimezone(BEIJING) if moment.tzinfo else moment
