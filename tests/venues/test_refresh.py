"""The analyses over real databases: from delivered records to findings, to a change request, to none."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

import catalog
from data_access.commands import change_applying, change_requests as changes
from data_access.engine import BEIJING, reading, writing
from data_access.intake.coordinates import wgs84_to_gcj02
from data_access.migrate import ensure_partitions
from data_access.principal import OFFICE, SYSTEM, Principal
from data_access.queries import venue_analyses as queries
from data_access.schema import FACT, base_table, visit_hour
from data_access.visits import CONNECTION
from metrics.venues import duty
from metrics.venues.plane import distance_m
from metrics.venues.refresh import DUTY, FAULTS, refresh
from reports import fault_words
from tests.delivery.histories import send
from tests.helpers.rows import RECEIVED_ON, changed, valid_row

FACILITY, SURVEY = "mass_sport_facility", "sports_facility_statistics"
PLACE = (108.40241, 30.70675)
TEAM = Principal("operations", "operations", "运维王某", "wang")
DAY = RECEIVED_ON + dt.timedelta(days=20)
AT = dt.datetime.combine(DAY, dt.time(10), BEIJING)


def findings(made: Engine, name: str, who: Principal = OFFICE, at: dt.datetime = AT) -> list[queries.Finding]:
    refresh(made, SYSTEM, at=at)
    with reading(made) as connection:
        return queries.findings(who, connection, name)


def facility(lon: float, lat: float, **more: Any) -> dict[str, Any]:
    row = {"facility_name": "江南体育馆", "adcode": "万州区", **more}
    row |= {"longitude": f"{lon:.6f}", "latitude": f"{lat:.6f}"}
    return changed(valid_row(FACILITY), **row)


def test_a_shift_is_found_by_the_version_before_and_is_gone_when_its_request_is_carried_out(
    made: Engine,
) -> None:
    """The whole way of issue and regulation: delivered, wrong, found, asked for, approved, mended."""
    send(made, FACILITY, [facility(*PLACE)], unit="500101")
    send(made, FACILITY, [facility(*wgs84_to_gcj02(*PLACE))], unit="500101", on=DAY)

    (fault,) = findings(made, FAULTS)
    assert (fault.kind, fault.detail["evidence"], fault.unit) == ("shifted", "GCJ-02", "500101")
    assert distance_m(fault.detail["new_lon"], fault.detail["new_lat"], *PLACE) < 0.2

    with writing(made) as connection:
        number = changes.open_request(TEAM, connection, fault_words.proposal(fault), at=AT)
        changes.accept_request(TEAM, connection, number, at=AT)
        changes.approve_request(OFFICE, connection, number, at=AT)
    change_applying.apply_request(made, TEAM, number, at=AT + dt.timedelta(hours=1))
    assert findings(made, FAULTS, at=AT + dt.timedelta(hours=2)) == []


def test_the_survey_is_judged_by_its_last_year_against_the_year_before(made: Engine) -> None:
    """The same place of two surveys are two records; small facilities need no coordinates."""

    def row(year: int, point: tuple[float, float] | None, **more: Any) -> dict[str, Any]:
        lon, lat = (f"{p:.6f}" for p in point) if point else (None, None)
        return changed(
            valid_row(SURVEY), survey_year=year, adcode="万州区", longitude=lon, latitude=lat,
            built_on=dt.date(2010, 1, 1), **more,
        )  # fmt: skip

    send(made, SURVEY, [row(2024, PLACE)], unit="500101")
    rows = [
        row(2025, wgs84_to_gcj02(*PLACE)),
        row(2025, None, facility_name="无坐标的大场地", area="9000"),
        row(2025, None, facility_name="无坐标的小场地", area="60"),
    ]
    send(made, SURVEY, rows, unit="500101", on=DAY)

    found = findings(made, FAULTS)

    assert {(f.kind, f.name) for f in found} == {
        ("shifted", valid_row(SURVEY)["facility_name"]), ("missing", "无坐标的大场地"),
    }  # fmt: skip
    with reading(made) as connection:
        kept = queries.analysis(OFFICE, connection, FAULTS)
    assert kept is not None and kept.result["unlocated"] == {"500101": 2} and kept.result["judged"] == 1


def connect(made: Engine, code: str, *, days: int, revenue: int) -> None:
    """A venue whose gate read one hour a day: people on the first `days` of the year, nobody after them."""
    seen = duty.spans(DAY)
    with writing(made) as connection:
        connection.execute(
            base_table(catalog.default().category_by_code[CONNECTION]).insert().values(
                venue_code=code, venue_name=code, adcode="500101", systems="客流统计", stage="已接入",
                connected_on=dt.date(2024, 1, 1), interface_type="接口推送", longitude=Decimal("108.4"),
                latitude=Decimal("30.7"), version=1, receipt=code, sheet="", row_no=2, unit="500101",
                source_platform="smart_venue", valid_from=DAY,
            )
        )  # fmt: skip
        connection.execute(
            visit_hour.insert(),
            [
                {
                    "venue_code": code, "exits": 0, "occupancy": 0, "entries": 5 if n < days else 0,
                    "hour": dt.datetime.combine(seen.first + dt.timedelta(days=n), dt.time(9)),
                }
                for n in range(365)
            ],
        )  # fmt: skip
        ensure_partitions(connection, {seen.free_day})
        connection.execute(
            base_table(catalog.default().category_by_code[FACT]).insert().values(
                venue_code=code, reading_at=dt.datetime.combine(seen.free_day, dt.time(9)), entry_count=5,
                exit_count=5, occupancy=0, revenue=Decimal(revenue), device_status="在线", version=1, receipt=code,
                sheet="", row_no=2, unit="500101", source_platform="smart_venue", valid_from=DAY,
            )
        )  # fmt: skip


def test_gates_tell_days_hours_and_takings(made: Engine) -> None:
    """330 days are enough, 329 are not; an hour a day is 7 a week; takings on 8 August are a breach."""
    connect(made, "CQ500101001", days=330, revenue=0)
    connect(made, "CQ500101002", days=329, revenue=300)

    found = {(f.name, f.kind): f.detail["value"] for f in findings(made, DUTY)}

    assert found == {
        ("CQ500101001", "hours"): 0.0, ("CQ500101002", "hours"): 0.0,
        ("CQ500101002", "days"): 329.0, ("CQ500101002", "free_day"): 300.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "free_day"),
    [("2026-08-08", "2025-08-08"), ("2026-08-09", "2026-08-08"), ("2026-01-01", "2025-08-08")],
)
def test_the_last_8_august_that_is_over_is_looked_at(day: str, free_day: str) -> None:
    found = duty.spans(dt.date.fromisoformat(day))
    assert found.free_day == dt.date.fromisoformat(free_day)
    assert (found.last - found.first).days == 364 and found.last < dt.date.fromisoformat(day)


def test_silent_gates_prove_nothing() -> None:
    """Without readings nobody can say that a venue was closed; nor with those of half the weeks."""
    from data_access.queries.venue_records import OpeningReading, OpeningRecord

    silent = OpeningReading("CQ1", "u", "500101", "馆", 0, 0, 0, 0, None, None)
    half, whole = (OpeningReading("CQ1", "u", "500101", "馆", 351, 351, 139, n, 5, 0.0) for n in (27, 28))
    assert [next(duty.examine([], [venue])).is_met for venue in (half, whole)] == [None, False]
    unsaid = OpeningRecord({}, "u", "500101", "公共体育场馆", "馆", "低收费", None)

    verdicts = {(v.rule, v.witness): v.is_met for v in duty.examine([unsaid], [silent])}

    assert verdicts == {
        ("hours", "record"): None, ("days", "record"): None, ("free_day", "record"): None, ("fee", "record"): True,
        ("hours", "reading"): None, ("days", "reading"): None, ("free_day", "reading"): None,
    }  # fmt: skip
