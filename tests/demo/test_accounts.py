"""Demonstration accounts: one a role, passwords nobody chose, in a demonstration base and nowhere else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from accounts import life, login
from data_access.account_tables import account
from data_access.clock import now
from data_access.engine import engine, reading, writing
from data_access.principal import OFFICE, ROLE_NAMES
from data_access.schema import setting
from data_access.settings import settings
from demo.accounts import ACCOUNTS, FILE, folder_of, main, open_accounts, passwords_ahead
from demo.build import DemoRefused, build


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("SPORTS_ACCOUNTS_BCRYPT_ROUNDS", "4")
    monkeypatch.setenv("SPORTS_STORAGE_FOLDER", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


def of_kind(url: str, kind: str) -> str:
    with writing(engine(url)) as connection:
        connection.execute(delete(setting).where(setting.c.key == "kind"))
        connection.execute(setting.insert().values(key="kind", value=kind))
    return url


def passwords(path: Path) -> dict[str, str]:
    lines = [line.split("\t") for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {name.strip(): password for name, password, _ in lines}


def accounts_in(url: str) -> int:
    with reading(engine(url)) as connection:
        return connection.scalar(select(func.count()).select_from(account)) or 0


def test_each_role_logs_in_with_what_the_file_says(database: str, tmp_path: Path) -> None:
    """The file is the only place that knows the passwords, and only its owner reads it."""
    path = open_accounts(of_kind(database, "demo"), tmp_path, now())

    assert path is not None and stat.S_IMODE(path.stat().st_mode) == 0o600
    known = passwords(path)
    assert {a.role for a in ACCOUNTS} == set(ROLE_NAMES) and set(known) == {a.name for a in ACCOUNTS}
    assert len(set(known.values())) == len(known)
    for name, password in known.items():
        entered = login.log_in(database, name, password, "127.0.0.1", now())
        assert isinstance(entered, login.LoggedIn) and not entered.must_change


def test_passwords_made_during_the_build_are_those_of_the_file(embedded: str, tmp_path: Path) -> None:
    """Their hashes take seconds; who is missing among them gets one all the same."""
    ahead = passwords_ahead(["office", "guide"])

    path = open_accounts(of_kind(embedded, "demo"), tmp_path, now(), ahead)

    assert path is not None
    known = passwords(path)
    assert set(known) == {a.name for a in ACCOUNTS}
    assert {name: known[name] for name in ahead} == {name: new.text for name, new in ahead.items()}
    for name in ("office", "leader"):
        assert isinstance(login.log_in(embedded, name, known[name], "::1", now()), login.LoggedIn)


def test_the_next_start_keeps_accounts_and_passwords(embedded: str, tmp_path: Path) -> None:
    path = open_accounts(of_kind(embedded, "demo"), tmp_path, now())
    assert path is not None
    first = path.read_text("utf-8")
    life.disable(embedded, OFFICE, "guide", "试停用", now())

    open_accounts(embedded, tmp_path, now())

    assert path.read_text("utf-8") == "".join(
        line for line in first.splitlines(keepends=True) if not line.startswith("guide")
    ), "who was disabled stays so"


def test_a_lost_file_or_one_of_another_base_means_new_passwords(embedded: str, tmp_path: Path) -> None:
    path = open_accounts(of_kind(embedded, "demo"), tmp_path, now())
    assert path is not None
    first = passwords(path)
    for lose in (path.unlink, lambda: path.write_text(f"# another base\n{path.read_text('utf-8')}", "utf-8")):
        lose()
        open_accounts(embedded, tmp_path, now())
        renewed = passwords(path)

        assert not set(first.values()) & set(renewed.values())
        assert isinstance(login.log_in(embedded, "office", renewed["office"], "::1", now()), login.LoggedIn)
        assert isinstance(login.log_in(embedded, "office", first["office"], "::1", now()), login.Refused)
        first = renewed


@pytest.mark.parametrize("kind", ["real", None])
def test_a_real_installation_has_none(embedded: str, kind: str | None, capsys) -> None:
    """Accounts everybody may read about are no accounts for real data."""
    if kind:
        of_kind(embedded, kind)

    assert main(["--database", embedded]) == 0

    assert capsys.readouterr().out == ""
    assert accounts_in(embedded) == 0 and not (folder_of(embedded) / FILE).exists()


def test_no_demonstration_is_built_beside_real_accounts(embedded: str) -> None:
    """`make run` on an installation that has its office account and no data yet must not fill it."""
    of_kind(embedded, "demo")
    open_accounts(embedded, folder_of(embedded), now())
    with writing(engine(embedded)) as connection:
        connection.execute(delete(setting))

    with pytest.raises(DemoRefused, match="已有正式账号"):
        build(embedded, today=now().date(), categories=["referee"])
