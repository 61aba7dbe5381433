"""What is on the wall at this moment, in words for the guide's console and the preview.

The wall is asked (`/kiosk/healthz`); its snapshot's file is read for the figures. The
wall knows no persons, so who may ask is decided here.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_access.commands.wall import MAY_COMMAND
from data_access.principal import Principal
from kiosk import script, snapshot_file
from kiosk.scenes import Scene, all_scenes, payload
from kiosk.snapshot import Snapshot
from ui import formats

TIMEOUT_S = 2.0
LARGEST = 200_000
MODES = {"lit": "点亮", "dim": "夜间调暗", "dark": "闭馆，黑屏"}
PART_NAMES = {
    "totals": "全市总量", "lanes": "汇聚进度", "ticker": "滚动消息", "visits": "到馆", "venues": "场馆",
    "facilities": "体育场地", "districts": "区县", "events": "群众赛事", "fitness": "全民健身",
    "competition": "竞技与青少年", "flow": "汇聚流程", "industry": "彩票与产业",
}  # fmt: skip
SHOWN_COLUMNS = ("场景", "名称", "大屏上的数字", "数据截至")
PART_COLUMNS = ("内容", "数据截至", "距今", "性质", "空缺或不足 10 的数字")


@dataclass(frozen=True)
class Now:
    """What the wall says of itself. `None` fields: the wall did not say."""

    mode: str
    scene: str
    following: str
    seconds_left: int | None
    is_paused: bool
    message: str
    emergency: str
    welcome: str
    order: tuple[tuple[str, int], ...]
    screens: Mapping[str, Mapping[str, Any]]
    alarms: tuple[Mapping[str, Any], ...]
    snapshot_age_s: float | None


def ask(who: Principal, address: str, now: dt.datetime) -> Now | None:
    """The wall's own word; None when it does not answer within two seconds.

    Raises:
        Forbidden: everybody but guides and the office.
    """
    who.require(*MAY_COMMAND)
    try:
        with urllib.request.urlopen(f"{address.rstrip('/')}/kiosk/healthz", timeout=TIMEOUT_S) as answer:
            told = json.loads(answer.read(LARGEST))
    except (OSError, ValueError, urllib.error.URLError):
        return None
    return _now(told, now) if isinstance(told, dict) else None


def _text(value: Any) -> str:
    """A message as text, whether told plainly or with its end."""
    if isinstance(value, dict):
        value = value.get("text") or value.get("name")
    return value if isinstance(value, str) else ""


def _now(told: dict[str, Any], now: dt.datetime) -> Now:
    switch = told.get("switch_at_ms")
    left = None if switch is None else max(0, round(switch / 1000 - now.timestamp()))
    return Now(
        mode=_text(told.get("mode")),
        scene=_text(told.get("scene")),
        following=_text(told.get("next")),
        seconds_left=left,
        is_paused=bool(told.get("paused")),
        message=_text(told.get("message")),
        emergency=_text(told.get("emergency")),
        welcome=_text(told.get("welcome")),
        order=tuple((entry["key"], int(entry["seconds"])) for entry in told.get("order") or ()),
        screens=told.get("screens") or {},
        alarms=tuple(told.get("alarms") or ()),
        snapshot_age_s=told.get("snapshot_age_seconds"),
    )


def snapshot(who: Principal, file: Path) -> Snapshot | None:
    """The figures of the wall; None while there is no usable file.

    Raises:
        Forbidden: everybody but guides and the office.
    """
    who.require(*MAY_COMMAND)
    try:
        return snapshot_file.load(file)
    except snapshot_file.SnapshotError:
        return None


# ---------------------------------------------------------------- words

BELOW = "下图与大屏用同一份数据；大屏由单独的服务运行时，轮换次序和讲解员的操作以大屏为准。"
UNREACHABLE = "请看大屏是否仍有画面：大屏会保留最后一幅。几秒后本页自动重试；持续没有应答的，请联系运维团队。"


def titles() -> dict[str, str]:
    """Key → title of every scene."""
    return {key: loaded.scene.title for key, loaded in all_scenes().items()}


def title(key: str) -> str:
    """A scene that this program does not know keeps its key."""
    return titles().get(key, key) or "—"


def before(at: dt.datetime, span: dt.timedelta) -> dt.datetime:
    """The moment that lies `span` before another."""
    return at - span


def clock(now: dt.datetime) -> str:
    """``14:32``, the guide's big clock."""
    return f"{formats.beijing(now):%H:%M}"


