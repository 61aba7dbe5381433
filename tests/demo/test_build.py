"""Building the demonstration: through intake, once, never beside real data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, func, select

import catalog
from data_access.commands.delivery import deliver
from data_access.commands.plans import set_plan
from data_access.engine import engine, reading, writing
from data_access.principal import OFFICE, OPERATOR
from data_access.schema import (
    batch,
    plan_version,
    pool_file,
    rejected_row,
    roll_delivery,
    roll_period,
    roll_probe,
    setting,
    visit_day,
)
from demo.build import DemoRefused, build
from demo.files import files_for
from demo.plans import OPENING, YEARLY, promised
from demo.readings_bulk import write_readings
from demo.shares import shares_of
from demo.timetable import HABITS
from demo.world import World
from tests.demo.conftest import SURVEY, TODAY
from tests.demo.measures import table

WORLD = World(TODAY)
FEW = {"honor_award", "sports_medal_award"}
Databases = Callable[[], str]


def states(connection: Connection) -> dict[str, int]:
    rows = connection.execute(select(batch.c.state, func.count()).group_by(batch.c.state))
    return {state: number for state, number in rows}


def contents(url: str) -> list[tuple[object, ...]]:
    """Every batch and its end, and what is in the base of `FEW`."""
    with reading(engine(url)) as connection:
        columns = (batch.c.receipt, batch.c.state, batch.c.rows_accepted, batch.c.published_on)
        found = [tuple(r) for r in connection.execute(select(*columns).order_by(batch.c.receipt))]
        for code in sorted(FEW):
            t = table(code)
            found += [
                tuple(r) for r in connection.execute(select(t).order_by(t.c.receipt, t.c.sheet, t.c.row_no))
            ]
    return found


def test_the_base_says_it_is_a_demonstration(demo_base: Connection) -> None:
    """Every screen marks its figures 演示数据 by this setting."""
    assert demo_base.scalar(select(setting.c.value).where(setting.c.key == "kind")) == "demo"


def test_life_is_in_the_base(demo_base: Connection) -> None:
    """Refused rows, corrections, a quarantined file, a withdrawn batch and some that wait for operations."""
    found = states(demo_base)
    waiting = select(func.count()).select_from(batch).where(batch.c.waiting_for == "operations")
    mended = select(func.count()).select_from(rejected_row).where(rejected_row.c.mended_by.is_not(None))
    updated = select(func.sum(batch.c.rows_updated))

    assert found["quarantined"] == 1
    assert found["rejected"] >= 3 and found["withdrawn"] >= 1
    assert found["published"] > 20 * found["integrated"] > 0
    assert (demo_base.scalar(waiting) or 0) >= 3
    assert (demo_base.scalar(mended) or 0) >= 20
    assert (demo_base.scalar(updated) or 0) >= 10_000


def test_files_that_are_not_meant_to_be_faulty_are_taken(demo_base: Connection) -> None:
    """A generator that breaks a rule of the catalogue shows here, not in front of the bureau."""
    meant = select(func.sum(batch.c.rows_rejected), func.sum(batch.c.rows_total)).select_from(batch)
    rejected, total = demo_base.execute(meant).one()

    assert 0 < rejected < 0.001 * total


def test_plans_are_what_departments_deliver(demo_base: Connection) -> None:
    """A plan far from the deliveries would make every page show a disaster or a miracle."""
    delivered = {
        (code, year): number
        for code, year, number in demo_base.execute(
            select(
                roll_delivery.c.category,
                func.substr(roll_delivery.c.day, 1, 4),
                func.sum(roll_delivery.c.keys_in_year),
            ).group_by(roll_delivery.c.category, func.substr(roll_delivery.c.day, 1, 4))
        )
    }
    for code in YEARLY.keys() - {SURVEY}:
        department = catalog.default().category_by_code[code].department
        for year in (2024, 2025):
            ratio = delivered[code, str(year)] / promised(WORLD, code, year)
            assert ratio == pytest.approx(HABITS[department].done, abs=0.15), (code, year)
    assert OPENING.keys() <= YEARLY.keys()


def test_readings_are_promised_from_the_day_the_platform_is_in_use() -> None:
    """
    A plan of hundreds of thousands for a year without a platform would condemn 产业处.
    32 venues × 15 hours (07 to 21) × the 71 days from 22 October 2025, then × 365;
    产业处 delivers 5 % more than it promises.
    """
    assert [promised(WORLD, "venue_usage_reading", year) for year in (2024, 2025)] == [0, 32_500]
    assert promised(WORLD, "venue_usage_reading", 2026) == pytest.approx(32 * 15 * 365 / 1.05, rel=0.01)


def test_plans_are_approved_and_one_department_was_late(demo_base: Connection) -> None:
    """Filed by 31 January but for 宣传处 this year; a few revised on 4 July."""
    rows = demo_base.execute(
        select(plan_version.c.department, plan_version.c.version, plan_version.c.approved_on).where(
            plan_version.c.year == 2026
        )
    ).all()
    late = {d for d, version, on in rows if version == 1 and on > dt.date(2026, 1, 31)}

    assert late == {"publicity"}
    assert {on for _, version, on in rows if version == 2} == {dt.date(2026, 7, 4)}


def test_doping_has_no_delivery_for_september(demo_base: Connection) -> None:
    """Reported through August, then silence: the overview warns of it."""
    periods = demo_base.scalars(
        select(roll_period.c.period).where(roll_period.c.category == "anti_doping_activity")
    ).all()

    assert max(periods) == "2026-08"


def test_probes_run_from_the_first_publication_to_today(demo_base: Connection) -> None:
    """可访问性 has a base on every day; nearly all probes open."""
    last, probes, opened = demo_base.execute(
        select(func.max(roll_probe.c.day), func.sum(roll_probe.c.probes), func.sum(roll_probe.c.opened))
    ).one()

    assert last == TODAY
    assert 0.985 < opened / probes < 1


def test_a_base_with_real_data_is_refused(sqlite_databases: Databases) -> None:
    """Demonstration and real data never share a base; nothing is written."""
    url = sqlite_databases()
    file = next(files_for(TODAY, categories={"honor_award"}))
    deliver(
        engine(url), OPERATOR, content=file.content, file_name=file.file_name, category=file.category,
        unit=file.unit, received_on=file.received_on,
    )  # fmt: skip

    with pytest.raises(DemoRefused, match=r"已有正式数据（1 个批次）.*没有写入"):
        build(url, today=TODAY, categories=FEW)

    with reading(engine(url)) as connection:
        assert connection.scalar(select(func.count()).select_from(batch)) == 1
        assert connection.scalar(select(setting.c.value).where(setting.c.key == "kind")) != "demo"


def test_a_base_with_plans_but_no_delivery_yet_is_refused(sqlite_databases: Databases) -> None:
    """In January plans are all that a real base holds."""
    url = sqlite_databases()
    set_plan(engine(url), OFFICE, "honor_award", TODAY.year, 5, reason="上年实际")

    with pytest.raises(DemoRefused, match=r"已有正式年度计划.*没有写入"):
        build(url, today=TODAY, categories=FEW)


def test_a_finished_demonstration_is_not_built_again(sqlite_databases: Databases) -> None:
    """A second run by mistake says so instead of doubling anything."""
    url = sqlite_databases()
    build(url, today=TODAY, categories=FEW)
    before = contents(url)

    with pytest.raises(DemoRefused, match="已有完整的演示数据"):
        build(url, today=TODAY, categories=FEW)

    assert contents(url) == before


def test_an_interrupted_build_is_continued(sqlite_databases: Databases) -> None:
    """Half of the files delivered, then the machine was switched off: the next run ends the same."""
    whole, half = sqlite_databases(), sqlite_databases()
    build(whole, today=TODAY, categories=FEW)
    build(half, today=TODAY, categories={"sports_medal_award"})
    with writing(engine(half)) as connection:
        connection.execute(setting.update().where(setting.c.key == "demo_state").values(value="building"))

    build(half, today=TODAY, categories=FEW)

    assert contents(half) == contents(whole)


def test_two_workers_end_like_one(sqlite_databases: Databases) -> None:
    """Who is faster must not show in the base."""
    one, two = sqlite_databases(), sqlite_databases()
    build(one, today=TODAY, categories=FEW, workers=1)
    build(two, today=TODAY, categories=FEW, workers=2)

    assert contents(one) == contents(two)


def test_venues_and_readings_are_delivered_by_one_worker() -> None:
    """The day tier needs a venue's district; the heaviest categories are spread."""
    shares = shares_of([c.code for c in catalog.default().categories], 2)
    where = {code: n for n, share in enumerate(shares) for code in share}

    assert sum(map(len, shares)) == len(catalog.default().categories)
    assert where["smart_venue_connection"] == where["venue_usage_reading"]
    assert where["sports_facility_statistics"] != where["physical_fitness_test"]


def test_the_large_base_adds_venues_and_refreshes_the_tiers(databases: Databases) -> None:
    """`--visits` writes beside intake, but the sums pages read are those of the base."""
    url = databases()
    build(url, today=TODAY, categories={"development_plan"}, visits=12_000)

    t = table("venue_usage_reading")
    with reading(engine(url)) as connection:
        readings, entries = connection.execute(select(func.count(), func.sum(t.c.entry_count))).one()
        by_day = connection.execute(
            select(func.sum(visit_day.c.readings), func.sum(visit_day.c.entries), func.count())
        ).one()
        unknown = select(func.count()).select_from(visit_day).where(visit_day.c.district == "")
        assert readings >= 12_000
        assert (by_day[0], by_day[1]) == (readings, entries)
        assert connection.scalar(unknown) == 0
        assert connection.scalar(select(func.count()).select_from(pool_file)) == 5
    assert write_readings(engine(url), WORLD, 12_000, lambda *_: None) == 0
