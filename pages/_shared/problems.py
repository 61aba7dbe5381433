"""What has to be mended in a file, every sentence to its end: nobody should have to open a cell to read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog import Category
from reports import receipt
from ui import frames
from ui.pieces import tabular

MOST = 50
"""Listed on a page; the marked workbook and the files beside it have all of them."""


def listed(category: Category, problems: Sequence[Any]) -> None:
    """The first problems, open to be read."""
    lines = receipt.problem_lines(category, problems[:MOST])
    tabular.folded_table(frames.of(lines), receipt.problem_title(len(problems), MOST), is_open=True)
