"""The input document from the base says what the batches and records say, one by one."""

from __future__ import annotations

import copy
import datetime as dt
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

import catalog
from data_access.commands import plans, publishing
from data_access.engine import reading, writing
from data_access.principal import OFFICE, OPERATOR, Forbidden, Principal
from data_access.schema import (
    QUALITY_COUNTS,
    base_table,
    batch,
    batch_quality,
    column_name,
    rejected_row,
    responsibility,
)
from metrics import Known, score
from metrics.quality_parts import CHARACTERISTICS
from tests.delivery.histories import send
from tests.delivery.test_rollups import play
from tests.helpers.rows import changed, valid_rows

Json = dict[str, Any]
MOVED = ("referee", "mass_sport", dt.date(2025, 11, 20))
"""竞技处 gives the referees to 群体处 in the middle of the history."""


def document(made: Engine, year: int, as_of: dt.date | None = None) -> Json:
    with reading(made) as connection:
        return score.from_base(OFFICE, connection, year, as_of)


def categories(found: Json) -> dict[tuple[str, str], Json]:
    return {(d["code"], c["code"]): c for d in found["departments"] for c in d["categories"]}


def move(made: Engine) -> None:
    with writing(made) as connection:
        values = dict(zip(("category", "department", "valid_from"), MOVED, strict=True))
        connection.execute(responsibility.insert().values(**values))


def days(category: Json, year: int, as_of: dt.date) -> tuple[dt.date, dt.date]:
    first = dt.date.fromisoformat(category["valid_from"] or f"{year}-01-01")
    last = dt.date.fromisoformat(category["valid_to"] or f"{year}-12-31")
    return first, min(last, as_of)


def raw(connection: Connection, code: str, first: dt.date, last: dt.date, as_of: dt.date) -> Json:
    """Counts of one category by walking through every batch and every version of every record."""
    entry = catalog.default().category_by_code[code]
    batches = {
        row.receipt: row
        for row in connection.execute(select(batch))
        if row.category == code and first <= row.received_on <= last
    }
    standing = {
        receipt: row
        for receipt, row in batches.items()
        if row.state in ("integrated", "published", "withdrawn")
        or (row.reverted_on is not None and row.reverted_on > as_of)
    }
    keys = {
        tuple(getattr(row, column_name(name)) for name in entry.natural_key)
        for row in connection.execute(select(base_table(entry)))
        if first <= row.valid_from <= last and (row.reverted_on is None or row.reverted_on > as_of)
    }
    parts = [*connection.execute(select(batch_quality)), *connection.execute(select(rejected_row))]
    rows = sum(
        row.rows for row in parts if row.receipt in batches and getattr(row, "mended_by", None) is None
    )
    states = Counter((row.state, row.waiting_for) for row in batches.values())
    return {
        "integrated_keys": len(keys),
        "accepted_records": sum(row.rows_accepted for row in standing.values()),
        "rows": rows,
        "batches": [
            {"state": state, "waiting_for": party, "count": count}
            for (state, party), count in sorted(states.items(), key=lambda s: (s[0][0], s[0][1] or ""))
        ],
    }


@pytest.mark.parametrize("seed", [3, 4])
def test_counts_are_those_of_every_batch_and_record(made: Engine, seed: int):
    """After deliveries, faults, mended files, publishing and reverts, with a category that moved."""
    move(made)
    play(made, seed, 30)
    as_of = dt.date(2030, 1, 1)
    seen = Counter()

    with reading(made) as connection:
        for year in (2025, 2026):
            found = score.inputs(Known(OFFICE, connection, year, as_of))
            for (_, code), category in categories(found).items():
                expected = raw(connection, code, *days(category, year, as_of), as_of)
                assert {key: category[key] for key in expected} == expected, code
                seen.update(key for key, value in expected.items() if value)

    assert {"integrated_keys", "accepted_records", "rows", "batches"} <= set(seen)


@pytest.mark.parametrize("seed", [5])
def test_the_score_from_raw_batches_has_the_same_digits(made: Engine, seed: int):
    """Rollups are a shortcut: every count and every characteristic taken from batches and rows instead."""
    play(made, seed, 30)
    as_of = dt.date(2030, 1, 1)
    with reading(made) as connection:
        for year in (2025, 2026):
            found = score.inputs(Known(OFFICE, connection, year, as_of))
            walked = copy.deepcopy(found)
            for (_, code), category in categories(walked).items():
                category |= raw(connection, code, *days(category, year, as_of), as_of)
                sums = raw_quality(connection, code, *days(category, year, as_of))
                for name, of in CHARACTERISTICS.items():
                    category["characteristics"][name] = [str(float(part)) for part in of(sums)]
            assert any(c["rows"] for c in categories(walked).values())
            assert score.compute(score.read(walked)) == score.compute(score.read(found))


def raw_quality(connection: Connection, code: str, first: dt.date, last: dt.date) -> Counter:
    """Parts of the characteristics of a category by walking through its batches and their refused rows."""
    receipts = {
        row.receipt
        for row in connection.execute(select(batch))
        if row.category == code and first <= row.received_on <= last
    }
    rows = [*connection.execute(select(batch_quality)), *connection.execute(select(rejected_row))]
    found: Counter = Counter(dict.fromkeys(QUALITY_COUNTS, 0))
    for row in rows:
        if row.receipt in receipts and getattr(row, "mended_by", None) is None:
            found.update({name: getattr(row, name) for name in QUALITY_COUNTS})
    return found


