"""审计: readable, filtered by its address, verified at a button, exported whole."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from sqlalchemy import text

from data_access.audit import append
from data_access.clock import now
from data_access.engine import engine, reading, writing
from data_access.principal import OFFICE as OFFICE_PRINCIPAL, Principal
from data_access.queries.audit_entries import AuditFilter, entries
from data_access.settings import settings
from reports import audit_words
from tests.helpers.signed_in import SignedIn
from tests.pages.opening import OFFICE, on_base, open_page, words

__all__ = ["on_base"]
WANG = Principal("office", "office", "王芳", "wangfang", "10.0.0.7")
LI = Principal("district", "500101", "李敏", "limin", "10.0.0.8")


@pytest.fixture
def clerk(on_base: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> SignedIn:
    """Four entries of two persons and two days; heads in a folder of the test's own."""
    monkeypatch.setenv("SPORTS_STORAGE_FOLDER", str(tmp_path))
    settings.cache_clear()
    clerk = OFFICE.log_in()
    with writing(engine(on_base)) as connection:
        append(connection, LI, "session.login", "limin", "done", at=now() - dt.timedelta(days=30))
        append(connection, LI, "session.login", "limin", "failed", at=now(), detail={"reason": "wrong"})
        append(
            connection, LI, "data.export", "=cmd|进度.csv", "done", at=now(), detail={"category": "referee"}
        )
        append(
            connection, WANG, "data.unmask", "referee R1 2", "done", at=now(), detail={"reason": "核对证书编号"}
        )  # fmt: skip
    return clerk


def test_the_last_week_is_told_in_sentences(clerk: SignedIn) -> None:
    page = open_page("operations.audit", clerk)
    table = page.dataframe[0].value

    assert "有 3 条审计记录，其中 1 条被拒绝或失败" in words(page)
    assert table["做了什么"].tolist() == [
        "查看未遮盖的个人信息：《裁判员》R1 第 2 行（原因：核对证书编号）",
        "导出：=cmd|进度.csv（类别：裁判员）",
        "登录（原因：账号或密码不正确）",
    ]
    assert table["人员"].tolist() == ["王芳（局办公室）", "李敏（万州区）", "李敏（万州区）"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"person": "李"}, 2),
        ({"person": "wangfang"}, 1),
        ({"action": "登录：全部"}, 1),
        ({"action": "数据：导出"}, 1),
        ({"result": "失败"}, 1),
        ({"first": "2020-01-01"}, 4),
    ],
)
def test_the_address_holds_the_filters(clerk: SignedIn, query: dict[str, str], count: int) -> None:
    page = open_page("operations.audit", clerk, **query)

    assert not page.exception and len(page.dataframe[0].value) == count


def test_nothing_found_says_so(clerk: SignedIn) -> None:
    page = open_page("operations.audit", clerk, person="没有这个人")

    assert "没有符合条件的" in words(page) and not page.dataframe


def test_the_button_verifies_and_names_the_first_broken_entry(on_base: str, clerk: SignedIn) -> None:
    page = open_page("operations.audit", clerk)
    page = page.button[0].click().run()
    assert "核验通过" in words(page)

    with writing(engine(on_base)) as connection:
        for (trigger,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'admin_audit'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text("UPDATE admin_audit SET person = '别人' WHERE number = 2"))
    page = page.button[0].click().run()

    assert "核验不符" in words(page) and "第 2 条" in words(page)


def test_the_export_holds_every_field_and_no_formula(on_base: str, clerk: SignedIn) -> None:
    with reading(engine(on_base)) as connection:
        found = entries(OFFICE_PRINCIPAL, connection, AuditFilter(), limit=None)
    rows = list(csv.DictReader(io.StringIO(audit_words.as_csv(found).decode("utf-8-sig"))))

    assert [row["编号"] for row in rows] == ["4", "3", "2", "1"]
    assert rows[1]["对象"] == "'=cmd|进度.csv" and len(rows[0]["哈希"]) == 64
    assert [row["前一条哈希"] for row in rows[:-1]] == [row["哈希"] for row in rows[1:]]
