"""The base as a whole for the wall: totals, lanes, ticker, and how today's data come together."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping

import catalog
from data_access.engine import BEIJING
from data_access.queries import wall
from kiosk.few import LEAST, shown, shown_parts
from kiosk.snapshot import Arrival, CategoryLight, Flow, Lane, Lanes, PlatformFlow, Ticker, Totals
from metrics.evaluate import of
from metrics.wall_view import View, unit_name

TICKER_DAYS = 30
TICKER_LINES = 12
RECENT_DAYS = 365
"""A unit delivers if it did within a year."""


def totals(view: View) -> Totals | None:
    """The first four figures; None before the first delivery."""
    if not view.deliveries:
        return None
    vocabulary = catalog.default()
    named = {p.code for p in vocabulary.platforms if p.named_in_regulation}
    platforms = {vocabulary.category_by_code[c].source_platform for c in _delivered_codes(view)} & named
    since = view.today - dt.timedelta(days=RECENT_DAYS)
    return Totals(
        as_of=view.changed_at("records", "visits"),
        demonstration=view.demonstration,
        records=shown(sum(found.records for found in view.deliveries.values())),
        records_today=shown(view.day.accepted),
        units=len(wall.delivering_units(view.principal, view.connection, since)),
        platforms=len(platforms),
        categories_published=len(wall.published_categories(view.principal, view.connection)),
        categories=len(vocabulary.categories),
        on_time=_ratio(of(view.known, "on_time_this_month")["value"].iloc[0]),
    )


def _delivered_codes(view: View) -> list[str]:
    known = catalog.default().category_by_code
    return [code for code, found in view.deliveries.items() if found.accepted and code in known]


def lanes(view: View) -> Lanes | None:
    """By department where the office allows it, else by category; None without a plan."""
    by = "department" if view.show_departments else "category"
    completion = of(view.known, "completion", (by,)).set_index(by)
    pace = of(view.known, "pace", (by,)).set_index(by)
    vocabulary = catalog.default()
    names = {
        **{code: d.short for code, d in vocabulary.department_by_code.items()},
        **{code: c.name_zh for code, c in vocabulary.category_by_code.items()},
    }
    items = tuple(
        Lane(
            name=names[code],
            completion=_ratio(completion.at[code, "value"]),
            pace=_ratio(pace.at[code, "value"]) if code in pace.index else None,
        )
        for code in map(str, completion.index)
        if _ratio(completion.at[code, "value"]) is not None
    )
    if not items:
        return None
    return Lanes(
        as_of=view.changed_at("records", "plans"),
        demonstration=view.demonstration,
        year=view.today.year,
        by=by,
        items=items,
    )


def _ratio(value: object) -> float | None:
    """0–1 of a frame, its missing value as None; more than the whole is the whole."""
    number = float(value)  # type: ignore[arg-type]
    return None if math.isnan(number) else min(max(number, 0.0), 1.0)


def ticker(view: View) -> Ticker | None:
    """The latest deliveries with ten rows and more; None where nothing came for a month."""
    since = view.today - dt.timedelta(days=TICKER_DAYS)
    found = wall.arrivals(view.principal, view.connection, since, view.now, least=LEAST, limit=TICKER_LINES)
    found = _without_rest(found, view.day, view.today)
    known = catalog.default().category_by_code
    items = tuple(
        Arrival(
            at=arrived.at.astimezone(BEIJING),
            unit=unit_name(arrived.unit),
            category=known[arrived.category].name_zh,
            count=arrived.accepted,
            stage="published" if arrived.is_published else "integrated",
        )
        for arrived in found
        if arrived.category in known
    )
    if not items:
        return None
    return Ticker(as_of=items[0].at, demonstration=view.demonstration, items=items)


def _without_rest(lines: list[wall.Arrived], day: wall.Day, today: dt.date) -> list[wall.Arrived]:
    """Lines whose sum, taken from today's total of their platform, leaves no small batch over.

    The totals stand on the same wall: 25 rows of a platform less a line of 20 tell of a batch of 5. The
    smallest lines of today are left out until what is over is nothing or `LEAST`, of each platform and of all.
    """
    kept = list(lines)
    totals = {platform: rows for platform, (_, rows) in day.by_platform.items()}
    for platform in (*totals, None):
        total = day.accepted if platform is None else totals[platform]
        own = [line for line in kept if line.received_on == today and platform in (None, line.platform)]
        own.sort(key=lambda line: -line.accepted)
        while own and 0 < total - sum(line.accepted for line in own) < LEAST:
            kept.remove(own.pop())
    return kept


def flow(view: View) -> Flow | None:
    """Today's rows on their way, and all categories, lit when something of theirs came today."""
    if not view.deliveries:
        return None
    vocabulary = catalog.default()
    day = view.day
    known = {p.code: p.name_zh for p in vocabulary.platforms}
    records = shown_parts({code: found.records for code, found in view.deliveries.items()})
    rows = shown_parts({code: day.by_platform.get(code, (0, 0))[1] for code in known})
    return Flow(
        as_of=view.changed_at("records", "visits"),
        demonstration=view.demonstration,
        day=view.today,
        received=shown(day.received),
        integrated=shown(day.accepted),
        published=shown(day.published),
        platforms=tuple(
            PlatformFlow(
                code=code,
                name=name,
                batches_today=shown(day.by_platform.get(code, (0, 0))[0]),
                records_today=rows[code],
            )
            for code, name in known.items()
        ),
        categories=tuple(_light(view, category, day, records) for category in vocabulary.categories),
    )


def _light(
    view: View, category: catalog.Category, day: wall.Day, records: Mapping[str, int | None]
) -> CategoryLight:
    """`records`: by category, as a division of all records, which the wall shows too."""
    found = view.deliveries.get(category.code)
    return CategoryLight(
        code=category.code,
        name=category.name_zh,
        department=catalog.default().department_by_code[category.department].short,
        arrived_on=min(found.last_on, view.today) if found and found.accepted else None,
        lit=category.code in day.categories,
        records=records.get(category.code),
    )
