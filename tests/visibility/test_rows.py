"""Each read × each role: nothing comes back that is outside the role's scope (design: the table of roles).

A read that this file does not know fails `test_every_read_is_walked`.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection

import catalog
from data_access.engine import engine, reading
from data_access.principal import OFFICE, Forbidden, Principal
from data_access.queries import (
    accounts,
    audit_entries,
    batches,
    files,
    plans,
    progress,
    quality_queries,
    records,
    score_inputs,
    sources,
    status,
    unit_receipts,
    visit_days,
)
from data_access.queries.accounts import UNIT_ROLES
from tests.visibility import assessment, changes, circulars, facilities, reviews, visits
from tests.visibility.roles import (
    ATHLETE,
    DAY,
    EVENT,
    EVERYBODY,
    GUIDE,
    LEADER,
    LOTTERY,
    MASS,
    SENT,
    TEAM,
    WANZHOU,
    YEAR,
    YOUTH,
    YUZHONG,
    fill,
)
from tests.visibility.walk import functions

KNOWN = catalog.default()
FIRST, YEARS = dt.date(YEAR, 1, 1), range(YEAR, YEAR + 1)
FOR_ALL = batches.BatchFilter()


@dataclass(frozen=True)
class Seen:
    """What one row of an answer tells about: a category's, a unit's, a department's, or the whole city's."""

    category: str | None = None
    unit: str | None = None
    department: str | None = None


def own(who: Principal, connection: Connection) -> frozenset[str] | None:
    """The restriction the metrics pass on for a department."""
    return frozenset(c.code for c in KNOWN.categories_of(who.unit)) if who.role == "department" else None


def _each(ask: Callable[[str, str], Iterable[Seen]]) -> list[Seen]:
    """Ask about every delivery; one that is refused shows nothing."""
    found: list[Seen] = []
    for category, unit, *_ in SENT:
        try:
            found += ask(category, unit)
        except Forbidden:
            continue
    return found


Ask = Callable[[Principal, Connection, dict[tuple[str, str], str]], Iterable[Seen]]


def _by_category(rows: Iterable[Any]) -> list[Seen]:
    return [Seen(row.category, getattr(row, "unit", None)) for row in rows]


READS: dict[str, Ask] = {
    "audit_entries.entries": lambda w, c, r: (
        Seen(unit=e.unit) for e in audit_entries.entries(w, c, audit_entries.AuditFilter())
    ),
    "audit_entries.count_entries": lambda w, c, r: (
        Seen(unit=w.unit) for _ in range(audit_entries.count_entries(w, c, audit_entries.AuditFilter()))
    ),
    "accounts.accounts": lambda w, c, r: (Seen(unit=a.unit) for a in accounts.accounts(w, c)),
    "accounts.one_account": lambda w, c, r: (
        Seen(unit=a.unit) for a in accounts.accounts(OFFICE, c) if accounts.one_account(w, c, a.name)
    ),
    "accounts.applications": lambda w, c, r: (Seen(unit=a.unit) for a in accounts.applications(w, c)),
    "accounts.waiting_applications": lambda w, c, r: (
        Seen(unit=w.unit) for _ in range(accounts.waiting_applications(w, c))
    ),
    "accounts.unconfirmed": lambda w, c, r: (
        Seen(unit=a.unit) for a in accounts.unconfirmed(w, c, dt.date(2100, 1, 1))
    ),
    "accounts.names_like": lambda w, c, r: (Seen(unit=w.unit) for _ in accounts.names_like(w, c, "")),
    "batches.states": lambda w, c, r: _by_category(
        batches.states(w, c, FIRST, DAY, DAY, categories=own(w, c), by_unit=True)
    ),
    "batches.batches": lambda w, c, r: _by_category(batches.batches(w, c, FOR_ALL, DAY)),
    "batches.count_batches": lambda w, c, r: (
        Seen(code, unit)
        for code, unit, *_ in SENT
        if batches.count_batches(w, c, batches.BatchFilter(category=code, unit=unit), DAY)
    ),
    "batches.one_batch": lambda w, c, r: (
        Seen(*place) for place, receipt in r.items() if batches.one_batch(w, c, receipt, DAY)
    ),
    "batches.problems": lambda w, c, r: _each(
        lambda code, unit: [Seen(code, unit) for _ in batches.problems(w, c, r[code, unit], DAY)]
    ),
    "batches.transitions": lambda w, c, r: _each(
        lambda code, unit: [Seen(code, unit) for _ in batches.transitions(w, c, r[code, unit], DAY)]
    ),
    "batches.waiting": lambda w, c, r: _by_category(batches.waiting(w, c, DAY, categories=own(w, c))),
    "files.original_file": lambda w, c, r: _each(
        lambda code, unit: [Seen(code, unit)] if files.original_file(w, c, r[code, unit]) else []
    ),
    "plans.plan_versions": lambda w, c, r: (
        Seen(department=p.department) for p in plans.plan_versions(w, c, YEAR)
    ),
    "plans.plan_steps": lambda w, c, r: (Seen(s.category) for s in plans.plan_steps(w, c, YEAR)),
    "plans.plan_chains": lambda w, c, r: (
        Seen(code) for (code, _), chain in plans.plan_chains(w, c, YEARS, DAY).items() if chain.is_planned
    ),
    "plans.unplanned": lambda w, c, r: map(Seen, plans.unplanned(w, c, YEAR, DAY)),
    "plans.plan_basis": lambda w, c, r: [Seen()] if plans.plan_basis(w, c, YEAR, DAY).approved_on else [],
    "plans.filed_on": lambda w, c, r: (Seen(department=d) for d in plans.filed_on(w, c, YEAR)),
    "progress.delivered": lambda w, c, r: _by_category(
        progress.delivered(w, c, FIRST, DAY, categories=own(w, c), by_unit=True)
    ),
    "progress.first_days": lambda w, c, r: map(Seen, progress.first_days(w, c, DAY, categories=own(w, c))),
    "progress.first_receipts": lambda w, c, r: map(
        Seen, progress.first_receipts(w, c, YEARS, DAY, categories=own(w, c))
    ),
    "unit_receipts.receipts_by_unit": lambda w, c, r: (
        Seen(*place) for place in unit_receipts.receipts_by_unit(w, c, YEARS, DAY, categories=own(w, c))
    ),
    "progress.events": lambda w, c, r: map(Seen, progress.events(w, c, YEARS, DAY, categories=own(w, c))),
    "visit_days.complete_days": lambda w, c, r: (Seen() for _ in visit_days.complete_days(w, c, DAY, DAY)),
    "visit_days.entries_by_day": lambda w, c, r: (Seen() for _ in visit_days.entries_by_day(w, c, DAY, DAY)),
    "visit_days.flows_by_district": lambda w, c, r: (
        Seen("venue_usage_reading", flow.district) for flow in visit_days.flows_by_district(w, c, DAY, DAY)
    ),
    "progress.unit_lines": lambda w, c, r: (
        Seen(code, line.unit)
        for code in {code for code, *_ in SENT}
        for line in progress.unit_lines(w, c, code, FIRST, DAY, categories=own(w, c))
    ),
    "progress.current_counts": lambda w, c, r: (Seen() for _ in progress.current_counts(w, c)),
    "quality_queries.quality_parts": lambda w, c, r: _by_category(
        quality_queries.quality_parts(w, c, FIRST, DAY, categories=own(w, c), by_unit=True)
    ),
    "quality_queries.probes": lambda w, c, r: _by_category(
        quality_queries.probes(w, c, FIRST, DAY, categories=own(w, c))
    ),
    "quality_queries.problems_by_rule": lambda w, c, r: _by_category(
        quality_queries.problems_by_rule(w, c, FIRST, DAY, categories=own(w, c), by_unit=True)
    ),
    "records.records": lambda w, c, r: _each(
        lambda code, _: [
            Seen(code, row["unit"]) for row in records.records(w, c, KNOWN.category_by_code[code]).records
        ]
    ),
    "records.versions": lambda w, c, r: _each(
        lambda code, unit: [
            Seen(code, row["unit"])
            for row in records.versions(
                w, c, KNOWN.category_by_code[code], {"receipt": r[code, unit], "sheet": "", "row": 2}
            )
        ]
    ),
    "score_inputs.keys_in_days": lambda w, c, r: _each(
        lambda code, _: (
            [Seen(code)]
            if score_inputs.keys_in_days(w, c, KNOWN.category_by_code[code], FIRST, DAY, DAY)
            else []
        )
    ),
    "sources.source_states": lambda w, c, r: (
        Seen(department="industry") for _ in sources.source_states(w, c)
    ),
    **assessment.reads(Seen),
    **reviews.reads(Seen, own),
    **circulars.reads(Seen),
    **changes.reads(Seen),
    **visits.reads(Seen),
    **facilities.reads(Seen),
    "status.base_kind": lambda w, c, r: [Seen()] if status.base_kind(w, c) else [],
    "status.status": lambda w, c, r: (
        Seen(b["category"], b["unit"]) for b in status.status(w, c, KNOWN)["last_batches"]
    ),
}
BY_THE_PRODUCT_ITSELF = {"accounts.running", "accounts.credentials", "open_sessions.running_digests"}
"""Asked at the gate and by the login with the digest of a secret, before anybody is known."""
FOR_THE_WALL = {name for name in functions("queries") if name.startswith("wall.")}
FOR_THE_GUIDE = {"status.base_kind"}
"""Whether the base is a demonstration is written on every page, the guide's too."""
OF_THE_CITY = {
    "plans.plan_basis", "visit_days.complete_days", "visit_days.entries_by_day", "progress.current_counts",
    "status.base_kind", "visit_hours.city_hours", "facilities.totals", "facilities.columns", "venue_analyses.analysis",
}  # fmt: skip
"""Facts about the city that everybody who works with the data may know."""


