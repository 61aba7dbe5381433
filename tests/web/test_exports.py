"""A page's table as a file, behind a plain link: for whom, what is in it, and that it is written down."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import openpyxl
import pytest
from sqlalchemy import select

import catalog
from data_access.account_tables import audit_entry
from data_access.engine import engine, reading
from tests.helpers.signed_in import signed_in
from tests.web.conftest import ROOT, Server, serving


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Server]:
    """The product with its own pages, on a prepared base without deliveries."""
    folder = tmp_path_factory.mktemp("exports")
    shutil.copy(sqlite_template, folder / "center.db")
    with serving(ROOT, f"sqlite:///{folder / 'center.db'}", folder / "log") as running:
        yield running


def ask(server: Server, path: str, role: str = "office", unit: str = "office") -> httpx2.Response:
    headers = signed_in(server.base, role, unit).headers
    return httpx2.get(server.url + path, headers=headers, follow_redirects=False)


def written(value: object) -> str:
    """A cell as CSV has it."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def test_a_table_comes_as_csv_and_as_xlsx_with_the_same_rows(product: Server):
    text = ask(product, "/export/progress/matrix.csv")
    book = ask(product, "/export/progress/matrix.xlsx")
    rows = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    found = [[written(v) for v in row] for row in sheet.iter_rows(values_only=True)]
    assert found == rows
    assert len(rows) == 1 + len(catalog.default().categories)


def test_the_file_has_a_name_of_its_own_and_is_never_kept_by_a_cache(product: Server):
    first, second = (ask(product, "/export/progress/matrix.csv") for _ in range(2))
    names = {answer.headers["content-disposition"] for answer in (first, second)}
    assert len(names) == 2
    assert all(name.startswith("attachment; filename*=UTF-8''%E6%B1%87%E8%81%9A") for name in names)
    assert first.headers["cache-control"] == "no-store"


def test_the_export_is_written_down_with_its_filters(product: Server):
    ask(product, "/export/progress/matrix.csv?as_of=2026-03-01")
    with reading(engine(product.base)) as connection:
        entries = connection.execute(
            select(audit_entry.c.object, audit_entry.c.detail).where(audit_entry.c.action == "data.export")
        ).all()
    assert any(e.object == "汇聚进度.csv" and "2026-03-01" in str(e.detail) for e in entries)


def test_a_long_address_is_no_long_entry_of_the_audit(product: Server):
    ask(product, f"/export/progress/matrix.csv?as_of=2026-03-02&x={'y' * 3000}")
    with reading(engine(product.base)) as connection:
        details = connection.scalars(
            select(audit_entry.c.detail).where(audit_entry.c.action == "data.export")
        )
        (entry,) = [detail for detail in map(str, details) if "2026-03-02" in detail]
    assert len(entry) < 400


def test_a_role_that_may_not_open_the_page_gets_no_table_of_it(product: Server):
    answer = ask(product, "/export/leadership/departments.csv", "district", "500101")
    assert answer.status_code == 403
    assert "不能下载" in answer.text


def test_a_district_gets_no_table_of_another_and_is_told_so(product: Server):
    for table in ("hours", "venues", "feeds", "alerts", "differences"):
        answer = ask(product, f"/export/flow/{table}.csv?district=500103", "district", "500101")
        assert answer.status_code == 403
        assert "其他区县" in answer.text


def test_a_stranger_is_led_to_the_login_form(product: Server):
    answer = httpx2.get(product.url + "/export/progress/matrix.csv", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/export/progress/nothing.csv", 404),
        ("/export/nowhere/matrix.csv", 404),
        ("/export/progress/matrix.exe", 404),
        ("/export/progress/matrix.csv?as_of=yesterday", 400),
        ("/export/progress/matrix.csv?as_of=1999-01-01", 400),
    ],
)
def test_an_address_that_asks_for_what_there_is_not_is_told_so(product: Server, path: str, status: int):
    answer = ask(product, path)
    assert answer.status_code == status
    assert "请回到页面" in answer.text
