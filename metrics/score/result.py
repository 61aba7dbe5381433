"""The result document: the computation's figures as canonical text, with what leads to each of them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from metrics.rounding import half_up
from metrics.score.categories import Assessed, Item
from metrics.score.compute import Scored, Year
from metrics.score.parts import Done, Part
from metrics.score.rules import PARTS


def figure(value: Decimal | Fraction | int | None) -> str | None:
    """A figure as text with two decimals; None = n/a."""
    if isinstance(value, Decimal) and value.as_tuple().exponent == -2:
        return str(value)  # rounded already, which is most of them
    return None if value is None else str(half_up(value))


def day(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None


def as_data(year: Year) -> dict[str, Any]:
    return {
        "year": year.document.year,
        "freeze": day(year.document.freeze),
        "departments": [_department(scored, year.document.rule_set.weights) for scored in year.departments],
        "ranking": [
            {"rank": r.rank, "code": r.scored.department.code, "score": figure(r.scored.score)}
            for r in year.ranking
        ],
    }


def _department(scored: Scored, weights: dict[str, Fraction]) -> dict[str, Any]:
    parts = {part.key: part for part in scored.parts}
    timeliness = parts.get("timeliness")
    return {
        "code": scored.department.code,
        "freeze": day(scored.term.freeze),
        "categories": [_category(category) for category in scored.categories],
        "obligations": [_obligation(done) for done in scored.obligations],
        "parts": {key: _part(parts.get(key), weights[key]) for key in PARTS},
        "t_sum": figure(timeliness.numerator) if timeliness else None,
        "k_sum": figure(sum((done.credit for done in scored.obligations), Fraction(0))),
        "points_sum": figure(scored.points_sum),
        "weights_present": figure(scored.weights_present),
        "P": figure(scored.points),
        "deductions": {
            **{kind: figure(points) for kind, points in scored.deductions.points.items()},
            "sum": figure(scored.deductions.total),
            "taken": figure(scored.deductions.taken),
        },
        "late_plan_days": scored.deductions.late_days,
        "secret_leak": scored.deductions.has_leak,
        "score": figure(scored.score),
        "grade": scored.grade,
    }


def _part(part: Part | None, weight: Fraction) -> dict[str, Any]:
    """A part of a department that is not assessed is n/a, whatever it would have been."""
    return {
        "weight": figure(weight),
        "value": figure(part.value) if part else None,
        "points": figure(part.points) if part else None,
        "numerator": figure(part.numerator) if part else None,
        "denominator": figure(part.denominator) if part else None,
        "reason": part.reason if part else "not_assessed",
    }


def _category(category: Assessed) -> dict[str, Any]:
    return {
        "code": category.code,
        "days": [{"first": day(span.first), "last": day(span.last)} for span in category.spans],
        "weight": figure(category.weight),
        "versions": [
            {
                "version": stretch.version.version,
                "quantity": figure(stretch.version.quantity),
                "first": day(stretch.first),
                "last": day(stretch.last),
                "days": days,
            }
            for stretch, days in category.stretches
        ],
        "zero_plan": category.is_zero,
        "falsified": category.is_falsified,
        "q": figure(category.quantity),
        "n": category.keys,
        "r": figure(category.ratio),
        "surplus": figure(category.surplus),
        "covered": category.covered,
        "due_items": [_item(item) for item in category.items],
        "dropped": [
            {"period": item.period, "ends_on": day(item.ends_on), "due_on": day(item.due_on), "reason": why}
            for item, why in category.dropped
        ],
        "t_sum": figure(sum((item.credit for item in category.items), Fraction(0))),
        "rows": category.rows,
        "characteristics": {name: figure(value) for name, value in category.characteristics.items()},
        "mean": figure(category.mean),
    }


def _item(item: Item) -> dict[str, Any]:
    """`t` is t_i to two decimals, for reading; the sum is made of the exact fractions."""
    given = item.given
    common = {"period": given.period, "ends_on": day(given.ends_on), "due_on": day(given.due_on)}
    if given.is_share:
        how: dict[str, Any] = {"complete_days": given.complete_days, "days": given.days}
    else:
        came = item.delay_days is not None
        how = {"received_on": day(given.received_on) if came else None, "delay_days": item.delay_days}
    return common | how | {"t": figure(item.credit)}


def _obligation(done: Done) -> dict[str, Any]:
    came = done.delay_days is not None
    return {
        "kind": done.given.kind,
        "due_on": day(done.given.due_on),
        "done_on": day(done.given.done_on) if came else None,
        "delay_days": done.delay_days,
        "k": figure(done.credit),
    }
