"""generated → checked → signed → sent → archived: who may do what, and that nothing else changes anything."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError

from data_access.account_tables import audit_entry
from data_access.commands import publishing, reviews as commands
from data_access.commands.reviews import ReviewRefused
from data_access.engine import engine, reading, writing
from data_access.principal import SYSTEM, Forbidden, Principal
from data_access.queries import reviews as queries
from jobs import monthly_review
from jobs.base import Context
from metrics import review_life as life
from metrics.score.canonical import parse, sha256
from tests.delivery.histories import content, send
from tests.helpers.rows import valid_rows
from tests.helpers.signed_in import open_account
from tests.review.months import EVENT, LATER, LEADER, MONTH, OFFICE, SIXTH, TEAM, fill, generated, standing

PLACE = "mass_sport/problems"


def take(made: Engine, command: Callable[..., object], who: Principal, number: str) -> object:
    with writing(made) as connection:
        return command(who, connection, number, at=LATER)


def checked(made: Engine) -> str:
    number = generated(made).number
    take(made, commands.check_review, TEAM, number)
    return number


def signed(made: Engine) -> str:
    number = checked(made)
    life.sign(made, OFFICE, number, at=LATER)
    return number


def sent(made: Engine, url: str) -> str:
    number = signed(made)
    open_account(url, "leader", person="李局长", name="lijuzhang")
    take(made, commands.send_review, OFFICE, number)
    return number


def test_the_worker_generates_the_month_before_once(made: Engine) -> None:
    fill(made)

    assert monthly_review.run(Context(made, SIXTH)) == "已生成调度报表 2026-10.1，待运维团队核对。"
    before = content(made)
    assert monthly_review.run(Context(made, SIXTH)) == "没有到期而未生成的调度报表。"
    assert monthly_review.run(Context(made, LATER)) == "没有到期而未生成的调度报表。"
    assert content(made) == before
    found = standing(made)
    assert (found.state, found.as_of, found.generated_by) == ("generated", dt.date(2026, 11, 5), "系统")
    assert sha256(parse(found.snapshot)) == found.sha256


def test_on_the_fifth_nothing_is_generated(made: Engine) -> None:
    """The last delivery of October may still be on its way; September's is due in its place."""
    fill(made)
    monthly_review.run(Context(made, SIXTH - dt.timedelta(days=1)))

    with reading(made) as connection:
        assert [line.month for line in queries.reviews(OFFICE, connection)] == ["2026-09"]


def test_an_outage_of_months_is_caught_up_in_order(made: Engine) -> None:
    """The worker was away from June on; each month gets the position it had."""
    fill(made)
    monthly_review.run(Context(made, SIXTH.replace(month=6)))
    monthly_review.run(Context(made, LATER))

    with reading(made) as connection:
        found = queries.reviews(OFFICE, connection)
    assert [line.number for line in found] == [f"2026-{m:02d}.1" for m in (10, 9, 8, 7, 6, 5)]
    assert found[1].as_of == dt.date(2026, 10, 5)


