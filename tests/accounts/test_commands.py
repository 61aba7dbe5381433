"""`manage.py account`, `manage.py audit` and `init --office-account`, as an operator types them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import manage
from accounts import login
from accounts.login import LoggedIn, Refused
from data_access.account_tables import audit_entry
from data_access.clock import now
from data_access.engine import engine, writing
from data_access.settings import settings
from tests.accounts.people import ADDRESS

WANG = [
    "--person",
    "王芳",
    "--gender",
    "女",
    "--position",
    "主任",
    "--duty",
    "账号管理",
    "--phone",
    "13812345678",
]
ZHANG = [
    "--person",
    "张伟",
    "--gender",
    "男",
    "--position",
    "科员",
    "--duty",
    "报送",
    "--phone",
    "13912345678",
]


@pytest.fixture
def run(embedded: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Type a command; exit code, and what it printed as JSON (or the refusal's sentence)."""
    monkeypatch.setenv("SPORTS_STORAGE_FOLDER", str(tmp_path))
    settings.cache_clear()

    def typed(*arguments: str) -> tuple[int, Any]:
        code = manage.main(["--database", embedded, "--json", *arguments])
        return code, json.loads(capsys.readouterr().out)

    yield typed
    settings.cache_clear()


def test_an_installation_begins_with_one_account_of_the_office(run, embedded: str):
    code, said = run("init", "--office-account", "wangfang", *WANG)

    assert code == 0 and said["password"] in said["message"] and "只显示这一次" in said["message"]
    first = login.log_in(embedded, "wangfang", said["password"], ADDRESS, now())
    assert isinstance(first, LoggedIn) and first.must_change
    code, said = run("init", "--office-account", "another", *ZHANG)
    assert code == 1 and "已有账号：wangfang" in said["error"]


def test_init_without_an_account_stays_as_it_was(run):
    assert run("init") == (0, {"changes": [], "message": "数据库已就绪，变更 0 处。"})


def test_an_account_is_opened_disabled_brought_back_and_closed(run, embedded: str):
    run("init", "--office-account", "wangfang", *WANG)
    code, said = run("account", "open", "zhangwei", "--role", "district", "--unit", "渝中区", *ZHANG)
    assert code == 0

    def state() -> str:
        return next(a["state"] for a in run("account", "list")[1] if a["name"] == "zhangwei")

    for action, after in (("disable", "disabled"), ("resume", "open"), ("close", "closed")):
        assert run("account", action, "zhangwei", "--reason", "岗位变动")[0] == 0
        assert state() == after
    refused = login.log_in(embedded, "zhangwei", said["password"], ADDRESS, now())
    assert isinstance(refused, Refused)
    assert "phone" not in run("account", "list")[1][0]


def test_a_reset_gives_a_new_password(run, embedded: str):
    run("init", "--office-account", "wangfang", *WANG)
    _, said = run("account", "reset", "wangfang")

    assert isinstance(login.log_in(embedded, "wangfang", said["password"], ADDRESS, now()), LoggedIn)


def test_refusals_return_1_and_wrong_usage_2(run, embedded: str):
    run("init", "--office-account", "wangfang", *WANG)
    for arguments, says in (
        (["account", "disable", "nobody", "--reason", "x"], "没有账号 nobody"),
        (["account", "disable", "wangfang", "--reason", "x"], "最后一个"),
        (["account", "open", "x", "--role", "district", "--unit", "渝中区", *ZHANG], "账号名"),
        (["account", "open", "zhangwei", "--role", "district", "--unit", "火星", *ZHANG], "不符"),
        (["audit", "export", "x.csv", "--since", "2026-13-01"], "YYYY-MM-DD"),
        (["audit", "export", "/nowhere/x.csv"], "写不了文件"),
    ):
        code, said = run(*arguments)
        assert code == 1 and says in said["error"], arguments
    with pytest.raises(SystemExit) as wrong:
        manage.main(["--database", embedded, "account", "disable", "wangfang"])
    assert wrong.value.code == 2


def test_the_audit_names_the_user_of_the_shell(run, embedded: str):
    run("init", "--office-account", "wangfang", *WANG)
    with engine(embedded).connect() as connection:
        row = connection.execute(audit_entry.select()).first()

    assert row.person.startswith("命令行（") and row.address == "本机"


def test_the_audit_is_verified_kept_and_exported(run, embedded: str, tmp_path: Path):
    run("init", "--office-account", "wangfang", *WANG)
    assert run("audit", "head")[1]["number"] == 2
    code, said = run("audit", "verify")
    assert (code, said["whole"], said["entries"], said["heads"]) == (0, True, 2, 1)
    assert run("audit", "export", str(tmp_path / "audit.csv"))[0] == 0
    with (tmp_path / "audit.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["动作代码"] for r in rows] == ["audit.verify", "account.approve", "account.apply"]

    with writing(engine(embedded)) as connection:
        connection.execute(text("DROP TRIGGER admin_audit_no_update"))
        connection.execute(text("UPDATE admin_audit SET account = 'x' WHERE number = 2"))
    code, said = run("audit", "verify")
    assert (code, said["whole"], said["broken"]["number"]) == (1, False, 2)


def test_a_formula_in_the_audit_stays_text(run, embedded: str, tmp_path: Path):
    """Reasons are typed by people; a spreadsheet must not carry them out."""
    run("init", "--office-account", "wangfang", *WANG)
    run("account", "open", "zhangwei", "--role", "leader", *ZHANG)
    run("account", "disable", "zhangwei", "--reason", "=HYPERLINK(1)")
    run("audit", "export", str(tmp_path / "audit.csv"))
    with (tmp_path / "audit.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]

    assert cells and not [c for c in cells if c.startswith(("=", "+", "-", "@"))]
