"""The scenes: found by looking, rendered from whatever snapshot there is, short enough to be sent every second."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest

from kiosk import blocks, geometry
from kiosk.scenes import LoadedScene, all_scenes, payload
from kiosk.scenes._words import short
from kiosk.scenes.occasion import current
from kiosk.snapshot import PARTS, Occasion, Snapshot
from tests.kiosk_scenes import sample

KEYS = ["overview", "facilities", "live", "fitness", "competition", "flow", "industry", "occasion", "welcome"]
KINDS = {
    "columns", "curve", "entries", "figure", "flow", "lanes", "map", "occasion", "ranks", "strip", "text", "tiles",
    "welcome",
}  # fmt: skip


def rendered(key: str, snapshot: Snapshot, now: dt.datetime = sample.NOW) -> dict[str, Any] | None:
    return payload(all_scenes()[key], snapshot, now)


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [s for inner in value.values() for s in strings(inner)]
    return [s for inner in value for s in strings(inner)] if isinstance(value, list | tuple) else []


def test_a_scene_is_a_file_and_nothing_else():
    """Its key in the playlist is all that is needed besides; the order is the file's own."""
    found = all_scenes()

    assert list(found) == KEYS
    assert all(isinstance(loaded, LoadedScene) and loaded.scene.script for loaded in found.values())


@pytest.mark.parametrize("key", KEYS)
def test_every_scene_is_drawn_from_a_full_snapshot(key: str):
    made = rendered(key, sample.full())

    assert made is not None and made["key"] == key
    assert made["stale"] is False
    ids = [block["id"] for block in made["blocks"]]
    assert len(ids) == len(set(ids)) and {block["kind"] for block in made["blocks"]} <= KINDS
    assert json.loads(json.dumps(made, allow_nan=False)) == json.loads(json.dumps(made))


@pytest.mark.parametrize("key", KEYS)
def test_blocks_stand_on_the_grid_and_none_on_another(key: str):
    """24 × 24 places; the guests' name alone stands on the map."""
    made = rendered(key, sample.full())
    assert made is not None
    taken: set[tuple[int, int]] = set()
    for block in made["blocks"]:
        column, row, width, height = block["area"]
        assert column >= 1 and column + width <= 25 and row >= 1 and row + height <= 25, block["id"]
        places = {(x, y) for x in range(column, column + width) for y in range(row, row + height)}
        assert block["kind"] == "welcome" or not places & taken, block["id"]
        taken |= places


@pytest.mark.parametrize("key", [k for k in KEYS if k not in ("welcome",)])
def test_a_scene_without_data_is_left_out(key: str):
    """A base before its first delivery: nothing is shown as 0 that is not known."""
    assert rendered(key, sample.empty()) is None


def test_the_welcome_needs_no_data_and_marks_none_as_simulated():
    made = rendered("welcome", sample.empty())

    assert made is not None and not made["demonstration"]


@pytest.mark.parametrize("key", [k for k in KEYS if all_scenes()[k].scene.part])
def test_old_data_are_marked_and_very_old_ones_left_out(key: str):
    scene = all_scenes()[key].scene

    late = rendered(key, sample.full(), sample.NOW + scene.fresh + dt.timedelta(seconds=1))
    assert late is not None and late["stale"] is True
    assert rendered(key, sample.full(), sample.NOW + scene.lasts + dt.timedelta(seconds=1)) is None


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("absent", PARTS)
def test_a_missing_part_takes_its_blocks_with_it_and_no_more(key: str, absent: str):
    made = rendered(key, dataclasses.replace(sample.full(), **{absent: None}))

    if all_scenes()[key].scene.part == absent:
        assert made is None
    else:
        assert made is not None and made["blocks"]


@pytest.mark.parametrize("key", KEYS)
def test_unknown_figures_are_dashes(key: str):
    """Suppressed and unknown counts are None in the snapshot; “None” and “nan” are no figures."""
    full = sample.full()
    parts = {name: _without_optionals(getattr(full, name)) for name in PARTS}

    made = rendered(key, dataclasses.replace(full, **parts))

    if made is not None:
        assert not [s for s in strings(made["blocks"]) if "None" in s or "nan" in s]


def _without_optionals(part: Any) -> Any:
    """The same part with every field None that may be None, in its rows too."""
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if isinstance(value, tuple):
            changed[field.name] = tuple(
                _without_optionals(v) if dataclasses.is_dataclass(v) else v for v in value
            )
        elif "None" in str(field.type) and field.name != "industry_year":
            changed[field.name] = None
    return dataclasses.replace(part, **changed)


def test_what_a_minute_changes_is_small():
    """A refresh is sent to every wall: at most 20 KB, with all the scenes that have figures of the day."""
    before = {k: rendered(k, sample.full()) for k in KEYS}
    later = sample.full(sample.NOW + dt.timedelta(minutes=1), scale=1.01)
    after = {k: payload(loaded, later, later.written_at) for k, loaded in all_scenes().items()}
    changed = {k: v for k, v in after.items() if v is not None and _drawn(v) != _drawn(before[k])}
    live = {k: v for k, v in changed.items() if k in ("overview", "live", "occasion")}

    assert set(live) == {"overview", "live", "occasion"}
    assert len(json.dumps(live, ensure_ascii=False, separators=(",", ":")).encode()) < 20_000


def _drawn(made: dict[str, Any] | None) -> Any:
    return made and made["blocks"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ("—", "条")), (0, ("0", "条")), (86_412, ("86,412", "条")), (139_300, ("13.93", "万条")),
        (3_412_000, ("341.2", "万条")), (28_460_000, ("2,846", "万条")), (583_000_000, ("5.83", "亿条")),
    ],
)  # fmt: skip
def test_big_figures_have_about_four_digits(value: float | None, written: tuple[str, str]):
    assert blocks.big(value, "条") == written


def test_the_map_edition_follows_the_districts():
    """Before November 2025 江北 and 渝北, since then 两江新区."""
    assert geometry.edition_of(frozenset({"500105", "500112"})) == "2024"
    assert geometry.edition_of(frozenset({"500157"})) == "2025"
    assert geometry.edition_of(frozenset()) == "2025"


@pytest.mark.parametrize(
    ("name", "shortened"),
    [
        ("渝中区", "渝中"),
        ("忠县", "忠县"),
        ("秀山土家族苗族自治县", "秀山"),
        ("两江新区", "两江"),
        ("垫江", "垫江"),
    ],
)
def test_districts_are_called_as_on_the_map(name: str, shortened: str):
    assert short(name) == shortened


def test_the_shorter_occasion_is_shown():
    """全民健身日 lies in a week of its own; on the day it is the day."""
    day = dt.date(2026, 8, 8)
    week = Occasion(name="体育宣传周", first=dt.date(2026, 8, 6), last=dt.date(2026, 8, 12))

    assert current((week, Occasion(name="全民健身日", first=day, last=day)), day).name == "全民健身日"
    assert current((week,), dt.date(2026, 8, 13)) is None
