"""The year 2022 of domain rule 4.6 in a real base, with the special cases of 4.3 in the other departments.

Plans, obligations and deductions come by their commands, from the persons who give
them. What was delivered stands in the rollups and batches as the intake would have left
it: 22,232 records with exactly 1.5 % wrong cells would say the same and take minutes.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, Engine

import catalog
from data_access.commands import assessment_facts as facts, plans
from data_access.engine import BEIJING, reading, writing
from data_access.principal import Principal
from data_access.schema import (
    QUALITY_COUNTS,
    batch,
    pool_file,
    responsibility,
    roll_delivery,
    roll_period,
    roll_probe,
    roll_quality,
)
from metrics import score
from tests.delivery.histories import send
from tests.helpers.rows import valid_rows

YEAR, FREEZE = 2022, dt.date(2023, 1, 20)
ZHANG = Principal("office", "office", "张某", "zhang")
LI = Principal("office", "office", "李某", "li")
YOUTH = Principal("department", "youth_sport", "青少处长", "youth")
MIDYEAR = dt.date(YEAR, 6, 30)
EVENT, ORGANIZATION, ATHLETE, COACH = "youth_event", "youth_organization", "youth_athlete", "youth_coach"
SIX = ("normativity", "completeness", "accuracy", "consistency", "currency", "accessibility")


def fill(made: Engine) -> None:
    """All ten departments; 青少处 as in the worked example."""
    _plans(made)
    with writing(made) as connection:
        connection.execute(
            responsibility.insert().values(
                category="referee", department="mass_sport", valid_from=dt.date(YEAR, 7, 1)
            )
        )
        _deliveries(connection)
    for day, count, start in ((dt.date(YEAR, 3, 1), 20, 0), (dt.date(YEAR, 9, 1), 10, 20)):
        # through the intake: a successor's records are counted in the base
        send(made, "referee", valid_rows("referee", count, start=start, received_on=day), on=day)
    _receipts(made)
    _judged(made)


# ---------------------------------------------------------------- plans


def _plans(made: Engine) -> None:
    for category, quantity, reason in (
        (EVENT, 400, None), (ORGANIZATION, 280, None), (ATHLETE, 27000, None), (COACH, 0, "本年不聘任"),
    ):  # fmt: skip
        plans.set_plan(made, YOUTH, category, YEAR, quantity, reason=reason)
    plans.submit(made, YOUTH, YEAR, on=dt.date(YEAR, 2, 9))  # nine days late
    plans.approve(made, ZHANG, YEAR, on=dt.date(YEAR, 2, 10))
    promise(made, EVENT, 300, dt.date(YEAR, 7, 1), "下半年赛事合并")
    for category in ("news_release", "media_coverage", "sports_culture_item"):  # 宣传处: zero plans only
        promise(made, category, 0, dt.date(YEAR, 1, 20), "由市级平台统一汇聚")
    for category in _of("finance_planning"):  # 计财处: a promise of two weeks, then none
        promise(made, category, 100, dt.date(YEAR, 1, 10))
        promise(made, category, 0, dt.date(YEAR, 1, 15), "改由统计部门直接采集")
    promise(made, "referee", 365, dt.date(YEAR, 1, 10))  # 竞技处, from July 群体处
    promise(made, "sports_talent", 10, dt.date(YEAR, 1, 10))


def promise(made: Engine, category: str, quantity: int, on: dt.date, reason: str | None = None) -> None:
    plans.set_plan(made, ZHANG, category, YEAR, quantity, approved_on=on, reason=reason)


def _of(department: str) -> list[str]:
    return [c.code for c in catalog.default().categories_of(department)]


# ---------------------------------------------------------------- deliveries


def _deliveries(connection: Connection) -> None:
    delivered(connection, EVENT, 332)
    delivered(connection, ORGANIZATION, 300)
    delivered(connection, ATHLETE, 21600)
    quality(connection, EVENT, 9850, 9600, 9700, 9900, 9200, 10000)
    quality(connection, ORGANIZATION, 9500, 9000, 9400, None, 8800, 10000)
    quality(connection, ATHLETE, 9920, 9800, 9550, 9700, 9400, 10000)
    listed(connection, EVENT, 13)
    listed(connection, EVENT, 1, "operations")
    listed(connection, ORGANIZATION, 4)
    listed(connection, ORGANIZATION, 2, "department")
    listed(connection, ATHLETE, 9)
    listed(connection, ATHLETE, 1, "operations")
    delivered(connection, "mass_sport_event", 7)  # nobody planned it
    delivered(connection, "sports_talent", 8)
    listed(connection, "sports_talent", 1, "operations")  # 人事处: its only batch waits for the team


def delivered(connection: Connection, category: str, records: int, day: dt.date = MIDYEAR) -> None:
    connection.execute(
        roll_delivery.insert().values(
            category=category, unit="operations_unit", day=day, batches=1, rows_total=records,
            rows_accepted=records, rows_rejected=0, rows_duplicate=0, keys_in_year=records, keys_new=records,
        )
    )  # fmt: skip


def quality(connection: Connection, category: str, *right: int | None) -> None:
    """What is right of ten thousand of each of the six; None: nothing to check."""
    of = dict(zip(SIX, right, strict=True))
    checks = of["consistency"]
    counts = dict.fromkeys(QUALITY_COUNTS, 0) | {
        "rows": 10000, "cells_filled": 10000, "cells_bad": 10000 - (of["normativity"] or 0),
        "required_cells": 10000, "required_filled": of["completeness"] or 0,
        "rows_inaccurate": 10000 - (of["accuracy"] or 0),
        "checks_run": 0 if checks is None else 10000,
        "checks_failed_halves": 0 if checks is None else 2 * (10000 - checks),
        "rows_dated": 10000, "rows_current": of["currency"] or 0,
    }  # fmt: skip
    connection.execute(
        roll_quality.insert().values(category=category, unit="operations_unit", day=MIDYEAR, **counts)
    )
    connection.execute(
        roll_probe.insert().values(category=category, day=MIDYEAR, probes=10000, opened=of["accessibility"])
    )


def listed(connection: Connection, category: str, count: int, waiting_for: str | None = None) -> None:
    """Batches that were published, or are integrated and wait for somebody."""
    at = dt.datetime.combine(MIDYEAR, dt.time(10), BEIJING)
    for n in range(count):
        name = f"{category}-{waiting_for}-{n}"
        connection.execute(pool_file.insert().values(sha256=name[:64], size=0, content=b""))
        values = {
            "receipt": name[:40], "sha256": name[:64], "file_name": "报送.xlsx", "category": category,
            "unit": "operations_unit", "source_platform": "work_management", "sender": "x",
            "received_on": MIDYEAR, "received_at": at, "state": "integrated" if waiting_for else "published",
            "waiting_for": waiting_for, "file_codes": [], "file_warnings": [], "integrated_on": MIDYEAR,
            "integrated_at": at,
        }  # fmt: skip
        if waiting_for is None:
            values |= {"published_on": MIDYEAR, "published_at": at}
        connection.execute(batch.insert().values(**values))


# ---------------------------------------------------------------- when it came


LATE: dict[str, dict[int, int | None]] = {EVENT: {3: 6, 8: 12}, ORGANIZATION: {3: None}, ATHLETE: {6: 45}}
"""Of each category, which item came how many days late; None: never. The others came on their last day."""


def _receipts(made: Engine) -> None:
    """Months of the events first: without one an event category has no item but December's."""
    with writing(made) as connection:
        for month in range(1, 13):
            _came(connection, EVENT, f"{YEAR}-{month:02d}", FREEZE)
    with reading(made) as connection:
        document = score.from_base(ZHANG, connection, YEAR, FREEZE)
    youth = next(d for d in document["departments"] if d["code"] == YOUTH.unit)
    with writing(made) as connection:
        connection.execute(roll_period.delete())
        for category in youth["categories"]:
            if category["code"] not in LATE:
                continue
            late = LATE[category["code"]]
            for n, item in enumerate(category["due_items"]):
                days = late.get(n, 0)
                if days is not None:
                    due = dt.date.fromisoformat(item["due_on"])
                    _came(connection, category["code"], item["period"], due + dt.timedelta(days=days))


