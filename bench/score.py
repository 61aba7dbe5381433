"""The yearly score of ten departments over three years: from rollups in under a second, the same from raw batches."""

from __future__ import annotations

import argparse
import shutil
import statistics
import time
from pathlib import Path

from sqlalchemy import Engine, make_url

import catalog
from bench.demo_base import demo_base
from bench.results import Measure
from data_access import rollups
from data_access.clock import day_of, now
from data_access.engine import engine, reading, writing
from data_access.principal import OFFICE
from data_access.queries.plans import plan_basis
from metrics import score

YEARS, RUNS = 3, 5
FIRST_YEAR = 2022


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base", type=Path, help="a SQLite demonstration; default: it is built")


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """Time of three years read and scored; then everything summed anew from pool and base, and compared."""
    shutil.copy(make_url(demo_base(None, options.base)).database or "", folder / "base.db")
    made = engine(f"sqlite:///{folder / 'base.db'}")
    today = day_of(now())
    with reading(made) as connection:
        planned = [
            year for year in range(today.year, FIRST_YEAR - 1, -1)
            if plan_basis(OFFICE, connection, year, today).newest_version
        ]  # fmt: skip
    years, seconds, processor = planned[:YEARS], [], []
    before = _scored(made, years)
    for _ in range(RUNS):
        started, worked = time.perf_counter(), time.process_time()
        before = _scored(made, years)
        seconds.append(time.perf_counter() - started)
        processor.append(time.process_time() - worked)
    with writing(made) as connection:
        rollups.rebuild(connection, catalog.default())
    same = before == _scored(made, years)
    what = f"{before[0][1]} departments × {before[0][2]} categories × {len(years)} years read and scored"
    return [
        Measure(what, statistics.median(seconds), "s", 1.0, note=f"median of {RUNS}"),
        Measure("processor time of it", statistics.median(processor), "s"),
        Measure("years with other digits after summing anew from raw batches", 0 if same else 1, "", 0),
    ]


def _scored(made: Engine, years: list[int]) -> list[tuple[str, int, int, str]]:
    """Of each year: hash of the inputs, departments, categories, the result."""
    found = []
    with reading(made) as connection:
        for year in years:
            document = score.from_base(OFFICE, connection, year)
            categories = sum(len(d["categories"]) for d in document["departments"])
            result = score.canonical(score.compute(score.read(document)))
            found.append((score.sha256(document), len(document["departments"]), categories, result))
    return found
