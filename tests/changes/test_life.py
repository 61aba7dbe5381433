"""A change request from its opening to the record's next version (Articles 13, 14; domain section 5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import DBAPIError

import catalog
from data_access import rollups
from data_access.account_tables import audit_entry
from data_access.assessment_tables import freeze
from data_access.change_tables import change_case, change_event
from data_access.commands import change_applying, change_requests as commands
from data_access.commands.change_requests import ChangeRefused
from data_access.engine import reading, writing
from data_access.principal import Forbidden, Principal
from data_access.queries import change_requests as queries
from data_access.schema import roll_district
from tests.changes.made_up import (
    AT,
    FACILITY,
    LATER,
    LEADER,
    MASS,
    OFFICE,
    TEAM,
    WANZHOU,
    YOUTH,
    YUZHONG,
    apply,
    approved,
    do,
    facility,
    history,
    key_of,
    opened,
    proposal,
    record,
    shown,
    state,
)
from tests.delivery.histories import content, send
from tests.helpers.rows import RECEIVED_ON, changed, valid_row


def test_an_approved_change_becomes_the_records_next_version_and_the_one_before_stays(made: Engine) -> None:
    """Nothing is overwritten: as of the days before, the record is what it was."""
    before = facility(made)
    number = do(made, commands.open_request, WANZHOU, proposal(before))
    do(made, commands.accept_request, TEAM, number)
    do(made, commands.approve_request, MASS, number)

    said = apply(made, number)

    now = record(made, before["facility_name"])
    (then,) = history(made, before["facility_name"], as_of=RECEIVED_ON)
    assert (now["longitude"], now["latitude"], now["version"]) == ("108.41", "30.71", 2)
    assert (then["longitude"], then["version"]) == (before["longitude"], 1)
    assert {
        k: v for k, v in now.items() if k in ("street", "opened_on", "free_open", "unit", "weekly_hours")
    } == {k: before[k] for k in ("street", "opened_on", "free_open", "unit", "weekly_hours")}
    found = shown(made, number)
    assert found is not None and (found.state, found.receipt) == ("applied", now["receipt"])
    assert now["receipt"] in said
    do(made, commands.confirm_request, WANZHOU, number)
    assert state(made, number) == "confirmed"


def test_every_step_is_kept_with_who_and_when_and_stands_in_the_audit(made: Engine) -> None:
    number = approved(made)
    apply(made, number)

    with reading(made) as connection:
        steps = queries.change_steps(OFFICE, connection, number)
        told = list(connection.scalars(select(audit_entry.c.action).where(audit_entry.c.object == number)))
    assert [(s.actor, s.to_state) for s in steps] == [
        ("万州陈某", "submitted"), ("运维王某", "accepted"), ("群体处李某", "approved"), ("运维王某", "applied"),
    ]  # fmt: skip
    assert told == ["change.open", "change.accept", "change.approve", "change.apply"]


def test_a_step_and_what_was_asked_for_are_never_rewritten(made: Engine) -> None:
    """Triggers hold it, whoever speaks to the database."""
    number = opened(made)
    for statement in (
        update(change_event).values(note="别的"),
        change_event.delete(),
        change_case.delete(),
        update(change_case).where(change_case.c.number == number).values(record="x"),
        update(change_case).where(change_case.c.number == number).values(opened_by="别人"),
    ):
        with pytest.raises(DBAPIError), writing(made) as connection:
            connection.execute(statement)


def test_the_same_proposal_twice_is_one_request_and_another_one_has_to_wait(made: Engine) -> None:
    found = facility(made)
    first = do(made, commands.open_request, WANZHOU, proposal(found))

    assert do(made, commands.open_request, TEAM, proposal(found)) == first
    with pytest.raises(ChangeRefused, match=f"在办的变更申请 {first}"):
        do(made, commands.open_request, WANZHOU, proposal(found, proposed={"longitude": "108.5"}))
    do(made, commands.cancel_request, WANZHOU, first, reason="看错了")
    second = do(made, commands.open_request, WANZHOU, proposal(found))
    assert second != first and state(made, first) == "cancelled"


def test_who_opened_or_completed_a_request_does_not_approve_it(made: Engine) -> None:
    number = opened(made, MASS)
    do(made, commands.accept_request, TEAM, number)
    with pytest.raises(ChangeRefused, match="须由另一人核准"):
        do(made, commands.approve_request, MASS, number)
    do(made, commands.approve_request, OFFICE, number)
    assert state(made, number) == "approved"


def test_a_deletion_is_approved_by_the_office_and_ends_the_record(made: Engine) -> None:
    """As of yesterday it is there; the district's count and a later delivery of it are right."""
    found = facility(made)
    number = do(made, commands.open_request, WANZHOU, proposal(found, kind="delete", proposed={}))
    do(made, commands.accept_request, TEAM, number)
    with pytest.raises(Forbidden, match="由局办公室核准"):
        do(made, commands.approve_request, MASS, number)
    do(made, commands.approve_request, OFFICE, number)

    apply(made, number)

    name = found["facility_name"]
    assert history(made, name) == []
    assert [r["version"] for r in history(made, name, as_of=AT.date())] == [1]
    with reading(made) as connection:
        assert connection.execute(select(roll_district)).all() == []
    row = changed(valid_row(FACILITY), adcode="万州区", longitude="108.4", latitude="30.7")
    send(made, FACILITY, [row], unit=WANZHOU.unit, on=LATER.date() + dt.timedelta(days=1))
    assert record(made, name)["version"] == 2


