"""Which monthly reviews and circulars state a fact that a revision of a frozen score corrects, and what is right.

Each paper is computed anew at its own position with the corrections before and after
the revision: what differs is due to the revision, and to nothing else that changed since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection

from data_access.clock import day_of
from data_access.commands.errata import CIRCULAR, REVIEW, Touched
from data_access.principal import Principal
from data_access.queries import assessment as queries, circulars, reviews
from metrics.circular_figures import MEASURES, Position
from metrics.corrections import Correction, Corrections
from metrics.known import Known
from metrics.review import cut_of, differences, document
from metrics.rounding import half_up
from metrics.score.canonical import parse

FOLLOWING = ("pace_ratio", "late_items", "timeliness")
"""Figures of circulars that follow a day of receipt or a number of records."""
PLACES = {"%": 3}
"""Decimals at which a circular's figure is printed: a ratio as 95.0 %."""


@dataclass(frozen=True)
class Revised:
    """The corrected facts before and after a revision of `year`."""

    year: int
    before: Corrections
    after: Corrections

    @property
    def changed(self) -> list[tuple[Correction, str | int | None, str | int | None]]:
        """(the fact, its value before, its value after) of each that the revision changes."""
        old, new = ({c.place: c for c in side} for side in (self.before, self.after))
        found = []
        for place in dict.fromkeys([*old, *new]):
            one = new.get(place) or old[place]
            was = old[place].value if place in old else one.was
            now = new[place].value if place in new else one.was
            if str(was) != str(now):
                found.append((one, was, now))
        return found


def touched(
    who: Principal, connection: Connection, year: int, before: Corrections, after: Corrections
) -> list[Touched]:
    """Signed reviews and issued circulars whose figures the revision changes, in the order of their issue."""
    revised = Revised(year, before, after)
    if not revised.changed:
        return []
    heads = queries.freeze_heads(who, connection, year)
    found = [*_reviews(who, connection, revised, heads), *_circulars(who, connection, revised, heads)]
    return sorted(found, key=lambda t: (t.issued_at, t.number))


# ---------------------------------------------------------------- monthly reviews


def _reviews(
    who: Principal, connection: Connection, revised: Revised, heads: Sequence[queries.FreezeHead]
) -> list[Touched]:
    """The signed review of each month that stands; one corrected already is corrected by the next in its chain."""
    standing: dict[str, str] = {}
    for line in reviews.reviews(who, connection):  # the newest generation first
        if line.signed_at is not None:
            standing.setdefault(line.month, line.number)
    found = []
    for month, number in standing.items():
        row = reviews.one_review(who, connection, number)
        if row is None or row.signed_at is None or not _is_stated(revised, int(month[:4]), cut_of(month)):
            continue
        snapshot = parse(row.snapshot)
        known_on = dt.date.fromisoformat(snapshot["known_on"])
        old, new = (
            document(who, connection, month, known_on, corrections=side)
            for side in (revised.before, revised.after)
        )
        changed = {place for place, _, _ in differences(old, new) if "/figures/" in place}
        places = {
            place: (was, now) for place, was, now in differences(snapshot, new) if place in changed
        }  # fmt: skip
        if places:
            revision, sha256 = _result_at(heads, row.signed_at)
            title = f"{month} 调度报表"
            found.append(
                Touched(
                    number, REVIEW, number, title, revision, sha256, row.signed_at,
                    row.signed_by or "", places,
                )
            )  # fmt: skip
    return found


def _is_stated(revised: Revised, year: int, cut: dt.date) -> bool:
    """Whether a review of `year` at `cut` can state one of the changed facts."""
    for one, was, now in revised.changed:
        if one.field == "received_on":
            came = [str(day) <= cut.isoformat() if day else False for day in (was, now)]
            if year in (one.year, one.year + 1) and came[0] != came[1]:
                return True
        elif year == one.year and cut > dt.date(one.year, 12, 31):
            return True
    return False


# ---------------------------------------------------------------- circulars


def _circulars(
    who: Principal, connection: Connection, revised: Revised, heads: Sequence[queries.FreezeHead]
) -> list[Touched]:
    years = (revised.year, revised.year + 1)
    standing = {
        c.code: c
        for c in circulars.circulars(who, connection)
        if c.state in ("issued", "closed") and c.last.year in years
    }
    departments = {one.department for one, _, _ in revised.changed}
    places: dict[str, dict[str, tuple[str | None, str | None]]] = {}
    facts: dict[tuple[int, dt.date, bool], Known] = {}
    for item in circulars.items(who, connection, list(standing)) if standing else ():
        if item.department not in departments or item.indicator not in FOLLOWING:
            continue
        of = standing[item.circular]
        values = []
        for is_after in (False, True):
            key = (of.last.year, of.as_of, is_after)
            if key not in facts:
                facts[key] = Known(who, connection, of.last.year, of.as_of)
                facts[key].corrections = revised.after if is_after else revised.before
            at = Position(facts[key], of.first, of.last)
            values.append(at.figure(item.indicator, item.department, item.category).value)
        was, old, now = (_printed(item.indicator, value) for value in (item.value, *values))
        if old != now and was != now:
            places.setdefault(item.circular, {})[f"items/{item.number}"] = (was, now)
    found = []
    for code, changed in places.items():
        of = standing[code]
        assert of.issued_at is not None
        revision, sha256 = _result_at(heads, of.issued_at)
        found.append(
            Touched(
                of.number, CIRCULAR, code, of.title, revision, sha256, of.issued_at, of.approved_by or "",
                changed,
            )
        )  # fmt: skip
    return found


def _printed(indicator: str, value: Decimal | Fraction | None) -> str | None:
    """A circular's figure with the decimals it is printed with."""
    return None if value is None else str(half_up(value, PLACES.get(MEASURES[indicator].unit, 0)))


def _result_at(heads: Sequence[queries.FreezeHead], moment: dt.datetime) -> tuple[int, str]:
    """(revision, hash of its inputs) of the frozen result in force when something was issued; (0, "") before."""
    standing = [h for h in heads if h.in_force_on(day_of(moment)) and h.decided_at and h.decided_at <= moment]
    return (standing[-1].revision or 0, standing[-1].sha256) if standing else (0, "")
