"""Failed logins: who is locked out, who is slowed down, and who is not."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings as examples, strategies as st
from sqlalchemy import func, select

from accounts import login
from accounts.login import LoggedIn, Refused
from data_access.account_tables import audit_entry, login_attempt
from data_access.commands import attempts
from data_access.commands.attempts import ADDRESS_FAILURES, Limits, network
from data_access.engine import engine, reading, writing
from data_access.principal import SYSTEM
from tests.accounts.people import ADDRESS, NOW, Person, person
from tests.conftest import Databases

ROOT = Path(__file__).resolve().parents[2]
MINUTE = dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)
ELSEWHERE = "10.9.9.9"


def fails(url: str, name: str, times: int, now: dt.datetime = NOW, address: str = ADDRESS) -> list[Refused]:
    found = [login.log_in(url, name, "Wrong-2026-xyz", address, now) for _ in range(times)]
    assert all(isinstance(f, Refused) for f in found)
    return found  # type: ignore[return-value]


def rights(url: str, who: Person, now: dt.datetime = NOW, address: str = ADDRESS) -> LoggedIn | Refused:
    return login.log_in(url, who.name, who.password, address, now)


def test_the_fifth_failure_locks_for_15_minutes(database: str):
    who = person(database)
    found = fails(database, who.name, 5)

    assert [f.code for f in found] == ["wrong"] * 4 + ["locked"]
    assert found[-1].retry_after == 900 and "15 分钟后再试" in found[-1].sentence
    late = rights(database, who, NOW + 15 * MINUTE - SECOND)
    assert isinstance(late, Refused) and (late.code, late.retry_after) == ("locked", 1)
    assert isinstance(rights(database, who, NOW + 15 * MINUTE), LoggedIn)


def test_failures_count_within_15_minutes_only(database: str):
    who = person(database)
    fails(database, who.name, 4)
    assert fails(database, who.name, 1, NOW + 15 * MINUTE)[0].code == "wrong"
    assert isinstance(rights(database, who, NOW + 15 * MINUTE), LoggedIn)


def test_a_stranger_cannot_lock_a_person_out_from_another_address(database: str):
    """Login names are easy to guess; five requests per name must not close the bureau."""
    who = person(database)
    assert fails(database, who.name, 9, address=ELSEWHERE)[-1].code == "locked"

    assert isinstance(rights(database, who), LoggedIn)


def test_the_right_password_takes_its_failures_away(database: str):
    who = person(database)
    fails(database, who.name, 4)
    assert isinstance(rights(database, who), LoggedIn)
    assert fails(database, who.name, 4)[-1].code == "wrong"


def test_unknown_names_are_counted_and_answered_alike(database: str):
    """Otherwise the answers tell which names exist."""
    who = person(database)
    known, unknown = fails(database, who.name, 7), fails(database, "nobody", 7, address=ELSEWHERE)

    assert known == unknown


def test_what_was_typed_as_a_name_is_written_nowhere(made, database: str):
    """People type their password into the wrong field."""
    fails(database, "My-Secret-2026", 5)

    with reading(made) as connection:
        kept = [*connection.execute(select(login_attempt)), *connection.execute(select(audit_entry))]
    assert kept and "secret" not in str(kept).lower()


def test_an_address_is_slowed_down_whatever_the_names(database: str):
    now = NOW
    for n in range(ADDRESS_FAILURES):
        fails(database, f"name{n}", 1, now)

    waits = []
    for n in range(8):
        held = fails(database, f"other{n}", 1, now)[0]
        assert held.code == "slowed"
        waits.append(held.retry_after)
        now += held.retry_after * SECOND
        assert fails(database, f"other{n}", 1, now)[0].code == "wrong"
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_slowed_address_still_lets_the_right_password_in(database: str):
    who = person(database)
    for n in range(ADDRESS_FAILURES):
        fails(database, f"name{n}", 1)

    held = rights(database, who)
    assert isinstance(held, Refused) and held.code == "slowed"
    assert isinstance(rights(database, who, NOW + held.retry_after * SECOND), LoggedIn)


def test_invented_names_do_not_fill_the_table(made, database: str):
    """Half an hour of knocking as fast as the answers allow leaves as many rows as a quarter of an hour does."""
    limits, now, most = Limits(5, 15 * MINUTE), NOW, 0
    for n in range(120):
        with writing(made) as connection:
            held = attempts.reserve(SYSTEM, connection, f"n{n}", ADDRESS, now=now, limits=limits)
            if held is None:
                attempts.fail(SYSTEM, connection, f"n{n}", ADDRESS, now=now, limits=limits)
            most = max(most, connection.scalar(select(func.count()).select_from(login_attempt)) or 0)
        now += (held.retry_after if held else 0) * SECOND

    assert most <= 2 * (ADDRESS_FAILURES + 900 // 30) + 10
    with writing(made) as connection:
        attempts.forget(SYSTEM, connection, now=now + 15 * MINUTE, limits=limits)
        assert connection.scalar(select(func.count()).select_from(login_attempt)) == 0


def test_fifty_at_once_get_no_further_than_one_after_another(databases: Databases):
    """A burst must not slip under the limit while the first password is still being compared."""
    url = databases()
    who = person(url)
    with ThreadPoolExecutor(12) as pool:
        codes = list(
            pool.map(lambda n: login.log_in(url, who.name, f"Wrong-{n}-xyz", ADDRESS, NOW).code, range(50))
        )

    assert set(codes) <= {"wrong", "locked", "busy"}
    with reading(engine(url)) as connection:
        looked_at = select(func.count()).where(
            audit_entry.c.action == "session.login", audit_entry.c.result == "failed"
        )
        assert connection.scalar(looked_at) == 5


def test_ten_people_behind_one_address_log_in_at_once(databases: Databases):
    """A Monday morning behind one gateway is no attack."""
    url = databases()
    people = [person(url, n, role="district") for n in range(10)]
    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(lambda who: rights(url, who), people))

    assert all(isinstance(r, LoggedIn) for r in results)


def test_the_lock_holds_in_another_process(database: str):
    """Counted in the database: a second web process and a restart know it too."""
    who = person(database)
    fails(database, who.name, 5)
    script = (
        "import datetime as dt, sys; from accounts import login;"
        f"now = dt.datetime.fromisoformat({NOW.isoformat()!r});"
        f"print(login.log_in(sys.argv[1], {who.name!r}, {who.password!r}, {ADDRESS!r}, now).code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, database], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.stdout == "locked\n", done.stderr


@pytest.mark.parametrize(
    ("address", "counts_for"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:2", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_counts_for_its_network(address: str, counts_for: str):
    assert network(address) == counts_for


class Model:
    """The rule in plain Python: moments of failures per name and address, and until when it is locked."""

    def __init__(self) -> None:
        self.failures: dict[tuple[str, str], list[int]] = {}
        self.locked: dict[tuple[str, str], int] = {}

    def attempt(self, name: str, address: str, right: bool, second: int) -> str:
        key = (name, address)
        if self.locked.get(key, 0) > second:
            return "locked"
        recent = [s for s in self.failures.get(key, []) if s > second - 900]
        if right:
            self.failures[key], self.locked[key] = [], 0
            return "in"
        recent.append(second)
        self.failures[key] = recent
        if len(recent) >= 5:
            self.locked[key] = second + 900
            return "locked"
        return "wrong"


ATTEMPT = st.tuples(
    st.sampled_from(["a", "b"]), st.sampled_from(["10.0.0.1", "10.0.0.2"]), st.integers(0, 9).map(lambda n: n == 0),
    st.sampled_from([0, 1, 200, 450, 899]),
)  # fmt: skip


@examples(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(ATTEMPT, min_size=5, max_size=15))
def test_any_order_of_attempts_is_answered_by_the_rule(
    embedded: str, steps: list[tuple[str, str, bool, int]]
):
    limits, model, second, expected, answered = Limits(5, 15 * MINUTE), Model(), 0, [], []
    made = engine(embedded)
    with writing(made) as connection:
        connection.execute(login_attempt.delete())
        for name, address, right, pause in steps:
            second += pause
            now = NOW + second * SECOND
            expected.append(model.attempt(name, address, right, second))
            held = attempts.reserve(SYSTEM, connection, name, address, now=now, limits=limits)
            if held is not None:
                answered.append(held.reason)
            elif right:
                attempts.clear(SYSTEM, connection, name, address)
                answered.append("in")
            else:
                failure = attempts.fail(SYSTEM, connection, name, address, now=now, limits=limits)
                answered.append("locked" if failure.locked else "wrong")

    assert answered == expected