def test_two_workers_at_once_make_one_review(made: Engine) -> None:
    fill(made)
    said: list[str] = []
    threads = [
        threading.Thread(target=lambda: said.append(monthly_review.run(Context(made, SIXTH))))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(said) == 2
    with reading(made) as connection:
        assert [x.number for x in queries.reviews(OFFICE, connection, with_replaced=True)] == ["2026-10.1"]


def test_a_review_goes_from_hand_to_hand_and_every_step_is_written_down(made: Engine, database: str) -> None:
    fill(made)
    number = sent(made, database)
    with writing(made) as connection:
        reader = Principal("leader", "leader", "李局长", account="lijuzhang")
        assert commands.record_reading(reader, connection, number, at=LATER)
        assert not commands.record_reading(reader, connection, number, at=LATER)
    take(made, commands.archive_review, OFFICE, number)

    with reading(made) as connection:
        steps = [(e.actor, e.to_state) for e in queries.review_events(OFFICE, connection, number)]
        readers = queries.review_readers(OFFICE, connection, number)
        actions = set(connection.scalars(select(audit_entry.c.action).where(audit_entry.c.object == number)))
    assert steps == [
        ("系统", "generated"), ("运维人员", "checked"), ("王主任", "signed"), ("王主任", "sent"), ("王主任", "archived"),
    ]  # fmt: skip
    assert [(r.person, r.read_at) for r in readers] == [("李局长", LATER)]
    assert actions == {"review.generate", "review.check", "review.sign", "review.send", "review.archive"}


def test_a_wrong_step_gets_one_sentence_and_changes_nothing(made: Engine) -> None:
    fill(made)
    number = generated(made).number
    before = content(made)
    wrong: list[tuple[type[Exception], str, Callable[[], object]]] = [
        (Forbidden, "运维团队", lambda: take(made, commands.check_review, OFFICE, number)),
        (Forbidden, "局办公室", lambda: life.sign(made, TEAM, number, at=LATER)),
        (Forbidden, "局办公室", lambda: take(made, commands.send_review, TEAM, number)),
        (ReviewRefused, "签发只适用于「已核对」", lambda: life.sign(made, OFFICE, number, at=LATER)),
        (ReviewRefused, "没有开通的局领导账号", lambda: take(made, commands.send_review, OFFICE, number)),
        (
            ReviewRefused,
            "归档只适用于「已报送」",
            lambda: take(made, commands.archive_review, OFFICE, number),
        ),
        (ReviewRefused, "还没有报送", lambda: take(made, commands.record_reading, LEADER, number)),
        (ReviewRefused, "数据没有变化", lambda: life.generate(made, TEAM, MONTH, reason="再来", at=LATER)),
        (ReviewRefused, "请在 2026-12-06", lambda: life.generate(made, TEAM, "2026-11", at=LATER)),
        (ReviewRefused, "YYYY-MM", lambda: life.generate(made, TEAM, "十月", at=LATER)),
        (ReviewRefused, "没有 2030-01.1 号", lambda: life.sign(made, OFFICE, "2030-01.1", at=LATER)),
        (ReviewRefused, "请重新生成", lambda: life.correct(made, OFFICE, number, reason="错", at=LATER)),
    ]
    for kind, says, act in wrong:
        with pytest.raises(kind, match=says) as refusal:
            act()
        assert str(refusal.value).endswith("。")
    assert content(made) == before


def test_what_leaders_have_not_been_sent_they_do_not_see(made: Engine) -> None:
    fill(made)
    number = signed(made)
    with reading(made) as connection:
        assert queries.reviews(LEADER, connection) == []
        assert queries.one_review(LEADER, connection, number) is None


# ---------------------------------------------------------------- sentences


def test_a_changed_sentence_keeps_what_the_rule_wrote_and_who_changed_it(made: Engine) -> None:
    fill(made)
    row = generated(made)
    draft = {s["place"]: s["text"] for s in parse(row.snapshot)["sentences"]}[PLACE]
    assert life.edit(made, TEAM, row.number, PLACE, draft, "退回 1 行，\n已通知。", at=LATER)
    assert life.edit(made, OFFICE, row.number, PLACE, "退回 1 行， 已通知。", "已通知。", at=LATER)

    with reading(made) as connection:
        edits = queries.review_edits(OFFICE, connection, row.number)
    assert [(e.author, e.was, e.now) for e in edits] == [
        ("运维人员", draft, "退回 1 行， 已通知。"), ("王主任", "退回 1 行， 已通知。", "已通知。"),
    ]  # fmt: skip
    assert standing(made).snapshot == row.snapshot


def test_two_people_on_one_sentence_do_not_overwrite_each_other(made: Engine) -> None:
    fill(made)
    row = generated(made)
    draft = {s["place"]: s["text"] for s in parse(row.snapshot)["sentences"]}[PLACE]
    life.edit(made, TEAM, row.number, PLACE, draft, "一", at=LATER)
    before = content(made)
    for was, place, says in (
        (draft, PLACE, "刚被别人改过"),
        ("别的", "city/standing", "不一致"),
        ("", "no/where", "没有语句"),
    ):
        with pytest.raises(ReviewRefused, match=says):
            life.edit(made, OFFICE, row.number, place, was, "二", at=LATER)
    with pytest.raises(ReviewRefused, match="最多 600 字"):
        life.edit(made, OFFICE, row.number, PLACE, "一", "长" * 601, at=LATER)
    with pytest.raises(Forbidden):
        life.edit(made, LEADER, row.number, PLACE, "一", "二", at=LATER)
    assert content(made) == before


# ---------------------------------------------------------------- data that change


def test_data_that_change_before_the_signature_need_a_new_number(made: Engine) -> None:
    receipt = fill(made)
    number = checked(made)
    publishing.revert(made, OFFICE, receipt, reason="填报有误", on=LATER.date())
    with pytest.raises(ReviewRefused, match="重新生成"):
        life.sign(made, OFFICE, number, at=LATER)
    with pytest.raises(ReviewRefused, match="写明原因"):
        life.generate(made, TEAM, MONTH, at=LATER)

    assert life.generate(made, TEAM, MONTH, reason="一批赛事撤回", at=LATER) == "2026-10.2"
    with reading(made) as connection:
        old = queries.one_review(OFFICE, connection, number)
        assert old is not None and (old.state, old.replaced_by) == ("replaced", "2026-10.2")
        assert [line.number for line in queries.reviews(OFFICE, connection)] == ["2026-10.2"]
    with pytest.raises(ReviewRefused, match="已重新生成"):
        take(made, commands.check_review, TEAM, number)


def test_a_delivery_of_a_later_day_does_not_hold_up_the_signature(made: Engine) -> None:
    fill(made)
    number = checked(made)
    send(
        made, EVENT, valid_rows(EVENT, 1, start=30, received_on=LATER.date()), on=LATER.date(), unit="500103"
    )
    life.sign(made, OFFICE, number, at=LATER)

    assert standing(made).state == "signed"


def test_a_command_given_twice_builds_once(made: Engine) -> None:
    receipt = fill(made)
    assert life.build(made, TEAM, MONTH, at=SIXTH) == ("2026-10.1", True)
    assert life.build(made, TEAM, MONTH, at=LATER) == ("2026-10.1", False)
    publishing.revert(made, OFFICE, receipt, reason="填报有误", on=LATER.date())
    assert life.build(made, TEAM, MONTH, at=LATER) == ("2026-10.2", True)


# ---------------------------------------------------------------- what is signed stays


def test_a_signed_review_holds_its_sentences_its_hash_and_never_changes(made: Engine) -> None:
    """Not by a command, and not by somebody with a database client."""
    fill(made)
    number = signed(made)
    row = standing(made)
    said = parse(row.signed_text or "")
    assert said["snapshot_sha256"] == row.sha256 and sha256(said) == row.signed_sha256
    assert {s["place"] for s in said["sentences"]} == {s["place"] for s in parse(row.snapshot)["sentences"]}
    with pytest.raises(ReviewRefused, match="语句不能再改"):
        life.edit(made, TEAM, number, "city/standing", said["sentences"][1]["text"], "改", at=LATER)
    for statement in (
        "UPDATE review SET snapshot = '{}'",
        "UPDATE review SET signed_text = NULL",
        "UPDATE review SET signed_at = NULL",
        "DELETE FROM review",
        f"INSERT INTO review_edit VALUES ('{number}', 'city/standing', 1, '2026-11-09 00:00:00', '', '', '', '')",
    ):
        with pytest.raises(DatabaseError), writing(made) as connection:
            connection.execute(text(statement))
    assert standing(made) == row


def test_an_erratum_is_a_review_of_its_own_and_the_wrong_one_stays(made: Engine, database: str) -> None:
    receipt = fill(made)
    number = sent(made, database)
    with pytest.raises(ReviewRefused, match="每个数字一致"):
        life.correct(made, OFFICE, number, reason="核对", at=LATER)
    publishing.revert(made, OFFICE, receipt, reason="填报有误", on=LATER.date())
    with pytest.raises(ReviewRefused, match="请出更正"):
        life.generate(made, TEAM, MONTH, reason="数据撤回", at=LATER)

    wrong = standing(made)
    erratum = life.correct(made, OFFICE, number, reason="一批赛事撤回", at=LATER)
    assert erratum == "2026-10.2"
    with reading(made) as connection:
        row = queries.one_review(OFFICE, connection, erratum)
        assert row is not None and row.corrects == number
        changes = {place: pair for place, *pair in life.corrected_figures(OFFICE, connection, row)}
        assert changes["departments/mass_sport/figures/delivered"] == ["3", "0"]
        assert queries.one_review(OFFICE, connection, number) == wrong
    with pytest.raises(ReviewRefused, match="正在办理"):
        life.correct(made, OFFICE, number, reason="再来", at=LATER)
    take(made, commands.check_review, TEAM, erratum)
    life.sign(made, OFFICE, erratum, at=LATER)
    with pytest.raises(ReviewRefused, match=r"已由 2026-10\.2 更正"):
        life.correct(made, OFFICE, number, reason="再来", at=LATER)


def test_the_job_is_in_the_timetable_on_the_sixth() -> None:
    from catalog import sources
    from jobs.schedule import timetable

    job = next(j for j in timetable(sources.default(), []) if j.key == "monthly_review")
    fires = job.trigger.get_next_fire_time(None, SIXTH - dt.timedelta(days=3))
    assert fires == SIXTH


def test_the_system_is_the_one_who_generates(embedded: str) -> None:
    """Without an account: the audit names 系统."""
    made = engine(embedded)
    fill(made)
    life.generate_missing(made, SYSTEM, at=SIXTH)
    with reading(made) as connection:
        entry = connection.execute(select(audit_entry).where(audit_entry.c.action == "review.generate")).one()
    assert (entry.person, entry.object) == ("系统", "2026-10.1")
