"""What a delivery does is foreseen before it waits for its turn to write; what changed meanwhile still counts."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine, func, select

import catalog
from data_access.clock import moment_of, now
from data_access.commands import publishing
from data_access.commands.delivery import request_for
from data_access.commands.foreseeing import Ready, make_ready
from data_access.commands.receipt import Delivery
from data_access.commands.request import Request
from data_access.commands.storing import store
from data_access.engine import reading, writing
from data_access.intake.cells import CheckedFile, OpenedFile
from data_access.intake.files import open_file
from data_access.intake.rows import check
from data_access.schema import VERSION_DOMAINS, base_table
from data_access.versions import base_domain, data_versions, version_of
from tests.delivery.histories import OPERATOR, send
from tests.helpers.files import csv_text, grid
from tests.helpers.rows import RECEIVED_ON, Row, changed, valid_rows

CODE = "referee"


class Waiting:
    """A file that is read, checked and made ready, and waits for its turn to write."""

    def __init__(self, made: Engine, rows: list[Row], code: str = CODE) -> None:
        self.category = category = catalog.default().category_by_code[code]
        self.request: Request = request_for(
            OPERATOR, content=csv_text(grid(category, rows)).encode(), file_name="名单.csv", category=code,
            unit="mass_sport", received_at=moment_of(RECEIVED_ON, now()), source_platform="department_file",
            change="",
        )  # fmt: skip
        self.opened: OpenedFile = open_file(self.request.content, self.category, catalog.default())
        self.checked: CheckedFile = check(
            self.opened.sheets, self.category, catalog.default(), received_on=RECEIVED_ON
        )
        self.ready: Ready = make_ready(made, self.request, self.opened, self.checked)

    def write(self, made: Engine) -> Delivery:
        delivery = Delivery(
            None, "rejected", self.category.code, self.request.unit.code, None, RECEIVED_ON, "名单.csv"
        )
        with writing(made) as connection:
            store(connection, self.request, self.opened, self.checked, self.ready, delivery)
        return delivery


def current(made: Engine) -> int:
    table = base_table(catalog.default().category_by_code[CODE])
    with reading(made) as connection:
        return connection.scalar(select(func.count()).where(table.c.valid_to.is_(None))) or 0


def test_records_that_came_while_a_file_waited_are_duplicates_or_updates(made: Engine) -> None:
    """Both were new when they were made ready; the second to write must not store them twice."""
    rows = valid_rows(CODE, 4)
    moved = [rows[0], changed(rows[1], name="改过的姓名"), rows[2], rows[3]]
    waiting = Waiting(made, moved)

    assert send(made, CODE, rows[:2]).accepted == 2
    delivery = waiting.write(made)

    assert (delivery.accepted, delivery.updated, delivery.duplicate) == (3, 1, 1)
    assert current(made) == 4


def test_records_taken_back_while_a_file_waited_are_new_again(made: Engine) -> None:
    """They were duplicates when the file was made ready; now nobody else has them."""
    rows = valid_rows(CODE, 3)
    first = send(made, CODE, rows).receipt
    assert first is not None
    waiting = Waiting(made, rows)

    publishing.revert(made, OPERATOR, first, reason="整批有误")
    delivery = waiting.write(made)

    assert (delivery.accepted, delivery.duplicate) == (3, 0)
    assert current(made) == 3


def test_another_categorys_file_does_not_make_one_look_again(made: Engine) -> None:
    """The comparison is made once, outside the writer's turn: that is what it is made ahead for."""
    waiting = Waiting(made, valid_rows(CODE, 3))
    assert waiting.ready.foreseen is not None
    send(made, "honor_award", valid_rows("honor_award", 2))

    with reading(made) as connection:
        assert version_of(connection, base_domain(CODE)) == waiting.ready.foreseen.version
    assert waiting.write(made).accepted == 3


@pytest.mark.parametrize("step", ["deliver", "revert"])
def test_every_change_of_a_categorys_records_raises_its_version(made: Engine, step: str) -> None:
    """A file made ready before the change is compared anew by this; pages are told of the whole only."""
    receipt = send(made, CODE, valid_rows(CODE, 2)).receipt
    with reading(made) as connection:
        before = version_of(connection, base_domain(CODE))
    if step == "deliver":
        send(made, CODE, valid_rows(CODE, 3), on=RECEIVED_ON + dt.timedelta(days=1))
    else:
        assert receipt is not None
        publishing.revert(made, OPERATOR, receipt, reason="整批有误")

    with reading(made) as connection:
        assert version_of(connection, base_domain(CODE)) == before + 1
        assert data_versions(OPERATOR, connection).keys() == set(VERSION_DOMAINS)
