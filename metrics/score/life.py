"""The life of a year's score: rules approved, frozen, corrected by revisions, and what a correction touches.

Each step reads and writes in one transaction, so what is frozen is what the base held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine

from data_access.clock import day_of
from data_access.commands import assessment_freeze as rows, assessment_rules, errata
from data_access.commands.assessment import AssessmentRefused
from data_access.commands.assessment_freeze import Sealed
from data_access.commands.errata import CIRCULAR, REVIEW, Touched
from data_access.commands.reviews import Snapshot
from data_access.engine import reading, writing
from data_access.principal import Principal
from data_access.queries import assessment as queries
from data_access.queries.assessment import Frozen
from data_access.queries.plans import plan_basis
from data_access.versions import data_versions, raise_versions
from metrics import review_life
from metrics.errata import touched as touched_by_facts
from metrics.score.canonical import canonical, parse, sha256
from metrics.score.compute import FORMULA_VERSION, compute
from metrics.score.corrected import in_document
from metrics.score.document import InputRefused, read
from metrics.score.freezing import too_early
from metrics.score.inputs import freeze_of, from_base
from metrics.score.judged import judged_of, with_judged
from metrics.score.rules import Rules

ISSUING = ("assessment", "circulars", "reviews")
"""Data versions that rise with whatever is signed or issued."""
Json = dict[str, Any]
Differing = dict[str, dict[str, tuple[str | None, str | None]]]
"""Paper → place in the result → (what it says, what it should say)."""


def seal(document: Json) -> Sealed:
    """The document with its result and hash, as it is kept."""
    return Sealed(
        year=document["year"],
        freeze_on=dt.date.fromisoformat(document["freeze"]),
        inputs=canonical(document),
        sha256=sha256(document),
        result=canonical(compute(read(document))),
        formula_version=FORMULA_VERSION,
        rule_version=document["rules"].get("version"),
    )


def frozen_file(frozen: Frozen) -> Json:
    """A frozen revision as it is handed over: `score verify` reads it on another machine."""
    return {
        "year": frozen.year, "revision": frozen.revision, "inputs": parse(frozen.inputs),
        "sha256": frozen.sha256, "result": parse(frozen.result), "formula_version": frozen.formula_version,
        "previous_sha256": frozen.previous_sha256, "reason": frozen.reason,
    }  # fmt: skip


# ---------------------------------------------------------------- rules


def propose_rules(
    engine: Engine,
    who: Principal,
    given: Mapping[str, Any],
    *,
    version: str,
    effective_from: dt.date,
    approving_office: str,
    reason: str,
    at: dt.datetime,
) -> None:
    """A rule set as people wrote it (what is left out is the default), checked as a whole.

    Raises:
        AssessmentRefused: weights that do not add to 100, unknown names, a frozen year …
    """
    who.require("office")
    stated = {
        "version": version,
        "effective_from": effective_from.isoformat(),
        "approved_by": approving_office,
    }
    rules = checked_rules({**given, **stated})
    with writing(engine) as connection:
        assessment_rules.propose_rules(
            who, connection, version=version, effective_from=effective_from,
            approving_office=approving_office, content=canonical(rules.as_data()), reason=reason, at=at,
        )  # fmt: skip


def checked_rules(given: Mapping[str, Any]) -> Rules:
    """The rule set, or a refusal that names each mistake."""
    try:
        found = read({"year": 2022, "freeze": "2023-01-20", "departments": [], "rules": dict(given)})
    except InputRefused as error:
        raise AssessmentRefused(*error.problems) from None
    return found.rule_set


# ---------------------------------------------------------------- freeze


def freeze(engine: Engine, who: Principal, year: int, *, at: dt.datetime) -> Frozen:
    """Freeze the year as known on its freeze day (20 January, or today before it).

    Raises:
        AssessmentRefused: due dates still to come, or frozen already.
    """
    with writing(engine) as connection:
        if rows.is_frozen(who, connection, year):
            raise AssessmentRefused(f"{year} 年度已经封存。有错误的，请提出更正并写明理由。")
        today = day_of(at)
        if today <= dt.date(year, 12, 31):
            raise AssessmentRefused(
                f"{year} 年度还没有结束，不能封存。请在 {freeze_of(year)} 及以后封存；到期也会自动封存。"
            )
        document = from_base(who, connection, year, today)
        if (sentence := too_early(read(document))) is not None:
            raise AssessmentRefused(sentence)
        rows.freeze_year(who, connection, seal(document), at=at)
        return _found(who, connection, year)


def is_due(engine: Engine, who: Principal, year: int, today: dt.date) -> bool:
    """Whether the job should freeze the year: its day has come, it had a plan, and nobody has."""
    if today < freeze_of(year):
        return False
    with reading(engine) as connection:
        is_planned = plan_basis(who, connection, year, today).newest_version > 0
        return is_planned and not rows.is_frozen(who, connection, year)


# ---------------------------------------------------------------- revisions


def propose_revision(engine: Engine, who: Principal, year: int, *, reason: str, at: dt.datetime) -> int:
    """The frozen document with the judgements in force now; everything else stays as frozen.

    Raises:
        AssessmentRefused: nothing frozen, no reason, or nothing would change.
    """
    who.require("office")
    with writing(engine) as connection:
        last = queries.frozen(who, connection, year)
        if last is None:
            raise AssessmentRefused(f"{year} 年度还没有封存，没有可以更正的内容。")
        document = with_judged(parse(last.inputs), judged_of(who, connection, year, day_of(at)))
        return rows.propose_revision(who, connection, seal(document), reason=reason, at=at)


def decide_revision(
    engine: Engine,
    who: Principal,
    year: int,
    number: int,
    *,
    is_approved: bool,
    note: str = "",
    at: dt.datetime,
) -> int | None:
    """A second person puts the correction in force; every issued figure it touches is listed as an erratum.

    The errata of signed reviews are drafted with it. Reviews and circulars are computed anew
    in a reading before, since they may take a second; if something was signed or issued
    meanwhile, they are computed again where nobody can.
    """
    who.require("office")
    found = Corrected()
    if is_approved:
        with reading(engine) as connection:
            found = corrected_papers(who, connection, year, number, at=at)
    with writing(engine) as connection:
        if is_approved:
            raise_versions(connection, *ISSUING, at=at)
            if found.versions != _issuing(who, connection, raised=1):
                found = corrected_papers(who, connection, year, number, at=at)
        proposal = queries.proposed_revision(who, connection, year, number)
        touched = touched_by(who, connection, proposal) if proposal and is_approved else {}
        revision = rows.decide_revision(
            who, connection, year, number, is_approved=is_approved, note=note, at=at
        )
        if revision is not None:
            packs = [
                Touched(
                    p.number, p.kind, p.number, p.title, p.revision, p.sha256, p.issued_at, p.issued_by,
                    touched[p.number],
                )
                for p in queries.papers(who, connection, year)
                if p.number in touched
            ]  # fmt: skip
            errata.list_errata(who, connection, year, revision, [*packs, *found.papers], at=at)
            reason = f"{year} 年度考核第 {revision} 次结果更正了其中的数字"
            review_life.store_errata(who, connection, found.drafts, reason=reason, at=at)
        return revision


@dataclass(frozen=True)
class Corrected:
    """Reviews and circulars that state a fact which a proposal corrects, and the reviews' errata."""

    papers: Sequence[Touched] = ()
    drafts: Mapping[str, Snapshot] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    """Of `ISSUING`, when they were looked for."""