def may_see(who: Principal, name: str, seen: Seen) -> bool:
    """The table of roles in design/security.md, in one place."""
    if who.role == "guide":
        return name in FOR_THE_GUIDE
    if seen == Seen():
        return name in OF_THE_CITY
    if name.startswith("audit_entries."):
        return who.role == "office"
    if name.startswith("accounts."):
        return who.role == "office" or (who.role in UNIT_ROLES and seen.unit == who.unit)
    if who.role == "department":
        department = seen.department or KNOWN.category_by_code[seen.category or ""].department
        return department == who.unit
    if who.role in ("district", "affiliated"):
        if name == "plans.plan_chains":
            return True  # the promise of a category is the city's figure; it names no unit
        return seen.unit in (None, who.unit) and seen.department is None
    return True


def answer(name: str, who: Principal, connection: Connection, receipts: dict[Any, str]) -> list[Seen]:
    try:
        return list(READS[name](who, connection, receipts))
    except Forbidden:
        return []


def test_every_read_is_walked() -> None:
    """A new query is walked, or this fails: nobody has to remember."""
    assert functions("queries").keys() - BY_THE_PRODUCT_ITSELF - FOR_THE_WALL == READS.keys()


def test_what_the_wall_is_published_from_is_refused_to_whoever_works_in_a_scope(database: str) -> None:
    """They see every unit's groups and take no scope: only who runs the publisher may ask."""
    with reading(engine(database)) as connection:
        for name in sorted(FOR_THE_WALL):
            read = functions("queries")[name]
            needed = [p for p in inspect.signature(read).parameters.values() if p.default is p.empty][2:]
            given: dict[str, Any] = dict.fromkeys(p.name for p in needed)
            for who in EVERYBODY:
                if who.role not in ("operations", "office"):
                    with pytest.raises(Forbidden):
                        read(who, connection, **given)


