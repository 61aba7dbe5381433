"""A month's review with all its papers, from the demonstration base to docx, PDF and xlsx in memory."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.demo_base import demo_base, today
from bench.results import ROOT, Measure
from data_access.engine import engine, reading
from data_access.principal import SYSTEM
from data_access.queries.reviews import Review
from metrics.review import cut_of, document, newest_month
from metrics.review_sentences import with_sentences
from metrics.score.canonical import canonical, sha256

GOAL_S = 20.0
GOAL_MB = 2.0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base", type=Path, help="a finished demonstration base instead of one built here")


def measure(options: argparse.Namespace, _folder: Path) -> Sequence[Measure]:
    """In a fresh process: imports, fonts and first reads count, as they do for the worker on the 6th."""
    url = demo_base(base=options.base)
    command = [sys.executable, "-m", "bench.review", url]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    whole = time.perf_counter() - started
    figures, papers, docx, pdf, xlsx = map(float, done.stdout.split())
    return [
        Measure("monthly review with all its papers, fresh process", whole, "s", GOAL_S),
        Measure("figures and sentences of two positions", figures, "s"),
        Measure("docx, PDF and xlsx", papers, "s"),
        Measure("largest paper", max(docx, pdf, xlsx) / 1e6, "MB", GOAL_MB),
    ]


def main(url: str) -> None:
    """Prints seconds for the figures, seconds for the papers, bytes of docx, PDF and xlsx. Writes nothing."""
    from reports.papers import to_docx, to_pdf
    from reports.review_paper import review_paper
    from reports.review_words import shown
    from reports.review_workbook import review_workbook

    month = newest_month(today())
    started = time.perf_counter()
    with reading(engine(url)) as connection:
        made = with_sentences(document(SYSTEM, connection, month, today()))
    figures = time.perf_counter() - started
    of = shown(_unsaved(month, canonical(made), sha256(made)), [])
    paper = review_paper(of)
    files = to_docx(paper, of.row.generated_at), to_pdf(paper, of.row.generated_at), review_workbook(of)
    papers = time.perf_counter() - started - figures
    print(figures, papers, *map(len, files))


def _unsaved(month: str, snapshot: str, digest: str) -> Review:
    from data_access.clock import now

    return Review(
        number=f"{month}.1", month=month, generation=1, state="generated", as_of=cut_of(month), generated_at=now(),
        generated_by=SYSTEM.name, data_version=1, snapshot=snapshot, sha256=digest, corrects=None, reason="",
        replaced_by=None, signed_text=None, signed_sha256=None, signed_at=None, signed_by=None, sent_at=None,
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
