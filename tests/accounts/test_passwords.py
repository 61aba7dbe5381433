"""Passwords: the rule, the hash, the one that is shown once, and the key that signs cookies."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import jwt
import pytest

from accounts import hashing, life, login, policy, start, tokens
from accounts.login import LoggedIn, Refused
from data_access.engine import engine, writing
from data_access.schema import setting
from data_access.settings import Settings
from tests.accounts.people import ADDRESS, NOW, PASSWORD, fresh, person

HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("Ab1-xyz89", "9 个字符"),
        ("chongqing2026", "只有 2 类"),
        ("体育" * 5, "只有 1 类"),
        ("Zhangwei-2026", "账号、姓名或电话"),
        ("密码Aa1-13812345678", "账号、姓名或电话"),
        ("我是张伟Aa1-2026", "账号、姓名或电话"),
        ("Abcdef-2026\n", "看不见的字符"),
        ("Abcdef-2026\ud800", "无法识别"),
        ("Aa1" + "体" * 24, "24 个汉字"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(password: str, says: str):
    found = policy.problems(password, ("zhangwei", "张伟", "13812345678"))

    assert len(found) == 1 and says in found[0] and found[0].endswith("。")


@pytest.mark.parametrize(
    "password",
    ["Shan-Cheng-2026", "体育大数据Center-1", "Ａｂｃｄｅｆ－２０２６", "aB3 dE6 gH9 j", "Aa1" + "体" * 23],
)
def test_a_good_password_is_taken(password: str):
    assert policy.problems(password, ("zhangwei", "张伟", "13812345678")) == []
    assert hashing.matches(password, hashing.hash_password(password))


def test_all_problems_come_together():
    assert len(policy.problems("zhang", ("zhang",))) == 3


def test_full_width_letters_are_the_same_password():
    """The input method decides the width; nobody sees it behind dots."""
    assert hashing.matches("Ａｂｃ－2026-xyz", hashing.hash_password("Abc-2026-xyz"))


@pytest.mark.parametrize("typed", ["", "x" * 73, "体" * 25, "\x00", "\ud800", "x" * 100_000])
def test_what_bcrypt_cannot_take_in_is_no_password(typed: str):
    """bcrypt raises over 72 bytes; a login form must not fail on it, and must not cut it either."""
    assert not hashing.matches(typed, hashing.hash_password("x" * 72))
    assert not hashing.matches(typed, hashing.hash_password(""))
    assert not hashing.matches(typed, None)


def test_nobodys_password_takes_as_long_as_anybodys():
    """Measured at twelve rounds by bcrypt itself: the work is in the hash's own prefix."""
    hashed = hashing.hash_password("Abc-2026-xyz")

    assert hashing.dummy()[:7] == hashed[:7] and len(hashing.dummy()) == len(hashed)
    durations = []
    for candidate in (hashed, None):
        started = time.perf_counter()
        for _ in range(50):
            hashing.matches("Wrong-2026-xyz", candidate)
        durations.append(time.perf_counter() - started)
    assert max(durations) < 3 * min(durations)


def test_the_last_five_passwords_may_not_come_back(database: str):
    who = person(database)
    used = [PASSWORD]
    for n in range(5):
        life.change_password(database, who.principal, used[-1], f"Shan-Cheng-{n}", NOW)
        used.append(f"Shan-Cheng-{n}")

    for old in used[-5:]:
        with pytest.raises(life.AccountRefused, match="最近 5 次"):
            life.change_password(database, who.principal, used[-1], old, NOW)
    life.change_password(database, who.principal, used[-1], PASSWORD, NOW)


def test_a_one_time_password_opens_nothing_but_its_own_change(database: str):
    opened = fresh(database)
    result = login.log_in(database, opened.account, opened.password, ADDRESS, NOW)

    assert isinstance(result, LoggedIn) and result.must_change
    assert policy.problems(opened.password, ()) == []


def test_a_one_time_password_lasts_72_hours(database: str):
    opened = fresh(database)

    late = login.log_in(database, opened.account, opened.password, ADDRESS, NOW + 72 * HOUR)
    in_time = login.log_in(database, opened.account, opened.password, ADDRESS, NOW + 71.9 * HOUR)

    assert isinstance(late, Refused) and late.code == "one_time_expired"
    assert isinstance(in_time, LoggedIn)


