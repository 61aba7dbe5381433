"""A record that was ended and comes again: counted once, and gone again when that delivery is taken back (Article 14)."""

from __future__ import annotations

import datetime as dt

from alembic import command
from sqlalchemy import Engine

import catalog
from data_access import migrate, rollups
from data_access.commands import publishing
from data_access.commands.delivery import Delivery
from data_access.engine import reading, writing
from data_access.principal import OPERATOR
from data_access.queries import wall
from data_access.queries.progress import current_counts
from metrics import evaluate
from tests.changes.made_up import FACILITY, LATER, OFFICE, WANZHOU, apply, approved, history
from tests.delivery.histories import content, send
from tests.helpers.rows import changed, valid_row

ENDED_ON = LATER.date()
NAME = valid_row(FACILITY)["facility_name"]


def ended(made: Engine) -> None:
    """One facility, ended on the approved request."""
    apply(made, approved(made, by=OFFICE, kind="delete", proposed={}))


def again(made: Engine, days: int = 1) -> Delivery:
    """The same facility is delivered anew, beside another one."""
    rows = [
        changed(valid_row(FACILITY, n), adcode="万州区", longitude="108.4", latitude="30.7") for n in (0, 1)
    ]
    return send(made, FACILITY, rows, unit=WANZHOU.unit, on=ENDED_ON + dt.timedelta(days=days))


def counts(made: Engine) -> tuple[int, float]:
    """Records the page of the base shows, and distinct keys of the year."""
    with reading(made) as connection:
        delivered = evaluate(OFFICE, connection, "delivered", year=ENDED_ON.year, as_of=dt.date(2026, 12, 31))
        return current_counts(OFFICE, connection)[FACILITY], float(delivered["value"].iloc[0])


def kept_equals_rebuilt(made: Engine) -> bool:
    kept = content(made, "roll_", "pool_batch")
    with writing(made) as connection:
        rollups.rebuild(connection, catalog.default())
    return kept == content(made, "roll_", "pool_batch")


def test_an_ended_record_is_out_of_the_bases_count_and_the_wall_sees_a_change(made: Engine) -> None:
    number = approved(made, by=OFFICE, kind="delete", proposed={})
    with reading(made) as connection:
        before = wall.deliveries(OFFICE, connection)

    apply(made, number)

    assert counts(made) == (0, 1)
    with reading(made) as connection:
        assert wall.deliveries(OFFICE, connection) != before
    assert kept_equals_rebuilt(made)


def test_an_ended_record_that_comes_again_is_one_key_of_its_year(made: Engine) -> None:
    """n_c counts natural keys: ending a record and sending it again is no way to more of them."""
    ended(made)
    again(made)

    assert counts(made) == (2, 2)
    assert kept_equals_rebuilt(made)


def test_taking_back_what_came_after_the_end_does_not_bring_the_record_back(made: Engine) -> None:
    """The base is restored to the state before the batch, and in that state the record had ended."""
    ended(made)
    for days in (0, 2):  # on the day it ended, and later
        receipt = again(made, days).receipt
        assert receipt is not None and [r["receipt"] for r in history(made, NAME)] == [receipt]
        publishing.revert(made, OPERATOR, receipt, reason="错报", on=ENDED_ON + dt.timedelta(days=days + 1))
        assert history(made, NAME) == []
        assert history(made, NAME, as_of=ENDED_ON + dt.timedelta(days=days + 1)) == []
        assert len(history(made, NAME, as_of=ENDED_ON - dt.timedelta(days=1))) == 1
    assert counts(made) == (0, 1)
    assert kept_equals_rebuilt(made)


def test_a_base_of_an_older_version_learns_which_version_was_ended(made: Engine) -> None:
    """Before 0012 the request told the day alone; a rebuild after the upgrade finds the same figures."""
    ended(made)
    again(made)
    before = content(made)

    with writing(made) as connection:
        config = migrate.alembic_config(connection)
        command.downgrade(config, "0011")
        command.upgrade(config, "head")
        rollups.rebuild(connection, catalog.default())

    assert content(made) == before
