"""A year's score (考核得分, Article 23): one input document to one result document, and nothing else.

Exact decimals, rounded half up where domain rule 4.2 says and nowhere else, so that
anyone who adds up the printed table gets the printed score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from metrics.rounding import half_up
from metrics.score.categories import Assessed, assess_all
from metrics.score.deductions import Deductions, deductions_of
from metrics.score.document import Department, Document
from metrics.score.parts import Done, Part, obligations_of, parts_of
from metrics.score.rules import FAILED, Rules
from metrics.score.spans import Term

FORMULA_VERSION = "1.0"
"""Raised when the same input document would give another digit."""


@dataclass(frozen=True)
class Scored:
    """A department's year. Without `parts` it is not assessed (不参评): nothing assigned, or zeros only."""

    department: Department
    term: Term
    categories: tuple[Assessed, ...]
    obligations: tuple[Done, ...]
    parts: tuple[Part, ...]
    deductions: Deductions
    points_sum: Decimal | None
    weights_present: Fraction | None
    points: Decimal | None
    """P: Σ points, scaled to 100 where a part is n/a."""
    score: Decimal | None
    grade: str | None

    def part(self, key: str) -> Part | None:
        return next((part for part in self.parts if part.key == key), None)


@dataclass(frozen=True)
class Ranked:
    """A place in the order of display; equal departments share a rank (1, 2, 2, 4)."""

    rank: int
    scored: Scored


@dataclass(frozen=True)
class Year:
    """The whole computation, for who wants more than the result document shows."""

    document: Document
    departments: tuple[Scored, ...]
    ranking: tuple[Ranked, ...]


def score_year(document: Document) -> Year:
    """Every department of the document, in its order, and the ranking."""
    departments = tuple(score_department(document, department) for department in document.departments)
    return Year(document, departments, rank(departments))


def compute(document: Document) -> dict[str, Any]:
    """The result document; the same input gives the same digits on every machine."""
    from metrics.score.result import as_data

    return as_data(score_year(document))


def score_department(document: Document, department: Department) -> Scored:
    rules = document.rule_set
    term = Term.of(document, department)
    deductions = deductions_of(department, term, rules)
    categories = assess_all(department, term, rules, deductions.falsified)
    obligations = obligations_of(department, term, rules)
    if all(category.is_zero for category in categories):
        return Scored(department, term, categories, obligations, (), deductions, None, None, None, None, None)
    parts = parts_of(categories, obligations, rules)
    points_sum, weights_present, points = _sum(parts)
    score = max(Decimal(0), points - half_up(deductions.taken))
    return Scored(
        department, term, categories, obligations, parts, deductions, points_sum, weights_present, points,
        score, _grade(score, deductions, rules),
    )  # fmt: skip


def _sum(parts: Sequence[Part]) -> tuple[Decimal, Fraction, Decimal]:
    """Σ points, Σ weights of the parts that have a value, and P."""
    present = [part for part in parts if part.points is not None]
    total = sum((part.points for part in present if part.points is not None), Decimal(0))
    weights = sum((part.weight for part in present), Fraction(0))
    is_whole = len(present) == len(parts)
    return total, weights, total if is_whole else half_up(100 * Fraction(total) / weights)


def _grade(score: Decimal, deductions: Deductions, rules: Rules) -> str:
    return FAILED if deductions.has_leak else rules.grade(Fraction(score))


def rank(departments: Sequence[Scored]) -> tuple[Ranked, ...]:
    """Departments with a score, the best first; ties by the rule of 4.3, then shown as in Article 8."""
    ordered = sorted(
        (d for d in departments if d.score is not None), key=lambda d: (_merit(d), d.department.order)
    )
    found: list[Ranked] = []
    for place, scored in enumerate(ordered, start=1):
        is_tie = bool(found) and _merit(found[-1].scored) == _merit(scored)
        found.append(Ranked(found[-1].rank if is_tie else place, scored))
    return tuple(found)


def _merit(scored: Scored) -> tuple[Any, ...]:
    """What decides the rank: score, then points of quantity, quality, timeliness, coverage, then deductions."""
    points = [
        (part.points if (part := scored.part(key)) else None) or Decimal(0)
        for key in ("quantity", "quality", "timeliness", "coverage")
    ]
    return (-(scored.score or Decimal(0)), *(-p for p in points), scored.deductions.total)
