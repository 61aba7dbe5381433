"""Facilities kept as columns: equal to a plain count of the base, on every day, on both databases."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Connection, Engine, delete, event, select

import catalog
from data_access import facilities, facility_columns as columns
from data_access.accepted import Integration, Rows
from data_access.commands import publishing
from data_access.commands.delivery import Delivery
from data_access.engine import engine, reading, writing
from data_access.facility_tables import roll_facility
from data_access.principal import OPERATOR
from data_access.schema import base_table
from data_access.versions import data_versions
from tests.conftest import Databases
from tests.delivery.histories import content, send
from tests.helpers.rows import Row, changed, valid_row

START = dt.date(2025, 10, 9)
SURVEY, MASS = facilities.SURVEY.category, facilities.MASS.category
DISTRICTS = ("万州区", "涪陵区", "渝中区")


def facility_row(category: str, number: int, chance: random.Random) -> Row:
    """One of few records, so that histories meet the same record again."""
    row = valid_row(category, number, received_on=START)
    told: dict[str, Any] = {"adcode": chance.choice(DISTRICTS)}
    if category == SURVEY:
        told |= {"survey_year": chance.choice((2023, 2024)), "built_on": "2020-01-01"}
    return changed(row, **told)


def play(made: Engine, seed: int, steps: int) -> list[dt.date]:
    """Deliveries, corrections, late ones and reverts; the days on which something happened."""
    chance = random.Random(seed)
    day, days = START, [START]
    taken: list[Delivery] = []
    for _ in range(steps):
        day += dt.timedelta(days=chance.choice((0, 1, 30)))
        days.append(day)
        if taken and chance.random() < 0.25:
            receipt = chance.choice(taken).receipt
            with contextlib.suppress(publishing.TransitionRefused):
                publishing.revert(made, OPERATOR, str(receipt), reason="错报", on=day)
            continue
        category = chance.choice((SURVEY, MASS))
        rows = [facility_row(category, n, chance) for n in chance.sample(range(4), chance.randint(1, 3))]
        rows[0] = changed(rows[0], area=chance.choice((450, 620.5, 1000)))
        on = max(START, day - dt.timedelta(days=chance.choice((0, 0, 0, 20))))
        delivery = send(made, category, rows, on=on)
        if delivery.outcome != "rejected":
            taken.append(delivery)
    return days


def kept(connection: Connection, day: dt.date) -> dict[tuple[str, int, str], list[tuple[Any, ...]]]:
    """What the rollup says of a day, taken apart again."""
    r = roll_facility.c
    rows = connection.execute(
        select(roll_facility).where(r.valid_from <= day, r.valid_to.is_(None) | (r.valid_to > day))
    )
    found = {}
    for row in rows:
        c = columns.unpack(row.content)
        names = columns.unpack_names(row.names).split("\n")
        lines = [
            (names[i], *(c.words[w][c.places[w][i]] for w in columns.CODES), int(c.area_cm2[i]),
             int(c.longitude[i]), int(c.latitude[i]))
            for i in range(len(c))
        ]  # fmt: skip
        assert (row.facilities, row.located, row.area_cm2) == (
            len(lines), sum(line[7] != columns.NO_PLACE for line in lines), sum(max(0, line[6]) for line in lines),
        )  # fmt: skip
        if lines:
            found[row.category, row.year, row.district] = sorted(lines)
    return found


def counted(connection: Connection, day: dt.date) -> dict[tuple[str, int, str], list[tuple[Any, ...]]]:
    """The same by a plain loop over the base: the highest version of each record known on the day."""
    found: dict[tuple[str, int, str], list[tuple[Any, ...]]] = {}
    for of in facilities.SETS.values():
        category = catalog.default().category_by_code[of.category]
        newest: dict[tuple[Any, ...], Any] = {}
        for row in connection.execute(select(base_table(category))).mappings():
            if row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] > day):
                key = tuple(row[k] for k in category.natural_key)
                if key not in newest or newest[key]["version"] < row["version"]:
                    newest[key] = row
        for row in newest.values():
            where = (of.category, row[of.year] if of.year else 0, row["adcode"])
            words = [row[f] if f else "" for f in (of.name, of.kind, of.owner, of.opening, of.fee)]
            places = [
                columns.NO_PLACE if row[f] is None else int(row[f] * 10**6) for f in ("longitude", "latitude")
            ]
            area = -1 if row["area"] is None else int(row["area"] * 10_000)
            found.setdefault(where, []).append((*words, row["unit"], area, *places))
    return {where: sorted(rows) for where, rows in found.items()}


@pytest.mark.parametrize("seed", [3, 11])
def test_columns_equal_a_plain_count_on_every_day(made: Engine, seed: int) -> None:
    days = play(made, seed, steps=14)

    with reading(made) as connection:
        for day in {*days, START - dt.timedelta(days=1), dt.date(2027, 1, 1)}:
            assert kept(connection, day) == counted(connection, day), day


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(min_value=100, max_value=10**6))
def test_kept_columns_equal_rebuilt_ones(sqlite_databases: Databases, seed: int) -> None:
    made = engine(sqlite_databases())
    play(made, seed, steps=10)
    before = content(made, "roll_facility")

    with writing(made) as connection:
        facilities.rebuild(connection)

    assert content(made, "roll_facility") == before


def test_a_record_lies_in_one_district_only(made: Engine) -> None:
    """A zone reports facilities of the district around it: they are that district's, once."""
    rows = [facility_row(SURVEY, n, random.Random(n)) for n in range(6)]
    for unit in ("500101", "CQWS"):
        send(made, SURVEY, [changed(r, adcode="綦江区") for r in rows], unit=unit, on=START)

    with reading(made) as connection:
        found = kept(connection, START)
    years = {changed(r)["survey_year"] for r in rows}
    assert set(found) == {(SURVEY, year, "500110") for year in years}
    assert sum(map(len, found.values())) == 6


