"""The scenes: one file each, with `SCENE` and `render(snapshot)`; found by looking, in the order of `SCENE.order`.

A scene is given the snapshot and returns what is on it; it cannot fetch. Which scenes
run, how long and when is the playlist's business (config.toml). A new scene is a file
here and its key there, without any script for the browser.
"""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from kiosk.snapshot import Snapshot


@dataclass(frozen=True)
class Scene:
    """What the playlist, the guide and the browser are told about a scene.

    Attributes:
        key: its name in config.toml.
        seconds: how long it stands, unless the playlist says otherwise.
        part: the part of the snapshot it is about; without it the scene is left out. "" = needs none.
        fresh: up to this age of the part the scene counts as up to date.
        lasts: from this age on it is left out.
        script: what a guide says, one sentence each.
        is_rotated: whether it can stand in the playlist; a welcome comes by command only.
    """

    key: str
    title: str
    order: int
    part: str
    script: tuple[str, ...]
    seconds: int = 20
    fresh: dt.timedelta = dt.timedelta(hours=36)
    lasts: dt.timedelta = dt.timedelta(days=10)
    is_rotated: bool = True


@dataclass(frozen=True)
class LoadedScene:
    scene: Scene
    render: Callable[[Snapshot], dict[str, Any]]


@cache
def all_scenes() -> dict[str, LoadedScene]:
    """Every scene by its key, in order.

    Raises:
        ValueError: a file without SCENE and render, or a key used twice.
    """
    found: list[LoadedScene] = []
    for info in pkgutil.iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{info.name}")
        scene: Any = getattr(module, "SCENE", None)
        if not isinstance(scene, Scene) or not callable(getattr(module, "render", None)):
            raise ValueError(f"kiosk/scenes/{info.name}.py needs SCENE = Scene(…) and render(snapshot).")
        found.append(LoadedScene(scene, module.render))
    keys = [loaded.scene.key for loaded in found]
    if len(set(keys)) < len(keys):
        raise ValueError(f"kiosk/scenes: a key is used twice: {', '.join(sorted(keys))}")
    return {loaded.scene.key: loaded for loaded in sorted(found, key=lambda x: x.scene.order)}


def payload(loaded: LoadedScene, snapshot: Snapshot, now: dt.datetime) -> dict[str, Any] | None:
    """What the browser is sent of a scene; None where there is nothing to show or it is too old.

    `render` returns ``blocks`` and may return ``footer`` (the ticker); no blocks means no scene.
    Moments travel as the blocks write them, to the minute: a scene that looks the same is the same.
    """
    scene = loaded.scene
    part = getattr(snapshot, scene.part) if scene.part else None
    if scene.part and part is None:
        return None
    as_of: dt.datetime = part.as_of if part is not None else snapshot.written_at
    age = now - as_of
    if scene.part and age > scene.lasts:
        return None
    rendered = loaded.render(snapshot)
    if not rendered.get("blocks"):
        return None
    return {
        "key": scene.key,
        "title": scene.title,
        "demonstration": snapshot.demonstration or bool(part is not None and part.demonstration),
        "stale": bool(scene.part) and age > scene.fresh,
        **rendered,
    }
