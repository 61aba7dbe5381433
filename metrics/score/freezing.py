"""Whether a year can be frozen on a day: not before the last due date of what it assesses."""

from __future__ import annotations

from metrics.score.categories import NOT_YET
from metrics.score.compute import score_year
from metrics.score.document import Document


def too_early(document: Document) -> str | None:
    """Why the document's `freeze` is no day to freeze the year on; None if it is.

    A score as of an earlier day may always be looked at; frozen, it would leave out
    due items whose day has not come. An abolished department's last day is its own.
    """
    waiting = [
        (item.due_on, scored.department.code, category.code, item.period)
        for scored in score_year(document).departments
        if scored.term.freeze == document.freeze
        for category in scored.categories
        for item, why in category.dropped
        if why == NOT_YET
    ]
    if document.freeze <= document.last:
        return (
            f"{document.freeze} 这一年还没有结束，不能封存 {document.year} 年度。"
            f"请在 {max([document.last, *(w[0] for w in waiting)])} 之后封存。"
        )
    if not waiting:
        return None
    due_on, department, category, period = max(waiting)
    return (
        f"封存日 {document.freeze} 早于 {len(waiting)} 个应报项的截止日期，封存后这些应报项不再计分。"
        f"最晚一项：{department} {category} {period}，{due_on} 截止。请在 {due_on} 当天或之后封存。"
    )
