"""The assessment's reads and writes for the walks over all roles: one row each, as in their own files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine

from data_access import assessment_tables as tables
from data_access.commands import (
    assessment,
    assessment_appeals as appeals,
    assessment_facts as facts,
    assessment_freeze as freezes,
    assessment_rules as rules,
    errata,
)
from data_access.engine import writing
from data_access.principal import Principal
from data_access.queries import assessment as queries, errata as told

DAY = dt.date(2026, 3, 2)
AT = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
YEAR = 2025
OFFICE, KEEPERS, ASSESSED = {"office"}, {"office", "operations"}, {"office", "department"}
SEALED = freezes.Sealed(YEAR, dt.date(2026, 1, 20), "{}", "0" * 64, "{}", "1.0", None)
FACT = facts.Fact(YEAR, "deduction", "no_such", "content")
Act = Callable[[Engine, Principal], Any]


def _in(act: Callable[[Principal, Connection], Any]) -> Act:
    def run(made: Engine, who: Principal) -> Any:
        with writing(made) as connection:
            return act(who, connection)

    return run


REFUSED = assessment.AssessmentRefused
COMMANDS: dict[str, tuple[set[str], Act]] = {
    "assessment_rules.propose_rules": (
        OFFICE,
        _in(
            lambda w, c: rules.propose_rules(
                w, c, version="", effective_from=DAY, approving_office="x", content="{}", reason="x", at=AT
            )
        ),
    ),
    "assessment_rules.decide_rules": (
        OFFICE,
        _in(lambda w, c: rules.decide_rules(w, c, "no", is_approved=True, at=AT)),
    ),
    "assessment_facts.propose_fact": (KEEPERS, _in(lambda w, c: facts.propose_fact(w, c, FACT, at=AT))),
    "assessment_facts.decide_fact": (
        OFFICE,
        _in(lambda w, c: facts.decide_fact(w, c, "no", is_approved=True, at=AT)),
    ),
    "assessment_facts.keep_obligation": (
        KEEPERS | {"department"},
        _in(
            lambda w, c: facts.keep_obligation(
                w, c, source="", kind="correction", department="industry", due_on=DAY, done_on=None,
                evidence="", at=AT,
            )
        ),
    ),
    "assessment_freeze.is_frozen": (
        KEEPERS | {"leader", "department"},
        _in(lambda w, c: freezes.is_frozen(w, c, YEAR)),
    ),
    "assessment_freeze.freeze_year": (
        {"office"},
        _in(lambda w, c: freezes.freeze_year(w, c, SEALED, at=AT)),
    ),
    "assessment_freeze.propose_revision": (
        OFFICE,
        _in(lambda w, c: freezes.propose_revision(w, c, SEALED, reason="", at=AT)),
    ),
    "assessment_freeze.decide_revision": (
        OFFICE,
        _in(lambda w, c: freezes.decide_revision(w, c, YEAR, 99, is_approved=True, at=AT)),
    ),
    "assessment_freeze.issue_paper": (
        KEEPERS,
        _in(
            lambda w, c: freezes.issue_paper(
                w, c, number="x", kind="x", title="x", year=YEAR, revision=9, sha256="1", figures={}, at=AT
            )
        ),
    ),
    "errata.list_errata": (OFFICE, _in(lambda w, c: errata.list_errata(w, c, YEAR, 2, [], at=AT))),
    "assessment_appeals.file_appeal": (
        ASSESSED,
        _in(lambda w, c: appeals.file_appeal(w, c, year=YEAR, department=w.unit, objection="", at=AT)),
    ),
    "assessment_appeals.withdraw_appeal": (
        ASSESSED,
        _in(lambda w, c: appeals.withdraw_appeal(w, c, "no", at=AT)),
    ),
    "assessment_appeals.recheck_appeal": (
        {"operations"},
        _in(lambda w, c: appeals.recheck_appeal(w, c, "no", finding="x", at=AT)),
    ),
    "assessment_appeals.decide_appeal": (
        OFFICE,
        _in(lambda w, c: appeals.decide_appeal(w, c, "no", outcome="upheld", decision="x", at=AT)),
    ),
    "assessment_appeals.carry_out_appeal": (
        OFFICE,
        _in(lambda w, c: appeals.carry_out_appeal(w, c, "no", revision=2, at=AT)),
    ),
}  # fmt: skip
INSIDE_A_STEP = {"assessment.begin", "assessment.decide"}
"""Shared pieces of the commands above, run after they have asked who it is."""

Seen = Any


def mine(who: Principal) -> str:
    """Rules and freezes are of all departments: everybody assessed reads them as his own."""
    return who.unit if who.role == "department" else "industry"


def fill(connection: Connection) -> None:
    """One row of each kind, of two departments, as two persons would have left them."""
    by_two: dict[str, Any] = {
        "state": "approved",
        "author": "张某",
        "author_account": "zhang",
        "recorded_at": AT,
        "second": "李某",
        "second_account": "li",
        "decided_at": AT,
        "decision_note": "",
    }
    connection.execute(
        tables.rule_set.insert().values(
            version="2025-1",
            effective_from=dt.date(YEAR, 1, 1),
            approving_office="局办公室",
            content="{}",
            reason="x",
            **by_two,
        )
    )
    for n, department in enumerate(("industry", "mass_sport"), 1):
        connection.execute(
            tables.fact.insert().values(
                number=f"{YEAR}-000{n}",
                version=1,
                year=YEAR,
                nature="deduction",
                department=department,
                kind="content",
                happened_on=dt.date(YEAR, 5, 1),
                settled_on=dt.date(YEAR, 5, 2),
                is_void=0,
                evidence="x",
                source="",
                **by_two,
            )
        )
    connection.execute(
        tables.freeze.insert().values(
            year=YEAR,
            number=1,
            revision=1,
            freeze_on=DAY,
            inputs="{}",
            sha256="0" * 64,
            result="{}",
            formula_version="1.0",
            reason="x",
            **by_two,
        )
    )
    connection.execute(
        tables.appeal.insert().values(
            number=f"S{YEAR}-001",
            year=YEAR,
            revision=1,
            department="industry",
            objection="x",
            state="filed",
            filed_on=DAY,
            recheck_due=DAY,
            decision_due=DAY,
        )
    )
    connection.execute(
        tables.appeal_event.insert().values(
            appeal=f"S{YEAR}-001", number=1, at=AT, actor="x", to_state="filed", note="x"
        )
    )
    connection.execute(
        tables.paper.insert().values(
            number="考核证据",
            kind="evidence_pack",
            title="x",
            year=YEAR,
            revision=1,
            sha256="0" * 64,
            issued_at=AT,
            issued_by="x",
        )
    )
    place = {"paper": "考核证据", "place": "departments/industry/score"}
    connection.execute(tables.figure.insert().values(**place, value="1.00"))
    connection.execute(
        tables.erratum.insert().values(**place, revision=2, year=YEAR, was="1.00", now="2.00", listed_at=AT)
    )


def reads(seen: Callable[..., Seen]) -> dict[str, Callable[..., Any]]:
    """Read → what it shows of departments; `seen(department=…)` builds an answer."""
    return {
        "assessment.rule_sets": lambda w, c, r: [seen(department=mine(w)) for _ in queries.rule_sets(w, c)],
        "assessment.rules_in_force": lambda w, c, r: [
            seen(department=mine(w)) for found in [queries.rules_in_force(w, c, YEAR, DAY)] if found
        ],
        "assessment.fact_versions": lambda w, c, r: [
            seen(department=f.department) for f in queries.fact_versions(w, c, YEAR)
        ],
        "assessment.facts_in_force": lambda w, c, r: [
            seen(department=f.department) for f in queries.facts_in_force(w, c, YEAR, DAY)
        ],
        "assessment.freeze_heads": lambda w, c, r: [
            seen(department=mine(w)) for _ in queries.freeze_heads(w, c, YEAR)
        ],
        "assessment.frozen_years": lambda w, c, r: [
            seen(department=mine(w)) for _ in queries.frozen_years(w, c)
        ],
        "assessment.frozen": lambda w, c, r: [
            seen(department="industry") for f in [queries.frozen(w, c, YEAR)] if f
        ],
        "assessment.proposed_revision": lambda w, c, r: [
            seen(department="industry") for f in [queries.proposed_revision(w, c, YEAR, 1)] if f
        ],
        "assessment.appeals": lambda w, c, r: [
            seen(department=a.department) for a in queries.appeals(w, c, YEAR)
        ],
        "assessment.appeal_events": lambda w, c, r: [
            seen(department="industry") for _ in queries.appeal_events(w, c, f"S{YEAR}-001")
        ],
        "assessment.papers": lambda w, c, r: [
            seen(department="industry") for _ in queries.papers(w, c, YEAR)
        ],
        "assessment.issued_figures": lambda w, c, r: [
            seen(department="industry") for _ in queries.issued_figures(w, c, "考核证据")
        ],
        "assessment.errata_papers": lambda w, c, r: [
            seen(department="industry") for _ in queries.errata_papers(w, c, YEAR)
        ],
        "assessment.errata_of": lambda w, c, r: [
            seen(department=e.place.split("/")[1]) for e in queries.errata_of(w, c, "考核证据")
        ],
        "errata.errata_years": lambda w, c, r: [seen(department="industry") for _ in told.errata_years(w, c)],
        "errata.told": lambda w, c, r: [seen(department="industry") for _ in [told.told(w, c, YEAR)]],
        "assessment.errata": lambda w, c, r: [
            seen(department=e.place.split("/")[1]) for e in queries.errata(w, c, YEAR)
        ],
    }
