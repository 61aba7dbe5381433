"""The rollups kept with each delivery equal those computed from zero, and a plain loop."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st
from sqlalchemy import Engine, event, func, select

import catalog
from data_access import rollups, visits
from data_access.commands import publishing
from data_access.commands.delivery import Delivery
from data_access.engine import engine, reading, writing
from data_access.principal import OFFICE, OPERATOR
from data_access.queries.progress import current_counts, delivered
from data_access.schema import roll_delivery, visit_day, visit_hour, visit_month
from data_access.versions import data_versions
from metrics.matrix import unit_lines
from tests.conftest import Databases
from tests.delivery.histories import content, send
from tests.helpers.rows import changed, valid_row, valid_rows

START = dt.date(2025, 10, 9)
CATEGORIES = ("mass_sport_event", "elite_competition", "referee", "sports_lottery_sales", "fiscal_fund")
UNITS = ("500101", "500102", "operations_unit")


def rebuilt(made: Engine) -> dict[str, list[tuple[object, ...]]]:
    with writing(made) as connection:
        rollups.rebuild(connection, catalog.default())
    return content(made, "roll_", "pool_batch")


def play(made: Engine, seed: int, steps: int) -> None:
    """A random history: new rows, updates, faults, mended files, publishing, withdrawals, reverts."""
    chance = random.Random(seed)
    day = START
    taken: list[Delivery] = []
    refused: list[tuple[str, str, int]] = []
    for step in range(steps):
        day += dt.timedelta(days=chance.choice((0, 1, 5, 40)))
        category = chance.choice(CATEGORIES)
        move = chance.random()
        if move < 0.12 and taken:
            _manage(made, chance, taken, day)
            continue
        rows = valid_rows(category, chance.randint(1, 4), start=chance.randint(0, 5), received_on=START)
        name = catalog.default().category_by_code[category].fields
        optional = next(
            f.name for f in reversed(name) if f.type in ("int", "decimal") and f.name not in _keys(category)
        )
        if chance.random() < 0.5:
            rows[0] = changed(rows[0], **{optional: chance.randint(1, 3)})
        if chance.random() < 0.3:
            required = next(f.name for f in reversed(name) if f.required and f.name not in _keys(category))
            rows[-1] = changed(rows[-1], **{required: None})
            refused.append((category, required, step))
        on = day - dt.timedelta(days=chance.choice((0, 0, 0, 0, 30)))
        delivery = send(made, category, rows, unit=chance.choice(UNITS), on=max(on, START))
        if delivery.outcome != "rejected":
            taken.append(delivery)


def _keys(category: str) -> tuple[str, ...]:
    return catalog.default().category_by_code[category].natural_key


def _manage(made: Engine, chance: random.Random, taken: list[Delivery], day: dt.date) -> None:
    delivery = chance.choice(taken)
    assert delivery.receipt is not None
    try:
        match chance.randint(0, 2):
            case 0:
                publishing.publish(made, OPERATOR, [delivery.receipt], on=day, confirmed_by="王某")
            case 1:
                publishing.withdraw(made, OPERATOR, delivery.receipt, reason="核对", on=day)
            case _:
                publishing.revert(made, OPERATOR, delivery.receipt, reason="错报", on=day)
    except publishing.TransitionRefused:
        pass


@pytest.mark.parametrize("seed", range(6))
def test_kept_rollups_equal_rebuilt_ones_after_a_random_history(made: Engine, seed: int) -> None:
    play(made, seed, steps=40)
    kept = content(made, "roll_", "pool_batch")

    again = rebuilt(made)

    assert {name: rows for name, rows in kept.items() if rows != again[name]} == {}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(min_value=1000, max_value=10**6))
@example(seed=9476)  # a late delivery taken back: its keys are again those of the delivery it came after
@example(seed=134479)  # an update in the new year of a record of which an older day came late
def test_kept_rollups_equal_rebuilt_ones_for_any_seed(sqlite_databases: Databases, seed: int) -> None:
    made = engine(sqlite_databases())
    play(made, seed, steps=25)

    assert content(made, "roll_") == {k: v for k, v in rebuilt(made).items() if k.startswith("roll_")}


def test_a_late_delivery_taken_back_gives_its_keys_back(made: Engine) -> None:
    """The record of 10 October came again, dated the 9th, with another value; without that it is the 10th's once more."""
    rows = valid_rows("referee", 3, received_on=START)
    send(made, "referee", rows, on=START + dt.timedelta(days=1))
    late = send(made, "referee", [changed(rows[0], duty_count=7)], on=START)
    assert late.receipt is not None

    publishing.revert(made, OPERATOR, late.receipt, reason="错报", on=START + dt.timedelta(days=60))

    with reading(made) as connection:
        known = connection.execute(
            select(func.sum(roll_delivery.c.keys_in_year), func.sum(roll_delivery.c.keys_new))
        ).one()
        days = {day: sum(d.keys for d in delivered(OFFICE, connection, START, day)) for day in _around(START)}
        records = {day: current_counts(OFFICE, connection, day)["referee"] for day in _around(START)}
    assert tuple(known) == (3, 3)
    assert days == records == dict(zip(_around(START), (1, 3, 3, 3, 3), strict=True)), (
        "each day counts it once"
    )
    kept = content(made, "roll_delivery")
    assert {name: found for name, found in rebuilt(made).items() if name in kept} == kept


