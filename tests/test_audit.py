"""The audit: nothing but its own cut may change it, and what was done all the same is found and named."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings as examples, strategies as st
from sqlalchemy import Connection, Engine, func, insert, make_url, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from data_access.account_tables import audit_anchor, audit_entry
from data_access.audit import (
    ACTIONS,
    CannotCut,
    HeadsUnreadable,
    append,
    chain_id,
    cut_old,
    end,
    group_names,
    keep_head,
    read_heads,
    verified,
    verify,
)  # fmt: skip
from data_access.audit.chain import hash_of
from data_access.audit.heads import FILE
from data_access.commands import plans, publishing, quarantine
from data_access.engine import BEIJING, engine, reading, writing
from data_access.principal import OFFICE, OPERATOR, SYSTEM, Forbidden, Principal
from tests.conftest import Databases
from tests.delivery.histories import send
from tests.helpers.rows import RECEIVED_ON, valid_rows

NOW = dt.datetime(2026, 11, 25, 9, 0, tzinfo=BEIJING)
DAY = dt.timedelta(days=1)
WHO = Principal("office", "office", "王芳", "wangfang", "10.8.0.21")
EVENT = "mass_sport_event"


def fill(made: Engine, count: int = 10, at: dt.datetime = NOW) -> None:
    """`count` entries, one a minute."""
    with writing(made) as connection:
        for n in range(count):
            append(
                connection, WHO, "data.export", f"记录 {n}", "done",
                at=at + n * dt.timedelta(minutes=1), detail={"rows": n},
            )  # fmt: skip


def broken(made: Engine, folder: Path | None = None) -> int | None:
    """The number of the first entry that does not hold."""
    with reading(made) as connection:
        found = verify(OFFICE, connection, read_heads(folder) if folder else ()).broken
    return found.number if found else None


def entries(made: Engine) -> list[Any]:
    with reading(made) as connection:
        return list(connection.execute(select(audit_entry).order_by(audit_entry.c.number)))


class Undone(Exception):
    """Ends a transaction whose changes are not kept."""


def disarmed(made: Engine, act: Callable[[Connection], Any]) -> None:
    """Do it as somebody who owns the tables and has switched the triggers off."""
    with writing(made) as connection:
        if made.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            act(connection)
            return
        triggers = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'admin_audit%'")
        ).all()
        for name, _ in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        act(connection)
        for _, statement in triggers:
            connection.exec_driver_sql(statement)


def found_after(made: Engine, act: Callable[[Connection], Any], folder: Path) -> int | None:
    """Which entry is named after such a deed, which is then undone."""
    named: list[int | None] = []

    def tried(connection: Connection) -> None:
        act(connection)
        found = verify(OFFICE, connection, read_heads(folder)).broken
        named.append(found.number if found else None)
        raise Undone

    with pytest.raises(Undone):
        disarmed(made, tried)
    return named[0]


# ---------------------------------------------------------------- what is kept


def test_an_entry_says_who_what_when_where_with_what_result(made: Engine):
    fill(made, 1)
    row = entries(made)[0]

    assert (row.number, row.account, row.person, row.role, row.unit) == (
        1,
        "wangfang",
        "王芳",
        "office",
        "office",
    )
    assert (row.address, row.action, row.object, row.result) == ("10.8.0.21", "data.export", "记录 0", "done")
    assert row.at == NOW and json.loads(row.detail) == {"rows": 0}


def test_an_entry_is_kept_or_lost_with_its_deed(made: Engine):
    with pytest.raises(ZeroDivisionError), writing(made) as connection:
        append(connection, WHO, "data.export", "x", "done", at=NOW)
        raise ZeroDivisionError
    assert entries(made) == [] and broken(made) is None


def test_only_declared_actions_are_taken(made: Engine):
    with writing(made) as connection, pytest.raises(ValueError, match=r"Defined: session\.login"):
        append(connection, WHO, "data.exprot", "x", "done", at=NOW)
    assert {a.partition(".")[0] for a in ACTIONS} == set(group_names())


@examples(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(max_size=80), object=st.text(max_size=300),
    detail=st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=20), max_size=3),
    at=st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(BEIJING)),
)  # fmt: skip
def test_whatever_is_written_verifies(
    made: Engine, name: str, object: str, detail: dict[str, Any], at: dt.datetime
):
    """Half characters, NUL, over-long names: what the database gives back is what was hashed."""
    who = Principal("guide", "guide", name, name, name)
    with writing(made) as connection:
        append(connection, who, "data.export", object, "done", at=at, detail=detail)
        assert verify(OFFICE, connection).broken is None


# ---------------------------------------------------------------- what is refused


def test_the_base_itself_refuses_to_change_or_remove(made: Engine):
    fill(made)
    for statement in (
        "UPDATE admin_audit SET object = 'x' WHERE number = 5",
        "DELETE FROM admin_audit WHERE number = 5",
        "DELETE FROM admin_audit",
        "UPDATE admin_audit_anchor SET hash = 'x'",
        "DELETE FROM admin_audit_anchor",
    ):
        with pytest.raises((DatabaseError, IntegrityError), match="append-only"), writing(made) as connection:
            connection.execute(text(statement))
    assert len(entries(made)) == 10 and broken(made) is None


def test_replace_is_refused(embedded: str):
    """SQLite's REPLACE deletes without asking triggers, unless recursive triggers are on, as in every connection of ours."""
    made = engine(embedded)
    fill(made)
    columns = (
        "number, at, account, person, role, unit, address, action, object, result, detail, previous, hash"
    )
    replace = text(
        f"REPLACE INTO admin_audit ({columns}) SELECT {columns.replace('object', repr('x'))} "
        "FROM admin_audit WHERE number = 5"
    )
    with pytest.raises(IntegrityError), writing(made) as connection:
        connection.execute(replace)
    with reading(made) as connection:
        assert connection.scalar(text("PRAGMA recursive_triggers")) == 1