def freeze_of(made: Engine, year: int) -> None:
    by_two = {
        "state": "approved", "author": "张某", "author_account": "zhang", "recorded_at": AT, "second": "王某",
        "second_account": "wang2", "decided_at": AT, "decision_note": "",
    }  # fmt: skip
    with writing(made) as connection:
        connection.execute(
            freeze.insert().values(
                year=year, number=1, revision=1, freeze_on=AT.date(), inputs="{}", sha256="0" * 64,
                result="{}", formula_version="1.0", reason="x", **by_two,
            )
        )  # fmt: skip


def test_a_year_frozen_while_the_request_waits_is_the_offices_to_change(made: Engine) -> None:
    number = opened(made)
    do(made, commands.accept_request, TEAM, number)
    freeze_of(made, RECEIVED_ON.year)

    with pytest.raises(Forbidden, match="已封存"):
        do(made, commands.approve_request, MASS, number)
    do(made, commands.approve_request, OFFICE, number)
    found = shown(made, number)
    assert found is not None and found.frozen_year == RECEIVED_ON.year


def test_a_record_updated_since_still_counts_in_the_frozen_year_it_came_in(made: Engine) -> None:
    """The newest version came this year; the first one stands in the frozen year's number of keys."""
    row = changed(valid_row(FACILITY), adcode="万州区", free_open="免费", longitude="108.4", latitude="30.7")
    last_year = RECEIVED_ON.replace(year=RECEIVED_ON.year - 1)
    send(made, FACILITY, [row], unit=WANZHOU.unit, on=last_year)
    send(made, FACILITY, [row | {"free_open": "收费"}], unit=WANZHOU.unit)
    freeze_of(made, last_year.year)

    number = do(made, commands.open_request, WANZHOU, proposal(record(made, row["facility_name"])))

    found = shown(made, number)
    assert found is not None and found.frozen_year == last_year.year


def test_an_event_counts_in_the_year_it_ended_in_though_it_came_later(made: Engine) -> None:
    """Its due item is the year's of its end: sent in January, it stands in last year's timeliness."""
    ended = dt.date(RECEIVED_ON.year - 1, 12, 28)
    row = changed(valid_row("mass_sport_event"), start_on=ended, end_on=ended, adcode="万州区")
    send(made, "mass_sport_event", [row], unit=WANZHOU.unit)
    freeze_of(made, ended.year)
    key = {"event_name": row["event_name"], "start_on": ended.isoformat(), "adcode": "500101"}
    asked = commands.Proposal("mass_sport_event", key, {"venue_name": "新馆"}, reason="现场核对")

    number = do(made, commands.open_request, WANZHOU, asked)

    found = shown(made, number)
    assert found is not None and found.frozen_year == ended.year


def test_rollups_after_changes_are_what_a_rebuild_finds(made: Engine) -> None:
    first = approved(made)
    apply(made, first)
    other = facility(made, 7)
    gone = do(made, commands.open_request, WANZHOU, proposal(other, kind="delete", proposed={}))
    do(made, commands.accept_request, TEAM, gone)
    do(made, commands.approve_request, OFFICE, gone)
    apply(made, gone)
    before = content(made, "roll_", "pool_batch")

    with writing(made) as connection:
        rollups.rebuild(connection, catalog.default())

    assert content(made, "roll_", "pool_batch") == before


