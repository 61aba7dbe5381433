"""The whole intake against a second reading of contract 1.0: the same files, the same findings, row by row."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Engine, select

import catalog
from catalog import Category
from data_access.commands.delivery import Delivery, deliver
from data_access.engine import engine, reading
from data_access.principal import OFFICE, OPERATOR
from data_access.queries.records import records
from data_access.schema import batch_quality, rejected_row
from tests.conftest import Databases
from tests.helpers.rows import RECEIVED_ON
from tests.intake.messy import Maker, MessyFile
from tests.intake.oracle import Verdict, plain, take

CATEGORIES = (
    "mass_sport_event", "sports_facility_statistics", "fiscal_fund", "elite_athlete", "youth_athlete",
    "physical_fitness_test", "government_affairs_information", "venue_usage_reading", "sports_lottery_sales",
    "smart_venue_connection", "sports_industry_statistics",
)  # fmt: skip
DAYS = (dt.date(2025, 11, 5), dt.date(2025, 11, 6), RECEIVED_ON, RECEIVED_ON)
SERIES = ("fiscal_fund", "venue_usage_reading", "sports_industry_statistics")  # checks over several rows
COMPARED_PARTS = (
    "rows", "cells_filled", "cells_bad", "required_cells", "required_filled", "rows_inaccurate",
)  # fmt: skip
Base = dict[tuple[Any, ...], dict[str, Any]]


def differences(
    made: Engine, category: Category, file: MessyFile, base: Base, on: dt.date
) -> tuple[list[str], Verdict]:
    """Send a file and compare everything that can be seen with what the oracle says."""
    expected = take(file.pages, category, catalog.default(), on, base)
    found = deliver(
        made, OPERATOR, content=file.content, file_name=file.name, category=category.code,
        unit=category.department, received_on=on,
    )  # fmt: skip
    pairs: list[tuple[str, Any, Any]] = [
        (name, getattr(found, name), getattr(expected, name))
        for name in (
            "outcome", "file_codes", "file_warnings", "total", "accepted", "rejected", "duplicate", "updated",
        )
    ]  # fmt: skip
    pairs += [
        (
            "problems",
            Counter((p.sheet, p.row, p.field, p.code, p.check) for p in found.problems),
            expected.problems,
        ),
        (
            "warnings",
            Counter((w.sheet, w.row, w.field, w.code, w.check) for w in found.warnings),
            expected.warnings,
        ),
        ("stored", stored(made, category), as_shown(expected.base, category)),
    ]
    if not expected.file_codes:
        pairs += quality_pairs(made, category, found, expected)
    return [tell(*pair) for pair in pairs if pair[1] != pair[2]], expected


def stored(made: Engine, category: Category) -> dict[Any, Any]:
    with reading(made) as connection:
        rows = records(OFFICE, connection, category, limit=None, masked=False).records
    names = [f.name for f in category.fields]
    return {tuple(r[k] for k in category.natural_key): {n: r[n] for n in names} for r in rows}


def as_shown(base: Base, category: Category) -> dict[Any, Any]:
    shown = [{name: plain(value) for name, value in row.items()} for row in base.values()]
    return {tuple(row[k] for k in category.natural_key): row for row in shown}


def quality_pairs(
    made: Engine, category: Category, found: Delivery, expected: Verdict
) -> list[tuple[str, Any, Any]]:
    """Parts of the characteristics: the rows that were not refused and the refused ones, summed."""
    names = [*COMPARED_PARTS, *(() if category.code in SERIES else ("checks_run", "checks_failed_halves"))]
    parts: Counter[str] = Counter()
    with reading(made) as connection:
        for table in (batch_quality, rejected_row):
            for row in connection.execute(select(table).where(table.c.receipt == found.receipt)):
                parts.update({name: row._mapping[name] for name in names})
    return [(f"quality.{name}", parts[name], expected.quality[name]) for name in names]


def tell(what: str, found: Any, expected: Any) -> str:
    if isinstance(found, Counter):
        return f"{what}: only found {sorted(found - expected)}, only expected {sorted(expected - found)}"
    if isinstance(found, dict):
        keys = [k for k in {**found, **expected} if found.get(k) != expected.get(k)]
        return "; ".join(f"{what} {k}: found {found.get(k)}, expected {expected.get(k)}" for k in keys[:3])
    return f"{what}: found {found}, expected {expected}"


def run(made: Engine, code: str, seed: int, files: int, rows: int = 8) -> list[str]:
    """Send `files` messy files in a row to one base; what they left is there for the next."""
    category, base, told = catalog.default().category_by_code[code], {}, []
    for n in range(files):
        chance = random.Random(f"{code} {seed} {n}")
        on = DAYS[n * len(DAYS) // files]
        file = Maker(category, chance, mess=chance.choice([0.01, 0.04, 0.12]), on=on).file(
            n * rows // 2, rows
        )
        found, verdict = differences(made, category, file, base, on)
        told += [f"{code} seed {seed} file {n}: {line}" for line in found]
        if found:
            break  # what follows would only repeat it
        base = verdict.base
    return told


@pytest.mark.parametrize("code", CATEGORIES)
def test_messy_files_are_read_as_the_contract_says(sqlite_databases: Databases, code: str) -> None:
    """Counts, problems, warnings, stored values: both readings of the text agree on every one."""
    assert run(engine(sqlite_databases()), code, seed=1, files=16) == []
