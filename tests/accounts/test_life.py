"""Article 18: who applies, who decides, what an account may become, and who may see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings as examples, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from accounts import forms, life, login, sessions
from accounts.life import AccountRefused
from accounts.login import LoggedIn, Refused
from data_access.account_tables import account, application, audit_entry, login_session
from data_access.audit import verify
from data_access.engine import engine, reading, writing
from data_access.principal import OFFICE, OPERATOR, SYSTEM, Forbidden, Principal
from data_access.queries import accounts as queries
from tests.accounts.people import ADDRESS, BOOTSTRAP, NOW, PASSWORD, form, logged_in, person
from tests.conftest import Databases

DAY = dt.timedelta(days=1)
STRANGER = replace(SYSTEM, address=ADDRESS)


def actions(url: str) -> list[tuple[str, str]]:
    with reading(engine(url)) as connection:
        rows = connection.execute(
            select(audit_entry.c.action, audit_entry.c.result).order_by(audit_entry.c.number)
        )
        return [(r.action, r.result) for r in rows]


def account_of(url: str, name: str) -> queries.Account:
    with reading(engine(url)) as connection:
        found = queries.one_account(OFFICE, connection, name)
    assert found is not None
    return found


# ---------------------------------------------------------------- applying


def test_from_application_to_the_first_page(database: str):
    """The whole way of Article 18, as a newcomer and the office walk it."""
    office = person(database, 1, role="office")
    number = life.apply(database, STRANGER, form(2), NOW)
    opened = life.approve(
        database, office.principal, number, life.propose_name(database, OFFICE, "赵磊"), NOW
    )
    first = login.log_in(database, "  ZhaoLei ", opened.password, ADDRESS, NOW)
    assert isinstance(first, LoggedIn) and first.must_change
    session = sessions.current(database, first.sid, NOW)
    assert session is not None
    life.change_password(database, session.principal, opened.password, PASSWORD, NOW)

    again = login.log_in(database, "zhaolei", PASSWORD, ADDRESS, NOW)
    assert isinstance(again, LoggedIn) and not again.must_change
    assert actions(database)[-5:] == [
        (a, "done")
        for a in ("account.apply", "account.approve", "session.login", "account.password", "session.login")
    ]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"person": ""}, "「姓名」没有填写"),
        ({"gender": ""}, "「性别」没有填写"),
        ({"position": " "}, "「职务」没有填写"),
        ({"duty": ""}, "「分管或从事工作」没有填写"),
        ({"phone": ""}, "「联系电话」没有填写"),
        ({"phone": "1381234567"}, "11 位"),
        ({"phone": "138123456789"}, "11 位"),
        ({"phone": "1381234567x"}, "11 位"),
        ({"gender": "x"}, "男或女"),
        ({"person": "计财处管理员"}, "真实姓名"),
        ({"person": "赵"}, "真实姓名"),
        ({"person": "<b>赵明</b>"}, "真实姓名"),
        ({"person": "=赵明"}, "真实姓名"),
        ({"role": "root", "unit": "office"}, "「身份」请选择"),
        ({"role": "district", "unit": "mass_sport"}, "不符"),
        ({"role": "district", "unit": "CQLJ"}, "不符"),
        ({"duty": "数" * 61}, "最多 60"),
        ({"duty": "数据\n报送"}, "看不见的字符"),
    ],
)
def test_an_incomplete_form_is_refused_with_what_to_do(embedded: str, wrong: dict[str, str], says: str):
    with pytest.raises(AccountRefused) as caught:
        life.apply(embedded, STRANGER, form(0, **{"role": "department", **wrong}), NOW)

    assert len(caught.value.problems) == 1 and says in caught.value.problems[0]


def test_all_problems_of_a_form_come_together(embedded: str):
    with pytest.raises(AccountRefused) as caught:
        life.apply(embedded, STRANGER, forms.ApplicationForm("", "", "", "", "", "", ""), NOW)

    assert len(caught.value.problems) == 7


def test_what_the_input_method_adds_is_tidied(database: str):
    number = life.apply(database, STRANGER, form(0, person=" 买买提·艾力 ", phone="１３８-1234 5678"), NOW)
    with reading(engine(database)) as connection:
        found = queries.applications(OFFICE, connection)[0]

    assert (found.number, found.person, found.phone) == (number, "买买提·艾力", "13812345678")


def test_a_clerk_applies_for_his_own_unit_only(database: str):
    clerk = Principal("district", "500103", "赵明", "zhaoming")

    life.apply(database, clerk, form(1, role="district", unit="500103"), NOW)
    with pytest.raises(Forbidden):
        life.apply(database, clerk, form(2, role="district", unit="500101"), NOW)
    with pytest.raises(Forbidden):
        life.apply(database, clerk, form(3, role="office"), NOW)


def test_the_open_form_cannot_flood_the_office(embedded: str):
    for n in range(20):
        life.apply(embedded, STRANGER, form(n), NOW)

    with pytest.raises(AccountRefused, match="24 小时"):
        life.apply(embedded, STRANGER, form(20), NOW)
    life.apply(embedded, STRANGER, form(20), NOW + DAY)


def test_a_stranger_does_not_learn_who_has_an_account(database: str):
    """The form before the login takes the application; the office sees what is wrong with it."""
    person(database, 0)
    number = life.apply(database, STRANGER, form(0), NOW)

    with pytest.raises(AccountRefused, match="已有账号"):
        life.approve(database, BOOTSTRAP, number, "second", NOW)


# ---------------------------------------------------------------- deciding


def test_nobody_but_the_office_decides(database: str):
    number = life.apply(database, STRANGER, form(0), NOW)
    for who in (
        OPERATOR,
        SYSTEM,
        Principal("leader", "leader", "局长"),
        Principal("department", "office", "甲"),
    ):
        for step in (
            lambda w: life.approve(database, w, number, "zhaoming", NOW),
            lambda w: life.refuse(database, w, number, "不符", NOW),
            lambda w: life.reset(database, w, "zhaoming", NOW),
            lambda w: life.disable(database, w, "zhaoming", "离岗", NOW),
            lambda w: life.close(database, w, "zhaoming", "离岗", NOW),
            lambda w: life.confirm(database, w, "zhaoming", NOW),
            lambda w: life.open_directly(database, w, form(5), "somebody", NOW),
        ):
            with pytest.raises(Forbidden):
                step(who)


def test_nobody_decides_on_himself(database: str):
    """Same telephone, or same name in the same unit: it is he, whatever else he wrote."""
    office = person(database, 0, role="office")
    for asked in (form(0, person="赵小明", role="leader"), form(1, person="赵明", role="office")):
        number = life.apply(database, STRANGER, asked, NOW)
        with pytest.raises(Forbidden, match="本人"):
            life.approve(database, office.principal, number, "again", NOW)
        with pytest.raises(Forbidden, match="本人"):
            life.refuse(database, office.principal, number, "不符", NOW)


def test_a_refusal_needs_a_reason_and_ends_the_application(database: str):
    number = life.apply(database, STRANGER, form(0), NOW)
    with pytest.raises(AccountRefused, match="写明原因"):
        life.refuse(database, OFFICE, number, "  ", NOW)
    life.refuse(database, OFFICE, number, "不在本单位工作", NOW)

    with pytest.raises(AccountRefused, match="不在待审核之列"):
        life.approve(database, OFFICE, number, "zhaoming", NOW)
    life.apply(database, STRANGER, form(0), NOW)


def test_one_person_has_one_account(database: str):
    person(database, 0)
    twice = [
        form(0, person="赵小明"),  # the same telephone
        form(1, person="赵明"),  # the same name in the same unit
        form(1, person="赵明", role="district", unit="500103"),  # the same name elsewhere: perhaps he
    ]
    for asked, says in zip(twice, ("一人一号", "同名", "是否同一人"), strict=True):
        number = life.apply(database, STRANGER, asked, NOW)
        with pytest.raises(AccountRefused, match=says):
            life.approve(database, OFFICE, number, "second", NOW)
        if asked is not twice[-1]:
            life.refuse(database, OFFICE, number, "已有账号", NOW)
    life.approve(database, OFFICE, number, "second", NOW, is_namesake=True)


def test_a_name_never_comes_to_stand_for_another_person(database: str):
    who = person(database, 0)
    life.close(database, OFFICE, who.name, "调离", NOW)
    number = life.apply(database, STRANGER, form(0), NOW)

    with pytest.raises(AccountRefused, match="已被使用"):
        life.approve(database, OFFICE, number, who.name, NOW)
    life.approve(database, OFFICE, number, "zhaoming", NOW)


@pytest.mark.parametrize(
    "name", ["", "ab", "Zhao", "1zhao", "zhao ming", "赵明", "admin", "office", "testuser", "a" * 33]
)
def test_a_name_that_is_no_persons_is_refused(embedded: str, name: str):
    number = life.apply(embedded, STRANGER, form(0), NOW)
    with pytest.raises(AccountRefused, match="账号名"):
        life.approve(embedded, OFFICE, number, name, NOW)


def test_names_are_proposed_in_pinyin_and_free(database: str):
    assert life.propose_name(database, OFFICE, "张伟") == "zhangwei"
    life.open_directly(database, OFFICE, form(0, person="张伟"), "zhangwei", NOW)
    assert life.propose_name(database, OFFICE, "张伟") == "zhangwei2"
    assert forms.account_name_problems(life.propose_name(database, OFFICE, "欧阳娜娜·古丽")) == []


# ---------------------------------------------------------------- ends


def test_the_last_account_of_the_office_stays(database: str):
    """Otherwise nobody could open another one."""
    first, second = person(database, 0, role="office"), person(database, 1, role="office")
    life.disable(database, second.principal, first.name, "离岗", NOW)
    for step in (
        lambda: life.disable(database, OFFICE, second.name, "离岗", NOW),
        lambda: life.close(database, OFFICE, second.name, "离岗", NOW),
        lambda: life.transfer(database, OFFICE, second.name, form(1, role="leader"), "调动", NOW),
    ):
        with pytest.raises(AccountRefused, match="最后一个"):
            step()
    assert life.suspend_unused(engine(database), NOW + 91 * DAY) == []
    assert account_of(database, second.name).state == "open"


def test_unused_for_90_days_is_suspended(database: str):
    idle, busy = person(database, 0), person(database, 1)
    person(database, 2, role="office")
    logged_in(database, busy, NOW + 10 * DAY)
    assert life.suspend_unused(engine(database), NOW + 90 * DAY) == []

    assert life.suspend_unused(engine(database), NOW + 91 * DAY) == [idle.name]
    refused = login.log_in(database, idle.name, idle.password, ADDRESS, NOW + 91 * DAY)
    assert isinstance(refused, Refused) and refused.code == "suspended"


def test_a_suspended_account_comes_back_by_the_office(database: str):
    who = person(database, 0)
    person(database, 2, role="office")
    life.suspend_unused(engine(database), NOW + 91 * DAY)
    later = NOW + 92 * DAY
    opened = life.resume(database, OFFICE, who.name, "产假结束", later)

    back = login.log_in(database, who.name, opened.password, ADDRESS, later)
    assert isinstance(back, LoggedIn) and back.must_change
    assert life.suspend_unused(engine(database), later) == []


def test_whether_a_disabled_account_exists_is_told_to_its_owner_only(database: str):
    """The sentence about the state comes after the right password."""
    who = person(database)
    life.disable(database, OFFICE, who.name, "离岗", NOW)

    stranger = login.log_in(database, who.name, "Wrong-2026-xyz", "10.9.9.9", NOW)
    owner = login.log_in(database, who.name, who.password, ADDRESS, NOW)
    assert isinstance(stranger, Refused) and stranger.code == "wrong"
    assert isinstance(owner, Refused) and owner.code == "disabled"


def test_a_transfer_is_close_and_apply_both_or_neither(database: str):
    who = person(database, 0)
    moved = form(0, role="district", unit="500103", person="", gender="", phone="")
    with pytest.raises(AccountRefused):
        life.transfer(database, OFFICE, who.name, replace(moved, unit="nowhere"), "调动", NOW)
    assert account_of(database, who.name).state == "open"

    number = life.transfer(database, OFFICE, who.name, moved, "调动", NOW)
    assert account_of(database, who.name).state == "closed"
    life.approve(database, OFFICE, number, "zhaoming2", NOW)
    new = account_of(database, "zhaoming2")
    assert (new.person, new.phone, new.role, new.unit) == ("赵明", form(0).phone, "district", "500103")


def test_the_yearly_list_is_worked_off(database: str):
    old, new = person(database, 0), person(database, 1, now=NOW + 60 * DAY)
    january = dt.date(2027, 1, 5)

    assert [a.name for a in life.confirmation_list(database, OFFICE, january)] == [old.name]
    life.confirm(database, OFFICE, old.name, NOW + 50 * DAY)
    assert life.confirmation_list(database, OFFICE, january) == []
    assert {a.name for a in life.confirmation_list(database, OFFICE, dt.date(2028, 1, 1))} == {
        old.name,
        new.name,
    }


# ---------------------------------------------------------------- seeing


def test_the_telephone_is_whole_for_the_office_only(database: str):
    person(database, 0, role="district", unit="500103")
    person(database, 1, role="district", unit="500101")
    life.apply(database, STRANGER, form(2, role="district", unit="500103"), NOW)
    clerk = Principal("district", "500103", "甲", "somebody")
    with reading(engine(database)) as connection:
        assert [a.phone for a in queries.accounts(OFFICE, connection)] == ["13800000001", "13800000000"]
        assert [a.phone for a in queries.accounts(clerk, connection)] == ["138****0000"]
        assert [a.phone for a in queries.applications(clerk, connection, state="submitted")] == [
            "138****0002"
        ]
        assert queries.one_account(clerk, connection, "district1") is None
        for who in (OPERATOR, Principal("leader", "leader", "局长"), Principal("guide", "guide", "甲")):
            for query in (queries.accounts, queries.applications, queries.waiting_applications):
                with pytest.raises(Forbidden):
                    query(who, connection)


def test_hashes_are_for_the_product_and_their_owner_only(database: str):
    who = person(database, 0)
    with reading(engine(database)) as connection:
        assert queries.credentials(who.principal, connection, who.name) is not None
        for other in (OFFICE, OPERATOR, replace(who.principal, account="other")):
            with pytest.raises(Forbidden):
                queries.credentials(other, connection, who.name)


# ---------------------------------------------------------------- any order of steps


class Life(RuleBasedStateMachine):
    """Five persons, two of them of the office; the invariants hold after any order of steps."""

    url = ""
    names = st.sampled_from([f"district{n}" for n in range(3)] + ["office3", "office4"])

    @initialize()
    def begin(self) -> None:
        made = engine(self.url)
        with writing(made) as connection:
            connection.execute(login_session.delete())
            connection.execute(application.delete())
            connection.execute(account.delete())
        self.now = NOW
        self.people = {
            who.name: who
            for who in (
                *(person(self.url, n, role="district") for n in range(3)),
                *(person(self.url, n, role="office") for n in (3, 4)),
            )
        }
        self.states = dict.fromkeys(self.people, "open")
        self.sids: dict[str, str] = {}

    def _try(self, name: str, states: set[str], after: str, step) -> None:  # type: ignore[no-untyped-def]
        open_offices = [n for n, s in self.states.items() if s == "open" and n.startswith("office")]
        is_last = after != "open" and open_offices == [name]
        if self.states[name] in states and not is_last:
            step()
            self.states[name] = after
            self.sids.pop(name, None)
        else:
            with pytest.raises(AccountRefused):
                step()

    @rule(name=names)
    def logs_in(self, name: str) -> None:
        who = self.people[name]
        result = login.log_in(self.url, name, who.password, ADDRESS, self.now)
        assert isinstance(result, LoggedIn) == (self.states[name] == "open")
        if isinstance(result, LoggedIn):
            self.sids[name] = result.sid

    @rule(name=names)
    def disabled(self, name: str) -> None:
        self._try(
            name,
            {"open", "suspended"},
            "disabled",
            lambda: life.disable(self.url, OFFICE, name, "x", self.now),
        )

    @rule(name=names)
    def closed(self, name: str) -> None:
        everything = {"open", "suspended", "disabled"}
        self._try(name, everything, "closed", lambda: life.close(self.url, OFFICE, name, "x", self.now))

    @rule(name=names)
    def resumed(self, name: str) -> None:
        def step() -> None:
            opened = life.resume(self.url, OFFICE, name, "x", self.now)
            self.people[name] = replace(self.people[name], password=opened.password)

        self._try(name, {"suspended", "disabled"}, "open", step)

    @rule()
    def three_months_pass(self) -> None:
        self.now += 91 * DAY
        suspended = life.suspend_unused(engine(self.url), self.now)
        self.sids.clear()
        for name in suspended:
            assert self.states[name] == "open"
            self.states[name] = "suspended"
        for name, who in self.people.items():  # a one-time password has run out meanwhile
            if self.states[name] == "open":
                opened = life.reset(self.url, OFFICE, name, self.now)
                self.people[name] = replace(who, password=opened.password)

    @invariant()
    def sessions_are_those_of_open_accounts(self) -> None:
        if not hasattr(self, "states"):
            return
        with reading(engine(self.url)) as connection:
            states = dict(tuple(r) for r in connection.execute(select(account.c.name, account.c.state)))
            running = connection.scalar(select(func.count()).where(login_session.c.ended_at.is_(None)))
            assert verify(OFFICE, connection).broken is None
        assert states == self.states
        assert running == len(self.sids)
        assert any(s == "open" for n, s in states.items() if n.startswith("office"))
        for sid in self.sids.values():
            assert sessions.current(self.url, sid, self.now) is not None


def test_any_order_of_steps_keeps_the_rules(sqlite_databases: Databases):
    """The office is never locked out, sessions are those of open accounts, the audit holds."""
    Life.url = sqlite_databases()
    run_state_machine_as_test(
        Life,
        settings=examples(
            max_examples=10, stateful_step_count=15, suppress_health_check=list(HealthCheck), deadline=None
        ),
    )
