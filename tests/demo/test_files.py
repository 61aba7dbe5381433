"""The files of the demonstration, before anything takes them in."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from itertools import islice

import numpy as np
import pyarrow as pa
import pytest

import catalog
from data_access.intake.files import open_file
from demo.faults import unlived_identity_number
from demo.files import DemoFile, files_for
from demo.timetable import SILENT, timetable
from demo.venues import CONNECTED, venues
from demo.visits import HOURS, readings
from demo.world import World
from tests.demo.conftest import TODAY

WORLD = World(TODAY)
SMALL = {"honor_award", "fiscal_fund", "elite_athlete", "mass_sport_event", "party_building_activity"}
PATTERNS = catalog.default().patterns


@pytest.fixture(scope="module")
def small_files() -> list[DemoFile]:
    return list(files_for(TODAY, categories=SMALL))


def test_the_same_day_makes_the_same_bytes(small_files: list[DemoFile]) -> None:
    """Two offices that build the demonstration compare the same figures; workbooks carry no clock."""
    again = files_for(TODAY, categories=SMALL)
    for first, second in islice(zip(small_files, again, strict=True), 0, None, 7):
        assert hashlib.sha256(first.content).digest() == hashlib.sha256(second.content).digest()
        assert first.file_name == second.file_name and first.received_at == second.received_at


def test_another_day_makes_other_files() -> None:
    """The world is seeded by its last day, so a later demonstration is not the earlier one with a tail."""
    one = next(files_for(TODAY, categories={"elite_athlete"}))
    other = next(files_for(TODAY - dt.timedelta(days=365), categories={"elite_athlete"}))

    assert one.content != other.content


def test_files_come_in_the_order_of_receipt(small_files: list[DemoFile]) -> None:
    """Intake tells updates from first deliveries by what it knows; the past must come first."""
    moments = [f.received_at for f in small_files]

    assert moments == sorted(moments)
    assert all(f.received_on <= TODAY for f in small_files)


def test_every_category_has_files_in_each_year() -> None:
    """A category without a delivery would leave a hole in the matrix that nobody decided on."""
    years: dict[str, set[int]] = {}
    for sending in timetable(WORLD):
        years.setdefault(sending.category, set()).add(sending.received_on.year)

    expected = {c.code for c in catalog.default().categories} - {"venue_usage_reading"}
    assert years.keys() == expected
    assert all(found == {2024, 2025, 2026} for found in years.values())


def test_doping_is_silent_since_september() -> None:
    """The overview's first warning needs a category that stopped reporting."""
    periods = [s.end for s in timetable(WORLD) if s.category == SILENT[0]]

    assert max(periods) == dt.date(2026, 8, 31)


def test_units_deliver_only_while_they_exist() -> None:
    """江北 and 渝北 end on 2025-11-05, 两江新区 (500157) begins the day after."""
    units = catalog.default().units
    for sending in timetable(WORLD):
        unit = units[sending.unit]
        assert unit.valid_from is None or unit.valid_from <= sending.received_on
        assert unit.valid_to is None or sending.received_on <= unit.valid_to


def test_nothing_in_a_file_looks_like_an_identity_or_a_telephone(small_files: list[DemoFile]) -> None:
    """Names and numbers are invented; only the file made for the quarantine carries such a number."""
    identity, mobile = re.compile(PATTERNS["mainland_id"]), re.compile(PATTERNS["mobile"])
    for file in small_files:
        category = catalog.default().category_by_code[file.category]
        opened = open_file(file.content, category, catalog.default())
        held_back = opened.file_codes == ["F_PERSONAL_ID"]
        assert held_back == ("隔离" in file.note), file.file_name
        for sheet in opened.sheets:
            cells = [str(v) for c in sheet.columns.values() for v in c.values if v is not None]
            assert not any(identity.search(c) or mobile.search(c) for c in cells)


def test_the_quarantined_number_is_nobodys() -> None:
    """It has a right check digit and a birthday in 1899, and is made only when it is needed."""
    number = unlived_identity_number()

    assert re.fullmatch(PATTERNS["mainland_id"], number) and number[6:10] == "1899"


def columns_of(first: dt.date, last: dt.date) -> dict[str, np.ndarray]:
    made = readings(WORLD, first, last)
    return {name: np.array(column.to_pylist()) for name, column in made.items()}


def test_everybody_who_enters_a_venue_has_left_by_night() -> None:
    """The balance of a day closes, or the cross-check of the readings would complain every hour."""
    day = columns_of(dt.date(2026, 11, 3), dt.date(2026, 11, 3))
    for code in set(day["venue_code"]):
        mine = day["venue_code"] == code
        inside = np.cumsum(day["entry_count"][mine] - day["exit_count"][mine])
        assert (inside == day["occupancy"][mine]).all() and inside[-1] == 0


def test_visits_have_two_peaks_and_busy_weekends() -> None:
    """07–09 and 18–21 o'clock, and +40 % at weekends, over a month with rain and all."""
    month = columns_of(dt.date(2026, 9, 1), dt.date(2026, 9, 30))
    hours = np.array([int(r[11:13]) for r in month["reading_at"]])
    by_hour = {h: month["entry_count"][hours == h].sum() for h in HOURS.tolist()}
    noon = by_hour[12]
    days = np.array([dt.date.fromisoformat(r[:10]).weekday() for r in month["reading_at"]])
    weekend = month["entry_count"][days >= 5].mean() / month["entry_count"][days < 5].mean()

    assert min(by_hour[8], by_hour[19]) > 1.8 * noon
    assert 1.15 < weekend < 1.7
    assert len(set(month["venue_code"])) == CONNECTED


def test_a_large_venue_has_hundreds_to_thousands_of_visitors_a_day() -> None:
    """300–3,000 a day and venue (assumption of section 6)."""
    visitors = venues(WORLD).visitors[:CONNECTED]

    assert visitors.min() >= 300 and visitors.max() <= 3000


def test_the_gate_of_tongnan_falls_silent_on_the_last_day() -> None:
    """Six hours without data, for the overview's second warning."""
    made = readings(WORLD, TODAY, TODAY, last_hour=14)
    codes = made["venue_code"].to_pylist()
    last = {c: r for c, r in zip(codes, made["reading_at"].to_pylist(), strict=True)}

    assert last["CQ50015201"] == f"{TODAY.isoformat()} 08:00"
    assert isinstance(made["venue_code"], pa.Array)