def test_upsert_and_truncate_are_refused(postgresql_databases: Databases):
    made = engine(postgresql_databases())
    fill(made)
    for statement in (
        "TRUNCATE admin_audit",
        "TRUNCATE admin_audit_anchor",
        "INSERT INTO admin_audit SELECT * FROM admin_audit WHERE number = 10 ON CONFLICT (number) DO UPDATE SET object = 'x'",
    ):
        with pytest.raises(DatabaseError, match=r"append-only|without gaps"), writing(made) as connection:
            connection.execute(text(statement))
    assert broken(made) is None


def test_an_entry_with_a_wrong_number_is_refused(made: Engine):
    fill(made, 3)
    row = entries(made)[-1]._asdict()
    for number in (0, 2, 5, 9):
        with pytest.raises((DatabaseError, IntegrityError)), writing(made) as connection:
            connection.execute(insert(audit_entry).values(**{**row, "number": number}))
    assert len(entries(made)) == 3


# ---------------------------------------------------------------- what is found


def test_an_untouched_audit_verifies(made: Engine, tmp_path: Path):
    assert broken(made) is None, "an empty one too"
    fill(made)
    keep_head(SYSTEM, made, tmp_path, NOW)
    fill(made)
    with reading(made) as connection:
        verdict = verify(OFFICE, connection, read_heads(tmp_path))

    assert (verdict.entries, verdict.heads) == (20, 1) and verdict.sentence.startswith("审计记录完整")


def changed(column: str) -> Callable[[Connection], Any]:
    value = NOW + 7 * DAY if column == "at" else "f" * 64 if column in ("previous", "hash") else "x"
    return lambda c: c.execute(audit_entry.update().where(audit_entry.c.number == 5).values({column: value}))


def rehashed(connection: Connection, number: int, **values: Any) -> None:
    """Change an entry and give it the hash that fits."""
    row = (
        connection.execute(select(audit_entry).where(audit_entry.c.number == number)).one()._asdict() | values
    )
    row["hash"] = hash_of(row)
    connection.execute(audit_entry.update().where(audit_entry.c.number == number).values(**row))


def rewritten(connection: Connection, number: int, **values: Any) -> None:
    """… and compute every hash after it anew, as somebody would who knows how it is done."""
    rehashed(connection, number, **values)
    last, _ = end(connection)
    for following in range(number + 1, last + 1):
        before = connection.scalar(select(audit_entry.c.hash).where(audit_entry.c.number == following - 1))
        rehashed(connection, following, previous=before)


def inserted(connection: Connection) -> None:
    """An entry that never was, between 5 and 6, with all that follows moved on."""
    for row in connection.execute(select(audit_entry).order_by(audit_entry.c.number.desc())).all():
        if row.number > 5:
            connection.execute(
                audit_entry.update().where(audit_entry.c.number == row.number).values(number=row.number + 1)
            )
    row = connection.execute(select(audit_entry).where(audit_entry.c.number == 5)).one()._asdict()
    row |= {"number": 6, "previous": row["hash"], "object": "never was"}
    connection.execute(audit_entry.insert().values(**row | {"hash": hash_of(row)}))


def removed(*numbers: int) -> Callable[[Connection], Any]:
    return lambda c: c.execute(audit_entry.delete().where(audit_entry.c.number.in_(numbers)))


