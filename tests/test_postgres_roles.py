"""deploy/postgres/roles.sql as it is shipped: what each role can do is tried with real SET ROLE."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import catalog
from accounts import life, login
from accounts.login import LoggedIn
from data_access.audit import verify
from data_access.commands.delivery import deliver
from data_access.engine import engine, reading
from data_access.migrate import prepare
from data_access.principal import OFFICE, OPERATOR
from jobs import keep_audit
from jobs.base import Context
from tests.accounts.people import ADDRESS, NOW, form
from tests.conftest import Databases
from tests.helpers import postgres
from tests.helpers.files import csv_text, grid
from tests.helpers.rows import valid_rows

ROLES = Path(__file__).resolve().parent.parent / "deploy" / "postgres" / "roles.sql"
READING = "venue_usage_reading"


@pytest.fixture
def prepared(
    postgresql_databases: Databases, postgresql_cluster: postgres.Cluster, shared_folder: Path
) -> Iterator[str]:
    """A database over which roles.sql went twice, and logins of the application and the wall."""
    url = postgresql_databases()
    name = url.partition("?")[0].rpartition("/")[2]
    command = [
        str(postgres.programs() / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--username=sports",
        f"--host={postgresql_cluster.folder}", f"--dbname={name}", f"--file={ROLES}",
    ]  # fmt: skip
    with postgres.locked(shared_folder / "roles.lock"):
        for _ in range(2):
            subprocess.run(command, check=True, capture_output=True)
        for login_name, role in (("test_app", "sports_app"), ("test_kiosk", "sports_kiosk")):
            found = f"SELECT FROM pg_roles WHERE rolname = '{login_name}'"
            postgresql_cluster.execute(
                f"DO $$ BEGIN IF NOT EXISTS ({found}) THEN CREATE ROLE {login_name} LOGIN IN ROLE {role}; END IF; END $$"
            )
    yield url


def as_role(url: str, name: str) -> str:
    return url.replace("://sports@", f"://{name}@")


def refused(url: str, role: str, *statements: str) -> list[str]:
    """Those of the statements that the role is refused for lack of privilege."""
    found = []
    with psycopg.connect(
        url.replace("postgresql://sports@/", "postgresql:///"), user="sports", autocommit=True
    ) as c:
        c.execute(f"SET ROLE {role}".encode())
        for statement in statements:
            try:
                c.execute(statement.encode())
            except psycopg.errors.InsufficientPrivilege:
                found.append(statement)
    return found


def test_the_application_works_as_a_role_that_owns_nothing(prepared: str, tmp_path: Path):
    """Login, account, delivery with a new month's partition, verification: all of it without owning a table."""
    url = as_role(prepared, "test_app")
    assert prepare(engine(url), catalog.default()) == [], (
        "starting on a base that is up to date changes nothing"
    )
    opened = life.open_directly(url, OFFICE, form(0), "zhaoming", NOW)
    assert isinstance(login.log_in(url, opened.account, opened.password, ADDRESS, NOW), LoggedIn)
    rows = valid_rows(READING, 3)
    taken = deliver(
        engine(url), OPERATOR, content=csv_text(grid(READING, rows)).encode(), file_name="客流.csv",
        category=READING, unit="industry", received_on=dt.date(2026, 10, 9),
    )  # fmt: skip
    assert taken.accepted == 3
    assert "审计记录完整" in keep_audit.run(Context(engine(url), dt.datetime.now(dt.UTC)), folder=tmp_path)
    with reading(engine(url)) as connection:
        assert verify(OFFICE, connection).broken is None
    engine(url).dispose()


def test_the_application_cannot_change_its_own_audit(prepared: str):
    """Refused by the grants, before any trigger is asked."""
    url = as_role(prepared, "test_app")
    life.open_directly(url, OFFICE, form(0), "zhaoming", NOW)
    engine(url).dispose()
    wrong = (
        "UPDATE admin_audit SET object = 'x'",
        "DELETE FROM admin_audit",
        "TRUNCATE admin_audit",
        "UPDATE admin_audit_anchor SET hash = 'x'",
        "DELETE FROM admin_audit_anchor",
        "ALTER TABLE admin_audit DISABLE TRIGGER ALL",
        "DROP TRIGGER no_update ON admin_audit",
        "DROP TABLE admin_audit",
        "CREATE OR REPLACE FUNCTION admin_audit_order() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SET session_replication_role = replica",
        "CREATE TABLE admin_audit_2 (x int)",
        "UPDATE alembic_version SET version_num = '0001'",
        "SELECT admin_audit_cut(2)",  # the trigger: nothing is older than 180 days
    )

    assert refused(prepared, "sports_app", *wrong) == list(wrong)


def test_a_table_the_owner_adds_is_the_applications_at_once(prepared: str):
    """A category more, or an upgrade: `manage.py init` as the owner, and the pages go on."""
    assert refused(prepared, "sports_owner", "CREATE TABLE base_more (x int)") == []
    assert refused(prepared, "sports_app", "INSERT INTO base_more VALUES (1)", "DELETE FROM base_more") == []
    assert refused(prepared, "sports_kiosk", "SELECT * FROM public.base_more") != []


def test_the_wall_reads_its_views_and_nothing_else(prepared: str):
    with psycopg.connect(
        prepared.replace("postgresql://sports@/", "postgresql:///"), user="sports"
    ) as connection:
        names = connection.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        ).fetchall()
    assert len(names) > 60
    tables = [f"SELECT * FROM public.{name} LIMIT 1" for (name,) in names]
    wrong = [
        *tables,
        "INSERT INTO public.admin_setting VALUES ('kind', 'demo')",
        "CREATE TABLE wall.x (x int)",
        "CREATE TEMP TABLE x (x int)",
        "SELECT public.admin_audit_cut(1)",
        "SELECT public.base_add_month('2026-01-01')",
    ]
    right = [
        "SELECT * FROM wall.records_by_district",
        "SELECT * FROM wall.deliveries_by_month",
        "SELECT * FROM wall.visits_by_day",
    ]

    assert refused(prepared, "sports_kiosk", *wrong, *right) == wrong


def test_the_wall_sees_no_cell_under_ten(prepared: str):
    with psycopg.connect(
        prepared.replace("postgresql://sports@/", "postgresql:///"), user="sports"
    ) as connection:
        connection.execute(
            "INSERT INTO roll_district VALUES ('referee', '500101', 9), ('referee', '500103', 10)"
        )
        connection.execute("SET ROLE sports_kiosk")
        rows = connection.execute("SELECT district, records FROM wall.records_by_district").fetchall()

    assert rows == [("500103", 10)]
