"""The three files of a monthly review: docx, PDF, xlsx, read from its snapshot and nothing else."""

from __future__ import annotations

from sqlalchemy import Connection

from data_access.commands.reviews import ReviewRefused
from data_access.principal import Principal
from data_access.queries.reviews import one_review, review_edits
from metrics.review_life import corrected_figures
from reports.papers import to_docx, to_pdf
from reports.review_paper import review_paper
from reports.review_words import Shown, shown
from reports.review_workbook import review_workbook

MIMES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDINGS = tuple(MIMES)


def read_review(who: Principal, connection: Connection, number: str) -> Shown:
    """A review as the asker may see it.

    Raises:
        ReviewRefused: there is none under this number, or none for the asker.
    """
    row = one_review(who, connection, number)
    if row is None:
        raise ReviewRefused(f"没有 {number} 号调度报表，或尚未报送。请核对编号。")
    return shown(row, review_edits(who, connection, number))


def review_file(who: Principal, connection: Connection, number: str, ending: str) -> tuple[str, bytes]:
    """(file name, content) of one of `ENDINGS`."""
    of = read_review(who, connection, number)
    name = f"{of.title}_{number}.{ending}"
    if ending == "xlsx":
        return name, review_workbook(of)
    paper = review_paper(of, corrected_figures(who, connection, of.row))
    make = to_pdf if ending == "pdf" else to_docx
    return name, make(paper, of.row.signed_at or of.row.generated_at)
