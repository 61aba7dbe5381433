"""The input document of a year from the base: facts as known on the day of the freeze, nothing worked out.

Reads what the indicators read (`metrics.Known`), so a page's figure and the score's
come from one place.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from data_access.calendar import today
from data_access.due import DueItem, within
from data_access.plan_chain import PlanVersion
from data_access.principal import Principal
from data_access.queries import plans
from data_access.queries.score_inputs import keys_in_days
from data_access.responsibility import Assignment
from metrics.known import Known
from metrics.quality_parts import CHARACTERISTICS
from metrics.score.canonical import sha256
from metrics.score.compute import FORMULA_VERSION, compute
from metrics.score.document import read
from metrics.score.judged import Judged, judged_of, rules_of, with_judged
from metrics.score.rules import DEFAULT_RULES, Rules, text
from metrics.season import Duty

Json = dict[str, Any]
FREEZE_MONTH, FREEZE_DAY = 1, 20
"""The freeze lies after the December due dates (proposal, approved by 局办公室)."""


def freeze_of(year: int, as_of: dt.date | None = None) -> dt.date:
    """The day whose knowledge counts: 20 January of the next year, or `as_of` if that is earlier."""
    regular = dt.date(year + 1, FREEZE_MONTH, FREEZE_DAY)
    return regular if as_of is None else min(as_of, regular)


def inputs(known: Known, *, rules: Rules = DEFAULT_RULES, judged: Judged | None = None) -> Json:
    """The canonical input document of `known.year`, frozen on `known.as_of`.

    Departments in the order of Article 8; categories whose days have begun by the
    freeze. It carries its whole rule set, so a later default changes no old year.
    """
    document = {
        "year": known.year,
        "freeze": known.as_of.isoformat(),
        "formula_version": FORMULA_VERSION,
        "catalog_version": known.catalog.version,
        "rules": rules.as_data(),
        "departments": _Facts(known).departments(),
    }
    return with_judged(document, judged or Judged())


def from_base(
    principal: Principal,
    connection: Connection,
    year: int,
    as_of: dt.date | None = None,
    *,
    rules: Rules | None = None,
    judged: Judged | None = None,
) -> Json:
    """`inputs` of a year as known on `as_of` (None = today), at the latest on its regular freeze.

    Args:
        rules, judged: instead of those in force on that day.

    Raises:
        Forbidden: the ranking needs every department, so only who sees all may ask.
    """
    principal.require("office", "leader", "operations")
    freeze = freeze_of(year, as_of or today())
    return inputs(
        Known(principal, connection, year, freeze),
        rules=rules or rules_of(principal, connection, year, freeze),
        judged=judged or judged_of(principal, connection, year, freeze),
    )


def of_department(document: Json, code: str) -> Json:
    """One department's result with its rank, the day and the hash of the inputs it was made from."""
    result = compute(read(document))
    ranks = {place["code"]: place["rank"] for place in result["ranking"]}
    found = next(d for d in result["departments"] if d["code"] == code)
    whole = {"year": result["year"], "sha256": sha256(document), "formula_version": FORMULA_VERSION}
    return found | whole | {"rank": ranks.get(code), "assessed": len(ranks)}


