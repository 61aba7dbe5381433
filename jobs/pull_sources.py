"""One pull of one source (Articles 2, 7): what the platforms have, through the same intake as a file."""

from __future__ import annotations

import catalog
from catalog.sources import AnySource
from data_access.commands.delivery import Delivery
from data_access.connectors import Piece, pull
from jobs.base import Context
from reports.marked import CannotMark, marked_name, marked_workbook


def run(context: Context, source: AnySource) -> str:
    result = pull(context.engine, source, stop=context.stop, before_piece=context.check_lease, beside=_marked)
    return result.summary()


def _marked(piece: Piece, delivery: Delivery) -> tuple[str, bytes] | None:
    """The sender's own workbook with the bad cells marked, for a watched folder."""
    category = catalog.default().category_by_code[delivery.category]
    try:
        made = marked_workbook(
            category,
            piece.content,
            file_name=piece.file_name,
            problems=delivery.problems,
            warnings=delivery.warnings,
        )
    except CannotMark:
        return None
    return marked_name(piece.file_name), made
