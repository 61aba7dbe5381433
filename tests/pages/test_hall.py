"""展厅: the guide's console, the preview and the proof of play, with and without a wall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_access.clock import now
from data_access.settings import settings
from kiosk.proof import Beat, append
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
    assert day["屏幕"].tolist()[0] == "west" and day["点亮（分钟）"].sum() == 10
    assert day["播出场景（次）"].sum() == 20
    assert page.dataframe[1].value["告警"].tolist() == ["开放时间内没有心跳"]
    assert "全市体育数据总览" in words(page)


def test_the_guide_does_not_see_the_offices_record(storage: Path):
    """Called past the navigation: the reading itself refuses."""
    beats(storage, now() - dt.timedelta(minutes=5), 3)

    page = open_page("hall.proof", GUIDE)

    assert not page.dataframe and "west" not in words(page)
