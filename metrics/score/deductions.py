"""What is taken off (扣分): a late plan, content that had no place here, incidents, falsified data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from metrics.score.document import Deduction, Department
from metrics.score.rules import Rules
from metrics.score.spans import Term

KINDS = ("late_plan", "content", "incident", "falsified")
WEEK = 7


@dataclass(frozen=True)
class Deductions:
    """Points by kind, their sum, and what is taken of it (at most the limit of 30)."""

    points: dict[str, Fraction]
    late_days: int
    total: Fraction
    taken: Fraction
    falsified: frozenset[str]
    """Categories whose r_c is 0."""
    has_leak: bool
    """A confirmed leak of a state secret: the grade is 不合格, score and rank stay."""
    counted: tuple[Deduction, ...]
    """Facts of the department's days that were confirmed by the freeze, in the document's order."""


def deductions_of(department: Department, term: Term, rules: Rules) -> Deductions:
    """Facts count when they lie in the department's days and were confirmed by its freeze."""
    limits = rules.limits
    counted = tuple(
        d for d in department.deductions if term.has(d.occurred_on) and term.known(d.confirmed_on)
    )
    of = {kind: [d for d in counted if d.kind == kind] for kind in (*KINDS, "secret_leak")}
    late_days = _late_days(department, term, rules)
    points = {
        "late_plan": min(limits.late_plan_max, -(-late_days // WEEK) * limits.late_plan_week),
        "content": min(limits.content_max, len(of["content"]) * limits.content),
        "incident": sum((limits.incident[d.level or ""] for d in of["incident"]), Fraction(0)),
        "falsified": len(of["falsified"]) * limits.falsified,
    }
    total = sum(points.values(), Fraction(0))
    return Deductions(
        points=points,
        late_days=late_days,
        total=total,
        taken=min(limits.deductions_max, total),
        falsified=frozenset(d.category or "" for d in of["falsified"]),
        has_leak=bool(of["secret_leak"]),
        counted=counted,
    )


def _late_days(department: Department, term: Term, rules: Rules) -> int:
    """Days after 31 January; a plan not filed by the freeze counts as filed on that day."""
    due_on = rules.plan_due(term.year)
    if term.exists is None or term.exists.first > due_on:
        return 0
    filed_on = department.plan_filed_on
    filed_on = filed_on if filed_on is not None and filed_on <= term.freeze else term.freeze
    return max(0, (filed_on - due_on).days)
