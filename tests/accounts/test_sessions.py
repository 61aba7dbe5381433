"""Sessions: one a person, ended by time and at once by whatever takes the right away."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event, select

from accounts import life, sessions
from accounts.sessions import Session
from data_access.account_tables import login_session
from data_access.commands.sessions import close_expired
from data_access.engine import engine, reading, writing
from data_access.principal import SYSTEM, Principal
from tests.accounts.people import ADDRESS, BOOTSTRAP, NOW, Person, form, fresh, logged_in, person

MINUTE = dt.timedelta(minutes=1)


def test_a_session_says_who_asks(database: str):
    who = person(database, role="district", unit="500103")
    found = sessions.current(database, logged_in(database, who).sid, NOW)

    assert isinstance(found, Session) and not found.must_change
    assert found.principal == who.principal
    assert (found.principal.account, found.principal.address) == (who.name, ADDRESS)


def test_nobody_is_behind_an_id_that_was_not_given_out(database: str):
    logged_in(database, person(database))

    assert [sessions.current(database, sid, NOW) for sid in ("", None, "x", "\ud800", "' OR 1=1 --")] == [
        None
    ] * 5


def test_a_new_login_ends_the_session_before(database: str):
    """专人专号: a shared password shows itself at once."""
    who = person(database)
    first, second = logged_in(database, who), logged_in(database, who, address="10.8.0.99")

    assert sessions.current(database, first.sid, NOW) is None
    assert sessions.current(database, second.sid, NOW) is not None


def test_an_idle_session_ends_after_30_minutes(database: str):
    who = person(database)
    sid = logged_in(database, who).sid

    assert sessions.current(database, sid, NOW + 29 * MINUTE) is not None
    assert sessions.current(database, sid, NOW + 58 * MINUTE) is not None, "it was used 29 minutes ago"
    assert sessions.current(database, sid, NOW + 88 * MINUTE) is None
    assert sessions.current(database, logged_in(database, who).sid, NOW + 30 * MINUTE) is None


def test_a_session_in_use_ends_after_8_hours(database: str):
    sid = logged_in(database, person(database)).sid
    for minutes in range(20, 480, 20):
        assert sessions.current(database, sid, NOW + minutes * MINUTE) is not None

    assert sessions.current(database, sid, NOW + 480 * MINUTE) is None


def test_logout_ends_the_session_once(database: str):
    sid = logged_in(database, person(database)).sid

    assert sessions.end(database, sid, NOW) and not sessions.end(database, sid, NOW)
    assert sessions.current(database, sid, NOW) is None


def disable(url: str, who: Person) -> None:
    life.disable(url, BOOTSTRAP, who.name, "离岗", NOW)


def close(url: str, who: Person) -> None:
    life.close(url, BOOTSTRAP, who.name, "调离", NOW)


def reset(url: str, who: Person) -> None:
    life.reset(url, BOOTSTRAP, who.name, NOW)


def change(url: str, who: Person) -> None:
    life.change_password(url, who.principal, who.password, "Another-2026", NOW)


def transfer(url: str, who: Person) -> None:
    moved = form(0, role="district", unit="500103", person="", phone="", gender="")
    life.transfer(url, BOOTSTRAP, who.name, moved, "调动", NOW)


@pytest.mark.parametrize("take_away", [disable, close, reset, change, transfer])
def test_a_right_that_is_taken_away_ends_the_session_at_once(
    database: str, take_away: Callable[[str, Person], None]
):
    who, other = person(database), person(database, 1)
    sid, kept = logged_in(database, who).sid, logged_in(database, other).sid

    take_away(database, who)

    assert sessions.current(database, sid, NOW) is None
    assert sessions.current(database, kept, NOW) is not None
    with reading(engine(database)) as connection:
        running = connection.scalars(
            select(login_session.c.account).where(login_session.c.ended_at.is_(None))
        )
        assert list(running) == [other.name], (
            "ended in the row too, so that a resumed account does not revive it"
        )


def test_who_must_change_the_password_is_nobody_yet(database: str):
    opened = fresh(database)
    sid = logged_in(database, Person(opened.account, opened.password, BOOTSTRAP)).sid
    found = sessions.current(database, sid, NOW)

    assert found is not None and found.must_change
    assert sessions.resolve_principal(database, sid, NOW) is None


def test_a_rerun_costs_one_query(made: Engine, database: str):
    """It stands in every run of every page; the use is noted once a minute, not each time."""
    sid = logged_in(database, person(database)).sid
    statements: list[str] = []

    def listen(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "SET", "PRAGMA")):
            statements.append(statement)

    event.listen(made, "before_cursor_execute", listen)
    sessions.current(database, sid, NOW + 30 * dt.timedelta(seconds=1))
    assert len(statements) == 1 and statements[0].startswith("SELECT")
    sessions.current(database, sid, NOW + 61 * dt.timedelta(seconds=1))
    assert [s.split()[0] for s in statements] == ["SELECT", "SELECT", "UPDATE"]


def test_a_rerun_does_not_wait_for_somebody_who_writes(embedded: str):
    """A large delivery holds SQLite's one writer for seconds; pages must go on meanwhile."""
    sid = logged_in(embedded, person(embedded)).sid
    done: list[Session | None] = []
    with writing(engine(embedded)):
        asking = threading.Thread(
            target=lambda: done.append(sessions.current(embedded, sid, NOW + 5 * MINUTE)), daemon=True
        )
        asking.start()
        asking.join(timeout=5)

        assert done and done[0] is not None


def test_the_base_does_not_hold_what_opens_a_session(made: Engine, database: str):
    """Whoever reads a backup must not be able to go on as somebody."""
    sid = logged_in(database, person(database)).sid
    with reading(made) as connection:
        assert sid not in str(connection.execute(select(login_session)).all())


def test_sessions_that_ran_out_are_marked_and_at_last_removed(made: Engine, database: str):
    logged_in(database, person(database))
    idle, day = 30 * MINUTE, dt.timedelta(days=1)
    with writing(made) as connection:
        assert close_expired(SYSTEM, connection, now=NOW + 29 * MINUTE, idle=idle) == (0, 0)
        assert close_expired(SYSTEM, connection, now=NOW + 30 * MINUTE, idle=idle) == (1, 0)
        assert close_expired(SYSTEM, connection, now=NOW + 181 * day, idle=idle)[1] == 1


def test_the_principal_of_a_session_is_equal_to_one_made_by_hand(database: str):
    """Pages keep what they have drawn under the principal's scope; the address must not split it."""
    who = person(database)
    found = sessions.resolve_principal(database, logged_in(database, who, address="10.1.1.1").sid, NOW)

    assert found == Principal(who.principal.role, who.principal.unit, who.principal.name)
