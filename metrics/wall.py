"""The wall's snapshot out of the base, part by part; a part whose data have not changed is not read again.

Each part names what it depends on. Between two publications only those are worked
out whose key has changed, so that a reading of a venue costs a few small queries and
not a new count of a hundred thousand facilities.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from data_access.engine import BEIJING
from data_access.queries import wall
from kiosk.snapshot import SCHEMA, Occasion, Snapshot
from metrics import wall_facilities, wall_flow, wall_industry, wall_sport, wall_visits
from metrics.flow import FlowNow, flow_now
from metrics.wall_view import View

DOMAINS = ("records", "visits", "plans", "venues", "live")
"""Data versions that a snapshot depends on; `versions_key` compares them."""
CAPACITY_DAYS = 56

log = structlog.get_logger()


@dataclass
class Memory:
    """What one publisher worked out before: by name of a part or of a shared read, its key and value."""

    kept: dict[str, tuple[Hashable, Any]] = field(default_factory=dict)
    demonstration: bool | None = None

    def begin(self, demonstration: bool) -> None:
        """Forget everything where the base is no longer what it was: a mark on real figures is as wrong as none."""
        if demonstration != self.demonstration:
            self.kept.clear()
        self.demonstration = demonstration

    def of(self, name: str, key: Hashable, make: Callable[[], Any]) -> Any:
        """The kept value if it has this key, else a new one."""
        if name not in self.kept or self.kept[name][0] != key:
            self.kept[name] = (key, make())
        return self.kept[name][1]


def versions_key(view: View) -> tuple[Hashable, ...]:
    """Two looks with equal keys give the same snapshot: versions, and the time that has begun."""
    return (view.version(*DOMAINS), _passing(view), view.show_departments, view.demonstration)


def _passing(view: View) -> tuple[Hashable, ...]:
    """The hour that has begun; with a live feed the minute: what is not heard again is no longer now."""
    local = view.now.astimezone(BEIJING)
    return (local.date(), local.hour, local.minute if view.version("live") != (0,) else None)


def snapshot(view: View, memory: Memory, occasions: tuple[Occasion, ...] = ()) -> Snapshot:
    """Everything the wall may know at `view.now`.

    A part that fails by a fault of the program is logged and left as it was: the others
    go on, and its own time shows its age.

    Raises:
        SQLAlchemyError: the database is away.
    """
    memory.begin(view.demonstration)
    parts = {name: _part(name, key, make, memory) for name, key, make in _parts(view, memory)}
    return Snapshot(
        schema=SCHEMA,
        written_at=view.now.astimezone(BEIJING),
        demonstration=view.demonstration,
        versions=dict(zip(DOMAINS, view.version(*DOMAINS), strict=True)),
        occasions=occasions,
        **parts,
    )


def _part(name: str, key: Hashable, make: Callable[[], Any], memory: Memory) -> Any:
    try:
        return memory.of(name, key, make)
    except SQLAlchemyError:
        raise
    except Exception as error:
        log.exception("wall_part_failed", part=name, error=type(error).__name__)
        return memory.kept[name][1] if name in memory.kept else None


@dataclass(frozen=True)
class _Now:
    """The moment's visits, read once for the parts that show them."""

    flow: FlowNow
    lines: list[wall_visits.Line]
    recorded_at: dt.datetime | None

    @classmethod
    def of(cls, view: View, readings: dict[str, wall.Reading], most: dict[str, int]) -> _Now:
        found = flow_now(view.principal, view.connection, view.now)
        newest = max((reading.at for reading in readings.values()), default=None)
        return cls(
            found,
            wall_visits.lines(view, found, readings, most),
            newest.replace(tzinfo=BEIJING) if newest else None,
        )


def _parts(view: View, memory: Memory) -> list[tuple[str, Hashable, Callable[[], Any]]]:
    """Every part with the key of what it depends on."""
    day = view.today
    everything = (view.version("records", "visits", "plans"), day)
    passing = (view.version("visits", "venues", "live"), _passing(view))

    def survey() -> Any:
        key = view.delivered(wall_facilities.SURVEY)
        return memory.of("survey", key, lambda: wall_facilities.survey(view))

    def readings() -> dict[str, wall.Reading]:
        until = view.now.astimezone(BEIJING).replace(tzinfo=None)
        return wall.readings_of_day(view.principal, view.connection, day, until)

    def most() -> dict[str, int]:
        since = dt.datetime.combine(day, dt.time()) - dt.timedelta(days=CAPACITY_DAYS)
        return memory.of("most", day, lambda: wall.most_inside(view.principal, view.connection, since))

    def now() -> _Now:
        return memory.of("now", passing, lambda: _Now.of(view, readings(), most()))

    def visits() -> Any:
        usual = memory.of("usual", day, lambda: wall_visits.behind(view))
        return wall_visits.visits(view, now().flow, now().lines, usual)

    def of_districts() -> Any:
        return wall_facilities.districts(view, survey(), wall_visits.entries_by_district(now().lines))

    return [
        ("totals", everything, lambda: wall_flow.totals(view)),
        ("lanes", (everything, view.show_departments), lambda: wall_flow.lanes(view)),
        ("ticker", everything, lambda: wall_flow.ticker(view)),
        ("flow", everything, lambda: wall_flow.flow(view)),
        ("visits", passing, visits),
        ("venues", passing, lambda: wall_visits.venues(view, now().flow, now().lines, now().recorded_at)),
        (
            "facilities",
            (view.delivered(wall_facilities.SURVEY), day),
            lambda: wall_facilities.facilities(view, survey()),
        ),
        ("districts", (view.delivered(wall_facilities.SURVEY), passing), of_districts),
        ("events", (view.delivered(wall_sport.MASS_EVENT), day), lambda: wall_sport.events(view)),
        ("fitness", (view.delivered(*wall_sport.FITNESS), day), lambda: wall_sport.fitness(view)),
        (
            "competition",
            (view.delivered(*wall_sport.COMPETITION), day),
            lambda: wall_sport.competition(view),
        ),
        (
            "industry",
            (view.delivered(*wall_industry.SOURCES), day),
            lambda: wall_industry.industry(view),
        ),
    ]
