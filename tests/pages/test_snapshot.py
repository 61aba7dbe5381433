"""One run sees one state of the base, and never one older than what it has written itself."""

from __future__ import annotations

import datetime as dt

from data_access.engine import engine, writing
from data_access.principal import SYSTEM
from data_access.settings import settings
from data_access.versions import data_versions, raise_versions
from pages._shared.numbers import reading
from pages._shared.principal import acting_as, principal
from pages._shared.snapshot import connected, one_run, versions_of
from tests.pages.opening import LEADER, on_base

__all__ = ["on_base"]
AT = dt.datetime(2026, 11, 25, 8, tzinfo=dt.UTC)


def raised() -> None:
    with writing(engine(settings().database.url)) as connection:
        raise_versions(connection, "plans", at=AT)


def version(*, first: bool = False) -> int:
    with connected(first=first) as connection:
        return data_versions(SYSTEM, connection)["plans"]


def raised_by_another_thread() -> None:
    from threading import Thread

    other = Thread(target=raised)
    other.start()
    other.join()


def test_who_asks_and_the_figures_come_from_one_state_whatever_others_write_meanwhile(on_base: str):
    with one_run():
        looked = version(first=True)
        raised_by_another_thread()
        assert version() == looked
        assert version() == looked + 1, "the second reading of a run is a new one"


def test_the_versions_read_with_who_asks_are_those_of_the_runs_own_snapshot(on_base: str):
    raised()
    somebody = LEADER.log_in()
    with acting_as(somebody.sid), one_run():
        principal()
        raised_by_another_thread()
        with reading() as r:
            assert versions_of(r.connection) == r.versions == data_versions(SYSTEM, r.connection)
        with reading() as newer:
            assert versions_of(newer.connection) is None
            assert newer.versions["plans"] == r.versions["plans"] + 1


def test_a_run_that_has_written_reads_what_it_wrote(on_base: str):
    with one_run():
        looked = version(first=True)
        raised()
        assert version() == looked + 1


def test_outside_a_run_each_reading_is_new(on_base: str):
    before = version()
    raised()
    assert version() == before + 1


def test_the_snapshot_ends_with_its_run_even_when_the_page_fails(on_base: str):
    try:
        with one_run():
            before = version()
            raise RuntimeError("page")
    except RuntimeError:
        pass
    raised_by_another_thread()
    assert version() == before + 1
    assert engine(settings().database.url).pool.checkedout() == 0  # type: ignore[attr-defined]