def test_no_read_shows_a_row_outside_the_scope_of_a_role(database: str) -> None:
    made, receipts = engine(database), fill(database)
    wrong = []
    with reading(made) as connection:
        for name in READS:
            everything = answer(name, OFFICE, connection, receipts)
            assert everything, f"{name} shows the office nothing, so it proves nothing here"
            for who in EVERYBODY:
                found = answer(name, who, connection, receipts)
                wrong += [(name, who.role, seen) for seen in found if not may_see(who, name, seen)]

    assert wrong == []


def test_a_password_hash_is_for_nobody_and_a_telephone_for_the_office(database: str) -> None:
    """Article 18: a unit sees who of it has an account, and not how to reach or to be them."""
    made, _ = engine(database), fill(database)
    with reading(made) as connection:
        everyone = accounts.accounts(OFFICE, connection)
        for who in EVERYBODY:
            for one in everyone:
                with pytest.raises(Forbidden):
                    accounts.credentials(who, connection, one.name)
        for shown in (accounts.accounts(WANZHOU, connection), accounts.applications(WANZHOU, connection)):
            assert shown and all("****" in one.phone for one in shown)
        assert all("*" not in one.phone for one in everyone)


def test_each_role_is_shown_what_is_its_own(database: str) -> None:
    """Narrow is not enough: a clerk who sees nothing cannot work."""
    made, receipts = engine(database), fill(database)
    with reading(made) as connection:
        lists = {who.role: set(answer("batches.batches", who, connection, receipts)) for who in EVERYBODY}
        rows = {who.role: set(answer("records.records", who, connection, receipts)) for who in EVERYBODY}
        files_ = {
            who.role: set(answer("files.original_file", who, connection, receipts)) for who in EVERYBODY
        }

    every = {Seen(category, unit) for category, unit, *_ in SENT}
    adult = {seen for seen in every if seen.category != ATHLETE}
    own_events = {Seen(EVENT, WANZHOU.unit), Seen(EVENT, YUZHONG)}
    wanzhou, lottery = ({s for s in every if s.unit == w.unit} for w in (WANZHOU, LOTTERY))
    assert lists == {
        "leader": every, "office": every, "operations": every, "department": own_events,
        "district": wanzhou, "affiliated": lottery, "guide": set(),
    }  # fmt: skip
    assert rows == {
        "leader": adult, "office": every, "operations": adult, "department": own_events,
        "district": wanzhou, "affiliated": lottery, "guide": set(),
    }  # fmt: skip
    assert files_["leader"] == files_["guide"] == set()
    assert files_["operations"] == {
        s for s in every if not KNOWN.category_by_code[s.category].contains_personal_data
    }


