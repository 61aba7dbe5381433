"""Every public function behind the only door to the database."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any, get_type_hints

from sqlalchemy import Connection, Engine

from data_access.commands.request import Request
from data_access.principal import Principal

HANDLES = (Engine, Connection)
WITHOUT_PRINCIPAL: dict[str, str] = {
    "scope.fetch": "executes a statement whose WHERE `scoped` has built",
    "scope.by_month_or_day": "folds a statement whose conditions `scoped` has built",
    "lease.database_time": "the clock of the database server",
    "storing.standing_receipt": "asked with the file's SHA-256 before and inside a delivery: who asks has the file",
}
"""Functions that are given no principal, and why that is right."""


def functions(part: str) -> dict[str, Callable[..., Any]]:
    """``module.function`` → function, of all that `data_access.<part>` offers and that can reach a database.

    A function that is handed neither an engine nor a connection cannot read a row.
    """
    return {name: made for name, made in _reaching(part) if name not in WITHOUT_PRINCIPAL}


def excepted() -> set[str]:
    """Those of `WITHOUT_PRINCIPAL` that there are."""
    found = {name for part in ("queries", "commands") for name, _ in _reaching(part)}
    return found & WITHOUT_PRINCIPAL.keys()


def _reaching(part: str) -> list[tuple[str, Callable[..., Any]]]:
    package = importlib.import_module(f"data_access.{part}")
    found: list[tuple[str, Callable[..., Any]]] = []
    for entry in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{entry.name}")
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", "") != module.__name__:
                continue
            asked = value.__init__ if inspect.isclass(value) else value
            if inspect.isfunction(asked) and any(kind in HANDLES for _, kind in parameters(asked)):
                found.append((f"{entry.name}.{name}", asked))
    return found


def parameters(function: Callable[..., Any]) -> list[tuple[str, Any]]:
    """Name and type of the arguments in order, without `self`."""
    hints = get_type_hints(inspect.unwrap(function))
    names = [name for name in inspect.signature(function).parameters if name != "self"]
    return [(name, hints.get(name)) for name in names]


def says_who(function: Callable[..., Any]) -> bool:
    """Whether who asks is the first argument beside the database's handle, and must be given.

    Inside a delivery the request carries the principal.
    """
    signature = inspect.signature(function).parameters
    beside = [(name, kind) for name, kind in parameters(function) if kind not in HANDLES]
    if not beside:
        return False
    name, kind = beside[0]
    return kind in (Principal, Request) and signature[name].default is inspect.Parameter.empty