def test_a_one_time_password_may_not_be_kept(database: str):
    from data_access.principal import Principal

    opened = fresh(database)
    who = Principal("department", "office", "赵明", opened.account)
    with pytest.raises(life.AccountRefused, match="最近 5 次"):
        life.change_password(database, who, opened.password, opened.password, NOW)


def test_a_wrong_present_password_counts_like_a_failed_login(database: str):
    """Whoever finds an open screen must not be able to try passwords in the form that changes it."""
    who = person(database)
    for _ in range(5):
        with pytest.raises(life.AccountRefused, match="原密码不正确"):
            life.change_password(database, who.principal, "Wrong-2026-xyz", "New-2026-xyz", NOW)

    with pytest.raises(life.AccountRefused, match="15 分钟后再试"):
        life.change_password(database, who.principal, PASSWORD, "New-2026-xyz", NOW)


# ---------------------------------------------------------------- the key and the cookie


def settings_in(folder: Path) -> Settings:
    return Settings.model_validate({"storage": {"folder": str(folder)}})


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path):
    first = tokens.load_key(settings_in(tmp_path), {})

    assert tokens.load_key(settings_in(tmp_path), {}) == first and len(first) >= 32
    assert (tmp_path / tokens.FILE).stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == [tokens.FILE]


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "是空的"),
        ("short", "只有 5 个字节"),
        ("a" * 64, "容易猜到"),
        ("some_signature_key_0123456789abcdef", "容易猜到"),
    ],
)
def test_a_weak_key_is_refused_wherever_it_comes_from(tmp_path: Path, key: str, says: str):
    with pytest.raises(tokens.KeyRefused, match=says):
        tokens.load_key(settings_in(tmp_path), {tokens.VARIABLE: key})
    (tmp_path / tokens.FILE).write_text(key)
    (tmp_path / tokens.FILE).chmod(0o600)
    with pytest.raises(tokens.KeyRefused, match=says):
        tokens.load_key(settings_in(tmp_path), {})


def test_a_key_file_others_can_read_is_refused(tmp_path: Path):
    tokens.load_key(settings_in(tmp_path), {})
    (tmp_path / tokens.FILE).chmod(0o640)

    with pytest.raises(tokens.KeyRefused, match="chmod 600"):
        tokens.load_key(settings_in(tmp_path), {})


def test_only_our_own_cookie_is_read():
    """Algorithm none, another algorithm, another key, no session id, over: each is nobody."""
    key = os.environ[tokens.VARIABLE].encode()
    end = int(NOW.timestamp()) + 60
    good = {"username": "a", "exp_date": float(end), "sid": "s", "exp": end}

    assert tokens.read(tokens.write("a", "s", NOW + HOUR), NOW) == ("a", "s")
    assert tokens.read(jwt.encode(good, key, "HS256"), NOW) == ("a", "s")
    forged = [
        jwt.encode(good, "", "none"),
        jwt.encode(good, key, "HS512"),
        jwt.encode(good, key[::-1], "HS256"),
        *(jwt.encode({k: v for k, v in good.items() if k != gone}, key, "HS256") for gone in good),
        jwt.encode({**good, "sid": ""}, key, "HS256"),
        jwt.encode({**good, "sid": 7}, key, "HS256"),
        jwt.encode({**good, "exp": "x"}, key, "HS256"),
        jwt.encode({**good, "exp": end - 60}, key, "HS256"),
        "", "a.b.c", "\ud800", "é" * 10,
    ]  # fmt: skip
    assert [tokens.read(t, NOW) for t in forged] == [None] * len(forged)


def test_a_real_base_refuses_the_tests_few_rounds(embedded: str):
    """What makes tests fast would make a stolen table of hashes readable."""
    assert start.problems(embedded) == []
    with writing(engine(embedded)) as connection:
        connection.execute(setting.insert().values(key="kind", value="real"))

    assert "bcrypt_rounds" in start.problems(embedded)[0]
