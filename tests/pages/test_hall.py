"""展厅: the guide's console, the preview and the proof of play, with and without a wall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bench.wall.served import Served
from bench.wall.stage import accelerated
from data_access.clock import now
from data_access.engine import engine, reading
from data_access.principal import OFFICE as OFFICE_PRINCIPAL
from data_access.queries.audit_entries import AuditFilter, entries
from data_access.settings import settings
from kiosk.proof import Beat, append
from tests.kiosk.published import publish
from tests.pages.opening import GUIDE, OFFICE, on_base, open_page, words

__all__ = ["on_base"]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def storage(on_base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A storage folder of the test's own, a wall's address at which nobody listens, a hall that never closes."""
    monkeypatch.setenv("SPORTS_STORAGE_FOLDER", str(tmp_path))
    monkeypatch.setenv("SPORTS_WALL_GUIDE_ADDRESS", "http://127.0.0.1:9")
    monkeypatch.setenv("SPORTS_WALL_OPENING", "周一-周日 00:00-24:00,节假日 00:00-24:00")
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def beats(folder: Path, first: dt.datetime, count: int) -> None:
    for minute in range(count):
        append(
            folder / "wall" / "proof",
            Beat("west", first + minute * MINUTE, "overview", ("overview", "live"), minute, "lit", False),
        )


def test_without_a_wall_the_guide_is_told_what_to_look_at(storage: Path):
    """Four pictures: nothing answered is not an error page."""
    for module in ("hall.guide", "hall.preview"):
        page = open_page(module, GUIDE)
        assert not page.exception
        assert "大屏没有应答" in words(page) and "请联系运维团队" in words(page)


def test_without_a_beat_the_office_is_told_when_there_will_be_one(storage: Path):
    page = open_page("hall.proof", OFFICE)

    assert not page.exception and "还没有播出记录" in words(page)


def test_the_month_is_told_in_one_sentence_with_its_days_alarms_and_scenes(storage: Path):
    """Ten minutes lit, then silence until now."""
    begin = now() - dt.timedelta(minutes=30)
    beats(storage, begin, 10)

    page = open_page("hall.proof", OFFICE)

    assert not page.exception
    assert "1 块屏幕应开放" in words(page) and "告警 1 次" in words(page)
    assert "开放时间内没有心跳" in words(page) and "尚未恢复" in words(page)
    day = page.dataframe[0].value
    assert day["屏幕"].tolist()[0] == "west" and int(day["点亮（分钟）"].sum()) == 10
    assert int(day["播出场景（次）"].sum()) == 20
    assert page.dataframe[1].value["告警"].tolist() == ["开放时间内没有心跳"]
    assert "全市体育数据总览" in words(page)


def test_the_guide_does_not_see_the_offices_record(storage: Path):
    """Called past the navigation: the reading itself refuses."""
    beats(storage, now() - dt.timedelta(minutes=5), 3)

    page = open_page("hall.proof", GUIDE)

    assert not page.dataframe and "west" not in words(page)


# ---------------------------------------------------------------- with a wall


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A wall with three scenes, a minute each, that shares the pages' storage and key."""
    folder = tmp_path_factory.mktemp("hall")
    target = folder / "wall" / "snapshot.json"
    publish(target, now(), entries=4321)
    with Served(folder, target, accelerated(60, ("overview", "live", "flow"))) as wall:
        yield wall


@pytest.fixture
def hall(on_base: str, served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("SPORTS_STORAGE_FOLDER", str(served.folder))
    monkeypatch.setenv("SPORTS_WALL_GUIDE_ADDRESS", served.url)
    settings.cache_clear()
    yield served
    settings.cache_clear()


def button(page: AppTest, label: str):
    return next(b for b in page.button if b.label == label)


def told(wall: Served) -> dict:
    """The body of healthz."""
    found = wall.health()
    assert found is not None
    return found


def audit(base: str) -> list[tuple[str, str, str]]:
    with reading(engine(base)) as connection:
        found = entries(OFFICE_PRINCIPAL, connection, AuditFilter(), limit=None)
    return [(e.action, e.object, e.result) for e in found if e.action.startswith("wall.")]


def test_the_guide_sees_what_is_on_and_says_it_with_the_walls_own_figures(hall: Served):
    page = open_page("hall.guide", GUIDE)
    page = button(page, "全市体育数据总览").click().run()

    assert not page.exception
    assert "大屏正在播出“全市体育数据总览”" in words(page) and "讲解词：全市体育数据总览" in words(page)
    assert {"上一屏", "暂停", "下一屏", "此刻在运动"} <= {b.label for b in page.button}


def test_each_command_reaches_the_wall_and_the_audit(on_base: str, hall: Served):
    page = open_page("hall.guide", GUIDE)
    button(page, "此刻在运动").click().run()
    assert told(hall)["scene"] == "live"
    page = button(page, "暂停").click().run()
    assert told(hall)["paused"] and "已暂停" in words(page)
    page = button(page, "继续").click().run()
    page.text_input[0].set_value("10:30 在一楼大厅集合")
    button(page, "显示").click().run()
    assert told(hall)["message"] == "10:30 在一楼大厅集合"
    button(page, "清除大屏上的文字").click().run()
    assert told(hall)["message"] is None

    assert audit(on_base)[::-1] == [
        ("wall.command", "跳到：此刻在运动", "done"), ("wall.command", "暂停", "done"),
        ("wall.command", "继续", "done"), ("wall.command", "文字消息：10:30 在一楼大厅集合", "done"),
        ("wall.command", "清除文字", "done"),
    ]  # fmt: skip


def test_an_emergency_takes_a_second_press_and_says_when_it_ends(on_base: str, hall: Served):
    page = open_page("hall.guide", GUIDE)
    page = button(page, "在全部屏幕显示").click().run()
    assert told(hall)["emergency"] is None, "one press is none"

    page = button(page, "确认显示").click().run()

    assert not page.exception and "请听从现场工作人员指引" in told(hall)["emergency"]
    assert audit(on_base)[0][0] == "wall.emergency"
    button(open_page("hall.guide", GUIDE), "清除大屏上的文字").click().run()
    assert told(hall)["emergency"] is None


def test_what_the_wall_does_not_take_is_told_and_written_down(on_base: str, hall: Served):
    """A telephone number has no place on the wall."""
    page = open_page("hall.guide", GUIDE)
    page.text_input[0].set_value("联系 13800001234")
    page = button(page, "显示").click().run()

    assert "没有执行" in words(page) and "不显示电话号码" in words(page)
    assert audit(on_base) == [("wall.command", "文字消息：联系 13800001234", "failed")]


def test_the_preview_tells_each_figure_as_the_wall_writes_it(hall: Served):
    page = open_page("hall.preview", OFFICE)

    assert not page.exception
    assert "今日公共场馆到馆" in words(page) and "4,321 人次" in words(page)
    assert "演示数据" in words(page) and "没有数据，场景略过" in words(page)
