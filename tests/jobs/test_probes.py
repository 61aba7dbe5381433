"""Probes of what is published: the sixth characteristic is counted, not assumed."""

import datetime as dt

from sqlalchemy import delete, select

import catalog
from data_access.commands.delivery import deliver
from data_access.commands.publishing import publish
from data_access.engine import BEIJING, reading, writing
from data_access.principal import OPERATOR
from data_access.schema import base_table, data_version, roll_probe
from jobs import probe_published
from jobs.base import Context
from tests.helpers.files import csv_text, grid
from tests.helpers.rows import RECEIVED_ON, valid_rows

NOON = dt.datetime(2026, 10, 9, 12, 7, tzinfo=BEIJING)


def send(made, code: str, rows: int = 2) -> str:
    delivery = deliver(
        made,
        OPERATOR,
        content=csv_text(grid(code, valid_rows(code, rows))).encode(),
        file_name="a.csv",
        category=code,
        unit="office",
        received_on=RECEIVED_ON,
    )
    assert delivery.receipt
    return delivery.receipt


def counted(made) -> dict[str, tuple[int, int]]:
    with reading(made) as connection:
        return {r.category: (r.probes, r.opened) for r in connection.execute(select(roll_probe))}


def test_each_round_counts_every_published_category_once(made):
    """Two rounds: two probes, two opened; what is not published is not probed."""
    publish(made, OPERATOR, [send(made, "mass_sport_event")])
    send(made, "fitness_equipment")
    said = [probe_published.run(Context(made, NOON)) for _ in range(2)]

    assert counted(made) == {"mass_sport_event": (2, 2)}
    assert said[0] == "探测 1 类，1 类可以打开"


def test_a_resource_that_cannot_be_opened_counts_as_such_and_is_named(made):
    """Its rows are gone from the base, though the list still offers them."""
    publish(made, OPERATOR, [send(made, "mass_sport_event")])
    event = catalog.default().category_by_code["mass_sport_event"]
    with writing(made) as connection:
        connection.execute(delete(base_table(event)))

    assert "打不开：mass_sport_event" in probe_published.run(Context(made, NOON))
    assert counted(made) == {"mass_sport_event": (1, 0)}


def test_the_day_is_beijings_and_the_version_goes_up_with_the_figures(made):
    """23:07 UTC on the 8th is the 9th in Chongqing; pages must not show the old figure."""
    publish(made, OPERATOR, [send(made, "mass_sport_event")])
    with reading(made) as connection:
        before = connection.scalar(select(data_version.c.version).where(data_version.c.domain == "records"))
    probe_published.run(Context(made, dt.datetime(2026, 10, 8, 23, 7, tzinfo=dt.UTC)))
    with reading(made) as connection:
        after = connection.scalar(select(data_version.c.version).where(data_version.c.domain == "records"))
        assert connection.scalar(select(roll_probe.c.day)) == dt.date(2026, 10, 9)

    assert (before or 0) + 1 == after


def test_nothing_published_is_nothing_counted(made):
    assert probe_published.run(Context(made, NOON)) == "探测 0 类，0 类可以打开"
    assert counted(made) == {}
