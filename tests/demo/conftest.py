"""Demonstration bases for all tests of this folder, built once a run by whichever test worker comes first."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

import catalog
from data_access.engine import engine, reading
from demo.build import build
from tests.helpers import postgres

TODAY = dt.date(2026, 11, 25)
SURVEY_ARRIVED = dt.date(2024, 5, 10)
"""A day on which the published survey of 2023 is the only one."""
SURVEY = "sports_facility_statistics"
READINGS = "venue_usage_reading"


def built_once(folder: Path, template: Path, name: str, today: dt.date, codes: Collection[str]) -> str:
    path = folder / f"{name}.db"
    with postgres.locked(folder / f"{name}.lock"):
        if not path.exists():
            unfinished = folder / f"{name}-unfinished.db"
            shutil.copy(template, unfinished)
            url = f"sqlite:///{unfinished}"
            build(url, today=today, categories=codes)
            with engine(url).connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            engine(url).dispose()
            unfinished.rename(path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def demo_url(shared_folder: Path, sqlite_template: Path) -> str:
    """Every category but the two largest."""
    codes = {c.code for c in catalog.default().categories} - {READINGS, SURVEY}
    return built_once(shared_folder, sqlite_template, "demonstration", TODAY, codes)


@pytest.fixture(scope="session")
def survey_url(shared_folder: Path, sqlite_template: Path) -> str:
    """The survey of 2023, all 168,660 facilities."""
    return built_once(shared_folder, sqlite_template, "survey", SURVEY_ARRIVED, {SURVEY})


@pytest.fixture
def demo_base(demo_url: str) -> Iterator[Connection]:
    with reading(engine(demo_url)) as connection:
        yield connection


@pytest.fixture
def survey_base(survey_url: str) -> Iterator[Connection]:
    with reading(engine(survey_url)) as connection:
        yield connection
