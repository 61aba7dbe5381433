"""Intake end to end against its floor: the fastest reader, and the rows unchecked into the same table.

Every measurement is a process of its own on a fresh base. Floor and delivery take
turns, and the better of two floors counts, so that a busy minute on a shared
machine does not flatter the ratio.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import big_files
from bench.databases import KINDS, Databases
from bench.results import FOLDER, ROOT, Measure

CSV_ROWS, XLSX_ROWS = 300_000, 100_000
CATEGORY = "mass_sport_event"
CSV_GOAL, XLSX_GOAL, PEAK_GOAL_MB, EMPTY_GOAL_S = 3.0, 2.0, 600.0, 2.0
EMPTY_AFTER = 200
"""Rows of data above a million empty ones."""


@dataclass(frozen=True, slots=True)
class Took:
    """What one worker answered."""

    rows: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--csv-rows", type=int, default=CSV_ROWS)
    parser.add_argument("--xlsx-rows", type=int, default=XLSX_ROWS)
    parser.add_argument("--category", choices=sorted(big_files.MAKERS), default=CATEGORY)
    parser.add_argument("--engine", choices=KINDS, action="append", help="default: both")
    parser.add_argument("--profile", action="store_true", help="print where the delivery spends its time")


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """All intake figures on the engines asked for."""
    databases = Databases(folder)
    found: list[Measure] = []
    csv = _file(options.category, options.csv_rows, ".csv")
    xlsx = _file(options.category, options.xlsx_rows, ".xlsx")
    for kind in options.engine or KINDS:
        found += _compared(databases, kind, csv, options, CSV_GOAL)
        found += _compared(databases, kind, xlsx, options, XLSX_GOAL)
    for cells in (False, True):
        found.append(_empty_rows(databases, options.category, folder, cells))
    return found


def _compared(
    databases: Databases, kind: str, file: Path, options: argparse.Namespace, goal: float
) -> list[Measure]:
    floors = [_work(databases, kind, file, options.category, checked=False)]
    taken = _work(databases, kind, file, options.category, checked=True, profile=options.profile)
    floors.append(_work(databases, kind, file, options.category, checked=False))
    floor = min(floors, key=lambda f: f.seconds)
    name = f"{file.suffix[1:]}, {taken.rows:,} rows, {kind}"
    cpu = taken.cpu_seconds / min(f.cpu_seconds for f in floors)
    return [
        Measure(
            f"{name}: delivery ÷ floor",
            taken.seconds / floor.seconds,
            goal=goal,
            note=f"{taken.seconds:.1f} s ÷ {floor.seconds:.1f} s; CPU without the database server {cpu:.1f} ×",
        ),
        Measure(f"{name}: end to end", taken.rows / taken.seconds, "rows/s"),
        Measure(f"{name}: peak memory", taken.peak_bytes / 1e6, "MB", PEAK_GOAL_MB),
    ]


def _empty_rows(databases: Databases, category: str, folder: Path, cells: bool) -> Measure:
    """A used range of a million rows below a few real ones."""
    small = big_files.xlsx_bytes(category, big_files.columns(category, EMPTY_AFTER))
    file = folder / f"empty-{'cells' if cells else 'range'}.xlsx"
    file.write_bytes(big_files.with_empty_rows(small, cells=cells))
    took = _work(databases, "sqlite", file, category, checked=True)
    what = "a formatted cell in each" if cells else "one cell at the end"
    return Measure(
        f"used range of {big_files.EMPTY_ROWS:,} empty rows, {what}",
        took.seconds,
        "s",
        EMPTY_GOAL_S,
        note=f"{EMPTY_AFTER} rows of data, peak {took.peak_bytes / 1e6:.0f} MB",
    )


def _work(
    databases: Databases, kind: str, file: Path, category: str, *, checked: bool, profile: bool = False
) -> Took:
    task = {
        "file": str(file), "category": category, "checked": checked, "profile": profile,
        "database": databases.fresh(kind),
    }  # fmt: skip
    command: Sequence[str] = (sys.executable, "-m", "bench.intake_worker")
    done = subprocess.run(
        command, input=json.dumps(task), cwd=ROOT, text=True, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{file.name} on {kind}: the worker failed, see above")
    return Took(**json.loads(done.stdout))


def _file(category: str, rows: int, suffix: str) -> Path:
    """The file to deliver; made once and kept, since making it takes longer than reading it."""
    file = FOLDER / "files" / f"{category}-{rows}{suffix}"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = big_files.columns(category, rows)
        write = big_files.csv_bytes if suffix == ".csv" else big_files.xlsx_bytes
        unfinished = file.with_suffix(".part")
        unfinished.write_bytes(write(category, made))
        unfinished.rename(file)
    return file
