"""Opening duty (开放义务) of public venues: hours a week, days a year, free on 全民健身日.

Two witnesses: what a unit reports of a facility (hours, fee), and what the gates of a
connected venue read (days, hours, takings). What neither can tell is counted as not
verified, never as a breach.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from data_access.queries.venue_records import OpeningReading, OpeningRecord

LEAST_HOURS, LEAST_DAYS = 35, 330
DUTY_KINDS = ("公共体育场馆", "全民健身中心")
"""Kinds of facilities held to the duty; to be confirmed by the department."""
WEEKS = 4
"""Hours a week are the mean of so many whole weeks."""
FREE_DAY = (8, 8)


@dataclass(frozen=True)
class Rule:
    """One demand and where it is written. `basis`: how sure the source is, as in the catalogue's references."""

    key: str
    name: str
    source: str
    basis: str


NOTICE = "大型体育场馆免费低收费开放的规定（体育总局办公厅2018年补助场馆名单公告所附开放要求；人民日报2018-11-15转载）"
RULES = {
    rule.key: rule
    for rule in (
        Rule("hours", f"每周开放不少于{LEAST_HOURS}小时", NOTICE, "secondary"),
        Rule("days", f"全年开放不少于{LEAST_DAYS}天", NOTICE, "secondary"),
        Rule("free_day", "8月8日全民健身日免费开放", f"{NOTICE}；全民健身条例", "secondary"),
        Rule("fee", "免费或低收费开放", NOTICE, "secondary"),
    )
}
BASIS_NAMES = {
    "verified": "已核对原文", "secondary": "据转载，原文文号和适用范围待业务处室确认", "memory": "待确认",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule for one venue: met, breached, or not to be told (`is_met` None) from what there is."""

    rule: str
    is_met: bool | None
    witness: str  # record | reading
    place: OpeningRecord | OpeningReading
    value: float | None


@dataclass(frozen=True)
class Spans:
    """The days an examination looks at, all ending before `day`: nothing of today is complete."""

    first: dt.date
    last: dt.date
    hours_from: dt.date
    free_day: dt.date


def spans(day: dt.date) -> Spans:
    """The 365 days before `day`, the four weeks before it, and the last 8 August that is over."""
    last = day - dt.timedelta(days=1)
    free_day = dt.date(day.year, *FREE_DAY)
    if free_day > last:
        free_day = free_day.replace(year=day.year - 1)
    return Spans(last - dt.timedelta(days=364), last, last - dt.timedelta(days=7 * WEEKS - 1), free_day)


def examine(records: Iterable[OpeningRecord], readings: Iterable[OpeningReading]) -> Iterator[Verdict]:
    """Every rule each witness can speak to."""
    for record in records:
        hours = record.weekly_hours
        yield Verdict("hours", None if hours is None else hours >= LEAST_HOURS, "record", record, hours)
        yield Verdict("days", None, "record", record, None)
        yield Verdict("free_day", True if record.fee == "免费" else None, "record", record, None)
        yield Verdict("fee", record.fee != "收费", "record", record, None)
    for venue in readings:
        weekly = venue.hours_open / WEEKS
        yield Verdict("hours", _is_long_enough(venue), "reading", venue, weekly)
        days = venue.days_open
        is_met = True if days >= LEAST_DAYS else False if venue.days_read >= LEAST_DAYS else None
        yield Verdict("days", is_met, "reading", venue, float(days))
        yield Verdict("free_day", _is_free(venue), "reading", venue, venue.free_day_revenue)


def _is_long_enough(venue: OpeningReading) -> bool | None:
    """Hours read are hours open; too few of them are a breach only if no day's readings are missing."""
    if venue.hours_open >= LEAST_HOURS * WEEKS:
        return True
    return False if venue.days_counted >= 7 * WEEKS else None


def _is_free(venue: OpeningReading) -> bool | None:
    """People and no takings: free. Takings: not. Nobody, or no word of takings: it cannot be told."""
    if not venue.free_day_entries or venue.free_day_revenue is None:
        return None
    return venue.free_day_revenue == 0


def tally(verdicts: Iterable[Verdict]) -> dict[str, dict[str, int]]:
    """Rule → how many are met, breached, unknown."""
    names = {True: "met", False: "breached", None: "unknown"}
    counts: dict[str, Counter[str]] = {key: Counter() for key in RULES}
    for verdict in verdicts:
        counts[verdict.rule][names[verdict.is_met]] += 1
    return {key: {name: c[name] for name in names.values()} for key, c in counts.items()}
