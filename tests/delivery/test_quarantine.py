"""What lies in quarantine is for the office, and for two persons (Article 19)."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

import catalog
from data_access.commands import quarantine
from data_access.commands.publishing import TransitionRefused
from data_access.engine import reading
from data_access.principal import OFFICE, OPERATOR, Forbidden, Principal
from data_access.queries.files import original_file
from data_access.queries.records import records
from data_access.schema import batch, batch_event, pool_file
from tests.delivery.histories import content, send
from tests.helpers.rows import changed, valid_row, valid_rows

EVENT = "mass_sport_event"
MARK = "绝密" + "★"


@pytest.fixture
def held(made: Engine) -> str:
    row = changed(valid_row(EVENT), venue_name=f"{MARK}三年")
    delivery = send(made, EVENT, [row, *valid_rows(EVENT, 1, start=5)], unit="500101")
    assert delivery.outcome == "quarantined" and delivery.receipt
    return delivery.receipt


def test_only_the_office_opens_a_quarantined_file(made: Engine, held: str) -> None:
    with reading(made) as connection:
        _, text = original_file(OFFICE, connection, held)
        for principal in (
            OPERATOR,
            Principal("district", "500101", "万州"),
            Principal("leader", "leader", "局领导"),
        ):
            with pytest.raises(Forbidden):
                original_file(principal, connection, held)
    assert MARK.encode() in text


def test_a_released_file_goes_on_under_its_receipt(made: Engine, held: str) -> None:
    delivery = quarantine.release(made, OFFICE, held, second="李某", reason="文件名称中的引用")

    assert (delivery.outcome, delivery.receipt, delivery.accepted) == ("accepted", held, 2)
    with reading(made) as connection:
        found = records(OFFICE, connection, catalog.default().category_by_code[EVENT])
        steps = connection.scalars(select(batch_event.c.to_state).order_by(batch_event.c.number)).all()
        assert connection.scalar(select(batch.c.state)) == "integrated"
    assert {r["receipt"] for r in found.records} == {held}
    assert steps == ["received", "quarantined", "received", "validated", "integrated"]


def test_a_destroyed_file_leaves_its_record_and_no_content(made: Engine, held: str) -> None:
    quarantine.destroy(made, OFFICE, held, second="李某", reason="确为涉密")

    with reading(made) as connection:
        assert connection.scalar(select(pool_file.c.content)) == b""
        row = connection.execute(select(batch.c.state, batch.c.note)).one()
    assert row.state == "destroyed" and "李某" in row.note


@pytest.mark.parametrize(("second", "reason"), [("", "误报"), (OFFICE.name, "误报"), ("李某", " ")])
def test_one_person_or_no_reason_is_not_enough(made: Engine, held: str, second: str, reason: str) -> None:
    before = content(made)
    for act in (quarantine.release, quarantine.destroy):
        with pytest.raises(TransitionRefused):
            act(made, OFFICE, held, second=second, reason=reason)
    assert content(made) == before


def test_nobody_but_the_office_decides(made: Engine, held: str) -> None:
    with pytest.raises(Forbidden):
        quarantine.release(made, OPERATOR, held, second="李某", reason="误报")
