"""The last good picture stays: through files that are broken, newer, gone, and through a restart."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
from pathlib import Path

import pytest

from data_access.settings import Wall
from kiosk import snapshot_file
from kiosk.producer import Producer
from kiosk.scenes import LoadedScene, Scene, all_scenes
from kiosk.settings import wall_settings
from tests.kiosk.published import published

BEGIN = dt.datetime(2026, 11, 26, 6, 0, tzinfo=dt.UTC)


class Clock:
    """The time, as the test says it is."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> dt.datetime:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


class Hall:
    """A wall's folder with its file, written with the time of the test's clock."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.settings = wall_settings(Wall().model_dump(), hosts=["localhost"], storage=folder)
        self.producer = self.fresh()

    def fresh(self) -> Producer:
        """What a started process has."""
        return Producer(self.settings, all_scenes(), self.clock)

    def write(self, content: bytes) -> None:
        snapshot_file.write(self.settings.snapshot, content)
        self.renew()

    def renew(self) -> None:
        os.utime(self.settings.snapshot, (self.clock.now.timestamp(),) * 2)

    def publish(self, entries: int = 120) -> None:
        self.write(snapshot_file.dump(published(self.clock.now, entries)))


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    made = Hall(tmp_path)
    made.publish()
    made.producer.begin()
    return made


def test_a_new_file_is_a_new_picture_and_says_what_changed(hall: Hall):
    before = hall.producer.picture
    assert before is not None and before.has("overview") and not before.has("industry")
    hall.clock.go(3)
    hall.publish(entries=150)

    assert hall.producer.look() and not hall.producer.look()
    picture = hall.producer.picture
    assert picture is not None and picture.version != before.version
    told = json.loads(picture.changed)
    assert (
        told["version"] == picture.version and "live" in told["scenes"] and "industry" not in told["scenes"]
    )
    assert json.loads(picture.whole)["scenes"]["industry"] is None


BROKEN = {
    "cut": lambda good: good[: len(good) // 2],
    "empty": lambda good: b"",
    "newer": lambda good: good.replace(b'"schema":2', b'"schema":3'),
    "small": lambda good: good.replace(b'"records_today":120', b'"records_today":7'),
    "hostile": lambda good: b'{"schema":2,"secret":"postgresql://u:p@db/center"}',
}


def test_figures_checked_again_within_the_minute_are_sent_to_nobody(hall: Hall):
    hall.publish(entries=120)
    hall.producer.look()
    before = hall.producer.picture
    hall.clock.go(20)
    hall.publish(entries=120)
    assert not hall.producer.look()
    assert hall.producer.picture is not None and before is not None
    assert hall.producer.picture.version == before.version
    assert hall.producer.age_s(hall.clock.now) == 0
    hall.clock.go(50)
    hall.publish(entries=120)
    assert hall.producer.look(), "the next minute is written on the wall"


@pytest.mark.parametrize("how", [*BROKEN, "gone", "folder"])
def test_a_file_that_cannot_be_shown_changes_nothing_but_the_age(hall: Hall, how: str, capsys):
    """The picture stays, grows old, and is true again with the next good file."""
    before = hall.producer.picture
    good = hall.settings.snapshot.read_bytes()
    hall.clock.go(5)
    if how in BROKEN:
        hall.write(BROKEN[how](good))
    else:
        hall.settings.snapshot.unlink()
        if how == "folder":
            hall.settings.snapshot.mkdir()

    assert not hall.producer.look()
    hall.clock.go(60)
    hall.producer.look()
    health = hall.producer.health(hall.clock.now)
    assert hall.producer.picture.version == before.version
    assert (health["status"], health["snapshot_age_seconds"], health["is_last_good"]) == ("stale", 65.0, True)
    assert "postgresql" not in json.dumps(health) + capsys.readouterr().err
    if how == "folder":
        hall.settings.snapshot.rmdir()
    hall.publish(entries=200)
    assert hall.producer.look() and not hall.producer.is_stale(hall.clock.now)


def test_a_worker_of_another_version_is_told_once_not_every_three_seconds(hall: Hall, capfd):
    """Its file comes anew with each change of the base, for as long as nobody looks."""
    for n in range(5):
        hall.clock.go(3)
        hall.write(b'{"schema":9,"n":%d}' % n)
        hall.producer.look()
    said = capfd.readouterr()

    assert (said.out + said.err).count("wall_snapshot_not_shown") == 1


def test_a_file_whose_time_is_renewed_is_still_true(hall: Hall):
    """The publisher found nothing new: the picture has been checked, not forgotten."""
    for _ in range(10):
        hall.clock.go(10)
        hall.renew()
        assert not hall.producer.look() and not hall.producer.is_stale(hall.clock.now)
    assert hall.producer.picture.snapshot.written_at == BEGIN
    hall.clock.go(13)

    assert not hall.producer.look() and hall.producer.is_stale(hall.clock.now)


def test_a_start_without_a_file_shows_the_last_good_one_with_its_age(hall: Hall):
    hall.settings.snapshot.unlink()
    hall.clock.go(600)
    started = hall.fresh()
    started.begin()

    assert started.picture.version == hall.producer.picture.version
    assert started.age_s(hall.clock.now) == pytest.approx(600, abs=1) and started.is_stale(hall.clock.now)


def test_before_the_first_file_there_is_no_picture_and_no_error(tmp_path: Path):
    hall = Hall(tmp_path)
    hall.producer.begin()

    assert hall.producer.picture is None and not hall.producer.look()
    assert hall.producer.health(BEGIN)["status"] == "waiting"


def test_a_scene_grows_old_without_new_data(hall: Hall):
    """Visits of yesterday are not shown as today's, though nobody writes the file anew."""
    loaded = all_scenes()["live"]
    hall.clock.go(loaded.scene.lasts.total_seconds() + 60)

    assert hall.producer.look() and not hall.producer.picture.has("live")


def test_a_scene_that_fails_is_left_out_and_the_others_go_on(hall: Hall):
    """An error's text on a wall three metres high is a newspaper's picture."""

    def fails(snapshot):
        raise RuntimeError("postgresql://u:p@db/center")

    broken = LoadedScene(Scene("broken", "坏", 1, "", ()), fails)
    producer = dataclasses.replace(hall.fresh(), scenes={"broken": broken, **all_scenes()})
    producer.begin()

    assert producer.picture.scenes["broken"] is None and producer.picture.has("overview")
    assert b"postgresql" not in producer.picture.whole


def test_two_processes_that_show_the_same_have_one_version(hall: Hall):
    """A browser that moves from one to the other does not load everything again."""
    other = hall.fresh()
    other.begin()

    assert other.picture.version == hall.producer.picture.version
