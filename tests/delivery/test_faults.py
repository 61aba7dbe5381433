"""Killed at any moment, or two at once: a delivery is taken whole or not at all."""

from __future__ import annotations

import random
import signal
import threading
import time
from pathlib import Path

from sqlalchemy import Engine, func, select

import catalog
from data_access.commands.delivery import Delivery
from data_access.engine import engine, reading
from data_access.schema import base_table, roll_delivery
from tests.conftest import Databases
from tests.delivery.histories import content, send
from tests.helpers.files import make_csv
from tests.helpers.forked import Forked
from tests.helpers.rows import RECEIVED_ON, changed, valid_rows

EVENT = "mass_sport_event"
KILLS = 25  # on each of the two databases


def command(url: str, path: Path) -> list[str]:
    return [
        "intake", str(path), "--category", EVENT, "--unit", "mass_sport",
        "--received-on", RECEIVED_ON.isoformat(), "--database", url, "--json",
    ]  # fmt: skip


def test_a_killed_delivery_repeated_gives_the_base_of_an_undisturbed_one(
    databases: Databases, tmp_path: Path
) -> None:
    """kill -9 at random moments of a real process; then once more, to the end."""
    rows = valid_rows(EVENT, 20)
    rows = [*rows, *(changed(r, event_name=f"{r['event_name']}{n}") for n in range(40) for r in rows)]
    path = make_csv(tmp_path / "events.csv", EVENT, rows)
    undisturbed, disturbed = databases(), databases()
    chance = random.Random(66)
    table = base_table(catalog.default().category_by_code[EVENT])
    killed = 0

    with Forked() as processes:
        started = time.perf_counter()
        assert processes.run(command(undisturbed, path)) == 0
        whole = time.perf_counter() - started
        expected = content(engine(undisturbed))
        while killed < KILLS:
            code = processes.run(command(disturbed, path), kill_after_s=chance.uniform(0, whole))
            if code == -signal.SIGKILL:
                killed += 1
            else:
                whole *= 0.8  # the machine is faster now
            with reading(engine(disturbed)) as connection:
                stored = connection.scalar(select(func.count()).select_from(table))
                folded = connection.scalar(select(func.coalesce(func.sum(roll_delivery.c.keys_new), 0)))
            assert stored in (0, len(rows)) and folded == stored
            if stored:  # killed after its transaction, or too late: whatever follows is a duplicate
                assert content(engine(disturbed)) == expected
                disturbed = databases()
        processes.run(command(disturbed, path))

    assert content(engine(disturbed)) == expected


def test_two_people_sending_at_once_lose_nothing(made: Engine) -> None:
    """Eight files from two senders over each other: every row is there once."""
    results: list[Delivery] = []

    def sender(unit: str, start: int) -> None:
        for n in range(4):
            results.append(send(made, EVENT, valid_rows(EVENT, 5, start=start + n * 5), unit=unit))

    threads = [threading.Thread(target=sender, args=a) for a in (("500101", 0), ("500102", 100))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()

    assert [r.accepted for r in results] == [5] * 8
    with reading(made) as connection:
        table = base_table(catalog.default().category_by_code[EVENT])
        assert connection.scalar(select(func.count()).select_from(table)) == 40
        assert connection.scalar(select(func.sum(roll_delivery.c.keys_new))) == 40


def test_the_same_file_from_two_people_at_once_is_taken_once(made: Engine) -> None:
    rows = valid_rows(EVENT, 20)
    results: list[Delivery] = []
    threads = [
        threading.Thread(target=lambda: results.append(send(made, EVENT, rows, unit="500101")))
        for _ in range(4)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()

    assert sorted(r.outcome for r in results) == ["accepted", "rejected", "rejected", "rejected"]
    assert len({r.receipt for r in results}) == 1


def test_the_same_record_from_two_people_at_once_has_one_current_version(made: Engine) -> None:
    row = valid_rows(EVENT, 1)[0]
    threads = [
        threading.Thread(target=send, args=(made, EVENT, [changed(row, participant_count=n + 1)]))
        for n in range(6)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()

    table = base_table(catalog.default().category_by_code[EVENT])
    with reading(made) as connection:
        versions = connection.execute(
            select(table.c.version, table.c.valid_to).order_by(table.c.version)
        ).all()
    assert [v.version for v in versions] == [1, 2, 3, 4, 5, 6]
    assert [v.valid_to is None for v in versions] == [False] * 5 + [True]