def test_a_draft_waits_for_the_value_the_unit_has_to_find_out(made: Engine) -> None:
    wanted = ("longitude", "latitude")
    number = opened(made, TEAM, proposed={}, wanted=wanted, origin="outside")
    with pytest.raises(ChangeRefused, match="待补全"):
        do(made, commands.accept_request, TEAM, number)
    with pytest.raises(ChangeRefused, match="全部栏目"):
        do(made, commands.submit_request, WANZHOU, number, {"longitude": "108.4"})
    with pytest.raises(ChangeRefused, match="超出范围"):
        do(made, commands.submit_request, WANZHOU, number, {"longitude": "30.7", "latitude": "108.4"})

    do(made, commands.submit_request, WANZHOU, number, {"longitude": "108.42", "latitude": "30.72"})

    found = shown(made, number)
    assert found is not None and found.state == "submitted" and found.due_on is not None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"proposed": {}}, "至少改动一个栏目"),
        ({"proposed": {"facility_name": "新名"}}, "不能变更"),
        ({"proposed": {"street": None}}, "不能清空"),
        ({"proposed": {"free_open": "随便"}}, "应为免费、低收费、收费之一"),
        ({"proposed": {"longitude": "一百零八"}}, "不是有效的值"),
        ({"proposed": {"no_such": "1"}}, "不能变更"),
        ({"reason": "  "}, "请写明变更原因"),
        ({"key": {"facility_name": "没有", "adcode": "500101"}}, "不在基础数据库中"),
        ({"key": {"facility_name": "没有"}}, "没有指明"),
        ({"category": "no_such"}, "没有指明"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_is_refused_with_what_to_do(made: Engine, values, sentence: str) -> None:
    found = facility(made)
    before = content(made)
    with pytest.raises(ChangeRefused, match=sentence):
        do(made, commands.open_request, WANZHOU, proposal(found, **values))
    assert content(made) == before


def test_intake_has_the_last_word_and_the_request_stays_approved(made: Engine) -> None:
    """A trail without a length passes the single fields and fails the check across them."""
    number = approved(made, proposed={"facility_kind": "健身步道", "trail_length": None})
    before = content(made)

    with pytest.raises(ChangeRefused, match="没有通过入库检查"):
        apply(made, number)

    assert state(made, number) == "approved" and content(made) == before


def test_a_record_that_was_delivered_anew_meanwhile_is_not_overwritten(made: Engine) -> None:
    number = approved(made)
    row = changed(
        valid_row(FACILITY), adcode="万州区", free_open="免费", longitude="108.43", latitude="30.73"
    )
    send(made, FACILITY, [row], unit=WANZHOU.unit, on=AT.date())

    with pytest.raises(ChangeRefused, match="已被新的报送改变"):
        apply(made, number)
    assert state(made, number) == "approved"

    do(made, commands.refuse_request, TEAM, number, reason="坐标已由新的报送改变")
    again = do(made, commands.open_request, WANZHOU, proposal(record(made, row["facility_name"])))
    assert (state(made, number), state(made, again)) == ("refused", "submitted")


def test_a_delivery_in_the_moment_of_carrying_out_is_not_overwritten(made: Engine) -> None:
    """The file of the change says again what every row must have, as it was read: the fee, say."""
    number = approved(made)
    with reading(made) as connection:
        row = commands.row_of(TEAM, connection, number, ("approved",), "更新")
        category = catalog.default().category_by_code[FACILITY]
        before = commands.current_record(TEAM, connection, category, row.record_key)
    assert before is not None
    new = changed(
        valid_row(FACILITY), adcode="万州区", free_open="收费", longitude="108.40241", latitude="30.70675"
    )
    send(made, FACILITY, [new], unit=WANZHOU.unit, on=AT.date())

    with pytest.raises(ChangeRefused, match="刚刚被新的报送改变"):
        change_applying._change(made, TEAM, row, before, LATER)

    assert record(made, new["facility_name"])["free_open"] == "收费"
    assert state(made, number) == "approved"


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [("longitude", "NaN", "不是有效的值"), ("longitude", "-Infinity", "不是有效的值"),
     ("street", "江" * 5000, "最多")],
)  # fmt: skip
def test_no_number_and_a_text_without_end_are_refused_in_words(
    made: Engine, field: str, text: str, said: str
) -> None:
    with pytest.raises(ChangeRefused, match=said):
        opened(made, proposed={field: text})