def test_the_same_facilities_in_any_order_are_packed_alike() -> None:
    """What is kept with a delivery and what is rebuilt must be the same bytes."""
    names = [f"场地{n % 3}" for n in range(9)]
    words = [names, ["体育馆"] * 9, ["企业"] * 9, None, None, ["500101"] * 9]
    made = columns.facilities(words, [Decimal(n % 2) for n in range(9)], [None] * 9, [Decimal(29)] * 9)
    assert {f.latitude for f in made} == {columns.NO_PLACE}, "half a place is none"

    assert columns.pack(made) == columns.pack(reversed(made))
    assert columns.pack([]).facilities == 0 and len(columns.unpack(columns.pack([]).content)) == 0


@given(
    st.text(alphabet="渝北区体育馆AB1 \n重庆长寿", max_size=40),
    st.text(alphabet="渝北体重庆A", min_size=1, max_size=3),
)
def test_lines_are_found_as_a_loop_finds_them(text: str, wanted: str) -> None:
    expected = [i for i, line in enumerate(text.split("\n")) if wanted in line]

    assert columns.lines_with(text, wanted, 100) == expected
    assert columns.lines_with(text, wanted, 1) == expected[:1]


def test_initials_keep_their_places_and_know_the_citys_own_names() -> None:
    assert columns.initials("重庆奥体中心") == "cqatzx"
    assert columns.initials("长寿区A馆") == "csqag"


@given(st.text(max_size=30))
def test_a_name_has_a_letter_for_each_character(text: str) -> None:
    """The search maps a place in the initials to a line of the names."""
    assert columns.initials(text).count("\n") == text.count("\n")


def test_a_batch_taken_back_is_seen_by_what_is_drawn_from_venues(embedded: str) -> None:
    """The map is drawn under the version of the venues: it rises when they come, and when they go."""
    made = engine(embedded)

    def version() -> int:
        with reading(made) as connection:
            return data_versions(OPERATOR, connection)["venues"]

    receipt = send(made, MASS, [valid_row(MASS)]).receipt
    assert receipt is not None
    before = version()
    publishing.revert(made, OPERATOR, receipt, reason="整批有误")

    assert version() == before + 1


@pytest.mark.parametrize("category", [SURVEY, MASS])
def test_packed_cells_take_the_place_of_what_was_known(made: Engine, category: str) -> None:
    chance = random.Random(3)
    rows = [facility_row(category, n, chance) for n in range(8)]
    send(made, category, rows[:5], on=START)
    with reading(made) as connection:
        before = kept(connection, START)
    found = catalog.default().category_by_code[category]
    columns_of = {f.name: [] for f in found.fields}
    table = base_table(found)
    with reading(made) as connection:
        said = connection.execute(select(table)).mappings().all()
        for record in said:
            for name, column in columns_of.items():
                column.append(record[name])
        batch = Rows(columns_of, [""] * len(said), list(range(len(said))), {})
    with writing(made) as connection:
        connection.execute(delete(roll_facility))
        taken = Integration(inserted=list(range(len(said))))
        unit = str(said[0]["unit"])
        cells = facilities.packed(connection, found, batch, taken, unit=unit, on=START)
        facilities.fold(connection, found, batch, taken, cells, START)
        assert kept(connection, START) == before


def test_an_update_keeps_what_the_columns_say_of_fields_it_does_not_mention(made: Engine) -> None:
    """A file without a column for the area does not change it, and nobody asks the base for the facilities again."""
    rows = [facility_row(MASS, n, random.Random(n)) for n in range(4)]
    rows[1] = changed(rows[1], facility_kind="健身步道", free_open="免费")
    send(made, MASS, rows, on=START)
    silent = {name: value for name, value in rows[1].items() if name != "area"} | {"free_open": "收费"}
    asked: list[str] = []
    event.listen(made, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    later = START + dt.timedelta(days=1)

    assert send(made, MASS, [silent], on=later).updated == 1

    read_back = "SELECT base_mass_sport_facility.adcode"
    assert not [statement for statement in asked if statement.startswith(read_back)]
    with reading(made) as connection:
        assert kept(connection, later) == counted(connection, later)