def replaced(connection: Connection) -> None:
    """Removed and written again under its number, as REPLACE does it."""
    row = connection.execute(select(audit_entry).where(audit_entry.c.number == 5)).one()._asdict()
    removed(5)(connection)
    connection.execute(audit_entry.insert().values(**row | {"result": "failed"}))


DEEDS: dict[str, tuple[Callable[[Connection], Any], int]] = {
    **{f"changed {c.name}": (changed(c.name), 5) for c in audit_entry.c if c.name != "number"},
    "changed with its hash": (lambda c: rehashed(c, 5, object="x"), 6),
    "removed": (removed(5), 5),
    "removed the first": (removed(1), 1),
    "removed several": (removed(4, 5, 6), 4),
    "removed the last": (removed(10), 10),
    "removed all": (removed(*range(1, 11)), 1),
    "inserted": (inserted, 7),
    "replaced": (replaced, 5),
    "computed all anew": (lambda c: rewritten(c, 5, object="x"), 10),
}


def test_who_owns_the_tables_is_found(made: Engine, tmp_path: Path):
    """Against who can switch the triggers off there is the chain; against who computes it anew, the file outside."""
    fill(made)
    keep_head(SYSTEM, made, tmp_path, NOW)
    found = {name: found_after(made, act, tmp_path) for name, (act, _) in DEEDS.items()}

    assert found == {name: first for name, (_, first) in DEEDS.items()}
    assert broken(made, tmp_path) is None


def test_what_is_removed_at_the_end_shows_in_the_file_only(made: Engine, tmp_path: Path):
    """The reason why the head is kept outside every day."""
    fill(made)
    disarmed(made, removed(10))
    assert broken(made) is None
    fill(made, 1)
    keep_head(SYSTEM, made, tmp_path, NOW)
    disarmed(made, removed(10))

    assert broken(made, tmp_path) == 10


def test_the_tool_everybody_has_does_not_get_past_the_chain(embedded: str):
    """sqlite3 on the command line has recursive triggers off: REPLACE gets past the delete trigger, not past the order."""
    fill(engine(embedded))
    path = make_url(embedded).database
    assert path
    with sqlite3.connect(path) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="without gaps"):
            connection.execute("REPLACE INTO admin_audit SELECT * FROM admin_audit WHERE number = 5")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("DELETE FROM admin_audit WHERE number = 10")
    connection.close()


def test_the_file_of_another_installation_is_passed_over(databases: Databases, tmp_path: Path):
    """A copied folder must not raise an alarm; the chain's first link is random."""
    first, second = engine(databases()), engine(databases())
    with writing(second) as connection:
        disarm = "SET LOCAL session_replication_role = replica"
        if second.dialect.name == "postgresql":
            connection.execute(text(disarm))
        else:
            connection.execute(text("DROP TRIGGER admin_audit_anchor_no_update"))
        connection.execute(audit_anchor.update().values(hash="0" * 64))
    fill(first)
    keep_head(SYSTEM, first, tmp_path, NOW)

    with reading(second) as connection:
        assert verify(OFFICE, connection, read_heads(tmp_path)).heads == 0


def test_a_spoilt_file_outside_is_said(tmp_path: Path, embedded: str):
    keep_head(SYSTEM, engine(embedded), tmp_path, NOW)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    with (tmp_path / FILE).open("a") as file:
        file.write("{}\n")
    with pytest.raises(HeadsUnreadable, match="第 2 行"):
        read_heads(tmp_path)


def test_who_may_look(made: Engine):
    with reading(made) as connection:
        verify(OPERATOR, connection)
        for role in ("leader", "department", "guide"):
            with pytest.raises(Forbidden):
                verify(Principal(role, "office", "甲"), connection)  # type: ignore[arg-type]


def test_looking_is_written_down(made: Engine, tmp_path: Path):
    fill(made)
    assert verified(SYSTEM, made, tmp_path, NOW).broken is None
    assert (entries(made)[-1].action, entries(made)[-1].result) == ("audit.verify", "done")


# ---------------------------------------------------------------- the cut


def today() -> dt.datetime:
    """The triggers count by the database's own clock, so these tests count from the real day."""
    return dt.datetime.now(dt.UTC)


def test_old_entries_leave_as_a_verified_prefix(made: Engine, tmp_path: Path):
    fill(made, 5, today() - 500 * DAY)
    keep_head(SYSTEM, made, tmp_path, NOW)
    fill(made, 5, today() - 200 * DAY)
    keep_head(SYSTEM, made, tmp_path, NOW)

    assert cut_old(SYSTEM, made, tmp_path, today(), 400) == 5
    assert [e.number for e in entries(made)] == [6, 7, 8, 9, 10, 11]
    assert entries(made)[-1].action == "audit.cut" and broken(made, tmp_path) is None
    assert cut_old(SYSTEM, made, tmp_path, today(), 400) == 0


