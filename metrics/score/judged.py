"""What people decided, from the tables into the input document: rules, obligations, deductions, adjustments."""

from __future__ import annotations

import copy
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from data_access.principal import Principal
from data_access.queries import assessment as queries
from data_access.queries.assessment import FactVersion
from metrics.score.canonical import parse
from metrics.score.rules import DEFAULT_RULES, Rules

Json = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """What people decided and no delivery tells, by department, as the document writes it.

    `obligations`: [{kind, due_on, done_on}]; `deductions`: [{kind, level, category,
    occurred_on, confirmed_on}]; `adjustments`: [{field, category, period, value}],
    figures of the inputs that were shown to be wrong.
    """

    obligations: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    deductions: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    adjustments: Mapping[str, Sequence[Json]] = field(default_factory=dict)


def judged_of(principal: Principal, connection: Connection, year: int, known_on: dt.date) -> Judged:
    """The facts in force on `known_on`; each names its number, so that a figure leads to its paper."""
    found: dict[str, dict[str, list[Json]]] = {
        nature: defaultdict(list) for nature in queries.NATURE_NAMES
    }  # fmt: skip
    for fact in queries.facts_in_force(principal, connection, year, known_on):
        found[fact.nature][fact.department].append(_WRITTEN[fact.nature](fact))
    return Judged(found["obligation"], found["deduction"], found["adjustment"])


def rules_of(principal: Principal, connection: Connection, year: int, known_on: dt.date) -> Rules:
    """The approved rule set of the year; the proposals of the product before there is one."""
    found = queries.rules_in_force(principal, connection, year, known_on)
    return Rules.model_validate(parse(found.content)) if found else DEFAULT_RULES


def _obligation(fact: FactVersion) -> Json:
    return {
        "number": fact.number, "kind": fact.kind, "due_on": _iso(fact.happened_on),
        "done_on": _iso(fact.settled_on),
    }  # fmt: skip


def _deduction(fact: FactVersion) -> Json:
    return {
        "number": fact.number, "kind": fact.kind, "level": fact.level, "category": fact.category,
        "occurred_on": _iso(fact.happened_on), "confirmed_on": _iso(fact.settled_on),
    }  # fmt: skip


def _adjustment(fact: FactVersion) -> Json:
    return {
        "number": fact.number, "field": fact.kind, "category": fact.category, "period": fact.period,
        "value": fact.value,
    }  # fmt: skip


_WRITTEN = {"obligation": _obligation, "deduction": _deduction, "adjustment": _adjustment}


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def with_judged(document: Json, judged: Judged) -> Json:
    """The document with these judgements instead of its own; every other fact stays as it is.

    An adjustment stands in the document with the figure it replaced (`was`), so a
    later one starts from what the base said and not from the one before.
    """
    made = copy.deepcopy(document)
    for department in made["departments"]:
        code = department["code"]
        for old in reversed(department.pop("adjustments", [])):
            _put(department, old, old["was"])
        department["obligations"] = [dict(o) for o in judged.obligations.get(code, ())]
        department["deductions"] = [dict(d) for d in judged.deductions.get(code, ())]
        applied = [
            adjustment | {"was": _put(department, adjustment, adjustment["value"])}
            for adjustment in judged.adjustments.get(code, ())
            if _target(department, adjustment) is not None
        ]
        if applied:
            department["adjustments"] = applied
    return made


def _target(department: Json, adjustment: Json) -> Json | None:
    """The part of the document an adjustment is about: a due item of the category, or the category."""
    for category in department["categories"]:
        if category["code"] != adjustment["category"]:
            continue
        if adjustment["field"] != "received_on":
            return category
        for item in category["due_items"]:
            if item["period"] == adjustment["period"] and "received_on" in item:
                return item
    return None


def _put(department: Json, adjustment: Json, value: Any) -> Any:
    """Write the value; returns what stood there."""
    target = _target(department, adjustment)
    if target is None:
        return None
    name = adjustment["field"]
    was = target[name]
    target[name] = value if name == "received_on" or value is None else int(value)
    return was
