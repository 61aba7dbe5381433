"""The wall's settings as config.toml states them ([wall]), read into what the wall works with.

`data_access.settings` knows the names and kinds of the settings; what the lines mean is
said here once, because the wall may not import the one and everybody else may import
the other.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kiosk.hours import Hours, WrongLine, date_of, dim_of, line_of
from kiosk.kinds import plain_name
from kiosk.playlist import Entry, Playlist, entry_of, part_of
from kiosk.snapshot import Occasion

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
T = TypeVar("T")
_YEARLY = re.compile(r"\d{2}-\d{2}")


class WallSettingsError(Exception):
    """[wall] cannot be used; the message lists every line to mend, in Chinese."""


@dataclass(frozen=True)
class Day:
    """An occasion: a day of every year (`month`, `day`) or the days from `first` to `last`."""

    name: str
    month: int = 0
    day: int = 0
    first: dt.date | None = None
    last: dt.date | None = None

    def in_year(self, year: int) -> Occasion | None:
        if self.first is not None and self.last is not None:
            return Occasion(name=self.name, first=self.first, last=self.last)
        try:
            on = dt.date(year, self.month, self.day)
        except ValueError:  # 29 February
            return None
        return Occasion(name=self.name, first=on, last=on)


@dataclass(frozen=True)
class WallSettings:
    """Everything the wall is told.

    Args:
        hosts: names a browser may ask for; addresses: networks whose screens are let in.
        watch_s: how often the snapshot's file is looked at; stale_s: age from which the picture is called old.
        folder: where proof of play, the last good snapshot and the key of commands lie.
        internal: show scenes that are not for the public.
    """

    playlist: Playlist
    hours: Hours
    occasions: tuple[Day, ...]
    hosts: frozenset[str]
    addresses: tuple[Network, ...]
    folder: Path
    snapshot: Path
    key_file: Path
    watch_s: float
    stale_s: float
    internal: bool

    def admits(self, address: str | None) -> bool:
        """Whether a screen at this address may see the wall without logging in."""
        try:
            found = ipaddress.ip_address((address or "").split("%")[0])
        except ValueError:
            return False
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        return any(found in network for network in self.addresses)

    def occasions_of(self, day: dt.date) -> tuple[Occasion, ...]:
        """Occasions of the day's year, in order."""
        found = [o for entry in self.occasions if (o := entry.in_year(day.year)) is not None]
        return tuple(sorted(found, key=lambda o: (o.first, o.name)))


def wall_settings(
    raw: Mapping[str, Any], *, hosts: Sequence[str], storage: Path, scenes: Mapping[str, Any] | None = None
) -> WallSettings:
    """The settings of [wall], as `data_access.settings.Wall` holds them.

    Args:
        hosts: [web] hosts.
        storage: [storage] folder; the wall's own is ``wall`` in it unless [wall] folder names another.
        scenes: the scenes there are; a playlist that names another is refused. None: not checked.

    Raises:
        WallSettingsError: every mistake together.
    """
    wrong: list[str] = []
    parts = dict(_each(raw, "day_parts", part_of, wrong))
    entries = _each(raw, "playlist", lambda text: entry_of(text, parts), wrong)
    lines = _each(raw, "opening", line_of, wrong)
    occasions = _each(raw, "occasions", day_of, wrong)
    addresses = _each(raw, "addresses", network_of, wrong)
    dim = (_each({"dim": [raw["dim"]]}, "dim", dim_of, wrong) or [None])[0]
    if scenes is not None:
        wrong += _unknown(entries, scenes)
    if not entries and not wrong:
        wrong.append("playlist：至少写一个画面")
    if wrong:
        raise WallSettingsError(
            f"config.toml 的 [wall] 有 {len(wrong)} 处需要修改：\n" + "\n".join(f"  {w}。" for w in wrong)
        )
    folder = Path(raw["folder"]) if raw["folder"] else storage / "wall"
    folder = folder if folder.is_absolute() else storage / folder
    return WallSettings(
        playlist=Playlist(tuple(entries), parts),
        hours=Hours(tuple(lines), dim),
        occasions=tuple(occasions),
        hosts=frozenset(host.lower() for host in hosts),
        addresses=tuple(addresses),
        folder=folder,
        snapshot=folder / "snapshot.json",
        key_file=folder / "command.key",
        watch_s=float(raw["watch_seconds"]),
        stale_s=float(raw["stale_seconds"]),
        internal=bool(raw["show_internal"]),
    )


def _each(raw: Mapping[str, Any], name: str, read: Callable[[str], T], wrong: list[str]) -> list[T]:
    """Every line of a setting; what cannot be read goes to `wrong`."""
    found = []
    for text in raw[name]:
        try:
            found.append(read(text))
        except ValueError as error:
            wrong.append(f"{name}：{error}")
    return found


def _unknown(entries: Sequence[Entry], scenes: Mapping[str, Any]) -> list[str]:
    missing = [entry.key for entry in entries if entry.key not in scenes]
    return [f"playlist：没有画面 {key}。已有：{'、'.join(scenes)}" for key in missing]


def day_of(text: str) -> Day:
    """``08-08 全民健身日`` every year, ``2026-11-20..2026-11-29 智跑重庆赛事周`` once.

    Raises:
        WrongLine: another form.
    """
    days, _, name = text.strip().partition(" ")
    try:
        name = plain_name(name.strip())
    except ValueError:
        raise WrongLine(f"「{text}」的名称应为 1–60 个字") from None
    if _YEARLY.fullmatch(days):
        date_of(f"2024-{days}", text)
        return Day(name, int(days[:2]), int(days[3:]))
    first, _, last = days.partition("..")
    start, end = date_of(first, text), date_of(last or first, text)
    if end < start:
        raise WrongLine(f"「{text}」的结束日期早于开始日期")
    return Day(name, first=start, last=end)


def network_of(text: str) -> Network:
    """An address, or a network such as ``10.12.0.0/24``.

    Raises:
        WrongLine: neither.
    """
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise WrongLine(f"「{text}」应为地址或网段，例如 10.12.0.8 或 10.12.0.0/24") from None
