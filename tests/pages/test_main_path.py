"""The main job in a real browser: a faulty file, its problems, the marked workbook, the mended file, the progress."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from accounts import tokens
from data_access.calendar import today
from data_access.commands import plans
from data_access.engine import engine
from data_access.principal import OFFICE
from tests.delivery.histories import send as send_rows
from tests.helpers.files import make_xlsx
from tests.helpers.rows import changed, valid_rows
from tests.helpers.signed_in import server_environment, signed_in
from tests.web.conftest import ROOT, Server, _wait, command, free_port

pytestmark = pytest.mark.browser
EVENT = "mass_sport_event"
PATIENCE = 60_000


@pytest.fixture
def product(embedded: str, tmp_path: Path) -> Iterator[Server]:
    """The product on a base with a plan of 10 events and no record."""
    year = today().year
    plans.set_plan(engine(embedded), OFFICE, EVENT, year, 10, approved_on=today().replace(month=1, day=10))
    running = Server(f"http://127.0.0.1:{free_port()}", tmp_path / "log")
    port = int(running.url.rsplit(":", 1)[1])
    environment = {**os.environ, **server_environment(), "SPORTS_DATABASE_URL": embedded}
    with running.log_file.open("w") as log:
        process = subprocess.Popen(command(ROOT, port), env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(running, process)
        yield running
    finally:
        process.terminate()
        process.wait(timeout=20)


def send(page: Any, path: Path) -> None:
    page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files(str(path))
    page.get_by_role("button", name="正式报送").click(timeout=PATIENCE)


def delivered(page: Any, product: Server) -> str:
    """What the tile of the category says to whoever points at it."""
    page.goto(f"{product.url}/progress")
    tile = page.locator("a.tile", has_text="群众体育赛事").first
    tile.wait_for(timeout=PATIENCE)
    return tile.inner_text()


def test_a_clerk_mends_a_faulty_file_and_the_matrix_moves(
    browser: Any, product: Server, embedded: str, tmp_path: Path
) -> None:
    rows = valid_rows(EVENT, 4, received_on=today())
    spoiled = [*rows[:3], changed(rows[3], participant_count="约三百")]
    faulty = make_xlsx(tmp_path / "六月赛事.xlsx", EVENT, spoiled)
    page = browser.new_page(viewport={"width": 1600, "height": 1000}, locale="zh-CN")
    clerk = signed_in(embedded, "department", "mass_sport")
    page.context.add_cookies([{"name": tokens.COOKIE, "value": clerk.cookie, "url": product.url}])
    try:
        before = delivered(page, product)
        page.goto(f"{product.url}/deliveries")
        page.get_by_text("这里显示检查和报送的结果").wait_for(timeout=PATIENCE)
        send(page, faulty)
        page.get_by_text("部分入库").first.wait_for(timeout=PATIENCE)
        page.get_by_text("“约三百”不是可以识别的数字。请改为整数").wait_for(
            timeout=PATIENCE
        )  # to be read, not cut off
        with page.expect_download(timeout=PATIENCE) as download:
            page.get_by_role("button", name="下载标注好的原文件").first.click()
        marked = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
        sheet = marked.worksheets[0]
        column = next(c.column for c in sheet[1] if str(c.value).startswith("参与人数"))
        cell = sheet.cell(5, column)
        assert cell.comment is not None and "约三百" in cell.comment.text
        cell.value = 300
        mended = tmp_path / "六月赛事（改）.xlsx"
        marked.save(mended)
        page.reload()
        page.get_by_text("报送记录").wait_for(timeout=PATIENCE)
        send(page, mended)
        page.get_by_text("3 行与已有记录完全相同").first.wait_for(timeout=PATIENCE)
        after = delivered(page, product)
    finally:
        page.close()

    assert "0 / 10" in before
    assert "4 / 10" in after


def test_links_and_the_day_are_followed_in_the_open_session(
    browser: Any, product: Server, embedded: str
) -> None:
    """A tile opens its category without another page being loaded; the browser's way back goes one step back."""
    page = browser.new_page(viewport={"width": 1600, "height": 1000}, locale="zh-CN")
    clerk = signed_in(embedded, "department", "mass_sport")
    page.context.add_cookies([{"name": tokens.COOKIE, "value": clerk.cookie, "url": product.url}])
    opened: list[str] = []
    page.on("websocket", lambda line: opened.append(line.url))
    heading = page.locator('[data-opened="群体处 · 群众体育赛事"]')
    try:
        delivered(page, product)
        page.locator("a.tile", has_text="群众体育赛事").first.click()
        heading.wait_for(timeout=PATIENCE)
        page.locator(".asked-day input").fill("2026-03-05")
        page.get_by_text("数据截至 2026-03-05").wait_for(timeout=PATIENCE)
        kept, address = heading.count(), page.url
        page.go_back()
        page.get_by_text("数据截至 2026-03-05").wait_for(state="detached", timeout=PATIENCE)
        page.get_by_role("link", name="收起").click()
        heading.wait_for(state="detached", timeout=PATIENCE)
    finally:
        page.close()

    assert kept == 1 and "as_of=2026-03-05" in address and "opened=" in address
    assert len(opened) == 1


def test_the_way_back_from_the_rows_finds_the_category_still_open(
    browser: Any, product: Server, embedded: str
) -> None:
    """基础数据 has a filter in the address too; leaving it took the category out of the address of 汇聚进度."""
    rows = valid_rows(EVENT, 2, received_on=today())
    receipt = send_rows(engine(embedded), EVENT, rows, on=today()).receipt
    page = browser.new_page(viewport={"width": 1600, "height": 1000}, locale="zh-CN")
    leader = signed_in(embedded, "leader", "leader")
    page.context.add_cookies([{"name": tokens.COOKIE, "value": leader.cookie, "url": product.url}])
    heading = page.locator('[data-opened="群体处 · 群众体育赛事"]')
    try:
        delivered(page, product)
        page.locator("a.tile", has_text="群众体育赛事").first.click()
        heading.wait_for(timeout=PATIENCE)
        for table in (1, 2):  # the unit, then its batch
            choose_first_row(page, table)
        page.get_by_role("link", name="查看这一批的记录").click()
        page.get_by_text("符合条件的记录 2 条").wait_for(timeout=PATIENCE)
        shown = page.get_by_role("radio", name="记录").get_attribute("aria-checked"), page.url
        page.go_back()
        heading.wait_for(timeout=PATIENCE)
        page.wait_for_timeout(1000)  # until the page is whole: then the address was changed
        address = page.url
    finally:
        page.close()

    assert shown[0] == "true" and f"receipt={receipt}" in shown[1]
    assert "opened=" in address


def choose_first_row(page: Any, number: int) -> None:
    """The box before the first row; a table is a drawing, so by its place."""
    table = page.locator("[data-testid=stDataFrame]").nth(number)
    table.scroll_into_view_if_needed(timeout=PATIENCE)
    box = table.bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + 52)
    page.locator("[data-testid=stDataFrame]").nth(number + 1).or_(
        page.get_by_role("link", name="查看这一批的记录")
    ).first.wait_for(timeout=PATIENCE)