def test_an_early_freeze_knows_only_what_was_there(made: Engine):
    """What was taken back later still counted on the day; what came later did not."""
    rows = valid_rows("mass_sport_event", 5, received_on=dt.date(2026, 3, 1))
    first = send(made, "mass_sport_event", rows[:3], on=dt.date(2026, 3, 1))
    send(made, "mass_sport_event", rows[3:], on=dt.date(2026, 5, 1))
    assert first.receipt is not None
    publishing.revert(made, OPERATOR, first.receipt, reason="填错年度", on=dt.date(2026, 6, 1))

    counts = [
        categories(document(made, 2026, dt.date(2026, month, 15)))["mass_sport", "mass_sport_event"]
        for month in (2, 3, 5, 6)
    ]

    assert [(c["integrated_keys"], c["accepted_records"]) for c in counts] == [(0, 0), (3, 3), (5, 5), (2, 2)]


def test_a_successors_update_is_a_key_of_both(made: Engine):
    """The rollup counts a key once a year; the successor has received it all the same (4.1, n_c)."""
    move(made)
    on = dt.date(2025, 10, 9)
    rows = valid_rows("referee", 3, received_on=on)
    send(made, "referee", rows, on=on)
    send(made, "referee", [changed(rows[0], duty_count=77), rows[1]], on=dt.date(2025, 12, 1))

    found = categories(document(made, 2025))

    before, after = found["competitive_sport", "referee"], found["mass_sport", "referee"]
    assert (before["valid_to"], after["valid_from"]) == ("2025-11-19", "2025-11-20")
    assert (before["integrated_keys"], after["integrated_keys"]) == (3, 1)


def test_the_whole_chain_of_a_plan_is_in_the_document_drafts_are_not(made: Engine):
    plans.set_plan(made, OFFICE, "referee", 2025, 100, approved_on=dt.date(2025, 1, 20))
    plans.set_plan(made, OFFICE, "referee", 2025, 150, approved_on=dt.date(2025, 7, 1), reason="新增赛事")
    plans.set_plan(made, OFFICE, "referee", 2025, 900)
    move(made)

    found = categories(document(made, 2025))

    expected = [
        {"version": 1, "quantity": 100, "approved_on": "2025-01-20"},
        {"version": 2, "quantity": 150, "approved_on": "2025-07-01"},
    ]
    assert found["competitive_sport", "referee"]["plan_versions"] == expected
    assert found["mass_sport", "referee"]["plan_versions"] == expected
    early = categories(document(made, 2025, dt.date(2025, 6, 30)))
    assert early["competitive_sport", "referee"]["plan_versions"] == expected[:1]


def test_an_empty_base_gives_a_document_that_can_be_scored(made: Engine):
    """Every category without a plan: nobody has points for quantity, nobody is left out."""
    found = document(made, 2025)
    result = score.compute(score.read(found))

    assert [d["code"] for d in found["departments"]] == [d.code for d in catalog.default().departments]
    assert sum(len(d["categories"]) for d in found["departments"]) == 37
    assert {d["parts"]["quantity"]["points"] for d in result["departments"]} == {"0.00"}
    assert len(result["ranking"]) == 10


def test_the_document_carries_what_people_judged_and_its_rules(made: Engine):
    late = {"kind": "circular_reply", "due_on": "2025-05-01", "done_on": None}
    content = {"kind": "content", "occurred_on": "2025-05-01", "confirmed_on": "2025-06-01"}
    rules = score.read({"year": 2025, "freeze": "2026-01-20", "departments": [], "rules": {
        "version": "2025-1", "weights": {"quantity": "30", "coverage": "10"}}}).rule_set  # fmt: skip

    with reading(made) as connection:
        found = score.from_base(
            OFFICE, connection, 2025, rules=rules,
            judged=score.Judged({"referee": [], "industry": [late]}, {"industry": [content]}),
        )  # fmt: skip

    industry = next(d for d in found["departments"] if d["code"] == "industry")
    assert (industry["obligations"], industry["deductions"]) == ([late], [content])
    assert found["rules"]["weights"]["quantity"] == "30" and found["rules"]["version"] == "2025-1"
    assert score.read(found).rule_set.grade(score.read(found).rule_set.grades["良好"]) == "良好"


@pytest.mark.parametrize(
    ("as_of", "freeze"), [("2025-06-30", "2025-06-30"), ("2026-03-01", "2026-01-20"), (None, "2026-01-20")]
)
def test_the_regular_freeze_is_20_january_and_an_earlier_day_is_its_own(
    made: Engine, as_of: str | None, freeze: str
):
    day = as_of and dt.date.fromisoformat(as_of)

    assert document(made, 2025, day or dt.date(2027, 1, 1))["freeze"] == freeze


def test_a_department_does_not_see_the_others_inputs(made: Engine):
    """The ranking needs everybody's figures; a department reads its own score from what is frozen."""
    youth = Principal("department", "youth_sport", "青少处经办人")

    with reading(made) as connection, pytest.raises(Forbidden):
        score.from_base(youth, connection, 2025)
