"""The acceptance of the exhibition wall: real server, real Chromium, broken lines, killed processes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from bench.results import ROOT, Measure
from bench.wall import database, faults, guide, motion, painted, soak, step, traffic

DOCUMENT = ROOT / "docs" / "wall.md"
PARTS: dict[str, Callable[[argparse.Namespace, Path], list[Measure]]] = {
    "soak": soak.measure,
    "painted": painted.measure,
    "faults": faults.measure,
    "database": database.measure,
    "guide": guide.measure,
    "step": step.measure,
    "traffic": traffic.measure,
    "motion": motion.measure,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("only", nargs="*", choices=[*PARTS, []], metavar="|".join(PARTS), help="default: all")
    parser.add_argument("--refreshes", type=int, default=3000, help="of the soak")
    parser.add_argument(
        "--minutes", type=float, default=60.0, help="after which the soak is told as far as it came"
    )
    parser.add_argument(
        "--away", type=float, default=10.0, help="seconds that the server or the writer is away"
    )
    parser.add_argument(
        "--fault", choices=["killed", "writer", "lines", "alone"], help="one of the faults; default: all"
    )
    parser.add_argument("--watch", type=float, default=600.0, help="seconds in which the requests are listed")
    parser.add_argument("--snapshot", type=Path, help="a published file; default: the demonstration's")
    parser.add_argument("--base", type=Path, help="a SQLite base to publish from; default: the demonstration")


def parts(options: argparse.Namespace) -> list[str]:
    """Each is measured and kept by itself."""
    return options.only or list(PARTS)


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """The part that `options.part` names."""
    return PARTS[options.part](options, folder)