def test_minors_are_shown_to_their_department_and_the_office_only(database: str) -> None:
    """Others know how many there are, and nothing about any of them."""
    made, _ = engine(database), fill(database)
    athletes = KNOWN.category_by_code[ATHLETE]
    with reading(made) as connection:
        for seeing in (OFFICE, YOUTH):
            assert records.records(seeing, connection, athletes).total == 2
        for who in (LEADER, TEAM, MASS, WANZHOU, LOTTERY, GUIDE):
            with pytest.raises(Forbidden, match="归口处室和局办公室"):
                records.records(who, connection, athletes)
            if who != GUIDE:
                assert progress.current_counts(who, connection)[ATHLETE] == 2


def test_people_are_masked_for_everybody_and_in_remarks_too(database: str) -> None:
    """Masked is how data leave the base; nobody logged in gets a list of names."""
    made, _ = engine(database), fill(database)
    referee = KNOWN.category_by_code["referee"]
    with reading(made) as connection:
        for who in (LEADER, OFFICE, WANZHOU, TEAM):
            for row in records.records(who, connection, referee).records:
                assert row["name"].endswith("*") and len(row["name"]) == 2
                assert "****" in row["certificate_no"]
            signed_in = Principal(who.role, who.unit, who.name, account="somebody")
            with pytest.raises(Forbidden, match="默认遮盖"):
                records.records(signed_in, connection, referee, masked=False)
        with pytest.raises(Forbidden, match="不能作为筛选条件"):
            records.records(OFFICE, connection, referee, where={"name": "张三"})