def _came(connection: Connection, category: str, period: str, day: dt.date) -> None:
    connection.execute(
        roll_period.insert().values(
            category=category, period=period, unit="operations_unit", received_on=day, rows_accepted=1
        )
    )


# ---------------------------------------------------------------- what people judged


def _judged(made: Engine) -> None:
    def day(month: int, number: int) -> dt.date:
        return dt.date(YEAR, month, number)

    for kind, due, done in (
        ("circular_reply", day(4, 10), day(4, 8)), ("circular_reply", day(8, 10), day(8, 13)),
        ("correction", day(3, 1), day(3, 1)), ("correction", day(5, 1), day(4, 20)),
        ("correction", day(9, 1), day(8, 30)), ("correction", day(11, 1), None),
    ):  # fmt: skip
        _in_force(made, facts.Fact(YEAR, "obligation", YOUTH.unit, kind, due, done, evidence="办文单"))
    content = facts.Fact(
        YEAR, "deduction", YOUTH.unit, "content", day(5, 10), day(6, 1), category=ATHLETE, evidence="隔离记录"
    )
    leak = facts.Fact(
        YEAR, "deduction", "industry", "secret_leak", day(5, 10), day(6, 1), evidence="保密认定书"
    )
    falsified = facts.Fact(
        YEAR,
        "deduction",
        "personnel",
        "falsified",
        day(6, 30),
        day(9, 1),
        category="sports_talent",
        evidence="核查报告",
    )
    for entry in (content, leak, falsified):
        _in_force(made, entry)


def _in_force(made: Engine, entry: facts.Fact) -> None:
    at = dt.datetime(YEAR, 12, 30, 10, tzinfo=BEIJING)
    with writing(made) as connection:
        number, _ = facts.propose_fact(ZHANG, connection, entry, at=at)
        facts.decide_fact(LI, connection, number, is_approved=True, at=at)
