"""Finds the pages: every `pages/<section>/<page>.py` that declares `PAGE` and `render`.

Once a process: `web/main.py` is executed anew in every run, this module is not.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pages._shared.tables import Table
from ui.registry import SECTIONS, Page


class DiscoveryError(Exception):
    """One or more pages cannot be used; the message lists every mistake with its file."""


@dataclass(frozen=True)
class Entry:
    """A page as the navigation needs it: its declaration, its section, what draws it."""

    page: Page
    section: str
    render: Callable[[], None]
    module: str
    tables: Mapping[str, Table]
    """Its tables as files by their name in the address."""


def discover(package: str = "pages") -> tuple[Entry, ...]:
    """All pages in the order of the navigation.

    Raises:
        DiscoveryError: all mistakes of all files together.
    """
    problems: list[str] = []
    entries: list[Entry] = []
    root = importlib.import_module(package)
    for folder in pkgutil.iter_modules(root.__path__):
        if folder.name.startswith("_"):
            continue
        if not folder.ispkg:
            problems.append(
                f"{package}/{folder.name}.py: pages live one folder deeper, {package}/<section>/{folder.name}.py"
            )
            continue
        if folder.name not in SECTIONS:
            problems.append(
                f"{package}/{folder.name}/: no such section. Defined in ui/registry.py: {', '.join(SECTIONS)}"
            )
            continue
        section = importlib.import_module(f"{package}.{folder.name}")
        for found in pkgutil.iter_modules(section.__path__):
            if not found.name.startswith("_"):
                _add(f"{package}.{folder.name}.{found.name}", folder.name, entries, problems)
    problems += _clashes(entries)
    if problems:
        raise DiscoveryError(
            "Pages that cannot be used:\n" + "\n".join(f"  {problem}" for problem in problems)
        )
    place = list(SECTIONS)
    return tuple(sorted(entries, key=lambda e: (place.index(e.section), e.page.order, e.page.path)))


def _add(name: str, section: str, entries: list[Entry], problems: list[str]) -> None:
    file = name.replace(".", "/") + ".py"
    module = importlib.import_module(name)
    page, render = getattr(module, "PAGE", None), getattr(module, "render", None)
    if not isinstance(page, Page):
        problems.append(f"{file}: has no PAGE = Page(...)")
        return
    if not inspect.isfunction(render):
        problems.append(f"{file}: has no function render()")
        return
    wrong = page.problems()
    problems += [f"{file}: {problem}" for problem in wrong]
    if not wrong:
        entries.append(Entry(page, section, render, name, getattr(module, "TABLES", {})))


def _clashes(entries: Sequence[Entry]) -> list[str]:
    found = []
    seen: dict[str, Entry] = {}
    for entry in entries:
        other = seen.setdefault(entry.page.path, entry)
        if other is not entry:
            found.append(
                f"path {entry.page.path!r} is used by {other.module} and {entry.module}; give one another path"
            )
    return found


@cache
def pages() -> tuple[Entry, ...]:
    """The pages of this process."""
    return discover()