class _Facts:
    """The reads of one document, each made once."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.filed_on = plans.filed_on(known.principal, known.connection, known.year)
        self.chains: dict[str, list[PlanVersion]] = defaultdict(list)
        for plan in plans.plan_versions(known.principal, known.connection, known.year):
            if plan.state in plans.COUNTING_STATES and plan.approved_on and plan.approved_on <= known.as_of:
                self.chains[plan.category].append(PlanVersion(plan.version, plan.quantity, plan.approved_on))
        self.quality: dict[Assignment, Counter[str]] = defaultdict(Counter)
        for row in known.quality:
            self._count(self.quality, row.category, row.day, Counter(row.counts))
        for probe in known.probes:
            found = Counter(probes=probe.probes, opened=probe.opened)
            self._count(self.quality, probe.category, probe.day, found)
        self.batches: dict[Assignment, Counter[tuple[str, str | None]]] = defaultdict(Counter)
        for state in known.states:
            found = Counter({(state.state, state.waiting_for): state.count})
            self._count(self.batches, state.category, state.received_on, found)
        self.candidates: dict[str, tuple[DueItem, ...]] = {}

    def _count(self, sums: dict[Assignment, Counter], category: str, day: dt.date, found: Counter) -> None:
        duty = self.known.owner(category, day)
        if duty is not None:
            sums[duty.assignment].update(found)

    def departments(self) -> list[Json]:
        duties: dict[str, list[Duty]] = defaultdict(list)
        for duty in self.known.duties:
            duties[duty.department].append(duty)
        return [
            {
                "code": department.code,
                "order": department.order,
                "valid_from": None,
                "valid_to": None,
                "plan_filed_on": self._filed(department.code),
                "categories": [self._category(duty) for duty in duties[department.code]],
            }
            for department in sorted(self.known.catalog.departments, key=lambda d: d.order)
        ]

    def _filed(self, department: str) -> str | None:
        day = self.filed_on.get(department)
        return day.isoformat() if day is not None and day <= self.known.as_of else None

    def _category(self, duty: Duty) -> Json:
        known, assignment = self.known, duty.assignment
        counts = self.quality[assignment]
        return {
            "code": duty.category,
            "valid_from": _edge(assignment.first, known.first),
            "valid_to": _edge(assignment.last, known.last),
            "weight": "1",
            "plan_versions": [
                {"version": v.version, "quantity": v.quantity, "approved_on": v.approved_on.isoformat()}
                for v in self.chains[duty.category]
            ],
            "integrated_keys": self._keys(assignment),
            "accepted_records": known.accepted(assignment),
            "due_items": [self._item(item, assignment) for item in self._candidates(duty.category)],
            "rows": counts["rows"],
            "characteristics": _characteristics(counts),
            "batches": [
                {"state": state, "waiting_for": party, "count": count}
                for (state, party), count in sorted(
                    self.batches[assignment].items(), key=lambda item: (item[0][0], item[0][1] or "")
                )
            ],
        }

    def _keys(self, assignment: Assignment) -> int:
        """The rollup's count; a category that changed hands is counted within its days."""
        known = self.known
        if assignment.category not in known.split:
            return known.keys(assignment)
        category = known.catalog.category_by_code[assignment.category]
        return keys_in_days(
            known.principal, known.connection, category, assignment.first, assignment.last, known.as_of
        )

    def _candidates(self, category: str) -> tuple[DueItem, ...]:
        if category not in self.candidates:
            entry = self.known.catalog.category_by_code[category]
            self.candidates[category] = self.known.candidates(entry, self.known.year)
        return self.candidates[category]

    def _item(self, item: DueItem, assignment: Assignment) -> Json:
        item = within(item, assignment.first, assignment.last, self.known.complete_days)
        common = {
            "period": item.period, "ends_on": item.ends_on.isoformat(), "due_on": item.due_on.isoformat(),
        }  # fmt: skip
        if item.days is not None:
            return common | {"complete_days": item.complete_days, "days": item.days}
        came = item.received_by(self.known.as_of) and item.received_on
        return common | {"received_on": came.isoformat() if came else None}


def _edge(day: dt.date, year_end: dt.date) -> str | None:
    """A bound of the days; open where the responsibility reaches the end of the year."""
    return None if day == year_end else day.isoformat()


def _characteristics(counts: Counter[str]) -> dict[str, list[str]]:
    """Numerators (what is right) and denominators, each summed over all its days."""
    sums = {key: of(counts) for key, of in CHARACTERISTICS.items()}
    sums["accessibility"] = (Fraction(counts["opened"]), Fraction(counts["probes"]))
    return {key: [text(numerator), text(denominator)] for key, (numerator, denominator) in sums.items()}
