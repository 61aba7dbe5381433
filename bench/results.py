"""Measured values with their goals: one table on the screen, JSON in var/bench/, a section of docs/performance.md."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import platform
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"
DOCUMENT = ROOT / "docs" / "performance.md"
PACKAGES = ("streamlit", "sqlalchemy", "psycopg", "pyarrow", "python-calamine", "uvloop", "plotly")


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. A goal is a limit: `value` must not exceed it, or with `at_least`, must reach it."""

    name: str
    value: float
    unit: str = "×"
    goal: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        met = self.value >= self.goal if self.at_least else self.value <= self.goal
        return "met" if met else "missed"

    @property
    def shown(self) -> str:
        return f"{_number(self.value)} {self.unit}"

    @property
    def goal_shown(self) -> str:
        if self.goal is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {_number(self.goal)} {self.unit}"


def exponent(small_s: float, large_s: float, small_n: int, large_n: int) -> float:
    """k in time ∝ visits^k: 0 is flat, 1 is proportional."""
    return math.log(large_s / small_s) / math.log(large_n / small_n)


def machine() -> str:
    """What was measured on, in one line."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {packages}"
    )


def table(measures: Sequence[Measure]) -> str:
    """The measures as aligned text."""
    head = ("measure", "value", "goal", "", "note")
    lines = [head, *((m.name, m.shown, m.goal_shown, m.verdict, m.note) for m in measures)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def save(name: str, command: str, measures: Sequence[Measure]) -> Path:
    """Keep a run as ``var/bench/<name>.json``."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / f"{name}.json"
    run = {
        "name": name,
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "load_average": os.getloadavg()[0],
        "command": command,
        "measures": [asdict(m) | {"verdict": m.verdict} for m in measures],
    }
    target.write_text(json.dumps(run, ensure_ascii=False, indent=1), encoding="utf-8")
    return target


def write_document(name: str, document: Path = DOCUMENT, folder: Path = FOLDER) -> None:
    """Put the kept run of `name` into its place in the document, between its two marks."""
    run = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    rows = []
    for kept in run["measures"]:
        kept.pop("verdict")
        m = Measure(**kept)
        rows.append(f"| {m.name} | {m.shown} | {m.goal_shown} | {m.verdict} | {m.note} |")
    section = "\n".join(
        [
            f"`{run['command']}` on {run['at'][:10]}; {run['machine']}; "
            f"load average at the end {run['load_average']:.1f}.",
            "",
            "| measure | value | goal | | note |",
            "| --- | ---: | ---: | --- | --- |",
            *rows,
        ]
    )
    opening, closing = f"<!-- bench {name} -->", f"<!-- end {name} -->"
    text = document.read_text(encoding="utf-8")
    if opening not in text or closing not in text:
        raise ValueError(
            f"{document.name} has no place for {name}: put {opening} and {closing} where it belongs."
        )
    pattern = re.escape(opening) + ".*?" + re.escape(closing)
    text = re.sub(pattern, lambda _: f"{opening}\n{section}\n{closing}", text, flags=re.S)
    document.write_text(text, encoding="utf-8")


def _number(value: float) -> str:
    """Three digits that matter, thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
