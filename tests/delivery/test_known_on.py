"""Every figure as of a day against plain loops over the base, after histories in which much came late or was taken back."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Connection, Engine, select

import catalog
from data_access.commands.delivery import Delivery
from data_access.engine import BEIJING, engine, reading
from data_access.principal import OFFICE
from data_access.queries import batches, facilities, progress, visit_days
from data_access.queries.records import records
from data_access.queries.score_inputs import keys_in_days
from data_access.schema import batch, batch_event
from tests.changes.made_up import FACILITY
from tests.conftest import Databases
from tests.delivery import known_on
from tests.delivery.histories import content, send
from tests.delivery.known_on import Version
from tests.delivery.test_as_it_was import manage
from tests.delivery.test_late import days_later, end_one, facilities as made_up_facilities, rebuild, take_back
from tests.helpers.rows import Row, changed, valid_row

START = dt.date(2025, 12, 1)
FACT = "venue_usage_reading"
CATEGORIES = (FACT, "elite_competition", "mass_sport_event", "referee", FACILITY)
UNITS = ("500101", "500102")
SINCE = dt.date(2025, 1, 1)
Fault = tuple[dt.date, str, Any, Any]


def rows_of(chance: random.Random, category: str, on: dt.date) -> list[Row]:
    """A few of the same records again and again, with other values."""
    if category == FACILITY:
        return made_up_facilities(chance)
    if category == FACT:
        day, hours = days_later(on, -chance.choice((0, 0, 1, 4))), range(1, chance.choice((3, 13, 14)))
        return [
            changed(
                valid_row(FACT, received_on=SINCE), venue_code=f"CQ5001010{venue}", exit_count=0, occupancy=1,
                reading_at=dt.datetime.combine(day, dt.time(hour)), entry_count=chance.randint(0, 2),
            )
            for venue in chance.sample((1, 2, 3), chance.randint(1, 3)) for hour in hours
        ]  # fmt: skip
    rows = [valid_row(category, n, received_on=SINCE) for n in chance.sample(range(4), chance.randint(1, 3))]
    number = "duty_count" if category == "referee" else "athlete_count"
    for row in rows:
        if category == "mass_sport_event":
            row["participant_count"] = chance.randint(90, 92)
            continue
        row[number] = chance.randint(1, 3)
        if category == "elite_competition":
            row["end_on"] = days_later(row["end_on"], chance.choice((0, 1, 40)))
    return rows


def play(made: Engine, seed: int, steps: int) -> None:
    """Half of the deliveries bear an older day of receipt; batches are listed and taken back, facilities end."""
    chance = random.Random(seed)
    day, taken = START, list[Delivery]()
    chosen = chance.sample(CATEGORIES, 2)
    for _ in range(steps):
        day = days_later(day, chance.choice((0, 0, 1, 3, 12)))
        move = chance.random()
        if move < 0.25 and taken:
            take_back(made, chance.choice(taken[-4:]), day)
        elif move < 0.4 and taken:
            manage(made, chance, taken, day)
        elif move < 0.5 and FACILITY in chosen:
            end_one(made, chance, day)
        else:
            category = chance.choice(chosen)
            on = max(START, days_later(day, -chance.choice((0, 0, 1, 3, 20))))
            unit = "facility_center" if category == FACT else chance.choice(UNITS)
            sent = send(made, category, rows_of(chance, category, on), unit=unit, on=on)
            if sent.outcome != "rejected":
                taken.append(sent)


def said(connection: Connection, day: dt.date) -> dict[str, Any]:
    """What the product tells of the end of `day`."""
    found: dict[str, Any] = {
        "begun": progress.first_days(OFFICE, connection, day),
        "periods": progress.first_receipts(OFFICE, connection, range(2025, 2027), day),
        "entries": visit_days.entries_by_day(OFFICE, connection, SINCE, day),
        "complete": set(visit_days.complete_days(OFFICE, connection, SINCE, day)),
        "waiting": {(w.category, w.state): w.count for w in batches.waiting(OFFICE, connection, day)},
        "facilities": sum(t.facilities for t in facilities.totals(OFFICE, connection, FACILITY, day)),
    }
    ended = progress.events(OFFICE, connection, range(2024, 2028), day).get("elite_competition", ())
    found["events"] = {(e.ends_on, e.received_on): e.count for e in ended}
    states = batches.states(OFFICE, connection, SINCE, day, day, daily=frozenset(CATEGORIES), by_unit=True)
    found["states"] = {(s.category, s.unit, s.received_on, s.state): s.count for s in states}
    for code in CATEGORIES:
        category = catalog.default().category_by_code[code]
        found[f"keys {code}"] = keys_in_days(OFFICE, connection, category, START, days_later(START, 40), day)
        rows = records(OFFICE, connection, category, as_of=day, limit=None).records
        found[f"records {code}"] = sorted((r["receipt"], r["row"]) for r in rows)
    return found


def wanted(connection: Connection, found: list[Version], day: dt.date) -> dict[str, Any]:
    """The same by plain loops."""
    standing, first = known_on.current(found, day), known_on.first_received(found, day)
    visits = known_on.visits(standing.values())
    told: dict[str, Any] = {
        "begun": known_on.first_of((code, came) for (code, _), came in first.items()),
        "periods": known_on.periods(connection, [v for v in found if v.category != FACT], day),
        "entries": {on: of.entries for on, of in sorted(visits.items())},
        "complete": known_on.complete(visits),
        "facilities": sum(code == FACILITY for code, _ in standing),
        "events": Counter(
            (v.row["end_on"], first[place])
            for place, v in standing.items()
            if place[0] == "elite_competition"
        ),
    }
    states = Counter[tuple[str, str, dt.date, str]]()
    for row in connection.execute(select(batch).where(batch.c.received_on <= day)):
        steps = connection.execute(select(batch_event).where(batch_event.c.receipt == row.receipt))
        made = [(e.number, e.to_state) for e in steps if e.at.astimezone(BEIJING).date() <= day]
        states[row.category, row.unit, row.received_on, max(made)[1]] += 1
    told["states"] = states
    waiting = Counter[tuple[str, str]]()
    for (category, _, _, state), n in states.items():
        waiting[category, state] += n if state == "integrated" else 0
    told["waiting"] = +waiting
    came, rows = defaultdict[str, set[Any]](set), defaultdict[str, list[Any]](list)
    for v in found:
        if v.stood(day) and START <= v.row["valid_from"] <= min(day, days_later(START, 40)):
            came[v.category].add(v.key)
    for v in standing.values():
        rows[v.category].append((v.row["receipt"], v.row["row_no"]))
    for code in CATEGORIES:
        told[f"keys {code}"], told[f"records {code}"] = len(came[code]), sorted(rows[code])
    return told


def faults(connection: Connection) -> list[Fault]:
    """Where the product says something else than the loops, on the days on which something changed and the days before."""
    found = known_on.versions(connection, CATEGORIES)
    moved = {v.row[name] for v in found for name in ("valid_from", "reverted_on")} | {
        v.ended_on for v in found
    }
    wrong = []
    for day in sorted({days_later(d, n) for d in moved if d is not None for n in (-1, 0)}):
        product, loops = said(connection, day), wanted(connection, found, day)
        assert product.keys() == loops.keys()
        wrong += [(day, name, product[name], loops[name]) for name in loops if product[name] != loops[name]]
    return wrong


@pytest.mark.parametrize("seed", [5, 7, 108])  # facilities; events; readings that come out of order
def test_what_was_known_on_a_day_is_what_plain_loops_find_whatever_came_late(made: Engine, seed: int) -> None:
    play(made, seed, steps=20)
    with reading(made) as connection:
        assert faults(connection) == []
    kept = content(made, "roll_")

    rebuild(made)

    assert kept == content(made, "roll_")


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(min_value=1000, max_value=10**6))
def test_what_was_known_on_a_day_is_what_plain_loops_find_for_any_seed(
    sqlite_databases: Databases, seed: int
) -> None:
    made = engine(sqlite_databases())
    play(made, seed, steps=20)

    with reading(made) as connection:
        assert faults(connection) == []
