"""What a page says about itself, and the sections of the navigation.

A page is one file, `pages/<section>/<page>.py`, with `PAGE = Page(...)` and
`render()`. Its folder is its section; nothing else has to be registered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ROLES = ("leader", "office", "department", "district", "affiliated", "operations", "guide")
"""The keys of `data_access.principal.ROLE_NAMES`."""

ALL_ROLES = ("leader", "office", "department", "district", "affiliated", "operations")
"""Everyone who works with the data. The guide only has the pages of the hall."""

SECTIONS = {
    "overview": "总览",
    "aggregation": "汇聚",
    "assessment": "督查考核",
    "venues": "场馆",
    "operations": "运行",
    "hall": "展厅",
}
"""Folder under `pages/` → title in the navigation, in the order of the navigation."""

_PATH = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Page:
    """One page of the navigation.

    Args:
        path: its address, e.g. ``progress``; unique over all sections.
        title: its name in the navigation, in Chinese.
        icon: a ``:material/…:`` name.
        roles: who may open it; keys of `ROLES`.
        order: place within its section; smaller is higher.
        has_map: whether it draws maps; the browser then reads their program while it waits for the first figures.
    """

    path: str
    title: str
    icon: str
    roles: tuple[str, ...]
    order: int
    has_map: bool = False

    def problems(self) -> list[str]:
        """What is wrong with the declaration; empty when nothing is."""
        found = []
        if not _PATH.fullmatch(self.path):
            found.append(f"path {self.path!r} must be lower-case letters, digits and hyphens, without '/'")
        if not self.title.strip():
            found.append("title is empty")
        if not (self.icon.startswith(":material/") and self.icon.endswith(":")):
            found.append(f"icon {self.icon!r} must look like ':material/map:'")
        unknown = sorted(set(self.roles) - set(ROLES))
        if unknown:
            found.append(f"unknown roles {', '.join(unknown)}; defined: {', '.join(ROLES)}")
        if not self.roles:
            found.append("roles is empty: nobody could open it")
        return found
