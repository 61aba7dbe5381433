"""讲解词: what the guide says at a scene, with the figures that are on the wall at that moment.

A sentence stands in its scene's file with places such as ``{visits.entries|wan}``; a
sentence whose figure is missing or hidden is left out: a guide does not read a dash.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kiosk.snapshot import Snapshot
from ui import formats

if TYPE_CHECKING:
    from kiosk.scenes import Scene

_PLACE = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")


def _wan(value: Any) -> str:
    """``131.6 万`` or ``9,876 ``: the unit that follows stands right behind 万, one space behind a figure."""
    written = formats.wan(value)
    return written if written.endswith(("万", "亿")) else f"{written} "


FORMATS: dict[str, Callable[[Any], str]] = {
    "number": formats.number,
    "wan": _wan,
    "percent": formats.percent,
    "signed": lambda value: formats.percent(value, signed=True),
    "money": formats.money,
    "m2": lambda value: f"{formats.wan(value)}平方米",
    "two": lambda value: formats.number(value, 2),
    "day": formats.day_month_zh,
    "text": str,
}
"""How a figure is written, by the word behind ``|``; ``number`` without one."""


def sentences(scene: Scene, snapshot: Snapshot) -> list[str]:
    """The scene's script as it is true now."""
    found = (_filled(sentence, snapshot) for sentence in scene.script)
    return [sentence for sentence in found if sentence is not None]


def _filled(sentence: str, snapshot: Snapshot) -> str | None:
    values = [_value(snapshot, path) for path, _ in _PLACE.findall(sentence)]
    if any(formats.is_missing(value) for value in values):
        return None
    remaining = iter(values)
    return _PLACE.sub(lambda place: FORMATS[place[2] or "number"](next(remaining)), sentence)


def _value(found: Any, path: str) -> Any:
    """What stands at the path; None where a part is missing or a list is too short."""
    for step in path.split("."):
        if found is None:
            return None
        if isinstance(found, tuple):
            place = int(step)
            found = found[place] if -len(found) <= place < len(found) else None
        else:
            found = getattr(found, step)
    return found


def problems(scene: Scene) -> list[str]:
    """Places of a script that the snapshot does not have or that name no format; empty when all is well."""
    found = []
    for sentence in scene.script:
        for path, form in _PLACE.findall(sentence):
            if (form or "number") not in FORMATS:
                found.append(f"{scene.key}: no format {form!r}; defined: {', '.join(FORMATS)}")
            wrong = _wrong_step(path)
            if wrong:
                found.append(f"{scene.key}: {{{path}}}: the snapshot has no {wrong!r} there")
    return found


def _wrong_step(path: str) -> str:
    """The first step that leads nowhere; empty when the path is good."""
    kind: Any = Snapshot
    for step in path.split("."):
        kind = _without_none(kind)
        if typing.get_origin(kind) is tuple and re.fullmatch(r"-?\d+", step):
            kind = typing.get_args(kind)[0]
        elif dataclasses.is_dataclass(kind) and step in (hints := typing.get_type_hints(kind)):
            kind = hints[step]
        else:
            return step
    return ""


def _without_none(kind: Any) -> Any:
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return next(part for part in typing.get_args(kind) if part is not types.NoneType)
    return kind
