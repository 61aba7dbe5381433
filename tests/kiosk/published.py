"""A small published snapshot, written by hand: what three scenes need, figures one can add up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from kiosk import snapshot_file
from kiosk.snapshot import CategoryLight, Flow, Hour, PlatformFlow, Snapshot, Totals, Visits


def published(at: dt.datetime, entries: int = 120) -> Snapshot:
    """全市总览, 此刻在运动 and 汇聚流程; `entries`: today's visits."""
    day = at.astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    hours = tuple(
        Hour(hour=h, today=10 + h if h < 12 else None, week_ago=20, low=10, high=40) for h in range(24)
    )
    return Snapshot(
        schema=2, written_at=at, demonstration=True, versions={"records": 1},
        totals=Totals(
            as_of=at, demonstration=True, records=1_300_000, records_today=120, units=53, platforms=3,
            categories_published=31, categories=37, on_time=0.926,
        ),
        visits=Visits(
            as_of=at, demonstration=True, day=day, entries=entries, change=0.084, present=90, hours=hours,
            quiet_hours=(14,),
        ),
        flow=Flow(
            as_of=at, demonstration=True, day=day, received=400, integrated=380, published=360,
            platforms=(PlatformFlow(code="smart_venue", name="场馆智能化平台", batches_today=10, records_today=300),),
            categories=(
                CategoryLight(
                    code="venue_usage_reading", name="场馆使用读数", department="产业处", arrived_on=day, lit=True,
                    records=1_000_000,
                ),
            ),
        ),
    )  # fmt: skip


def publish(path: Path, at: dt.datetime, entries: int = 120) -> bytes:
    """Put it where the wall looks; its bytes."""
    content = snapshot_file.dump(published(at, entries))
    snapshot_file.write(path, content)
    return content
