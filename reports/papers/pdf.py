"""A paper as PDF: set by typst with the fonts beside this module, so it looks the same on every machine."""

from __future__ import annotations

import datetime as dt
import json
import threading
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import typst

from reports.papers.model import Block, Heading, Paper, Remark, Table
from reports.papers.qr import qr_svg
from ui import theme

FOLDER = Path(__file__).resolve().parent
FONTS = FOLDER / "fonts"
NOWHERE = FOLDER / "no-packages"
"""typst looks for packages here and finds none: nothing may be fetched while a paper is set."""

_lock = threading.Lock()


@cache
def _compiler() -> typst.Compiler:
    """Reads the fonts once a process (0.1 s)."""
    return typst.Compiler(
        str(FOLDER / "layout.typ"),
        root=str(FOLDER),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        package_path=str(NOWHERE),
        package_cache_path=str(NOWHERE),
    )


def to_pdf(paper: Paper, made_at: dt.datetime) -> bytes:
    """The paper with its fonts embedded and its text selectable.

    Args:
        made_at: stands in the file's properties; the same paper and moment give the same bytes.
    """
    with _lock:  # one compiler is not made for several threads
        compiler = _compiler()
        made = compiler.compile(
            format="pdf",
            sys_inputs={"paper": json.dumps(_content(paper), ensure_ascii=False)},
            timestamp=int(made_at.timestamp()),
        )
    assert isinstance(made, bytes)
    return made


def _content(paper: Paper) -> dict[str, Any]:
    imprint = paper.imprint
    return {
        "red": theme.OFFICIAL_RED,
        "author": paper.signature,
        "subject": paper.subject,
        "head": paper.head,
        "number": paper.number,
        "mark": paper.mark,
        "title": paper.title,
        "to": paper.to,
        "blocks": [_block(entry) for entry in paper.blocks],
        "signature": paper.signature,
        "date": paper.date,
        "lines": list(imprint.lines),
        "address": imprint.address,
        "qr": qr_svg(imprint.address) if imprint.address else "",
        "copies": f"抄送：{imprint.copies_to}" if imprint.copies_to else "",
        "printed_by": imprint.printed_by,
        "printed_on": imprint.printed_on,
    }


def _block(entry: Block) -> dict[str, Any]:
    if isinstance(entry, Table):
        rows = [list(row) for row in entry.rows]
        return {
            "kind": "table", "columns": [asdict(c) for c in entry.columns], "rows": rows,
            "caption": entry.caption, "whole": entry.is_whole,
        }  # fmt: skip
    kind = "heading" if isinstance(entry, Heading) else "remark" if isinstance(entry, Remark) else "text"
    return {"kind": kind, **asdict(entry)}