def test_nothing_younger_than_180_days_is_cut_whatever_is_asked(made: Engine, tmp_path: Path):
    fill(made, 5, today() - 181 * DAY)
    fill(made, 5, today() - 179 * DAY)

    assert cut_old(SYSTEM, made, tmp_path, today(), 1) == 5
    with pytest.raises(DatabaseError, match="append-only"):
        cut_old(SYSTEM, made, tmp_path, today() + 30 * DAY, 180)  # a clock set forward
    assert len(entries(made)) == 6 and broken(made, tmp_path) is None


def test_a_broken_prefix_stays_as_evidence(made: Engine, tmp_path: Path):
    fill(made, 5, today() - 500 * DAY)
    disarmed(
        made, lambda c: c.execute(audit_entry.update().where(audit_entry.c.number == 2).values(object="x"))
    )

    with pytest.raises(CannotCut, match="第 2 条"):
        cut_old(SYSTEM, made, tmp_path, today(), 400)
    assert len(entries(made)) == 5


def test_an_emptied_audit_goes_on_where_it_was(made: Engine, tmp_path: Path):
    fill(made, 3, today() - 500 * DAY)
    cut_old(SYSTEM, made, tmp_path, today(), 400)
    fill(made, 1, today())

    assert [e.number for e in entries(made)] == [4, 5] and broken(made) is None


# ---------------------------------------------------------------- deeds that are entries


def told(made: Engine) -> list[tuple[str, str, str]]:
    return [(e.action, e.object, e.result) for e in entries(made)]


def test_every_change_of_data_is_one_entry(made: Engine):
    """One entry a deed, not a row; the moment is the real one, whatever day of receipt was entered."""
    delivered = send(made, EVENT, valid_rows(EVENT, 30))
    receipt = delivered.receipt
    assert receipt
    send(made, EVENT, valid_rows(EVENT, 30))  # the same file again changes nothing
    publishing.publish(made, OPERATOR, [receipt])
    publishing.withdraw(made, OPERATOR, receipt, reason="核对")
    publishing.publish(made, OPERATOR, [receipt])
    publishing.revert(made, OPERATOR, receipt, reason="误报")
    plans.set_plan(made, OFFICE, EVENT, RECEIVED_ON.year, 10)
    plans.submit(made, OFFICE, RECEIVED_ON.year)
    plans.send_back(made, OFFICE, RECEIVED_ON.year, [EVENT], reason="偏少")
    plan = f"{RECEIVED_ON.year} 年度计划"

    assert told(made) == [
        ("batch.deliver", receipt, "done"),
        ("batch.publish", receipt, "done"),
        ("batch.withdraw", receipt, "done"),
        ("batch.publish", receipt, "done"),
        ("batch.revert", receipt, "done"),
        ("plan.save", plan, "done"),
        ("plan.submit", plan, "done"),
        ("plan.return", plan, "done"),
    ]
    assert abs(entries(made)[0].at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert broken(made) is None


def test_a_quarantined_file_and_what_became_of_it_are_entries(made: Engine):
    rows = valid_rows(EVENT, 2)
    rows[0]["event_name"] = "机密★ 1年"
    receipt = send(made, EVENT, rows).receipt
    assert receipt
    quarantine.destroy(made, OFFICE, receipt, second="张伟", reason="含密级标志")

    assert told(made) == [("batch.deliver", receipt, "refused"), ("quarantine.destroy", receipt, "done")]
    assert "event_name" not in entries(made)[0].detail and "机密" not in entries(made)[0].detail


def test_a_dry_run_leaves_no_entry(made: Engine):
    send(made, EVENT, valid_rows(EVENT, 2), dry_run=True)
    assert entries(made) == []


def test_the_chain_of_a_copy_is_the_same(embedded: str, tmp_path: Path):
    """A restored backup verifies against the file outside, up to where it was taken."""
    made = engine(embedded)
    fill(made)
    keep_head(SYSTEM, made, tmp_path, NOW)
    path = make_url(embedded).database
    assert path
    with reading(made) as connection:
        chain, counted = (
            chain_id(connection),
            connection.scalar(select(func.count()).select_from(audit_entry)),
        )
    made.dispose()
    shutil.copy(path, tmp_path / "copy.db")
    copied = engine(f"sqlite:///{tmp_path / 'copy.db'}")
    with reading(copied) as connection:
        assert chain_id(connection) == chain and counted == 10
    assert broken(copied, tmp_path) is None
    copied.dispose()