def corrected_papers(
    who: Principal, connection: Connection, year: int, number: int, *, at: dt.datetime
) -> Corrected:
    """What the proposal touches of what was signed and issued."""
    versions = _issuing(who, connection)
    proposal = queries.proposed_revision(who, connection, year, number)
    last = queries.frozen(who, connection, year)
    if proposal is None or last is None:
        return Corrected(versions=versions)
    before, after = (in_document(parse(f.inputs)) for f in (last, proposal))
    papers = touched_by_facts(who, connection, year, before, after)
    numbers = [p.number for p in papers if p.kind == REVIEW]
    return Corrected(papers, review_life.errata_drafts(who, connection, numbers, after, at=at), versions)


def _issuing(who: Principal, connection: Connection, *, raised: int = 0) -> dict[str, int]:
    found = data_versions(who, connection)
    return {domain: found.get(domain, 0) - raised for domain in ISSUING}


def touched_by(who: Principal, connection: Connection, correction: Frozen) -> Differing:
    """Issued figures of the year that differ from the corrected result, by paper.

    Only places that differ between the paper's revision and the correction are looked
    at: a paper's figures agreed with its own revision when it was issued.
    """
    corrected = figures(parse(correction.result))
    changed: dict[int, dict[str, tuple[str | None, str | None]]] = {}
    found: Differing = {}
    for paper in queries.papers(who, connection, correction.year):
        if paper.kind in (REVIEW, CIRCULAR):  # they state facts, not figures of the result
            continue
        if paper.revision not in changed:
            base = queries.frozen(who, connection, correction.year, revision=paper.revision)
            before = figures(parse(base.result)) if base else {}
            changed[paper.revision] = {
                place: (before.get(place), corrected.get(place))
                for place in before.keys() | corrected.keys()
                if before.get(place) != corrected.get(place)
            }
        issued = queries.issued_figures(who, connection, paper.number)
        places = {
            place: changed[paper.revision][place] for place in issued if place in changed[paper.revision]
        }
        if places:
            found[paper.number] = places
    return found


def figures(result: Json) -> dict[str, str | None]:
    """Every figure of a result document by its place: ``departments/youth_sport/parts/quantity/points``.

    Lists are addressed by code or period, the ranking by department; so an entry more or
    less moves nobody else's place.
    """
    found: dict[str, str | None] = {}
    _walk(result, "", found)
    return found


def _walk(value: Any, place: str, found: dict[str, str | None]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _walk(inner, f"{place}/{key}" if place else key, found)
    elif isinstance(value, list):
        seen: set[str] = set()
        for number, inner in enumerate(value, start=1):
            name = str(number)
            if isinstance(inner, dict):
                name = str(inner.get("code") or inner.get("period") or inner.get("version") or number)
            name = name if name not in seen else f"{name}.{number}"  # given away and taken back
            seen.add(name)
            _walk(inner, f"{place}/{name}", found)
    else:
        found[place] = None if value is None else str(value)


def _found(who: Principal, connection: Connection, year: int) -> Frozen:
    last = queries.frozen(who, connection, year)
    assert last is not None
    return last