def _around(day: dt.date) -> list[dt.date]:
    """The day, the next one, and the days about the sixtieth after it."""
    return [day + dt.timedelta(days=n) for n in (0, 1, 59, 60, 61)]


def test_keys_of_a_year_are_counted_once_however_often_they_come(made: Engine) -> None:
    """n_c counts natural keys, not rows: three updates of one referee are one referee."""
    row = valid_row("referee", received_on=START)
    for step, day in enumerate((START, START + dt.timedelta(days=9), START + dt.timedelta(days=200))):
        send(made, "referee", [changed(row, duty_count=step + 1)], on=day)

    with reading(made) as connection:
        rows = connection.execute(select(roll_delivery)).all()
    by_year: Counter[int] = Counter()
    for r in rows:
        by_year[r.day.year] += r.keys_in_year
    assert by_year == {2025: 1, 2026: 1}
    assert sum(r.keys_new for r in rows) == 1


@pytest.mark.parametrize(
    ("days", "is_counted_anew"),
    [
        pytest.param((0, 9, 200), False, id="in the order of receipt"),
        pytest.param((120, 30, 200), True, id="the second came late: one of the third's year lies under it"),
    ],
)
def test_a_registry_is_counted_anew_only_where_a_delivery_came_late(
    made: Engine, days: tuple[int, ...], is_counted_anew: bool
) -> None:
    """A month's changes in a new year must not cost the whole registry, in the writer's lock."""
    row = valid_row("referee", received_on=START)
    for step, later in enumerate(days[:2]):
        send(made, "referee", [changed(row, duty_count=step + 1)], on=START + dt.timedelta(days=later))
    asked: list[str] = []
    event.listen(made, "before_cursor_execute", lambda *a: asked.append(a[2]))
    send(made, "referee", [changed(row, duty_count=9)], on=START + dt.timedelta(days=days[2]))

    assert any(text.startswith("DELETE FROM roll_delivery") for text in asked) == is_counted_anew
    kept = content(made, "roll_delivery")
    assert sum(r[-2] for r in kept["roll_delivery"]) == 2, "one key in each of two years"
    assert {k: v for k, v in rebuilt(made).items() if k in kept} == kept


def test_a_reverted_batch_is_out_from_its_day_on(made: Engine) -> None:
    delivery = send(made, "referee", valid_rows("referee", 2, received_on=START), on=START)
    assert delivery.receipt
    publishing.revert(made, OPERATOR, delivery.receipt, reason="错报", on=START + dt.timedelta(days=5))

    with reading(made) as connection:
        days = {r.day: r.keys_in_year for r in connection.execute(select(roll_delivery))}
    assert days == {START: 2, START + dt.timedelta(days=5): -2}


def test_what_was_sent_last_year_and_taken_back_in_this_one_is_no_line_of_this_year(made: Engine) -> None:
    """The rollup subtracts on the day of the revert; a unit would have sent −2 records in −1 batches."""
    last_year, this = dt.date(2025, 11, 3), dt.date(2026, 2, 2)
    for number, unit in ((0, "500101"), (2, "500102")):
        sent = send(
            made,
            "referee",
            valid_rows("referee", 2, start=number, received_on=START),
            unit=unit,
            on=last_year,
        )
        publishing.revert(made, OPERATOR, str(sent.receipt), reason="错报", on=dt.date(2026, 1, 9))
    send(made, "referee", valid_rows("referee", 1, start=5, received_on=START), unit="500101", on=this)

    with reading(made) as connection:
        lines = unit_lines(OPERATOR, connection, "referee", year=2026, as_of=this)

    assert [(u.unit, u.delivered, u.batches, u.rows_total) for u in lines] == [("500101", 1, 1, 1)]


