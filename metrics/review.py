"""What a month's review (月度调度, Article 21) says, as data: department by department, from the indicators.

A review looks at one position: the end of `as_of`, the 5th of the month after, when
the month's data were due. The document is plain JSON with decimals as text; its
figures are written as they are printed, so paper, page and workbook cannot differ.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from data_access.principal import Principal
from data_access.queries import plans
from data_access.queries.status import base_kind
from metrics.corrections import Corrections
from metrics.review_months import CUT_DAY, cut_of, month_before, newest_month
from metrics.review_position import Figures, Position

FORMAT = "1"
Json = dict[str, Any]


def document(
    principal: Principal,
    connection: Connection,
    month: str,
    known_on: dt.date,
    corrections: Corrections | None = None,
) -> Json:
    """The review of a month as known on `known_on`, without its sentences (`metrics.review_sentences`).

    Args:
        corrections: of frozen scores, instead of those in force on `known_on`.
    """
    now = Position(principal, connection, month, known_on, corrections)
    before = Position(principal, connection, month_before(month), known_on, corrections)
    known = now.known
    plan = plans.plan_basis(principal, connection, known.year, known.as_of)
    lines, earlier = now.lines(), before.lines()
    return {
        "kind": "monthly_review",
        "format": FORMAT,
        "month": month,
        "as_of": known.as_of.isoformat(),
        "previous_as_of": before.known.as_of.isoformat(),
        "known_on": known.known_on.isoformat(),
        "is_demo": base_kind(principal, connection) == "demo",
        "catalog_version": str(known.catalog.version),
        "plan": {
            "version": plan.newest_version,
            "approved_on": plan.approved_on.isoformat() if plan.approved_on else None,
        },
        "note": known.calendar.note(known.as_of.year) or known.calendar.note(known.year),
        "city": {"figures": _plain(lines[None]), "before": _plain(earlier[None])},
        "departments": [
            {
                "code": code,
                "name": known.catalog.department_by_code[code].short,
                "figures": _plain(lines[code]),
                "before": _plain(earlier[code]) if code in earlier else None,
                "late": now.late(code),
                "gaps": now.gaps(code),
                "problem": now.commonest_problem(code),
                "refused": now.most_refused(code),
            }
            for code in lines
            if code is not None
        ],
    }


def figures_of(review: Json) -> Json:
    """The part of a document that two reviews of one month are compared by."""
    return {"city": review["city"], "departments": review["departments"]}


def differences(one: Json, other: Json) -> list[tuple[str, str | None, str | None]]:
    """(place, figure in the one, figure in the other) of every figure that differs, in the order of the paper."""
    left, right = dict(_leaves(figures_of(one))), dict(_leaves(figures_of(other)))
    return [
        (place, left.get(place), right.get(place))
        for place in dict.fromkeys([*left, *right])
        if left.get(place) != right.get(place)
    ]


def _leaves(value: Any, place: str = "") -> Any:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{place}/{key}" if place else key)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            name = inner.get("code") or inner.get("category") or str(n) if isinstance(inner, dict) else str(n)
            yield from _leaves(inner, f"{place}/{name}")
    else:
        yield place, None if value is None else str(value)


def _plain(figures: Figures) -> Json:
    return {k: str(v) if isinstance(v, Decimal) else v for k, v in asdict(figures).items()}


__all__ = [
    "CUT_DAY",
    "FORMAT",
    "Figures",
    "cut_of",
    "differences",
    "document",
    "figures_of",
    "month_before",
    "newest_month",
]