def test_a_change_carried_out_twice_is_one_version(made: Engine) -> None:
    number = approved(made)
    apply(made, number)
    with pytest.raises(ChangeRefused, match="已更新"):
        apply(made, number)


def test_back_and_forth_are_two_versions(made: Engine) -> None:
    """The same values come again under another request: no duplicate of a file."""
    first = approved(made)
    apply(made, first)
    found = shown(made, first)
    assert found is not None
    key, before = dict(found.record_key), {k: str(v) for k, v in found.before.items()}
    for proposed in (before, {"longitude": "108.41", "latitude": "30.71"}):
        number = do(
            made, commands.open_request, WANZHOU, commands.Proposal(FACILITY, key, proposed, reason="改回")
        )
        do(made, commands.accept_request, TEAM, number)
        do(made, commands.approve_request, MASS, number)
        apply(made, number)
    assert record(made, key["facility_name"])["version"] == 4


def test_a_request_is_refused_with_a_reason_and_ends(made: Engine) -> None:
    number = opened(made)
    with pytest.raises(ChangeRefused, match="请写明退回的原因"):
        do(made, commands.refuse_request, TEAM, number, reason=" ")
    do(made, commands.refuse_request, TEAM, number, reason="所附照片看不出位置")
    assert state(made, number) == "refused"
    with pytest.raises(ChangeRefused, match="已退回"):
        do(made, commands.accept_request, TEAM, number)


def test_a_district_learns_nothing_of_anothers_records_and_requests(made: Engine) -> None:
    """Not there and not yours are one answer, in the same words; so are numbers of requests."""
    found = facility(made)
    nowhere = proposal(found, key={"facility_name": "没有", "adcode": "500101"})
    category = catalog.default().category_by_code[FACILITY]
    absent = {"receipt": "no", "sheet": "", "row": 2}

    def said(act: Any, *arguments: Any, **more: Any) -> str:
        with pytest.raises(ChangeRefused) as refused:
            do(made, act, *arguments, **more)
        return str(refused.value)

    def key(who: Principal, connection: Any, at: Any, record: dict[str, Any]) -> Any:
        return commands.key_of(who, connection, category, record)

    assert said(commands.open_request, YUZHONG, proposal(found)) == said(
        commands.open_request, YUZHONG, nowhere
    )
    assert said(key, YUZHONG, record=found) == said(key, YUZHONG, record=absent)
    number = do(made, commands.open_request, WANZHOU, proposal(found))
    do(made, commands.accept_request, TEAM, number)
    for act, who, more in (
        (commands.cancel_request, YUZHONG, {"reason": "x"}),
        (commands.confirm_request, YUZHONG, {}),
        (commands.approve_request, YOUTH, {}),
    ):
        theirs, none = said(act, who, number, **more), said(act, who, "G2026-999999", **more)
        assert theirs.replace(number, "") == none.replace("G2026-999999", "")


def test_each_role_opens_and_sees_what_is_its_own(made: Engine) -> None:
    """A district its rows, a department its categories; leaders look on."""
    found = facility(made)
    for who in (YOUTH, LEADER):
        with pytest.raises(Forbidden):
            do(made, commands.open_request, who, proposal(found))
    number = do(made, commands.open_request, WANZHOU, proposal(found))

    seen = {
        who.name for who in (WANZHOU, YUZHONG, MASS, YOUTH, TEAM, OFFICE, LEADER) if shown(made, number, who)
    }
    assert seen == {w.name for w in (WANZHOU, MASS, TEAM, OFFICE, LEADER)}
    with pytest.raises(Forbidden):
        do(made, commands.accept_request, WANZHOU, number)
    do(made, commands.accept_request, TEAM, number)
    with pytest.raises(Forbidden):
        do(made, commands.approve_request, TEAM, number)
    with reading(made) as connection:
        digest = commands.record_digest(FACILITY, key_of(found))
        assert queries.standing_requests(WANZHOU, connection, [digest]) == {digest: (number, "accepted")}
        assert queries.standing_requests(YUZHONG, connection, [digest]) == {}