def test_no_step_of_a_batch_lies_on_a_day_before_the_step_before_it(made: Engine) -> None:
    receipt = send(made, "referee", valid_rows("referee", 1, received_on=START), on=START).receipt
    assert receipt
    later = START + dt.timedelta(days=3)

    with pytest.raises(publishing.TransitionRefused, match=str(START)):
        publishing.publish(made, OPERATOR, [receipt], on=START - dt.timedelta(days=1), confirmed_by="王某")
    assert publishing.publish(made, OPERATOR, [receipt, receipt], on=later, confirmed_by="王某") == 1
    for back in (publishing.withdraw, publishing.revert):
        with pytest.raises(publishing.TransitionRefused, match=str(later)):
            back(made, OPERATOR, receipt, reason="核对", on=START)
    publishing.withdraw(made, OPERATOR, receipt, reason="核对", on=later)


def test_a_withdrawn_batch_is_published_again_before_it_is_taken_back(made: Engine) -> None:
    """The life cycle knows integrated or published → reverted; anything not listed is refused."""
    receipt = send(made, "referee", valid_rows("referee", 1, received_on=START), on=START).receipt
    assert receipt
    publishing.publish(made, OPERATOR, [receipt], confirmed_by="王某")
    publishing.withdraw(made, OPERATOR, receipt, reason="核对")
    before = content(made)
    with pytest.raises(publishing.TransitionRefused, match=r"已下架.*只适用于：已入库、已上架"):
        publishing.revert(made, OPERATOR, receipt, reason="错报")
    assert content(made) == before

    publishing.publish(made, OPERATOR, [receipt], confirmed_by="王某")
    assert publishing.revert(made, OPERATOR, receipt, reason="错报") == 1


def test_reverting_under_a_later_update_is_refused_and_changes_nothing(made: Engine) -> None:
    row = valid_row("referee", received_on=START)
    first = send(made, "referee", [row], on=START)
    send(made, "referee", [changed(row, duty_count=9)], on=START + dt.timedelta(days=1))
    before = content(made)
    assert first.receipt

    with pytest.raises(publishing.TransitionRefused, match="后来的"):
        publishing.revert(made, OPERATOR, first.receipt, reason="错报")

    assert content(made) == before


def test_a_mended_row_counts_once_with_its_last_result(made: Engine) -> None:
    """Section 3: refused, mended and accepted inside ten working days is one row."""
    rows = valid_rows("referee", 3, received_on=START)
    spoiled = [*rows[:2], changed(rows[2], name=None)]
    send(made, "referee", spoiled, on=START)
    send(made, "referee", rows, on=START + dt.timedelta(days=3))

    quality = content(made, "roll_quality")["roll_quality"]
    first_day = next(r for r in quality if r[2] == START)
    assert first_day[3] == 2, "the refused row no longer counts on its day"
    assert rebuilt(made)["roll_quality"] == quality


def test_visits_are_summed_by_hour_day_and_month(made: Engine) -> None:
    """Second computation: a plain loop over the rows that were sent."""
    venues = [
        changed(r, adcode=d)
        for r, d in zip(valid_rows("smart_venue_connection", 2), ("万州区", "涪陵区"), strict=True)
    ]
    base = valid_row("venue_usage_reading")
    readings = [
        changed(
            base, venue_code=venues[v]["venue_code"], reading_at=dt.datetime(2026, 9, 29 + d, h), entry_count=h + d,
            exit_count=h, occupancy=50 + d,
        )
        for v in (0, 1) for d in (0, 1) for h in (8, 9)
    ]  # fmt: skip
    send(made, "venue_usage_reading", readings)
    send(made, "smart_venue_connection", venues)

    entries: Counter[tuple[str, dt.date]] = Counter()
    for r in readings:
        district = "500101" if r["venue_code"] == venues[0]["venue_code"] else "500102"
        entries[district, r["reading_at"].date()] += r["entry_count"]
    with reading(made) as connection:
        days = {(r.district, r.day): r.entries for r in connection.execute(select(visit_day))}
        months = {(r.district, r.month): r.entries for r in connection.execute(select(visit_month))}
        hours = connection.execute(select(visit_hour)).all()
    assert days == dict(entries)
    assert sum(months.values()) == sum(entries.values())
    assert set(months) == {("500101", dt.date(2026, 9, 1)), ("500102", dt.date(2026, 9, 1))}
    assert len(hours) == len(readings)
    kept = content(made, "roll_visit")
    assert {k: v for k, v in rebuilt(made).items() if k.startswith("roll_visit")} == kept


def test_sums_by_district_are_never_moved_under_an_old_version(made: Engine) -> None:
    """Whatever moves them (a connection sent, taken back, deleted on request), pages draw them anew."""
    with writing(made) as connection:
        before = data_versions(OPERATOR, connection)["visits"]
        visits.refold_districts(connection, at=dt.datetime(2026, 10, 9, tzinfo=dt.UTC))
        assert data_versions(OPERATOR, connection)["visits"] == before + 1
