"""The database view: every row once, in the order of its cursor, on SQLite and on PostgreSQL."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    func,
    insert,
    select,
    text,
    update,
)

import catalog
from data_access.clock import now
from data_access.connectors import SourceError, pull
from data_access.engine import engine, reading
from data_access.schema import base_table
from tests.connectors.conftest import declare, stored
from tests.helpers.rows import valid_rows

CATEGORY = "mass_sport_facility"
COLUMNS = {
    "facility_name": "name",
    "facility_kind": "kind",
    "adcode": "district",
    "street": "street",
    "area": "area",
    "trail_length": "trail_m",
    "opened_on": "opened_on",
    "free_open": "free_open",
    "longitude": "lon",
    "latitude": "lat",
}
platform_metadata = MetaData()
venue = Table(
    "venue",
    platform_metadata,
    Column("id", Integer, primary_key=True),
    Column("updated_at", DateTime),
    Column("name", String(100)),
    Column("kind", String(40)),
    Column("district", String(40)),
    Column("street", String(40)),
    Column("area", String(20)),
    Column("trail_m", Numeric(12, 2, asdecimal=False)),
    Column("opened_on", String(10)),
    Column("free_open", String(10)),
    Column("lon", String(20)),
    Column("lat", String(20)),
)


@pytest.fixture
def platform(databases):
    """Another system's database of the same kind as ours, with a view over its venues."""
    url = databases()
    theirs = engine(url)
    with theirs.begin() as connection:
        platform_metadata.create_all(connection)
        connection.execute(text("CREATE VIEW v_venue AS SELECT * FROM venue"))
    return url


def add(url: str, count: int, first: int = 1, at: dt.datetime | None = None) -> None:
    """Venues `first` …; all of one call share their time of change, as a nightly batch does."""
    at = at or dt.datetime(2026, 10, 8, 2)
    rows = valid_rows(CATEGORY, first + count - 1)[first - 1 :]
    with engine(url).begin() as connection:
        connection.execute(
            insert(venue),
            [
                {
                    "id": number,
                    "updated_at": at,
                    "name": row["facility_name"],
                    "kind": row["facility_kind"],
                    "district": row["adcode"],
                    "street": row["street"],
                    "area": str(row["area"]),
                    "trail_m": 2500.5,
                    "opened_on": row["opened_on"].isoformat(),
                    "free_open": row["free_open"],
                    "lon": str(row["longitude"]),
                    "lat": str(row["latitude"]),
                }
                for number, row in enumerate(rows, first)
            ],
        )


def source(url: str, **more):
    entry = {
        "kind": "database_view",
        "platform": "public_service",
        "address_env": "TEST_DATABASE",
        "category": CATEGORY,
        "unit": "mass_sport",
        "view": "v_venue",
        "cursor": ["updated_at", "id"],
        "columns": COLUMNS,
        "units": {"trail_length": "米"},
        "page_size": 4,
    }
    return declare(**entry | more)


def run(made: Engine, url: str, **more):
    events = {k: more.pop(k) for k in ("stop", "before_piece") if k in more}
    return pull(made, source(url, **more), environment={"TEST_DATABASE": url}, **events)


def test_all_rows_come_once_though_many_share_a_time_of_change(made, platform):
    """Ten rows of one moment on pages of four: the second cursor column tells them apart."""
    add(platform, 10)
    result = run(made, platform)

    assert (len(result.receipts), result.accepted, result.rejected) == (3, 10, 0)
    assert stored(made, CATEGORY).records == 10


def test_a_columns_other_unit_is_converted(made, platform):
    """The platform keeps metres, the catalogue kilometres."""
    add(platform, 1)
    run(made, platform)
    with reading(made) as connection:
        length = connection.scalar(
            select(base_table(catalog.default().category_by_code[CATEGORY]).c.trail_length)
        )

    assert length == Decimal("2.5005")


def test_the_next_pull_brings_only_what_changed(made, platform):
    """A changed row comes again with its new time and becomes the record's next version."""
    add(platform, 5)
    run(made, platform)
    with engine(platform).begin() as connection:
        connection.execute(
            update(venue).where(venue.c.id == 2).values(street="新街", updated_at=dt.datetime(2026, 10, 9, 2))
        )
    result = run(made, platform)

    assert (len(result.receipts), result.accepted) == (1, 1)
    table = base_table(catalog.default().category_by_code[CATEGORY])
    with reading(made) as connection:
        assert connection.scalar(select(func.count()).select_from(table).where(table.c.street == "新街")) == 1
        assert connection.scalar(select(func.max(table.c.version))) == 2
    assert run(made, platform).receipts == []


def test_a_pull_stopped_between_pages_goes_on_there(made, platform):
    add(platform, 10)
    stop = threading.Event()
    run(made, platform, stop=stop, before_piece=stop.set)
    assert stored(made, CATEGORY).records == 4
    result = run(made, platform)

    assert (result.accepted, result.repeated) == (6, 0)
    assert stored(made, CATEGORY).records == 10


def test_rows_younger_than_the_settling_time_wait(made, platform):
    """A transaction still open may add rows with an earlier time than those already seen."""
    add(platform, 2)
    add(platform, 1, first=3, at=now().replace(tzinfo=None))

    assert run(made, platform, settle_seconds=600).accepted == 2
    assert run(made, platform, settle_seconds=0).accepted == 1


def test_rows_without_a_cursor_value_are_left_out_and_do_not_block(made, platform):
    add(platform, 3)
    with engine(platform).begin() as connection:
        connection.execute(update(venue).where(venue.c.id == 1).values(updated_at=None))

    assert run(made, platform).accepted == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"view": "v_nothing"}, "没有视图 v_nothing"),
        ({"columns": COLUMNS | {"address": "addr"}}, "没有列 addr"),
    ],
)
def test_what_the_platform_lacks_is_named(made, platform, more, words):
    with pytest.raises(SourceError, match=words):
        run(made, platform, **more)
    assert words in stored(made, CATEGORY).error


def test_an_unreachable_database_is_reported_without_its_password(made):
    url = "postgresql://reader:geheim@127.0.0.1:9/platform"
    with pytest.raises(SourceError, match="请核对地址、口令和授权") as error:
        run(made, url)

    assert "geheim" not in str(error.value) + str(stored(made, CATEGORY))


@pytest.mark.parametrize("url", ["nonsense", "oracle://x/y"])
def test_an_address_that_is_none_says_what_one_looks_like(made, url):
    with pytest.raises(SourceError, match="数据库"):
        run(made, url)


def test_nothing_is_written_at_the_platform(made, platform):
    add(platform, 3)
    with engine(platform).connect() as connection:
        before = connection.execute(select(venue)).all()
    run(made, platform)
    with engine(platform).connect() as connection:
        assert connection.execute(select(venue)).all() == before
