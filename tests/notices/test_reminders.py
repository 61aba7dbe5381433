"""Due reminders: the right stage, outside quiet hours, each once, ended by what they asked for."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine, select

from data_access.account_tables import audit_entry
from data_access.circular_tables import notice
from data_access.commands import circular_replies as replies
from data_access.commands.notices import mark_read, scope_of
from data_access.engine import BEIJING, reading
from data_access.principal import Forbidden, Principal
from data_access.queries.notices import Notice, notices, unread_count
from data_access.settings import Settings
from jobs import send_reminders
from jobs.base import Context
from metrics.reminders import due_reminders, stage_of
from reports import notice_words as words
from tests.circulars.made_up import GUIDE, MASS, TEAM, WANZHOU, YOUTH, at, do, issued, said, see
from tests.delivery.histories import send
from tests.helpers.rows import valid_rows

PEOPLE = "mass_sport_personnel"
MONTH = "2026-10"
SETTINGS = Settings.model_validate({})


def remind(made: Engine, moment: dt.datetime) -> str:
    return send_reminders.run(Context(made, moment), SETTINGS)


def of_people(made: Engine, who: Principal = MASS) -> list[Notice]:
    """Standing reminders about the staff of October, due on 5 November."""
    return [n for n in see(made, notices, who) if n.key.startswith(f"due:mass_sport:{PEOPLE}:{MONTH}")]


def counted(made: Engine) -> int:
    with reading(made) as connection:
        return len(connection.execute(select(notice.c.key)).all())


def test_a_reminder_goes_from_seven_days_to_one_to_overdue_and_ends_with_the_delivery(made: Engine) -> None:
    """One stands at a time; the delivery ends it, so nobody is told twice what he has done."""
    remind(made, at("2026-10-28"))
    assert of_people(made) == []
    stages = []
    for day in ("2026-10-29", "2026-11-03", "2026-11-04", "2026-11-05", "2026-11-06", "2026-11-20"):
        remind(made, at(day))
        (standing,) = of_people(made)
        stages.append((standing.key.rpartition(":")[2], standing.level))
    assert stages == [("T-7", "calm")] * 2 + [("T-1", "attention")] * 2 + [("overdue", "alarm")] * 2
    assert of_people(made, YOUTH) == []

    send(
        made,
        PEOPLE,
        valid_rows(PEOPLE, 2, received_on=dt.date(2026, 11, 23)),
        on=dt.date(2026, 11, 23),
        period=MONTH,
    )
    remind(made, at("2026-11-24"))

    assert of_people(made) == []
    past = [n for n in see(made, notices, MASS, standing=False) if f"{PEOPLE}:{MONTH}" in n.key]
    assert len(past) == 3 and all(n.settled_at for n in past)


def test_a_district_that_sent_the_month_before_is_reminded_of_its_own_part(made: Engine) -> None:
    """
    渝中 has sent October and the department's item is served; 万州 has not, and only 万州 is told.
    Who never sent the category is not asked for it, and what it sends ends its reminder.
    """
    yuzhong, beibei = (Principal("district", code, "经办人") for code in ("500103", "500109"))
    september, october = dt.date(2026, 10, 5), dt.date(2026, 11, 3)
    for start, who in enumerate((WANZHOU, yuzhong)):
        rows = valid_rows(PEOPLE, 2, start=10 * start, received_on=september)
        send(made, PEOPLE, rows, unit=who.unit, on=september, period="2026-09")
    rows = valid_rows(PEOPLE, 2, start=30, received_on=october)
    send(made, PEOPLE, rows, unit=yuzhong.unit, on=october, period=MONTH)

    remind(made, at("2026-11-06"))

    def of_october(who: Principal) -> list[str]:
        return [n.words for n in see(made, notices, who) if f":{PEOPLE}:{MONTH}:" in n.key]

    assert of_october(WANZHOU) == ["还没有收到本单位的报送，请尽快补报。"]
    assert of_october(yuzhong) == of_october(beibei) == of_october(MASS) == []
    for who, owed in ((WANZHOU, [(PEOPLE, MONTH)]), (yuzhong, [])):  # asked by themselves, for their own page
        own = see(made, due_reminders, who, dt.date(2026, 11, 6))
        assert [(r.category, r.period) for r in own if r.unit == who.unit] == owed

    rows = valid_rows(PEOPLE, 1, start=50, received_on=dt.date(2026, 11, 9))
    send(made, PEOPLE, rows, unit=WANZHOU.unit, on=dt.date(2026, 11, 9), period=MONTH)
    remind(made, at("2026-11-10"))
    assert of_october(WANZHOU) == []


def test_an_affiliated_unit_is_reminded_and_a_district_that_is_no_more_is_not(made: Engine) -> None:
    """江北区 became part of 两江新区 on 6 November 2025: nobody is there to read what October lacks."""
    sent = dt.date(2025, 10, 9)
    for start, unit in enumerate(("lottery_center", "500105")):
        rows = valid_rows(PEOPLE, 1, start=10 * start, received_on=sent)
        send(made, PEOPLE, rows, unit=unit, on=sent, period="2025-09")

    remind(made, at("2025-11-10"))

    with reading(made) as connection:
        told = set(
            connection.scalars(select(notice.c.scope).where(notice.c.key.contains(f":{PEOPLE}:2025-10:")))
        )
    assert told == {"department:mass_sport", "affiliated:lottery_center"}


def test_run_again_it_writes_nothing_and_what_was_missed_is_told_at_its_present_stage(made: Engine) -> None:
    """An outage from the 28th to the 4th: one reminder of the last day, none of seven."""
    remind(made, at("2026-11-04"))
    before = counted(made)

    assert remind(made, at("2026-11-04")) == "新提醒 0 条，通报逾期未回复 0 条。"

    assert counted(made) == before
    assert [n.key.rpartition(":")[2] for n in of_people(made)] == ["T-1"]


def test_nothing_is_said_in_quiet_hours(made: Engine) -> None:
    night = dt.datetime(2026, 11, 4, 23, 30, tzinfo=BEIJING)
    assert "免打扰时段" in remind(made, night)
    assert counted(made) == 0


@pytest.mark.parametrize(
    ("hour", "first", "last", "quiet"),
    [(20, 20, 8, True), (7, 20, 8, True), (8, 20, 8, False), (12, 20, 8, False), (13, 12, 14, True), (3, 0, 0, False)],
)  # fmt: skip
def test_quiet_hours_may_span_midnight(hour: int, first: int, last: int, quiet: bool) -> None:
    moment = dt.datetime(2026, 11, 4, hour, tzinfo=BEIJING).astimezone(dt.UTC)
    assert send_reminders.is_quiet(moment, first, last) is quiet


@pytest.mark.parametrize(
    ("days", "stage"), [(8, None), (7, "T-7"), (2, "T-7"), (1, "T-1"), (0, "T-1"), (-1, "overdue")]
)
def test_each_day_has_one_stage(days: int, stage: str | None) -> None:
    assert stage_of(days) == stage


def test_a_reply_to_a_circular_is_reminded_of_and_becomes_overdue_by_the_same_job(made: Engine) -> None:
    code = issued(made, items=(said(),), copies=())  # due on 20 November
    remind(made, at("2026-11-13"))
    assert [n.subject for n in see(made, notices, MASS) if n.key.startswith(f"due:{code}")] == [
        "回复通报〔2026〕1号（整改）"
    ]
    assert remind(made, at("2026-11-21")).endswith("通报逾期未回复 1 条。")

    do(made, replies.reply, MASS, code, "已补报", at=at("2026-11-23"))

    assert [n for n in see(made, notices, MASS) if code in n.key] == []


def test_a_notice_is_read_by_each_account_for_itself_and_by_nobody_else(made: Engine) -> None:
    """Two clerks of one department share the list, not the marks; another department cannot touch it."""
    remind(made, at("2026-11-04"))
    key = of_people(made)[0].key
    colleague = Principal("department", "mass_sport", "群体处孙某", "sun")
    unread = see(made, unread_count, MASS)

    assert do(made, mark_read, YOUTH, [key], at=at("2026-11-04")) == 0
    assert do(made, mark_read, MASS, [key, key], at=at("2026-11-04")) == 1
    assert do(made, mark_read, MASS, [key], at=at("2026-11-05")) == 0

    assert (see(made, unread_count, MASS), see(made, unread_count, colleague)) == (unread - 1, unread)
    assert of_people(made)[0].read_at == at("2026-11-04")
    with pytest.raises(Forbidden):
        see(made, notices, GUIDE)


def test_one_run_is_one_entry_of_the_audit(made: Engine) -> None:
    remind(made, at("2026-11-04"))
    remind(made, at("2026-11-04"))
    with reading(made) as connection:
        c = audit_entry.c
        assert connection.scalars(select(c.action).where(c.action == "notice.remind")).all() == [
            "notice.remind"
        ]
    assert see(made, unread_count, TEAM) == 0


def test_the_first_sentence_says_what_is_late_and_what_is_unread(made: Engine) -> None:
    remind(made, at("2026-11-06"))
    found = see(made, notices, Principal("department", "publicity", "宣传处", "x"))
    today = dt.date(2026, 11, 6)

    late = sum(n.due_on is not None and n.due_on < today for n in found)
    assert words.sentence(found, today) == f"{late} 项已逾期；{late} 条未读。"
    (first, *_) = words.tiles(words.in_order(found), today)
    assert (first["group"], first["state"], first["name"][:3]) == ("已逾期", "alarm", "报送《")
    assert first["words"].startswith("未读 · ") and "已逾期" in first["words"]
    assert words.sentence([], today) == "没有待办的提醒。"


def test_a_scope_names_the_people_of_a_unit() -> None:
    assert [scope_of(u) for u in ("mass_sport", "office", "500101", "lottery_center")] == [
        "department:mass_sport", "office", "district:500101", "affiliated:lottery_center",
    ]  # fmt: skip
