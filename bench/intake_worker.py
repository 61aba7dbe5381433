"""One delivery, or one unchecked load for comparison, in a process of its own: `python -m bench.intake_worker`.

A process of its own because the most memory it held is part of the answer, and
because a second delivery in the same process would find warm caches.
"""

from __future__ import annotations

import cProfile
import csv
import io
import json
import os
import pstats
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
from python_calamine import CalamineWorkbook
from sqlalchemy import Connection, Date, Integer, Table

import catalog
from bench.big_files import RECEIVED_ON
from bench.process import peak_bytes
from catalog import Category
from data_access.commands.delivery import deliver
from data_access.engine import engine, writing
from data_access.principal import OPERATOR
from data_access.schema import base_table, column_name

UNIT = "500101"
HOT_LINES = 60


def main() -> None:
    """Reads its task as JSON from standard input and prints what it took as JSON."""
    task = json.load(sys.stdin)
    path, category = Path(task["file"]), catalog.default().category_by_code[task["category"]]
    profile = cProfile.Profile(time.process_time) if task.get("profile") else None
    made = engine(task["database"])
    with made.connect():  # what is measured is the work, not the first connection
        pass
    started, used = time.perf_counter(), time.process_time()
    if profile is not None:
        profile.enable()
    rows = _deliver(made, path, category) if task["checked"] else _load(made, path, category)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - used
    if profile is not None:
        profile.disable()
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(HOT_LINES)
        pstats.Stats(profile, stream=sys.stderr).sort_stats("cumtime").print_stats(HOT_LINES)
    answer = {
        "rows": rows,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_bytes": peak_bytes(os.getpid()),
    }
    json.dump(answer, sys.stdout)


def _deliver(made: Any, path: Path, category: Category) -> int:
    """The product's own way, from bytes to receipt; returns the rows taken."""
    delivery = deliver(
        made, OPERATOR, content=path.read_bytes(), file_name=path.name, category=category.code, unit=UNIT,
        received_on=RECEIVED_ON,
    )  # fmt: skip
    if delivery.outcome != "accepted":
        found = [p.message for p in delivery.problems[:3]]
        raise RuntimeError(f"{path.name} was {delivery.outcome}: {delivery.file_codes} {found}")
    return delivery.accepted


def _load(made: Any, path: Path, category: Category) -> int:
    """The floor: the fastest reader, and the same rows unchecked into the same table."""
    content = path.read_bytes()
    columns = _csv_columns(content) if path.suffix == ".csv" else _xlsx_columns(content, category)
    table = base_table(category)
    count = len(columns[0])
    lineage = {
        "version": 1, "receipt": "R", "sheet": "", "unit": UNIT, "source_platform": "department_file",
        "valid_from": RECEIVED_ON.isoformat(),
    }  # fmt: skip
    names = [*(column_name(f.name) for f in category.fields), *lineage, "row_no"]
    with writing(made) as connection:
        if connection.dialect.name == "postgresql":
            _copy(connection, table, names, columns, lineage, count)
        else:
            _insert(connection, table, names, columns, lineage, count)
    return count


def _csv_columns(content: bytes) -> list[pa.ChunkedArray]:
    """All text: the database makes numbers of it, at no cost here."""
    header = next(csv.reader(io.StringIO(content[:4096].decode(errors="ignore"))))
    options = pyarrow.csv.ConvertOptions(
        column_types={name: pa.string() for name in header}, strings_can_be_null=True
    )
    return pyarrow.csv.read_csv(io.BytesIO(content), convert_options=options).columns


def _xlsx_columns(content: bytes, category: Category) -> list[list[Any]]:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    columns = [list(column) for column in zip(*rows[1:], strict=True)]
    table = base_table(category)
    for place, field in enumerate(category.fields):
        type_ = table.c[column_name(field.name)].type
        if isinstance(type_, Integer):
            columns[place] = [None if v == "" else int(v) for v in columns[place]]
        elif isinstance(type_, Date):
            columns[place] = [None if v == "" else v.isoformat() for v in columns[place]]
        else:
            columns[place] = [None if v == "" else v for v in columns[place]]
    return columns


def _insert(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    columns: Iterable[Any],
    lineage: dict[str, Any],
    count: int,
) -> None:
    lists = [c.to_pylist() if isinstance(c, pa.ChunkedArray) else c for c in columns]
    fixed = [[value] * count for value in lineage.values()]
    quoted = ", ".join(f'"{name}"' for name in names)
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.executemany(
        f'INSERT INTO "{table.name}" ({quoted}) VALUES ({", ".join("?" * len(names))})',
        zip(*lists, *fixed, range(2, count + 2), strict=True),
    )


def _copy(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    columns: Sequence[Any],
    lineage: dict[str, Any],
    count: int,
) -> None:
    """COPY of ready CSV in one piece: twice as fast as row by row."""
    fixed = [pa.repeat(pa.scalar(value), count) for value in lineage.values()]
    numbers = pa.array(range(2, count + 2))
    arrays = [c if isinstance(c, pa.ChunkedArray) else pa.array(c) for c in columns]
    target = io.BytesIO()
    pyarrow.csv.write_csv(
        pa.table([*arrays, *fixed, numbers], names=list(names)),
        target,
        pyarrow.csv.WriteOptions(include_header=False),
    )
    quoted = ", ".join(f'"{name}"' for name in names)
    driver = connection.connection.driver_connection
    assert driver is not None
    with (
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({quoted}) FROM STDIN (FORMAT csv)') as copy,
    ):
        copy.write(target.getbuffer())


if __name__ == "__main__":
    main()
