"""What every part of the wall's snapshot is made from: who asks, when, and what has changed since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection

import catalog
from data_access.clock import day_of, moment_of
from data_access.engine import BEIJING
from data_access.principal import Principal
from data_access.queries import wall
from data_access.queries.status import base_kind
from kiosk.kinds import NAME_LENGTH, plain_name
from metrics.known import Known


@dataclass(frozen=True)
class View:
    """One look at the base. `show_departments`: the office lets the departments' lanes be shown."""

    principal: Principal
    connection: Connection
    now: dt.datetime
    show_departments: bool = False

    @cached_property
    def today(self) -> dt.date:
        return day_of(self.now)

    @cached_property
    def day(self) -> wall.Day:
        return wall.day(self.principal, self.connection, self.today)

    @cached_property
    def changes(self) -> dict[str, wall.Change]:
        return wall.changes(self.principal, self.connection)

    @cached_property
    def deliveries(self) -> dict[str, wall.Delivered]:
        return wall.deliveries(self.principal, self.connection)

    @cached_property
    def demonstration(self) -> bool:
        """Whether the base is simulated; one that nobody has declared real is taken for simulated."""
        return base_kind(self.principal, self.connection) != "real"

    @cached_property
    def known(self) -> Known:
        return Known(self.principal, self.connection, self.today.year, self.today)

    def version(self, *domains: str) -> tuple[int, ...]:
        return tuple(self.changes[d].version if d in self.changes else 0 for d in domains)

    def delivered(self, *categories: str) -> tuple[wall.Delivered | None, ...]:
        """What changes exactly when something of these categories is delivered or taken back."""
        return tuple(self.deliveries.get(code) for code in categories)

    def changed_at(self, *domains: str) -> dt.datetime:
        """When one of the domains last changed (北京时间), not after now."""
        moments = [self.changes[d].at for d in domains if d in self.changes]
        return min(max(moments, default=self.now), self.now).astimezone(BEIJING)

    def as_of(self, categories: Iterable[str]) -> dt.datetime:
        """When something of these categories last came: the moment today, noon of an earlier day."""
        days = [found.last_on for found in self.delivered(*categories) if found is not None]
        last = min(max(days, default=self.today), self.today)
        return moment_of(last, self.changed_at("records", "visits"))


def named(text: str | None) -> str | None:
    """A free name from the base as the wall may show it; None where it is none (`kiosk.kinds.plain_name`)."""
    try:
        return plain_name((text or "").strip()[:NAME_LENGTH].strip())
    except ValueError:
        return None


def unit_name(code: str) -> str:
    """The catalogue's name of a unit."""
    unit = catalog.default().units.get(code)
    return unit.label if unit is not None else "其他单位"
