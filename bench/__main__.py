"""`python -m bench [intake|pages|growth|login|score|review|wall|flow|map] [--write]`: measure, print a table of values and goals, keep them as JSON."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from bench import flow, growth, intake, login, map as venue_map, pages, results, review, score, wall

BENCHES = {
    "intake": intake,
    "pages": pages,
    "growth": growth,
    "login": login,
    "score": score,
    "review": review,
    "wall": wall,
    "flow": flow,
    "map": venue_map,
}


def main(words: list[str]) -> int:
    """0: measured (whether goals are met is for the reader), 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--write", action="store_true", help="put the results into their document")
    parser.add_argument("--write", action="store_true", help="put the results into their document")
    chosen = parser.add_subparsers(dest="bench", metavar="|".join(BENCHES))
    for name, bench in BENCHES.items():
        bench.arguments(chosen.add_parser(name, help=(bench.__doc__ or "").splitlines()[0], parents=[common]))
    options = parser.parse_args(words)
    for name in [options.bench] if options.bench else BENCHES:
        if options.bench is None:
            own = parser.parse_args([name])
            own.write = options.write
        else:
            own = options
        _run(name, own, " ".join(["python -m bench", *_told(words)]))
    return 0


def _told(words: list[str]) -> list[str]:
    """The words without the places of files: a path of this machine says nothing elsewhere."""
    told = list(words)
    for option in ("--base", "--snapshot"):
        if option in told:
            del told[told.index(option) : told.index(option) + 2]
    return told


def _run(name: str, options: argparse.Namespace, command: str) -> None:
    """A bench of several parts says so by `parts(options)`; each is measured, told and kept by itself."""
    bench = BENCHES[name]
    parts = bench.parts(options) if hasattr(bench, "parts") else [""]
    for part in parts:
        options.part, label = part, f"{name}-{part}" if part else name
        started = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix=f"bench-{label}-") as folder:
            Path(folder).chmod(0o755)  # PostgreSQL's own user must reach its socket
            measures = bench.measure(options, Path(folder))
        print(f"\n{label} ({time.perf_counter() - started:.0f} s)\n{results.table(measures)}", flush=True)
        results.save(label, command, measures)
        if options.write:
            results.write_document(label, getattr(bench, "DOCUMENT", results.DOCUMENT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