def sentence(found: Now | None) -> str:
    """What is on the wall, in one line."""
    if found is None:
        return "大屏没有应答。"
    if found.emergency:
        return f"大屏正在显示紧急信息：{found.emergency}"
    if found.mode == "dark":
        return "现在不在开放时间，大屏为黑屏。"
    if not found.scene:
        return "大屏还没有可以播出的画面。"
    if found.welcome:
        return f"大屏正在显示欢迎画面：{found.welcome}"
    state = "已暂停" if found.is_paused else _left(found)
    return f"大屏正在播出“{title(found.scene)}”，{state}。"


def _left(found: Now) -> str:
    if found.seconds_left is None or not found.following:
        return "不轮换"
    return f"{found.seconds_left} 秒后换“{title(found.following)}”"


def facts(found: Now) -> list[tuple[str, str]]:
    """The wall's state beside the picture."""
    return [
        ("画面", title(found.scene)),
        ("下一屏", title(found.following)),
        ("状态", "暂停" if found.is_paused else MODES.get(found.mode, "—")),
        ("文字消息", found.message or "无"),
        ("数据快照", _age(found.snapshot_age_s)),
        ("屏幕", formats.listed(sorted(found.screens), most=4) if found.screens else "还没有屏幕报告"),
    ]


def _age(seconds: float | None) -> str:
    return "—" if seconds is None else f"{formats.duration_zh(seconds)}前写出"


def script_of(scene: Scene | None, found: Snapshot | None) -> list[str]:
    """讲解词 of a scene with the figures of the wall."""
    return [] if scene is None or found is None else script.sentences(scene, found)


def scene(key: str) -> Scene | None:
    loaded = all_scenes().get(key)
    return None if loaded is None else loaded.scene


def tour(order: tuple[tuple[str, int], ...]) -> str:
    """How long one round of the playlist takes."""
    return formats.duration_zh(sum(seconds for _, seconds in order))


def districts(found: Snapshot | None) -> dict[str, str]:
    """Name → code of the districts on the wall's map, in dictionary order."""
    if found is None or found.districts is None:
        return {}
    known = {district.name: district.adcode for district in found.districts.items}
    return {name: known[name] for name in formats.pinyin_sorted(known)}


# ---------------------------------------------------------------- the snapshot as a table


def snapshot_sentence(found: Snapshot, now: dt.datetime) -> str:
    """When the figures were written, and which scenes are left out."""
    left_out = skipped(found, now)
    words = f"快照写于 {formats.clock(found.written_at)}。"
    words += (
        f"因没有数据、数据过旧或不在当日而略过的画面：{'、'.join(left_out)}。"
        if left_out
        else "全部画面都有数据。"
    )
    return words + "不足 10 的数字不上大屏，显示为“—”。"


def part_rows(found: Snapshot, now: dt.datetime) -> list[dict[str, Any]]:
    """One row a part of the snapshot: as of when, how old, simulated or not, and how many cells are hidden."""
    rows = []
    for key, name in PART_NAMES.items():
        part = getattr(found, key)
        if part is None:
            rows.append(dict(zip(PART_COLUMNS, (name, "—", "—", "没有数据，场景略过", "—"), strict=True)))
            continue
        hidden = sum(value is None for _, value in _leaves(part))
        age = formats.duration_zh(max(0.0, (now - part.as_of).total_seconds()))
        kind = "演示数据" if found.demonstration or part.demonstration else "实际数据"
        rows.append(
            dict(zip(PART_COLUMNS, (name, formats.clock(part.as_of), age, kind, hidden), strict=True))
        )
    return rows


def shown_rows(found: Snapshot, now: dt.datetime) -> list[dict[str, Any]]:
    """Every figure as it is written on the wall, scene by scene; a hidden one is “—” there too."""
    rows = []
    for loaded in all_scenes().values():
        told = payload(loaded, found, now) if loaded.scene.is_rotated else None
        for block in told["blocks"] if told else ():
            for name, value in _figures(block):
                cells = (loaded.scene.title, name, value, block.get("as_of") or "—")
                rows.append(dict(zip(SHOWN_COLUMNS, cells, strict=True)))
    return rows


def skipped(found: Snapshot, now: dt.datetime) -> list[str]:
    """Titles of scenes that are left out at the moment: without data, too old, not their day."""
    rotated = (loaded for loaded in all_scenes().values() if loaded.scene.is_rotated)
    return [loaded.scene.title for loaded in rotated if payload(loaded, found, now) is None]


def _figures(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if block["kind"] == "figure":
        yield block["label"], f"{block['value']} {block['unit']}".strip()
    elif block["kind"] in ("lanes", "ranks"):
        for row in block["rows"]:
            yield f"{block['title']}：{row['name']}", row["value"]


def _leaves(part: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        for field in dataclasses.fields(part):
            yield from _leaves(getattr(part, field.name), field.name)
    elif isinstance(part, tuple):
        for one in part:
            yield from _leaves(one, name)
    else:
        yield name, part
